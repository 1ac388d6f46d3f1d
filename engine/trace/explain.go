package trace

import (
	"context"
	"fmt"

	"quadra/engine/explain"
	"quadra/engine/store"
	"quadra/rules"
)

// Explain puts the verdicts of the chain into words: the name of each status,
// why it was given, the age and the day it was due. The settings must be those
// the books were judged with.
func (c *Chain) Explain(ctx context.Context, tx *store.Tx, set explain.Settings) error {
	x := explainer{ctx: ctx, tx: tx, set: set, say: explain.New(tx, set)}
	for i := range c.Payments {
		if err := x.payment(&c.Payments[i]); err != nil {
			return fmt.Errorf("explain %s %s: %w", c.Kind, c.ID, err)
		}
	}
	for i := range c.Settlements {
		if err := x.settlement(&c.Settlements[i]); err != nil {
			return fmt.Errorf("explain %s %s: %w", c.Kind, c.ID, err)
		}
	}
	for i := range c.Movements {
		if err := x.movement(&c.Movements[i]); err != nil {
			return fmt.Errorf("explain %s %s: %w", c.Kind, c.ID, err)
		}
	}
	return nil
}

type explainer struct {
	ctx context.Context
	tx  *store.Tx
	set explain.Settings
	say *explain.Explainer
}

func (x *explainer) payment(p *PaymentPart) error {
	key := store.PaymentKey{IUR: p.IUR, Index: p.Index, AloneIUD: p.AloneIUD}
	return x.tx.PaymentViews(store.PaymentFilter{IUV: p.IUV}, func(v *store.PaymentView) error {
		if v.PaymentKey != key {
			return x.ctx.Err()
		}
		e, err := x.say.Payment(v)
		p.Reading = x.reading(rules.UnitPayment, p.Status, e)
		return err
	})
}

func (x *explainer) settlement(s *SettlementPart) error {
	return x.tx.SettlementViews(store.SettlementFilter{IUF: s.IUF}, func(v *store.SettlementView) error {
		if v.ID != s.ID {
			return x.ctx.Err()
		}
		e, err := x.say.Settlement(v)
		s.Reading = x.reading(rules.UnitSettlement, s.Status, e)
		return err
	})
}

func (x *explainer) movement(m *MovementPart) error {
	return x.tx.MovementViews(store.MovementFilter{Year: m.Year, Number: m.Number}, func(v *store.MovementView) error {
		if v.ID != m.ID {
			return x.ctx.Err()
		}
		e, err := x.say.Movement(v)
		m.Reading = x.reading(rules.UnitMovement, m.Status, e)
		return err
	})
}

func (x *explainer) reading(unit, code string, e explain.Explanation) Reading {
	r := Reading{Why: e.Why, Age: e.Age, DueBy: e.DueBy}
	if s, ok := x.set.Rules.Status(unit, code); ok {
		r.Name = s.Name(x.set.Language)
	}
	return r
}
