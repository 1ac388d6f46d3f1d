package note

import (
	"errors"
	"fmt"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Writing is who writes notes, and when.
type Writing struct {
	Author string    // of the rows that name none
	At     time.Time // UTC
	FileID int64     // the file they came in, 0 for a command
}

// Summary counts what became of the rows.
type Summary struct {
	Added     int `json:"added"`     // things that had no note
	Changed   int `json:"changed"`   // notes that say something else now
	Unchanged int `json:"unchanged"` // notes that said so already
	Blank     int `json:"blank"`     // rows that say nothing
}

// Rows is how many rows were looked at.
func (s Summary) Rows() int { return s.Added + s.Changed + s.Unchanged + s.Blank }

// Apply writes the notes, all of them or none: every row is checked first, and
// when some are wrong they are returned, with line, column and what to do, and
// nothing is written. A row that says what its note says already writes nothing
// either, so that a file can be applied again.
func Apply(tx *store.Tx, rows []record.Note, w Writing) (Summary, []record.Reject, error) {
	a := applier{tx: tx, Writing: w, lines: make(map[store.NoteKey]int)}
	var err error
	if a.index, err = Notes(tx, 0, 0); err != nil {
		return a.sum, nil, err
	}
	run, err := tx.LastJudged()
	if err != nil {
		return a.sum, nil, err
	}
	if run != nil {
		a.run = run.ID
	}
	var todo []change
	var bad []record.Reject
	for i := range rows {
		if rows[i].Blank() {
			a.sum.Blank++
			continue
		}
		c, err := a.check(&rows[i])
		var wrong *rejected
		switch {
		case errors.As(err, &wrong):
			bad = append(bad, wrong.Reject)
		case err != nil:
			return a.sum, nil, fmt.Errorf("line %d: %w", rows[i].Line, err)
		default:
			todo = append(todo, c)
		}
	}
	if len(bad) > 0 {
		return Summary{}, bad, nil
	}
	for i := range todo {
		if err := a.write(&todo[i]); err != nil {
			return a.sum, nil, fmt.Errorf("line %d: %w", todo[i].line, err)
		}
	}
	return a.sum, nil, nil
}

type applier struct {
	Writing
	tx    *store.Tx
	index *Index
	run   int64
	lines map[store.NoteKey]int // line that spoke of a thing, by the key of its note
	sum   Summary
}

// change is a checked row.
type change struct {
	line   int
	key    store.NoteKey
	note   int64 // 0: to be made
	before store.NoteChange
	after  store.NoteChange
}

// rejected is a row that is wrong.
type rejected struct{ record.Reject }

func (r *rejected) Error() string { return fmt.Sprintf("line %d, %s: %s", r.Line, r.Column, r.Reason) }

func refuse(n *record.Note, column string, code record.RejectCode, value, reason string) error {
	return &rejected{record.Reject{Line: n.Line, Column: column, Code: code, Value: value, Reason: reason}}
}

func (a *applier) check(n *record.Note) (change, error) {
	c := change{line: n.Line}
	found, err := a.thing(n)
	if err != nil {
		return c, err
	}
	c.key = found.key
	notes, err := found.notes(a.index)
	if err != nil {
		return c, err
	}
	if had := First(notes); had != nil {
		c.note, c.before, c.key = had.ID, had.NoteChange, had.Key
	}
	if first, twice := a.lines[c.key]; twice {
		return c, refuse(n, columnUnit, record.RejectDuplicate, "", fmt.Sprintf("la stessa cosa è già alla riga %d: tenerne una sola", first))
	}
	a.lines[c.key] = n.Line
	author := n.Author
	if author == "" {
		author = a.Author
	}
	if author == "" {
		return c, refuse(n, ColumnAuthor, record.RejectMissing, "", "manca chi scrive la segnalazione: compilare la colonna")
	}
	c.after = merge(c.before, n)
	if c.after.Text == "" {
		return c, refuse(n, ColumnText, record.RejectMissing, "", "una segnalazione nuova deve avere un testo")
	}
	same := c.before
	same.Seq, same.At, same.Author, same.Run, same.FileID, same.File = 0, time.Time{}, "", 0, 0, ""
	if same == c.after {
		c.after.Seq = c.before.Seq
		return c, nil
	}
	c.after.Seq, c.after.At, c.after.Author, c.after.Run, c.after.FileID = c.before.Seq+1, a.At, author, a.run, a.FileID
	return c, nil
}

// merge is what a note says after a row: the row where it says something, else
// what the note said. A new one is open.
func merge(had store.NoteChange, n *record.Note) store.NoteChange {
	now := store.NoteChange{State: had.State, Text: had.Text, Assignee: had.Assignee, DueOn: had.DueOn, IgnoreUntil: had.IgnoreUntil}
	if now.State == "" {
		now.State = Open
	}
	if n.State != "" {
		now.State = n.State
	}
	if n.Text != "" {
		now.Text = n.Text
	}
	if n.Assignee != "" || n.NoAssignee {
		now.Assignee = n.Assignee
	}
	if n.DueOn != 0 || n.NoDue {
		now.DueOn = n.DueOn
	}
	if n.IgnoreUntil != 0 || n.NoIgnore {
		now.IgnoreUntil = n.IgnoreUntil
	}
	return now
}

func (a *applier) write(c *change) error {
	switch {
	case c.note == 0:
		id, err := a.tx.AddNote(c.key)
		if err != nil {
			return err
		}
		c.note = id
		a.sum.Added++
	case c.after.Seq == c.before.Seq:
		a.sum.Unchanged++
		return nil
	default:
		a.sum.Changed++
	}
	return a.tx.AddNoteChange(c.note, &c.after)
}
