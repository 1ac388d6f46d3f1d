// Package biff reads the cells of old Excel workbooks (.xls, BIFF8: Excel 97 to
// 2003), which banks still export.
//
// It is small on purpose: the worksheets, and in them the values Excel last
// saved, as text. Formulas are not computed, formats are only read to tell days
// from numbers, charts and macros are passed over. It exists because the Go
// libraries at hand read money wrong (3.59 as 359), break accents or have a
// licence we cannot take.
//
// # Cells
//
// A number is its exact shortest decimal text ("3.59", "1201"), a number under a
// date format is a day ("2026-03-12") with the time behind a blank when there is
// one ("2026-03-12 10:30:00"), or a time alone when it is less than one day. A
// boolean is TRUE or FALSE, an error its name in Excel ("#N/A"). Control
// characters in a text become blanks, except tabs and line ends.
//
// # Errors
//
// What is wrong with a file is a [*record.FileError]: UNKNOWN_FORMAT when it is
// no such workbook ([ErrEncrypted] and [ErrOld] are the causes worth telling
// apart), CONTAINER when it is damaged, TRUNCATED when it ends too early, LIMIT.
// A failure of the reader is returned wrapped.
//
// Format: Microsoft, [MS-XLS] and [MS-CFB]; the names of records are those used
// there.
package biff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"

	"quadra/engine/record"
)

// ErrEncrypted is the cause of the error of a workbook with a password.
var ErrEncrypted = errors.New("workbook is encrypted")

// ErrOld is the cause of the error of a workbook older than BIFF8 (Excel 5.0
// and 95).
var ErrOld = errors.New("workbook is older than BIFF8")

// Limits bound what a workbook can make of itself; zero means the default.
type Limits struct {
	MaxBytes   int64 // of the Workbook stream; default 256 MiB
	MaxSheets  int   // default 1,000
	MaxStrings int   // of the table of shared texts; default 4,000,000
	MaxCells   int   // of one sheet, empty ones before a value included; default 20,000,000
}

// DefaultLimits are beyond what a full sheet needs: BIFF8 has 65,536 rows of 256
// columns.
func DefaultLimits() Limits {
	return Limits{MaxBytes: 256 << 20, MaxSheets: 1000, MaxStrings: 4_000_000, MaxCells: 20_000_000}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	if l.MaxBytes <= 0 {
		l.MaxBytes = d.MaxBytes
	}
	if l.MaxSheets <= 0 {
		l.MaxSheets = d.MaxSheets
	}
	if l.MaxStrings <= 0 {
		l.MaxStrings = d.MaxStrings
	}
	if l.MaxCells <= 0 {
		l.MaxCells = d.MaxCells
	}
	return l
}

// magic starts every OLE2 compound file.
const magic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// IsCompound tells whether a file starts as the container of .xls workbooks, and
// of other old Office documents, does.
func IsCompound(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }

// Workbook is an open workbook. The texts its cells share are in memory, its
// sheets are read as streams, one at a time. It is not safe for concurrent use.
type Workbook struct {
	disk   *disk
	stream *mscfb.File
	limits Limits

	sheets   []sheet
	texts    []string
	dates    []bool // by XF: whether numbers under it are days
	date1904 bool
}

type sheet struct {
	name string
	at   int64 // offset of its BOF in the stream
}

// Open reads the directory of the workbook r holds: its sheets, formats and
// texts. r must stay open as long as the workbook is in use.
func Open(r io.ReaderAt, limits Limits) (*Workbook, error) {
	w := &Workbook{disk: &disk{r: r}, limits: limits.withDefaults()}
	var start [len(magic)]byte
	n, err := r.ReadAt(start[:], 0)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("reading the workbook: %w", err)
	case n == 0:
		return nil, &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case !IsCompound(start[:n]):
		return nil, notWorkbook(nil)
	}
	container, err := mscfb.New(w.disk)
	if err != nil {
		return nil, w.disk.blame(err)
	}
	if w.stream, err = workbookStream(container); err != nil {
		return nil, err
	}
	if w.stream.Size > w.limits.MaxBytes {
		return nil, tooLarge(fmt.Sprintf("supera %d MiB", w.limits.MaxBytes>>20))
	}
	if err := w.globals(); err != nil {
		return nil, err
	}
	return w, nil
}

// workbookStream finds the stream that holds the sheets.
func workbookStream(container *mscfb.Reader) (*mscfb.File, error) {
	var old bool
	for _, f := range container.File {
		if len(f.Path) > 0 {
			continue // a workbook embedded in another document
		}
		switch {
		case strings.EqualFold(f.Name, "Workbook"):
			return f, nil
		case strings.EqualFold(f.Name, "EncryptedPackage"):
			return nil, encrypted() // an XLSX with a password is wrapped so
		case strings.EqualFold(f.Name, "Book"):
			old = true
		}
	}
	if old {
		return nil, older()
	}
	return nil, notWorkbook(nil)
}

// Sheets are the names of the worksheets, in their order, hidden ones included.
func (w *Workbook) Sheets() []string {
	names := make([]string, len(w.sheets))
	for i, s := range w.sheets {
		names[i] = s.name
	}
	return names
}

// The records of the globals that matter here.
const (
	recBOF        = 0x0809
	recEOF        = 0x000A
	recContinue   = 0x003C
	recFilePass   = 0x002F
	recBoundSheet = 0x0085
	recDate1904   = 0x0022
	recFormat     = 0x041E
	recXF         = 0x00E0
	recSST        = 0x00FC
)

// globals reads the first substream, which is about the workbook as a whole.
func (w *Workbook) globals() error {
	recs, err := w.substream(0)
	if err != nil {
		return err
	}
	custom := map[uint16]bool{} // number format: whether it is a date's
	var formats []uint16        // of each XF
	for {
		if err := recs.next(); err != nil {
			return err
		}
		d := recs.data
		switch recs.kind {
		case recEOF:
			w.dates = make([]bool, len(formats))
			for i, f := range formats {
				isDate, ok := custom[f]
				w.dates[i] = isDate || !ok && isBuiltInDate(f)
			}
			return nil
		case recFilePass:
			return encrypted()
		case recBoundSheet:
			err = w.boundSheet(d)
		case recDate1904:
			w.date1904 = len(d) >= 2 && binary.LittleEndian.Uint16(d) != 0
		case recXF:
			if len(d) < 4 {
				return damaged(errShort)
			}
			formats = append(formats, binary.LittleEndian.Uint16(d[2:]))
		case recFormat:
			if len(d) < 2 {
				return damaged(errShort)
			}
			var code string
			t := texts{recs: recs, data: d[2:]}
			if code, err = t.long(); err == nil {
				custom[binary.LittleEndian.Uint16(d)] = isDateFormat(code)
			}
		case recSST:
			err = w.sharedTexts(recs)
		}
		if err != nil {
			return err
		}
	}
}

// boundSheet notes one sheet; those that are no worksheets have no cells.
func (w *Workbook) boundSheet(d []byte) error {
	if len(d) < 8 {
		return damaged(errShort)
	}
	const worksheet = 0
	if d[5] != worksheet {
		return nil
	}
	if len(w.sheets) == w.limits.MaxSheets {
		return tooLarge(fmt.Sprintf("ha più di %d fogli", w.limits.MaxSheets))
	}
	t := texts{data: d[6:]}
	name, err := t.short()
	if err != nil {
		return err
	}
	w.sheets = append(w.sheets, sheet{name: name, at: int64(binary.LittleEndian.Uint32(d))})
	return nil
}

// sharedTexts reads the table of texts the cells refer to.
func (w *Workbook) sharedTexts(recs *records) error {
	t := texts{recs: recs, data: recs.data}
	if _, err := t.take(4); err != nil { // how often they are used
		return err
	}
	b, err := t.take(4)
	if err != nil {
		return err
	}
	count := binary.LittleEndian.Uint32(b)
	if int64(count) > int64(w.limits.MaxStrings) {
		return tooLarge(fmt.Sprintf("ha più di %d testi", w.limits.MaxStrings))
	}
	w.texts = nil
	for range count {
		text, err := t.long()
		if err != nil {
			return err
		}
		w.texts = append(w.texts, text)
	}
	return nil
}
