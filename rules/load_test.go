package rules_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"quadra/rules"
)

// Each case spoils one place of the default ruleset; what it says must name the
// line, the rule and the remedy.
func TestRefusedRulesets(t *testing.T) {
	whole := string(source(t))
	for _, c := range []struct {
		name     string
		old, new string
		at       string // text whose line is named; the spoilt place when empty
		rule     string
		what, do string
	}{
		{name: "a condition names an unknown fact", old: "when: reported == \"twice\"", new: "when: reportd == \"twice\"",
			rule: "payment REPORTED_TWICE", what: `"reportd" non è un fatto`, do: "fatti ammessi: ours, duplicate, notified"},
		{name: "a condition compares a fact with a word it cannot be", old: "when: reported == \"twice\"", new: "when: reported == \"twyce\"",
			rule: "payment REPORTED_TWICE", what: `reported non può essere "twyce"`, do: "valori ammessi: not_expected, waiting, late"},
		{name: "the word comes first", old: "when: reported == \"twice\"", new: "when: '\"twyce\" != reported'",
			rule: "payment REPORTED_TWICE", what: `reported non può essere "twyce"`, do: "valori ammessi"},
		{name: "a list holds a word the fact cannot be", old: `reported in ["waiting", "not_expected"]`, new: `reported not in ["waiting", "expected"]`,
			rule: "payment PAID", what: `reported non può essere "expected"`, do: "valori ammessi"},
		{name: "two facts made of words are compared", old: "when: reported == \"twice\"", new: "when: reported == cashed",
			rule: "payment REPORTED_TWICE", what: "reported non può essere cashed", do: "valori ammessi"},
		{name: "in without a list", old: "when: reported == \"twice\"", new: `when: '"twice" in reported'`,
			rule: "payment REPORTED_TWICE", what: "in confronta un fatto con un elenco", do: "scrivere p.e."},
		{name: "a fact of another unit", old: "when: not consistent", new: "when: not duplicate",
			rule: "settlement INCONSISTENT", what: `"duplicate" non è un fatto`, do: "fatti ammessi: consistent, revised, cash, parts, clock"},
		{name: "a condition that is not yes or no", old: "when: not consistent", new: "when: cash",
			rule: "settlement INCONSISTENT", what: "la condizione non è valida (expected bool", do: "scrivere fatti"},
		{name: "yes or no compared with a word", old: "when: not consistent", new: `when: consistent == "no"`,
			rule: "settlement INCONSISTENT", what: "la condizione non è valida (invalid operation", do: "scrivere fatti"},
		{name: "a condition left open", old: "when: not consistent", new: "when: (not consistent",
			rule: "settlement INCONSISTENT", what: "la condizione non è valida", do: "scrivere fatti"},
		{name: "arithmetic", old: "when: not consistent", new: "when: 1 + 1 == 2",
			rule: "settlement INCONSISTENT", what: "una condizione non può contenere", do: "usare solo fatti"},
		{name: "an operator on text", old: "when: not consistent", new: `when: cash contains "n"`,
			rule: "settlement INCONSISTENT", what: `una condizione non può contenere "contains"`, do: "usare and, or, not"},
		{name: "a function", old: "when: not consistent", new: "when: now().Year() > 2026",
			rule: "settlement INCONSISTENT", what: "una condizione non può contenere", do: "usare solo fatti"},
		{name: "no condition", old: "when: not consistent", new: "when:", at: "code: INCONSISTENT",
			rule: "settlement INCONSISTENT", what: "manca la condizione (when)", do: "sempre: true"},

		{name: "an unknown key in a rule", old: "      when: duplicate", new: "      whenever: duplicate",
			what: "chiave sconosciuta", do: "toglierla o correggerla"},
		{name: "an unknown key at the top", old: "\nlabels:", new: "\netichette:",
			what: "chiave sconosciuta", do: "toglierla o correggerla"},
		{name: "a key written twice", old: "      when: duplicate", new: "      severity: 3",
			what: "YAML non valido", do: "correggere"},
		{name: "a list where one value goes", old: "      when: duplicate", new: "      when: [duplicate]",
			what: "qui serve un solo valore", do: "correggere"},
		{name: "no id", old: "id: quadra", new: "id:", at: "# Le regole",
			what: "manca id", do: "aggiungere id e version"},
		{name: "a code in small letters", old: "- code: SHORT", new: "- code: short",
			rule: "settlement short", what: `il codice è "short"`, do: "lettere maiuscole"},
		{name: "a code used twice", old: "- code: OVER", new: "- code: SHORT",
			rule: "settlement SHORT", what: "il codice c'è già", do: "ogni stato"},
		{name: "a label used twice", old: "- code: RT_TES", new: "- code: RT_IUF_TES",
			rule: "label RT_IUF_TES", what: "il codice c'è già", do: "ogni etichetta"},
		{name: "a label of no unit", old: "unit: movement\n    sign: \"-\"\n    it:\n      name: Riversamenti di", new: "unit: cassa\n    sign: \"-\"\n    it:\n      name: Riversamenti di",
			rule: "label TES_NO_MATCH", what: `unit è "cassa"`, do: "scrivere payment, settlement o movement"},
		{name: "a sign that is none", old: "- code: OVER\n      sign: \"-\"", new: "- code: OVER\n      sign: minus", at: "sign: minus",
			rule: "settlement OVER", what: `il segno è "minus"`, do: `scrivere "+", "-" oppure "0"`},
		{name: "a severity that is none", old: "severity: 4", new: "severity: 5",
			rule: "settlement REPLACED_AFTER_SETTLEMENT", what: `severity è "5"`, do: "da 0 a 4"},
		{name: "no name", old: "name: Riversato in più\n", new: "name:\n", at: "code: OVER",
			rule: "settlement OVER", what: "manca il nome (it.name)", do: "scrivere"},
		{name: "an unknown placeholder", old: "Lo stesso IUV {iuv} è pagato", new: "Lo stesso IUV {IUV} è pagato",
			rule: "payment DUPLICATE", what: "it.why: {IUV} non è un segnaposto", do: "segnaposto ammessi: amount"},
		{name: "a placeholder left open", old: "Lo stesso IUV {iuv} è pagato per {amount} con lo IUR {iur} e con lo IUR {other}.", new: "Lo stesso IUV {iuv",
			rule: "payment DUPLICATE", what: "c'è una { senza la sua }", do: "scrivere"},
		{name: "a placeholder closed and not opened", old: "Lo stesso IUV {iuv} è pagato", new: "Lo stesso IUV iuv} è pagato",
			rule: "payment DUPLICATE", what: "c'è una } senza la sua {", do: "scrivere"},

		{name: "an example contradicted in its status", old: "facts: {consistent: true, cash: short, parts: one, clock: waiting}, status: SHORT",
			new:  "facts: {consistent: true, cash: short, parts: one, clock: waiting}, status: OVER",
			rule: "example mancano somme", what: "lo stato atteso è OVER, le regole danno SHORT", do: "correggere l'esempio o le regole"},
		{name: "an example contradicted in its labels", old: "status: NO_REFERENCE, labels: [TES_NO_MATCH]", new: "status: NO_REFERENCE",
			rule: "example causale senza riferimenti", what: "le etichette attese sono [], le regole danno [TES_NO_MATCH]", do: "correggere"},
		{name: "an example of an unknown status", old: "status: SETTLED_IN_PARTS}", new: "status: PARTS}",
			rule: "example riversato con due bonifici", what: `lo stato "PARTS" non c'è`, do: "usare il codice"},
		{name: "an example of an unknown label", old: "status: NO_REFERENCE, labels: [TES_NO_MATCH]", new: "status: NO_REFERENCE, labels: [DOPPI]",
			rule: "example causale senza riferimenti", what: `l'etichetta "DOPPI" non c'è`, do: "usare il codice"},
		{name: "an example of no unit", old: "{name: oltre i termini, unit: settlement", new: "{name: oltre i termini, unit: flusso",
			rule: "example oltre i termini", what: `unit è "flusso"`, do: "scrivere payment"},
		{name: "an example with an unknown fact", old: "facts: {consistent: true, cash: over", new: "facts: {coherent: true, cash: over",
			rule: "example somme in più", what: "chiave sconosciuta", do: "fatti ammessi: consistent"},
		{name: "an example with a word the fact cannot be", old: "facts: {consistent: true, cash: over", new: "facts: {consistent: true, cash: more",
			rule: "example somme in più", what: "cash deve essere none, equal, short, over, twice", do: "correggere i fatti"},
		{name: "an example that leaves a fact out", old: "cash: over, parts: one, clock: waiting", new: "cash: over, parts: one",
			rule: "example somme in più", what: "clock deve essere waiting", do: "correggere i fatti"},
		{name: "an example that cannot be", old: "facts: {consistent: true, cash: none, parts: one, clock: late}", new: "facts: {consistent: true, cash: none, parts: many, clock: late}",
			rule: "example oltre i termini", what: "parts è many solo con un incasso", do: "correggere i fatti"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(whole, c.old) != 1 {
				t.Fatalf("%q is %d times in default.yaml", c.old, strings.Count(whole, c.old))
			}
			spoilt := strings.Replace(whole, c.old, c.new, 1)
			place := strings.Index(whole, c.old)
			if c.at != "" {
				place = strings.Index(spoilt, c.at)
			}
			for spoilt[place] == '\n' {
				place++
			}
			line := strings.Count(spoilt[:place], "\n") + 1

			_, err := rules.Load("prova.yaml", []byte(spoilt))
			var all rules.Errors
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("Load = %v, want problems", err)
			}
			p := all[0]
			if p.File != "prova.yaml" || p.Line != line || p.Rule != c.rule || !strings.Contains(p.What, c.what) || !strings.Contains(p.Do, c.do) {
				t.Errorf("got  %s\nwant prova.yaml:%d: %s: ...%s...; ...%s...", p, line, c.rule, c.what, c.do)
			}
			if want := fmt.Sprintf("prova.yaml:%d: ", line); !strings.HasPrefix(err.Error(), want) {
				t.Errorf("the message does not begin with %q: %s", want, err)
			}
		})
	}
}

func TestEverythingWrongIsNamedAtOnce(t *testing.T) {
	spoilt := strings.NewReplacer("when: duplicate\n", "when: duplicat\n", "severity: 4", "severity: 9", "{other}", "{altro}").Replace(string(source(t)))
	_, err := rules.Load("prova.yaml", []byte(spoilt))
	var all rules.Errors
	if !errors.As(err, &all) {
		t.Fatalf("Load = %v", err)
	}
	last := 0
	for _, p := range all {
		if p.Line < last {
			t.Errorf("out of order: %s", p)
		}
		last = p.Line
	}
	for _, want := range []string{"duplicat", "severity", "{altro}"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in:\n%s", want, err)
		}
	}
}

func TestACombinationWithoutAStatusIsNamed(t *testing.T) {
	rulesOnly, _, _ := strings.Cut(string(source(t)), "\nexamples:")
	spoilt := strings.Replace(rulesOnly, "when: cash == \"none\"\n", "when: cash == \"none\" and clock == \"waiting\" and consistent\n", 1)
	spoilt = strings.Replace(spoilt, `when: not consistent`, `when: not consistent and cash != "none"`, 1)
	_, err := rules.Load("prova.yaml", []byte(spoilt))
	before, _, _ := strings.Cut(spoilt, "- code: WAITING\n")
	line := strings.Count(before, "\n") + 1
	want := fmt.Sprintf("prova.yaml:%d: settlement: nessuno stato per: cash=none parts=one clock=waiting; aggiungere o allargare uno stato di settlement", line)
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A gap usually makes many combinations: some are named, the rest counted.
func TestManyCombinationsWithoutAStatusAreCounted(t *testing.T) {
	rulesOnly, _, _ := strings.Cut(string(source(t)), "\nexamples:")
	spoilt := strings.Replace(rulesOnly, `when: reported == "revoked"`, `when: reported == "revoked" and has_notice and has_flow`, 1)
	spoilt = strings.Replace(spoilt, `when: receipt == "waiting"`, `when: receipt == "waiting" and reported != "revoked"`, 1)
	_, err := rules.Load("prova.yaml", []byte(spoilt))
	var all rules.Errors
	if !errors.As(err, &all) {
		t.Fatalf("Load = %v", err)
	}
	if len(all) != 6 || !strings.HasPrefix(all[0].What, "nessuno stato per: ") || !strings.Contains(all[0].What, "reported=revoked") ||
		!strings.HasPrefix(all[5].What, "nessuno stato per altre ") {
		t.Errorf("problems:\n%s", err)
	}
}

func TestFilesThatAreNoRuleset(t *testing.T) {
	for name, src := range map[string]string{
		"nothing":       "",
		"only remarks":  "# niente\n",
		"two documents": "id: a\n---\nid: b\n",
		"not YAML":      "id: [a\n",
		"a list":        "- id: a\n",
		"no rules":      "id: a\nversion: \"1\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			rs, err := rules.Load("prova.yaml", []byte(src))
			var all rules.Errors
			if rs != nil || !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("Load = %v, %v", rs, err)
			}
			if all[0].What == "" || all[0].Do == "" || all[0].Line < 1 {
				t.Errorf("it does not help: %+v", all[0])
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(source(f))
	f.Add([]byte("id: a\nversion: 1\nstatuses: {payment: [{code: A, sign: +, severity: 0, it: {name: a, why: b}, en: {name: a, why: b}, when: true}]}\n"))
	f.Add([]byte("examples: [{name: a, unit: payment, facts: 3}]\n"))
	f.Add([]byte("labels: [{when: &a [*a]}]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		rs, err := rules.Load("prova.yaml", src)
		var all rules.Errors
		if (rs == nil) != errors.As(err, &all) {
			t.Fatalf("Load = %v, %v", rs, err)
		}
		if rs != nil && len(rs.Check()) > 0 {
			t.Fatalf("loaded with problems: %v", rs.Check())
		}
	})
}

// What is missing is counted exactly, and no more is said when all is named.
func TestCombinationsWithoutAStatusAreAllCounted(t *testing.T) {
	rulesOnly, _, _ := strings.Cut(string(source(t)), "\nexamples:")
	from, to := strings.Index(rulesOnly, "\n  settlement:\n"), strings.Index(rulesOnly, "\n  movement:\n")
	status := func(when string) string {
		return "\n  settlement:\n    - code: ALL\n      sign: \"0\"\n      severity: 0\n      it: {name: a, why: b}\n      en: {name: a, why: b}\n      when: " + when
	}
	for _, c := range []struct {
		name, when string
		covers     func(rules.SettlementFacts) bool
	}{
		{"many are left", `cash == "none"`, func(f rules.SettlementFacts) bool { return f.Cash == "none" }},
		{"six are left", `revised or consistent or cash != "over"`, func(f rules.SettlementFacts) bool { return f.Revised || f.Consistent || f.Cash != "over" }},
		{"five are left", `revised or consistent or cash != "over" or parts == "many" and clock == "late"`,
			func(f rules.SettlementFacts) bool {
				return f.Revised || f.Consistent || f.Cash != "over" || f.Parts == "many" && f.Clock == "late"
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			left := 0
			for f := range rules.PossibleSettlements() {
				if !c.covers(f) {
					left++
				}
			}
			_, err := rules.Load("prova.yaml", []byte(rulesOnly[:from]+status(c.when)+rulesOnly[to:]))
			var all rules.Errors
			if !errors.As(err, &all) {
				t.Fatalf("Load = %v", err)
			}
			want := min(left, 6)
			if len(all) != want {
				t.Errorf("%d problems, want %d:\n%v", len(all), want, err)
			}
			if left > 5 && all[5].What != fmt.Sprintf("nessuno stato per altre %d combinazioni", left-5) {
				t.Errorf("of %d left the last problem says %q", left, all[5].What)
			}
		})
	}
	// A unit without any status has its problems at the head of the file.
	_, err := rules.Load("prova.yaml", []byte(rulesOnly[:from]+rulesOnly[to:]))
	if err == nil || !strings.HasPrefix(err.Error(), "prova.yaml:1: settlement: nessuno stato per: ") {
		t.Errorf("without statuses: %v", err)
	}
}

func TestCombinations(t *testing.T) {
	n := 0
	for range rules.PossiblePayments() {
		n++
	}
	if got := rules.Combinations(rules.UnitPayment); got != n || n == 0 {
		t.Errorf("%d combinations of a payment, want %d", got, n)
	}
	if s, m := rules.Combinations(rules.UnitSettlement), rules.Combinations(rules.UnitMovement); s == 0 || m == 0 || s == m {
		t.Errorf("%d combinations of a settlement, %d of a movement", s, m)
	}
	if got := rules.Combinations("flow"); got != 0 {
		t.Errorf("%d combinations of what is no unit", got)
	}
}
