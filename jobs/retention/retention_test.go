package retention_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/config"
	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/night"
	"quadra/jobs/retention"
	"quadra/rules"
)

const (
	oldName, newName = "ANTICAMENTE GIUSEPPA", "RECENTEMENTE ANTONIO"
	oldCode, newCode = "NTCGPP50A41F205X", "RCNNTN60A01F205Y"
)

// notices of two people, one who paid twelve years ago and one of now.
func notices(iud, iuv, code, name, paid string) string {
	return "IUD;codIuv;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco;anagraficaPagatore;indirizzoPagatore;civicoPagatore;capPagatore;" +
		"localitaPagatore;provinciaPagatore;nazionePagatore;e-mailPagatore;dataEsecuzionePagamento;importoDovutoPagato;commissioneCaricoPa;" +
		"tipoDovuto;tipoVersamento;causaleVersamento;datiSpecificiRiscossione;bilancio\n" +
		strings.Join([]string{iud, iuv, "F", code, name, "", "", "", "", "", "", "", paid, "10.00", "0.00", "TARI", "ALL", "multa di " + name, "9/0101100IM/", ""}, ";") + "\n"
}

type place struct {
	t   *testing.T
	cfg *config.Config
	now time.Time
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	cfg, err := config.Parse(filepath.Join(dir, "quadra.yaml"), []byte(`
data_dir: data
entities:
  - {ipa: c_q001, tax_code: "80000123457", drops: [{url: drop/one, settle: 0s}]}
  - {ipa: c_q002, tax_code: "80007580279", drops: [{url: drop/two, settle: 0s}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"one", "two"} {
		if err := os.MkdirAll(filepath.Join(dir, "drop", d), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	p := &place{t: t, cfg: cfg, now: time.Date(2014, 9, 2, 1, 0, 0, 0, time.UTC)}
	p.put("one", "vecchio.csv", notices("IUDVECCHIO", "01470000000000107", oldCode, oldName, "2014-09-01"))
	p.night(0)
	p.now = time.Date(2026, 9, 2, 1, 0, 0, 0, time.UTC)
	p.put("one", "nuovo.csv", notices("IUDNUOVO", "01470000000000208", newCode, newName, "2026-09-01"))
	p.night(0)
	return p
}

func (p *place) put(drop, name, content string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(p.cfg.DataDir), "drop", drop, name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) night(entity int) {
	p.t.Helper()
	rs, err := rules.Default()
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := night.Run(p.t.Context(), night.Options{Config: p.cfg, Entity: &p.cfg.Entities[entity], Rules: rs, AsOf: record.DateOf(p.now),
		Version: "test", Command: "test", Now: func() time.Time { return p.now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		p.t.Fatal(err)
	}
	for i := range res.Files {
		if f := &res.Files[i]; f.State != store.FileLoaded && f.State != store.FileRejected {
			p.t.Fatalf("%s is %s: %s", f.Name, f.State, f.Message)
		}
	}
}

func (p *place) erase(dry bool) *retention.Result {
	p.t.Helper()
	rs, err := rules.Default()
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := night.Erase(p.t.Context(), p.cfg, &p.cfg.Entities[0], rs, retention.Options{Before: record.NewDate(2016, 9, 2), By: "test",
		DryRun: dry, Now: func() time.Time { return p.now }})
	if err != nil {
		p.t.Fatal(err)
	}
	return res
}

// remembers lists the files below the data folder that hold a text.
func (p *place) remembers(text string) string {
	p.t.Helper()
	var found []string
	err := filepath.WalkDir(p.cfg.DataDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			rel, _ := filepath.Rel(p.cfg.DataDir, path)
			found = append(found, strings.SplitN(rel, string(filepath.Separator), 2)[0])
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.Join(found, " ")
}

func (p *place) read(fn func(tx *store.Tx) error) {
	p.t.Helper()
	books, err := night.OpenBooks(p.t.Context(), p.cfg, &p.cfg.Entities[0])
	if err != nil {
		p.t.Fatal(err)
	}
	defer books.Close()
	if err := books.Read(p.t.Context(), fn); err != nil {
		p.t.Fatal(err)
	}
}

// figures is every unit with its status and amount.
func (p *place) figures() string {
	p.t.Helper()
	var out strings.Builder
	p.read(func(tx *store.Tx) error {
		_, err := export.Status(p.t.Context(), tx, &out)
		return err
	})
	return out.String()
}

func (p *place) wrong() string {
	p.t.Helper()
	rs, err := rules.Default()
	if err != nil {
		p.t.Fatal(err)
	}
	checks, err := night.Verify(p.t.Context(), p.cfg, &p.cfg.Entities[0], rs, "", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	var wrong []string
	for _, c := range checks {
		if c.Faults > 0 {
			wrong = append(wrong, string(c.Name)+" "+strings.Join(c.Told, ", "))
		}
	}
	return strings.Join(wrong, "; ")
}

func TestWhoPaidLongAgoIsForgottenAndEveryFigureStays(t *testing.T) {
	p := newPlace(t)
	if where := p.remembers(oldName); !strings.Contains(where, "archive") || !strings.Contains(where, "c_q001.db") {
		t.Fatalf("the name is in %q: the test would prove nothing", where)
	}
	figures := p.figures()
	if !strings.Contains(figures, "IUDVECCHIO") || !strings.Contains(figures, "IUDNUOVO") {
		t.Fatalf("figures\n%s", figures)
	}
	res := p.erase(false)
	if res.Notices != 1 || len(res.Files) != 1 || len(res.Reports) != 2 {
		t.Errorf("erased %+v", res)
	}
	for _, text := range []string{oldName, oldCode} {
		if where := p.remembers(text); where != "" {
			t.Errorf("%s is still in %s", text, where)
		}
	}
	if _, err := os.Stat(filepath.Join(p.cfg.DataDir, "reports", "c_q001", "2026-09-02", "index.html")); err != nil {
		t.Errorf("the report of the last run was not written anew: %v", err)
	}
	if where := p.remembers(newName); !strings.Contains(where, "archive") || !strings.Contains(where, "c_q001.db") {
		t.Errorf("who paid lately is only in %q", where)
	}
	if after := p.figures(); after != figures {
		t.Errorf("figures changed\n%s\n%s", figures, after)
	}
	if wrong := p.wrong(); wrong != "" {
		t.Errorf("verify: %s", wrong)
	}
	p.read(func(tx *store.Tx) error {
		acts, err := tx.Erasures()
		if len(acts) != 1 || acts[0].Notices != 1 || acts[0].By != "test" || acts[0].Before != record.NewDate(2016, 9, 2) {
			t.Errorf("recorded %+v", acts)
		}
		removed, err2 := tx.RemovedFiles()
		if len(removed) != 1 || !strings.Contains(removed[res.Files[0]], "older than 2016-09-02") {
			t.Errorf("removed %v", removed)
		}
		return errors.Join(err, err2)
	})
	if again := p.erase(false); !again.Empty() {
		t.Errorf("a second time erased %+v", again)
	}
	p.night(0)
	if wrong := p.wrong(); wrong != "" {
		t.Errorf("verify after the next night: %s", wrong)
	}
}

func TestDryRunCountsAndForgetsNothing(t *testing.T) {
	p := newPlace(t)
	before := p.remembers(oldName)
	if res := p.erase(true); res.Notices != 1 || len(res.Files) != 1 || len(res.Reports) != 2 {
		t.Errorf("would erase %+v", res)
	}
	if after := p.remembers(oldName); after != before {
		t.Errorf("before in %s, after in %s", before, after)
	}
	p.read(func(tx *store.Tx) error {
		acts, err := tx.Erasures()
		if len(acts) != 0 {
			t.Errorf("recorded %+v", acts)
		}
		return err
	})
}

// TestSealedFileAnotherEntityHasStays: the archive is shared, and a file sent to
// two entities is one file.
func TestSealedFileAnotherEntityHasStays(t *testing.T) {
	p := newPlace(t)
	p.put("two", "stesso.csv", notices("IUDVECCHIO", "01470000000000107", oldCode, oldName, "2014-09-01"))
	p.night(1)
	res := p.erase(false)
	if res.Notices != 1 || len(res.Files) != 0 {
		t.Errorf("erased %+v", res)
	}
	if where := p.remembers(oldName); !strings.Contains(where, "archive") {
		t.Errorf("the other entity's file is gone: %q", where)
	}
}

// TestFileSentAgainAfterItWasErasedGoesAgain: the same bytes come back from a
// source that keeps everything.
func TestFileSentAgainAfterItWasErasedGoesAgain(t *testing.T) {
	p := newPlace(t)
	p.erase(false)
	p.put("one", "di-nuovo.csv", notices("IUDVECCHIO", "01470000000000107", oldCode, oldName, "2014-09-01"))
	rs, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := night.Run(t.Context(), night.Options{Config: p.cfg, Entity: &p.cfg.Entities[0], Rules: rs, AsOf: record.DateOf(p.now),
		Version: "test", Command: "test", Now: func() time.Time { return p.now }, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	if p.remembers(oldName) == "" {
		t.Fatal("it did not come back: the test would prove nothing")
	}
	p.erase(false)
	if where := p.remembers(oldName); where != "" {
		t.Errorf("it is still in %s", where)
	}
}

func TestFirstDayKept(t *testing.T) {
	for _, c := range []struct {
		day    record.Date
		months int
		want   record.Date
	}{
		{record.NewDate(2026, 11, 15), 120, record.NewDate(2016, 11, 15)},
		{record.NewDate(2028, 2, 29), 12, record.NewDate(2027, 2, 28)},
		{record.NewDate(2026, 3, 31), 13, record.NewDate(2025, 2, 28)},
		{record.NewDate(2026, 1, 15), 18, record.NewDate(2024, 7, 15)},
	} {
		if got := retention.Before(c.day, c.months); got != c.want {
			t.Errorf("%d months before %s is %s, want %s", c.months, c.day, got, c.want)
		}
	}
}
