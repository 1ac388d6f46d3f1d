package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/rules"
)

// notCashed is a payment receipted, notified and reported whose flow the
// treasurer has not cashed.
var notCashed = rules.PaymentFacts{Ours: true, Notified: "matched", Receipt: "present", Reported: "matched", Cashed: "late",
	HasNotice: true, NoticeEqual: true, HasReceipt: true, HasFlow: true, FlowEqual: true}

// Dividing a condition and putting it together again must give what the
// condition as a whole gives, for every combination there is.
func TestDividedConditionsHoldWhenWholeOnesDo(t *testing.T) {
	rs := standard(t)
	check := func(n int, c rules.Case) {
		if n%211 != 0 { // there are thousands
			return
		}
		trial, v := rs.Try(c), rs.Judge(c)
		winner := ""
		for _, s := range trial.Statuses {
			if s.Wins {
				winner += s.Code
			}
			if s.Wins && !s.Holds || s.Holds != s.Condition.Holds {
				t.Fatalf("%s %s: holds %v, wins %v, condition %v", c.Text(), s.Code, s.Holds, s.Wins, s.Condition.Holds)
			}
		}
		if winner != v.Status.Code || trial.Verdict.Status != v.Status {
			t.Fatalf("%s is %s, tried in parts %s", c.Text(), v.Status.Code, winner)
		}
		var labels []string
		for _, l := range trial.Labels {
			if l.Holds {
				labels = append(labels, l.Code)
			}
			if l.Wins != l.Holds {
				t.Fatalf("%s %s: a label that holds wins", c.Text(), l.Code)
			}
		}
		if !slices.Equal(labels, v.Labels) {
			t.Fatalf("%s is labelled %v, tried in parts %v", c.Text(), v.Labels, labels)
		}
		for _, r := range append(trial.Statuses, trial.Labels...) {
			because := r.Condition.Because()
			if len(because) == 0 {
				t.Fatalf("%s %s: nothing makes it so", c.Text(), r.Code)
			}
			for _, p := range because {
				if p.Op != "" || len(p.Parts) > 0 {
					t.Fatalf("%s %s: %s is divided further", c.Text(), r.Code, p.Text)
				}
			}
		}
		back, err := rules.ParseCase(c.Unit(), c.Text())
		if err != nil || back != c {
			t.Fatalf("%s reads back as %s (%v)", c.Text(), back.Text(), err)
		}
	}
	n := 0
	for f := range rules.PossiblePayments() {
		check(n, f.Case())
		n++
	}
	for f := range rules.PossibleSettlements() {
		check(0, f.Case())
	}
	for f := range rules.PossibleMovements() {
		check(n*30, f.Case())
		n++
	}
}

func TestWhatMakesAConditionSo(t *testing.T) {
	rs := overlaid(t, head+`labels:
  - code: NESTED
    unit: payment
    sign: "0"
    it: {name: a, why: b}
    en: {name: a, why: b}
    when: not (has_notice and not has_flow) and (duplicate or has_flow_cash and flow_cash_equal)
`)
	trial := rs.Try(notCashed.Case())
	for code, want := range map[string][]string{
		"RECONCILED":           {`cashed == "flow" false`},
		"NOT_CASHED":           {`cashed in ["late", "missing"] true`, `reported in ["matched", "alone"] true`},
		"OTHER_INTERMEDIARY":   {`ours true`, `receipt != "present" false`},
		"IUD_RT_IUF_TES":       {`flow_cash_equal false`, `iuv_cash_equal false`},
		"IUD_RT_IUF":           {`notice_equal true`, `flow_equal true`},
		"IUD_NO_RT":            {`has_receipt true`, `notice_equal true`},
		"NESTED":               {`duplicate false`, `has_flow_cash false`, `flow_cash_equal false`},
		"REPORTED":             {`cashed in ["waiting", "not_expected"] false`},
		"IUF_NO_TES":           {`has_flow true`, `has_flow_cash false`, `has_iuv_cash false`},
		"NOTIFIED_DIFFERENT":   {`notified == "different" false`},
		"DUPLICATE":            {`duplicate false`},
		"NOT_A_CODE_OF_A_RULE": nil,
	} {
		rule, isStatus, found := trial.Find(code)
		if found != (want != nil) || isStatus != (found && rule.Unit == rules.UnitPayment && !strings.Contains(code, "IU") && code != "NESTED") {
			t.Errorf("%s: found %v, a status %v", code, found, isStatus)
		}
		if !found {
			continue
		}
		var got []string
		for _, p := range rule.Condition.Because() {
			got = append(got, p.Text+map[bool]string{true: " true", false: " false"}[p.Holds])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", code, diff)
		}
	}
	if r, _, _ := trial.Find("RECONCILED"); !slices.Equal(r.Condition.Because()[0].Facts, []string{"cashed"}) || r.Holds || r.Wins {
		t.Errorf("RECONCILED: %+v", r)
	}
	if r, _, _ := trial.Find("NOT_CASHED"); !r.Holds || !r.Wins || r.Condition.Op != "and" || len(r.Condition.Parts) != 2 {
		t.Errorf("NOT_CASHED: %+v", r)
	}
	if r, _, _ := trial.Find("IUF_NO_TES"); len(r.Condition.Parts) != 3 {
		t.Errorf("IUF_NO_TES has %d sides, want 3: %+v", len(r.Condition.Parts), r)
	}
}

func TestFactsThatCannotBeReadBack(t *testing.T) {
	for text, why := range map[string]string{
		"consistent cash=short parts=many":              "lacks some",
		"cash=short parts=many clock=tomorrow":          `clock cannot be "tomorrow"`,
		"cash=short parts=many clock=late ours":         `"ours" is not one of its facts`,
		"consistent=yes cash=none parts=one clock=late": `"consistent=yes" is not one of its facts`,
		"cash parts=one clock=late":                     `"cash" is not one of its facts`,
	} {
		if _, err := rules.ParseCase(rules.UnitSettlement, text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %s", text, err, why)
		}
	}
	if _, err := rules.ParseCase("flow", ""); err == nil {
		t.Error("a flow is not a unit, and yet has facts")
	}
}

func TestEveryFactSaysWhatItMeans(t *testing.T) {
	for _, unit := range units {
		texts := map[string]string{}
		for _, f := range rules.Facts(unit) {
			values := f.Values
			if values == nil {
				values = []string{"yes", "no"}
			}
			for _, value := range values {
				it, en := rules.Meaning(unit, f.Name, value, "it"), rules.Meaning(unit, f.Name, value, "en")
				if it == "" || en == "" || it == en {
					t.Errorf("%s %s %s: %q, %q", unit, f.Name, value, it, en)
				}
				if other, ok := texts[it]; ok {
					t.Errorf("%s %s and %s are both %q", unit, f.Name+"="+value, other, it)
				}
				texts[it] = f.Name + "=" + value
			}
		}
	}
	if got := rules.Meaning(rules.UnitPayment, "has_notice", "no", "en"); got != "there is no notice" {
		t.Errorf("English: %q", got)
	}
	if got := rules.Meaning(rules.UnitPayment, "has_notice", "perhaps", "it"); got != "" {
		t.Errorf("a value nobody knows means %q", got)
	}
}

func TestValuesOfFacts(t *testing.T) {
	c := notCashed.Case()
	for fact, want := range map[string]string{"ours": "yes", "duplicate": "no", "notified": "matched", "cashed": "late", "iuv_cash_equal": "no", "cash": ""} {
		if got := c.Value(fact); got != want {
			t.Errorf("%s is %q, want %q", fact, got, want)
		}
	}
	if got := (rules.MovementFacts{PagoPA: true, Account: "right", Reference: "both", Match: "none", Clock: "late"}).Case().Value("reference"); got != "both" {
		t.Errorf("reference is %q", got)
	}
	if got := (rules.SettlementFacts{Consistent: true, Cash: "over", Parts: "one", Clock: "late"}).Case().Unit(); got != rules.UnitSettlement {
		t.Errorf("unit %q", got)
	}
}
