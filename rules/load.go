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
// problems call the file. A file with `extends` is an overlay: it says only what
// differs from one of the rulesets below, named by its id. The error, if any, is
// an [Errors].
func Load(name string, src []byte, below ...*Ruleset) (*Ruleset, error) {
	src = canonical(src)
	sum := sha256.Sum256(src)
	hash := hex.EncodeToString(sum[:])
	l := loader{rs: &Ruleset{name: name, hash: hash, sources: []Source{{name, src, hash}}}}
	file := new(rulesetFile)
	if line, bad := decode(name, src, file); bad != nil {
		return nil, Errors{{name, line, "", bad.what, bad.do}}
	}
	if file.Extends.line > 0 {
		file = l.extend(file, below)
	}
	if len(l.problems) == 0 {
		l.load(file)
	}
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

// fail records what is wrong at the first of some values that is there.
func (l *loader) fail(rule, what, do string, at ...scalar) {
	place := first(at...)
	if place.line == 0 {
		place = scalar{file: l.rs.name, line: 1}
	}
	l.problems = append(l.problems, Problem{place.file, place.line, rule, what, do})
}

// first is the first value that is there.
func first(values ...scalar) scalar {
	for _, v := range values {
		if v.line > 0 {
			return v
		}
	}
	return scalar{}
}

func (l *loader) load(file *rulesetFile) {
	l.rs.id, l.rs.version, l.rs.file = file.ID.text, file.Version.text, file
	for key, value := range map[string]scalar{"id": file.ID, "version": file.Version} {
		if value.text == "" {
			l.fail("", "manca "+key, "aggiungere id e version: ogni elaborazione li registra", value)
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
			l.fail(id, "il codice c'è già", "ogni stato di una unità ha il suo codice", f.Code)
		}
		if f.Unit.line > 0 {
			l.fail(id, "uno stato non ha unit", "toglierla: è quella dell'elenco in cui si trova", f.Unit)
		}
		if text := f.Severity.text; len(text) == 1 && text[0] >= '0' && text[0] <= '4' {
			status.Severity = int(text[0] - '0')
		} else {
			l.fail(id, fmt.Sprintf("severity è %q", text), "scrivere un numero da 0 a 4", f.Severity, f.Code)
		}
		u.statuses = append(u.statuses, status)
	}
	return u
}

func (l *loader) label(f *ruleFile) {
	id := strings.TrimSpace("label " + f.Code.text)
	u := l.rs.unit(f.Unit.text)
	if u == nil {
		l.fail(id, fmt.Sprintf("unit è %q", f.Unit.text), "scrivere payment, settlement o movement", f.Unit, f.Code)
		return
	}
	label := &Label{Rule: l.rule(f, id, u), layer: f.layer}
	if _, ok := l.rs.Label(label.Code); ok {
		l.fail(id, "il codice c'è già", "ogni etichetta ha il suo codice", f.Code)
	}
	if f.Severity.line > 0 {
		l.fail(id, "un'etichetta non ha severity", "toglierla: la gravità è dello stato", f.Severity)
	}
	u.labels = append(u.labels, label)
	l.rs.labels = append(l.rs.labels, label)
}

var codeShape = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// rule reads what statuses and labels have in common.
func (l *loader) rule(f *ruleFile, id string, u *unit) Rule {
	r := Rule{Unit: u.name, Code: f.Code.text, When: strings.TrimSpace(f.When.text), File: f.Code.file, Line: f.Code.line}
	if place := first(f.Before, f.After); place.line > 0 {
		l.fail(id, "before e after servono solo agli stati di un file con extends", "toglierli: vale l'ordine dell'elenco", place)
	}
	if !codeShape.MatchString(r.Code) {
		l.fail(id, fmt.Sprintf("il codice è %q", r.Code), "scriverlo con lettere maiuscole, cifre e _", f.Code, f.When)
	}
	switch f.Sign.text {
	case "+":
		r.Sign = 1
	case "-":
		r.Sign = -1
	case "0":
	default:
		l.fail(id, fmt.Sprintf("il segno è %q", f.Sign.text), `scrivere "+", "-" oppure "0"`, f.Sign, f.Code)
	}
	r.it, r.en = l.wording(&f.It, "it", id, f.Code), l.wording(&f.En, "en", id, f.Code)
	if r.When == "" {
		l.fail(id, "manca la condizione (when)", "scrivere quando vale; sempre: true", f.When, f.Code)
		return r
	}
	var bad *wrong
	if r.condition, bad = u.schema.compile(r.When); bad != nil {
		l.fail(id, bad.what, bad.do, f.When)
	}
	return r
}

func (l *loader) wording(f *textFile, lang, id string, code scalar) wording {
	w := wording{name: f.Name.text}
	if w.name == "" {
		l.fail(id, "manca il nome ("+lang+".name)", "scrivere come si chiama in quella lingua", f.Name, code)
	}
	if f.Why.text == "" {
		l.fail(id, "manca la spiegazione ("+lang+".why)", "scrivere perché vale, in quella lingua", f.Why, code)
	}
	why, bad := parseTemplate(strings.TrimSpace(f.Why.text))
	if bad != nil {
		l.fail(id, lang+".why: "+bad.what, bad.do, f.Why)
	}
	w.why = why
	return w
}

func (l *loader) example(f *exampleFile) {
	id := strings.TrimSpace("example " + f.Name.text)
	at := first(f.Name, f.Status, f.Unit)
	e := example{id: id, at: at, layer: f.layer, unit: l.rs.unit(f.Unit.text), status: f.Status.text}
	if f.Name.text == "" {
		l.fail(id, "manca il nome dell'esempio", "aggiungere name", at)
	}
	if e.unit == nil {
		l.fail(id, fmt.Sprintf("unit è %q", f.Unit.text), "scrivere payment, settlement o movement", f.Unit, f.Name)
		return
	}
	if _, ok := e.unit.status(e.status); !ok {
		l.fail(id, fmt.Sprintf("lo stato %q non c'è", e.status), "usare il codice di uno stato di "+e.unit.name, f.Status, f.Name)
	}
	for _, label := range f.Labels {
		if !slices.ContainsFunc(e.unit.labels, func(known *Label) bool { return known.Code == label.text }) {
			l.fail(id, fmt.Sprintf("l'etichetta %q non c'è", label.text), "usare il codice di un'etichetta di "+e.unit.name, label)
		}
		e.labels = append(e.labels, label.text)
	}
	slices.Sort(e.labels)
	var impossible string
	var err error
	if f.Facts.node != nil {
		at.line = f.Facts.node.GetToken().Position.Line
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
		at.line = where
		l.fail(id, "facts: "+bad.what, "fatti ammessi: "+strings.Join(e.unit.schema.names(), ", "), at)
	} else if impossible != "" {
		l.fail(id, "questi fatti non possono darsi insieme: "+impossible, "correggere i fatti dell'esempio", at)
	}
	l.rs.examples = append(l.rs.examples, e)
}
