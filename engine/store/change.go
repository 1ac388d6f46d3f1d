package store

// The sequence of changes: one number per change of a payment or of a movement,
// without gaps, given in the transaction that judges. A number says that what
// the books hold of the unit, or how they judge it, may be different; a unit
// only the calendar looked at gets one only when its judgement or its figures
// changed. All the payments of a first load share one number: a row for each of
// them would say nothing.

// LastChangeNumber is the number of the last change, 0 when there was none.
func (tx *Tx) LastChangeNumber() (int64, error) {
	var n int64
	_, err := tx.one("ChangeLast", nil, &n)
	return n, err
}

// Changed names a unit that changed and the last number it has.
type Changed struct {
	Number   int64
	Movement int64  // id; 0: a payment
	IUV      string // of a payment, with its key
	PaymentKey
}

// ChangedPayments calls fn for every payment that changed after a number, or
// that shows a movement which did, in the order of their keys. Payments that are
// no more are among them. fn must not keep the value.
func (tx *Tx) ChangedPayments(since int64, fn func(*Changed) error) error {
	return tx.changedPayments("ChangedPayments", since, fn)
}

// ChangedReceipts calls fn for every payment with an IUR that itself changed
// after a number, in the order of their keys, whether it has a receipt or not.
// fn must not keep the value.
func (tx *Tx) ChangedReceipts(since int64, fn func(*Changed) error) error {
	return tx.changedPayments("ChangedReceipts", since, fn)
}

func (tx *Tx) changedPayments(name string, since int64, fn func(*Changed) error) error {
	var c Changed
	return tx.each(name, []any{since}, func(scan func(...any) error) error {
		if err := scan(&c.IUV, &c.IUR, &c.Index, &c.AloneIUD, &c.Number); err != nil {
			return err
		}
		return fn(&c)
	})
}

// ChangedMovements calls fn for every movement that changed after a number, in
// the order of their ids. fn must not keep the value.
func (tx *Tx) ChangedMovements(since int64, fn func(*Changed) error) error {
	var c Changed
	return tx.each("ChangedMovements", []any{since}, func(scan func(...any) error) error {
		if err := scan(&c.Movement, &c.Number); err != nil {
			return err
		}
		return fn(&c)
	})
}

// NumberPayment numbers a payment whose judgement is the same as before, though
// what it was read from may not be.
func (tx *Tx) NumberPayment(run int64, g *Group, p *PaymentRow) error {
	return tx.number(run, g, p, false)
}

// NumberMovement does the same for a movement.
func (tx *Tx) NumberMovement(run int64, m *MovementRow) error {
	_, err := tx.exec("ChangeOfMovement", run, m.ID)
	return err
}

func (tx *Tx) number(run int64, g *Group, p *PaymentRow, gone bool) error {
	if tx.judging.first && !gone {
		if tx.judging.told {
			return nil
		}
		tx.judging.told = true
		_, err := tx.exec("ChangeOfAll", run)
		return err
	}
	b, err := tx.bulk("ChangeOfPayment")
	if err != nil {
		return err
	}
	b.Int(run)
	packPaymentKey(b, g, p)
	b.Flag(gone)
	return tx.added(b)
}
