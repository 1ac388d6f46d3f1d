package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// summaryPage is the section Riepilogo.
type summaryPage struct {
	Cards  []card
	ToDo   []toDo
	Tables []statusTable
	Labels []labelRow
}

// card is one unit at a glance.
type card struct {
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
	Share  string // of the count, as a width
}

// toDo is one thing somebody has to look at.
type toDo struct {
	Severity int
	Name     string
	Link     string
	Unit     string
	Count    int64
	Amount   money
	MaxAge   count
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
		return signTexts{"in ordine", "good"}
	case sign < 0:
		return signTexts{"da verificare", "bad"}
	}
	return signTexts{"neutro", "none"}
}

type labelRow struct {
	store.Total
	Name string
	Unit string
}

var unitTexts = []unitText{
	{rules.UnitPayment, unitPayment, "Pagamenti", "anomalie", "Pagamenti anomali"},
	{rules.UnitSettlement, unitSettlement, "Riversamenti", "riversamenti", "Riversamenti anomali"},
	{rules.UnitMovement, unitMovement, "Movimenti di cassa", "movimenti", "Movimenti anomali"},
}

func (b *builder) unitTotals() []*store.UnitTotals {
	t := b.sum.Totals
	return []*store.UnitTotals{&t.Payments, &t.Settlements, &t.Movements}
}

func (b *builder) summary() summaryPage {
	var p summaryPage
	for i, t := range b.unitTotals() {
		p.Cards = append(p.Cards, newCard(unitTexts[i].title, t))
		p.Tables = append(p.Tables, b.statusTable(unitTexts[i].unit, unitTexts[i].title+" per stato", t))
		for _, l := range t.ByLabel {
			r := labelRow{Total: l, Name: l.Code, Unit: unitTexts[i].title}
			if label, ok := b.in.Rules.Label(l.Code); ok {
				r.Name = label.Name(b.in.Language)
			}
			p.Labels = append(p.Labels, r)
		}
	}
	p.ToDo = b.toDo()
	return p
}

func newCard(title string, t *store.UnitTotals) card {
	c := card{Title: title, Count: t.Count, Amount: t.Amount}
	for _, sign := range []int{1, -1, 0} {
		texts := signOf(sign)
		s := signTotal{Title: texts.Word, Class: texts.Class}
		for _, row := range t.ByStatus {
			if row.Sign == sign {
				s.Count += row.Count
				s.Amount += row.Amount
			}
		}
		if t.Count > 0 && s.Count > 0 {
			// Thousandths, so that what is rare still shows.
			perMille := max(s.Count*1000/t.Count, 4)
			s.Share = fmt.Sprintf("%d.%d%%", perMille/10, perMille%10)
		}
		c.Signs = append(c.Signs, s)
	}
	return c
}

// statusTable orders statuses as the ruleset does within each sign: anomalies
// first.
func (b *builder) statusTable(unit, title string, t *store.UnitTotals) statusTable {
	table := statusTable{Title: title, Count: t.Count, Amount: t.Amount}
	for _, row := range t.ByStatus {
		r := statusRow{Total: row, Name: b.in.statusName(unit, row.Code), signTexts: signOf(row.Sign)}
		if row.Sign < 0 {
			r.Link = groupID(unit, row.Code)
		}
		table.Rows = append(table.Rows, r)
	}
	place := make(map[string]int)
	for i, s := range b.in.Rules.Statuses(unit) {
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
	say := func(italian string) string { return translate(b.in.Language, italian) }
	rejected := int64(0)
	for _, s := range b.files.states {
		rejected += s.OpenRejected
		if text := fileAdvice[s.State]; text != "" && s.Open > 0 {
			list = append(list, toDo{Severity: severityOfFiles, Name: say(fileTexts(s.State).Files), Link: "file", Unit: say("File"),
				Count: s.Open, Advice: say(text)})
		}
	}
	for _, g := range b.byGravity() {
		unit := unitOf(g.Unit)
		list = append(list, toDo{Severity: g.Severity, Name: b.in.statusName(unit.unit, g.Code), Link: groupID(unit.unit, g.Code),
			Unit: say(unit.title), Count: g.Count, Amount: amount(g.Amount), MaxAge: number(g.MaxAge), Advice: say(advice[unit.unit][g.Code])})
	}
	if rejected > 0 {
		list = append(list, toDo{Severity: severityOfRows, Name: say("Righe scartate"), Link: "file", Unit: say("File"),
			Count: rejected, Advice: say("Correggerle all'origine e consegnare di nuovo il file, con lo stesso nome.")})
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

// byGravity lists the groups, the gravest first, then the largest.
func (b *builder) byGravity() []*group {
	groups := slices.Clone(b.groups)
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Amount, a.Amount), cmp.Compare(a.Code, b.Code))
	})
	return groups
}

// unitText are the words of a unit.
type unitText struct {
	unit    string // of the rules
	name    string // of the rows
	title   string
	section string // id of its anomalies
	heading string
}

// unitOf finds the words of the unit the rows call so.
func unitOf(name string) unitText {
	for _, u := range unitTexts {
		if u.name == name {
			return u
		}
	}
	return unitText{unit: name, name: name, title: name}
}

// groupID is the anchor of a status.
func groupID(unit, code string) string {
	return unit + "-" + strings.ToLower(strings.ReplaceAll(code, "_", "-"))
}

// sheetSummary is the first sheet of the workbook.
func (b *builder) sheetSummary(left int64) [][]any {
	lines := [][]any{{"unita", "codice", "stato", "segno", "numero", "importo"}}
	for i, t := range b.unitTotals() {
		for _, r := range b.statusTable(unitTexts[i].unit, "", t).Rows {
			lines = append(lines, []any{unitTexts[i].name, r.Code, r.Name, r.Sign, r.Count, amount(r.Amount)})
		}
	}
	if left > 0 {
		lines = append(lines, []any{fmt.Sprintf("Il foglio Anomalie è pieno: altre %d anomalie sono solo in %s", left, FileCSV)})
	}
	return lines
}
