package propose

import (
	"fmt"
	"sort"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

const (
	paidWindow = 10 // days from payment to booking
	// shortestIUV is the shortest piece of an IUV taken for it.
	shortestIUV = 8
)

// receipts proposes a movement for a receipt nobody reported: same amount, close
// day, and a text with a piece of the IUV, the payer's name, or the mark of a
// single credit (RFB, RFS) whose IUV cannot be read.
func (f *finder) receipts() error {
	wanted := make(map[record.Cents]bool)
	for i := range f.movements {
		wanted[f.movements[i].Open] = true
	}
	byAmount := make(map[record.Cents][]*store.OpenReceipt)
	var last record.PaymentKey
	err := f.tx.OpenReceipts(f.asOf, func(r *store.OpenReceipt) error {
		if first := (record.PaymentKey{IUV: r.IUV, IUR: r.IUR}); first != last && wanted[r.Amount] {
			last = first
			keep := *r
			byAmount[r.Amount] = append(byAmount[r.Amount], &keep)
			f.res.Receipts++
		}
		return f.ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, list := range byAmount {
		sort.SliceStable(list, func(i, k int) bool { return list[i].PaidOn < list[k].PaidOn })
	}
	for m := range f.movements {
		if f.movements[m].Open != f.movements[m].Cash {
			continue // a payment takes the whole movement
		}
		f.receiptsFor(m, byAmount[f.movements[m].Open])
	}
	return nil
}

func (f *finder) receiptsFor(m int, list []*store.OpenReceipt) {
	booked := f.movements[m].BookedOn
	for _, i := range around(len(list), func(i int) record.Date { return list[i].PaidOn }, booked, paidWindow, 0) {
		if p, ok := f.receipt(m, list[i]); ok {
			f.add(p)
		}
	}
}

func (f *finder) receipt(m int, r *store.OpenReceipt) (Proposal, bool) {
	mv, c := &f.movements[m], &f.clues[m]
	p := Proposal{Kind: record.DecidePayment, Rule: RuleReceipt, Pairs: []Pair{{Movement: mv, Receipt: r, Amount: mv.Open}}}
	p.points(pointsAmount, "stesso importo, "+mv.Open.Italian()+" euro")
	days := mv.BookedOn - r.PaidOn
	p.points(pointsDays(int(days)), daysText("pagamento", r.PaidOn, days))
	evidence := false
	iuv := letters(r.IUV)
	if shared := stretch(c.plain, iuv); shared >= min(shortestIUV, len(iuv)) {
		evidence = true
		p.points(pointsStretch*shared/len(iuv), fmt.Sprintf("la causale contiene %d dei %d caratteri dello IUV", shared, len(iuv)))
	}
	if name := significant(words(r.PayerName)); len(name) > 0 && c.hasAll(name) {
		evidence = true
		p.points(pointsPayer, "l'ordinante o la causale porta il nome di chi ha pagato, "+strings.Join(name, " "))
	}
	if c.words["RFB"] || c.words["RFS"] {
		evidence = true
		p.points(0, "la causale è di un accredito singolo (RFB o RFS)")
	}
	return p, evidence
}

func (c *clues) hasAll(name []string) bool {
	for _, w := range name {
		if !c.words[w] {
			return false
		}
	}
	return true
}
