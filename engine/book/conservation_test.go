package book_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quadra/engine/book"
	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
	"quadra/engine/reversale"
	"quadra/engine/stats"
	"quadra/engine/store"
)

// TestNoCentIsLostBetweenPaymentsAndTheLedger feeds random receipts, bilanci,
// charts, debts, flows and cash over a few nights, with people changing
// accertamenti in between. After every night the parts of a line make the line
// and the shares of a movement make the movement; at the end every grouping of
// the statistics has the same totals, drafts add up, and the nights booked what
// one run from scratch books. 80 histories; 10,000 with QUADRA_LONG=1.
func TestNoCentIsLostBetweenPaymentsAndTheLedger(t *testing.T) {
	judgetest.Histories(t, 80, 10_000)
	rapid.Check(t, func(t *rapid.T) {
		b, most := judgetest.Open(t), worths{}
		b.Book = drawSettings(t)
		// So that most instructions find a place: what they ask for is in the chart.
		b.Night(judgetest.Day("2026-09-15"), judgetest.Delivery{Kind: record.KindChapters, Fill: func(s record.Sink) error {
			for i, e := range []record.Chapter{entry("TARI", 2026, "U1", "10", ""), entry("TARI", 2026, "", "20", "")} {
				e.Line, e.SIOPE = i+2, "1010151001"
				if err := s.Chapter(&e); err != nil {
					return err
				}
			}
			return nil
		}})
		for _, night := range judgetest.Days[:rapid.IntRange(1, 3).Draw(t, "nights")] {
			var files []judgetest.Delivery
			for range rapid.IntRange(1, 6).Draw(t, "files") {
				files = append(files, drawFile(t))
			}
			b.Night(judgetest.Day(night), files...)
			conserved(t, b, most)
			ask(t, b, most, rapid.SliceOfN(rapid.Custom(drawInstruction), 0, 4).Draw(t, "instructions"))
		}
		b.Night(judgetest.Day("2026-10-20"))
		conserved(t, b, most)
		sameTotals(t, b)
		draftsAddUp(t, b)

		nights := everyShare(b)
		b.Book.Fingerprint += " again"
		b.Night(judgetest.Day("2026-10-20"))
		if diff := cmp.Diff(everyShare(b), nights); diff != "" {
			t.Fatalf("what nights booked (+) is not what one run books (-):\n%s", diff)
		}
	})
}

// ask carries out instructions one after another, or all together.
func ask(t *rapid.T, b *judgetest.Books, most worths, all []record.Instruction) {
	batches := [][]record.Instruction{all}
	if rapid.Bool().Draw(t, "one by one") {
		batches = nil
		for i := range all {
			batches = append(batches, all[i:i+1])
		}
	}
	for _, batch := range batches {
		err := b.Store.Write(context.Background(), func(tx *store.Tx) error {
			_, err := book.Carry(tx, batch, book.Author{Name: "anna", At: midnight}, 0)
			return err
		})
		var refused *book.Refused
		if err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
		onlyOnce(t, b, most)
	}
}

func read(t *rapid.T, b *judgetest.Books, fn func(*store.Tx) error) {
	t.Helper()
	if err := b.Store.Read(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func everyShare(b *judgetest.Books) []string {
	var out []string
	b.Read(func(tx *store.Tx) error {
		return tx.Shares(func(l *store.BookLine, s *store.Share) error {
			out = append(out, fmt.Sprintf("%s %s %d: %+v", l.IUV, l.IUR, l.Index, *s))
			return nil
		})
	})
	return out
}

func conserved(t *rapid.T, b *judgetest.Books, most worths) {
	t.Helper()
	linesAreBooked(t, b)
	onlyOnce(t, b, most)
	movementsAreExplained(t, b)
}

// linesAreBooked: every receipt line has shares, numbered from 1, which make it,
// and an accertamento holds what its shares say, nothing when it is cancelled.
func linesAreBooked(t *rapid.T, b *judgetest.Books) {
	t.Helper()
	rest := map[store.ReceiptKey]record.Cents{}
	held := map[int64]record.Cents{}
	read(t, b, func(tx *store.Tx) error {
		err := tx.Receipts(func(l *record.ReceiptLine) error {
			rest[store.ReceiptKey{IUV: l.IUV, IUR: l.IUR, Index: l.Index}] = l.Amount
			return nil
		})
		if err != nil {
			return err
		}
		seq := map[store.ReceiptKey]int{}
		err = tx.Shares(func(l *store.BookLine, s *store.Share) error {
			key := store.ReceiptKey{IUV: l.IUV, IUR: l.IUR, Index: l.Index}
			rest[key] -= s.Amount
			held[s.Accertamento] += s.Amount
			if seq[key]++; s.Seq != seq[key] || s.Amount <= 0 || s.Year == 0 {
				t.Errorf("share %d of %+v is %+v", seq[key], key, *s)
			}
			return nil
		})
		if err != nil {
			return err
		}
		all, err := tx.Accertamenti()
		for _, a := range all {
			if a.Amount != held[a.ID] || !a.Live() && a.Amount != 0 {
				t.Errorf("%s, %s, holds %s; its shares make %s", a.Name, a.State, a.Amount, held[a.ID])
			}
		}
		return err
	})
	for key, cents := range rest {
		if cents != 0 {
			t.Errorf("the shares of %+v leave %s of it", key, cents)
		}
	}
}

// worths are the most each receipt line has ever been worth.
type worths map[store.ReceiptKey]record.Cents

// onlyOnce: live accertamenti hold no more of a payment than it is worth, those
// of files not what people hold. A payment that has become worth less than people
// hold of it is held by nobody until they say what to do.
func onlyOnce(t *rapid.T, b *judgetest.Books, most worths) {
	t.Helper()
	read(t, b, func(tx *store.Tx) error {
		err := tx.Receipts(func(l *record.ReceiptLine) error {
			key := store.ReceiptKey{IUV: l.IUV, IUR: l.IUR, Index: l.Index}
			most[key] = max(most[key], l.Amount)
			return nil
		})
		if err != nil {
			return err
		}
		for key, amount := range most {
			parts, err := tx.LiveParts(key.IUV, key.IUR, key.Index)
			if err != nil {
				return err
			}
			automatic, err := tx.AutomaticOf(key.IUV, key.IUR, key.Index)
			if err != nil {
				return err
			}
			var sum record.Cents
			for _, p := range parts {
				sum += p.Amount
			}
			if sum > amount || automatic != "" && len(parts) > 0 {
				t.Errorf("people hold %s of %+v of %s at most, and a file holds it in %q", sum, key, amount, automatic)
			}
		}
		return nil
	})
}

// movementsAreExplained: the parts of a movement make its cash, and the lines of
// a flow are found in the movements that pay it, up to what they bring.
func movementsAreExplained(t *rapid.T, b *judgetest.Books) {
	t.Helper()
	read(t, b, func(tx *store.Tx) error {
		all, err := book.Regularise(context.Background(), tx, judgetest.Day("2026-10-20"))
		if err != nil {
			return err
		}
		through := map[string]record.Cents{}
		for i := range all {
			p := &all[i]
			rest := p.Cash
			for _, part := range p.Parts {
				rest -= part.Amount
				through[part.IUF] += part.Amount
				if (part.Chapter == "") != (part.Why != "") {
					t.Errorf("provvisorio %s has a part with neither or both a chapter and a reason: %+v", p.Number, part)
				}
				if part.Amount <= 0 && part.Why != book.WhyRevoked {
					t.Errorf("provvisorio %s has a part of %s: %+v", p.Number, part.Amount, part)
				}
			}
			if rest != 0 {
				t.Errorf("the parts of provvisorio %s of %s leave %s: %+v", p.Number, p.Cash, rest, p.Parts)
			}
		}
		reported, paid, err := flows(tx)
		for iuf := range paid {
			if want := min(reported[iuf], paid[iuf]); through[iuf] != want {
				t.Errorf("flow %s: lines of %s, cash of %s, but %s is explained", iuf, reported[iuf], paid[iuf], through[iuf])
			}
		}
		return err
	})
}

// flows are what the lines of each settled flow make, as it reads its own
// revocations, and the cash movements bring for it.
func flows(tx *store.Tx) (reported, paid map[string]record.Cents, err error) {
	reported, paid = map[string]record.Cents{}, map[string]record.Cents{}
	links, err := tx.RegLinks()
	if err != nil {
		return nil, nil, err
	}
	iufs, seen := map[int64]string{}, map[string]bool{}
	for _, l := range links {
		iufs[l.Settlement] = l.IUF
		paid[l.IUF] += l.Amount
	}
	err = tx.RegLines(func(s *store.RegShare) error {
		if line := fmt.Sprint(s.Settlement, s.Seq); !seen[line] {
			seen[line] = true
			if s.Outcome == 3 && s.Net && s.Reported > 0 {
				reported[iufs[s.Settlement]] -= s.Reported
			} else {
				reported[iufs[s.Settlement]] += s.Reported
			}
		}
		return nil
	})
	return reported, paid, err
}

// sameTotals: any dimension and any two have the totals of all.
func sameTotals(t *rapid.T, b *judgetest.Books) {
	t.Helper()
	read(t, b, func(tx *store.Tx) error {
		build := func(by ...stats.Dimension) (*stats.Table, error) {
			table, err := stats.Build(context.Background(), tx, stats.Options{By: by})
			if errors.Is(err, stats.ErrDimension) {
				return nil, nil // two periods
			}
			return table, err
		}
		whole, err := build()
		if err != nil {
			return err
		}
		var paid record.Cents
		err = tx.Receipts(func(l *record.ReceiptLine) error {
			paid += l.Amount
			return nil
		})
		if err != nil {
			return err
		}
		err = tx.StatRows(func(r *store.StatRow) error {
			if r.Doc == 0 { // implied by its flow
				paid += r.Amount
			}
			return nil
		})
		if err != nil {
			return err
		}
		if whole.Total.Paid.Amount != paid {
			t.Fatalf("receipts make %s, statistics say %s was paid", paid, whole.Total.Paid.Amount)
		}
		for i, d := range stats.Dimensions {
			for _, e := range stats.Dimensions[i:] {
				by := slices.Compact([]stats.Dimension{d, e})
				table, err := build(by...)
				if err != nil {
					return err
				}
				if table != nil {
					sums(t, whole, table)
				}
			}
		}
		return nil
	})
}

func sums(t *rapid.T, whole, table *stats.Table) {
	t.Helper()
	var sum [3]record.Cents
	for _, c := range table.Cells {
		sum[0], sum[1], sum[2] = sum[0]+c.Paid.Amount, sum[1]+c.Reported.Amount, sum[2]+c.Cashed.Amount
	}
	if want := [3]record.Cents{whole.Total.Paid.Amount, whole.Total.Reported.Amount, whole.Total.Cashed.Amount}; sum != want {
		t.Errorf("by %v the cells make %v, the whole is %v", table.By, sum, want)
	}
	if table.Total.Paid != whole.Total.Paid || table.Total.Reported != whole.Total.Reported || table.Total.Cashed != whole.Total.Cashed {
		t.Errorf("by %v the total is %+v, the whole is %+v", table.By, table.Total, whole.Total)
	}
}

// draftsAddUp: payers and chapters of an order make it, SIOPE classes make their
// payer, and the orders of a provvisorio make its cash or it is listed as left.
func draftsAddUp(t *rapid.T, b *judgetest.Books) {
	t.Helper()
	var all []book.Provvisorio
	read(t, b, func(tx *store.Tx) (err error) {
		all, err = book.Regularise(context.Background(), tx, judgetest.Day("2026-10-20"))
		return err
	})
	orders, left := reversale.Draft(all, 2026, 1, judgetest.Day("2026-10-20"))
	ordered := map[string]record.Cents{}
	for _, o := range orders {
		chapters, payers := o.Amount, o.Amount
		for _, c := range o.Chapters {
			chapters -= c.Amount
		}
		for _, p := range o.Payers {
			payers -= p.Amount
			classes := p.Amount
			for _, c := range p.Classes {
				classes -= c.Amount
			}
			if classes != 0 {
				t.Errorf("the SIOPE classes of order %d leave %s of a payer of %s", o.Number, classes, p.Amount)
			}
			ordered[p.Number] += p.Amount
		}
		if chapters != 0 || payers != 0 {
			t.Errorf("order %d of %s: its chapters leave %s, its payers %s", o.Number, o.Amount, chapters, payers)
		}
	}
	for _, l := range left {
		ordered[l.Number] += l.Cash
	}
	for i := range all {
		if p := &all[i]; p.State == book.Proposed && p.Year == 2026 && ordered[p.Number] != p.Cash {
			t.Errorf("provvisorio %s of %s: orders and what is left make %s", p.Number, p.Cash, ordered[p.Number])
		}
	}
}
