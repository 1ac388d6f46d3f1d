package biff_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/parsers/biff"
)

// cells reads one sheet: its rows by their number, the cells parted by |.
func cells(file []byte, sheet int, limits biff.Limits) ([]string, error) {
	w, err := biff.Open(bytes.NewReader(file), limits)
	if err != nil {
		return nil, err
	}
	rows, err := w.Rows(sheet)
	if err != nil {
		return nil, err
	}
	var got []string
	for {
		cells, line, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(got, fmt.Sprintf("%d|%s", line, strings.ReplaceAll(strings.Join(cells, "|"), "\n", `\n`)))
	}
}

// readAll reads every sheet of a workbook.
func readAll(file []byte, limits biff.Limits) error {
	w, err := biff.Open(bytes.NewReader(file), limits)
	if err != nil {
		return err
	}
	for i := range w.Sheets() {
		if _, err := cells(file, i, limits); err != nil {
			return err
		}
	}
	return nil
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWorkbooksSavedByAnotherProgram(t *testing.T) {
	for _, tt := range []struct {
		name   string
		sheets []string
		sheet  int
	}{
		{"bank", []string{"Movimenti"}, 0},
		{"texts", []string{"Testi"}, 0},
		{"kinds", []string{"Vuoto", "Tipi"}, 1},
		{"libreoffice", []string{"Movimenti"}, 0},
		{"libreoffice_1904", []string{"Movimenti"}, 0},
		{"libreoffice_texts", []string{"Movimenti"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := fixture(t, tt.name+".xls")
			w, err := biff.Open(bytes.NewReader(file), biff.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.sheets, w.Sheets()); diff != "" {
				t.Errorf("sheets (-want +got):\n%s", diff)
			}
			got, err := cells(file, tt.sheet, biff.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(strings.TrimSuffix(string(fixture(t, tt.name+".txt")), "\n"), "\n")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("cells (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSheetsCanBeReadInAnyOrder(t *testing.T) {
	w, err := biff.Open(bytes.NewReader(fixture(t, "kinds.xls")), biff.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range []int{1, 0, 1} {
		rows, err := w.Rows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		cells, line, err := rows.Next()
		if sheet == 0 && !errors.Is(err, io.EOF) || sheet == 1 && (err != nil || line != 1 || cells[0] != "TRUE") {
			t.Errorf("sheet %d starts with %q at %d, %v", sheet, cells, line, err)
		}
	}
	if _, err := w.Rows(2); err == nil {
		t.Error("a sheet that is not there can be read")
	}
}

// at is the place and format of a cell, as its record starts.
func at(row, column, xf uint16) []byte { return u16(row, column, xf) }

func TestCells(t *testing.T) {
	dates := bytes.Join([][]byte{
		rec(0x41E, u16(164), narrow(`dd/mm/yyyy;@`)),
		rec(0x41E, u16(165), wide(`#,##0.00\ "€ di mese"`)),
		rec(0x41E, u16(166), narrow(`[$-410]d mmmm yyyy`)),
		rec(0x41E, u16(167), narrow(`mm:ss.00`)),
		rec(0x41E, u16(14), narrow(`0.00`)),
		xf(0), xf(164), xf(165), xf(166), xf(167), xf(14), xf(15), xf(49),
	}, nil)
	formula := func(result ...byte) []byte { return rec(0x06, at(0, 0, 1), result, make([]byte, 8)) }
	for _, tt := range []struct {
		name    string
		globals []byte
		cells   []byte
		want    []string
	}{
		{"a number of integer hundredths is exact", nil, rec(0x27E, at(0, 0, 0), u32(359<<2|3)), []string{"1|3.59"}},
		{"an integer may be negative", nil, rec(0x27E, at(0, 0, 0), u32(uint32(0xFFFFFFFF&(-5*4))|2)), []string{"1|-5"}},
		{"a short double keeps its upper half", nil, rec(0x27E, at(0, 0, 0), u32(0x3FF80000)), []string{"1|1.5"}},
		{"a short double may be hundredths", nil, rec(0x27E, at(0, 0, 0), u32(0x40C38800|1)), []string{"1|100"}},
		{"a full double is its shortest decimal", nil, rec(0x203, at(0, 0, 0), f64(1234567.89)), []string{"1|1234567.89"}},
		{"minus nothing is nothing", nil, rec(0x203, at(0, 0, 0), u32(0), u32(0x80000000)), []string{"1|0"}},
		{"numbers side by side", nil, rec(0xBD, u16(2, 1), u16(0), u32(1<<2|2), u16(0), u32(2<<2|2), u16(2)), []string{"3||1|2"}},
		{"a column before another may come after it", nil,
			append(rec(0x27E, at(0, 2, 0), u32(3<<2|2)), rec(0x27E, at(0, 0, 0), u32(1<<2|2))...), []string{"1|1||3"}},
		{"rows saved in any order come in order", nil, bytes.Join([][]byte{
			rec(0x203, at(5, 0, 0), f64(1)), rec(0x203, at(300, 1, 0), f64(2)), rec(0x203, at(5, 1, 0), f64(3)), rec(0x203, at(0, 0, 0), f64(4)),
		}, nil), []string{"1|4", "6|1|3", "301||2"}},
		{"texts in the cell", nil, append(rec(0x204, at(0, 0, 0), narrow("citt\xE0")), rec(0xD6, at(0, 1, 0), wide("€"))...), []string{"1|città|€"}},
		{"a chart on the sheet is passed over", nil,
			bytes.Join([][]byte{bofSheet, rec(0x203, at(0, 0, 0), f64(1)), eof, rec(0x203, at(4, 0, 0), f64(2))}, nil), []string{"5|2"}},
		{"an error of any code", nil, append(rec(0x205, at(0, 0, 0), []byte{0x2A, 1}), rec(0x205, at(0, 1, 0), []byte{0x63, 1})...), []string{"1|#N/A|#ERR!"}},
		{"control characters are blanks", nil, rec(0x204, at(0, 0, 0), narrow("a\x00b\x1Fc")), []string{"1|a b c"}},
		{"empty cells are no cells", nil,
			bytes.Join([][]byte{rec(0x201, at(0, 0, 0)), rec(0xBE, u16(1, 0, 0, 0, 1)), rec(0x204, at(2, 0, 0), narrow(""))}, nil), nil},

		{"a formula with a number", dates, rec(0x06, at(0, 0, 0), f64(12.5), make([]byte, 8)), []string{"1|12.5"}},
		{"a formula with a day", dates, rec(0x06, at(0, 0, 1), f64(46093), make([]byte, 8)), []string{"1|2026-03-12"}},
		{"a formula with a text", nil,
			bytes.Join([][]byte{formula(0, 0, 0, 0, 0, 0, 0xFF, 0xFF), rec(0x4BC, make([]byte, 8)), rec(0x207, narrow("abc"))}, nil), []string{"1|abc"}},
		{"a formula with a text in two records", nil,
			bytes.Join([][]byte{formula(0, 0, 0, 0, 0, 0, 0xFF, 0xFF), rec(0x207, u16(4), []byte{0}, []byte("ab")), rec(0x3C, []byte{1}, u16('c', 0x20AC))}, nil), []string{"1|abc€"}},
		{"a formula with a boolean", nil, formula(1, 0, 1, 0, 0, 0, 0xFF, 0xFF), []string{"1|TRUE"}},
		{"a formula with an error", nil, formula(2, 0, 7, 0, 0, 0, 0xFF, 0xFF), []string{"1|#DIV/0!"}},
		{"a formula with an empty text", nil, append(formula(3, 0, 0, 0, 0, 0, 0xFF, 0xFF), rec(0x207, narrow("x"))...), nil},

		{"a custom format of days", dates, rec(0x203, at(0, 0, 1), f64(46093)), []string{"1|2026-03-12"}},
		{"a currency with the letters of days in quotes", dates, rec(0x203, at(0, 0, 2), f64(46093)), []string{"1|46093"}},
		{"a day with a language", dates, rec(0x203, at(0, 0, 3), f64(46093.4375)), []string{"1|2026-03-12 10:30:00"}},
		{"minutes with hundredths of a second", dates, rec(0x203, at(0, 0, 4), f64(0.5)), []string{"1|12:00:00"}},
		{"a built-in day redefined as a number", dates, rec(0x203, at(0, 0, 5), f64(46093)), []string{"1|46093"}},
		{"a built-in day", dates, rec(0x203, at(0, 0, 6), f64(46093)), []string{"1|2026-03-12"}},
		{"the built-in format of texts", dates, rec(0x203, at(0, 0, 7), f64(46093)), []string{"1|46093"}},
		{"a format that is not there", dates, rec(0x203, at(0, 0, 99), f64(46093)), []string{"1|46093"}},
		{"the last second rounds to the next day", dates, rec(0x203, at(0, 0, 1), f64(46092.999999)), []string{"1|2026-03-12"}},
		{"before the 29 February 1900 that was not", dates, rec(0x203, at(0, 0, 1), f64(59)), []string{"1|1900-02-28"}},
		{"the 29 February 1900 that was not", dates, rec(0x203, at(0, 0, 1), f64(60)), []string{"1|60"}},
		{"after the 29 February 1900 that was not", dates, rec(0x203, at(0, 0, 1), f64(61)), []string{"1|1900-03-01"}},
		{"a day before all days", dates, rec(0x203, at(0, 0, 1), f64(-1)), []string{"1|-1"}},
		{"the calendar of 1904", append(rec(0x22, u16(1)), dates...), rec(0x203, at(0, 0, 1), f64(44631)), []string{"1|2026-03-12"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := cells(compound("Workbook", book(tt.globals, tt.cells)), 0, biff.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSharedTexts(t *testing.T) {
	count := func(n uint32) []byte { return append(u32(n), u32(n)...) }
	richText := bytes.Join([][]byte{u16(2), {8}, u16(1), []byte("ab"), make([]byte, 4)}, nil)
	phonetic := bytes.Join([][]byte{u16(1), {1 | 4}, u32(6), u16(0x6F22), make([]byte, 6)}, nil)
	both := bytes.Join([][]byte{u16(1), {4 | 8}, u16(2), u32(3), []byte("z"), make([]byte, 8+3)}, nil)
	for _, tt := range []struct {
		name  string
		table []byte
		want  string
	}{
		{"narrow and wide", sst(narrow("uno"), wide("€"), narrow("tre")), "uno|€|tre"},
		{"fonts and phonetics are passed over", sst(richText, phonetic, both, narrow("x")), "ab|漢|z|x"},
		{"narrow goes on wide", append(rec(0xFC, count(2), u16(4), []byte{0}, []byte("ab")),
			rec(0x3C, []byte{1}, u16('c', 0x20AC), narrow("y"))...), "abc€|y"},
		{"wide goes on narrow", append(rec(0xFC, count(2), u16(3), []byte{1}, u16(0x20AC)),
			rec(0x3C, []byte{0}, []byte("bc"), narrow("y"))...), "€bc|y"},
		{"a text starts with the record that continues", append(rec(0xFC, count(2), narrow("uno")),
			rec(0x3C, narrow("due"))...), "uno|due"},
		{"the characters start with the record that continues", append(rec(0xFC, count(1), u16(3), []byte{0}),
			rec(0x3C, []byte{0}, []byte("tre"))...), "tre"},
		{"fonts go on in the record that continues", append(rec(0xFC, count(2), u16(2), []byte{8}, u16(2), []byte("ab"), make([]byte, 3)),
			rec(0x3C, make([]byte, 5), narrow("y"))...), "ab|y"},
		{"a pair of surrogates in two records", append(rec(0xFC, count(1), u16(2), []byte{1}, u16(0xD83D)),
			rec(0x3C, []byte{1}, u16(0xDE42))...), "🙂"},
		{"a lone surrogate is no letter", sst(append(append(u16(2), 1), u16(0xD83D, 'a')...), append(append(u16(1), 1), u16(0xD83D)...)), "\uFFFDa|\uFFFD"},
		{"a text over three records", bytes.Join([][]byte{rec(0xFC, count(1), u16(3), []byte{0}, []byte("a")),
			rec(0x3C, []byte{0}, []byte("b")), rec(0x3C, []byte{1}, u16('c'))}, nil), "abc"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var row []byte
			n := strings.Count(tt.want, "|") + 1
			for i := range n {
				row = append(row, rec(0xFD, at(0, uint16(i), 0), u32(uint32(i)))...)
			}
			got, err := cells(compound("Workbook", book(tt.table, row)), 0, biff.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1|" + tt.want}, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}
