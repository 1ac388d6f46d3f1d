package biff

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// The records of a sheet that matter here.
const (
	recFormula  = 0x0006
	recMulRK    = 0x00BD
	recRString  = 0x00D6
	recLabelSST = 0x00FD
	recNumber   = 0x0203
	recLabel    = 0x0204
	recBoolErr  = 0x0205
	recString   = 0x0207
	recRK       = 0x027E
)

// maxColumns of a BIFF8 sheet.
const maxColumns = 256

// Rows reads the rows of a sheet from its top.
type Rows struct {
	book  *Workbook
	recs  *records
	cells []string
	row   int    // the last row given, -1 before the first
	queue []cell // read, not given yet
	// formula is a cell whose text comes in a record of its own.
	formula *cell
	left    int // cells that may still come

	zeros, firstZero int // formulas saved as 0, and the row of the first

	done bool
	err  error // the first error, repeated
}

type cell struct {
	row, column int
	text        string
}

// Rows starts reading a sheet, by its place in [Workbook.Sheets]. It ends the
// reading of any other sheet of the workbook. Memory is one row, but for a sheet
// whose rows were not saved in order, which is held whole.
func (w *Workbook) Rows(sheet int) (*Rows, error) {
	if sheet < 0 || sheet >= len(w.sheets) {
		return nil, fmt.Errorf("the workbook has no sheet %d", sheet)
	}
	ordered, err := w.ordered(sheet)
	if err != nil {
		return nil, err
	}
	r := &Rows{book: w, row: -1, left: w.limits.MaxCells}
	if r.recs, err = w.substream(w.sheets[sheet].at); err != nil {
		return nil, err
	}
	if !ordered {
		err = r.sort()
	}
	return r, err
}

// ordered reads a sheet once to see whether its rows come from the top down, as
// Excel saves them. Programs that write workbooks by themselves may leave them
// in the order they were made in.
func (w *Workbook) ordered(sheet int) (bool, error) {
	r := &Rows{book: w}
	var err error
	if r.recs, err = w.substream(w.sheets[sheet].at); err != nil {
		return false, err
	}
	ordered, last := true, uint16(0)
	for {
		if err := r.recs.next(); err != nil {
			return false, err
		}
		switch r.recs.kind {
		case recEOF:
			return ordered, nil
		case recBOF:
			if err := r.passOver(); err != nil {
				return false, err
			}
		case recMulRK, recRK, recNumber, recLabelSST, recLabel, recRString, recFormula, recBoolErr:
			if len(r.recs.data) < 2 {
				return false, damaged(errShort)
			}
			row := binary.LittleEndian.Uint16(r.recs.data)
			ordered = ordered && row >= last
			last = row
		}
	}
}

// sort reads the whole sheet and puts its rows in order.
func (r *Rows) sort() error {
	for !r.done {
		if err := r.record(); err != nil {
			return err
		}
		if len(r.queue) > r.book.limits.MaxCells {
			return r.tooMany()
		}
	}
	slices.SortStableFunc(r.queue, func(a, b cell) int { return a.row - b.row })
	return nil
}

func (r *Rows) tooMany() error {
	return tooLarge(fmt.Sprintf("ha un foglio con più di %d celle", r.book.limits.MaxCells))
}

// Next returns the cells of the next row that has any, up to the last one with
// text, and the number of the row in the sheet, from 1. Cells are valid until
// the following call. At the end the error is io.EOF.
func (r *Rows) Next() (cells []string, line int, err error) {
	if r.err != nil {
		return nil, 0, r.err
	}
	if err := r.read(); err != nil {
		r.err = err
		return nil, 0, err
	}
	return r.cells, r.row + 1, nil
}

func (r *Rows) read() error {
	clear(r.cells)
	r.cells = r.cells[:0]
	for row := -1; ; {
		for i, c := range r.queue {
			if row >= 0 && c.row != row {
				r.queue = r.queue[i:]
				r.row = row
				return nil
			}
			row = c.row
			for len(r.cells) <= c.column {
				if r.left--; r.left < 0 {
					return r.tooMany()
				}
				r.cells = append(r.cells, "")
			}
			r.cells[c.column] = c.text
		}
		r.queue = r.queue[:0]
		switch {
		case !r.done:
			if err := r.record(); err != nil {
				return err
			}
		case row >= 0:
			r.row = row
			return nil
		default:
			return io.EOF
		}
	}
}

// record reads one record and queues the cells in it.
func (r *Rows) record() error {
	if err := r.recs.next(); err != nil {
		return err
	}
	d := r.recs.data
	switch r.recs.kind {
	case recEOF:
		r.done = true
		return nil
	case recBOF:
		return r.passOver()
	case recString:
		return r.formulaText()
	case recMulRK:
		return r.several(d)
	case recRK, recNumber, recLabelSST, recLabel, recRString, recFormula, recBoolErr:
	default:
		return nil
	}
	if len(d) < 8 {
		return damaged(errShort)
	}
	r.formula = nil
	le := binary.LittleEndian
	c := cell{row: int(le.Uint16(d)), column: int(le.Uint16(d[2:]))}
	xf, value := le.Uint16(d[4:]), d[6:]
	var err error
	switch r.recs.kind {
	case recRK:
		if len(value) < 4 {
			return damaged(errShort)
		}
		c.text = r.book.number(compact(le.Uint32(value)), xf)
	case recNumber:
		if len(value) < 8 {
			return damaged(errShort)
		}
		c.text = r.book.number(math.Float64frombits(le.Uint64(value)), xf)
	case recLabelSST:
		c.text, err = r.shared(value)
	case recLabel, recRString:
		t := texts{recs: r.recs, data: value}
		c.text, err = t.long()
	case recFormula:
		err = r.result(&c, xf, value)
	case recBoolErr:
		c.text = boolOrError(value[0], value[1] != 0)
	}
	if err != nil {
		return err
	}
	return r.add(c)
}

// add queues a cell. One without text is no cell.
func (r *Rows) add(c cell) error {
	if c.column >= maxColumns {
		return damaged(fmt.Errorf("column %d", c.column))
	}
	if c.text != "" {
		r.queue = append(r.queue, c)
	}
	return nil
}

// passOver reads to the end of a substream inside this one: a chart.
func (r *Rows) passOver() error {
	for depth := 1; depth > 0; {
		if err := r.recs.next(); err != nil {
			return err
		}
		switch r.recs.kind {
		case recBOF:
			depth++
		case recEOF:
			depth--
		}
	}
	return nil
}

// several queues the cells of a MULRK record: numbers side by side.
func (r *Rows) several(d []byte) error {
	r.formula = nil
	if len(d) < 6 || (len(d)-6)%6 != 0 {
		return damaged(errShort)
	}
	le := binary.LittleEndian
	c := cell{row: int(le.Uint16(d)), column: int(le.Uint16(d[2:]))}
	for d = d[4 : len(d)-2]; len(d) > 0; d = d[6:] {
		c.text = r.book.number(compact(le.Uint32(d[2:])), le.Uint16(d))
		if err := r.add(c); err != nil {
			return err
		}
		c.column++
	}
	return nil
}

// shared is the text of the table an index points at.
func (r *Rows) shared(value []byte) (string, error) {
	if len(value) < 4 {
		return "", damaged(errShort)
	}
	at := binary.LittleEndian.Uint32(value)
	if int64(at) >= int64(len(r.book.texts)) {
		return "", damaged(fmt.Errorf("text %d of %d", at, len(r.book.texts)))
	}
	return r.book.texts[at], nil
}

// result reads what a formula gave when Excel last computed it.
func (r *Rows) result(c *cell, xf uint16, value []byte) error {
	if len(value) < 8 {
		return damaged(errShort)
	}
	if binary.LittleEndian.Uint64(value) == 0 {
		if r.zeros++; r.zeros == 1 {
			r.firstZero = c.row + 1
		}
		return nil
	}
	if value[6] != 0xFF || value[7] != 0xFF {
		c.text = r.book.number(math.Float64frombits(binary.LittleEndian.Uint64(value)), xf)
		return nil
	}
	const asText, asBool, asError = 0, 1, 2
	switch value[0] {
	case asText:
		at := *c
		r.formula = &at
	case asBool, asError:
		c.text = boolOrError(value[2], value[0] == asError)
	}
	return nil
}

// ZeroFormulas is how many formulas met so far were saved with the number 0 as
// their result, and the row of the first. LibreOffice saves formulas that give a
// text that way, to be computed by whoever opens the file: nobody knows what they
// say, and their cells are empty.
func (r *Rows) ZeroFormulas() (formulas, firstRow int) { return r.zeros, r.firstZero }

// formulaText reads the text the formula before gave.
func (r *Rows) formulaText() error {
	if r.formula == nil {
		return nil // some programs add one to a formula without text
	}
	c := *r.formula
	r.formula = nil
	t := texts{recs: r.recs, data: r.recs.data}
	var err error
	if c.text, err = t.long(); err != nil {
		return err
	}
	return r.add(c)
}

// errorNames are the errors of Excel by their code.
var errorNames = map[byte]string{
	0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}

func boolOrError(value byte, isError bool) string {
	switch {
	case isError && errorNames[value] != "":
		return errorNames[value]
	case isError:
		return "#ERR!"
	case value != 0:
		return "TRUE"
	}
	return "FALSE"
}
