package calendar_test

import (
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quadra/engine/calendar"
	"quadra/engine/record"
)

func day(t testing.TB, text string) record.Date {
	t.Helper()
	d, err := record.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWorkingDays(t *testing.T) {
	national := calendar.New(calendar.Options{})
	florence := calendar.New(calendar.Options{PatronMonth: time.June, PatronDay: 24})
	for _, c := range []struct {
		name    string
		in      *calendar.Calendar
		day     string
		working bool
	}{
		{"an ordinary Tuesday", national, "2026-06-23", true},
		{"a Saturday", national, "2026-06-20", false},
		{"a Sunday", national, "2026-06-21", false},
		{"New Year's Day", national, "2026-01-01", false},
		{"Epiphany", national, "2026-01-06", false},
		{"Liberation Day", national, "2025-04-25", false},
		{"Labour Day", national, "2026-05-01", false},
		{"Republic Day", national, "2026-06-02", false},
		{"the Assumption", national, "2025-08-15", false},
		{"All Saints", national, "2027-11-01", false},
		{"the Immaculate Conception", national, "2026-12-08", false},
		{"Christmas", national, "2026-12-25", false},
		{"Saint Stephen", national, "2025-12-26", false},
		{"Easter Monday 2024", national, "2024-04-01", false},
		{"Easter Monday 2026", national, "2026-04-06", false},
		{"Easter Monday 2027", national, "2027-03-29", false},
		{"Good Friday is worked", national, "2026-04-03", true},
		{"the day after Easter Monday is worked", national, "2026-04-07", true},
		{"24 December is worked", national, "2026-12-24", true},
		{"San Francesco is a feast from 2026", national, "2027-10-04", false},
		{"San Francesco was worked before", national, "2021-10-04", true},
		{"a patron day is a feast for its entity", florence, "2026-06-24", false},
		{"a patron day is worked elsewhere", national, "2026-06-24", true},
		{"national feasts hold beside a patron day", florence, "2026-01-06", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.in.IsWorking(day(t, c.day)); got != c.working {
				t.Errorf("IsWorking(%s) = %v, want %v", c.day, got, c.working)
			}
		})
	}
	for _, d := range []record.Date{0, -1, 1, record.NewDate(1899, 12, 29), record.NewDate(2200, 1, 2)} {
		if national.IsWorking(d) {
			t.Errorf("IsWorking(%d) = true, but the day is in no calendar", d)
		}
	}
	if got := calendar.New(calendar.Options{PatronMonth: time.February, PatronDay: 30}).IsWorking(day(t, "2026-03-02")); !got {
		t.Error("a patron day on 30 February took 2 March off")
	}
}

func TestDeadline(t *testing.T) {
	stops := []calendar.Interruption{
		{From: day(t, "2026-03-11"), To: day(t, "2026-03-12"), Source: calendar.Flows, Reason: "aggiornamento del portale"},
		{From: day(t, "2026-03-17"), To: day(t, "2026-03-17"), Reason: "fermo generale"},
		{From: day(t, "2026-12-28"), To: day(t, "2027-01-08"), Source: calendar.Cash, Reason: "chiusura della tesoreria"},
		{From: day(t, "2026-03-12"), To: day(t, "2026-03-13"), Source: calendar.Flows, Reason: "prolungato"},
		{From: day(t, "2180-01-01"), To: day(t, "2199-12-31"), Source: calendar.Notices, Reason: "chiuso per sempre"},
	}
	cal := calendar.New(calendar.Options{Interruptions: stops})
	for _, c := range []struct {
		name   string
		from   string
		days   int
		source calendar.Source
		want   string
	}{
		{"cash is due on D+1", "2026-03-02", 1, calendar.Cash, "2026-03-03"},
		{"a flow is due on D+2", "2026-03-02", 2, calendar.Flows, "2026-03-04"},
		{"a term runs over the weekend", "2026-03-05", 2, calendar.Flows, "2026-03-09"},
		{"a term runs over Easter", "2026-04-02", 2, calendar.Flows, "2026-04-07"},
		{"a payment of Saturday belongs to Monday", "2026-03-07", 1, calendar.Cash, "2026-03-10"},
		{"a payment of Sunday belongs to Monday", "2026-03-08", 1, calendar.Cash, "2026-03-10"},
		{"no days end on the day itself", "2026-03-02", 0, calendar.Cash, "2026-03-02"},
		{"no days from Saturday end on Monday", "2026-03-07", 0, calendar.Cash, "2026-03-09"},
		{"fewer than no days are no days", "2026-03-02", -3, calendar.Cash, "2026-03-02"},
		{"an interruption of the source suspends its term", "2026-03-10", 2, calendar.Flows, "2026-03-18"},
		{"another source goes on meanwhile", "2026-03-10", 2, calendar.Receipts, "2026-03-12"},
		{"an interruption of every source suspends any term", "2026-03-16", 1, calendar.Receipts, "2026-03-18"},
		{"an interruption of every source suspends the term of a source with its own", "2026-03-16", 1, calendar.Flows, "2026-03-18"},
		{"a term of no source is suspended by nothing", "2026-03-16", 1, "", "2026-03-17"},
		{"a payment of an interrupted day counts from that day", "2026-03-11", 1, calendar.Flows, "2026-03-16"},
		{"no days from an interrupted day end when the source is back", "2026-03-11", 0, calendar.Flows, "2026-03-16"},
		{"an interruption and a term run over New Year", "2026-12-24", 2, calendar.Cash, "2027-01-12"},
		{"a term of sixty days", "2026-01-02", 60, calendar.Receipts, "2026-03-31"},
		{"a term of two years", "2024-01-02", 505, calendar.Cash, "2026-01-02"},
		{"a term suspended for ever ends with the calendar", "2179-12-31", 1, calendar.Notices, "2199-12-31"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := cal.Deadline(day(t, c.from), c.days, c.source); got != day(t, c.want) {
				t.Errorf("Deadline(%s, %d, %q) = %s, want %s", c.from, c.days, c.source, got, c.want)
			}
		})
	}
	if got := cal.Deadline(0, 2, calendar.Flows); got != 0 {
		t.Errorf("Deadline of no date = %s, want none", got)
	}
}

// The tables agree with counting on one's fingers.
func TestDeadlineAndElapsedCountDayByDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := record.NewDate(2025, 6, 1)
		date := rapid.Map(rapid.IntRange(0, 900), func(n int) record.Date { return start + record.Date(n) })
		sources := []calendar.Source{"", calendar.Receipts, calendar.Flows, calendar.Cash, calendar.Notices}
		var stops []calendar.Interruption
		for range rapid.IntRange(0, 4).Draw(t, "interruptions") {
			from := date.Draw(t, "from")
			stops = append(stops, calendar.Interruption{
				From: from, To: from + record.Date(rapid.IntRange(0, 20).Draw(t, "length")),
				Source: rapid.SampledFrom(sources).Draw(t, "interrupted"),
			})
		}
		cal := calendar.New(calendar.Options{PatronMonth: time.September, PatronDay: 19, Interruptions: stops})
		from, days := date.Draw(t, "day"), rapid.IntRange(0, 80).Draw(t, "days")
		source := rapid.SampledFrom(sources).Draw(t, "source")

		counts := func(d record.Date) bool {
			for _, s := range stops {
				if source != "" && (s.Source == "" || s.Source == source) && s.From <= d && d <= s.To {
					return false
				}
			}
			return cal.IsWorking(d)
		}
		want := from
		for !cal.IsWorking(want) {
			want++
		}
		if days == 0 && !counts(want) {
			days = 1
		}
		for n := days; n > 0; {
			if want++; counts(want) {
				n--
			}
		}
		if got := cal.Deadline(from, days, source); got != want {
			t.Fatalf("Deadline = %s, by hand %s", got, want)
		}
		age := 0
		for d := from + 1; d <= want; d++ {
			if cal.IsWorking(d) {
				age++
			}
		}
		if got := cal.Elapsed(from, want); got != age {
			t.Fatalf("Elapsed(%s, %s) = %d, by hand %d", from, want, got, age)
		}
	})
}

func TestElapsed(t *testing.T) {
	cal := calendar.New(calendar.Options{Interruptions: []calendar.Interruption{
		{From: day(t, "2026-03-03"), To: day(t, "2026-03-03"), Reason: "fermo generale"},
	}})
	for _, c := range []struct {
		name     string
		from, to string
		want     int
	}{
		{"the same day", "2026-03-02", "2026-03-02", 0},
		{"the next day, though interrupted", "2026-03-02", "2026-03-03", 1},
		{"over a weekend", "2026-03-06", "2026-03-09", 1},
		{"from a Saturday", "2026-03-07", "2026-03-09", 1},
		{"to a Sunday", "2026-03-06", "2026-03-08", 0},
		{"backwards", "2026-03-09", "2026-03-06", 0},
		{"over New Year", "2025-12-31", "2026-01-07", 3},
		{"over three years", "2023-12-31", "2026-01-01", 505},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := cal.Elapsed(day(t, c.from), day(t, c.to)); got != c.want {
				t.Errorf("Elapsed(%s, %s) = %d, want %d", c.from, c.to, got, c.want)
			}
		})
	}
	if cal.Elapsed(0, day(t, "2026-03-02")) != 0 || cal.Elapsed(day(t, "2026-03-02"), 0) != 0 {
		t.Error("something without a date has an age")
	}
}

func TestBusinessDay(t *testing.T) {
	cal := calendar.New(calendar.Options{})
	for _, c := range []struct {
		name, at, want string
	}{
		{"a morning in winter", "2026-03-02T08:00:00Z", "2026-03-02"},
		{"13:00:00 in winter belongs to the day", "2026-03-02T12:00:00Z", "2026-03-02"},
		{"13:00:01 in winter belongs to the next", "2026-03-02T12:00:01Z", "2026-03-03"},
		{"13:00:00 in summer belongs to the day", "2026-07-01T11:00:00Z", "2026-07-01"},
		{"13:00:00 and a little in summer belongs to the next", "2026-07-01T11:00:00.001Z", "2026-07-02"},
		{"a Friday afternoon belongs to Monday", "2026-03-06T15:00:00Z", "2026-03-09"},
		{"a Saturday morning belongs to Monday", "2026-03-07T08:00:00Z", "2026-03-09"},
		{"a Sunday afternoon belongs to Monday", "2026-03-08T15:00:00Z", "2026-03-09"},
		{"an instant of yesterday in UTC is of today in Rome", "2026-03-02T23:30:00Z", "2026-03-03"},
		{"13:00:00 of the day summer time begins", "2027-03-28T11:00:00Z", "2027-03-30"},
		{"the afternoon before Easter belongs to Tuesday", "2026-04-03T11:30:00Z", "2026-04-07"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := cal.BusinessDay(at); got != day(t, c.want) {
				t.Errorf("BusinessDay(%s) = %s, want %s", c.at, got, c.want)
			}
		})
	}
	if got := cal.BusinessDay(time.Time{}); got != 0 {
		t.Errorf("BusinessDay of no instant = %s, want none", got)
	}
}

func TestAgeingBuckets(t *testing.T) {
	for days, label := range map[int]string{
		-1: "0-2", 0: "0-2", 2: "0-2", 3: "3-4", 4: "3-4", 5: "5-10", 10: "5-10",
		11: "11-30", 30: "11-30", 31: "31-60", 60: "31-60", 61: "oltre 60", 4000: "oltre 60",
	} {
		if got := calendar.Bucket(days).String(); got != label {
			t.Errorf("%d working days are in the bucket %q, want %q", days, got, label)
		}
	}
	for i, a := range calendar.Ageings() {
		if int(a) != i || a.String() == "" {
			t.Errorf("bucket %d is %d, called %q", i, a, a)
		}
	}
	if got := calendar.Ageing(6).String(); got != "" {
		t.Errorf("what is not a bucket is called %q", got)
	}
}

func TestOneCalendarServesManyAtOnce(t *testing.T) {
	cal := calendar.New(calendar.Options{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for y := 2000; y < 2050; y++ {
				if got, want := cal.Deadline(record.NewDate(y, 12, 25), 0, calendar.Cash).Year(), y; got != want {
					t.Errorf("Christmas %d rolls to %d", y, got)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkDeadline(b *testing.B) {
	cal := calendar.New(calendar.Options{PatronMonth: time.June, PatronDay: 24, Interruptions: []calendar.Interruption{
		{From: record.NewDate(2026, 3, 11), To: record.NewDate(2026, 3, 12), Source: calendar.Flows},
	}})
	from := record.NewDate(2026, 1, 1)
	for i := 0; b.Loop(); i++ {
		if cal.Deadline(from+record.Date(i%365), 10, calendar.Flows) == 0 {
			b.Fatal("no deadline")
		}
	}
}
