// Package expect tells when a source that sends on every working day has not.
//
// A source owes something by a given hour of every working day on which it is not
// announced to be shut. What it leaves after the hour of one such day counts for
// the next: it is missing when the hour has come and nothing has arrived since the
// hour of the day before. What arrives late ends the alarm.
package expect

import (
	"time"

	"quadra/engine/calendar"
	"quadra/engine/record"
)

// Expectation is what is expected of one source.
type Expectation struct {
	By       time.Duration // since midnight on the clock on the wall in Rome
	Source   calendar.Source
	Calendar *calendar.Calendar // of the entity
}

// Missing is something that did not arrive.
type Missing struct {
	Due    time.Time // by when it was expected
	Latest time.Time // when something last arrived; zero for never
}

// longestShut bounds the search for a day on which something was expected: a
// source shut for longer is not expected to send.
const longestShut = 366

// Missing says whether something is missing at an instant. latest is when the
// source last left something, zero for never.
func (e Expectation) Missing(now, latest time.Time) (Missing, bool) {
	today := record.DateOf(now)
	due, day := e.before(today, now)
	if day == 0 || latest.After(due) {
		return Missing{}, false
	}
	if previous, found := e.before(day-1, now); found != 0 && latest.After(previous) {
		return Missing{}, false
	}
	return Missing{Due: due, Latest: latest}, true
}

// before is the last hour at which something was due, on a day or before it and
// not after now, and its day; zero when there is none.
func (e Expectation) before(day record.Date, now time.Time) (time.Time, record.Date) {
	for d := day; d > 0 && d > day-longestShut; d-- {
		if due := e.on(d); !due.After(now) && e.expected(d) {
			return due, d
		}
	}
	return time.Time{}, 0
}

// expected says whether the source sends on a day: a term of no days from it ends
// on it only when it counts.
func (e Expectation) expected(d record.Date) bool {
	return e.Calendar.Deadline(d, 0, e.Source) == d
}

func (e Expectation) on(d record.Date) time.Time {
	year, month, day := d.Time().Date()
	return time.Date(year, month, day, int(e.By/time.Hour), int(e.By%time.Hour/time.Minute), 0, 0, record.Rome())
}
