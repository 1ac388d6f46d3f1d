package store

import (
	"time"

	"quadra/engine/record"
)

// MissingReceipt is a payment whose receipt never came: a flow or a notice of the
// entity speaks of it.
type MissingReceipt struct {
	IUV string
	PaymentKey
	IUD     string
	Amount  record.Cents
	Status  string
	Outcome int         // of its flow line; 8 and 9 stand for the receipt
	PaidOn  record.Date // by the flow, else by the notice
	IUF     string
	PSP     string
	PSPName string
	Source  Source // of the flow line, else of the notice
	Since   record.Date
	Asked   int       // how often
	AskedAt time.Time // last; zero: never
}

// MissingReceipts calls fn for every payment without a real receipt that is past
// its term, or whose flow line implies one (outcomes 8 and 9), in the order of
// IUV, IUR and index, as a run left the books. Requests made since are not
// counted. Notices without IUV are left out: there is nothing to ask by. fn must
// not keep the row.
func (tx *Tx) MissingReceipts(run int64, fn func(*MissingReceipt) error) error {
	var m MissingReceipt
	return tx.each("MissingReceipts", []any{run}, func(scan func(...any) error) error {
		if err := scan(&m.IUV, &m.IUR, &m.Index, &m.AloneIUD, &m.IUD, &m.Amount, &m.Status, &m.Outcome, dateInto{&m.PaidOn},
			&m.IUF, &m.PSP, &m.PSPName, &m.Source.File, &m.Source.SHA256, &m.Source.Entry, &m.Source.Line,
			&m.Asked, instantInto{&m.AskedAt}); err != nil {
			return err
		}
		var err error
		if m.Since, err = tx.missingSince(&m, run); err != nil {
			return err
		}
		return fn(&m)
	})
}

// missingSince is the as-of date of the run that found the receipt missing, and
// every run since.
func (tx *Tx) missingSince(m *MissingReceipt, run int64) (since record.Date, err error) {
	unbroken := true
	err = tx.each("MissingReceiptHistory", []any{m.IUV, m.IUR, m.Index, m.AloneIUD, run}, func(scan func(...any) error) error {
		var on record.Date
		var missing bool
		var at int64 // the run
		err := scan(dateInto{&on}, &missing, &at)
		if unbroken = unbroken && missing; unbroken {
			since = on
		}
		return err
	})
	return since, err
}

// AddReceiptRequest records that somebody asked for a receipt, having seen the
// books of a run.
func (tx *Tx) AddReceiptRequest(m *MissingReceipt, run int64, at time.Time, author string) error {
	_, err := tx.exec("ReceiptRequestInsert", m.IUV, m.IUR, m.Index, m.AloneIUD, run, instant(at), author)
	return err
}
