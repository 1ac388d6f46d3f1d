package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"

	"quadra/engine/record"
	"quadra/engine/store"
)

// todayPage is the page of the morning.
type todayPage struct {
	Missing   bool // the run left no balance in the books
	Residuals int
	Whole     bool
	News      []newsRow
	ToDo      []toDo
	Late      []*lateRow
	Sources   []sourcePage
	Tables    []statusTable
	Labels    []labelRow

	Calendar, Ageing template.HTML
}

// newsShown is how many examples of what is new are named.
const newsShown = 3

// newsRow is what became an anomaly in the run.
type newsRow struct {
	Name, Unit, Link string
	Count            int64
	Amount           record.Cents
	Examples         []string
}

// today writes the page Oggi.
func (b *builder) today() error {
	s := b.shell(FileHTML, "Che cosa è arrivato, che cosa manca e che cosa va fatto.")
	for _, c := range b.cards() {
		for i, sign := range c.Signs {
			if sign.Count == 0 && i > 0 {
				continue
			}
			s.Figures = append(s.Figures, figure{Title: c.Title + ": " + b.say(sign.Title), Value: sign.Amount.Italian() + " €", Note: thousands(sign.Count), Class: sign.Class})
		}
	}
	p := todayPage{Missing: len(b.sum.Balance) == 0, Residuals: b.sum.Residuals, Whole: b.whole(), ToDo: b.toDo(), Late: b.credits.lateRows(), Sources: b.sourcePages()}
	if b.whole() {
		for _, n := range b.news {
			u := unitOfRules(n.Unit)
			row := newsRow{Name: b.in.statusName(n.Unit, n.Status), Unit: b.say(u.title), Link: "anomalie.html" + filtered("anomalie", "anomalia", n.Status),
				Count: n.Count, Amount: n.Amount}
			for _, e := range n.Examples {
				row.Examples = append(row.Examples, e.ID)
			}
			p.News = append(p.News, row)
		}
	}
	for i, t := range b.unitTotals() {
		p.Tables = append(p.Tables, b.statusTable(unitTexts[i], t))
		for _, l := range t.ByLabel {
			r := labelRow{Total: l, Name: l.Code, Unit: unitTexts[i].title}
			if label, ok := b.in.Rules.Label(l.Code); ok {
				r.Name = label.Name(b.in.Language)
			}
			p.Labels = append(p.Labels, r)
		}
	}
	p.Calendar, p.Ageing = b.calendarPicture(), b.ageingPicture(b.anomaliesPage())
	s.Page = p
	return b.write("oggi.html", s)
}

// unitOfRules finds the words of a unit of the rules.
func unitOfRules(unit string) unitText {
	for _, u := range unitTexts {
		if u.unit == unit {
			return u
		}
	}
	return unitText{unit: unit, name: unit, title: unit}
}

// unitCard is one unit at a glance.
type unitCard struct {
	Title  string
	Count  int64
	Amount record.Cents
	Signs  []signTotal
}

type signTotal struct {
	Title  string
	Class  string
	Count  int64
	Amount record.Cents
}

// toDo is one thing somebody has to look at.
type toDo struct {
	Severity int
	Name     string
	Link     string
	Unit     string
	Count    int64
	Amount   record.Cents
	HasAges  bool // it is an anomaly: it has an amount and an age
	MaxAge   int
	Advice   string
}

type statusTable struct {
	Title  string
	Count  int64
	Amount record.Cents
	Rows   []statusRow
}

type statusRow struct {
	store.Total
	Name string
	Link string
	signTexts
}

// signTexts is how a sign is shown: never by colour alone.
type signTexts struct{ Word, Class string }

func signOf(sign int) signTexts {
	switch {
	case sign > 0:
		return signTexts{"in ordine", "bene"}
	case sign < 0:
		return signTexts{"da verificare", "male"}
	}
	return signTexts{"neutro", "neutro"}
}

type labelRow struct {
	store.Total
	Name string
	Unit string
}

func (b *builder) unitTotals() []*store.UnitTotals {
	t := b.sum.Totals
	return []*store.UnitTotals{&t.Payments, &t.Settlements, &t.Movements}
}

// cards are the units at a glance.
func (b *builder) cards() []unitCard {
	var out []unitCard
	for i, t := range b.unitTotals() {
		out = append(out, newCard(b.say(unitTexts[i].title), t))
	}
	return out
}

func newCard(title string, t *store.UnitTotals) unitCard {
	c := unitCard{Title: title, Count: t.Count, Amount: t.Amount}
	for _, sign := range []int{1, -1, 0} {
		texts := signOf(sign)
		s := signTotal{Title: texts.Word, Class: texts.Class}
		for _, row := range t.ByStatus {
			if row.Sign == sign {
				s.Count += row.Count
				s.Amount += row.Amount
			}
		}
		c.Signs = append(c.Signs, s)
	}
	return c
}

// statusTable orders statuses as the ruleset does within each sign: anomalies
// first.
func (b *builder) statusTable(u unitText, t *store.UnitTotals) statusTable {
	table := statusTable{Title: u.title + " per stato", Count: t.Count, Amount: t.Amount}
	for _, row := range t.ByStatus {
		r := statusRow{Total: row, Name: b.in.statusName(u.unit, row.Code), signTexts: signOf(row.Sign)}
		switch {
		case row.Sign < 0:
			r.Link = "anomalie.html" + filtered("anomalie", "anomalia", row.Code)
		case !b.in.Brief:
			r.Link = u.page + filtered(u.list, "stato", row.Code)
		}
		table.Rows = append(table.Rows, r)
	}
	place := make(map[string]int)
	for i, s := range b.in.Rules.Statuses(u.unit) {
		place[s.Code] = i
	}
	rank := map[int]int{-1: 0, 0: 1, 1: 2}
	slices.SortStableFunc(table.Rows, func(a, b statusRow) int {
		return cmp.Or(cmp.Compare(rank[a.Sign], rank[b.Sign]), cmp.Compare(place[a.Code], place[b.Code]))
	})
	return table
}

// toDo lists what asks for somebody, the gravest first: files that were not
// taken, anomalies, rows left out.
func (b *builder) toDo() []toDo {
	var list []toDo
	rejected := int64(0)
	for _, s := range b.files.states {
		rejected += s.OpenRejected
		if text := fileAdvice[s.State]; text != "" && s.Open > 0 {
			list = append(list, toDo{Severity: severityOfFiles, Name: b.say(fileTexts(s.State).Files), Link: "file.html", Unit: b.say("File"),
				Count: s.Open, Advice: b.say(text)})
		}
	}
	for _, g := range b.anomalies.byGravity() {
		unit := unitOf(g.Unit)
		list = append(list, toDo{Severity: g.Severity, Name: b.in.statusName(unit.unit, g.Code), Link: "anomalie.html" + filtered("anomalie", "anomalia", g.Code),
			Unit: b.say(unit.title), Count: g.Count, Amount: g.Amount, HasAges: true, MaxAge: g.MaxAge, Advice: b.say(advice[unit.unit][g.Code])})
	}
	if rejected > 0 {
		list = append(list, toDo{Severity: severityOfRows, Name: b.say("Righe scartate"), Link: "file.html", Unit: b.say("File"),
			Count: rejected, Advice: b.say("Correggerle all'origine e consegnare di nuovo il file, con lo stesso nome.")})
	}
	slices.SortStableFunc(list, func(a, b toDo) int { return cmp.Compare(b.Severity, a.Severity) })
	return list
}

// A whole file that is not in the books may hide anything, so it comes with the
// gravest; a row left out is one record.
const (
	severityOfFiles = 4
	severityOfRows  = 2
)

var fileAdvice = map[store.FileState]string{
	store.FileRejected: "Leggere il motivo, correggere e consegnare di nuovo, con lo stesso nome.",
	store.FileFailed:   "Saranno riprovati alla prossima esecuzione; se si ripete, avvisare chi gestisce quadra.",
}

// sheetSummary is the first sheet of the workbook.
func (b *builder) sheetSummary(left int64) [][]any {
	lines := [][]any{{"unita", "codice", "stato", "segno", "numero", "importo"}}
	for i, t := range b.unitTotals() {
		for _, r := range b.statusTable(unitTexts[i], t).Rows {
			lines = append(lines, []any{unitTexts[i].name, r.Code, r.Name, r.Sign, r.Count, r.Amount})
		}
	}
	if left > 0 {
		lines = append(lines, []any{fmt.Sprintf("Il foglio Anomalie è pieno: altre %d anomalie sono solo in %s", left, FileCSV)})
	}
	return lines
}
