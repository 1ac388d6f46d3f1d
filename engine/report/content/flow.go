package content

import (
	"fmt"
	"strings"

	"quadra/engine/explain"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// Flow is a settlement as the tables show it.
type Flow struct {
	*store.SettlementView
	Key   string
	Why   explain.Explanation
	Notes []*note.Note
	Seen  Part // what the reader may see of it
}

// Part is how much of a thing is the reader's.
type Part struct {
	Count int64
	Worth record.Cents
	Cash  record.Cents
}

// Flow makes a settlement ready for its tables; nil when the reader may see
// nothing of it. Where that is a part, the payments must have been counted.
func (c *Content) Flow(s *store.SettlementView) (*Flow, error) {
	out := &Flow{SettlementView: s, Key: c.flows[s.ID], Seen: Part{int64(s.LineCount), s.DeclaredTotal, s.Cash}}
	if !c.set.Scope.All() {
		seen := c.counts.parts[s.ID]
		if seen == nil {
			return nil, nil
		}
		out.Seen = *seen
	}
	var err error
	if out.Why, err = c.why.Settlement(s); err != nil || !c.set.Scope.All() { // notes may speak of others
		return out, err
	}
	if out.Notes, err = c.Notes.Settlement(strings.ToUpper(s.IUF), s.PSP, s.Year); err == nil && len(out.Notes) > 0 {
		c.noteOf(out.Notes, &notedThing{place: card.Place{Table: "flussi", Key: out.Key}, what: card.Flow, title: c.say("Flusso ", "Flow ") + s.IUF,
			status: c.StatusName(unitSettlement, s.Verdict.Status), on: s.RegulatedOn, worth: out.Seen.Worth})
	}
	return out, err
}

// CashedOn is the day the last of its cash came.
func (f *Flow) CashedOn() (on record.Date) {
	for i := range f.Movements {
		on = max(on, f.Movements[i].BookedOn)
	}
	return on
}

// Flows is the table of the flows and the cash they got.
func (c *Content) Flows() *List[Flow] {
	cell := table.Str
	all := c.set.Scope.All()
	return newList(c, table.Definition{Name: "flussi", Title: t("Flussi", "Flows"), Page: "flussi.html", Key: "chiave", Cards: rowsOfCards},
		append([]Field[Flow]{
			{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(f *Flow) table.Cell { return cell(f.Key) }},
			{table.Column{Key: "iuf", Title: t("IUF", "IUF"), Kind: text, Search: true, Width: 36}, func(f *Flow) table.Cell { return cell(f.IUF) }},
			{table.Column{Key: "stato", Title: t("Stato", "Status"), Kind: code, Values: c.statuses(unitSettlement), Filter: true, Width: 32}, func(f *Flow) table.Cell { return cell(f.Verdict.Status) }},
			{table.Column{Key: "psp", Title: t("Codice PSP", "PSP code"), Kind: text, Width: 16, Where: table.Files}, func(f *Flow) table.Cell { return cell(f.PSP) }},
			{table.Column{Key: "psp_denominazione", Title: t("PSP", "PSP"), Kind: code, Filter: true, Width: 28}, func(f *Flow) table.Cell { return cell(pspName(f.PSP, f.PSPName)) }},
			{table.Column{Key: "data_regolamento", Title: t("Regolato il", "Regulated on"), Kind: date, Filter: true, Width: 12}, func(f *Flow) table.Cell { return table.Date(f.RegulatedOn) }},
			{table.Column{Key: "pagamenti", Title: t("Pagamenti", "Payments"), Kind: whole, Width: 10}, func(f *Flow) table.Cell { return table.Int(f.Seen.Count) }},
			{table.Column{Key: "totale", Title: t("Totale", "Total"), Kind: cents, Filter: true, Search: true, Total: true, Width: 14}, func(f *Flow) table.Cell { return table.Cents(f.Seen.Worth) }},
			{table.Column{Key: "incassato", Title: t("Incassato", "Cashed"), Kind: cents, Total: true, Width: 14}, func(f *Flow) table.Cell { return table.CentsIf(f.Parts > 0, f.Seen.Cash) }},
			{table.Column{Key: "differenza", Title: t("Differenza", "Difference"), Kind: cents, Total: true, Width: 14}, func(f *Flow) table.Cell { return table.CentsIf(all && f.Difference() != 0, f.Difference()) }},
			{table.Column{Key: "movimenti", Title: t("Movimenti", "Movements"), Kind: whole, Aside: true, Width: 10}, func(f *Flow) table.Cell { return table.Int(f.Parts) }},
			{table.Column{Key: "movimento", Title: t("Incasso", "Cash"), Kind: text, Link: "cassa", Search: true, Width: 14}, func(f *Flow) table.Cell {
				if len(f.Movements) == 1 {
					return cell(c.movements[f.Movements[0].ID])
				}
				return table.Cell{}
			}},
			{table.Column{Key: "data_incasso", Title: t("Incassato il", "Cashed on"), Kind: date, Filter: true, Width: 12}, func(f *Flow) table.Cell { return table.Date(f.CashedOn()) }},
			{table.Column{Key: "giorni_accredito", Title: t("Giorni all'accredito", "Days to credit"), Kind: whole, Filter: true, Bucket: []int64{0, 1, 2, 3, 6, 11}, Width: 10}, func(f *Flow) table.Cell {
				return table.IntIf(f.Parts > 0, c.set.Calendar.Elapsed(f.RegulatedOn, f.CashedOn()))
			}},
			{table.Column{Key: "giorni_lavorativi", Title: t("Giorni", "Days"), Kind: whole, Filter: true, Bucket: ageBuckets, Width: 9}, func(f *Flow) table.Cell { return table.IntIf(f.Verdict.Sign <= 0, f.Why.Age) }},
			{table.Column{Key: "scadenza", Title: t("Atteso entro", "Due by"), Kind: date, Aside: true, Width: 12}, func(f *Flow) table.Cell { return table.Date(f.Why.DueBy) }},
			{table.Column{Key: "regolamento", Title: t("Riferimento del regolamento", "Regulation reference"), Kind: text, Aside: true, Width: 30, Search: true}, func(f *Flow) table.Cell { return cell(f.Regulation) }},
			{table.Column{Key: "revisione", Title: t("Revisione", "Revision"), Kind: whole, Aside: true, Width: 9}, func(f *Flow) table.Cell { return table.IntIf(f.Revision != 0, f.Revision) }},
			{table.Column{Key: "versioni", Title: t("Versioni", "Versions"), Kind: whole, Aside: true, Width: 9}, func(f *Flow) table.Cell { return table.Int(f.Versions) }},
			{table.Column{Key: "file", Title: t("File", "File"), Kind: code, Aside: true, Filter: true, Width: 36}, func(f *Flow) table.Cell { return cell(fileOf(f.Source)) }},
		}, noted[Flow](c, func(f *Flow) []*note.Note { return f.Notes })...))
}

// FlowCard is the panel of a flow.
func (c *Content) FlowCard(f *Flow) (*card.Card, error) {
	all := c.set.Scope.All()
	changes, err := c.tx.TraceUnitHistory(unitSettlement, f.ID)
	if err != nil {
		return nil, err
	}
	out := &card.Card{Title: c.say("Flusso ", "Flow ") + f.IUF, Why: c.judgement(f.Verdict, f.Why.Why, f.Difference()),
		History: c.history(unitSettlement, changes), Notes: c.notes(f.Notes), Proposals: c.proposals.of[thing{unitSettlement, f.Key}]}
	if !all {
		out.Why.Text, out.Why.Difference = "", 0
	}
	out.Line = append(out.Line, card.Step{On: f.RegulatedOn, What: card.Flow, Title: c.say("Regolamento", "Regulation"),
		Text: joined(", ", pspName(f.PSP, f.PSPName), fmt.Sprintf(c.say("%d pagamenti", "%d payments"), f.Seen.Count)), Cents: f.Seen.Worth, Amount: true, Source: source(f.Source)})
	for i := range f.Movements {
		m := &f.Movements[i]
		out.Line = append(out.Line, card.Step{On: m.BookedOn, What: card.Cash, Title: c.say("Incasso ", "Cash ") + movementName(m.Number, m.Year),
			Text: c.reason(m.Reason), Cents: m.Amount, Amount: all, Source: source(m.Source), To: card.Place{Table: "cassa", Key: c.movements[m.ID]}})
	}
	if f.Parts == 0 {
		out.Line = append(out.Line, card.Step{What: card.Cash, Title: c.say("Incasso", "Cash"), Missing: true, Text: c.awaited(c.factsOf(f.Verdict)["cash"], f.Why.DueBy)})
	}
	out.Links = append(out.Links, card.Link{Place: card.Place{Table: "pagamenti"}, Find: f.Key,
		Text: fmt.Sprintf(c.say("I %d pagamenti del flusso", "The %d payments of the flow"), f.Seen.Count)})
	return c.fit(out), nil
}

// reason says why a movement was linked.
func (c *Content) reason(reason string) string {
	switch reason {
	case "strict":
		return c.say("Causale esatta", "Exact text")
	case "tolerant":
		return c.say("Causale letta con tolleranza", "Text read with tolerance")
	case "known":
		return c.say("IUF noto trovato nella causale", "Known IUF found in the text")
	case "end-to-end":
		return c.say("Riferimento end-to-end", "End-to-end id")
	case "manual":
		return c.say("Abbinato da una persona", "Linked by a person")
	}
	return reason
}
