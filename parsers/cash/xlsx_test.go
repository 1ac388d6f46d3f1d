package cash_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

// row is a row of a sheet; nil is an empty cell.
type row = []any

var (
	standardHeader = row{"ESERCIZIO", "N.PROVV.", "DATA ESEC.", "ANAGRAFICA CLIENTE", "DESCRIZIONE CAUSALE", "IMPORTO PROVVISORIO", "VALUTA ENTE"}
	goodRow        = row{2026, 1201, "2026-03-12", "POSTE", "CAUSALE", 150, "2026-03-12"}
)

func sheetOf(rows ...row) []row { return rows }

// workbook saves sheets as a spreadsheet program would.
func workbook(t testing.TB, date1904 bool, sheets ...[]row) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close() //nolint:errcheck // in memory
	for i, rows := range sheets {
		name := "Sheet" + string(rune('1'+i))
		if i > 0 {
			if _, err := book.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		for r, cells := range rows {
			for c, value := range cells {
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					t.Fatal(err)
				}
				if value == nil {
					continue
				}
				if err := book.SetCellValue(name, cell, value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withCell replaces the saved value of a number cell, to write what no library
// would.
func withCell(t testing.TB, book []byte, from, to string) []byte {
	t.Helper()
	return rewrite(t, book, "xl/worksheets/sheet1.xml", func(sheet string) string {
		if strings.Count(sheet, "<v>"+from+"</v>") != 1 {
			t.Fatalf("the sheet does not have the value %s once", from)
		}
		return strings.Replace(sheet, "<v>"+from+"</v>", "<v>"+to+"</v>", 1)
	})
}

// rewrite changes one part of a workbook.
func rewrite(t testing.TB, book []byte, name string, change func(string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range in.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if part.Name == name {
			text = []byte(change(string(text)))
		}
		w, err := out.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSX(t *testing.T) {
	day := record.NewDate(2026, 3, 12)
	book := workbook(t, false,
		sheetOf(row{"Note"}, row{"di nessun interesse"}),
		sheetOf(
			row{"TESORERIA DI PROVA"},
			row{},
			standardHeader,
			row{2026, 1201, day.Time(), "POSTE ITALIANE SPA", "/RFB/340105455507221/99.90", 99.9, day.Time().AddDate(0, 0, 1)},
			row{"2026", "0001202", "12/03/2026", "SISALPAY", "CAUSALE", "1.234,56", nil},
			row{},
			row{2026, 1203, "2026-03-12", nil, nil, -10.25},
			row{2026, 1204, "2026-02-30", "X", "Y", 1.5},
			row{2026, 1205, "2026-03-12", "X", "Y", "abc"},
			row{2026, 1206, "2026-03-12", "X", "Y", 1.234},
			row{2026, nil, "2026-03-12", "X", "Y", 1.5},
			row{nil, nil, nil, nil, "TOTALE", 1324.21},
		),
		sheetOf(standardHeader, goodRow),
	)
	got := mustRead(t, cash.ReadXLSX, bytes.NewReader(book), cash.Options{})
	want := []record.Movement{
		provvisorio(4, "1201", 9990, "POSTE ITALIANE SPA", "/RFB/340105455507221/99.90", day+1),
		provvisorio(5, "1202", 123456, "SISALPAY", "CAUSALE", day),
		provvisorio(7, "1203", -1025, "", "", day),
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 8, Column: "DATA ESEC.", Code: record.RejectDate, Value: "2026-02-30"},
		{Line: 9, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "abc"},
		{Line: 10, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "1.234"},
		{Line: 11, Column: "N.PROVV.", Code: record.RejectMissing},
		{Line: 12, Column: "ESERCIZIO", Code: record.RejectMissing},
	})
	if got.summary.Doc.Format != cash.FormatXLSX {
		t.Errorf("summary %+v", got.summary)
	}
}

func TestXLSXNumbersAsSaved(t *testing.T) {
	const marker = "777777.25"
	book := workbook(t, false, sheetOf(standardHeader, row{2026, 1201, "2026-03-12", "X", "Y", 777777.25}))
	for raw, want := range map[string]record.Cents{
		"99.9": 9990, "150": 15000, "1234.56": 123456, "-3": -300,
		"1234.5599999999999": 123456, "1234.5600000001": 123456, "0.10000000000000001": 10,
		"1.5E+3": 150000, "1E-2": 1, "1.2300": 123,
	} {
		got := mustRead(t, cash.ReadXLSX, bytes.NewReader(withCell(t, book, marker, raw)), cash.Options{})
		if len(got.movements) != 1 || got.movements[0].Amount != want {
			t.Errorf("%s: %+v %+v, want %v", raw, got.movements, got.rejects, want)
		}
	}
	for _, raw := range []string{"1234.567", "1234.5601", "1234.559", "1E+40", "1E999999999", "1E-5", "1.234", "#N/A", "0.001"} {
		got := mustRead(t, cash.ReadXLSX, bytes.NewReader(withCell(t, book, marker, raw)), cash.Options{})
		if len(got.movements) != 0 || len(got.rejects) != 1 || got.rejects[0].Code != record.RejectAmount || got.rejects[0].Value != raw {
			t.Errorf("%s: %+v %+v, want a reject", raw, got.movements, got.rejects)
		}
	}
	t.Run("number of a provvisorio rounded by the spreadsheet", func(t *testing.T) {
		got := mustRead(t, cash.ReadXLSX, bytes.NewReader(withCell(t, book, "1201", "1.20100000000001E+17")), cash.Options{})
		wantRejects(t, got.rejects, []record.Reject{
			{Line: 2, Column: "N.PROVV.", Code: record.RejectNumber, Value: "1.20100000000001E+17"},
		})
	})
}

func TestXLSXDays(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cell  any
		d1904 bool
		want  string // empty: reject
	}{
		{"serial number of a date cell", 46093, false, "2026-03-12"},
		{"serial number with a time", 46093.4375, false, "2026-03-12"},
		{"serial number of the calendar from 1904", 44631, true, "2026-03-12"},
		{"ISO text", "2026-03-12", false, "2026-03-12"},
		{"Italian text with a time", "12/03/2026 10:30", false, "2026-03-12"},
		{"eight digits as a number", 20260312, false, "2026-03-12"},
		{"year alone", 2026, false, ""},
		{"amount", 12.03, false, ""},
		{"day that does not exist", "31/04/2026", false, ""},
		{"American order", "03/13/2026", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			book := workbook(t, tt.d1904, sheetOf(standardHeader, row{2026, 1201, tt.cell, "X", "Y", 1.5}))
			got := mustRead(t, cash.ReadXLSX, bytes.NewReader(book), cash.Options{})
			switch {
			case tt.want == "" && (len(got.rejects) != 1 || got.rejects[0].Code != record.RejectDate):
				t.Errorf("movements %+v, rejects %+v, want a reject", got.movements, got.rejects)
			case tt.want != "" && (len(got.movements) != 1 || got.movements[0].BookedOn.String() != tt.want):
				t.Errorf("movements %+v, rejects %+v, want %s", got.movements, got.rejects, tt.want)
			}
		})
	}
}

func TestXLSXFileErrors(t *testing.T) {
	good := workbook(t, false, sheetOf(standardHeader, goodRow, goodRow))
	deep := []row{}
	for range 10 {
		deep = append(deep, row{"titolo"})
	}
	tests := []struct {
		name    string
		book    []byte
		opt     cash.Options
		code    record.FileCode
		message string
	}{
		{"no bytes", nil, cash.Options{}, record.FileEmpty, "vuoto"},
		{"cut in half", good[:len(good)/2], cash.Options{}, record.FileTruncated, "incompleta"},
		{"last bytes missing", good[:len(good)-1], cash.Options{}, record.FileTruncated, "incompleta"},
		{"a byte of a part changed", flipped(t, good, "xl/worksheets/sheet1.xml"), cash.Options{}, record.FileContainer, "danneggiata"},
		{"sheet cut inside an intact zip", rewrite(t, good, "xl/worksheets/sheet1.xml", func(s string) string { return s[:strings.LastIndex(s, "<row")] }), cash.Options{}, record.FileContainer, "danneggiata"},
		{"old format or password", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), cash.Options{}, record.FileUnknown, "senza password"},
		{"zip of something else", emptyZip(t), cash.Options{}, record.FileUnknown, "non è una cartella"},
		{"no header", workbook(t, false, sheetOf(goodRow)), cash.Options{}, record.FileHeader, "nessun foglio"},
		{"empty sheet", workbook(t, false, nil), cash.Options{}, record.FileHeader, "nessun foglio"},
		{"header on row eleven", workbook(t, false, append(deep, standardHeader, goodRow)), cash.Options{}, record.FileHeader, "nessun foglio"},
		{"amount column missing", workbook(t, false, sheetOf(standardHeader[:5], goodRow)), cash.Options{}, record.FileHeader, "IMPORTO PROVVISORIO"},
		{"too many cells", good, cash.Options{MaxCells: 10}, record.FileLimit, "troppe celle"},
		{"too many bytes", good, cash.Options{MaxBytes: 100}, record.FileLimit, "supera"},
		{"too many bytes unpacked", good, cash.Options{MaxBytes: int64(len(good)) + 100}, record.FileLimit, "supera"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadXLSX, bytes.NewReader(tt.book), tt.opt)
			wantFileError(t, err, tt.code, tt.message)
		})
	}
}

// flipped changes a packed byte of a part and leaves the zip around it alone.
func flipped(t *testing.T, book []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		if part.Name == name {
			at, err := part.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			b := bytes.Clone(book)
			b[at+int64(part.CompressedSize64)/2] ^= 0xff
			return b
		}
	}
	t.Fatalf("no part %s", name)
	return nil
}

func emptyZip(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("leggimi.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "ciao"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The cells are fuzzed rather than the zip, which its checksums protect.
func FuzzReadXLSX(f *testing.F) {
	f.Add([]byte(`<row r="2"><c r="A2"><v>2026</v></c><c r="B2" t="s"><v>0</v></c><c r="C2"><v>46093.5</v></c><c r="F2"><v>1.5</v></c></row>`))
	f.Add([]byte(`<row r="1048577"/><row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>`))
	f.Add([]byte(`<row><c t="d"><v>2026-03-12T00:00:00</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c><f>1+1</f></c></row>`))
	book := workbook(f, false, sheetOf(standardHeader, goodRow))
	f.Fuzz(func(t *testing.T, rows []byte) {
		changed := rewrite(t, book, "xl/worksheets/sheet1.xml", func(sheet string) string {
			return strings.Replace(sheet, "</sheetData>", string(rows)+"</sheetData>", 1)
		})
		checkAny(t, cash.ReadXLSX, changed)
	})
}
