package book

import (
	"fmt"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Actions of a row of MyPivot's registry. A row without one states what is.
const (
	actionInsert = "I"
	actionDelete = "D"
)

const metaChart = "chart_revision"

// Apply applies the rows of a chart file that has just been loaded, all or
// none: when a row cannot be applied it returns every such row as a reject and a
// [*record.FileError] CONTENT, and the transaction must be rolled back. A file
// without rows of the chart is left alone. closedUntil is the last year of
// account that is closed; 0 for none.
//
// The rules are MyPivot's (import massivo, section 7 of its formats): I on an
// entry that is there and D on one that is not are errors, and so is a
// description that is not the one the same code already has. A row without an
// action states what is: it adds the entry or changes it.
func Apply(tx *store.Tx, run, file int64, closedUntil int) ([]record.Reject, error) {
	rows, err := tx.ChartRowsOfFile(file)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	a := applier{closedUntil: closedUntil}
	if a.chart, err = ReadChart(tx); err != nil {
		return nil, err
	}
	a.nameAll()
	for i := range rows {
		r := &rows[i]
		_, known := a.chart.Entry(r.ChartKey)
		if bad := a.check(r, known); bad != nil {
			bad.Entry, bad.Line = r.Entry, r.Line
			a.wrong = append(a.wrong, *bad)
			continue
		}
		if r.Action == actionDelete {
			a.chart.remove(r.ChartKey)
			err = tx.RemoveChartEntry(run, r)
		} else if old, _ := a.chart.Entry(r.ChartKey); old == nil || *old != r.ChartEntry {
			e := r.ChartEntry
			a.chart.put(&e)
			a.name(&e)
			err = tx.PutChartEntry(run, r, known)
		}
		if err != nil {
			return nil, err
		}
	}
	if n := len(a.wrong); n > 0 {
		return a.wrong, &record.FileError{Code: record.FileContent, Message: fmt.Sprintf(
			"%d di %d righe non si possono applicare al piano dei capitoli: niente è stato applicato. Correggere le righe elencate tra gli scarti e mandare di nuovo tutto il file",
			n, len(rows))}
	}
	return nil, tx.SetMeta(metaChart, fmt.Sprintf("%d", file))
}

type applier struct {
	chart       *Chart
	closedUntil int
	names       map[nameKey]string
	wrong       []record.Reject
}

// nameKey is what a description belongs to: an office, a chapter of it, an
// accertamento of that.
type nameKey struct {
	level                       int
	office, chapter, assessment string
}

func (k nameKey) column() string {
	return [...]string{"de_ufficio", "de_capitolo", "de_accertamento"}[k.level]
}

func (a *applier) nameAll() {
	a.names = make(map[nameKey]string)
	for _, e := range a.chart.entries {
		a.name(e)
	}
}

func (a *applier) name(e *store.ChartEntry) {
	for _, n := range namesOf(e) {
		if n.name != "" {
			a.names[n.key] = n.name
		}
	}
}

type named struct {
	key  nameKey
	name string
}

func namesOf(e *store.ChartEntry) [3]named {
	return [3]named{
		{nameKey{level: 0, office: e.Office}, e.OfficeName},
		{nameKey{level: 1, office: e.Office, chapter: e.Chapter}, e.ChapterName},
		{nameKey{2, e.Office, e.Chapter, e.Assessment}, e.AssessmentName},
	}
}

func (a *applier) check(r *store.ChartRow, known bool) *record.Reject {
	reject := func(column string, code record.RejectCode, value, reason string) *record.Reject {
		return &record.Reject{Column: column, Code: code, Value: value, Reason: reason}
	}
	switch {
	case r.Year <= a.closedUntil:
		return reject("anno", record.RejectValue, fmt.Sprint(r.Year), fmt.Sprintf("l'esercizio %d è chiuso (booking.closed_until): indicare un esercizio aperto", r.Year))
	case r.Action == actionInsert && known:
		return reject("cod_capitolo", record.RejectDuplicate, r.Chapter, "la voce c'è già: togliere la riga, o cancellarla prima con l'azione D")
	case r.Action == actionDelete && !known:
		return reject("cod_capitolo", record.RejectMissing, r.Chapter, "la voce da cancellare non c'è: controllare ufficio, capitolo, anno, accertamento e tipo dovuto")
	case r.Action == actionDelete:
		return nil
	case r.From != 0 && r.To != 0 && r.From > r.To:
		return reject("valido_al", record.RejectDate, r.To.Italian(), "la validità finisce prima di cominciare")
	}
	if r.Action != actionInsert {
		return nil // it states what is, the descriptions too
	}
	for _, n := range namesOf(&r.ChartEntry) {
		if had := a.names[n.key]; had != "" && n.name != "" && had != n.name {
			return reject(n.key.column(), record.RejectValue, n.name, fmt.Sprintf("lo stesso codice ha già la descrizione %q: scrivere quella", had))
		}
	}
	return nil
}
