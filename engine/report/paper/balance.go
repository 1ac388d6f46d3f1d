package paper

import (
	"io"

	"quadra/engine/record"
)

// Balance is the document Quadratura: what came in against where it went.
type Balance struct {
	Head
	Intro string
	// Bridge is the way from receipts to cash, one line a step; may be empty.
	Bridge    []Item
	Equations []Equation
	// Outcome are figures that must be zero besides the residuals of the equations.
	Outcome []Item
	// Differences are the things behind the differences, the largest first.
	Differences []Difference
	// More is how many differences are not printed, and where they are.
	More     Sum
	MoreFile string
}

// Equation compares two independent readings of the books.
type Equation struct {
	Title       string
	Note        string
	Left, Right []Item
	Residual    Sum
	Counts      bool // the numbers must be equal too
	NoMoney     bool // only the numbers are compared
}

// Zero says that nothing is left over.
func (e *Equation) Zero() bool {
	return (e.NoMoney || e.Residual.Amount == 0) && (!e.Counts || e.Residual.Count == 0)
}

// Item is a line of an equation or of a bridge.
type Item struct {
	Name string
	Sum
	Total bool // what the lines above come to
}

// Difference is a thing that differs.
type Difference struct {
	Step   string // of the bridge
	Thing  string
	Amount record.Cents
}

// Write writes the document as a PDF.
func (b *Balance) Write(w io.Writer) error {
	d := document{Head: b.Head, title: b.say("Quadratura", "Balance"), intro: b.Intro}
	if text := b.outcome(); text != "" {
		d.sections = append(d.sections, section{title: b.say("Esito", "Outcome"), text: text})
	}
	if len(b.Bridge) > 0 {
		t := b.items()
		b.add(t, b.Bridge, false, "")
		d.sections = append(d.sections, section{title: b.say("Dalle ricevute alla cassa", "From receipts to cash"), table: t})
	}
	for i := range b.Equations {
		e := &b.Equations[i]
		d.sections = append(d.sections, section{title: e.Title, text: e.Note, small: true, table: b.equation(e)})
	}
	if len(b.Differences) > 0 || b.More.Count > 0 {
		d.sections = append(d.sections, b.differences())
	}
	return d.write(w)
}

// outcome says whether the books balance; nothing where nothing was compared.
func (b *Balance) outcome() string {
	wrong := ""
	for i := range b.Equations {
		if !b.Equations[i].Zero() {
			wrong += " " + b.Equations[i].Title + "."
		}
	}
	for i := range b.Outcome {
		if o := &b.Outcome[i]; o.Amount != 0 {
			wrong += " " + o.Name + ": " + euro(o.Amount) + "."
		}
	}
	switch {
	case wrong != "":
		return b.say("I conti NON quadrano.", "The books do NOT balance.") + wrong
	case len(b.Equations)+len(b.Outcome) == 0:
		return ""
	}
	return b.say("I conti quadrano: tutti i residui sono zero.", "The books balance: every residual is zero.")
}

func (b *Balance) items() *table {
	return &table{columns: []column{{title: b.say("Voce", "Item"), share: 10}, {b.say("Numero", "Number"), 2.5, true}, {b.say("Importo", "Amount"), 4, true}}, sums: make(map[int]bool)}
}

func (b *Balance) add(t *table, items []Item, noMoney bool, before string) {
	for _, item := range items {
		amount := euro(item.Amount)
		if noMoney {
			amount = ""
		}
		number := count(item.Count)
		if item.Total {
			t.sums[len(t.rows)] = true
			if item.Count == 0 { // a sum of amounts counts nothing
				number = ""
			}
		}
		t.rows = append(t.rows, []string{before + item.Name, number, amount})
	}
}

func (b *Balance) equation(e *Equation) *table {
	t := b.items()
	b.add(t, e.Left, e.NoMoney, "")
	b.add(t, e.Right, e.NoMoney, b.say("meno: ", "less: "))
	name := b.say("Residuo: zero", "Residual: zero")
	if !e.Zero() {
		name, t.alarm = b.say("Residuo: NON è zero", "Residual: NOT zero"), true
	}
	t.total = []string{name, "", euro(e.Residual.Amount)}
	if e.Counts {
		t.total[1] = count(e.Residual.Count)
	}
	if e.NoMoney {
		t.total[2] = ""
	}
	return t
}

func (b *Balance) differences() section {
	t := &table{columns: []column{{title: b.say("Voce", "Step"), share: 5}, {title: b.say("Che cosa", "What"), share: 5}, {b.say("Effetto", "Effect"), 2.4, true}}}
	sum := b.More
	for _, d := range b.Differences {
		t.rows = append(t.rows, []string{d.Step, d.Thing, euro(d.Amount)})
		sum.Count++
		sum.Amount += d.Amount
	}
	t.total = []string{b.say("Tutte: ", "All: ") + count(sum.Count), "", euro(sum.Amount)}
	s := section{title: b.say("Differenze, le maggiori", "Differences, the largest"), table: t}
	if b.More.Count > 0 {
		s.text = rest(&b.Head, int64(len(b.Differences)), sum.Count, b.MoreFile)
	}
	return s
}

// rest says that not all is printed, and where all of it is.
func rest(h *Head, printed, all int64, file string) string {
	return h.say("Stampate ", "Printed ") + count(printed) + h.say(" su ", " of ") + count(all) +
		h.say("; i totali sono di tutte. L'elenco completo è in ", "; the totals are of all. The whole list is in ") + file + "."
}
