package explaintest

import (
	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Chart delivers a file of chapters, which must all be right.
func (b *Books) Chart(name string, rows ...record.Chapter) {
	b.tb.Helper()
	fill := func(l *store.Loader) error {
		for i := range rows {
			rows[i].Line = i + 2
			if err := l.Chapter(&rows[i]); err != nil {
				return err
			}
		}
		return nil
	}
	b.deliver(name, record.Doc{Kind: record.KindChapters, Format: "test"}, fill, func(tx *store.Tx, f *store.File) error {
		wrong, err := book.Apply(tx, f.RunID, f.ID, 0)
		for i := range wrong {
			b.tb.Errorf("line %d, %s: %s", wrong[i].Line, wrong[i].Column, wrong[i].Reason)
		}
		return err
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
