package cron_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quadra/engine/cron"
	"quadra/engine/record"
)

func TestOccurrencesAcrossTheChangesOfTheClock(t *testing.T) {
	for _, c := range []struct {
		name, expression, from string
		want                   []string // with the offset: +01:00 in winter, +02:00 in summer
	}{
		{"an ordinary night", "30 2 * * *", "2026-11-15T00:00:00+01:00",
			[]string{"2026-11-15T02:30:00+01:00", "2026-11-16T02:30:00+01:00"}},
		{"a time summer time skips comes when the clock jumps", "30 2 * * *", "2026-03-28T12:00:00+01:00",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"a time that happens twice comes the first time", "30 2 * * *", "2026-10-24T12:00:00+02:00",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"from within the second time round", "30 2 * * *", "2026-10-25T02:10:00+01:00",
			[]string{"2026-10-26T02:30:00+01:00"}},
		{"from within the first time round", "30 2 * * *", "2026-10-25T02:10:00+02:00",
			[]string{"2026-10-25T02:30:00+02:00"}},
		{"the hour itself", "0 2 * * *", "2026-03-28T12:00:00+01:00",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"}},
		{"the end of the skipped hour", "0 3 * * *", "2026-03-28T12:00:00+01:00",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T03:00:00+02:00"}},
		{"every half hour, as the clock jumps", "*/30 * * * *", "2026-03-29T01:00:00+01:00",
			[]string{"2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00"}},
		{"every half hour, as the clock is put back", "*/30 * * * *", "2026-10-25T01:45:00+02:00",
			[]string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00"}},
		{"working days only", "0 6 * * MON-FRI", "2026-11-13T07:00:00+01:00",
			[]string{"2026-11-16T06:00:00+01:00"}},
		{"29 February", "0 6 29 2 *", "2026-01-01T00:00:00+01:00", []string{"2028-02-29T06:00:00+01:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := parse(t, c.expression)
			at := parseTime(t, c.from)
			for _, want := range c.want {
				got, ok := e.Next(at)
				if !ok || !got.At.Equal(parseTime(t, want)) {
					t.Fatalf("after %s comes %s, want %s", at.In(record.Rome()), got.At.In(record.Rome()), want)
				}
				if got.Day.String() != want[:10] {
					t.Errorf("%s belongs to %s", want, got.Day)
				}
				at = got.At
			}
		})
	}
}

func TestWhatIsNotAnExpressionIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "30 2 * *", "30 2 * * * *", "60 2 * * *", "30 24 * * *", "30 2 0 * *", "30 2 * 13 *", "30 2 * * 7",
		"TZ=", "TZ=Europe/Rome", "TZ=Europe/Rome 30 2 * * *", "CRON_TZ= 2 * * *", "@daily", "@every 1h",
		"0 0 30 2 *", "30 2 * * FOO", "*/0 * * * *", "5-1 * * * *", "30 2 * *\t*",
		"-1 * * * *", "99999999999999999999 * * * *",
	} {
		if e, err := cron.Parse(text); !errors.Is(err, cron.ErrExpression) {
			t.Errorf("%q was taken as %v (%v)", text, e, err)
		}
	}
}

func TestWhatIsTooLongAgoIsNotLookedFor(t *testing.T) {
	if o, ok := parse(t, "0 6 29 2 *").Last(time.Date(1904, 2, 1, 0, 0, 0, 0, time.UTC)); ok {
		t.Errorf("29 February came in %s", o.At)
	}
}

// The occurrences over any few days are the civil times the expression names,
// each once and in order; Next walks over them, Last finds each again.
func TestOccurrencesAreTheCivilTimesNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minute, hour := rapid.IntRange(0, 59).Draw(t, "minute"), rapid.IntRange(0, 23).Draw(t, "hour")
		every := rapid.SampledFrom([]int{0, 1, 7, 15, 30}).Draw(t, "every")
		expression := fmt.Sprintf("%d %d * * *", minute, hour)
		if every > 0 {
			expression = fmt.Sprintf("*/%d %d-%d * * *", every, max(hour-2, 0), hour)
		}
		e, err := cron.Parse(expression)
		if err != nil {
			t.Fatal(err)
		}
		start := anyInstant().Draw(t, "start")
		end := start.Add(50 * time.Hour)
		// Minute after minute, as the clock on the wall shows them; a skipped one is
		// shown when the clock jumps, one already shown is not shown again.
		var want []time.Time
		from := start.Add(-3 * time.Hour).Truncate(time.Minute)
		shown := civil(from)
		for at := from.Add(time.Minute); !at.After(end); at = at.Add(time.Minute) {
			for c := shown.Truncate(time.Minute).Add(time.Minute); !c.After(civil(at)); c = c.Add(time.Minute) {
				named := c.Minute() == minute && c.Hour() == hour
				if every > 0 {
					named = c.Minute()%every == 0 && c.Hour() >= max(hour-2, 0) && c.Hour() <= hour
				}
				if named && at.After(start) && (len(want) == 0 || want[len(want)-1].Before(at)) {
					want = append(want, at)
				}
				shown = c
			}
		}
		at := start
		for i := 0; ; i++ {
			next, ok := e.Next(at)
			if !ok {
				t.Fatalf("%s never comes after %s", e, at)
			}
			if next.At.After(end) {
				if i != len(want) {
					t.Fatalf("%d occurrences, want %d", i, len(want))
				}
				break
			}
			if i >= len(want) || !next.At.Equal(want[i]) {
				t.Fatalf("occurrence %d of %d at %s", i, len(want), next.At.In(record.Rome()))
			}
			if next.Day != record.DateOf(next.At) {
				t.Fatalf("%s belongs to %s", next.At.In(record.Rome()), next.Day)
			}
			for _, later := range []time.Duration{0, time.Second, time.Minute - time.Second} {
				last, ok := e.Last(next.At.Add(later))
				if !ok || !last.At.Equal(next.At) {
					t.Fatalf("last at %s+%s is %s", next.At.In(record.Rome()), later, last.At.In(record.Rome()))
				}
			}
			if last, ok := e.Last(next.At.Add(-time.Second)); !ok || !last.At.Before(next.At) {
				t.Fatalf("last before %s is %s", next.At.In(record.Rome()), last.At.In(record.Rome()))
			}
			at = next.At
		}
	})
}

// anyInstant is in 2026, as a rule close to where the clock changes.
func anyInstant() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		base := rapid.SampledFrom([]time.Time{
			time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC),
		}).Draw(t, "near")
		return base.Add(time.Duration(rapid.IntRange(-48*3600, 3*3600).Draw(t, "seconds")) * time.Second)
	})
}

func FuzzParseNeverPanics(f *testing.F) {
	for _, text := range []string{"30 2 * * *", "TZ=", "CRON_TZ=x", "*/5 1-3,7 ? JAN SUN", "0 0 30 2 *", "@every 1s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := cron.Parse(text)
		if err != nil {
			return
		}
		at := time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC)
		if next, ok := e.Next(at); ok && !next.At.After(at) {
			t.Errorf("%q: next of %s is %s", text, at, next.At)
		}
		if last, ok := e.Last(at); ok && last.At.After(at) {
			t.Errorf("%q: last of %s is %s", text, at, last.At)
		}
	})
}

func civil(t time.Time) time.Time {
	_, offset := t.In(record.Rome()).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

func parse(t *testing.T, text string) *cron.Expression {
	t.Helper()
	e, err := cron.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func parseTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
