package judge_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quadra/engine/decide"
	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
	"quadra/engine/store"
)

// decide loads a file of decisions the way the intake does and says whether it
// was taken; a refused one leaves nothing.
func (b *books) decide(rows ...record.Decision) bool {
	b.tb.Helper()
	b.files++
	f := &store.File{SHA256: fmt.Sprint(b.files), Name: fmt.Sprintf("decisioni-%d.csv", b.files), SeenAt: midnight, Modified: midnight}
	err := b.store.Write(context.Background(), func(tx *store.Tx) error {
		run := &store.Run{AsOf: day("2026-01-01"), StartedAt: midnight}
		if err := tx.StartRun(run); err != nil {
			return err
		}
		f.RunID = run.ID
		if err := tx.AddFile(f); err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		l.Accounts = b.set.Accounts
		if err := l.Doc(&record.Doc{Kind: record.KindDecisions, Format: "test"}); err != nil {
			return err
		}
		for i := range rows {
			rows[i].Line = i + 2
			if err := l.Decision(&rows[i]); err != nil {
				return err
			}
		}
		if _, err := decide.Apply(tx, f, l, l.Reject); err != nil {
			return err
		}
		if err := l.Close(); err != nil {
			return err
		}
		f.State = store.FileLoaded
		return tx.SetOutcome(f)
	})
	var refused *record.FileError
	if err != nil && !errors.As(err, &refused) {
		b.tb.Fatal(err)
	}
	return err == nil
}

// barredQuery is what decisions keep from being links.
const barredQuery = `SELECT 'barred', r.kind, r.ref, m.number FROM movement_ref r JOIN movement m ON m.id = r.movement_id WHERE r.barred = 1`

// TestNightsWithDecisionsGiveWhatOneRunFromScratchGives lets people decide on
// random nights between random deliveries. Books loaded anew, with the
// decisions put back from their table, are the same after one night; and judging
// everything again changes nothing. Every night balances to zero. 200 histories;
// 2,000 with QUADRA_LONG=1.
func TestNightsWithDecisionsGiveWhatOneRunFromScratchGives(t *testing.T) {
	n := judgetest.Histories(t, 200, 2_000)
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		byNight, scratch := open(t, tempDir(t)), open(t, tempDir(t))
		defer byNight.store.Close()
		defer scratch.store.Close()
		days := []string{"2026-09-16", "2026-09-17", "2026-09-18", "2026-09-21", "2026-09-25", "2026-10-02", "2026-10-20"}
		at := 0
		for range rapid.IntRange(1, 24).Draw(t, "steps") {
			for at < len(days)-1 && rapid.Float64Range(0, 1).Draw(t, "pause") < 0.3 {
				byNight.night(days[at])
				at++
			}
			if rapid.Float64Range(0, 1).Draw(t, "decides") < 0.35 {
				if d, ok := drawDecision(t, byNight); ok && byNight.decide(d) {
					accepted++
				}
				continue
			}
			f := drawDelivery(t)
			byNight.load(f.delivery)
			scratch.load(f.delivery)
		}
		byNight.night(days[at])
		putBackDecisions(t, byNight, scratch)
		scratch.night(days[at])
		whole := func(b *books) string { // without the count of rows read: decisions put back were not
			rows := slices.DeleteFunc(strings.Split(b.state(), "\n"), func(s string) bool { return strings.HasPrefix(s, "ROWS ") })
			return strings.Join(append(rows, b.read(barredQuery)...), "\n")
		}
		if diff := cmp.Diff(whole(scratch), whole(byNight)); diff != "" {
			t.Fatalf("as of %s, nights (+) differ from one run (-):\n%s\ndecisions:\n%s", days[at], diff,
				strings.Join(byNight.read(`SELECT id, kind, answer, number, iuf_key, iuv, iur, amount, version FROM decision`), "\n"))
		}
		before := whole(byNight)
		byNight.set.Fingerprint = "other"
		byNight.night(days[at])
		if diff := cmp.Diff(before, whole(byNight)); diff != "" {
			t.Fatalf("judging everything again changed the books:\n%s", diff)
		}
	})
	if n >= 50 && accepted == 0 {
		t.Error("no decision was ever taken: the test proves nothing")
	}
}

// drawDecision draws an answer about things that are in the books.
func drawDecision(t *rapid.T, b *books) (record.Decision, bool) {
	movements := b.read(`SELECT number, cash FROM movement`)
	settlements := b.read(`SELECT s.iuf_key, s.psp, s.year, f.produced_at || '#' || substr(f.digest, 1, 8) FROM settlement s JOIN flow f ON f.id = s.flow_id`)
	receipts := b.read(`SELECT iuv, iur, idx FROM receipt`)
	d := record.Decision{Author: "Rossi",
		Answer: rapid.SampledFrom([]record.Answer{record.AnswerAccept, record.AnswerAccept, record.AnswerRefuse, record.AnswerUndo}).Draw(t, "answer"),
		Kind:   rapid.SampledFrom([]record.DecisionKind{record.DecideFlow, record.DecideFlow, record.DecidePayment, record.DecideReview}).Draw(t, "kind")}
	pick := func(rows []string, what string, into ...any) bool {
		if len(rows) == 0 {
			return false
		}
		_, err := fmt.Sscan(rapid.SampledFrom(rows).Draw(t, what), into...)
		return err == nil
	}
	var cash record.Cents
	if d.Kind != record.DecideReview {
		if !pick(movements, "movement", &d.Movement.Number, &cash) {
			return d, false
		}
		d.Movement.Year = 2026
	}
	switch d.Kind {
	case record.DecidePayment:
		return d, pick(receipts, "receipt", &d.Payment.IUV, &d.Payment.IUR, &d.Payment.Index)
	case record.DecideFlow:
		d.Amount = min(cash, rapid.SampledFrom([]record.Cents{500, 1000, 3000}).Draw(t, "amount"))
	}
	return d, pick(settlements, "flow", &d.Flow.IUF, &d.Flow.PSP, &d.Flow.Year, &d.Version)
}

// putBackDecisions copies the table of decisions, as a restore of the books
// would: keys, not row ids, say what each is about.
func putBackDecisions(t *rapid.T, from, to *books) {
	to.load(func(record.Sink) error { return nil }) // a document they may stand on
	db, err := sql.Open("sqlite3", "file:"+to.file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, q := range []string{
		`ATTACH '` + from.file + `' AS other`,
		`INSERT INTO decision SELECT id, kind, answer, proposal, joint, year, number, account, iuf_key, psp, flow_year, iuv, iur, idx,
			amount, version, author, note, decided_at, (SELECT max(id) FROM doc), line FROM other.decision ORDER BY id`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDecisionsAndTheCash tells what decisions do to flows, payments and
// movements, night after night.
func TestDecisionsAndTheCash(t *testing.T) {
	oneFlow := flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0))
	otherFlow := flow(iuf2, "2026-09-15", line("01000000000000002", "IUR2", 1, 1000, 0))
	pays := func(number, iuf string, cents record.Cents) record.Decision {
		return record.Decision{Kind: record.DecideFlow, Answer: record.AnswerAccept, Movement: record.MovementKey{Year: 2026, Number: number},
			Flow: record.SettlementKey{IUF: strings.ToUpper(iuf)}, Amount: cents, Author: "Rossi"}
	}
	answer := func(d record.Decision, a record.Answer) record.Decision { d.Answer = a; return d }
	paysIUV := record.Decision{Kind: record.DecidePayment, Answer: record.AnswerAccept, Movement: record.MovementKey{Year: 2026, Number: "1"},
		Payment: record.PaymentKey{IUV: iuv1}, Author: "Rossi"}
	for _, c := range []struct {
		name  string
		do    func(b *books)
		wants map[string][]string // query: rows
	}{
		{"cash without a reference settles the flow a person gives it", func(b *books) {
			b.load(oneFlow, cash("1", 1000, "2026-09-16", "VERSAMENTO"))
			b.decide(pays("1", iuf1, 1000))
		}, map[string][]string{
			settlementStatus: {"2026-09-15BPPIITRRXXX-S001 SETTLED 1000"}, movementStatus: {"1 MATCHED"}, linksQuery: {"2026-09-15BPPIITRRXXX-S001 1 1000 manual"}}},
		{"a part of it leaves the flow short and the movement in part", func(b *books) {
			b.load(oneFlow, cash("1", 1000, "2026-09-16", "VERSAMENTO"))
			b.decide(pays("1", iuf1, 400))
		}, map[string][]string{settlementStatus: {"2026-09-15BPPIITRRXXX-S001 SHORT 400"}, movementStatus: {"1 MATCHED_IN_PART"}}},
		{"undone, everything is as before", func(b *books) {
			b.load(oneFlow, cash("1", 1000, "2026-09-16", "VERSAMENTO"))
			b.decide(pays("1", iuf1, 1000))
			b.night("2026-09-16")
			b.decide(answer(pays("1", iuf1, 0), record.AnswerUndo))
		}, map[string][]string{settlementStatus: {"2026-09-15BPPIITRRXXX-S001 LATE 0"}, movementStatus: {"1 NO_REFERENCE"}, linksQuery: nil,
			`SELECT answer, count(*) FROM decision GROUP BY answer`: {"accetta 1", "annulla 1"}}},
		{"the person's word wins over the text, and the text is still shown", func(b *books) {
			b.load(oneFlow, otherFlow, cash("1", 1000, "2026-09-16", uri(iuf2)))
			b.decide(pays("1", iuf1, 1000))
		}, map[string][]string{settlementStatus: {"2026-09-15BPPIITRRXXX-S001 SETTLED 1000", "2026-09-16BPPIITRRXXX-S002 LATE 0"},
			linksQuery: {"2026-09-15BPPIITRRXXX-S001 1 1000 manual"}, barredQuery: {"barred iuf 2026-09-16BPPIITRRXXX-S002 1"}}},
		{"an automatic link that would come later contradicts it in vain", func(b *books) {
			b.load(oneFlow, cash("1", 1000, "2026-09-16", uri(iuf2)))
			b.decide(pays("1", iuf1, 1000))
			b.night("2026-09-16")
			b.load(otherFlow)
		}, map[string][]string{settlementStatus: {"2026-09-15BPPIITRRXXX-S001 SETTLED 1000", "2026-09-16BPPIITRRXXX-S002 LATE 0"},
			barredQuery: {"barred iuf 2026-09-16BPPIITRRXXX-S002 1"}}},
		{"what a person leaves of a movement goes to the flow its text names", func(b *books) {
			b.load(oneFlow, otherFlow, cash("1", 1600, "2026-09-16", uri(iuf2)))
			b.decide(pays("1", iuf1, 600))
		}, map[string][]string{linksQuery: {"2026-09-15BPPIITRRXXX-S001 1 600 manual", "2026-09-16BPPIITRRXXX-S002 1 1000 strict"},
			movementStatus: {"1 MATCHED"}}},
		{"a refused link stays away although the text is exact", func(b *books) {
			b.load(oneFlow, cash("1", 1000, "2026-09-16", uri(iuf1)))
			b.night("2026-09-16")
			b.decide(answer(pays("1", iuf1, 0), record.AnswerRefuse))
		}, map[string][]string{settlementStatus: {"2026-09-15BPPIITRRXXX-S001 LATE 0"}, linksQuery: nil, barredQuery: {"barred iuf 2026-09-15BPPIITRRXXX-S001 1"}}},
		{"reversed later, the movement loses its cash", func(b *books) {
			b.load(oneFlow, cash("1", 1000, "2026-09-16", "VERSAMENTO"))
			b.decide(pays("1", iuf1, 1000))
			b.night("2026-09-16")
			b.load(storno("1", 1000, "2026-09-17"))
		}, map[string][]string{settlementStatus: {"2026-09-15BPPIITRRXXX-S001 LATE 0"}, movementStatus: {"1 REVERSED"}, linksQuery: nil}},
		{"reversed in part, what is left is carried", func(b *books) {
			b.load(oneFlow, otherFlow, cash("1", 2000, "2026-09-16", "VERSAMENTO"))
			b.decide(pays("1", iuf1, 1000), pays("1", iuf2, 1000))
			b.night("2026-09-16")
			b.load(storno("1", 700, "2026-09-17"))
		}, map[string][]string{linksQuery: {"2026-09-15BPPIITRRXXX-S001 1 1000 manual", "2026-09-16BPPIITRRXXX-S002 1 300 manual"}}},
		{"a revision of the flow keeps its cash", func(b *books) {
			b.load(oneFlow, cash("1", 1000, "2026-09-14", "VERSAMENTO"))
			b.decide(pays("1", iuf1, 1000))
			b.night("2026-09-16")
			b.load(flowOf{iuf: iuf1, on: "2026-09-15", version: 24, lines: []record.FlowLine{line(iuv1, "IUR1", 1, 900, 0)}}.delivery())
		}, map[string][]string{settlementStatus: {"2026-09-15BPPIITRRXXX-S001 REPLACED_AFTER_SETTLEMENT 1000"}}},
		{"ambiguous cash is no more so when a person says which", func(b *books) {
			b.load(oneFlow, ofPSP("UNCRITMMXXX", flow(iuf1, "2026-09-15", line("01000000000000003", "IUR3", 1, 1000, 0))), cash("1", 1000, "2026-09-16", uri(iuf1)))
			b.night("2026-09-16")
			d := pays("1", iuf1, 1000)
			d.Flow.PSP = "UNCRITMMXXX"
			b.decide(d)
		}, map[string][]string{movementStatus: {"1 MATCHED"}, linksQuery: {"2026-09-15BPPIITRRXXX-S001 1 1000 manual"}}},
		{"cash given to one payment by its IUV", func(b *books) {
			b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), cash("1", 1000, "2026-09-15", "BONIFICO ROSSI"))
			b.decide(paysIUV)
		}, map[string][]string{paymentStatus: {iuv1 + " IUR1 RECONCILED_DIRECT"}, movementStatus: {"1 MATCHED"}, refsQuery: {"iuv " + iuv1 + " 1 manual 1"}}},
		{"cash given to one payment leaves the one its text names", func(b *books) {
			b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), receipt("01000000000000002", "IUR2", 1, 1000, "", "2026-09-14"),
				cash("1", 1000, "2026-09-15", rfb("01000000000000002")))
			b.night("2026-09-16")
			b.decide(paysIUV)
		}, map[string][]string{paymentStatus: {iuv1 + " IUR1 RECONCILED_DIRECT", "01000000000000002 IUR2 NOT_REPORTED"},
			barredQuery: {"barred iuv 01000000000000002 1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			c.do(b)
			b.night("2026-09-18")
			for query, want := range c.wants {
				if diff := cmp.Diff(want, b.read(query)); diff != "" {
					t.Errorf("%s\n(-want +got):\n%s", query, diff)
				}
			}
		})
	}
}

// ofPSP is a delivery of flows as another PSP sends them.
func ofPSP(psp string, d delivery) delivery {
	return func(s record.Sink) error { return d(otherPSP{s, psp}) }
}

type otherPSP struct {
	record.Sink
	psp string
}

func (o otherPSP) Flow(f *record.Flow) error {
	f.PSP = o.psp
	return o.Sink.Flow(f)
}

const (
	settlementStatus = `SELECT s.iuf_key, v.status, s.cash FROM settlement s JOIN verdict v ON v.id = s.verdict_id`
	movementStatus   = `SELECT m.number, v.status FROM movement m JOIN verdict v ON v.id = m.verdict_id`
	paymentStatus    = `SELECT p.iuv, p.iur, v.status FROM payment p JOIN verdict v ON v.id = p.verdict_id`
)

// TestDecisionsKnowAnAccountUnderAllItsNames: the movement keeps the name it was
// decided about by when another file calls its account otherwise.
func TestDecisionsKnowAnAccountUnderAllItsNames(t *testing.T) {
	const iban = "IT60X0542811101000000123456"
	b := newBooks(t)
	b.set.Accounts = record.NewAccounts([][]string{{iban, "0000123"}})
	b.load(flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), cashOn(iban, "1", 1000, "2026-09-16", "VERSAMENTO"))
	if !b.decide(record.Decision{Kind: record.DecideFlow, Answer: record.AnswerAccept, Movement: record.MovementKey{Year: 2026, Number: "1", Account: "123"},
		Flow: record.SettlementKey{IUF: strings.ToUpper(iuf1)}, Amount: 1000, Author: "Rossi"}) {
		t.Fatal("the account was not recognised")
	}
	b.night("2026-09-16")
	b.load(cashOn("0000123", "1", 1000, "2026-09-16", "VERSAMENTO DIVERSI"))
	b.night("2026-09-17")
	if got := b.read(settlementStatus); len(got) != 1 || !strings.HasSuffix(got[0], " SETTLED 1000") {
		t.Errorf("the flow is %q", got)
	}
}

// TestReviewHoldsForItsVersionOnly: a person who looked at a revision silences
// it; the next one opens the flow again, whatever was said.
func TestReviewHoldsForItsVersionOnly(t *testing.T) {
	b := newBooks(t)
	version := func(hours int, cents record.Cents) delivery {
		return flowOf{iuf: iuf1, on: "2026-09-15", version: hours, lines: []record.FlowLine{line(iuv1, "IUR1", 1, cents, 0)}}.delivery()
	}
	b.load(version(0, 1000), cash("1", 1000, "2026-09-15", uri(iuf1)))
	b.night("2026-09-16")
	status := func(want string) {
		t.Helper()
		if got := b.read(`SELECT v.status FROM settlement s JOIN verdict v ON v.id = s.verdict_id`); len(got) != 1 || got[0] != want {
			t.Errorf("the flow is %q, want %s", got, want)
		}
	}
	review := func(answer record.Answer) record.Decision {
		current := b.read(`SELECT produced_at || '#' || substr(digest, 1, 8) FROM flow WHERE state = 'current'`)[0]
		return record.Decision{Kind: record.DecideReview, Answer: answer, Flow: record.SettlementKey{IUF: strings.ToUpper(iuf1)}, Version: current, Author: "Rossi"}
	}
	if b.decide(review(record.AnswerAccept)) {
		t.Error("a flow that was not replaced after its cash could be reviewed")
	}
	b.load(version(24, 900))
	b.night("2026-09-16")
	status("REPLACED_AFTER_SETTLEMENT")
	old := review(record.AnswerAccept)
	if !b.decide(old) {
		t.Fatal("the review was not taken")
	}
	b.night("2026-09-17")
	status("OVER")
	b.load(version(48, 800))
	b.night("2026-09-18")
	status("REPLACED_AFTER_SETTLEMENT")
	b.decide(old) // said again, it says nothing of the version that came since
	b.night("2026-09-18")
	status("REPLACED_AFTER_SETTLEMENT")
	old.Version = strings.Replace(old.Version, "2026", "2025", 1)
	if b.decide(old) {
		t.Error("a version that is not the current one could be reviewed")
	}
	if !b.decide(review(record.AnswerAccept)) {
		t.Fatal("the second review was not taken")
	}
	b.night("2026-09-18")
	status("OVER")
	if !b.decide(review(record.AnswerUndo)) {
		t.Fatal("the review could not be undone")
	}
	b.night("2026-09-18")
	status("REPLACED_AFTER_SETTLEMENT")
}

// TestHistoryNamesTheDecisionAsTheCause: what a decision changes says so.
func TestHistoryNamesTheDecisionAsTheCause(t *testing.T) {
	b := newBooks(t)
	b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)),
		cash("1", 1000, "2026-09-16", "VERSAMENTO"))
	b.night("2026-09-16")
	b.decide(record.Decision{Kind: record.DecideFlow, Answer: record.AnswerAccept, Movement: record.MovementKey{Year: 2026, Number: "1"},
		Flow: record.SettlementKey{IUF: strings.ToUpper(iuf1)}, Amount: 1000, Author: "Rossi"})
	b.night("2026-09-16")
	got := b.read(`SELECT 'payment', a.status, f.name FROM payment_history h JOIN verdict a ON a.id = h.after JOIN file f ON f.id = h.file_id WHERE f.name LIKE 'decisioni%'
		UNION ALL SELECT h.unit, a.status, f.name FROM unit_history h JOIN verdict a ON a.id = h.after JOIN file f ON f.id = h.file_id WHERE f.name LIKE 'decisioni%'`)
	want := []string{"movement MATCHED decisioni-4.csv", "payment RECONCILED decisioni-4.csv", "settlement SETTLED decisioni-4.csv"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
