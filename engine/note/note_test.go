package note_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"quadra/engine/judge/judgetest"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

const (
	iuv  = "01000000000000001"
	iuv2 = "01000000000000002"
	iuf  = "2026-09-14BPPIITRRXXX-S01"
)

var at = time.Date(2026, 9, 17, 8, 0, 0, 0, time.UTC)

// say writes notes and returns what became of them.
func say(t *testing.T, b *judgetest.Books, rows ...record.Note) (sum note.Summary, bad []record.Reject) {
	t.Helper()
	b.Write(func(tx *store.Tx) (err error) {
		sum, bad, err = note.Apply(tx, rows, note.Writing{Author: "Anna", At: at})
		return err
	})
	return sum, bad
}

// said is what the notes of a payment say, most to be done first.
func said(t *testing.T, b *judgetest.Books, find func(*note.Index) ([]*note.Note, error)) string {
	t.Helper()
	var out []string
	b.Read(func(tx *store.Tx) error {
		index, err := note.Notes(tx, 0, judgetest.Day("2026-09-18"))
		if err != nil {
			return err
		}
		notes, err := find(index)
		for _, n := range notes {
			out = append(out, n.State+" "+n.Text)
		}
		return err
	})
	return strings.Join(out, "; ")
}

func ofPayment(iuv, iur string, index int, iud string) func(*note.Index) ([]*note.Note, error) {
	return func(x *note.Index) ([]*note.Note, error) { return x.Payment(iuv, iur, index, iud) }
}

func onPayment(iuv, iur, text string) record.Note {
	return record.Note{Unit: note.UnitPayment, IUV: iuv, IUR: iur, Text: text}
}

// status is the status of every payment of an IUV, with the note of each.
func status(t *testing.T, b *judgetest.Books, iuv string) string {
	t.Helper()
	var out []string
	b.Read(func(tx *store.Tx) error {
		index, err := note.Notes(tx, 0, judgetest.Day("2026-09-18"))
		if err != nil {
			return err
		}
		return tx.ListPayments(store.ListedScope{}, func(p *store.ListedPayment) error {
			if p.IUV != iuv {
				return nil
			}
			notes, err := index.Payment(p.IUV, p.IUR, p.Index, p.NoticeIUD)
			if err != nil {
				return err
			}
			line := fmt.Sprintf("%s/%d %s", p.IUR, p.Index, p.Status)
			if n := note.First(notes); n != nil {
				line += ": " + n.Text
			}
			out = append(out, line)
			return nil
		})
	})
	return strings.Join(out, "; ")
}

// TestNotesFollowTheirThing: a note stays with its payment whatever the payment
// becomes.
func TestNotesFollowTheirThing(t *testing.T) {
	receipt := judgetest.Receipts(judgetest.Receipt(iuv, "IUR1", 1, 1000, "IUD1", "2026-09-14"))
	reported := judgetest.Flow(iuf, "2026-09-15", 0, judgetest.Line(iuv, "IUR1", 1, 1000, 0))
	for _, c := range []struct {
		name  string
		first []judgetest.Delivery
		note  record.Note
		later [][]judgetest.Delivery
		want  []string // after the first night and each later one
	}{
		{
			"reclassification", []judgetest.Delivery{receipt}, onPayment(iuv, "", "vista"),
			[][]judgetest.Delivery{{reported}, {judgetest.Cash("1", 1000, "2026-09-17", judgetest.URI(iuf))}},
			[]string{"IUR1/1 PAID: vista", "IUR1/1 NOT_CASHED: vista", "IUR1/1 RECONCILED: vista"},
		},
		{
			"revision that takes the payment away, and one that brings it back",
			[]judgetest.Delivery{reported}, onPayment(iuv, "IUR1", "vista"),
			[][]judgetest.Delivery{
				{judgetest.Flow(iuf, "2026-09-15", 5, judgetest.Line(iuv2, "IUR9", 1, 1000, 0))},
				{judgetest.Flow(iuf, "2026-09-15", 9, judgetest.Line(iuv, "IUR1", 1, 1000, 0))},
			},
			[]string{"IUR1/1 AWAITING_RECEIPT: vista", "", "IUR1/1 REPORTED_WITHOUT_RECEIPT: vista"},
		},
		{
			"implied receipt replaced by the real one",
			[]judgetest.Delivery{judgetest.Flow(iuf, "2026-09-15", 0, judgetest.Line(iuv, "IUR1", 1, 1000, 9))}, onPayment(iuv, "IUR1", "vista"),
			[][]judgetest.Delivery{{receipt}},
			[]string{"IUR1/1 REPORTED: vista", "IUR1/1 NOT_CASHED: vista"},
		},
		{
			"flow line taken up by a receipt with another IUR",
			[]judgetest.Delivery{judgetest.Flow(iuf, "2026-09-15", 0, judgetest.Line(iuv, "IURX", 1, 1000, 9))}, onPayment(iuv, "IURX", "vista"),
			[][]judgetest.Delivery{{receipt}},
			[]string{"IURX/1 REPORTED: vista", "IUR1/1 NOT_CASHED: vista"},
		},
		{
			"notice alone that becomes a payment with receipt",
			[]judgetest.Delivery{judgetest.Notice("IUD1", iuv, 1000, "2026-09-14")}, record.Note{Unit: note.UnitPayment, IUD: "IUD1", Text: "vista"},
			[][]judgetest.Delivery{{receipt}, {reported}},
			[]string{"/0 AWAITING_RECEIPT: vista", "IUR1/1 NOT_REPORTED: vista", "IUR1/1 NOT_CASHED: vista"},
		},
		{
			"notice alone under one IUV, receipt under another",
			[]judgetest.Delivery{judgetest.Notice("IUD1", iuv2, 1000, "2026-09-14")}, onPayment(iuv2, "", "vista"),
			[][]judgetest.Delivery{{receipt}},
			[]string{"", "IUR1/1 NOT_REPORTED: vista"},
		},
		{
			"receipt that comes under the notice and leaves it again",
			[]judgetest.Delivery{judgetest.Notice("IUD1", iuv, 1000, "2026-09-14")}, record.Note{Unit: note.UnitPayment, IUD: "IUD1", Text: "vista"},
			[][]judgetest.Delivery{{receipt}, {judgetest.Receipts(judgetest.Receipt(iuv, "IUR1", 1, 1000, "IUD2", "2026-09-14"))}},
			[]string{"/0 AWAITING_RECEIPT: vista", "IUR1/1 NOT_REPORTED: vista", "/0 NOTIFIED_WITHOUT_RECEIPT: vista; IUR1/1 NOT_REPORTED"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := judgetest.Open(t)
			b.Night(judgetest.Day("2026-09-16"), c.first...)
			if sum, bad := say(t, b, c.note); sum.Added != 1 || bad != nil {
				t.Fatalf("%+v, %+v", sum, bad)
			}
			got := []string{status(t, b, iuv)}
			for i, later := range c.later {
				b.Night(judgetest.Day("2026-09-17")+record.Date(i), later...)
				got = append(got, status(t, b, iuv))
			}
			if g, w := strings.Join(got, "\n"), strings.Join(c.want, "\n"); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
}

func TestNotesOnSettlementsAndMovements(t *testing.T) {
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-16"), judgetest.Flow(iuf, "2026-09-15", 0, judgetest.Line(iuv, "IUR1", 1, 1000, 0)),
		judgetest.Cash("7", 900, "2026-09-16", judgetest.URI(iuf)))
	sum, bad := say(t, b, record.Note{Unit: note.UnitSettlement, IUF: strings.ToLower(iuf), Text: "mancano 100"},
		record.Note{Unit: note.UnitMovement, Number: "0007", Year: 2026, Text: "chiesto al tesoriere"})
	if sum.Added != 2 || bad != nil {
		t.Fatalf("%+v, %+v", sum, bad)
	}
	// The flow is revised, and the movement comes again in a layout that names
	// the account.
	b.Night(judgetest.Day("2026-09-17"), judgetest.Flow(iuf, "2026-09-15", 5, judgetest.Line(iuv, "IUR1", 1, 900, 0)),
		judgetest.Delivery{Kind: record.KindMovements, What: "cash 7 with its account", Fill: func(s record.Sink) error {
			return s.Movement(&record.Movement{Line: 2, Year: 2026, Number: "7", Account: "CONTO1", Document: record.DocSospeso, Operation: record.OpExecuted,
				Amount: 901, BookedOn: judgetest.Day("2026-09-16"), ValueOn: judgetest.Day("2026-09-16"), Remittance: judgetest.URI(iuf)})
		}})
	if got := said(t, b, func(x *note.Index) ([]*note.Note, error) { return x.Settlement(iuf, "BPPIITRRXXX", 2026) }); got != "open mancano 100" {
		t.Errorf("settlement: %q", got)
	}
	if got := said(t, b, func(x *note.Index) ([]*note.Note, error) { return x.Movement(2026, "7", "CONTO1") }); got != "open chiesto al tesoriere" {
		t.Errorf("movement: %q", got)
	}
	if sum, _ := say(t, b, record.Note{Unit: note.UnitMovement, Number: "7", Year: 2026, State: note.Closed}); sum.Changed != 1 {
		t.Errorf("closing the note of the movement: %+v", sum)
	}
}

// TestHistoryIsKept: every change is a row with who and when, and none can be
// altered.
func TestHistoryIsKept(t *testing.T) {
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-16"), judgetest.Receipts(judgetest.Receipt(iuv, "IUR1", 1, 1000, "IUD1", "2026-09-14")))
	first := onPayment(iuv, "", "da chiedere")
	first.Assignee, first.DueOn = "Bruno", judgetest.Day("2026-09-17")
	steps := []record.Note{
		first,
		{Unit: note.UnitPayment, IUV: iuv, State: note.Explained, Text: "il PSP conferma", Author: "Carla"},
		{Unit: note.UnitPayment, IUV: iuv, State: note.Explained}, // nothing new
		{Unit: note.UnitPayment, IUV: iuv, State: note.Closed, NoDue: true, NoAssignee: true},
		{Unit: note.UnitPayment, IUV: iuv, State: note.Open},
	}
	for i, n := range steps {
		sum, bad := say(t, b, n)
		if bad != nil || sum.Unchanged != map[bool]int{true: 1}[i == 2] {
			t.Fatalf("step %d: %+v, %+v", i, sum, bad)
		}
	}
	var got []string
	b.Read(func(tx *store.Tx) error {
		changes, err := tx.NoteChanges(1)
		for _, c := range changes {
			got = append(got, fmt.Sprintf("%d %s %s %s [%s] %s %s %s run %d", c.Seq, c.At.Format(time.RFC3339), c.Author, c.State, c.Text, c.Assignee, c.DueOn, c.IgnoreUntil, c.Run))
		}
		return err
	})
	want := []string{
		"1 2026-09-17T08:00:00Z Anna open [da chiedere] Bruno 2026-09-17  run 1",
		"2 2026-09-17T08:00:00Z Carla explained [il PSP conferma] Bruno 2026-09-17  run 1",
		"3 2026-09-17T08:00:00Z Anna closed [il PSP conferma]    run 1",
		"4 2026-09-17T08:00:00Z Anna open [il PSP conferma]    run 1",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	db, err := sql.Open("sqlite3", "file:"+b.File)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{"DELETE FROM note", "DELETE FROM note_change", "UPDATE note_change SET text = 'x'"} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s: the books let it", statement)
		}
	}
}

// TestWrongRowsWriteNothing: all rows are checked before the first is written.
func TestWrongRowsWriteNothing(t *testing.T) {
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-16"), judgetest.Receipts(
		judgetest.Receipt(iuv, "IUR1", 1, 1000, "IUD1", "2026-09-14"), judgetest.Receipt(iuv2, "IUR2", 1, 500, "", "2026-09-14"),
		judgetest.Receipt(iuv2, "IUR2", 2, 700, "", "2026-09-14")))
	rows := []record.Note{
		onPayment(iuv, "", "buona"),
		onPayment("01999999999999999", "", "sconosciuto"),
		onPayment(iuv2, "", "quale dei due"),
		{Unit: note.UnitPayment, Text: "senza codice"},
		onPayment(iuv, "IUR1", "due volte"),
		{Unit: note.UnitPayment, IUV: iuv2, Index: 1, State: note.Closed},
		{Unit: note.UnitSettlement, IUF: "NESSUNO", Text: "x"},
		{Unit: note.UnitMovement, Number: "9", Year: 2026, Text: "x"},
		{Unit: note.UnitMovement, Number: "9", Text: "x"},
		{Unit: "debito", Text: "x"},
		{}, // says nothing
	}
	for i := range rows {
		rows[i].Line = i + 2
	}
	_, bad := say(t, b, rows...)
	var got []string
	for _, r := range bad {
		got = append(got, fmt.Sprintf("%d %s %s", r.Line, r.Column, r.Code))
	}
	want := []string{"3 iuv NOT_FOUND", "4 iuv AMBIGUOUS", "5 iuv MISSING", "6 unita DUPLICATE", "7 segnalazione MISSING",
		"8 iuf NOT_FOUND", "9 numero_bolletta NOT_FOUND", "10 numero_bolletta MISSING", "11 unita VALUE"}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	b.Read(func(tx *store.Tx) error {
		index, err := note.Notes(tx, 0, 0)
		if err == nil && index.Len() != 0 {
			t.Errorf("%d notes were written", index.Len())
		}
		return err
	})
	b.Write(func(tx *store.Tx) error {
		_, bad, err := note.Apply(tx, rows[:1], note.Writing{At: at})
		if len(bad) != 1 || bad[0].Column != note.ColumnAuthor {
			t.Errorf("a note of nobody: %+v", bad)
		}
		return err
	})
}

// TestTheDayDecides: overdue and ignored depend on the day a note is seen from.
func TestTheDayDecides(t *testing.T) {
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-16"), judgetest.Receipts(judgetest.Receipt(iuv, "IUR1", 1, 1000, "IUD1", "2026-09-14")))
	n := onPayment(iuv, "", "aspettiamo")
	n.DueOn, n.IgnoreUntil = judgetest.Day("2026-09-20"), judgetest.Day("2026-09-25")
	for _, c := range []struct {
		state, day       string
		overdue, ignored bool
	}{
		{note.Open, "2026-09-19", false, true},
		{note.Open, "2026-09-20", false, true},
		{note.Open, "2026-09-21", true, true},
		{note.Open, "2026-09-24", true, true},
		{note.Open, "2026-09-25", true, false},
		{note.Explained, "2026-09-24", false, true},
		{note.Closed, "2026-09-24", false, false},
	} {
		n.State = c.state
		if _, bad := say(t, b, n); bad != nil {
			t.Fatal(bad)
		}
		b.Read(func(tx *store.Tx) error {
			index, err := note.Notes(tx, 0, judgetest.Day(c.day))
			if err != nil {
				return err
			}
			notes, err := index.Payment(iuv, "IUR1", 1, "")
			if err == nil && (notes[0].Overdue != c.overdue || notes[0].Ignored != c.ignored) {
				t.Errorf("%s on %s: overdue %v, ignored %v", c.state, c.day, notes[0].Overdue, notes[0].Ignored)
			}
			return err
		})
	}
}

// TestTwoNotesOfWhatBecameOne: both are found, the one with more to do first.
func TestTwoNotesOfWhatBecameOne(t *testing.T) {
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-16"), judgetest.Notice("IUD1", iuv, 1000, "2026-09-14"),
		judgetest.Flow(iuf, "2026-09-15", 0, judgetest.Line(iuv, "IUR1", 1, 1000, 9)))
	closed := onPayment(iuv, "IUR1", "ricevuta chiesta")
	closed.State = note.Closed
	if sum, bad := say(t, b, closed, record.Note{Unit: note.UnitPayment, IUD: "IUD1", Text: "sollecitare"}); sum.Added != 2 {
		t.Fatalf("%+v, %+v", sum, bad)
	}
	b.Night(judgetest.Day("2026-09-17"), judgetest.Receipts(judgetest.Receipt(iuv, "IUR1", 1, 1000, "IUD1", "2026-09-14")))
	if got := said(t, b, ofPayment(iuv, "IUR1", 1, "IUD1")); got != "open sollecitare; closed ricevuta chiesta" {
		t.Error(got)
	}
}

// TestNotesAreInACopyOfTheBooks: judging everything again leaves notes alone,
// and a copy of the books, as a dry run makes it, has them.
func TestNotesAreInACopyOfTheBooks(t *testing.T) {
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-16"), judgetest.Receipts(judgetest.Receipt(iuv, "IUR1", 1, 1000, "IUD1", "2026-09-14")))
	say(t, b, onPayment(iuv, "", "vista"))
	b.Judge.Fingerprint = "changed" // everything is judged again
	b.Night(judgetest.Day("2026-09-16"))
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := b.Store.CopyTo(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	copied, err := store.Open(t.Context(), file, "80000123457")
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	err = copied.Read(t.Context(), func(tx *store.Tx) error {
		index, err := note.Notes(tx, 0, 0)
		if err == nil && index.Len() != 1 {
			t.Errorf("the copy has %d notes", index.Len())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
