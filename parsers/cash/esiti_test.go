package cash_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

// esitoLine is a line of the layout esiti as far as its fields are known.
func esitoLine(kind, document, receipt, date, amount string) string {
	return fmt.Sprintf("%-5s%-5s%-7s%-4s%-3s%-5s%-5s%-12s%-8s%-3s%7s%-7s%7s%-7s%-3s%-2s%-3s%15s+ altro\r\n",
		"05262", "00001", "0000123", "2026", "EUR", "05262", "79748", "000000012345", date, kind, document, "0000001", receipt, "", "", "", "EUR", amount)
}

func TestEsiti(t *testing.T) {
	day := record.NewDate(2026, 3, 12)
	event := func(line int, document record.Document, operation record.Operation) record.Movement {
		return record.Movement{
			Line: line, Treasurer: "05262", Account: "000000012345", Year: 2026, Number: "1201", Receipt: "77",
			Document: document, Operation: operation, Amount: 15000, BookedOn: day, ValueOn: day,
		}
	}
	var text strings.Builder
	kinds := []string{"001", "002", "003", "004", "021", "022", "023", "024"}
	for _, kind := range kinds {
		text.WriteString(esitoLine(kind, "0001201", "0000077", "20260312", "000000000015000"))
	}
	for _, kind := range []string{"011", "012", "013", "014", "015", "016", "031", "032", "033", "034"} {
		text.WriteString(esitoLine(kind, "0000001", "0000001", "20260312", "000000000000100"))
	}
	got := mustRead(t, cash.ReadEsiti, strings.NewReader(text.String()), cash.Options{})
	want := []record.Movement{
		event(1, record.DocReversale, record.OpExecuted), event(2, record.DocReversale, record.OpReversed),
		event(3, record.DocSospeso, record.OpExecuted), event(4, record.DocSospeso, record.OpReversed),
		event(5, record.DocReversale, record.OpRegularised), event(6, record.DocReversale, record.OpRestored),
		event(7, record.DocSospeso, record.OpRegularised), event(8, record.DocSospeso, record.OpRestored),
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	doc := record.Doc{Kind: record.KindMovements, Format: cash.FormatEsiti}
	if diff := cmp.Diff(cash.Summary{Doc: doc, Rows: 18, Accepted: 8, Skipped: 10}, got.summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if !cash.LooksLikeEsiti([]byte(text.String())) {
		t.Error("does not look like esiti")
	}
}

func TestEsitiRejects(t *testing.T) {
	good := esitoLine("003", "0001201", "0000077", "20260312", "000000000015000")
	got := mustRead(t, cash.ReadEsiti, strings.NewReader("\n"+
		strings.Replace(good, "2026EUR", "26  EUR", 1)+
		esitoLine("003", "0000000", "0000000", "20260312", "000000000015000")+
		esitoLine("003", "0000000", "0000077", "20260312", "000000000015000")+
		esitoLine("003", "0001201", "0000077", "20260230", "000000000015000")+
		esitoLine("003", "0001201", "0000077", "12/03/26", "000000000015000")+
		esitoLine("003", "0001201", "0000077", "20260312", "0000000000150,0")+
		esitoLine("003", "0001201", "0000077", "20260312", "000000000000000")+
		esitoLine("099", "0001201", "0000077", "20260312", "000000000015000")+
		good[:100]+"\n"+
		esitoLine("004", "0001201", "0000077", "20260312", "-00000000015000")+
		strings.Replace(good, "05262", "0526à", 1)), cash.Options{})
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 2, Column: "esercizio", Code: record.RejectNumber, Value: "26"},
		{Line: 3, Column: "numero", Code: record.RejectMissing, Value: "0000000"},
		{Line: 5, Column: "data contabile", Code: record.RejectDate, Value: "20260230"},
		{Line: 6, Column: "data contabile", Code: record.RejectDate, Value: "12/03/26"},
		{Line: 7, Column: "importo", Code: record.RejectAmount, Value: "0000000000150,0"},
		{Line: 8, Column: "importo", Code: record.RejectNotPositive, Value: "000000000000000"},
		{Line: 9, Column: "tipo movimento", Code: record.RejectOperation, Value: "099"},
		{Line: 10, Code: record.RejectColumns},
	})
	if len(got.movements) != 3 || got.movements[0].Number != "77" || got.movements[1].Amount != 15000 || got.movements[2].Number != "1201" {
		t.Errorf("movements %+v", got.movements)
	}
}

func TestEsitiFileErrors(t *testing.T) {
	good := esitoLine("003", "0001201", "0000077", "20260312", "000000000015000")
	tests := []struct {
		name, text string
		opt        cash.Options
		code       record.FileCode
		message    string
	}{
		{"no bytes", "", cash.Options{}, record.FileEmpty, "vuoto"},
		{"blank lines only", " \r\n\n", cash.Options{}, record.FileEmpty, "vuoto"},
		{"last line cut", good + good[:60], cash.Options{}, record.FileTruncated, "tagliato"},
		{"too many lines", good + good, cash.Options{MaxRows: 1}, record.FileLimit, "più di 1 righe"},
		{"a line without end", strings.Repeat("9", 20_000), cash.Options{}, record.FileLimit, "16384 byte"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadEsiti, strings.NewReader(tt.text), tt.opt)
			wantFileError(t, err, tt.code, tt.message)
		})
	}
}

func TestEsitiPositionsCanBeChanged(t *testing.T) {
	opt := cash.Options{Layouts: layouts(t, `layouts:
  - name: esiti-banca
    extends: esiti
    fixed: {amount: 79-93, remittance: 94-120}
    cents: false
    decimal: comma
`)}
	line := esitoLine("003", "0001201", "0000077", "20260312", "")
	line = line[:78] + "       1.234,56" + "/PUR/LGPE-RIVERSAMENTO/URI/X\n"
	if l := cash.Recognise([]byte(line), opt); l == nil || l.Name != "esiti-banca" {
		t.Errorf("recognised as %v", l)
	}
	got := mustRead(t, cash.ReadEsiti, strings.NewReader(line), opt)
	if len(got.movements) != 1 || got.movements[0].Amount != 123456 || got.movements[0].Remittance != "/PUR/LGPE-RIVERSAMENTO/URI/" ||
		got.summary.Doc.Format != "esiti-banca-txt" {
		t.Errorf("%+v, movements %+v, rejects %+v", got.summary, got.movements, got.rejects)
	}
}

func FuzzReadEsiti(f *testing.F) {
	f.Add([]byte(esitoLine("003", "0001201", "0000077", "20260312", "000000000015000")))
	f.Add([]byte(strings.Repeat(esitoLine("021", "à", "0000077", "20260312", "000000000015000"), 3)))
	f.Fuzz(func(t *testing.T, b []byte) {
		checkAny(t, cash.ReadEsiti, b)
		cash.LooksLikeEsiti(b)
	})
}
