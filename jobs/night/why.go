package night

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quadra/config"
	"quadra/engine/explain"
	"quadra/engine/judge"
	"quadra/engine/store"
	"quadra/engine/trace"
	"quadra/rules"
)

// Why puts the units of an entity to its rules.
type Why struct {
	ctx    context.Context
	tx     *store.Tx
	rules  *rules.Ruleset
	say    *explain.Explainer
	plain  *rules.Ruleset
	reader *judge.Reader // with the default terms and tolerance
	differ []string      // what the entity has of its own
}

// NewWhy prepares to explain the units of an entity's books as they were last
// judged.
func NewWhy(ctx context.Context, tx *store.Tx, c *config.Config, e *config.Entity, rs *rules.Ruleset) (*Why, error) {
	asOf, err := judge.AsOf(tx)
	if err != nil {
		return nil, err
	}
	base, err := rules.Default()
	if err != nil {
		return nil, err
	}
	plain := *e
	plain.Terms, plain.Tolerance = config.DefaultTerms(), 0
	set, err := Settings(&plain, base, asOf, 0)
	if err != nil {
		return nil, err
	}
	return &Why{ctx: ctx, tx: tx, rules: rs, say: explain.New(tx, Explaining(c, e, rs, asOf)), plain: base,
		reader: judge.NewReader(ctx, tx, set), differ: own(e, rs, base)}, nil
}

// own lists what an entity has that is not the default.
func own(e *config.Entity, rs, base *rules.Ruleset) (out []string) {
	if rs.Hash() != base.Hash() {
		out = append(out, fmt.Sprintf("ruleset %s (%s)", rs.Title(), base.Title()))
	}
	was, is := config.DefaultTerms(), e.Terms
	for _, t := range []struct {
		key     string
		was, is int
	}{
		{"terms.flow_late", was.FlowLate, is.FlowLate}, {"terms.flow_missing", was.FlowMissing, is.FlowMissing},
		{"terms.cash_late", was.CashLate, is.CashLate}, {"terms.cash_missing", was.CashMissing, is.CashMissing},
		{"terms.unmatched_cash_late", was.UnmatchedCashLate, is.UnmatchedCashLate},
		{"terms.unmatched_cash_missing", was.UnmatchedCashMissing, is.UnmatchedCashMissing},
		{"terms.receipt", was.Receipt, is.Receipt}, {"terms.notice", was.Notice, is.Notice},
		{"tolerance", 0, e.Tolerance},
	} {
		if t.was != t.is {
			out = append(out, fmt.Sprintf("%s %d (%d)", t.key, t.is, t.was))
		}
	}
	return out
}

// Of explains the payments of an IUV, the settlements of an IUF or the movements
// with a number (NUMBER/YEAR): whichever the books know. None is
// [trace.ErrNotFound].
func (w *Why) Of(id string) ([]*explain.Trial, error) {
	var out []*explain.Trial
	var err error
	if number, year, ok := strings.Cut(id, "/"); ok {
		if y, bad := strconv.Atoi(year); bad == nil {
			out, err = w.movements(y, strings.TrimLeft(number, "0"), 0)
		}
	}
	if len(out) == 0 && err == nil && id != "" {
		out, err = w.payments(id, nil)
	}
	if len(out) == 0 && err == nil && id != "" {
		out, err = w.settlements(id, 0)
	}
	if len(out) == 0 && err == nil {
		err = trace.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("explain %s: %w", id, err)
	}
	return out, nil
}

// UnknownRuleError says that a code is no status and no label.
type UnknownRuleError struct {
	Code  string
	Known []string
}

func (e *UnknownRuleError) Error() string {
	return fmt.Sprintf("no status or label %q: there are %s", e.Code, strings.Join(e.Known, ", "))
}

// Not explains the rule with that code for every unit of a chain it could be
// of. An *UnknownRuleError says that there is no such rule.
func (w *Why) Not(chain *trace.Chain, code string) ([]*explain.Trial, error) {
	kinds := w.kinds(code)
	if len(kinds) == 0 {
		unknown := &UnknownRuleError{Code: code}
		for _, unit := range []string{rules.UnitPayment, rules.UnitSettlement, rules.UnitMovement} {
			for _, s := range w.rules.Statuses(unit) {
				unknown.Known = append(unknown.Known, s.Code)
			}
		}
		for _, l := range w.rules.Labels() {
			unknown.Known = append(unknown.Known, l.Code)
		}
		return nil, unknown
	}
	var out []*explain.Trial
	add := func(trials []*explain.Trial, err error) error {
		out = append(out, trials...)
		return err
	}
	for _, unit := range kinds {
		switch unit {
		case rules.UnitPayment:
			for i := range chain.Payments {
				p := &chain.Payments[i]
				key := store.PaymentKey{IUR: p.IUR, Index: p.Index, AloneIUD: p.AloneIUD}
				if err := add(w.payments(p.IUV, &key)); err != nil {
					return nil, err
				}
			}
		case rules.UnitSettlement:
			for i := range chain.Settlements {
				if err := add(w.settlements(chain.Settlements[i].IUF, chain.Settlements[i].ID)); err != nil {
					return nil, err
				}
			}
		case rules.UnitMovement:
			for i := range chain.Movements {
				m := &chain.Movements[i]
				if err := add(w.movements(m.Year, m.Number, m.ID)); err != nil {
					return nil, err
				}
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("why not %s: it is of a %s, and there is none behind %s %s: %w", code, strings.Join(kinds, ", "), chain.Kind, chain.ID, trace.ErrNotFound)
	}
	return out, nil
}

// kinds lists the units a code is a rule of.
func (w *Why) kinds(code string) (units []string) {
	for _, unit := range []string{rules.UnitPayment, rules.UnitSettlement, rules.UnitMovement} {
		if _, ok := w.rules.Status(unit, code); ok {
			units = append(units, unit)
		}
	}
	if l, ok := w.rules.Label(code); ok && !slices.Contains(units, l.Unit) {
		units = append(units, l.Unit)
	}
	return units
}

func (w *Why) payments(iuv string, only *store.PaymentKey) (out []*explain.Trial, err error) {
	plain, err := w.reader.Payments(iuv)
	if err != nil {
		return nil, err
	}
	err = w.tx.PaymentViews(store.PaymentFilter{IUV: iuv}, func(p *store.PaymentView) error {
		if err := w.ctx.Err(); err != nil || only != nil && *only != p.PaymentKey {
			return err
		}
		t, err := w.say.TryPayment(p)
		if err != nil {
			return err
		}
		out = append(out, t)
		c, found := plain[p.PaymentKey]
		return w.compare(t, p.Verdict, c, found)
	})
	return out, err
}

func (w *Why) settlements(iuf string, only int64) (out []*explain.Trial, err error) {
	err = w.tx.SettlementViews(store.SettlementFilter{IUF: iuf}, func(s *store.SettlementView) error {
		if err := w.ctx.Err(); err != nil || only != 0 && only != s.ID {
			return err
		}
		t, err := w.say.TrySettlement(s)
		if err != nil {
			return err
		}
		out = append(out, t)
		c, found, err := w.reader.Settlement(s.ID)
		if err != nil {
			return err
		}
		return w.compare(t, s.Verdict, c, found)
	})
	return out, err
}

func (w *Why) movements(year int, number string, only int64) (out []*explain.Trial, err error) {
	err = w.tx.MovementViews(store.MovementFilter{Year: year, Number: number}, func(m *store.MovementView) error {
		if err := w.ctx.Err(); err != nil || only != 0 && only != m.ID {
			return err
		}
		t, err := w.say.TryMovement(m)
		if err != nil {
			return err
		}
		out = append(out, t)
		c, found, err := w.reader.Movement(m.ID)
		if err != nil {
			return err
		}
		return w.compare(t, m.Verdict, c, found)
	})
	return out, err
}

// compare adds what the defaults would say, if the entity has anything of its
// own at all.
func (w *Why) compare(t *explain.Trial, v *store.Verdict, plain rules.Case, found bool) error {
	if !found || len(w.differ) == 0 {
		return nil
	}
	own, err := rules.ParseCase(v.Unit, v.Facts)
	if err != nil {
		return err
	}
	return w.say.Compare(t, own, plain, w.plain, w.differ)
}
