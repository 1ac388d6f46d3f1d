package night

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"quadra/config"
	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/bundle"
	"quadra/rules"
)

// BundleOptions say which bundle is made, and where.
type BundleOptions struct {
	AsOf   record.Date // ages are seen from here; 0: as of the last run
	Masked bool        // without who paid
	// To is a folder, in which the bundle gets its own name, or a file that ends
	// in .zip.
	To      string
	Signer  *bundle.Signer // may be nil
	DryRun  bool           // does everything and keeps nothing
	Now     func() time.Time
	Observe func(done, total int) // files in the bundle; may be nil
}

// Errors of [Bundle] that are not about the disk.
var (
	ErrBundleDay   = errors.New("a bundle shows the books as they are: it cannot be as of a day before they were last judged")
	ErrBundleRules = errors.New("the rules have changed since the books were judged: run quadra run first")
)

// Bundle makes the audit bundle of an entity. The caller holds the entity's lock.
// The errors wrap [ErrNoBooks], [export.ErrNotJudged], [ErrBundleDay],
// [ErrBundleRules] or [bundle.ErrSeal] when there is nothing that could be proved.
func Bundle(ctx context.Context, c *config.Config, e *config.Entity, rs *rules.Ruleset, opt BundleOptions) (res *bundle.Result, err error) {
	books, err := OpenBooks(ctx, c, e)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	m, err := bundleManifest(ctx, books, e, rs, opt)
	if err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", e.IPA, err)
	}
	scratch := PathsOf(c, e).bundleScratch()
	if err := errors.Join(os.RemoveAll(scratch), os.Mkdir(scratch, 0o700)); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", e.IPA, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	judged, err := judgedBy(ctx, books, e)
	if err != nil {
		return nil, err
	}
	if _, err := reportInto(ctx, books, c, e, rs, judged, m.AsOf, Reading{MaskPayers: opt.Masked}, filepath.Join(scratch, bundle.ReportFolder)); err != nil {
		return nil, err
	}
	err = books.Read(ctx, func(tx *store.Tx) error {
		return errors.Join(bundleExports(ctx, tx, e, filepath.Join(scratch, bundle.ExportsFolder), m), bundle.WriteJournal(tx, scratch, m))
	})
	if err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", e.IPA, err)
	}
	if err := bundleRules(rs, filepath.Join(scratch, bundle.RulesFolder)); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", e.IPA, err)
	}
	path := opt.To
	if !strings.HasSuffix(path, ".zip") {
		path = filepath.Join(path, m.FileName())
	}
	return bundle.Create(ctx, scratch, *m, bundle.Options{Path: path, Signer: opt.Signer, DryRun: opt.DryRun, Now: opt.Now, Observe: opt.Observe})
}

// bundleScratch is where a bundle is put together. Its name is always the same,
// so that what a killed one left does not stay.
func (p Paths) bundleScratch() string { return filepath.Join(p.data, ".quadra-bundle-"+p.ipa) }

// bundleManifest begins the manifest, and says why there cannot be one.
func bundleManifest(ctx context.Context, books *store.Store, e *config.Entity, rs *rules.Ruleset, opt BundleOptions) (*bundle.Manifest, error) {
	var run *store.Run
	err := books.Read(ctx, func(tx *store.Tx) (err error) {
		run, err = tx.LastRun()
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case run == nil:
		return nil, export.ErrNotJudged
	case run.RulesetHash != rs.Hash():
		return nil, ErrBundleRules
	case opt.AsOf != 0 && opt.AsOf < run.AsOf:
		return nil, fmt.Errorf("%w (%s)", ErrBundleDay, run.AsOf)
	}
	m := &bundle.Manifest{Entity: e.IPA, TaxCode: e.TaxCode, Name: e.Name, AsOf: opt.AsOf, Run: run.ID, JudgedAsOf: run.AsOf,
		Ruleset: run.Ruleset, RulesetHash: run.RulesetHash, Quadra: run.Version, Masked: opt.Masked}
	if m.AsOf == 0 {
		m.AsOf = run.AsOf
	}
	if m.Masked {
		m.LeftOut = []bundle.LeftOut{
			{What: "esportazione dei pagati (paid)", Why: "nomina chi ha pagato"},
			{What: "estrazione di riconciliazione (mypivot)", Why: "nomina chi ha pagato e riporta le causali"},
			{What: "testi dei sigilli (" + bundle.SealsFolder + ")", Why: "possono citare il contenuto di un file rifiutato; i sigilli sono in elaborazioni.csv"},
		}
	}
	return m, nil
}

// bundleExports writes the exports and their manifests.
func bundleExports(ctx context.Context, tx *store.Tx, c *config.Entity, dir string, m *bundle.Manifest) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	e := export.Entity{IPA: c.IPA, TaxCode: c.TaxCode, Name: c.Name}
	plain := func(name string, write func(context.Context, *store.Tx, io.Writer) (int, error)) export.Job {
		return export.Job{Export: name, Name: export.PlainName,
			Write: func(ctx context.Context, tx *store.Tx, w, _ io.Writer) (export.Content, error) {
				rows, err := write(ctx, tx, w)
				return export.Content{Rows: rows}, err
			}}
	}
	jobs := []export.Job{plain("labels", export.Labels), plain("status", export.Status)}
	if !m.Masked { // those that name who paid
		paid := &export.Paid{Version: "1.3"}
		pivot := &export.Pivot{Version: "1.4", Notices: c.SendsNotices, Treasury: c.LoadsTreasury}
		if err := errors.Join(paid.Check(), pivot.Check()); err != nil {
			return err
		}
		jobs = append(jobs, export.Job{Export: "paid", FormatVersion: paid.Version, Name: export.PaidName,
			Write: func(ctx context.Context, tx *store.Tx, w, log io.Writer) (export.Content, error) {
				return export.WritePaid(ctx, tx, e, paid, w, log)
			}}, export.Job{Export: "mypivot", FormatVersion: pivot.Version, Name: export.PivotName,
			Write: func(ctx context.Context, tx *store.Tx, w, _ io.Writer) (export.Content, error) {
				return export.WritePivot(ctx, tx, e, pivot, w)
			}})
	}
	for _, job := range jobs {
		if _, err := export.Pack(ctx, tx, e, dir, job); err != nil {
			return err
		}
	}
	return nil
}

// The shape of in-vigore.yaml.
type (
	rulesInForce struct {
		Ruleset string          `yaml:"ruleset"`
		Hash    string          `yaml:"hash"`
		Layers  []rulesLayer    `yaml:"layers"` // from the bottom
		Status  []statusInForce `yaml:"statuses"`
		Labels  []ruleInForce   `yaml:"labels"`
	}

	rulesLayer struct {
		File   string `yaml:"file"` // of the bundle
		From   string `yaml:"from"` // what it is called where it is kept
		SHA256 string `yaml:"sha256"`
	}

	statusInForce struct {
		ruleInForce `yaml:",inline"`
		Severity    int `yaml:"severity"`
	}

	ruleInForce struct {
		Unit string `yaml:"unit"`
		Code string `yaml:"code"`
		Sign int    `yaml:"sign"`
		It   string `yaml:"it"`
		En   string `yaml:"en"`
		When string `yaml:"when"`
		From string `yaml:"from"` // file and line that has or last changed it
	}
)

// bundleRules writes the files the ruleset is made of, and what they come to.
func bundleRules(rs *rules.Ruleset, dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	all := rulesInForce{Ruleset: rs.Title(), Hash: rs.Hash()}
	for i, s := range rs.Sources() {
		name := fmt.Sprintf("strato-%d.yaml", i+1)
		all.Layers = append(all.Layers, rulesLayer{name, filepath.Base(s.File), s.Hash})
		if err := os.WriteFile(filepath.Join(dir, name), s.Text, 0o600); err != nil {
			return err
		}
	}
	inForce := func(r *rules.Rule) ruleInForce {
		return ruleInForce{r.Unit, r.Code, r.Sign, r.Name("it"), r.Name("en"), r.When, fmt.Sprintf("%s:%d", filepath.Base(r.File), r.Line)}
	}
	for _, unit := range []string{rules.UnitPayment, rules.UnitSettlement, rules.UnitMovement} {
		for _, s := range rs.Statuses(unit) {
			all.Status = append(all.Status, statusInForce{inForce(&s.Rule), s.Severity})
		}
	}
	for _, l := range rs.Labels() {
		all.Labels = append(all.Labels, inForce(&l.Rule))
	}
	text, err := yaml.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "in-vigore.yaml"), text, 0o600)
}
