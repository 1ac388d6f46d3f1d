package cash_test

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

	"quadra/engine/record"
	"quadra/parsers/cash"
)

// bank is a credit of the account statements in tables.
func bank(line int, amount record.Cents, reference, remittance string) record.Movement {
	m := record.Movement{
		Line: line, Treasurer: "02008", Account: "000101059865", Year: 2026,
		Document: record.DocSospeso, Operation: record.OpExecuted, Amount: amount,
		BookedOn: record.NewDate(2026, 3, 12), ValueOn: record.NewDate(2026, 3, 11), Remittance: remittance,
	}
	m.Number = lineKey(1, m.Account, "2026-03-12", "2026-03-11", amount.String(), reference, remittance)
	return m
}

const bankURI = "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-000000000"

func TestXLS(t *testing.T) {
	got := mustRead(t, cash.ReadXLS, bytes.NewReader(fixture(t, "conto_bancario.xls")), cash.Options{})
	want := []record.Movement{
		bank(4, 359, "R1", bankURI+"1"), bank(6, 123456, "R3", bankURI+"2 città"), bank(7, 30, "R4", "€ noise"),
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	wantRejects(t, got.rejects, []record.Reject{{Line: 8, Column: "IMPORTO", Code: record.RejectAmount, Value: "0.005"}})
	if s := got.summary; s.Doc.Format != cash.FormatXLS || s.Rows != 5 || s.Skipped != 1 {
		t.Errorf("summary %+v", s)
	}
}

// TestXLSOfLibreOffice reads statements saved by LibreOffice Calc: days of both of
// Excel's calendars, accents, a debit, a formula with a number and one with a text,
// which it saves without its result.
func TestXLSOfLibreOffice(t *testing.T) {
	for _, name := range []string{"libreoffice", "libreoffice_1904"} {
		in, err := os.ReadFile(filepath.Join("..", "biff", "testdata", name+".xls"))
		if err != nil {
			t.Fatal(err)
		}
		got := mustRead(t, cash.ReadXLS, bytes.NewReader(in), cash.Options{})
		var want []record.Movement
		for i, amount := range []record.Cents{359, 15000, 123456, -2050, 123456789, 1, 15359} {
			day := record.NewDate(2026, 3, 12+i)
			value, text := record.NewDate(2026, 3, 12), fmt.Sprintf("è arrivato /PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-%010d", i+1)
			if i == 6 {
				value, text = day, ""
			}
			m := bank(4+i, amount, "", "")
			m.BookedOn, m.ValueOn, m.Remittance = day, value, text
			m.Number = lineKey(1, m.Account, day.String(), value.String(), amount.String(), fmt.Sprintf("R%d", i+1), text)
			if amount > 0 {
				want = append(want, m)
			}
		}
		if diff := cmp.Diff(want, got.movements); diff != "" {
			t.Errorf("%s: movements (-want +got):\n%s", name, diff)
		}
		if w := got.summary.Doc.Warnings; got.summary.Skipped != 1 || len(got.rejects) > 0 || len(w) != 1 || !strings.Contains(w[0], "1 formule") || !strings.Contains(w[0], "riga 10") {
			t.Errorf("%s: %+v, rejects %+v", name, got.summary, got.rejects)
		}
	}
}

func TestXLSFileErrors(t *testing.T) {
	good := fixture(t, "conto_bancario.xls")
	for _, tt := range []struct {
		name string
		in   []byte
		opt  cash.Options
		code record.FileCode
	}{
		{"no bytes", nil, cash.Options{}, record.FileEmpty},
		{"no workbook", []byte("ABI;CAB"), cash.Options{}, record.FileUnknown},
		{"cut in half", good[:len(good)/2], cash.Options{}, record.FileTruncated},
		{"no sheet with a header", bytes.ReplaceAll(good, []byte("DATA"), []byte("DATO")), cash.Options{}, record.FileHeader},
		{"too many bytes", good, cash.Options{MaxBytes: int64(len(good)) - 1}, record.FileLimit},
		{"too many cells", good, cash.Options{MaxCells: 10}, record.FileLimit},
		{"too many rows", good, cash.Options{MaxRows: 4}, record.FileLimit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadXLS, bytes.NewReader(tt.in), tt.opt)
			wantFileError(t, err, tt.code, "")
		})
	}
}

// formats are the readers of this group with a file of at least two movements.
func formats(t *testing.T) map[string]struct {
	f  reader
	in []byte
} {
	t.Helper()
	movement := provvisorioODS("1201", "<text:p>x</text:p>", textCells("1,00"), "")
	return map[string]struct {
		f  reader
		in []byte
	}{
		"XLS":  {cash.ReadXLS, fixture(t, "conto_bancario.xls")},
		"ODS":  {cash.ReadODS, spreadsheet(t, contentODS("<table:table>"+headerODS+movement+movement+"</table:table>"))},
		"HTML": {cash.ReadHTML, []byte("<table>" + headerHTML + rowHTML("1", "x", "1,00") + rowHTML("2", "x", "1,00") + "</table>")},
		"CBI":  {cash.ReadCBI, fixture(t, "cbi_rh.txt")},
		"camt": {cash.ReadCamt, fixture(t, "camt_08.xml")},
	}
}

func TestBankFormatsEndAtTheFirstErrorOfTheSink(t *testing.T) {
	stop := errors.New("disk full")
	for name, tt := range formats(t) {
		sink := &taken{stop: stop}
		if _, err := tt.f(t.Context(), bytes.NewReader(tt.in), cash.Options{}, sink); !errors.Is(err, stop) || len(sink.movements) != 1 {
			t.Errorf("%s: error %v after %d movements, want %v after one", name, err, len(sink.movements), stop)
		}
	}
}

func TestBankFormatsRefuseTooManyRows(t *testing.T) {
	for name, tt := range formats(t) {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, tt.f, bytes.NewReader(tt.in), cash.Options{MaxRows: 1})
			wantFileError(t, err, record.FileLimit, "più di 1 righe")
		})
	}
}

func TestBankFormatsTellTheDiskFromTheFile(t *testing.T) {
	broken := errors.New("input/output error")
	mixed := &record.FileError{Line: 3, Code: record.FileEncoding, Message: "due codifiche"}
	for name, tt := range formats(t) {
		half := tt.in[:len(tt.in)/2]
		_, err := read(t, tt.f, io.MultiReader(bytes.NewReader(half), failing{broken}), cash.Options{})
		var bad *record.FileError
		if !errors.Is(err, broken) || errors.As(err, &bad) {
			t.Errorf("%s: error %v, want a wrapped %v", name, err, broken)
		}
		if name != "HTML" && name != "CBI" {
			continue // only texts have an encoding that is found while they are read
		}
		if _, err := read(t, tt.f, io.MultiReader(bytes.NewReader(half), failing{mixed}), cash.Options{}); !errors.Is(err, mixed) {
			t.Errorf("%s: error %v, want %v as it is", name, err, mixed)
		}
	}
}

func FuzzReadXLS(f *testing.F) {
	f.Add(fixture(f, "conto_bancario.xls"))
	f.Fuzz(func(t *testing.T, in []byte) { fuzzOne(t, cash.ReadXLS, in) })
}
