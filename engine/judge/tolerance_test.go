package judge_test

import (
	"slices"
	"strings"
	"testing"

	"quadra/engine/judge"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// A difference of at most the tolerance counts as none, one cent more does not;
// what is stored is the difference as it is, and the night demands that the books
// balance on the real amounts.
func TestToleranceOnPayments(t *testing.T) {
	whole := func(receiptOf, noticeOf, lineOf, cashOf record.Cents) []delivery {
		return []delivery{receipt(iuv1, "IUR1", 1, receiptOf, "IUD1", "2026-09-14"), notice("IUD1", iuv1, noticeOf, "2026-09-14"),
			flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, lineOf, 0)), cash("1", cashOf, "2026-09-16", uri(iuf1))}
	}
	byIUV := func(cents record.Cents) []delivery {
		return []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), cash("1", cents, "2026-09-15", rfb(iuv1))}
	}
	together := func(cents record.Cents) []delivery {
		return []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), receipt(iuv1, "IUR2", 1, 700, "", "2026-09-14"),
			cash("1", cents, "2026-09-15", rfb(iuv1))}
	}
	for _, c := range []struct {
		name      string
		tolerance record.Cents
		files     []delivery
		want      []string // status, difference
	}{
		{"everything equal", 0, whole(1000, 1000, 1000, 1000), []string{"RECONCILED 0"}},
		{"flow line a cent off, nothing tolerated", 0, whole(1000, 1000, 1001, 1001), []string{"REPORTED_DIFFERENT 1"}},
		{"flow line off by what is tolerated", 2, whole(1000, 1000, 1002, 1002), []string{"RECONCILED 2"}},
		{"flow line short by what is tolerated", 2, whole(1000, 1000, 998, 998), []string{"RECONCILED -2"}},
		{"flow line off by a cent more", 2, whole(1000, 1000, 1003, 1003), []string{"REPORTED_DIFFERENT 3"}},
		{"notice off by what is tolerated", 2, whole(1000, 998, 1000, 1000), []string{"RECONCILED -2"}},
		{"notice off by a cent more", 2, whole(1000, 997, 1000, 1000), []string{"NOTIFIED_DIFFERENT -3"}},
		{"cash short by what is tolerated", 2, whole(1000, 1000, 1000, 998), []string{"RECONCILED -2"}},
		{"cash short by a cent more", 2, whole(1000, 1000, 1000, 997), []string{"CASHED_DIFFERENT -3"}},
		{"all a little off: the first in the order of judging", 2, whole(1000, 998, 1001, 999), []string{"RECONCILED 1"}},
		{"one tolerated, one beyond: the one beyond", 2, whole(1000, 900, 1001, 1001), []string{"NOTIFIED_DIFFERENT -100"}},
		{"cash by IUV off by what is tolerated", 2, byIUV(1002), []string{"RECONCILED_DIRECT 2"}},
		{"cash by IUV off by a cent more", 2, byIUV(1003), []string{"CASHED_DIFFERENT 3"}},
		{"two receipts credited together", 2, together(1700), []string{"RECONCILED_DIRECT 0", "RECONCILED_DIRECT 0"}},
		{"two receipts credited together, off by what is tolerated", 2, together(1702), []string{"RECONCILED_DIRECT 2", "RECONCILED_DIRECT 2"}},
		{"two receipts credited together, off by a cent more", 2, together(1703), []string{"CASHED_DIFFERENT 703", "CASHED_DIFFERENT 1003"}},
		// Doubles are the same amount to the cent: two payments that differ by what is
		// tolerated are two payments.
		{"two payments of nearly the same amount", 2, []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"),
			receipt(iuv1, "IUR2", 1, 1001, "", "2026-09-14")}, []string{"NOT_REPORTED 0", "NOT_REPORTED 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.set.Tolerance = c.tolerance
			b.load(c.files...)
			b.night("2026-09-17")
			got := b.read(`SELECT v.status, p.difference FROM payment p JOIN verdict v ON v.id = p.verdict_id`)
			if want := slices.Sorted(slices.Values(c.want)); !slices.Equal(got, want) {
				t.Errorf("payments stand as %q, want %q\n%s", got, want, b.state())
			}
		})
	}
}

func TestToleranceOnSettlements(t *testing.T) {
	oneFlow := flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0))
	for _, c := range []struct {
		name  string
		cash  []record.Cents
		want  string
		match string
	}{
		{"short by what is tolerated", []record.Cents{998}, "SETTLED", "MATCHED"},
		{"over by what is tolerated", []record.Cents{1002}, "SETTLED", "MATCHED"},
		{"short by a cent more", []record.Cents{997}, "SHORT", "MATCHED"},
		{"over by a cent more", []record.Cents{1003}, "OVER", "MATCHED"},
		{"two credits, short by what is tolerated", []record.Cents{500, 498}, "SETTLED_IN_PARTS", "MATCHED MATCHED"},
		{"credited twice, off by what is tolerated", []record.Cents{1000, 1002}, "PAID_TWICE", "MATCHED MATCHED"},
		{"credited twice, off by a cent more", []record.Cents{1000, 1003}, "OVER", "MATCHED MATCHED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.set.Tolerance = 2
			files := []delivery{oneFlow}
			for i, cents := range c.cash {
				files = append(files, cash(string(rune('1'+i)), cents, "2026-09-16", uri(iuf1)))
			}
			b.load(files...)
			b.night("2026-09-17")
			if got := b.read(`SELECT v.status FROM settlement s JOIN verdict v ON v.id = s.verdict_id`); !slices.Equal(got, []string{c.want}) {
				t.Errorf("the settlement is %q, want %s", got, c.want)
			}
			if got := strings.Join(b.read(`SELECT v.status FROM movement m JOIN verdict v ON v.id = m.verdict_id`), " "); got != c.match {
				t.Errorf("movements are %s, want %s", got, c.match)
			}
		})
	}
}

// What one would be told under other settings is what judging with them gives.
func TestReadingFactsGivesWhatJudgingDoes(t *testing.T) {
	iuv2 := "01000000000000002"
	for _, tolerance := range []record.Cents{0, 2} {
		b := newBooks(t)
		b.set.Tolerance = 5 // the books are judged otherwise than they are read
		b.load(paidAndReported(cash("1", 998, "2026-09-16", uri(iuf1)), notice("IUD7", "01000000000000007", 500, "2026-09-14"),
			receipt(iuv2, "IUR2", 1, 400, "", "2026-09-14"), receipt(iuv2, "IUR3", 1, 400, "", "2026-09-14"),
			cash("2", 401, "2026-09-16", rfb(iuv2)), cash("3", 77, "2026-09-16", "VERSAMENTO"), storno("4", 10, "2026-09-16"))...)
		b.night("2026-09-17")

		set := b.set
		set.AsOf, set.Tolerance = day("2026-09-17"), tolerance
		var got []string
		err := b.store.Read(t.Context(), func(tx *store.Tx) error {
			r := judge.NewReader(t.Context(), tx, set)
			if asOf, err := judge.AsOf(tx); err != nil || asOf != set.AsOf {
				t.Errorf("judged as of %s, %v", asOf, err)
			}
			for _, iuv := range []string{iuv1, iuv2, "01000000000000007"} {
				cases, err := r.Payments(iuv)
				if err != nil {
					return err
				}
				for _, c := range cases {
					got = append(got, "payment "+c.Text())
				}
			}
			for id := int64(1); id < 9; id++ {
				for _, read := range []func(int64) (rules.Case, bool, error){r.Settlement, r.Movement} {
					c, found, err := read(id)
					if err != nil {
						return err
					}
					if found {
						got = append(got, c.Unit()+" "+c.Text())
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b.set.Tolerance, b.set.Fingerprint = tolerance, "other"
		b.night("2026-09-17")
		want := b.read(`SELECT 'payment', v.facts FROM payment u JOIN verdict v ON v.id = u.verdict_id
			UNION ALL SELECT 'settlement', v.facts FROM settlement u JOIN verdict v ON v.id = u.verdict_id
			UNION ALL SELECT 'movement', v.facts FROM movement u JOIN verdict v ON v.id = u.verdict_id`)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("tolerance %d: read\n  %s\njudged\n  %s", tolerance, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
}
