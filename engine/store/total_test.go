package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"quadra/engine/explain/explaintest"
	"quadra/engine/store"
)

// TestRunningTotalsFollowWhateverChanges: rows come, go and change in every table
// that has running totals, by no way quadra knows, and the totals are always those
// of the tables.
func TestRunningTotalsFollowWhateverChanges(t *testing.T) {
	b := explaintest.Sample(t)
	db, err := sql.Open("sqlite3", "file:"+b.File)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	random := rand.New(rand.NewPCG(1, 2))
	iud := func() string { return [...]string{"", "IUD-A", "IUD-B", "IUD-C"}[random.IntN(4)] }
	source := func() string { return [...]string{"debt", "default", "only"}[random.IntN(3)] }
	cents := func() int { return random.IntN(1000) + 1 }
	changes := []func() string{
		func() string {
			return fmt.Sprintf("INSERT OR IGNORE INTO receipt SELECT 'X%d', iur, idx, '%s', %d, total, outcome, paid_on, after_cutoff, shared, stamp, debt_type, doc_id, line, detail_id, psp_id, kind_id, bilancio_id, metadata_id FROM receipt WHERE idx = 1 LIMIT 1", random.IntN(9), iud(), cents())
		},
		func() string {
			return fmt.Sprintf("UPDATE receipt SET iud = '%s', amount = %d WHERE iuv = 'X%d'", iud(), cents(), random.IntN(9))
		},
		func() string {
			return fmt.Sprintf("UPDATE receipt SET amount = %d WHERE iuv = 'X%d'", cents(), random.IntN(9))
		},
		func() string { return fmt.Sprintf("DELETE FROM receipt WHERE iuv = 'X%d'", random.IntN(9)) },
		func() string {
			return fmt.Sprintf("INSERT OR IGNORE INTO notice SELECT 'X%d', 'IUD-%c', %d, paid_on, debt_type, doc_id, line, detail_id FROM notice LIMIT 1", random.IntN(9), 'A'+rune(random.IntN(3)), cents())
		},
		func() string {
			return fmt.Sprintf("UPDATE OR IGNORE notice SET iud = 'IUD-%c', amount = %d WHERE iuv = 'X%d'", 'A'+rune(random.IntN(3)), cents(), random.IntN(9))
		},
		func() string { return fmt.Sprintf("DELETE FROM notice WHERE iuv = 'X%d'", random.IntN(9)) },
		func() string {
			return fmt.Sprintf("INSERT OR IGNORE INTO flow_line SELECT 'X%d', iur, flow_id, seq, idx, %d, %d, paid_on, line FROM flow_line ORDER BY flow_id * %d %% 7 LIMIT 1", random.IntN(9), cents()-500, 3*random.IntN(2), random.IntN(7))
		},
		func() string {
			return fmt.Sprintf("UPDATE flow_line SET outcome = %d, amount = %d WHERE iuv = 'X%d'", 3*random.IntN(2), cents()-500, random.IntN(9))
		},
		func() string { return fmt.Sprintf("DELETE FROM flow_line WHERE iuv = 'X%d'", random.IntN(9)) },
		func() string {
			return "UPDATE flow SET state = CASE state WHEN 'current' THEN 'replaced' ELSE 'current' END WHERE id = " + fmt.Sprint(random.IntN(9))
		},
		func() string { // a flow that declares what is left after what it revokes
			return fmt.Sprintf("UPDATE flow SET total_net = total_plain - %d, declared_total = total_plain - %d WHERE id %% 3 = %d", random.IntN(2), random.IntN(2), random.IntN(3))
		},
		func() string {
			return fmt.Sprintf("INSERT OR IGNORE INTO share VALUES ('X%d', '', 1, 1, '%s', 2026, '', '1', '', '', '', %d, NULL)", random.IntN(9), source(), cents())
		},
		func() string {
			return fmt.Sprintf("UPDATE share SET source = '%s', amount = %d WHERE iuv = 'X%d'", source(), cents(), random.IntN(9))
		},
		func() string { return fmt.Sprintf("DELETE FROM share WHERE iuv = 'X%d'", random.IntN(9)) },
		func() string {
			return fmt.Sprintf("UPDATE payment SET amount = %d, due_from = '2026-01-%02d' WHERE length(iur) %% 3 = %d", cents(), random.IntN(28)+1, random.IntN(3))
		},
		func() string {
			return fmt.Sprintf("UPDATE payment SET verdict_id = (SELECT id FROM verdict WHERE unit = 'payment' ORDER BY id * %d %% 11 LIMIT 1) WHERE length(iuv) > 0 AND amount %% 5 = %d", random.IntN(11), random.IntN(5))
		},
		func() string { return fmt.Sprintf("DELETE FROM payment WHERE amount %% 97 = %d", random.IntN(97)) },
	}
	kept := false
	err = b.Store.Read(t.Context(), func(tx *store.Tx) error { kept, err = tx.TotalsKept(); return err })
	if err != nil || !kept {
		t.Fatalf("the books of a night have no running totals: %v", err)
	}
	for step := range 600 {
		change := changes[random.IntN(len(changes))]()
		if _, err := db.ExecContext(t.Context(), change); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
		if err := prove(t.Context(), b.Store); err != nil {
			t.Fatalf("step %d, %s: %v", step, change, err)
		}
	}
	// What goes by the totals is found by reading the tables.
	if _, err := db.ExecContext(t.Context(), "UPDATE kept_total SET amount = amount + 1 WHERE kind = 'receipt'"); err != nil {
		t.Fatal(err)
	}
	if err := prove(t.Context(), b.Store); !errors.Is(err, store.ErrTotals) {
		t.Errorf("a wrong total is told as %v", err)
	}
}

func prove(ctx context.Context, books *store.Store) error {
	return books.Read(ctx, func(tx *store.Tx) error { return tx.ProveTotals(tx.Sums) })
}
