package store

import "quadra/engine/record"

// SettlementRow is a settlement as judging reads it.
type SettlementRow struct {
	ID            int64
	Cash          record.Cents
	Parts         int
	Revised       bool
	Verdict       int64 // 0: not judged yet
	ReviewOn      record.Date
	Cause         int64
	RegulatedOn   record.Date
	DeclaredCount int
	DeclaredTotal record.Cents
	LineCount     int
	TotalPlain    record.Cents
	TotalNet      record.Cents
}

// MovementRow is a movement as judging reads it.
type MovementRow struct {
	ID         int64
	Account    string
	Amount     record.Cents
	Reversed   record.Cents
	Cash       record.Cents
	BookedOn   record.Date
	Remittance string
	Payer      string
	Ambiguous  bool
	Verdict    int64
	ReviewOn   record.Date
	Cause      int64
	NamesIUF   bool
	NamesIUV   bool
	IUVUsed    bool         // a payment is cashed by it through its IUV
	Links      int          // settlements it pays
	Linked     record.Cents // the sum it carries to them
	Payable    bool         // one of those flows has a line that is not revoked
}

// SettlementsToJudge calls fn for the marked settlements, or all of them, in
// the order of their ids. fn may set the verdict of the settlement it got.
func (tx *Tx) SettlementsToJudge(all bool, fn func(*SettlementRow) error) error {
	name := "JudgeSettlementsDirty"
	if all {
		name = "JudgeSettlementsAll"
	}
	return tx.settlementsToJudge(name, nil, fn)
}

func (tx *Tx) settlementsToJudge(name string, args []any, fn func(*SettlementRow) error) error {
	return tx.each(name, args, func(scan func(...any) error) error {
		var s SettlementRow
		var review, on string
		if err := scan(&s.ID, &s.Cash, &s.Parts, &s.Revised, &s.Verdict, &review, &s.Cause, &on,
			&s.DeclaredCount, &s.DeclaredTotal, &s.LineCount, &s.TotalPlain, &s.TotalNet); err != nil {
			return err
		}
		if err := s.ReviewOn.UnmarshalText([]byte(review)); err != nil {
			return err
		}
		if err := s.RegulatedOn.UnmarshalText([]byte(on)); err != nil {
			return err
		}
		return fn(&s)
	})
}

// MovementsToJudge calls fn for the marked movements, or all of them, in the
// order of their ids. The movements of a marked settlement count as marked. fn
// may set the verdict of the movement it got.
func (tx *Tx) MovementsToJudge(all bool, fn func(*MovementRow) error) error {
	if _, err := tx.exec("DirtyMovementsOfSettlements"); err != nil {
		return err
	}
	name := "JudgeMovementsDirty"
	if all {
		name = "JudgeMovementsAll"
	}
	return tx.movementsToJudge(name, nil, fn)
}

func (tx *Tx) movementsToJudge(name string, args []any, fn func(*MovementRow) error) error {
	return tx.each(name, args, func(scan func(...any) error) error {
		var m MovementRow
		var booked, review string
		if err := scan(&m.ID, &m.Account, &m.Amount, &m.Reversed, &m.Cash, &booked, &m.Remittance, &m.Payer, &m.Ambiguous,
			&m.Verdict, &review, &m.Cause, &m.NamesIUF, &m.NamesIUV, &m.IUVUsed, &m.Links, &m.Linked, &m.Payable); err != nil {
			return err
		}
		if err := m.BookedOn.UnmarshalText([]byte(booked)); err != nil {
			return err
		}
		if err := m.ReviewOn.UnmarshalText([]byte(review)); err != nil {
			return err
		}
		return fn(&m)
	})
}

// SetSettlementVerdict stores how a settlement is judged and, when the verdict
// changed, a history row.
func (tx *Tx) SetSettlementVerdict(run int64, s *SettlementRow, verdict int64, review record.Date) (changed bool, err error) {
	return tx.setVerdict("settlement", "SettlementVerdict", run, s.ID, s.Verdict, verdict, s.ReviewOn, review, s.Cash, s.Cause)
}

// SetMovementVerdict stores how a movement is judged and, when the verdict
// changed, a history row.
func (tx *Tx) SetMovementVerdict(run int64, m *MovementRow, verdict int64, review record.Date) (changed bool, err error) {
	return tx.setVerdict("movement", "MovementVerdict", run, m.ID, m.Verdict, verdict, m.ReviewOn, review, m.Cash, m.Cause)
}

func (tx *Tx) setVerdict(unit, update string, run, id, before, after int64, oldReview, review record.Date, amount record.Cents, cause int64) (bool, error) {
	if before == after && oldReview == review {
		return false, nil
	}
	if _, err := tx.exec(update, after, nullableDate(review), id); err != nil {
		return false, err
	}
	if before == after {
		return false, nil
	}
	_, err := tx.exec("UnitHistory", unit, id, run, nullable(before), after, int64(amount), nullable(cause))
	return true, err
}
