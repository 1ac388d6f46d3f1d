package rules

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// example is facts in, status and labels out, as the ruleset itself claims.
type example struct {
	id     string
	line   int
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
	problems = append(problems, checkTotal(rs, rs.payment, PossiblePayments())...)
	problems = append(problems, checkTotal(rs, rs.settlement, PossibleSettlements())...)
	problems = append(problems, checkTotal(rs, rs.movement, PossibleMovements())...)
	return inOrder(problems)
}

func (rs *Ruleset) checkExample(e *example) (problems []Problem) {
	v := e.unit.judge(e.key)
	got := "nessuno"
	if v.Status != nil {
		got = v.Status.Code
	}
	if got != e.status {
		problems = append(problems, Problem{rs.name, e.line, e.id,
			fmt.Sprintf("lo stato atteso è %s, le regole danno %s", e.status, got), "correggere l'esempio o le regole"})
	}
	if !slices.Equal(v.Labels, e.labels) {
		problems = append(problems, Problem{rs.name, e.line, e.id,
			fmt.Sprintf("le etichette attese sono [%s], le regole danno [%s]", strings.Join(e.labels, ", "), strings.Join(v.Labels, ", ")),
			"correggere l'esempio o le regole"})
	}
	return problems
}

func checkTotal[F interface{ pack() key }](rs *Ruleset, u *unit, possible iter.Seq[F]) (problems []Problem) {
	r := u.schema.reader()
	last := 1
	for _, s := range u.statuses {
		last = s.Line
	}
	gaps := 0
	for f := range possible {
		k := f.pack()
		r.read(k)
		if u.first(r) != nil {
			continue
		}
		if gaps++; gaps <= named {
			problems = append(problems, Problem{rs.name, last, u.name,
				"nessuno stato per: " + u.schema.text(k), "aggiungere o allargare uno stato di " + u.name})
		}
	}
	if gaps > named {
		problems = append(problems, Problem{rs.name, last, u.name,
			fmt.Sprintf("nessuno stato per altre %d combinazioni", gaps-named), "aggiungere o allargare uno stato di " + u.name})
	}
	return problems
}
