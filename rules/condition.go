package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// wrong is what a person has to be told about a text of the ruleset.
type wrong struct{ what, do string }

// compile turns a condition into a program that cannot fail: it speaks of known
// facts only, compares words with words they can be, and calculates nothing.
func (s *schema) compile(condition string) (*vm.Program, *wrong) {
	tree, err := parser.Parse(condition)
	if err != nil {
		return nil, badSyntax(err)
	}
	g := grammar{schema: s}
	ast.Walk(&tree.Node, &g)
	if g.wrong != nil {
		return nil, g.wrong
	}
	env := make(map[string]any)
	s.fill(env, 0)
	program, err := expr.Compile(condition, expr.Env(env), expr.AsBool(), expr.DisableAllBuiltins())
	if err != nil {
		return nil, badSyntax(err)
	}
	return program, nil
}

func badSyntax(err error) *wrong {
	what := err.Error()
	var at *file.Error
	if errors.As(err, &at) { // without its excerpt, which takes several lines
		what = fmt.Sprintf("%s, al carattere %d", at.Message, at.Column+1)
	}
	return &wrong{"la condizione non è valida (" + what + ")",
		`scrivere fatti, "parole", and, or, not, ==, !=, in [...] e parentesi`}
}

// grammar keeps the first thing a condition may not contain. The walk is from
// the leaves up.
type grammar struct {
	schema *schema
	wrong  *wrong
}

// Visit looks at one node of a condition.
func (g *grammar) Visit(node *ast.Node) {
	if g.wrong != nil {
		return
	}
	switch n := (*node).(type) {
	case *ast.BoolNode, *ast.StringNode, *ast.ArrayNode:
	case *ast.IdentifierNode:
		if g.schema.byName[n.Value] == nil {
			g.wrong = &wrong{fmt.Sprintf("%q non è un fatto", n.Value), "fatti ammessi: " + strings.Join(g.schema.names(), ", ")}
		}
	case *ast.UnaryNode:
		g.operator(n.Operator, "not", "!")
	case *ast.BinaryNode:
		g.operator(n.Operator, "and", "&&", "or", "||", "==", "!=", "in")
		if g.wrong == nil {
			g.comparison(n)
		}
	default:
		g.wrong = &wrong{fmt.Sprintf("una condizione non può contenere %q", n.String()),
			`usare solo fatti, "parole", and, or, not, ==, !=, in [...] e parentesi`}
	}
}

func (g *grammar) operator(operator string, allowed ...string) {
	if !slices.Contains(allowed, operator) {
		g.wrong = &wrong{fmt.Sprintf("una condizione non può contenere %q", operator), "usare and, or, not, ==, != oppure in [...]"}
	}
}

// comparison checks that a fact made of words is compared with words it can be:
// a misspelt one would make the rule hold never, or always.
func (g *grammar) comparison(n *ast.BinaryNode) {
	fact, other := g.fact(n.Left), n.Right
	if fact == nil && n.Operator != "in" {
		fact, other = g.fact(n.Right), n.Left
	}
	words := []ast.Node{other}
	if n.Operator == "in" {
		list, ok := other.(*ast.ArrayNode)
		if fact == nil || !ok {
			g.wrong = &wrong{"in confronta un fatto con un elenco di parole", `scrivere p.e. receipt in ["present", "implied"]`}
			return
		}
		words = list.Nodes
	}
	if fact == nil {
		return // yes or no on both sides: the compiler sees to it
	}
	for _, w := range words {
		word, ok := w.(*ast.StringNode)
		if !ok || !slices.Contains(fact.Values, word.Value) {
			g.wrong = &wrong{fmt.Sprintf("%s non può essere %s", fact.Name, w.String()), "valori ammessi: " + strings.Join(fact.Values, ", ")}
			return
		}
	}
}

// fact is the fact a node names when it is one made of words.
func (g *grammar) fact(node ast.Node) *Fact {
	if id, ok := node.(*ast.IdentifierNode); ok {
		if f := g.schema.byName[id.Value]; f != nil && f.Values != nil {
			return f
		}
	}
	return nil
}

// reader evaluates conditions over one combination of facts at a time. It is
// not for concurrent use.
type reader struct {
	schema *schema
	env    map[string]any
	vm     vm.VM
}

func (s *schema) reader() *reader {
	return &reader{schema: s, env: make(map[string]any, len(s.facts))}
}

func (r *reader) read(k key) { r.schema.fill(r.env, k) }

func (r *reader) holds(p *vm.Program) bool {
	v, err := r.vm.Run(p, r.env)
	if err != nil {
		panic("rules: a condition that was checked has failed: " + err.Error())
	}
	return v.(bool)
}
