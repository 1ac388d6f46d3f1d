package serve_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"quadra/config"
	"quadra/engine/record"
	"quadra/jobs/lock"
	"quadra/jobs/night"
	"quadra/jobs/serve"
	"quadra/rules"
)

// TestThreeDaysOfRealNights serves three entities with real nights and books on a
// clock of its own, across both changes of the clock of 2026. The third has a
// schedule of its own and a source that goes silent.
func TestThreeDaysOfRealNights(t *testing.T) {
	for _, c := range []struct {
		name      string
		start     time.Time
		want      []string // as of, and when it began in Rome
		own       []string
		late, fed string // when its source was told late, and told to have sent
	}{
		{
			"summer time begins", rome(2026, 3, 28, 0, 0),
			[]string{"2026-03-28 28 02:30", "2026-03-29 29 03:00", "2026-03-30 30 02:30"},
			[]string{"2026-03-27 28 00:00", "2026-03-28 28 23:45", "2026-03-29 29 23:45", "2026-03-30 30 23:45"},
			"30 09:00", "30 14:00", // Monday
		},
		{
			"summer time ends", rome(2026, 10, 24, 0, 0),
			[]string{"2026-10-24 24 02:30", "2026-10-25 25 02:30", "2026-10-26 26 02:30"},
			[]string{"2026-10-23 24 00:00", "2026-10-24 24 23:45", "2026-10-25 25 23:45", "2026-10-26 26 23:45"},
			"26 09:00", "26 12:00",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(c.start))
				p := newPlace(t, `serve: { listen: none, jitter: 0s }
entities:
  - { ipa: c_q001, tax_code: "80000123457" }
  - { ipa: c_q002, tax_code: "90011120236" }
  - { ipa: c_q003, tax_code: "00488410010", schedule: "45 23 * * *", drops: [{ source: cassa, url: drop, settle: 0s, expect_by: "09:00" }] }
`)
				// Both had a night before this one; the third never had any.
				for _, ipa := range []string{"c_q001", "c_q002"} {
					p.yesterday(ipa, c.start)
				}
				// The source sent on Friday, and then on Monday at noon.
				p.put("venerdi.csv", c.start.Add(-16*time.Hour))
				time.AfterFunc(60*time.Hour+30*time.Minute, func() { p.put("lunedi.csv", time.Now()) })

				stop := p.serve()
				time.Sleep(time.Until(c.start.Add(73 * time.Hour)))
				if err := stop(); err != nil {
					t.Error(err)
				}
				for _, ipa := range []string{"c_q001", "c_q002"} {
					if got := p.nights(ipa); fmt.Sprint(got[1:]) != fmt.Sprint(c.want) {
						t.Errorf("%s: nights %v, want %v", ipa, got[1:], c.want)
					}
				}
				if got := p.nights("c_q003"); fmt.Sprint(got) != fmt.Sprint(c.own) {
					t.Errorf("c_q003: nights %v, want %v", got, c.own)
				}
				if got := p.log.when("source is late"); fmt.Sprint(got) != "["+c.late+"]" {
					t.Errorf("told late at %v, want %s", got, c.late)
				}
				if got := p.log.when("source has sent"); fmt.Sprint(got) != "["+c.fed+"]" {
					t.Errorf("told to have sent at %v, want %s", got, c.fed)
				}
			})
		})
	}
}

func TestNewConfigurationIsTakenWholeOrNotAtAll(t *testing.T) {
	const before = "serve: { listen: none }\nentities:\n  - { ipa: c_q001, tax_code: \"80000123457\" }\n"
	for _, c := range []struct{ name, yaml, refusal string }{
		{"a new schedule", strings.ReplaceAll(before, "\" }", "\", schedule: \"0 4 * * *\" }"), ""},
		{"not YAML", ":", "quadra.yaml:1"},
		{"a key nobody knows", before + "    colour: red\n", "quadra.yaml:"},
		{"a schedule that never comes round", before + "schedule: \"0 0 30 2 *\"\n", "cron"},
		{"rules that cannot be read", before + "ruleset: manca.yaml\n", "manca.yaml"},
		{"layouts that cannot be read", strings.ReplaceAll(before, "\" }", "\", layouts: manca.yaml }"), "manca.yaml"},
		{"another data folder", before + "data_dir: altrove\n", "stop and start"},
		{"another address", strings.ReplaceAll(before, "none", "127.0.0.1:9999"), "stop and start"},
		{"gone", "", "quadra.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(rome(2026, 11, 15, 12, 0)))
				p := newPlace(t, before)
				stop := p.serve()
				time.Sleep(time.Minute)
				path := filepath.Join(p.dir, "quadra.yaml")
				if c.yaml == "" {
					if err := os.Remove(path); err != nil {
						t.Fatal(err)
					}
				} else if err := os.WriteFile(path, []byte(c.yaml), 0o600); err != nil {
					t.Fatal(err)
				}
				p.reload <- syscall.SIGHUP
				time.Sleep(20 * time.Hour)
				if err := stop(); err != nil {
					t.Error(err)
				}
				if refusal := p.log.find("the new configuration is refused, the old one stays"); (refusal != "") != (c.refusal != "") || !strings.Contains(refusal, c.refusal) {
					t.Errorf("refused: %q, want %q", refusal, c.refusal)
				}
				last := "2026-11-16 16 02:3" // and the jitter of this entity
				if c.refusal == "" {
					last = "2026-11-16 16 04:0"
				}
				p.cfg = nil // as it was, or as it is now
				if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
					t.Fatal(err)
				}
				if got := p.nights("c_q001"); len(got) != 2 || !strings.HasPrefix(got[1], last) {
					t.Errorf("nights %v, want the second to be %s", got, last)
				}
			})
		})
	}
}

func TestEntityAnotherRunHoldsIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(rome(2026, 11, 15, 12, 0)))
		p := newPlace(t, "serve: { listen: none }\nentities:\n  - { ipa: c_q001, tax_code: \"80000123457\" }\n")
		if err := os.MkdirAll(filepath.Join(p.dir, "data"), 0o750); err != nil {
			t.Fatal(err)
		}
		held, err := lock.Acquire(filepath.Join(p.dir, "data", "c_q001.lock"), "quadra import", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		stop := p.serve()
		time.Sleep(2*time.Hour + time.Second)
		if err := held.Release(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if got := fmt.Sprint(p.nights("c_q001")); got != "[2026-11-15 15 14:01]" {
			t.Errorf("nights %s", got)
		}
		if line := p.log.find("another run holds the entity"); !strings.Contains(line, "quadra import") || !strings.Contains(line, "age=1m") && !strings.Contains(line, "age=0s") {
			t.Errorf("logged %q", line)
		}
	})
}

func TestOneSchedulerPerDataFolder(t *testing.T) {
	p := newPlace(t, "serve: { listen: none }\nentities:\n  - { ipa: c_q001, tax_code: \"80000123457\", schedule: never }\n")
	if err := os.MkdirAll(filepath.Join(p.dir, "data"), 0o750); err != nil {
		t.Fatal(err)
	}
	first, err := lock.Acquire(filepath.Join(p.dir, "data", "serve.lock"), "quadra serve", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var held *lock.HeldError
	if err := serve.Run(t.Context(), p.options()); !errors.As(err, &held) || held.Owner.Command != "quadra serve" {
		t.Errorf("a second scheduler: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestEntitiesNotToBeRunAreNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(rome(2026, 11, 15, 12, 0)))
		p := newPlace(t, `serve: { listen: none }
blackouts: [{ from: 2026-11-15 00:00, to: 2026-11-18 00:00 }]
entities:
  - { ipa: c_q001, tax_code: "80000123457", schedule: never }
  - { ipa: c_q002, tax_code: "90011120236", state: inserted }
  - { ipa: c_q003, tax_code: "00488410010" }
`)
		stop := p.serve()
		time.Sleep(48 * time.Hour)
		if got := p.log.find("night begins"); got != "" {
			t.Errorf("in the blackout: %s", got)
		}
		time.Sleep(14 * time.Hour)
		if err := stop(); err != nil {
			t.Error(err)
		}
		for _, ipa := range []string{"c_q001", "c_q002"} {
			if got := p.nights(ipa); len(got) != 0 {
				t.Errorf("%s: %v", ipa, got)
			}
		}
		if got := p.nights("c_q003"); len(got) != 1 || !strings.HasPrefix(got[0], "2026-11-17 18 00:0") {
			t.Errorf("c_q003: %v, want one night when the blackout is over", got)
		}
	})
}

// place is a configuration and a scheduler on it.
type place struct {
	t      *testing.T
	dir    string
	cfg    *config.Config
	log    *logged
	reload chan os.Signal
}

func newPlace(t *testing.T, yaml string) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), log: &logged{}, reload: make(chan os.Signal, 1)}
	if err := os.WriteFile(filepath.Join(p.dir, "quadra.yaml"), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(p.dir, "drop"), 0o750); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *place) options() serve.Options {
	return serve.Options{Config: filepath.Join(p.dir, "quadra.yaml"), Version: "test", Now: time.Now,
		Log: slog.New(slog.NewTextHandler(p.log, nil)), Reload: p.reload}
}

func (p *place) serve() (stop func() error) {
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan error, 1)
	go func() { done <- serve.Run(ctx, p.options()) }()
	return func() error { cancel(); return <-done }
}

// entity reads the configuration as it is and returns one of its entities.
func (p *place) entity(ipa string) *config.Entity {
	p.t.Helper()
	if p.cfg == nil {
		c, err := config.Load(filepath.Join(p.dir, "quadra.yaml"))
		if err != nil {
			p.t.Fatal(err)
		}
		p.cfg = c
	}
	e, ok := p.cfg.Entity(ipa)
	if !ok {
		p.t.Fatalf("no entity %s", ipa)
	}
	return e
}

// nights are the nights of an entity's journal, the oldest first: as of which day,
// and when they began on the clock on the wall.
func (p *place) nights(ipa string) []string {
	p.t.Helper()
	e := p.entity(ipa)
	runs, err := night.LastNights(p.t.Context(), p.cfg, e)
	if err != nil {
		p.t.Fatal(err)
	}
	out := make([]string, len(runs))
	for i, r := range runs {
		out[len(runs)-1-i] = r.AsOf.String() + r.StartedAt.In(record.Rome()).Format(" 02 15:04")
	}
	return out
}

// yesterday gives an entity books with a night of the day before.
func (p *place) yesterday(ipa string, now time.Time) {
	p.t.Helper()
	e := p.entity(ipa)
	then := func() time.Time { return now.Add(-20 * time.Hour) }
	rs, err := rules.Default()
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := night.Run(p.t.Context(), night.Options{Config: p.cfg, Entity: e, Rules: rs, AsOf: record.DateOf(then()),
		Command: "quadra run", Now: then, Log: slog.New(slog.DiscardHandler)}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) put(name string, at time.Time) {
	path := filepath.Join(p.dir, "drop", name)
	if err := errors.Join(os.WriteFile(path, []byte(name), 0o600), os.Chtimes(path, at, at)); err != nil {
		p.t.Error(err)
	}
}

// logged keeps what was logged, with the time.
type logged struct {
	mu    sync.Mutex
	lines []string
	at    []time.Time
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines, l.at = append(l.lines, string(line)), append(l.at, time.Now())
	return len(line), nil
}

// when is when something was logged, on the clock on the wall.
func (l *logged) when(message string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for i, line := range l.lines {
		if strings.Contains(line, `msg="`+message+`"`) {
			out = append(out, l.at[i].In(record.Rome()).Format("02 15:04"))
		}
	}
	return out
}

func (l *logged) find(message string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if strings.Contains(line, `msg="`+message+`"`) {
			return line
		}
	}
	return ""
}

func rome(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, record.Rome())
}
