package cash_test

import (
	"bytes"
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
	m.Number = record.LineKey(1, m.Account, "2026-03-12", "2026-03-11", amount.String(), reference, remittance)
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

func FuzzReadXLS(f *testing.F) {
	f.Add(fixture(f, "conto_bancario.xls"))
	f.Fuzz(func(t *testing.T, in []byte) { fuzzOne(t, cash.ReadXLS, in) })
}
