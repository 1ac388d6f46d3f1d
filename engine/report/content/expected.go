package content

import (
	"cmp"
	"slices"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/table"
)

// Expected is a credit some PSP owes, or came late with, or a flow it has not
// sent.
type Expected struct {
	Kind        string // credito or flusso
	State       string // in_attesa, in_ritardo or arrivato_tardi
	flow        string // key of the panel
	iuf, psp    string
	from        record.Date // regulation day of the flow, or day of the payments
	due, came   record.Date
	count       int64
	Amount      record.Cents
	DefaultDays int // of default interest, in calendar days

	key      string
	statuses []string // of the payments of a flow that is awaited
	got      []card.Step
}

// ExpectedDay is what was to be credited by a day and what was credited on it.
type ExpectedDay struct {
	On                          record.Date
	Expected, Received, Missing Part
}

// expecting gathers what is expected while flows and movements are read.
type expecting struct {
	all  []*Expected
	days map[record.Date]*ExpectedDay
}

func (c *Content) expectedDay(on record.Date) *ExpectedDay {
	if c.expecting.days == nil {
		c.expecting.days = make(map[record.Date]*ExpectedDay)
	}
	d := c.expecting.days[on]
	if d == nil {
		d = &ExpectedDay{On: on}
		c.expecting.days[on] = d
	}
	return d
}

// Expect notes when the credit of a flow was due and when it came. From the end
// of the term default interest is owed.
func (c *Content) Expect(f *Flow) {
	due := c.set.Calendar.Deadline(f.RegulatedOn, c.set.Terms.CashLate, calendar.Cash)
	came := f.CashedOn()
	day := c.expectedDay(due)
	day.Expected.Count++
	day.Expected.Worth += f.Seen.Worth
	var cash []card.Step
	for i := range f.Movements {
		m := &f.Movements[i]
		got := c.expectedDay(m.BookedOn)
		cash = append(cash, card.Step{On: m.BookedOn, What: card.Cash, Title: c.say("Incasso ", "Cash ") + movementName(m.Number, m.Year), Cents: m.Amount, Amount: c.set.Scope.All(),
			Source: source(m.Source), To: card.Place{Table: "cassa", Key: c.movements[m.ID]}})
		got.Received.Count++
		if c.set.Scope.All() {
			got.Received.Worth += m.Amount
		} else if i == 0 {
			got.Received.Worth += f.Seen.Cash
		}
	}
	e := &Expected{Kind: kindCredit, flow: f.Key, iuf: f.IUF, psp: pspName(f.PSP, f.PSPName), from: f.RegulatedOn, due: due, came: came, count: f.Seen.Count, Amount: f.Seen.Worth, got: cash}
	switch {
	case came != 0 && came <= due:
		return
	case came != 0:
		e.State, e.DefaultDays = "arrivato_tardi", int(came-due)
	case due < c.set.AsOf:
		e.State, e.DefaultDays = "in_ritardo", int(c.set.AsOf-due)
	default:
		e.State = "in_attesa"
	}
	if came == 0 {
		day.Missing.Count++
		day.Missing.Worth += f.Seen.Worth
	}
	c.expecting.all = append(c.expecting.all, e)
}

// EachExpected calls fn for every credit and flow expected or late, by the day it
// was due. Payments and flows must have been read.
func (c *Content) EachExpected(fn func(*Expected) error) error {
	all := slices.Clone(c.expecting.all)
	for k, part := range c.counts.awaited {
		e := &Expected{Kind: kindFlow, State: "in_attesa", psp: k.psp, from: k.paid, due: k.due, count: part.Count, Amount: part.Worth, statuses: part.statuses}
		if k.due != 0 && k.due < c.set.AsOf {
			e.State = "in_ritardo"
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *Expected) int {
		return cmp.Or(cmp.Compare(a.due, b.due), strings.Compare(a.Kind, b.Kind), strings.Compare(a.psp, b.psp), cmp.Compare(a.from, b.from),
			strings.Compare(a.flow, b.flow))
	})
	for _, e := range all {
		e.key = e.name()
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// ExpectedTable is the table of what is expected.
func (c *Content) ExpectedTable() *List[Expected] {
	kinds := []table.Value{{Code: kindCredit, Title: c.say("riversamento", "credit")}, {Code: kindFlow, Title: c.say("flusso", "flow")}}
	return newList(c, table.Definition{Name: "attese", Title: t("Attese", "Expected"), Page: "attese.html", Key: "chiave", Cards: rowsOfCards}, []Field[Expected]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(e *Expected) table.Cell { return table.Str(e.key) }},
		{table.Column{Key: "scadenza", Title: t("Atteso entro", "Due by"), Kind: date, Filter: true, Width: 12}, func(e *Expected) table.Cell { return table.Date(e.due) }},
		{table.Column{Key: "che_cosa", Title: t("Che cosa", "What"), Kind: code, Values: kinds, Filter: true, Width: 14}, func(e *Expected) table.Cell { return table.Str(e.Kind) }},
		{table.Column{Key: "stato", Title: t("Stato", "State"), Kind: code, Values: c.expectedStates(), Filter: true, Width: 16}, func(e *Expected) table.Cell { return table.Str(e.State) }},
		{table.Column{Key: "psp_denominazione", Title: t("PSP", "PSP"), Kind: code, Filter: true, Width: 28}, func(e *Expected) table.Cell { return table.Str(e.psp) }},
		{table.Column{Key: "iuf", Title: t("IUF", "IUF"), Kind: text, Width: 36, Where: table.Files}, func(e *Expected) table.Cell { return table.Str(e.iuf) }},
		{table.Column{Key: "flusso", Title: t("Flusso (IUF)", "Flow (IUF)"), Kind: text, Link: "flussi", Search: true, Where: table.Screen}, func(e *Expected) table.Cell { return table.Str(e.flow) }},
		{table.Column{Key: "del", Title: t("Regolato o pagato il", "Regulated or paid on"), Kind: date, Filter: true, Width: 12}, func(e *Expected) table.Cell { return table.Date(e.from) }},
		{table.Column{Key: "arrivato_il", Title: t("Arrivato il", "Came on"), Kind: date, Width: 12}, func(e *Expected) table.Cell { return table.Date(e.came) }},
		{table.Column{Key: "pagamenti", Title: t("Pagamenti", "Payments"), Kind: whole, Width: 10}, func(e *Expected) table.Cell { return table.Int(e.count) }},
		{table.Column{Key: "importo", Title: t("Importo", "Amount"), Kind: cents, Filter: true, Search: true, Total: true, Width: 14}, func(e *Expected) table.Cell { return table.Cents(e.Amount) }},
		{table.Column{Key: "giorni_di_mora", Title: t("Giorni di mora", "Days of default interest"), Kind: whole, Filter: true, Bucket: []int64{0, 1, 4, 8, 31}, Width: 10}, func(e *Expected) table.Cell {
			return table.IntIf(e.Kind == kindCredit, e.DefaultDays)
		}},
	})
}

// ExpectedDays are the days on which something was due or came, in order.
func (c *Content) ExpectedDays() []*ExpectedDay {
	out := make([]*ExpectedDay, 0, len(c.expecting.days))
	for _, d := range c.expecting.days {
		if d.On != 0 {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *ExpectedDay) int { return cmp.Compare(a.On, b.On) })
	return out
}

// DayTable is the table of the days.
func (c *Content) DayTable() *List[ExpectedDay] {
	return newList(c, table.Definition{Name: "crediti", Title: t("Giorno per giorno", "Day by day"), Page: "attese.html", Key: "chiave", Cards: rowsOfCards}, []Field[ExpectedDay]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(d *ExpectedDay) table.Cell { return table.Str(d.On.String()) }},
		{table.Column{Key: "giorno", Title: t("Giorno", "Day"), Kind: date, Filter: true, Width: 12}, func(d *ExpectedDay) table.Cell { return table.Date(d.On) }},
		{table.Column{Key: "flussi_attesi", Title: t("Flussi da incassare entro", "Flows due by"), Kind: whole, Width: 12}, func(d *ExpectedDay) table.Cell { return table.Int(d.Expected.Count) }},
		{table.Column{Key: "atteso", Title: t("Atteso entro il giorno", "Due by the day"), Kind: cents, Total: true, Width: 14}, func(d *ExpectedDay) table.Cell { return table.Cents(d.Expected.Worth) }},
		{table.Column{Key: "movimenti_arrivati", Title: t("Movimenti arrivati", "Movements come"), Kind: whole, Width: 12}, func(d *ExpectedDay) table.Cell { return table.Int(d.Received.Count) }},
		{table.Column{Key: "arrivato", Title: t("Arrivato nel giorno", "Come on the day"), Kind: cents, Total: true, Width: 14}, func(d *ExpectedDay) table.Cell { return table.Cents(d.Received.Worth) }},
		{table.Column{Key: "mancante", Title: t("Ancora mancante", "Still missing"), Kind: cents, Total: true, Width: 14}, func(d *ExpectedDay) table.Cell { return table.Cents(d.Missing.Worth) }},
	})
}

// PSP is the name of who owes it.
func (e *Expected) PSP() string { return e.psp }

func (c *Content) expectedStates() []table.Value {
	return []table.Value{{Code: "in_attesa", Title: c.say("in attesa", "awaited"), Signed: true}, {Code: "in_ritardo", Title: c.say("in ritardo", "late"), Sign: -1, Signed: true},
		{Code: "arrivato_tardi", Title: c.say("arrivato tardi", "came late"), Sign: -1, Signed: true}}
}
