package store

import "slices"

// A payment is the last row of its own history. What stood there before moves to
// the past rows when a later run changes or drops it; a run that judges a payment
// again itself leaves one row of it, which says how it was before that run.

// judgedRow is a payment and how it came to be judged so.
type judgedRow struct {
	PaymentRow
	since int64 // run
	origin
}

// origin is what a row of a history says of its beginning.
type origin struct {
	before int64 // verdict until then; 0: it was not known
	file   int64 // that made the run look at it, see [Group]
	also   string
}

// judging is what is known of the run that judges.
type judging struct {
	begun bool
	first bool // the books held no payment: what it brings is one change
	told  bool // and has its number
	went  bool // it dropped payments before all of them were looked at, this time
}

// take makes the payments of a group what was read of them.
func (g *Group) take() {
	g.Payments, g.went = g.Payments[:0], g.went[:0]
	for i := range g.judged {
		g.Payments = append(g.Payments, g.judged[i].PaymentRow)
	}
}

// of is a payment as it was read, nil when there was none or it was dropped.
func (g *Group) of(k PaymentKey) *judgedRow {
	for i := range g.judged {
		if g.judged[i].PaymentKey == k {
			return &g.judged[i]
		}
	}
	return nil
}

// PutPayment stores a new or changed payment, with its history and number.
func (tx *Tx) PutPayment(run int64, g *Group, p *PaymentRow) error {
	if err := tx.begin(run); err != nil {
		return err
	}
	from := origin{0, g.Cause, g.Also}
	var err error
	switch old := g.of(p.PaymentKey); {
	case old == nil:
		from, err = tx.back(run, g, p, from)
	case old.since == run:
		from = old.origin
	default:
		from.before = old.Verdict
		err = tx.addPast(old.since, g, &old.PaymentRow, old.origin, old.Verdict)
	}
	if err != nil {
		return err
	}
	b, err := tx.bulk("PaymentPut")
	if err != nil {
		return err
	}
	packPaymentKey(b, g, p)
	b.Int(int64(p.Amount))
	b.Flag(p.HasReceipt)
	b.Text(p.NoticeIUD)
	b.IntOrNull(p.FlowID)
	b.IntOrNull(int64(p.FlowSeq))
	b.Int(int64(p.Difference))
	b.Text(tx.day(p.DueFrom))
	b.Int(p.Verdict)
	b.Int(run)
	b.TextOrNull(tx.day(p.ReviewOn))
	b.Text(p.IUD)
	b.IntOrNull(from.before)
	b.IntOrNull(from.file)
	b.Text(from.also)
	if err := tx.added(b); err != nil {
		return err
	}
	return tx.number(run, g, p, false)
}

func packPaymentKey(b *bulk, g *Group, p *PaymentRow) {
	b.Text(g.IUV)
	b.Text(p.IUR)
	b.Int(int64(p.Index))
	b.Text(p.AloneIUD)
}

// ReviewPayment stores when the calendar will next look at the payment; its
// judgement is unchanged.
func (tx *Tx) ReviewPayment(g *Group, p *PaymentRow) error {
	_, err := tx.exec("PaymentReview", nullableDate(p.ReviewOn), g.IUV, p.IUR, p.Index, p.AloneIUD)
	return err
}

// DropPayment removes a payment of the group that no longer exists (its only flow
// line went with a revision, its notice found a receipt), keeping the history.
func (tx *Tx) DropPayment(run int64, g *Group, p *PaymentRow) error {
	if err := tx.begin(run); err != nil {
		return err
	}
	from := origin{p.Verdict, g.Cause, g.Also}
	if old := g.of(p.PaymentKey); old != nil && old.since == run {
		from = old.origin
	} else if old != nil {
		if err := tx.addPast(old.since, g, &old.PaymentRow, old.origin, old.Verdict); err != nil {
			return err
		}
	}
	if err := tx.addPast(run, g, p, from, 0); err != nil {
		return err
	}
	if _, err := tx.exec("PaymentDelete", g.IUV, p.IUR, p.Index, p.AloneIUD); err != nil {
		return err
	}
	g.judged = slices.DeleteFunc(g.judged, func(old judgedRow) bool { return old.PaymentKey == p.PaymentKey })
	g.went = append(g.went, p.PaymentKey)
	return tx.number(run, g, p, true)
}

// addPast adds to the past rows of a payment what a run made of it: a verdict, or
// 0 when it went.
func (tx *Tx) addPast(run int64, g *Group, p *PaymentRow, from origin, after int64) error {
	b, err := tx.bulk("PaymentPast")
	if err != nil {
		return err
	}
	packPaymentKey(b, g, p)
	b.Int(run)
	b.IntOrNull(from.before)
	b.IntOrNull(after)
	b.Int(int64(p.Amount))
	b.IntOrNull(from.file)
	b.Text(from.also)
	b.Text(p.IUD)
	b.Int(int64(p.Difference))
	b.Text(tx.day(p.DueFrom))
	b.Flag(p.HasReceipt)
	b.Flag(p.NoticeIUD != "")
	b.IntOrNull(p.FlowID)
	b.IntOrNull(int64(p.FlowSeq))
	return tx.added(b)
}

// begin looks, once for all that is judged together, at what the books held and at
// what the run did before: most judge once, and no payment they bring can be one
// they dropped.
func (tx *Tx) begin(run int64) error {
	if tx.judging.begun {
		return nil
	}
	tx.judging.begun = true
	_, err := tx.one("JudgingBegins", []any{run}, &tx.judging.first, &tx.judging.went)
	return err
}

// back is the beginning of the history row of a payment that was not there: from,
// or, when the run itself had dropped it, what the row says that says so. That row
// goes: the payment takes its place.
func (tx *Tx) back(run int64, g *Group, p *PaymentRow, from origin) (origin, error) {
	if !tx.judging.went && !slices.Contains(g.went, p.PaymentKey) {
		return from, nil
	}
	key := []any{g.IUV, p.IUR, p.Index, p.AloneIUD, run}
	var was origin
	found, err := tx.one("PaymentWent", key, &was.before, &was.file, &was.also)
	if err != nil || !found {
		return from, err
	}
	_, err = tx.exec("PaymentBack", key...)
	return was, err
}
