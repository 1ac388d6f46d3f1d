package trace_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/judge/judgetest"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/engine/trace"
)

const (
	theIUV = "01000000000000001"
	theIUF = "2026-09-14BPPIITRRXXX-S01"
)

// corrected are books in which a payment, its flow and its cash were corrected
// night after night.
func corrected(t *testing.T) *judgetest.Books {
	t.Helper()
	b := judgetest.Open(t)
	flow := func(version int) judgetest.Delivery {
		return judgetest.Flow(theIUF, "2026-09-14", version, judgetest.Line(theIUV, "IUR1", 1, 1000, 0))
	}
	b.Night(judgetest.Day("2026-09-15"), judgetest.Receipts(judgetest.Receipt(theIUV, "IUR1", 1, 1000, "IUD1", "2026-09-14")), flow(0),
		judgetest.Notice("IUD1", theIUV, 1000, "2026-09-14"))
	b.Night(judgetest.Day("2026-09-17"))                                                                // cash is late
	b.Night(judgetest.Day("2026-09-18"), judgetest.Cash("1", 990, "2026-09-18", judgetest.URI(theIUF))) // short by 10
	b.Night(judgetest.Day("2026-09-19"), judgetest.Cash("1", 988, "2026-09-18", judgetest.URI(theIUF))) // short by 12
	b.Judge.LoadsTreasury, b.Judge.SendsNotices, b.Judge.Fingerprint = true, false, "no notices"
	b.Night(judgetest.Day("2026-09-20"))
	b.Judge.LoadsTreasury, b.Judge.Fingerprint = false, "no treasury"
	b.Night(judgetest.Day("2026-09-21"), judgetest.Movement("1", record.OpReversed, 988, "2026-09-21", ""),
		judgetest.Receipts(judgetest.Receipt(theIUV, "IUR1", 1, 1000, "IUD1", "2026-09-13")))
	b.Write(func(tx *store.Tx) error {
		for i, n := range []record.Note{
			{Unit: note.UnitPayment, IUV: theIUV, Text: "chiesto al PSP", Assignee: "Bruno", DueOn: judgetest.Day("2026-09-25")},
			{Unit: note.UnitPayment, IUV: theIUV, State: note.Explained, Text: "trattenuta la commissione", IgnoreUntil: judgetest.Day("2026-09-30")},
		} {
			at := time.Date(2026, 9, 22, 8+i, 0, 0, 0, time.UTC)
			if _, bad, err := note.Apply(tx, []record.Note{n}, note.Writing{Author: "Anna", At: at}); err != nil || bad != nil {
				return fmt.Errorf("%v, %w", bad, err)
			}
		}
		return nil
	})
	return b
}

func chain(t *testing.T, b *judgetest.Books) (c *trace.Chain) {
	t.Helper()
	b.Read(func(tx *store.Tx) (err error) {
		if c, err = trace.IUF(t.Context(), tx, theIUF); err != nil {
			return err
		}
		return c.AddNotes(tx, judgetest.Day("2026-09-26"))
	})
	return c
}

// TestHistoryNamesEveryCause: all the files of a night, the calendar, a change of
// settings; a change of cash alone has its row.
func TestHistoryNamesEveryCause(t *testing.T) {
	var got []string
	for _, u := range chain(t, corrected(t)).Histories() {
		for _, c := range u.History {
			var causes []string
			for _, cause := range c.Causes {
				causes = append(causes, strings.TrimPrefix(cause.Kind+" "+cause.File, "file "))
			}
			got = append(got, fmt.Sprintf("%s %s: %s -> %s, %d, %d: %s", u.Unit, c.AsOf, c.Before, c.After, c.Amount, c.Difference, strings.Join(causes, ", ")))
		}
	}
	for i := range got {
		got[i] = strings.TrimSpace(got[i])
	}
	want := []string{
		"payment 2026-09-15:  -> REPORTED, 1000, 0: ricevute-1, rendicontazione-2, notifiche-3",
		"payment 2026-09-17: REPORTED -> NOT_CASHED, 1000, 0: calendar",
		"payment 2026-09-18: NOT_CASHED -> CASHED_DIFFERENT, 1000, -10: cassa-4",
		"payment 2026-09-19: CASHED_DIFFERENT -> CASHED_DIFFERENT, 1000, -12: cassa-5",
		"payment 2026-09-21: CASHED_DIFFERENT -> REPORTED, 1000, 0: ricevute-7, cassa-6",
		"settlement 2026-09-15:  -> WAITING, 0, 0: rendicontazione-2",
		"settlement 2026-09-17: WAITING -> LATE, 0, 0: calendar",
		"settlement 2026-09-18: LATE -> SHORT, 990, -10: cassa-4",
		"settlement 2026-09-19: SHORT -> SHORT, 988, -12: cassa-5",
		"settlement 2026-09-21: SHORT -> WAITING, 0, 0: cassa-6",
		"movement 2026-09-18:  -> MATCHED, 990, 0: cassa-4",
		"movement 2026-09-19: MATCHED -> MATCHED, 988, 0: cassa-5",
		"movement 2026-09-21: MATCHED -> REVERSED, 0, 0: cassa-6",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryNamesTheSettings(t *testing.T) {
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-17"), judgetest.Flow(theIUF, "2026-09-14", 0, judgetest.Line(theIUV, "IUR1", 1, 1000, 9)))
	b.Judge.LoadsTreasury, b.Judge.Fingerprint = false, "no treasury"
	b.Night(judgetest.Day("2026-09-17"))
	b.Judge.LoadsTreasury, b.Judge.Fingerprint = true, "test"
	b.Night(judgetest.Day("2026-09-17"))
	b.Night(judgetest.Day("2026-09-15")) // back to a day on which cash was not due
	for _, u := range chain(t, b).Histories() {
		if len(u.History) != 4 {
			t.Fatalf("%s: %+v", u.Unit, u.History)
		}
		var kinds []string
		for _, c := range u.History {
			kinds = append(kinds, c.Causes[0].Kind)
		}
		if diff := cmp.Diff([]string{"file", "settings", "settings", "calendar"}, kinds); diff != "" {
			t.Errorf("%s: %s", u.Unit, diff)
		}
	}
}

func TestHistoryAsText(t *testing.T) {
	b := corrected(t)
	for file, lang := range map[string]string{"history.txt": "it", "history_in_english.txt": "en"} {
		t.Run(file, func(t *testing.T) {
			var out bytes.Buffer
			if err := trace.HistoryText(&out, chain(t, b), lang); err != nil {
				t.Fatal(err)
			}
			golden(t, file, out.Bytes())
		})
	}
}
