// Package picture draws what people look at rather than read: the flow of euro,
// ageing, days to credit, months and a calendar. Each picture is SVG made from
// plain figures, without scripts, fonts or styles of its own: colours are the
// classes of the page it stands in (quadra.css), so that it follows the page on
// screen, in the dark and on paper.
//
// The contract of every picture:
//   - the same figures give the same bytes;
//   - nothing is drawn outside the view box, and no text covers another, whatever
//     the figures are: long names are cut, long lists end with "altri";
//   - colour never speaks alone: a sign, a pattern or a text stands beside it;
//   - it has a title, a description, and a table with all of its figures in full
//     for who cannot see it.
package picture

import (
	"html/template"
	"strings"

	"quadra/engine/record"
)

// English is the other language of a picture; anything else is Italian.
const English = "en"

// Sum is how many and how much.
type Sum struct {
	Count  int64
	Amount record.Cents
}

func (s *Sum) add(o Sum) {
	s.Count += o.Count
	s.Amount += o.Amount
}

// Head is what every picture has besides its figures.
type Head struct {
	ID       string // of its element: unique in the page, letters and digits
	Language string // it (also when empty) or en
	Title    string
	Caption  string // one sentence under it: what it counts and how to read it
}

func (h *Head) say(italian, english string) string {
	if h.Language == English {
		return english
	}
	return italian
}

func (h *Head) day(d record.Date) string {
	if h.Language == English {
		return d.String()
	}
	return d.Italian()
}

// Picture is a drawing and the same figures as a table.
type Picture struct {
	Head
	SVG  string
	Data Table
}

// Table is what a picture shows, in words and full figures.
type Table struct {
	Columns []Column
	Rows    [][]string // the first cell names the row
	Total   []string   // last row; nil: none
}

// Column is a column of a [Table].
type Column struct {
	Title  string
	Number bool // to be aligned to the right
}

// HTML is the figure as a page shows it: the drawing, its caption, and the
// table to open.
func (p *Picture) HTML() template.HTML {
	var b strings.Builder
	b.WriteString("<figure class=\"figura\">\n")
	b.WriteString(p.SVG)
	if p.Caption != "" {
		b.WriteString("<figcaption>" + escape(p.Caption) + "</figcaption>\n")
	}
	b.WriteString("<details><summary>" + p.say("I dati della figura", "The figures of this picture") + "</summary>\n")
	p.Data.write(&b, p.Title)
	b.WriteString("</details>\n</figure>\n")
	return template.HTML(b.String()) //nolint:gosec // G203: every text above goes through escape
}

func (t *Table) write(b *strings.Builder, title string) {
	title = escape(title)
	b.WriteString("<div class=\"scorri\" tabindex=\"0\" role=\"region\" aria-label=\"" + title + "\"><table class=\"quadro\"><caption>" + title + "</caption>\n<thead><tr>")
	for _, c := range t.Columns {
		b.WriteString("<th scope=\"col\"" + numeric(c.Number) + ">" + escape(c.Title) + "</th>")
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, r := range t.Rows {
		t.row(b, "<tr>", r)
	}
	if t.Total != nil {
		t.row(b, "<tr class=\"totale\">", t.Total)
	}
	b.WriteString("</tbody></table></div>\n")
}

func (t *Table) row(b *strings.Builder, open string, cells []string) {
	b.WriteString(open)
	for i, cell := range cells {
		if i == 0 {
			b.WriteString("<th scope=\"row\">" + escape(cell) + "</th>")
			continue
		}
		b.WriteString("<td" + numeric(t.Columns[i].Number) + ">" + escape(cell) + "</td>")
	}
	b.WriteString("</tr>\n")
}

func numeric(is bool) string {
	if is {
		return " class=\"n\""
	}
	return ""
}
