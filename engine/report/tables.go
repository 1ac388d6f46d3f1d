package report

import (
	"errors"
	"fmt"

	"quadra/engine/explain"
	"quadra/engine/report/content"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// shownRows is how many rows of a table its page shows without scripts.
const shownRows = 50

// tables writes the tables of a pack. A table whose rows are all handed over may
// still be written while the next one is read.
type tables struct {
	b       *builder
	content *content.Content
	opt     table.Options
	writers []*table.Writer
	done    map[string]*written
	order   []string
}

// written is a table as its page shows it.
type written struct {
	*table.Summary
	writer *table.Writer
}

func (ts *tables) create(def *table.Definition, rows int64, sheets table.Sheets) (*table.Writer, error) {
	w, err := table.Create(ts.b.ctx, def, ts.opt, rows, sheets)
	if err != nil {
		return nil, err
	}
	ts.writers = append(ts.writers, w)
	return w, nil
}

func (ts *tables) close(w *table.Writer) error {
	sum, err := w.Close()
	ts.done[sum.Def.Name] = &written{sum, w}
	ts.order = append(ts.order, sum.Def.Name)
	return err
}

// wait waits until every table is whole.
func (ts *tables) wait() error {
	var err error
	for _, w := range ts.writers {
		err = errors.Join(err, w.Wait())
	}
	return err
}

// known is how many rows a table will have, when the reader sees them all.
func (ts *tables) known(n int64) int64 {
	if !ts.b.in.Scope.All() {
		return -1
	}
	return n
}

func (b *builder) writeTables() (err error) {
	c, err := content.Read(b.ctx, b.tx, content.Settings{
		Settings: explain.Settings{AsOf: b.in.AsOf, Rules: b.in.Rules, Calendar: b.in.Calendar, Terms: b.in.Terms, Tolerance: b.in.Tolerance,
			Language: b.in.Language},
		MaskPayers: b.in.MaskPayers, Scope: b.in.Scope, Brief: b.in.Brief,
	})
	if err != nil {
		return err
	}
	b.tables = &tables{b: b, content: c, done: make(map[string]*written), opt: table.Options{Dir: b.dir, Language: b.in.Language, AsOf: b.in.AsOf,
		Machine: b.in.Machine, Shown: shownRows}}
	defer func() { err = errors.Join(err, b.tables.wait()) }()
	for _, step := range []func() error{b.tables.payments, b.tables.flows, b.tables.movements} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// payments reads the payments once, for every table that speaks of them.
func (ts *tables) payments() (err error) {
	payments, receipts := ts.content.Payments(), ts.content.Receipts()
	total := &ts.b.sum.Totals.Payments
	all, err := ts.create(&payments.Definition, ts.known(total.Count), table.Sheets{})
	if err != nil {
		return err
	}
	some, err := ts.create(&receipts.Definition, -1, table.Sheets{})
	if err != nil {
		return err
	}
	beside, err := ts.b.tx.PaymentsBeside()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, beside.Close()) }()
	err = ts.b.tx.PaymentViews(store.PaymentFilter{}, func(v *store.PaymentView) error {
		history, shares, err := beside.Of(v)
		if err != nil {
			return err
		}
		p, err := ts.content.Payment(v, history, shares)
		if err != nil || p == nil {
			return errors.Join(err, ts.b.ctx.Err())
		}
		if err := all.Add(payments.Row(p), ts.content.PaymentCard(p)); err != nil {
			return err
		}
		if p.Receipt.Source.Known() {
			if err := some.Add(receipts.Row(p), nil); err != nil {
				return err
			}
		}
		return ts.b.ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read the payments: %w", err)
	}
	return errors.Join(ts.close(all), ts.close(some))
}

func (ts *tables) flows() error {
	list := ts.content.Flows()
	w, err := ts.create(&list.Definition, ts.known(ts.b.sum.Totals.Settlements.Count), table.Sheets{})
	if err != nil {
		return err
	}
	err = ts.b.tx.SettlementViews(store.SettlementFilter{}, func(v *store.SettlementView) error {
		f, err := ts.content.Flow(v, nil)
		if err != nil || f == nil {
			return errors.Join(err, ts.b.ctx.Err())
		}
		card, err := ts.content.FlowCard(f)
		if err != nil {
			return err
		}
		return errors.Join(w.Add(list.Row(f), card), ts.b.ctx.Err())
	})
	if err != nil {
		return fmt.Errorf("read the flows: %w", err)
	}
	return ts.close(w)
}

func (ts *tables) movements() error {
	list := ts.content.Cash()
	w, err := ts.create(&list.Definition, ts.known(ts.b.sum.Totals.Movements.Count), table.Sheets{})
	if err != nil {
		return err
	}
	err = ts.b.tx.MovementViews(store.MovementFilter{}, func(v *store.MovementView) error {
		m, err := ts.content.Movement(v)
		if err != nil || m == nil {
			return errors.Join(err, ts.b.ctx.Err())
		}
		card, err := ts.content.MovementCard(m)
		if err != nil {
			return err
		}
		return errors.Join(w.Add(list.Row(m), card), ts.b.ctx.Err())
	})
	if err != nil {
		return fmt.Errorf("read the movements: %w", err)
	}
	return ts.close(w)
}
