package judge

import (
	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// settlement judges one settlement.
func (j *judger) settlement(s *store.SettlementRow) error {
	s.Unmarked(j.unmarked)
	f, review := j.settlementFacts(s)
	id, err := j.verdict(f, "settlement", func() rules.Verdict { return j.set.Rules.Settlement(f) })
	if err != nil {
		return err
	}
	changed, err := j.tx.SetSettlementVerdict(j.set.Run, s, id, review)
	if changed {
		j.sum.Settlements++
	}
	return err
}

func (j *judger) settlementFacts(s *store.SettlementRow) (f rules.SettlementFacts, review record.Date) {
	f = rules.SettlementFacts{
		Consistent: s.DeclaredCount == s.LineCount && (s.DeclaredTotal == s.TotalPlain || s.DeclaredTotal == s.TotalNet),
		Revised:    s.Revised,
		Cash:       j.cashState(s.Cash, s.DeclaredTotal, s.Parts),
		Parts:      "one",
		Clock:      "waiting",
	}
	if s.Parts > 1 {
		f.Parts = "many"
	}
	if s.Parts == 0 && j.set.LoadsTreasury {
		c := j.clock(s.RegulatedOn, j.set.Terms.CashLate, j.set.Terms.CashMissing, calendar.Cash)
		f.Clock, review = c.state, c.review
	}
	return f, review
}

// cashState compares the cash of a flow with its declared total. Movements that
// bring it once each are the same flow credited again.
func (j *judger) cashState(cash, total record.Cents, parts int) string {
	switch {
	case parts == 0:
		return "none"
	case j.equal(cash, total):
		return "equal"
	case j.equal(cash, total*record.Cents(parts)):
		return "twice"
	case cash < total:
		return "short"
	}
	return "over"
}
