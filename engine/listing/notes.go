package listing

import (
	"context"
	"fmt"
	"io"
	"time"

	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

// NoteFilter says which notes a listing keeps. The zero value keeps all.
type NoteFilter struct {
	State    string // open, explained or closed
	Assignee string
	Overdue  bool
	Ignored  bool // only those whose thing is left alone until a later day
	// AsOf shows the notes as they were on a day, see [Filter.AsOf].
	AsOf record.Date
	// History shows every change of the notes kept, not only the last.
	History bool
}

// NoteRow is one note, or one of its changes. The csv tags are the columns a
// file of notes has, so that a listing can be changed and applied; but who said
// so is not who will, and has another name.
type NoteRow struct {
	ID          int64       `json:"note" csv:"numero"`
	Unit        UnitOfNote  `json:"unit" csv:"unita"`
	IUV         string      `json:"iuv" csv:"iuv"`
	IUR         string      `json:"iur" csv:"iur"`
	Index       string      `json:"index" csv:"indice"`
	IUD         string      `json:"iud" csv:"iud"`
	IUF         string      `json:"iuf" csv:"iuf"`
	PSP         string      `json:"psp" csv:"psp"`
	Year        string      `json:"year" csv:"anno"`
	Number      string      `json:"number" csv:"numero_bolletta"`
	Account     string      `json:"account" csv:"conto"`
	State       StateOfNote `json:"state" csv:"segnalazione_stato"`
	Text        string      `json:"text" csv:"segnalazione"`
	Assignee    string      `json:"assignee" csv:"segnalazione_assegnata_a"`
	DueOn       record.Date `json:"due_on" csv:"segnalazione_scadenza"`
	IgnoreUntil record.Date `json:"ignore_until" csv:"segnalazione_ignora_fino_al"`
	Author      string      `json:"author" csv:"segnalazione_di"`
	At          time.Time   `json:"at" csv:"segnalazione_del"`
	Change      int         `json:"change" csv:"modifica"` // from 1
	Overdue     bool        `json:"overdue" csv:"scaduta"`
	Ignored     bool        `json:"ignored" csv:"da_ignorare"`
	File        string      `json:"file" csv:"file"`
}

// UnitOfNote is what a note hangs on: a code for programs, a word for people.
type UnitOfNote string

// String is what people call it.
func (u UnitOfNote) String() string {
	return map[UnitOfNote]string{note.UnitPayment: "pagamento", note.UnitSettlement: "riversamento", note.UnitMovement: "movimento"}[u]
}

// MarshalCSV writes what people call it.
func (u UnitOfNote) MarshalCSV() (string, error) { return u.String(), nil }

// Notes writes the notes in the order they were first written, in one format; it
// returns [ErrFormat] or [ErrNote], wrapped, before anything is written. The
// totals have no amount: notes are not worth any.
func Notes(ctx context.Context, tx *store.Tx, format Format, f NoteFilter, w io.Writer) (Totals, error) {
	return write(ctx, tx, func(ctx context.Context, tx *store.Tx, _ Filter, fn func(*NoteRow) error) (Totals, error) {
		return f.each(ctx, tx, fn)
	}, format, Filter{}, w)
}

func (f NoteFilter) each(ctx context.Context, tx *store.Tx, fn func(*NoteRow) error) (Totals, error) {
	v, err := Filter{AsOf: f.AsOf, Note: f.State, Assignee: f.Assignee, Overdue: f.Overdue, Ignored: true}.view(ctx, tx)
	if err != nil {
		return Totals{}, err
	}
	err = v.notes.Each(func(n *note.Note) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !v.keeps(n) || f.Ignored && !n.Ignored {
			return nil
		}
		changes := []store.NoteChange{n.NoteChange}
		if f.History {
			all, err := tx.NoteChanges(n.ID)
			if err != nil {
				return err
			}
			changes = all[:n.Seq]
		}
		for i := range changes {
			row := noteRow(n, &changes[i])
			v.totals.add(0)
			if err := fn(&row); err != nil {
				return err
			}
		}
		return nil
	})
	return v.totals, err
}

func noteRow(n *note.Note, c *store.NoteChange) NoteRow {
	k := n.Key
	r := NoteRow{
		ID: n.ID, Unit: UnitOfNote(k.Unit), IUV: k.IUV, IUR: k.IUR, IUD: k.IUD, IUF: k.IUF, PSP: k.PSP, Number: k.Number, Account: k.Account,
		State: StateOfNote(c.State), Text: c.Text, Assignee: c.Assignee, DueOn: c.DueOn, IgnoreUntil: c.IgnoreUntil,
		Author: c.Author, At: c.At, Change: c.Seq, File: c.File,
	}
	if k.Index != 0 {
		r.Index = fmt.Sprint(k.Index)
	}
	if k.Year != 0 {
		r.Year = fmt.Sprint(k.Year)
	}
	if c.Seq == n.Seq {
		r.Overdue, r.Ignored = n.Overdue, n.Ignored
	}
	return r
}
