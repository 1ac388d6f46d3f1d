package serve

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"quadra/config"
	"quadra/engine/record"
	"quadra/jobs/night"
	"quadra/jobs/schedule"
)

// watch remembers, by drop, when it was last looked at and what was missing.
type watch struct {
	mu      sync.Mutex
	looked  map[string]schedule.Night
	missing map[string]bool
}

func newWatch() *watch {
	return &watch{looked: map[string]schedule.Night{}, missing: map[string]bool{}}
}

// forget forgets everything: drops may stand in other places now.
func (w *watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.looked)
	clear(w.missing)
}

// lookKey names a drop of an entity, by its place in the configuration.
func lookKey(ipa string, drop int) string { return ipa + "/" + strconv.Itoa(drop) }

func (w *watch) lastLooks(_ context.Context, key string) ([]schedule.Night, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return []schedule.Night{w.looked[key]}, nil
}

// look says whether the source of a drop has sent what it should have by now.
func (s *server) look(ctx context.Context, key string, due schedule.Due) error {
	c := s.config.Load()
	ipa, place, _ := strings.Cut(key, "/")
	e, ok := c.Entity(ipa)
	i, err := strconv.Atoi(place)
	if err != nil || !ok || i >= len(e.Drops) {
		return errGone
	}
	began := s.Now()
	if s.watch.needed(key, due, e.Drops[i].ExpectBy) {
		m, err := night.Look(ctx, c, e, &e.Drops[i], began)
		s.metrics.look(err == nil)
		if err != nil {
			s.Log.Error("look", "entity", ipa, "source", e.Drops[i].Source, "drop", e.Drops[i].URL, "error", err)
			return fmt.Errorf("look at %s: %w", e.Drops[i].URL, err)
		}
		if s.config.Load() != c {
			return nil // read again meanwhile, and asked to look again with it
		}
		s.watched(ipa, i, e.Drops[i].Source, e.Drops[i].URL, m)
	}
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	s.watch.looked[key] = schedule.Night{Day: due.Day, Started: began}
	return nil
}

// needed says whether a look is worth it: when something became due since the last
// one, or was missing then.
func (w *watch) needed(key string, due schedule.Due, by time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	year, month, day := due.Day.Time().Date()
	hour := time.Date(year, month, day, int(by/time.Hour), int(by%time.Hour/time.Minute), 0, 0, record.Rome())
	return w.missing[key] || w.looked[key].Started.Before(hour)
}

// watched takes note of what was found missing in a drop; nil for nothing.
func (s *server) watched(ipa string, drop int, source config.Source, url string, m *night.Missing) {
	key := lookKey(ipa, drop)
	s.watch.mu.Lock()
	before := s.watch.missing[key]
	s.watch.missing[key] = m != nil
	s.watch.mu.Unlock()
	s.metrics.missing(ipa, source, url, m != nil)
	switch {
	case m != nil && !before:
		s.Log.Warn("source is late", "entity", ipa, "source", source, "drop", url, "due", m.Due, "latest", m.Latest)
	case m == nil && before:
		s.Log.Info("source has sent", "entity", ipa, "source", source, "drop", url)
	}
}
