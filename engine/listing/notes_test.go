package listing_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"quadra/engine/judge/judgetest"
	"quadra/engine/listing"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

// noted are books with a note that was opened after the first night and explained
// after the second, on two nights without deliveries in between.
func noted(t *testing.T) *judgetest.Books {
	t.Helper()
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-16"), judgetest.Receipts(
		judgetest.Receipt("01000000000000001", "IUR1", 1, 1000, "", "2026-09-14"), judgetest.Receipt("01000000000000002", "IUR2", 1, 500, "", "2026-09-14")))
	say := func(n record.Note) {
		n.Unit, n.IUV = note.UnitPayment, "01000000000000001"
		b.Write(func(tx *store.Tx) error {
			_, bad, err := note.Apply(tx, []record.Note{n}, note.Writing{Author: "Anna", At: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)})
			if len(bad) > 0 {
				t.Error(bad)
			}
			return err
		})
	}
	say(record.Note{Text: "da chiedere", Assignee: "Bruno", DueOn: judgetest.Day("2026-09-16")})
	b.Night(judgetest.Day("2026-09-17"))
	say(record.Note{State: note.Explained, Text: "spiegata", IgnoreUntil: judgetest.Day("2026-09-21")})
	b.Night(judgetest.Day("2026-09-18"))
	b.Night(judgetest.Day("2026-09-21"))
	return b
}

// TestListKeepsWhatNotesSay: the filters by note, on the day the note was so.
func TestListKeepsWhatNotesSay(t *testing.T) {
	b := noted(t)
	for _, c := range []struct {
		day    string // empty: today
		filter listing.Filter
		want   listing.Totals
	}{
		{"", listing.Filter{}, listing.Totals{Count: 2, Cents: 1500}},
		{"", listing.Filter{Note: note.Explained}, listing.Totals{Count: 1, Cents: 1000}},
		{"", listing.Filter{Note: note.Open}, listing.Totals{}},
		{"", listing.Filter{Note: listing.NoteNone}, listing.Totals{Count: 1, Cents: 500}},
		{"", listing.Filter{Assignee: "Bruno"}, listing.Totals{Count: 1, Cents: 1000}},
		{"", listing.Filter{Assignee: "Carla"}, listing.Totals{}},
		{"", listing.Filter{Overdue: true}, listing.Totals{}}, // it is explained
		{"2026-09-18", listing.Filter{}, listing.Totals{Count: 1, Cents: 500, Ignored: 1}},
		{"2026-09-18", listing.Filter{Ignored: true}, listing.Totals{Count: 2, Cents: 1500}},
		// Explained in the day after the night of the 17th: ignored from then on.
		{"2026-09-17", listing.Filter{Note: note.Explained, Ignored: true}, listing.Totals{Count: 1, Cents: 1000}},
		{"2026-09-16", listing.Filter{Note: note.Open}, listing.Totals{Count: 1, Cents: 1000}},
		{"2026-09-16", listing.Filter{Overdue: true}, listing.Totals{}}, // due that day
	} {
		t.Run(fmt.Sprintf("%s %+v", c.day, c.filter), func(t *testing.T) {
			f := c.filter
			if c.day != "" {
				f.AsOf = judgetest.Day(c.day)
			}
			b.Read(func(tx *store.Tx) error {
				got, err := listing.Write(t.Context(), tx, listing.KindPayments, listing.FormatTable, f, &bytes.Buffer{})
				if got != c.want {
					t.Errorf("totals are %+v, not %+v", got, c.want)
				}
				return err
			})
		})
	}
}

func TestNotesListing(t *testing.T) {
	b := noted(t)
	notes := func(format listing.Format, f listing.NoteFilter) string {
		var out bytes.Buffer
		b.Read(func(tx *store.Tx) error {
			_, err := listing.Notes(t.Context(), tx, format, f, &out)
			return err
		})
		return out.String()
	}
	for format, extension := range extensions {
		golden(t, "notes"+extension, []byte(notes(format, listing.NoteFilter{History: true})))
	}
	for _, c := range []struct {
		name   string
		filter listing.NoteFilter
		want   string // empty: none is listed
	}{
		{"all", listing.NoteFilter{}, ";spiegata;spiegata;Bruno;2026-09-16;2026-09-21;Anna;2027-01-01T00:00:00Z;2;false;false;"},
		{"open", listing.NoteFilter{State: note.Open}, ""},
		{"as of the first night", listing.NoteFilter{AsOf: judgetest.Day("2026-09-16"), State: note.Open}, ";aperta;da chiedere;"},
		{"ignored on the 18th", listing.NoteFilter{AsOf: judgetest.Day("2026-09-18"), Ignored: true}, ";2;false;true;"},
		{"ignored today", listing.NoteFilter{Ignored: true}, ""},
		{"of Bruno", listing.NoteFilter{Assignee: "Bruno"}, "Bruno"},
		{"overdue", listing.NoteFilter{Overdue: true}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := notes(listing.FormatCSV, c.filter)
			if rows := strings.Count(out, "\n") - 1; (c.want != "") != (rows == 1) || !strings.Contains(out, c.want) {
				t.Errorf("want %q in\n%s", c.want, out)
			}
		})
	}
}
