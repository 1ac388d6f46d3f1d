package judge

import (
	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// group judges the payments of one IUV and writes what changed.
func (j *judger) group(g *store.Group) error {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	j.sum.IUVs++
	if j.progress != nil {
		j.progress(j.sum.IUVs)
	}
	g.Unmarked(j.unmarked)
	if err := j.assemble(g); err != nil {
		return err
	}
	j.totals.read(g, j.units)
	usesCash := false
	for i := range j.units {
		u := &j.units[i]
		row, facts := j.payment(g, u)
		usesCash = usesCash || facts.HasIUVCash
		id, err := j.verdict(facts, "payment", func() rules.Verdict { return j.set.Rules.Payment(facts) })
		if err != nil {
			return err
		}
		row.Verdict = id
		if err := j.put(g, &row); err != nil {
			return err
		}
	}
	for i := range g.Cash {
		if err := j.tx.SetCashUsed(g, &g.Cash[i], usesCash); err != nil {
			return err
		}
	}
	return j.drop(g)
}

// put writes a payment that is new or differs from the books.
func (j *judger) put(g *store.Group, p *store.PaymentRow) error {
	for i := range g.Payments {
		old := &g.Payments[i]
		if old.PaymentKey != p.PaymentKey {
			continue
		}
		if *old == *p {
			return j.touched(g, p)
		}
		reviewed := *old
		reviewed.ReviewOn = p.ReviewOn
		if reviewed == *p {
			if err := j.tx.ReviewPayment(g, p); err != nil {
				return err
			}
			return j.touched(g, p)
		}
	}
	j.sum.Payments++
	return j.tx.PutPayment(j.set.Run, g, p)
}

// touched numbers a payment judged as before whose IUV new files spoke of: who
// follows the exports must see what they brought.
func (j *judger) touched(g *store.Group, p *store.PaymentRow) error {
	if !g.Touched {
		return nil
	}
	return j.tx.NumberPayment(j.set.Run, g, p)
}

// drop removes payments that no longer exist.
func (j *judger) drop(g *store.Group) error {
	for i := range g.Payments {
		old := &g.Payments[i]
		gone := true
		for k := range j.units {
			gone = gone && j.units[k].PaymentKey != old.PaymentKey
		}
		if !gone {
			continue
		}
		j.sum.Payments++
		if err := j.tx.DropPayment(j.set.Run, g, old); err != nil {
			return err
		}
	}
	return nil
}

// totals of one IUV that its payments share.
type totals struct {
	cash     record.Cents // of the movements that name it
	movable  bool         // there are any
	receipts record.Cents // totals of the receipts not settled by a flow
	several  bool         // they are more than one
}

func (t *totals) read(g *store.Group, units []unit) {
	*t = totals{movable: len(g.Cash) > 0}
	for i := range g.Cash {
		t.cash += g.Cash[i].Cash
	}
	last, n := "", 0
	for i := range units {
		u := &units[i]
		if u.receipt == nil || u.flow.Parts > 0 || n > 0 && u.IUR == last {
			continue // lines of one receipt carry the same total, and come together
		}
		last = u.IUR
		n++
		t.receipts += u.receipt.Total
	}
	t.several = n > 1
}

// payment reads the facts of one payment.
func (j *judger) payment(g *store.Group, u *unit) (store.PaymentRow, rules.PaymentFacts) {
	p := store.PaymentRow{PaymentKey: u.PaymentKey, Amount: u.amount(), HasReceipt: u.receipt != nil, IUD: u.AloneIUD}
	if u.receipt != nil {
		p.IUD = u.receipt.IUD
	}
	f := rules.PaymentFacts{Ours: j.ours(g.IUV), Duplicate: u.double}
	line := u.main
	if line == nil && u.revoked {
		line = u.lines[0]
	}
	if line != nil {
		p.FlowID, p.FlowSeq = line.FlowID, line.Seq
	}
	if u.notice != nil {
		p.NoticeIUD = u.notice.IUD
	}
	base := j.base(u)
	p.DueFrom = base
	if u.main != nil {
		p.DueFrom = u.flow.RegulatedOn
	}
	p.ReviewOn = j.receiptAxis(&f, u, base)
	reported, review := j.reportedAxis(&f, u, base)
	p.ReviewOn = sooner(p.ReviewOn, review)
	cashed, review := j.cashedAxis(&f, u)
	p.ReviewOn = sooner(p.ReviewOn, review)
	notified, review := j.notifiedAxis(&f, u, base)
	p.ReviewOn = sooner(p.ReviewOn, review)
	j.accepted(&f, u)
	// The status speaks of the first that is not tolerated; those that are show
	// when there is no other.
	differences := []record.Cents{reported, notified, cashed}
	for _, tolerated := range []bool{false, true} {
		for _, d := range differences {
			if p.Difference == 0 && j.equal(d, 0) == tolerated {
				p.Difference = d
			}
		}
	}
	return p, f
}

// accepted says that the entity took no such payment on the civil day this one
// was made: it had closed, or its type of debt was disabled. What becomes of a
// payment made in time does not depend on it.
func (j *judger) accepted(f *rules.PaymentFacts, u *unit) {
	var on record.Date
	debtType := ""
	switch {
	case u.receipt != nil:
		on, debtType = u.receipt.PaidOn, u.receipt.DebtType
	case len(u.lines) > 0:
		on = u.lines[0].PaidOn
	default:
		on = u.notice.PaidOn
	}
	f.AfterClosing = j.set.LastDay != 0 && on > j.set.LastDay
	from, off := j.set.DisabledFrom[debtType]
	f.TypeDisabled = off && on >= from
}

// base is the day the terms of a payment run from: its pagoPA business day.
func (j *judger) base(u *unit) record.Date {
	switch {
	case u.receipt != nil:
		day := u.receipt.PaidOn
		if u.receipt.AfterCutOff {
			day++
		}
		return day
	case len(u.lines) > 0:
		return u.lines[0].PaidOn
	}
	return u.notice.PaidOn
}

func (j *judger) receiptAxis(f *rules.PaymentFacts, u *unit, base record.Date) (review record.Date) {
	f.HasReceipt = u.receipt != nil || u.implied()
	switch {
	case u.receipt != nil:
		f.Receipt = "present"
	case u.implied():
		f.Receipt = "implied"
	default:
		from := base
		if u.main != nil {
			from = u.flow.RegulatedOn
		}
		c := j.term(from, j.set.Terms.Receipt, calendar.Receipts)
		f.Receipt, review = c.state, c.review
	}
	return review
}

func (j *judger) reportedAxis(f *rules.PaymentFacts, u *unit, base record.Date) (difference record.Cents, review record.Date) {
	f.HasFlow = u.main != nil
	f.FlowEqual = f.HasFlow && f.HasReceipt && j.equal(u.main.Amount, u.amount())
	switch {
	case u.revoked:
		f.Reported = "revoked"
	case u.twice:
		f.Reported = "twice"
	case f.HasFlow && !f.HasReceipt:
		f.Reported = "alone"
	case f.FlowEqual:
		f.Reported = "matched"
	case f.HasFlow:
		f.Reported = "different"
	case u.receipt == nil, u.receipt.Stamp:
		f.Reported = "not_expected"
	default:
		c := j.clock(base, j.set.Terms.FlowLate, j.set.Terms.FlowMissing, calendar.Flows)
		f.Reported, review = c.state, c.review
	}
	if f.HasFlow && f.HasReceipt {
		difference = u.main.Amount - u.amount()
	}
	return difference, review
}

func (j *judger) cashedAxis(f *rules.PaymentFacts, u *unit) (difference record.Cents, review record.Date) {
	payable := u.receipt != nil || u.main != nil
	f.HasFlowCash = u.main != nil && u.flow.Parts > 0
	f.FlowCashEqual = f.HasFlowCash && j.equal(u.flow.Cash, u.flow.Total)
	f.HasIUVCash = payable && !f.HasFlowCash && j.totals.movable
	if f.HasIUVCash {
		due := u.amount()
		if u.receipt != nil {
			due = u.receipt.Total
		}
		// Two receipts of one IUV may be credited together.
		together := j.totals.several && j.equal(j.totals.cash, j.totals.receipts)
		f.IUVCashEqual = f.HasReceipt && (j.equal(j.totals.cash, due) || together)
		if together && !j.equal(j.totals.cash, due) {
			due = j.totals.receipts
		}
		if f.HasReceipt { // without one there is nothing to compare with
			difference = j.totals.cash - due
		}
	}
	if f.HasFlowCash {
		difference = u.flow.Cash - u.flow.Total
	}
	switch {
	case f.FlowCashEqual:
		f.Cashed = "flow"
	case f.HasFlowCash:
		f.Cashed = "different"
	case f.IUVCashEqual:
		f.Cashed = "iuv"
	case f.HasIUVCash && f.HasReceipt:
		f.Cashed = "different"
	case !payable, !f.Ours && u.receipt == nil, u.receipt != nil && u.receipt.Stamp:
		f.Cashed = "not_expected"
	case u.main == nil || !j.set.LoadsTreasury:
		f.Cashed = "waiting"
	default:
		c := j.clock(u.flow.RegulatedOn, j.set.Terms.CashLate, j.set.Terms.CashMissing, calendar.Cash)
		f.Cashed, review = c.state, c.review
	}
	return difference, review
}

func (j *judger) notifiedAxis(f *rules.PaymentFacts, u *unit, base record.Date) (difference record.Cents, review record.Date) {
	f.HasNotice = u.notice != nil
	if f.HasNotice && u.receipt != nil {
		difference = u.notice.Amount - u.receipt.Amount
	}
	f.NoticeEqual = f.HasNotice && u.receipt != nil && j.equal(u.notice.Amount, u.receipt.Amount)
	switch {
	case f.HasNotice && u.receipt == nil:
		f.Notified = "alone"
	case f.NoticeEqual:
		f.Notified = "matched"
	case f.HasNotice:
		f.Notified = "different"
	case !j.set.SendsNotices, u.receipt != nil && u.receipt.Shared, !f.HasReceipt:
		f.Notified = "not_expected"
	default:
		from := base
		c := j.term(from, j.set.Terms.Notice, calendar.Notices)
		f.Notified, review = c.state, c.review
	}
	return difference, review
}
