package report

import (
	"quadra/engine/decide"
	"quadra/engine/explain"
	"quadra/engine/record"
	"quadra/engine/store"
)

// decisionRow is one line of decisioni.csv: what a person decided, whether it
// still holds or not.
type decisionRow struct {
	DecidedOn day   `csv:"deciso_il"`
	Author    text  `csv:"autore"`
	Kind      text  `csv:"tipo"`
	Answer    text  `csv:"risposta"`
	InForce   text  `csv:"in_vigore"`
	Year      count `csv:"anno_bolletta"`
	Number    text  `csv:"numero_bolletta"`
	Account   text  `csv:"conto"`
	IUF       text  `csv:"iuf"`
	PSP       text  `csv:"psp"`
	FlowYear  count `csv:"anno_flusso"`
	IUV       text  `csv:"iuv"`
	IUR       text  `csv:"iur"`
	Index     count `csv:"indice"`
	Amount    money `csv:"importo"`
	Version   text  `csv:"versione"`
	Proposal  text  `csv:"proposta"`
	Note      text  `csv:"nota"`
	At        text  `csv:"fonte"`
}

// decisionList is what people decided, in order.
type decisionList struct {
	all   []store.Decision
	holds map[int64]bool
}

// readDecisions lists the decisions and writes decisioni.csv.
func (b *builder) readDecisions() error {
	all, err := b.tx.Decisions()
	if err != nil {
		return err
	}
	b.decisions = &decisionList{all: all, holds: make(map[int64]bool)}
	for _, d := range decide.InForce(all) {
		b.decisions.holds[d.ID] = true
	}
	list, err := createTable[decisionRow](b.path(FileDecisions))
	if err != nil {
		return err
	}
	for i := range all {
		if err == nil {
			err = list.add(b.decisions.row(i))
		}
	}
	if closed := list.close(); err == nil {
		err = closed
	}
	return err
}

func (l *decisionList) inForce() int { return len(l.holds) }

func (l *decisionList) row(i int) decisionRow {
	d := &l.all[i]
	force := text("no")
	if l.holds[d.ID] {
		force = "sì"
	}
	number := func(n int) count { return count{n, n != 0} }
	source := d.Source
	source.Line = d.Line
	return decisionRow{day(record.DateOf(d.DecidedAt)), text(d.Author), text(d.Kind), text(d.Answer), force, number(d.Movement.Year),
		text(d.Movement.Number), text(d.Movement.Account), text(d.Flow.IUF), text(d.Flow.PSP), number(d.Flow.Year), text(d.Payment.IUV),
		text(d.Payment.IUR), number(d.Payment.Index), amountIf(d.Amount != 0, d.Amount), text(d.Version), text(d.Proposal), text(d.Note),
		text(source.String())}
}

// decisionsPage is the section Decisioni; there is none without a decision.
type decisionsPage struct {
	Count, InForce, Shown, More int64
	Rows                        []decisionPage
}

type decisionPage struct {
	On, What, At string
	InForce      bool
}

// decisionsPage shows the last decisions first.
func (b *builder) decisionsPage() decisionsPage {
	l := b.decisions
	p := decisionsPage{Count: int64(len(l.all)), InForce: int64(l.inForce())}
	for i := len(l.all) - 1; i >= 0 && len(p.Rows) < b.in.rowsPerCode(); i-- {
		d := &l.all[i]
		source := d.Source
		source.Line = d.Line
		p.Rows = append(p.Rows, decisionPage{On: record.DateOf(d.DecidedAt).Italian(), What: unbroken.Replace(explain.DecisionText(b.in.Language, d)),
			At: source.String(), InForce: l.holds[d.ID]})
	}
	p.Shown = int64(len(p.Rows))
	p.More = p.Count - p.Shown
	return p
}

// sheet is the sheet Decisioni of the workbook; empty without a decision.
func (l *decisionList) sheet() [][]any {
	if len(l.all) == 0 {
		return nil
	}
	lines := [][]any{{"deciso_il", "autore", "tipo", "risposta", "in_vigore", "anno_bolletta", "numero_bolletta", "iuf", "psp", "iuv", "iur", "importo", "nota", "fonte"}}
	for i := range l.all {
		r := l.row(i)
		year := any(nil)
		if r.Year.known {
			year = r.Year.n
		}
		lines = append(lines, []any{record.Date(r.DecidedOn).Italian(), string(r.Author), string(r.Kind), string(r.Answer), string(r.InForce), year,
			string(r.Number), string(r.IUF), string(r.PSP), string(r.IUV), string(r.IUR), r.Amount, string(r.Note), string(r.At)})
	}
	return lines
}
