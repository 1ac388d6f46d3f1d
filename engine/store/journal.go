package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// ErrDamagedJournal is returned by [Open] when the journal a killed run left
// beside the database cannot give back what it should. Nothing is touched: the
// database may be half written, and only a backup says what was there.
var ErrDamagedJournal = errors.New("the journal left by an interrupted run is damaged, so the database cannot be brought back " +
	"to the state before it: restore a backup (quadra restore); database and journal are left as they are")

var journalMagic = []byte{0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7}

// journalHeader is the beginning of each segment of a rollback journal
// (https://sqlite.org/fileformat2.html#the_rollback_journal).
type journalHeader struct {
	Records, Nonce, Pages, Sector, PageSize uint32
}

// A journal in use changes while it is read: what looks damaged is looked at
// again before it is called so.
const (
	journalLooks = 5
	journalPause = 50 * time.Millisecond
)

// checkJournal says whether there is something to roll back, or that it cannot
// be ([ErrDamagedJournal]).
func checkJournal(ctx context.Context, database string) (hot bool, err error) {
	for range journalLooks {
		if hot, err = readJournal(database); !errors.Is(err, ErrDamagedJournal) {
			return hot, err
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(journalPause):
		}
	}
	return hot, err
}

// readJournal reads the rollback journal beside a database before SQLite does.
// SQLite stops at the first record that does not hold and takes the rest for
// never written, which is right for a torn write and wrong for a damaged disk.
// The two can be told apart: a segment's count of records is written only after
// its records are on the disk, and the database is touched only after that. So
// a counted record that is missing or does not hold is damage.
//
// The checksum SQLite keeps reads one byte of every 200: damage between them is
// left to the check of the whole database that follows a recovery.
func readJournal(database string) (hot bool, err error) {
	f, err := os.Open(database + "-journal")
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the journal: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, fmt.Errorf("read the journal: %w", err)
	}
	for at := int64(0); at < info.Size(); {
		h, state, err := readJournalHeader(f, at)
		if err != nil {
			return false, err
		}
		switch {
		case state == headerBlank, state == headerForeign && at > 0:
			return hot, nil // written, never synced: the pages it speaks of are untouched
		case state == headerForeign:
			return false, fmt.Errorf("%w (its beginning is not that of a journal)", ErrDamagedJournal)
		case h.Records == 0:
			return hot, nil
		}
		hot = true
		end := at + int64(h.Sector) + int64(h.Records)*int64(h.PageSize+8)
		if end > info.Size() {
			return false, fmt.Errorf("%w (it ends before its last record)", ErrDamagedJournal)
		}
		if err := checkRecords(io.NewSectionReader(f, at+int64(h.Sector), end), h); err != nil {
			return false, err
		}
		at = (end + int64(h.Sector) - 1) / int64(h.Sector) * int64(h.Sector)
	}
	return hot, nil
}

type headerState int

const (
	headerGood    headerState = iota
	headerBlank               // not synced: zeros, or too short to be one
	headerForeign             // something else
)

func readJournalHeader(f io.ReaderAt, at int64) (h journalHeader, state headerState, err error) {
	raw := make([]byte, len(journalMagic)+binary.Size(h))
	n, err := f.ReadAt(raw, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return h, headerForeign, fmt.Errorf("read the journal: %w", err)
	}
	// SQLite leaves zeros in the place of the magic number and of the count until
	// the records are on the disk.
	if n < len(raw) || len(bytes.Trim(raw[:len(journalMagic)+4], "\x00")) == 0 {
		return h, headerBlank, nil
	}
	if _, err := binary.Decode(raw[len(journalMagic):], binary.BigEndian, &h); err != nil {
		return h, headerForeign, fmt.Errorf("read the journal: %w", err)
	}
	whole := func(n, least uint32) bool { return n >= least && n <= 65536 && n&(n-1) == 0 }
	if !bytes.HasPrefix(raw, journalMagic) || !whole(h.Sector, 32) || !whole(h.PageSize, 512) {
		return h, headerForeign, nil
	}
	return h, headerGood, nil
}

func checkRecords(r io.Reader, h journalHeader) error {
	record := make([]byte, h.PageSize+8) // page number, page, checksum
	for i := range h.Records {
		if _, err := io.ReadFull(r, record); err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		page := record[4 : 4+h.PageSize]
		sum := h.Nonce
		for at := len(page) - 200; at > 0; at -= 200 {
			sum += uint32(page[at])
		}
		if sum != binary.BigEndian.Uint32(record[4+h.PageSize:]) || binary.BigEndian.Uint32(record) == 0 {
			return fmt.Errorf("%w (record %d does not hold)", ErrDamagedJournal, i+1)
		}
	}
	return nil
}
