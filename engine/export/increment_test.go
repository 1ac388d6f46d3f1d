package export_test

import (
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quadra/engine/export"
	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
)

// copyOf is what somebody who follows the increments of an export has: rows by
// unit.
type copyOf map[string][]string

// apply brings the copy up to date as the documentation says.
func (c copyOf) apply(t tb, rows []string, log string) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(log))
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		key := strings.Join(line[2:8], "/")
		n, err := strconv.Atoi(line[11])
		if err != nil || n > len(rows) || (n == 0) != (line[1] == "cancella") {
			t.Fatalf("%v with %d rows left", line, len(rows))
		}
		delete(c, key)
		if n > 0 {
			c[key], rows = rows[:n], rows[n:]
		}
	}
	if len(rows) > 0 {
		t.Fatalf("%d rows are of no unit", len(rows))
	}
}

func (c copyOf) rows() []string {
	var out []string
	for _, rows := range c {
		out = append(out, rows...)
	}
	sort.Strings(out)
	return out
}

type tb interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// follower follows one export of some books.
type follower struct {
	eol   string
	full  func(*store.Tx, *strings.Builder) (export.Content, error)
	since func(*store.Tx, int64, *strings.Builder, *strings.Builder) (export.Content, error)

	copy copyOf
	at   int64
}

func followers(t *testing.T) map[string]*follower {
	paid := func(since *int64) *export.Paid { return &export.Paid{Version: "1.3", Since: since} }
	return map[string]*follower{
		"mypivot": {eol: "\r\n", copy: copyOf{},
			full: func(tx *store.Tx, w *strings.Builder) (export.Content, error) {
				return export.WritePivot(t.Context(), tx, entity, pivot("1.4"), w)
			},
			since: func(tx *store.Tx, n int64, w, log *strings.Builder) (export.Content, error) {
				return export.WritePivotSince(t.Context(), tx, entity, pivot("1.4"), n, w, log)
			}},
		"paid": {eol: "\n", copy: copyOf{},
			full: func(tx *store.Tx, w *strings.Builder) (export.Content, error) {
				return export.WritePaid(t.Context(), tx, entity, paid(nil), w, nil)
			},
			since: func(tx *store.Tx, n int64, w, log *strings.Builder) (export.Content, error) {
				return export.WritePaid(t.Context(), tx, entity, paid(&n), w, log)
			}},
		"treasury": {eol: "\n", copy: copyOf{},
			full: func(tx *store.Tx, w *strings.Builder) (export.Content, error) {
				return export.WriteTreasury(t.Context(), tx, entity, nil, w, nil)
			},
			since: func(tx *store.Tx, n int64, w, log *strings.Builder) (export.Content, error) {
				return export.WriteTreasury(t.Context(), tx, entity, &n, w, log)
			}},
	}
}

// split gives the rows of an export. Line ends inside fields are no CRLF here.
func (f *follower) split(t tb, text string) []string {
	t.Helper()
	if f.eol == "\r\n" {
		return strings.Split(strings.TrimSuffix(text, f.eol), f.eol)[1:]
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, row := range rows[1:] {
		out = append(out, strings.Join(row, ";"))
	}
	return out
}

// follow takes the increment and compares the copy with the full export.
func (f *follower) follow(t tb, tx *store.Tx) {
	t.Helper()
	var rows, log, full strings.Builder
	if _, err := f.since(tx, f.at, &rows, &log); err != nil {
		t.Fatal(err)
	}
	f.copy.apply(t, f.split(t, rows.String()), log.String())
	var err error
	if f.at, err = tx.LastChangeNumber(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.full(tx, &full); err != nil {
		t.Fatal(err)
	}
	want := f.split(t, full.String())
	sort.Strings(want)
	if diff := cmp.Diff(want, append([]string{}, f.copy.rows()...)); diff != "" {
		t.Fatalf("the full export (-) and the copy (+) differ:\n%s", diff)
	}
}

// TestAllIncrementsGiveTheFullExport follows random nights (twins, corrections,
// revisions, reversals, regularisations, as-of days that advance) and demands
// after each that a copy kept by the increments equals the full export, for
// somebody who takes every night and for somebody who takes a few. It also
// demands that the sequence has no gap and that mypivot and labels agree.
// 25 histories; 2,000 with QUADRA_LONG=1.
func TestAllIncrementsGiveTheFullExport(t *testing.T) {
	judgetest.Histories(t, 25, 2000)
	rapid.Check(t, func(r *rapid.T) {
		b := tt.Open(t)
		every, some := followers(t), followers(t)
		files := 0
		for night, asOf := range []string{"2026-09-16", "2026-09-17", "2026-09-18", "2026-09-25", "2026-10-20"} {
			for range rapid.IntRange(0, 5).Draw(r, "files") {
				files++
				b.Load(drawFile(r, files))
			}
			b.Night(asOf)
			lazy := night == 4 || rapid.Bool().Draw(r, "lazy")
			b.Read(func(tx *store.Tx) error {
				for name := range every {
					every[name].follow(r, tx)
					if lazy {
						some[name].follow(r, tx)
					}
				}
				return nil
			})
		}
		sameAsLabels(t, b)
		if t.Failed() {
			r.FailNow()
		}
		gapless(r, b)
	})
}

// gapless demands that the numbers of the changes are 1, 2, 3... to the last.
func gapless(t tb, b *tt.Books) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+b.File+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows, first, last int64
	if err := db.QueryRow("SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0) FROM change").Scan(&rows, &first, &last); err != nil {
		t.Fatal(err)
	}
	if first != 1 || rows != last {
		t.Fatalf("%d changes, numbered from %d to %d", rows, first, last)
	}
}

// TestAnInterruptedNightLeavesNoGap breaks a night after it has numbered its
// changes and before it is committed: the next one gives the same numbers.
func TestAnInterruptedNightLeavesNoGap(t *testing.T) {
	b := tt.Town(t)
	before := sequenceOf(t, b)
	b.Load(tt.Receipts("r9", tt.Receipt("01000000000000009", "R9", 1, 100, "")))
	killed := errors.New("killed")
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		g, p := &store.Group{IUV: "01000000000000009"}, &store.PaymentRow{PaymentKey: store.PaymentKey{IUR: "R9", Index: 1}}
		for range 3 {
			if err := tx.NumberPayment(b.Run.ID, g, p); err != nil {
				return err
			}
		}
		if n, err := tx.LastChangeNumber(); err != nil || n != before+3 {
			t.Errorf("number %d before the kill, error %v", n, err)
		}
		return killed
	})
	if !errors.Is(err, killed) {
		t.Fatal(err)
	}
	b.Night("2026-09-21")
	if after := sequenceOf(t, b); after <= before {
		t.Errorf("the last number is %d and was %d", after, before)
	}
	gapless(t, b)
	// A night with nothing new changes nothing, and so has no number.
	quiet := sequenceOf(t, b)
	b.Night("2026-09-21")
	if after := sequenceOf(t, b); after != quiet {
		t.Errorf("a night with nothing new brought the sequence from %d to %d", quiet, after)
	}
}

// TestOlderBooksBeginTheSequence takes the sequence away from books and gives it
// to them as the migration does: whoever starts from 0 has all they hold.
func TestOlderBooksBeginTheSequence(t *testing.T) {
	b := tt.Town(t)
	statements := []string{"DROP TABLE change", "ALTER TABLE dirty_iuv DROP COLUMN due", "ALTER TABLE dirty_movement DROP COLUMN due"}
	for _, migration := range []string{"0005_change.sql", "0042_whole.sql"} {
		text, err := os.ReadFile(filepath.Join("../store/migrations", migration))
		if err != nil {
			t.Fatal(err)
		}
		statements = append(statements, string(text))
	}
	db, err := sql.Open("sqlite3", "file:"+b.File)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	gapless(t, b)
	b.Read(func(tx *store.Tx) error {
		for name, f := range followers(t) {
			if f.follow(t, tx); f.at == 0 || len(f.copy) == 0 {
				t.Errorf("%s: nothing to follow", name)
			}
		}
		return nil
	})
}

func sequenceOf(t *testing.T, b *tt.Books) (n int64) {
	t.Helper()
	b.Read(func(tx *store.Tx) (err error) {
		n, err = tx.LastChangeNumber()
		return err
	})
	return n
}

func drawFile(r *rapid.T, n int) tt.File {
	name := fmt.Sprintf("file-%d", n)
	iuv := rapid.SampledFrom([]string{"01000000000000001", "01000000000000002", "01000000000000003"})
	iur := rapid.SampledFrom([]string{"R1", "R2"})
	iuf := rapid.SampledFrom([]string{"2026-09-15BPPIITRRXXX-S001", "2026-09-15BPPIITRRXXX-S002", "2026-09-15bppiitrrxxx-s003"})
	text := rapid.SampledFrom([]string{"", "A", `B "b"; \c`, "D\nd"})
	amount := rapid.SampledFrom([]record.Cents{1000, 1000, 2000})
	iud := rapid.SampledFrom([]string{"", "IUD1", "IUD2"})
	switch rapid.SampledFrom([]string{"receipt", "notice", "flow", "flow", "cash", "cash", "cash", "reversal"}).Draw(r, "kind") {
	case "receipt":
		l := tt.Receipt(iuv.Draw(r, "iuv"), iur.Draw(r, "iur"), rapid.IntRange(1, 2).Draw(r, "index"), amount.Draw(r, "amount"), iud.Draw(r, "iud"))
		l.PayerName = text.Draw(r, "payer")
		return tt.Receipts(name, l)
	case "notice":
		n := tt.Notice(rapid.SampledFrom([]string{"IUD1", "IUD2", "IUD3"}).Draw(r, "iud"), iuv.Draw(r, "iuv"), amount.Draw(r, "amount"))
		n.PayerName = text.Draw(r, "payer")
		return tt.Notices(name, n)
	case "flow":
		var lines []record.FlowLine
		for range rapid.IntRange(1, 2).Draw(r, "lines") {
			lines = append(lines, tt.Line(iuv.Draw(r, "iuv"), iur.Draw(r, "iur"), rapid.IntRange(0, 2).Draw(r, "index"), amount.Draw(r, "amount"),
				rapid.SampledFrom([]int{0, 0, 0, 3, 9}).Draw(r, "outcome")))
		}
		return tt.Flow(name, iuf.Draw(r, "iuf"), 100*rapid.IntRange(1, 30).Draw(r, "version")+n, lines...) // never twice the same version
	case "reversal":
		return tt.Cash(name, tt.Reversal(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(r, "number"), amount.Draw(r, "amount")))
	}
	m := tt.Movement(rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(r, "number"), amount.Draw(r, "amount"), rapid.OneOf(
		rapid.Map(iuf, tt.URI), rapid.Map(iuf, tt.URI), rapid.Map(iuv, tt.RFB),
		rapid.Map(iuf, func(s string) string { return "ACCREDITO " + s[:20] + " " + s[20:] }),
		rapid.Just("VERSAMENTO"),
	).Draw(r, "text"))
	m.Payer = text.Draw(r, "sender")
	m.Code = rapid.SampledFrom([]string{"", "9999"}).Draw(r, "code")
	if rapid.IntRange(0, 4).Draw(r, "covered") == 0 {
		m.Operation = record.OpRegularised
	}
	return tt.Cash(name, m)
}
