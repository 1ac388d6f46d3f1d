package cash

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// LayoutProblem is one thing wrong in a layout file. The texts are for people,
// in Italian.
type LayoutProblem struct {
	File   string
	Line   int    // from 1
	Layout string // its name; empty for the file
	What   string // what is wrong
	Do     string // what to do
}

// String is "file:line: layout: what is wrong; what to do".
func (p LayoutProblem) String() string {
	layout := ""
	if p.Layout != "" {
		layout = p.Layout + ": "
	}
	return fmt.Sprintf("%s:%d: %s%s; %s", p.File, p.Line, layout, p.What, p.Do)
}

// LayoutErrors is everything found wrong in a layout file, in the order of the
// file; never empty.
type LayoutErrors []LayoutProblem

// Error has one line per problem.
func (e LayoutErrors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// The shapes of a layout file.
type (
	layoutsFile struct {
		Layouts []layoutFile `yaml:"layouts"`
	}

	layoutFile struct {
		Name        scalar            `yaml:"name"`
		Description scalar            `yaml:"description"`
		Extends     scalar            `yaml:"extends"`
		Choose      scalar            `yaml:"choose"`
		Header      scalar            `yaml:"header"`
		Skip        scalar            `yaml:"skip"`
		FooterLines scalar            `yaml:"footer_lines"`
		Ignore      texts             `yaml:"ignore"`
		Columns     pairs[columnFile] `yaml:"columns"`
		Optional    texts             `yaml:"optional"`
		Width       scalar            `yaml:"width"`
		Dates       texts             `yaml:"dates"`
		Decimal     scalar            `yaml:"decimal"`
		Cents       scalar            `yaml:"cents"`
		MinusTexts  texts             `yaml:"minus_texts"`
		PlusTexts   texts             `yaml:"plus_texts"`
		YesTexts    texts             `yaml:"yes_texts"`
		Debits      scalar            `yaml:"debits"`
		Defaults    pairs[scalar]     `yaml:"defaults"`
		Separator   scalar            `yaml:"separator"`
		Quotes      scalar            `yaml:"quotes"`
		Encoding    scalar            `yaml:"encoding"`
		Fixed       pairs[scalar]     `yaml:"fixed"`
	}
)

// scalar is one value as written, whatever its YAML type, and its line; the line
// is zero when the key is absent.
type scalar struct {
	text string
	line int
}

// UnmarshalYAML keeps the text and the line of a single value.
func (s *scalar) UnmarshalYAML(node ast.Node) error {
	s.line = lineOf(node)
	switch n := node.(type) {
	case *ast.StringNode:
		s.text = n.Value
	case *ast.NullNode:
	case *ast.LiteralNode:
		s.text = n.Value.Value
	case ast.ScalarNode:
		s.text = n.GetToken().Value
	default:
		return atToken("qui serve un solo valore, senza elenchi né sottochiavi", node)
	}
	s.text = strings.TrimSpace(s.text)
	return nil
}

// texts is a list of values, or a single one.
type texts struct {
	items []scalar
	line  int
}

// UnmarshalYAML reads a sequence or a single value.
func (t *texts) UnmarshalYAML(node ast.Node) error {
	t.line = lineOf(node)
	t.items = nil
	nodes := []ast.Node{node}
	switch n := node.(type) {
	case *ast.SequenceNode:
		nodes = n.Values
	case *ast.NullNode:
		return nil
	}
	for _, n := range nodes {
		var s scalar
		if err := s.UnmarshalYAML(n); err != nil {
			return err
		}
		t.items = append(t.items, s)
	}
	return nil
}

// pairs is a mapping whose keys are checked later, in the order of the file.
type pairs[V any] struct {
	items []pair[V]
	line  int
}

type pair[V any] struct {
	key   string
	line  int
	value V
}

// UnmarshalYAML reads a mapping.
func (p *pairs[V]) UnmarshalYAML(node ast.Node) error {
	p.line = lineOf(node)
	p.items = nil
	if _, ok := node.(*ast.NullNode); ok {
		return nil
	}
	m, ok := node.(ast.MapNode)
	if !ok {
		return atToken("qui servono coppie chiave: valore", node)
	}
	for each := m.MapRange(); each.Next(); {
		item := pair[V]{key: each.Key().GetToken().Value, line: lineOf(each.Key())}
		if into, ok := any(&item.value).(yaml.NodeUnmarshaler); ok {
			if err := into.UnmarshalYAML(each.Value()); err != nil {
				return err
			}
		}
		p.items = append(p.items, item)
	}
	return nil
}

// over is p with what base has and p does not; what comes from base is said to
// stand at line.
func (p pairs[V]) over(base pairs[V], line int) pairs[V] {
	merged := pairs[V]{items: slices.Clone(base.items), line: p.line}
	if p.line == 0 {
		merged.line = line
	}
	for i := range merged.items {
		merged.items[i].line = line
	}
	for _, item := range p.items {
		at := slices.IndexFunc(merged.items, func(b pair[V]) bool { return b.key == item.key })
		if at < 0 {
			merged.items = append(merged.items, item)
		} else {
			merged.items[at] = item
		}
	}
	return merged
}

// columnFile is where a column is: a header, several, a position, or a mapping
// that says it in full.
type columnFile struct {
	header                texts
	position, line, field scalar
	none                  bool
}

// UnmarshalYAML reads any of the shapes.
func (c *columnFile) UnmarshalYAML(node ast.Node) error {
	switch n := node.(type) {
	case *ast.NullNode:
		c.none = true
		return nil
	case *ast.IntegerNode:
		return c.position.UnmarshalYAML(n)
	case ast.MapNode:
		var full struct {
			Header   texts  `yaml:"header"`
			Position scalar `yaml:"position"`
			Line     scalar `yaml:"line"`
			Field    scalar `yaml:"field"`
		}
		if err := yaml.NodeToValue(node, &full, yaml.Strict()); err != nil {
			return err
		}
		*c = columnFile{header: full.Header, position: full.Position, line: full.Line, field: full.Field}
		return nil
	}
	return c.header.UnmarshalYAML(node)
}

func lineOf(node ast.Node) int {
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return 1
	}
	return max(node.GetToken().Position.Line, 1)
}

func atToken(message string, node ast.Node) error {
	return &yaml.SyntaxError{Message: message, Token: node.GetToken()}
}

// maxLayoutFile is the largest layout file; it bounds what the YAML library is
// made to hold.
const maxLayoutFile = 1 << 20

// LoadLayouts reads a layout file, called name in messages. Its layouts may
// extend one that stands before them in the file or a preset. The error is
// [LayoutErrors]: the first departure from the shape of the file, or else all
// that is wrong in its layouts.
func LoadLayouts(name string, src []byte) ([]*Layout, error) {
	var file layoutsFile
	if bad := decodeLayouts(src, &file); bad != nil {
		bad.File = name
		return nil, LayoutErrors{*bad}
	}
	known := map[string]*layoutFile{}
	if !bytes.Equal(src, presetsFile) {
		var presets layoutsFile
		if bad := decodeLayouts(presetsFile, &presets); bad != nil {
			return nil, LayoutErrors{*bad}
		}
		for i := range presets.Layouts {
			known[presets.Layouts[i].Name.text] = &presets.Layouts[i]
		}
	}
	var layouts []*Layout
	var problems LayoutErrors
	own := map[string]bool{}
	for i := range file.Layouts {
		l := &file.Layouts[i]
		c := compiler{file: name, in: l, layout: &Layout{}}
		if own[l.Name.text] && l.Name.text != "" {
			c.fail(l.Name.line, "c'è già un tracciato con questo nome", "dare a ogni tracciato il suo")
		}
		if base, ok := known[l.Extends.text]; ok {
			l.extend(base)
		} else if l.Extends.text != "" {
			c.fail(l.Extends.line, fmt.Sprintf("il tracciato %q da cui parte non esiste", l.Extends.text),
				"scrivere il nome di uno che sta prima, o di quadra: "+strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
		c.compile()
		problems = append(problems, c.problems...)
		layouts = append(layouts, c.layout)
		known[l.Name.text], own[l.Name.text] = l, true
	}
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b LayoutProblem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, problems
	}
	return layouts, nil
}

// extend fills what l does not say with what base says. What is wrong with that
// is shown where l says what it extends.
func (l *layoutFile) extend(base *layoutFile) {
	line := l.Extends.line
	for _, s := range []struct{ to, from *scalar }{
		{&l.Description, &base.Description}, {&l.Choose, &base.Choose}, {&l.Header, &base.Header},
		{&l.Skip, &base.Skip}, {&l.FooterLines, &base.FooterLines}, {&l.Width, &base.Width},
		{&l.Decimal, &base.Decimal}, {&l.Cents, &base.Cents}, {&l.Debits, &base.Debits},
		{&l.Separator, &base.Separator}, {&l.Quotes, &base.Quotes}, {&l.Encoding, &base.Encoding},
	} {
		if s.to.line == 0 && s.from.line > 0 {
			*s.to = scalar{s.from.text, line}
		}
	}
	for _, t := range []struct{ to, from *texts }{
		{&l.Ignore, &base.Ignore}, {&l.Optional, &base.Optional}, {&l.Dates, &base.Dates},
		{&l.MinusTexts, &base.MinusTexts}, {&l.PlusTexts, &base.PlusTexts}, {&l.YesTexts, &base.YesTexts},
	} {
		if t.to.line > 0 || t.from.line == 0 {
			continue
		}
		*t.to = texts{slices.Clone(t.from.items), line}
		for i := range t.to.items {
			t.to.items[i].line = line
		}
	}
	l.Columns = l.Columns.over(base.Columns, line)
	l.Defaults = l.Defaults.over(base.Defaults, line)
	l.Fixed = l.Fixed.over(base.Fixed, line)
}

// decodeLayouts reads the file, or says where it first departs from its shape.
func decodeLayouts(src []byte, into *layoutsFile) *LayoutProblem {
	if len(src) > maxLayoutFile {
		return &LayoutProblem{Line: 1, What: fmt.Sprintf("il file supera %d MiB", maxLayoutFile>>20), Do: "togliere ciò che non è un tracciato"}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(src), yaml.Strict())
	err := decoder.Decode(into)
	switch {
	case errors.Is(err, io.EOF):
		return &LayoutProblem{Line: 1, What: "il file è vuoto", Do: "partire da quello di quadra"}
	case err != nil:
		return yamlProblem(err)
	case len(into.Layouts) == 0:
		return &LayoutProblem{Line: 1, What: "il file non ha tracciati", Do: "elencarli sotto layouts:"}
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return &LayoutProblem{Line: 1, What: "il file contiene più documenti YAML", Do: "lasciarne uno solo, senza righe ---"}
	}
	return nil
}

// yamlProblem turns an error of the YAML library into its line and what to tell
// a person.
func yamlProblem(err error) *LayoutProblem {
	p := &LayoutProblem{Line: 1, What: err.Error()}
	var at yaml.Error
	if errors.As(err, &at) {
		p.What = at.GetMessage() // without its excerpt, which takes several lines
		if t := at.GetToken(); t != nil {
			p.Line = max(t.Position.Line, 1)
		}
	}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		p.What, p.Do = "chiave sconosciuta ("+p.What+")", "toglierla o correggerla"
		return p
	}
	p.What, p.Do = "YAML non valido ("+p.What+")", "correggere rientri, virgolette, chiavi e valori"
	return p
}
