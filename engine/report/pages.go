package report

import (
	"html/template"

	"quadra/engine/record"
	"quadra/engine/report/content"
	"quadra/engine/report/picture"
	"quadra/engine/store"
)

// writePages writes every page of the pack.
func (b *builder) writePages() error {
	for _, write := range []func() error{b.today, b.balancePages, b.anomaliesPages, b.listPages, b.regularisingPage, b.statisticsPage, b.expectedPage,
		b.filesPages, b.minutes, b.guide, b.documents} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// figure is one of the large numbers of a page.
type figure struct {
	Title, Value, Note, Class string
}

// euroFigure is an amount and how many things it is of.
func (b *builder) euroFigure(title string, amount record.Cents, note, class string) figure {
	return figure{b.say(title), amount.Italian() + " €", note, class}
}

// drawn is a picture as a page shows it.
type drawn struct {
	Picture template.HTML
}

func (b *builder) head(id, title, caption string) picture.Head {
	return picture.Head{ID: id, Language: b.in.Language, Title: b.say(title), Caption: b.say(caption)}
}

// listPages writes the pages that are lists and nothing else.
func (b *builder) listPages() error {
	if b.in.Brief {
		return nil
	}
	for _, p := range []struct {
		file, guide string
		tables      []string
	}{
		{"pagamenti.html", "Ogni pagamento con il suo stato: che cosa si sa di lui, dove è finito e perché.", []string{"pagamenti"}},
		{"flussi.html", "Ogni flusso di rendicontazione, nella versione vigente, e gli incassi che lo riversano.", []string{"flussi"}},
		{"cassa.html", "Ogni movimento del giornale di cassa: quali flussi riversa, e su quali capitoli va.", []string{"cassa"}},
		{"ricevute.html", "Ogni riga di ricevuta telematica, con il file e la riga da cui viene.", []string{"ricevute"}},
		{"accertamenti.html", "Che cosa tiene ogni accertamento, e quanto è pagato, rendicontato e incassato su ogni capitolo.", []string{"accertamenti", "capitoli"}},
		{"segnalazioni.html", "Che cosa le persone dicono di pagamenti, riversamenti e movimenti, e che cosa resta da fare.", []string{"segnalazioni"}},
	} {
		s := b.shell(p.file, p.guide, p.tables...)
		if p.file == "flussi.html" {
			s.Page = drawn{b.creditPicture()}
		}
		if err := b.write("lista.html", s); err != nil {
			return err
		}
	}
	return nil
}

// anomaliesPages writes the page Anomalie.
func (b *builder) anomaliesPages() error {
	tables := []string{"anomalie"}
	if len(b.decisions) > 0 {
		tables = append(tables, "decisioni")
	}
	s := b.shell("anomalie.html", "Che cosa va guardato: per codice, anzianità, tipo dovuto, PSP e importo, con quanto le persone ne dicono.", tables...)
	p := b.anomaliesPage()
	s.Page = struct {
		anomaliesPage
		drawn
	}{p, drawn{b.ageingPicture(p)}}
	return b.write("anomalie.html", s)
}

func (b *builder) ageingPicture(p anomaliesPage) template.HTML {
	a := picture.Ageing{Head: b.head("anzianita", "Anzianità delle anomalie", "Le anomalie di ogni codice per giorni lavorativi di attesa: quante e per quanto."), Buckets: p.Buckets}
	for _, g := range p.Groups {
		aged := picture.Aged{Name: g.Name}
		for _, s := range g.Ages {
			aged.Cells = append(aged.Cells, picture.Sum{Count: s.Count, Amount: s.Amount})
		}
		a.Codes = append(a.Codes, aged)
	}
	if len(a.Codes) == 0 {
		return ""
	}
	return a.Draw().HTML()
}

// regularisingPage writes the page Da regolarizzare.
func (b *builder) regularisingPage() error {
	if b.in.Brief {
		return nil
	}
	s := b.shell("da-regolarizzare.html", "Gli incassi che nessuna reversale copre ancora per intero, con i giorni rimasti dei sessanta di legge.", "da-regolarizzare")
	terms := []struct {
		title, class string
		from, to     int
		sum          ageing
	}{{"Termine scaduto", "male", -1 << 31, -1, ageing{}}, {"Entro 15 giorni", "male", 0, 15, ageing{}}, {"Da 16 a 30 giorni", "neutro", 16, 30, ageing{}},
		{"Oltre 30 giorni", "neutro", 31, 1 << 30, ageing{}}}
	if err := b.content.EachToRegularise(func(r *content.ToRegularise) error {
		for i := range terms {
			if r.DaysLeft >= terms[i].from && r.DaysLeft <= terms[i].to {
				terms[i].sum.add(r.Worth())
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, t := range terms {
		class := t.class
		if t.sum.Count == 0 {
			class = "neutro"
		}
		s.Figures = append(s.Figures, b.euroFigure(t.title, t.sum.Amount, b.many(t.sum.Count, "movimento", "movimenti"), class))
	}
	return b.write("lista.html", s)
}

// many says how many there are.
func (b *builder) many(n int64, one, several string) string {
	if n == 1 {
		return "1 " + b.say(one)
	}
	return thousands(n) + " " + b.say(several)
}

// expectedPage writes the page Attese.
func (b *builder) expectedPage() error {
	if b.in.Brief {
		return nil
	}
	s := b.shell("attese.html", "Che cosa deve ancora arrivare, entro quando, e da quanti giorni i PSP in ritardo devono gli interessi di mora.", "attese", "crediti")
	s.Page = struct {
		drawn
		Late []*lateRow
	}{drawn{b.calendarPicture()}, b.credits.lateRows()}
	return b.write("attese.html", s)
}

func (b *builder) calendarPicture() template.HTML {
	days := b.content.ExpectedDays()
	if len(days) == 0 {
		return ""
	}
	cal := picture.Calendar{Head: b.head("calendario", "Atteso e arrivato, giorno per giorno", "Per ogni giorno quanto doveva essere riversato entro quel giorno, quanto è arrivato e quanto manca ancora."),
		From: days[0].On, To: min(max(days[len(days)-1].On, b.in.AsOf), b.in.AsOf+14), Today: b.in.AsOf}
	cal.From = min(cal.From, cal.To)
	at := 0
	for on := cal.From; on <= cal.To; on++ {
		for at < len(days) && days[at].On < on {
			at++
		}
		d := picture.Day{On: on, Feast: !b.in.Calendar.IsWorking(on)}
		if at < len(days) && days[at].On == on {
			sum := func(p content.Part) picture.Sum { return picture.Sum{Count: p.Count, Amount: p.Worth} }
			d.Expected, d.Received, d.Missing = sum(days[at].Expected), sum(days[at].Received), sum(days[at].Missing)
		}
		cal.Days = append(cal.Days, d)
	}
	return cal.Draw().HTML()
}

// minutesPage is the page an auditor signs: what has to be known to make the same
// report again.
type minutesPage struct {
	Run       *store.Run
	Entity    Entity
	Inputs    []*store.File
	Balance   []equation
	Missing   bool
	Residuals int
	Totals    []unitCard
	Whole     bool
}

func (b *builder) minutesPage() minutesPage {
	m := minutesPage{Run: b.in.Run, Entity: b.in.Entity, Totals: b.cards(), Whole: b.whole(), Residuals: b.sum.Residuals}
	p := b.balance()
	m.Balance, m.Missing = p.Equations, p.Missing
	for i := len(b.files.all) - 1; i >= 0; i-- {
		if f := b.files.all[i]; f.State == store.FileLoaded {
			m.Inputs = append(m.Inputs, f)
		}
	}
	return m
}

func (b *builder) minutes() error {
	s := b.shell("verbale.html", "Con gli stessi file, le stesse regole e la stessa data di riferimento quadra scrive lo stesso rapporto, byte per byte.")
	s.Up, s.Page = true, b.minutesPage()
	return b.write("verbale.html", s)
}

// filesPages writes the page File e scarti.
func (b *builder) filesPages() error {
	if !b.whole() {
		return nil
	}
	s := b.shell("file.html", "Ogni file mai consegnato e che cosa ne è stato; ogni riga lasciata fuori, con il motivo e il rimedio.", "file", "scarti")
	for _, st := range b.files.states {
		if st.Count == 0 {
			continue
		}
		texts := fileTexts(st.State)
		s.Figures = append(s.Figures, figure{b.say(texts.Files), thousands(st.Count), b.many(st.Rows, "riga letta", "righe lette") + ", " + b.many(st.Rejected, "scartata", "scartate"), texts.Class})
	}
	return b.write("lista.html", s)
}

// stateTexts is how an outcome is shown.
type stateTexts struct{ Files, Class string }

func fileTexts(s store.FileState) stateTexts {
	switch s {
	case store.FileLoaded:
		return stateTexts{"File caricati", "bene"}
	case store.FileDuplicate:
		return stateTexts{"File già caricati", "neutro"}
	case store.FileRejected:
		return stateTexts{"File rifiutati", "male"}
	case store.FileFailed:
		return stateTexts{"File non riusciti", "male"}
	}
	return stateTexts{"File da leggere", "neutro"}
}
