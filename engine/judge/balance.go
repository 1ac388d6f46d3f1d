package judge

import (
	"fmt"
	"strconv"
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

// Balance computes the quadratura of the books as they are, reading every table
// whole. It returns every equation with its addends and residual, and a
// *ResidualError when a residual is not zero.
func Balance(tx *store.Tx) ([]store.BalanceRow, error) { return balance(tx.Sums) }

// ProvedEvery is how many runs a proof that read every table holds for.
const ProvedEvery = 7

// metaProved names the run that last read every table, as the store's values do.
const metaProved = "proved_in_run"

// CloseRun computes the quadratura a run closes with. It is the same whichever way
// it is read: from running totals, which SQLite keeps table by table, or, at the
// latest every [ProvedEvery] runs, from the tables themselves, which proves the
// running totals too (see [store.ErrTotals]).
func CloseRun(tx *store.Tx, run int64) ([]store.BalanceRow, error) {
	kept, err := tx.TotalsKept()
	if err != nil {
		return nil, err
	}
	last, err := tx.Meta(metaProved)
	if err != nil {
		return nil, err
	}
	if proved, err := strconv.ParseInt(last, 10, 64); err == nil && kept && proved <= run && run-proved < ProvedEvery {
		return balance(tx.KeptSums)
	}
	known := make(map[store.Figure][]store.Sum) // so that no table is read twice
	read := func(f store.Figure) (sums []store.Sum, err error) {
		sums, ok := known[f]
		if !ok {
			sums, err = tx.Sums(f)
			known[f] = sums
		}
		return sums, err
	}
	rows, err := balance(read)
	if err != nil {
		return rows, err
	}
	if err := tx.ProveTotals(read); err != nil {
		return rows, err
	}
	if err := tx.KeepTotals(read); err != nil {
		return rows, err
	}
	return rows, tx.SetMeta(metaProved, strconv.FormatInt(run, 10))
}

func balance(sums func(store.Figure) ([]store.Sum, error)) ([]store.BalanceRow, error) {
	var rows []store.BalanceRow
	var bad []store.BalanceRow
	for _, eq := range Equations {
		residual := store.BalanceRow{Code: eq.Code, Side: "residual"}
		add := func(fig store.Figure, side string, sign int64) error {
			parts, err := sums(fig)
			if err != nil {
				return fmt.Errorf("balance %s: %w", eq.Code, err)
			}
			for _, s := range parts {
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
