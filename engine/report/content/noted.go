package content

import (
	"cmp"
	"slices"
	"strconv"

	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/table"
)

// EachNote calls fn for every note the reader may see, in the order they were
// first written. The payments must have been counted.
func (c *Content) EachNote(fn func(*note.Note) error) error {
	return c.Notes.Each(func(n *note.Note) error {
		if !c.set.Scope.All() && c.counts.noted[n.ID] == nil {
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
	return newList(c, table.Definition{Name: "segnalazioni", Title: t("Segnalazioni", "Notes"), Page: "segnalazioni.html", Key: "chiave", Cards: rowsOfCards}, []Field[note.Note]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(n *note.Note) table.Cell { return table.Str(noteKey(n)) }},
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
		{table.Column{Key: "pagamento", Title: t("Pagamento", "Payment"), Kind: text, Link: "pagamenti", Where: table.Screen}, c.notedIn("pagamenti")},
		{table.Column{Key: "flusso", Title: t("Flusso", "Flow"), Kind: text, Link: "flussi", Where: table.Screen}, c.notedIn("flussi")},
		{table.Column{Key: "movimento", Title: t("Movimento", "Movement"), Kind: text, Link: "cassa", Width: 14}, c.notedIn("cassa")},
	})
}

// notedIn is the panel of the thing of a note, when it is in a table.
func (c *Content) notedIn(name string) func(*note.Note) table.Cell {
	return func(n *note.Note) table.Cell {
		if x := c.counts.noted[n.ID]; x != nil && x.place.Table == name {
			return table.Str(x.place.Key)
		}
		return table.Cell{}
	}
}

// notedThing is the thing of a note.
type notedThing struct {
	place       card.Place
	what, title string
	status      string
	on          record.Date
	worth       record.Cents
}

// noteOf remembers what notes are about, for their panels. A brief pack has none.
func (c *Content) noteOf(notes []*note.Note, thing *notedThing) {
	if c.counts.noted == nil {
		return
	}
	for _, n := range notes {
		c.counts.noted[n.ID] = thing
	}
}

func noteKey(n *note.Note) string { return strconv.FormatInt(n.ID, 10) }

// NoteCard is the panel of a note: what it says, of what, until when, and how it
// came to say so.
func (c *Content) NoteCard(n *note.Note) (*card.Card, error) {
	sign := map[string]int{note.Open: -1, note.Closed: 1}[n.State]
	out := &card.Card{Title: c.say("Segnalazione ", "Note ") + noteKey(n), Why: &card.Why{Verdict: &card.Verdict{Status: n.State, Name: note.Name(n.State, c.set.Language), Sign: sign},
		Text: joined(" · ", n.Text, c.assigned(n.Assignee))}}
	changes, err := c.tx.NoteChanges(n.ID)
	if err != nil {
		return nil, err
	}
	if thing := c.counts.noted[n.ID]; thing != nil {
		out.Line = append(out.Line, card.Step{On: thing.on, What: thing.what, Title: thing.title, Text: thing.status, Cents: thing.worth, Amount: true, To: thing.place})
	} else {
		out.Line = append(out.Line, card.Step{What: card.Receipt, Title: noteThing(n), Missing: true, Text: c.say("Non è più nei registri", "No longer in the books")})
	}
	if len(changes) > 0 {
		out.Line = append(out.Line, card.Step{On: record.DateOf(changes[0].At), What: card.Notice, Title: c.say("Prima segnalazione", "First noted"), Text: changes[0].Author})
	}
	if n.DueOn != 0 {
		out.Line = append(out.Line, card.Step{On: n.DueOn, What: card.Term, Title: c.say("Scadenza", "Due"), Missing: n.Overdue, Text: c.overdue(n)})
	}
	if n.IgnoreUntil != 0 {
		out.Line = append(out.Line, card.Step{On: n.IgnoreUntil, What: card.Term, Title: c.say("Da ignorare fino al giorno", "To be ignored until the day")})
	}
	inOrder(out.Line)
	before := ""
	for i := range changes {
		h := &changes[i]
		now := note.Name(h.State, c.set.Language)
		out.History = append(out.History, card.Change{At: record.DateOf(h.At), Run: h.Run, From: before, To: now, Cause: joined(" · ", h.Author, h.Text, c.assigned(h.Assignee), h.File)})
		before = now
	}
	slices.Reverse(out.History)
	return out, nil
}

// noteThing is how people name the thing of a note.
func noteThing(n *note.Note) string {
	k := &n.Key
	switch k.Unit {
	case note.UnitSettlement:
		return k.IUF
	case note.UnitMovement:
		return movementName(k.Number, k.Year)
	}
	return cmp.Or(k.IUV, k.IUD)
}

func (c *Content) assigned(to string) string {
	if to == "" {
		return ""
	}
	return c.say("assegnata a ", "assigned to ") + to
}

func (c *Content) overdue(n *note.Note) string {
	if n.Overdue {
		return c.say("È passata e la segnalazione è ancora aperta", "It is over and the note is still open")
	}
	return ""
}

// inOrder puts the steps with a day in the order of their days, the others last.
func inOrder(line []card.Step) {
	slices.SortStableFunc(line, func(a, b card.Step) int {
		return cmp.Or(cmp.Compare(min(int(a.On), 1)*-1, min(int(b.On), 1)*-1), cmp.Compare(a.On, b.On))
	})
}
