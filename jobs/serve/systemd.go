package serve

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// tell tells systemd how the scheduler is, where it was started by it
// (sd_notify(3)); elsewhere nobody is told.
func (s *server) tell(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		s.Log.Warn("systemd could not be told", "state", state, "error", err)
	}
}

func (s *server) tellReloading() {
	// MONOTONIC_USEC, which RELOADING=1 asks for with Type=notify-reload only, is
	// left out: the unit reloads by SIGHUP, so that older systemd can do it too.
	s.tell("RELOADING=1")
}

// watchdog tells systemd that the scheduler still looks around, twice in the time
// after which it would be taken for dead. A scheduler that is stuck keeps silent.
func (s *server) watchdog(ctx context.Context) {
	within, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		s.Log.Warn("systemd watchdog", "error", err)
	}
	if within == 0 {
		return
	}
	tick := time.NewTicker(within / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if s.healthy() {
				s.tell(daemon.SdNotifyWatchdog)
			}
		}
	}
}
