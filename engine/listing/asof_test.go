package listing_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quadra/engine/judge/judgetest"
	"quadra/engine/listing"
	"quadra/engine/record"
	"quadra/engine/store"
)

var judged = []listing.Kind{listing.KindPayments, listing.KindSettlements, listing.KindMovements}

// printed is everything the lists of judged units print, totals included.
func printed(tb judgetest.TB, b *judgetest.Books, asOf record.Date) string {
	tb.Helper()
	var out bytes.Buffer
	b.Read(func(tx *store.Tx) error {
		for _, kind := range judged {
			if _, err := listing.Write(context.Background(), tx, kind, listing.FormatJSON, listing.Filter{AsOf: asOf}, &out); err != nil {
				return err
			}
		}
		return nil
	})
	return out.String()
}

// TestListAsOfSaysWhatTheListSaidThatNight runs random deliveries (receipts
// replaced, flows revised, movements reversed and corrected, payments that go and
// come back) over several nights. After each night, the list as of every earlier
// day must be, byte for byte, what the plain list was after that day's night. A
// hundred histories of up to four nights; with QUADRA_LONG=1 a thousand of up to
// seven.
func TestListAsOfSaysWhatTheListSaidThatNight(t *testing.T) {
	rounds, days := 1, judgetest.Days[:4]
	if os.Getenv("QUADRA_LONG") != "" {
		rounds, days = 10, judgetest.Days
	}
	for range rounds {
		listAsOf(t, days)
	}
}

func listAsOf(t *testing.T, days []string) {
	deliveries := rapid.SliceOfN(judgetest.Deliveries(), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		b := judgetest.Open(t)
		said := make(map[string]string)
		days := days[:rapid.IntRange(2, len(days)).Draw(t, "nights")]
		compare := func(days []string, after string) {
			for _, earlier := range days {
				if diff := cmp.Diff(said[earlier], printed(t, b, judgetest.Day(earlier))); diff != "" {
					t.Fatalf("after the night of %s, the list as of %s (+) is not what it was then (-):\n%s", after, earlier, diff)
				}
			}
		}
		for i, on := range days {
			b.Night(judgetest.Day(on), deliveries.Draw(t, "deliveries")...)
			said[on] = printed(t, b, 0)
			compare(days[:i+1], on)
		}
		// One of the days is judged again: it is the last word on that day only.
		again := rapid.SampledFrom(days).Draw(t, "again")
		b.Night(judgetest.Day(again), deliveries.Draw(t, "deliveries")...)
		said[again] = printed(t, b, 0)
		compare(days, again+" judged again")
	})
}

// week is a week in which everything known on its first night is corrected.
func week(t *testing.T) (b *judgetest.Books, said map[string]string) {
	t.Helper()
	const iuv, iuf = "01000000000000001", "2026-09-14BPPIITRRXXX-S01"
	b, said = judgetest.Open(t), make(map[string]string)
	nights := []struct {
		on         string
		deliveries []judgetest.Delivery
	}{
		{"2026-09-16", []judgetest.Delivery{
			judgetest.Receipts(judgetest.Receipt(iuv, "IUR1", 1, 1000, "IUD1", "2026-09-14")),
			judgetest.Flow(iuf, "2026-09-15", 0, judgetest.Line(iuv, "IUR1", 1, 1000, 0), judgetest.Line("01000000000000002", "IUR2", 1, 500, 0)),
			judgetest.Cash("1", 1490, "2026-09-16", judgetest.URI(iuf)),
		}},
		{"2026-09-17", []judgetest.Delivery{judgetest.Receipts(judgetest.Receipt(iuv, "IUR1", 1, 1100, "IUD1-BIS", "2026-09-14"))}},
		{"2026-09-18", []judgetest.Delivery{judgetest.Flow(iuf, "2026-09-15", 5, judgetest.Line(iuv, "IUR1", 1, 1100, 0))}},
		{"2026-09-21", []judgetest.Delivery{
			judgetest.Movement("1", record.OpReversed, 1490, "2026-09-18", ""),
			judgetest.Cash("1", 1100, "2026-09-21", "RIACCREDITO "+judgetest.URI(iuf)),
		}},
	}
	for _, n := range nights {
		b.Night(judgetest.Day(n.on), n.deliveries...)
		said[n.on] = printed(t, b, 0)
	}
	return b, said
}

func TestListAsOfSurvivesCorrections(t *testing.T) {
	b, said := week(t)
	for on, want := range said {
		if diff := cmp.Diff(want, printed(t, b, judgetest.Day(on))); diff != "" {
			t.Errorf("as of %s:\n%s", on, diff)
		}
	}
	for day, what := range map[string]string{
		"2026-09-16": `"iur":"IUR2"`,      // the payment that went with the revision
		"2026-09-17": `"iud":"IUD1-BIS"`,  // the receipt replaced
		"2026-09-20": `"cash_cents":1490`, // a Sunday: the books of Friday
		"2026-09-30": `"cash_cents":1100`, // after the last night: its books
	} {
		if out := printed(t, b, judgetest.Day(day)); !strings.Contains(out, what) {
			t.Errorf("as of %s there is no %s in\n%s", day, what, out)
		}
	}
	if out := printed(t, b, judgetest.Day("2026-09-18")); strings.Contains(out, `"iur":"IUR2"`) {
		t.Errorf("the payment that went is listed as of the night it went:\n%s", out)
	}
}

// TestNightJudgedAgainReplacesItsOwnDayOnly: a run as of an earlier day is the
// last word on that day, and on no later one.
func TestNightJudgedAgainReplacesItsOwnDayOnly(t *testing.T) {
	b, said := week(t)
	b.Night(judgetest.Day("2026-09-17"), judgetest.Cash("2", 700, "2026-09-17", "VERSAMENTO"))
	again := printed(t, b, 0)
	if said["2026-09-17"] == again {
		t.Fatal("the second run of the day changed nothing")
	}
	said["2026-09-17"] = again
	for on, want := range said {
		if diff := cmp.Diff(want, printed(t, b, judgetest.Day(on))); diff != "" {
			t.Errorf("as of %s:\n%s", on, diff)
		}
	}
	b.Night(judgetest.Day("2026-09-22"))
	if diff := cmp.Diff(printed(t, b, 0), printed(t, b, judgetest.Day("2026-09-22"))); diff != "" {
		t.Errorf("the next night:\n%s", diff)
	}
}

func TestListAsOfRefusesWhatHasNoHistory(t *testing.T) {
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-16"))
	b.Read(func(tx *store.Tx) error {
		for _, kind := range listing.Kinds {
			want := listing.ErrUnits
			if kind == listing.KindPayments || kind == listing.KindSettlements || kind == listing.KindMovements {
				want = nil
			}
			if _, err := listing.Write(t.Context(), tx, kind, listing.FormatCSV, listing.Filter{AsOf: judgetest.Day("2026-09-16")}, io.Discard); !errors.Is(err, want) {
				t.Errorf("%s: %v", kind, err)
			}
		}
		if _, err := listing.Write(t.Context(), tx, listing.KindPayments, listing.FormatCSV, listing.Filter{AsOf: judgetest.Day("2026-09-15")}, io.Discard); !errors.Is(err, listing.ErrTooEarly) {
			t.Errorf("before the first night: %v", err)
		}
		if _, err := listing.Write(t.Context(), tx, listing.KindPayments, listing.FormatCSV, listing.Filter{Note: "lost"}, io.Discard); !errors.Is(err, listing.ErrNote) {
			t.Errorf("an unknown state of notes: %v", err)
		}
		return nil
	})
}
