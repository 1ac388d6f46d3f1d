package store

import (
	"fmt"
	"strings"

	"quadra/engine/record"
)

// ChartKey is what tells an entry of the chart from the others.
type ChartKey struct {
	DebtType   string
	Year       int // of account
	Office     string
	Chapter    string
	Article    string
	Assessment string // code of the accertamento
}

// ChartEntry is an entry of the chart the entity books income on.
type ChartEntry struct {
	ChartKey
	OfficeName     string
	ChapterName    string
	AssessmentName string
	PlanCode       string
	SIOPE          string
	Restricted     bool
	From, To       record.Date // payments it takes; 0: no limit
	Active         bool
}

// ChartRow is a row of a chart file as it was delivered.
type ChartRow struct {
	ChartEntry
	DocID  int64
	Entry  string // of the container
	Line   int
	Action string // I, D, or empty when the row states what is
}

// ChartChange is one change of the chart, with what asked for it.
type ChartChange struct {
	ChartKey
	Seq    int64
	Action string // added, changed, removed
	Fields string // names, codes and validity as they became
	AsOf   record.Date
	Source TracedSource
}

// ChartProposal is a chapter that shares are booked on and the chart does not
// have.
type ChartProposal struct {
	ChartKey
	Source      string // of the shares, see [Share]
	Count       int64
	Amount      record.Cents
	First, Last record.Date // days of the payments
}

// ChartEntries lists the whole chart in the order of its keys.
func (tx *Tx) ChartEntries() ([]ChartEntry, error) {
	var out []ChartEntry
	err := tx.each("ChartEntries", nil, func(scan func(...any) error) error {
		var e ChartEntry
		var id int64
		err := scan(&id, &e.DebtType, &e.Year, &e.Office, &e.Chapter, &e.Article, &e.Assessment, &e.OfficeName, &e.ChapterName,
			&e.AssessmentName, &e.PlanCode, &e.SIOPE, &e.Restricted, dateInto{&e.From}, dateInto{&e.To}, &e.Active)
		out = append(out, e)
		return err
	})
	return out, err
}

// ChartRowsOfFile lists the rows of a chart file in their order.
func (tx *Tx) ChartRowsOfFile(file int64) ([]ChartRow, error) {
	var out []ChartRow
	err := tx.each("ChartRowsOfFile", []any{file}, func(scan func(...any) error) error {
		var r ChartRow
		err := scan(&r.DocID, &r.Entry, &r.Line, &r.Action, &r.DebtType, &r.Year, &r.Office, &r.OfficeName, &r.Chapter, &r.ChapterName,
			&r.Assessment, &r.AssessmentName, &r.Article, &r.PlanCode, &r.SIOPE, &r.Restricted, dateInto{&r.From}, dateInto{&r.To}, &r.Active)
		out = append(out, r)
		return err
	})
	return out, err
}

// PutChartEntry adds an entry or changes the one with its key, on behalf of a
// row; known says which.
func (tx *Tx) PutChartEntry(run int64, r *ChartRow, known bool) error {
	if _, err := tx.exec("ChartPut", r.DebtType, r.Year, r.Office, r.Chapter, r.Article, r.Assessment, r.OfficeName, r.ChapterName,
		r.AssessmentName, r.PlanCode, r.SIOPE, flag(r.Restricted), r.From.String(), r.To.String(), flag(r.Active)); err != nil {
		return err
	}
	action := "added"
	if known {
		action = "changed"
	}
	return tx.chartChanged(run, r, action)
}

// RemoveChartEntry removes an entry on behalf of a row; its history stays.
func (tx *Tx) RemoveChartEntry(run int64, r *ChartRow) error {
	if _, err := tx.exec("ChartRemove", r.DebtType, r.Year, r.Office, r.Chapter, r.Article, r.Assessment); err != nil {
		return err
	}
	return tx.chartChanged(run, r, "removed")
}

func (tx *Tx) chartChanged(run int64, r *ChartRow, action string) error {
	_, err := tx.exec("ChartChanged", r.DebtType, r.Year, r.Office, r.Chapter, r.Article, r.Assessment, action, r.fields(), run, r.DocID, r.Line)
	return err
}

// fields is what there is to say of an entry besides its key.
func (e *ChartEntry) fields() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	add("de_ufficio", e.OfficeName)
	add("de_capitolo", e.ChapterName)
	add("de_accertamento", e.AssessmentName)
	add("piano_dei_conti", e.PlanCode)
	add("siope", e.SIOPE)
	add("valido_dal", e.From.String())
	add("valido_al", e.To.String())
	add("vincolato", fmt.Sprint(e.Restricted))
	add("attivo", fmt.Sprint(e.Active))
	return strings.Join(parts, "; ")
}

// ChartHistory lists every change of the chart, oldest first.
func (tx *Tx) ChartHistory() ([]ChartChange, error) {
	return traced(tx, "ChartHistory", func(c *ChartChange) []any {
		return append([]any{&c.Seq, &c.DebtType, &c.Year, &c.Office, &c.Chapter, &c.Article, &c.Assessment, &c.Action, &c.Fields,
			dateInto{&c.AsOf}}, sourceInto(&c.Source)...)
	})
}

// ChartProposals lists the chapters that shares are booked on without an entry
// of the chart, in the order of their keys.
func (tx *Tx) ChartProposals() ([]ChartProposal, error) {
	return traced(tx, "ChartProposals", func(p *ChartProposal) []any {
		return []any{&p.Year, &p.DebtType, &p.Office, &p.Chapter, &p.Article, &p.Assessment, &p.Source, &p.Count, &p.Amount,
			dateInto{&p.First}, dateInto{&p.Last}}
	})
}
