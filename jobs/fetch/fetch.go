// Package fetch copies the files of a drop into the archive, several at a time
// on one connection, and hands them over in their order.
//
// Asked for one by one, small files spend their time waiting for the server's
// answers and for the disk to have written each: side by side those waits
// overlap. Memory does not grow with the files: some buffers per file under way.
package fetch

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"

	"quadra/jobs/archive"
	"quadra/jobs/drop"
)

const (
	abreast = 8  // files under way at once
	ahead   = 64 // files sealed before whoever asked for them takes them
)

// Opener is the part of a drop that is needed.
type Opener interface {
	Open(ctx context.Context, e drop.Entry) (io.ReadCloser, error)
}

// Fetched is an entry and what became of it.
type Fetched struct {
	Entry  drop.Entry
	Sealed archive.Sealed
	Err    error // a *drop.Error, an *archive.LimitError, or a failure of our side
}

// All yields every entry in order, fewer when ctx ends. What was fetched ahead
// when the loop stops early stays in the archive, which costs nothing when it
// comes again. Files of more than limit bytes are not kept; zero is no limit.
func All(ctx context.Context, from Opener, to *archive.Archive, entries []drop.Entry, limit int64) iter.Seq[Fetched] {
	return func(yield func(Fetched) bool) {
		ctx, cancel := context.WithCancel(ctx)
		// In order: a queue of promises, each a place for one result.
		queue := make(chan chan Fetched, ahead)
		var started sync.WaitGroup
		started.Go(func() {
			defer close(queue)
			start(ctx, &started, queue, entries, func(e drop.Entry) Fetched { return one(ctx, from, to, e, limit) })
		})
		defer started.Wait()
		defer cancel()
		for promise := range queue {
			if !yield(<-promise) {
				return
			}
		}
	}
}

// start begins one entry after the other, never more than abreast at once.
func start(ctx context.Context, started *sync.WaitGroup, queue chan<- chan Fetched, entries []drop.Entry, fetch func(drop.Entry) Fetched) {
	free := make(chan struct{}, abreast)
	for _, e := range entries {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		promise := make(chan Fetched, 1)
		started.Go(func() {
			promise <- fetch(e)
			<-free
		})
		select {
		case queue <- promise:
		case <-ctx.Done():
			return
		}
	}
}

func one(ctx context.Context, from Opener, to *archive.Archive, e drop.Entry, limit int64) Fetched {
	r, err := from.Open(ctx, e)
	if err != nil {
		return Fetched{Entry: e, Err: err}
	}
	sealed, err := to.Seal(ctx, r, limit)
	return Fetched{Entry: e, Sealed: sealed, Err: errors.Join(err, r.Close())}
}
