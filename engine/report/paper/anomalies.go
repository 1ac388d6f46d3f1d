package paper

import (
	"fmt"
	"io"
	"slices"

	"quadra/engine/record"
)

// MaxAnomalies is how many anomalies the document prints at most: about a
// hundred pages, which is what somebody may still leaf through.
const MaxAnomalies = 1200

// Anomalies is the document Anomalie: what must be looked at, by code.
type Anomalies struct {
	Head
	Buckets []string // of ages, youngest first
	Groups  []Group
	File    string // where all of them are
}

// Group is the anomalies of one code.
type Group struct {
	Name  string
	Unit  string // what it is a status of
	All   Sum    // also of those that are not printed
	Ages  []Sum  // one for each bucket
	Shown []Anomaly
}

// Anomaly is one line.
type Anomaly struct {
	Thing  string // its identifiers
	What   string // debt type, PSP
	Since  record.Date
	Age    int // working days
	Why    string
	Note   string // state, assignee and text of what people say
	Amount record.Cents
}

// Write writes the document as a PDF. Beyond [MaxAnomalies] the longest lists give
// up lines first.
func (a *Anomalies) Write(w io.Writer) error {
	d := document{Head: a.Head, title: a.say("Anomalie", "Anomalies"), wide: true}
	var all Sum
	for i := range a.Groups {
		all.Count += a.Groups[i].All.Count
		all.Amount += a.Groups[i].All.Amount
	}
	if all.Count == 0 {
		d.intro = a.say("Nessuna anomalia.", "No anomaly.")
		return d.write(w)
	}
	d.intro = fmt.Sprintf(a.say("%s anomalie per %s. Le età sono in giorni lavorativi.", "%s anomalies for %s. Ages are in working days."), count(all.Count), euro(all.Amount))
	d.sections = append(d.sections, section{title: a.say("Per codice e anzianità: numero e importo in euro", "By code and age: number and amount in euro"), table: a.summary(&all)})
	room := a.room()
	for i := range a.Groups {
		g := &a.Groups[i]
		d.sections = append(d.sections, a.group(g, g.Shown[:min(len(g.Shown), room)]))
	}
	return d.write(w)
}

// room is how many lines a code may have so that all of them are not too many.
func (a *Anomalies) room() int {
	lengths := make([]int, len(a.Groups))
	for i := range a.Groups {
		lengths[i] = len(a.Groups[i].Shown)
	}
	slices.Sort(lengths)
	left := MaxAnomalies
	for i, n := range lengths {
		if share := left / (len(lengths) - i); n > share {
			return share
		}
		left -= n
	}
	return MaxAnomalies
}

func (a *Anomalies) summary(all *Sum) *table {
	t := &table{columns: []column{{title: a.say("Codice", "Code"), share: 5}, {title: a.say("Di che cosa", "Of what"), share: 2.4}}}
	total := []string{a.say("Totale", "Total"), ""}
	for i, b := range a.Buckets {
		t.columns = append(t.columns, column{b, 2.6, true})
		var sum Sum
		for k := range a.Groups {
			sum.Count += a.Groups[k].Ages[i].Count
			sum.Amount += a.Groups[k].Ages[i].Amount
		}
		total = append(total, cell(sum))
	}
	t.columns = append(t.columns, column{a.say("Numero", "Number"), 1.8, true}, column{a.say("Importo", "Amount"), 3.2, true})
	for i := range a.Groups {
		g := &a.Groups[i]
		row := []string{g.Name, g.Unit}
		for _, s := range g.Ages {
			row = append(row, cell(s))
		}
		t.rows = append(t.rows, append(row, count(g.All.Count), euro(g.All.Amount)))
	}
	total = append(total, count(all.Count), euro(all.Amount))
	t.total = total
	return t
}

// cell is a number and an amount, one under the other.
func cell(s Sum) string {
	if s == (Sum{}) {
		return "–"
	}
	return count(s.Count) + "\n" + s.Amount.Italian()
}

func (a *Anomalies) group(g *Group, shown []Anomaly) section {
	t := &table{columns: []column{{title: a.say("Che cosa", "What"), share: 5.2}, {title: a.say("Tipo dovuto, PSP", "Debt type, PSP"), share: 3.4}, {title: a.say("Dal", "Since"), share: 1.9},
		{a.say("Giorni", "Days"), 1.3, true}, {a.say("Importo", "Amount"), 2.5, true}, {title: a.say("Perché", "Why"), share: 6.5}, {title: a.say("Segnalazione", "Note"), share: 3.4}}}
	for i := range shown {
		r := &shown[i]
		t.rows = append(t.rows, []string{r.Thing, r.What, a.day(r.Since), fmt.Sprint(r.Age), euro(r.Amount), r.Why, r.Note})
	}
	t.total = []string{a.say("Tutte: ", "All: ") + count(g.All.Count), "", "", "", euro(g.All.Amount), "", ""}
	s := section{title: g.Name, small: true, table: t}
	if g.Unit != "" {
		s.title += " · " + g.Unit
	}
	if int64(len(shown)) < g.All.Count {
		s.text = rest(&a.Head, int64(len(shown)), g.All.Count, a.File)
	}
	return s
}
