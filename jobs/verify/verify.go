// Package verify proves that an entity's books are what they should be, without
// changing them: that the database holds together, that every sealed file is
// the one that was sealed, that the journal of runs was not altered, that the
// balance is zero, and that judging everything again from the records gives
// what judging night by night gave.
package verify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"quadra/engine/export"
	"quadra/engine/judge"
	"quadra/engine/link"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/archive"
)

// Name is what is verified.
type Name string

// What is verified, in this order.
const (
	Database Name = "database" // SQLite's whole check, and every reference
	Archive  Name = "archive"  // the hash of every sealed file
	Journal  Name = "journal"  // the seals of the runs
	Balance  Name = "balance"  // zero residuals
	Full     Name = "full"     // incremental = full
)

// maxFaults is how many faults of one check are told; all are counted.
const maxFaults = 20

// Check is the outcome of one verification.
type Check struct {
	Name    Name
	Looked  int64    // pages are not counted: files, runs, equations, lines
	Removed int64    // sealed files an erasure took out
	Faults  int64    // how many things are wrong
	Told    []string // the first of them, in Italian
	Notes   []string // what is not wrong but worth knowing
}

func (c *Check) fault(format string, args ...any) {
	c.Faults++
	if len(c.Told) < maxFaults {
		c.Told = append(c.Told, fmt.Sprintf(format, args...))
	}
}

// Options of [Run].
type Options struct {
	Books   *store.Store
	TaxCode string
	Archive *archive.Archive
	Scratch string // folder for a copy of the database; made and removed below it
	// Settings are what the books are judged with, at a day, as a run.
	Settings func(asOf record.Date, run int64) (judge.Settings, error)
	Seal     string // a seal kept elsewhere that the journal must still hold; empty: none
	Observe  func(name Name, done, total int64)
}

// Run verifies everything and returns the checks. The error is a failure to
// look; what is wrong is in the checks.
func Run(ctx context.Context, opt Options) ([]Check, error) {
	if opt.Observe == nil {
		opt.Observe = func(Name, int64, int64) {}
	}
	var checks []Check
	for _, v := range []struct {
		name Name
		run  func(context.Context, Options, *Check) error
	}{{Database, database}, {Archive, sealed}, {Journal, journal}, {Balance, balance}, {Full, full}} {
		opt.Observe(v.name, 0, 0)
		c := Check{Name: v.name}
		if err := v.run(ctx, opt, &c); err != nil {
			return checks, fmt.Errorf("verify %s: %w", v.name, err)
		}
		checks = append(checks, c)
	}
	return checks, nil
}

func database(ctx context.Context, opt Options, c *Check) error {
	c.Looked = 1
	err := opt.Books.Check(ctx, store.CheckWhole)
	if errors.Is(err, store.ErrDamaged) {
		c.fault("la base dati è danneggiata: %v", err)
		return nil
	}
	return err
}

func sealed(ctx context.Context, opt Options, c *Check) error {
	var all []string
	var removed map[string]string
	err := opt.Books.Read(ctx, func(tx *store.Tx) (err error) {
		if removed, err = tx.RemovedFiles(); err != nil {
			return err
		}
		all, err = tx.SealedFiles()
		return err
	})
	if err != nil {
		return err
	}
	for i, sha := range all {
		opt.Observe(Archive, int64(i), int64(len(all)))
		err := opt.Archive.Verify(ctx, sha)
		_, erased := removed[sha]
		var altered *archive.AlteredError
		switch {
		case erased && errors.Is(err, os.ErrNotExist):
			c.Removed++
			continue
		case erased && err == nil:
			c.Notes = append(c.Notes, fmt.Sprintf("%s è ancora in archivio benché cancellato: lo toglierà il prossimo quadra erase", sha))
		case errors.Is(err, os.ErrNotExist):
			c.fault("%s: manca dall'archivio", sha)
		case errors.As(err, &altered):
			c.fault("%s: il contenuto non è quello sigillato", sha)
		case err != nil:
			return err
		}
		c.Looked++
	}
	return nil
}

func journal(ctx context.Context, opt Options, c *Check) error {
	held := opt.Seal == ""
	unsealed, sealedBefore := int64(0), false
	err := opt.Books.Read(ctx, func(tx *store.Tx) error {
		return tx.Seals(func(s store.RunSeal) error {
			c.Looked++
			held = held || s.Kept == opt.Seal
			switch {
			case s.State == store.RunRunning:
			case s.Kept == "" && sealedBefore:
				c.fault("elaborazione %d: il sigillo è stato tolto", s.Run)
			case s.Kept == "":
				unsealed++
			case !s.Holds():
				c.fault("elaborazione %d: non è più quella sigillata, o è stata tolta quella prima", s.Run)
			}
			sealedBefore = sealedBefore || s.Kept != ""
			return nil
		})
	})
	if unsealed > 0 {
		c.Notes = append(c.Notes, fmt.Sprintf("%d elaborazioni non ancora sigillate: lo saranno alla prossima", unsealed))
	}
	if !held {
		c.fault("nessuna elaborazione ha il sigillo %s: il giornale è stato riscritto, o il sigillo è di altri libri", opt.Seal)
	}
	return err
}

func balance(ctx context.Context, opt Options, c *Check) error {
	return opt.Books.Read(ctx, func(tx *store.Tx) error {
		pending, err := tx.Pending()
		if err != nil || pending {
			c.Notes = append(c.Notes, "ci sono file caricati e non ancora giudicati: la quadratura si fa dopo quadra run")
			return err
		}
		rows, err := judge.Balance(tx)
		for _, r := range rows {
			if r.Side == "residual" {
				c.Looked++
			}
		}
		var residual *judge.ResidualError
		if errors.As(err, &residual) {
			c.fault("la quadratura non torna: %v", err)
			return nil
		}
		if err != nil {
			return err
		}
		if err = tx.ProveTotals(tx.Sums); errors.Is(err, store.ErrTotals) {
			c.fault("un totale progressivo non è quello della sua tabella: %v", err)
			return nil
		}
		return err
	})
}

// full judges a copy twice, as the next night would and from nothing, and
// compares what the exports say line by line.
func full(ctx context.Context, opt Options, c *Check) (err error) {
	var asOfText string
	err = opt.Books.Read(ctx, func(tx *store.Tx) (err error) {
		asOfText, err = tx.Meta(judge.MetaAsOf)
		return err
	})
	if err != nil {
		return err
	}
	if asOfText == "" {
		c.Notes = append(c.Notes, "niente è ancora stato giudicato")
		return nil
	}
	asOf, err := record.ParseDate(asOfText)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(opt.Scratch, ".quadra-verify-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	file := filepath.Join(scratch, "copy.db")
	if err := opt.Books.CopyTo(ctx, file); err != nil {
		return err
	}
	books, err := store.Open(ctx, file, opt.TaxCode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	one, all := filepath.Join(scratch, "incremental"), filepath.Join(scratch, "full")
	for _, pass := range []struct {
		to   string
		mark bool
	}{{one, false}, {all, true}} {
		err := books.Write(ctx, func(tx *store.Tx) error { return rejudge(ctx, tx, opt, asOf, pass.mark) })
		if err != nil {
			return err
		}
		if err := exports(ctx, books, pass.to); err != nil {
			return err
		}
	}
	return compare(one, all, c)
}

func rejudge(ctx context.Context, tx *store.Tx, opt Options, asOf record.Date, everything bool) error {
	run := &store.Run{AsOf: asOf, Version: "verify"}
	if err := tx.StartRun(run); err != nil {
		return err
	}
	set, err := opt.Settings(asOf, run.ID)
	if err != nil {
		return err
	}
	if everything {
		if err := tx.MarkEverything(); err != nil {
			return err
		}
		if err := tx.SetMeta(judge.MetaFingerprint, ""); err != nil { // as if never judged
			return err
		}
	}
	if _, err := link.Run(ctx, tx); err != nil {
		return err
	}
	if _, err := judge.Run(ctx, tx, set, func(done int64) { opt.Observe(Full, done, 0) }); err != nil {
		return err
	}
	run.State = store.RunDone
	return tx.EndRun(run)
}

// exports writes the status of every unit and the labels of every row.
func exports(ctx context.Context, books *store.Store, path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	err = books.Read(ctx, func(tx *store.Tx) error {
		if _, err := export.Status(ctx, tx, w); err != nil {
			return err
		}
		_, err := export.Labels(ctx, tx, w)
		return err
	})
	return errors.Join(err, w.Flush())
}

// compare compares two exports line by line: their order is that of the keys.
func compare(one, all string, c *Check) error {
	a, err := os.Open(one)
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := os.Open(all)
	if err != nil {
		return err
	}
	defer b.Close()
	ra, rb := bufio.NewReader(a), bufio.NewReader(b)
	for {
		la, ea := ra.ReadString('\n')
		lb, eb := rb.ReadString('\n')
		if la != lb {
			c.fault("notte per notte %q, da capo %q", la, lb)
		}
		if ea != nil && eb != nil {
			if !errors.Is(ea, io.EOF) || !errors.Is(eb, io.EOF) {
				return errors.Join(ea, eb)
			}
			return nil
		}
		c.Looked++
	}
}
