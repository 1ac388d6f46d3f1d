package explain

import (
	"fmt"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Movement explains a movement of the giornale di cassa.
func (e *Explainer) Movement(m *store.MovementView) (Explanation, error) {
	out := Explanation{Cash: m.Cash, HasCash: m.Cash != 0}
	name := movementName(m.Number, m.Year)
	vals := values{
		"amount": e.money(m.Amount), "cash": e.money(m.Cash), "movement": name,
		"account": m.Account, "remittance": m.Remittance, "booked_on": e.date(m.BookedOn),
	}
	var iufs, iuvs []string
	for i := range m.Refs {
		switch r := &m.Refs[i]; r.Kind {
		case "iuf":
			iufs = append(iufs, r.ID)
		case "iuv":
			iuvs = append(iuvs, r.ID)
		}
	}
	if len(m.Links) > 0 {
		iufs = iufs[:0]
		for i := range m.Links {
			iufs = append(iufs, m.Links[i].IUF)
		}
		vals["expected"] = e.money(m.Linked())
		if m.Difference() != 0 {
			vals["difference"] = e.gap(m.Difference())
		}
	}
	if len(m.Links) == 1 {
		vals["psp"], vals["regulated_on"] = m.Links[0].PSP, e.date(m.Links[0].RegulatedOn)
	}
	vals["iuf"], vals["iuv"] = strings.Join(iufs, ", "), strings.Join(iuvs, ", ")
	vals["other"] = strings.Join(append(iufs, iuvs...), ", ")
	out.Records = []Record{{record.KindMovements, name, m.Source}}
	if fact(m.Verdict, "match") == "none" && fact(m.Verdict, "reference") != "none" && fact(m.Verdict, "reversed") == "" &&
		fact(m.Verdict, "reversal_alone") == "" {
		out.DueBy = e.set.Calendar.Deadline(m.BookedOn, e.set.Terms.UnmatchedCashMissing, calendar.Flows)
	}
	if err := e.explain(m.Verdict, m.BookedOn, vals, &out); err != nil {
		return out, fmt.Errorf("movement %s: %w", name, err)
	}
	said, err := e.onMovement(m)
	out.Why += said
	return out, err
}
