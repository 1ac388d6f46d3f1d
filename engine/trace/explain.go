package trace

import (
	"context"
	"fmt"
	"strings"

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
		p.Reading = x.reading(rules.UnitPayment, &p.TracedVerdict, &e)
		return err
	})
}

func (x *explainer) settlement(s *SettlementPart) error {
	return x.tx.SettlementViews(store.SettlementFilter{IUF: s.IUF}, func(v *store.SettlementView) error {
		if v.ID != s.ID {
			return x.ctx.Err()
		}
		e, err := x.say.Settlement(v)
		s.Reading = x.reading(rules.UnitSettlement, &s.TracedVerdict, &e)
		return err
	})
}

func (x *explainer) movement(m *MovementPart) error {
	return x.tx.MovementViews(store.MovementFilter{Year: m.Year, Number: m.Number}, func(v *store.MovementView) error {
		if v.ID != m.ID {
			return x.ctx.Err()
		}
		e, err := x.say.Movement(v)
		m.Reading = x.reading(rules.UnitMovement, &m.TracedVerdict, &e)
		return err
	})
}

func (x *explainer) reading(unit string, v *store.TracedVerdict, e *explain.Explanation) Reading {
	r := Reading{Rule: unit + " " + v.Status, Why: e.Why, Age: e.Age, DueBy: e.DueBy, Labels: []LabelReading{}, Records: []FoundRecord{}}
	if s, ok := x.set.Rules.Status(unit, v.Status); ok {
		r.Name = s.Name(x.set.Language)
	}
	for code := range strings.SplitSeq(string(v.Labels), "|") {
		if l, ok := x.set.Rules.Label(code); ok {
			r.Labels = append(r.Labels, LabelReading{"label " + code, code, l.Name(x.set.Language), x.say.Label(e, code)})
		}
	}
	for _, f := range e.Records {
		r.Records = append(r.Records, FoundRecord{f.Kind, f.Name, store.TracedSource(f.Source)})
	}
	return r
}
