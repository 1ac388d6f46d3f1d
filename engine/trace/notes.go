package trace

import (
	"fmt"
	"strings"

	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

// NotePart is a note of a unit with its history.
type NotePart struct {
	*note.Note
	Changes []store.NoteChange `json:"changes"`
}

// AddNotes adds what people say of the units of the chain, as seen from a day, or
// for no day from that of the last run.
func (c *Chain) AddNotes(tx *store.Tx, asOf record.Date) error {
	if asOf == 0 {
		run, err := tx.LastJudged()
		if err != nil {
			return err
		}
		if run != nil {
			asOf = run.AsOf
		}
	}
	index, err := note.Notes(tx, 0, asOf)
	if err != nil {
		return err
	}
	for i := range c.Payments {
		p := &c.Payments[i]
		iud := p.NoticeIUD
		if p.AloneIUD != "" {
			iud = p.AloneIUD
		}
		notes, err := index.Payment(p.IUV, p.IUR, p.Index, iud)
		if p.Notes, err = noteParts(tx, notes, err); err != nil {
			return err
		}
	}
	for i := range c.Settlements {
		s := &c.Settlements[i]
		notes, err := index.Settlement(strings.ToUpper(s.IUF), s.PSP, s.Year)
		if s.Notes, err = noteParts(tx, notes, err); err != nil {
			return err
		}
	}
	for i := range c.Movements {
		m := &c.Movements[i]
		notes, err := index.Movement(m.Year, m.Number, m.Account)
		if m.Notes, err = noteParts(tx, notes, err); err != nil {
			return err
		}
	}
	return nil
}

func noteParts(tx *store.Tx, notes []*note.Note, err error) ([]NotePart, error) {
	out := []NotePart{}
	for _, n := range notes {
		if err != nil {
			break
		}
		p := NotePart{Note: n}
		p.Changes, err = tx.NoteChanges(n.ID)
		out = append(out, p)
	}
	return out, err
}

// notes are the branches of what people say of a unit.
func (t *text) said(notes []NotePart) []*node {
	var out []*node
	for i := range notes {
		n := &notes[i]
		line := leaf("%s %d [%s]: %s (%s, %s%s)", t.say("segnalazione", "note"), n.ID, note.Name(n.State, t.lang()), n.Text,
			n.Author, t.instant(n.At), t.terms(&n.NoteChange))
		if n.Overdue {
			line.text += t.say(" SCADUTA", " OVERDUE")
		}
		if n.Ignored {
			line.text += t.say(" da ignorare fino alla sua data", " to be ignored until its day")
		}
		out = append(out, line)
	}
	return out
}

// terms are what a change of a note says besides its text.
func (t *text) terms(c *store.NoteChange) string {
	s := ""
	if c.Assignee != "" {
		s += t.say(", assegnata a ", ", assigned to ") + c.Assignee
	}
	if c.DueOn != 0 {
		s += t.say(", scadenza ", ", due ") + t.day(c.DueOn)
	}
	if c.IgnoreUntil != 0 {
		s += t.say(", ignora fino al ", ", ignore until ") + t.day(c.IgnoreUntil)
	}
	return s
}

func (t *text) lang() string { return t.say("it", "en") }

// noteHistory lists the changes of a note, oldest first: before and after.
func (t *text) noteHistory(n *NotePart) *node {
	out := leaf("%s %d", t.say("segnalazione", "note"), n.ID)
	before := "—"
	for i := range n.Changes {
		c := &n.Changes[i]
		after := fmt.Sprintf("[%s] %s%s", note.Name(c.State, t.lang()), c.Text, t.terms(c))
		from := ""
		if c.File != "" {
			from = t.say(", dal file ", ", from file ") + c.File
		}
		out.add(leaf("%s %s%s: %s → %s", t.instant(c.At), c.Author, from, before, after))
		before = after
	}
	return out
}
