package store

import "quadra/engine/record"

// storedMovement is what the books hold of a movement before a row about it.
type storedMovement struct {
	id    int64
	docID int64
	record.Movement
}

// Movement stores one row of a giornale di cassa: an event of a provvisorio. An
// order (REVERSALE) brings no cash: what it covers is kept for booking.
func (l *Loader) Movement(m *record.Movement) error {
	if m.SameRow && l.leftOut {
		return nil
	}
	l.leftOut = false
	if m.Document != record.DocSospeso {
		l.accept(0)
		return l.covers(m)
	}
	old, err := l.tx.movement(m, l.Accounts)
	if err != nil {
		return err
	}
	var id int64
	if old != nil {
		id = old.id
	} else {
		amount := m.Amount
		if m.Operation != record.OpExecuted {
			amount = 0 // its execution has not been seen yet
		}
		if id, err = l.tx.insert("MovementInsert", m.Account, m.Year, m.Number, int64(amount), m.BookedOn.String(),
			m.ValueOn.String(), m.Payer, m.Remittance, m.EndToEnd, m.Treasurer, m.Code, m.IUF, m.IUV, l.docID, m.Line); err != nil {
			return err
		}
	}
	var twins int64
	if _, err := l.tx.one("MovementEventTwins", []any{id, string(m.Document), string(m.Operation), m.BookedOn.String(),
		int64(m.Amount), l.docID}, &twins); err != nil {
		return err
	}
	if m.Operation == record.OpExecuted && old != nil {
		changed := !sameMovement(&old.Movement, m)
		if changed && old.docID == l.docID && old.Amount != 0 {
			l.leftOut = true
			return l.duplicate(m.Line, old.Line, "N.PROVV.", m.Number)
		}
		if changed {
			if err := l.replaceMovement(old, m); err != nil {
				return err
			}
		} else if twins > 0 || old.docID != l.docID {
			l.accept(m.Amount) // re-sent: the same row about the same provvisorio
			return nil
		}
	}
	if _, err := l.tx.exec("MovementEventInsert", id, string(m.Document), string(m.Operation), int64(m.Amount),
		m.BookedOn.String(), twins, l.docID, m.Line); err != nil {
		return err
	}
	if _, err := l.tx.exec("MovementSums", id); err != nil {
		return err
	}
	if _, err := l.tx.exec("DirtyMovement", id, l.file.ID, ""); err != nil {
		return err
	}
	switch {
	case m.SameRow: // counted with the movement before
	case m.Operation == record.OpExecuted:
		l.accept(m.Amount)
	case m.Operation == record.OpReversed:
		l.accept(-m.Amount)
	default:
		l.accept(0)
	}
	return nil
}

func (l *Loader) covers(m *record.Movement) error {
	for i, c := range m.Covers {
		if _, err := l.tx.exec("CoverInsert", l.docID, m.Line, i+1, m.Year, m.Account, m.Number, string(m.Operation), c.Number,
			int64(c.Amount), m.BookedOn.String()); err != nil {
			return err
		}
	}
	return nil
}

func (l *Loader) replaceMovement(old *storedMovement, m *record.Movement) error {
	if old.Amount != 0 {
		if _, err := l.tx.exec("MovementKeepPast", l.docID, old.id); err != nil {
			return err
		}
	}
	// The name first written stays: decisions know the movement by it.
	account := old.Account
	if account == "" {
		account = m.Account
	}
	_, err := l.tx.exec("MovementReplace", account, int64(m.Amount), m.BookedOn.String(), m.ValueOn.String(), m.Payer,
		m.Remittance, m.EndToEnd, m.Treasurer, m.Code, m.IUF, m.IUV, l.docID, m.Line, old.id)
	return err
}

// sameMovement compares what the books keep of two rows about one provvisorio.
func sameMovement(a, b *record.Movement) bool {
	return a.Amount == b.Amount && a.BookedOn == b.BookedOn && a.ValueOn == b.ValueOn && a.Payer == b.Payer &&
		a.Remittance == b.Remittance && a.EndToEnd == b.EndToEnd && a.IUF == b.IUF && a.IUV == b.IUV
}

// movement finds the provvisorio a row speaks of. The key is year, number and
// account; a layout that does not name the account means the provvisorio of
// that year and number when there is only one, so that the same day delivered
// in two layouts is not counted twice.
func (tx *Tx) movement(m *record.Movement, accounts record.Accounts) (*storedMovement, error) {
	var found []*storedMovement
	err := tx.each("MovementFind", []any{m.Year, m.Number}, func(scan func(...any) error) error {
		s := &storedMovement{Movement: record.Movement{Year: m.Year, Number: m.Number}}
		var booked, value string
		if err := scan(&s.id, &s.Account, &s.Amount, &booked, &value, &s.Payer, &s.Remittance, &s.EndToEnd,
			&s.Treasurer, &s.Code, &s.IUF, &s.IUV, &s.docID, &s.Line); err != nil {
			return err
		}
		if err := s.BookedOn.UnmarshalText([]byte(booked)); err != nil {
			return err
		}
		if err := s.ValueOn.UnmarshalText([]byte(value)); err != nil {
			return err
		}
		found = append(found, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		if accounts.Name(s.Account) == accounts.Name(m.Account) {
			return s, nil
		}
	}
	if len(found) == 1 && (m.Account == "" || found[0].Account == "") {
		return found[0], nil
	}
	return nil, nil
}
