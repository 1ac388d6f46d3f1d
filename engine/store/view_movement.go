package store

import (
	"fmt"
	"math"

	"quadra/engine/record"
)

// MovementFilter narrows [Tx.MovementViews]. Empty fields do not narrow.
type MovementFilter struct {
	ViewFilter
	Year   int    // esercizio
	Number string // provvisorio, without leading zeros
}

// MovementView is a judged movement of the giornale di cassa with what its
// text names and what it pays. Amounts are cents.
type MovementView struct {
	ID         int64
	Account    string // empty when the layout does not say
	Year       int
	Number     string
	Amount     record.Cents // as executed
	Reversed   record.Cents // taken back by STORNATO
	Cash       record.Cents // Amount less Reversed
	Covered    record.Cents // by orders of the entity
	BookedOn   record.Date
	ValueOn    record.Date
	Payer      string
	Remittance string
	EndToEnd   string
	Treasurer  string
	Code       string
	Ambiguous  bool // its text names flows that exclude each other

	Verdict  *Verdict // shared between rows: read only
	ReviewOn record.Date
	Source   Source
	Refs     []NamedRef
	Links    []LinkedSettlement
}

// NamedRef is an identifier the remittance text of a movement names.
type NamedRef struct {
	Ref
	Used bool // an IUV that a payment is cashed by
}

// LinkedSettlement is a settlement seen from a movement that pays it.
type LinkedSettlement struct {
	ID          int64
	IUF         string
	PSP         string
	RegulatedOn record.Date
	Total       record.Cents // declared by the flow
	Amount      record.Cents // what the movement carries to it
	Reason      string       // why it was linked
}

// Linked is what the movement carries to the flows it pays.
func (m *MovementView) Linked() record.Cents {
	var sum record.Cents
	for i := range m.Links {
		sum += m.Links[i].Amount
	}
	return sum
}

// Difference is what the movement brings beyond the flows it pays; 0 when it
// pays none.
func (m *MovementView) Difference() record.Cents {
	if len(m.Links) == 0 {
		return 0
	}
	return m.Cash - m.Linked()
}

// MovementViews calls fn for each judged movement the filter lets through, in
// the order of the giornale di cassa: year, number (9 before 10) and account. The view is reused from one call to
// the next; fn may run other queries of the transaction, but not this one again.
func (tx *Tx) MovementViews(f MovementFilter, fn func(*MovementView) error) error {
	low, high := math.MinInt32, math.MaxInt32
	if f.Year != 0 {
		low, high = f.Year, f.Year
	}
	v := tx.viewer()
	var m MovementView
	return tx.each("ViewMovements", []any{low, high, flag(f.Anomalies), f.Status, f.Number}, func(scan func(...any) error) error {
		if err := v.movement(scan, &m); err != nil {
			return fmt.Errorf("movement %d/%s: %w", m.Year, m.Number, err)
		}
		return fn(&m)
	})
}

func (v *viewer) movement(scan func(...any) error, m *MovementView) (err error) {
	var verdict, doc int64
	var line int
	var review, booked, value string
	if err = scan(&m.ID, &m.Account, &m.Year, &m.Number, &m.Amount, &m.Reversed, &m.Cash, &m.Covered, &booked, &value,
		&m.Payer, &m.Remittance, &m.EndToEnd, &m.Treasurer, &m.Code, &m.Ambiguous, &verdict, &review, &doc, &line); err != nil {
		return err
	}
	if err = parseDates(datePair{review, &m.ReviewOn}, datePair{booked, &m.BookedOn}, datePair{value, &m.ValueOn}); err != nil {
		return err
	}
	if m.Source, err = v.source(doc, line); err != nil {
		return err
	}
	if m.Verdict, err = v.verdict(verdict); err != nil {
		return err
	}
	m.Refs = m.Refs[:0]
	err = v.tx.each("ViewMovementRefs", []any{m.ID}, func(scan func(...any) error) error {
		var r NamedRef
		err := scan(&r.Kind, &r.ID, &r.Step, &r.Used, &r.Barred)
		m.Refs = append(m.Refs, r)
		return err
	})
	if err != nil {
		return err
	}
	m.Links = m.Links[:0]
	return v.tx.each("ViewMovementLinks", []any{m.ID}, func(scan func(...any) error) error {
		var l LinkedSettlement
		var on string
		if err := scan(&l.ID, &l.IUF, &l.PSP, &on, &l.Total, &l.Amount, &l.Reason); err != nil {
			return err
		}
		err := l.RegulatedOn.UnmarshalText([]byte(on))
		m.Links = append(m.Links, l)
		return err
	})
}
