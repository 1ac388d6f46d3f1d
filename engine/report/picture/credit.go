package picture

import (
	"cmp"
	"fmt"
	"slices"

	"quadra/engine/record"
)

// Credit is how many days flows take to be credited, by PSP.
type Credit struct {
	Head
	// Term is by how many days a credit is in time; negative: no line is drawn.
	Term int
	PSPs []Credited
}

// Credited is one PSP.
type Credited struct {
	Name   string
	Amount record.Cents
	Days   []int64 // how many credits took 0, 1, 2... days
}

const (
	creditName   = 250.0
	creditChart  = 370.0
	creditHead   = 48.0
	creditRow    = 36.0
	creditBars   = 24.0 // height of the highest
	creditRows   = 15   // more are together in the last
	creditLonger = 30   // days drawn one by one at most
	creditPitch  = 80.0 // of the columns of figures
)

// Draw draws the distribution of each PSP, those with most credits first, with
// its median, its ninth decile and its longest wait in figures.
func (d *Credit) Draw() *Picture {
	psps := slices.Clone(d.PSPs)
	slices.SortStableFunc(psps, func(a, b Credited) int {
		return cmp.Or(cmp.Compare(b.credits(), a.credits()), cmp.Compare(b.Amount, a.Amount))
	})
	total := Credited{Name: d.say("Tutti", "All")}
	for i := range psps {
		total.addAll(&psps[i])
	}
	shown := psps
	if len(psps) > creditRows {
		rest := Credited{Name: fmt.Sprintf(d.say("Altri %d PSP", "%d other PSPs"), len(psps)-creditRows+1)}
		for i := range psps[creditRows-1:] {
			rest.addAll(&psps[creditRows-1+i])
		}
		shown = append(slices.Clone(psps[:creditRows-1]), rest)
	}
	shown = append(slices.Clone(shown), total)
	height := creditHead + float64(len(shown))*creditRow + 24
	c := newCanvas(&d.Head, height, d.describe(&total))
	c.patterns()
	last := d.lastDay(&total)
	d.frame(c, last, total.quantile(100) > last, height)
	for i := range shown {
		y := creditHead + float64(i)*creditRow
		if i == len(shown)-1 {
			c.line(0, y, pageWidth, y, class(axis))
		}
		d.row(c, &shown[i], y, last)
	}
	return &Picture{Head: d.Head, SVG: c.end(), Data: d.table(psps, &total)}
}

// lastDay is the last day drawn on its own: what took longer stands there too.
func (d *Credit) lastDay(total *Credited) int {
	return min(max(total.quantile(100), d.Term+2, 5), creditLonger)
}

func (d *Credit) x(day, last int) float64 {
	return creditName + float64(day)*creditChart/float64(last+1)
}

func (d *Credit) frame(c *canvas, last int, more bool, height float64) {
	c.text(4, creditHead-8, creditName-16, left, strong, "PSP")
	for i, title := range d.figures() {
		c.text(creditName+creditChart+float64(i+1)*creditPitch+12, creditHead-8, creditPitch-6, right, strong, title)
	}
	pitch := creditChart / float64(last+1)
	every := 1
	for pitch*float64(every) < 34 {
		every++
	}
	bottom := height - 24
	for day := 0; day <= last; day += every {
		if more && d.x(day, last)+pitch > d.x(last+1, last)-40 { // room for the last
			break
		}
		c.text(d.x(day, last)+pitch/2, bottom+14, pitch*float64(every), middle, pale, fmt.Sprint(day))
	}
	if more {
		c.text(d.x(last+1, last), bottom+14, 40, right, pale, fmt.Sprintf("≥%d", last))
	}
	c.text(4, bottom+14, creditName-16, left, pale, d.say("Giorni dal regolamento all'accredito", "Days from regulation to credit"))
	if d.Term >= 0 {
		x := d.x(d.Term+1, last)
		c.line(x, creditHead-22, x, bottom, `class="asse" stroke-dasharray="4 3"`)
		label := fmt.Sprintf(d.say("oltre %d gg: tardi", "late after %d d"), d.Term)
		if room := creditName + creditChart + 14 - x; room > width(label, false) {
			c.text(x+4, creditHead-12, room, left, "", label)
		} else {
			c.text(x-4, creditHead-12, x-creditName, right, "", label)
		}
	}
}

func (d *Credit) figures() [4]string {
	return [4]string{d.say("Accrediti", "Credits"), d.say("Mediana", "Median"), d.say("90 %", "90 %"), d.say("Massimo", "Longest")}
}

func (d *Credit) row(c *canvas, p *Credited, y float64, last int) {
	base := y + creditRow - 5
	c.text(4, base-6, creditName-16, left, "", p.Name)
	c.line(creditName, base, creditName+creditChart, base, class(grid))
	bars := make([]int64, last+1)
	most := int64(0)
	for day, n := range p.Days {
		at := min(day, last)
		bars[at] += n
		most = max(most, bars[at])
	}
	pitch := creditChart / float64(last+1)
	for day, n := range bars {
		if n <= 0 {
			continue
		}
		h := max(float64(n)/float64(most)*creditBars, 1)
		how := class(good)
		if d.Term >= 0 && day > d.Term {
			how = c.hatched()
		}
		c.rect(d.x(day, last)+1, base-h, max(pitch-2, 1), h, how)
	}
	values := [4]string{count(p.credits()), "–", "–", "–"}
	if p.credits() > 0 {
		values[1], values[2], values[3] = fmt.Sprint(p.quantile(50)), fmt.Sprint(p.quantile(90)), fmt.Sprint(p.quantile(100))
	}
	for i, v := range values {
		c.text(creditName+creditChart+float64(i+1)*creditPitch+12, base-6, creditPitch-6, right, "", v)
	}
}

func (p *Credited) credits() (n int64) {
	for _, c := range p.Days {
		n += c
	}
	return n
}

func (p *Credited) addAll(o *Credited) {
	p.Amount += o.Amount
	if missing := len(o.Days) - len(p.Days); missing > 0 {
		p.Days = append(p.Days, make([]int64, missing)...)
	}
	for day, n := range o.Days {
		p.Days[day] += n
	}
}

// quantile is by how many days so many per cent of the credits had come; 0 of
// none.
func (p *Credited) quantile(percent int64) int {
	all := p.credits()
	come := int64(0)
	for day, n := range p.Days {
		if come += n; n > 0 && come*100 >= all*percent {
			return day
		}
	}
	return 0
}

// late is how many took longer than the term.
func (d *Credit) late(p *Credited) (n int64) {
	if d.Term < 0 {
		return 0
	}
	for day, credits := range p.Days {
		if day > d.Term {
			n += credits
		}
	}
	return n
}

func (d *Credit) describe(total *Credited) string {
	if total.credits() == 0 {
		return d.say("Nessun accredito.", "No credit.")
	}
	s := fmt.Sprintf(d.say("%s accrediti di %s PSP: metà entro %d giorni, nove su dieci entro %d, tutti entro %d.", "%s credits of %s PSPs: half within %d days, nine in ten within %d, all within %d."),
		count(total.credits()), count(int64(len(d.PSPs))), total.quantile(50), total.quantile(90), total.quantile(100))
	if d.Term >= 0 {
		term := d.say(" Oltre il termine di %d giorni: %s.", " Beyond the term of %d days: %s.")
		if d.Term == 1 {
			term = d.say(" Oltre il termine di %d giorno: %s.", " Beyond the term of %d day: %s.")
		}
		s += fmt.Sprintf(term, d.Term, count(d.late(total)))
	}
	return s
}

func (d *Credit) table(psps []Credited, total *Credited) Table {
	t := Table{Columns: []Column{{Title: "PSP"}}}
	for _, title := range append(d.figuresFull(), d.say("Importo", "Amount")) {
		t.Columns = append(t.Columns, Column{title, true})
	}
	row := func(p *Credited) []string {
		return []string{p.Name, count(p.credits()), fmt.Sprint(p.quantile(50)), fmt.Sprint(p.quantile(90)), fmt.Sprint(p.quantile(100)), count(d.late(p)), euro(p.Amount)}
	}
	for i := range psps {
		t.Rows = append(t.Rows, row(&psps[i]))
	}
	t.Total = row(total)
	return t
}

func (d *Credit) figuresFull() []string {
	f := d.figures()
	return []string{f[0], d.say("Mediana, giorni", "Median, days"), d.say("Nono decile, giorni", "Ninth decile, days"), d.say("Massimo, giorni", "Longest, days"), d.say("Oltre il termine", "Beyond the term")}
}
