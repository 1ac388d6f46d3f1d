// Package judgetest runs random nights: books that take deliveries and are
// judged, and a drawer of deliveries in which everything that happens in the
// field happens often. It is for tests that state a law about the books whatever
// came, in whatever order.
package judgetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"quadra/engine/book"
	"quadra/engine/calendar"
	"quadra/engine/judge"
	"quadra/engine/link"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// TB is what testing.T and rapid.T have in common.
type TB interface {
	Helper()
	Fatal(...any)
	Cleanup(func())
}

// Books are the books of an entity that sends notices, loads its treasury and
// owns every IUV.
type Books struct {
	Store *store.Store
	File  string
	Judge judge.Settings // of the nights; AsOf and Run are set by each
	Book  book.Settings  // of the nights
	// Linked is what the last night linked.
	Linked link.Summary
	tb     TB
	files  int
}

// Open opens empty books with the default ruleset and the default terms of
// RULES section 6, gone with the test.
func Open(tb TB) *Books {
	tb.Helper()
	rs, err := rules.Default()
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "books")
	if err != nil {
		tb.Fatal(err)
	}
	b := &Books{tb: tb, File: filepath.Join(dir, "c_q001.db"), Judge: judge.Settings{
		SendsNotices: true, LoadsTreasury: true,
		Terms: judge.Terms{FlowLate: 2, FlowMissing: 10, CashLate: 1, CashMissing: 5, UnmatchedCashLate: 2,
			UnmatchedCashMissing: 4, Receipt: 2, Notice: 10},
		Calendar: calendar.New(calendar.Options{}), Rules: rs,
		NotPagoPA: func(text string) bool { return strings.Contains(text, "F24") }, Fingerprint: "test",
	}}
	if b.Store, err = OpenStore(b.File); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := errors.Join(b.Store.Close(), os.RemoveAll(dir)); err != nil {
			tb.Fatal(err)
		}
	})
	return b
}

// OpenStore opens new books in a file. Empty ones are made once and copied:
// bringing them to the latest schema takes longer than most of what tests do.
func OpenStore(file string) (*store.Store, error) {
	image, err := emptyBooks()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, image, 0o600); err != nil {
		return nil, err
	}
	return store.Open(context.Background(), file, entity)
}

const entity = "80000123457"

var emptyBooks = sync.OnceValues(func() (image []byte, err error) {
	dir, err := os.MkdirTemp("", "empty")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "empty.db")
	s, err := store.Open(context.Background(), file, entity)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// clock is the one instant of these books: nothing may depend on it.
var clock = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Night loads the deliveries, each a file of its own, links and judges as of a
// day in one run, and demands that the books balance. A delivery that is refused
// as a whole leaves nothing. It returns the run.
func (b *Books) Night(asOf record.Date, deliveries ...Delivery) *store.Run {
	b.tb.Helper()
	run := &store.Run{AsOf: asOf, StartedAt: clock}
	b.Write(func(tx *store.Tx) error { return tx.StartRun(run) })
	for _, d := range deliveries {
		b.load(run, d)
	}
	b.Write(func(tx *store.Tx) error {
		var err error
		if b.Linked, err = link.Run(context.Background(), tx); err != nil {
			return err
		}
		if _, err := book.Run(context.Background(), tx, b.Book, nil); err != nil {
			return err
		}
		set := b.Judge
		set.AsOf, set.Run = asOf, run.ID
		sum, err := judge.Run(context.Background(), tx, set, nil)
		if err != nil {
			return err
		}
		rows, err := judge.CloseRun(tx, run.ID)
		if err != nil {
			return err
		}
		b.demandTotals(tx, rows)
		if err := tx.SaveBalance(run.ID, rows); err != nil {
			return err
		}
		run.State, run.EndedAt, run.Changes, run.Loaded = store.RunDone, clock, sum.Changes(), int64(len(deliveries))
		return tx.EndRun(run)
	})
	return run
}

// demandTotals demands that the balance a run closed with is the one every table
// read whole gives, and that running totals are those of their tables.
func (b *Books) demandTotals(tx *store.Tx, rows []store.BalanceRow) {
	b.tb.Helper()
	whole, err := judge.Balance(tx)
	if err == nil {
		err = tx.ProveTotals(tx.Sums)
	}
	if err != nil {
		b.tb.Fatal(err)
	}
	if !slices.Equal(rows, whole) {
		b.tb.Fatal(fmt.Sprintf("the run closed with\n%v\nthe tables say\n%v", rows, whole))
	}
}

// Load loads the deliveries, each a file of its own, in a run that neither links
// nor judges.
func (b *Books) Load(deliveries ...Delivery) {
	b.tb.Helper()
	run := &store.Run{AsOf: Day("2026-01-01"), StartedAt: clock}
	b.Write(func(tx *store.Tx) error { return tx.StartRun(run) })
	for _, d := range deliveries {
		b.load(run, d)
	}
}

func (b *Books) load(run *store.Run, d Delivery) {
	b.tb.Helper()
	b.files++
	f := &store.File{RunID: run.ID, SHA256: fmt.Sprint(b.files), Name: fmt.Sprintf("%s-%d", d.Kind, b.files), SeenAt: clock, Modified: clock}
	err := b.Store.Write(context.Background(), func(tx *store.Tx) error {
		if err := tx.AddFile(f); err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&record.Doc{Kind: d.Kind, Format: "test"}); err != nil {
			return err
		}
		if err := d.Fill(l); err != nil {
			return err
		}
		if _, err := book.Apply(tx, run.ID, f.ID, 0); err != nil {
			return err
		}
		f.State = store.FileLoaded
		return tx.SetOutcome(f)
	})
	var refused *record.FileError
	if err != nil && !errors.As(err, &refused) {
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

// Read runs fn on the books.
func (b *Books) Read(fn func(*store.Tx) error) {
	b.tb.Helper()
	if err := b.Store.Read(context.Background(), fn); err != nil {
		b.tb.Fatal(err)
	}
}

// Day is a day written YYYY-MM-DD.
func Day(text string) record.Date {
	d, err := record.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}
