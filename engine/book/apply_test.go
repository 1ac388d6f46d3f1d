package book_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/engine/store"
)

func (b *books) entries() []string {
	b.t.Helper()
	var out []string
	err := b.store.Read(context.Background(), func(tx *store.Tx) error {
		all, err := tx.ChartEntries()
		for _, e := range all {
			out = append(out, fmt.Sprintf("%s %d %s/%s/%s/%s %s %v", e.DebtType, e.Year, e.Office, e.Chapter, e.Article, e.Assessment, e.ChapterName, e.Active))
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func action(a string, c record.Chapter) record.Chapter {
	c.Action = a
	return c
}

func named(name string, c record.Chapter) record.Chapter {
	c.ChapterName = name
	return c
}

// TestAChartIsAppliedWholeOrNotAtAll names what a file may ask and what makes
// all of it be refused.
func TestAChartIsAppliedWholeOrNotAtAll(t *testing.T) {
	tari, cosap := entry("TARI", 2026, "U1", "30", "A9"), entry("COSAP", 2026, "U1", "31", "")
	for _, c := range []struct {
		name     string
		rows     []record.Chapter
		want     []string // the chart afterwards; nil: as it was
		rejected []string
	}{
		{"a new entry", []record.Chapter{action("I", cosap)}, []string{"COSAP 2026 U1/31//  true", "TARI 2026 U1/30//A9 Rifiuti true"}, nil},
		{"an entry taken away", []record.Chapter{action("D", tari)}, []string{}, nil},
		{"a statement of what is changes what is there", []record.Chapter{named("Tassa rifiuti", tari)}, []string{"TARI 2026 U1/30//A9 Tassa rifiuti true"}, nil},
		{"the same statement again", []record.Chapter{named("Rifiuti", tari)}, nil, nil},
		{"an insertion of what is there", []record.Chapter{action("I", cosap), action("I", tari)}, nil, []string{"3 cod_capitolo DUPLICATE"}},
		{"a deletion of what is not", []record.Chapter{action("D", cosap)}, nil, []string{"2 cod_capitolo MISSING"}},
		{"another name for the same code", []record.Chapter{action("I", named("Altro", entry("TARI", 2027, "U1", "30", "A9")))}, nil, []string{"2 de_capitolo VALUE"}},
		{"the same name for the same code", []record.Chapter{action("I", named("Rifiuti", entry("TARI", 2027, "U1", "30", "A9")))},
			[]string{"TARI 2026 U1/30//A9 Rifiuti true", "TARI 2027 U1/30//A9 Rifiuti true"}, nil},
		{"a closed year", []record.Chapter{cosap, action("I", entry("TARI", 2024, "U1", "30", ""))}, nil, []string{"3 anno VALUE"}},
		{"a validity that ends before it begins", []record.Chapter{{DebtType: "X", Year: 2026, Chapter: "1", From: day("2026-02-01"), To: day("2026-01-01")}}, nil,
			[]string{"2 valido_al DATE"}},
		{"every wrong row is listed", []record.Chapter{action("D", cosap), action("I", tari), entry("TARI", 2020, "", "1", "")}, nil,
			[]string{"2 cod_capitolo MISSING", "3 cod_capitolo DUPLICATE", "4 anno VALUE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			if _, err := b.chart(2024, action("I", named("Rifiuti", tari))); err != nil {
				t.Fatal(err)
			}
			wrong, err := b.chart(2024, c.rows...)
			var got []string
			for _, r := range wrong {
				if r.Reason == "" {
					t.Errorf("row %d is refused without a reason", r.Line)
				}
				got = append(got, fmt.Sprintf("%d %s %s", r.Line, r.Column, r.Code))
			}
			var refused *record.FileError
			if !slices.Equal(got, c.rejected) || (len(c.rejected) > 0) != errors.As(err, &refused) {
				t.Errorf("rejects %q and error %v, want %q", got, err, c.rejected)
			}
			want := c.want
			if want == nil {
				want = []string{"TARI 2026 U1/30//A9 Rifiuti true"}
			}
			if got := b.entries(); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("the chart is\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

func TestTheHistoryOfTheChartSaysWhatWasAndWhichRowAskedForIt(t *testing.T) {
	b := newBooks(t)
	e := named("Rifiuti", entry("TARI", 2026, "U1", "30", ""))
	for _, rows := range [][]record.Chapter{{action("I", e)}, {named("Tassa rifiuti", entry("TARI", 2026, "U1", "30", ""))}, {action("D", e)}} {
		if _, err := b.chart(0, rows...); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := b.store.Read(context.Background(), func(tx *store.Tx) error {
		all, err := tx.ChartHistory()
		for _, c := range all {
			got = append(got, fmt.Sprintf("%s %s:%d %s", c.Action, c.Source.File, c.Source.Line, c.Fields))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"added file-1:2 de_capitolo=Rifiuti; vincolato=false; attivo=true",
		"changed file-2:2 de_capitolo=Tassa rifiuti; vincolato=false; attivo=true",
		"removed file-3:2 de_capitolo=Rifiuti; vincolato=false; attivo=true"}
	if !slices.Equal(got, want) {
		t.Errorf("history\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestBookingTouchesOnlyWhatChanged follows a chart, receipts and a debt over
// several nights.
func TestBookingTouchesOnlyWhatChanged(t *testing.T) {
	b := newBooks(t)
	b.receipts(line("1", 1000, "TARI"), line("2", 500, "COSAP"))
	if sum := b.book(); !sum.All || sum.Lines != 2 || sum.Unassigned != 1500 {
		t.Errorf("first night %+v", sum)
	}
	if sum := b.book(); sum.All || sum.Lines != 0 {
		t.Errorf("a night without news booked %+v", sum)
	}
	b.receipts(line("3", 300, "TARI"))
	if sum := b.book(); sum.All || sum.Lines != 1 {
		t.Errorf("a night with one receipt booked %+v", sum)
	}
	if _, err := b.chart(0, entry("TARI", 2026, "U1", "30", "")); err != nil {
		t.Fatal(err)
	}
	if sum := b.book(); !sum.All || sum.Lines != 3 || sum.Unassigned != 500 {
		t.Errorf("after a new chart %+v", sum)
	}
	want := []string{"1/1 only 2026 U1/30// 10.00", "2/1 unassigned 2026 - 5.00", "3/1 only 2026 U1/30// 3.00"}
	if got := b.shares(); !slices.Equal(got, want) {
		t.Errorf("booked\n  %s", strings.Join(got, "\n  "))
	}
}

func TestChaptersThatTheChartDoesNotHaveAreProposed(t *testing.T) {
	b := newBooks(t)
	l := line("1", 1000, "TARI")
	l.Bilancio = twoQuotas
	b.receipts(l)
	if _, err := b.chart(0, entry("TARI", 2026, "TRIB", "10", "A1")); err != nil {
		t.Fatal(err)
	}
	b.book()
	var got []string
	err := b.store.Read(context.Background(), func(tx *store.Tx) error {
		all, err := tx.ChartProposals()
		for _, p := range all {
			got = append(got, fmt.Sprintf("%s %d %s/%s %s %d %s", p.DebtType, p.Year, p.Office, p.Chapter, p.Source, p.Count, p.Amount))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"TARI 2026 /20 bilancio 1 3.00"}; !slices.Equal(got, want) {
		t.Errorf("proposed %q, want %q", got, want)
	}
}
