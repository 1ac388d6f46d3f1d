package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// answer answers on a loopback port until ctx ends:
//
//	/healthz  200 while the scheduler looks around, 503 when it is stuck: restart it
//	/readyz   200 while it takes on nights, 503 before and while stopping
//	/metrics  for Prometheus
func (s *server) answer(ctx context.Context, listener net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, s.healthy(), "ok", "the scheduler is stuck") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		say(w, s.ready.Load(), "ready", "not ready, or stopping")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	const patience = 10 * time.Second
	server := &http.Server{Handler: mux, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	context.AfterFunc(ctx, func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(limit) // whoever is still asking has waited long enough
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health and metrics: %w", err)
	}
	return nil
}

// healthy says whether both loops have looked around lately. While stopping they
// no longer do: nights are waited for, within a limit.
func (s *server) healthy() bool {
	return s.nights.Stopping() || s.nights.Alive() && s.looks.Alive()
}

func say(w http.ResponseWriter, well bool, yes, no string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if !well {
		w.WriteHeader(http.StatusServiceUnavailable)
		yes = no
	}
	_, _ = fmt.Fprintln(w, yes) // whoever asked may have gone
}
