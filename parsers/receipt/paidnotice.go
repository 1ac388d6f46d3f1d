package receipt

import (
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
)

// paidNotice is the receipt of a paid notice as written, whatever carries it:
// paSendRT in XML, or JSON.
type paidNotice struct {
	line    int
	id      value // receiptId
	iur     value // when it is not the id; empty otherwise
	outcome value // OK or KO

	iuv                  value
	amount               value
	issuer, issuerName   value // the entity that issued the notice
	taxonomy             value // of the issuer's debt
	description          value
	kind, code, name     value // of the debtor
	psp, pspName         value
	paidAt               value // when the user paid
	appliedOn, creditsOn value // applicationDate, transferDate
	standIn              value
	metadata             []pair
	transfers            []transfer

	cents func(string) (record.Cents, error) // how amounts are written
	// secondaryOnly says that the lines wanted are those the entity has in the
	// notices of others.
	secondaryOnly bool
	partial       bool // not all transfers need be there: the total proves nothing
}

// transfer is what a receipt says of one beneficiary's share.
type transfer struct {
	line       int
	index      value
	amount     value
	taxCode    value
	iban       value
	stamp      bool
	remittance value
	category   value
	metadata   []pair
}

// theSecondary is the debt type MyPay gives to lines of other entities' notices.
const theSecondary = "EXPORT_ENTE_SECONDARIO"

// judge turns the receipt into the lines of one entity, of all when taxCode is
// empty. A receipt that is for others is a [*record.FileError]; one that cannot
// be believed is a reject.
func (p *paidNotice) judge(taxCode string) (v verdict, bad *record.Reject, err error) {
	ours, others := p.ours(taxCode)
	if len(ours) == 0 && len(others) > 0 {
		return v, nil, otherEntity(p.line, taxCode, others...)
	}
	if bad := p.heading(); bad != nil {
		return v, bad, nil
	}
	if p.outcome.text == "KO" {
		v.warn("ricevuta %s con esito KO: nessun pagamento", p.id.text)
		return v, nil, nil
	}
	common, bad := p.common()
	if bad != nil {
		return v, bad, nil
	}
	amounts, bad := p.amounts(common.Total, &v)
	if bad != nil {
		return v, bad, nil
	}
	for i, t := range p.transfers {
		if !slices.Contains(ours, i) {
			continue
		}
		if p.secondaryOnly && (t.iban.text == "" || strings.EqualFold(t.taxCode.text, p.issuer.text)) {
			v.warn("ricevuta %s: il versamento %s dell'ente che ha emesso l'avviso, o senza IBAN, non è preso da questo file", p.id.text, t.index.text)
			continue
		}
		l := common
		l.Amount = amounts[i]
		if bad := p.fill(i, &l, &v); bad != nil {
			v.rejects = append(v.rejects, bad)
		} else {
			v.lines = append(v.lines, l)
		}
	}
	return v, nil, nil
}

func (v *verdict) warn(format string, args ...any) {
	v.warnings = append(v.warnings, fmt.Sprintf(format, args...))
}

// ours are the positions of the entity's transfers, others the beneficiaries of
// the rest, each once.
func (p *paidNotice) ours(taxCode string) (ours []int, others []string) {
	for i, t := range p.transfers {
		switch code := t.taxCode.text; {
		case taxCode == "" || strings.EqualFold(code, taxCode):
			ours = append(ours, i)
		case !slices.Contains(others, code):
			others = append(others, code)
		}
	}
	return ours, others
}

// heading refuses a receipt that lacks what all its lines need.
func (p *paidNotice) heading() *record.Reject {
	bad := check(
		demand{p.id, true, maxID}, demand{p.iur, false, maxID}, demand{p.outcome, true, 2}, demand{p.iuv, true, maxID},
		demand{p.issuer, false, maxID}, demand{p.issuerName, false, maxOwnerName}, demand{p.taxonomy, false, maxCollection},
		demand{p.description, false, maxRemittance}, demand{p.psp, false, maxID}, demand{p.pspName, false, maxName},
		demand{p.kind, false, 1}, demand{p.code, false, maxID}, demand{p.name, false, maxName},
	)
	switch {
	case bad != nil:
		return bad
	case p.outcome.text != "OK" && p.outcome.text != "KO":
		return p.outcome.refuse(record.RejectOutcome, "l'esito deve essere OK o KO")
	case p.outcome.text == "KO":
		return nil
	case len(p.transfers) == 0:
		return (&value{name: "transferList", line: p.line}).refuse(record.RejectMissing, "la ricevuta non ha nessun versamento")
	case len(p.transfers) > maxTransfers:
		return (&value{name: "transferList", line: p.line}).refuse(record.RejectIndex, "una ricevuta ha al massimo cinque versamenti")
	}
	return nil
}

// common is what all lines of the receipt share.
func (p *paidNotice) common() (l record.ReceiptLine, bad *record.Reject) {
	l = record.ReceiptLine{
		IUV: p.iuv.text, IUR: p.id.text, ReceiptID: p.id.text, Context: p.id.text, Outcome: "0",
		PSP: p.psp.text, PSPName: p.pspName.text,
		PayerKind: p.kind.text, PayerCode: p.code.text, PayerName: p.name.text,
	}
	if s := strings.ToLower(p.standIn.text); s == "true" || s == "1" {
		l.OutcomeTag = "STAND_IN"
	}
	if l.Total, bad = paid(p.amount, p.cents); bad == nil && l.Total == 0 {
		bad = p.amount.refuse(record.RejectNotPositive, "l'importo deve essere maggiore di zero")
	}
	if p.iur.text != "" {
		l.IUR = p.iur.text
	}
	return l, bad
}

// amounts are those of the transfers, which must add up to the total.
func (p *paidNotice) amounts(total record.Cents, v *verdict) ([]record.Cents, *record.Reject) {
	var sum record.Cents
	amounts := make([]record.Cents, len(p.transfers))
	for i, t := range p.transfers {
		var bad *record.Reject
		if amounts[i], bad = paid(t.amount, p.cents); bad != nil {
			return nil, bad
		}
		sum += amounts[i]
	}
	if sum == total {
		return amounts, nil
	}
	reason := fmt.Sprintf("i versamenti della ricevuta sommano %s, il totale pagato è %s", sum.Italian(), total.Italian())
	if p.partial && sum < total {
		v.warn("ricevuta %s: %s", p.id.text, reason)
		return amounts, nil
	}
	return nil, p.amount.refuse(record.RejectAmount, reason)
}

// fill completes a line from the transfer at a position, or says why it is left
// out.
func (p *paidNotice) fill(i int, l *record.ReceiptLine, v *verdict) *record.Reject {
	t := &p.transfers[i]
	if bad := check(
		demand{t.taxCode, true, maxID}, demand{t.remittance, false, maxRemittance}, demand{t.category, false, maxCollection},
	); bad != nil {
		return bad
	}
	if len(t.index.text) != 1 || t.index.text[0] < '1' || t.index.text[0] > '0'+maxIndex {
		return t.index.refuse(record.RejectIndex, "l'indice deve essere un numero da 1 a 5")
	}
	if slices.ContainsFunc(p.transfers[:i], func(o transfer) bool { return o.index.text == t.index.text }) {
		return t.index.refuse(record.RejectDuplicate, "due versamenti della ricevuta hanno lo stesso indice")
	}
	if l.Amount == 0 {
		return t.amount.refuse(record.RejectNotPositive, "l'importo deve essere maggiore di zero")
	}
	if bad := p.when(l); bad != nil {
		return bad
	}
	l.Line, l.Index, l.Beneficiary = t.line, int(t.index.text[0]-'0'), t.taxCode.text
	l.Stamp = t.stamp
	l.Remittance, l.Collection = t.remittance.text, collection(t.category.text)
	if l.Remittance == "" {
		l.Remittance = p.description.text
	}
	if p.issuer.text != "" && !strings.EqualFold(p.issuer.text, t.taxCode.text) {
		l.OwnerCode, l.OwnerName, l.OwnerTaxonomy = p.issuer.text, p.issuerName.text, p.taxonomy.text
	}
	if p.secondaryOnly {
		l.DebtType = theSecondary
	}
	l.Metadata = p.details(t, v)
	return nil
}

// when sets the instant and the day of the payment: the day the user paid, else
// the day the PSP booked it, else the day it is to be credited.
func (p *paidNotice) when(l *record.ReceiptLine) *record.Reject {
	for _, v := range []value{p.paidAt, p.appliedOn, p.creditsOn} {
		if v.text == "" {
			continue
		}
		if at, ok := instant(v.text); ok && v.name == p.paidAt.name {
			l.ReceivedAt, l.PaidOn = at, record.DateOf(at)
			return nil
		}
		on, ok := day(v.text)
		if !ok {
			return v.refuse(record.RejectDate, "non è una data che esiste, nella forma AAAA-MM-GG o AAAA-MM-GGTHH:MM:SS")
		}
		l.PaidOn = on
		return nil
	}
	return p.paidAt.refuse(record.RejectMissing, "la ricevuta non dice quando è stata pagata: mancano paymentDateTime, applicationDate e transferDate")
}

// collection is a category as datiSpecificiRiscossione, kind and code between
// slashes ([0129]/...), unless it is of that form already.
func collection(category string) string {
	if category == "" || len(category) > 1 && category[1] == '/' && strings.IndexByte("0129", category[0]) >= 0 {
		return category
	}
	return "9/" + strings.Trim(category, "/") + "/"
}

// details are the metadata of a transfer and of its receipt as lines key=value,
// sorted. Those of the transfer come first when there are more than a line may
// carry.
func (p *paidNotice) details(t *transfer, v *verdict) string {
	var kept []string
	left := 0
	for _, pairs := range [][]pair{t.metadata, p.metadata} {
		for _, m := range pairs {
			entry := strings.Join(strings.Fields(m.key), " ") + "=" + strings.Join(strings.Fields(m.value), " ")
			switch {
			case m.key == "" || slices.Contains(kept, entry):
			case len(kept) == maxPairs || len([]rune(m.key)) > maxPair || len([]rune(m.value)) > maxPair:
				left++
			default:
				kept = append(kept, entry)
			}
		}
	}
	if left > 0 {
		v.warn("ricevuta %s: %d metadati lasciati fuori, se ne tengono al massimo %d di %d caratteri", p.id.text, left, maxPairs, maxPair)
	}
	slices.Sort(kept)
	return strings.Join(kept, "\n")
}
