package store

import (
	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// Beside reads what stands beside the payments - their histories and shares - in
// the order of [Tx.PaymentViews]: one pass for each, rather than a query for each
// payment.
type Beside struct {
	tx      *Tx
	view    *viewer
	runs    map[int64]record.Date
	files   map[int64]*File
	history *cursor[besideChange]
	shares  *cursor[besideShare]

	iuv     string // of what is held
	changes []besideChange
	parts   []besideShare
}

type besideChange struct {
	PaymentKey
	run, before, after, file int64
	change                   TracedChange
}

type besideShare struct {
	iur   string
	index int
	share Share
}

// PaymentsBeside begins the pass. The caller closes what it gets.
func (tx *Tx) PaymentsBeside() (*Beside, error) { return tx.beside("BesideHistory", nil, true) }

// AnomaliesBeside begins a pass beside the payments that are anomalies, or those
// that a run brought or judged anew (0: all), with their histories and no shares.
// The caller closes what it gets.
func (tx *Tx) AnomaliesBeside(run int64) (*Beside, error) {
	if run != 0 {
		var args packed.Rows
		args.Int(run)
		return tx.beside("BesideAnomaliesOfRun", &args, false)
	}
	many, err := tx.manyAnomalies()
	if err != nil {
		return nil, err
	}
	if many {
		return tx.beside("BesideManyAnomalies", nil, false)
	}
	return tx.beside("BesideAnomalies", nil, false)
}

func (tx *Tx) beside(history string, args *packed.Rows, shares bool) (*Beside, error) {
	b := &Beside{tx: tx, view: tx.viewer(), runs: make(map[int64]record.Date), files: make(map[int64]*File)}
	err := tx.each("BesideRuns", nil, func(scan func(...any) error) error {
		var id int64
		var asOf record.Date
		if err := scan(&id, dateInto{&asOf}); err != nil {
			return err
		}
		b.runs[id] = asOf
		return nil
	})
	if err != nil {
		return nil, err
	}
	if b.history, err = openCursorAt(tx, history, args, scanBesideChange); err != nil {
		return nil, err
	}
	if !shares {
		return b, nil
	}
	if b.shares, err = openCursor(tx, "BesideShares", scanBesideShare); err != nil {
		b.history.close()
		return nil, err
	}
	return b, nil
}

func scanBesideChange(r *packed.Reader, c *besideChange) error {
	*c = besideChange{PaymentKey: PaymentKey{IUR: r.Text(), Index: int(r.Int()), AloneIUD: r.Text()}, run: r.Int(), before: r.Int(), after: r.Int()}
	c.change.Amount, c.change.Difference = record.Cents(r.Int()), record.Cents(r.Int())
	c.file, c.change.also = r.Int(), r.Text()
	return nil
}

func scanBesideShare(r *packed.Reader, b *besideShare) error {
	*b = besideShare{iur: r.Text(), index: int(r.Int())}
	b.share = Share{Seq: int(r.Int()), Source: r.Text(), Year: int(r.Int()), Office: r.Text(), Chapter: r.Text(), Article: r.Text(),
		Assessment: r.Text(), PlanCode: r.Text(), Amount: record.Cents(r.Int()), Accertamento: r.Int()}
	return nil
}

// Close ends the pass.
func (b *Beside) Close() {
	b.history.close()
	if b.shares != nil {
		b.shares.close()
	}
}

// Of returns the history and the shares of a payment. Payments are asked for in
// their order; any may be left out.
func (b *Beside) Of(p *PaymentView) (history []TracedChange, shares []Share, err error) {
	if err := b.hold(p.IUV); err != nil {
		return nil, nil, err
	}
	for i := range b.changes {
		if c := &b.changes[i]; c.PaymentKey == p.PaymentKey {
			change, err := b.spell(c)
			if err != nil {
				return nil, nil, err
			}
			history = append(history, change)
		}
	}
	for i := range b.parts {
		if s := &b.parts[i]; s.iur == p.IUR && s.index == p.Index {
			shares = append(shares, s.share)
		}
	}
	return history, shares, nil
}

// hold keeps what stands beside the payments of an IUV.
func (b *Beside) hold(iuv string) (err error) {
	if b.iuv == iuv {
		return nil
	}
	b.iuv = iuv
	if err := b.history.skip(iuv); err != nil {
		return err
	}
	if b.changes, err = b.history.take(iuv, b.changes[:0]); err != nil || b.shares == nil {
		return err
	}
	if err := b.shares.skip(iuv); err != nil {
		return err
	}
	b.parts, err = b.shares.take(iuv, b.parts[:0])
	return err
}

// spell reads what a change names by id: few runs, verdicts and files are behind
// many changes.
func (b *Beside) spell(c *besideChange) (TracedChange, error) {
	out := c.change
	out.Run, out.AsOf = c.run, b.runs[c.run]
	for _, v := range []struct {
		id   int64
		into *string
	}{{c.before, &out.Before}, {c.after, &out.After}} {
		if v.id != 0 {
			verdict, err := b.view.verdict(v.id)
			if err != nil {
				return out, err
			}
			*v.into = verdict.Status
		}
	}
	if c.file != 0 {
		f, err := b.file(c.file)
		if err != nil {
			return out, err
		}
		if f != nil {
			out.File, out.SHA256 = f.Name, f.SHA256
		}
	}
	return out, spellCauses(&out, b.file)
}

func (b *Beside) file(id int64) (*File, error) {
	if f, known := b.files[id]; known {
		return f, nil
	}
	f, err := b.tx.FileByID(id)
	b.files[id] = f
	return f, err
}

// EachSettlementKey calls fn for every settlement with a flow, in the order of
// its key.
func (tx *Tx) EachSettlementKey(fn func(id int64, key record.SettlementKey) error) error {
	return tx.each("KnownSettlements", nil, func(scan func(...any) error) error {
		var id int64
		var k record.SettlementKey
		if err := scan(&id, &k.IUF, &k.PSP, &k.Year); err != nil {
			return err
		}
		return fn(id, k)
	})
}

// EachMovementKey calls fn for every movement, in the order of its key.
func (tx *Tx) EachMovementKey(fn func(id int64, key record.MovementKey) error) error {
	return tx.each("KnownMovements", nil, func(scan func(...any) error) error {
		var id int64
		var k record.MovementKey
		if err := scan(&id, &k.Year, &k.Number, &k.Account); err != nil {
			return err
		}
		return fn(id, k)
	})
}

// LooseLine is a line of a current flow no payment is linked to.
type LooseLine struct {
	IUV, IUR    string
	Seq         int
	Amount      record.Cents
	Outcome     int
	Settlement  int64
	IUF         string
	RegulatedOn record.Date
}

// LooseLines calls fn for every line of a current flow that is not the one its
// payment is linked to, in the order of IUV and IUR. The line is reused.
func (tx *Tx) LooseLines(fn func(*LooseLine) error) error {
	return listed(tx, "BesideLines", nil, func(l *LooseLine) []any {
		return []any{&l.IUV, &l.IUR, &l.Seq, &l.Amount, &l.Outcome, &l.Settlement, &l.IUF, dateInto{&l.RegulatedOn}}
	}, fn)
}
