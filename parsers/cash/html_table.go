package cash

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"quadra/engine/record"
)

// The bounds of a page.
const (
	maxTokenHTML = 1 << 20 // bytes of one tag or text
	maxNested    = 100     // tables inside each other
)

// htmlTables finds the table of a page that fits a layout and reads it as a
// [rowSource]. Tables may stand inside each other, as some pages are laid out
// with tables around the one that holds data: each is tried by its own rows. What
// stands in a table inside the one found is no part of it.
type htmlTables struct {
	x       *html.Tokenizer
	layouts []*Layout
	left    int // cells that may still come
	line    int // of the text, where the next token starts; 0 before the first

	open   []*htmlTable // the innermost last
	found  *htmlTable
	inside int // tables open inside the one found
	hidden atom.Atom
	err    error
}

func newHTMLTables(in io.Reader, layouts []*Layout, maxCells int) *htmlTables {
	x := html.NewTokenizer(in)
	x.SetMaxBuf(maxTokenHTML)
	return &htmlTables{x: x, layouts: layouts, left: maxCells}
}

// Unterminated is never so: a table that lacks its end is an error. It makes the
// cells of a table texts as those of a CSV, where 12.345 is not a number yet.
func (*htmlTables) Unterminated() bool { return false }

// find reads as far as the row that shows which table fits a layout; io.EOF when
// none does.
func (h *htmlTables) find() error {
	for h.err == nil && h.found == nil {
		t := h.token()
		if t == nil || len(t.top) == layoutRows {
			continue
		}
		t.top = append(t.top, slices.Clone(t.ended))
		t.lines = append(t.lines, t.endedAt)
		if chooseLayout(h.layouts, t.top) != nil {
			h.found = t
		}
	}
	return h.err
}

// Next gives the next row of the table found that has a cell.
func (h *htmlTables) Next() ([]string, int, error) {
	t := h.found
	if len(t.top) > 0 {
		row, line := t.top[0], t.lines[0]
		t.top, t.lines = t.top[1:], t.lines[1:]
		return row, line, nil
	}
	for h.err == nil && !t.closed {
		if h.token() == t && h.err == nil {
			return t.ended, t.endedAt, nil
		}
	}
	switch {
	case h.err == nil, errors.Is(h.err, io.EOF) && t.closed:
		return nil, h.line, io.EOF
	case errors.Is(h.err, io.EOF):
		h.err = &record.FileError{
			Line: h.line, Code: record.FileTruncated,
			Message: "la pagina finisce dentro la tabella: il file è stato tagliato, farselo mandare di nuovo",
		}
	}
	return nil, h.line, h.err
}

// token reads the next token of the page and returns the table a row of which it
// ended, nil for none.
func (h *htmlTables) token() (ended *htmlTable) {
	kind := h.x.Next()
	if kind != html.ErrorToken {
		h.line = max(h.line, 1)
	}
	at := h.line
	h.line += bytes.Count(h.x.Raw(), []byte("\n"))
	switch kind {
	case html.ErrorToken:
		h.fail()
	case html.TextToken:
		if t := h.current(); t != nil && h.hidden == 0 {
			h.keep(t.append(h.x.Text(), at))
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		name, attrs := h.x.TagName()
		ended = h.start(atom.Lookup(name), attrs, at)
	case html.EndTagToken:
		name, _ := h.x.TagName()
		ended = h.end(atom.Lookup(name))
	}
	if ended != nil {
		if h.left -= len(ended.ended); h.left < 0 {
			h.keep(tooManyCells(ended.endedAt))
		}
	}
	return ended
}

// current is the table whose rows and cells the next tag is about, nil for none.
func (h *htmlTables) current() *htmlTable {
	if len(h.open) == 0 || h.inside > 0 {
		return nil
	}
	return h.open[len(h.open)-1]
}

// start opens an element. Cells and rows need no end tag: the next one ends them.
func (h *htmlTables) start(name atom.Atom, attrs bool, at int) (ended *htmlTable) {
	if name == atom.Table {
		switch {
		case h.found != nil:
			h.inside++
		case len(h.open) == maxNested:
			h.keep(&record.FileError{Line: at, Code: record.FileLimit, Message: "la pagina ha troppe tabelle una dentro l'altra"})
		default:
			h.open = append(h.open, &htmlTable{cell: -1})
		}
		return nil
	}
	t := h.current()
	if t == nil {
		return nil
	}
	switch name {
	case atom.Script, atom.Style:
		h.hidden = name
	case atom.Tr:
		ended = t.endRow()
		t.startRow(at)
	case atom.Td, atom.Th:
		if t.row == 0 {
			t.startRow(at)
		}
		h.keep(t.startCell(h.x, attrs))
	case atom.Br, atom.P, atom.Div, atom.Li:
		h.keep(t.append([]byte(" "), at))
	}
	return ended
}

// end closes an element; the end of the page closes the tables left open.
func (h *htmlTables) end(name atom.Atom) (ended *htmlTable) {
	if name == h.hidden {
		h.hidden = 0
	}
	switch {
	case name == atom.Table && h.inside > 0:
		h.inside--
		return nil
	case name == atom.Body || name == atom.Html:
		h.inside = 0
	}
	t := h.current()
	if t == nil {
		return nil
	}
	switch name {
	case atom.Table, atom.Body, atom.Html:
		ended = t.endRow()
		t.closed = true
		h.open = h.open[:len(h.open)-1]
	case atom.Tr, atom.Thead, atom.Tbody, atom.Tfoot:
		ended = t.endRow()
	case atom.Td, atom.Th:
		t.endCell()
	}
	return ended
}

func (h *htmlTables) keep(err error) {
	if h.err == nil {
		h.err = err
	}
}

// fail keeps the error of the tokenizer.
func (h *htmlTables) fail() {
	switch err := h.x.Err(); {
	case errors.Is(err, io.EOF):
		h.keep(io.EOF)
	case errors.Is(err, html.ErrBufferExceeded):
		h.keep(&record.FileError{
			Line: h.line, Code: record.FileLimit, Cause: err,
			Message: "la pagina ha un testo troppo lungo: togliere ciò che non serve",
		})
	default:
		h.keep(textFailure("reading the page", err))
	}
}
