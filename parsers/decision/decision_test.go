package decision_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/decision"
)

type sink struct {
	doc     record.Doc
	rows    []record.Decision
	rejects []record.Reject
}

func (s *sink) Doc(d *record.Doc) error           { s.doc = *d; return nil }
func (s *sink) Decision(d *record.Decision) error { s.rows = append(s.rows, *d); return nil }
func (s *sink) Reject(r *record.Reject) error     { s.rejects = append(s.rejects, *r); return nil }

const header = "tipo;anno_bolletta;numero_bolletta;conto;iuf;psp;anno_flusso;iuv;iur;indice;importo;versione;risposta;autore;nota\n"

func read(t *testing.T, text string) sink {
	t.Helper()
	var s sink
	if _, err := decision.Read(t.Context(), strings.NewReader(text), decision.Options{}, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnswers(t *testing.T) {
	movement := record.MovementKey{Year: 2026, Number: "12", Account: "A1"}
	for _, c := range []struct {
		name, row string
		want      record.Decision
	}{
		{"a movement pays a flow", "flusso;2026;0012;A1;2026-09-15bppiitrrxxx-s1;BPPIITRRXXX;2026;;;;1.234,56;;accetta;Rossi;visto",
			record.Decision{Line: 2, Kind: record.DecideFlow, Answer: record.AnswerAccept, Movement: movement,
				Flow: record.SettlementKey{IUF: "2026-09-15BPPIITRRXXX-S1", PSP: "BPPIITRRXXX", Year: 2026}, Amount: 123456, Author: "Rossi", Note: "visto"}},
		{"capitals, and only what is needed", "FLUSSO;2026;12;A1;IUF1;;;;;;10;;ACCETTA;Rossi;",
			record.Decision{Line: 2, Kind: record.DecideFlow, Answer: record.AnswerAccept, Movement: movement, Flow: record.SettlementKey{IUF: "IUF1"}, Amount: 1000, Author: "Rossi"}},
		{"refused, without an amount", "flusso;2026;12;A1;IUF1;;;;;;;;rifiuta;Rossi;",
			record.Decision{Line: 2, Kind: record.DecideFlow, Answer: record.AnswerRefuse, Movement: movement, Flow: record.SettlementKey{IUF: "IUF1"}, Author: "Rossi"}},
		{"a movement pays a payment", "pagamento;2026;12;A1;;;;01000000000000001;R1;1;;;accetta;Rossi;",
			record.Decision{Line: 2, Kind: record.DecidePayment, Answer: record.AnswerAccept, Movement: movement,
				Payment: record.PaymentKey{IUV: "01000000000000001", IUR: "R1", Index: 1}, Author: "Rossi"}},
		{"a revision was looked at", "rivisto;;;;IUF1;;;;;;;2026-09-15T10:00:00Z#12345678;accetta;Rossi;",
			record.Decision{Line: 2, Kind: record.DecideReview, Answer: record.AnswerAccept, Flow: record.SettlementKey{IUF: "IUF1"}, Version: "2026-09-15T10:00:00Z#12345678", Author: "Rossi"}},
		{"the refund of two payments", "rimborso;;;;;;;01000000000000001;R1;1;;;accetta;Rossi;",
			record.Decision{Line: 2, Kind: record.DecideRefund, Answer: record.AnswerAccept, Payment: record.PaymentKey{IUV: "01000000000000001", IUR: "R1", Index: 1}, Author: "Rossi"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, header+c.row+"\n")
			if diff := cmp.Diff([]record.Decision{c.want}, s.rows); diff != "" || len(s.rejects) > 0 {
				t.Errorf("(-want +got):\n%s%+v", diff, s.rejects)
			}
		})
	}
}

func TestARowWithoutAnAnswerSaysNothingWhateverElseIsWrong(t *testing.T) {
	s := read(t, header+"boh;anno;;;;;;;;;molto;;;;\n")
	if len(s.rejects) > 0 || len(s.rows) != 1 || s.rows[0].Answer != record.AnswerNone {
		t.Errorf("%+v %+v", s.rows, s.rejects)
	}
}

func TestWrongRowsSayColumnAndRemedy(t *testing.T) {
	for _, c := range []struct{ name, row, column, code string }{
		{"an answer that is none", "flusso;2026;12;;IUF1;;;;;;10;;sì;Rossi;", "risposta", "VALUE"},
		{"a kind that is none", "bonifico;2026;12;;IUF1;;;;;;10;;accetta;Rossi;", "tipo", "VALUE"},
		{"nobody signs", "flusso;2026;12;;IUF1;;;;;;10;;accetta;;", "autore", "MISSING"},
		{"no number", "flusso;2026;;;IUF1;;;;;;10;;accetta;Rossi;", "numero_bolletta", "MISSING"},
		{"no flow", "flusso;2026;12;;;;;;;;10;;accetta;Rossi;", "iuf", "MISSING"},
		{"no version", "rivisto;;;;IUF1;;;;;;;;accetta;Rossi;", "versione", "MISSING"},
		{"no receipt", "pagamento;2026;12;;;;;;;;;;accetta;Rossi;", "iuv", "MISSING"},
		{"accepted for no amount", "flusso;2026;12;;IUF1;;;;;;;;accetta;Rossi;", "importo", "MISSING"},
		{"an amount that can be read in two ways", "flusso;2026;12;;IUF1;;;;;;1.234;;accetta;Rossi;", "importo", "AMOUNT"},
		{"a negative amount", "flusso;2026;12;;IUF1;;;;;;-10,00;;accetta;Rossi;", "importo", "NOT_POSITIVE"},
		{"a year of two digits", "flusso;26;12;;IUF1;;;;;;10;;accetta;Rossi;", "anno_bolletta", "NUMBER"},
		{"an index beyond five", "rimborso;;;;;;;01000000000000001;R1;6;;;accetta;Rossi;", "indice", "INDEX"},
		{"an IUV the spreadsheet made a number of", "pagamento;2026;12;;;;;1,47E+15;;;;;accetta;Rossi;", "iuv", "VALUE"},
		{"a note without end", "flusso;2026;12;;IUF1;;;;;;10;;accetta;Rossi;" + strings.Repeat("x", 1001), "nota", "TOO_LONG"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, header+c.row+"\n")
			if len(s.rows) > 0 || len(s.rejects) != 1 {
				t.Fatalf("%+v %+v", s.rows, s.rejects)
			}
			r := s.rejects[0]
			if r.Column != c.column || string(r.Code) != c.code || r.Line != 2 || r.Reason == "" {
				t.Errorf("%+v", r)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(header + "flusso;2026;12;A1;IUF1;;;;;;10;;accetta;Rossi;visto\n")
	f.Add("risposta;tipo;autore\naccetta;rivisto;x\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		var s sink
		counts, err := decision.Read(t.Context(), strings.NewReader(text), decision.Options{}, &s)
		if err == nil && (counts.Accepted != len(s.rows) || counts.Rejected != len(s.rejects) || counts.Rows != counts.Accepted+counts.Rejected) {
			t.Errorf("%+v, but %d rows and %d rejects", counts, len(s.rows), len(s.rejects))
		}
		for _, d := range s.rows {
			if d.Answer != record.AnswerNone && (d.Author == "" || d.Amount < 0) {
				t.Errorf("a decision of nobody, or of less than nothing: %+v", d)
			}
		}
	})
}
