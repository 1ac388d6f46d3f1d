package parsers

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"quadra/engine/record"
	"quadra/parsers/charset"
)

// Reading is a file that is being read on a goroutine of its own, some records
// ahead of whoever takes them: while one processor writes what was read, another
// reads on.
type Reading struct {
	full   chan *batch   // what was read, in order; closed at the end of the reading
	turn   chan struct{} // closed when somebody takes the records
	taken  bool
	cancel context.CancelFunc

	// Known when full is closed.
	err      error
	panicked any
	supposed bool // some text was read once only

	doubtful bool
}

// batchesAhead is how many batches are read before somebody takes them, with two
// more being filled and emptied: a few hundred kilobytes.
const batchesAhead = 4

// Begin begins to read the file at path as [Parse] does. Its records are taken
// with [Reading.Into]; a reading that nobody takes must be closed. No more than a
// few hundred records are read ahead, and workbooks, which are held whole, not at
// all.
func Begin(ctx context.Context, path string, opt Options) *Reading {
	ctx, cancel := context.WithCancel(ctx)
	r := &Reading{full: make(chan *batch, batchesAhead), turn: make(chan struct{}), cancel: cancel}
	opt.ahead = r
	go func() {
		defer close(r.full)
		defer func() {
			if p := recover(); p != nil {
				r.panicked = fmt.Sprintf("%v\n\n%s", p, debug.Stack())
			}
		}()
		w := &aheadSink{ctx: ctx, full: r.full}
		r.err = Parse(ctx, path, opt, w)
		if err := w.pass(); r.err == nil {
			r.err = err
		}
	}()
	return r
}

// Into gives the sink what [Parse] would, in the same order, and returns what it
// would. When the sink fails the reading ends. A panic of the reading goes on
// here. The error may be another than that of Parse when [Reading.Doubtful] says
// so.
func (r *Reading) Into(sink record.Sink) error {
	failed, err := r.into(sink)
	var fe *record.FileError
	r.doubtful = errors.Is(err, charset.ErrNotSupposed) || (failed || r.supposed) && errors.As(err, &fe)
	return err
}

// Doubtful says, after an error of [Reading.Into], that it is not known yet what is
// wrong with the file. Nearly every text is UTF-8, and is supposed to be while it
// is read for the first time, where Parse reads it twice: what looks wrong later
// may be that it is not. And of an error of the sink about the file the parser may
// have more to say. What the sink got must be thrown away, and the file be given
// to Parse.
func (r *Reading) Doubtful() bool { return r.doubtful }

// into also says whether it was the sink that failed.
func (r *Reading) into(sink record.Sink) (failed bool, err error) {
	defer r.Close()
	r.begin()
	for b := range r.full {
		if err := b.give(sink); err != nil {
			return true, err
		}
		b.free()
	}
	if r.panicked != nil {
		panic(r.panicked)
	}
	return false, r.err
}

func (r *Reading) begin() {
	if !r.taken {
		r.taken = true
		close(r.turn)
	}
}

// Close ends the reading, wherever it is, and waits for its end. It does nothing
// to one that was taken, nor to none.
func (r *Reading) Close() {
	if r == nil {
		return
	}
	r.cancel()
	for b := range r.full {
		b.free()
	}
}

// wait waits for the turn of a reading, before much is held in memory.
func (o *Options) wait(ctx context.Context) error {
	if o.ahead == nil {
		return nil
	}
	select {
	case <-o.ahead.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
