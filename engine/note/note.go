// Package note keeps what people say of payments, settlements and movements:
// notes (segnalazioni) with a state, an author, somebody to look after them, a
// day they are due and a day until which they are to be left alone.
//
// A note hangs on the key of its thing, neither on its status nor on its row: it
// survives every reclassification, and a thing that goes and comes back. It is
// found from whatever the thing became: the payment that took up a notice alone
// (by IUD) or a flow line with another IUR, the movement whose account came to be
// known. A thing has one note; what is said of it later is a change of that note.
// Changes are only ever added.
//
// Whether a note is overdue or to be ignored is decided by an as-of date, never
// by the clock. Notes change no status and no total.
package note

import (
	"quadra/engine/record"
	"quadra/engine/store"
)

// The units a note may hang on.
const (
	UnitPayment    = "payment"
	UnitSettlement = "settlement"
	UnitMovement   = "movement"
)

// The states of a note.
const (
	Open      = "open"      // somebody has to look into it
	Explained = "explained" // it is known why, the anomaly stays
	Closed    = "closed"    // nothing more is to be done
)

// States are all of them, in the order of what has to be done.
var States = []string{Open, Explained, Closed}

// Name is what people call a state; lang is it or en.
func Name(state, lang string) string {
	if lang == "en" {
		return state
	}
	return map[string]string{Open: "aperta", Explained: "spiegata", Closed: "chiusa"}[state]
}

// Note is a note as of some run: its thing and its last change by then.
type Note struct {
	ID  int64         `json:"note"`
	Key store.NoteKey `json:"thing"`
	store.NoteChange
	Overdue bool `json:"overdue"` // open past its day
	Ignored bool `json:"ignored"` // left alone until a day that has not come; never once closed
}

// see sets what depends on the as-of date. On the day it is due a note is not
// overdue yet; on the day until which it was to be ignored it is back.
func (n *Note) see(asOf record.Date) {
	n.Overdue = n.State == Open && n.DueOn != 0 && n.DueOn < asOf
	n.Ignored = n.State != Closed && n.IgnoreUntil > asOf
}
