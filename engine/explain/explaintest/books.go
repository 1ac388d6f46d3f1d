// Package explaintest builds small books through the real loader, linked and
// judged, for the tests of whoever explains or reports them.
package explaintest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"testing"
	"time"

	"quadra/engine/book"
	"quadra/engine/calendar"
	"quadra/engine/explain"
	"quadra/engine/judge"
	"quadra/engine/link"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// Books are an entity's books under test.
type Books struct {
	tb       testing.TB
	File     string // the database
	Store    *store.Store
	Rules    *rules.Ruleset
	Calendar *calendar.Calendar
	Terms    explain.Terms
	// Tolerance is the difference up to which amounts count as equal.
	Tolerance record.Cents
	Accounts  []string
	Run       *store.Run // the last night
}

// New opens empty books of the entity 80000123457 with the default ruleset and
// the default terms of RULES section 6.
func New(tb testing.TB) *Books {
	tb.Helper()
	rs, err := rules.Default()
	if err != nil {
		tb.Fatal(err)
	}
	b := &Books{tb: tb, File: filepath.Join(tb.TempDir(), "c_q001.db"), Rules: rs, Calendar: calendar.New(calendar.Options{}),
		Terms: explain.Terms{FlowLate: 2, FlowMissing: 10, CashLate: 1, CashMissing: 5, UnmatchedCashLate: 2,
			UnmatchedCashMissing: 4, Receipt: 2, Notice: 10}}
	if b.Store, err = store.Open(context.Background(), b.File, "80000123457"); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return b
}

// Settings are those to explain the last night with.
func (b *Books) Settings(language string) explain.Settings {
	return explain.Settings{AsOf: b.Run.AsOf, Rules: b.Rules, Calendar: b.Calendar, Terms: b.Terms, Tolerance: b.Tolerance, Language: language}
}

// Read runs fn on one snapshot of the books.
func (b *Books) Read(fn func(*store.Tx) error) {
	b.tb.Helper()
	if err := b.Store.Read(context.Background(), fn); err != nil {
		b.tb.Fatal(err)
	}
}

// Write runs fn in one transaction.
func (b *Books) Write(fn func(*store.Tx) error) {
	b.tb.Helper()
	if err := b.Store.Write(context.Background(), fn); err != nil {
		b.tb.Fatal(err)
	}
}

// clock is the one instant of these books: nothing may depend on it.
var clock = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// offer records a file without reading it.
func (b *Books) offer(tx *store.Tx, name string) (*store.File, error) {
	sum := sha256.Sum256([]byte(name))
	run := &store.Run{AsOf: Day("2026-01-01"), StartedAt: clock}
	if err := tx.StartRun(run); err != nil {
		return nil, err
	}
	f := &store.File{RunID: run.ID, SHA256: hex.EncodeToString(sum[:]), Name: name, Drop: "file:///srv/drop", Size: int64(1000 + len(name)),
		SeenAt: clock, Modified: clock}
	return f, tx.AddFile(f)
}

// Load loads a file of one document.
func (b *Books) Load(name string, doc record.Doc, fill func(record.Sink) error) {
	b.tb.Helper()
	b.deliver(name, doc, func(l *store.Loader) error { return fill(l) }, nil)
}

// deliver loads a file of one document, does what is done once its rows are known,
// if anything, and records that it was taken.
func (b *Books) deliver(name string, doc record.Doc, fill func(*store.Loader) error, known func(*store.Tx, *store.File) error) {
	b.tb.Helper()
	b.Write(func(tx *store.Tx) error {
		f, err := b.offer(tx, name)
		if err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&doc); err != nil {
			return err
		}
		if err := fill(l); err != nil {
			return err
		}
		if err := l.Close(); err != nil {
			return err
		}
		if known != nil {
			if err := known(tx, f); err != nil {
				return err
			}
		}
		f.State = store.FileLoaded
		return tx.SetOutcome(f)
	})
}

// Refuse records a file that was refused as a whole.
func (b *Books) Refuse(name string, code record.FileCode, line int, message string) {
	b.tb.Helper()
	b.Write(func(tx *store.Tx) error {
		f, err := b.offer(tx, name)
		if err != nil {
			return err
		}
		f.State, f.Code, f.Line, f.Message = store.FileRejected, string(code), line, message
		return tx.SetOutcome(f)
	})
}

// Night links and judges at the as-of date and saves the balance.
func (b *Books) Night(asOf string) {
	b.tb.Helper()
	b.Write(func(tx *store.Tx) error {
		run := &store.Run{AsOf: Day(asOf), StartedAt: clock, Ruleset: b.Rules.ID() + " " + b.Rules.Version(), RulesetHash: b.Rules.Hash(), Version: "0.0.0-test"}
		if err := tx.StartRun(run); err != nil {
			return err
		}
		if _, err := link.Run(context.Background(), tx); err != nil {
			return err
		}
		if _, err := book.Run(context.Background(), tx, book.Settings{}, nil); err != nil {
			return err
		}
		if _, err := judge.Run(context.Background(), tx, judge.Settings{
			AsOf: run.AsOf, Run: run.ID, SendsNotices: true, LoadsTreasury: true, Accounts: record.NewAccounts([][]string{b.Accounts}),
			NotPagoPA: func(string) bool { return false }, Terms: judge.Terms(b.Terms), Tolerance: b.Tolerance, Calendar: b.Calendar, Rules: b.Rules, Fingerprint: "test",
		}, nil); err != nil {
			return err
		}
		rows, err := judge.CloseRun(tx, run.ID)
		if err != nil {
			return err
		}
		run.State, run.EndedAt = store.RunDone, clock
		b.Run = run
		if err := tx.SaveBalance(run.ID, rows); err != nil {
			return err
		}
		return tx.EndRun(run)
	})
}

// Day reads a day written YYYY-MM-DD.
func Day(text string) record.Date {
	d, err := record.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}
