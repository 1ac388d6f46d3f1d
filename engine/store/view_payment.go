package store

import (
	"fmt"

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// PaymentFilter narrows [Tx.PaymentViews]. Empty fields do not narrow.
type PaymentFilter struct {
	ViewFilter
	IUV string
	// Run lets only anomalies through that this run brought or judged anew.
	Run int64
}

// PaymentView is a judged payment with everything a person needs to understand
// it. Amounts are cents.
type PaymentView struct {
	IUV string
	PaymentKey
	Amount     record.Cents // of the receipt line, else of the flow line, else of the notice
	Difference record.Cents // of the comparison its status speaks of
	DueFrom    record.Date  // the day its ageing starts
	ReviewOn   record.Date  // first as-of date on which the calendar alone changes it; 0 never
	SinceRun   int64        // run that judged it so
	Verdict    *Verdict     // shared between rows: read only
	Receipt    ReceiptView
	Flow       FlowLineView
	Notice     NoticeView
}

// ReceiptView is the receipt line of a payment; without one its Source is not
// known.
type ReceiptView struct {
	Source      Source
	IUD         string
	Amount      record.Cents // of this transfer
	Total       record.Cents // of the whole receipt
	Outcome     string
	PaidOn      record.Date
	AfterCutOff bool // paid after 13:00, so in the next pagoPA day
	Shared      bool // a secondary entity's share
	DebtType    string
	PSP         string
	PSPName     string
	PayerCode   string
	PayerName   string
	Remittance  string
}

// FlowLineView is the flow line of a payment with the flow it stands in;
// without one its Source is not known.
type FlowLineView struct {
	Source      Source // of the line
	FlowID      int64
	Seq         int
	IUR         string
	Index       int // 0: the flow does not say
	Amount      record.Cents
	Outcome     int
	PaidOn      record.Date
	Settlement  int64
	IUF         string // as the current version writes it
	PSP         string
	PSPName     string
	RegulatedOn record.Date
	Total       record.Cents // declared by the flow
	Cash        record.Cents // of all movements that settle it
	Parts       int          // how many they are
}

// NoticeView is the notice of a payment; without one its Source is not known.
type NoticeView struct {
	Source     Source
	IUD        string
	Amount     record.Cents
	PaidOn     record.Date
	DebtType   string
	PayerCode  string
	PayerName  string
	Remittance string
}

// IUD is the entity's debt id, from the receipt or else from the notice.
func (p *PaymentView) IUD() string { return firstText(p.Receipt.IUD, p.Notice.IUD, p.AloneIUD) }

// DebtType is the tipo dovuto, from the receipt or else from the notice.
func (p *PaymentView) DebtType() string { return firstText(p.Receipt.DebtType, p.Notice.DebtType) }

// Payer is who paid, from the receipt or else from the notice.
func (p *PaymentView) Payer() (code, name string) {
	if p.Receipt.Source.Known() {
		return p.Receipt.PayerCode, p.Receipt.PayerName
	}
	return p.Notice.PayerCode, p.Notice.PayerName
}

// PSP is who collected, from the flow or else from the receipt.
func (p *PaymentView) PSP() (code, name string) {
	if p.Flow.Source.Known() {
		return p.Flow.PSP, p.Flow.PSPName
	}
	return p.Receipt.PSP, p.Receipt.PSPName
}

// PaidOn is the day of the payment by the receipt, else by the flow, else by
// the notice.
func (p *PaymentView) PaidOn() record.Date {
	switch {
	case p.Receipt.PaidOn != 0:
		return p.Receipt.PaidOn
	case p.Flow.PaidOn != 0:
		return p.Flow.PaidOn
	}
	return p.Notice.PaidOn
}

// OtherIUR says that receipt and flow line were linked though their IUR
// differs: the only ones left, with equal IUV, index and amount.
func (p *PaymentView) OtherIUR() bool {
	return p.Receipt.Source.Known() && p.Flow.Source.Known() && p.Flow.IUR != p.IUR
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// PaymentViews calls fn for each payment the filter lets through, in the order
// of its key. It is one ordered scan: memory does not follow the number of
// payments. The view is reused from one call to the next; fn may run other
// queries of the transaction, but not this one again.
func (tx *Tx) PaymentViews(f PaymentFilter, fn func(*PaymentView) error) error {
	low, high := textRange(f.IUV)
	var args packed.Rows
	args.Text(low)
	args.Text(high)
	args.Text(f.Status)
	name := "ViewPayments"
	if f.Run != 0 {
		name = "ViewAnomaliesOfRun"
		args.Int(f.Run)
	} else if f.Anomalies {
		many, err := tx.manyAnomalies()
		if err != nil {
			return err
		}
		name = "ViewAnomalies"
		if many {
			name = "ViewManyAnomalies"
		}
	}
	v := paymentViewer{viewer: tx.viewer(), days: make(dates), words: make(words)}
	var p PaymentView
	return tx.streamOf(name, &args, func(r *packed.Reader) error {
		if err := v.payment(r, &p); err != nil {
			return fmt.Errorf("payment %s %s: %w", p.IUV, p.IUR, err)
		}
		return fn(&p)
	})
}

// sortedAnomalies is how many payments are rather put in order than looked for
// among all.
const sortedAnomalies = 20_000

// manyAnomalies says whether there are more.
func (tx *Tx) manyAnomalies() (bool, error) {
	var n int
	_, err := tx.one("ViewAnomaliesUpTo", []any{sortedAnomalies + 1}, &n)
	return n > sortedAnomalies, err
}

// paymentViewer reads payments; days, codes and names come again and again.
type paymentViewer struct {
	*viewer
	days  dates
	words words
}

func (v *paymentViewer) payment(row *packed.Reader, p *PaymentView) (err error) {
	cents := func() record.Cents { return record.Cents(row.Int()) }
	day := func(into *record.Date) {
		if e := v.days.next(row, into); e != nil && err == nil {
			err = e
		}
	}
	word := func() string { return v.words.next(row) }
	r, l, n := &p.Receipt, &p.Flow, &p.Notice
	p.IUV, p.IUR, p.Index, p.AloneIUD = row.Text(), row.Text(), int(row.Int()), row.Text()
	p.Amount, p.Difference = cents(), cents()
	day(&p.DueFrom)
	verdict := row.Int()
	p.SinceRun = row.Int()
	day(&p.ReviewOn)

	receiptDoc, receiptLine := row.Int(), int(row.Int())
	r.IUD, r.Amount, r.Total, r.Outcome = row.Text(), cents(), cents(), word()
	day(&r.PaidOn)
	r.AfterCutOff, r.Shared, r.DebtType = row.Flag(), row.Flag(), word()
	r.PSP, r.PSPName, r.PayerCode, r.PayerName, r.Remittance = word(), word(), row.Text(), row.Text(), row.Text()

	l.FlowID, l.Seq = row.Int(), int(row.Int())
	flowLine := int(row.Int())
	l.IUR, l.Index, l.Amount, l.Outcome = row.Text(), int(row.Int()), cents(), int(row.Int())
	day(&l.PaidOn)
	flowDoc := row.Int()
	l.Settlement, l.IUF, l.PSP, l.PSPName = row.Int(), word(), word(), word()
	day(&l.RegulatedOn)
	l.Total, l.Cash, l.Parts = cents(), cents(), int(row.Int())

	noticeDoc, noticeLine := row.Int(), int(row.Int())
	n.IUD, n.Amount = row.Text(), cents()
	day(&n.PaidOn)
	n.DebtType, n.PayerCode, n.PayerName, n.Remittance = word(), row.Text(), row.Text(), row.Text()
	if err != nil {
		return err
	}
	if r.Source, err = v.source(receiptDoc, receiptLine); err != nil {
		return err
	}
	if l.Source, err = v.source(flowDoc, flowLine); err != nil {
		return err
	}
	if n.Source, err = v.source(noticeDoc, noticeLine); err != nil {
		return err
	}
	p.Verdict, err = v.verdict(verdict)
	return err
}

// LinesOfIUV lists the lines of current flows that name the IUV: what stands
// behind a payment reported twice, revoked or paid twice.
func (tx *Tx) LinesOfIUV(iuv string) ([]FlowLineView, error) {
	v := tx.viewer()
	var out []FlowLineView
	err := tx.each("ViewLinesOfIUV", []any{iuv}, func(scan func(...any) error) error {
		var l FlowLineView
		var doc int64
		var line int
		var paid, regulated string
		err := scan(&l.IUR, &l.FlowID, &l.Seq, &line, &l.Index, &l.Amount, &l.Outcome, &paid,
			&doc, &l.Settlement, &l.IUF, &l.PSP, &l.PSPName, &regulated, &l.Total, &l.Cash, &l.Parts)
		if err != nil {
			return err
		}
		if err := parseDates(datePair{paid, &l.PaidOn}, datePair{regulated, &l.RegulatedOn}); err != nil {
			return err
		}
		l.Source, err = v.source(doc, line)
		out = append(out, l)
		return err
	})
	return out, err
}

// PaymentsOfIUV lists the payments of an IUV in the order of their keys: the
// other one of a payment made twice is among them.
func (tx *Tx) PaymentsOfIUV(iuv string) ([]PaymentRow, error) {
	var out []PaymentRow
	err := tx.each("ViewPaymentsOfIUV", []any{iuv}, func(scan func(...any) error) error {
		var p PaymentRow
		var due, review string
		if err := scan(&p.IUR, &p.Index, &p.AloneIUD, &p.Amount, &p.HasReceipt, &p.NoticeIUD, &p.FlowID, &p.FlowSeq,
			&p.Difference, &due, &p.Verdict, &review); err != nil {
			return err
		}
		out = append(out, p)
		last := &out[len(out)-1]
		return parseDates(datePair{due, &last.DueFrom}, datePair{review, &last.ReviewOn})
	})
	return out, err
}
