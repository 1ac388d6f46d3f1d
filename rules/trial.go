package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// Case is the facts of one unit, whichever it is. Equal facts are equal cases.
type Case struct {
	unit string
	key  key
}

// Case is the facts as any unit's.
func (f PaymentFacts) Case() Case { return Case{UnitPayment, f.pack()} }

// Case is the facts as any unit's.
func (f SettlementFacts) Case() Case { return Case{UnitSettlement, f.pack()} }

// Case is the facts as any unit's.
func (f MovementFacts) Case() Case { return Case{UnitMovement, f.pack()} }

// ParseCase reads the text of [Verdict.Facts] back.
func ParseCase(unit, text string) (Case, error) {
	s := schemas[unit]
	if s == nil {
		return Case{}, fmt.Errorf("facts of %q: it is no unit", unit)
	}
	c := Case{unit: unit}
	for item := range strings.FieldsSeq(text) {
		name, word, isWord := strings.Cut(item, "=")
		f := s.byName[name]
		if f == nil || isWord != (f.Values != nil) {
			return Case{}, fmt.Errorf("facts of a %s: %q is not one of its facts", unit, item)
		}
		number := 1 + slices.Index(f.Values, word)
		if !isWord {
			number = 1
		}
		if number == 0 {
			return Case{}, fmt.Errorf("facts of a %s: %s cannot be %q", unit, name, word)
		}
		c.key |= key(number) << f.shift
	}
	if why := s.unknown(c.key); why != "" {
		return Case{}, fmt.Errorf("facts of a %s: %q lacks some", unit, text)
	}
	return c, nil
}

// Possible says that these facts can arise together: the combinations a ruleset
// is proven for are these.
func (c Case) Possible() bool { return slices.Contains(possible[c.unit](), c.key) }

// Unit is payment, settlement or movement.
func (c Case) Unit() string { return c.unit }

// Text is that of [Verdict.Facts].
func (c Case) Text() string { return schemas[c.unit].text(c.key) }

// Value of a fact: its word, or yes or no; empty when the unit has no such fact.
func (c Case) Value(fact string) string {
	s := schemas[c.unit]
	for i := range s.facts {
		if s.facts[i].Name != fact {
			continue
		}
		n := s.number(i, c.key)
		if s.facts[i].Values == nil {
			return []string{"no", "yes"}[n]
		}
		return s.words[i][n].(string)
	}
	return ""
}

// Judge gives the verdict on a case.
func (rs *Ruleset) Judge(c Case) Verdict { return rs.unit(c.unit).judge(c.key) }

// Trial is a case put to every rule of its unit.
type Trial struct {
	Case     Case
	Verdict  Verdict
	Statuses []Tried // in the order they are tried; the first that holds wins
	Labels   []Tried // by code
}

// Tried is a rule with what became of its condition.
type Tried struct {
	*Rule
	Holds bool
	Wins  bool // of a status: it holds and none before it does; of a label: it holds
	// Condition in its parts.
	Condition Part
}

// Part is a condition, or what stands on one side of an and, an or, a not.
type Part struct {
	Text  string
	Op    string // and, or, not; empty for a part that is not divided further
	Holds bool
	Facts []string // it speaks of; only when it is not divided
	Parts []Part
}

// Try puts a case to every rule. It is for explaining: [Ruleset.Judge] gives the
// same verdict and remembers it.
func (rs *Ruleset) Try(c Case) Trial {
	u := rs.unit(c.unit)
	t := Trial{Case: c, Verdict: u.judge(c.key)}
	r := u.schema.reader()
	r.read(c.key)
	won := false
	for _, s := range u.statuses {
		tried := Tried{Rule: &s.Rule, Condition: r.part(s.condition.tree)}
		tried.Holds = tried.Condition.Holds
		tried.Wins = tried.Holds && !won
		won = won || tried.Holds
		t.Statuses = append(t.Statuses, tried)
	}
	for _, l := range u.labels {
		p := r.part(l.condition.tree)
		t.Labels = append(t.Labels, Tried{&l.Rule, p.Holds, p.Holds, p})
	}
	return t
}

// Find is what became of the rule with a status or label code.
func (t *Trial) Find(code string) (rule Tried, isStatus, found bool) {
	has := func(r Tried) bool { return r.Code == code }
	if i := slices.IndexFunc(t.Statuses, has); i >= 0 {
		return t.Statuses[i], true, true
	}
	if i := slices.IndexFunc(t.Labels, has); i >= 0 {
		return t.Labels[i], false, true
	}
	return Tried{}, false, false
}

// part divides a condition at its ands, ors and nots.
func (r *reader) part(node ast.Node) Part {
	switch n := node.(type) {
	case *ast.BinaryNode:
		op := map[string]string{"and": "and", "&&": "and", "or": "or", "||": "or"}[n.Operator]
		if op == "" {
			break
		}
		p := Part{Text: n.String(), Op: op, Parts: append(r.sides(n.Left, op), r.sides(n.Right, op)...)}
		holds := func(q Part) bool { return q.Holds }
		if op == "or" {
			p.Holds = slices.ContainsFunc(p.Parts, holds)
		} else {
			p.Holds = !slices.ContainsFunc(p.Parts, func(q Part) bool { return !q.Holds })
		}
		return p
	case *ast.UnaryNode:
		inner := r.part(n.Node)
		return Part{Text: n.String(), Op: "not", Holds: !inner.Holds, Parts: []Part{inner}}
	}
	return r.leaf(node)
}

// sides lists what one operator joins: a and (b and c) has three sides.
func (r *reader) sides(node ast.Node, op string) []Part {
	p := r.part(node)
	if p.Op == op {
		return p.Parts
	}
	return []Part{p}
}

func (r *reader) leaf(node ast.Node) Part {
	p := Part{Text: node.String()}
	ast.Walk(&node, collector{&p})
	// It stood in a condition that compiled, and is yes or no there.
	whole, bad := r.schema.compile(p.Text)
	if bad != nil {
		panic("rules: a part of a condition that was checked is wrong: " + bad.what)
	}
	p.Holds = r.holds(whole)
	return p
}

// collector lists the facts a part speaks of.
type collector struct{ part *Part }

// Visit keeps the name of a fact.
func (c collector) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok && !slices.Contains(c.part.Facts, id.Value) {
		c.part.Facts = append(c.part.Facts, id.Value)
	}
}

// Because lists the undivided parts that make a condition what it is: for one
// that does not hold, those that would have to be otherwise; for one that holds,
// those it rests on.
func (p Part) Because() []Part {
	switch p.Op {
	case "":
		return []Part{p}
	case "not":
		return p.Parts[0].Because()
	}
	var out []Part
	for _, q := range p.Parts {
		// An and fails by any part that fails, and an or holds by any that holds:
		// the other parts do not matter. Otherwise all do.
		if all := (p.Op == "and") == p.Holds; all || q.Holds == p.Holds {
			out = append(out, q.Because()...)
		}
	}
	return out
}
