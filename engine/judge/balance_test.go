package judge_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/judge"
	"quadra/engine/store"
)

// balancedBooks hold something of everything the balance adds up, and balance.
func balancedBooks(t *testing.T) *books {
	t.Helper()
	b := newBooks(t)
	b.load(paidAndReported(cash("1", 900, "2026-09-16", uri(iuf1)), cash("2", 500, "2026-09-16", rfb("01000000000000002")),
		receipt("01000000000000002", "IUR2", 1, 500, "", "2026-09-14"), cash("3", 70, "2026-09-16", "VERSAMENTO"),
		notice("IUD9", "01000000000000009", 300, "2026-09-14"), rejected("colonna"))...)
	b.night("2026-09-17")
	return b
}

// damage changes the books behind the program's back.
func (b *books) damage(t *testing.T, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", b.file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func (b *books) balance(t *testing.T) ([]store.BalanceRow, error) {
	t.Helper()
	var rows []store.BalanceRow
	err := b.store.Read(t.Context(), func(tx *store.Tx) (err error) {
		rows, err = judge.Balance(tx)
		return err
	})
	return rows, err
}

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
		// Sums that agree are not enough: what is added up is counted too.
		{"two receipts that became one payment of their sum", `DELETE FROM payment WHERE iur = 'IUR2'; UPDATE payment SET amount = amount + 500 WHERE iur = 'IUR1'`,
			[]string{"RECEIPTS"}},
		{"a notice of nothing nobody judged", `UPDATE notice SET amount = 0 WHERE iud = 'IUD9'; DELETE FROM payment WHERE alone_iud = 'IUD9'`, []string{"NOTICES"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := balancedBooks(t)
			b.damage(t, c.damage)
			_, err := b.balance(t)
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

// TestTheBalanceShowsItsAddends: whoever reads a quadratura sees what was added
// on each side, by status or reading, and that nothing is left.
func TestTheBalanceShowsItsAddends(t *testing.T) {
	rows, err := balancedBooks(t).balance(t)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %d %s %s", r.Code, r.Side, r.Quantity, r.Amount, r.Part)))
	}
	want := []string{
		"RECEIPTS left 2 15.00 Receipts", "RECEIPTS right 1 10.00 ReceiptsByStatus:CASHED_DIFFERENT",
		"RECEIPTS right 1 5.00 ReceiptsByStatus:RECONCILED_DIRECT", "RECEIPTS residual 0 0.00",
		"BOOKED left 2 15.00 Receipts", "BOOKED right 2 15.00 Shares:unassigned", "BOOKED residual 0 0.00",
		"NOTICES left 2 13.00 Notices", "NOTICES right 1 10.00 NoticesLinked", "NOTICES right 1 3.00 NoticesAlone", "NOTICES residual 0 0.00",
		"FLOWS left 1 10.00 Declared", "FLOWS right 1 10.00 FlowLines:paid", "FLOWS right 0 0.00 FlowDifferences", "FLOWS residual 0 0.00",
		"CASH left 3 14.70 Cash", "CASH right 1 9.00 CashLinked", "CASH right 0 0.00 CashBeyondFlows", "CASH right 1 5.00 CashByIUV",
		"CASH right 1 0.70 CashUnmatched:NO_REFERENCE", "CASH residual 0 0.00",
		"SETTLED left 1 9.00 CashLinked", "SETTLED right 1 10.00 SettledTotals", "SETTLED right 1 -1.00 SettledDifferences:SHORT", "SETTLED residual 0 0.00",
		"ROWS left 9 0.00 Rows", "ROWS right 8 0.00 RowsKept", "ROWS right 1 0.00 RowsRejected", "ROWS residual 0 0.00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhatIsLeftOfABalanceIsSaid: the error of a night that does not balance
// names each equation, with what is left of it.
func TestWhatIsLeftOfABalanceIsSaid(t *testing.T) {
	b := balancedBooks(t)
	b.damage(t, `DELETE FROM payment WHERE iur = 'IUR2'; DELETE FROM reject`)
	rows, err := b.balance(t)
	if len(rows) == 0 {
		t.Error("the addends of a balance that does not close are not shown")
	}
	const want = "the balance is not zero: RECEIPTS leaves 1 records and 5.00 euro; ROWS leaves 1 records and 0.00 euro"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestABalanceThatCannotBeReadIsNoBalance: books with a part that cannot be
// read do not close, and the equation is named.
func TestABalanceThatCannotBeReadIsNoBalance(t *testing.T) {
	for table, equation := range map[string]string{"receipt": "RECEIPTS", "share": "BOOKED", "notice": "NOTICES", "flow_line": "FLOWS",
		"movement_ref": "CASH", "reject": "ROWS"} {
		b := balancedBooks(t)
		b.damage(t, `ALTER TABLE `+table+` RENAME TO lost`)
		if _, err := b.balance(t); err == nil || !strings.HasPrefix(err.Error(), "balance "+equation+": ") {
			t.Errorf("without %s: %v, want the equation %s", table, err, equation)
		}
	}
}
