package verify_test

import (
	"context"
	"database/sql"
	"log/slog"
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
	"quadra/fixtures/generator"
	"quadra/jobs/night"
	"quadra/jobs/verify"
	"quadra/rules"
)

// place is an entity after one night over generated files.
type place struct {
	t   *testing.T
	cfg *config.Config
	rs  *rules.Ruleset
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	_, err := generator.Generate(t.Context(), generator.Options{Seed: 3, Entity: generator.DemoEntities[0], Payments: 20, Notices: true,
		From: record.NewDate(2026, 9, 21), To: record.NewDate(2026, 9, 25), PSPs: generator.DefaultPSPs()[:3]},
		generator.NewFolder(filepath.Join(dir, "drop")))
	if err != nil {
		t.Fatal(err)
	}
	yaml := "data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n"
	for _, s := range []string{"ricevute", "rendicontazione", "cassa", "notifiche"} {
		yaml += "      - { source: " + s + ", url: drop/" + s + ", settle: 0s }\n"
	}
	cfg, err := config.Parse(filepath.Join(dir, "quadra.yaml"), []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, cfg: cfg, rs: rs}
	p.night(record.NewDate(2026, 10, 5))
	return p
}

func (p *place) night(asOf record.Date) {
	p.t.Helper()
	_, err := night.Run(p.t.Context(), night.Options{Config: p.cfg, Entity: &p.cfg.Entities[0], Rules: p.rs, AsOf: asOf,
		Version: "test", Command: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) database() string { return night.PathsOf(p.cfg, &p.cfg.Entities[0]).Database() }

func (p *place) exec(statements string) {
	p.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+p.database())
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(p.t.Context(), statements); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) verify(seal string) []verify.Check {
	p.t.Helper()
	checks, err := night.Verify(context.Background(), p.cfg, &p.cfg.Entities[0], p.rs, seal, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return checks
}

// wrong names the checks that found something.
func wrong(checks []verify.Check) string {
	var names []string
	for _, c := range checks {
		if c.Faults > 0 {
			names = append(names, string(c.Name))
		}
	}
	return strings.Join(names, " ")
}

func TestWhatIsChangedByHandIsFoundByTheCheckItConcerns(t *testing.T) {
	for _, c := range []struct {
		name  string
		touch func(p *place)
		want  string
	}{
		{"nothing", func(*place) {}, ""},
		{"a status", func(p *place) {
			p.exec(`UPDATE payment SET verdict_id = (SELECT v.id FROM verdict v WHERE v.unit = 'payment' AND v.id <> payment.verdict_id LIMIT 1)
				WHERE iuv = (SELECT min(iuv) FROM payment)`)
		}, "full"},
		{"an amount cashed", func(p *place) {
			p.exec("UPDATE settlement SET cash = cash + 1 WHERE id = (SELECT min(id) FROM settlement WHERE parts > 0)")
		},
			"balance"},
		{"a run", func(p *place) { p.exec("UPDATE run SET as_of = '2026-10-04'") }, "journal"},
		{"a file's hash", func(p *place) {
			p.exec("UPDATE file SET sha256 = '" + strings.Repeat("0", 64) + "' WHERE id = (SELECT min(id) FROM file WHERE state = 'loaded')")
		}, "archive journal"},
		{"a row that points at nothing", func(p *place) {
			p.exec("PRAGMA foreign_keys = OFF; UPDATE receipt SET doc_id = 9999 WHERE iuv = (SELECT max(iuv) FROM receipt)")
		}, "database"},
		{"a sealed file gone", func(p *place) {
			files, err := filepath.Glob(filepath.Join(p.cfg.DataDir, "archive", "??", "*"))
			if err != nil || len(files) == 0 {
				p.t.Fatal(files, err)
			}
			if err := os.Remove(files[0]); err != nil {
				p.t.Fatal(err)
			}
		}, "archive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			c.touch(p)
			before, err := os.ReadFile(p.database())
			if err != nil {
				t.Fatal(err)
			}
			checks := p.verify("")
			if got := wrong(checks); got != c.want {
				t.Errorf("wrong: %q, want %q\n%+v", got, c.want, checks)
			}
			if len(checks) != 5 || slices.ContainsFunc(checks, func(c verify.Check) bool { return c.Looked == 0 }) {
				t.Errorf("some check looked at nothing: %+v", checks)
			}
			after, err := os.ReadFile(p.database())
			if err != nil || string(before) != string(after) {
				t.Errorf("verifying changed the books: %v", err)
			}
		})
	}
}

// TestIncrementalEqualsFullOverSeveralNights: the calendar alone moves statuses
// from one night to the next.
func TestIncrementalEqualsFullOverSeveralNights(t *testing.T) {
	p := newPlace(t)
	for day := 6; day < 30; day += 6 {
		p.night(record.NewDate(2026, 10, day))
		if got := wrong(p.verify("")); got != "" {
			t.Errorf("as of October %d wrong: %s", day, got)
		}
	}
}

func TestFilesNotJudgedYetAreNoFault(t *testing.T) {
	p := newPlace(t)
	p.exec("INSERT INTO dirty_iuv (iuv) SELECT min(iuv) FROM receipt")
	checks := p.verify("")
	if got := wrong(checks); got != "" || len(checks[3].Notes) == 0 {
		t.Errorf("wrong: %q, %+v", got, checks[3])
	}
}

func TestSealKeptElsewhereProvesTheJournal(t *testing.T) {
	p := newPlace(t)
	var seal string
	books, err := store.Open(t.Context(), p.database(), "80000123457")
	if err != nil {
		t.Fatal(err)
	}
	if err := books.Read(t.Context(), func(tx *store.Tx) (err error) { seal, err = tx.SealHead(); return err }); err != nil {
		t.Fatal(err)
	}
	if err := books.Close(); err != nil {
		t.Fatal(err)
	}
	p.night(record.NewDate(2026, 10, 6))
	if got := wrong(p.verify(seal)); got != "" {
		t.Errorf("wrong: %s", got)
	}
	// Somebody who rewrites history and seals it again cannot make the old seal.
	p.exec("UPDATE run SET version = 'other', seal = ''")
	p.night(record.NewDate(2026, 10, 7))
	if got := wrong(p.verify("")); got != "" {
		t.Errorf("a journal sealed anew holds in itself, but: %s", got)
	}
	if got := wrong(p.verify(seal)); got != "journal" {
		t.Errorf("with the seal kept elsewhere wrong: %q", got)
	}
}
