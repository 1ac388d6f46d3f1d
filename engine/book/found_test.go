package book_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"quadra/engine/book"
	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
	"quadra/engine/store"
)

// withAutomatic is a town whose files make accertamenti: one of them holds
// payment 3.
func withAutomatic(t *testing.T) *books {
	b := newBooks(t)
	b.set.Automatic, b.set.Fingerprint = true, "automatic"
	if _, err := b.chart(0, entry("COSAP", 2026, "U1", "40", "")); err != nil {
		t.Fatal(err)
	}
	b.receipts(line("3", 700, "COSAP"))
	b.book()
	if got, want := b.accertamenti(), []string{"file-2_COSAP COSAP 2026 closed 1 7.00"}; !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	return b
}

// A file's accertamento is found by its name when everything is booked again:
// renamed, it lost what it held to a new one.
func TestARenamedAccertamentoOfAFileKeepsItsPayments(t *testing.T) {
	b := withAutomatic(t)
	b.must(record.Instruction{Action: record.ActionRename, Name: "file-2_COSAP", NewName: "Suolo"})
	b.set.Fingerprint = "again"
	b.book()
	if got, want := b.accertamenti(), []string{"Suolo COSAP 2026 closed 1 7.00"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Until they are booked again, the shares of a cancelled accertamento still name
// it: reopened by the same instructions that gave its payment to another, it took
// the payment a second time.
func TestAFilesAccertamentoDoesNotComeBackForPaymentsTakenMeanwhile(t *testing.T) {
	b := withAutomatic(t)
	err := b.carry(0, do(record.ActionCancel, "file-2_COSAP"), create("Mio", "COSAP", 2026),
		record.Instruction{Action: record.ActionAdd, Name: "Mio", IUV: "3", Office: "U1", Chapter: "40"}, do(record.ActionReopen, "file-2_COSAP"))
	if err == nil {
		t.Errorf("it did: %q", b.accertamenti())
	}
	b.must(do(record.ActionCancel, "file-2_COSAP"), do(record.ActionReopen, "file-2_COSAP"))
	if got, want := b.accertamenti(), []string{"file-2_COSAP COSAP 2026 open 1 7.00"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// People hold all of a payment whose receipt is replaced by one of less: until
// they say what to do it is in none, not in the accertamento of the new file.
func TestAPaymentPeopleHoldDoesNotFallToItsFile(t *testing.T) {
	b := newBooks(t)
	if _, err := b.chart(0, entry("COSAP", 2026, "U1", "40", "")); err != nil {
		t.Fatal(err)
	}
	b.receipts(line("3", 700, "COSAP"))
	b.book()
	b.must(create("Mio", "COSAP", 2026), record.Instruction{Action: record.ActionAdd, Name: "Mio", IUV: "3", Office: "U1", Chapter: "40"})
	b.set.Automatic, b.set.Fingerprint = true, "automatic"
	b.receipts(line("3", 500, "COSAP"))
	b.book()
	if got, want := b.accertamenti(), []string{"Mio COSAP 2026 open 0 0.00"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := b.shares(), []string{"3/1 only 2026 U1/40// 5.00"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A flow's total may be its lines less those it revokes. The revoked line was put
// among what the movement brings, and another one was cut short by as much.
func TestWhatAFlowTakesBackIsListedAsSuch(t *testing.T) {
	for name, c := range map[string]struct {
		outcome     int
		back, total record.Cents
		cash        []record.Cents
		want        []string
	}{
		"net of what it revokes":          {3, 500, 2500, []record.Cents{2500}, []string{"1: 30.00", "1: -5.00 revocato"}},
		"net, in two movements":           {3, 500, 2500, []record.Cents{1500, 1000}, []string{"1: 20.00", "1: -5.00 revocato", "2: 10.00"}},
		"with what it revokes":            {3, 500, 3500, []record.Cents{3500}, []string{"1: 30.00", "1: 5.00 revocato"}},
		"with a negative amount":          {3, -500, 2500, []record.Cents{2500}, []string{"1: 30.00", "1: -5.00 revocato"}},
		"a negative amount it pays":       {0, -500, 2500, []record.Cents{2500}, []string{"1: 30.00", "1: -5.00 senza ricevuta"}},
		"less than what it should, short": {3, 500, 2500, []record.Cents{2000}, []string{"1: 25.00", "1: -5.00 revocato"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := judgetest.Open(t)
			files := []judgetest.Delivery{
				judgetest.Receipts(booked("01000000000000001", 1000), booked("01000000000000002", 2000)),
				declared(judgetest.Flow("F1", "2026-09-14", 1, judgetest.Line("01000000000000003", "IUR", 1, c.back, c.outcome),
					judgetest.Line("01000000000000001", "IUR", 1, 1000, 0), judgetest.Line("01000000000000002", "IUR", 1, 2000, 0)), c.total)}
			for i, cents := range c.cash {
				files = append(files, judgetest.Cash(fmt.Sprint(i+1), cents, "2026-09-15", judgetest.URI("F1")))
			}
			b.Night(judgetest.Day("2026-09-16"), files...)
			var got []string
			b.Read(func(tx *store.Tx) error {
				all, err := book.Regularise(context.Background(), tx, judgetest.Day("2026-09-16"))
				for _, p := range all {
					for _, part := range p.Parts {
						text := fmt.Sprintf("%s: %s", p.Number, part.Amount)
						if part.Why != "" {
							text += " " + part.Why
						}
						got = append(got, text)
					}
				}
				return err
			})
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func booked(iuv string, cents record.Cents) record.ReceiptLine {
	l := judgetest.Receipt(iuv, "IUR", 1, cents, "", "2026-09-14")
	l.Bilancio = fmt.Sprintf("<bilancio><capitolo><codCapitolo>10</codCapitolo><accertamento><importo>%s</importo></accertamento></capitolo></bilancio>", cents)
	return l
}
