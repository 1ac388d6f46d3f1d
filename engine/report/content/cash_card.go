package content

import (
	"fmt"
	"strings"

	"quadra/engine/book"
	"quadra/engine/report/card"
	"quadra/engine/store"
)

// MovementCard is the panel of a movement: what it settles and its split.
func (c *Content) MovementCard(m *Movement) (*card.Card, error) {
	all := c.set.Scope.All()
	changes, err := c.tx.TraceUnitHistory(unitMovement, m.ID)
	if err != nil {
		return nil, err
	}
	out := &card.Card{Title: c.say("Movimento ", "Movement ") + movementName(m.Number, m.Year), Why: c.judgement(m.Verdict, m.Why.Why, m.Difference()),
		History: c.history(unitMovement, changes), Notes: c.notes(m.Notes), Proposals: c.proposals.of[thing{unitMovement, m.Key}]}
	if !all {
		out.Why.Text, out.Why.Difference = "", 0
	}
	for i := range m.Links {
		l := &m.Links[i]
		out.Line = append(out.Line, card.Step{On: l.RegulatedOn, What: card.Flow, Title: c.say("Flusso ", "Flow ") + l.IUF, Text: joined(", ", l.PSP, c.reason(l.Reason)),
			Cents: l.Amount, Amount: all, To: card.Place{Table: "flussi", Key: c.flows[l.ID]}})
	}
	text := ""
	if all {
		text = joined(" · ", c.payer(m.Payer), c.payer(m.Remittance))
	}
	out.Line = append(out.Line, card.Step{On: m.BookedOn, What: card.Cash, Title: c.say("Incasso ", "Cash ") + movementName(m.Number, m.Year),
		Text: text, Cents: m.Seen, Amount: true, Source: source(m.Source)})
	if m.book != nil && all {
		out.Line = append(out.Line, c.orders(m.book))
	}
	out.Chapters = c.split(m.Split)
	if all {
		for i := range m.Refs {
			if r := &m.Refs[i]; r.Kind == "iuv" && r.Used {
				out.Links = append(out.Links, card.Link{Place: card.Place{Table: "pagamenti"}, Find: r.ID, Text: c.say("Pagamento ", "Payment ") + r.ID})
			}
		}
	}
	if m.book != nil && m.open() {
		out.Links = append(out.Links, card.Link{Place: card.Place{Table: "da-regolarizzare"}, Find: movementName(m.Number, m.Year), Text: c.say("Da regolarizzare", "To be regularised")})
	}
	return c.fit(out), nil
}

// orders says how far regularising a movement has come.
func (c *Content) orders(p *book.Provvisorio) card.Step {
	s := card.Step{What: card.Booked, Title: c.OrderState(p.State), Cents: p.Covered, Amount: p.Covered != 0, Missing: p.State != book.Regularised}
	if len(p.Orders) > 0 {
		s.Text = c.say("Reversali ", "Orders ") + strings.Join(p.Orders, ", ")
	}
	if p.State != book.Regularised {
		s.Text = joined(". ", s.Text, c.daysLeft(p.DaysLeft))
	}
	return s
}

// OrderState is what people call it.
func (c *Content) OrderState(s book.OrderState) string {
	switch s {
	case book.Regularised:
		return c.say("Regolarizzato", "Regularised")
	case book.Ordered:
		return c.say("Ordinato", "Ordered")
	case book.Proposed:
	}
	return c.say("Da regolarizzare", "To be regularised")
}

func (c *Content) daysLeft(n int) string {
	if n < 0 {
		return fmt.Sprintf(c.say("Termine scaduto da %d giorni", "Term over for %d days"), -n)
	}
	return fmt.Sprintf(c.say("%d giorni rimasti", "%d days left"), n)
}

// split are the parts of a movement, one row for each place.
func (c *Content) split(parts []book.RegPart) []card.Chapter {
	type place struct {
		year                                   int
		office, chapter, article, accertamento string
	}
	at := make(map[place]int)
	var out []card.Chapter
	for i := range parts {
		p := &parts[i]
		k := place{p.Year, p.Office, p.Chapter, p.Article, p.Accertamento}
		if k.chapter == "" {
			k.chapter = c.WhyNoChapter(p.Why)
		}
		if k.accertamento == "" {
			k.accertamento = p.Assessment
		}
		n, ok := at[k]
		if !ok {
			n = len(out)
			at[k] = n
			out = append(out, card.Chapter{Year: k.year, Office: k.office, Chapter: k.chapter, Article: k.article, Accertamento: k.accertamento})
			if p.Chapter != "" {
				out[n].To = card.Place{Table: "capitoli", Key: c.chapterKey(store.ChartKey{DebtType: p.DebtType, Year: p.Year, Office: p.Office, Chapter: p.Chapter, Article: p.Article, Assessment: p.Assessment})}
			}
		}
		out[n].Amount += p.Amount
	}
	return out
}

// WhyNoChapter says why a part has no chapter.
func (c *Content) WhyNoChapter(why string) string {
	english := map[string]string{book.WhyNoReceipt: "without receipt", book.WhyDifferent: "different amount", book.WhyRevoked: "revoked",
		book.WhyUnassigned: "chapter to be assigned", book.WhyBeyond: "beyond the known lines", book.WhyUnknown: "unknown reference"}
	return c.say(why, english[why])
}
