// Package paper writes the documents that go in the file: Quadratura, Anomalie
// and Verbale as PDF, from plain figures and without a browser.
//
// The contract of every document:
//   - the same figures give the same bytes: its date is the as-of day;
//   - it says whose it is, as of which day, and on every page which of how many;
//   - titles of a table stand on every page it takes, long cells are wrapped, and
//     no row is cut by the end of a page;
//   - its size is bounded: of a long list it prints a stated part, and says how
//     many there are in all, what they add up to, and where the rest is.
//
// The font is Go (golang.org/x/image/font/gofont, BSD 3-clause), of which the
// letters used are embedded. What the font has not is printed as "?".
// The documents are not tagged: who reads with a screen reader has the pages.
package paper

import (
	"fmt"
	"io"

	"quadra/engine/record"
)

// English is the other language of a document; anything else is Italian.
const English = "en"

// Head is whose document it is, and of when.
type Head struct {
	Language string // it (also when empty) or en
	Entity   string
	TaxCode  string
	IPA      string
	AsOf     record.Date
	Run      string // run, ruleset and version, at the foot of every page
	Only     string // what the reader may not see is left out: in words
	Standing string // what a reader must know of the entity; empty when nothing
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

// Sum is how many and how much.
type Sum struct {
	Count  int64
	Amount record.Cents
}

// document is what every kind comes down to.
type document struct {
	Head
	title    string
	intro    string
	wide     bool // A4 landscape
	sections []section
	sign     []string // who signs
}

// section is a part with a heading: text, pairs of name and value, a table, in
// this order.
type section struct {
	title string
	text  string
	pairs []Pair
	table *table
	small bool // a heading of lower rank
}

// Pair is a name and its value.
type Pair struct{ Name, Value string }

type column struct {
	title  string
	share  float64 // of the width, to those of the others
	number bool
}

type table struct {
	columns []column
	rows    [][]string
	sums    map[int]bool // rows that are the sum of others
	total   []string
	alarm   bool // the total stands out
}

// write lays the document out twice: the first time tells how many pages there
// are.
func (d *document) write(w io.Writer) error {
	pages := 0
	for range 2 {
		s, err := newSheet(&d.Head, d.title, d.wide, pages)
		if err != nil {
			return fmt.Errorf("%s: %w", d.title, err)
		}
		d.lay(s)
		if pages > 0 {
			if err := s.pdf.Output(w); err != nil {
				return fmt.Errorf("write %s: %w", d.title, err)
			}
			return nil
		}
		if pages = s.pdf.PageNo(); s.pdf.Error() != nil {
			break
		}
		pages = max(pages, 1)
	}
	return fmt.Errorf("%s: no page could be laid out", d.title)
}

func (d *document) lay(s *sheet) {
	s.heading(d.title)
	for _, text := range []string{d.intro, d.Standing, d.Only} {
		s.paragraph(text)
	}
	for i := range d.sections {
		part := &d.sections[i]
		s.section(part.title, part.small)
		s.paragraph(part.text)
		s.pairs(part.pairs)
		if part.table != nil {
			s.table(part.table)
		}
	}
	if len(d.sign) > 0 {
		s.signatures(d.say("Luogo e data", "Place and date"), d.sign)
	}
}

// euro is an amount in full.
func euro(v record.Cents) string { return v.Italian() + " €" }

// count is a number as Italians write it.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
