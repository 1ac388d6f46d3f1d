package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"quadra/engine/record"
	"quadra/engine/store"
)

// TestBooksOfTheFirstSchemaKeepTheirHistory: what their last night knew is listed
// as of that night, after the migration as before it.
func TestBooksOfTheFirstSchemaKeepTheirHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "books.db")
	schema, err := os.ReadFile("migrations/0001_initial.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{string(schema), "PRAGMA user_version = 1", `
		INSERT INTO meta VALUES ('tax_code', '80000123457');
		INSERT INTO run (id, as_of, state, ruleset, ruleset_hash, version, started_at) VALUES
			(1, '2026-09-15', 'done', '', '', '', '2026-09-15T02:30:00Z'), (2, '2026-09-16', 'done', '', '', '', '2026-09-16T02:30:00Z');
		INSERT INTO balance VALUES (1, 1, 'CASH', '', 'left', 0, 0), (2, 1, 'CASH', '', 'left', 0, 0);
		INSERT INTO file (id, run_id, sha256, name, drop_name, source, size, modified, seen_at, state) VALUES (1, 1, 'x', 'a.csv', '', '', 1, '', '', 'loaded');
		INSERT INTO doc (id, file_id, entry, kind, format, version, encoding, warnings) VALUES (1, 1, '', 'ricevute', '', '', '', '');
		INSERT INTO receipt VALUES ('01', 'R1', 1, 'IUD1', 1000, 1000, '0', '2026-09-14', 0, 0, 0, 'TARI', 1, 2, 1);
		INSERT INTO settlement (id, psp, iuf, iuf_key, year, cash, parts) VALUES (1, 'PSP', 'f1', 'F1', 2026, 990, 1);
		INSERT INTO flow (id, settlement_id, doc_id, line, state, iuf, revision, produced_at, regulation, regulated_on, psp, psp_kind, psp_name, bic,
			declared_count, declared_total) VALUES (1, 1, 1, 1, 'current', 'f1', 0, '', '', '2026-09-15', 'PSP', '', '', '', 1, 1000);
		INSERT INTO movement (id, account, year, number, amount, booked_on, value_on, payer, remittance, end_to_end, treasurer, code, given_iuf, given_iuv, doc_id, line)
			VALUES (1, '', 2026, '7', 990, '2026-09-16', '2026-09-16', 'PSP', 'URI/f1', '', '', '', '', '', 1, 3);
		INSERT INTO movement_ref VALUES ('iuf', 'F1', 1, 'strict', 0);
		INSERT INTO verdict VALUES (1, 'payment', '', 'PAID', 1, 0, '', 'a'), (2, 'payment', '', 'CASHED_DIFFERENT', -1, 3, 'RT_IUF', 'b'),
			(3, 'settlement', '', 'SHORT', -1, 3, '', 'c'), (4, 'movement', '', 'MATCHED', 1, 0, '', 'd');
		UPDATE settlement SET flow_id = 1, verdict_id = 3;
		UPDATE movement SET verdict_id = 4;
		INSERT INTO payment VALUES ('01', 'R1', 1, '', 1000, 1, 'IUD1', 1, 1, -10, '2026-09-15', 2, 2, NULL);
		INSERT INTO payment_history VALUES ('01', 'R1', 1, '', 1, NULL, 1, 1000, 1), ('01', 'R1', 1, '', 2, 1, 2, 1000, 1);
		INSERT INTO unit_history VALUES ('settlement', 1, 2, NULL, 3, 990, 1), ('movement', 1, 2, NULL, 4, 990, 1);`} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), file, "80000123457")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	day, err := record.ParseDate("2026-09-16")
	if err != nil {
		t.Fatal(err)
	}
	err = st.Read(t.Context(), func(tx *store.Tx) error {
		run, err := tx.RunAsOf(day)
		if err != nil || run == nil || run.ID != 2 {
			t.Fatalf("run %+v, %v", run, err)
		}
		var now, then []any
		for scope, to := range map[store.ListedScope]*[]any{{}: &now, {Run: run.ID}: &then} {
			if err := tx.ListPayments(scope, func(p *store.ListedPayment) error { *to = append(*to, *p); return nil }); err != nil {
				return err
			}
			if err := tx.ListSettlements(scope, func(s *store.ListedSettlement) error { *to = append(*to, *s); return nil }); err != nil {
				return err
			}
			if err := tx.ListMovements(scope, func(m *store.ListedMovement) error { *to = append(*to, *m); return nil }); err != nil {
				return err
			}
		}
		if len(now) != 3 || len(then) != 3 {
			t.Fatalf("%d units are listed today, %d as of the last night", len(now), len(then))
		}
		for i := range now {
			if now[i] != then[i] {
				t.Errorf("today %+v\nas of the last night %+v", now[i], then[i])
			}
		}
		found := 0
		if err := tx.ListPayments(store.ListedScope{Status: "CASHED_DIFFERENT"}, func(*store.ListedPayment) error { found++; return nil }); err != nil {
			return err
		}
		if found != 1 {
			t.Errorf("%d anomalies of a status are listed, want 1", found)
		}
		first := 0
		err = tx.ListPayments(store.ListedScope{Run: 1}, func(p *store.ListedPayment) error {
			first++
			if p.Status != "PAID" || p.Amount != 1000 {
				t.Errorf("as of the first night: %+v", *p)
			}
			return nil
		})
		if first != 1 {
			t.Errorf("%d payments as of the first night", first)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
