package content

import (
	"strings"

	"quadra/engine/book"
	"quadra/engine/explain"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// Movement is a movement of the giornale di cassa as the tables show it.
type Movement struct {
	*store.MovementView
	Key   string
	Why   explain.Explanation
	Notes []*note.Note
	Split []book.RegPart // those the reader may see
	Left  int            // of the sixty days
	Seen  record.Cents   // of its cash
	book  *book.Provvisorio
}

// Movement makes a movement ready for its tables; nil when the reader may see
// nothing of it.
func (c *Content) Movement(m *store.MovementView) (*Movement, error) {
	out := &Movement{MovementView: m, Key: c.movements[m.ID], Seen: m.Cash, book: c.provvisorio[m.ID]}
	if out.book != nil {
		out.Split, out.Left = c.seen(out.book), out.book.DaysLeft
	}
	if !c.set.Scope.All() {
		if len(out.Split) == 0 {
			return nil, nil
		}
		out.Seen = worth(out.Split)
	}
	var err error
	if out.Why, err = c.why.Movement(m); err != nil {
		return nil, err
	}
	out.Why.Why = c.without(out.Why.Why, m.Remittance)
	if !c.set.Scope.All() { // notes may speak of others
		return out, nil
	}
	if out.Notes, err = c.Notes.Movement(m.Year, m.Number, m.Account); err == nil && len(out.Notes) > 0 {
		c.noteOf(out.Notes, &notedThing{place: card.Place{Table: "cassa", Key: out.Key}, what: card.Cash, title: c.say("Movimento ", "Movement ") + movementName(m.Number, m.Year),
			status: c.StatusName(unitMovement, m.Verdict.Status), on: m.BookedOn, worth: out.Seen})
	}
	return out, err
}

// seen are the parts of a movement the reader may see.
func (c *Content) seen(p *book.Provvisorio) []book.RegPart {
	if c.set.Scope.All() {
		return p.Parts
	}
	var kept []book.RegPart
	for i := range p.Parts {
		if part := &p.Parts[i]; part.DebtType != "" && c.set.Scope.Share(part.DebtType, part.Office) {
			kept = append(kept, *part)
		}
	}
	return kept
}

func worth(parts []book.RegPart) (sum record.Cents) {
	for i := range parts {
		sum += parts[i].Amount
	}
	return sum
}

// unbooked is what of a movement has no chapter.
func (m *Movement) unbooked() (sum record.Cents) {
	for i := range m.Split {
		if m.Split[i].Chapter == "" {
			sum += m.Split[i].Amount
		}
	}
	return sum
}

// names are what its text names of a kind.
func (m *Movement) names(kind string) string {
	var ids []string
	for i := range m.Refs {
		if m.Refs[i].Kind == kind {
			ids = append(ids, m.Refs[i].ID)
		}
	}
	return strings.Join(ids, " ")
}

// open says that it is still to be regularised.
func (m *Movement) open() bool { return m.book != nil && m.book.State != book.Regularised }

// Cash is the table of the giornale di cassa.
func (c *Content) Cash() *List[Movement] {
	cell := table.Str
	all := c.set.Scope.All()
	// What a bank writes may be about others than the reader's own.
	said := func(s string) table.Cell {
		if !all {
			return table.Cell{}
		}
		return table.Str(s)
	}
	return newList(c, table.Definition{Name: "cassa", Title: t("Giornale di cassa", "Cash"), Page: "cassa.html", Key: "chiave", Cards: rowsOfCards},
		append([]Field[Movement]{
			{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(m *Movement) table.Cell { return cell(m.Key) }},
			{table.Column{Key: "movimento", Title: t("Movimento", "Movement"), Kind: text, Search: true, Width: 14}, func(m *Movement) table.Cell { return cell(movementName(m.Number, m.Year)) }},
			{table.Column{Key: "stato", Title: t("Stato", "Status"), Kind: code, Values: c.statuses(unitMovement), Filter: true, Width: 32}, func(m *Movement) table.Cell { return cell(m.Verdict.Status) }},
			{table.Column{Key: "data_movimento", Title: t("Del", "Booked on"), Kind: date, Filter: true, Width: 12}, func(m *Movement) table.Cell { return table.Date(m.BookedOn) }},
			{table.Column{Key: "data_valuta", Title: t("Valuta", "Value date"), Kind: date, Aside: true, Width: 12}, func(m *Movement) table.Cell { return table.Date(m.ValueOn) }},
			{table.Column{Key: "incassato", Title: t("Incassato", "Cash"), Kind: cents, Filter: true, Search: true, Total: true, Width: 14}, func(m *Movement) table.Cell { return table.Cents(m.Seen) }},
			{table.Column{Key: "eseguito", Title: t("Eseguito", "Executed"), Kind: cents, Aside: true, Total: true, Width: 14}, func(m *Movement) table.Cell { return table.CentsIf(all, m.Amount) }},
			{table.Column{Key: "stornato", Title: t("Stornato", "Reversed"), Kind: cents, Aside: true, Total: true, Width: 14}, func(m *Movement) table.Cell { return table.CentsIf(all && m.Reversed != 0, m.Reversed) }},
			{table.Column{Key: "ai_flussi", Title: t("Ai flussi", "To flows"), Kind: cents, Total: true, Width: 14}, func(m *Movement) table.Cell { return table.CentsIf(all && len(m.Links) > 0, m.Linked()) }},
			{table.Column{Key: "differenza", Title: t("Oltre i flussi", "Beyond the flows"), Kind: cents, Total: true, Width: 14}, func(m *Movement) table.Cell { return table.CentsIf(all && m.Difference() != 0, m.Difference()) }},
			{table.Column{Key: "flusso", Title: t("Flusso", "Flow"), Kind: text, Link: "flussi", Search: true, Where: table.Screen}, func(m *Movement) table.Cell {
				if len(m.Links) == 1 {
					return cell(c.flows[m.Links[0].ID])
				}
				return table.Cell{}
			}},
			{table.Column{Key: "flussi", Title: t("N. flussi", "Flows"), Kind: whole, Aside: true, Width: 8}, func(m *Movement) table.Cell { return table.Int(len(m.Links)) }},
			{table.Column{Key: "senza_capitolo", Title: t("Senza capitolo", "Without chapter"), Kind: cents, Total: true, Width: 14}, func(m *Movement) table.Cell { return table.CentsIf(m.unbooked() != 0, m.unbooked()) }},
			{table.Column{Key: "regolarizzato", Title: t("Regolarizzato", "Regularised"), Kind: cents, Total: true, Width: 14}, func(m *Movement) table.Cell { return table.CentsIf(all && m.Covered != 0, m.Covered) }},
			{table.Column{Key: "giorni_rimasti", Title: t("Giorni rimasti", "Days left"), Kind: whole, Filter: true, Width: 9}, func(m *Movement) table.Cell { return table.IntIf(m.open(), m.Left) }},
			{table.Column{Key: "giorni_lavorativi", Title: t("Giorni", "Days"), Kind: whole, Filter: true, Bucket: ageBuckets, Width: 9}, func(m *Movement) table.Cell { return table.IntIf(m.Verdict.Sign <= 0, m.Why.Age) }},
			{table.Column{Key: "iuf", Title: t("IUF in causale", "IUF named"), Kind: text, Aside: true, Search: true, Width: 36}, func(m *Movement) table.Cell { return said(m.names("iuf")) }},
			{table.Column{Key: "iuv", Title: t("IUV in causale", "IUV named"), Kind: text, Aside: true, Search: true, Width: 20}, func(m *Movement) table.Cell { return said(m.names("iuv")) }},
			{table.Column{Key: "ordinante", Title: t("Ordinante", "Payer"), Kind: text, Aside: true, Payer: true, Width: 28}, func(m *Movement) table.Cell { return said(m.Payer) }},
			{table.Column{Key: "causale", Title: t("Causale", "Remittance text"), Kind: text, Payer: true, Search: true, Width: 60}, func(m *Movement) table.Cell { return said(m.Remittance) }},
			{table.Column{Key: "conto", Title: t("Conto", "Account"), Kind: text, Aside: true, Width: 28}, func(m *Movement) table.Cell { return cell(m.Account) }},
			{table.Column{Key: "etichette", Title: t("Etichette MyPivot", "MyPivot labels"), Kind: text, Aside: true, Width: 30}, func(m *Movement) table.Cell { return cell(m.Verdict.Labels) }},
			{table.Column{Key: "file", Title: t("File", "File"), Kind: code, Aside: true, Filter: true, Width: 36}, func(m *Movement) table.Cell { return cell(fileOf(m.Source)) }},
			{table.Column{Key: "riga", Title: t("Riga", "Line"), Kind: whole, Width: 8, Where: table.Files}, func(m *Movement) table.Cell { return table.Int(m.Source.Line) }},
		}, noted[Movement](c, func(m *Movement) []*note.Note { return m.Notes })...))
}
