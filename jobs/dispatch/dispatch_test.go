package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"quadra/engine/cron"
	"quadra/engine/record"
	"quadra/jobs/dispatch"
	"quadra/jobs/schedule"
)

var errNight = errors.New("the night failed")

// world keeps the journals of entities and what their nights did.
type world struct {
	mu      sync.Mutex
	journal map[string]schedule.Night
	nights  map[string][]night
	run     func(ctx context.Context, key string, due schedule.Due) error
	unread  error         // why the journals cannot be read
	skew    time.Duration // of the clock on the wall
}

type night struct {
	due          schedule.Due
	began, ended time.Time
	err          error
}

func newWorld(run func(context.Context, string, schedule.Due) error) *world {
	return &world{journal: map[string]schedule.Night{}, nights: map[string][]night{}, run: run}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.skew)
}

func (w *world) options() dispatch.Options {
	return dispatch.Options{
		Last: func(_ context.Context, key string) ([]schedule.Night, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return []schedule.Night{w.journal[key]}, w.unread
		},
		Run: func(ctx context.Context, key string, due schedule.Due) error {
			began := w.now()
			w.mu.Lock()
			run := w.run
			w.mu.Unlock()
			err := run(ctx, key, due)
			ended := w.now()
			w.mu.Lock()
			defer w.mu.Unlock()
			w.nights[key] = append(w.nights[key], night{due, began, ended, err})
			if err == nil {
				w.journal[key] = schedule.Night{Day: due.Day, Started: began}
			}
			return err
		},
		Now: w.now, Log: slog.New(slog.DiscardHandler), Retries: 3, RetryAfter: 5 * time.Minute, Grace: time.Hour,
	}
}

// check demands that no two nights of an entity overlap, that no more than
// parallel overlap at all, and that at some time that many did.
func (s *simulation) check(parallel int) {
	s.t.Helper()
	type edge struct {
		at   time.Time
		step int
	}
	var edges []edge
	for key, nights := range s.nights {
		slices.SortFunc(nights, func(a, b night) int { return a.began.Compare(b.began) })
		for i, n := range nights {
			if i > 0 && n.began.Before(nights[i-1].ended) {
				s.t.Errorf("%s: the night begun at %s overlaps the one before", key, n.began)
			}
			edges = append(edges, edge{n.began, 1}, edge{n.ended, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.step - b.step
	})
	together, most := 0, 0
	for _, e := range edges {
		together += e.step
		most = max(most, together)
	}
	if most != parallel {
		s.t.Errorf("up to %d nights at once, want %d", most, parallel)
	}
}

// start serves until the returned stop is called; stop returns what Run did.
func start(t *testing.T, d *dispatch.Dispatcher) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	return func() error { cancel(); return <-done }
}

func job(t *testing.T, key, expression string) dispatch.Job {
	t.Helper()
	return dispatch.Job{Key: key, Plan: &schedule.Plan{Cron: parse(t, expression), Key: key}}
}

func parse(t *testing.T, text string) *cron.Expression {
	t.Helper()
	e, err := cron.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// at begins a test at a civil time of 15 November 2026, with the night of the
// 14th in the journal.
func at(t *testing.T, clock string, run func(context.Context, string, schedule.Due) error) *world {
	t.Helper()
	begin, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-15 "+clock, record.Rome())
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(begin))
	w := newWorld(run)
	w.journal["c_q001"] = schedule.Night{Day: record.NewDate(2026, 11, 14), Started: time.Date(2026, 11, 14, 12, 0, 0, 0, record.Rome())}
	return w
}

func at230(context.Context, string, schedule.Due) error { time.Sleep(10 * time.Minute); return nil }

func TestFailedNightIsTriedAgainThenGivenUpUntilTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := at(t, "02:00", func(context.Context, string, schedule.Due) error { return errNight })
		d := dispatch.New(w.options())
		d.Replace([]dispatch.Job{job(t, "c_q001", "30 2 * * *")}, 1)
		stop := start(t, d)
		time.Sleep(24 * time.Hour)
		if s := d.Status()[0]; !errors.Is(s.Err, errNight) || s.Failures != 4 || s.Next.In(record.Rome()).Format("02 15:04") != "16 02:30" {
			t.Errorf("after a bad night: %+v", s)
		}
		w.mu.Lock()
		w.run = at230
		w.mu.Unlock()
		time.Sleep(24 * time.Hour)
		if err := stop(); err != nil {
			t.Error(err)
		}
		var got []string
		for _, n := range w.nights["c_q001"] {
			got = append(got, n.began.In(record.Rome()).Format("02 15:04"))
		}
		want := "[15 02:30 15 02:35 15 02:45 15 03:05 16 02:30]"
		if fmt.Sprint(got) != want {
			t.Errorf("nights began at %v, want %v", got, want)
		}
		if s := d.Status()[0]; s.Failures != 0 || s.Err != nil {
			t.Errorf("after a good night: %+v", s)
		}
	})
}

func TestEntitySomeoneElseWorksOnIsTriedUntilFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		w := at(t, "02:00", func(context.Context, string, schedule.Due) error {
			if tries++; tries <= 30 {
				return fmt.Errorf("lock: %w", dispatch.ErrBusy)
			}
			return nil
		})
		d := dispatch.New(w.options())
		d.Replace([]dispatch.Job{job(t, "c_q001", "30 2 * * *")}, 1)
		stop := start(t, d)
		time.Sleep(2 * time.Hour)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if last := w.nights["c_q001"][len(w.nights["c_q001"])-1]; tries != 31 || last.err != nil || last.began.In(record.Rome()).Format("15:04") != "03:00" {
			t.Errorf("%d tries, the last %+v", tries, last)
		}
	})
}

func TestNightRunByHandMeanwhileIsNotRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := at(t, "02:00", at230)
		d := dispatch.New(w.options())
		j := job(t, "c_q001", "30 2 * * *")
		j.Plan.Blackouts = []schedule.Window{{From: time.Now(), To: time.Now().Add(4 * time.Hour)}}
		d.Replace([]dispatch.Job{j}, 1)
		stop := start(t, d)
		time.Sleep(time.Hour)
		w.mu.Lock()
		w.journal["c_q001"] = schedule.Night{Day: record.NewDate(2026, 11, 15), Started: time.Now()}
		w.mu.Unlock()
		time.Sleep(20 * time.Hour)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if n := len(w.nights["c_q001"]); n != 0 {
			t.Errorf("%d nights", n)
		}
	})
}

func TestPanickingNightTakesNobodyAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := at(t, "02:00", func(_ context.Context, key string, _ schedule.Due) error {
			if key == "c_q001" {
				panic("a defect")
			}
			return nil
		})
		w.journal["c_q002"] = w.journal["c_q001"]
		d := dispatch.New(w.options())
		d.Replace([]dispatch.Job{job(t, "c_q001", "30 2 * * *"), job(t, "c_q002", "31 2 * * *")}, 1)
		stop := start(t, d)
		time.Sleep(time.Hour)
		if s := d.Status(); s[0].Err == nil || !strings.Contains(s[0].Err.Error(), "a defect") || s[1].Err != nil {
			t.Errorf("status %+v", s)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if n := len(w.nights["c_q002"]); n != 1 {
			t.Errorf("%d nights of the other entity", n)
		}
	})
}

func TestUnreadableJournalIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := at(t, "09:00", at230)
		w.unread = errors.New("disk on strike")
		d := dispatch.New(w.options())
		d.Replace([]dispatch.Job{job(t, "c_q001", "30 2 * * *")}, 1)
		stop := start(t, d)
		time.Sleep(10 * time.Hour)
		w.mu.Lock()
		w.unread = nil
		w.mu.Unlock()
		time.Sleep(time.Hour + time.Minute)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if n := w.nights["c_q001"]; len(n) != 1 || n[0].due.Day != record.NewDate(2026, 11, 15) {
			t.Errorf("nights %+v", n)
		}
	})
}

func TestNewJobsTakeEffectAtOnceAndLeaveNightsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := at(t, "02:29", func(ctx context.Context, _ string, _ schedule.Due) error {
			select {
			case <-time.After(30 * time.Minute):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		w.journal["c_q002"] = w.journal["c_q001"]
		d := dispatch.New(w.options())
		d.Replace([]dispatch.Job{job(t, "c_q001", "30 2 * * *"), job(t, "c_q002", "0 6 * * *")}, 2)
		stop := start(t, d)
		time.Sleep(10 * time.Minute) // c_q001 is at work
		d.Replace([]dispatch.Job{job(t, "c_q002", "0 3 * * *")}, 2)
		synctest.Wait()
		if s := d.Status(); len(s) != 2 || !s[0].Working {
			t.Errorf("c_q001 was interrupted: %+v", s)
		}
		time.Sleep(2 * time.Hour)
		if s := d.Status(); len(s) != 1 || s[0].Key != "c_q002" {
			t.Errorf("c_q001 was not forgotten: %+v", s)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		one, two := w.nights["c_q001"], w.nights["c_q002"]
		if len(one) != 1 || one[0].err != nil || len(two) != 1 || two[0].began.In(record.Rome()).Format("15:04") != "03:00" {
			t.Errorf("nights %+v and %+v", one, two)
		}
	})
}

func TestStoppingWaitsThenInterrupts(t *testing.T) {
	for _, c := range []struct {
		name         string
		takes, rolls time.Duration // a night, and rolling one back
		stops        time.Duration
		interrupted  bool
		fails        bool
	}{
		{"a night that ends in time", 30 * time.Minute, 0, 29 * time.Minute, false, false},
		{"a night that would take for ever is rolled back", 100 * time.Hour, time.Minute, 61 * time.Minute, true, false},
		{"one that does not let go is left behind", 100 * time.Hour, 50 * time.Hour, 120 * time.Minute, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var interrupted atomic.Bool
				w := at(t, "02:29", func(ctx context.Context, _ string, _ schedule.Due) error {
					select {
					case <-time.After(c.takes):
						return nil
					case <-ctx.Done():
						interrupted.Store(true)
						time.Sleep(c.rolls)
						return context.Cause(ctx)
					}
				})
				d := dispatch.New(w.options())
				d.Replace([]dispatch.Job{job(t, "c_q001", "30 2 * * *")}, 1)
				stop := start(t, d)
				time.Sleep(2 * time.Minute)
				began := time.Now()
				err := stop()
				if took := time.Since(began); took != c.stops {
					t.Errorf("stopping took %s, want %s", took, c.stops)
				}
				if interrupted.Load() != c.interrupted || (err != nil) != c.fails {
					t.Errorf("interrupted: %v, error: %v", interrupted.Load(), err)
				}
				if err != nil && !strings.Contains(err.Error(), "c_q001") {
					t.Errorf("%v does not say who is still at work", err)
				}
				if !d.Stopping() {
					t.Error("does not say that it is stopping")
				}
				time.Sleep(50 * time.Hour)
			})
		})
	}
}

func TestClockSetWhileWaiting(t *testing.T) {
	for _, c := range []struct {
		name string
		skew time.Duration
		want string
	}{
		{"put forward over the time of the night", 5 * time.Hour, "05:31"},
		{"put back an hour before it", -time.Hour, "02:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := at(t, "00:29", at230)
				d := dispatch.New(w.options())
				d.Replace([]dispatch.Job{job(t, "c_q001", "30 2 * * *")}, 1)
				stop := start(t, d)
				time.Sleep(time.Minute + time.Second)
				w.mu.Lock()
				w.skew = c.skew
				w.mu.Unlock()
				time.Sleep(12 * time.Hour)
				if err := stop(); err != nil {
					t.Error(err)
				}
				n := w.nights["c_q001"]
				if len(n) != 1 || n[0].began.In(record.Rome()).Format("15:04") != c.want {
					t.Errorf("nights %+v, want one at %s", n, c.want)
				}
			})
		})
	}
}

func TestAliveIsWhoLookedAroundLately(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := at(t, "09:00", at230)
		d := dispatch.New(w.options())
		if d.Alive() {
			t.Error("alive before it began")
		}
		stop := start(t, d)
		time.Sleep(10 * time.Hour)
		if !d.Alive() {
			t.Error("not alive after ten hours with nothing to do")
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Minute)
		if d.Alive() {
			t.Error("alive after it ended")
		}
	})
}
