package explaintest

import (
	"time"

	"quadra/engine/decide"
	"quadra/engine/record"
	"quadra/engine/store"
)

// decidedAt is the instant people decide at in these books.
var decidedAt = time.Date(2026, 9, 20, 8, 0, 0, 0, time.UTC)

// Decide applies a file of decisions, which must all be right. They take effect
// with the next night.
func (b *Books) Decide(name string, rows ...record.Decision) {
	b.tb.Helper()
	b.Write(func(tx *store.Tx) error {
		f, err := b.offer(tx, name)
		if err != nil {
			return err
		}
		f.SeenAt = decidedAt
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&record.Doc{Kind: record.KindDecisions, Format: "test"}); err != nil {
			return err
		}
		for i := range rows {
			rows[i].Line = i + 2
			if err := l.Decision(&rows[i]); err != nil {
				return err
			}
		}
		if _, err := decide.Apply(tx, f, l, func(r *record.Reject) error {
			b.tb.Errorf("line %d, %s: %s", r.Line, r.Column, r.Reason)
			return l.Reject(r)
		}); err != nil {
			return err
		}
		if err := l.Close(); err != nil {
			return err
		}
		f.State = store.FileLoaded
		return tx.SetOutcome(f)
	})
}
