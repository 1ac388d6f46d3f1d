package trace

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// node is a line of text with what belongs under it.
type node struct {
	text string
	kids []*node
}

func leaf(format string, args ...any) *node {
	return &node{text: fmt.Sprintf(format, args...)}
}

// add puts nodes under n, leaving out those that are nil.
func (n *node) add(kids ...*node) *node {
	for _, k := range kids {
		if k != nil {
			n.kids = append(n.kids, k)
		}
	}
	return n
}

// printTrees writes trees one under the other.
func printTrees(w io.Writer, roots []*node) error {
	out := bufio.NewWriter(w)
	for i, r := range roots {
		if i > 0 {
			_ = out.WriteByte('\n')
		}
		_, _ = out.WriteString(printable(r.text) + "\n")
		r.branches(out, "")
	}
	// A bufio.Writer repeats its first error: Flush tells of all.
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the chain: %w", err)
	}
	return nil
}

func (n *node) branches(out *bufio.Writer, indent string) {
	for i, k := range n.kids {
		branch, under := "├─ ", "│  "
		if i == len(n.kids)-1 {
			branch, under = "└─ ", "   "
		}
		_, _ = out.WriteString(indent + branch + printable(k.text) + "\n")
		k.branches(out, indent+under)
	}
}

// printable blanks what could drive a terminal: texts come from files.
func printable(s string) string {
	return strings.TrimRight(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s), " ")
}
