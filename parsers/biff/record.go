package biff

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxRecord is the longest payload of a record; more goes on in CONTINUE ones.
const maxRecord = 8224

// version8 is BIFF8 in a BOF record.
const version8 = 0x0600

// records reads the records of a substream, one at a time.
type records struct {
	in   *bufio.Reader
	disk *disk
	kind uint16
	data []byte // payload of the last record, valid until the following one
	room [maxRecord]byte
}

// substream goes to the substream that starts at an offset of the stream and
// reads its BOF.
func (w *Workbook) substream(at int64) (*records, error) {
	if _, err := w.stream.Seek(at, io.SeekStart); err != nil {
		return nil, w.disk.blame(err)
	}
	// The stream may claim any size over a chain of sectors that turns in circles.
	in := io.LimitReader(w.stream, w.limits.MaxBytes)
	recs := &records{in: bufio.NewReaderSize(in, 64<<10), disk: w.disk}
	if err := recs.next(); err != nil {
		return nil, err
	}
	switch {
	case recs.kind != recBOF && recs.kind&0xFF == recBOF&0xFF:
		return nil, older() // the BOF of BIFF2 to BIFF4
	case recs.kind != recBOF || len(recs.data) < 4:
		return nil, damaged(errors.New("no BOF record"))
	case binary.LittleEndian.Uint16(recs.data) != version8:
		return nil, older()
	}
	return recs, nil
}

// next reads the next record. The stream must not end: a substream has an EOF
// record.
func (r *records) next() error {
	var head [4]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return r.disk.blame(err)
	}
	r.kind = binary.LittleEndian.Uint16(head[:])
	size := binary.LittleEndian.Uint16(head[2:])
	if size > maxRecord {
		return damaged(fmt.Errorf("record %#04x of %d bytes", r.kind, size))
	}
	r.data = r.room[:size]
	if _, err := io.ReadFull(r.in, r.data); err != nil {
		return r.disk.blame(err)
	}
	return nil
}

// more reads the following record if it continues the last one.
func (r *records) more() (bool, error) {
	head, err := r.in.Peek(4)
	if err != nil {
		return false, r.disk.blame(err)
	}
	if binary.LittleEndian.Uint16(head) != recContinue {
		return false, nil
	}
	return true, r.next()
}

// disk remembers the failures of a reader, which the library of the container
// would turn into text.
type disk struct {
	r      io.ReaderAt
	failed error
	ended  bool // something lay beyond the end
}

func (d *disk) ReadAt(p []byte, off int64) (int, error) {
	n, err := d.r.ReadAt(p, off)
	switch {
	case n == len(p):
		err = nil
	case errors.Is(err, io.EOF):
		d.ended = true
	case err != nil && d.failed == nil:
		d.failed = err
	}
	return n, err
}

// blame tells the failures of the disk, a file that ends too early and a damaged
// one apart.
func (d *disk) blame(err error) error {
	switch {
	case d.failed != nil:
		return fmt.Errorf("reading the workbook: %w", d.failed)
	case d.ended, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return truncated(err)
	}
	return damaged(err)
}
