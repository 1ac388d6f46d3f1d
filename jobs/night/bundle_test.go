package night_test

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/engine/export"
	"quadra/fixtures/generator"
	"quadra/jobs/bundle"
	"quadra/jobs/night"
)

// bundled makes a bundle and returns it.
func (p *place) bundled(opt night.BundleOptions) (string, error) {
	p.t.Helper()
	opt.To, opt.Now = filepath.Join(p.t.TempDir(), "b.zip"), p.opt.Now
	rs, err := night.Ruleset(p.cfg, p.opt.Entity)
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = night.Bundle(p.t.Context(), p.cfg, p.opt.Entity, rs, opt)
	if left, _ := filepath.Glob(filepath.Join(p.dir, "data", ".quadra-bundle-*")); len(left) > 0 {
		p.t.Errorf("%q is left behind", left)
	}
	return opt.To, err
}

// inside is every file of a zip by its name, workbooks unpacked.
func inside(t *testing.T, text []byte, prefix string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[prefix+f.Name] = string(content)
		if strings.HasSuffix(f.Name, ".xlsx") || strings.HasSuffix(f.Name, ".zip") {
			for name, content := range inside(t, content, prefix+f.Name+"!") {
				all[name] = content
			}
		}
	}
	return all
}

// payers are the names and tax codes of who paid, as the notices of a drop say.
func (p *place) payers() map[string]bool {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.dir, "drop", "notifiche", "*.csv"))
	if err != nil || len(found) == 0 {
		p.t.Fatalf("no notices: %v", err)
	}
	all := make(map[string]bool)
	for _, file := range found {
		f, err := os.Open(file)
		if err != nil {
			p.t.Fatal(err)
		}
		rows := csv.NewReader(f)
		rows.Comma, rows.LazyQuotes, rows.FieldsPerRecord = ';', true, -1
		for {
			row, err := rows.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil && len(row) > 4 && row[3] != "ANONIMO" && len(row[3]) > 10 {
				all[row[3]], all[row[4]] = true, true
			}
		}
		f.Close()
	}
	delete(all, "codiceIdentificativoUnivoco")
	delete(all, "anagraficaPagatore")
	delete(all, "")
	return all
}

// TestBundleOfAGeneratedMonth: the same books give the same bytes, what is in it
// agrees with the books, and masked it names nobody.
func TestBundleOfAGeneratedMonth(t *testing.T) {
	p := local(t, "keep")
	if _, err := generator.Generate(t.Context(), generator.Options{Seed: 7, Entity: generator.DemoEntities[0], Payments: 200,
		Notices: true, CashFormat: generator.CashMixed, BadFiles: 2, BadRows: 5}, generator.NewFolder(filepath.Join(p.dir, "drop"))); err != nil {
		t.Fatal(err)
	}
	if _, err := p.bundled(night.BundleOptions{}); !errors.Is(err, night.ErrNoBooks) {
		t.Errorf("without books: %v", err)
	}
	res := p.night()
	first, err := p.bundled(night.BundleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.bundled(night.BundleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, first)
	if !bytes.Equal(text, read(t, second)) {
		t.Error("two bundles of the same books differ")
	}
	v, err := bundle.Verify(t.Context(), bytes.NewReader(text), int64(len(text)), bundle.VerifyOptions{Now: p.opt.Now()})
	if err != nil || !v.OK {
		t.Fatalf("%+v, %v", v, err)
	}
	if m := v.Manifest; m.Inputs != len(res.Files) || m.Runs != 1 || m.Run != res.Run.ID || m.AsOf != p.opt.AsOf || m.RulesetHash != res.Run.RulesetHash {
		t.Errorf("%d files, %+v", len(res.Files), m)
	}
	whole := inside(t, text, "")
	for i := range res.Files {
		f := &res.Files[i]
		if !strings.Contains(whole["giornale/ingressi.csv"], ";"+f.SHA256+";") {
			t.Errorf("%s is not among the inputs", f.Name)
		}
	}
	report, err := os.ReadFile(filepath.Join(res.Report, "anomalie.csv"))
	if err != nil || whole["rapporto/anomalie.csv"] != string(report) {
		t.Errorf("the report is not that of the night, %v", err)
	}
	for _, name := range []string{"LABELS", "STATUS", "ESTRAZIONE_DOVUTI", "ESTRAZIONE_RICONCILIAZIONE"} {
		if n := count(whole, "esportazioni/", name); n != 2 {
			t.Errorf("%d files of the export %s", n, name)
		}
	}

	path, err := p.bundled(night.BundleOptions{Masked: true})
	if err != nil {
		t.Fatal(err)
	}
	masked := inside(t, read(t, path), "")
	named := 0
	for payer := range p.payers() {
		for _, content := range whole {
			if strings.Contains(content, payer) {
				named++
				break
			}
		}
		for name, content := range masked {
			if strings.Contains(content, payer) {
				t.Errorf("%s is in %s", payer, name)
			}
		}
	}
	if named < 50 {
		t.Errorf("the whole bundle names %d payers: the test proves nothing", named)
	}
	if count(masked, "esportazioni/", "STATUS") != 2 || count(masked, "esportazioni/", "ESTRAZIONE") != 0 || count(masked, "giornale/sigilli/", "") != 0 {
		t.Error("the masked bundle does not hold what it should")
	}
	if whole["giornale/ingressi.csv"] != masked["giornale/ingressi.csv"] || whole["giornale/elaborazioni.csv"] != masked["giornale/elaborazioni.csv"] {
		t.Error("the journal of a masked bundle is another")
	}
}

func count(files map[string]string, folder, part string) int {
	n := 0
	for name := range files {
		if strings.HasPrefix(name, folder) && strings.Contains(name, part) {
			n++
		}
	}
	return n
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestBooksThatProveNothingGiveNoBundle: a touched journal, other rules, a day
// gone by, books never judged.
func TestBooksThatProveNothingGiveNoBundle(t *testing.T) {
	p := local(t, "keep")
	p.night()
	overlay := filepath.Join(p.dir, "mie.yaml")
	if err := os.WriteFile(overlay, []byte("id: c_q001\nversion: 1\nextends: quadra\nstatuses:\n  payment:\n    - {code: PAID, severity: 1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.opt.Entity.Ruleset = overlay
	if _, err := p.bundled(night.BundleOptions{}); !errors.Is(err, night.ErrBundleRules) {
		t.Errorf("with other rules: %v", err)
	}
	p.opt.Rules, _ = night.Ruleset(p.cfg, p.opt.Entity)
	p.night()
	path, err := p.bundled(night.BundleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	files := inside(t, read(t, path), "")
	if files["regole/strato-2.yaml"] != string(read(t, overlay)) || !strings.Contains(files["regole/in-vigore.yaml"], p.opt.Rules.Hash()) ||
		strings.Contains(files["regole/in-vigore.yaml"], p.dir) {
		t.Errorf("the rules in it are\n%.400s", files["regole/in-vigore.yaml"])
	}
	if _, err := p.bundled(night.BundleOptions{AsOf: p.opt.AsOf - 1}); !errors.Is(err, night.ErrBundleDay) {
		t.Errorf("as of a day gone by: %v", err)
	}
	touch := func(statement string) {
		db, err := sql.Open("sqlite3", "file:"+night.PathsOf(p.cfg, p.opt.Entity).Database())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	touch("UPDATE run SET changes = 77 WHERE id = 1")
	if _, err := p.bundled(night.BundleOptions{}); !errors.Is(err, bundle.ErrSeal) {
		t.Errorf("with a journal that was touched: %v", err)
	}
	touch("UPDATE run SET state = 'failed'")
	if _, err := p.bundled(night.BundleOptions{}); !errors.Is(err, export.ErrNotJudged) {
		t.Errorf("without a run that ended well: %v", err)
	}
}
