package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// The longest wait between two attempts, whatever their number.
const longestWait = time.Minute

// patience is how often and how soon something is tried again, and how long it
// may take in all.
type patience struct {
	attempts int
	wait     time.Duration // before the second attempt; it doubles each time
	total    time.Duration // zero: no limit
}

// limit gives a new operation its total time; the caller cancels when it ends.
func (p patience) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.total == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, p.total, errTooLong)
}

// retryable tells what may go better on a new connection. A server that is not
// the expected one, refused credentials and denied permissions stay as they are.
func retryable(err error) bool {
	switch kindOf(err) {
	case KindConnect, KindLost, KindTimeout:
		return true
	}
	return false
}

// triedError is the outcome of something tried more than once.
type triedError struct {
	times       int
	first, last error
}

func (e *triedError) Error() string {
	s := fmt.Sprintf("%v (attempt %d", e.last, e.times)
	if first := e.first.Error(); first != e.last.Error() {
		s += "; the first one: " + first
	}
	return s + ")"
}

func (e *triedError) Unwrap() []error { return []error{e.last, e.first} }

func tried(times int, first, last error) error {
	if times == 1 || errors.Is(last, context.Canceled) {
		return last
	}
	return &triedError{times: times, first: first, last: last}
}

// again waits before the next attempt. It returns false, with the error to
// report, when there is none.
func (p patience) again(ctx context.Context, attempt int, first, last error) (bool, error) {
	if !retryable(last) || attempt >= p.attempts || ctx.Err() != nil {
		return false, tried(attempt, first, last)
	}
	pause := longestWait
	if doublings := attempt - 1; doublings < 10 {
		pause = min(p.wait<<doublings, longestWait)
	}
	if stop := wait(ctx, pause); stop != nil {
		return false, tried(attempt, last, stop)
	}
	return true, nil
}

// persist tries call until it succeeds, cannot succeed, or was tried enough.
// The attempts count from 1.
func persist[T any](ctx context.Context, p patience, call func(ctx context.Context, attempt int) (T, error)) (T, error) {
	ctx, cancel := p.limit(ctx)
	defer cancel()
	var first error
	for attempt := 1; ; attempt++ {
		answer, err := call(ctx, attempt)
		if err == nil {
			return answer, nil
		}
		if first == nil {
			first = err
		}
		if more, err := p.again(ctx, attempt, first, err); !more {
			return answer, err
		}
	}
}

// steadfast is a folder that does not give up at the first broken connection.
// open is not among what it repeats: the reader goes on by itself.
type steadfast struct {
	folder
	patience patience
}

type nothing = struct{}

func (f steadfast) do(ctx context.Context, call func(ctx context.Context, attempt int) error) error {
	_, err := persist(ctx, f.patience, func(ctx context.Context, attempt int) (nothing, error) {
		return nothing{}, call(ctx, attempt)
	})
	return err
}

func (f steadfast) look(ctx context.Context) ([]fs.FileInfo, error) {
	return persist(ctx, f.patience, func(ctx context.Context, _ int) ([]fs.FileInfo, error) { return f.folder.look(ctx) })
}

func (f steadfast) names(ctx context.Context, subfolder string) ([]string, error) {
	return persist(ctx, f.patience, func(ctx context.Context, _ int) ([]string, error) { return f.folder.names(ctx, subfolder) })
}

func (f steadfast) stat(ctx context.Context, name string) (fs.FileInfo, error) {
	return persist(ctx, f.patience, func(ctx context.Context, _ int) (fs.FileInfo, error) { return f.folder.stat(ctx, name) })
}

func (f steadfast) put(ctx context.Context, name string, write func(io.Writer) error) error {
	return f.do(ctx, func(ctx context.Context, _ int) error { return f.folder.put(ctx, name, write) })
}

// move: an attempt whose answer was lost may have been carried out.
func (f steadfast) move(ctx context.Context, from, to string) error {
	return f.do(ctx, func(ctx context.Context, attempt int) error {
		err := f.folder.move(ctx, from, to)
		if attempt == 1 || err == nil || retryable(err) {
			return err
		}
		if _, gone := f.folder.stat(ctx, from); !errors.Is(gone, fs.ErrNotExist) {
			return err
		}
		if _, there := f.folder.stat(ctx, to); there != nil {
			return err
		}
		return nil
	})
}

func (f steadfast) remove(ctx context.Context, name string) error {
	return f.do(ctx, func(ctx context.Context, attempt int) error {
		err := f.folder.remove(ctx, name)
		if attempt > 1 && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

func (f steadfast) mkdir(ctx context.Context, name string) error {
	return f.do(ctx, func(ctx context.Context, _ int) error { return f.folder.mkdir(ctx, name) })
}
