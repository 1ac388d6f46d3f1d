package cash

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"quadra/engine/record"
)

// The bounds of a row of a page.
const (
	maxColumnsHTML = 1024
	maxCellHTML    = 1 << 20 // bytes of the text of one cell
)

// htmlTable is one open table of a page.
type htmlTable struct {
	top    [][]string // the first rows, until the table is chosen, then until they are given
	lines  []int      // they start on
	closed bool

	cells []string // of the open row
	row   int      // line the open row starts on; 0 outside of a row
	cell  int      // index of the open cell; -1 outside of a cell
	text  strings.Builder
	below []int // by column: rows below that a cell above still covers

	ended   []string // the last row that ended, valid until the next one does
	endedAt int      // line it starts on
}

func (t *htmlTable) startRow(line int) {
	t.row, t.cell = line, -1
	t.cells = t.cells[:0]
}

// startCell opens the next cell that is not covered from above, as wide as the
// columns it spans.
func (t *htmlTable) startCell(x *html.Tokenizer, attrs bool) error {
	t.endCell()
	columns, rows := 1, 1
	for attrs {
		var key, value []byte
		key, value, attrs = x.TagAttr()
		n, err := strconv.Atoi(strings.TrimSpace(string(value)))
		if err != nil || n < 1 {
			continue
		}
		switch string(key) {
		case "colspan":
			columns = n
		case "rowspan":
			rows = n
		}
	}
	for len(t.cells) < len(t.below) && t.below[len(t.cells)] > 0 {
		t.below[len(t.cells)]--
		t.cells = append(t.cells, "")
	}
	if columns > maxColumnsHTML-len(t.cells) {
		return &record.FileError{
			Line: t.row, Code: record.FileLimit,
			Message: fmt.Sprintf("la tabella ha più di %d colonne: togliere ciò che non serve", maxColumnsHTML),
		}
	}
	t.cell = len(t.cells)
	for range columns {
		if len(t.below) == len(t.cells) {
			t.below = append(t.below, 0)
		}
		t.below[len(t.cells)] = rows - 1
		t.cells = append(t.cells, "")
	}
	return nil
}

// append adds shown text to the open cell, if one is.
func (t *htmlTable) append(text []byte, line int) error {
	if t.cell < 0 {
		return nil
	}
	if t.text.Len()+len(text) > maxCellHTML {
		return &record.FileError{
			Line: line, Code: record.FileLimit,
			Message: "la tabella ha una cella troppo lunga: togliere ciò che non serve",
		}
	}
	t.text.Write(text)
	return nil
}

// endCell closes the open cell, if one is. A page shows any run of white space,
// the kind that does not break included, as one blank.
func (t *htmlTable) endCell() {
	if t.cell >= 0 {
		t.cells[t.cell] = strings.Join(strings.Fields(t.text.String()), " ")
		t.text.Reset()
		t.cell = -1
	}
}

// endRow closes the open row, if one is, and returns the table when the row has
// a cell.
func (t *htmlTable) endRow() *htmlTable {
	if t.row == 0 {
		return nil
	}
	t.endCell()
	for column := len(t.cells); column < len(t.below); column++ {
		t.below[column] = max(t.below[column]-1, 0)
	}
	t.cells, t.ended = t.ended, t.cells
	t.endedAt, t.row = t.row, 0
	if len(t.ended) == 0 {
		return nil
	}
	return t
}
