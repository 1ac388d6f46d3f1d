package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// Total counts and sums the units of one status or label.
type Total struct {
	Code     string
	Sign     int // of the status; 0 for a label
	Severity int // of the status; 0 for a label
	Count    int64
	Amount   record.Cents
}

// UnitTotals are the totals of one unit. The amount of a payment is its own,
// of a settlement the declared total of its flow, of a movement its cash.
type UnitTotals struct {
	Count    int64
	Amount   record.Cents
	ByStatus []Total // in the order of the code
	// ByLabel is in the order of the code. Labels are not exclusive: they add
	// up to more than the unit.
	ByLabel []Total
}

// Anomalies counts and sums what has a negative status.
func (u *UnitTotals) Anomalies() (count int64, amount record.Cents) {
	for _, t := range u.ByStatus {
		if t.Sign < 0 {
			count += t.Count
			amount += t.Amount
		}
	}
	return count, amount
}

// Add counts a unit judged so.
func (u *UnitTotals) Add(v *Verdict, amount record.Cents) {
	u.Count++
	u.Amount += amount
	u.ByStatus = addCode(u.ByStatus, Total{v.Status, v.Sign, v.Severity, 1, amount})
	for l := range strings.SplitSeq(v.Labels, "|") {
		if l != "" {
			u.ByLabel = addCode(u.ByLabel, Total{Code: l, Count: 1, Amount: amount})
		}
	}
}

// addCode adds to the total of a code, which keeps its place in their order.
func addCode(totals []Total, t Total) []Total {
	i, found := slices.BinarySearchFunc(totals, t.Code, func(have Total, code string) int { return cmp.Compare(have.Code, code) })
	if !found {
		return slices.Insert(totals, i, t)
	}
	totals[i].Count += t.Count
	totals[i].Amount += t.Amount
	return totals
}

// Totals are the totals of everything judged.
type Totals struct {
	Payments    UnitTotals
	Settlements UnitTotals
	Movements   UnitTotals
}

// Totals counts and sums what is judged, by status and by label: payments from
// their running totals where there are some.
func (tx *Tx) Totals() (*Totals, error) {
	var t Totals
	v := tx.viewer()
	kept, err := tx.TotalsKept()
	if err != nil {
		return nil, err
	}
	if kept {
		payments := make(verdictTotals)
		err = tx.eachKeptPayment(func(verdict int64, _ record.Date, n int64, amount record.Cents) error {
			payments.add(verdict, n, amount)
			return nil
		})
		if err == nil {
			err = v.totals(payments, &t.Payments)
		}
	} else {
		err = v.read("ViewPaymentTotals", &t.Payments)
	}
	if err == nil {
		err = v.read("ViewSettlementTotals", &t.Settlements)
	}
	if err == nil {
		err = v.read("ViewMovementTotals", &t.Movements)
	}
	if err != nil {
		return nil, fmt.Errorf("totals: %w", err)
	}
	return &t, nil
}

// verdictTotals are totals by verdict.
type verdictTotals map[int64]*Total

func (t verdictTotals) add(verdict, n int64, amount record.Cents) {
	sum := t[verdict]
	if sum == nil {
		sum = new(Total)
		t[verdict] = sum
	}
	sum.Count += n
	sum.Amount += amount
}

func (v *viewer) read(query string, into *UnitTotals) error {
	sums := make(verdictTotals)
	err := v.tx.stream(query, func(r *packed.Reader) error {
		verdict := r.Int()
		sums.add(verdict, 1, record.Cents(r.Int()))
		return nil
	})
	if err != nil {
		return err
	}
	return v.totals(sums, into)
}

func (v *viewer) totals(sums verdictTotals, into *UnitTotals) error {
	status, label := make(map[string]*Total), make(map[string]*Total)
	for id, t := range sums {
		verdict, err := v.verdict(id)
		if err != nil {
			return err
		}
		into.Count += t.Count
		into.Amount += t.Amount
		addTotal(status, Total{verdict.Status, verdict.Sign, verdict.Severity, t.Count, t.Amount})
		for l := range strings.SplitSeq(verdict.Labels, "|") {
			if l != "" {
				addTotal(label, Total{Code: l, Count: t.Count, Amount: t.Amount})
			}
		}
	}
	into.ByStatus, into.ByLabel = orderedTotals(status), orderedTotals(label)
	return nil
}

func addTotal(to map[string]*Total, t Total) {
	have := to[t.Code]
	if have == nil {
		to[t.Code] = &t
		return
	}
	have.Count += t.Count
	have.Amount += t.Amount
}

func orderedTotals(totals map[string]*Total) []Total {
	out := make([]Total, 0, len(totals))
	for _, t := range totals {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Total) int { return cmp.Compare(a.Code, b.Code) })
	return out
}
