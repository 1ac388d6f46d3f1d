package doctor_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"quadra/config"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/doctor"
	"quadra/jobs/drop/droptest"
)

// place is a healthy installation: a local drop, one on SFTP, books of tonight.
type place struct {
	t       *testing.T
	dir     string
	server  *droptest.Server
	yaml    string
	now     time.Time
	space   func(string) (uint64, uint64, error)
	checked []doctor.Check
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), now: time.Now(), space: func(string) (uint64, uint64, error) { return 50 << 30, 100 << 30, nil }}
	for _, d := range []string{"data", "drop", "remote"} {
		if err := os.Mkdir(p.path(d), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	p.server = droptest.Start(t, p.path("remote"), droptest.Options{})
	if err := os.WriteFile(p.path("smtp"), []byte("parola\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.yaml = fmt.Sprintf(`data_dir: data
entities:
  - ipa: c_q001
    tax_code: "80000123457"
    drops:
      - {url: drop}
      - {url: %q, identity_file: %q, known_hosts: %q}
mail: {host: smtp.example.it, user: quadra, password_file: smtp, from: q@example.it, rules: [{to: [a@example.it]}]}
`, p.server.URL("/"), p.server.IdentityFile, p.server.KnownHosts)
	st, err := store.Open(t.Context(), p.database(), "80000123457")
	if err != nil {
		t.Fatal(err)
	}
	err = st.Write(t.Context(), func(tx *store.Tx) error {
		r := &store.Run{AsOf: record.DateOf(p.now), StartedAt: p.now, State: store.RunDone}
		err := tx.StartRun(r)
		r.State, r.EndedAt = store.RunDone, p.now
		return errors.Join(err, tx.EndRun(r))
	})
	if err := errors.Join(err, st.Close(), os.Chmod(p.database(), 0o640)); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *place) path(name string) string { return filepath.Join(p.dir, name) }
func (p *place) database() string        { return p.path("data/c_q001.db") }

func (p *place) exec(statement string) {
	p.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+p.database())
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(p.t.Context(), statement); err != nil {
		p.t.Fatal(err)
	}
}

// look names the checks that are not ok, with their state.
func (p *place) look() string {
	p.t.Helper()
	if err := os.WriteFile(p.path("quadra.yaml"), []byte(p.yaml), 0o600); err != nil {
		p.t.Fatal(err)
	}
	cfg, err := config.Load(p.path("quadra.yaml"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.checked = doctor.Look(p.t.Context(), doctor.Options{Config: cfg, Path: p.path("quadra.yaml"), Entities: []*config.Entity{&cfg.Entities[0]},
		Database: func(*config.Entity) string { return p.database() }, Now: func() time.Time { return p.now }, Space: p.space})
	var out []string
	for _, c := range p.checked {
		if c.State == doctor.OK {
			continue
		}
		if c.Do == "" {
			p.t.Errorf("%s says %q and not what to do", c.Name, c.What)
		}
		out = append(out, string(c.State)+" "+c.Name)
	}
	return strings.Join(slices.Compact(out), ", ")
}

func TestHealthyInstallation(t *testing.T) {
	p := newPlace(t)
	if got := p.look(); got != "" {
		t.Errorf("finds %s\n%+v", got, p.checked)
	}
	if doctor.Worst(p.checked) != doctor.OK {
		t.Error("the worst is not ok")
	}
	var names []string
	for _, c := range p.checked {
		names = append(names, c.Name)
	}
	want := "config zone clock data space mail drop key hostkey schema books night"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("looked at %s, want %s", got, want)
	}
}

func TestWhatIsWrongIsFoundWithWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, p *place) error
		want  string
	}{
		{"key others can read", func(_ *testing.T, p *place) error { return os.Chmod(p.server.IdentityFile, 0o644) }, "problem key"},
		{"mail password others can read", func(_ *testing.T, p *place) error { return os.Chmod(p.path("smtp"), 0o640) }, "problem mail"},
		{"mail password missing", func(_ *testing.T, p *place) error { return os.Remove(p.path("smtp")) }, "problem mail"},
		{"server not in known_hosts", func(_ *testing.T, p *place) error { return os.WriteFile(p.server.KnownHosts, nil, 0o600) }, "problem hostkey"},
		{"known_hosts that cannot be read", func(_ *testing.T, p *place) error { return os.Remove(p.server.KnownHosts) }, "problem hostkey"},
		{"drop that is not there", func(_ *testing.T, p *place) error { return os.Remove(p.path("drop")) }, "problem drop"},
		{"data folder open to everybody", func(_ *testing.T, p *place) error { return os.Chmod(p.path("data"), 0o755) }, "warning data"},
		{"disk nearly full", func(_ *testing.T, p *place) error {
			p.space = func(string) (uint64, uint64, error) { return 5 << 30, 100 << 30, nil }
			return nil
		}, "warning space"},
		{"disk full", func(_ *testing.T, p *place) error {
			p.space = func(string) (uint64, uint64, error) { return 1 << 20, 100 << 30, nil }
			return nil
		}, "problem space"},
		{"clock years behind", func(_ *testing.T, p *place) error {
			p.now = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
			return nil
		}, "problem clock"},
		{"clock an hour behind", func(_ *testing.T, p *place) error {
			p.now = p.now.Add(-time.Hour)
			return nil
		}, "problem clock"},
		{"no night for four days", func(_ *testing.T, p *place) error {
			p.now = p.now.Add(96 * time.Hour)
			return nil
		}, "warning night"},
		{"books of a later version", func(_ *testing.T, p *place) error {
			p.exec("PRAGMA user_version = 1000")
			return nil
		}, "problem schema"},
		{"books of an earlier version", func(_ *testing.T, p *place) error {
			p.exec("PRAGMA user_version = 1")
			return nil
		}, "warning schema"},
		{"books that are no database", func(_ *testing.T, p *place) error {
			return os.WriteFile(p.database(), []byte(strings.Repeat("not a database ", 1000)), 0o640)
		}, "problem books"},
		{"journal that cannot be rolled back", func(_ *testing.T, p *place) error {
			return os.WriteFile(p.database()+"-journal", []byte(strings.Repeat("garbage ", 100)), 0o600)
		}, "problem books"},
		{"books everybody reads", func(_ *testing.T, p *place) error { return os.Chmod(p.database(), 0o644) }, "warning books"},
		{"books of another entity", func(_ *testing.T, p *place) error {
			p.exec("UPDATE meta SET value = '80007580279' WHERE name = 'tax_code'")
			return nil
		}, "problem books"},
		{"no books yet", func(_ *testing.T, p *place) error { return os.Remove(p.database()) }, "warning books"},
		{"mail that waits", func(_ *testing.T, p *place) error {
			p.exec("INSERT INTO notification (run_id, channel, target, subject, content, created_at) VALUES (1, 'mail', 'a@b.it', 's', '{}', '2026-01-01T00:00:00Z')")
			return nil
		}, "warning mail"},
		{"a tax code that does not add up", func(_ *testing.T, p *place) error {
			p.yaml = strings.Replace(p.yaml, "80000123457", "80000123450", 1)
			return os.Remove(p.database())
		}, "warning config, warning books"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			if err := c.spoil(t, p); err != nil {
				t.Fatal(err)
			}
			if got := p.look(); got != c.want {
				t.Errorf("finds %q, want %q\n%+v", got, c.want, p.checked)
			}
			if worst := doctor.Worst(p.checked); !strings.HasPrefix(c.want, string(worst)) {
				t.Errorf("the worst is %s", worst)
			}
		})
	}
}

func TestLookingChangesNothing(t *testing.T) {
	p := newPlace(t)
	p.exec("PRAGMA user_version = 1")
	before, err := os.ReadFile(p.database())
	if err != nil {
		t.Fatal(err)
	}
	p.look()
	if after, err := os.ReadFile(p.database()); err != nil || string(after) != string(before) {
		t.Errorf("the books were touched: %v", err)
	}
}
