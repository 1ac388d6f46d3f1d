// Package dispatch runs the nights of many entities when they are due: never two
// of one entity at once, no more than so many together, one that failed again
// after a while, and all of them brought to an end when it is told to stop.
//
// It knows neither what a night does nor what is written about it: both come in
// as functions. When a night is due is for [schedule.Plan] to say.
package dispatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"quadra/jobs/schedule"
)

// ErrBusy is to be wrapped by the error of a night that could not begin because
// someone else is at work on the entity: it is tried again soon and is no failure.
var ErrBusy = errors.New("someone else is at work on the entity")

// Job is an entity whose nights are to be run.
type Job struct {
	Key  string
	Plan *schedule.Plan
}

// Options of a [Dispatcher].
type Options struct {
	// Last returns the last nights in an entity's journal that ended well.
	Last func(ctx context.Context, key string) ([]schedule.Night, error)
	// Run runs a night. It must come to an end soon after ctx does.
	Run func(ctx context.Context, key string, due schedule.Due) error
	// Now is the clock on the wall.
	Now func() time.Time
	Log *slog.Logger
	// Retries is how many times a failed night is tried again, RetryAfter how long
	// after the first failure; after each further one it is twice as long.
	Retries    int
	RetryAfter time.Duration
	// Grace is how long nights at work may go on when told to stop; then they are
	// interrupted, and waited for as long again.
	Grace time.Duration
}

const (
	// longestSleep bounds how late a change of the clock on the wall is noticed.
	longestSleep = time.Minute
	// busyAfter is how soon an entity someone else works on is tried again.
	busyAfter = time.Minute
	// longestRetry bounds the doubling of RetryAfter.
	longestRetry = time.Hour
	// never is when to ask again about a schedule without another occurrence.
	never = 24 * time.Hour
)

// Dispatcher runs the nights of the jobs it was last given.
type Dispatcher struct {
	opt  Options
	wake chan struct{}

	mu       sync.Mutex
	parallel int
	entries  map[string]*entry
	working  int
	asked    time.Time // when what is due was last asked
	stopping bool
}

// entry is a job and where it stands.
type entry struct {
	job      Job
	working  bool
	gone     bool      // no longer wanted; forgotten once its night is over
	look     time.Time // when to look at it again; zero: now
	due      schedule.Due
	known    bool // due says what comes next
	began    time.Time
	failed   time.Time // occurrence that failed, and how often
	failures int
	lastErr  error
}

// New returns a dispatcher without jobs.
func New(opt Options) *Dispatcher {
	return &Dispatcher{opt: opt, wake: make(chan struct{}, 1), parallel: 1, entries: map[string]*entry{}}
}

// Replace gives the dispatcher its jobs, at any time. Nights at work go on; a job
// that is no longer among the new ones is not run again. No more than parallel
// nights run together.
func (d *Dispatcher) Replace(jobs []Job, parallel int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.parallel = max(parallel, 1)
	kept := make(map[string]bool, len(jobs))
	for _, j := range jobs {
		kept[j.Key] = true
		e := d.entries[j.Key]
		if e == nil {
			e = &entry{}
			d.entries[j.Key] = e
		}
		e.job, e.gone, e.look, e.known = j, false, time.Time{}, false
	}
	for key, e := range d.entries {
		if !kept[key] {
			e.gone = true
			d.forget(key, e)
		}
	}
	d.poke()
}

// forget drops a job that is no longer wanted, unless it is at work.
func (d *Dispatcher) forget(key string, e *entry) {
	if e.gone && !e.working {
		delete(d.entries, key)
	}
}

func (d *Dispatcher) poke() {
	select {
	case d.wake <- struct{}{}:
	default: // awake already
	}
}

// Run runs what is due until ctx ends. It returns nil when every night at work
// came to its end, or names those that did not.
func (d *Dispatcher) Run(ctx context.Context) error {
	// Nights do not end with ctx: they are given time to finish.
	work, interrupt := context.WithCancelCause(context.WithoutCancel(ctx))
	defer interrupt(nil)
	var nights sync.WaitGroup
	for ctx.Err() == nil {
		sleep := time.NewTimer(d.begin(work, &nights))
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-sleep.C:
		}
		sleep.Stop()
	}
	d.mu.Lock()
	d.stopping = true
	d.mu.Unlock()
	over := make(chan struct{})
	go func() { nights.Wait(); close(over) }()
	if d.wait(over) {
		return nil
	}
	d.opt.Log.Warn("interrupting nights at work", "entities", d.atWork(), "after", d.opt.Grace)
	interrupt(errors.New("quadra serve was told to stop"))
	if d.wait(over) {
		return nil
	}
	return fmt.Errorf("still at work after being interrupted: %s", strings.Join(d.atWork(), ", "))
}

func (d *Dispatcher) wait(over <-chan struct{}) bool {
	limit := time.NewTimer(d.opt.Grace)
	defer limit.Stop()
	select {
	case <-over:
		return true
	case <-limit.C:
		return false
	}
}

// begin begins what is due, as far as there is room, and returns how long nothing
// else will be.
func (d *Dispatcher) begin(ctx context.Context, nights *sync.WaitGroup) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.opt.Now()
	if now.Before(d.asked) {
		d.opt.Log.Warn("the clock was put back", "by", d.asked.Sub(now))
		for _, e := range d.entries {
			e.look = time.Time{}
		}
	}
	d.asked = now
	waiting := make([]*entry, 0, len(d.entries))
	for _, e := range d.entries {
		if !e.working {
			waiting = append(waiting, e)
		}
	}
	slices.SortFunc(waiting, func(a, b *entry) int {
		return cmp.Or(a.look.Compare(b.look), cmp.Compare(a.job.Key, b.job.Key))
	})
	for _, e := range waiting {
		if e.look.After(now) {
			return min(e.look.Sub(now), longestSleep)
		}
		if d.working >= d.parallel {
			break // the end of a night wakes us
		}
		d.working++
		e.working, e.began = true, now
		job := e.job
		nights.Go(func() { d.visit(ctx, job) })
	}
	return longestSleep
}

// visit asks the journal what is due, runs it if its time has come, and notes
// when to look again.
func (d *Dispatcher) visit(ctx context.Context, job Job) {
	last, err := d.opt.Last(ctx, job.Key)
	if err != nil {
		d.opt.Log.Error("journal", "entity", job.Key, "error", err)
		d.over(job, schedule.Due{}, nil, err)
		return
	}
	now := d.opt.Now()
	due, ok := job.Plan.Next(now, last...)
	if !ok || due.Start.After(now) {
		d.over(job, schedule.Due{}, last, nil)
		return
	}
	if err = d.run(ctx, job.Key, due); err == nil {
		last = append(last, schedule.Night{Day: due.Day, Started: now})
	}
	d.over(job, due, last, err)
}

// run runs a night; one that panics has failed and does not take the others along.
func (d *Dispatcher) run(ctx context.Context, key string, due schedule.Due) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			d.opt.Log.Error("night panicked", "entity", key, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	return d.opt.Run(ctx, key, due)
}

// over notes that a visit is over. due is what was run, zero when nothing was.
func (d *Dispatcher) over(job Job, due schedule.Due, last []schedule.Night, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.working--
	e := d.entries[job.Key]
	e.working, e.lastErr = false, err
	defer d.poke()
	defer d.forget(job.Key, e)
	now := d.opt.Now()
	switch {
	case err == nil:
		e.failures = 0
	case errors.Is(err, ErrBusy):
		e.look = now.Add(busyAfter)
		return
	default:
		if !due.At.Equal(e.failed) {
			e.failed, e.failures = due.At, 0
		}
		e.failures++
		if due.At.IsZero() || e.failures <= d.opt.Retries {
			// An unreadable journal is asked for ever: there is nothing to give up.
			wait := min(d.opt.RetryAfter<<min(e.failures-1, 6), longestRetry)
			e.look = now.Add(wait)
			d.opt.Log.Warn("will be tried again", "entity", job.Key, "failures", e.failures, "in", wait)
			return
		}
		d.opt.Log.Error("given up until the next occurrence", "entity", job.Key, "day", due.Day.String(), "failures", e.failures)
		last = append(last, schedule.Night{Day: due.Day, Started: now})
	}
	// The plan may have been replaced meanwhile.
	next, ok := e.job.Plan.Next(now, last...)
	e.due, e.known, e.look = next, ok, next.Start
	if !ok {
		e.look = now.Add(never)
	}
}

func (d *Dispatcher) atWork() []string {
	var keys []string
	for _, s := range d.Status() {
		if s.Working {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// Status is where a job stands.
type Status struct {
	Key      string
	Working  bool
	Since    time.Time // when it was last looked at, or when the night at work began
	Next     time.Time // when the next night begins; zero when not known yet
	Failures int       // in a row, of the same occurrence
	Err      error     // of the last visit
}

// Status returns where the jobs stand, by key.
func (d *Dispatcher) Status() []Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]Status, 0, len(d.entries))
	for key, e := range d.entries {
		s := Status{Key: key, Working: e.working, Since: e.began, Failures: e.failures, Err: e.lastErr}
		if e.known {
			s.Next = e.due.Start
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Status) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

// Alive says whether the dispatcher has looked around lately.
func (d *Dispatcher) Alive() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.asked.IsZero() && d.opt.Now().Sub(d.asked) < 3*longestSleep
}

// Stopping says whether it was told to stop.
func (d *Dispatcher) Stopping() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stopping
}
