package judge_test

import (
	"fmt"
	"slices"

	"quadra/engine/calendar"
	"quadra/engine/record"
)

// settlement is what is compared of a settlement: the first status that holds.
func (j *slowJudge) settlement(f *slowVersion) (key, says string) {
	cash, parts := j.settled(f)
	return fmt.Sprintf("%s %s %d", f.key.iuf, f.PSP, f.key.year), fmt.Sprintf("%s cash %d parts %d", j.settlementStatus(f), cash, parts)
}

func (j *slowJudge) settlementStatus(f *slowVersion) string {
	cash, parts := j.settled(f)
	total := f.DeclaredTotal
	switch {
	case j.replacedAfterCash(f):
		return "REPLACED_AFTER_SETTLEMENT"
	case f.DeclaredCount != f.totals.Count, total != f.totals.Plain && total != f.totals.Net:
		return "INCONSISTENT"
	case parts == 0 && j.LoadsTreasury && j.past(f.RegulatedOn, j.Terms.CashLate, calendar.Cash):
		return "LATE"
	case parts == 0:
		return "WAITING"
	case j.equal(cash-total) && parts > 1:
		return "SETTLED_IN_PARTS"
	case j.equal(cash - total):
		return "SETTLED"
	case j.equal(cash - total*record.Cents(parts)):
		return "PAID_TWICE"
	case cash < total:
		return "SHORT"
	}
	return "OVER"
}

// replacedAfterCash says that a version was made on the day its first cash came,
// or later, and took the place of one.
func (j *slowJudge) replacedAfterCash(f *slowVersion) bool {
	replaced := slices.ContainsFunc(j.flows[f.key], func(v *slowVersion) bool { return v.replaced })
	for _, c := range j.cash {
		for _, l := range c.links {
			if l.flow == f && replaced && c.BookedOn <= record.DateOf(f.ProducedAt) {
				return true
			}
		}
	}
	return false
}

// movement is what is compared of a movement.
func (j *slowJudge) movement(c *slowCash) (key, says string) {
	labels := ""
	named := c.namesIUF || len(c.iuvs) > 0
	live := !c.reversedWhole() && !c.unseen()
	matched := len(c.links) > 0 || c.ambiguous || j.paysByIUV(c)
	switch {
	case live && named && (!matched || c.onlyRevoked()):
		labels = "TES_NO_IUF_OR_IUV"
	case live && !named && !matched:
		labels = "TES_NO_MATCH"
	}
	return fmt.Sprintf("%d %s %s", c.Year, c.Account, c.Number), fmt.Sprintf("%s [%s] cash %d", j.movementStatus(c), labels, c.cash())
}

func (j *slowJudge) movementStatus(c *slowCash) string {
	cash := c.cash()
	for _, l := range c.links {
		cash -= l.amount
	}
	linked := len(c.links) > 0
	matched := linked || j.paysByIUV(c)
	switch {
	case c.reversedWhole():
		return "REVERSED"
	case c.unseen():
		return "REVERSAL_ALONE"
	case j.NotPagoPA(c.Remittance) && !matched && !c.ambiguous:
		return "NOT_PAGOPA"
	case !j.Accounts.Ours(c.Account) && matched && !c.ambiguous:
		return "WRONG_ACCOUNT"
	case c.ambiguous:
		return "AMBIGUOUS"
	case linked && cash != 0:
		return "MATCHED_IN_PART"
	case matched:
		return "MATCHED"
	case !c.namesIUF && len(c.iuvs) == 0:
		return "NO_REFERENCE"
	case j.past(c.BookedOn, j.Terms.UnmatchedCashMissing, calendar.Flows):
		return "UNKNOWN_REFERENCE"
	}
	return "WAITING_FLOW"
}

func (c *slowCash) reversedWhole() bool { return c.cash() == 0 && c.reversed() != 0 }

// unseen says that the reversal of a movement is known and its credit is not.
func (c *slowCash) unseen() bool { return c.Amount == 0 && c.reversed() != 0 }

// paysByIUV says that it cashes a payment it names.
func (j *slowJudge) paysByIUV(c *slowCash) bool {
	return len(c.links) == 0 && c.cash() > 0 && slices.ContainsFunc(j.pays, func(p *slowPayment) bool {
		return slices.Contains(c.iuvs, p.iuv) && j.facts(p).v
	})
}

// onlyRevoked says that the flows it pays report no payment: outcome 3 is no R.
func (c *slowCash) onlyRevoked() bool {
	for _, l := range c.links {
		for _, line := range l.flow.lines {
			if line.Outcome != revokedOutcome {
				return false
			}
		}
	}
	return len(c.links) > 0
}

// state is everything compared, by unit.
func (j *slowJudge) state() map[string]string {
	out := make(map[string]string)
	put := func(unit, key, says string) { out[unit+" "+key] = says }
	for _, p := range j.pays {
		key, says := j.payment(p)
		put("payment", key, says)
	}
	for _, f := range j.currents() {
		key, says := j.settlement(f)
		put("settlement", key, says)
	}
	for _, c := range j.cash {
		key, says := j.movement(c)
		put("movement", key, says)
		for _, l := range c.links {
			put("link", key+" to "+l.flow.key.iuf+" "+l.flow.PSP+" "+fmt.Sprint(l.flow.key.year), fmt.Sprintf("%d %s", l.amount, l.step))
		}
	}
	for row, sum := range j.balance() {
		put("balance", row, sum.String())
	}
	return out
}
