package note

import (
	"fmt"
	"slices"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Index finds the note of a thing. It holds the keys of the notes, so its memory
// follows their number and not that of the things.
type Index struct {
	tx   *store.Tx
	asOf record.Date
	at   map[store.NoteKey][]int64 // ids by every key their thing has
	seq  map[int64]int             // last change of each
	keys map[int64]store.NoteKey   // its own
}

// Notes indexes the notes as they stood at the end of a run (0: as they are),
// seen from a day.
func Notes(tx *store.Tx, run int64, asOf record.Date) (*Index, error) {
	x := &Index{tx: tx, asOf: asOf, at: make(map[store.NoteKey][]int64), seq: make(map[int64]int), keys: make(map[int64]store.NoteKey)}
	err := tx.EachNote(run, func(id int64, k store.NoteKey, seq int) error {
		x.at[k] = append(x.at[k], id)
		x.seq[id], x.keys[id] = seq, k
		return nil
	})
	if err == nil && len(x.seq) > 0 {
		err = tx.EachNoteAlias(run, func(id int64, k store.NoteKey) error {
			if x.seq[id] != 0 {
				x.at[k] = append(x.at[k], id)
			}
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read the notes: %w", err)
	}
	return x, nil
}

// Len is how many notes there are.
func (x *Index) Len() int { return len(x.seq) }

// Payment finds the notes of a payment: usually none or one, several when things
// that were noted apart have become one; first the one that has most left to be
// done. For a notice alone index is 0 and iud its own; otherwise iud is that of
// the notice linked to it, if any.
func (x *Index) Payment(iuv, iur string, index int, iud string) ([]*Note, error) {
	if index == 0 {
		return x.find(store.NoteKey{Unit: UnitPayment, IUD: iud})
	}
	own := store.NoteKey{Unit: UnitPayment, IUV: iuv, IUR: iur, Index: index}
	if iud == "" {
		return x.find(own)
	}
	return x.find(own, store.NoteKey{Unit: UnitPayment, IUD: iud})
}

// Settlement finds the notes of a settlement. The IUF is in upper case.
func (x *Index) Settlement(iuf, psp string, year int) ([]*Note, error) {
	return x.find(store.NoteKey{Unit: UnitSettlement, IUF: iuf, PSP: psp, Year: year})
}

// Movement finds the notes of a movement.
func (x *Index) Movement(year int, number, account string) ([]*Note, error) {
	return x.find(store.NoteKey{Unit: UnitMovement, Year: year, Number: number, Account: account})
}

// First is the note to show where there is room for one, or nil.
func First(notes []*Note) *Note {
	if len(notes) == 0 {
		return nil
	}
	return notes[0]
}

func (x *Index) find(keys ...store.NoteKey) ([]*Note, error) {
	if len(x.seq) == 0 {
		return nil, nil
	}
	var found []*Note
	for _, k := range keys {
		for _, id := range x.at[k] {
			if slices.ContainsFunc(found, func(n *Note) bool { return n.ID == id }) {
				continue
			}
			n, err := x.note(id)
			if err != nil {
				return nil, err
			}
			found = append(found, n)
		}
	}
	slices.SortStableFunc(found, func(a, b *Note) int {
		return slices.Index(States, a.State) - slices.Index(States, b.State)
	})
	return found, nil
}

func (x *Index) note(id int64) (*Note, error) {
	c, err := x.tx.NoteChangeAt(id, x.seq[id])
	if err != nil {
		return nil, fmt.Errorf("read note %d: %w", id, err)
	}
	n := &Note{ID: id, Key: x.keys[id], NoteChange: c}
	n.see(x.asOf)
	return n, nil
}

// Each calls fn for every note in the order they were first written.
func (x *Index) Each(fn func(*Note) error) error {
	ids := make([]int64, 0, len(x.seq))
	for id := range x.seq {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		n, err := x.note(id)
		if err != nil {
			return err
		}
		if err := fn(n); err != nil {
			return err
		}
	}
	return nil
}
