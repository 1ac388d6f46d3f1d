// Package cron says when a cron expression comes round in Italy.
//
// An expression names times of the wall clock in Europe/Rome. Each of them is one
// instant, also where the wall clock misbehaves: a time skipped when summer time
// begins comes at the instant the clock jumps, a time that happens twice when it
// ends comes the first time only. So an expression has one occurrence for every
// civil time it names, never none and never two, and they keep their order.
package cron

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/robfig/cron/v3"

	"quadra/engine/record"
)

// ErrExpression is wrapped by every error of [Parse].
var ErrExpression = errors.New("not a cron expression")

// Expression is a five-field cron expression: minute, hour, day of the month,
// month, day of the week (0 to 6 or SUN to SAT). When both days are restricted
// either will do, as in crontab(5). It may be used by several goroutines.
type Expression struct {
	text  string
	civil cron.Schedule // in a zone without changes: wall clock times as if they were UTC
}

// Occurrence is one time an expression names.
type Occurrence struct {
	Day record.Date // civil day, Europe/Rome
	At  time.Time   // the instant
}

// shape lets through five fields and nothing else: robfig/cron panics on a zone
// ("TZ=...") without a blank, and its descriptors (@every) name no civil time.
var shape = regexp.MustCompile(`^[0-9A-Za-z*/,?-]+( +[0-9A-Za-z*/,?-]+){4}$`)

// Parse reads an expression. One that never comes round, such as 30 February,
// is an error.
func Parse(text string) (e *Expression, err error) {
	if !shape.MatchString(text) {
		return nil, fmt.Errorf("%w: %q does not have five fields", ErrExpression, text)
	}
	// The parser is no longer maintained: what it panics on is refused, not fatal.
	defer func() {
		if fault := recover(); fault != nil {
			e, err = nil, fmt.Errorf("%w: %q: %v", ErrExpression, text, fault)
		}
	}()
	civil, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrExpression, text, err)
	}
	// From 2000, so that 29 February is within the five years Next looks ahead.
	if civil.Next(time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%w: %q never comes round", ErrExpression, text)
	}
	return &Expression{text: text, civil: civil}, nil
}

// String is the expression as it was written.
func (e *Expression) String() string { return e.text }

// Next is the first occurrence after an instant. It is false when there is none
// in the five years that follow.
func (e *Expression) Next(after time.Time) (Occurrence, bool) {
	// All that the clock on the wall has shown is behind us, and more: the second
	// time round of an hour that happens twice has nothing to offer.
	for civil := e.civil.Next(wall(after)); !civil.IsZero(); civil = e.civil.Next(civil) {
		if o := occurrence(civil); o.At.After(after) {
			return o, true
		}
	}
	return Occurrence{}, false
}

// Last is the last occurrence at an instant or before it. It is false when there
// is none in the eight years before.
func (e *Expression) Last(at time.Time) (Occurrence, bool) {
	// The occurrences are in order, so whether the next one after a wall clock time
	// has come is true up to a minute and false from there on: look for it in
	// doubling steps back, then by halves.
	came := func(civil time.Time) bool {
		next := e.civil.Next(civil)
		return !next.IsZero() && !instant(next).After(at)
	}
	no := wall(at).Truncate(time.Minute).Add(2 * time.Hour) // no zone of Italy is further from UTC
	yes := no
	for step := time.Hour; !came(yes); step *= 2 {
		if step > lookBack {
			return Occurrence{}, false
		}
		no, yes = yes, yes.Add(-step)
	}
	for no.Sub(yes) > time.Minute {
		if half := yes.Add(no.Sub(yes) / 2).Truncate(time.Minute); came(half) {
			yes = half
		} else {
			no = half
		}
	}
	return occurrence(e.civil.Next(yes)), true
}

// lookBack is the longest step of Last: 29 February comes every four years.
const lookBack = 4 * 366 * 24 * time.Hour

func occurrence(civil time.Time) Occurrence {
	return Occurrence{Day: record.NewDate(civil.Date()), At: instant(civil)}
}

// wall is what the clock on the wall shows at an instant, written as UTC.
func wall(t time.Time) time.Time {
	_, offset := t.In(record.Rome()).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// instant is when the wall clock first shows a time, or jumps over it.
func instant(civil time.Time) time.Time {
	// Whether it is summer time cannot change twice within two days.
	var before time.Time
	for i, near := range [...]time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := civil.Add(near).In(record.Rome()).Zone()
		t := civil.Add(-time.Duration(offset) * time.Second)
		if wall(t).Equal(civil) {
			return t
		}
		if i == 0 {
			before = t
		}
	}
	// Skipped: counted on from the old time it falls after the jump.
	jump, _ := before.In(record.Rome()).ZoneBounds()
	return jump.UTC()
}
