package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong in a ruleset. The texts are for people, in Italian.
type Problem struct {
	File string
	Line int    // from 1
	Rule string // e.g. "payment NOT_CASHED", "label DOPPI", "example ..."; empty for the file
	What string // what is wrong
	Do   string // what to do
}

// String is "file:line: rule: what is wrong; what to do".
func (p Problem) String() string {
	rule := ""
	if p.Rule != "" {
		rule = p.Rule + ": "
	}
	return fmt.Sprintf("%s:%d: %s%s; %s", p.File, p.Line, rule, p.What, p.Do)
}

// Errors is everything found wrong in a ruleset, in the order of the file;
// never empty.
type Errors []Problem

// Error has one line per problem.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func inOrder(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return problems
}
