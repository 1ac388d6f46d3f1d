package rules_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/rules"
)

// overlay lays a file over the default ruleset.
func overlay(t *testing.T, text string, below ...*rules.Ruleset) (*rules.Ruleset, error) {
	t.Helper()
	return rules.Load("ente.yaml", []byte(text), append([]*rules.Ruleset{standard(t)}, below...)...)
}

func overlaid(t *testing.T, text string, below ...*rules.Ruleset) *rules.Ruleset {
	t.Helper()
	rs, err := overlay(t, text, below...)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

const head = "id: c_q001\nversion: \"3\"\nextends: quadra\n"

// A stamp is never reported: this entity wants to see them apart.
const stamps = head + `statuses:
  payment:
    - code: STAMP
      before: PAID
      sign: "+"
      severity: 1
      it: {name: Marca da bollo, why: "Marca di {amount}: nessun flusso è atteso."}
      en: {name: Revenue stamp, why: "Stamp of {amount}: no flow is due."}
      when: has_receipt and reported == "not_expected"
`

var stamp = rules.PaymentFacts{Ours: true, Notified: "not_expected", Receipt: "present", Reported: "not_expected", Cashed: "not_expected", HasReceipt: true}

func TestAnOverlayPutsItsOwnStatusWhereItSays(t *testing.T) {
	rs := overlaid(t, stamps)
	if got := rs.Payment(stamp).Status; got.Code != "STAMP" || got.Severity != 1 || got.Sign != 1 || got.Name("en") != "Revenue stamp" ||
		got.File != "ente.yaml" || got.Line != 6 {
		t.Errorf("a stamp is %+v", got)
	}
	if got := standard(t).Payment(stamp).Status.Code; got != "PAID" {
		t.Errorf("the default ruleset, untouched, calls a stamp %s", got)
	}
	codes := func(rs *rules.Ruleset) (out []string) {
		for _, s := range rs.Statuses(rules.UnitPayment) {
			out = append(out, s.Code)
		}
		return out
	}
	want := codes(standard(t))
	want = slices.Insert(want, slices.Index(want, "PAID"), "STAMP")
	if diff := cmp.Diff(want, codes(rs)); diff != "" {
		t.Errorf("order of the statuses (-want +got):\n%s", diff)
	}
	after := overlaid(t, strings.Replace(stamps, "before: PAID", "after: REPORTED", 1))
	if diff := cmp.Diff(want, codes(after)); diff != "" {
		t.Errorf("after the status that precedes (-want +got):\n%s", diff)
	}
}

func TestAnOverlayChangesOnlyWhatItWrites(t *testing.T) {
	base, _ := standard(t).Status(rules.UnitPayment, "NOT_NOTIFIED")
	for _, c := range []struct {
		name, text string
		check      func(s *rules.Status) bool
	}{
		{"severity", "severity: 4", func(s *rules.Status) bool {
			return s.Severity == 4 && s.Sign == base.Sign && s.When == base.When && s.Name("it") == base.Name("it") && s.Name("en") == base.Name("en")
		}},
		{"sign", `sign: "0"`, func(s *rules.Status) bool {
			return s.Sign == 0 && s.Severity == base.Severity && s.When == base.When
		}},
		{"Italian name", "it: {name: Senza notifica}", func(s *rules.Status) bool {
			return s.Name("it") == "Senza notifica" && s.Name("en") == base.Name("en") && s.Explain("it", nil) == base.Explain("it", nil)
		}},
		{"English explanation", "en: {why: Nobody said so.}", func(s *rules.Status) bool {
			return s.Name("en") == base.Name("en") && s.Explain("en", nil) == "Nobody said so." && s.Explain("it", nil) == base.Explain("it", nil)
		}},
		{"Italian explanation and English name", "it: {why: Manca.}\n      en: {name: Unsaid}", func(s *rules.Status) bool {
			return s.Name("en") == "Unsaid" && s.Explain("it", nil) == "Manca." && s.Name("it") == base.Name("it")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rs := overlaid(t, head+"statuses:\n  payment:\n    - code: NOT_NOTIFIED\n      "+c.text+"\n")
			got, ok := rs.Status(rules.UnitPayment, "NOT_NOTIFIED")
			if !ok || !c.check(got) || got.File != "ente.yaml" || got.Line != 6 {
				t.Errorf("NOT_NOTIFIED is %+v", got)
			}
		})
	}
}

func TestAnOverlayReplacesConditionsInEveryUnit(t *testing.T) {
	rs := overlaid(t, head+`statuses:
  settlement:
    - code: LATE
      when: cash == "none" and clock == "missing"
  movement:
    - code: NO_REFERENCE
      before: NOT_PAGOPA
      when: reference == "none" and match == "none" and not pagopa
    - {code: WAITING_FLOW, when: clock != "missing" or reference == "none"}
labels:
  - {code: RT_NO_IUD, when: has_receipt and not has_notice and notified != "not_expected"}
  - code: BOLLO
    unit: payment
    sign: "0"
    it: {name: Bollo, why: È una marca.}
    en: {name: Stamp, why: It is a stamp.}
    when: has_receipt and reported == "not_expected"
examples:
  - {name: oltre i termini, unit: settlement, facts: {consistent: true, cash: none, parts: one, clock: late}, status: WAITING}
  - {name: causale senza riferimenti, unit: movement, facts: {pagopa: true, account: right, reference: none, match: none, clock: waiting}, status: WAITING_FLOW, labels: [TES_NO_MATCH]}
  - {name: escluso dalla configurazione, unit: movement, facts: {account: right, reference: none, match: none, clock: waiting}, status: NO_REFERENCE, labels: [TES_NO_MATCH]}
`+notifiedExamples(t))
	if got := rs.Settlement(rules.SettlementFacts{Consistent: true, Cash: "none", Parts: "one", Clock: "late"}).Status.Code; got != "WAITING" {
		t.Errorf("a late flow is %s", got)
	}
	if got := rs.Movement(rules.MovementFacts{Account: "right", Reference: "none", Match: "none", Clock: "late"}).Status.Code; got != "NO_REFERENCE" {
		t.Errorf("a movement moved before NOT_PAGOPA is %s", got)
	}
	if got := rs.Payment(stamp).Labels; !slices.Equal(got, []string{"BOLLO", "RT_NO_IUF"}) {
		t.Errorf("a stamp is labelled %v", got)
	}
	labels := rs.Labels()
	if last := labels[len(labels)-1]; last.Code != "BOLLO" || last.File != "ente.yaml" {
		t.Errorf("the last label is %+v", last)
	}
}

// notifiedExamples repeats the examples of the default whose label RT_NO_IUD an
// entity that sends no notices gives up.
func notifiedExamples(t *testing.T) string {
	t.Helper()
	_, examples, _ := strings.Cut(string(source(t)), "\nexamples:\n")
	var out strings.Builder
	for _, e := range strings.Split(examples, "\n\n") {
		if strings.Contains(e, "notified: not_expected") && strings.Contains(e, "RT_NO_IUD") {
			e = strings.NewReplacer(", RT_NO_IUD]", "]", "[RT_NO_IUD, ", "[").Replace(e)
			out.WriteString(e + "\n")
		}
	}
	return out.String()
}

// An example cannot know the labels of an overlay above it; those of its own
// file it must name.
func TestALabelOfAnOverlayContradictsNoExampleBelow(t *testing.T) {
	const label = "labels:\n  - {code: BOLLO, unit: payment, sign: \"0\", it: {name: a, why: b}, en: {name: a, why: b}, when: has_receipt}\n"
	const example = "examples:\n  - {name: marca, unit: payment, facts: {ours: true, notified: not_expected, receipt: present, reported: not_expected, cashed: not_expected, has_receipt: true}, status: PAID, labels: [BOLLO, RT_NO_IUD, RT_NO_IUF]}\n"
	region := overlaid(t, "id: regione\nversion: 1\nextends: quadra\n"+label+example)
	if _, err := overlay(t, head+label+strings.Replace(example, "BOLLO, ", "", 1)); err == nil || !strings.Contains(err.Error(), "example marca: le etichette attese sono [RT_NO_IUD, RT_NO_IUF], le regole danno [BOLLO, RT_NO_IUD, RT_NO_IUF]") {
		t.Errorf("an example of the overlay leaves its label out: %v", err)
	}
	entity, err := overlay(t, strings.Replace(head, "extends: quadra", "extends: regione", 1)+strings.Replace(label, "BOLLO", "CARTA", 1), region)
	if err != nil {
		t.Fatal(err)
	}
	if got := entity.Payment(stamp).Labels; !slices.Equal(got, []string{"BOLLO", "CARTA", "RT_NO_IUD", "RT_NO_IUF"}) {
		t.Errorf("a stamp is labelled %v", got)
	}
}

// What an overlay judges otherwise than an example of the default says, it must
// write down.
func TestAnOverlayThatContradictsAnExampleMustRewriteIt(t *testing.T) {
	change := head + "statuses:\n  settlement:\n    - {code: LATE, when: cash == \"none\" and clock == \"missing\"}\n"
	_, err := overlay(t, change)
	before, _, _ := strings.Cut(string(source(t)), "{name: oltre i termini")
	want := fmt.Sprintf("default.yaml:%d: example oltre i termini: lo stato atteso è LATE, le regole danno WAITING; "+
		"se è voluto riscrivere l'esempio, con lo stesso nome, in ente.yaml", strings.Count(before, "\n")+1)
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	example := "examples:\n  - {name: oltre i termini, unit: settlement, facts: {consistent: true, cash: none, parts: one, clock: late}, status: WAITING}\n"
	if _, err := overlay(t, change+example); err != nil {
		t.Errorf("with the example rewritten: %v", err)
	}
	// The same name in another unit is another example.
	other := "examples:\n  - {name: oltre i termini, unit: movement, facts: {pagopa: true, account: right, reference: iuf, match: none, clock: late}, status: WAITING_FLOW, labels: [TES_NO_IUF_OR_IUV]}\n"
	if _, err := overlay(t, change+other); err == nil {
		t.Error("an example of a movement replaces one of a settlement")
	}
	// Its own examples are held against it as well.
	_, err = overlay(t, stamps+"examples:\n  - {name: marca, unit: payment, facts: {ours: true, notified: not_expected, receipt: present, reported: not_expected, cashed: not_expected, has_receipt: true}, status: PAID, labels: [RT_NO_IUD, RT_NO_IUF]}\n")
	if err == nil || !strings.HasPrefix(err.Error(), "ente.yaml:14: example marca: lo stato atteso è PAID, le regole danno STAMP; correggere l'esempio o le regole") {
		t.Errorf("its own example: %v", err)
	}
}

func TestAnOverlayThatLeavesAGapIsRefused(t *testing.T) {
	_, err := overlay(t, head+"statuses:\n  settlement:\n    - code: WAITING\n      when: cash == \"none\" and consistent and not revised and parts == \"many\"\n"+
		"examples:\n  - {name: nei termini, unit: settlement, facts: {consistent: true, cash: none, parts: one, clock: late}, status: LATE}\n")
	want := "ente.yaml:6: settlement: nessuno stato per: consistent cash=none parts=one clock=waiting; aggiungere o allargare uno stato di settlement"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestRefusedOverlays(t *testing.T) {
	const texts = `, sign: "0", severity: 0, it: {name: a, why: b}, en: {name: a, why: b}, when: duplicate`
	for _, c := range []struct {
		name, text string
		line       int
		rule       string
		what, do   string
	}{
		{"what it extends is not there", "id: c_q001\nversion: 1\nextends: altro\n", 3, "", `extends è "altro"`, "da cui si parte: quadra"},
		{"its id is that of the default", "id: quadra\nversion: 2\nextends: quadra\n", 1, "", `id è "quadra", come le regole da cui si parte`, "scegliere un altro id"},
		{"no version", "id: c_q001\nextends: quadra\n", 1, "", "manca version", "aggiungere id e version"},
		{"a new status without a place", head + "statuses:\n  payment:\n    - {code: NEW" + texts + "}\n", 6, "payment NEW", "non si sa dove metterlo", "aggiungere before o after"},
		{"before and after together", head + "statuses:\n  payment:\n    - {code: NEW, before: PAID,\n       after: PAID" + texts + "}\n", 7, "payment NEW", "before e after insieme", "lasciarne uno solo"},
		{"beside a status that is not there", head + "statuses:\n  payment:\n    - {code: NEW, before: SETTLED" + texts + "}\n", 6, "payment NEW", `non c'è uno stato "SETTLED"`, "della stessa unità"},
		{"beside itself", head + "statuses:\n  payment:\n    - {code: PAID, before: PAID}\n", 6, "payment PAID", `non c'è uno stato "PAID"`, "della stessa unità"},
		{"a code twice", head + "statuses:\n  payment:\n    - {code: PAID, severity: 1}\n    - {code: PAID, severity: 2}\n", 7, "payment PAID", "due volte in questo file", "una volta"},
		{"a label twice", head + "labels:\n  - {code: DOPPI, sign: \"0\"}\n  - {code: DOPPI, sign: \"+\"}\n", 6, "label DOPPI", "due volte in questo file", "una volta"},
		{"a status that changes nothing", head + "statuses:\n  payment:\n    - code: PAID\n", 6, "payment PAID", "non cambia nulla", "solo le chiavi che cambiano"},
		{"a label that changes nothing", head + "labels:\n  - code: DOPPI\n", 5, "label DOPPI", "non cambia nulla", "solo le chiavi che cambiano"},
		{"a label with a place", head + "labels:\n  - {code: DOPPI, sign: \"0\",\n     after: RT_TES}\n", 6, "label DOPPI", "before e after servono solo agli stati", "toglierli"},
		{"a condition that is wrong", head + "statuses:\n  payment:\n    - code: PAID\n      when: has_recept\n", 7, "payment PAID", `"has_recept" non è un fatto`, "fatti ammessi"},
		{"a new status without texts", head + "statuses:\n  payment:\n    - {code: NEW, after: PAID, sign: \"0\", severity: 0, when: duplicate}\n", 6, "payment NEW", "manca il nome (it.name)", "scrivere"},
		{"a text taken away", head + "statuses:\n  payment:\n    - code: PAID\n      it:\n        name: \"\"\n", 8, "payment PAID", "manca il nome (it.name)", "scrivere"},
		{"an unknown key", head + "statuses:\n  payment:\n    - {code: PAID, gravity: 1}\n", 6, "", "chiave sconosciuta", "toglierla"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := overlay(t, c.text)
			var all rules.Errors
			if !errors.As(err, &all) {
				t.Fatalf("Load = %v, want problems", err)
			}
			p := all[0]
			if p.File != "ente.yaml" || p.Line != c.line || p.Rule != c.rule || !strings.Contains(p.What, c.what) || !strings.Contains(p.Do, c.do) {
				t.Errorf("got  %s\nwant ente.yaml:%d: %s: ...%s...; ...%s...", p, c.line, c.rule, c.what, c.do)
			}
		})
	}
}

func TestPlacesAreOnlyForOverlays(t *testing.T) {
	spoilt := strings.Replace(string(source(t)), "    - code: DUPLICATE\n", "    - code: DUPLICATE\n      before: REVOKED\n", 1)
	_, err := rules.Load("prova.yaml", []byte(spoilt))
	if err == nil || !strings.Contains(err.Error(), "payment DUPLICATE: before e after servono solo agli stati di un file con extends") {
		t.Errorf("Load = %v", err)
	}
}

func TestAnOverlayMayExtendTheOneBelow(t *testing.T) {
	region := overlaid(t, strings.Replace(stamps, "id: c_q001", "id: regione", 1))
	entity := overlaid(t, "id: c_q001\nversion: 7\nextends: regione\nstatuses:\n  payment:\n    - {code: STAMP, severity: 2}\n", region)
	if got := entity.Payment(stamp).Status; got.Code != "STAMP" || got.Severity != 2 {
		t.Errorf("a stamp is %+v", got)
	}
	if got := entity.Title(); got != "quadra 1 + regione 3 + c_q001 7" {
		t.Errorf("title %q", got)
	}
	if got := region.Title(); got != "quadra 1 + regione 3" || !region.Extends() || standard(t).Extends() || standard(t).Title() != "quadra 1" {
		t.Errorf("titles %q and %q", got, standard(t).Title())
	}
	// Or start again from the default, as if the one below were not there.
	alone := overlaid(t, "id: c_q001\nversion: 7\nextends: quadra\nstatuses:\n  payment:\n    - {code: PAID, severity: 1}\n", region)
	if got := alone.Payment(stamp).Status.Code; got != "PAID" {
		t.Errorf("a stamp is %s", got)
	}
	if _, err := overlay(t, "id: regione\nversion: 1\nextends: regione\n", region); err == nil || !strings.Contains(err.Error(), `id è "regione"`) {
		t.Errorf("an overlay with the id of the one below: %v", err)
	}
}

// TestTheHashFollowsFromTheSources as an auditor would compute it with sha256sum.
func TestTheHashFollowsFromTheSources(t *testing.T) {
	region := overlaid(t, "\ufeffid: regione\r\nversion: 1\nextends: quadra\nstatuses:\n  payment:\n    - {code: PAID, severity: 1}\n")
	entity := overlaid(t, strings.Replace(stamps, "extends: quadra", "extends: regione", 1), region)
	for layers, rs := range map[int]*rules.Ruleset{1: standard(t), 2: region, 3: entity} {
		sources := rs.Sources()
		if len(sources) != layers {
			t.Fatalf("%s is made of %d files", rs.Title(), len(sources))
		}
		hash := ""
		for i, s := range sources {
			sum := sha256.Sum256(s.Text)
			own := hex.EncodeToString(sum[:])
			if own != s.Hash {
				t.Errorf("%s: the hash of %s is not that of its text", rs.Title(), s.File)
			}
			if i > 0 {
				sum = sha256.Sum256([]byte(hash + "\n" + own))
				own = hex.EncodeToString(sum[:])
			}
			hash = own
		}
		if hash != rs.Hash() {
			t.Errorf("%s: the hash of its sources is %s, it says %s", rs.Title(), hash, rs.Hash())
		}
	}
}

func TestHashOfAnOverlayIsOfAllItRestsOn(t *testing.T) {
	one := overlaid(t, stamps)
	region := overlaid(t, "id: regione\nversion: 1\nextends: quadra\nstatuses:\n  payment:\n    - {code: PAID, severity: 1}\n")
	onRegion := overlaid(t, strings.Replace(stamps, "extends: quadra", "extends: regione", 1), region)
	same := overlaid(t, strings.ReplaceAll(stamps, "\n", "\r\n"))
	if one.Hash() != same.Hash() {
		t.Error("CR LF changes the hash of an overlay")
	}
	seen := map[string]string{}
	for name, rs := range map[string]*rules.Ruleset{"default": standard(t), "overlay": one, "region": region, "overlay on region": onRegion} {
		if len(rs.Hash()) != 64 {
			t.Errorf("%s has hash %q", name, rs.Hash())
		}
		if other, ok := seen[rs.Hash()]; ok {
			t.Errorf("%s and %s have the same hash", name, other)
		}
		seen[rs.Hash()] = name
	}
	// The same overlay over another base is another ruleset.
	base, err := rules.Load("default.yaml", append(source(t), "# nota\n"...))
	if err != nil {
		t.Fatal(err)
	}
	other, err := rules.Load("ente.yaml", []byte(stamps), base)
	if err != nil || other.Hash() == one.Hash() {
		t.Errorf("over another base it has the same hash (%v)", err)
	}
}

func TestStatusesThatCanNeverHoldAreNamed(t *testing.T) {
	if got := standard(t).Shadowed(); len(got) > 0 {
		t.Fatalf("the default ruleset has rules that never hold: %v", got)
	}
	rs := overlaid(t, head+`statuses:
  payment:
    - code: PAID_LATE
      after: PAID
      sign: "0"
      severity: 0
      it: {name: a, why: b}
      en: {name: a, why: b}
      when: has_receipt and (reported == "waiting" or duplicate)
    - code: GIVEN_UP
      after: PAID
      sign: "0"
      severity: 0
      it: {name: a, why: b}
      en: {name: a, why: b}
      when: flow_equal and not has_flow
labels:
  - code: NEVER
    unit: movement
    sign: "0"
    it: {name: a, why: b}
    en: {name: a, why: b}
    when: "false"
`)
	var got []string
	for _, p := range rs.Shadowed() {
		got = append(got, p.String())
	}
	want := []string{
		"ente.yaml:6: payment PAID_LATE: non può mai valere: lo precedono sempre DUPLICATE, OTHER_INTERMEDIARY, CASHED_DIFFERENT, RECONCILED_DIRECT, PAID; spostarlo prima, o restringere quelli",
		"ente.yaml:13: payment GIVEN_UP: non può mai valere: la condizione non è vera per alcuna combinazione possibile; correggerla, oppure lasciarla così se la regola non si vuole più",
		"ente.yaml:21: label NEVER: non può mai valere: la condizione non è vera per alcuna combinazione possibile; correggerla, oppure lasciarla così se la regola non si vuole più",
	}
	if len(got) > 0 { // which statuses precede is what matters, not in which order they were met
		head, names, _ := strings.Cut(got[0], "lo precedono sempre ")
		names, tail, _ := strings.Cut(names, ";")
		sorted := slices.Sorted(slices.Values(strings.Split(names, ", ")))
		if !slices.Contains(sorted, "PAID") || !slices.Contains(sorted, "DUPLICATE") || slices.Contains(sorted, "PAID_LATE") {
			t.Errorf("PAID_LATE is preceded by %v", sorted)
		}
		got[0] = head + "lo precedono sempre ...;" + tail
		want[0] = "ente.yaml:6: payment PAID_LATE: non può mai valere: lo precedono sempre ...; spostarlo prima, o restringere quelli"
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if problems := rs.Check(); len(problems) > 0 {
		t.Errorf("rules that never hold are no problem: %v", problems)
	}
}

func TestAStatusBehindAnotherNamesIt(t *testing.T) {
	rs := overlaid(t, head+`statuses:
  movement:
    - code: TAKEN_BACK
      after: REVERSED
      sign: "0"
      severity: 0
      it: {name: a, why: b}
      en: {name: a, why: b}
      when: reversed and pagopa
`)
	got := rs.Shadowed()
	if len(got) != 1 || got[0].String() != "ente.yaml:6: movement TAKEN_BACK: non può mai valere: lo precedono sempre REVERSED; spostarlo prima, o restringere quelli" {
		t.Errorf("shadowed: %v", got)
	}
}
