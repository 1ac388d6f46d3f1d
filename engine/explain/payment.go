package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Payment explains a payment.
func (e *Explainer) Payment(p *store.PaymentView) (Explanation, error) {
	var out Explanation
	movements, err := e.cash(p, &out)
	if err != nil {
		return out, err
	}
	vals := values{
		"amount": e.money(p.Amount),
		"iuv":    p.IUV, "iur": p.IUR, "iud": p.IUD(), "iuf": p.Flow.IUF,
		"movement":     movementNames(movements),
		"paid_on":      e.date(p.PaidOn()),
		"regulated_on": e.date(p.Flow.RegulatedOn),
	}
	vals["psp"] = pspName(p.PSP())
	if p.Index > 0 {
		vals["index"] = strconv.Itoa(p.Index)
	}
	if p.Receipt.Source.Known() {
		vals["remittance"] = p.Receipt.Remittance
	} else {
		vals["remittance"] = p.Notice.Remittance
	}
	if len(movements) == 1 {
		vals["account"], vals["booked_on"] = movements[0].Account, e.date(movements[0].BookedOn)
	}
	if out.HasCash {
		vals["cash"] = e.money(out.Cash)
	}
	if expected, ok := e.compared(p); ok {
		vals["expected"] = e.money(expected)
	}
	if p.Difference != 0 {
		vals["difference"] = e.gap(p.Difference)
	}
	e.records(p, &out)
	if err := e.others(p, vals, &out); err != nil {
		return out, err
	}
	out.Records = movementRecords(out.Records, movements)
	out.DueBy = e.paymentDue(p)
	if err := e.explain(p.Verdict, p.DueFrom, vals, &out); err != nil {
		return out, fmt.Errorf("payment %s %s: %w", p.IUV, p.IUR, err)
	}
	out.Why += e.toleratedOf(p, out.Cash)
	if p.OtherIUR() {
		out.Why += e.say(
			" La riga del flusso porta un altro IUR ("+p.Flow.IUR+"): è agganciata a questa ricevuta perché IUV, indice e importo sono gli stessi e non c'è altro con cui confonderla.",
			" The flow line carries another IUR ("+p.Flow.IUR+"): it is linked to this receipt because IUV, index and amount agree and nothing else could be meant.")
	}
	said, err := e.onPayment(p)
	out.Why += said
	return out, err
}

// pspName is the name of a PSP, or its code when it has none.
func pspName(code, name string) string {
	if name != "" {
		return name
	}
	return code
}

// cash finds the movements that cash the payment, through its flow or by IUV.
func (e *Explainer) cash(p *store.PaymentView, out *Explanation) (movements []store.LinkedMovement, err error) {
	switch {
	case fact(p.Verdict, "has_flow_cash") != "":
		movements, err = e.settling(p.Flow.Settlement)
		out.Cash = p.Flow.Cash
	case fact(p.Verdict, "has_iuv_cash") != "":
		movements, err = e.tx.CashOfIUV(p.IUV)
		for i := range movements {
			out.Cash += movements[i].Cash
		}
	}
	out.HasCash, out.Movements = len(movements) > 0, movements
	return movements, err
}

// toleratedOf names the differences a payment was judged in spite of.
func (e *Explainer) toleratedOf(p *store.PaymentView, cash record.Cents) (text string) {
	if p.Receipt.Source.Known() && fact(p.Verdict, "flow_equal") != "" {
		text += e.tolerated(e.say("Ricevuta e riga di flusso", "Receipt and flow line"), p.Receipt.Amount, p.Flow.Amount)
	}
	if fact(p.Verdict, "notice_equal") != "" {
		text += e.tolerated(e.say("Ricevuta e notifica", "Receipt and notice"), p.Receipt.Amount, p.Notice.Amount)
	}
	if fact(p.Verdict, "flow_cash_equal") != "" {
		text += e.tolerated(e.say("Flusso e incasso", "Flow and cash"), p.Flow.Total, p.Flow.Cash)
	}
	if p.Receipt.Source.Known() && fact(p.Verdict, "iuv_cash_equal") != "" {
		due := p.Receipt.Total
		if e.beyond(due, cash) { // several receipts of the IUV, credited together
			due = cash - p.Difference
		}
		text += e.tolerated(e.say("Ricevuta e incasso", "Receipt and cash"), due, cash)
	}
	return text
}

// compared is the other amount of the comparison the difference comes from, in
// the order judging looks at them: the flow line, the notice, the cash; what is
// tolerated comes after.
func (e *Explainer) compared(p *store.PaymentView) (record.Cents, bool) {
	hasReceipt := p.Receipt.Source.Known()
	switch {
	case hasReceipt && p.Flow.Source.Known() && e.beyond(p.Flow.Amount, p.Receipt.Amount):
		return p.Flow.Amount, true
	case hasReceipt && p.Notice.Source.Known() && e.beyond(p.Notice.Amount, p.Receipt.Amount):
		return p.Notice.Amount, true
	case fact(p.Verdict, "has_flow_cash") != "":
		return p.Flow.Total, true
	case fact(p.Verdict, "has_iuv_cash") == "":
		return 0, false
	case hasReceipt:
		return p.Receipt.Total, true
	}
	return p.Amount, true
}

// records lists what the payment itself is made of.
func (e *Explainer) records(p *store.PaymentView, out *Explanation) {
	if p.Receipt.Source.Known() {
		out.Records = append(out.Records, Record{record.KindReceipts, p.IUV, p.Receipt.Source})
	}
	if p.Flow.Source.Known() {
		out.Records = append(out.Records, Record{record.KindFlows, p.Flow.IUF, p.Flow.Source})
	}
	if p.Notice.Source.Known() {
		out.Records = append(out.Records, Record{record.KindNotices, p.Notice.IUD, p.Notice.Source})
	}
}

const outcomeRevoked = 3

// others finds what the status speaks of besides the payment: the payment made
// twice, the other flows that report it or take it back.
func (e *Explainer) others(p *store.PaymentView, vals values, out *Explanation) error {
	if reported := fact(p.Verdict, "reported"); reported == "twice" || reported == "revoked" {
		lines, err := e.tx.LinesOfIUV(p.IUV)
		if err != nil {
			return err
		}
		var iufs []string
		for i := range lines {
			l := &lines[i]
			if l.IUR != p.Flow.IUR || l.Source == p.Flow.Source || l.Index != p.Flow.Index && l.Index != 0 && p.Flow.Index != 0 {
				continue
			}
			out.Records = append(out.Records, Record{record.KindFlows, l.IUF, l.Source})
			if !slices.Contains(iufs, l.IUF) {
				iufs = append(iufs, l.IUF)
			}
			if reported == "revoked" && l.Outcome == outcomeRevoked {
				vals["iuf"], vals["psp"], vals["regulated_on"] = l.IUF, pspName(l.PSP, l.PSPName), e.date(l.RegulatedOn)
			}
		}
		vals["other"] = strings.Join(iufs, ", ")
	}
	if fact(p.Verdict, "duplicate") == "" {
		return nil
	}
	payments, err := e.tx.PaymentsOfIUV(p.IUV)
	if err != nil {
		return err
	}
	var iurs []string
	for i := range payments {
		o := &payments[i]
		if o.AloneIUD == "" && o.IUR != p.IUR && o.Index == p.Index && o.Amount == p.Amount {
			iurs = append(iurs, o.IUR)
		}
	}
	vals["other"] = strings.Join(iurs, ", ")
	return nil
}

// paymentDue is the last day of the term its status speaks of: of what is
// overdue when the status is an anomaly, else of what it waits for. The axes are
// tried in the order the payment goes through them. A payment whose records
// disagree waits for nothing but its receipt.
func (e *Explainer) paymentDue(p *store.PaymentView) record.Date {
	v, terms := p.Verdict, e.set.Terms
	waits := func(state string) bool { return state == "waiting" }
	if v.Sign < 0 {
		waits = overdue
	}
	base, regulated := businessDay(p), p.Flow.RegulatedOn
	from := base
	if fact(v, "has_flow") != "" {
		from = regulated
	}
	switch {
	case waits(fact(v, "receipt")):
		return e.set.Calendar.Deadline(from, terms.Receipt, calendar.Receipts)
	case disagrees(v):
		return 0
	case waits(fact(v, "reported")):
		return e.set.Calendar.Deadline(base, terms.FlowLate, calendar.Flows)
	case waits(fact(v, "cashed")) && regulated != 0:
		return e.set.Calendar.Deadline(regulated, terms.CashLate, calendar.Cash)
	case waits(fact(v, "notified")):
		return e.set.Calendar.Deadline(base, terms.Notice, calendar.Notices)
	}
	return 0
}

// disagrees says that the records of a payment are there but do not agree.
func disagrees(v *store.Verdict) bool {
	if fact(v, "duplicate") != "" {
		return true
	}
	for _, axis := range []string{"notified", "reported", "cashed"} {
		switch fact(v, axis) {
		case "different", "revoked", "twice":
			return true
		}
	}
	return false
}

// businessDay is the pagoPA day the terms of a payment run from: a receipt
// after 13:00 counts from the next one.
func businessDay(p *store.PaymentView) record.Date {
	if p.Receipt.Source.Known() && p.Receipt.AfterCutOff {
		return p.Receipt.PaidOn + 1
	}
	return p.PaidOn()
}
