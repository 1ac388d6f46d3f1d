package content

import (
	"fmt"
	"slices"
	"strings"

	"quadra/engine/report/card"
)

// The kinds of what is expected.
const (
	kindCredit = "credito"
	kindFlow   = "flusso"
)

// name is the name of its panel: a credit is that of its flow, an awaited flow that
// of a PSP for the payments of a day.
func (e *Expected) name() string {
	if e.Kind == kindCredit {
		return e.Kind + "/" + e.flow
	}
	return joined("/", e.Kind, e.psp, e.from.String(), e.due.String())
}

// ExpectedCard is the panel of what is expected: what, from whom, by when, and the
// days of default interest.
func (c *Content) ExpectedCard(e *Expected) *card.Card {
	out := &card.Card{Why: &card.Why{Verdict: c.expectedVerdict(e.State), Text: c.expectedWhy(e)}}
	count := c.many(e.count, c.say("pagamento", "payment"), c.say("pagamenti", "payments"))
	term := card.Step{On: e.due, What: card.Term, Title: c.say("Termine", "Term")}
	switch e.Kind {
	case kindCredit:
		out.Title = c.say("Riversamento atteso del flusso ", "Credit expected for the flow ") + e.iuf
		term.Text = c.say("Il riversamento è dovuto entro questo giorno", "The credit is due by this day")
		out.Line = []card.Step{{On: e.from, What: card.Flow, Title: c.say("Regolamento", "Regulation"), Text: joined(", ", e.psp, count), Cents: e.Amount, Amount: true,
			To: card.Place{Table: "flussi", Key: e.flow}}, term}
		out.Line = append(out.Line, e.got...)
		if len(e.got) == 0 {
			out.Line = append(out.Line, card.Step{What: card.Cash, Title: c.say("Incasso", "Cash"), Missing: true, Text: c.say("Non è arrivato", "It has not come")})
		}
		out.Links = []card.Link{{Place: card.Place{Table: "flussi", Key: e.flow}, Text: c.say("Flusso ", "Flow ") + e.iuf},
			{Place: card.Place{Table: "pagamenti"}, Find: e.flow, Text: c.say("I pagamenti del flusso", "The payments of the flow")}}
	default:
		out.Title = fmt.Sprintf(c.say("Flusso atteso da %s per i pagamenti del %s", "Flow expected from %s for the payments of %s"), e.psp, c.day(e.from))
		term.Text = c.say("La rendicontazione è attesa entro questo giorno", "The flow is expected by this day")
		out.Line = []card.Step{{On: e.from, What: card.Receipt, Title: c.say("Ricevute", "Receipts"), Text: joined(", ", e.psp, count), Cents: e.Amount, Amount: true}, term,
			{What: card.Flow, Title: c.say("Rendicontazione", "Flow"), Missing: true, Text: c.say("Non è arrivata", "It has not come")}}
		day := e.from.String()
		out.Links = []card.Link{{Place: card.Place{Table: "pagamenti"}, Text: c.say("I pagamenti in attesa del flusso", "The payments awaiting the flow"),
			Where: []card.Filter{{Name: "psp_denominazione", Value: e.psp}, {Name: "data_pagamento.da", Value: day}, {Name: "data_pagamento.a", Value: day},
				{Name: "stato", Value: strings.Join(slices.Sorted(slices.Values(e.statuses)), ",")}}}}
	}
	inOrder(out.Line)
	return out
}

func (c *Content) expectedVerdict(state string) *card.Verdict {
	for _, v := range c.expectedStates() {
		if v.Code == state {
			return &card.Verdict{Status: state, Name: v.Title, Sign: v.Sign}
		}
	}
	return &card.Verdict{Status: state, Name: state}
}

// expectedWhy says how late it is and what that costs who is late.
func (c *Content) expectedWhy(e *Expected) string {
	switch {
	case e.Kind == kindCredit && e.State == "in_ritardo":
		return fmt.Sprintf(c.say("Il termine era il %s e il riversamento non è arrivato: dal giorno dopo il PSP deve gli interessi di mora, al tasso BCE più otto punti, su %s per %d giorni di calendario.",
			"The term was %s and the credit has not come: from the next day the PSP owes default interest, at the ECB rate plus eight points, on %s for %d calendar days."),
			c.day(e.due), c.euro(e.Amount), e.DefaultDays)
	case e.Kind == kindCredit && e.State == "arrivato_tardi":
		return fmt.Sprintf(c.say("Il termine era il %s e il riversamento è arrivato il %s: il PSP deve gli interessi di mora, al tasso BCE più otto punti, su %s per %d giorni di calendario.",
			"The term was %s and the credit came on %s: the PSP owes default interest, at the ECB rate plus eight points, on %s for %d calendar days."),
			c.day(e.due), c.day(e.came), c.euro(e.Amount), e.DefaultDays)
	case e.Kind == kindCredit:
		return fmt.Sprintf(c.say("Il riversamento è atteso entro il %s.", "The credit is expected by %s."), c.day(e.due))
	case e.State == "in_ritardo":
		return fmt.Sprintf(c.say("La rendicontazione era attesa entro il %s e non è arrivata.", "The flow was expected by %s and has not come."), c.day(e.due))
	}
	return fmt.Sprintf(c.say("La rendicontazione è attesa entro il %s.", "The flow is expected by %s."), c.day(e.due))
}

// DayCard is the panel of a day: what was due by it, what came on it and what is
// still missing.
func (c *Content) DayCard(d *ExpectedDay) *card.Card {
	out := &card.Card{Title: c.say("Giorno ", "Day ") + c.day(d.On)}
	add := func(p Part, s card.Step, one, several string) {
		if p.Count > 0 {
			s.On, s.Cents, s.Amount, s.Text = d.On, p.Worth, true, c.many(p.Count, one, several)
			out.Line = append(out.Line, s)
		}
	}
	flow, flows := c.say("flusso", "flow"), c.say("flussi", "flows")
	add(d.Expected, card.Step{What: card.Term, Title: c.say("Da incassare entro il giorno", "Due by the day")}, flow, flows)
	add(d.Received, card.Step{What: card.Cash, Title: c.say("Arrivato nel giorno", "Come on the day")}, c.say("movimento", "movement"), c.say("movimenti", "movements"))
	add(d.Missing, card.Step{What: card.Cash, Title: c.say("Ancora mancante", "Still missing"), Missing: true}, flow, flows)
	day := d.On.String()
	if d.Received.Count > 0 {
		out.Links = append(out.Links, card.Link{Place: card.Place{Table: "cassa"}, Text: c.say("I movimenti del giorno", "The movements of the day"),
			Where: []card.Filter{{Name: "data_movimento.da", Value: day}, {Name: "data_movimento.a", Value: day}}})
	}
	if d.Missing.Count > 0 {
		out.Links = append(out.Links, card.Link{Place: card.Place{Table: "attese"}, Text: c.say("Ciò che si attendeva entro il giorno", "What was expected by the day"),
			Where: []card.Filter{{Name: "scadenza.da", Value: day}, {Name: "scadenza.a", Value: day}}})
	}
	return out
}
