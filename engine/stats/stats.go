// Package stats adds up what was paid, reported and cashed, by day, month or
// year and by office, debt type, chapter, accertamento or PSP.
//
// Each measure has its own date: paid counts on the day of the payment,
// reported on the regulation day of the flow, cashed on the value date of the
// last movement that pays it; so the measures of one period are not a funnel.
// The universe is every receipt line, and every payment whose receipt the flow
// implies (outcomes 8 and 9). Reported is what carries the label RT_IUF, cashed
// what carries RT_IUF_TES or RT_TES. A share is in one cell of any grouping, so
// that the totals of every grouping are the same.
package stats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Dimension is something totals are grouped by.
type Dimension string

// The dimensions.
const (
	Day          Dimension = "day"
	Month        Dimension = "month"
	Year         Dimension = "year"
	Office       Dimension = "office"
	DebtType     Dimension = "debt-type"
	Chapter      Dimension = "chapter"
	Accertamento Dimension = "accertamento"
	PSP          Dimension = "psp"
)

// Dimensions are all of them, in the order people are told about them.
var Dimensions = []Dimension{Day, Month, Year, Office, DebtType, Chapter, Accertamento, PSP}

// ErrDimension says that there is no such dimension, or that two of them are
// periods.
var ErrDimension = errors.New("no such grouping")

// Measure is one of the three things added up.
type Measure string

// The measures.
const (
	Paid     Measure = "paid"
	Reported Measure = "reported"
	Cashed   Measure = "cashed"
)

// Measures are all of them.
var Measures = []Measure{Paid, Reported, Cashed}

// Options say what to add up.
type Options struct {
	By []Dimension
	// From and To bound the date of each measure, both included; 0: no bound.
	From, To record.Date
	// Only keeps the cells with these values, by dimension.
	Only map[Dimension]string
}

// Sum is how many receipts and how much.
type Sum struct {
	Receipts int64        // receipt lines; one split over several cells counts in each
	Amount   record.Cents // cents
}

// Cell is the totals of one group.
type Cell struct {
	Keys                   []string // in the order of Options.By; empty: nothing is known of it
	Paid, Reported, Cashed Sum
}

// Table is every cell in order, and the totals of all.
type Table struct {
	By    []Dimension
	Cells []Cell
	Total Cell // its receipts are counted once
}

// Build adds up the books.
func Build(ctx context.Context, tx *store.Tx, opt Options) (*Table, error) {
	c, err := NewCounter(tx, opt)
	if err != nil {
		return nil, err
	}
	err = tx.StatRows(func(r *store.StatRow) error {
		c.Add(r)
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("statistics: %w", err)
	}
	return c.Table(), nil
}

// Receipts calls fn for every share behind the cell of a measure that opt.Only
// names, in the order of IUV, IUR, index and share. fn must not keep the row.
func Receipts(ctx context.Context, tx *store.Tx, opt Options, m Measure, fn func(*store.StatRow) error) error {
	for d := range opt.Only {
		if !slices.Contains(opt.By, d) {
			opt.By = append(slices.Clone(opt.By), d)
		}
	}
	c, err := NewCounter(tx, opt)
	if err != nil {
		return err
	}
	err = tx.StatRows(func(r *store.StatRow) error {
		on, counts := dateOf(r, m)
		if !counts || !c.within(on) {
			return ctx.Err()
		}
		if _, ok := c.keys(r, on); !ok {
			return ctx.Err()
		}
		return fn(r)
	})
	if err != nil {
		return fmt.Errorf("receipts of the statistics: %w", err)
	}
	return nil
}

func dateOf(r *store.StatRow, m Measure) (on record.Date, counts bool) {
	switch m {
	case Reported:
		return r.ReportedOn, r.Reported
	case Cashed:
		return r.CashedOn, r.Cashed
	case Paid:
	}
	return r.PaidOn, true
}

// Counter adds up rows that somebody reads anyhow, in the order of
// [store.Tx.StatRows].
type Counter struct {
	opt   Options
	names map[int64]string // of accertamenti
	cells map[string]*tally
	total tally
	key   []string
}

// tally is a cell being counted: last is the receipt line each measure counted
// last, because the shares of a line come together.
type tally struct {
	Cell
	last [3]store.ReceiptKey
}

// NewCounter begins a table.
func NewCounter(tx *store.Tx, opt Options) (*Counter, error) {
	periods := 0
	for _, d := range opt.By {
		if !slices.Contains(Dimensions, d) {
			return nil, fmt.Errorf("%w: %q", ErrDimension, d)
		}
		if d == Day || d == Month || d == Year {
			periods++
		}
	}
	if periods > 1 {
		return nil, fmt.Errorf("%w: day, month and year exclude each other", ErrDimension)
	}
	c := &Counter{opt: opt, cells: make(map[string]*tally), key: make([]string, len(opt.By))}
	var err error
	c.names, err = tx.AccertamentoNames()
	return c, err
}

// Add counts a row in every measure it belongs to.
func (c *Counter) Add(r *store.StatRow) {
	for i, m := range Measures {
		if on, counts := dateOf(r, m); counts && c.within(on) {
			if keys, ok := c.keys(r, on); ok {
				c.add(r, i, keys)
			}
		}
	}
}

func (c *Counter) within(on record.Date) bool {
	return (c.opt.From == 0 || on >= c.opt.From) && (c.opt.To == 0 || on <= c.opt.To)
}

// keys are the values of a row; ok is false when the options leave it out.
func (c *Counter) keys(r *store.StatRow, on record.Date) (keys []string, ok bool) {
	for i, d := range c.opt.By {
		v := c.value(r, on, d)
		if want, only := c.opt.Only[d]; only && want != v {
			return nil, false
		}
		c.key[i] = v
	}
	return c.key, true
}

func (c *Counter) value(r *store.StatRow, on record.Date, d Dimension) string {
	switch d {
	case Day:
		return on.String()
	case Month:
		return period(on, len("2026-01"))
	case Year:
		return period(on, len("2026"))
	case Office:
		return r.Office
	case DebtType:
		return r.DebtType
	case Chapter:
		if r.Article != "" {
			return r.Chapter + "/" + r.Article
		}
		return r.Chapter
	case Accertamento:
		if name := c.names[r.Accertamento]; name != "" {
			return name
		}
		return r.Assessment
	case PSP:
		return r.PSP
	}
	return ""
}

// period is the beginning of a day; empty when the day is not known.
func period(on record.Date, length int) string {
	text := on.String()
	return text[:min(length, len(text))]
}

func (c *Counter) add(r *store.StatRow, measure int, keys []string) {
	key := strings.Join(keys, "\x00")
	t := c.cells[key]
	if t == nil {
		t = &tally{Cell: Cell{Keys: slices.Clone(keys)}}
		c.cells[key] = t
	}
	t.add(r, measure)
	c.total.add(r, measure)
}

func (t *tally) add(r *store.StatRow, measure int) {
	s := [...]*Sum{&t.Paid, &t.Reported, &t.Cashed}[measure]
	s.Amount += r.Amount
	if t.last[measure] != r.ReceiptKey {
		t.last[measure] = r.ReceiptKey
		s.Receipts++
	}
}

// Table is what was added up, in order.
func (c *Counter) Table() *Table {
	t := &Table{By: c.opt.By, Total: c.total.Cell}
	for _, cell := range c.cells {
		t.Cells = append(t.Cells, cell.Cell)
	}
	slices.SortFunc(t.Cells, func(a, b Cell) int { return slices.Compare(a.Keys, b.Keys) })
	return t
}
