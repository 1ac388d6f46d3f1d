package judge_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/link"
	"quadra/engine/record"
	"quadra/engine/store"
)

// TestDecisionsAndTheText says what becomes of what a text names when people
// decided about the movement: what it is tied to, what it still names and what
// of that is barred.
func TestDecisionsAndTheText(t *testing.T) {
	one := flow(flow1, "2026-09-15", lineOf(1000, 0))
	two := flow(flow2, "2026-09-16", line(iuv2, "IUR2", 1, 1000, 0))
	const flow3 = "2026-09-17BPPIITRRXXX-S03"
	three := flow(flow3, "2026-09-17", line("01000000000000004", "IUR4", 1, 1000, 0))
	onePSPMore := ofPSP("UNCRITMMXXX", flow(flow1, "2026-09-15", line("01000000000000003", "IUR3", 1, 1000, 0)))
	first := record.MovementKey{Year: 2026, Number: "1"}
	toFlow := func(iuf string, cents record.Cents) record.Decision {
		return record.Decision{Kind: record.DecideFlow, Answer: record.AnswerAccept, Movement: first, Flow: record.SettlementKey{IUF: iuf}, Amount: cents, Author: "Rossi"}
	}
	toPayment := func(iuv string) record.Decision {
		return record.Decision{Kind: record.DecidePayment, Answer: record.AnswerAccept, Movement: first, Payment: record.PaymentKey{IUV: iuv}, Author: "Rossi"}
	}
	not := func(d record.Decision) record.Decision { d.Answer, d.Amount = record.AnswerRefuse, 0; return d }
	const (
		tied   = `SELECT s.iuf_key, l.amount, l.reason FROM settlement_link l JOIN settlement s ON s.id = l.settlement_id`
		names  = `SELECT kind, ref, step, CASE barred WHEN 1 THEN 'barred' ELSE '' END FROM movement_ref`
		status = `SELECT status FROM movement m JOIN verdict v ON v.id = m.verdict_id`
	)
	for _, c := range []struct {
		name   string
		cash   record.Cents
		text   string
		more   []delivery
		decide []record.Decision
		then   []delivery
		tied   []string
		names  []string
		status string
	}{
		{name: "taken back in part, nothing is left for the second flow accepted", cash: 2000, text: "VERSAMENTO",
			decide: []record.Decision{toFlow(flow1, 1000), toFlow(flow2, 1000)}, then: []delivery{storno("1", 1000, "2026-09-16")},
			tied: []string{flow1 + " 1000 manual"}, status: "MATCHED"},
		{name: "accepted for a part, the text names the same flow: the rest stays with the movement", cash: 1000, text: uri(flow1),
			decide: []record.Decision{toFlow(flow1, 400)},
			tied:   []string{flow1 + " 400 manual"}, names: []string{"iuf " + flow1 + " strict "}, status: "MATCHED_IN_PART"},
		{name: "what is left goes to the flow the text names", cash: 1600, text: uri(flow2),
			decide: []record.Decision{toFlow(flow1, 600)},
			tied:   []string{flow1 + " 600 manual", flow2 + " 1000 strict"}, names: []string{"iuf " + flow2 + " strict "}, status: "MATCHED"},
		{name: "a cent is accepted and a cent is left", cash: 2, text: uri(flow2),
			decide: []record.Decision{toFlow(flow1, 1)},
			tied:   []string{flow1 + " 1 manual", flow2 + " 1 strict"}, names: []string{"iuf " + flow2 + " strict "}, status: "MATCHED"},
		{name: "what is left goes to the flows the text names in their order", cash: 1601, text: uri(flow2) + " " + uri(flow3), more: []delivery{three},
			decide: []record.Decision{toFlow(flow1, 600)},
			tied:   []string{flow1 + " 600 manual", flow2 + " 1000 strict", flow3 + " 1 strict"},
			names:  []string{"iuf " + flow2 + " strict ", "iuf " + flow3 + " strict "}, status: "MATCHED"},
		{name: "what is left ends with the first flow the text names", cash: 1600, text: uri(flow2) + " " + uri(flow3), more: []delivery{three},
			decide: []record.Decision{toFlow(flow1, 600)},
			tied:   []string{flow1 + " 600 manual", flow2 + " 1000 strict"},
			names:  []string{"iuf " + flow2 + " strict ", "iuf " + flow3 + " strict barred"}, status: "MATCHED"},
		{name: "nothing is left for the flow the text names", cash: 600, text: uri(flow2),
			decide: []record.Decision{toFlow(flow1, 600)},
			tied:   []string{flow1 + " 600 manual"}, names: []string{"iuf " + flow2 + " strict barred"}, status: "MATCHED"},
		{name: "of two flows named one is refused: the other gets it all", cash: 1500, text: uri(flow1) + " " + uri(flow2),
			decide: []record.Decision{not(toFlow(flow1, 0))},
			tied:   []string{flow2 + " 1500 strict"}, names: []string{"iuf " + flow1 + " strict barred", "iuf " + flow2 + " strict "}, status: "MATCHED"},
		{name: "a flow is refused that the text does not name", cash: 1000, text: uri(flow1),
			decide: []record.Decision{not(toFlow(flow2, 0))},
			tied:   []string{flow1 + " 1000 strict"}, names: []string{"iuf " + flow1 + " strict "}, status: "MATCHED"},
		{name: "a flow of two PSPs, another is refused: which of the two is still not known", cash: 700, text: uri(flow1), more: []delivery{onePSPMore},
			decide: []record.Decision{not(toFlow(flow2, 0))}, names: []string{"iuf " + flow1 + " strict "}, status: "AMBIGUOUS"},
		{name: "a flow of two PSPs, given to a payment", cash: 700, text: uri(flow1), more: []delivery{onePSPMore},
			decide: []record.Decision{toPayment(iuv1)}, names: []string{"iuf " + flow1 + " strict ", "iuv " + iuv1 + " manual "}, status: "MATCHED"},
		{name: "given to a payment, not to the flow the text names", cash: 1000, text: uri(flow2),
			decide: []record.Decision{toPayment(iuv1)}, names: []string{"iuf " + flow2 + " strict barred", "iuv " + iuv1 + " manual "}, status: "MATCHED"},
		{name: "given to one of the two payments the text names", cash: 1000, text: rfb(iuv1) + " " + rfb(iuv2),
			decide: []record.Decision{toPayment(iuv1)}, names: []string{"iuv " + iuv1 + " manual ", "iuv " + iuv2 + " strict barred"}, status: "MATCHED"},
		{name: "given to a payment, the text names a flow that is not there", cash: 1000, text: uri(unknownIUF),
			decide: []record.Decision{toPayment(iuv1)}, names: []string{"iuf " + unknownIUF + " strict ", "iuv " + iuv1 + " manual "}, status: "MATCHED"},
		{name: "the payment the text names is refused", cash: 1000, text: rfb(iuv1),
			decide: []record.Decision{not(toPayment(iuv1))}, names: []string{"iuv " + iuv1 + " strict barred"}, status: "WAITING_FLOW"},
		{name: "another payment than the text names is refused", cash: 1000, text: rfb(iuv1),
			decide: []record.Decision{not(toPayment(iuv2))}, names: []string{"iuv " + iuv1 + " strict "}, status: "MATCHED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBooks(t)
			b.load(one, two, paid("2026-09-14"), receipt(iuv2, "IUR2", 1, 1000, "", "2026-09-14"), cash("1", c.cash, "2026-09-16", c.text))
			b.load(c.more...)
			for _, d := range c.decide {
				if !b.decide(d) {
					t.Fatalf("the decision was not taken: %+v", d)
				}
			}
			b.load(c.then...)
			b.night("2026-09-17")
			for query, want := range map[string][]string{tied: c.tied, names: c.names, status: {c.status}} {
				if diff := cmp.Diff(want, b.read(query)); diff != "" {
					t.Errorf("%s\n(-want +got):\n%s", query, diff)
				}
			}
		})
	}
}

// TestADecisionThatCannotBeReadLinksNothing: what a person said of a movement is
// not passed over because the books do not give it.
func TestADecisionThatCannotBeReadLinksNothing(t *testing.T) {
	b := newBooks(t)
	b.load(flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 1000, "2026-09-16", uri(flow1)))
	if !b.decide(record.Decision{Kind: record.DecideFlow, Answer: record.AnswerRefuse, Movement: record.MovementKey{Year: 2026, Number: "1"},
		Flow: record.SettlementKey{IUF: flow1}, Author: "Rossi"}) {
		t.Fatal("the decision was not taken")
	}
	b.damage(t, `ALTER TABLE decision RENAME COLUMN author TO lost`)
	err := b.store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := link.Run(t.Context(), tx)
		return err
	})
	if err == nil || !strings.HasPrefix(err.Error(), "decisions on movement 1: ") {
		t.Errorf("linking ends with %v", err)
	}
}
