package night

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"quadra/config"
	"quadra/engine/explain"
	"quadra/engine/record"
	"quadra/engine/report"
	"quadra/engine/report/content"
	"quadra/engine/store"
	"quadra/jobs/durable"
	"quadra/rules"
)

// report writes the report of the books as they are now. It names the last run
// that changed them, so that a night without news writes the same bytes.
func (n *night) report(ctx context.Context) error {
	dir := n.paths.Report(n.AsOf)
	n.observe("report", dir, 0)
	if _, err := Report(ctx, n.store, n.Config, n.Entity, n.Rules, n.AsOf, Reading{Most: listedAtNight}); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	n.res.Report = dir
	return n.step(ctx, "report", dir)
}

// Reading is who a report is for. The zero Reading is for those who may see
// everything; each other has a folder of its own.
type Reading struct {
	// MaskPayers leaves out who paid: for auditors.
	MaskPayers bool
	// DebtTypes and Offices are all the reader may see; see [content.Scope].
	DebtTypes []string
	Offices   []string
	// Language is that of the configuration when empty.
	Language string
	// Machine writes the CSV of the tables for programs.
	Machine bool
	// Most is how many anomalous payments a brief report lists, see
	// [report.Input]; 0: all.
	Most int64
}

// listedAtNight is how many anomalous payments the brief report of a night lists:
// beyond that it lists what is new, and whoever wants all asks for them.
const listedAtNight = 20_000

// folder tells the folder of a reading from that of the others.
func (r Reading) folder() string {
	var name strings.Builder
	add := func(words ...string) {
		for _, word := range words {
			name.WriteByte('-')
			name.WriteString(strings.Map(func(c rune) rune {
				if unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_' {
					return c
				}
				return '_'
			}, word))
		}
	}
	if r.MaskPayers {
		add("mascherato")
	}
	for _, t := range r.DebtTypes {
		add("tipo", t)
	}
	for _, o := range r.Offices {
		add("ufficio", o)
	}
	if r.Language != "" {
		add(r.Language)
	}
	if r.Machine {
		add("macchina")
	}
	return name.String()
}

// Report writes the report of an entity's books as seen from a day (0: that of
// the run they hold) for a reader. The caller holds the entity's lock.
func Report(ctx context.Context, books *store.Store, c *config.Config, e *config.Entity, rs *rules.Ruleset, asOf record.Date, r Reading) (*report.Summary, error) {
	run, err := judgedBy(ctx, books, e)
	if err != nil {
		return nil, err
	}
	if asOf == 0 {
		asOf = run.AsOf
	}
	dir := PathsOf(c, e).Report(asOf) + r.folder()
	if err := durable.MkdirAll(filepath.Dir(dir), 0o750); err != nil {
		return nil, err
	}
	return reportInto(ctx, books, c, e, rs, run, asOf, r, dir)
}

// judgedBy is the run whose judgement the books hold.
func judgedBy(ctx context.Context, books *store.Store, e *config.Entity) (*store.Run, error) {
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
	return run, nil
}

// reportInto writes a report into a folder of the caller's.
func reportInto(ctx context.Context, books *store.Store, c *config.Config, e *config.Entity, rs *rules.Ruleset, run *store.Run,
	asOf record.Date, r Reading, dir string) (*report.Summary, error) {
	set := Explaining(c, e, rs, asOf)
	in := report.Input{
		Store: books, Entity: report.Entity{IPA: e.IPA, TaxCode: e.TaxCode, Name: e.Name, Standing: Standing(e, c.Language)}, Run: run, AsOf: asOf,
		Rules: rs, Calendar: set.Calendar, Terms: set.Terms, Tolerance: set.Tolerance, Language: c.Language, MaskPayers: r.MaskPayers,
		Scope: content.Scope{DebtTypes: r.DebtTypes, Offices: r.Offices}, Brief: e.Report == config.ReportBrief, Machine: r.Machine, Most: r.Most,
	}
	if r.Language != "" {
		in.Language = r.Language
		in.Entity.Standing = Standing(e, r.Language)
	}
	return report.Build(ctx, in, dir)
}

// Explaining is what saying why depends on, for one entity seen from a day.
func Explaining(c *config.Config, e *config.Entity, rs *rules.Ruleset, asOf record.Date) explain.Settings {
	return explain.Settings{
		AsOf: asOf, Rules: rs, Calendar: Calendar(e), Language: c.Language, Tolerance: record.Cents(e.Tolerance),
		Terms: explain.Terms{FlowLate: e.Terms.FlowLate, CashLate: e.Terms.CashLate,
			UnmatchedCashLate: e.Terms.UnmatchedCashLate, Receipt: e.Terms.Receipt, Notice: e.Terms.Notice},
	}
}
