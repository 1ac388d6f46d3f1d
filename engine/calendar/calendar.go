package calendar

import (
	"sync/atomic"
	"time"

	"quadra/engine/record"
)

// Source is where files come from. Its announced interruptions suspend the
// terms within which those files are due.
type Source string

// The sources with terms of their own.
const (
	Receipts Source = "ricevute"
	Flows    Source = "rendicontazione"
	Cash     Source = "cassa"
	Notices  Source = "notifiche"
)

// Interruption is an announced shutdown, both days included.
type Interruption struct {
	From, To record.Date
	Source   Source // empty: every source
	Reason   string
}

func (i *Interruption) covers(d record.Date) bool { return i.From <= d && d <= i.To }

// Options of one entity's calendar; the zero Options are the national calendar.
type Options struct {
	// PatronMonth and PatronDay are the feast of the entity's patron saint; zero
	// when there is none. A day its month does not have never comes.
	PatronMonth time.Month
	PatronDay   int

	Interruptions []Interruption
}

// Calendar answers for one entity. It computes each year once, when first
// asked; all its methods may be called concurrently.
type Calendar struct {
	options Options
	clocks  []clock
	years   [lastYear - firstYear + 1]atomic.Pointer[year]
}

// The years of the calendar, those of [record.CivilDate].
const (
	firstYear = 1900
	lastYear  = 2199
)

// New returns the calendar of an entity.
func New(options Options) *Calendar {
	return &Calendar{options: options, clocks: clocksOf(options.Interruptions)}
}

// IsWorking says whether banks, pagoPA and the entity work on the day.
func (c *Calendar) IsWorking(d record.Date) bool {
	y := c.yearOf(d)
	return y != nil && y.counts(plain, int(d-y.first))
}

// Deadline is the last day of a term of so many working days from a day, for
// files of a source: what arrives on that day is still in time.
//
// A day that is not working belongs to the next working day (as pagoPA does
// with the day of a payment), and the count starts after it. Days on which the
// source is interrupted do not count, so a term never ends on one of them. The
// empty source is interrupted by nothing. A term of zero days, or less, ends
// on the first day that counts. Without a day (zero or outside 1900..2199)
// there is no deadline: zero. A term that does not end by 2199 ends then.
func (c *Calendar) Deadline(from record.Date, days int, source Source) record.Date {
	d := c.roll(from)
	y := c.yearOf(d)
	if y == nil {
		return 0
	}
	k, day := c.clockOf(source), int(d-y.first)
	if y.counts(k, day) {
		if days <= 0 {
			return d
		}
		days++ // neither the term nor before counts d itself
	}
	// The day sought is the n-th counting day from the start of d's year.
	for n := y.before(k, day) + max(days, 1); ; {
		if n <= y.total(k) {
			return y.nth(k, n)
		}
		n -= y.total(k)
		next := c.year(y.number + 1)
		if next == nil {
			return record.NewDate(lastYear, time.December, 31)
		}
		y = next
	}
}

// Elapsed is the age of something that began on one day and is looked at on
// another: the working days after the first, up to and including the second.
// It is zero when the second is not later, or either is no date. Interruptions
// do not stop ageing: only terms are suspended.
func (c *Calendar) Elapsed(from, to record.Date) int {
	a, b := c.yearOf(from), c.yearOf(to)
	if a == nil || b == nil || to <= from {
		return 0
	}
	n := b.before(plain, int(to-b.first)+1) - a.before(plain, int(from-a.first)+1)
	for ; a.number < b.number; a = c.year(a.number + 1) {
		n += a.total(plain)
	}
	return n
}

// roll is the day itself when working, else the next one that is.
func (c *Calendar) roll(d record.Date) record.Date {
	for c.yearOf(d) != nil && !c.IsWorking(d) {
		d++
	}
	return d
}

// closing is the hour of Rome at which the pagoPA business day closes.
const closing = 13 * time.Hour

// BusinessDay is the pagoPA business day an instant belongs to: the day that
// closes at or after it. 13:00:00 Rome time still belongs to its day, any later
// instant and any day that is not working to the next working day (SACI).
func (c *Calendar) BusinessDay(t time.Time) record.Date {
	if t.IsZero() {
		return 0
	}
	t = t.In(record.Rome())
	d := record.DateOf(t)
	// Read off the clock on the wall, which is what closes the day even on the
	// two Sundays a year that do not have 24 hours.
	h, m, s := t.Clock()
	wall := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	if wall+time.Duration(t.Nanosecond()) > closing {
		d++
	}
	return c.roll(d)
}
