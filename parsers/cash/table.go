package cash

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
)

// rowSource gives the rows of a table, whatever holds it: a CSV, a sheet of a
// workbook, a table of a page.
//
// A cell is plain text. A source that knows numbers gives them as exact decimal
// text with a dot and no thousands ("1234.5"), one that knows dates gives them
// as YYYY-MM-DD; text is given as it is. Rows without any text may be left out.
// cells are valid until the following call; line is where the row starts, from
// 1. At the end err is io.EOF. A [*csvrow.RowError] concerns one row only, any
// other error ends the reading.
type rowSource interface {
	Next() (cells []string, line int, err error)
}

// delimited is a source whose fields are told apart by a separator: too few or
// too many of them are a fault of the row, and numbers are text like any other.
// It goes to readTable as it is, as only its last row knows its end.
type delimited interface {
	// Unterminated tells whether the last row ends without a line end.
	Unterminated() bool
}

// calendar1904 is a source that gives dates as serial numbers and says from when.
type calendar1904 interface{ Date1904() bool }

// layoutRows is how many rows from the top are looked at to choose a layout and
// to find its header: treasurers put titles above it.
const layoutRows = 10

// chooseAndRead chooses a layout among those of the options and reads the table
// with it. found is false when no layout fits; then nothing was handed over and
// err is nil, so that another table may be tried, unless the top rows could not
// be read.
func chooseAndRead(ctx context.Context, src rowSource, doc record.Doc, opt Options, sink Sink) (s Summary, found bool, err error) {
	layouts, err := opt.layouts()
	if err != nil {
		return Summary{}, false, err
	}
	top := peek(src, layoutRows)
	layout := chooseLayout(layouts, top.firstRows())
	if layout == nil {
		return Summary{}, false, top.fatal()
	}
	s, err = readTable(ctx, top, doc, layout, opt, sink)
	return s, true, err
}

// readTable reads the rows of src, from its first one, as layout says. doc is
// the document with the container in its Format ("csv", "xlsx", "xls", ...),
// which readTable completes with the name of the layout: "provvisori-csv".
func readTable(ctx context.Context, src rowSource, doc record.Doc, layout *Layout, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	t := &table{
		stream: stream{ctx: ctx, maxRows: opt.MaxRows, sink: sink, Summary: Summary{Doc: layout.docOf(doc)}},
		rows:   rowReader{layout: layout, places: layout.places(), ipa: opt.IPA},
		src:    src,
	}
	t.delimited, _ = src.(delimited)
	t.rows.sheet = t.delimited == nil
	if top, ok := src.(*peeked); ok {
		src = top.src
	}
	if c, ok := src.(calendar1904); ok {
		t.rows.date1904 = c.Date1904()
	}
	err := t.read()
	return t.Summary, err
}

// table reads one table.
type table struct {
	stream
	rows      rowReader
	src       rowSource
	delimited delimited // nil when the source is none

	seen, written int // rows so far, and those with any text
	headed        bool
	opened        bool
	need          int // fields a row must have
	width         int // fields a row may have; 0 for any number
	held          []heldRow
	movement      record.Movement // its memory is used again for the next row
}

// heldRow is one of the last rows of a table that may be no movement.
type heldRow struct {
	cells []string
	line  int
}

func (t *table) read() error {
	for {
		cells, line, err := t.src.Next()
		var broken *csvrow.RowError
		switch {
		case errors.Is(err, io.EOF):
			return t.end()
		case errors.As(err, &broken):
			err = t.brokenRow(broken)
		case err == nil:
			t.seen++
			if t.seen%1024 == 0 {
				err = t.ctx.Err()
			}
			if err == nil && !blank(cells) {
				t.written++
				err = t.take(cells, line)
			}
		}
		if err != nil {
			return err
		}
	}
}

// brokenRow leaves out a row that cannot be told apart into fields; above the
// rows there is nothing to do without it.
func (t *table) brokenRow(broken *csvrow.RowError) error {
	if !t.headed && t.rows.layout.header == headerNames {
		return headerError(broken)
	}
	if err := t.openOnce(); err != nil {
		return err
	}
	if err := t.row(broken.Line); err != nil {
		return err
	}
	return t.refuse(&record.Reject{Line: broken.Line, Code: broken.Code, Reason: broken.Reason})
}

// take takes a row with text in it.
func (t *table) take(cells []string, line int) error {
	l := t.rows.layout
	if account := l.columns[colAccount]; account.line == t.written {
		if account.field <= len(cells) {
			t.rows.account = strings.TrimSpace(cells[account.field-1])
		}
	}
	switch {
	case t.written <= l.skip:
		return nil
	case t.headed:
	case l.header == headerNames:
		return t.header(cells, line)
	case l.header == headerSkip, l.header == headerMaybe && !t.rows.hasDay(cells):
		t.headed, t.width, t.need = true, l.width, t.rows.need()
		return t.openOnce()
	default:
		t.headed, t.width, t.need = true, l.width, t.rows.need()
	}
	if err := t.openOnce(); err != nil {
		return err
	}
	if err := t.cut(cells, line); err != nil {
		return err
	}
	if l.footer == 0 {
		return t.data(cells, line)
	}
	if len(t.held) < l.footer {
		t.held = append(t.held, heldRow{slices.Clone(cells), line})
		return nil
	}
	first := t.held[0]
	if err := t.data(first.cells, first.line); err != nil {
		return err
	}
	copy(t.held, t.held[1:])
	t.held[len(t.held)-1] = heldRow{append(first.cells[:0], cells...), line}
	return nil
}

// header looks for the header among the top rows.
func (t *table) header(cells []string, line int) error {
	if full, _ := t.rows.layout.fits(cells); !full && !t.rows.layout.resembles(cells) && t.seen < layoutRows {
		return nil
	}
	places, err := t.rows.layout.findHeader(cells, line)
	if err != nil {
		return err
	}
	t.rows.places, t.headed, t.width = places, true, len(cells)
	t.need = t.rows.need()
	return t.openOnce()
}

func (t *table) openOnce() error {
	if t.opened {
		return nil
	}
	t.opened = true
	if account := t.rows.layout.columns[colAccount]; account.line > 0 && t.rows.account == "" {
		return &record.FileError{
			Line: account.line, Code: record.FileContent,
			Message: fmt.Sprintf("manca il conto nel campo %d della riga %d", account.field, account.line),
		}
	}
	return t.open()
}

// cut refuses a file whose last row lacks fields and its line end.
func (t *table) cut(cells []string, line int) error {
	if t.delimited == nil || len(cells) >= t.need || !t.delimited.Unterminated() ||
		t.rows.layout.footer > 0 && !t.rows.hasDay(cells) {
		return nil
	}
	return &record.FileError{
		Line: line, Code: record.FileTruncated,
		Message: "l'ultima riga è incompleta: il file è stato tagliato, farselo mandare di nuovo",
	}
}

// data takes a row below the header.
func (t *table) data(cells []string, line int) error {
	if err := t.row(line); err != nil {
		return err
	}
	if t.rows.ignored(cells) {
		t.Skipped++
		return nil
	}
	if t.delimited != nil {
		if bad := countFields(line, cells, t.need, t.width); bad != nil {
			return t.refuse(bad)
		}
	}
	m := &t.movement
	bad, err := t.rows.movement(line, cells, m)
	switch {
	case err != nil:
		return err
	case bad != nil:
		return t.refuse(bad)
	case m.Amount < 0 && !t.rows.layout.keepDebits:
		t.Skipped++
		return nil
	}
	if err := t.accept(m); err != nil {
		return err
	}
	if !t.rows.regularised(cells) || m.Amount < 0 {
		return nil
	}
	// The cash came in and an order covers it: two events of one provvisorio.
	m.Operation, m.SameRow = record.OpRegularised, true
	return t.sink.Movement(m)
}

// end takes the rows that were held back and judges a table without any.
func (t *table) end() error {
	for _, last := range t.held {
		if !t.rows.hasDay(last.cells) {
			if err := t.row(last.line); err != nil {
				return err
			}
			t.Skipped++
			continue
		}
		if err := t.data(last.cells, last.line); err != nil {
			return err
		}
	}
	switch {
	case t.written == 0:
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case !t.headed && t.rows.layout.header == headerNames:
		_, err := t.rows.layout.findHeader(nil, 0)
		return err
	}
	return t.openOnce()
}

// countFields refuses a row with too few fields, or with more than there are
// columns: a separator inside the remittance text moves the columns after it.
func countFields(line int, fields []string, need, width int) *record.Reject {
	switch {
	case len(fields) < need:
		return &record.Reject{
			Line: line, Code: record.RejectColumns,
			Reason: fmt.Sprintf("la riga ha %d campi, ne servono almeno %d", len(fields), need),
		}
	case width > 0 && len(fields) > width && !blank(fields[width:]):
		return &record.Reject{
			Line: line, Code: record.RejectColumns,
			Reason: fmt.Sprintf("la riga ha %d campi, l'intestazione %d: chiudere tra virgolette i testi che contengono il separatore",
				len(fields), width),
		}
	}
	return nil
}

// headerError turns the fault of a header row into one of the file.
func headerError(err error) error {
	var broken *csvrow.RowError
	if errors.As(err, &broken) {
		return &record.FileError{
			Line: broken.Line, Code: record.FileHeader, Cause: err,
			Message: "l'intestazione non si può leggere: " + broken.Reason,
		}
	}
	return err
}

func blank(fields []string) bool {
	for _, f := range fields {
		if strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}
