package explaintest

import (
	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Chart delivers a file of chapters, which must all be right.
func (b *Books) Chart(name string, rows ...record.Chapter) {
	b.tb.Helper()
	b.Write(func(tx *store.Tx) error {
		f, err := b.offer(tx, name)
		if err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&record.Doc{Kind: record.KindChapters, Format: "test"}); err != nil {
			return err
		}
		for i := range rows {
			rows[i].Line = i + 2
			if err := l.Chapter(&rows[i]); err != nil {
				return err
			}
		}
		if err := l.Close(); err != nil {
			return err
		}
		wrong, err := book.Apply(tx, f.RunID, f.ID, 0)
		for i := range wrong {
			b.tb.Errorf("line %d, %s: %s", wrong[i].Line, wrong[i].Column, wrong[i].Reason)
		}
		if err != nil {
			return err
		}
		f.State = store.FileLoaded
		return tx.SetOutcome(f)
	})
}

// Carry has a person ask for changes of accertamenti, which must all be right.
func (b *Books) Carry(author string, all ...record.Instruction) {
	b.tb.Helper()
	b.Write(func(tx *store.Tx) error {
		_, err := book.Carry(tx, all, book.Author{Name: author, At: decidedAt}, 0)
		return err
	})
}
