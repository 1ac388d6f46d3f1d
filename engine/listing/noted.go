package listing

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Errors of a [Filter] that are the caller's wrong usage.
var (
	// ErrUnits says that a listing of records was asked as of a day or by notes:
	// only what is judged has a history and notes.
	ErrUnits = errors.New("only payments, settlements and movements are listed as of a day or by their notes")
	ErrNote  = errors.New("no such state of notes")
)

// ErrTooEarly says that no run had judged the books by the day asked for.
var ErrTooEarly = errors.New("the books had not been judged yet")

// NoteNone is the value of [Filter.Note] that keeps what has no note.
const NoteNone = "none"

// Noted is what people say of a unit; empty when they say nothing.
type Noted struct {
	NoteState   StateOfNote `json:"note_state" csv:"segnalazione_stato"`
	NoteText    string      `json:"note" csv:"segnalazione"`
	Assignee    string      `json:"note_assignee" csv:"segnalazione_assegnata_a"`
	NoteDueOn   record.Date `json:"note_due_on" csv:"segnalazione_scadenza"`
	IgnoreUntil record.Date `json:"note_ignore_until" csv:"segnalazione_ignora_fino_al"`
}

// StateOfNote is the state of a note: a code for programs, a word for people.
type StateOfNote string

// String is what people call it.
func (s StateOfNote) String() string { return note.Name(string(s), "it") }

// MarshalCSV writes what people call it.
func (s StateOfNote) MarshalCSV() (string, error) { return s.String(), nil }

// judgedOnly says whether the filter asks for what only judged units have.
func (f Filter) judgedOnly() bool {
	return f.AsOf != 0 || f.Note != "" || f.Assignee != "" || f.Overdue || f.Ignored
}

// view is a listing of judged units under way.
type view struct {
	Filter
	ctx    context.Context
	scope  store.ListedScope
	notes  *note.Index
	totals Totals
}

func (f Filter) view(ctx context.Context, tx *store.Tx) (*view, error) {
	if f.Note != "" && f.Note != NoteNone && !slices.Contains(note.States, f.Note) {
		return nil, fmt.Errorf("%w: %q", ErrNote, f.Note)
	}
	v := &view{Filter: f, ctx: ctx, scope: store.ListedScope{Status: f.Status}}
	asOf := f.AsOf
	if asOf != 0 {
		run, err := tx.RunAsOf(asOf)
		if err != nil {
			return nil, err
		}
		if run == nil {
			return nil, fmt.Errorf("as of %s: %w", asOf, ErrTooEarly)
		}
		v.scope.Run = run.ID
	} else {
		run, err := tx.LastJudged()
		if err != nil {
			return nil, err
		}
		if run != nil {
			asOf = run.AsOf
		}
	}
	var err error
	v.notes, err = note.Notes(tx, v.scope.Run, asOf)
	return v, err
}

// show hands a row on when its note lets it through, and sums it.
func (v *view) show(into *Noted, amount record.Cents, fn func() error, find func() ([]*note.Note, error)) error {
	if err := v.ctx.Err(); err != nil {
		return err
	}
	notes, err := find()
	if err != nil {
		return err
	}
	n := note.First(notes)
	if !v.keeps(n) {
		return nil
	}
	*into = Noted{}
	if n != nil {
		if n.Ignored && !v.Ignored {
			v.totals.Ignored++
			return nil
		}
		*into = Noted{NoteState: StateOfNote(n.State), NoteText: n.Text, Assignee: n.Assignee, NoteDueOn: n.DueOn, IgnoreUntil: n.IgnoreUntil}
	}
	v.totals.add(amount)
	return fn()
}

func (v *view) keeps(n *note.Note) bool {
	if n == nil {
		return (v.Note == "" || v.Note == NoteNone) && v.Assignee == "" && !v.Overdue
	}
	return (v.Note == "" || v.Note == n.State) && (v.Assignee == "" || v.Assignee == n.Assignee) && (!v.Overdue || n.Overdue)
}
