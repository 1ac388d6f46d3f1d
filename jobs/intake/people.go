package intake

import (
	"fmt"

	"quadra/engine/book"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

// note writes the notes of a file. They are said in the name of the entity, so
// they come from a drop meant for them, or by hand, and name their author.
func (in *Intake) note(tx *store.Tx, f *store.File, kept *rejects) error {
	if len(kept.notes) == 0 {
		return nil
	}
	if f.Source != sourceNotes && f.Source != sourceAuto {
		return &record.FileError{Code: record.FileContent, Message: fmt.Sprintf(
			"il file contiene segnalazioni, che da una cartella di %s non si prendono: metterlo in una cartella con source: note", f.Source)}
	}
	_, bad, err := note.Apply(tx, kept.notes, note.Writing{At: in.Now(), FileID: f.ID})
	if err != nil {
		return err
	}
	for i := range bad {
		if err := kept.Reject(&bad[i]); err != nil {
			return err
		}
	}
	if len(bad) > 0 {
		return &record.FileError{Code: record.FileContent, Message: fmt.Sprintf(
			"%d righe sono sbagliate: correggerle e depositare di nuovo il file; nessuna segnalazione è stata presa", len(bad))}
	}
	return nil
}

// instruct carries out what a file asks of accertamenti. Like notes, it comes from
// a drop meant for it, or by hand, and somebody asks for it.
func (in *Intake) instruct(tx *store.Tx, kept *rejects) error {
	var refused error
	for _, a := range kept.asked {
		by := book.Author{Name: in.Author, At: in.Now(), DocID: a.doc, Run: in.Run}
		wrong, err := book.Ask(tx, a.entry, a.rows, by, in.ClosedUntil)
		if len(wrong) == 0 && err != nil {
			return err
		}
		kept.list = append(kept.list, wrong...)
		if err != nil {
			refused = err
		}
	}
	return refused
}

// rejects keeps the first rejects of a file beside the loader, because those of
// a file refused in the end would go with its transaction, and its notes, which
// are checked and written together.
type rejects struct {
	*store.Loader
	source string // what the drop is expected to hold
	entry  string // of the open document
	list   []record.Reject
	notes  []record.Note
	asked  []asked
}

// asked is what one document asks of accertamenti.
type asked struct {
	doc   int64
	entry string
	rows  []record.Instruction
}

// Instruction keeps an instruction until the whole file has been read.
func (r *rejects) Instruction(in *record.Instruction) error {
	if last := len(r.asked) - 1; last >= 0 && r.asked[last].doc == r.DocID() {
		r.asked[last].rows = append(r.asked[last].rows, *in)
	} else {
		r.asked = append(r.asked, asked{doc: r.DocID(), entry: r.entry, rows: []record.Instruction{*in}})
	}
	return r.Loader.Instruction(in)
}

func (r *rejects) Note(n *record.Note) error {
	r.notes = append(r.notes, *n)
	return r.Loader.Note(n)
}

const keptRejects = 1000

// Sources of files that may hold what people say, as the configuration names
// them.
const (
	sourceDecisions = string(record.KindDecisions)
	sourceNotes     = string(record.KindNotes)
	sourceAuto      = "auto"

	sourceAssessments = string(record.KindAssessments)
)

// Doc lets decisions and instructions in only where people leave them. Whoever may write cash
// files into a drop may not, by that alone, say what they pay.
func (r *rejects) Doc(d *record.Doc) error {
	decisions := d.Kind == record.KindDecisions
	switch {
	case decisions && r.source != sourceDecisions && r.source != sourceAuto:
		return &record.FileError{Code: record.FileContent,
			Message: "sono decisioni, e questa è la cartella di " + r.source + ": lasciarle nella cartella delle decisioni"}
	case !decisions && r.source == sourceDecisions:
		return &record.FileError{Code: record.FileContent,
			Message: "non sono decisioni: serve il CSV di quadra match suggest con la colonna risposta"}
	case d.Kind == record.KindInstructions && r.source != sourceAssessments && r.source != sourceAuto:
		return &record.FileError{Code: record.FileContent,
			Message: "sono richieste sugli accertamenti, e questa è la cartella di " + r.source + ": lasciarle in una cartella con source: accertamenti"}
	}
	r.entry = d.Entry
	return r.Loader.Doc(d)
}

func (r *rejects) Reject(row *record.Reject) error {
	if len(r.list) < keptRejects {
		r.list = append(r.list, *row)
	}
	return r.Loader.Reject(row)
}
