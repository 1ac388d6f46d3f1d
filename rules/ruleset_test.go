package rules_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/rules"
)

func standard(t testing.TB) *rules.Ruleset {
	t.Helper()
	rs, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func source(t testing.TB) []byte {
	t.Helper()
	src, err := os.ReadFile("default.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

var units = []string{rules.UnitPayment, rules.UnitSettlement, rules.UnitMovement}

func TestEveryPossibleCombinationHasAStatusAndEveryStatusArises(t *testing.T) {
	rs := standard(t)
	if problems := rs.Check(); len(problems) > 0 {
		t.Fatal(problems)
	}
	seen := make(map[*rules.Status]int)
	labels := make(map[string]int)
	texts := make(map[string]bool)
	judged := func(v rules.Verdict) {
		seen[v.Status]++
		for _, l := range v.Labels {
			labels[l]++
		}
		texts[v.Facts] = true
		if !slices.IsSorted(v.Labels) {
			t.Errorf("labels out of order: %v", v.Labels)
		}
	}
	n := 0
	for f := range rules.PossiblePayments() {
		n++
		judged(rs.Payment(f))
	}
	for f := range rules.PossibleSettlements() {
		n++
		judged(rs.Settlement(f))
	}
	for f := range rules.PossibleMovements() {
		n++
		judged(rs.Movement(f))
	}
	if seen[nil] > 0 {
		t.Errorf("%d combinations have no status", seen[nil])
	}
	for _, unit := range units {
		for _, s := range rs.Statuses(unit) {
			if seen[s] == 0 {
				t.Errorf("no combination ever is %s %s", unit, s.Code)
			}
		}
	}
	for _, l := range rs.Labels() {
		if labels[l.Code] == 0 {
			t.Errorf("no combination is ever labelled %s", l.Code)
		}
	}
	if len(texts) != n {
		t.Errorf("%d combinations have %d texts: some share one", n, len(texts))
	}
}

// The order of the conditions is the order of RULES section 4.
func TestStatusesAndLabelsAreThoseOfTheRules(t *testing.T) {
	rs := standard(t)
	want := map[string][]string{
		rules.UnitPayment: {"OTHER_INTERMEDIARY", "DUPLICATE", "REVOKED", "REPORTED_TWICE", "REPORTED_DIFFERENT",
			"REPORTED_WITHOUT_RECEIPT", "NOTIFIED_WITHOUT_RECEIPT", "NOTIFIED_DIFFERENT", "CASHED_DIFFERENT", "NOT_REPORTED",
			"NOT_CASHED", "PAID_AFTER_CLOSING", "PAID_DISABLED_TYPE", "NOT_NOTIFIED", "RECONCILED", "RECONCILED_DIRECT", "REPORTED", "PAID", "AWAITING_RECEIPT"},
		rules.UnitSettlement: {"REPLACED_AFTER_SETTLEMENT", "INCONSISTENT", "PAID_TWICE", "SHORT", "OVER",
			"SETTLED_IN_PARTS", "SETTLED", "LATE", "WAITING"},
		rules.UnitMovement: {"REVERSED", "REVERSAL_ALONE", "NOT_PAGOPA", "WRONG_ACCOUNT", "AMBIGUOUS", "MATCHED_IN_PART", "MATCHED",
			"NO_REFERENCE", "WAITING_FLOW", "UNKNOWN_REFERENCE"},
	}
	for _, unit := range units {
		var got []string
		for _, s := range rs.Statuses(unit) {
			got = append(got, s.Code)
			if found, ok := rs.Status(unit, s.Code); !ok || found != s {
				t.Errorf("%s %s is not found by its code", unit, s.Code)
			}
		}
		if diff := cmp.Diff(want[unit], got); diff != "" {
			t.Errorf("statuses of a %s (-want +got):\n%s", unit, diff)
		}
	}
	var labels []string
	for _, l := range rs.Labels() {
		labels = append(labels, l.Code)
		if found, ok := rs.Label(l.Code); !ok || found != l {
			t.Errorf("label %s is not found by its code", l.Code)
		}
	}
	if diff := cmp.Diff([]string{"IUD_RT_IUF_TES", "RT_IUF_TES", "RT_TES", "RT_IUF", "IUD_RT_IUF", "IUD_NO_RT", "RT_NO_IUD",
		"RT_NO_IUF", "IUV_NO_RT", "IUF_NO_TES", "IUF_TES_DIV_IMP", "DOPPI", "TES_NO_IUF_OR_IUV", "TES_NO_MATCH"}, labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if _, ok := rs.Status("flow", "SETTLED"); ok || rs.Statuses("flow") != nil {
		t.Error("a flow is not a unit, and yet has statuses")
	}
	if _, ok := rs.Status(rules.UnitPayment, "SETTLED"); ok {
		t.Error("a payment can be SETTLED")
	}
	if _, ok := rs.Label("OTHERS"); ok {
		t.Error("there is a label OTHERS")
	}
}

// Every status of the default ruleset has an example: written down here too, a
// change of the rules needs a change of mind in two places.
func TestEveryStatusHasAnExample(t *testing.T) {
	_, examples, found := strings.Cut(string(source(t)), "\nexamples:")
	if !found {
		t.Fatal("default.yaml has no examples")
	}
	rs := standard(t)
	for _, unit := range units {
		for _, s := range rs.Statuses(unit) {
			if !strings.Contains(examples, "status: "+s.Code+"\n") && !strings.Contains(examples, "status: "+s.Code+"}") &&
				!strings.Contains(examples, "status: "+s.Code+",") {
				t.Errorf("no example is %s %s", unit, s.Code)
			}
		}
	}
}

// PossiblePayments leaves out what follows from other facts; going through every
// combination there is must give the same ones.
func TestPossiblePaymentsAreAllThatAreNotImpossible(t *testing.T) {
	possible := make(map[rules.PaymentFacts]bool)
	for f := range rules.PossiblePayments() {
		if possible[f] {
			t.Fatalf("%+v comes twice", f)
		}
		possible[f] = true
	}
	words := make(map[string][]string)
	for _, f := range rules.Facts(rules.UnitPayment) {
		words[f.Name] = f.Values
	}
	n := 0
	for _, notified := range words["notified"] {
		for _, receipt := range words["receipt"] {
			for _, reported := range words["reported"] {
				for _, cashed := range words["cashed"] {
					for bits := range 1 << 9 {
						bit := func(n int) bool { return bits>>n&1 == 1 }
						// Whose the IUV is makes nothing impossible, and a double only of a
						// notice alone: they stay as they are.
						f := rules.PaymentFacts{Ours: true, Notified: notified, Receipt: receipt, Reported: reported, Cashed: cashed,
							HasNotice: bit(0), NoticeEqual: bit(1), HasReceipt: bit(2), HasFlow: bit(3), FlowEqual: bit(4),
							HasFlowCash: bit(5), FlowCashEqual: bit(6), HasIUVCash: bit(7), IUVCashEqual: bit(8)}
						if ok := f.Impossible() == ""; ok != possible[f] {
							t.Fatalf("%+v: Impossible says %q, PossiblePayments has it: %v", f, f.Impossible(), possible[f])
						} else if ok {
							n++
						}
					}
				}
			}
		}
	}
	if n == 0 {
		t.Fatal("nothing is possible")
	}
}

func TestImpossibleFacts(t *testing.T) {
	settled := rules.PaymentFacts{Ours: true, Notified: "not_expected", Receipt: "present", Reported: "matched", Cashed: "flow",
		HasReceipt: true, HasFlow: true, FlowEqual: true, HasFlowCash: true, FlowCashEqual: true}
	if why := settled.Impossible(); why != "" {
		t.Fatalf("a settled payment is impossible: %s", why)
	}
	for _, c := range []struct {
		name   string
		change func(*rules.PaymentFacts)
		why    string
	}{
		{"a word nobody knows", func(f *rules.PaymentFacts) { f.Cashed = "cash" }, "cashed deve essere"},
		{"a receipt that is missing and there", func(f *rules.PaymentFacts) { f.Receipt = "missing" }, "has_receipt vale"},
		{"reported equal though not equal", func(f *rules.PaymentFacts) { f.FlowEqual = false }, "solo con flow_equal"},
		{"a flow line in no flow", func(f *rules.PaymentFacts) { f.HasFlow = false }, "has_flow vale"},
		{"settled for another total and for its total", func(f *rules.PaymentFacts) { f.Cashed = "different" }, "cashed è flow"},
		{"awaiting cash that is there", func(f *rules.PaymentFacts) { f.Cashed, f.FlowCashEqual = "waiting", false }, "incasso da confrontare"},
		{"nothing at all", func(f *rules.PaymentFacts) {
			*f = rules.PaymentFacts{Notified: "waiting", Receipt: "missing", Reported: "missing", Cashed: "missing"}
		}, "niente da giudicare"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := settled
			c.change(&f)
			if got := f.Impossible(); !strings.Contains(got, c.why) {
				t.Errorf("Impossible() = %q, want %q in it", got, c.why)
			}
		})
	}
	if (rules.SettlementFacts{Cash: "none", Parts: "many", Clock: "late"}).Impossible() == "" {
		t.Error("many movements may bring no cash")
	}
	if (rules.MovementFacts{RevokedOnly: true, Account: "right", Reference: "iuf", Match: "none", Clock: "late"}).Impossible() == "" {
		t.Error("a movement linked to nothing may be linked to revoked payments only")
	}
	if (rules.MovementFacts{ReversalAlone: true, Account: "right", Reference: "iuf", Match: "full", Clock: "late"}).Impossible() == "" {
		t.Error("a reversal alone may be linked")
	}
	if !settled.Case().Possible() || (rules.PaymentFacts{Ours: true}).Case().Possible() ||
		(rules.SettlementFacts{Cash: "none", Parts: "many", Clock: "late"}).Case().Possible() {
		t.Error("what is impossible and what is possible are not told apart")
	}
	if (rules.SettlementFacts{}).Impossible() == "" || (rules.MovementFacts{}).Impossible() == "" {
		t.Error("no facts at all are possible")
	}
}

// Each fact has its own place in the text, and so in the key: setting one must
// show that one and no other.
func TestVerdictsNameTheirFacts(t *testing.T) {
	rs := standard(t)
	v := rs.Payment(rules.PaymentFacts{Ours: true, Notified: "matched", Receipt: "present", Reported: "matched", Cashed: "flow",
		HasNotice: true, NoticeEqual: true, HasReceipt: true, HasFlow: true, FlowEqual: true, HasFlowCash: true, FlowCashEqual: true})
	if want := "ours notified=matched receipt=present reported=matched cashed=flow " +
		"has_notice notice_equal has_receipt has_flow flow_equal has_flow_cash flow_cash_equal"; v.Facts != want {
		t.Errorf("facts %q, want %q", v.Facts, want)
	}
	none := "notified= receipt= reported= cashed="
	for fact, f := range map[string]rules.PaymentFacts{
		"ours": {Ours: true}, "duplicate": {Duplicate: true}, "has_notice": {HasNotice: true}, "notice_equal": {NoticeEqual: true},
		"has_receipt": {HasReceipt: true}, "has_flow": {HasFlow: true}, "flow_equal": {FlowEqual: true},
		"has_flow_cash": {HasFlowCash: true}, "flow_cash_equal": {FlowCashEqual: true},
		"has_iuv_cash": {HasIUVCash: true}, "iuv_cash_equal": {IUVCashEqual: true},
	} {
		if got := rs.Payment(f).Facts; got != fact+" "+none && got != none+" "+fact {
			t.Errorf("%s shows as %q", fact, got)
		}
	}
	if got, want := rs.Settlement(rules.SettlementFacts{Consistent: true, Cash: "short", Parts: "many", Clock: "late"}).Facts,
		"consistent cash=short parts=many clock=late"; got != want {
		t.Errorf("facts %q, want %q", got, want)
	}
	if got, want := rs.Movement(rules.MovementFacts{PagoPA: true, Account: "wrong", Reference: "both", Match: "part", Clock: "waiting"}).Facts,
		"pagopa account=wrong reference=both match=part clock=waiting"; got != want {
		t.Errorf("facts %q, want %q", got, want)
	}
}

func TestExplanations(t *testing.T) {
	rs := standard(t)
	s, ok := rs.Status(rules.UnitPayment, "REPORTED_DIFFERENT")
	if !ok {
		t.Fatal("no REPORTED_DIFFERENT")
	}
	if s.Sign != -1 || s.Severity != 3 || s.Unit != rules.UnitPayment {
		t.Errorf("REPORTED_DIFFERENT has sign %d, severity %d, unit %s", s.Sign, s.Severity, s.Unit)
	}
	values := map[string]string{"amount": "100,00 €", "expected": "90,00 €", "difference": "10,00 €"}
	for lang, want := range map[string]string{
		"it": "Rendicontato con importo diverso: La ricevuta è di 100,00 €, la riga del flusso — di 90,00 €: differenza 10,00 €.",
		"en": "Reported with a different amount: The receipt says 100,00 €, the line of flow — 90,00 €: difference 10,00 €.",
		"fr": "Rendicontato con importo diverso: La ricevuta è di 100,00 €, la riga del flusso — di 90,00 €: differenza 10,00 €.",
	} {
		if got := s.Name(lang) + ": " + s.Explain(lang, values); got != want {
			t.Errorf("in %s: %q, want %q", lang, got, want)
		}
	}
	l, ok := rs.Label("RT_NO_IUF")
	if !ok || l.Name("it") != "Pagamenti non correttamente rendicontati" || l.Sign != -1 {
		t.Errorf("RT_NO_IUF is %+v", l)
	}
}

func TestHashIsOfTheRulesNotOfLineEndings(t *testing.T) {
	rs := standard(t)
	if rs.ID() != "quadra" || rs.Version() == "" || len(rs.Hash()) != 64 {
		t.Errorf("id %q, version %q, hash %q", rs.ID(), rs.Version(), rs.Hash())
	}
	load := func(src []byte) string {
		t.Helper()
		other, err := rules.Load("copia.yaml", src)
		if err != nil {
			t.Fatal(err)
		}
		return other.Hash()
	}
	windows := append([]byte("\ufeff"), bytes.ReplaceAll(source(t), []byte("\n"), []byte("\r\n"))...)
	if got := load(windows); got != rs.Hash() {
		t.Error("a checkout with CR LF has another hash")
	}
	if got := load(append(source(t), "# nota\n"...)); got == rs.Hash() {
		t.Error("another file has the same hash")
	}
}

func TestOneRulesetServesManyAtOnce(t *testing.T) {
	rs, err := rules.Load("default.yaml", source(t))
	if err != nil {
		t.Fatal(err)
	}
	want := standard(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for f := range rules.PossiblePayments() {
				if got, want := rs.Payment(f), want.Payment(f); got.Status.Code != want.Status.Code || got.Facts != want.Facts {
					t.Errorf("%s is %s, alone %s", got.Facts, got.Status.Code, want.Status.Code)
					return
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkPayment(b *testing.B) {
	rs := standard(b)
	var facts []rules.PaymentFacts // as many as a night has, of all kinds
	n := 0
	for f := range rules.PossiblePayments() {
		if n++; n%64 == 0 {
			rs.Payment(f)
			facts = append(facts, f)
		}
	}
	for i := 0; b.Loop(); i++ {
		if rs.Payment(facts[i%len(facts)]).Status == nil {
			b.Fatal("no status")
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	src := source(b)
	for b.Loop() {
		if _, err := rules.Load("default.yaml", src); err != nil {
			b.Fatal(err)
		}
	}
}
