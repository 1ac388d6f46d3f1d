package night

import (
	"context"
	"errors"
	"fmt"
	"time"

	"quadra/config"
	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/drop"
	"quadra/jobs/expect"
)

// Missing is a source that should have left something in its drop and has not.
type Missing struct {
	Drop   string // URL without secrets
	Source config.Source
	expect.Missing
}

// Message is the alarm for people, in Italian.
func (m *Missing) Message() string {
	text := fmt.Sprintf("niente da %s in %s: atteso entro le %s", m.Source, m.Drop, italian(m.Due))
	if m.Latest.IsZero() {
		return text + "; non è mai arrivato niente"
	}
	return text + fmt.Sprintf("; l'ultimo arrivo è delle %s", italian(m.Latest))
}

func italian(t time.Time) string { return t.In(record.Rome()).Format("15:04 del 02/01/2006") }

// expects says whether something is expected in a drop. The sources of
// an entity that is no more fall silent.
func expects(e *config.Entity, d *config.Drop) bool {
	return d.ExpectBy > 0 && (e.State == config.StateProduction || e.State == config.StatePreProduction)
}

// missing says whether something is missing in a drop, latest being when
// something last arrived.
func missing(e *config.Entity, d *config.Drop, name string, now, latest time.Time) *Missing {
	source := calendar.Source("")
	if d.Source != config.SourceAuto {
		source = calendar.Source(d.Source)
	}
	m, is := expect.Expectation{By: d.ExpectBy, Source: source, Calendar: Calendar(e)}.Missing(now, latest)
	if !is {
		return nil
	}
	return &Missing{Drop: name, Source: d.Source, Missing: m}
}

// missed records what a night found missing.
func (n *night) missed(ctx context.Context) error {
	for i := range n.Entity.Drops {
		c := &n.Entity.Drops[i]
		if !expects(n.Entity, c) {
			continue
		}
		res := &n.res.Drops[i]
		latest, err := arrived(ctx, n.store, res.Name)
		if err != nil {
			return err
		}
		if m := missing(n.Entity, c, res.Name, n.Now(), later(latest, res.Latest)); m != nil {
			n.res.Missing = append(n.res.Missing, *m)
			n.Log.Warn("missing", "entity", n.Entity.IPA, "source", m.Source, "drop", m.Drop, "due", m.Due, "latest", m.Latest)
			if err := n.step(ctx, "missing", m.Message()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Look says whether something is missing in one drop of an entity, without taking
// anything: between two nights only the drop itself knows what has arrived. It
// is nil when nothing is missing or nothing was expected.
func Look(ctx context.Context, c *config.Config, e *config.Entity, d *config.Drop, now time.Time) (m *Missing, err error) {
	if !expects(e, d) {
		return nil, nil
	}
	open, err := openDrop(ctx, e, d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, open.Close()) }()
	found, err := open.List(ctx)
	if err != nil {
		return nil, err
	}
	var latest time.Time
	books, err := OpenBooks(ctx, c, e)
	switch {
	case err == nil:
		latest, err = arrived(ctx, books, open.Name())
		if err = errors.Join(err, books.Close()); err != nil {
			return nil, err
		}
	case !errors.Is(err, ErrNoBooks):
		return nil, err
	}
	return missing(e, d, open.Name(), now, later(latest, newest(found, now))), nil
}

// newest is when the newest file of a listing arrived. A clock of the source that
// is ahead of ours does not make it arrive tomorrow.
func newest(found drop.Listing, now time.Time) time.Time {
	var latest time.Time
	for _, f := range found.Ready {
		latest = later(latest, f.Modified)
	}
	for _, f := range found.Waiting {
		latest = later(latest, f.Modified)
	}
	if latest.After(now) {
		return now
	}
	return latest
}

// arrived is when something last arrived in a drop, as far as the books know.
func arrived(ctx context.Context, books *store.Store, name string) (latest time.Time, err error) {
	err = books.Read(ctx, func(tx *store.Tx) error {
		latest, err = tx.LatestArrival(name)
		return err
	})
	return latest, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
