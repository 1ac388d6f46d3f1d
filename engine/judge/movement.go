package judge

import (
	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// movement judges one movement; the payments have been judged before, so
// whether its IUV found one is known.
func (j *judger) movement(m *store.MovementRow) error {
	m.Unmarked(j.unmarked)
	f, review := j.movementFacts(m)
	id, err := j.verdict(f, "movement", func() rules.Verdict { return j.set.Rules.Movement(f) })
	if err != nil {
		return err
	}
	changed, err := j.tx.SetMovementVerdict(j.set.Run, m, id, review)
	if changed {
		j.sum.Movements++
	}
	if err != nil || !changed && !m.Touched {
		return err
	}
	return j.tx.NumberMovement(j.set.Run, m)
}

func (j *judger) movementFacts(m *store.MovementRow) (f rules.MovementFacts, review record.Date) {
	f = rules.MovementFacts{
		Reversed:      m.Cash == 0 && m.Reversed != 0,
		ReversalAlone: m.Amount == 0 && m.Reversed != 0,
		PagoPA:        !j.set.NotPagoPA(m.Remittance),
		Account:       "right",
		Reference:     reference(m.NamesIUF, m.NamesIUV),
		Match:         "none",
		Clock:         "waiting",
	}
	if !j.set.Accounts.Ours(m.Account) {
		f.Account = "wrong"
	}
	switch {
	case f.ReversalAlone: // it pays nothing, whatever it names (RULES section 2)
	case m.Ambiguous:
		f.Match = "ambiguous"
	case m.Links > 0 && m.Linked != m.Cash:
		f.Match = "part"
	case m.Links > 0 || m.IUVUsed:
		f.Match = "full"
	}
	// A flow whose every line is revoked reports no payment (RULES section 5:
	// outcome 3 lines are no R), so cash for it has nothing behind it.
	f.RevokedOnly = m.Links > 0 && !m.Payable
	if f.Match == "none" && !f.Reversed && !f.ReversalAlone && f.Reference != "none" {
		c := j.clock(m.BookedOn, j.set.Terms.UnmatchedCashLate, j.set.Terms.UnmatchedCashMissing, calendar.Flows)
		f.Clock, review = c.state, c.review
	}
	return f, review
}

func reference(iuf, iuv bool) string {
	switch {
	case iuf && iuv:
		return "both"
	case iuf:
		return "iuf"
	case iuv:
		return "iuv"
	}
	return "none"
}
