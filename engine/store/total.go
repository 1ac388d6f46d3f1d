package store

import (
	"errors"
	"fmt"
	"maps"
	"strconv"

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// Running totals of the tables that grow with the history. They are filled from
// the tables, and from then on SQLite itself keeps them, by triggers: whatever
// changes a row, by whatever way, changes its total in the same transaction. So
// figures read from them compare table with table as those read from the tables
// do; what they cannot see is a file damaged underneath, for which everything is
// read from time to time, see [Tx.ProveTotals].

// ErrTotals says that a running total is not what its table adds up to.
var ErrTotals = errors.New("a running total differs from its table")

// keepers are the triggers.
var keepers = []string{
	"KeepPaymentInsert", "KeepPaymentDelete", "KeepPaymentUpdate", "KeepReceiptInsert", "KeepReceiptDelete", "KeepReceiptUpdate",
	"KeepNoticeInsert", "KeepNoticeDelete", "KeepNoticeUpdate", "KeepShareInsert", "KeepShareDelete", "KeepShareUpdate",
	"KeepFlowLineInsert", "KeepFlowLineDelete", "KeepFlowLineUpdate",
}

// keptFigures are the figures read from running totals, by the queries that read
// them from the tables.
var keptFigures = map[Figure]string{
	FigReceipts: "KeptReceipts", FigReceiptsByStatus: "KeptReceiptsByStatus", FigShares: "KeptShares", FigFlowLines: "KeptFlowLines",
	FigNotices: "KeptNotices", FigNoticesAlone: "KeptNoticesAlone", FigNoticesLinked: "KeptNoticesLinked",
}

// TotalsKept says whether there are running totals.
func (tx *Tx) TotalsKept() (bool, error) {
	var n int
	_, err := tx.one("TotalsKept", nil, &n)
	return n == len(keepers), err
}

// KeptSums is [Tx.Sums] read from the running totals where there are some.
func (tx *Tx) KeptSums(f Figure) ([]Sum, error) {
	if name, kept := keptFigures[f]; kept {
		return tx.sums(name)
	}
	return tx.Sums(f)
}

// KeepTotals fills the running totals and has them kept from now on; nothing
// where they already are. read gives figures read from the tables, as [Tx.Sums]
// does.
func (tx *Tx) KeepTotals(read func(Figure) ([]Sum, error)) error {
	kept, err := tx.TotalsKept()
	if err != nil || kept {
		return err
	}
	if err := tx.fillPaymentTotals(); err != nil {
		return err
	}
	if err := tx.fillLineTotals(); err != nil {
		return err
	}
	for figure, kind := range map[Figure]string{FigReceipts: "receipt", FigShares: "share", FigNotices: "notice", FigNoticesLinked: "linked"} {
		sums, err := read(figure)
		if err != nil {
			return err
		}
		for _, s := range sums {
			if err := tx.putTotal(kind, s); err != nil {
				return err
			}
		}
	}
	for _, name := range keepers {
		if _, err := tx.exec(name); err != nil {
			return err
		}
	}
	return nil
}

// putTotal stores a total, unless it counts nothing.
func (tx *Tx) putTotal(kind string, s Sum) error {
	if s.Quantity == 0 {
		return nil
	}
	_, err := tx.exec("TotalKept", kind, s.Part, s.Quantity, int64(s.Amount))
	return err
}

type totalKey struct {
	verdict    int64
	dueFrom    string
	hasReceipt int64
	alone      int64
}

type totalSum struct {
	n      int64
	amount record.Cents
}

func (tx *Tx) fillPaymentTotals() error {
	totals, err := tx.paymentTotals("TotalsOfPayments")
	for key, t := range totals {
		if err == nil {
			_, err = tx.exec("TotalPayment", key.verdict, key.dueFrom, key.hasReceipt, key.alone, t.n, int64(t.amount))
		}
	}
	return err
}

// paymentTotals adds up payments, or their running totals.
func (tx *Tx) paymentTotals(name string) (map[totalKey]totalSum, error) {
	totals := make(map[totalKey]totalSum)
	days := make(words)
	err := tx.stream(name, func(r *packed.Reader) error {
		key := totalKey{verdict: r.Int(), dueFrom: days.next(r), hasReceipt: r.Int(), alone: r.Int()}
		if key.verdict > 0 { // no anomaly has no age
			key.dueFrom = ""
		}
		t := totals[key]
		t.n += r.Int()
		t.amount += record.Cents(r.Int())
		totals[key] = t
		return nil
	})
	return totals, err
}

// fillLineTotals adds up the lines of each flow: those paid, and those revoked as
// they are and as what a flow takes back.
func (tx *Tx) fillLineTotals() error {
	kinds := [3]string{"paid", "revoked", "taken_back"}
	var flows [3]map[int64]totalSum
	for i := range flows {
		flows[i] = make(map[int64]totalSum)
	}
	add := func(kind int, flow int64, amount record.Cents) {
		t := flows[kind][flow]
		flows[kind][flow] = totalSum{t.n + 1, t.amount + amount}
	}
	err := tx.stream("TotalsOfLines", func(r *packed.Reader) error {
		flow, revoked, amount := r.Int(), r.Flag(), record.Cents(r.Int())
		if !revoked {
			add(0, flow, amount)
			return nil
		}
		add(1, flow, amount)
		add(2, flow, max(amount, -amount))
		return nil
	})
	for i, kind := range kinds {
		for flow, t := range flows[i] {
			if err == nil {
				err = tx.putTotal(kind, Sum{strconv.FormatInt(flow, 10), t.n, t.amount})
			}
		}
	}
	return err
}

// eachKeptPayment calls fn for the payments of each verdict, those of anomalies
// by the day their ageing starts.
func (tx *Tx) eachKeptPayment(fn func(verdict int64, dueFrom record.Date, n int64, amount record.Cents) error) error {
	return tx.each("KeptPayments", nil, func(scan func(...any) error) error {
		var verdict, n int64
		var from record.Date
		var amount record.Cents
		if err := scan(&verdict, dateInto{&from}, &n, &amount); err != nil {
			return err
		}
		return fn(verdict, from, n, amount)
	})
}

// KeptAnomalies calls fn for the payments of each verdict that is an anomaly, by
// the day their ageing starts. There must be running totals.
func (tx *Tx) KeptAnomalies(fn func(v *Verdict, dueFrom record.Date, n int64, amount record.Cents) error) error {
	view := tx.viewer()
	return tx.eachKeptPayment(func(verdict int64, from record.Date, n int64, amount record.Cents) error {
		if verdict > 0 {
			return nil
		}
		v, err := view.verdict(verdict)
		if err != nil {
			return err
		}
		return fn(v, from, n, amount)
	})
}

// ProveTotals compares the running totals with what the tables add up to. The
// error wraps [ErrTotals] when they differ; without totals there is nothing to
// prove. read is that of [Tx.KeepTotals].
func (tx *Tx) ProveTotals(read func(Figure) ([]Sum, error)) error {
	kept, err := tx.TotalsKept()
	if err != nil || !kept {
		return err
	}
	payments, err := tx.paymentTotals("TotalsOfPayments")
	if err != nil {
		return err
	}
	running, err := tx.paymentTotals("TotalsRunning")
	if err != nil {
		return err
	}
	if !maps.Equal(payments, running) {
		return fmt.Errorf("%w: payments", ErrTotals)
	}
	for figure := range keptFigures {
		whole, err := read(figure)
		if err != nil {
			return err
		}
		now, err := tx.KeptSums(figure)
		if err != nil {
			return err
		}
		if !sameSums(whole, now) {
			return fmt.Errorf("%w: %s is %v, kept as %v", ErrTotals, figure, whole, now)
		}
	}
	return nil
}

// sameSums says whether two figures are the same, whatever counts nothing apart.
func sameSums(a, b []Sum) bool {
	differ := make(map[string]Sum)
	for _, s := range a {
		differ[s.Part] = s
	}
	for _, s := range b {
		have := differ[s.Part]
		differ[s.Part] = Sum{s.Part, have.Quantity - s.Quantity, have.Amount - s.Amount}
	}
	for _, s := range differ {
		if s.Quantity != 0 || s.Amount != 0 {
			return false
		}
	}
	return true
}
