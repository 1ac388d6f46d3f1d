package store

import (
	"math"
	"time"

	"quadra/engine/record"
)

// NoteKey names the thing a note hangs on. It is the thing's own key, so the note
// outlives every row about it. Fields that do not belong to its unit are empty.
type NoteKey struct {
	Unit string `json:"unit"` // payment, settlement or movement

	// Of a payment: IUV, IUR and index, or the IUD of a notice alone.
	IUV   string `json:"iuv,omitempty"`
	IUR   string `json:"iur,omitempty"`
	Index int    `json:"index,omitempty"`
	IUD   string `json:"iud,omitempty"`

	IUF string `json:"iuf,omitempty"` // of a settlement, in upper case
	PSP string `json:"psp,omitempty"`

	Year    int    `json:"year,omitempty"`   // of the settlement, or esercizio of the movement
	Number  string `json:"number,omitempty"` // of the movement
	Account string `json:"account,omitempty"`
}

// NoteChange is one row of the history of a note: all it says since then.
type NoteChange struct {
	Seq         int         `json:"seq"` // from 1
	At          time.Time   `json:"at"`
	Author      string      `json:"author"`
	State       string      `json:"state"` // open, explained or closed
	Text        string      `json:"text"`
	Assignee    string      `json:"assignee"`
	DueOn       record.Date `json:"due_on"`       // 0: none
	IgnoreUntil record.Date `json:"ignore_until"` // the day it is looked at again; 0: none
	Run         int64       `json:"run"`          // the last run when it was written; 0: none
	FileID      int64       `json:"-"`            // the file it came in, 0 for a command
	File        string      `json:"file"`         // its name; only read
}

// latest turns no run into the last one.
func latest(run int64) int64 {
	if run == 0 {
		return math.MaxInt64
	}
	return run
}

// EachNote calls fn for every note written by the end of a run (0: any), in the
// order they were first written. Seq is that of its last change by then.
func (tx *Tx) EachNote(run int64, fn func(id int64, key NoteKey, seq int) error) error {
	return tx.each("Notes", []any{latest(run)}, func(scan func(...any) error) error {
		var id int64
		var k NoteKey
		var seq int
		if err := scan(&id, &k.Unit, &k.IUV, &k.IUR, &k.Index, &k.IUD, &k.IUF, &k.PSP, &k.Year, &k.Number, &k.Account, &seq); err != nil {
			return err
		}
		return fn(id, k, seq)
	})
}

// EachNoteAlias calls fn for every other key under which the thing of a note
// stands as of a run (0: today): the payment whose receipt has another IUR than
// the flow line it took up, the movement whose account came to be known.
func (tx *Tx) EachNoteAlias(run int64, fn func(id int64, key NoteKey) error) error {
	err := tx.each("NotePaymentAliases", []any{latest(run)}, func(scan func(...any) error) error {
		var id int64
		k := NoteKey{Unit: "payment"}
		if err := scan(&id, &k.IUV, &k.IUR, &k.Index); err != nil {
			return err
		}
		return fn(id, k)
	})
	if err != nil {
		return err
	}
	return tx.each("NoteMovementAliases", nil, func(scan func(...any) error) error {
		var id int64
		k := NoteKey{Unit: "movement"}
		if err := scan(&id, &k.Year, &k.Number, &k.Account); err != nil {
			return err
		}
		return fn(id, k)
	})
}

// NoteChanges lists the history of a note, oldest first.
func (tx *Tx) NoteChanges(note int64) ([]NoteChange, error) {
	return traced(tx, "NoteChanges", noteChangeInto, note)
}

// NoteChangeAt reads one row of the history of a note.
func (tx *Tx) NoteChangeAt(note int64, seq int) (NoteChange, error) {
	var c NoteChange
	_, err := tx.one("NoteChangeAt", []any{note, seq}, noteChangeInto(&c)...)
	return c, err
}

func noteChangeInto(c *NoteChange) []any {
	return []any{&c.Seq, &c.Run, instantInto{&c.At}, &c.Author, &c.State, &c.Text, &c.Assignee, dateInto{&c.DueOn}, dateInto{&c.IgnoreUntil}, &c.FileID, &c.File}
}

// AddNote makes a note without any change yet and returns its id. The key must
// be new.
func (tx *Tx) AddNote(k NoteKey) (int64, error) {
	return tx.insert("NoteInsert", k.Unit, k.IUV, k.IUR, k.Index, k.IUD, k.IUF, k.PSP, k.Year, k.Number, k.Account)
}

// AddNoteChange appends to the history of a note; its Seq must be the next.
func (tx *Tx) AddNoteChange(note int64, c *NoteChange) error {
	_, err := tx.exec("NoteChangeInsert", note, c.Seq, c.Run, instant(c.At), c.Author, c.State, c.Text, c.Assignee,
		c.DueOn.String(), c.IgnoreUntil.String(), nullable(c.FileID))
	return err
}

// NotedPayment is a payment a person may mean: one the books hold, or held.
type NotedPayment struct {
	IUV string
	PaymentKey
	IUD       string // of the receipt, or of the notice alone
	NoticeIUD string // of the notice linked to it
	Gone      bool
}

// NotedPayments lists the payments of an IUV, those that are no more last.
func (tx *Tx) NotedPayments(iuv string) ([]NotedPayment, error) {
	return traced(tx, "NotedPayments", func(p *NotedPayment) []any {
		p.IUV = iuv
		return []any{&p.IUR, &p.Index, &p.AloneIUD, &p.IUD, &p.NoticeIUD, &p.Gone}
	}, iuv)
}

// AccountsOfMovement lists the accounts on which a number was credited in a
// year; empty: the layout did not say.
func (tx *Tx) AccountsOfMovement(year int, number string) ([]string, error) {
	return tx.texts("NotedAccounts", year, number)
}
