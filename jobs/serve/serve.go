// Package serve is the scheduler: it runs the nights of all the entities when they
// are due, for years, and can be asked how it is.
//
// The configuration is read again when asked to, and only a good one takes the
// place of the one at work; whoever is at work goes on with the one it began with.
// What a night does is for jobs/night to know, when it is due for jobs/schedule,
// how many at once for jobs/dispatch.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"quadra/config"
	"quadra/jobs/dispatch"
	"quadra/jobs/durable"
	"quadra/jobs/lock"
)

// Options of the scheduler.
type Options struct {
	Config  string // file with the configuration
	Version string // of quadra, for the journal and the metrics
	Now     func() time.Time
	Log     *slog.Logger
	// Reload asks for the configuration to be read again.
	Reload <-chan os.Signal
}

// command is how the scheduler names itself to whoever finds an entity locked.
const command = "quadra serve"

// server is a scheduler at work.
type server struct {
	Options
	config  atomic.Pointer[config.Config]
	nights  *dispatch.Dispatcher
	looks   *dispatch.Dispatcher
	watch   *watch
	metrics *metrics
	ready   atomic.Bool
}

// Run serves until ctx ends and every night at work has finished or was rolled
// back. The error is a config.Errors when the configuration is at fault from the
// start, a *lock.HeldError when another scheduler serves the same data folder.
func Run(ctx context.Context, opt Options) (err error) {
	s := &server{Options: opt, watch: newWatch()}
	c, err := s.load()
	if err != nil {
		return err
	}
	if err := durable.MkdirAll(c.DataDir, 0o750); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	held, err := lock.Acquire(filepath.Join(c.DataDir, "serve.lock"), command, s.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	if stale := held.Recovered(); stale != nil {
		s.Log.Warn("the scheduler before this one did not stop by itself", "owner", stale.Owner.String(), "since", stale.Owner.Since, "why", stale.Why)
	}
	s.nights = dispatch.New(s.dispatching(c, s.lastNights, s.night))
	s.looks = dispatch.New(s.dispatching(c, s.watch.lastLooks, s.look))
	s.metrics = newMetrics(s)
	s.use(c)
	return s.run(ctx, c)
}

func (s *server) dispatching(c *config.Config, last lastFunc, run runFunc) dispatch.Options {
	return dispatch.Options{Last: last, Run: run, Now: s.Now, Log: s.Log,
		Retries: c.Serve.Retries, RetryAfter: c.Serve.RetryAfter, Grace: c.Serve.StopWithin}
}

func (s *server) run(ctx context.Context, c *config.Config) error {
	group, ctx := errgroup.WithContext(ctx)
	// Whoever asks how it is gets an answer until the last night is over.
	until, over := context.WithCancel(context.WithoutCancel(ctx))
	defer over()
	if c.Serve.Listen != "" {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Serve.Listen)
		if err != nil {
			return fmt.Errorf("health and metrics: %w; change serve.listen", err)
		}
		s.Log.Info("listening", "address", listener.Addr().String())
		group.Go(func() error { return s.answer(until, listener) })
	}
	group.Go(func() error { s.reloading(ctx); return nil })
	group.Go(func() error { s.watchdog(until); return nil })
	group.Go(func() error {
		defer over()
		var work errgroup.Group
		work.Go(func() error { return s.nights.Run(ctx) })
		work.Go(func() error { return s.looks.Run(ctx) })
		return work.Wait()
	})
	s.ready.Store(true)
	s.tell("READY=1")
	s.Log.Info("serving", "version", s.Version, "entities", len(c.Entities), "data_dir", c.DataDir)
	group.Go(func() error {
		<-ctx.Done()
		s.ready.Store(false)
		s.tell("STOPPING=1")
		s.Log.Info("stopping", "finish_within", c.Serve.StopWithin)
		return nil
	})
	err := group.Wait()
	s.Log.Info("stopped")
	return err
}
