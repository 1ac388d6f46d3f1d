package judge_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"quadra/engine/book"
	"quadra/engine/calendar"
	"quadra/engine/judge"
	"quadra/engine/judge/judgetest"
	"quadra/engine/link"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// tb is what testing.T and rapid.T have in common.
type tb interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// books is an entity's books under test: deliveries are loaded, nights judged,
// and what came out is read back as lines of text.
type books struct {
	tb    tb
	file  string
	store *store.Store
	files int
	set   judge.Settings
	last  judge.Summary
}

var defaultTerms = judge.Terms{FlowLate: 2, FlowMissing: 10, CashLate: 1, CashMissing: 5,
	UnmatchedCashLate: 2, UnmatchedCashMissing: 4, Receipt: 2, Notice: 10}

var theCalendar = calendar.New(calendar.Options{})

func open(t tb, dir string) *books {
	t.Helper()
	rs, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	b := &books{tb: t, file: filepath.Join(dir, "c_q001.db"), set: judge.Settings{
		SendsNotices: true, LoadsTreasury: true, Terms: defaultTerms, Calendar: theCalendar, Rules: rs,
		NotPagoPA: func(text string) bool { return strings.Contains(text, "F24") }, Fingerprint: "test",
	}}
	if b.store, err = judgetest.OpenStore(b.file); err != nil {
		t.Fatal(err)
	}
	return b
}

func newBooks(t *testing.T) *books {
	b := open(t, t.TempDir())
	t.Cleanup(func() {
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

var midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// delivery is one file: it puts its records into the sink.
type delivery func(s record.Sink) error

// load loads files as one run would. A refused file leaves nothing.
func (b *books) load(files ...delivery) {
	b.tb.Helper()
	for _, d := range files {
		b.files++
		f := &store.File{SHA256: fmt.Sprint(b.files), Name: fmt.Sprintf("file-%d", b.files), SeenAt: midnight, Modified: midnight}
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
			if err := l.Doc(&record.Doc{Kind: record.KindReceipts, Format: "test"}); err != nil {
				return err
			}
			if err := d(l); err != nil {
				return err
			}
			f.State = store.FileLoaded
			return tx.SetOutcome(f)
		})
		var refused *record.FileError
		if err != nil && !errors.As(err, &refused) {
			b.tb.Fatal(err)
		}
	}
}

// night links and judges at the as-of date and demands that the books balance.
func (b *books) night(asOf string) {
	b.tb.Helper()
	err := b.store.Write(context.Background(), func(tx *store.Tx) error {
		run := &store.Run{AsOf: day(asOf), StartedAt: midnight}
		if err := tx.StartRun(run); err != nil {
			return err
		}
		if _, err := link.Run(context.Background(), tx); err != nil {
			return err
		}
		if _, err := book.Run(context.Background(), tx, book.Settings{}, nil); err != nil {
			return err
		}
		set := b.set
		set.AsOf, set.Run = day(asOf), run.ID
		sum, err := judge.Run(context.Background(), tx, set, nil)
		if err != nil {
			return err
		}
		b.last = sum
		rows, err := judge.Balance(tx)
		if err != nil {
			return err
		}
		return tx.SaveBalance(run.ID, rows)
	})
	if err != nil {
		b.tb.Fatal(err)
	}
}

// read runs a query on the database file and returns its rows as lines.
func (b *books) read(query string) []string {
	b.tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+b.file+"?mode=ro")
	if err != nil {
		b.tb.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		b.tb.Fatal(err)
	}
	var out []string
	for rows.Next() {
		cells := make([]sql.NullString, len(cols))
		dest := make([]any, len(cols))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			b.tb.Fatal(err)
		}
		line := make([]string, len(cols))
		for i, c := range cells {
			line[i] = c.String
		}
		out = append(out, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		b.tb.Fatal(err)
	}
	sort.Strings(out)
	return out
}

// The judged units, without what legitimately depends on the history of runs.
const (
	paymentsQuery = `SELECT p.iuv||'/'||p.iur||'/'||p.idx||p.alone_iud, v.status, '['||v.labels||']', p.amount, p.difference, p.notice_iud,
		coalesce(s.iuf_key, '-'), p.due_from, coalesce(p.review_on, '-'), v.facts
		FROM payment p JOIN verdict v ON v.id = p.verdict_id LEFT JOIN flow f ON f.id = p.flow_id LEFT JOIN settlement s ON s.id = f.settlement_id`
	settlementsQuery = `SELECT s.iuf_key, s.psp, s.year, s.cash, s.parts, s.revised, v.status, v.facts, coalesce(s.review_on, '-')
		FROM settlement s JOIN verdict v ON v.id = s.verdict_id`
	movementsQuery = `SELECT m.year, m.number, m.cash, v.status, '['||v.labels||']', v.facts, coalesce(m.review_on, '-')
		FROM movement m JOIN verdict v ON v.id = m.verdict_id`
	linksQuery = `SELECT s.iuf_key, m.number, l.amount, l.reason FROM settlement_link l
		JOIN settlement s ON s.id = l.settlement_id JOIN movement m ON m.id = l.movement_id`
	refsQuery    = `SELECT r.kind, r.ref, m.number, r.step, r.used FROM movement_ref r JOIN movement m ON m.id = r.movement_id`
	balanceQuery = `SELECT code, side, part, quantity, amount FROM balance WHERE run_id = (SELECT max(run_id) FROM balance)`
)

// state is everything judged, as text.
func (b *books) state() string {
	b.tb.Helper()
	var out []string
	for _, q := range []string{paymentsQuery, settlementsQuery, movementsQuery, linksQuery, refsQuery, balanceQuery} {
		out = append(out, b.read(q)...)
		out = append(out, "--")
	}
	return strings.Join(out, "\n")
}

func day(text string) record.Date {
	d, err := record.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// Records in a few words. Amounts are cents.

func receipt(iuv, iur string, index int, cents record.Cents, iud, paidOn string) delivery {
	return receipts(record.ReceiptLine{IUV: iuv, IUR: iur, Index: index, Amount: cents, Total: cents, IUD: iud, PaidOn: day(paidOn), Outcome: "0"})
}

func receipts(lines ...record.ReceiptLine) delivery {
	return func(s record.Sink) error {
		for i := range lines {
			l := lines[i]
			l.Line = i + 2
			if err := s.Receipt(&l); err != nil {
				return err
			}
		}
		return nil
	}
}

func notice(iud, iuv string, cents record.Cents, paidOn string) delivery {
	return func(s record.Sink) error {
		return s.Notice(&record.Notice{Line: 2, IUD: iud, IUV: iuv, Amount: cents, PaidOn: day(paidOn)})
	}
}

type flowOf struct {
	iuf, on  string
	version  int // hours after noon of the day dataOraFlusso is
	declared record.Cents
	lines    []record.FlowLine
}

func line(iuv, iur string, index int, cents record.Cents, outcome int) record.FlowLine {
	return record.FlowLine{IUV: iuv, IUR: iur, Index: index, Amount: cents, Outcome: outcome}
}

func flow(iuf, on string, lines ...record.FlowLine) delivery {
	return flowOf{iuf: iuf, on: on, lines: lines}.delivery()
}

func (f flowOf) delivery() delivery {
	return func(s record.Sink) error {
		var sum record.FlowTotals
		for _, l := range f.lines {
			sum.Count++
			sum.Plain += l.Amount
			if l.Outcome == 3 {
				sum.Net -= l.Amount
			} else {
				sum.Net += l.Amount
			}
		}
		declared := sum.Plain
		if f.declared != 0 {
			declared = f.declared
		}
		on := day(f.on)
		err := s.Flow(&record.Flow{Line: 1, IUF: f.iuf, PSP: "BPPIITRRXXX", RegulatedOn: on, Regulation: "TRN", Receiver: "80000123457",
			ProducedAt: on.Time().Add(time.Duration(12+f.version) * time.Hour), DeclaredCount: sum.Count, DeclaredTotal: declared})
		if err != nil {
			return err
		}
		for i := range f.lines {
			l := f.lines[i]
			l.Line, l.Seq = 10+i, i+1
			if l.On == 0 {
				l.On = on
			}
			if err := s.FlowLine(&l); err != nil {
				return err
			}
		}
		return s.FlowEnd(sum)
	}
}

func cash(number string, cents record.Cents, on, remittance string) delivery {
	return cashOn("", number, cents, on, remittance)
}

// cashOn is cash credited on an account.
func cashOn(account, number string, cents record.Cents, on, remittance string) delivery {
	return func(s record.Sink) error {
		return s.Movement(&record.Movement{Line: 2, Account: account, Year: 2026, Number: number, Document: record.DocSospeso,
			Operation: record.OpExecuted, Amount: cents, BookedOn: day(on), ValueOn: day(on), Remittance: remittance})
	}
}

func storno(number string, cents record.Cents, on string) delivery {
	return stornoOf(number, cents, on, "")
}

// stornoOf is a reversal that carries the text of what it reverses.
func stornoOf(number string, cents record.Cents, on, remittance string) delivery {
	return func(s record.Sink) error {
		return s.Movement(&record.Movement{Line: 2, Year: 2026, Number: number, Document: record.DocSospeso, Operation: record.OpReversed,
			Amount: cents, BookedOn: day(on), ValueOn: day(on), Remittance: remittance})
	}
}

// rejected is a file with one row that could not be taken.
func rejected(column string) delivery {
	return func(s record.Sink) error {
		return s.Reject(&record.Reject{Line: 2, Column: column, Code: record.RejectAmount, Reason: "non è un importo"})
	}
}

func uri(iuf string) string { return "/PUR/LGPE-RIVERSAMENTO/URI/" + iuf }
func rfb(iuv string) string { return "BONIFICO /RFB/" + iuv + "/10.00" }
