package judge

import (
	"fmt"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Equation is one line of the quadratura: what must equal what.
type Equation struct {
	Code  string
	Left  store.Figure
	Right []store.Figure
	// Count says that quantities must be equal too: they count the same things.
	Count bool
}

// Equations of the balance each run closes with (RULES section 7). Left and
// right are read by different ways through the books, so that a lost or
// doubled record shows.
var Equations = []Equation{
	{Code: "RECEIPTS", Left: store.FigReceipts, Right: []store.Figure{store.FigReceiptsByStatus}, Count: true},
	{Code: "BOOKED", Left: store.FigReceipts, Right: []store.Figure{store.FigShares}},
	{Code: "NOTICES", Left: store.FigNotices, Right: []store.Figure{store.FigNoticesLinked, store.FigNoticesAlone}, Count: true},
	{Code: "FLOWS", Left: store.FigDeclared, Right: []store.Figure{store.FigFlowLines, store.FigFlowDifferences}},
	{Code: "CASH", Left: store.FigCash, Right: []store.Figure{store.FigCashLinked, store.FigCashBeyondFlows, store.FigCashByIUV, store.FigCashUnmatched}},
	{Code: "SETTLED", Left: store.FigCashLinked, Right: []store.Figure{store.FigSettledTotals, store.FigSettledDifferences}},
	{Code: "ROWS", Left: store.FigRows, Right: []store.Figure{store.FigRowsKept, store.FigRowsRejected}, Count: true},
}

// ResidualError says that a balance is not zero: the books are wrong, or quadra
// is, and the run must not count as done.
type ResidualError struct {
	Residuals []store.BalanceRow
}

func (e *ResidualError) Error() string {
	var b strings.Builder
	b.WriteString("the balance is not zero:")
	for _, r := range e.Residuals {
		fmt.Fprintf(&b, " %s leaves %d records and %s euro;", r.Code, r.Quantity, r.Amount)
	}
	return strings.TrimSuffix(b.String(), ";")
}

// Balance computes the quadratura of the books as they are. It returns every
// equation with its addends and residual, and a *ResidualError when a residual
// is not zero.
func Balance(tx *store.Tx) ([]store.BalanceRow, error) {
	var rows []store.BalanceRow
	var bad []store.BalanceRow
	for _, eq := range Equations {
		residual := store.BalanceRow{Code: eq.Code, Side: "residual"}
		add := func(fig store.Figure, side string, sign int64) error {
			sums, err := tx.Sums(fig)
			if err != nil {
				return fmt.Errorf("balance %s: %w", eq.Code, err)
			}
			for _, s := range sums {
				part := strings.TrimPrefix(string(fig), "Sum")
				if s.Part != "" {
					part += ":" + s.Part
				}
				rows = append(rows, store.BalanceRow{Code: eq.Code, Part: part, Side: side, Quantity: s.Quantity, Amount: s.Amount})
				residual.Amount += record.Cents(sign) * s.Amount
				if eq.Count {
					residual.Quantity += sign * s.Quantity
				}
			}
			return nil
		}
		if err := add(eq.Left, "left", 1); err != nil {
			return nil, err
		}
		for _, fig := range eq.Right {
			if err := add(fig, "right", -1); err != nil {
				return nil, err
			}
		}
		rows = append(rows, residual)
		if residual.Amount != 0 || residual.Quantity != 0 {
			bad = append(bad, residual)
		}
	}
	if len(bad) > 0 {
		return rows, &ResidualError{Residuals: bad}
	}
	return rows, nil
}
