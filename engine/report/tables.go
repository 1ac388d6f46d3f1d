package report

import (
	"errors"
	"fmt"

	"quadra/engine/explain"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/content"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// shownRows is how many rows of a table its page has without scripts.
const shownRows = 50

// lists are the tables that are written while payments, flows and movements are
// read; nil for those a brief pack does not have.
type lists struct {
	anomalies   *open[content.Anomaly]
	differences *open[content.Difference]
	payments    *open[content.Payment]
	receipts    *open[content.Payment]
	flows       *open[content.Flow]
	cash        *open[content.Movement]
}

// tables writes every table. One whose rows are all handed over may still be
// written while the next one is read.
func (b *builder) tables() (err error) {
	b.content, err = content.Read(b.ctx, b.tx, content.Settings{
		Settings: explain.Settings{AsOf: b.in.AsOf, Rules: b.in.Rules, Calendar: b.in.Calendar, Terms: b.in.Terms, Tolerance: b.in.Tolerance,
			Language: b.in.Language},
		MaskPayers: b.in.MaskPayers, Scope: b.in.Scope, Brief: b.in.Brief, Aside: b.in.Store.ReadAlso,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.content.Close()) }()
	b.anomalies, b.sources, b.credits = newAnomalies(), newSources(), newCredits()
	defer func() { err = errors.Join(err, b.wait()) }()
	if b.whole() {
		if b.decisions, err = b.content.Decisions(); err != nil {
			return err
		}
	}
	var ls lists
	if err := b.openLists(&ls); err != nil {
		return err
	}
	steps := []func(*lists) error{b.readPayments, b.readFlows, b.readMovements, b.closeLists}
	if !b.in.Brief {
		steps = append(steps, b.booking, b.regularising, b.expected)
	}
	steps = append(steps, b.noted, b.decided, b.delivered)
	for _, step := range steps {
		if err := step(&ls); err != nil {
			return err
		}
	}
	return nil
}

// openLists begins the tables in the order in which search shows them.
func (b *builder) openLists(ls *lists) (err error) {
	t := b.sum.Totals
	if !b.in.Brief {
		if ls.payments, err = create(b, b.content.Payments(), t.Payments.Count, table.Sheets{}); err != nil {
			return err
		}
		if ls.flows, err = create(b, b.content.Flows(), t.Settlements.Count, table.Sheets{}); err != nil {
			return err
		}
		if ls.cash, err = create(b, b.content.Cash(), t.Movements.Count, table.Sheets{}); err != nil {
			return err
		}
		if ls.receipts, err = create(b, b.content.Receipts(), -1, table.Sheets{}); err != nil {
			return err
		}
		if ls.differences, err = create(b, b.content.Differences(), -1, table.Sheets{}); err != nil {
			return err
		}
		b.content.Bridging(func(d *content.Difference) error {
			b.largest.add(d)
			return ls.differences.add(d, nil)
		})
	}
	count := int64(0)
	for _, u := range b.unitTotals() {
		n, _ := u.Anomalies()
		count += n
	}
	if b.newsOnly {
		count = -1
	}
	ls.anomalies, err = create(b, b.content.Anomalies(), count, b.sheets())
	return err
}

// filter is what of a unit has to be read.
func (b *builder) filter() store.ViewFilter { return store.ViewFilter{Anomalies: b.in.Brief} }

// newsRun is the run whose anomalies alone are listed; 0: all are.
func (b *builder) newsRun() int64 {
	if b.newsOnly {
		return b.in.Run.ID
	}
	return 0
}

// countPayments counts the anomalous payments that are not all listed.
func (b *builder) countPayments() error {
	return b.tx.KeptAnomalies(func(v *store.Verdict, from record.Date, n int64, amount record.Cents) error {
		b.anomalies.count(content.NamePayment, v, b.in.Calendar.Elapsed(from, b.in.AsOf), ageing{n, amount})
		return nil
	})
}

// readPayments reads the payments once, for every table that speaks of them.
func (b *builder) readPayments(ls *lists) (err error) {
	if b.newsOnly {
		if err := b.countPayments(); err != nil {
			return err
		}
	}
	beside, err := b.beside()
	if err != nil {
		return err
	}
	defer beside.Close()
	err = b.tx.PaymentViews(store.PaymentFilter{ViewFilter: b.filter(), Run: b.newsRun()}, func(v *store.PaymentView) error {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		history, shares, err := beside.Of(v)
		if err != nil {
			return err
		}
		p, err := b.content.Payment(v, history, shares)
		if err != nil || p == nil {
			return err
		}
		return b.payment(ls, p)
	})
	if err != nil {
		return fmt.Errorf("read the payments: %w", err)
	}
	return nil
}

// beside reads what stands beside the payments in one pass: in a brief pack the
// history of the few that are read.
func (b *builder) beside() (*store.Beside, error) {
	if b.in.Brief {
		return b.tx.AnomaliesBeside(b.newsRun())
	}
	return b.tx.PaymentsBeside()
}

func (b *builder) payment(ls *lists, p *content.Payment) error {
	shown := b.content.PaymentCard(p)
	b.count(&b.sum.Totals.Payments, p.Verdict, p.Worth)
	b.sources.payment(p)
	if err := ls.payments.add(p, shown); err != nil {
		return err
	}
	if p.Receipt.Source.Known() {
		if err := ls.receipts.add(p, nil); err != nil {
			return err
		}
	}
	if !b.in.Brief {
		b.content.Count(p)
		if err := b.content.BridgePayment(p); err != nil {
			return err
		}
	}
	if p.Verdict.Sign >= 0 {
		return nil
	}
	return b.anomaly(ls, b.content.PaymentAnomaly(p), shown)
}

func (b *builder) anomaly(ls *lists, a *content.Anomaly, shown *card.Card) error {
	if b.newsOnly && a.Unit == content.NamePayment {
		b.anomalies.list(a) // counted among all
	} else {
		b.anomalies.add(a)
	}
	return ls.anomalies.add(a, shown)
}

func (b *builder) readFlows(ls *lists) error {
	if !b.in.Brief {
		if err := b.content.BridgeLines(); err != nil {
			return err
		}
	}
	err := b.tx.SettlementViews(store.SettlementFilter{ViewFilter: b.filter()}, func(v *store.SettlementView) error {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		f, err := b.content.Flow(v)
		if err != nil || f == nil {
			return err
		}
		shown, err := b.content.FlowCard(f)
		if err != nil {
			return err
		}
		b.count(&b.sum.Totals.Settlements, f.Verdict, f.Seen.Worth)
		b.sources.flow(f)
		if err := ls.flows.add(f, shown); err != nil {
			return err
		}
		if !b.in.Brief {
			b.content.Expect(f)
			b.credits.add(f, b.in.Calendar)
			if err := b.content.BridgeFlow(f); err != nil {
				return err
			}
		}
		if f.Verdict.Sign >= 0 {
			return nil
		}
		return b.anomaly(ls, b.content.FlowAnomaly(f), shown)
	})
	if err != nil {
		return fmt.Errorf("read the flows: %w", err)
	}
	return nil
}

func (b *builder) readMovements(ls *lists) error {
	err := b.content.Regularising()
	if err != nil {
		return err
	}
	err = b.tx.MovementViews(store.MovementFilter{ViewFilter: b.filter()}, func(v *store.MovementView) error {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		m, err := b.content.Movement(v)
		if err != nil || m == nil {
			return err
		}
		shown, err := b.content.MovementCard(m)
		if err != nil {
			return err
		}
		b.count(&b.sum.Totals.Movements, m.Verdict, m.Seen)
		b.sources.movement(m)
		if err := ls.cash.add(m, shown); err != nil {
			return err
		}
		if !b.in.Brief {
			if err := b.content.BridgeMovement(m); err != nil {
				return err
			}
		}
		if m.Verdict.Sign >= 0 {
			return nil
		}
		return b.anomaly(ls, b.content.MovementAnomaly(m), shown)
	})
	if err != nil {
		return fmt.Errorf("read the movements: %w", err)
	}
	return nil
}

func (b *builder) closeLists(ls *lists) error {
	if !b.in.Brief {
		b.bridge, b.residual = b.content.Bridge()
	}
	return errors.Join(finish(b, ls.payments), finish(b, ls.receipts), finish(b, ls.flows), finish(b, ls.cash), finish(b, ls.differences), finish(b, ls.anomalies))
}

// count adds a unit to the totals of a reader of a part.
func (b *builder) count(into *store.UnitTotals, v *store.Verdict, amount record.Cents) {
	if !b.whole() {
		into.Add(v, amount)
	}
}
