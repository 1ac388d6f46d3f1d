package report

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/content"
	"quadra/engine/report/paper"
)

// The documents of a pack, for the file.
const (
	FileBalancePDF   = "quadratura.pdf"
	FileAnomaliesPDF = "anomalie.pdf"
	FileRecordPDF    = "verbale.pdf"
)

// documents writes the PDFs, from what the pages were written from.
func (b *builder) documents() error {
	for _, d := range []struct {
		name  string
		write func(io.Writer) error
	}{{FileBalancePDF, b.balanceDocument().Write}, {FileAnomaliesPDF, b.anomaliesDocument().Write}, {FileRecordPDF, b.recordDocument().Write}} {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		f, err := os.Create(b.path(d.name))
		if err != nil {
			return fmt.Errorf("write %s: %w", d.name, err)
		}
		if err := errors.Join(d.write(f), f.Close()); err != nil {
			return fmt.Errorf("write %s: %w", d.name, err)
		}
	}
	return nil
}

func (b *builder) paperHead() paper.Head {
	e := &b.in.Entity
	return paper.Head{Language: b.in.Language, Entity: e.Name, TaxCode: e.TaxCode, IPA: e.IPA, AsOf: b.in.AsOf, Standing: e.Standing, Only: b.only(),
		Run: fmt.Sprintf("quadra %s · %s %d · %s", b.in.Run.Version, b.say("esecuzione"), b.in.Run.ID, b.in.Run.Ruleset)}
}

// balanceDocument is the page Quadratura on paper; a reader of a part has the way
// from receipts to cash only.
func (b *builder) balanceDocument() *paper.Balance {
	d := &paper.Balance{Head: b.paperHead(), MoreFile: "differenze.csv", Equations: b.equationsOnPaper()}
	titles := make(map[string]string)
	var all paper.Sum
	for _, l := range b.bridge {
		d.Bridge = append(d.Bridge, paper.Item{Name: l.Title, Total: l.Pillar, Sum: paper.Sum{Count: l.Count, Amount: l.Amount}})
		titles[l.Code] = l.Title
		if !l.Pillar {
			all.Count += l.Count
			all.Amount += l.Amount
		}
	}
	if len(d.Bridge) > 0 && b.whole() {
		d.Outcome = append(d.Outcome, paper.Item{Name: b.pick("Residuo del percorso dalle ricevute alla cassa", "Residual of the way from receipts to cash"), Sum: paper.Sum{Amount: b.residual}})
	}
	for _, x := range b.largest.sorted() {
		d.Differences = append(d.Differences, paper.Difference{Step: titles[x.Step], Thing: x.What, Amount: x.Effect})
		all.Count--
		all.Amount -= x.Effect
	}
	d.More = all
	switch {
	case !b.whole():
		d.Intro = b.pick("Le equazioni riguardano tutti i registri dell'ente e stanno solo nel rapporto intero.", "The equations are about all the books of the entity and are only in the whole report.")
	case len(b.sum.Balance) == 0:
		d.Intro = b.say("La quadratura di questa esecuzione non è nei registri.")
	default:
		d.Intro = b.say("Ogni equazione confronta due letture indipendenti dei registri: quello che è entrato e dove è finito. La differenza deve essere zero.")
	}
	return d
}

func (b *builder) equationsOnPaper() []paper.Equation {
	if !b.whole() {
		return nil
	}
	var out []paper.Equation
	items := func(of []addend) (items []paper.Item) {
		for _, a := range of {
			items = append(items, paper.Item{Name: a.Name, Sum: paper.Sum{Count: a.Quantity, Amount: a.Amount}})
		}
		return items
	}
	for _, e := range b.balance().Equations {
		one := paper.Equation{Title: b.say(e.Title), Left: items(e.Left), Right: items(e.Right), Counts: e.Counts, NoMoney: e.NoMoney,
			Residual: paper.Sum{Count: e.Residual.Quantity, Amount: e.Residual.Amount}}
		if e.Note != "" {
			one.Note = b.say(e.Note)
		}
		out = append(out, one)
	}
	return out
}

func (b *builder) anomaliesDocument() *paper.Anomalies {
	d := &paper.Anomalies{Head: b.paperHead(), File: FileCSV}
	if b.newsOnly {
		d.File = b.say("quello che scrive quadra report")
	}
	for _, bucket := range calendar.Ageings() {
		d.Buckets = append(d.Buckets, b.say(bucket.String()))
	}
	for _, g := range b.anomalies.byGravity() {
		u := unitOf(g.Unit)
		one := paper.Group{Name: b.in.statusName(u.unit, g.Code), Unit: b.say(u.title), All: paper.Sum{Count: g.Count, Amount: g.Amount}}
		for _, s := range g.Ages {
			one.Ages = append(one.Ages, paper.Sum(s))
		}
		for _, a := range g.oldest.sorted() {
			one.Shown = append(one.Shown, paper.Anomaly{Thing: a.What(), What: joined(", ", a.DebtType(), a.PSP()), Since: a.Since(), Age: a.Age, Amount: a.Amount,
				Why: a.Why(), Note: b.noteOnPaper(a)})
		}
		d.Groups = append(d.Groups, one)
	}
	return d
}

func (b *builder) noteOnPaper(a *content.Anomaly) string {
	if a.Note == nil {
		return ""
	}
	return joined(": ", joined(", ", note.Name(a.Note.State, b.in.Language), a.Assignee), a.Note.Text)
}

func joined(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), between)
}

// recordDocument is the page Verbale on paper, with room for who signs.
func (b *builder) recordDocument() *paper.Record {
	m := b.minutesPage()
	d := &paper.Record{Head: b.paperHead(), Signatures: []string{b.pick("Il responsabile del servizio finanziario", "The head of finance"), b.pick("L'organo di revisione", "The auditor")},
		Intro: b.say("Con gli stessi file, le stesse regole e la stessa data di riferimento quadra scrive lo stesso rapporto, byte per byte.")}
	d.Sections = append(d.Sections, paper.Section{Title: b.say("Esecuzione"), Pairs: []paper.Pair{
		{Name: b.say("Ente"), Value: m.Entity.Name}, {Name: b.say("codice IPA"), Value: m.Entity.IPA}, {Name: b.say("codice fiscale"), Value: m.Entity.TaxCode},
		{Name: b.say("Data di riferimento"), Value: b.in.AsOf.Italian()}, {Name: b.say("Esecuzione"), Value: fmt.Sprint(m.Run.ID)},
		{Name: b.say("Regole"), Value: m.Run.Ruleset}, {Name: b.say("Impronta delle regole"), Value: m.Run.RulesetHash}, {Name: b.say("Versione di quadra"), Value: m.Run.Version}}})
	totals := &paper.Table{Sums: make(map[int]bool), Columns: []paper.Column{{Title: b.say("Unità"), Share: 3}, {Title: b.say("Segno"), Share: 2}, {Title: b.say("Numero"), Share: 2, Number: true}, {Title: b.say("Importo €"), Share: 3, Number: true}}}
	for _, c := range m.Totals {
		for _, s := range c.Signs {
			totals.Rows = append(totals.Rows, []string{c.Title, b.say(s.Title), thousands(s.Count), s.Amount.Italian()})
		}
		totals.Sums[len(totals.Rows)] = true
		totals.Rows = append(totals.Rows, []string{c.Title, b.say("Totale"), thousands(c.Count), c.Amount.Italian()})
	}
	d.Sections = append(d.Sections, paper.Section{Title: b.say("Totali"), Table: totals})
	if m.Whole {
		d.Sections = append(d.Sections, b.residualsOnPaper(&m), b.inputsOnPaper(&m))
	}
	return d
}

func (b *builder) residualsOnPaper(m *minutesPage) paper.Section {
	s := paper.Section{Title: b.say("Quadratura")}
	if m.Missing {
		s.Text = b.say("La quadratura di questa esecuzione non è nei registri.")
		return s
	}
	s.Table = &paper.Table{Columns: []paper.Column{{Title: b.say("Equazione"), Share: 6}, {Title: b.say("Residuo, numero"), Share: 2, Number: true}, {Title: b.say("Residuo €"), Share: 2, Number: true}}}
	for i := range m.Balance {
		e := &m.Balance[i]
		row := []string{b.say(e.Title), "—", "—"}
		if e.Counts {
			row[1] = thousands(e.Residual.Quantity)
		}
		if !e.NoMoney {
			row[2] = e.Residual.Amount.Italian()
		}
		s.Table.Rows = append(s.Table.Rows, row)
	}
	return s
}

func (b *builder) inputsOnPaper(m *minutesPage) paper.Section {
	s := paper.Section{Title: b.say("Impronte dei file caricati nei registri") + " (SHA-256)"}
	if len(m.Inputs) == 0 {
		s.Text = b.say("Nessun file caricato.")
		return s
	}
	s.Table = &paper.Table{All: int64(len(m.Inputs)), File: "file.csv",
		Columns: []paper.Column{{Title: b.say("File"), Share: 3.2}, {Title: b.say("Byte"), Share: 1.2, Number: true}, {Title: "SHA-256", Share: 6.8}}}
	for _, f := range m.Inputs[:min(len(m.Inputs), paper.MaxRows)] {
		s.Table.Rows = append(s.Table.Rows, []string{f.Name, thousands(f.Size), f.SHA256})
	}
	return s
}

// printedDifferences is how many differences are named on paper.
const printedDifferences = 200

// largest keeps the differences with the largest effect that paper has room for.
type largest struct{ kept differenceHeap }

func (l *largest) add(d *content.Difference) {
	switch {
	case len(l.kept) < printedDifferences:
		heap.Push(&l.kept, d)
	case compareDifferences(d, l.kept[0]) < 0:
		l.kept[0] = d
		heap.Fix(&l.kept, 0)
	}
}

func (l *largest) sorted() []*content.Difference {
	slices.SortFunc(l.kept, compareDifferences)
	return l.kept
}

// compareDifferences is a total order as far as paper shows them.
func compareDifferences(a, b *content.Difference) int {
	size := func(v record.Cents) record.Cents { return max(v, -v) }
	return cmp.Or(cmp.Compare(size(b.Effect), size(a.Effect)), cmp.Compare(a.Step, b.Step), cmp.Compare(a.What, b.What), cmp.Compare(a.Effect, b.Effect))
}

// differenceHeap has the difference to give up first at its top.
type differenceHeap []*content.Difference

func (h differenceHeap) Len() int           { return len(h) }
func (h differenceHeap) Less(i, j int) bool { return compareDifferences(h[i], h[j]) > 0 }
func (h differenceHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *differenceHeap) Push(x any)        { *h = append(*h, x.(*content.Difference)) }

// Pop completes heap.Interface; differences are replaced, never popped.
func (h *differenceHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
