package trace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/store"
)

// ErrNotFound says that the books know nothing of what was asked.
var ErrNotFound = errors.New("not in the books")

// IUV traces a payment id.
func IUV(ctx context.Context, tx *store.Tx, iuv string) (*Chain, error) {
	b := newBuilder(ctx, tx, KindIUV, iuv)
	return b.finish(b.wholeIUV(iuv))
}

// IUD traces an entity's debt id: the IUVs its notice and receipts are about.
func IUD(ctx context.Context, tx *store.Tx, iud string) (*Chain, error) {
	b := newBuilder(ctx, tx, KindIUD, iud)
	iuvs, err := tx.IUVsOfIUD(iud)
	for _, iuv := range iuvs {
		if err == nil {
			err = b.wholeIUV(iuv)
		}
	}
	return b.finish(err)
}

// IUF traces a flow, in any case of letters: every settlement with that IUF
// with all its payments, and the movements that name it.
func IUF(ctx context.Context, tx *store.Tx, iuf string) (*Chain, error) {
	b := newBuilder(ctx, tx, KindIUF, iuf)
	return b.finish(b.wholeIUF(strings.ToUpper(iuf)))
}

// Movement traces a movement by esercizio and number without leading zeros:
// one on each account that has it, the flows they pay with all their payments,
// and the payments they name.
func Movement(ctx context.Context, tx *store.Tx, year int, number string) (*Chain, error) {
	b := newBuilder(ctx, tx, KindMovement, MovementName(year, number))
	return b.finish(b.wholeMovements(year, number))
}

// builder collects the parts of a chain, each once, in the order found.
type builder struct {
	ctx   context.Context
	tx    *store.Tx
	chain *Chain

	iuvs        map[string]bool
	iuds        map[string]bool
	settlements map[int64]bool
	movements   map[int64]bool
}

func newBuilder(ctx context.Context, tx *store.Tx, kind Kind, id string) *builder {
	return &builder{
		ctx: ctx, tx: tx,
		chain: &Chain{
			Kind: kind, ID: id, Payments: []PaymentPart{}, Notices: []store.TracedNotice{}, Receipts: []store.TracedReceipt{},
			Settlements: []SettlementPart{}, Movements: []MovementPart{}, Decisions: []DecisionPart{},
		},
		iuvs: make(map[string]bool), iuds: make(map[string]bool),
		settlements: make(map[int64]bool), movements: make(map[int64]bool),
	}
}

func (b *builder) finish(err error) (*Chain, error) {
	c := b.chain
	if err == nil && len(c.Payments)+len(c.Notices)+len(c.Receipts)+len(c.Settlements)+len(c.Movements) == 0 {
		err = ErrNotFound
	}
	if err == nil {
		err = b.decisions()
	}
	if err != nil {
		return nil, fmt.Errorf("trace %s %s: %w", c.Kind, c.ID, err)
	}
	return c, nil
}

// wholeIUV follows an IUV through every flow that ever reported it.
func (b *builder) wholeIUV(iuv string) error {
	if err := b.iuv(iuv); err != nil {
		return err
	}
	lines, err := b.tx.TraceLinesOfIUV(iuv)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := b.settlement(l.SettlementID); err != nil {
			return err
		}
		b.line(l)
	}
	ids, err := b.tx.MovementsNaming("iuv", iuv)
	if err != nil {
		return err
	}
	return b.eachMovement(ids)
}

func (b *builder) wholeIUF(key string) error {
	ids, err := b.tx.SettlementIDs(key)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := b.wholeSettlement(id); err != nil {
			return err
		}
	}
	if ids, err = b.tx.MovementsNaming("iuf", key); err != nil {
		return err
	}
	return b.eachMovement(ids)
}

func (b *builder) wholeMovements(year int, number string) error {
	ids, err := b.tx.MovementIDs(year, number)
	if err != nil {
		return err
	}
	if err := b.eachMovement(ids); err != nil {
		return err
	}
	asked := b.chain.Movements[:len(ids):len(ids)]
	for _, m := range asked {
		for _, l := range m.Pays {
			if err := b.wholeSettlement(l.SettlementID); err != nil {
				return err
			}
		}
		for _, r := range m.Names {
			if r.Kind != "iuv" {
				continue
			}
			if err := b.wholeIUV(r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// wholeSettlement follows a settlement with all its lines and their payments.
func (b *builder) wholeSettlement(id int64) error {
	if err := b.settlement(id); err != nil {
		return err
	}
	i := slices.IndexFunc(b.chain.Settlements, func(s SettlementPart) bool { return s.ID == id })
	for k := range b.chain.Settlements[i].Flows {
		f := &b.chain.Settlements[i].Flows[k]
		var err error
		if f.Lines, err = b.tx.TraceLinesOfFlow(f.ID); err != nil {
			return err
		}
		for _, l := range f.Lines {
			if err := b.iuv(l.IUV); err != nil {
				return err
			}
		}
	}
	return nil
}

// iuv adds the payments, receipts and notices of an IUV.
func (b *builder) iuv(iuv string) error {
	if b.iuvs[iuv] {
		return nil
	}
	b.iuvs[iuv] = true
	if err := b.ctx.Err(); err != nil {
		return err
	}
	receipts, err := b.tx.TraceReceipts(iuv)
	if err != nil {
		return err
	}
	b.chain.Receipts = append(b.chain.Receipts, receipts...)
	iuds, err := b.tx.IUDsOfIUV(iuv)
	if err != nil {
		return err
	}
	for _, iud := range iuds {
		if b.iuds[iud] {
			continue
		}
		b.iuds[iud] = true
		notices, err := b.tx.TraceNotices(iud)
		if err != nil {
			return err
		}
		b.chain.Notices = append(b.chain.Notices, notices...)
	}
	return b.payments(iuv)
}

// payments adds the payments of an IUV with their histories, and those it no
// longer has.
func (b *builder) payments(iuv string) error {
	rows, err := b.tx.TracePayments(iuv)
	if err != nil {
		return err
	}
	changes, err := b.tx.TracePaymentHistory(iuv)
	if err != nil {
		return err
	}
	first := len(b.chain.Payments)
	at := make(map[store.PaymentKey]int, len(rows))
	for _, p := range rows {
		at[store.PaymentKey{IUR: p.IUR, Index: p.Index, AloneIUD: p.AloneIUD}] = len(b.chain.Payments)
		b.chain.Payments = append(b.chain.Payments, PaymentPart{TracedPayment: p, History: []store.TracedChange{}})
	}
	for _, c := range changes {
		i, ok := at[c.PaymentKey]
		if !ok {
			i = len(b.chain.Payments)
			at[c.PaymentKey] = i
			b.chain.Payments = append(b.chain.Payments, PaymentPart{Gone: true, TracedPayment: store.TracedPayment{
				IUV: iuv, IUR: c.IUR, Index: c.Index, AloneIUD: c.AloneIUD,
			}})
		}
		p := &b.chain.Payments[i]
		p.History = append(p.History, c.TracedChange)
	}
	slices.SortStableFunc(b.chain.Payments[first:], func(p, q PaymentPart) int {
		switch {
		case p.Gone == q.Gone:
			return 0
		case p.Gone:
			return 1
		}
		return -1
	})
	return nil
}

// settlement adds a settlement with its versions, no lines yet, and the
// movements that pay it.
func (b *builder) settlement(id int64) error {
	if b.settlements[id] {
		return nil
	}
	b.settlements[id] = true
	row, err := b.tx.TraceSettlement(id)
	if err != nil {
		return err
	}
	s := SettlementPart{TracedSettlement: row}
	versions, err := b.tx.TraceFlows(id)
	if err != nil {
		return err
	}
	for _, f := range versions {
		s.Flows = append(s.Flows, FlowPart{TracedFlow: f, Lines: []store.TracedLine{}})
	}
	if s.PaidBy, err = b.tx.TraceLinksOfSettlement(id); err != nil {
		return err
	}
	if s.History, err = b.tx.TraceUnitHistory("settlement", id); err != nil {
		return err
	}
	b.chain.Settlements = append(b.chain.Settlements, s)
	for _, l := range s.PaidBy {
		if err := b.movement(l.MovementID); err != nil {
			return err
		}
	}
	return nil
}

// line adds a line to its flow, whose settlement is there already, perhaps with
// all its lines.
func (b *builder) line(l store.TracedLine) {
	for i := range b.chain.Settlements {
		for k := range b.chain.Settlements[i].Flows {
			if f := &b.chain.Settlements[i].Flows[k]; f.ID == l.FlowID && !slices.Contains(f.Lines, l) {
				f.Lines = append(f.Lines, l)
			}
		}
	}
}

func (b *builder) eachMovement(ids []int64) error {
	for _, id := range ids {
		if err := b.movement(id); err != nil {
			return err
		}
	}
	return nil
}

// movement adds a movement; what it pays is named, not followed.
func (b *builder) movement(id int64) error {
	if b.movements[id] {
		return nil
	}
	b.movements[id] = true
	row, err := b.tx.TraceMovement(id)
	if err != nil {
		return err
	}
	m := MovementPart{TracedMovement: row}
	if m.Names, err = b.tx.TraceRefs(id); err != nil {
		return err
	}
	if m.Pays, err = b.tx.TraceLinksOfMovement(id); err != nil {
		return err
	}
	if m.Rows, err = b.tx.TraceEvents(id); err != nil {
		return err
	}
	if m.Former, err = b.tx.TraceFormer(id); err != nil {
		return err
	}
	if m.History, err = b.tx.TraceUnitHistory("movement", id); err != nil {
		return err
	}
	b.chain.Movements = append(b.chain.Movements, m)
	return nil
}
