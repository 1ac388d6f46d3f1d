package night_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quadra/config"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/fixtures/generator"
	"quadra/fixtures/sftpserver"
	"quadra/jobs/drop/droptest"
	"quadra/jobs/lock"
	"quadra/jobs/night"
	"quadra/rules"
)

const asOf = "2026-11-15"

// place is an entity with drops to run nights on.
type place struct {
	t   *testing.T
	dir string
	cfg *config.Config
	opt night.Options
}

// sources are the folders a generated drop has.
var sources = []string{"ricevute", "rendicontazione", "cassa", "notifiche"}

// local is an entity whose drops are local folders under dir/drop.
func local(t *testing.T, after string) *place {
	t.Helper()
	dir := t.TempDir()
	yaml := "data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n"
	for _, s := range sources {
		yaml += fmt.Sprintf("      - { source: %s, url: drop/%s, settle: 0s, after: %s }\n", s, s, after)
		if err := os.MkdirAll(filepath.Join(dir, "drop", s), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	return at(t, dir, yaml)
}

func at(t *testing.T, dir, yaml string) *place {
	t.Helper()
	cfg, err := config.Parse(filepath.Join(dir, "quadra.yaml"), []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	day, err := record.ParseDate(asOf)
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC)
	return &place{t: t, dir: dir, cfg: cfg, opt: night.Options{
		Config: cfg, Entity: &cfg.Entities[0], Rules: rs, AsOf: day, Version: "test", Command: "quadra run",
		Now: func() time.Time { return clock }, Log: slog.New(slog.DiscardHandler),
	}}
}

func (p *place) night() *night.Result {
	p.t.Helper()
	res, err := night.Run(p.t.Context(), p.opt)
	if err != nil {
		p.t.Fatal(err)
	}
	return res
}

func states(r *night.Result) []string {
	var out []string
	for i := range r.Files {
		out = append(out, fmt.Sprintf("%s %s %s", r.Files[i].State, r.Files[i].Code, r.Files[i].Name))
	}
	slices.Sort(out)
	return out
}

func (p *place) put(path, content string) {
	p.t.Helper()
	full := filepath.Join(p.dir, "drop", path)
	if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// books is everything the books hold, as text, without what names the runs.
func (p *place) books() string {
	p.t.Helper()
	st, err := night.OpenBooks(p.t.Context(), p.cfg, p.opt.Entity)
	if err != nil {
		p.t.Fatal(err)
	}
	defer st.Close()
	var out []string
	err = st.Read(p.t.Context(), func(tx *store.Tx) error {
		for _, f := range []store.Figure{store.FigReceiptsByStatus, store.FigFlowLines, store.FigCashLinked, store.FigCashByIUV,
			store.FigCashUnmatched, store.FigSettledDifferences, store.FigNotices} {
			sums, err := tx.Sums(f)
			if err != nil {
				return err
			}
			for _, s := range sums {
				out = append(out, fmt.Sprintf("%s %s %d %s", f, s.Part, s.Quantity, s.Amount))
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

const (
	cashHeader = "ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO;VALUTA ENTE\n"
	cashRow    = "2026;1202;16/09/2026;ECONOMO;VERSAMENTO CONTANTI;1.010,00;\n"
)

func TestGeneratedNightBalancesAndAnswersEveryFile(t *testing.T) {
	p := local(t, "move")
	truth, err := generator.Generate(t.Context(), generator.Options{Seed: 7, Entity: generator.DemoEntities[0], Payments: 300,
		Notices: true, CashFormat: generator.CashMixed, BadFiles: 2, BadRows: 5}, generator.NewFolder(filepath.Join(p.dir, "drop")))
	if err != nil {
		t.Fatal(err)
	}
	p.opt.AsOf = truth.AsOf
	res := p.night()
	if len(res.Files) != len(truth.Files) {
		t.Errorf("%d files went through the night, %d were in the drops", len(res.Files), len(truth.Files))
	}
	refused := 0
	for _, f := range truth.Files {
		if f.Bad != "" {
			refused++
		}
	}
	got := 0
	for i := range res.Files {
		if res.Files[i].State == store.FileRejected {
			got++
		}
	}
	if got != refused {
		t.Errorf("%d files refused, want %d: %s", got, refused, strings.Join(states(res), "\n"))
	}
	sum := func(code string) (record.Cents, int64) {
		for _, b := range res.Balance {
			if b.Code == code && b.Side == "left" {
				return b.Amount, b.Quantity
			}
		}
		return 0, 0
	}
	if total, n := sum("RECEIPTS"); total != truth.Totals.Receipts || n != int64(truth.Records.ReceiptLines) {
		t.Errorf("receipts in the books: %d for %s, generated: %d for %s", n, total, truth.Records.ReceiptLines, truth.Totals.Receipts)
	}
	if total, n := sum("FLOWS"); total != truth.Totals.Declared || n != int64(truth.Records.Flows) {
		t.Errorf("flows in the books: %d for %s, generated: %d for %s", n, total, truth.Records.Flows, truth.Totals.Declared)
	}
	if total, _ := sum("CASH"); total != truth.Totals.Cash {
		t.Errorf("cash in the books: %s, generated: %s", total, truth.Totals.Cash)
	}
	if total, _ := sum("NOTICES"); total != truth.Totals.Notices {
		t.Errorf("notices in the books: %s, generated: %s", total, truth.Totals.Notices)
	}
	for i := range res.Files {
		f := &res.Files[i]
		if len(glob(t, filepath.Join(p.dir, "drop", "*", f.Name+".esito.txt"))) != 1 {
			t.Errorf("%s has no outcome file", f.Name)
		}
		folder := "done"
		if f.State == store.FileRejected {
			folder = "rejected"
		}
		if len(glob(t, filepath.Join(p.dir, "drop", "*", folder, f.Name))) != 1 {
			t.Errorf("%s was not moved to %s", f.Name, folder)
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestNightByNightGivesWhatOneNightGives delivers generated files on the day
// they become available and compares the books with those of a single night.
func TestNightByNightGivesWhatOneNightGives(t *testing.T) {
	opt := generator.Options{Seed: 11, Entity: generator.DemoEntities[0], Payments: 250, Notices: true, CashFormat: generator.CashOPI}
	source := filepath.Join(t.TempDir(), "source")
	truth, err := generator.Generate(t.Context(), opt, generator.NewFolder(source))
	if err != nil {
		t.Fatal(err)
	}
	atOnce, nightly := local(t, "move"), local(t, "move")
	deliver := func(p *place, f generator.File) {
		content, err := os.ReadFile(filepath.Join(source, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		p.put(f.Path, string(content))
	}
	byDay := make(map[record.Date][]generator.File)
	for _, f := range truth.Files {
		deliver(atOnce, f)
		byDay[f.AvailableOn] = append(byDay[f.AvailableOn], f)
	}
	var days []record.Date
	for d := range byDay {
		days = append(days, d)
	}
	slices.Sort(days)
	for _, d := range days {
		for _, f := range byDay[d] {
			deliver(nightly, f)
		}
		nightly.opt.AsOf = d
		nightly.night()
	}
	atOnce.opt.AsOf, nightly.opt.AsOf = truth.AsOf, truth.AsOf
	atOnce.night()
	nightly.night()
	if a, b := atOnce.books(), nightly.books(); a != b {
		t.Errorf("one night\n%s\n\n%d nights\n%s", a, len(days)+1, b)
	}
}

func TestFileLeftInPlaceIsTakenOnce(t *testing.T) {
	p := local(t, "keep")
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	if got := states(p.night()); !slices.Equal(got, []string{"loaded  giornale.csv"}) {
		t.Errorf("first night: %q", got)
	}
	res := p.night()
	if len(res.Files) != 0 || res.Changed() || res.Drops[2].Known != 1 {
		t.Errorf("second night: files %q, changed %v, drops %+v", states(res), res.Changed(), res.Drops)
	}
}

func TestBadFilesNeverStopTheOthers(t *testing.T) {
	p := local(t, "move")
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	p.put("cassa/lettera.csv", "una lettera")
	p.put("cassa/troncato.zip", "PK\x03\x04\x14\x00\x00\x00\x08\x00")
	p.put("cassa/vuoto.csv", "")
	p.put("rendicontazione/meta.xml", `<FlussoRiversamento xmlns="http://www.digitpa.gov.it/schemas/2011/Pagamenti/"><versioneOggetto>1.0</ver`)
	p.put("ricevute/colonne.csv", "iuf;numRigaFlusso;codIud;codIuv\nA;1;B;C\n")
	res := p.night()
	if !res.Rejections() || res.Incomplete() {
		t.Errorf("rejections %v, incomplete %v", res.Rejections(), res.Incomplete())
	}
	loaded := 0
	for i := range res.Files {
		f := &res.Files[i]
		switch f.State {
		case store.FileLoaded:
			loaded++
		case store.FileRejected:
			if f.Message == "" || f.Code == "" {
				t.Errorf("%s was refused without a reason", f.Name)
			}
		default:
			t.Errorf("%s is %s", f.Name, f.State)
		}
	}
	if loaded != 1 || len(res.Files) != 6 {
		t.Errorf("files: %q", states(res))
	}
}

func TestSameBytesAgainAreADuplicate(t *testing.T) {
	p := local(t, "move")
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	p.night()
	p.put("cassa/copia.csv", cashHeader+cashRow)
	res := p.night()
	if got := states(res); !slices.Equal(got, []string{"duplicate  copia.csv"}) || res.Changed() {
		t.Errorf("second night: %q, changed %v", got, res.Changed())
	}
}

func TestEntityThroughItsLife(t *testing.T) {
	for _, c := range []struct {
		state   config.State
		loads   bool
		heading string
	}{
		{config.StateInserted, false, ""},
		{config.StatePreProduction, true, "Ente in pre-produzione: questi dati sono una prova."},
		{config.StateProduction, true, ""},
		{config.StateClosed, true, "Ente chiuso: ha incassato fino al 30/06/2026."},
		{config.StateMerged, true, "Ente confluito in c_q002: ha incassato fino al 30/06/2026."},
	} {
		t.Run(string(c.state), func(t *testing.T) {
			p := local(t, "keep")
			p.put("ricevute/note.txt", "non sono ricevute")
			p.opt.Entity.State, p.opt.Entity.StateSince, p.opt.Entity.MergedInto = c.state, record.NewDate(2026, 6, 30), "c_q002"
			res := p.night()
			if (len(res.Files) > 0) != c.loads || (res.Skipped == "") != c.loads || (res.Report != "") != c.loads {
				t.Fatalf("files %v, skipped %q, report %q; want them looked at: %v", states(res), res.Skipped, res.Report, c.loads)
			}
			if res.Standing != c.heading {
				t.Errorf("the run is headed %q, want %q", res.Standing, c.heading)
			}
			if !c.loads {
				return
			}
			page, err := os.ReadFile(filepath.Join(res.Report, "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(page), `<section class="avvisi"><ul><li class="neutro">`+c.heading); got != (c.heading != "") {
				t.Errorf("the page is headed so: %v", got)
			}
		})
	}
}

func TestEntityHeldByAnotherRun(t *testing.T) {
	p := local(t, "move")
	if err := os.MkdirAll(p.cfg.DataDir, 0o750); err != nil {
		t.Fatal(err)
	}
	held, err := lock.Acquire(night.PathsOf(p.cfg, p.opt.Entity).Lock(), "quadra import", p.opt.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = night.Run(t.Context(), p.opt)
	var other *lock.HeldError
	if !errors.As(err, &other) || other.Owner.Command != "quadra import" {
		t.Errorf("a run on a held entity returned %v", err)
	}
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	p.night()
}

func TestDryRunTouchesNothing(t *testing.T) {
	p := local(t, "move")
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	p.night()
	p.put("cassa/altro.csv", cashHeader+strings.Replace(cashRow, "1202", "1203", 1))
	before := snapshot(t, p.dir)
	p.opt.DryRun = true
	res := p.night()
	if got := states(res); !slices.Equal(got, []string{"loaded  altro.csv"}) || !res.Changed() {
		t.Errorf("the dry run saw %q, changed %v", got, res.Changed())
	}
	if after := snapshot(t, p.dir); after != before {
		t.Errorf("the dry run left\n%s\nwas\n%s", after, before)
	}
}

// snapshot lists every file with its size and time.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".lock") {
			return err
		}
		info, err := d.Info()
		out = append(out, fmt.Sprintf("%s %d %s", path, info.Size(), info.ModTime()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

// remote is an entity with one SFTP drop.
func remote(t *testing.T) (*place, *droptest.Server, string) {
	t.Helper()
	dir := t.TempDir()
	folder := filepath.Join(dir, "sftp", "cassa")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	server := droptest.Start(t, filepath.Dir(folder), droptest.Options{})
	yaml := fmt.Sprintf("data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n      - source: cassa\n"+
		"        url: %s\n        identity_file: %s\n        known_hosts: %s\n        settle: 0s\n        idle_timeout: 1s\n        attempts: 2\n        retry_wait: 10ms\n",
		server.URL("/cassa"), server.IdentityFile, server.KnownHosts)
	return at(t, dir, yaml), server, folder
}

// TestAnswerThatDidNotReachTheDropIsWrittenTheNextNight: the file is in the
// books already, so it must not count as a duplicate.
func TestAnswerThatDidNotReachTheDropIsWrittenTheNextNight(t *testing.T) {
	p, server, dir := remote(t)
	if err := os.WriteFile(filepath.Join(dir, "giornale.csv"), []byte(cashHeader+cashRow), 0o600); err != nil {
		t.Fatal(err)
	}
	server.SetFaults(sftpserver.Faults{Denied: []string{"giornale.csv.esito.txt", "done"}})
	if res := p.night(); !slices.Equal(states(res), []string{"loaded  giornale.csv"}) || !res.Incomplete() {
		t.Errorf("first night: %q, incomplete %v", states(res), res.Incomplete())
	}
	server.SetFaults(sftpserver.Faults{})
	if res := p.night(); len(res.Files) != 0 || res.Incomplete() || res.Changed() {
		t.Errorf("second night: %q, incomplete %v, changed %v", states(res), res.Incomplete(), res.Changed())
	}
	if _, err := os.Stat(filepath.Join(dir, "done", "giornale.csv")); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "giornale.csv.esito.txt")); err != nil || !strings.Contains(string(text), "ESITO: PRESO") {
		t.Errorf("outcome %q, %v", text, err)
	}
}

// TestRunsOnTheSameInputsGiveTheSameReport runs twice from scratch on the same
// drops and compares the reports byte for byte.
func TestRunsOnTheSameInputsGiveTheSameReport(t *testing.T) {
	p := local(t, "keep")
	if _, err := generator.Generate(t.Context(), generator.Options{Seed: 3, Entity: generator.DemoEntities[0], Payments: 60,
		Notices: true}, generator.NewFolder(filepath.Join(p.dir, "drop"))); err != nil {
		t.Fatal(err)
	}
	var reports [2]map[string]string
	for i := range reports {
		if err := os.RemoveAll(p.cfg.DataDir); err != nil {
			t.Fatal(err)
		}
		reports[i] = make(map[string]string)
		dir := p.night().Report
		for _, path := range append(glob(t, filepath.Join(dir, "*.*")), glob(t, filepath.Join(dir, "dati", "*"))...) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			reports[i][filepath.Base(path)] = string(content)
		}
	}
	for name, first := range reports[0] {
		if second := reports[1][name]; first != second {
			t.Errorf("%s differs between two runs on the same inputs", name)
		}
	}
	if len(reports[0]) < 4 {
		t.Errorf("the report has %d files", len(reports[0]))
	}
	var data map[string]any
	if err := json.Unmarshal([]byte(reports[0]["run.json"]), &data); err != nil {
		t.Errorf("run.json: %v", err)
	}
}

func TestInterruptedRunIsMarkedFailed(t *testing.T) {
	p := local(t, "move")
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	ctx, cancel := context.WithCancel(t.Context())
	p.opt.Observe = func(e night.Event) {
		if e.Step == "link" {
			cancel()
		}
	}
	if _, err := night.Run(ctx, p.opt); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run returned %v", err)
	}
	p.opt.Observe = nil
	res := p.night()
	if len(res.Files) != 0 || res.Judged.Movements != 1 {
		t.Errorf("the run after it: files %q, judged %+v", states(res), res.Judged)
	}
}
