package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong, or doubtful, in a configuration file. The texts
// are for people, in Italian, and never quote a secret.
type Problem struct {
	File   string
	Line   int    // from 1
	Column int    // from 1, in characters
	Key    string // e.g. "entities[0].drops[1].url"; empty for the file as a whole
	What   string // what is wrong
	Do     string // what to do
}

// String is "file:line:column: key: what is wrong; what to do".
func (p Problem) String() string {
	key := ""
	if p.Key != "" {
		key = p.Key + ": "
	}
	return fmt.Sprintf("%s:%d:%d: %s%s; %s", p.File, p.Line, p.Column, key, p.What, p.Do)
}

// Errors is everything wrong in one configuration file, in the order of the
// file; never empty.
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
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return problems
}
