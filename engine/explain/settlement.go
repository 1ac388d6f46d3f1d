package explain

import (
	"fmt"
	"strconv"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Settlement explains a settlement.
func (e *Explainer) Settlement(s *store.SettlementView) (Explanation, error) {
	out := Explanation{Cash: s.Cash, HasCash: s.Parts > 0}
	vals := values{
		"amount": e.money(s.DeclaredTotal), "iuf": s.IUF, "psp": pspName(s.PSP, s.PSPName),
		"regulated_on": e.date(s.RegulatedOn), "movement": movementNames(s.Movements),
		"remittance": s.Regulation,
	}
	vals["revision"] = strconv.Itoa(s.Revision)
	if s.Revision == 0 { // the document has none: the instant it was made tells versions apart
		vals["revision"] = e.instant(s.ProducedAt)
	}
	difference, expected := s.Difference(), s.DeclaredTotal
	if !s.Consistent() {
		// What does not add up is the flow itself: header against lines.
		expected, difference = s.TotalPlain, s.DeclaredTotal-s.TotalPlain
	}
	vals["expected"] = e.money(expected)
	vals["difference"] = e.gap(difference)
	if out.HasCash {
		vals["cash"] = e.money(s.Cash)
	}
	if len(s.Movements) == 1 {
		vals["account"], vals["booked_on"] = s.Movements[0].Account, e.date(s.Movements[0].BookedOn)
	}
	out.Records = movementRecords([]Record{{record.KindFlows, s.IUF, s.Source}}, s.Movements)
	if s.Parts == 0 {
		out.DueBy = e.set.Calendar.Deadline(s.RegulatedOn, e.set.Terms.CashLate, calendar.Cash)
	}
	if err := e.explain(s.Verdict, s.RegulatedOn, vals, &out); err != nil {
		return out, fmt.Errorf("settlement %s: %w", s.IUF, err)
	}
	if s.Parts > 0 && fact(s.Verdict, "cash") == "equal" {
		out.Why += e.tolerated(e.say("Flusso e incasso", "Flow and cash"), s.DeclaredTotal, s.Cash)
	}
	if s.DeclaredCount != s.LineCount {
		out.Why += fmt.Sprintf(e.say(" Dichiara %d pagamenti, ne contiene %d.", " It declares %d payments and holds %d."),
			s.DeclaredCount, s.LineCount)
	}
	if s.Revised {
		changes, err := e.tx.RevisedLines(s.ID)
		if err != nil {
			return out, err
		}
		out.Why += e.revision(changes)
	}
	said, err := e.onSettlement(record.SettlementKey{IUF: s.IUF, PSP: s.PSP, Year: s.Year})
	out.Why += said
	return out, err
}

// changesShown is how many changed lines of a revision a sentence names.
const changesShown = 5

// revision says which lines a revision brought, took away or changed.
func (e *Explainer) revision(changes []store.RevisedLine) string {
	var texts []string
	for _, c := range changes[:min(len(changes), changesShown)] {
		switch {
		case !c.HadBefore:
			texts = append(texts, fmt.Sprintf(e.say("IUV %s di %s aggiunto", "IUV %s of %s added"), c.IUV, e.money(c.After)))
		case !c.HasAfter:
			texts = append(texts, fmt.Sprintf(e.say("IUV %s di %s tolto", "IUV %s of %s removed"), c.IUV, e.money(c.Before)))
		case c.Before == c.After:
			texts = append(texts, fmt.Sprintf(e.say("IUV %s con un altro esito", "IUV %s with another outcome"), c.IUV))
		default:
			texts = append(texts, fmt.Sprintf(e.say("IUV %s da %s a %s", "IUV %s from %s to %s"), c.IUV, e.money(c.Before), e.money(c.After)))
		}
	}
	if more := len(changes) - changesShown; more > 0 {
		texts = append(texts, fmt.Sprintf(e.say("e altre %d righe", "and %d more lines"), more))
	}
	if len(texts) == 0 {
		return e.say(" Le righe sono quelle di prima.", " The lines are those of before.")
	}
	return e.say(" Righe cambiate: ", " Lines changed: ") + strings.Join(texts, "; ") + "."
}
