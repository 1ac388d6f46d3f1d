package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quadra/engine/record"
	"quadra/engine/store"
)

// historyRow is a row of a payment's history after its key and run.
type historyRow struct {
	before, after, file int64
	also                string
	amount              record.Cents
	notice              string
}

type historyKey struct {
	store.PaymentKey
	run int64
}

// TestHistoryHasARowForEachRunThatChangedAPayment puts, changes, drops and brings
// back a few payments in random runs, some of which judge twice, in one
// transaction or in two, and compares what the books say of each run with one
// row written for each: the first judging of a run says how the payment was before
// and why it was looked at, the last how it is.
func TestHistoryHasARowForEachRunThatChangedAPayment(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := newArrivals(t)
		f := a.load(record.KindReceipts, func(l *store.Loader) error {
			return l.Receipt(&record.ReceiptLine{IUV: "01", IUR: "R1", Index: 1, Amount: 1, Total: 1, PaidOn: day(t, "2026-09-30"), Outcome: "0"})
		})
		var verdicts []int64
		a.write(func(tx *store.Tx) error {
			for i := range 3 {
				id, err := tx.VerdictID(&store.Verdict{Unit: "payment", Status: fmt.Sprint(i), Sign: 1 - i, Facts: fmt.Sprint(i)})
				if err != nil {
					return err
				}
				verdicts = append(verdicts, id)
			}
			return nil
		})
		keys := []store.PaymentKey{{IUR: "R1", Index: 1}, {IUR: "R2", Index: 1}, {AloneIUD: "IUD1"}}
		want, now := map[historyKey]historyRow{}, map[store.PaymentKey]int64{}
		note := func(g *store.Group, p *store.PaymentRow, run, after int64) {
			row := historyRow{before: now[p.PaymentKey], file: g.Cause, also: g.Also, after: after, amount: p.Amount, notice: p.NoticeIUD}
			k := historyKey{p.PaymentKey, run}
			if first, again := want[k]; again {
				row.before, row.file, row.also = first.before, first.file, first.also
			}
			want[k], now[p.PaymentKey] = row, after
		}
		judge := func(tx *store.Tx, run int64) error {
			return tx.Groups(true, func(g *store.Group) error {
				g.Cause = f.ID * rapid.Int64Range(0, 1).Draw(r, "cause")
				g.Also = rapid.SampledFrom([]string{"", ",calendar"}).Draw(r, "also")
				for _, k := range keys {
					i := slices.IndexFunc(g.Payments, func(p store.PaymentRow) bool { return p.PaymentKey == k })
					if (i < 0) != (now[k] == 0) {
						t.Fatalf("%v is read as %d", k, i)
					}
					p := store.PaymentRow{PaymentKey: k, Amount: record.Cents(rapid.IntRange(1, 9).Draw(r, "amount")), DueFrom: day(t, "2026-09-30"),
						NoticeIUD: rapid.SampledFrom([]string{"", "IUD1"}).Draw(r, "notice"), Verdict: rapid.SampledFrom(verdicts).Draw(r, "verdict")}
					what := rapid.SampledFrom([]string{"", "put", "drop", "drop and put"}).Draw(r, "what")
					if i >= 0 && (what == "drop" || what == "drop and put") {
						old := g.Payments[i]
						if err := tx.DropPayment(run, g, &old); err != nil {
							return err
						}
						note(g, &old, run, 0)
					}
					if what == "put" || what == "drop and put" {
						if err := tx.PutPayment(run, g, &p); err != nil {
							return err
						}
						note(g, &p, run, p.Verdict)
					}
				}
				return nil
			})
		}
		for range rapid.IntRange(1, 6).Draw(r, "runs") {
			run := &store.Run{AsOf: day(t, "2026-09-30"), StartedAt: time.Unix(0, 0)}
			a.write(func(tx *store.Tx) error { return tx.StartRun(run) })
			for range rapid.IntRange(1, 2).Draw(r, "transactions") {
				a.write(func(tx *store.Tx) error {
					for range rapid.IntRange(1, 2).Draw(r, "judgings") {
						if err := judge(tx, run.ID); err != nil {
							return err
						}
					}
					return nil
				})
			}
		}
		if diff := cmp.Diff(want, historyOf(t, a.path), cmp.AllowUnexported(historyKey{}, historyRow{})); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// historyOf reads the history of all payments of a file.
func historyOf(t *testing.T, file string) map[historyKey]historyRow {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), `SELECT iur, idx, alone_iud, run_id, coalesce(before, 0), coalesce(after, 0), coalesce(file_id, 0),
		also, amount, CASE has_notice WHEN 1 THEN 'IUD1' ELSE '' END FROM payment_history`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := map[historyKey]historyRow{}
	for rows.Next() {
		var k historyKey
		var h historyRow
		if err := rows.Scan(&k.IUR, &k.Index, &k.AloneIUD, &k.run, &h.before, &h.after, &h.file, &h.also, &h.amount, &h.notice); err != nil {
			t.Fatal(err)
		}
		if _, twice := got[k]; twice {
			t.Fatalf("two rows of %v", k)
		}
		got[k] = h
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestBooksThatWroteEveryRowOfAHistoryKeepIt brings forward books whose history
// stood apart from their payments, the last row of each written twice: it reads
// the same, and no row stands twice any more.
func TestBooksThatWroteEveryRowOfAHistoryKeepIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "books.db")
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name >= "migrations/0040" {
			break
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, file, string(src))
	}
	exec(t, file, `PRAGMA user_version = 30;
		INSERT INTO meta VALUES ('tax_code', '`+taxCode+`');
		INSERT INTO run (id, as_of, state, ruleset, ruleset_hash, version, started_at) VALUES
			(1, '2026-09-15', 'done', '', '', '', ''), (2, '2026-09-16', 'done', '', '', '', ''), (3, '2026-09-17', 'done', '', '', '', '');
		INSERT INTO file (id, run_id, sha256, name, drop_name, source, size, modified, seen_at, state) VALUES (1, 1, 'x', 'a.csv', '', '', 1, '', '', 'loaded');
		INSERT INTO verdict VALUES (1, 'payment', '', 'PAID', 1, 0, '', 'a'), (-2, 'payment', '', 'NOT_REPORTED', -1, 3, '', 'b');
		INSERT INTO payment VALUES ('01', 'R1', 1, '', 1000, 1, 'IUD1', NULL, NULL, -10, '2026-09-15', -2, 3, '2026-09-20', 'IUD1'),
			('01', 'R2', 1, '', 700, 1, '', NULL, NULL, 0, '2026-09-15', 1, 1, NULL, 'IUD2'), ('02', 'R3', 1, '', 300, 0, '', NULL, NULL, 0, '2026-09-15', 1, 3, NULL, '');
		INSERT INTO payment_history (iuv, iur, idx, alone_iud, run_id, before, after, amount, file_id, also, iud, difference, due_from, has_receipt, has_notice) VALUES
			('01', 'R1', 1, '', 1, NULL, 1, 1000, 1, '', 'IUD1', 0, '2026-09-15', 1, 0), ('01', 'R1', 1, '', 3, 1, -2, 1000, NULL, ',calendar', 'IUD1', -10, '2026-09-15', 1, 1),
			('01', 'R2', 1, '', 1, NULL, 1, 700, 1, '', 'IUD2', 0, '2026-09-15', 1, 0),
			('02', 'R3', 1, '', 1, NULL, 1, 200, 1, '', '', 0, '2026-09-15', 0, 0), ('02', 'R3', 1, '', 2, 1, NULL, 200, 1, '', '', 0, '2026-09-15', 0, 0),
			('02', 'R3', 1, '', 3, NULL, 1, 300, 1, ',decision', '', 0, '2026-09-15', 0, 0),
			('03', '', 0, 'IUD3', 1, NULL, 1, 100, 1, '', 'IUD3', 0, '2026-09-15', 0, 1), ('03', '', 0, 'IUD3', 2, 1, NULL, 100, 1, '', 'IUD3', 0, '2026-09-15', 0, 1);
		INSERT INTO kept_total VALUES ('receipt', '', 2, 1700);
		CREATE TRIGGER keeps_receipt_insert AFTER INSERT ON receipt BEGIN SELECT 1; END`)
	const rows = `SELECT group_concat(concat_ws(' ', iuv, iur, idx, alone_iud, run_id, coalesce(before, '-'), coalesce(after, '-'), amount, coalesce(file_id, '-'), also,
		iud, difference, due_from, has_receipt, has_notice, flow_id, flow_seq), char(10) ORDER BY iuv, iur, idx, alone_iud, run_id) FROM payment_history`
	want := value(t, file, rows)
	st, err := store.Open(t.Context(), file, taxCode)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(value(t, file, rows), "\n")); diff != "" {
		t.Errorf("the history of before (-) and after (+):\n%s", diff)
	}
	if n := value(t, file, "SELECT count(*) FROM payment_past"); n != "5" {
		t.Errorf("%s past rows, want 5: of one that changed, one that came back and one that went", n)
	}
	if n := value(t, file, "SELECT (SELECT count(*) FROM sqlite_schema WHERE name LIKE 'keeps_%') + (SELECT count(*) FROM kept_total)"); n != "0" {
		t.Errorf("%s running totals and what keeps them are left of books whose payments nothing adds up", n)
	}
	if on := value(t, file, "SELECT review_on FROM payment WHERE iur = 'R1'"); on != "2026-09-20" {
		t.Errorf("the calendar looks at a payment on %q", on)
	}
}
