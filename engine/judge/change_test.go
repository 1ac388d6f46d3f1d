package judge_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/engine/store"
)

// TestWhatANightNumbers: exports that follow the books are cut by the numbers a
// night gives to what changed and to what new files spoke of, judged otherwise
// or not; what only the calendar or new settings looked at has none.
func TestWhatANightNumbers(t *testing.T) {
	const numbers = `SELECT CASE WHEN c.whole = 1 THEN 'all payments' WHEN c.movement_id IS NULL THEN c.iuv || '/' || c.iur || c.alone_iud ELSE 'movement ' || m.number END
			|| CASE c.gone WHEN 1 THEN ' gone' ELSE '' END
		FROM change c LEFT JOIN movement m ON m.id = c.movement_id WHERE c.run_id = (SELECT max(id) FROM run)`
	paidBy := func(who string) delivery {
		return receipts(record.ReceiptLine{IUV: iuv1, IUR: "IUR1", Index: 1, Amount: 1000, Total: 1000, PaidOn: day("2026-09-14"), Outcome: "0", PayerName: who})
	}
	b := newBooks(t)
	night := func(what, asOf string, want []string, files ...delivery) {
		t.Helper()
		b.load(files...)
		b.night(asOf)
		if diff := cmp.Diff(want, b.read(numbers)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	const first, second, notice2 = iuv1 + "/IUR1", iuv2 + "/IUR2", iuv2 + "/IUD2"
	night("everything is new", "2026-09-14", []string{"all payments", "movement 1", "movement 2"},
		paidBy("ROSSI"), notice("IUD2", iuv2, 700, "2026-09-14"), cash("1", 500, "2026-09-14", "VERSAMENTO"), cash("2", 900, "2026-09-14", uri(flow1)))
	night("nothing came", "2026-09-14", nil)
	night("a day on, no term ends", "2026-09-15", nil)
	b.set.Fingerprint = "other settings that judge alike"
	night("settings changed, no judgement did", "2026-09-15", nil)
	night("a receipt comes again with another payer, a movement with another text", "2026-09-15", []string{first, "movement 1"},
		paidBy("BIANCHI"), cash("1", 500, "2026-09-14", "VERSAMENTO ECONOMO"))
	b.set.Terms.FlowLate, b.set.Fingerprint = 3, "a longer term"
	night("a term is longer, and a receipt comes again", "2026-09-15", []string{first}, paidBy("VERDI"))
	b.set.Terms.FlowLate, b.set.Fingerprint = 2, "test"
	night("terms end", "2026-09-17", []string{first, notice2, "movement 2"})
	night("a notice finds its receipt under its IUV", "2026-09-17", []string{notice2 + " gone", second},
		receipt(iuv2, "IUR2", 1, 700, "IUD2", "2026-09-17"))
}

// TestThePaymentsOfAnIUVHaveEachItsHistory: what one was before is not what
// another was.
func TestThePaymentsOfAnIUVHaveEachItsHistory(t *testing.T) {
	b := newBooks(t)
	b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"))
	b.night("2026-09-14")
	b.load(receipt(iuv1, "IUR2", 1, 700, "", "2026-09-17"), receipt(iuv1, "IUR0", 1, 300, "", "2026-09-17"))
	b.night("2026-09-17")
	want := []string{"IUR0 new PAID", "IUR1 PAID NOT_REPORTED", "IUR1 new PAID", "IUR2 new PAID"}
	got := b.read(`SELECT h.iur, coalesce(b.status, 'new'), a.status FROM payment_history h
		LEFT JOIN verdict b ON b.id = h.before JOIN verdict a ON a.id = h.after`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAllThatAVersionLeavesOutGoes: two rows of an IUV that a later version of
// their flow has no more take their payments with them.
func TestAllThatAVersionLeavesOutGoes(t *testing.T) {
	b := newBooks(t)
	b.load(flow(flow1, "2026-09-15", lineOf(1000, 0), line(iuv1, "IUR2", 1, 700, 0), line(iuv1, "IUR3", 1, 300, 0)))
	b.night("2026-09-15")
	b.load(flowOf{iuf: flow1, on: "2026-09-15", version: 1, lines: []record.FlowLine{line(iuv1, "IUR2", 1, 700, 0)}}.delivery())
	b.night("2026-09-15")
	if diff := cmp.Diff([]string{"IUR2"}, b.read(`SELECT iur FROM payment`)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"IUR1", "IUR3"}, b.read(`SELECT iur FROM payment_history WHERE after IS NULL`)); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	if b.last.Payments != 3 { // two that went, one in another version
		t.Errorf("judged %+v", b.last)
	}
}

// TestATermThatMovesIsNoChange: a calendar that says later when to look again
// changes when, and nothing else.
func TestATermThatMovesIsNoChange(t *testing.T) {
	const review = `SELECT review_on, (SELECT count(*) FROM payment_history) FROM payment`
	b := newBooks(t)
	b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"))
	b.night("2026-09-14")
	if diff := cmp.Diff([]string{"2026-09-17 1"}, b.read(review)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.set.Terms.FlowLate, b.set.Fingerprint = 4, "longer"
	b.night("2026-09-14")
	if diff := cmp.Diff([]string{"2026-09-19 1"}, b.read(review)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if b.last.Payments != 0 {
		t.Errorf("judged %+v", b.last)
	}
}

// TestAFirstLoadIsOneChange: what the first run that brings payments has brought is
// told by one number, and each of them is told of by it until it has one of its own.
func TestAFirstLoadIsOneChange(t *testing.T) {
	b := newBooks(t)
	changed := func(since int64, want ...string) {
		t.Helper()
		var got []string
		err := b.store.Read(t.Context(), func(tx *store.Tx) error {
			receipts := 0
			err := tx.ChangedReceipts(since, func(*store.Changed) error { receipts++; return nil })
			if err != nil {
				return err
			}
			return tx.ChangedPayments(since, func(c *store.Changed) error {
				got = append(got, fmt.Sprintf("%s%s %d", c.IUR, c.AloneIUD, c.Number))
				if c.AloneIUD == "" {
					receipts--
				}
				if c.AloneIUD == "" && receipts < 0 {
					t.Errorf("%s is no changed receipt", c.IUR)
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("since %d (-want +got):\n%s", since, diff)
		}
	}
	b.load(cash("1", 500, "2026-09-14", "VERSAMENTO"))
	b.night("2026-09-14")
	changed(0)
	b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), receipt(iuv1, "IUR3", 1, 400, "", "2026-09-14"), notice("IUD2", iuv2, 700, "2026-09-14"))
	b.night("2026-09-14")
	changed(0, "IUR1 2", "IUR3 2", "IUD2 2")
	changed(1, "IUR1 2", "IUR3 2", "IUD2 2")
	changed(2)
	b.load(receipt(iuv2, "IUR2", 1, 700, "IUD2", "2026-09-14"))
	b.night("2026-09-14")
	changed(0, "IUR1 2", "IUR3 2", "IUD2 4", "IUR2 3")
	changed(2, "IUD2 4", "IUR2 3")
	b.night("2026-09-17")
	changed(1, "IUR1 5", "IUR3 6", "IUD2 4", "IUR2 7")
	changed(4, "IUR1 5", "IUR3 6", "IUR2 7")
	if got := b.read(`SELECT count(*) FROM change WHERE whole = 1`); !slices.Equal(got, []string{"1"}) {
		t.Errorf("%v changes are of all payments", got)
	}
}
