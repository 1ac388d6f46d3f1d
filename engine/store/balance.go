package store

import "quadra/engine/record"

// Figure is a count and an amount read from the books, for the balance.
type Figure string

// The figures a balance is made of.
const (
	FigReceipts           Figure = "SumReceipts"           // receipt lines in the books
	FigReceiptsByStatus   Figure = "SumReceiptsByStatus"   // receipt lines by status of their payment
	FigShares             Figure = "SumShares"             // shares of receipt lines by the source of their split
	FigDeclared           Figure = "SumDeclared"           // current flows and their declared totals
	FigFlowLines          Figure = "SumFlowLines"          // lines of current flows in the reading that matches
	FigFlowDifferences    Figure = "SumFlowDifferences"    // what inconsistent flows declare more than their lines
	FigCash               Figure = "SumCash"               // cash received, reversals taken away
	FigCashLinked         Figure = "SumCashLinked"         // cash carried to flows
	FigCashByIUV          Figure = "SumCashByIUV"          // cash matched to receipts by IUV
	FigCashBeyondFlows    Figure = "SumCashBeyondFlows"    // what movements bring beyond the flows they pay
	FigCashUnmatched      Figure = "SumCashUnmatched"      // the other movements, by status
	FigSettledTotals      Figure = "SumSettledTotals"      // declared totals of flows that have cash
	FigSettledDifferences Figure = "SumSettledDifferences" // cash less declared total of those flows, by status
	FigRows               Figure = "SumRows"               // rows read from loaded files
	FigRowsKept           Figure = "SumRowsKept"
	FigRowsRejected       Figure = "SumRowsRejected"
	FigNotices            Figure = "SumNotices"
	FigNoticesAlone       Figure = "SumNoticesAlone"  // notices that are a payment of their own
	FigNoticesLinked      Figure = "SumNoticesLinked" // notices whose IUD a receipt carries
)

// Sum is one line of a figure.
type Sum struct {
	Part     string // status or reading; empty when the figure is one line
	Quantity int64
	Amount   record.Cents
}

// Sums reads a figure.
func (tx *Tx) Sums(f Figure) ([]Sum, error) { return tx.sums(string(f)) }

func (tx *Tx) sums(name string) ([]Sum, error) {
	var out []Sum
	err := tx.each(name, nil, func(scan func(...any) error) error {
		var s Sum
		err := scan(&s.Part, &s.Quantity, &s.Amount)
		out = append(out, s)
		return err
	})
	return out, err
}
