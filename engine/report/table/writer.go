package table

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"quadra/engine/record"
)

// Options is how tables of a pack are written.
type Options struct {
	Dir      string // the pack
	Language string // it or en
	AsOf     record.Date
	// Machine writes CSV for programs: comma, decimal point, ISO dates, codes.
	// Otherwise it is what an Italian spreadsheet opens.
	Machine bool
	// Shown is how many rows the page itself shows.
	Shown int
}

// Summary is what was written, and what it adds up to: the totals every form
// carries.
type Summary struct {
	Def    *Definition
	Rows   int64
	Totals map[string]record.Cents // of the columns that are added up, by key
	First  [][]Cell                // the rows the page shows
}

// Writer writes a table. Add and Close are called from one goroutine; each form
// is written by one of its own.
type Writer struct {
	def    *Definition
	opt    Options
	values []*values // of the columns of codes
	ctx    context.Context
	stop   context.CancelCauseFunc
	feeds  []chan *batch
	busy   sync.WaitGroup

	pending *batch
	sum     Summary
	closed  bool
}

// batch is some rows on their way to the forms, which only read them.
type batch struct {
	cells []Cell // row after row
	cards []Card
	rows  int
}

// Card is a panel, written as JSON. What many panels of a file say alike is put
// among what they share.
type Card interface {
	AppendJSON(to []byte, shared *Shared) []byte
}

// form is one way of writing a table.
type form interface {
	add(*batch) error
	close(*Summary) error
}

const (
	batched = 500 // rows handed on at once
	ahead   = 4   // batches that may wait for a form
)

// Create begins the files of a table of so many rows, as far as that is known
// (-1 where it is not). Sheets, when there are any, stand in the workbook beside
// the table's own.
func Create(ctx context.Context, def *Definition, opt Options, rows int64, sheets Sheets) (*Writer, error) {
	w := &Writer{def: def, opt: opt, sum: Summary{Def: def, Totals: make(map[string]record.Cents)}}
	w.ctx, w.stop = context.WithCancelCause(ctx)
	for i := range def.Columns {
		c := &def.Columns[i]
		w.values = append(w.values, newValues(c.Values))
		if c.Total {
			w.sum.Totals[c.Key] = 0
		}
	}
	for _, create := range []func() (form, error){
		func() (form, error) { return newBrowser(w) },
		func() (form, error) { return newCSV(w) },
		func() (form, error) { return newJSON(w) },
		func() (form, error) { return newXLSX(w, rows, sheets) },
	} {
		f, err := create()
		if err != nil {
			w.stop(fmt.Errorf("write %s: %w", def.Name, err))
			return nil, errors.Join(context.Cause(w.ctx), w.Wait())
		}
		w.start(f)
	}
	return w, nil
}

// start lets a form write what it is handed. A form that fails stops all of
// them; what still comes is let go.
func (w *Writer) start(f form) {
	feed := make(chan *batch, ahead)
	w.feeds = append(w.feeds, feed)
	w.busy.Go(func() {
		for b := range feed {
			if w.ctx.Err() == nil {
				w.note(f.add(b))
			}
		}
		w.note(f.close(&w.sum))
	})
}

func (w *Writer) note(err error) {
	if err != nil {
		w.stop(fmt.Errorf("write %s: %w", w.def.Name, err))
	}
}

// Add takes a row and its panel, which is nil in a table without. The cells are
// copied, in the order of the columns; the panel is not.
func (w *Writer) Add(row []Cell, card Card) error {
	if len(row) != len(w.def.Columns) {
		return fmt.Errorf("table %s: a row of %d cells for %d columns", w.def.Name, len(row), len(w.def.Columns))
	}
	if w.pending == nil {
		w.pending = &batch{cells: make([]Cell, 0, batched*len(row))}
	}
	b := w.pending
	at := len(b.cells)
	b.cells = append(b.cells, row...)
	for i := range row {
		c := &w.def.Columns[i]
		cell := &b.cells[at+i]
		switch {
		case !cell.known:
		case c.Kind == KindCode:
			cell.number = w.values[i].place(cell.text)
		case c.Total:
			w.sum.Totals[c.Key] += record.Cents(cell.number)
		}
	}
	if len(w.sum.First) < w.opt.Shown {
		w.sum.First = append(w.sum.First, slices.Clone(b.cells[at:]))
	}
	if w.def.Cards > 0 {
		b.cards = append(b.cards, card)
	}
	w.sum.Rows++
	if b.rows++; b.rows < batched {
		return nil
	}
	return w.flush()
}

func (w *Writer) flush() error {
	b := w.pending
	w.pending = nil
	if b == nil {
		return nil
	}
	for _, feed := range w.feeds {
		select {
		case feed <- b:
		case <-w.ctx.Done():
			return context.Cause(w.ctx)
		}
	}
	return nil
}

// Close says that there are no more rows. The forms may still be at work: Wait
// says when they are done.
func (w *Writer) Close() (*Summary, error) {
	err := w.flush()
	w.end()
	return &w.sum, err
}

func (w *Writer) end() {
	if !w.closed {
		w.closed = true
		for _, feed := range w.feeds {
			close(feed)
		}
	}
}

// Wait waits for the files to be whole and returns what went wrong. Without a
// Close before it, what was taken is given up.
func (w *Writer) Wait() error {
	if !w.closed {
		w.stop(fmt.Errorf("write %s: given up", w.def.Name))
		w.end()
	}
	w.busy.Wait()
	err := context.Cause(w.ctx)
	w.stop(nil)
	return err
}

// Value is the value of a cell of a column of codes.
func (w *Writer) Value(column int, c Cell) Value { return w.values[column].value(c) }
