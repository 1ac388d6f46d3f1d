package biff_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/biff"
)

func wantFileError(t *testing.T, err error, code record.FileCode, cause error) {
	t.Helper()
	var bad *record.FileError
	if !errors.As(err, &bad) || bad.Code != code || bad.Message == "" {
		t.Fatalf("error %v, want a fault of the file %s", err, code)
	}
	if cause != nil && !errors.Is(err, cause) {
		t.Errorf("the cause of %v is not %v", err, cause)
	}
}

func TestFaultsOfTheFile(t *testing.T) {
	good := fixture(t, "bank.xls")
	old := bytes.Replace(book(nil), u16(0x600, 5), u16(0x500, 5), 1)
	for _, tt := range []struct {
		name  string
		file  []byte
		code  record.FileCode
		cause error
	}{
		{"no bytes", nil, record.FileEmpty, nil},
		{"text", []byte("ABI;CAB;CONTO"), record.FileUnknown, nil},
		{"a document of another program", compound("WordDocument", book(nil)), record.FileUnknown, nil},
		{"a password", compound("Workbook", book(rec(0x2F, make([]byte, 54)))), record.FileUnknown, biff.ErrEncrypted},
		{"an XLSX with a password", compound("EncryptedPackage", book(nil)), record.FileUnknown, biff.ErrEncrypted},
		{"a workbook of Excel 95", compound("Book", book(nil)), record.FileUnknown, biff.ErrOld},
		{"the records of Excel 95", compound("Workbook", old), record.FileUnknown, biff.ErrOld},
		{"the records of Excel 4", compound("Workbook", rec(0x409, make([]byte, 6))), record.FileUnknown, biff.ErrOld},
		{"cut in its heading", good[:300], record.FileTruncated, nil},
		{"cut in its middle", good[:len(good)/2], record.FileTruncated, nil},
		{"a stream that does not start with a heading", compound("Workbook", eof), record.FileContainer, nil},
		{"a stream of zeros behind its heading", compound("Workbook", bofGlobals), record.FileTruncated, nil},
		{"a sheet beyond the end", compound("Workbook", bytes.Join([][]byte{bofGlobals, rec(0x85, u32(1<<30), []byte{0, 0, 1, 0, 'x'}), eof}, nil)), record.FileContainer, nil},
		{"a sheet where there is none", compound("Workbook", bytes.Join([][]byte{bofGlobals, rec(0x85, u32(3000), []byte{0, 0, 1, 0, 'x'}), eof}, nil)), record.FileContainer, nil},
		{"a record too long", compound("Workbook", book(nil, u16(0x203, 9000))), record.FileContainer, nil},
		{"a number cut short", compound("Workbook", book(nil, rec(0x203, at(0, 0, 0), u32(0)))), record.FileContainer, nil},
		{"a format cut short", compound("Workbook", book(rec(0xE0, u16(0)))), record.FileContainer, nil},
		{"numbers side by side cut short", compound("Workbook", book(nil, rec(0xBD, u16(0, 0, 0, 0)))), record.FileContainer, nil},
		{"a text that is not in the table", compound("Workbook", book(sst(narrow("a")), rec(0xFD, at(0, 0, 0), u32(1)))), record.FileContainer, nil},
		{"a table of fewer texts than it says", compound("Workbook", book(rec(0xFC, u32(2), u32(2), narrow("a")))), record.FileContainer, nil},
		{"a character cut in two", compound("Workbook", book(append(rec(0xFC, u32(1), u32(1), u16(2), []byte{1}, u16('a'), []byte{0}), rec(0x3C, []byte{1, 0})...))), record.FileContainer, nil},
		{"a column beyond the last", compound("Workbook", book(nil, rec(0x203, at(0, 256, 0), f64(1)))), record.FileContainer, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantFileError(t, readAll(tt.file, biff.Limits{}), tt.code, tt.cause)
		})
	}
}

func TestLimits(t *testing.T) {
	number := rec(0x203, at(0, 9, 0), f64(1))
	file := compound("Workbook", book(append(sst(narrow("a"), narrow("b")), rec(0x85, u32(0), []byte{0, 0, 1, 0, 'x'})...), number))
	for name, limits := range map[string]biff.Limits{
		"bytes":  {MaxBytes: 1000},
		"sheets": {MaxSheets: 1},
		"texts":  {MaxStrings: 1},
		"cells":  {MaxCells: 9},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := cells(file, 0, limits)
			wantFileError(t, err, record.FileLimit, nil)
		})
	}
	unordered := compound("Workbook", book(nil, rec(0x203, at(2, 0, 0), f64(1)), rec(0x203, at(1, 0, 0), f64(1))))
	_, err := cells(unordered, 0, biff.Limits{MaxCells: 1})
	wantFileError(t, err, record.FileLimit, nil)
	if _, err := cells(file, 0, biff.Limits{MaxBytes: 1 << 20, MaxSheets: 2, MaxStrings: 2, MaxCells: 10}); err != nil {
		t.Errorf("at the limits: %v", err)
	}
}

// failing is a disk that breaks at an offset.
type failing struct {
	file []byte
	from int64
	err  error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, f.err
	}
	return bytes.NewReader(f.file).ReadAt(p, off)
}

func TestAFailureOfTheDiskIsNotAFaultOfTheFile(t *testing.T) {
	broken := errors.New("input/output error")
	file := fixture(t, "bank.xls")
	for _, from := range []int64{0, 100, 600, int64(len(file)) / 2} {
		w, err := biff.Open(failing{file, from, broken}, biff.Limits{})
		if err == nil {
			var rows *biff.Rows
			if rows, err = w.Rows(0); err == nil {
				for err == nil {
					_, _, err = rows.Next()
				}
			}
		}
		var bad *record.FileError
		if !errors.Is(err, broken) || errors.As(err, &bad) {
			t.Errorf("broken from %d: error %v, want a wrapped %v", from, err, broken)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"bank.xls", "texts.xls", "kinds.xls"} {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, file []byte) { check(t, file) })
}

// FuzzRecords gets to the records behind the container.
func FuzzRecords(f *testing.F) {
	f.Add(book(append(sst(narrow("uno"), wide("€")), xf(14)...), rec(0xFD, at(0, 0, 0), u32(1)), rec(0x203, at(1, 0, 0), f64(46093))))
	f.Add(book(append(rec(0xFC, u32(1), u32(1), u16(4), []byte{0}, []byte("ab")), rec(0x3C, []byte{1}, u16('c', 'd'))...),
		rec(0xBD, u16(2, 1), u16(0), u32(6), u16(0), u32(10), u16(2)), rec(0x204, at(3, 0, 0), narrow("x"))))
	f.Fuzz(func(t *testing.T, stream []byte) { check(t, compound("Workbook", stream)) })
}

func check(t *testing.T, file []byte) {
	limits := biff.Limits{MaxBytes: 1 << 20, MaxSheets: 4, MaxStrings: 1000, MaxCells: 10_000}
	w, err := biff.Open(bytes.NewReader(file), limits)
	for i := 0; err == nil && i < len(w.Sheets()); i++ {
		var rows *biff.Rows
		if rows, err = w.Rows(i); err != nil {
			break
		}
		last := 0
		for {
			cells, line, failed := rows.Next()
			if errors.Is(failed, io.EOF) {
				break
			}
			if err = failed; err != nil {
				break
			}
			if line <= last || len(cells) == 0 || len(cells) > 256 || cells[len(cells)-1] == "" {
				t.Fatalf("row %d after %d has the cells %q", line, last, cells)
			}
			last = line
		}
	}
	var bad *record.FileError
	if err != nil && (!errors.As(err, &bad) || bad.Message == "") {
		t.Fatalf("not a fault of the file: %v", err)
	}
}
