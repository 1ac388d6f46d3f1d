package judge_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/judge"
	"quadra/engine/record"
)

// slowJudge judges slow books on one day, in plain Go and in the order of RULES
// section 4: nothing of the ruleset is read.
type slowJudge struct {
	*slowBooks
	judge.Settings
	cash []*slowCash
	pays []*slowPayment
}

func (b *slowBooks) judge(set judge.Settings, asOf string) *slowJudge {
	set.AsOf = day(asOf)
	return &slowJudge{slowBooks: b, Settings: set, cash: b.link(), pays: b.payments()}
}

// past says that a term of so many working days has ended.
func (j *slowJudge) past(from record.Date, days int, of calendar.Source) bool {
	return j.AsOf > j.Calendar.Deadline(from, days, of)
}

// equal says that amounts that differ by so much count as equal.
func (j *slowJudge) equal(difference record.Cents) bool {
	return -j.Tolerance <= difference && difference <= j.Tolerance
}

// settled is the cash of a flow and how many movements brought it.
func (j *slowJudge) settled(f *slowVersion) (cash record.Cents, parts int) {
	for _, c := range j.cash {
		for _, l := range c.links {
			if l.flow == f {
				cash += l.amount
				parts++
			}
		}
	}
	return cash, parts
}

func (j *slowJudge) cashed(p *slowPayment) bool {
	if p.line == nil {
		return false
	}
	_, parts := j.settled(p.line.flow)
	return parts > 0
}

// naming is the cash that pays no flow and names an IUV.
func (j *slowJudge) naming(iuv string) (cash record.Cents, any bool) {
	for _, c := range j.cash {
		if len(c.links) == 0 && c.cash() > 0 && slices.Contains(c.iuvs, iuv) {
			cash += c.cash()
			any = true
		}
	}
	return cash, any
}

// together is what the receipts of an IUV are worth that no flow settles, when
// they are several: they may be credited at once.
func (j *slowJudge) together(iuv string) (total record.Cents, several bool) {
	var iurs []string
	for _, p := range j.pays {
		if p.iuv == iuv && p.receipt != nil && !j.cashed(p) && !slices.Contains(iurs, p.iur) {
			iurs = append(iurs, p.iur)
			total += p.receipt.Total
		}
	}
	return total, len(iurs) > 1
}

// ours says whether an IUV has the segregation code of the entity, or none.
func (j *slowJudge) ours(iuv string) bool {
	if len(iuv) != 17 || strings.Trim(iuv, "0123456789") != "" {
		return true
	}
	return len(j.SegregationCodes) == 0 || slices.ContainsFunc(j.SegregationCodes, func(code string) bool { return strings.HasPrefix(iuv, code) })
}

// slowFacts are what the conditions of RULES speak of. Equalities are false
// when either side is missing.
type slowFacts struct {
	i, e, r, s, v         bool // there is one
	real                  bool // the receipt is not implied
	stamp, shared         bool
	ie, er, st, vt        bool // I = E, E = R, S = R.tot, V = E.tot
	ours                  bool
	receiptDue            bool // it may still come
	flowLate, cashLate    bool
	noticeMissing         bool
	closed, disabled      bool
	revoked, twice        bool
	double                bool
	cashExpected          bool
	reported, notified, c record.Cents // differences of E and R, I and E, cash
}

func (j *slowJudge) facts(p *slowPayment) (f slowFacts) {
	f = slowFacts{i: p.notice != nil, e: p.receipt != nil || p.implied(), r: p.line != nil, real: p.receipt != nil,
		ours: j.ours(p.iuv), revoked: p.revoked, twice: p.twice, double: p.double}
	var paidOn record.Date
	debtType := ""
	switch {
	case f.real:
		paidOn, debtType = p.receipt.PaidOn, p.receipt.DebtType
		f.stamp = p.receipt.Stamp
		f.shared = p.receipt.OwnerCode != "" || debtType == "EXPORT_ENTE_SECONDARIO"
	case len(p.lines) > 0:
		paidOn = p.lines[0].On
	default:
		paidOn = p.notice.PaidOn
	}
	f.closed = j.LastDay != 0 && paidOn > j.LastDay
	off, there := j.DisabledFrom[debtType]
	f.disabled = there && paidOn >= off

	from := paidOn // the pagoPA day
	if f.real && p.receipt.AfterCutOff() {
		from++
	}
	receiptFrom := from
	if f.r {
		receiptFrom = p.line.flow.RegulatedOn
		f.cashLate = j.LoadsTreasury && j.past(receiptFrom, j.Terms.CashLate, calendar.Cash)
	}
	f.receiptDue = !j.past(receiptFrom, j.Terms.Receipt, calendar.Receipts)
	f.flowLate = j.past(from, j.Terms.FlowLate, calendar.Flows)
	f.noticeMissing = !f.i && j.SendsNotices && !f.shared && j.past(from, j.Terms.Notice, calendar.Notices)
	f.cashExpected = (f.ours || f.real) && !f.stamp

	if f.i && f.real {
		f.notified = p.notice.Amount - p.receipt.Amount
		f.ie = j.equal(f.notified)
	}
	if f.e && f.r {
		f.reported = p.line.Amount - p.amount()
		f.er = j.equal(f.reported)
	}
	if f.s = j.cashed(p); f.s {
		cash, _ := j.settled(p.line.flow)
		f.c = cash - p.line.flow.DeclaredTotal
		f.st = j.equal(f.c)
	}
	// Cash by IUV is only for what no flow has settled.
	cash, any := j.naming(p.iuv)
	if f.v = any && !f.s && (f.real || f.r); f.v && f.e {
		due := p.amount()
		if f.real {
			due = p.receipt.Total
		}
		if total, several := j.together(p.iuv); several && j.equal(cash-total) && !j.equal(cash-due) {
			due = total
		}
		f.c = cash - due
		f.vt = j.equal(f.c)
	}
	return f
}

// status is the first of RULES section 4 that holds.
func (f *slowFacts) status() string {
	switch noCash := !f.st && !f.vt; {
	case !f.ours && !f.real:
		return "OTHER_INTERMEDIARY"
	case f.double:
		return "DUPLICATE"
	case f.revoked:
		return "REVOKED"
	case f.twice:
		return "REPORTED_TWICE" // not in the table of section 4, in section 3
	case f.e && f.r && !f.er:
		return "REPORTED_DIFFERENT"
	case f.r && !f.e && !f.receiptDue:
		return "REPORTED_WITHOUT_RECEIPT"
	case f.i && !f.e && !f.r && !f.receiptDue:
		return "NOTIFIED_WITHOUT_RECEIPT"
	case f.i && f.e && !f.ie:
		return "NOTIFIED_DIFFERENT"
	case f.s && !f.st, f.v && f.e && !f.vt:
		return "CASHED_DIFFERENT"
	case f.e && !f.r && !f.stamp && !f.vt && f.flowLate:
		return "NOT_REPORTED"
	case f.r && noCash && f.cashExpected && f.cashLate:
		return "NOT_CASHED"
	case f.e && f.closed:
		return "PAID_AFTER_CLOSING"
	case f.e && f.disabled:
		return "PAID_DISABLED_TYPE"
	case f.e && f.noticeMissing && (f.vt || f.er && (f.st || !f.cashExpected) || !f.r && f.stamp):
		return "NOT_NOTIFIED"
	case f.er && f.st:
		return "RECONCILED"
	case f.e && f.vt:
		return "RECONCILED_DIRECT"
	case f.er:
		return "REPORTED"
	case f.e:
		return "PAID"
	}
	return "AWAITING_RECEIPT"
}

// labels are those of RULES section 5, in the order of their codes.
func (f *slowFacts) labels() string {
	var out []string
	for _, l := range []struct {
		code  string
		holds bool
	}{
		{"DOPPI", f.double},
		{"IUD_NO_RT", f.i && (!f.e || !f.ie)},
		{"IUD_RT_IUF", f.ie && f.er},
		{"IUD_RT_IUF_TES", f.ie && (f.er && f.st || f.vt)},
		{"IUF_NO_TES", f.r && !f.s && !f.v},
		{"IUF_TES_DIV_IMP", f.r && f.s && !f.st},
		{"IUV_NO_RT", f.r && !f.e},
		{"RT_IUF", f.er},
		{"RT_IUF_TES", f.er && f.st},
		{"RT_NO_IUD", f.e && !f.i},
		{"RT_NO_IUF", f.e && !f.v && !f.er},
		{"RT_TES", f.e && !f.r && f.vt},
	} {
		if l.holds {
			out = append(out, l.code)
		}
	}
	return strings.Join(out, "|")
}

// difference is the first a status speaks of, which no tolerated one is; those
// are shown when there is no other.
func (j *slowJudge) difference(f *slowFacts) record.Cents {
	all := []record.Cents{f.reported, f.notified, f.c}
	if i := slices.IndexFunc(all, func(d record.Cents) bool { return !j.equal(d) }); i >= 0 {
		return all[i]
	}
	return cmp.Or(all...)
}

// payment is what is compared of a payment.
func (j *slowJudge) payment(p *slowPayment) (key, says string) {
	f := j.facts(p)
	line, notice := "-", ""
	if l := p.shown(); l != nil {
		line = fmt.Sprintf("%s %s %d", l.flow.key.iuf, l.flow.RegulatedOn, l.Seq)
	}
	if p.notice != nil {
		notice = p.notice.IUD
	}
	return fmt.Sprintf("%s/%s/%d%s", p.iuv, p.iur, p.index, p.alone),
		fmt.Sprintf("%s [%s] amount %d difference %d notice %q line %s", f.status(), f.labels(), p.amount(), j.difference(&f), notice, line)
}
