package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// document is the YAML file being read. The tree is walked by hand, rather than
// decoded into structs, because a decoder stops at the first error and a person
// wants them all.
type document struct {
	name, base       string
	anchors          map[string]ast.Node
	errors, warnings []Problem
}

func (d *document) fail(line, column int, key, what, do string) {
	d.errors = append(d.errors, Problem{d.name, line, column, key, what, do})
}

func (d *document) warn(line, column int, key, what, do string) {
	d.warnings = append(d.warnings, Problem{d.name, line, column, key, what, do})
}

func (d *document) failAt(node ast.Node, key, what, do string) {
	line, column := position(node)
	d.fail(line, column, key, what, do)
}

// parse returns the mapping at the root, or nil after recording why not.
func (d *document) parse(src []byte) *mapping {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	file, err := parser.ParseBytes(src, 0)
	if err != nil {
		line, column, message := 1, 1, err.Error()
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			message = syntax.GetMessage() // without the excerpt of the source, which may hold anything
			if t := syntax.GetToken(); t != nil {
				line, column = max(t.Position.Line, 1), max(t.Position.Column, 1)
			}
		}
		d.fail(line, column, "", "YAML non valido ("+message+")", "correggere rientri, virgolette e due punti")
		return nil
	}
	docs := slices.DeleteFunc(file.Docs, func(doc *ast.DocumentNode) bool { return doc.Body == nil })
	switch len(docs) {
	case 0:
		d.fail(1, 1, "", "il file è vuoto", "partire da quello scritto da quadra init")
		return nil
	case 1:
	default:
		d.failAt(docs[1].Body, "", "il file contiene più documenti YAML", "lasciarne uno solo, senza righe ---")
		return nil
	}
	d.anchors = map[string]ast.Node{}
	ast.Walk(anchorFinder(d.anchors), docs[0].Body)
	return d.mapping(docs[0].Body, "")
}

type anchorFinder map[string]ast.Node

// Visit remembers the anchors of the document by name.
func (f anchorFinder) Visit(node ast.Node) ast.Visitor {
	if a, ok := node.(*ast.AnchorNode); ok {
		f[a.Name.GetToken().Value] = a.Value
	}
	return f
}

// maxHops bounds chains of aliases and merges, which a file can make circular.
const maxHops = 8

// resolve follows anchors, aliases and tags to the value; nil when there is none.
func (d *document) resolve(node ast.Node) ast.Node {
	for range maxHops {
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.AliasNode:
			node = d.anchors[n.Value.GetToken().Value]
		case *ast.TagNode:
			node = n.Value
		case *ast.NullNode:
			return nil
		default:
			return node
		}
	}
	return nil
}

// mapping reads node as a mapping called key, or records why it cannot.
func (d *document) mapping(node ast.Node, key string) *mapping {
	m := &mapping{doc: d, key: key, node: node, fields: map[string]field{}}
	if !d.collect(m.fields, node, maxHops) {
		d.failAt(node, key, "qui servono coppie chiave: valore", "controllare i rientri")
		return nil
	}
	return m
}

// collect adds the pairs of a mapping, then those it merges and does not have.
func (d *document) collect(fields map[string]field, node ast.Node, hops int) bool {
	value, ok := d.resolve(node).(ast.MapNode)
	if !ok || hops == 0 {
		return false
	}
	var merged []ast.Node
	for pairs := value.MapRange(); pairs.Next(); {
		if pairs.Key().IsMergeKey() {
			merged = append(merged, d.items(pairs.Value())...)
			continue
		}
		fields[pairs.Key().GetToken().Value] = field{pairs.Key(), pairs.Value()}
	}
	for _, node := range merged {
		extra := map[string]field{}
		if !d.collect(extra, node, hops-1) {
			return false
		}
		maps.Copy(extra, fields)
		maps.Copy(fields, extra)
	}
	return true
}

// items is the elements of a sequence, or the node itself when it is not one.
func (d *document) items(node ast.Node) []ast.Node {
	if seq, ok := d.resolve(node).(*ast.SequenceNode); ok {
		return seq.Values
	}
	return []ast.Node{node}
}

// scalar is the text of a single value exactly as written, so that 00123 keeps
// its zeros whether quoted or not.
func (d *document) scalar(node ast.Node) (string, bool) {
	switch n := d.resolve(node).(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

func position(node ast.Node) (line, column int) {
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		node = m.Values[0].Key // the token of a block mapping is its first colon
	}
	if v, ok := node.(*ast.MappingValueNode); ok {
		node = v.Key
	}
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return 1, 1
	}
	p := node.GetToken().Position
	return max(p.Line, 1), max(p.Column, 1)
}

func listed[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

func indexed(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }
