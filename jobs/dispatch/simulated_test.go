package dispatch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"quadra/engine/record"
	"quadra/jobs/dispatch"
	"quadra/jobs/schedule"
)

// TestThreeDaysOfTwoHundredEntities lives through 72 hours around each change of
// the clock of 2026 with 200 entities, on a clock of its own: every night happens
// once, as of its day, none of one entity overlaps another, never more than the
// limit together.
func TestThreeDaysOfTwoHundredEntities(t *testing.T) {
	for _, window := range []struct {
		name  string
		start time.Time // civil midnight in Rome
		days  []string
	}{
		{"summer time begins", rome(2026, 3, 28), []string{"2026-03-28", "2026-03-29", "2026-03-30"}},
		{"summer time ends", rome(2026, 10, 24), []string{"2026-10-24", "2026-10-25", "2026-10-26"}},
		{"no change", rome(2026, 7, 1), []string{"2026-07-01", "2026-07-02", "2026-07-03"}},
	} {
		for _, variant := range []struct {
			name            string
			longest         time.Duration // a night takes up to this
			failing, outage bool
		}{
			{name: "as it should be", longest: 20 * time.Minute},
			{name: "one night in ten fails at first", longest: 20 * time.Minute, failing: true},
			{name: "off for nine hours of the second night", longest: 20 * time.Minute, outage: true},
		} {
			t.Run(window.name+", "+variant.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					end := window.start.Add(72 * time.Hour)
					time.Sleep(time.Until(window.start))
					s := newSimulation(t, variant.longest, variant.failing)
					var jobs []dispatch.Job
					for i := range 200 {
						key := fmt.Sprintf("c_q%03d", i)
						jobs = append(jobs, dispatch.Job{Key: key, Plan: &schedule.Plan{Cron: parse(t, "30 2 * * *"), Key: key, Jitter: 10 * time.Minute}})
						s.journal[key] = schedule.Night{Day: record.DateOf(window.start) - 1, Started: window.start.Add(-21 * time.Hour)}
					}
					if variant.outage {
						s.serve(jobs, 8, window.start.Add(25*time.Hour))
						time.Sleep(9 * time.Hour)
					}
					s.serve(jobs, 8, end)
					for _, j := range jobs {
						var days []string
						for _, n := range s.nights[j.Key] {
							if n.err == nil {
								days = append(days, n.due.Day.String())
							}
						}
						if fmt.Sprint(days) != fmt.Sprint(window.days) {
							t.Errorf("%s: nights as of %v, want %v", j.Key, days, window.days)
						}
					}
					s.check(8)
				})
			})
		}
	}
}

// The clock being put back is told from a second night: entities with nights all
// around the change run each of them once.
func TestNightsInTheHourThatIsSkippedOrDoubled(t *testing.T) {
	for _, c := range []struct {
		name  string
		start time.Time
		cron  string
		want  []string // when each began, UTC
	}{
		{"skipped", rome(2026, 3, 29), "45 1,2,3 * * *", []string{"2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:45:00Z"}},
		{"doubled", rome(2026, 10, 25), "45 1,2,3 * * *", []string{"2026-10-24T23:45:00Z", "2026-10-25T00:45:00Z", "2026-10-25T02:45:00Z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(c.start))
				s := newSimulation(t, time.Minute, false)
				s.journal["c_q001"] = schedule.Night{Day: record.DateOf(c.start), Started: c.start}
				s.serve([]dispatch.Job{{Key: "c_q001", Plan: &schedule.Plan{Cron: parse(t, c.cron)}}}, 1, c.start.Add(8*time.Hour))
				var got []string
				for _, n := range s.nights["c_q001"] {
					got = append(got, n.began.UTC().Format(time.RFC3339))
				}
				if fmt.Sprint(got) != fmt.Sprint(c.want) {
					t.Errorf("nights began at %v, want %v", got, c.want)
				}
			})
		})
	}
}

// simulation is a world of journals in memory and nights that only take time.
type simulation struct {
	*world
	t       *testing.T
	random  *rand.Rand
	longest time.Duration
	failing bool
	tried   map[string]bool
}

func newSimulation(t *testing.T, longest time.Duration, failing bool) *simulation {
	s := &simulation{t: t, random: rand.New(rand.NewPCG(1, 2)), longest: longest, failing: failing, tried: map[string]bool{}}
	s.world = newWorld(func(ctx context.Context, key string, due schedule.Due) error {
		s.mu.Lock()
		takes := time.Minute + time.Duration(s.random.Int64N(int64(s.longest)))
		name := key + due.Day.String()
		fails := s.failing && !s.tried[name] && s.random.IntN(10) == 0
		s.tried[name] = true
		s.mu.Unlock()
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return ctx.Err()
		}
		if fails {
			return errNight
		}
		return nil
	})
	return s
}

// serve serves the jobs until an instant.
func (s *simulation) serve(jobs []dispatch.Job, parallel int, until time.Time) {
	s.t.Helper()
	ctx, cancel := context.WithDeadline(s.t.Context(), until)
	defer cancel()
	d := dispatch.New(s.options())
	d.Replace(jobs, parallel)
	if err := d.Run(ctx); err != nil {
		s.t.Error(err)
	}
}

func rome(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, record.Rome())
}
