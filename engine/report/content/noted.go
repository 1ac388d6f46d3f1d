package content

import (
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/table"
)

// EachNote calls fn for every note the reader may see, in the order they were
// first written. The payments must have been counted.
func (c *Content) EachNote(fn func(*note.Note) error) error {
	return c.Notes.Each(func(n *note.Note) error {
		if !c.set.Scope.All() && !c.counts.noted[n.ID] {
			return nil
		}
		return fn(n)
	})
}

// NoteTable is the table of the notes.
func (c *Content) NoteTable() *List[note.Note] {
	units := []table.Value{{Code: note.UnitPayment, Title: c.say("pagamento", "payment")}, {Code: note.UnitSettlement, Title: c.say("riversamento", "settlement")},
		{Code: note.UnitMovement, Title: c.say("movimento", "movement")}}
	str := func(get func(*note.Note) string) func(*note.Note) table.Cell {
		return func(n *note.Note) table.Cell { return table.Str(get(n)) }
	}
	return newList(c, table.Definition{Name: "segnalazioni", Title: t("Segnalazioni", "Notes"), Page: "segnalazioni.html"}, []Field[note.Note]{
		{table.Column{Key: "numero", Title: t("Numero", "Number"), Kind: whole, Width: 8}, func(n *note.Note) table.Cell { return table.Int(n.ID) }},
		{table.Column{Key: "unita", Title: t("Unità", "Unit"), Kind: code, Values: units, Filter: true, Width: 13}, str(func(n *note.Note) string { return n.Key.Unit })},
		{table.Column{Key: "stato", Title: t("Stato", "State"), Kind: code, Values: c.noteStates(), Filter: true, Width: 12}, str(func(n *note.Note) string { return n.State })},
		{table.Column{Key: "segnalazione", Title: t("Segnalazione", "Note"), Kind: text, Search: true, Width: 60}, str(func(n *note.Note) string { return n.Text })},
		{table.Column{Key: "assegnata_a", Title: t("Assegnata a", "Assignee"), Kind: code, Filter: true, Width: 20}, str(func(n *note.Note) string { return n.Assignee })},
		{table.Column{Key: "scadenza", Title: t("Scadenza", "Due"), Kind: date, Filter: true, Width: 12}, func(n *note.Note) table.Cell { return table.Date(n.DueOn) }},
		{table.Column{Key: "scaduta", Title: t("Scaduta", "Overdue"), Kind: code, Values: c.yesNo(), Filter: true, Width: 9}, func(n *note.Note) table.Cell { return yesNo(n.Overdue) }},
		{table.Column{Key: "ignora_fino_al", Title: t("Da ignorare fino al", "Ignore until"), Kind: date, Width: 12}, func(n *note.Note) table.Cell { return table.Date(n.IgnoreUntil) }},
		{table.Column{Key: "autore", Title: t("Di", "By"), Kind: code, Filter: true, Width: 20}, str(func(n *note.Note) string { return n.Author })},
		{table.Column{Key: "del", Title: t("Del", "Of"), Kind: date, Filter: true, Width: 12}, func(n *note.Note) table.Cell { return table.Date(record.DateOf(n.At)) }},
		{table.Column{Key: "iuv", Title: t("IUV", "IUV"), Kind: text, Search: true, Hidden: true, Width: 20}, str(func(n *note.Note) string { return n.Key.IUV })},
		{table.Column{Key: "iud", Title: t("IUD", "IUD"), Kind: text, Search: true, Hidden: true, Width: 36}, str(func(n *note.Note) string { return n.Key.IUD })},
		{table.Column{Key: "iuf", Title: t("IUF", "IUF"), Kind: text, Search: true, Hidden: true, Width: 36}, str(func(n *note.Note) string { return n.Key.IUF })},
		{table.Column{Key: "pagamento", Title: t("Pagamento", "Payment"), Kind: text, Link: "pagamenti", Where: table.Screen}, func(n *note.Note) table.Cell {
			if n.Key.Unit != note.UnitPayment || n.Key.IUV == "" {
				return table.Cell{}
			}
			return table.Str(paymentKey(n.Key.IUV, n.Key.IUR, n.Key.Index, ""))
		}},
		{table.Column{Key: "flusso", Title: t("Flusso", "Flow"), Kind: text, Link: "flussi", Where: table.Screen}, func(n *note.Note) table.Cell {
			if n.Key.Unit != note.UnitSettlement {
				return table.Cell{}
			}
			return table.Str(c.flowAt[record.SettlementKey{IUF: n.Key.IUF, PSP: n.Key.PSP, Year: n.Key.Year}])
		}},
		{table.Column{Key: "movimento", Title: t("Movimento", "Movement"), Kind: text, Link: "cassa", Width: 14}, func(n *note.Note) table.Cell {
			if n.Key.Unit != note.UnitMovement {
				return table.Cell{}
			}
			return table.Str(c.movementAt[record.MovementKey{Year: n.Key.Year, Number: n.Key.Number, Account: n.Key.Account}])
		}},
	})
}
