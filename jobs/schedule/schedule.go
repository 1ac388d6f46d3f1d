// Package schedule says when the next night of an entity is due.
//
// Nothing is remembered between two questions: the answer follows from the
// expression, the clock and the last night in the entity's journal. Downtime, a
// change to summer time, a night run by hand and a restart are therefore one
// case: the latest occurrence that came is either covered by a night or due, and
// the ones before it are not asked for any more.
package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"quadra/engine/cron"
	"quadra/engine/record"
)

// Window is a time during which no night begins, From included, To excluded.
type Window struct {
	From, To time.Time
	Reason   string
}

// Plan is when the nights of one entity are to be run.
type Plan struct {
	Cron      *cron.Expression
	Blackouts []Window
	// Jitter is up to how long after its time a night begins, so that a thousand
	// entities do not knock at one server at once. How long exactly depends on Key
	// alone, and it never reaches more than half the way to the next occurrence.
	Jitter time.Duration
	Key    string
}

// Night is a night that ended well, as the journal tells it.
type Night struct {
	Day     record.Date // the day it was judged as of
	Started time.Time
}

// Due is a night to be run.
type Due struct {
	Day   record.Date // to judge as of
	At    time.Time   // when its time came
	Start time.Time   // when to begin: At, jitter, and after any blackout
}

// clockSlack is how far in the future a night of the journal may have started:
// further, the clock was wrong then, and such a night covers nothing.
const clockSlack = 24 * time.Hour

// Next is the next night to be run: the latest whose time has come, unless one of
// the last nights covers it, or else the first one to come. It is to be begun once
// Start has passed. It is false when the expression has no occurrence within years.
//
// A night covers an occurrence when it started at that time or later and was
// judged as of that day or a later one. Nights judged as of days gone by (run by
// hand) therefore cover nothing, and neither does one run before its time.
func (p *Plan) Next(now time.Time, last ...Night) (Due, bool) {
	covered := func(o cron.Occurrence) bool {
		return slices.ContainsFunc(last, func(n Night) bool { return n.covers(o, now) })
	}
	if o, ok := p.Cron.Last(now); ok && !covered(o) {
		return p.due(o), true
	}
	o, ok := p.Cron.Next(now)
	if !ok {
		return Due{}, false
	}
	return p.due(o), true
}

func (n Night) covers(o cron.Occurrence, now time.Time) bool {
	return n.Day >= o.Day && !n.Started.Before(o.At) && !n.Started.After(now.Add(clockSlack))
}

func (p *Plan) due(o cron.Occurrence) Due {
	jitter := p.Jitter
	if next, ok := p.Cron.Next(o.At); ok {
		// Otherwise a frequent expression would overtake itself and never start.
		jitter = min(jitter, next.At.Sub(o.At)/2)
	}
	late := p.share(jitter)
	start := o.At.Add(late)
	for moved := true; moved; {
		moved = false
		for _, w := range p.Blackouts {
			if !start.Before(w.From) && start.Before(w.To) {
				start, moved = w.To.Add(late), true
			}
		}
	}
	return Due{Day: o.Day, At: o.At, Start: start}
}

// share is this plan's part of the jitter: from zero up to it, whole seconds.
func (p *Plan) share(jitter time.Duration) time.Duration {
	if jitter < time.Second {
		return 0
	}
	sum := sha256.Sum256([]byte(p.Key))
	return time.Duration(uint64(binary.BigEndian.Uint32(sum[:]))*uint64(jitter/time.Second)>>32) * time.Second
}
