package rules

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed default.yaml
var defaultSource []byte

// Default is the ruleset quadra comes with, loaded once.
func Default() (*Ruleset, error) { return loadDefault() }

var loadDefault = sync.OnceValues(func() (*Ruleset, error) { return Load("default.yaml", defaultSource) })

// Load reads a ruleset and checks it, see [Ruleset.Check]; name is what its
// problems call the file. The error, if any, is an [Errors].
func Load(name string, src []byte) (*Ruleset, error) {
	src = canonical(src)
	sum := sha256.Sum256(src)
	l := loader{rs: &Ruleset{name: name, hash: hex.EncodeToString(sum[:])}}
	var file rulesetFile
	if line, bad := decode(src, &file); bad != nil {
		return nil, Errors{{name, line, "", bad.what, bad.do}}
	}
	l.load(&file)
	if len(l.problems) == 0 {
		l.problems = l.rs.Check()
	}
	if len(l.problems) > 0 {
		return nil, Errors(inOrder(l.problems))
	}
	return l.rs, nil
}

// canonical is the source without what editors and checkouts change unseen.
func canonical(src []byte) []byte {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	return bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
}

// loader builds a ruleset and keeps everything wrong with it.
type loader struct {
	rs       *Ruleset
	problems []Problem
}

func (l *loader) fail(line int, rule, what, do string) {
	l.problems = append(l.problems, Problem{l.rs.name, max(line, 1), rule, what, do})
}

func (l *loader) load(file *rulesetFile) {
	l.rs.id, l.rs.version = file.ID.text, file.Version.text
	for key, value := range map[string]scalar{"id": file.ID, "version": file.Version} {
		if value.text == "" {
			l.fail(value.line, "", "manca "+key, "aggiungere id e version: ogni elaborazione li registra")
		}
	}
	l.rs.payment = l.statuses(UnitPayment, paymentSchema, file.Statuses.Payment)
	l.rs.settlement = l.statuses(UnitSettlement, settlementSchema, file.Statuses.Settlement)
	l.rs.movement = l.statuses(UnitMovement, movementSchema, file.Statuses.Movement)
	for i := range file.Labels {
		l.label(&file.Labels[i])
	}
	for _, u := range []*unit{l.rs.payment, l.rs.settlement, l.rs.movement} {
		// Verdicts list labels by code, whatever their order in the file.
		slices.SortFunc(u.labels, func(a, b *Label) int { return strings.Compare(a.Code, b.Code) })
	}
	for i := range file.Examples {
		l.example(&file.Examples[i])
	}
}

func (l *loader) statuses(name string, s *schema, rules []ruleFile) *unit {
	u := &unit{name: name, schema: s, known: make(map[key]*Verdict)}
	for i := range rules {
		f := &rules[i]
		id := strings.TrimSpace(name + " " + f.Code.text)
		status := &Status{Rule: l.rule(f, id, u)}
		if _, ok := u.status(status.Code); ok {
			l.fail(f.Code.line, id, "il codice c'è già", "ogni stato di una unità ha il suo codice")
		}
		if f.Unit.line > 0 {
			l.fail(f.Unit.line, id, "uno stato non ha unit", "toglierla: è quella dell'elenco in cui si trova")
		}
		if text := f.Severity.text; len(text) == 1 && text[0] >= '0' && text[0] <= '4' {
			status.Severity = int(text[0] - '0')
		} else {
			l.fail(line(f.Severity, f.Code), id, fmt.Sprintf("severity è %q", text), "scrivere un numero da 0 a 4")
		}
		u.statuses = append(u.statuses, status)
	}
	return u
}

func (l *loader) label(f *ruleFile) {
	id := strings.TrimSpace("label " + f.Code.text)
	u := l.rs.unit(f.Unit.text)
	if u == nil {
		l.fail(line(f.Unit, f.Code), id, fmt.Sprintf("unit è %q", f.Unit.text), "scrivere payment, settlement o movement")
		return
	}
	label := &Label{Rule: l.rule(f, id, u)}
	if _, ok := l.rs.Label(label.Code); ok {
		l.fail(f.Code.line, id, "il codice c'è già", "ogni etichetta ha il suo codice")
	}
	if f.Severity.line > 0 {
		l.fail(f.Severity.line, id, "un'etichetta non ha severity", "toglierla: la gravità è dello stato")
	}
	u.labels = append(u.labels, label)
	l.rs.labels = append(l.rs.labels, label)
}

var codeShape = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// rule reads what statuses and labels have in common.
func (l *loader) rule(f *ruleFile, id string, u *unit) Rule {
	r := Rule{Unit: u.name, Code: f.Code.text, When: strings.TrimSpace(f.When.text), Line: f.Code.line}
	if !codeShape.MatchString(r.Code) {
		l.fail(line(f.Code, f.When), id, fmt.Sprintf("il codice è %q", r.Code), "scriverlo con lettere maiuscole, cifre e _")
	}
	switch f.Sign.text {
	case "+":
		r.Sign = 1
	case "-":
		r.Sign = -1
	case "0":
	default:
		l.fail(line(f.Sign, f.Code), id, fmt.Sprintf("il segno è %q", f.Sign.text), `scrivere "+", "-" oppure "0"`)
	}
	r.it, r.en = l.wording(&f.It, "it", id, f.Code), l.wording(&f.En, "en", id, f.Code)
	if r.When == "" {
		l.fail(line(f.When, f.Code), id, "manca la condizione (when)", "scrivere quando vale; sempre: true")
		return r
	}
	program, bad := u.schema.compile(r.When)
	if bad != nil {
		l.fail(f.When.line, id, bad.what, bad.do)
	}
	r.program = program
	return r
}

func (l *loader) wording(f *textFile, lang, id string, code scalar) wording {
	w := wording{name: f.Name.text}
	if w.name == "" {
		l.fail(line(f.Name, code), id, "manca il nome ("+lang+".name)", "scrivere come si chiama in quella lingua")
	}
	if f.Why.text == "" {
		l.fail(line(f.Why, code), id, "manca la spiegazione ("+lang+".why)", "scrivere perché vale, in quella lingua")
	}
	why, bad := parseTemplate(strings.TrimSpace(f.Why.text))
	if bad != nil {
		l.fail(f.Why.line, id, lang+".why: "+bad.what, bad.do)
	}
	w.why = why
	return w
}

func (l *loader) example(f *exampleFile) {
	id := strings.TrimSpace("example " + f.Name.text)
	e := example{id: id, line: line(f.Name, f.Status, f.Unit), unit: l.rs.unit(f.Unit.text), status: f.Status.text}
	if f.Name.text == "" {
		l.fail(e.line, id, "manca il nome dell'esempio", "aggiungere name")
	}
	if e.unit == nil {
		l.fail(line(f.Unit, f.Name), id, fmt.Sprintf("unit è %q", f.Unit.text), "scrivere payment, settlement o movement")
		return
	}
	if _, ok := e.unit.status(e.status); !ok {
		l.fail(line(f.Status, f.Name), id, fmt.Sprintf("lo stato %q non c'è", e.status), "usare il codice di uno stato di "+e.unit.name)
	}
	for _, label := range f.Labels {
		if !slices.ContainsFunc(e.unit.labels, func(known *Label) bool { return known.Code == label.text }) {
			l.fail(label.line, id, fmt.Sprintf("l'etichetta %q non c'è", label.text), "usare il codice di un'etichetta di "+e.unit.name)
		}
		e.labels = append(e.labels, label.text)
	}
	slices.Sort(e.labels)
	at, impossible, err := e.line, "", error(nil)
	if f.Facts.node != nil {
		at = f.Facts.node.GetToken().Position.Line
	}
	switch e.unit.name {
	case UnitPayment:
		e.key, impossible, err = factsOf[PaymentFacts](f.Facts.node)
	case UnitSettlement:
		e.key, impossible, err = factsOf[SettlementFacts](f.Facts.node)
	case UnitMovement:
		e.key, impossible, err = factsOf[MovementFacts](f.Facts.node)
	}
	if err != nil {
		where, bad := explain(err)
		l.fail(where, id, "facts: "+bad.what, "fatti ammessi: "+strings.Join(e.unit.schema.names(), ", "))
	} else if impossible != "" {
		l.fail(at, id, "questi fatti non possono darsi insieme: "+impossible, "correggere i fatti dell'esempio")
	}
	l.rs.examples = append(l.rs.examples, e)
}

// line is that of the first value that is there.
func line(values ...scalar) int {
	for _, v := range values {
		if v.line > 0 {
			return v.line
		}
	}
	return 1
}
