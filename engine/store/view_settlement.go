package store

import (
	"fmt"
	"strings"
	"time"

	"quadra/engine/record"
)

// SettlementFilter narrows [Tx.SettlementViews]. Empty fields do not narrow.
type SettlementFilter struct {
	ViewFilter
	IUF string // in any case of letters
}

// SettlementView is a judged settlement: the current version of a flow and the
// movements that pay it. Amounts are cents.
type SettlementView struct {
	ID          int64
	PSP         string
	PSPName     string
	BIC         string
	IUF         string
	Year        int
	Revision    int // 0: the flow does not say
	ProducedAt  time.Time
	Regulation  string // TRN of the credit
	RegulatedOn record.Date
	Versions    int  // of the flow, this one included
	Revised     bool // this version was produced after cash had come

	DeclaredCount int
	DeclaredTotal record.Cents
	LineCount     int // rejected lines included
	TotalPlain    record.Cents
	TotalNet      record.Cents // revoked lines subtracted
	Cash          record.Cents // of its movements
	Parts         int          // how many they are

	Verdict   *Verdict // shared between rows: read only
	ReviewOn  record.Date
	Source    Source // of the flow
	Movements []LinkedMovement
}

// Difference is what its movements bring beyond its declared total; 0 while
// none came.
func (s *SettlementView) Difference() record.Cents {
	if s.Parts == 0 {
		return 0
	}
	return s.Cash - s.DeclaredTotal
}

// Consistent says that its lines add up to what its header declares, revoked
// lines added or subtracted.
func (s *SettlementView) Consistent() bool {
	return s.DeclaredCount == s.LineCount && (s.DeclaredTotal == s.TotalPlain || s.DeclaredTotal == s.TotalNet)
}

// LinkedMovement is a movement seen from what it pays.
type LinkedMovement struct {
	ID       int64
	Account  string // empty when the layout does not say
	Year     int
	Number   string
	Cash     record.Cents // received, reversals taken away
	BookedOn record.Date
	ValueOn  record.Date
	Amount   record.Cents // what it carries to the settlement
	Reason   string       // why it was linked
	Source   Source
}

// SettlementViews calls fn for each judged settlement the filter lets through,
// in the order of IUF, PSP and year. The view is reused from one call to the
// next; fn may run other queries of the transaction, but not this one again.
func (tx *Tx) SettlementViews(f SettlementFilter, fn func(*SettlementView) error) error {
	low, high := textRange(strings.ToUpper(f.IUF))
	v := tx.viewer()
	var s SettlementView
	return tx.each("ViewSettlements", []any{low, high, flag(f.Anomalies), f.Status}, func(scan func(...any) error) error {
		if err := v.settlement(scan, &s); err != nil {
			return fmt.Errorf("settlement %s: %w", s.IUF, err)
		}
		return fn(&s)
	})
}

func (v *viewer) settlement(scan func(...any) error, s *SettlementView) (err error) {
	var verdict, doc int64
	var line int
	var review, produced, regulated string
	if err = scan(&s.ID, &s.PSP, &s.IUF, &s.Year, &s.Revised, &s.Cash, &s.Parts, &verdict, &review,
		&s.Versions,
		&doc, &line, &s.Revision, &produced, &s.Regulation, &regulated, &s.PSPName, &s.BIC,
		&s.DeclaredCount, &s.DeclaredTotal, &s.LineCount, &s.TotalPlain, &s.TotalNet); err != nil {
		return err
	}
	if err = parseDates(datePair{review, &s.ReviewOn}, datePair{regulated, &s.RegulatedOn}); err != nil {
		return err
	}
	if s.ProducedAt, err = parseInstant(produced); err != nil {
		return err
	}
	if s.Source, err = v.source(doc, line); err != nil {
		return err
	}
	if s.Verdict, err = v.verdict(verdict); err != nil {
		return err
	}
	s.Movements, err = v.movementsOf("ViewSettlementMovements", s.ID, s.Movements[:0])
	return err
}

// RevisedLine is a line of a flow that its current version brought, took away
// or changed.
type RevisedLine struct {
	IUV       string
	IUR       string
	Index     int
	Before    record.Cents
	After     record.Cents
	HadBefore bool
	HasAfter  bool
}

// RevisedLines compares the current version of a flow with the one before it.
// It is empty when there is one version only, or the lines are the same.
func (tx *Tx) RevisedLines(settlement int64) ([]RevisedLine, error) {
	var out []RevisedLine
	err := tx.each("ViewRevisedLines", []any{settlement}, func(scan func(...any) error) error {
		var l RevisedLine
		var before, after int
		if err := scan(&l.IUV, &l.IUR, &l.Index, &l.Before, &l.After, &before, &after); err != nil {
			return err
		}
		l.HadBefore, l.HasAfter = before > 0, after > 0
		out = append(out, l)
		return nil
	})
	return out, err
}

// SettlementMovements lists the movements that settle a flow.
func (tx *Tx) SettlementMovements(settlement int64) ([]LinkedMovement, error) {
	return tx.viewer().movementsOf("ViewSettlementMovements", settlement, nil)
}

// CashOfIUV lists the movements that name the IUV and settle no flow.
func (tx *Tx) CashOfIUV(iuv string) ([]LinkedMovement, error) {
	return tx.viewer().movementsOf("ViewCashOfIUV", iuv, nil)
}

func (v *viewer) movementsOf(query string, key any, out []LinkedMovement) ([]LinkedMovement, error) {
	err := v.tx.each(query, []any{key}, func(scan func(...any) error) error {
		var m LinkedMovement
		var doc int64
		var line int
		err := scan(&m.ID, &m.Account, &m.Year, &m.Number, &m.Cash, dateInto{&m.BookedOn}, dateInto{&m.ValueOn}, &m.Amount, &m.Reason, &doc, &line)
		if err != nil {
			return err
		}
		m.Source, err = v.source(doc, line)
		out = append(out, m)
		return err
	})
	return out, err
}
