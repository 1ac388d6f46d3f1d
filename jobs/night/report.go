package night

import (
	"context"
	"fmt"
	"path/filepath"

	"quadra/config"
	"quadra/engine/explain"
	"quadra/engine/record"
	"quadra/engine/report"
	"quadra/engine/store"
	"quadra/jobs/durable"
	"quadra/rules"
)

// report writes the report of the books as they are now. It names the last run
// that changed them, so that a night without news writes the same bytes.
func (n *night) report(ctx context.Context) error {
	dir := n.paths.Report(n.AsOf)
	n.observe("report", dir, 0)
	if _, err := Report(ctx, n.store, n.Config, n.Entity, n.Rules, n.AsOf); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	n.res.Report = dir
	return n.step(ctx, "report", dir)
}

// Report writes the report of an entity's books as seen from a day. The caller
// holds the entity's lock.
func Report(ctx context.Context, books *store.Store, c *config.Config, e *config.Entity, rs *rules.Ruleset, asOf record.Date) (*report.Summary, error) {
	return write(ctx, books, c, e, rs, asOf, false)
}

// MaskedReport writes the same without saying who paid, for auditors, into a
// folder of its own ([Paths.MaskedReport]).
func MaskedReport(ctx context.Context, books *store.Store, c *config.Config, e *config.Entity, rs *rules.Ruleset, asOf record.Date) (*report.Summary, error) {
	return write(ctx, books, c, e, rs, asOf, true)
}

func write(ctx context.Context, books *store.Store, c *config.Config, e *config.Entity, rs *rules.Ruleset, asOf record.Date, masked bool) (*report.Summary, error) {
	dir := PathsOf(c, e).Report(asOf)
	if masked {
		dir = PathsOf(c, e).MaskedReport(asOf)
	}
	if err := durable.MkdirAll(filepath.Dir(dir), 0o750); err != nil {
		return nil, err
	}
	return reportInto(ctx, books, c, e, rs, asOf, masked, dir)
}

// reportInto writes a report into a folder of the caller's.
func reportInto(ctx context.Context, books *store.Store, c *config.Config, e *config.Entity, rs *rules.Ruleset, asOf record.Date, masked bool,
	dir string) (*report.Summary, error) {
	var run *store.Run
	err := books.Read(ctx, func(tx *store.Tx) (err error) {
		if run, err = tx.LastChange(); err == nil && run == nil {
			run, err = tx.LastRun()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if run == nil {
		return nil, fmt.Errorf("%s: %w", e.IPA, ErrNoBooks)
	}
	set := Explaining(c, e, rs, asOf)
	return report.Build(ctx, report.Input{
		Store: books, Entity: report.Entity{IPA: e.IPA, TaxCode: e.TaxCode, Name: e.Name, Standing: Standing(e, c.Language)}, Run: run, AsOf: asOf,
		Rules: rs, Calendar: set.Calendar, Terms: set.Terms, Tolerance: set.Tolerance, Language: c.Language, MaskPayers: masked,
	}, dir)
}

// Explaining is what saying why depends on, for one entity seen from a day.
func Explaining(c *config.Config, e *config.Entity, rs *rules.Ruleset, asOf record.Date) explain.Settings {
	return explain.Settings{
		AsOf: asOf, Rules: rs, Calendar: Calendar(e), Language: c.Language, Tolerance: record.Cents(e.Tolerance),
		Terms: explain.Terms{FlowLate: e.Terms.FlowLate, CashLate: e.Terms.CashLate,
			UnmatchedCashLate: e.Terms.UnmatchedCashLate, Receipt: e.Terms.Receipt, Notice: e.Terms.Notice},
	}
}
