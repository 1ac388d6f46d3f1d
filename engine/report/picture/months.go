package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"quadra/engine/record"
)

// Months is what was paid, reported and cashed in each month.
type Months struct {
	Head
	Months []Month
}

// Month is one month. Each measure has its own date.
type Month struct {
	Year                   int
	Month                  time.Month
	Paid, Reported, Cashed Sum
}

func (m *Month) index() int { return m.Year*12 + int(m.Month) - 1 }

const (
	monthsLeft   = 96.0 // of the axis, where its amounts stand
	monthsTop    = 34.0
	monthsChart  = 230.0
	monthsBottom = 40.0
	monthsShown  = 18 // the last ones; the table has all
)

// Draw draws three bars for each month, told apart by colour and by pattern.
// Months in which nothing happened stand there too: time has no gaps.
func (m *Months) Draw() *Picture {
	all := m.whole()
	shown := all[max(0, len(all)-monthsShown):]
	c := newCanvas(&m.Head, monthsTop+monthsChart+monthsBottom, m.describe(all))
	c.patterns()
	m.legend(c, len(all) > len(shown))
	most := record.Cents(0)
	for i := range shown {
		most = max(most, shown[i].Paid.Amount, shown[i].Reported.Amount, shown[i].Cashed.Amount)
	}
	top := m.axis(c, most)
	pitch := (pageWidth - monthsLeft - 8) / float64(max(len(shown), 6))
	base := monthsTop + monthsChart
	bar := min((pitch-8)/3, 26)
	for i := range shown {
		x := monthsLeft + float64(i)*pitch
		center := x + pitch/2
		for k, sum := range []Sum{shown[i].Paid, shown[i].Reported, shown[i].Cashed} {
			if sum.Amount > 0 {
				h := max(part(sum.Amount, top, monthsChart), 1)
				m.bar(c, k, center+(float64(k)-1.5)*bar+.5, base-h, bar-1, h)
			}
		}
		c.text(center, base+15, pitch, middle, "", m.month(shown[i].Month, false))
		if i == 0 || shown[i].Month == time.January {
			c.text(center, base+15+lineHeight, pitch, middle, pale, fmt.Sprint(shown[i].Year))
		}
	}
	return &Picture{Head: m.Head, SVG: c.end(), Data: m.table(all)}
}

// bar draws one of a measure: full, striped or dotted.
func (m *Months) bar(c *canvas, measure int, x, y, w, h float64) {
	c.rect(x, y, w, h, [...]string{class("tinta-1"), c.hatched(), c.dotted()}[measure])
	if measure > 0 {
		c.rect(x, y, w, h, class(axis))
	}
}

func (m *Months) names() [3]string {
	return [3]string{m.say("Pagato", "Paid"), m.say("Rendicontato", "Reported"), m.say("Incassato", "Cashed")}
}

func (m *Months) legend(c *canvas, cut bool) {
	x := monthsLeft
	for k, name := range m.names() {
		m.bar(c, k, x, 6, 14, 12)
		c.text(x+20, 16, 120, left, "", name)
		x += 150
	}
	if cut {
		c.text(pageWidth-8, 16, pageWidth-8-x, right, pale, fmt.Sprintf(m.say("ultimi %d mesi; gli altri nei dati", "last %d months; the others in the figures"), monthsShown))
	}
}

// axis draws the amounts and returns the one at the top.
func (m *Months) axis(c *canvas, most record.Cents) record.Cents {
	euros := int64(most+99) / 100
	s := step(max(euros, 1))
	steps := max((euros+s-1)/s, 1)
	base := monthsTop + monthsChart
	for i := range steps + 1 {
		y := base - float64(i)/float64(steps)*monthsChart
		style := grid
		if i == 0 {
			style = axis
		}
		c.line(monthsLeft, y, pageWidth-8, y, class(style))
		label := "0"
		if i > 0 {
			label = strings.Replace(m.short(record.Cents(i*s*100)), ",0 ", " ", 1)
		}
		c.text(monthsLeft-8, y+4, monthsLeft-10, right, pale, label)
	}
	return record.Cents(steps * s * 100)
}

// whole is every month from the first to the last.
func (m *Months) whole() []Month {
	if len(m.Months) == 0 {
		return nil
	}
	known := slices.Clone(m.Months)
	slices.SortStableFunc(known, func(a, b Month) int { return cmp.Compare(a.index(), b.index()) })
	var out []Month
	for i := range known {
		at := known[i].index()
		if n := len(out); n > 0 && out[n-1].index() == at {
			out[n-1].Paid.add(known[i].Paid)
			out[n-1].Reported.add(known[i].Reported)
			out[n-1].Cashed.add(known[i].Cashed)
			continue
		}
		if n := len(out); n > 0 {
			for next := max(out[n-1].index()+1, at-1200); next < at; next++ { // a century at most, whatever a file says
				out = append(out, Month{Year: next / 12, Month: time.Month(next%12 + 1)})
			}
		}
		out = append(out, known[i])
	}
	return out
}

func (m *Months) describe(all []Month) string {
	if len(all) == 0 {
		return m.say("Nessun pagamento.", "No payment.")
	}
	t := m.total(all)
	names := m.names()
	return fmt.Sprintf(m.say("Da %s a %s. ", "From %s to %s. "), m.name(&all[0]), m.name(&all[len(all)-1])) +
		fmt.Sprintf("%s: %s. %s: %s. %s: %s.", names[0], euro(t.Paid.Amount), names[1], euro(t.Reported.Amount), names[2], euro(t.Cashed.Amount))
}

func (m *Months) name(of *Month) string {
	return fmt.Sprintf("%s %d", m.month(of.Month, true), of.Year)
}

func (m *Months) total(all []Month) (t Month) {
	for i := range all {
		t.Paid.add(all[i].Paid)
		t.Reported.add(all[i].Reported)
		t.Cashed.add(all[i].Cashed)
	}
	return t
}

func (m *Months) table(all []Month) Table {
	t := Table{Columns: []Column{{Title: m.say("Mese", "Month")}}}
	for _, name := range m.names() {
		t.Columns = append(t.Columns, Column{name + m.say(", ricevute", ", receipts"), true}, Column{name, true})
	}
	row := func(name string, of *Month) []string {
		return []string{name, count(of.Paid.Count), euro(of.Paid.Amount), count(of.Reported.Count), euro(of.Reported.Amount), count(of.Cashed.Count), euro(of.Cashed.Amount)}
	}
	for i := range all {
		t.Rows = append(t.Rows, row(m.name(&all[i]), &all[i]))
	}
	sum := m.total(all)
	t.Total = row(m.say("Totale", "Total"), &sum)
	return t
}
