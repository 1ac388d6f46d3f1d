package report

import (
	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/report/content"
)

// sources is up to which day the books know each source.
type sources struct {
	last map[calendar.Source]record.Date
}

func newSources() *sources { return &sources{last: make(map[calendar.Source]record.Date)} }

func (s *sources) see(source calendar.Source, on record.Date) {
	s.last[source] = max(s.last[source], on)
}

func (s *sources) payment(p *content.Payment) {
	s.see(calendar.Receipts, p.Receipt.PaidOn)
	s.see(calendar.Notices, p.Notice.PaidOn)
}

func (s *sources) flow(f *content.Flow) { s.see(calendar.Flows, f.RegulatedOn) }

func (s *sources) movement(m *content.Movement) { s.see(calendar.Cash, m.BookedOn) }

// sourceLate is how many working days the records of a source may be behind.
const sourceLate = 2

// sourcePage is a source on the page of the morning.
type sourcePage struct {
	Name  string
	Last  record.Date
	Days  int // working days since
	Class string
	Word  string
}

var sourceNames = []struct {
	source calendar.Source
	name   string
}{{calendar.Receipts, "Ricevute"}, {calendar.Flows, "Rendicontazione"}, {calendar.Cash, "Giornale di cassa"}, {calendar.Notices, "Notifiche"}}

// sourcePages says how far each source has come, in the whole books: of one that
// never came nothing is late.
func (b *builder) sourcePages() []sourcePage {
	if b.in.Brief || !b.whole() {
		return nil
	}
	var out []sourcePage
	for _, s := range sourceNames {
		last := b.sources.last[s.source]
		p := sourcePage{Name: s.name, Last: last, Days: b.in.Calendar.Elapsed(last, b.in.AsOf), Class: "bene", Word: "aggiornata"}
		switch {
		case last == 0:
			p.Class, p.Word = "neutro", "mai arrivata"
		case p.Days > sourceLate:
			p.Class, p.Word = "male", "in ritardo"
		}
		out = append(out, p)
	}
	return out
}
