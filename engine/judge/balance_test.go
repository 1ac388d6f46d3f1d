package judge_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"

	"quadra/engine/judge"
	"quadra/engine/store"
)

// TestEachBalanceBreaksWhenSomethingIsLost damages whole and balanced books in
// one place and demands that the equation which watches over it does not close.
func TestEachBalanceBreaksWhenSomethingIsLost(t *testing.T) {
	for _, c := range []struct {
		name, damage string
		want         []string // equations with a residual
	}{
		{"nothing is lost", `SELECT 1`, nil},
		{"a receipt that is no payment", `DELETE FROM payment WHERE iur = 'IUR1'`, []string{"RECEIPTS"}},
		{"a receipt whose amount changed behind the judgement", `UPDATE receipt SET amount = amount + 1 WHERE iur = 'IUR1'`, []string{"RECEIPTS", "BOOKED"}},
		{"a receipt that went", `DELETE FROM receipt WHERE iur = 'IUR1'`, []string{"RECEIPTS", "BOOKED", "NOTICES"}},
		{"a share of a receipt that went", `DELETE FROM share WHERE iur = 'IUR1'`, []string{"BOOKED"}},
		{"a notice nobody judged", `DELETE FROM payment WHERE alone_iud <> ''`, []string{"NOTICES"}},
		{"a line of a flow that went", `DELETE FROM flow_line WHERE iur = 'IUR1'`, []string{"FLOWS"}},
		{"a line of a flow with another amount", `UPDATE flow_line SET amount = amount - 1 WHERE iur = 'IUR1'`, []string{"FLOWS"}},
		{"a movement nobody judged", `UPDATE movement SET verdict_id = NULL WHERE number = '3'`, []string{"CASH"}},
		{"a link that carries more than its settlement knows", `UPDATE settlement_link SET amount = amount + 1 WHERE movement_id = (SELECT id FROM movement WHERE number = '1')`, []string{"SETTLED"}},
		{"a settlement that forgot its cash", `UPDATE settlement SET cash = cash - 100 WHERE parts > 0`, []string{"SETTLED"}},
		{"a reject that went", `DELETE FROM reject`, []string{"ROWS"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.load(paidAndReported(cash("1", 900, "2026-09-16", uri(iuf1)), cash("2", 500, "2026-09-16", rfb("01000000000000002")),
				receipt("01000000000000002", "IUR2", 1, 500, "", "2026-09-14"), cash("3", 70, "2026-09-16", "VERSAMENTO"),
				notice("IUD9", "01000000000000009", 300, "2026-09-14"), rejected("colonna"))...)
			b.night("2026-09-17")
			db, err := sql.Open("sqlite3", b.file)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(c.damage); err != nil {
				t.Fatal(err)
			}
			err = b.store.Read(context.Background(), func(tx *store.Tx) error {
				_, err := judge.Balance(tx)
				return err
			})
			var residual *judge.ResidualError
			if err != nil && !errors.As(err, &residual) {
				t.Fatal(err)
			}
			var got []string
			if residual != nil {
				for _, r := range residual.Residuals {
					got = append(got, r.Code)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: equations that do not close: %q, want %q (%v)", c.damage, got, c.want, err)
			}
		})
	}
}
