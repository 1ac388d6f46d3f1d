package serve

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"quadra/config"
	"quadra/engine/cron"
	"quadra/jobs/dispatch"
	"quadra/jobs/night"
	"quadra/jobs/schedule"
)

// load reads the configuration and checks what it names.
func (s *server) load() (*config.Config, error) {
	c, err := config.Load(s.Config)
	if err != nil {
		return nil, err
	}
	for i := range c.Entities {
		err = errors.Join(err, night.Check(c, &c.Entities[i]))
	}
	if err != nil {
		return nil, err
	}
	for _, w := range c.Warnings {
		s.Log.Warn("configuration", "warning", w.String())
	}
	return c, nil
}

// reloading reads the configuration again each time it is asked to.
func (s *server) reloading(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Reload:
			s.tellReloading()
			s.reload()
			s.tell("READY=1")
		}
	}
}

// reload takes a new configuration, whole, or keeps the one there is.
func (s *server) reload() {
	c, err := s.load()
	if err == nil {
		err = s.compatible(c)
	}
	s.metrics.reloaded(err == nil, s.Now())
	if err != nil {
		s.Log.Error("the new configuration is refused, the old one stays", "file", s.Config, "error", err)
		return
	}
	s.use(c)
	s.Log.Info("the new configuration is in use", "file", s.Config, "entities", len(c.Entities))
}

// compatible refuses what a scheduler at work cannot change: nothing is applied
// by halves.
func (s *server) compatible(c *config.Config) error {
	old := s.config.Load()
	switch {
	case c.DataDir != old.DataDir:
		return fmt.Errorf("data_dir changed from %s to %s: stop and start quadra serve", old.DataDir, c.DataDir)
	case c.Serve.Listen != old.Serve.Listen || c.Serve.Retries != old.Serve.Retries ||
		c.Serve.RetryAfter != old.Serve.RetryAfter || c.Serve.StopWithin != old.Serve.StopWithin:
		return errors.New("listen, retries, retry_after or stop_within of serve changed: stop and start quadra serve")
	}
	return nil
}

// use puts a configuration to work.
func (s *server) use(c *config.Config) {
	s.config.Store(c)
	parallel := c.Limits.Parallel
	if parallel == 0 {
		parallel = runtime.NumCPU()
	}
	nights, looks := jobsOf(c)
	s.metrics.forget()
	s.watch.forget()
	s.nights.Replace(nights, parallel)
	s.looks.Replace(looks, parallel)
}

// jobsOf is what a configuration asks for: a night for every entity that has a
// schedule, a look for every drop in which something is expected.
func jobsOf(c *config.Config) (nights, looks []dispatch.Job) {
	for i := range c.Entities {
		e := &c.Entities[i]
		if e.State == config.StateInserted {
			continue
		}
		var closed []schedule.Window
		for _, b := range append(c.Blackouts[:len(c.Blackouts):len(c.Blackouts)], e.Blackouts...) {
			closed = append(closed, schedule.Window(b))
		}
		if e.Schedule != nil {
			nights = append(nights, dispatch.Job{Key: e.IPA, Plan: &schedule.Plan{
				Cron: e.Schedule, Blackouts: closed, Jitter: c.Serve.Jitter, Key: e.IPA,
			}})
		}
		for k := range e.Drops {
			if at := e.Drops[k].ExpectBy; at > 0 {
				looks = append(looks, dispatch.Job{Key: lookKey(e.IPA, k), Plan: &schedule.Plan{Cron: hourly(at), Blackouts: closed}})
			}
		}
	}
	return nights, looks
}

// hourly comes round at an hour of the day and every hour after it until midnight,
// so that what arrives late ends its alarm.
func hourly(at time.Duration) *cron.Expression {
	e, err := cron.Parse(fmt.Sprintf("%d %d-23 * * *", int(at%time.Hour/time.Minute), int(at/time.Hour)))
	if err != nil {
		panic(err) // the configuration holds a time of the day
	}
	return e
}
