package expect_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/jobs/expect"
)

// 2026-11-13 is a Friday; 8 December is a feast.
func TestWhatASourceOwes(t *testing.T) {
	for _, c := range []struct {
		name, now, latest string
		due               string // empty: nothing is missing
	}{
		{"arrived this morning", "2026-11-12 10:00", "2026-11-12 08:30", ""},
		{"arrived last night", "2026-11-12 10:00", "2026-11-11 22:00", ""},
		{"arrived late yesterday, nothing yet today", "2026-11-12 10:00", "2026-11-11 09:30", ""},
		{"nothing since yesterday's hour", "2026-11-12 10:00", "2026-11-11 08:30", "2026-11-12 09:00"},
		{"exactly at the hour before", "2026-11-12 10:00", "2026-11-11 09:00", "2026-11-12 09:00"},
		{"the hour has just come", "2026-11-12 09:00", "2026-11-11 08:30", "2026-11-12 09:00"},
		{"the hour has not come yet", "2026-11-12 08:59", "2026-11-11 08:30", ""},
		{"not yet the hour, and yesterday's is missing too", "2026-11-12 02:30", "2026-11-10 08:30", "2026-11-11 09:00"},
		{"came after the hour: the alarm ends", "2026-11-12 10:00", "2026-11-12 09:40", ""},
		{"nothing is due on a Saturday", "2026-11-14 23:00", "2026-11-13 08:30", ""},
		{"Friday's is still missing on Sunday", "2026-11-15 23:00", "2026-11-12 08:30", "2026-11-13 09:00"},
		{"left on Saturday, counts for Monday", "2026-11-16 10:00", "2026-11-14 12:00", ""},
		{"nothing over the week-end", "2026-11-16 10:00", "2026-11-13 08:30", "2026-11-16 09:00"},
		{"a feast", "2026-12-08 10:00", "2026-12-07 08:30", ""},
		{"the day after a feast", "2026-12-09 10:00", "2026-12-07 08:30", "2026-12-09 09:00"},
		{"never anything", "2026-11-12 10:00", "", "2026-11-12 09:00"},
		{"shut, as announced", "2026-11-19 10:00", "2026-11-17 08:30", ""},
		{"open again and silent", "2026-11-20 10:00", "2026-11-17 08:30", "2026-11-20 09:00"},
		{"the morning after the clock changed", "2026-10-26 10:00", "2026-10-23 08:30", "2026-10-26 09:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := expect.Expectation{By: 9 * time.Hour, Source: calendar.Cash, Calendar: calendar.New(calendar.Options{
				Interruptions: []calendar.Interruption{{From: record.NewDate(2026, 11, 18), To: record.NewDate(2026, 11, 19), Source: calendar.Cash}},
			})}
			m, missing := e.Missing(at(t, c.now), at(t, c.latest))
			if missing != (c.due != "") || missing && (!m.Due.Equal(at(t, c.due)) || !m.Latest.Equal(at(t, c.latest))) {
				t.Errorf("missing: %v, due %s; want %q", missing, m.Due, c.due)
			}
		})
	}
}

func TestSourceShutForMoreThanAYearOwesNothing(t *testing.T) {
	e := expect.Expectation{By: 9 * time.Hour, Source: calendar.Cash, Calendar: calendar.New(calendar.Options{
		Interruptions: []calendar.Interruption{{From: record.NewDate(2024, 1, 1), To: record.NewDate(2026, 12, 31)}},
	})}
	if m, missing := e.Missing(at(t, "2026-11-12 10:00"), time.Time{}); missing {
		t.Errorf("missing since %s", m.Due)
	}
}

// Whoever sends once between two hours is never missing; whoever stays silent is
// missing from the next hour that comes.
func TestSilenceIsToldAtTheNextHour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := expect.Expectation{By: time.Duration(rapid.IntRange(1, 24*60-1).Draw(t, "by")) * time.Minute, Calendar: calendar.New(calendar.Options{})}
		latest := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 360*24*60).Draw(t, "latest")) * time.Minute)
		var told time.Time
		for now := latest.Truncate(time.Minute); now.Before(latest.Add(12 * 24 * time.Hour)); now = now.Add(15 * time.Minute) {
			m, missing := e.Missing(now, latest)
			if !missing {
				if !told.IsZero() {
					t.Fatalf("missing at %s, and no longer at %s", told, now)
				}
				continue
			}
			if m.Due.After(now) || !m.Due.After(latest) {
				t.Fatalf("at %s: due %s, latest %s", now, m.Due, latest)
			}
			if _, still := e.Missing(now, now); still {
				t.Fatalf("at %s: something came and it is still missing", now)
			}
			if told.IsZero() {
				told = now
				// The hour it is told for is the second after the file: the first it covered.
				if hours := hoursBetween(e, latest, now); hours != 2 {
					t.Fatalf("told at %s, the %d. hour after %s", now, hours, latest)
				}
			}
		}
		if told.IsZero() {
			t.Fatal("twelve days of silence and nothing was told")
		}
	})
}

// hoursBetween counts the hours at which something was due, after one instant and
// up to another.
func hoursBetween(e expect.Expectation, from, to time.Time) (n int) {
	for d := record.DateOf(from); d <= record.DateOf(to); d++ {
		y, m, day := d.Time().Date()
		due := time.Date(y, m, day, 0, int(e.By/time.Minute), 0, 0, record.Rome())
		if e.Calendar.IsWorking(d) && due.After(from) && !due.After(to) {
			n++
		}
	}
	return n
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	v, err := time.ParseInLocation("2006-01-02 15:04", text, record.Rome())
	if err != nil {
		t.Fatal(err)
	}
	return v
}
