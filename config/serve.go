package config

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"quadra/engine/cron"
	"quadra/engine/record"
)

// Serve is how the scheduler (quadra serve) behaves.
type Serve struct {
	Listen     string        // loopback address and port of health and metrics; empty for none
	Jitter     time.Duration // within which the entities begin after their time
	Retries    int           // of a night that failed
	RetryAfter time.Duration // of the first one; then twice as long each time, up to an hour
	StopWithin time.Duration // for nights at work to finish when told to stop, and again to roll back
}

func defaultServe() Serve {
	return Serve{Listen: "127.0.0.1:9817", Jitter: 10 * time.Minute, Retries: 3, RetryAfter: 5 * time.Minute, StopWithin: 2 * time.Minute}
}

// Blackout is a window in which the scheduler begins no night; what is due then
// is run when it is over. It says nothing about terms: see [Interruption].
type Blackout struct {
	From, To time.Time // To excluded
	Reason   string
}

// everyNight is the schedule when none is given.
var everyNight = mustCron("30 2 * * *")

func mustCron(text string) *cron.Expression {
	e, err := cron.Parse(text)
	if err != nil {
		panic(err) // a constant of ours
	}
	return e
}

// schedule reads a cron expression; "never" is none.
func (m *mapping) schedule(key string, to **cron.Expression) {
	m.read(key, func(text string) {
		if text == "never" {
			*to = nil
			return
		}
		e, err := cron.Parse(text)
		if err != nil {
			m.fail(key, fmt.Sprintf("%q non è un'espressione cron di cinque campi che prima o poi ricorra", text),
				`scrivere minuto, ora, giorno, mese e giorno della settimana (0-6, 0 domenica), p.e. "30 2 * * *", oppure never`)
			return
		}
		*to = e
	})
}

func (m *mapping) blackouts(to *[]Blackout) {
	m.each("blackouts", func(bm *mapping) {
		var b Blackout
		bm.moment("from", &b.From)
		bm.moment("to", &b.To)
		if !b.From.IsZero() && !b.To.IsZero() && !b.From.Before(b.To) {
			bm.fail("to", "non viene dopo from", "scambiare i due momenti")
		}
		bm.text("reason", &b.Reason)
		bm.refuseUnknown()
		*to = append(*to, b)
	})
}

// moment reads a time of a day, Europe/Rome.
func (m *mapping) moment(key string, to *time.Time) {
	m.read(key, func(text string) {
		v, err := time.ParseInLocation("2006-01-02 15:04", strings.Replace(text, "T", " ", 1), record.Rome())
		if err != nil {
			m.fail(key, fmt.Sprintf("%q non è un momento", text), "scrivere AAAA-MM-GG HH:MM, ora di Roma, p.e. 2026-12-31 20:00")
			return
		}
		*to = v
	})
	if to.IsZero() && !m.failed(key) {
		m.fail(key, "manca", "aggiungere il momento, AAAA-MM-GG HH:MM")
	}
}

func (s *Serve) read(m *mapping) {
	m.read("listen", func(text string) {
		if text == "none" {
			s.Listen = ""
			return
		}
		host, port, err := net.SplitHostPort(text)
		number, notNumber := strconv.ParseUint(port, 10, 16)
		if err != nil || notNumber != nil || (number == 0 && port != "0") {
			m.fail("listen", fmt.Sprintf("%q non è un indirizzo con porta", text), "scrivere 127.0.0.1:9817, oppure none")
			return
		}
		if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
			m.fail("listen", fmt.Sprintf("%q non è di questa macchina soltanto", host),
				"salute e metriche non hanno password: indicare un indirizzo di loopback, 127.0.0.1 oppure [::1]")
			return
		}
		s.Listen = text
	})
	m.duration("jitter", &s.Jitter, 0)
	m.integer("retries", &s.Retries, 0, 100)
	m.duration("retry_after", &s.RetryAfter, time.Second)
	m.duration("stop_within", &s.StopWithin, time.Second)
	m.refuseUnknown()
}
