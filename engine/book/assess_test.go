package book_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

func (b *books) assess(closedUntil int, rows ...record.Assessment) ([]string, error) {
	b.t.Helper()
	var wrong []record.Reject
	b.files++
	err := b.store.Write(context.Background(), func(tx *store.Tx) error {
		run := &store.Run{AsOf: day("2026-01-01"), StartedAt: midnight}
		if err := tx.StartRun(run); err != nil {
			return err
		}
		f := &store.File{RunID: run.ID, SHA256: fmt.Sprint(b.files), Name: "accertamenti.csv", SeenAt: midnight, Modified: midnight}
		if err := tx.AddFile(f); err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&record.Doc{Kind: record.KindAssessments, Format: "test"}); err != nil {
			return err
		}
		for i := range rows {
			rows[i].Line = i + 2
			if err := l.Assessment(&rows[i]); err != nil {
				return err
			}
		}
		wrong, err = book.Assess(tx, run.ID, f.ID, closedUntil, midnight)
		return err
	})
	b.book()
	var out []string
	for _, r := range wrong {
		out = append(out, fmt.Sprintf("%d %s %s", r.Line, r.Column, r.Value))
	}
	return out, err
}

func TestAFileOfAccertamentiIsAppliedWholeOrNotAtAll(t *testing.T) {
	row := func(name, iuv, chapter string, cents record.Cents) record.Assessment {
		return record.Assessment{Name: name, DebtType: "TARI", IUV: iuv, IUD: "D" + iuv, Office: "U1", Chapter: chapter, Amount: cents}
	}
	withIUD := func(t *testing.T) *books {
		b := newBooks(t)
		if _, err := b.chart(0, entry("TARI", 2026, "U1", "30", ""), entry("TARI", 2026, "U1", "31", "")); err != nil {
			t.Fatal(err)
		}
		one, two := line("1", 1000, "TARI"), line("2", 500, "TARI")
		one.IUD, two.IUD = "D1", "D2"
		b.receipts(one, two)
		b.book()
		return b
	}
	b := withIUD(t)
	if wrong, err := b.assess(0, row("Ruolo", "1", "30", 600), row("Ruolo", "1", "31", 400), row("Altro", "2", "30", 500)); err != nil {
		t.Fatalf("%v %q", err, wrong)
	}
	want := []string{"Altro TARI 2026 closed 1 5.00", "Ruolo TARI 2026 closed 1 10.00"}
	if got := b.accertamenti(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}

	b = withIUD(t)
	wrong, err := b.assess(2025, row("Ruolo", "1", "30", 600), row("Ruolo", "1", "77", 400), row("Ruolo", "2", "30", 0), row("Ruolo", "9", "30", 1))
	var refused *record.FileError
	if !errors.As(err, &refused) || !slices.Equal(wrong, []string{"3 capitolo NOT_IN_CHART", "4 importo NOT_POSITIVE", "5 iud PAYMENT_NOT_FOUND"}) {
		t.Errorf("%v %q", err, wrong)
	}
	if got := b.accertamenti(); len(got) != 0 {
		t.Errorf("something was done: %q", got)
	}
	if wrong, err = b.assess(2026, row("Ruolo", "1", "30", 600)); err == nil || len(wrong) == 0 || wrong[0] != "2 anno YEAR_CLOSED" {
		t.Errorf("a closed year: %v %q", err, wrong)
	}
}
