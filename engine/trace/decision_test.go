package trace_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"quadra/engine/explain"
	"quadra/engine/listing"
	"quadra/engine/record"
	"quadra/engine/report"
	"quadra/engine/store"
	"quadra/engine/trace"
	tt "quadra/engine/trace/tracetest"
)

// decidedTown is the town after people decided: a movement without a reference
// pays the flow without cash, one that names a flow nobody has was looked at and
// does not pay it, and of a payment made twice one is the refund.
func decidedTown(t *testing.T) *tt.Books {
	b := tt.Town(t)
	b.Load(tt.Receipts("ricevute-2.csv", tt.Receipt(tt.IUVByIUV, "R2B", 1, 1500, "")))
	b.Night("2026-09-19")
	five, four := record.MovementKey{Year: 2026, Number: "5"}, record.MovementKey{Year: 2026, Number: "4"}
	noCash := record.SettlementKey{IUF: strings.ToUpper(tt.IUFNoCash)}
	b.Decide("decisioni-1.csv",
		record.Decision{Kind: record.DecideFlow, Answer: record.AnswerAccept, Movement: five, Flow: noCash, Amount: 300, Author: "Anna Verdi", Note: "sentito il PSP"},
		record.Decision{Kind: record.DecideFlow, Answer: record.AnswerRefuse, Movement: four, Flow: noCash, Author: "Anna Verdi"},
		record.Decision{Kind: record.DecideFlow, Answer: record.AnswerRefuse, Movement: record.MovementKey{Year: 2026, Number: "2"},
			Flow: record.SettlementKey{IUF: tt.IUFSettled}, Author: "Anna Verdi", Note: "è di un altro ente"},
		record.Decision{Kind: record.DecideRefund, Answer: record.AnswerAccept, Author: "Luca Neri",
			Payment: record.PaymentKey{IUV: tt.IUVByIUV, IUR: "R2B", Index: 1}})
	b.Night("2026-09-20")
	return b
}

func shown(t *testing.T, b *tt.Books, lang string, of func(*store.Tx) (*trace.Chain, error)) string {
	t.Helper()
	var out bytes.Buffer
	b.Read(func(tx *store.Tx) error {
		c, err := of(tx)
		if err != nil {
			return err
		}
		if err := c.Explain(t.Context(), tx, b.Settings(lang)); err != nil {
			return err
		}
		return trace.Text(&out, c, lang)
	})
	return out.String()
}

// TestDecisionsAreShownEverywhere looks for them in what people and programs
// read: show, list, the report's page, CSV and totals.
func TestDecisionsAreShownEverywhere(t *testing.T) {
	b := decidedTown(t)
	iuf := func(tx *store.Tx) (*trace.Chain, error) { return trace.IUF(t.Context(), tx, tt.IUFNoCash) }
	iuv := func(tx *store.Tx) (*trace.Chain, error) { return trace.IUV(t.Context(), tx, tt.IUVByIUV) }
	movement := func(number string) func(tx *store.Tx) (*trace.Chain, error) {
		return func(tx *store.Tx) (*trace.Chain, error) { return trace.Movement(t.Context(), tx, 2026, number) }
	}
	list := func(kind listing.Kind) string {
		var out bytes.Buffer
		b.Read(func(tx *store.Tx) error {
			_, err := listing.Write(t.Context(), tx, kind, listing.FormatCSV, listing.Filter{}, &out)
			return err
		})
		return out.String()
	}
	dir := t.TempDir() + "/report"
	if _, err := report.Build(t.Context(), report.Input{Store: b.Store, Entity: report.Entity{IPA: "c_q001"}, Run: b.Run, Rules: b.Rules,
		Calendar: b.Calendar, Terms: b.Terms}, dir); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		in   string
		want []string
	}{
		{"show iuf", shown(t, b, "it", iuf), []string{
			"cassa: movimento 5/2026 del 16/09/2026, 3,00 euro per il flusso 2026-09-15BPPIITRRXXX-s003, abbinamento manuale, deciso da Anna Verdi [cassa-1.csv:6]",
			"decisione: Anna Verdi ha deciso il 20/09/2026 che il movimento 5/2026 paga il flusso 2026-09-15BPPIITRRXXX-S003 per 3,00 € («sentito il PSP») [decisioni-1.csv:2]",
			"→ SHORT, causa: Anna Verdi ha deciso il 20/09/2026 che il movimento 5/2026 paga"}},
		{"show movement", shown(t, b, "it", movement("5")), []string{
			"paga IUF 2026-09-15BPPIITRRXXX-s003: 3,00 euro, abbinamento manuale, deciso da Anna Verdi",
			"NO_REFERENCE → MATCHED, causa: Anna Verdi ha deciso il 20/09/2026"}},
		{"show movement in English", shown(t, b, explain.English, movement("4")), []string{
			"decision: Anna Verdi ruled out on 2026-09-20 that movement 4/2026 pays flow 2026-09-15BPPIITRRXXX-S003 [decisioni-1.csv:3]"}},
		{"show iuv of a payment made twice", shown(t, b, "it", iuv), []string{
			"decisione: Luca Neri ha deciso il 20/09/2026 che il pagamento con IUR R2B è il rimborso", "Pagamento doppio [DUPLICATE]"}},
		{"show a movement whose text a decision goes against", shown(t, b, "it", movement("2")), []string{
			"nomina IUF 2026-09-15BPPIITRRXXX-S001 (causale esatta), ma una decisione lo esclude",
			"Anna Verdi ha escluso il 20/09/2026 che il movimento 2/2026 paga il flusso 2026-09-15BPPIITRRXXX-S001 («è di un altro ente»).",
			"La causale nomina 2026-09-15BPPIITRRXXX-S001: vale la decisione."}},
		{"list settlements", list(listing.KindSettlements), []string{"SHORT;-1;manual;Anna Verdi"}},
		{"list movements", list(listing.KindMovements), []string{"manual;Anna Verdi"}},
		{"list payments", list(listing.KindPayments), []string{tt.IUVByIUV + ";R2B;", ";Luca Neri"}},
		{"list decisions", list(listing.KindDecisions), []string{"Anna Verdi;flusso;accetta;in-force;2026;5", "Luca Neri;rimborso;accetta;in-force"}},
		{"page", read(t, dir, "anomalie.html"), []string{`data-table="decisioni"`, "sentito il PSP", "Luca Neri ha deciso il 20/09/2026 che il pagamento con IUR R2B è il rimborso"}},
		{"anomalie.csv", read(t, dir, report.FileCSV), []string{"Anna Verdi ha deciso il 20/09/2026", "Luca Neri ha deciso il 20/09/2026"}},
		{"decisioni.csv", read(t, dir, report.FileDecisions), []string{"20/09/2026;Anna Verdi;flusso;accetta;sì;2026;5", ";3,00;"}},
		{"run.json", read(t, dir, report.FileJSON), []string{`"decisions": {`, `"in_force": 4`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, want := range c.want {
				if !strings.Contains(c.in, want) {
					t.Errorf("no %q in\n%s", want, c.in)
				}
			}
		})
	}
}

func TestTheWorkbookHasASheetOfDecisions(t *testing.T) {
	b := decidedTown(t)
	dir := t.TempDir() + "/report"
	if _, err := report.Build(t.Context(), report.Input{Store: b.Store, Entity: report.Entity{IPA: "c_q001"}, Run: b.Run, Rules: b.Rules,
		Calendar: b.Calendar, Terms: b.Terms}, dir); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(filepath.Join(dir, report.FileXLSX))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Decisioni")
	if err := errors.Join(err, f.Close()); err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := strings.Join(rows[1], "|"); !strings.HasPrefix(got, "20/09/2026|Anna Verdi|flusso|accetta|sì|2026|5|2026-09-15BPPIITRRXXX-S003|BPPIITRRXXX|||3.00|sentito il PSP") {
		t.Error(got)
	}
}

func TestAnUndoneDecisionIsStillShown(t *testing.T) {
	b := decidedTown(t)
	b.Decide("decisioni-2.csv", record.Decision{Kind: record.DecideFlow, Answer: record.AnswerUndo, Movement: record.MovementKey{Year: 2026, Number: "5"},
		Flow: record.SettlementKey{IUF: strings.ToUpper(tt.IUFNoCash)}, Author: "Anna Verdi"})
	b.Night("2026-09-21")
	text := shown(t, b, "it", func(tx *store.Tx) (*trace.Chain, error) { return trace.Movement(t.Context(), tx, 2026, "5") })
	for _, want := range []string{"[decisioni-1.csv:2], non più in vigore", "Anna Verdi ha annullato il 20/09/2026 quanto deciso",
		"MATCHED → NO_REFERENCE, causa: Anna Verdi ha annullato"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
