package judge

import (
	"quadra/engine/record"
	"quadra/engine/store"
)

// unit is a payment being put together: what the books hold under one key.
type unit struct {
	store.PaymentKey
	receipt *store.ReceiptRow
	lines   []*store.LineRow // of current flows; more than one when reported twice or revoked
	notice  *store.NoticeRow

	main    *store.LineRow // the line that counts; never a revoked one
	flow    store.FlowFacts
	revoked bool // the latest line says so
	twice   bool
	double  bool // paid under another IUR too
}

// amount is what the payment is worth: the receipt's word before the flow's
// before the notice's.
func (u *unit) amount() record.Cents {
	switch {
	case u.receipt != nil:
		return u.receipt.Amount
	case u.main != nil:
		return u.main.Amount
	case len(u.lines) > 0:
		return u.lines[0].Amount
	}
	return u.notice.Amount
}

// implied says that the flow itself stands for the receipt: outcomes 8 and 9.
func (u *unit) implied() bool {
	return u.receipt == nil && u.main != nil && (u.main.Outcome == 8 || u.main.Outcome == 9)
}

// assemble builds the payments of a group: receipt lines, the flow lines that
// report them, flow lines without receipt, notices.
func (j *judger) assemble(g *store.Group) error {
	j.units = j.units[:0]
	for i := range g.Receipts {
		r := &g.Receipts[i]
		j.units = append(j.units, unit{PaymentKey: store.PaymentKey{IUR: r.IUR, Index: r.Index}, receipt: r})
	}
	placeLines(g.Lines)
	for i := range g.Lines {
		l := &g.Lines[i]
		u := j.find(l.IUR, l.Index)
		if u == nil {
			j.units = append(j.units, unit{PaymentKey: store.PaymentKey{IUR: l.IUR, Index: l.Index}})
			u = &j.units[len(j.units)-1]
		}
		u.lines = append(u.lines, l)
	}
	j.pairWithoutIUR()
	for i := range j.units {
		if err := j.weighLines(&j.units[i]); err != nil {
			return err
		}
	}
	if err := j.notices(g); err != nil {
		return err
	}
	j.doubles()
	return nil
}

func (j *judger) find(iur string, index int) *unit {
	for i := range j.units {
		if u := &j.units[i]; u.IUR == iur && u.Index == index {
			return u
		}
	}
	return nil
}

// placeLines gives an index to flow lines that have none: 1 when the flow has
// one line for that IUV and IUR, else the position among them. Lines come
// ordered by IUR, flow and position.
func placeLines(lines []store.LineRow) {
	var position int
	for i := range lines {
		if i > 0 && lines[i].IUR == lines[i-1].IUR && lines[i].FlowID == lines[i-1].FlowID {
			position++
		} else {
			position = 1
		}
		if lines[i].Index == 0 {
			lines[i].Index = min(position, maxIndex)
		}
	}
}

const maxIndex = 5 // transfers of a receipt (paForNode, FlussoRiversamento)

// pairWithoutIUR ties a receipt and a flow line that agree on IUV, index and
// amount but not on the IUR, when each is the only one left without a partner.
func (j *judger) pairWithoutIUR() {
	for i := range j.units {
		u := &j.units[i]
		if u.receipt == nil || len(u.lines) > 0 {
			continue
		}
		var match, rows int
		var rival bool
		for k := range j.units {
			v := &j.units[k]
			switch {
			case k == i:
			case v.receipt != nil && len(v.lines) == 0 && v.Index == u.Index && v.receipt.Amount == u.receipt.Amount:
				rival = true
			case v.receipt == nil && len(v.lines) == 1 && v.Index == u.Index && v.lines[0].Amount == u.receipt.Amount && v.lines[0].Outcome != outcomeRevoked:
				match = k
				rows++
			}
		}
		if rows == 1 && !rival {
			u.lines = j.units[match].lines
			j.units = append(j.units[:match], j.units[match+1:]...)
			j.pairWithoutIUR()
			return
		}
	}
}

const outcomeRevoked = 3

// weighLines decides which of the lines of a payment counts: the earliest that
// is not revoked, and whether a revocation came after it.
func (j *judger) weighLines(u *unit) error {
	var revokedOn record.Date
	for _, l := range u.lines {
		f, err := j.flow(l.FlowID)
		if err != nil {
			return err
		}
		if l.Outcome == outcomeRevoked {
			u.revoked = true
			revokedOn = max(revokedOn, f.RegulatedOn)
			continue
		}
		if u.main != nil {
			u.twice = true
		}
		if u.main == nil || earlier(f, l, u.flow, u.main) {
			u.main, u.flow = l, f
		}
	}
	if u.main != nil && revokedOn < u.flow.RegulatedOn {
		u.revoked = false
	}
	return nil
}

// earlier orders flow lines by what they say, not by when they were loaded.
func earlier(f store.FlowFacts, l *store.LineRow, g store.FlowFacts, m *store.LineRow) bool {
	switch {
	case f.RegulatedOn != g.RegulatedOn:
		return f.RegulatedOn < g.RegulatedOn
	case f.IUF != g.IUF:
		return f.IUF < g.IUF
	}
	return l.Seq < m.Seq
}

func (j *judger) flow(id int64) (store.FlowFacts, error) {
	if f, ok := j.flows[id]; ok {
		return f, nil
	}
	f, err := j.tx.FlowFacts(id)
	if err != nil {
		return f, err
	}
	j.flows[id] = f
	return f, nil
}

// notices ties notices to receipts by IUD, which may stand under another IUV,
// and makes payments of the notices no receipt carries.
func (j *judger) notices(g *store.Group) error {
	for i := range j.units {
		u := &j.units[i]
		if u.receipt == nil || u.receipt.IUD == "" {
			continue
		}
		for k := range g.Notices {
			if g.Notices[k].IUD == u.receipt.IUD {
				u.notice = &g.Notices[k]
			}
		}
		if u.notice != nil {
			continue
		}
		n, found, err := j.tx.NoticeWithIUD(u.receipt.IUD)
		if err != nil {
			return err
		}
		if found {
			u.notice = &n
		}
	}
	for k := range g.Notices {
		n := &g.Notices[k]
		carried := false
		for i := range j.units {
			carried = carried || j.units[i].notice == n
		}
		if !carried {
			var err error
			if carried, err = j.tx.HasReceiptWithIUD(n.IUD); err != nil {
				return err
			}
		}
		if !carried {
			j.units = append(j.units, unit{PaymentKey: store.PaymentKey{AloneIUD: n.IUD}, notice: n})
		}
	}
	return nil
}

// doubles marks payments of the same IUV, index and amount under two IURs.
func (j *judger) doubles() {
	for i := range j.units {
		u := &j.units[i]
		for k := range j.units {
			v := &j.units[k]
			if u.AloneIUD == "" && v.AloneIUD == "" && u.IUR != v.IUR && u.Index == v.Index && u.amount() == v.amount() {
				u.double = true
			}
		}
	}
}
