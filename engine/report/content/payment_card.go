package content

import (
	"fmt"
	"strings"

	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/store"
)

// PaymentCard is the panel of a payment.
func (c *Content) PaymentCard(p *Payment) *card.Card {
	out := &card.Card{Title: c.say("Pagamento ", "Payment ") + p.IUV, Why: c.judgement(p.Verdict, p.Why.Why, c.gap(p)),
		History: c.history(unitPayment, p.History), Notes: c.notes(p.Notes), Proposals: c.proposals.of[thing{unitPayment, p.Key}]}
	if p.AloneIUD != "" {
		out.Title = c.say("Notifica ", "Notice ") + p.AloneIUD
	}
	if !p.Whole { // the sentence speaks of all of it
		out.Why.Text = ""
	}
	facts := c.factsOf(p.Verdict)
	if p.Notice.Source.Known() {
		out.Line = append(out.Line, c.step(p, card.Step{On: p.Notice.PaidOn, What: card.Notice, Title: c.say("Notifica", "Notice"), Text: "IUD " + p.Notice.IUD,
			Cents: p.Notice.Amount, Source: source(p.Notice.Source)}))
	} else if s := facts["notified"]; s == "missing" || s == "waiting" {
		out.Line = append(out.Line, card.Step{What: card.Notice, Title: c.say("Notifica", "Notice"), Missing: true, Text: c.awaited(s, p.Why.DueBy)})
	}
	out.Line = append(out.Line, c.receiptStep(p, facts), c.flowStep(p, facts))
	out.Line = append(out.Line, c.cashSteps(p, facts)...)
	out.Line = append(out.Line, c.bookedSteps(p)...)
	out.Line = compact(out.Line)
	out.Chapters = c.chapters(p)
	if p.Verdict.Status == "DUPLICATE" {
		out.Links = append(out.Links, card.Link{Place: card.Place{Table: "pagamenti"}, Find: p.IUV, Text: c.say("Tutti i pagamenti di questo IUV", "All payments of this IUV")})
	}
	return c.fit(out)
}

// fit takes out what leads to panels the pack does not have: a brief one has those
// of anomalies, files and rejects, and no anomaly speaks of them.
func (c *Content) fit(of *card.Card) *card.Card {
	if c.set.Brief {
		of.Links = nil
		for i := range of.Line {
			of.Line[i].To = card.Place{}
		}
		for i := range of.Chapters {
			of.Chapters[i].To, of.Chapters[i].Held = card.Place{}, card.Place{}
		}
	}
	return of
}

// step is a step of the chain of a payment; what is not all the reader's has no
// amount.
func (c *Content) step(p *Payment, s card.Step) card.Step {
	s.Amount = p.Whole
	return s
}

func (c *Content) receiptStep(p *Payment, facts map[string]string) card.Step {
	s := card.Step{On: p.Receipt.PaidOn, What: card.Receipt, Title: c.say("Ricevuta telematica", "Receipt")}
	if p.Receipt.Source.Known() {
		s.Text = joined(", ", "IUR "+p.IUR, pspName(p.Receipt.PSP, p.Receipt.PSPName), c.payer(p.Receipt.PayerName))
		s.Cents, s.Source = p.Receipt.Amount, source(p.Receipt.Source)
		return c.step(p, s)
	}
	switch state := facts["receipt"]; state {
	case "implied":
		s.Text = c.say("Implicita nell'esito del flusso", "Implied by the outcome in the flow")
	case "missing", "waiting":
		s.Missing, s.Text = true, c.awaited(state, p.Why.DueBy)
	default:
		return card.Step{}
	}
	return s
}

func (c *Content) flowStep(p *Payment, facts map[string]string) card.Step {
	s := card.Step{On: p.Flow.RegulatedOn, What: card.Flow, Title: c.say("Rendicontazione", "Flow")}
	if p.Flow.Source.Known() {
		s.Text = fmt.Sprintf(c.say("IUF %s, riga %d, esito %d, %s", "IUF %s, line %d, outcome %d, %s"), p.Flow.IUF, p.Flow.Seq, p.Flow.Outcome,
			pspName(p.Flow.PSP, p.Flow.PSPName))
		s.Cents, s.Source, s.To = p.Flow.Amount, source(p.Flow.Source), card.Place{Table: "flussi", Key: c.flows[p.Flow.Settlement]}
		return c.step(p, s)
	}
	switch state := facts["reported"]; state {
	case "missing", "late", "waiting":
		s.Missing, s.Text = true, c.awaited(state, p.Why.DueBy)
		return s
	}
	return card.Step{}
}

func (c *Content) cashSteps(p *Payment, facts map[string]string) []card.Step {
	var out []card.Step
	for i := range p.Why.Movements {
		m := &p.Why.Movements[i]
		s := card.Step{On: m.BookedOn, What: card.Cash, Title: c.say("Incasso ", "Cash ") + movementName(m.Number, m.Year), Source: source(m.Source),
			To: card.Place{Table: "cassa", Key: c.movements[m.ID]}}
		if c.set.Scope.All() {
			s.Cents, s.Amount = m.Amount, true
			if p.Flow.Source.Known() {
				s.Text = c.say("Per tutto il flusso", "For the whole flow")
			}
		}
		out = append(out, s)
	}
	if state := facts["cashed"]; len(out) == 0 && (state == "waiting" || state == "late" || state == "missing") && p.Flow.Source.Known() {
		out = append(out, card.Step{What: card.Cash, Title: c.say("Incasso", "Cash"), Missing: true, Text: c.awaited(state, p.Why.DueBy)})
	}
	return out
}

func (c *Content) bookedSteps(p *Payment) []card.Step {
	var out []card.Step
	for i := range p.Shares {
		s := &p.Shares[i]
		step := card.Step{What: card.Booked, Cents: s.Amount, Amount: true, Text: c.sourceOfShare(s.Source)}
		if s.Chapter == "" {
			step.Title, step.Missing = c.say("Capitolo da assegnare", "Chapter to be assigned"), true
		} else {
			step.Title = fmt.Sprintf("%s %s", c.say("Capitolo", "Chapter"), c.placeOf(s))
			step.To = c.chapterOf(p, s)
		}
		out = append(out, step)
	}
	return out
}

// placeOf names a chapter: with article and year.
func (c *Content) placeOf(s *store.Share) string {
	place := s.Chapter
	if s.Article != "" {
		place += "/" + s.Article
	}
	return fmt.Sprintf("%s (%d)", place, s.Year)
}

// chapterOf is the panel of the place a share is booked on.
func (c *Content) chapterOf(p *Payment, s *store.Share) card.Place {
	return card.Place{Table: "capitoli", Key: c.chapterKey(store.ChartKey{DebtType: p.Receipt.DebtType, Year: s.Year, Office: s.Office, Chapter: s.Chapter,
		Article: s.Article, Assessment: s.Assessment})}
}

func (c *Content) chapters(p *Payment) []card.Chapter {
	var out []card.Chapter
	for i := range p.Shares {
		s := &p.Shares[i]
		ch := card.Chapter{Year: s.Year, Office: s.Office, Chapter: s.Chapter, Article: s.Article, Amount: s.Amount, To: c.chapterOf(p, s)}
		if a := c.accertamenti[s.Accertamento]; a != nil {
			ch.Accertamento, ch.Held = a.name, card.Place{Table: "accertamenti", Key: a.key}
		}
		if ch.Chapter == "" {
			ch.Chapter = c.say("da assegnare", "to be assigned")
		}
		if ch.Accertamento == "" {
			ch.Accertamento = s.Assessment
		}
		out = append(out, ch)
	}
	return out
}

// awaited says until when something was or is in time.
func (c *Content) awaited(state string, due record.Date) string {
	switch {
	case state == "missing" && due == 0:
		return c.say("Non è arrivata", "It has not come")
	case due == 0:
		return c.say("In attesa", "Awaited")
	case state == "waiting":
		return c.say("Attesa entro il ", "Awaited by ") + c.day(due)
	}
	return c.say("Attesa entro il ", "Awaited by ") + c.day(due) + c.say(", non è arrivata", ", it has not come")
}

// compact leaves out the steps there is nothing to say of.
func compact(line []card.Step) []card.Step {
	out := line[:0]
	for _, s := range line {
		if s.Title != "" {
			out = append(out, s)
		}
	}
	return out
}

func source(s store.Source) card.Source { return card.Source{File: fileOf(s), Line: s.Line} }

func joined(between string, parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, between)
}

// notes are what people say of a thing, the last word of each.
func (c *Content) notes(all []*note.Note) []card.Note {
	var out []card.Note
	for _, n := range all {
		text := n.Text
		if n.Assignee != "" {
			text += " (" + c.say("assegnata a ", "assigned to ") + n.Assignee + ")"
		}
		out = append(out, card.Note{State: n.State, Author: n.Author, At: n.At.UTC().Format("2006-01-02T15:04:05Z"), Text: text, Due: n.DueOn})
	}
	return out
}
