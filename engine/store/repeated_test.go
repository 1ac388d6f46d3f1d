package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/engine/store"
)

// sharing are receipts of a few PSPs and kinds, some with texts of their own.
func sharing(from, to int) (lines []record.ReceiptLine) {
	for i := from; i < to; i++ {
		r := record.ReceiptLine{IUV: fmt.Sprintf("%06d", i), IUR: "R", Amount: 100, PSP: strconv.Itoa(i % 3), OutcomeTag: "PAGATO",
			Beneficiary: taxCode, Collection: strconv.Itoa(i % 5)}
		switch i % 4 {
		case 0, 2:
			r.Bilancio = fmt.Sprintf("<bilancio>%d</bilancio>", i)
		case 1:
			r.Metadata = fmt.Sprintf("key=%d", i%8)
		}
		lines = append(lines, r)
	}
	return lines
}

// rows are those of a query, each with its columns joined.
func rows(t *testing.T, file, query string) (out []string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]string, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Join(values, "|"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// sharedTables is all that receipts and the rows they share hold.
func (a *arrivals) sharedTables() (out []string) {
	a.Helper()
	a.groups()
	for _, table := range []string{"receipt", "receipt_detail", "receipt_psp", "receipt_kind", "receipt_text"} {
		out = append(out, rows(a.T, a.path, "SELECT * FROM "+table)...)
	}
	return out
}

// wholeReceipts selects receipts of a table as they came.
func wholeReceipts(table, detail string) string {
	return `SELECT r.iuv, r.iur, r.idx, r.amount, a.outcome_tag, d.receipt_id, d.received_at, d.context, k.beneficiary, a.psp, a.psp_name, d.payer_kind,
		d.payer_code, d.payer_name, d.remittance, k.collection, b.text, k.import_flow, d.import_row, k.owner_code, k.owner_name, k.owner_taxonomy, m.text
		FROM ` + table + ` r JOIN receipt_detail d ON d.id = ` + detail + ` JOIN receipt_psp a ON a.id = r.psp_id JOIN receipt_kind k ON k.id = r.kind_id
		JOIN receipt_text b ON b.id = r.bilancio_id JOIN receipt_text m ON m.id = r.metadata_id ORDER BY r.iuv, r.iur, r.idx`
}

// TestRowsThatReceiptsShareDoNotDependOnRestarts also when there are more of them
// than are remembered.
func TestRowsThatReceiptsShareDoNotDependOnRestarts(t *testing.T) {
	var books [2][]string
	for i, restarts := range []bool{false, true} {
		a := newArrivals(t)
		for from := 0; from < 10000; from += 2500 {
			a.load(record.KindReceipts, receipts(t, sharing(from, from+2500)...))
			if restarts {
				if err := a.store.Close(); err != nil {
					t.Fatal(err)
				}
				a.open()
			}
		}
		books[i] = a.sharedTables()
		if n := value(t, a.path, "SELECT count(*) FROM receipt_psp"); n != "3" {
			t.Errorf("%s rows for three PSPs", n)
		}
		if n := value(t, a.path, "SELECT count(*) FROM receipt_text WHERE text LIKE 'key=%'"); n != "4" {
			t.Errorf("%s rows for two texts of which one was forgotten once", n)
		}
		if n := value(t, a.path, "SELECT count(*) FROM receipt r JOIN receipt_text b ON b.id = r.bilancio_id JOIN receipt_text m ON m.id = r.metadata_id WHERE b.text <> CASE r.iuv % 2 WHEN 0 THEN '<bilancio>' || (r.iuv + 0) || '</bilancio>' ELSE '' END OR m.text <> CASE r.iuv % 4 WHEN 1 THEN 'key=' || (r.iuv % 8) ELSE '' END"); n != "0" {
			t.Errorf("%s receipts have other texts than they came with", n)
		}
	}
	if diff := cmp.Diff(books[0], books[1]); diff != "" {
		t.Errorf("without restarts (-) and with (+):\n%s", diff)
	}
}

func TestRowsOfAFileThatFailedAreNotShared(t *testing.T) {
	a := newArrivals(t)
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 1, PSP: "before"}))
	err := a.store.Write(t.Context(), func(tx *store.Tx) error {
		f := &store.File{RunID: 1, SHA256: "x", Name: "x"}
		if err := tx.AddFile(f); err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		return firstError(l.Doc(&record.Doc{Kind: record.KindReceipts}),
			receipts(t, record.ReceiptLine{IUV: "2", IUR: "R", Amount: 1, PSP: "failed", Collection: "9/failed/", Bilancio: "b", Metadata: "m"})(l), errStop)
	})
	if !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "3", IUR: "R", Amount: 1, PSP: "after"},
		record.ReceiptLine{IUV: "4", IUR: "R", Amount: 1, PSP: "failed", Collection: "9/failed/", Bilancio: "b", Metadata: "m"}))
	a.groups()
	got := rows(t, a.path, `SELECT r.iuv, a.psp, k.collection, b.text, m.text FROM receipt r JOIN receipt_psp a ON a.id = r.psp_id
		JOIN receipt_kind k ON k.id = r.kind_id JOIN receipt_text b ON b.id = r.bilancio_id JOIN receipt_text m ON m.id = r.metadata_id ORDER BY r.iuv`)
	if want := []string{"1|before|||", "3|after|||", "4|failed|9/failed/|b|m"}; !slices.Equal(got, want) {
		t.Errorf("the books hold %q, want %q", got, want)
	}
}

// TestMetadataIsErasedWhereItsTermHasPassed and nowhere else, though receipts share it.
func TestMetadataIsErasedWhereItsTermHasPassed(t *testing.T) {
	a := newArrivals(t)
	paid := func(iuv, day, metadata string) record.ReceiptLine {
		d, err := record.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		return record.ReceiptLine{IUV: iuv, IUR: "R", Index: 1, Amount: 1, Bilancio: "shared", Metadata: metadata, PaidOn: d}
	}
	load := func(lines ...record.ReceiptLine) {
		a.load(record.KindReceipts, func(l *store.Loader) error {
			for i := range lines {
				if err := l.Receipt(&lines[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	load(paid("1", "2014-01-01", "peculiar"), paid("2", "2014-01-01", "both"), paid("3", "2026-01-01", "both"), paid("4", "2026-01-01", "shared"))
	load(paid("1", "2014-01-02", "particular")) // the former is kept
	erase := func(before string, receipts int64, want string) {
		t.Helper()
		e := store.Erasure{At: time.Unix(0, 0), Before: day(t, before), By: "test"}
		if err := a.store.Erase(t.Context(), &e, nil, false); err != nil {
			t.Fatal(err)
		}
		if e.Receipts != receipts {
			t.Errorf("%d receipts were blanked, want %d", e.Receipts, receipts)
		}
		got := value(t, a.path, `SELECT (SELECT group_concat(iuv || b.text || m.text) FROM (SELECT * FROM receipt ORDER BY iuv) r
			JOIN receipt_text b ON b.id = r.bilancio_id JOIN receipt_text m ON m.id = r.metadata_id)
			|| ' of ' || (SELECT group_concat(text) FROM (SELECT text FROM receipt_text ORDER BY id))`)
		if got != want {
			t.Errorf("receipts and texts are %s, want %s", got, want)
		}
		content, err := os.ReadFile(a.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, gone := range []string{"peculiar", "particular"} {
			if strings.Contains(string(content), gone) {
				t.Errorf("%s is still in the file", gone)
			}
		}
	}
	erase("2016-01-01", 3, "1shared,2shared,3sharedboth,4sharedshared of ,shared,both")
	// A text that comes after is not taken for one that went.
	load(paid("5", "2026-01-03", "new"), paid("6", "2026-01-03", "both"))
	erase("2016-01-01", 0, "1shared,2shared,3sharedboth,4sharedshared,5sharednew,6sharedboth of ,shared,both,new")
	erase("2026-01-02", 2, "1shared,2shared,3shared,4shared,5sharednew,6sharedboth of ,shared,both,new")
	erase("2026-01-04", 2, "1shared,2shared,3shared,4shared,5shared,6shared of ,shared")
}

// TestBooksOfTheSchemaBeforeShareTheirTexts: receipts in their place, former ones and
// those that have arrived are whole after the migration.
func TestBooksOfTheSchemaBeforeShareTheirTexts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "books.db")
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name >= "migrations/0050" {
			break
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, file, string(src))
	}
	exec(t, file, `PRAGMA user_version = 49;
		INSERT INTO meta VALUES ('tax_code', '`+taxCode+`');
		INSERT INTO run (id, as_of, state, ruleset, ruleset_hash, version, started_at) VALUES (1, '2026-09-15', 'done', '', '', '', '');
		INSERT INTO file (id, run_id, sha256, name, drop_name, source, size, modified, seen_at, state) VALUES (1, 1, 'x', 'a.csv', '', '', 1, '', '', 'loaded');
		INSERT INTO doc (id, file_id, entry, kind, format, version, encoding, warnings) VALUES (1, 1, '', 'ricevute', '', '', '', '');
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
		INSERT INTO receipt_detail SELECT i, 'tag' || (i % 2), 'id' || i, 'at' || i, 'ctx' || i, 'ben', 'psp' || (i % 3), 'name' || (i % 3), 'F', 'code' || i, 'payer' || i,
			'for' || i, 'coll' || (i % 5), CASE i % 4 WHEN 0 THEN 'split' || i WHEN 1 THEN 'split' ELSE '' END, 'flow', i, 'owner' || (i % 2), 'on', 'ot',
			CASE i % 4 WHEN 2 THEN 'meta' || i WHEN 1 THEN 'split' ELSE '' END FROM n;
		INSERT INTO receipt (iuv, iur, idx, iud, amount, total, outcome, paid_on, after_cutoff, shared, stamp, debt_type, doc_id, line, detail_id)
			SELECT 'iuv' || (id % 7), 'iur' || id, 1, 'iud' || id, id, id, '0', '2026-09-14', 0, 0, 0, 'TARI', 1, id, id FROM receipt_detail WHERE id <= 50;
		INSERT INTO receipt_past (iuv, iur, idx, iud, amount, total, outcome, paid_on, debt_type, doc_id, line, detail_id, replaced_by)
			SELECT 'iuv' || (id % 7), 'iur' || id, 1, 'iud' || id, id, id, '0', '2026-09-14', 'TARI', 1, id, id, 1 FROM receipt_detail WHERE id BETWEEN 51 AND 70;
		INSERT INTO receipt_arrived (id, iuv, iur, idx, iud, amount, total, outcome, paid_on, after_cutoff, shared, stamp, debt_type, doc_id, line)
			SELECT id, 'iuv' || (id % 7), 'iur' || id, 1, 'iud' || id, id, id, '0', '2026-09-14', 0, 0, 0, 'TARI', 1, id FROM receipt_detail WHERE id > 70;`)
	tables := map[string]string{"receipt": "r.detail_id", "receipt_past": "r.detail_id", "receipt_arrived": "r.id"}
	before := make(map[string][]string)
	for table, detail := range tables {
		before[table] = rows(t, file, `SELECT r.iuv, r.iur, r.idx, r.amount, d.outcome_tag, d.receipt_id, d.received_at, d.context, d.beneficiary, d.psp, d.psp_name,
			d.payer_kind, d.payer_code, d.payer_name, d.remittance, d.collection, d.bilancio, d.import_flow, d.import_row, d.owner_code, d.owner_name,
			d.owner_taxonomy, d.metadata FROM `+table+` r JOIN receipt_detail d ON d.id = `+detail+` ORDER BY r.iuv, r.iur, r.idx`)
	}
	st, err := store.Open(t.Context(), file, taxCode)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	for table, detail := range tables {
		after := rows(t, file, wholeReceipts(table, detail))
		if diff := cmp.Diff(before[table], after); diff != "" || len(after) < 20 {
			t.Errorf("%d rows of %s, before (-) and after (+):\n%s", len(after), table, diff)
		}
	}
	for table, want := range map[string]string{"receipt_psp": "6", "receipt_kind": "10", "receipt_text": "47"} {
		if n := value(t, file, "SELECT count(*) FROM "+table); n != want {
			t.Errorf("%s has %s rows, want %s", table, n, want)
		}
	}
}
