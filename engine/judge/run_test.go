package judge_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/judge"
	"quadra/engine/store"
)

// run judges in a transaction of its own, as of 17 September 2026.
func (b *books) run(ctx context.Context, t *testing.T, progress func(int64)) (sum judge.Summary, err error) {
	t.Helper()
	err = b.store.Write(t.Context(), func(tx *store.Tx) (err error) {
		run := &store.Run{AsOf: day("2026-09-17"), StartedAt: midnight}
		if err := tx.StartRun(run); err != nil {
			return err
		}
		set := b.set
		set.AsOf, set.Run = run.AsOf, run.ID
		sum, err = judge.Run(ctx, tx, set, progress)
		return err
	})
	return sum, err
}

// TestJudgingTellsHowFarItIs: whoever watches a night hears of each IUV.
func TestJudgingTellsHowFarItIs(t *testing.T) {
	b := newBooks(t)
	b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), receipt(iuv2, "IUR2", 1, 500, "", "2026-09-14"), receipt(iuv2, "IUR3", 1, 700, "", "2026-09-14"))
	var heard []int64
	sum, err := b.run(t.Context(), t, func(done int64) { heard = append(heard, done) })
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(heard, []int64{1, 2}) || sum.IUVs != 2 || sum.Payments != 3 {
		t.Errorf("heard of %v, judged %+v", heard, sum)
	}
}

// TestJudgingStopsWhenTheNightIsStopped: nothing is judged by half.
func TestJudgingStopsWhenTheNightIsStopped(t *testing.T) {
	b := newBooks(t)
	b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := b.run(ctx, t, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped night ends with %v", err)
	}
	if got := b.read(`SELECT iuv FROM payment`); got != nil {
		t.Errorf("a stopped night left %q", got)
	}
}

// TestJudgingSaysWhatItCouldNotRead: a night over books it cannot read fails,
// and says over which of the three units.
func TestJudgingSaysWhatItCouldNotRead(t *testing.T) {
	for _, c := range []struct{ damage, want string }{
		{`ALTER TABLE settlement_link RENAME TO lost`, "judge settlements: "},
		{`ALTER TABLE receipt RENAME TO lost`, "judge payments: "},
		{`ALTER TABLE unit_history RENAME TO lost`, "judge movements: "},
		{`ALTER TABLE meta RENAME TO lost`, ""},
	} {
		b := newBooks(t)
		b.load(cash("1", 1000, "2026-09-16", "VERSAMENTO"))
		if strings.HasPrefix(c.want, "judge settlements") {
			b.load(flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), cash("2", 1000, "2026-09-16", uri(iuf1)))
			b.night("2026-09-16")
			b.set.Fingerprint = "other"
		}
		b.damage(t, c.damage)
		if _, err := b.run(t.Context(), t, nil); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.damage, err, c.want)
		}
	}
}

// TestWhenEverythingIsJudgedAgain: marks are enough until the settings change or
// the as-of date goes back; the history says which it was.
func TestWhenEverythingIsJudgedAgain(t *testing.T) {
	const causes = `SELECT 'payment ' || h.run_id, a.status, coalesce(h.file_id, ''), h.also FROM payment_history h JOIN verdict a ON a.id = h.after
		UNION ALL SELECT h.unit || ' ' || h.run_id, a.status, coalesce(h.file_id, ''), h.also FROM unit_history h JOIN verdict a ON a.id = h.after`
	files := []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-11"), flow(iuf1, "2026-09-14", line(iuv2, "IUR2", 1, 1000, 0)),
		cash("1", 1000, "2026-09-14", uri(iuf2))}
	late := judge.Terms{FlowLate: 20, FlowMissing: 20, CashLate: 20, CashMissing: 20, UnmatchedCashLate: 20, UnmatchedCashMissing: 20, Receipt: 20, Notice: 20}
	for _, c := range []struct {
		name, asOf, cause string
		set               func(*books)
		all               bool
		changes           int64
	}{
		{"nothing is other", "2026-09-30", "", func(*books) {}, false, 0},
		{"the date goes on", "2026-10-01", "", func(*books) {}, false, 0},
		{"the date goes back", "2026-09-14", ",calendar", func(*books) {}, true, 4},
		{"the settings change", "2026-09-30", ",settings", func(b *books) { b.set.Terms, b.set.Fingerprint = late, "longer terms" }, true, 4},
		{"both", "2026-09-29", ",settings", func(b *books) { b.set.Terms, b.set.Fingerprint = late, "longer terms" }, true, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.load(files...)
			b.night("2026-09-30")
			before := b.read(causes)
			c.set(b)
			b.night(c.asOf)
			if b.last.All != c.all || b.last.Changes() != c.changes {
				t.Errorf("judged %+v, want everything: %v, and %d changes", b.last, c.all, c.changes)
			}
			for _, row := range b.read(causes) {
				if !slices.Contains(before, row) && !strings.HasSuffix(row, " "+c.cause) {
					t.Errorf("the history says %q, want the cause %s", row, c.cause)
				}
			}
		})
	}
}

// TestWhatTheBooksRememberOfANight: the day they were judged as of, and with
// which settings.
func TestWhatTheBooksRememberOfANight(t *testing.T) {
	b := newBooks(t)
	asOf := func(want string) {
		t.Helper()
		err := b.store.Read(t.Context(), func(tx *store.Tx) error {
			got, err := judge.AsOf(tx)
			if err == nil && got.String() != want {
				t.Errorf("judged as of %q, want %q", got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	asOf("")
	b.night("2026-09-17")
	asOf("2026-09-17")
	if got := b.read(`SELECT value FROM meta WHERE name = 'judged_with'`); !slices.Equal(got, []string{"test"}) {
		t.Errorf("judged with %q", got)
	}
}

// TestFactsThatCannotBeReadAreNone: what one would be told of books that cannot
// be read is an error, which names the IUV.
func TestFactsThatCannotBeReadAreNone(t *testing.T) {
	for _, damage := range []string{`ALTER TABLE receipt RENAME TO lost`, `ALTER TABLE settlement RENAME COLUMN parts TO lost`} {
		b := newBooks(t)
		b.load(flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)))
		b.night("2026-09-17")
		b.damage(t, damage)
		err := b.store.Read(t.Context(), func(tx *store.Tx) error {
			_, err := judge.NewReader(t.Context(), tx, b.set).Payments(iuv1)
			return err
		})
		if err == nil || !strings.HasPrefix(err.Error(), "facts of IUV "+iuv1+": ") {
			t.Errorf("%s: %v", damage, err)
		}
	}
	b := newBooks(t)
	b.night("2026-09-17")
	b.damage(t, `UPDATE meta SET value = 'yesterday' WHERE name = 'judged_as_of'`)
	err := b.store.Read(t.Context(), func(tx *store.Tx) error {
		_, err := judge.AsOf(tx)
		return err
	})
	if err == nil {
		t.Error("books judged as of a day that is none")
	}
}

// TestEqualFactsAreOneVerdict: a verdict is kept once however many payments
// have it, and one that comes back is the old one.
func TestEqualFactsAreOneVerdict(t *testing.T) {
	b := newBooks(t)
	b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-17"), receipt(iuv2, "IUR2", 1, 500, "", "2026-09-17"))
	b.night("2026-09-17")
	want := []string{"payment PAID 1 RT_NO_IUD|RT_NO_IUF"}
	if diff := cmp.Diff(want, b.read(`SELECT unit, status, sign, labels FROM verdict`)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhoseAnIUVIs: an IUV of 17 digits begins with the segregation code of who
// issued it; the others carry none, and are the entity's.
func TestWhoseAnIUVIs(t *testing.T) {
	for iuv, ours := range map[string]bool{
		"01000000000000001":  true,
		"47000000000000001":  true,
		"02000000000000001":  false,
		"10000000000000001":  false, // the code stands at the beginning
		"020000000000001":    true,  // 15 digits
		"020000000000000012": true,  // 18, a notice number
		"0200000000000000A":  true,  // 17, not of digits
		"RF02000000000001":   true,
	} {
		b := newBooks(t)
		b.set.SegregationCodes = []string{"01", "47"}
		b.load(flow(iuf1, "2026-09-15", line(iuv, "IUR1", 1, 1000, 0)))
		b.night("2026-09-17")
		want := map[bool]string{true: "NOT_CASHED", false: "OTHER_INTERMEDIARY"}[ours]
		if got := b.read(`SELECT v.status FROM payment p JOIN verdict v ON v.id = p.verdict_id`); !slices.Equal(got, []string{want}) {
			t.Errorf("IUV %s is %q, want %s", iuv, got, want)
		}
	}
}
