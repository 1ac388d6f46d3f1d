package schedule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quadra/engine/cron"
	"quadra/engine/record"
	"quadra/jobs/schedule"
)

func TestWhatIsDueFollowsFromTheLastNight(t *testing.T) {
	const never = ""
	for _, c := range []struct {
		name, now            string
		lastDay, lastStarted string
		day, at              string
	}{
		{"the night of today has run", "2026-11-15T09:00:00+01:00", "2026-11-15", "2026-11-15T02:30:00+01:00", "2026-11-16", "2026-11-16T02:30:00+01:00"},
		{"the night of today was missed", "2026-11-15T09:00:00+01:00", "2026-11-14", "2026-11-14T02:30:00+01:00", "2026-11-15", "2026-11-15T02:30:00+01:00"},
		{"five nights were missed: only the last is caught up", "2026-11-15T09:00:00+01:00", "2026-11-10", "2026-11-10T02:30:00+01:00", "2026-11-15", "2026-11-15T02:30:00+01:00"},
		{"no night ever ran", "2026-11-15T09:00:00+01:00", never, never, "2026-11-15", "2026-11-15T02:30:00+01:00"},
		{"no night ever ran, before the time of today", "2026-11-15T01:00:00+01:00", never, never, "2026-11-14", "2026-11-14T02:30:00+01:00"},
		{"run by hand in the morning after a missed night", "2026-11-15T11:00:00+01:00", "2026-11-15", "2026-11-15T10:00:00+01:00", "2026-11-16", "2026-11-16T02:30:00+01:00"},
		{"run by hand before its time", "2026-11-15T02:30:00+01:00", "2026-11-15", "2026-11-15T01:00:00+01:00", "2026-11-15", "2026-11-15T02:30:00+01:00"},
		{"run by hand as of a day gone by", "2026-11-15T11:00:00+01:00", "2026-10-31", "2026-11-15T10:00:00+01:00", "2026-11-15", "2026-11-15T02:30:00+01:00"},
		{"run by hand as of a day to come", "2026-11-16T09:00:00+01:00", "2027-01-01", "2026-11-15T10:00:00+01:00", "2026-11-16", "2026-11-16T02:30:00+01:00"},
		{"the clock was put back five minutes since", "2026-11-15T02:31:00+01:00", "2026-11-15", "2026-11-15T02:36:00+01:00", "2026-11-16", "2026-11-16T02:30:00+01:00"},
		{"the clock was years ahead then", "2026-11-15T09:00:00+01:00", "2031-01-01", "2031-01-01T02:30:00+01:00", "2026-11-15", "2026-11-15T02:30:00+01:00"},
		{"the night summer time skips, missed", "2026-03-29T09:00:00+02:00", "2026-03-28", "2026-03-28T02:30:00+01:00", "2026-03-29", "2026-03-29T03:00:00+02:00"},
		{"the night summer time skips, run", "2026-03-29T09:00:00+02:00", "2026-03-29", "2026-03-29T03:00:00+02:00", "2026-03-30", "2026-03-30T02:30:00+02:00"},
		{"the second time round of the doubled hour", "2026-10-25T02:30:00+01:00", "2026-10-25", "2026-10-25T02:30:00+02:00", "2026-10-26", "2026-10-26T02:30:00+01:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := &schedule.Plan{Cron: parse(t, "30 2 * * *")}
			var last schedule.Night
			if c.lastDay != never {
				last = schedule.Night{Day: date(t, c.lastDay), Started: at(t, c.lastStarted)}
			}
			due, ok := plan.Next(at(t, c.now), last)
			if !ok || due.Day != date(t, c.day) || !due.At.Equal(at(t, c.at)) || !due.Start.Equal(due.At) {
				t.Errorf("due is %s at %s from %s, want %s at %s", due.Day, due.At.In(record.Rome()), due.Start.In(record.Rome()), c.day, c.at)
			}
		})
	}
}

func TestNightByHandAsOfADayGoneByHidesNoOtherNight(t *testing.T) {
	plan := &schedule.Plan{Cron: parse(t, "30 2 * * *")}
	due, _ := plan.Next(at(t, "2026-11-15T12:00:00+01:00"),
		schedule.Night{Day: date(t, "2026-10-31"), Started: at(t, "2026-11-15T11:00:00+01:00")},
		schedule.Night{Day: date(t, "2026-11-15"), Started: at(t, "2026-11-15T02:30:00+01:00")})
	if due.Day != date(t, "2026-11-16") {
		t.Errorf("due is the night of %s", due.Day)
	}
}

func TestNoNightBeginsDuringABlackout(t *testing.T) {
	window := func(from, to string) schedule.Window { return schedule.Window{From: at(t, from), To: at(t, to)} }
	for _, c := range []struct {
		name, now string
		blackouts []schedule.Window
		day, want string
	}{
		{"put off to its end", "2026-11-14T12:00:00+01:00",
			[]schedule.Window{window("2026-11-15T01:00:00+01:00", "2026-11-15T05:00:00+01:00")}, "2026-11-15", "2026-11-15T05:00:00+01:00"},
		{"two that meet", "2026-11-14T12:00:00+01:00", []schedule.Window{
			window("2026-11-15T05:00:00+01:00", "2026-11-15T06:00:00+01:00"), window("2026-11-15T01:00:00+01:00", "2026-11-15T05:00:00+01:00"),
		}, "2026-11-15", "2026-11-15T06:00:00+01:00"},
		{"over at the time itself", "2026-11-14T12:00:00+01:00",
			[]schedule.Window{window("2026-11-15T01:00:00+01:00", "2026-11-15T02:30:00+01:00")}, "2026-11-15", "2026-11-15T02:30:00+01:00"},
		{"three nights long: one night after it", "2026-11-17T12:00:00+01:00",
			[]schedule.Window{window("2026-11-15T01:00:00+01:00", "2026-11-17T20:00:00+01:00")}, "2026-11-17", "2026-11-17T20:00:00+01:00"},
		{"another day's", "2026-11-14T12:00:00+01:00",
			[]schedule.Window{window("2026-11-16T01:00:00+01:00", "2026-11-16T05:00:00+01:00")}, "2026-11-15", "2026-11-15T02:30:00+01:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := &schedule.Plan{Cron: parse(t, "30 2 * * *"), Blackouts: c.blackouts}
			due, ok := plan.Next(at(t, c.now), schedule.Night{Day: date(t, "2026-11-14"), Started: at(t, "2026-11-14T02:30:00+01:00")})
			if !ok || due.Day != date(t, c.day) || !due.Start.Equal(at(t, c.want)) {
				t.Errorf("the night of %s begins at %s, want %s at %s", due.Day, due.Start.In(record.Rome()), c.day, c.want)
			}
		})
	}
}

func TestJitterSpreadsTheEntitiesAndNeverMoves(t *testing.T) {
	now := at(t, "2026-11-14T12:00:00+01:00")
	perMinute := map[int]int{}
	for i := range 1000 {
		plan := &schedule.Plan{Cron: parse(t, "30 2 * * *"), Jitter: 10 * time.Minute, Key: fmt.Sprintf("c_q%03d", i)}
		due, _ := plan.Next(now, schedule.Night{Day: record.NewDate(2026, 11, 14), Started: now})
		late := due.Start.Sub(due.At)
		if late < 0 || late >= 10*time.Minute {
			t.Fatalf("%s starts %s late", plan.Key, late)
		}
		perMinute[int(late.Minutes())]++
		if again, _ := plan.Next(now.Add(time.Hour), schedule.Night{Day: record.NewDate(2026, 11, 14), Started: now}); again != due {
			t.Fatalf("%s was due %v, then %v", plan.Key, due, again)
		}
	}
	for minute := range 10 {
		if n := perMinute[minute]; n < 50 || n > 150 {
			t.Errorf("%d of 1000 entities start in minute %d", n, minute)
		}
	}
}

// Whatever the schedule, the blackouts, the downtime and how long nights take:
// who asks now and then and runs what is due runs every occurrence that could be
// run once, in order, never twice, never early and never in a blackout.
func TestEveryOccurrenceIsRunOnceHoweverOneAsks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expression := rapid.SampledFrom([]string{
			"30 2 * * *", "0 2 * * *", "59 2 * * *", "0 3 * * *", "0 6,13,19 * * *", "*/20 * * * *", "15 1-4 * * *", "30 23 * * *", "45 2 * * SUN", "0 0 1 * *",
		}).Draw(t, "expression")
		e, err := cron.Parse(expression)
		if err != nil {
			t.Fatal(err)
		}
		start := rapid.SampledFrom([]time.Time{
			time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC),
		}).Draw(t, "start")
		end := start.Add(72 * time.Hour)
		plan := &schedule.Plan{Cron: e, Key: rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "key"),
			Jitter: time.Duration(rapid.IntRange(0, 3600).Draw(t, "jitter")) * time.Second}
		for range rapid.IntRange(0, 3).Draw(t, "blackouts") {
			from := start.Add(time.Duration(rapid.IntRange(0, 72*60).Draw(t, "from")) * time.Minute)
			plan.Blackouts = append(plan.Blackouts, schedule.Window{From: from, To: from.Add(time.Duration(rapid.IntRange(1, 20*60).Draw(t, "lasts")) * time.Minute)})
		}
		last := schedule.Night{Day: record.DateOf(start), Started: start}
		type ran struct {
			schedule.Due
			began time.Time
		}
		var all []ran
		for now := start; now.Before(end); {
			due, ok := plan.Next(now, last)
			if !ok {
				t.Fatalf("%s has no next", expression)
			}
			if now.Before(due.Start) {
				// Asleep until then, or past it: a machine is off now and then.
				now = due.Start.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 0, 1, 59, 3600, 40 * 3600}).Draw(t, "late")) * time.Second)
				continue
			}
			all = append(all, ran{due, now})
			last = schedule.Night{Day: due.Day, Started: now}
			now = now.Add(time.Duration(rapid.IntRange(1, 5*3600).Draw(t, "takes")) * time.Second)
		}
		// The latest occurrence at the moment a night began is the one it was for;
		// occurrences nobody ran were overtaken before they could begin.
		seen := map[time.Time]bool{}
		for i, r := range all {
			if latest, _ := e.Last(r.began); !latest.At.Equal(r.At) || latest.Day != r.Day {
				t.Fatalf("night %d for %s began at %s, when %s had come", i, r.At, r.began, latest.At)
			}
			if seen[r.At] {
				t.Fatalf("%s was run twice", r.At)
			}
			seen[r.At] = true
			if r.began.Before(r.At) || slices.ContainsFunc(plan.Blackouts, func(w schedule.Window) bool {
				return !r.began.Before(w.From) && r.began.Before(w.To) && r.began.Equal(r.Start)
			}) {
				t.Fatalf("night %d for %s began at %s", i, r.At, r.began)
			}
		}
	})
}

// Left alone, with nights shorter than the time between two of them, no
// occurrence at all goes by.
func TestLeftAloneEveryOccurrenceIsRun(t *testing.T) {
	for _, expression := range []string{"30 2 * * *", "*/20 * * * *", "15 1-4 * * *", "0 2 * * *", "*/5 2 * * *"} {
		for _, start := range []time.Time{time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 0, 0, 0, 0, time.UTC)} {
			plan := &schedule.Plan{Cron: parse(t, expression), Jitter: 10 * time.Minute, Key: "c_q001"}
			last := schedule.Night{Day: record.DateOf(start), Started: start}
			now, end := start, start.Add(72*time.Hour)
			for o, _ := plan.Cron.Next(start); o.At.Before(end); o, _ = plan.Cron.Next(o.At) {
				due, _ := plan.Next(now, last)
				if !due.At.Equal(o.At) {
					t.Fatalf("%s: due is %s, want %s", expression, due.At, o.At)
				}
				last = schedule.Night{Day: due.Day, Started: due.Start}
				now = due.Start.Add(2 * time.Minute)
			}
		}
	}
}

func parse(t *testing.T, text string) *cron.Expression {
	t.Helper()
	e, err := cron.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func date(t *testing.T, text string) record.Date {
	t.Helper()
	v, err := record.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
