package night

import (
	"context"
	"iter"
	"sync"

	"quadra/jobs/drop"
	"quadra/jobs/fetch"
	"quadra/jobs/intake"
)

// begun is a file of a drop that was fetched, or could not be, and whose reading
// has begun.
type begun struct {
	entry drop.Entry
	file  *intake.Begun
}

// begun fetches entries and yields them in their order, fewer when ctx ends. The
// reading of the next one begins while the one before is loaded, of no more. What
// is yielded must be loaded or closed.
func (v *visit) begun(ctx context.Context, entries []drop.Entry) iter.Seq[begun] {
	return func(yield func(begun) bool) {
		reading, cancel := context.WithCancel(ctx)
		next := make(chan begun)
		var ended sync.WaitGroup
		ended.Go(func() {
			defer close(next)
			for f := range fetch.All(reading, v.drop, v.archive, entries, v.Config.Limits.FileSize) {
				b := begun{f.Entry, v.intake.Begin(reading, f.Sealed, f.Err)}
				select {
				case next <- b:
				case <-reading.Done():
					b.file.Close()
					return
				}
			}
		})
		defer ended.Wait()
		defer cancel()
		for b := range next {
			if !yield(b) {
				return
			}
		}
	}
}
