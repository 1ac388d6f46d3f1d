package judge

import (
	"context"
	"fmt"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// AsOf is the day the books were last judged as of; 0 when they never were.
func AsOf(tx *store.Tx) (d record.Date, err error) {
	text, err := tx.Meta(MetaAsOf)
	if err == nil {
		err = d.UnmarshalText([]byte(text))
	}
	return d, err
}

// Reader reads the facts of units as judging them with its settings would,
// which need not be those the books were judged with. It writes nothing.
type Reader struct{ j *judger }

// NewReader returns a reader of the books of a transaction.
func NewReader(ctx context.Context, tx *store.Tx, set Settings) *Reader {
	return &Reader{&judger{ctx: ctx, tx: tx, set: set, flows: make(map[int64]store.FlowFacts)}}
}

// Payments reads the facts of the payments of an IUV.
func (r *Reader) Payments(iuv string) (map[store.PaymentKey]rules.Case, error) {
	g, err := r.j.tx.GroupOf(iuv)
	if err != nil {
		return nil, fmt.Errorf("facts of IUV %s: %w", iuv, err)
	}
	if err := r.j.assemble(g); err != nil {
		return nil, fmt.Errorf("facts of IUV %s: %w", iuv, err)
	}
	r.j.totals.read(g, r.j.units)
	cases := make(map[store.PaymentKey]rules.Case, len(r.j.units))
	for i := range r.j.units {
		_, f := r.j.payment(g, &r.j.units[i])
		cases[r.j.units[i].PaymentKey] = f.Case()
	}
	return cases, nil
}

// Settlement reads the facts of a settlement; found is false when there is none.
func (r *Reader) Settlement(id int64) (c rules.Case, found bool, err error) {
	s, err := r.j.tx.SettlementToJudge(id)
	if err != nil || s == nil {
		return c, false, err
	}
	f, _ := r.j.settlementFacts(s)
	return f.Case(), true, nil
}

// Movement reads the facts of a movement; found is false when there is none.
func (r *Reader) Movement(id int64) (c rules.Case, found bool, err error) {
	m, err := r.j.tx.MovementToJudge(id)
	if err != nil || m == nil {
		return c, false, err
	}
	f, _ := r.j.movementFacts(m)
	return f.Case(), true, nil
}
