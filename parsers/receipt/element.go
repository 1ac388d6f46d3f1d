package receipt

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// element is an XML element with what is in it, known by its local name. A
// receipt is small: its document is held whole, within the limits.
type element struct {
	name     string
	text     string
	line     int
	children []*element
	signed   bool // it was in a signed envelope
}

// maxElements is how many elements a document may have; a receipt of five
// transfers with all their metadata has some three hundred.
const maxElements = 5000

// document reads a document whole.
func document(x *xmlscan.Scanner) (*element, error) {
	if _, err := x.Next(); err != nil {
		return nil, err
	}
	left := maxElements
	root, err := collect(x, &left)
	if err != nil {
		return nil, err
	}
	if _, err := x.Next(); !errors.Is(err, io.EOF) {
		return nil, err
	}
	return root, nil
}

// collect reads the element just started, to its end.
func collect(x *xmlscan.Scanner, left *int) (*element, error) {
	e := &element{name: string(x.Name()), line: x.Line()}
	if *left--; *left < 0 {
		return nil, &record.FileError{
			Line: e.line, Code: record.FileLimit,
			Message: fmt.Sprintf("il documento ha più di %d elementi: non è una ricevuta", maxElements),
		}
	}
	for {
		kind, err := x.Next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case xmlscan.End:
			return e, nil
		case xmlscan.Text:
			e.text = string(x.Text())
		case xmlscan.Start:
			child, err := collect(x, left)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, child)
		}
		if e.text != "" && len(e.children) > 0 {
			return nil, content(x.Line(), "c'è del testo fuori posto tra gli elementi di "+field.Shorten(e.name))
		}
	}
}

// child is the first child of one of the names, nil when there is none.
func (e *element) child(names ...string) *element {
	for _, c := range e.children {
		if slices.Contains(names, c.name) {
			return c
		}
	}
	return nil
}

// all are the children of a name.
func (e *element) all(name string) (found []*element) {
	for _, c := range e.children {
		if c.name == name {
			found = append(found, c)
		}
	}
	return found
}

// at is the value at a path below the element. One that is not there has the
// line of what should hold it.
func (e *element) at(path string) value {
	names := strings.Split(path, "/")
	v := value{name: names[len(names)-1], line: e.line}
	for _, name := range names {
		c := e.child(name)
		if c == nil {
			return v
		}
		e, v.line = c, c.line
	}
	v.text = e.text
	return v
}

// either is the value under the first of several spellings that has one.
func (e *element) either(names ...string) (v value) {
	for _, name := range slices.Backward(names) {
		if found := e.at(name); found.text != "" || v.name == "" {
			v = found
		}
	}
	return v
}

// repeated finds an element that comes twice where only one can be meant, apart
// from the names given and whatever a signature holds.
func (e *element) repeated(lists ...string) *element {
	seen := make(map[string]bool, len(e.children))
	for _, c := range e.children {
		if c.name == "Signature" {
			continue
		}
		if seen[c.name] && !slices.Contains(lists, c.name) {
			return c
		}
		seen[c.name] = true
		if twice := c.repeated(lists...); twice != nil {
			return twice
		}
	}
	return nil
}

// move gives the element and all inside it one line, that of the document they
// were packed in.
func (e *element) move(line int) {
	e.line = line
	for _, c := range e.children {
		c.move(line)
	}
}
