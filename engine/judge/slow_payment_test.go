package judge_test

import (
	"cmp"
	"slices"
	"strings"

	"quadra/engine/record"
)

// slowPayment is a payment with the letters RULES section 5 uses: the notice I,
// the receipt line E, the flow line R.
type slowPayment struct {
	slowKey
	alone string // IUD of a notice without receipt

	notice  *record.Notice
	receipt *record.ReceiptLine
	lines   []slowLine // that report it
	line    *slowLine  // the one that counts, never revoked
	revoked bool
	twice   bool
	double  bool
}

// slowLine is a line of a current flow with the index it has or is given.
type slowLine struct {
	record.FlowLine
	flow  *slowVersion
	index int
}

const revokedOutcome = 3

// payments puts together the payments of the entity (RULES section 2, links 1
// and 2).
func (b *slowBooks) payments() []*slowPayment {
	var all []*slowPayment
	for key, r := range b.receipts {
		all = append(all, &slowPayment{slowKey: key, receipt: &r.ReceiptLine})
	}
	for _, l := range b.lines() {
		key := slowKey{l.IUV, l.IUR, l.index}
		i := slices.IndexFunc(all, func(p *slowPayment) bool { return p.slowKey == key })
		if i < 0 {
			i = len(all)
			all = append(all, &slowPayment{slowKey: key})
		}
		all[i].lines = append(all[i].lines, l)
	}
	all = pairOtherIUR(all)
	for _, p := range all {
		p.weigh()
		if p.receipt != nil && p.receipt.IUD != "" {
			if n, there := b.notices[p.receipt.IUD]; there {
				p.notice = &n.Notice
			}
		}
	}
	for _, n := range b.notices {
		if !slices.ContainsFunc(all, func(p *slowPayment) bool { return p.receipt != nil && p.receipt.IUD == n.IUD && n.IUD != "" }) {
			all = append(all, &slowPayment{slowKey: slowKey{iuv: n.IUV}, alone: n.IUD, notice: &n.Notice})
		}
	}
	for _, p := range all {
		for _, q := range all {
			if p.alone == "" && q.alone == "" && p.iuv == q.iuv && p.index == q.index && p.iur != q.iur && p.amount() == q.amount() {
				p.double = true
			}
		}
	}
	slices.SortFunc(all, func(p, q *slowPayment) int {
		return cmp.Or(strings.Compare(p.iuv, q.iuv), strings.Compare(p.iur, q.iur), cmp.Compare(p.index, q.index), strings.Compare(p.alone, q.alone))
	})
	return all
}

// lines are those of all current flows. A line without index has 1, or its
// position among the lines of the flow for that IUV and IUR, of which there are
// five at most.
func (b *slowBooks) lines() []slowLine {
	var out []slowLine
	for _, f := range b.currents() {
		for i, l := range f.lines {
			index := l.Index
			if index == 0 {
				index = 1
				for _, before := range f.lines[:i] {
					if before.IUV == l.IUV && before.IUR == l.IUR {
						index++
					}
				}
			}
			out = append(out, slowLine{l, f, min(index, 5)})
		}
	}
	return out
}

// pairOtherIUR ties a receipt and a flow line of two IURs that agree on
// everything else, when each is the only one of its kind left alone.
func pairOtherIUR(all []*slowPayment) []*slowPayment {
	for _, p := range all {
		if p.receipt == nil || len(p.lines) > 0 {
			continue
		}
		var receipts, lines []*slowPayment
		for _, q := range all {
			switch {
			case q.iuv != p.iuv || q.index != p.index:
			case q.receipt != nil && len(q.lines) == 0 && q.receipt.Amount == p.receipt.Amount:
				receipts = append(receipts, q)
			case q.receipt == nil && len(q.lines) == 1 && q.lines[0].Amount == p.receipt.Amount && q.lines[0].Outcome != revokedOutcome:
				lines = append(lines, q)
			}
		}
		if len(receipts) == 1 && len(lines) == 1 {
			p.lines = lines[0].lines
			return pairOtherIUR(slices.DeleteFunc(all, func(q *slowPayment) bool { return q == lines[0] }))
		}
	}
	return all
}

// weigh finds the line that counts among those that report a payment. RULES
// does not say which of two: the engine takes the earliest, and a revocation
// counts unless it came before.
func (p *slowPayment) weigh() {
	paid := slices.DeleteFunc(slices.Clone(p.lines), func(l slowLine) bool { return l.Outcome == revokedOutcome })
	p.twice = len(paid) > 1
	if len(paid) > 0 {
		first := slices.MinFunc(paid, func(l, m slowLine) int {
			return cmp.Or(cmp.Compare(l.flow.RegulatedOn, m.flow.RegulatedOn), strings.Compare(l.flow.key.iuf, m.flow.key.iuf), cmp.Compare(l.Seq, m.Seq))
		})
		p.line = &first
	}
	for _, l := range p.lines {
		if l.Outcome == revokedOutcome && (p.line == nil || l.flow.RegulatedOn >= p.line.flow.RegulatedOn) {
			p.revoked = true
		}
	}
}

// shown is the flow line a payment is shown with.
func (p *slowPayment) shown() *slowLine {
	if p.line == nil && len(p.lines) > 0 {
		return &p.lines[0]
	}
	return p.line
}

func (p *slowPayment) amount() record.Cents {
	switch {
	case p.receipt != nil:
		return p.receipt.Amount
	case p.shown() != nil:
		return p.shown().Amount
	}
	return p.notice.Amount
}

// implied says that the flow stands for the receipt: outcomes 8 and 9.
func (p *slowPayment) implied() bool {
	return p.receipt == nil && p.line != nil && (p.line.Outcome == 8 || p.line.Outcome == 9)
}
