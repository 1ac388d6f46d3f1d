package rules

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// example is facts in, status and labels out, as the ruleset itself claims.
type example struct {
	id     string
	at     scalar
	layer  int
	unit   *unit
	key    key
	status string
	labels []string
}

// named is how many combinations without a status are named, for each unit: one
// gap usually makes hundreds.
const named = 5

// Check judges the ruleset's own examples, and looks for possible combinations
// of facts that no status covers. [Load] has done so: what it returns has no
// problems.
func (rs *Ruleset) Check() []Problem {
	var problems []Problem
	for i := range rs.examples {
		problems = append(problems, rs.checkExample(&rs.examples[i])...)
	}
	for _, u := range []*unit{rs.payment, rs.settlement, rs.movement} {
		problems = append(problems, checkTotal(rs, u)...)
	}
	return inOrder(problems)
}

func (rs *Ruleset) checkExample(e *example) (problems []Problem) {
	v := e.unit.judge(e.key)
	do := "correggere l'esempio o le regole"
	if e.at.file != rs.name {
		do = "se è voluto riscrivere l'esempio, con lo stesso nome, in " + rs.name
	}
	got := "nessuno"
	if v.Status != nil {
		got = v.Status.Code
	}
	if got != e.status {
		problems = append(problems, Problem{e.at.file, e.at.line, e.id,
			fmt.Sprintf("lo stato atteso è %s, le regole danno %s", e.status, got), do})
	}
	labels := slices.DeleteFunc(slices.Clone(v.Labels), func(code string) bool {
		label, _ := rs.Label(code)
		return label.layer > e.layer // it came later: the example cannot know it
	})
	if !slices.Equal(labels, e.labels) {
		problems = append(problems, Problem{e.at.file, e.at.line, e.id,
			fmt.Sprintf("le etichette attese sono [%s], le regole danno [%s]", strings.Join(e.labels, ", "), strings.Join(labels, ", ")), do})
	}
	return problems
}

// possible lists the combinations of facts each unit can have. There are
// thousands among millions, and they never change.
var possible = map[string]func() []key{
	UnitPayment:    sync.OnceValue(func() []key { return keys(PossiblePayments()) }),
	UnitSettlement: sync.OnceValue(func() []key { return keys(PossibleSettlements()) }),
	UnitMovement:   sync.OnceValue(func() []key { return keys(PossibleMovements()) }),
}

func keys[F interface{ pack() key }](facts iter.Seq[F]) (all []key) {
	for f := range facts {
		all = append(all, f.pack())
	}
	return all
}

// Combinations is how many possible combinations of facts a unit has: each has
// its status when [Ruleset.Check] finds nothing.
func Combinations(unit string) int {
	if list := possible[unit]; list != nil {
		return len(list())
	}
	return 0
}

func checkTotal(rs *Ruleset, u *unit) (problems []Problem) {
	r := u.schema.reader()
	file, line := rs.name, 1
	if n := len(u.statuses); n > 0 {
		file, line = u.statuses[n-1].File, u.statuses[n-1].Line
	}
	gaps := 0
	for _, k := range possible[u.name]() {
		r.read(k)
		if u.first(r) != nil {
			continue
		}
		if gaps++; gaps <= named {
			problems = append(problems, Problem{file, line, u.name,
				"nessuno stato per: " + u.schema.text(k), "aggiungere o allargare uno stato di " + u.name})
		}
	}
	if gaps > named {
		problems = append(problems, Problem{file, line, u.name,
			fmt.Sprintf("nessuno stato per altre %d combinazioni", gaps-named), "aggiungere o allargare uno stato di " + u.name})
	}
	return problems
}

// Shadowed names the statuses no possible combination of facts can have, because
// their condition never holds or because those before them always do, and the
// labels none can carry. A ruleset may have them: an overlay gives up a rule so.
func (rs *Ruleset) Shadowed() []Problem {
	var problems []Problem
	for _, u := range []*unit{rs.payment, rs.settlement, rs.movement} {
		problems = append(problems, shadowed(u)...)
	}
	return inOrder(problems)
}

func shadowed(u *unit) (problems []Problem) {
	r := u.schema.reader()
	arises := make(map[*Rule]bool)
	behind := make(map[*Rule][]string) // statuses that took the combinations it holds for
	for _, k := range possible[u.name]() {
		r.read(k)
		var winner *Status
		for _, s := range u.statuses {
			switch holds := r.holds(s.condition); {
			case holds && winner == nil:
				winner = s
				arises[&s.Rule] = true
			case holds && !slices.Contains(behind[&s.Rule], winner.Code):
				behind[&s.Rule] = append(behind[&s.Rule], winner.Code)
			}
		}
		for _, l := range u.labels {
			arises[&l.Rule] = arises[&l.Rule] || r.holds(l.condition)
		}
	}
	for _, s := range u.statuses {
		switch before := behind[&s.Rule]; {
		case arises[&s.Rule]:
		case len(before) > 0:
			problems = append(problems, Problem{s.File, s.Line, u.name + " " + s.Code,
				"non può mai valere: lo precedono sempre " + strings.Join(before, ", "), "spostarlo prima, o restringere quelli"})
		default:
			problems = append(problems, never(&s.Rule, u.name+" "+s.Code))
		}
	}
	for _, l := range u.labels {
		if !arises[&l.Rule] {
			problems = append(problems, never(&l.Rule, "label "+l.Code))
		}
	}
	return problems
}

func never(r *Rule, id string) Problem {
	return Problem{r.File, r.Line, id, "non può mai valere: la condizione non è vera per alcuna combinazione possibile",
		"correggerla, oppure lasciarla così se la regola non si vuole più"}
}
