package cash

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"quadra/engine/record"
)

// maxColumnsODS is how many columns of a table are read; no program writes more
// (16,384), and a cell repeated up to the edge of the sheet has no content.
const maxColumnsODS = 16_384

// maxDepthODS is how deep elements may nest; spreadsheets stay below twenty.
const maxDepthODS = 200

// odsTables reads the tables of an OpenDocument spreadsheet one after the other,
// each as a [rowSource]. encoding/xml is slower than xmlscan, and is used because
// blanks between the pieces of a text count here.
type odsTables struct {
	x     *xml.Decoder
	left  int // cells that may still come
	depth int // open elements
	table int // depth inside the current table; 0 outside

	line   int // of the last row given
	repeat int // how often it still comes
	cells  []string
	err    error
}

func newODSTables(in io.Reader, maxCells int) *odsTables {
	return &odsTables{x: xml.NewDecoder(in), left: maxCells}
}

// next goes to the next table; io.EOF when there is none and the document is
// whole.
func (o *odsTables) next() error {
	// Whatever the table before still holds is passed over.
	for o.table > 0 && o.err == nil && o.depth >= o.table {
		_, _ = o.token() // the error is kept
	}
	o.table, o.line, o.repeat = 0, 0, 0
	for o.err == nil {
		start, end := o.token()
		switch {
		case o.err != nil || end != nil || start == nil:
		case start.Name.Local == "table":
			o.table = o.depth
			return nil
		case start.Name.Local == "tracked-changes": // holds tables of cells no longer there
			o.leave()
		}
	}
	return o.err
}

// Next gives the next row of the current table that has any text. Rows repeated
// in the file come as often as they are.
func (o *odsTables) Next() ([]string, int, error) {
	for o.repeat > 0 {
		o.repeat--
		o.line++
		if len(o.cells) > 0 {
			if o.left -= len(o.cells); o.left < 0 {
				o.err = tooManyCells(o.line)
				return nil, o.line, o.err
			}
			return o.cells, o.line, nil
		}
		o.line, o.repeat = o.line+o.repeat, 0
	}
	for o.table > 0 && o.err == nil {
		start, end := o.token()
		switch {
		case o.err != nil:
		case end != nil && o.depth < o.table:
			o.table = 0
		case start == nil:
		case start.Name.Local == "table-row":
			o.repeat = repeated(start, "number-rows-repeated")
			o.row()
			if o.err == nil {
				return o.Next()
			}
		case start.Name.Local == "shapes", start.Name.Local == "table", start.Name.Local == "forms":
			o.leave()
		}
	}
	if o.err != nil {
		return nil, o.line, o.err
	}
	return nil, o.line, io.EOF
}

// row reads the cells of a row up to the last one with text.
func (o *odsTables) row() {
	clear(o.cells)
	o.cells = o.cells[:0]
	empty := 0 // cells without text since the last one that had any
	for depth := o.depth; o.depth >= depth && o.err == nil; {
		start, _ := o.token()
		if start == nil {
			continue
		}
		switch start.Name.Local {
		case "table-cell", "covered-table-cell":
		default:
			o.leave()
			continue
		}
		times := repeated(start, "number-columns-repeated")
		text := o.cell(start)
		if text == "" {
			empty = min(empty+times, maxColumnsODS)
			continue
		}
		if len(o.cells)+empty+times > maxColumnsODS {
			o.fail(&record.FileError{
				Line: o.line + 1, Code: record.FileLimit,
				Message: fmt.Sprintf("il foglio elettronico ha più di %d colonne: togliere ciò che non serve", maxColumnsODS),
			})
			return
		}
		for range empty {
			o.cells = append(o.cells, "")
		}
		empty = 0
		for range times {
			o.cells = append(o.cells, text)
		}
	}
}

// cell reads to the end of a cell and returns its value: the one saved for the
// program when there is one, the text shown otherwise.
func (o *odsTables) cell(start *xml.StartElement) string {
	attr := func(local string) string {
		for _, a := range start.Attr {
			if a.Name.Local == local {
				return a.Value
			}
		}
		return ""
	}
	var value string
	switch attr("value-type") {
	case "float", "currency", "percentage":
		value = attr("value")
	case "date":
		value, _, _ = strings.Cut(attr("date-value"), "T")
	case "boolean":
		value = strings.ToUpper(attr("boolean-value"))
	case "string":
		value = attr("string-value")
	}
	shown := o.shown()
	if value != "" {
		return value
	}
	return shown
}

// shown reads to the end of a cell and returns its paragraphs, parted by line
// ends, without the remarks hung on it.
func (o *odsTables) shown() string {
	var text strings.Builder
	paragraphs, inside := 0, 0 // inside: depth of the open paragraph
	for depth := o.depth; o.depth >= depth && o.err == nil; {
		token, err := o.raw()
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "p", "h":
				if paragraphs++; paragraphs > 1 {
					text.WriteByte('\n')
				}
				inside = o.depth
			case "s":
				// A blank more does not change what a text means, thousands would
				// make a document grow.
				text.WriteByte(' ')
			case "tab", "line-break":
				text.WriteByte(' ')
			case "annotation", "frame", "table", "table-cell-range-source", "detective":
				o.leave()
			}
		case xml.EndElement:
			if o.depth < inside {
				inside = 0
			}
		case xml.CharData:
			if inside > 0 {
				text.Write(t)
			}
		}
	}
	return strings.TrimSpace(text.String())
}

// token reads the next token that opens or closes an element.
func (o *odsTables) token() (*xml.StartElement, *xml.EndElement) {
	token, err := o.raw()
	if err != nil {
		return nil, nil
	}
	switch t := token.(type) {
	case xml.StartElement:
		return &t, nil
	case xml.EndElement:
		return nil, &t
	}
	return nil, nil
}

// raw reads the next token and keeps the depth: the element a start token opens
// counts, the one an end token closes does not any more.
func (o *odsTables) raw() (xml.Token, error) {
	token, err := o.x.Token()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			err = damaged(err)
		}
		o.fail(err)
		return nil, err
	}
	switch token.(type) {
	case xml.StartElement:
		if o.depth++; o.depth > maxDepthODS {
			// The decoder remembers every open element.
			o.fail(damaged(errors.New("elements nested too deeply")))
			return nil, o.err
		}
	case xml.EndElement:
		o.depth--
	}
	return token, nil
}

// leave reads to the end of the open element.
func (o *odsTables) leave() {
	for depth := o.depth; o.depth >= depth && o.err == nil; {
		_, _ = o.token() // the error is kept
	}
}

func (o *odsTables) fail(err error) {
	if o.err == nil {
		o.err = err
	}
}

// repeated is how often an element stands for itself.
func repeated(start *xml.StartElement, attr string) int {
	for _, a := range start.Attr {
		if a.Name.Local == attr {
			if n, err := strconv.Atoi(a.Value); err == nil && n > 0 {
				return min(n, maxRepeat)
			}
		}
	}
	return 1
}

// maxRepeat is the number of rows of the tallest sheet.
const maxRepeat = 1 << 20

func tooManyCells(line int) error {
	return &record.FileError{
		Line: line, Code: record.FileLimit,
		Message: "la cartella di lavoro ha troppe celle: togliere i fogli e le colonne che non servono",
	}
}
