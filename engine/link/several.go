package link

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// metaSeveral remembers that some movement named several flows, ever: until one
// does there is nothing to share out.
const metaSeveral = "several_flows"

// pending is a movement that names several flows. What it carries to each
// depends on what others carry to them, so it is settled after all the others.
type pending struct {
	named
	line  store.CashLine
	force bool
}

// shareOut settles the movements that name several flows, together with every
// other such movement that names one of the same flows, in the order the money
// came: whatever order the files came in, the result is the same.
func (l *linker) shareOut(ctx context.Context) error {
	ever, err := l.tx.Meta(metaSeveral)
	if err != nil || ever == "" && len(l.several) == 0 {
		return err
	}
	if ever == "" {
		if err := l.tx.SetMeta(metaSeveral, "1"); err != nil {
			return err
		}
	}
	touched, err := l.tx.MovementsNamingTouched()
	if err != nil {
		return err
	}
	if err := l.consider(ctx, touched); err != nil {
		return err
	}
	if err := l.spread(ctx); err != nil {
		return err
	}
	all := make([]*pending, 0, len(l.several))
	for _, p := range l.several {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *pending) int {
		x, y := &a.line, &b.line
		return cmp.Or(cmp.Compare(x.BookedOn, y.BookedOn), cmp.Compare(x.Year, y.Year), cmp.Compare(len(x.Number), len(y.Number)),
			strings.Compare(x.Number, y.Number), strings.Compare(x.Account, y.Account))
	})
	carried, err := l.carried(all)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := l.tx.SetLinks(&p.line, p.refs, allotBeside(p.line.Cash, p.found, carried), false, p.force); err != nil {
			return fmt.Errorf("link movement %d: %w", p.line.ID, err)
		}
	}
	return nil
}

// consider reads movements that were not looked at in this run and keeps those
// that name several flows.
func (l *linker) consider(ctx context.Context, lines []store.CashLine) error {
	for i := range lines {
		m := &lines[i]
		if l.seen[m.ID] {
			continue
		}
		l.seen[m.ID] = true
		if err := l.movement(ctx, m, false); err != nil {
			return err
		}
	}
	return nil
}

// spread follows the flows of the movements kept so far to the other movements
// that name them, until there is none left.
func (l *linker) spread(ctx context.Context) error {
	followed := make(map[string]bool)
	for {
		var keys []string
		for _, p := range l.several {
			for _, t := range p.found {
				if !followed[t.iuf] {
					followed[t.iuf] = true
					keys = append(keys, t.iuf)
				}
			}
		}
		if len(keys) == 0 {
			return nil
		}
		for _, key := range keys {
			lines, err := l.tx.MovementsNamingIUF(key)
			if err != nil {
				return err
			}
			if err := l.consider(ctx, lines); err != nil {
				return err
			}
		}
	}
}

// carried is what movements that are not shared out carry to the flows of those
// that are.
func (l *linker) carried(all []*pending) (map[int64]record.Cents, error) {
	sums := make(map[int64]record.Cents)
	done := make(map[int64]bool)
	for _, p := range all {
		for _, t := range p.found {
			if done[t.ID] {
				continue
			}
			done[t.ID] = true
			links, err := l.tx.LinksOfSettlement(t.ID)
			if err != nil {
				return nil, err
			}
			for _, k := range links {
				if l.several[k.Movement] == nil {
					sums[t.ID] += k.Amount
				}
			}
		}
	}
	return sums, nil
}

// allotBeside shares the cash of a movement over several flows beside what
// others carry to them. Cash that is exactly the sum of their totals pays each
// in full, whatever others did; else each gets what it still lacks while the
// cash lasts. When none lacks anything the flows were paid before: then they are
// paid again, and that shows.
func allotBeside(cash record.Cents, found []target, carried map[int64]record.Cents) []store.Link {
	var sum record.Cents
	for _, t := range found {
		sum += t.Total
	}
	var links []store.Link
	left := cash
	for _, t := range found {
		amount := t.Total
		if cash != sum {
			amount = min(max(t.Total-carried[t.ID], 0), left)
		}
		if amount > 0 {
			left -= amount
			links = append(links, store.Link{Settlement: t.ID, Amount: amount, Reason: t.reason})
		}
	}
	if len(links) == 0 {
		links = allot(cash, found)
	}
	for _, k := range links {
		carried[k.Settlement] += k.Amount
	}
	return links
}
