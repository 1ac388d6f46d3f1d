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
	Also          string // its other causes, see [Group]
	FlowID        int64  // its current version
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
	Also       string
	Touched    bool // something it holds may have changed: it is not the calendar alone
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
		if err := scan(&s.ID, &s.Cash, &s.Parts, &s.Revised, &s.Verdict, &review, &s.Cause, &s.Also, &s.FlowID, &on,
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
			&m.Verdict, &review, &m.Cause, &m.Also, &m.Touched, &m.NamesIUF, &m.NamesIUV, &m.IUVUsed, &m.Links, &m.Linked, &m.Payable); err != nil {
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

// SetSettlementVerdict stores how a settlement is judged and a history row when
// the verdict, its cash or its current version changed.
func (tx *Tx) SetSettlementVerdict(run int64, s *SettlementRow, verdict int64, review record.Date) (changed bool, err error) {
	now := unitState{amount: s.Cash, parts: s.Parts, flow: s.FlowID}
	if s.Parts > 0 {
		now.difference = s.Cash - s.DeclaredTotal
		if _, err := tx.one("SettlementReasons", []any{s.ID}, &now.reasons); err != nil {
			return false, err
		}
	}
	return tx.setVerdict("settlement", "SettlementVerdict", run, s.ID, now, judgement{s.Verdict, verdict, s.ReviewOn, review, s.Cause, s.Also})
}

// SetMovementVerdict stores how a movement is judged, a history row when the
// verdict, its cash or what it carries to flows changed, and what listings show
// of it when that changed.
func (tx *Tx) SetMovementVerdict(run int64, m *MovementRow, verdict int64, review record.Date) (changed bool, err error) {
	var stands bool
	if _, err := tx.one("MovementVersionStands", []any{m.ID}, &stands); err != nil {
		return false, err
	}
	if !stands {
		if _, err := tx.exec("MovementVersion", m.ID, run); err != nil {
			return false, err
		}
	}
	now := unitState{amount: m.Cash, parts: m.Links}
	if m.Links > 0 {
		now.difference = m.Cash - m.Linked
	}
	if m.Links > 0 || m.IUVUsed {
		if _, err := tx.one("MovementReasons", []any{m.ID}, &now.reasons); err != nil {
			return false, err
		}
	}
	return tx.setVerdict("movement", "MovementVerdict", run, m.ID, now, judgement{m.Verdict, verdict, m.ReviewOn, review, m.Cause, m.Also})
}

// unitState is what the history keeps of a unit beside its verdict.
type unitState struct {
	amount, difference record.Cents
	parts              int
	flow               int64
	reasons            string // of its links, sorted, joined by |
}

// judgement is how a unit was judged, how it is now, and why it was looked at.
type judgement struct {
	before, after        int64
	reviewedOn, reviewOn record.Date
	cause                int64
	also                 string
}

func (tx *Tx) setVerdict(unit, update string, run, id int64, now unitState, j judgement) (bool, error) {
	if j.before != j.after || j.reviewedOn != j.reviewOn {
		if _, err := tx.exec(update, j.after, nullableDate(j.reviewOn), id); err != nil {
			return false, err
		}
	}
	if j.before == j.after {
		var last unitState
		if _, err := tx.one("UnitHistoryLast", []any{unit, id}, &last.amount, &last.difference, &last.parts, &last.flow, &last.reasons); err != nil || last == now {
			return false, err
		}
	}
	_, err := tx.exec("UnitHistory", unit, id, run, nullable(j.before), j.after, int64(now.amount), int64(now.difference), now.parts,
		nullable(now.flow), nullable(j.cause), j.also, now.reasons)
	return true, err
}
