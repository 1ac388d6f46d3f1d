// Package night is the nightly run of one entity, from the drops to the report:
// fetch what arrived, load it, link, book and judge what it touched, close with a
// balance that must be zero, write the report and the answers.
//
// A run can be killed at any instant and started again: each file is sealed,
// then loaded in one transaction, then answered; linking,
// judging, the balance and the end of the run are one transaction; the report
// is renamed into place when whole. A file whose answer was still missing is
// answered by the next run, and not taken for a duplicate.
package night

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"quadra/config"
	"quadra/engine/book"
	"quadra/engine/judge"
	"quadra/engine/link"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/archive"
	"quadra/jobs/durable"
	"quadra/jobs/intake"
	"quadra/jobs/lock"
	"quadra/jobs/notify"
	"quadra/parsers"
	"quadra/rules"
)

// Options of a run.
type Options struct {
	Config  *config.Config
	Entity  *config.Entity
	Rules   *rules.Ruleset
	AsOf    record.Date
	Version string // of quadra, for the journal
	Command string // for whoever finds the entity locked
	Files   []string
	// ByHand says that Files are the input, instead of the drops, and that no
	// report is wanted: quadra import.
	ByHand bool
	// Source is what Files are expected to hold; anything when empty.
	Source config.Source
	// Author is who gives Files, where what they ask for needs one and they do not
	// say.
	Author string
	// DryRun does everything on a copy: nothing is written to the books, the
	// archive, the drops or the reports.
	DryRun  bool
	Now     func() time.Time
	Log     *slog.Logger
	Observe func(Event) // may be nil; called from one goroutine
}

// Event tells how far a run is.
type Event struct {
	Entity string
	Step   string // drop, file, settle, link, book, judge, balance, commit, report
	Name   string // of the drop or file
	Done   int64  // of what is counted in this step
}

// FileResult is what became of one offered file.
type FileResult struct {
	store.File
	Documents []store.Document
	// Rejects are the first rows left out, of files given by hand.
	Rejects []record.Reject
}

// shownRejects is how many rejects of a file given by hand are shown.
const shownRejects = 100

// DropResult is what a drop had.
type DropResult struct {
	Name    string
	Taken   int       // files read to their end, whatever became of them
	Known   int       // files left in place that were taken before
	Waiting []string  // files not whole yet, with why
	Latest  time.Time // of the newest file that lay there
	Refused []string  // names that cannot be taken, with why
	Err     error     // why the drop could not be worked through
	Message string    // Err for people, in Italian
}

// Result is what a run did.
type Result struct {
	Entity  *config.Entity
	Run     store.Run
	Dry     bool
	Skipped string // why the entity was not run at all; empty when it was
	// Standing is what whoever reads the figures must know first, see [Standing].
	Standing string
	Files    []FileResult
	Drops    []DropResult
	Missing  []Missing // sources that should have sent by now
	// Recovered is the lock of a run that did not end, found and explained; empty
	// when there was none.
	Recovered string
	Linked    link.Summary
	Booked    book.Summary
	Judged    judge.Summary
	Balance   []store.BalanceRow
	Report    string // folder; empty when none was written
	Told      notify.Delivery
}

// Changed says whether the run changed anything in the books.
func (r *Result) Changed() bool { return r.Run.Changes > 0 || r.Run.Loaded > 0 }

// Incomplete says whether some drop or file could not be worked through.
func (r *Result) Incomplete() bool {
	for _, d := range r.Drops {
		if d.Err != nil {
			return true
		}
	}
	for i := range r.Files {
		if r.Files[i].State == store.FileFailed {
			return true
		}
	}
	return false
}

// Rejections says whether some file or row was rejected.
func (r *Result) Rejections() bool {
	for i := range r.Files {
		if r.Files[i].State == store.FileRejected || r.Files[i].Rejected > 0 {
			return true
		}
	}
	return false
}

// night is a run at work.
type night struct {
	Options
	paths   Paths
	store   *store.Store
	archive *archive.Archive
	intake  *intake.Intake
	res     *Result
	scratch string // folder of a dry run
}

// Run works through one entity. The result is never nil; with an error it
// holds what was done before. A *lock.HeldError says that another run holds
// the entity, a *judge.ResidualError that the books do not balance.
func Run(ctx context.Context, opt Options) (res *Result, err error) {
	n := &night{Options: opt, paths: PathsOf(opt.Config, opt.Entity), res: &Result{Entity: opt.Entity, Dry: opt.DryRun,
		Standing: Standing(opt.Entity, opt.Config.Language)}}
	if opt.Entity.State == config.StateInserted {
		n.res.Skipped = "l'ente è inserito ma non ancora attivo (state: inserted)"
		return n.res, nil
	}
	if err := durable.MkdirAll(opt.Config.DataDir, 0o750); err != nil {
		return n.res, fmt.Errorf("data folder: %w", err)
	}
	held, err := lock.Acquire(n.paths.Lock(), opt.Command, opt.Now())
	if err != nil {
		return n.res, err
	}
	// Also when a defect panics: quadra serve goes on with the other entities.
	defer func() { err = errors.Join(err, n.close(), held.Release()) }()
	if stale := held.Recovered(); stale != nil {
		n.res.Recovered = stale.String()
		n.Log.Warn("stale lock taken over", "entity", n.Entity.IPA, "owner", stale.Owner.String(), "since", stale.Owner.Since, "why", stale.Why)
	}
	if err = n.open(ctx); err == nil {
		err = n.run(ctx)
	}
	if !n.ByHand && !n.DryRun {
		n.tell(ctx, err)
	}
	return n.res, err
}

// open opens the books and the archive, or copies of them for a dry run.
func (n *night) open(ctx context.Context) (err error) {
	database, sealed := n.paths.Database(), n.paths.Archive()
	if n.DryRun {
		if n.scratch, err = os.MkdirTemp("", "quadra-dry-run-"); err != nil {
			return fmt.Errorf("dry run: %w", err)
		}
		if database, err = n.copyBooks(ctx, database); err != nil {
			return err
		}
		sealed = filepath.Join(n.scratch, "archive")
	}
	if n.store, err = store.Open(ctx, database, n.Entity.TaxCode); err != nil {
		return err
	}
	n.archive, err = archive.Open(sealed)
	return err
}

func (n *night) copyBooks(ctx context.Context, database string) (string, error) {
	copied := filepath.Join(n.scratch, filepath.Base(database))
	if _, err := os.Stat(database); errors.Is(err, os.ErrNotExist) {
		return copied, nil
	}
	// Not opened, which might migrate it.
	return copied, store.Copy(ctx, database, copied)
}

func (n *night) close() error {
	var err error
	if n.store != nil {
		err = n.store.Close()
	}
	if n.scratch != "" {
		err = errors.Join(err, os.RemoveAll(n.scratch))
	}
	return err
}

func (n *night) run(ctx context.Context) error {
	layouts, err := layoutsOf(n.Entity)
	if err != nil {
		return err
	}
	run := &n.res.Run
	*run = store.Run{AsOf: n.AsOf, Ruleset: n.Rules.Title(), RulesetHash: n.Rules.Hash(),
		Version: n.Version, StartedAt: n.Now()}
	if err := n.store.Write(ctx, func(tx *store.Tx) error { return tx.StartRun(run) }); err != nil {
		return fmt.Errorf("start the run: %w", err)
	}
	if n.res.Recovered != "" {
		if err := n.step(ctx, "recover", n.res.Recovered); err != nil {
			return err
		}
	}
	n.intake = &intake.Intake{
		Store: n.store, Archive: n.archive, Run: run.ID, MaxBytes: n.Config.Limits.FileSize, Now: n.Now, Accounts: Accounts(n.Entity),
		ClosedUntil: n.Entity.Booking.ClosedUntil, Author: n.Author,
		Parsing: parsers.Options{TaxCode: n.Entity.TaxCode, IPA: n.Entity.IPA, Limits: limits(n.Config.Limits), Layouts: layouts, CashLayout: n.Entity.CashLayout},
	}
	err = n.work(ctx)
	if err == nil {
		return nil
	}
	run.State, run.EndedAt, run.Failure = store.RunFailed, n.Now(), err.Error()
	// The run failed; that it did must be recorded even if it was interrupted.
	end := n.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.EndRun(run) })
	return errors.Join(err, end)
}

func (n *night) work(ctx context.Context) error {
	if n.ByHand {
		if err := n.takeByHand(ctx); err != nil {
			return err
		}
	} else if err := n.takeDrops(ctx); err != nil {
		return err
	}
	if err := n.judge(ctx); err != nil {
		return err
	}
	if n.ByHand || n.DryRun {
		return nil
	}
	return n.report(ctx)
}

// judge links, books, judges, balances and ends the run in one transaction: the books
// go from one balanced state to the next or stay as they were.
func (n *night) judge(ctx context.Context) error {
	run := &n.res.Run
	settings, err := Settings(n.Entity, n.Rules, n.AsOf, run.ID)
	if err != nil {
		return err
	}
	booking, err := Booking(n.Entity, n.Now())
	if err != nil {
		return err
	}
	err = n.store.Write(ctx, func(tx *store.Tx) error {
		// Linking would do it by itself, and be told to take as long.
		n.observe("settle", "", 0)
		if err := tx.Settle(); err != nil {
			return err
		}
		n.observe("link", "", 0)
		if n.res.Linked, err = link.Run(ctx, tx); err != nil {
			return fmt.Errorf("link: %w", err)
		}
		if n.res.Booked, err = book.Run(ctx, tx, booking, func(done int64) { n.observe("book", "", done) }); err != nil {
			return err
		}
		n.res.Judged, err = judge.Run(ctx, tx, settings, func(done int64) { n.observe("judge", "", done) })
		if err != nil {
			return fmt.Errorf("judge: %w", err)
		}
		n.observe("balance", "", 0)
		if n.res.Balance, err = judge.CloseRun(tx, run.ID); err != nil {
			return err
		}
		if err := tx.SaveBalance(run.ID, n.res.Balance); err != nil {
			return err
		}
		if err := tx.AddStep(run.ID, "judge", fmt.Sprintf("%d IUV, %d changes", n.res.Judged.IUVs, n.res.Judged.Changes()), n.Now()); err != nil {
			return err
		}
		run.Changes, run.State, run.EndedAt = n.res.Judged.Changes(), store.RunDone, n.Now()
		for i := range n.res.Files {
			if n.res.Files[i].State == store.FileLoaded {
				run.Loaded++
			}
		}
		n.observe("commit", "", 0)
		return tx.EndRun(run)
	})
	if err != nil {
		run.Changes, run.Loaded = 0, 0
	}
	return err
}

func (n *night) step(ctx context.Context, step, detail string) error {
	return n.store.Write(ctx, func(tx *store.Tx) error { return tx.AddStep(n.res.Run.ID, step, detail, n.Now()) })
}

func (n *night) observe(step, name string, done int64) {
	if n.Observe != nil {
		n.Observe(Event{Entity: n.Entity.IPA, Step: step, Name: name, Done: done})
	}
}

// layoutsOf reads the entity's own layouts of cash tables.
func layoutsOf(e *config.Entity) ([]*parsers.Layout, error) {
	if e.Layouts == "" {
		return nil, nil
	}
	src, err := os.ReadFile(e.Layouts)
	if err != nil {
		return nil, fmt.Errorf("layouts of %s: %w", e.IPA, err)
	}
	return parsers.LoadLayouts(e.Layouts, src)
}

func limits(c config.Limits) parsers.Limits {
	l := parsers.Limits{MaxRow: int(c.Row), MaxDepth: c.Depth, MaxRows: c.Rows, MaxCells: c.Cells}
	l.MaxFileBytes, l.MaxTotalBytes, l.MaxEntries, l.MaxRatio = c.FileSize, c.UnpackedSize, c.ZipEntries, int64(c.Ratio)
	return l
}
