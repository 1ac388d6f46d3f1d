package picture

import (
	"cmp"
	"fmt"
	"slices"
)

// Ageing is anomalies by code and by how long they have been waiting.
type Ageing struct {
	Head
	Buckets []string // youngest first
	Codes   []Aged
}

// Aged is one code.
type Aged struct {
	Name  string
	Cells []Sum // one for each bucket
}

func (a *Aged) sum() Sum {
	var s Sum
	for _, c := range a.Cells {
		s.add(c)
	}
	return s
}

const (
	ageName = 240.0 // of a code
	ageHead = 44.0
	ageRow  = 44.0
	ageBar  = 7.0
	ageRows = 10 // more are together in the last
)

// Draw draws a line of bars for each code, the heaviest first, and one for all
// of them; all bars have one scale.
func (a *Ageing) Draw() *Picture {
	codes, total := a.sorted()
	shown := codes
	if len(codes) > ageRows {
		rest := Aged{Name: fmt.Sprintf(a.say("Altri %d codici", "%d other codes"), len(codes)-ageRows+1), Cells: make([]Sum, len(a.Buckets))}
		for _, c := range codes[ageRows-1:] {
			rest.addAll(&c)
		}
		shown = append(slices.Clone(codes[:ageRows-1]), rest)
	}
	height := ageHead + float64(len(shown)+1)*ageRow + 4
	c := newCanvas(&a.Head, height, a.describe(&total))
	pitch := (pageWidth - ageName - 4) / float64(max(len(a.Buckets), 1))
	c.text(4, 30, ageName-12, left, strong, a.say("Codice", "Code"))
	c.text(ageName, 14, pageWidth-ageName-4, left, pale, a.say("Giorni lavorativi di attesa", "Working days of waiting"))
	most := total.most()
	for i, b := range a.Buckets {
		if a.old(i) {
			b = "! " + b
		}
		c.text(ageName+float64(i)*pitch, 30, pitch-8, left, strong, b)
	}
	for i := range shown {
		a.row(c, &shown[i], ageHead+float64(i)*ageRow, pitch, most, "")
	}
	c.line(0, ageHead+float64(len(shown))*ageRow-2, pageWidth, ageHead+float64(len(shown))*ageRow-2, class(axis))
	a.row(c, &total, ageHead+float64(len(shown))*ageRow, pitch, most, strong)
	return &Picture{Head: a.Head, SVG: c.end(), Data: a.table(codes, &total)}
}

// sorted are the codes by amount and the sum of all.
func (a *Ageing) sorted() (codes []Aged, total Aged) {
	codes = slices.Clone(a.Codes)
	slices.SortStableFunc(codes, func(x, y Aged) int {
		return cmp.Or(cmp.Compare(y.sum().Amount, x.sum().Amount), cmp.Compare(y.sum().Count, x.sum().Count))
	})
	total = Aged{Name: a.say("Tutte", "All"), Cells: make([]Sum, len(a.Buckets))}
	for i := range codes {
		total.addAll(&codes[i])
	}
	return codes, total
}

func (a *Aged) addAll(o *Aged) {
	for i := range a.Cells {
		a.Cells[i].add(o.Cells[i])
	}
}

func (a *Aged) most() Sum {
	var s Sum
	for _, c := range a.Cells {
		s.Amount = max(s.Amount, c.Amount)
	}
	return s
}

func (a *Ageing) row(c *canvas, code *Aged, y, pitch float64, most Sum, style string) {
	c.text(4, y+13, ageName-12, left, style, code.Name)
	sum := code.sum()
	c.text(4, y+13+lineHeight, ageName-12, left, pale, count(sum.Count)+" · "+a.short(sum.Amount))
	c.line(0, y+ageRow-2, pageWidth, y+ageRow-2, class(grid))
	for i, cell := range code.Cells {
		x := ageName + float64(i)*pitch
		tone := good
		if a.old(i) {
			tone = bad
		}
		if cell == (Sum{}) {
			c.text(x, y+13, pitch-8, left, pale, "–")
			continue
		}
		c.text(x, y+13, pitch-8, left, style, a.short(cell.Amount))
		c.text(x, y+13+lineHeight, pitch-8, left, pale, count(cell.Count))
		if w := part(cell.Amount, most.Amount, pitch-8); w > 0 {
			c.rect(x, y+ageRow-4-ageBar, max(w, 1), ageBar, class(tone))
		}
	}
}

// old says that a bucket is one of the last two, which have a sign and a colour
// of their own.
func (a *Ageing) old(bucket int) bool { return len(a.Buckets)-bucket <= 2 }

func (a *Ageing) describe(total *Aged) string {
	sum := total.sum()
	if sum.Count == 0 {
		return a.say("Nessuna anomalia.", "No anomaly.")
	}
	s := fmt.Sprintf(a.say("%s anomalie per %s.", "%s anomalies for %s."), count(sum.Count), euro(sum.Amount))
	for i, cell := range total.Cells {
		s += fmt.Sprintf(" %s: %s, %s.", a.Buckets[i], count(cell.Count), euro(cell.Amount))
	}
	return s
}

func (a *Ageing) table(codes []Aged, total *Aged) Table {
	t := Table{Columns: []Column{{Title: a.say("Codice", "Code")}}}
	for _, b := range append(slices.Clone(a.Buckets), a.say("totale", "total")) {
		t.Columns = append(t.Columns, Column{fmt.Sprintf(a.say("Numero, %s", "Number, %s"), b), true}, Column{fmt.Sprintf(a.say("Importo, %s", "Amount, %s"), b), true})
	}
	row := func(code *Aged) []string {
		out := []string{code.Name}
		for _, cell := range append(slices.Clone(code.Cells), code.sum()) {
			out = append(out, count(cell.Count), euro(cell.Amount))
		}
		return out
	}
	for i := range codes {
		t.Rows = append(t.Rows, row(&codes[i]))
	}
	t.Total = row(total)
	return t
}
