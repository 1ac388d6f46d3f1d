package decide_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/decide"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
)

// file applies decisions as the intake does: the transaction is undone when a
// row is wrong.
func file(t *testing.T, b *tt.Books, name string, rows ...record.Decision) (sum decide.Summary, rejects []record.Reject) {
	t.Helper()
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		run := &store.Run{AsOf: tt.Day("2026-01-01")}
		if err := tx.StartRun(run); err != nil {
			return err
		}
		f := &store.File{RunID: run.ID, SHA256: name, Name: name}
		if err := tx.AddFile(f); err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&record.Doc{Kind: record.KindDecisions}); err != nil {
			return err
		}
		for i := range rows {
			rows[i].Line = i + 2
			if err := l.Decision(&rows[i]); err != nil {
				return err
			}
		}
		if sum, err = decide.Apply(tx, f, l, func(r *record.Reject) error { rejects = append(rejects, *r); return l.Reject(r) }); err != nil {
			return err
		}
		f.State = store.FileLoaded
		return tx.SetOutcome(f)
	})
	var refused *record.FileError
	if errors.As(err, &refused) != (len(rejects) > 0) {
		t.Fatalf("rejects %+v, error %v", rejects, err)
	}
	return sum, rejects
}

func taken(b *tt.Books) int {
	n := 0
	b.Read(func(tx *store.Tx) error {
		all, err := tx.Decisions()
		n = len(all)
		return err
	})
	return n
}

// pays says that a movement pays a flow of the town.
func pays(number, iuf string, cents record.Cents) record.Decision {
	return record.Decision{Kind: record.DecideFlow, Answer: record.AnswerAccept, Movement: record.MovementKey{Year: 2026, Number: number},
		Flow: record.SettlementKey{IUF: strings.ToUpper(iuf)}, Amount: cents, Author: "Rossi"}
}

func with(d record.Decision, change func(*record.Decision)) record.Decision { change(&d); return d }

func paysIUV(number, iuv string) record.Decision {
	return record.Decision{Kind: record.DecidePayment, Answer: record.AnswerAccept, Movement: record.MovementKey{Year: 2026, Number: number},
		Payment: record.PaymentKey{IUV: iuv}, Author: "Rossi"}
}

func refund(iuv, iur string) record.Decision {
	return record.Decision{Kind: record.DecideRefund, Answer: record.AnswerAccept, Payment: record.PaymentKey{IUV: iuv, IUR: iur, Index: 1}, Author: "Rossi"}
}

// TestWhatTheBooksDoNotAllow: each wrong row says its column and why, and
// nothing of its file is applied.
func TestWhatTheBooksDoNotAllow(t *testing.T) {
	for _, c := range []struct {
		name, column string
		code         record.RejectCode
		rows         []record.Decision
	}{
		{"a movement that is not there", "numero_bolletta", record.RejectUnknown, []record.Decision{pays("99", tt.IUFNoCash, 100)}},
		{"a flow that is not there", "iuf", record.RejectUnknown, []record.Decision{pays("5", tt.IUFUnknown, 100)}},
		{"a flow of another PSP", "psp", record.RejectUnknown, []record.Decision{with(pays("5", tt.IUFNoCash, 100), func(d *record.Decision) { d.Flow.PSP = "UNCRITMM" })}},
		{"a flow of another year", "psp", record.RejectUnknown, []record.Decision{with(pays("5", tt.IUFNoCash, 100), func(d *record.Decision) { d.Flow.Year = 2025 })}},
		{"another account", "conto", record.RejectUnknown, []record.Decision{with(pays("5", tt.IUFNoCash, 100), func(d *record.Decision) { d.Movement.Account = "X1" })}},
		{"more than the movement has", "importo", record.RejectConflict, []record.Decision{pays("5", tt.IUFNoCash, 301)}},
		{"more than the movement has, in two rows", "importo", record.RejectConflict, []record.Decision{pays("5", tt.IUFNoCash, 200), pays("5", tt.IUFSettled, 200)}},
		{"a movement that was reversed", "numero_bolletta", record.RejectConflict, []record.Decision{pays("7", tt.IUFNoCash, 100)}},
		{"the same thing twice in a file", "risposta", record.RejectDuplicate, []record.Decision{pays("5", tt.IUFNoCash, 100), pays("5", tt.IUFNoCash, 200)}},
		{"undoing what was never decided", "risposta", record.RejectConflict, []record.Decision{with(pays("5", tt.IUFNoCash, 0), func(d *record.Decision) { d.Answer = record.AnswerUndo })}},
		{"a payment without a receipt", "iuv", record.RejectUnknown, []record.Decision{paysIUV("5", tt.IUVNotice)}},
		{"a part of a movement for a payment", "importo", record.RejectConflict, []record.Decision{with(paysIUV("5", tt.IUVRevoked), func(d *record.Decision) { d.Amount = 100 })}},
		{"a payment when the cash is given to a flow", "importo", record.RejectConflict, []record.Decision{pays("5", tt.IUFNoCash, 100), paysIUV("5", tt.IUVRevoked)}},
		{"a refund of a payment made once", "iuv", record.RejectConflict, []record.Decision{refund(tt.IUVSettled, "R1")}},
		{"a revision nobody has to look at", "iuf", record.RejectConflict, []record.Decision{{Kind: record.DecideReview, Answer: record.AnswerAccept, Author: "Rossi",
			Flow: record.SettlementKey{IUF: strings.ToUpper(tt.IUFNoCash)}, Version: "current"}}},
		{"a proposal whose rows were mixed up", "proposta", record.RejectConflict, []record.Decision{with(pays("5", tt.IUFNoCash, 100), func(d *record.Decision) { d.Proposal = "0123456789" })}},
		{"two answers to one proposal", "risposta", record.RejectConflict, []record.Decision{
			with(pays("5", tt.IUFNoCash, 100), func(d *record.Decision) { d.Proposal = "0123456789" }),
			with(pays("6", tt.IUFNoCash, 100), func(d *record.Decision) { d.Proposal, d.Answer = "0123456789", record.AnswerRefuse })}},
		{"half an answer to one proposal", "risposta", record.RejectConflict, []record.Decision{
			with(pays("5", tt.IUFNoCash, 100), func(d *record.Decision) { d.Proposal = "0123456789" }),
			with(pays("6", tt.IUFNoCash, 100), func(d *record.Decision) { d.Proposal, d.Answer = "0123456789", record.AnswerNone })}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := tt.Town(t)
			rows := append([]record.Decision{pays("6", tt.IUFSettled, 50)}, c.rows...)
			if c.rows[0].Kind == record.DecideReview {
				b.Read(func(tx *store.Tx) error {
					all, err := tx.DecidableSettlements(c.rows[0].Flow.IUF)
					rows[1].Version = all[0].Version
					return err
				})
			}
			_, rejects := file(t, b, "f", rows...)
			if len(rejects) == 0 {
				t.Fatal("it was taken")
			}
			for _, r := range rejects {
				if r.Column != c.column || r.Code != c.code || r.Reason == "" || r.Line < 2 {
					t.Errorf("%+v", r)
				}
			}
			if n := taken(b); n != 0 {
				t.Errorf("%d decisions of a refused file were applied", n)
			}
		})
	}
}

func TestEveryWrongRowIsListedAtOnce(t *testing.T) {
	b := tt.Town(t)
	_, rejects := file(t, b, "f", pays("99", tt.IUFNoCash, 1), pays("5", tt.IUFUnknown, 1), pays("5", tt.IUFNoCash, 100), pays("5", tt.IUFSettled, 999))
	var lines []int
	for _, r := range rejects {
		lines = append(lines, r.Line)
	}
	if diff := cmp.Diff([]int{2, 3, 5}, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhatIsSaidAgainAddsNothing: rows that are in force already are counted and
// leave no second entry; every other answer is a later entry.
func TestWhatIsSaidAgainAddsNothing(t *testing.T) {
	b := tt.Town(t)
	for i, step := range []struct {
		say   record.Decision
		want  decide.Summary
		taken int
	}{
		{pays("5", tt.IUFNoCash, 200), decide.Summary{Accepted: 1}, 1},
		{pays("5", tt.IUFNoCash, 200), decide.Summary{Unchanged: 1}, 1},
		{pays("5", tt.IUFNoCash, 300), decide.Summary{Accepted: 1}, 2}, // another amount
		{with(pays("5", tt.IUFNoCash, 0), func(d *record.Decision) { d.Answer = record.AnswerUndo }), decide.Summary{Undone: 1}, 3},
		{with(pays("5", tt.IUFNoCash, 0), func(d *record.Decision) { d.Answer = record.AnswerUndo }), decide.Summary{Unchanged: 1}, 3},
		{with(pays("5", tt.IUFNoCash, 0), func(d *record.Decision) { d.Answer = record.AnswerRefuse }), decide.Summary{Refused: 1}, 4},
		{pays("5", tt.IUFNoCash, 300), decide.Summary{Accepted: 1}, 5},
		{record.Decision{}, decide.Summary{Unanswered: 1}, 5},
	} {
		sum, rejects := file(t, b, fmt.Sprint("f", i), step.say)
		if diff := cmp.Diff(step.want, sum); diff != "" || len(rejects) > 0 {
			t.Fatalf("step %d (-want +got):\n%s%+v", i, diff, rejects)
		}
		if n := taken(b); n != step.taken {
			t.Fatalf("step %d: %d decisions are in the books, want %d", i, n, step.taken)
		}
	}
}

func TestOneRefundOfAPaymentMadeTwice(t *testing.T) {
	b := tt.Town(t)
	b.Load(tt.Receipts("ricevute-2.csv", tt.Receipt(tt.IUVByIUV, "R2B", 1, 1500, "")))
	b.Night("2026-09-19")
	if _, rejects := file(t, b, "a", refund(tt.IUVByIUV, "R2B")); len(rejects) > 0 {
		t.Fatalf("%+v", rejects)
	}
	if _, rejects := file(t, b, "b", refund(tt.IUVByIUV, "R2")); len(rejects) != 1 || rejects[0].Column != "iur" {
		t.Errorf("both of two payments are the refund: %+v", rejects)
	}
	undo := with(refund(tt.IUVByIUV, "R2B"), func(d *record.Decision) { d.Answer = record.AnswerUndo })
	if _, rejects := file(t, b, "c", undo, refund(tt.IUVByIUV, "R2")); len(rejects) > 0 {
		t.Errorf("%+v", rejects)
	}
}

// TestAccountOfAMovementKnownLater: a decision taken before a layout said the
// account of a movement still is about it, and about no other.
func TestAccountOfAMovementKnownLater(t *testing.T) {
	on := func(account string) record.Movement {
		m := tt.Movement("1", 1000, "VERSAMENTO "+account)
		m.Account = account
		return m
	}
	b := tt.Open(t)
	b.Load(tt.Flow("fdr.xml", tt.IUFSettled, 1, tt.Line(tt.IUVSettled, "R1", 1, 1000, 0)), tt.Cash("a.csv", on("")))
	if _, rejects := file(t, b, "d", pays("1", tt.IUFSettled, 1000)); len(rejects) > 0 {
		t.Fatalf("%+v", rejects)
	}
	b.Load(tt.Cash("b.csv", on("00A")), tt.Cash("c.csv", on("B")))
	b.Night("2026-09-18")
	var got []string
	b.Read(func(tx *store.Tx) error {
		return tx.MovementViews(store.MovementFilter{}, func(m *store.MovementView) error {
			got = append(got, fmt.Sprintf("%s %s %d", m.Account, m.Verdict.Status, len(m.Links)))
			return nil
		})
	})
	if diff := cmp.Diff([]string{"00A MATCHED 1", "B NO_REFERENCE 0"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, rejects := file(t, b, "e", pays("1", tt.IUFSettled, 500)); len(rejects) != 1 || rejects[0].Column != "conto" {
		t.Errorf("one of two movements was chosen: %+v", rejects)
	}
	undo := with(pays("1", tt.IUFSettled, 0), func(d *record.Decision) { d.Movement.Account, d.Answer = "A", record.AnswerUndo }) // as a spreadsheet leaves 00A
	if sum, rejects := file(t, b, "f", undo); sum.Undone != 1 {
		t.Errorf("%+v %+v", sum, rejects)
	}
}
