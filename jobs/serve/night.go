package serve

import (
	"context"
	"errors"
	"fmt"

	"quadra/jobs/dispatch"
	"quadra/jobs/lock"
	"quadra/jobs/night"
	"quadra/jobs/schedule"
)

type (
	lastFunc = func(ctx context.Context, key string) ([]schedule.Night, error)
	runFunc  = func(ctx context.Context, key string, due schedule.Due) error
)

// errGone says that an entity left the configuration before its turn came.
var errGone = errors.New("no longer in the configuration")

func (s *server) lastNights(ctx context.Context, ipa string) ([]schedule.Night, error) {
	c := s.config.Load()
	e, ok := c.Entity(ipa)
	if !ok {
		return nil, errGone
	}
	runs, err := night.LastNights(ctx, c, e)
	if err != nil {
		return nil, err
	}
	nights := make([]schedule.Night, len(runs))
	for i, r := range runs {
		nights[i] = schedule.Night{Day: r.AsOf, Started: r.StartedAt}
	}
	if len(nights) > 0 {
		s.metrics.lastNight(ipa, nights[0].Started)
	}
	return nights, nil
}

// night runs the night of an entity.
func (s *server) night(ctx context.Context, ipa string, due schedule.Due) error {
	c := s.config.Load()
	e, ok := c.Entity(ipa)
	if !ok {
		return errGone
	}
	log := s.Log.With("entity", ipa, "day", due.Day.String())
	began := s.Now()
	log.Info("night begins", "due", due.At)
	rs, err := night.Ruleset(c, e)
	if err != nil {
		log.Error("night failed", "error", err)
		s.metrics.night(outcomeFailed, 0, nil)
		return err
	}
	res, err := night.Run(ctx, night.Options{Config: c, Entity: e, Rules: rs, AsOf: due.Day, Version: s.Version,
		Command: command, Now: s.Now, Log: s.Log})
	took := s.Now().Sub(began)
	var held *lock.HeldError
	if errors.As(err, &held) {
		log.Info("another run holds the entity", "holder", held.Owner.String(), "since", held.Owner.Since, "age", held.Age)
		s.metrics.night(outcomeBusy, took, nil)
		return fmt.Errorf("%w: %w", dispatch.ErrBusy, err)
	}
	for i := range e.Drops {
		if s.config.Load() != c {
			break // read again meanwhile: drops may stand in other places
		}
		if i < len(res.Drops) && res.Drops[i].Err == nil && e.Drops[i].ExpectBy > 0 {
			s.watched(ipa, i, e.Drops[i].Source, res.Drops[i].Name, missingIn(res, res.Drops[i].Name))
		}
	}
	outcome := outcomeOf(res, err)
	s.metrics.night(outcome, took, res)
	attrs := []any{"outcome", string(outcome), "run", res.Run.ID, "took", took, "files", len(res.Files), "loaded", res.Run.Loaded,
		"changes", res.Run.Changes, "missing", len(res.Missing)}
	if err != nil {
		log.Error("night failed", append(attrs, "error", err)...)
		return err
	}
	s.metrics.lastNight(ipa, began)
	log.Info("night ends", attrs...)
	return nil
}

func missingIn(res *night.Result, drop string) *night.Missing {
	for i := range res.Missing {
		if res.Missing[i].Drop == drop {
			return &res.Missing[i]
		}
	}
	return nil
}

// outcome is how a night ended, for the metrics.
type outcome string

const (
	outcomeDone       outcome = "done"
	outcomeRejections outcome = "rejections" // some files or rows were rejected
	outcomeIncomplete outcome = "incomplete" // some drop or file could not be worked through
	outcomeFailed     outcome = "failed"
	outcomeBusy       outcome = "busy" // another run held the entity
)

func outcomeOf(res *night.Result, err error) outcome {
	switch {
	case err != nil:
		return outcomeFailed
	case res.Incomplete():
		return outcomeIncomplete
	case res.Rejections():
		return outcomeRejections
	}
	return outcomeDone
}
