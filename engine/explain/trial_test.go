package explain_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"quadra/engine/explain"
	"quadra/engine/explain/explaintest"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// trials puts every unit of some books to the rules and calls fn for each.
func trials(t *testing.T, b *explaintest.Books, set explain.Settings, fn func(*explain.Trial)) {
	t.Helper()
	err := b.Store.Read(context.Background(), func(tx *store.Tx) error {
		x := explain.New(tx, set)
		see := func(trial *explain.Trial, err error) error {
			if err == nil {
				fn(trial)
			}
			return err
		}
		if err := tx.PaymentViews(store.PaymentFilter{}, func(p *store.PaymentView) error { return see(x.TryPayment(p)) }); err != nil {
			return err
		}
		if err := tx.SettlementViews(store.SettlementFilter{}, func(s *store.SettlementView) error { return see(x.TrySettlement(s)) }); err != nil {
			return err
		}
		return tx.MovementViews(store.MovementFilter{}, func(m *store.MovementView) error { return see(x.TryMovement(m)) })
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Hashes change with the rules, which is no news here.
func masked(b *explaintest.Books, text string) string {
	return strings.ReplaceAll(text, b.Rules.Hash()[:12], "HASH")
}

func TestWholeTrials(t *testing.T) {
	b := explaintest.Sample(t)
	for _, language := range []string{"it", "en"} {
		var out bytes.Buffer
		trials(t, b, b.Settings(language), func(trial *explain.Trial) {
			for _, wanted := range []string{explaintest.IUV(5), explaintest.IUV(20), "IUF " + explaintest.IUF(8), "movimento 9/", "movement 9/"} {
				if strings.Contains(trial.Name, wanted) {
					if err := trial.Text(&out); err != nil {
						t.Fatal(err)
					}
					out.WriteByte('\n')
				}
			}
		})
		golden(t, "trials."+language+".golden", masked(b, out.String()))
	}
}

func TestWhyNot(t *testing.T) {
	b := explaintest.Sample(t)
	for _, language := range []string{"it", "en"} {
		var out bytes.Buffer
		for _, c := range []struct{ name, code string }{
			{explaintest.IUV(5), "RT_IUF_TES"},           // its flow is settled short
			{explaintest.IUV(2), "RECONCILED"},           // the flow line has another amount
			{explaintest.IUV(2), "RT_NO_IUF"},            // which this says
			{explaintest.IUV(10), "IUD_RT_IUF"},          // the notice has another amount
			{explaintest.IUV(6), "RT_IUF_TES"},           // cashed by IUV, in no flow
			{explaintest.IUV(6), "RT_NO_IUF"},            // and so not this
			{explaintest.IUV(7), "NOT_REPORTED"},         // it is, but a double comes first
			{explaintest.IUV(1), "NOT_NOTIFIED"},         // reconciled
			{"IUF " + explaintest.IUF(5), "SETTLED"},     // short
			{"IUF " + explaintest.IUF(7), "WAITING"},     // inconsistent and cashed
			{" 8/2026", "TES_NO_MATCH"},                  // it names a flow nobody knows
			{" 9/2026", "MATCHED"},                       // it names nothing
			{explaintest.IUV(5), "NOT_A_CODE_OF_A_RULE"}, // refused
		} {
			trials(t, b, b.Settings(language), func(trial *explain.Trial) {
				if !strings.Contains(trial.Name, c.name) {
					return
				}
				if err := trial.WhyNot(&out, c.code); (err != nil) != strings.HasPrefix(c.code, "NOT_A") {
					t.Fatal(err)
				}
				out.WriteByte('\n')
			})
		}
		golden(t, "whynot."+language+".golden", masked(b, out.String()))
	}
}

// Every unit of the sample tells why each status and each label holds or does
// not, with a part of its condition for a reason.
func TestEveryRuleAnswersForEveryUnit(t *testing.T) {
	b := explaintest.Sample(t)
	n := 0
	trials(t, b, b.Settings("it"), func(trial *explain.Trial) {
		n++
		if trial.Recorded != "" || trial.RulesetHash != b.Rules.Hash() || trial.Winner().Code != trial.Status || len(trial.Facts) == 0 || len(trial.Records) == 0 {
			t.Errorf("%s: %+v", trial.Name, trial)
		}
		var labels []string
		for _, a := range trial.Rules {
			if len(a.Because) == 0 || a.Condition == "" || a.Name == "" || a.Wins != (a.Why != "") {
				t.Errorf("%s %s: %+v", trial.Name, a.Code, a)
			}
			if a.Label && a.Holds {
				labels = append(labels, a.Code)
			}
		}
		if got, want := strings.Join(labels, " "), strings.Join(trial.Labels, " "); got != want {
			t.Errorf("%s: labels %s, want %s", trial.Name, got, want)
		}
	})
	if n < 30 {
		t.Errorf("only %d units", n)
	}
}

func TestTrialsInJSON(t *testing.T) {
	b := explaintest.Sample(t)
	trials(t, b, b.Settings("it"), func(trial *explain.Trial) {
		if !strings.Contains(trial.Name, explaintest.IUV(5)) {
			return
		}
		text, err := json.Marshal(trial)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"unit":"payment"`, `"ruleset_hash":"` + b.Rules.Hash() + `"`, `"fact":"cashed","value":"different","meaning":`,
			`"rule":"label RT_IUF_TES"`, `"difference_cents":-200`, `"source":"flussi_20260303.zip/flussi.xml:510"`} {
			if !strings.Contains(string(text), want) {
				t.Errorf("no %s in %s", want, text)
			}
		}
	})
}

// A ruleset that changed since the last run is seen at once, and what the books
// still say is said.
func TestTrialsUnderOtherRulesThanTheBooks(t *testing.T) {
	b := explaintest.Sample(t)
	other, err := rules.Load("ente.yaml", []byte(`id: c_q001
version: 1
extends: quadra
statuses:
  payment:
    - code: SHORTFALL
      before: CASHED_DIFFERENT
      sign: "-"
      severity: 4
      it: {name: Ammanco, why: "Mancano {difference} al flusso {iuf}."}
      en: {name: Shortfall, why: "{difference} is missing from flow {iuf}."}
      when: cashed == "different"
examples:
  - name: il flusso è riversato per un'altra somma
    unit: payment
    facts: {ours: true, notified: not_expected, receipt: present, reported: matched, cashed: different,
      has_receipt: true, has_flow: true, flow_equal: true, has_flow_cash: true}
    status: SHORTFALL
    labels: [IUF_TES_DIV_IMP, RT_IUF, RT_NO_IUD]
  - name: incassato con lo IUV per un'altra somma, senza flusso
    unit: payment
    facts: {ours: true, notified: matched, receipt: present, reported: missing, cashed: different,
      has_notice: true, notice_equal: true, has_receipt: true, has_iuv_cash: true}
    status: SHORTFALL
    labels: []
  - name: riga di flusso, ricevuta non ancora dovuta, incasso con lo IUV
    unit: payment
    facts: {ours: true, notified: not_expected, receipt: waiting, reported: alone, cashed: different, has_flow: true, has_iuv_cash: true}
    status: SHORTFALL
    labels: [IUV_NO_RT]
`), b.Rules)
	if err != nil {
		t.Fatal(err)
	}
	set := b.Settings("it")
	set.Rules = other
	trials(t, b, set, func(trial *explain.Trial) {
		if !strings.Contains(trial.Name, explaintest.IUV(5)) {
			return
		}
		if trial.Status != "SHORTFALL" || trial.Recorded != "CASHED_DIFFERENT" || trial.Why != "Mancano 2,00 € al flusso "+explaintest.IUF(5)+"." {
			t.Errorf("%s (recorded %s): %s", trial.Status, trial.Recorded, trial.Why)
		}
		var out bytes.Buffer
		if err := trial.WhyNot(&out, "CASHED_DIFFERENT"); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"nei libri è ancora CASHED_DIFFERENT", "la condizione vale, ma viene prima Ammanco [SHORTFALL]: Mancano 2,00 €"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in\n%s", want, out.String())
			}
		}
	})
}

// tolerant are books of one payment whose amounts all differ by a cent or two.
func tolerant(t *testing.T, tolerance record.Cents) *explaintest.Books {
	b := explaintest.New(t)
	b.Tolerance = tolerance
	iuv, iuf := explaintest.IUV(1), explaintest.IUF(3)
	b.Load("ricevute.csv", record.Doc{Kind: record.KindReceipts, Format: "test"}, func(s record.Sink) error {
		return s.Receipt(&record.ReceiptLine{Line: 2, IUV: iuv, IUR: "R1", Index: 1, IUD: "IUD1", Amount: 1000, Total: 1000, PaidOn: explaintest.Day("2026-03-02"), Outcome: "0"})
	})
	b.Load("notifiche.csv", record.Doc{Kind: record.KindNotices, Format: "test"}, func(s record.Sink) error {
		return s.Notice(&record.Notice{Line: 2, IUD: "IUD1", IUV: iuv, Amount: 998, PaidOn: explaintest.Day("2026-03-02")})
	})
	b.Load("flusso.xml", record.Doc{Kind: record.KindFlows, Format: "test"}, func(s record.Sink) error {
		on := explaintest.Day("2026-03-03")
		if err := s.Flow(&record.Flow{Line: 1, IUF: iuf, PSP: "PSPTEST1", RegulatedOn: on, Receiver: "80000123457", ProducedAt: on.Time(), DeclaredCount: 1, DeclaredTotal: 1001}); err != nil {
			return err
		}
		if err := s.FlowLine(&record.FlowLine{Line: 9, Seq: 1, IUV: iuv, IUR: "R1", Index: 1, Amount: 1001, On: on}); err != nil {
			return err
		}
		return s.FlowEnd(record.FlowTotals{Count: 1, Plain: 1001, Net: 1001})
	})
	b.Load("cassa.csv", record.Doc{Kind: record.KindMovements, Format: "test"}, func(s record.Sink) error {
		return s.Movement(&record.Movement{Line: 2, Year: 2026, Number: "1", Document: record.DocSospeso, Operation: record.OpExecuted, Amount: 999,
			BookedOn: explaintest.Day("2026-03-04"), ValueOn: explaintest.Day("2026-03-04"), Remittance: "/PUR/LGPE-RIVERSAMENTO/URI/" + iuf})
	})
	b.Night("2026-03-05")
	return b
}

func TestToleratedDifferencesAreSaid(t *testing.T) {
	for language, want := range map[string][]string{
		"it": {"Ricevuta e riga di flusso differiscono di 0,01 €: è nella tolleranza dell'ente (0,02 €).",
			"Ricevuta e notifica differiscono di 0,02 €: è nella tolleranza dell'ente (0,02 €).",
			"Flusso e incasso differiscono di 0,02 €: è nella tolleranza dell'ente (0,02 €)."},
		"en": {"Receipt and flow line differ by EUR 0.01: that is within the entity's tolerance (EUR 0.02).",
			"Receipt and notice differ by EUR 0.02", "Flow and cash differ by EUR 0.02"},
	} {
		b := tolerant(t, 2)
		seen := 0
		trials(t, b, b.Settings(language), func(trial *explain.Trial) {
			switch trial.Unit {
			case rules.UnitPayment:
				seen++
				if trial.Status != "RECONCILED" {
					t.Errorf("the payment is %s", trial.Status)
				}
				for _, text := range want {
					if !strings.Contains(trial.Why, text) {
						t.Errorf("no %q in %q", text, trial.Why)
					}
				}
				a, ok := trial.Answer("RT_IUF_TES")
				if c := a.Because[1].Amounts; !ok || !a.Holds || c == nil || !c.Tolerated || c.Difference != -2 {
					t.Errorf("RT_IUF_TES: %+v", a)
				}
			case rules.UnitSettlement:
				seen++
				if trial.Status != "SETTLED" || !strings.Contains(trial.Why, want[2][:20]) {
					t.Errorf("the settlement is %s: %s", trial.Status, trial.Why)
				}
			}
		})
		if seen != 2 {
			t.Errorf("%d units seen", seen)
		}
	}
}

// Of several differences a sentence tells the one its status speaks of: not one
// that is tolerated.
func TestADifferenceBeyondToleranceComesBeforeOneWithin(t *testing.T) {
	b := tolerant(t, 1)
	trials(t, b, b.Settings("it"), func(trial *explain.Trial) {
		if trial.Unit == rules.UnitPayment && (trial.Status != "NOTIFIED_DIFFERENT" ||
			!strings.Contains(trial.Why, "La ricevuta è di 10,00 €, la notifica dello IUD IUD1 di 9,98 €: differenza 0,02 €.") ||
			!strings.Contains(trial.Why, "Ricevuta e riga di flusso differiscono di 0,01 €: è nella tolleranza")) {
			t.Errorf("%s: %s", trial.Status, trial.Why)
		}
	})
}

type brokenWriter struct{}

var errBroken = errors.New("the terminal went away")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestAnExplanationThatCannotBeWrittenIsAnError(t *testing.T) {
	b := tolerant(t, 0)
	trials(t, b, b.Settings("it"), func(trial *explain.Trial) {
		if err := trial.Text(brokenWriter{}); !errors.Is(err, errBroken) {
			t.Errorf("Text: %v", err)
		}
		if err := trial.WhyNot(brokenWriter{}, trial.Status); !errors.Is(err, errBroken) {
			t.Errorf("WhyNot: %v", err)
		}
	})
}
