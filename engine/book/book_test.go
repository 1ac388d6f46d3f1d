package book_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

// books is an entity's books under test.
type books struct {
	t     testing.TB
	store *store.Store
	files int
	set   book.Settings
}

func newBooks(t *testing.T) *books {
	t.Helper()
	st, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "c_q001.db"), "80000123457")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return &books{t: t, store: st}
}

var midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// load loads one file and applies what it says of the chart; it returns the
// rejects of a file that was refused.
func (b *books) load(closedUntil int, put func(record.Sink) error) (wrong []record.Reject, err error) {
	b.t.Helper()
	b.files++
	err = b.store.Write(context.Background(), func(tx *store.Tx) error {
		run := &store.Run{AsOf: day("2026-01-01"), StartedAt: midnight}
		if err := tx.StartRun(run); err != nil {
			return err
		}
		f := &store.File{RunID: run.ID, SHA256: fmt.Sprint(b.files), Name: fmt.Sprintf("file-%d", b.files), SeenAt: midnight, Modified: midnight}
		if err := tx.AddFile(f); err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&record.Doc{Kind: record.KindChapters, Format: "test"}); err != nil {
			return err
		}
		if err := put(l); err != nil {
			return err
		}
		if wrong, err = book.Apply(tx, run.ID, f.ID, closedUntil); err != nil {
			return err
		}
		f.State = store.FileLoaded
		return tx.SetOutcome(f)
	})
	var refused *record.FileError
	if err != nil && !errors.As(err, &refused) {
		b.t.Fatal(err)
	}
	return wrong, err
}

func (b *books) receipts(lines ...record.ReceiptLine) {
	b.t.Helper()
	if _, err := b.load(0, func(s record.Sink) error {
		for i := range lines {
			l := lines[i]
			l.Line, l.Total, l.Outcome = i+2, l.Amount, "0"
			if err := s.Receipt(&l); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) chart(closedUntil int, rows ...record.Chapter) ([]record.Reject, error) {
	b.t.Helper()
	return b.load(closedUntil, func(s record.Sink) error {
		for i := range rows {
			r := rows[i]
			r.Line = i + 2
			if err := s.Chapter(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

// book books what was touched and forgets the marks, as a night does.
func (b *books) book() book.Summary {
	b.t.Helper()
	var sum book.Summary
	err := b.store.Write(context.Background(), func(tx *store.Tx) (err error) {
		if sum, err = book.Run(context.Background(), tx, b.set, nil); err != nil {
			return err
		}
		return tx.ClearMarks()
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return sum
}

// shares lists every share as text: key, source and place.
func (b *books) shares() []string {
	b.t.Helper()
	var out []string
	err := b.store.Read(context.Background(), func(tx *store.Tx) error {
		return tx.Shares(func(l *store.BookLine, s *store.Share) error {
			place := "-"
			if s.Chapter != "" {
				place = strings.Join([]string{s.Office, s.Chapter, s.Article, s.Assessment}, "/")
			}
			out = append(out, fmt.Sprintf("%s/%d %s %d %s %s", l.IUV, l.Index, s.Source, s.Year, place, s.Amount))
			return nil
		})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func day(text string) record.Date {
	d, err := record.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func line(iuv string, cents record.Cents, debtType string) record.ReceiptLine {
	return record.ReceiptLine{IUV: iuv, IUR: "R" + iuv, Index: 1, Amount: cents, PaidOn: day("2026-09-14"), DebtType: debtType}
}

func entry(debtType string, year int, office, chapter, assessment string) record.Chapter {
	return record.Chapter{DebtType: debtType, Year: year, Office: office, Chapter: chapter, Assessment: assessment, Active: true}
}
