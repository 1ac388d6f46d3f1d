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
func (s *schema) compile(text string) (*condition, *wrong) {
	tree, err := parser.Parse(text)
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
	program, err := expr.Compile(text, expr.Env(env), expr.AsBool(), expr.DisableAllBuiltins())
	if err != nil {
		return nil, badSyntax(err)
	}
	return &condition{program, tree.Node, g.reads}, nil
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
	reads  key
}

// Visit looks at one node of a condition.
func (g *grammar) Visit(node *ast.Node) {
	if g.wrong != nil {
		return
	}
	switch n := (*node).(type) {
	case *ast.BoolNode, *ast.StringNode, *ast.ArrayNode:
	case *ast.IdentifierNode:
		f := g.schema.byName[n.Value]
		if f == nil {
			g.wrong = &wrong{fmt.Sprintf("%q non è un fatto", n.Value), "fatti ammessi: " + strings.Join(g.schema.names(), ", ")}
			return
		}
		g.reads |= f.mask() << f.shift
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

// condition is a condition that was checked, ready to be evaluated.
type condition struct {
	program *vm.Program
	tree    ast.Node
	reads   key // the bits of the facts it speaks of
}

// reader evaluates conditions over one combination of facts at a time. It is
// not for concurrent use.
type reader struct {
	schema *schema
	env    map[string]any
	vm     vm.VM
	key    key
	filled bool // env has the facts of key
	// known is what each condition gave for the facts it reads: of the thousands
	// of combinations a check goes through, most differ in others.
	known map[*condition]map[key]bool
}

func (s *schema) reader() *reader {
	return &reader{schema: s, env: make(map[string]any, len(s.facts)), known: make(map[*condition]map[key]bool)}
}

func (r *reader) read(k key) { r.key, r.filled = k, false }

func (r *reader) holds(c *condition) bool {
	facts := r.key & c.reads
	if v, ok := r.known[c][facts]; ok {
		return v
	}
	if !r.filled {
		r.schema.fill(r.env, r.key)
		r.filled = true
	}
	v, err := r.vm.Run(c.program, r.env)
	if err != nil {
		panic("rules: a condition that was checked has failed: " + err.Error())
	}
	if r.known[c] == nil {
		r.known[c] = make(map[key]bool)
	}
	r.known[c][facts] = v.(bool)
	return v.(bool)
}
