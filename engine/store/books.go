package store

import (
	"fmt"

	"quadra/engine/record"
)

// Receipts calls fn for every receipt line, in the order of IUV, IUR and index.
// Line is not filled. fn must not keep the value. Memory does not follow the
// size of the books.
func (tx *Tx) Receipts(fn func(*record.ReceiptLine) error) error {
	return tx.receipts("PaidReceipts", nil, fn)
}

// Receipt calls fn for the receipt line of a payment, if it has one.
func (tx *Tx) Receipt(c *Changed, fn func(*record.ReceiptLine) error) error {
	return tx.receipts("PaidReceipt", []any{c.IUV, c.IUR, c.Index}, fn)
}

func (tx *Tx) receipts(name string, args []any, fn func(*record.ReceiptLine) error) error {
	var r record.ReceiptLine
	var paidOn, receivedAt string
	return tx.each(name, args, func(scan func(...any) error) error {
		err := scan(&r.IUV, &r.IUR, &r.Index, &r.IUD, &r.Amount, &r.Total, &r.Outcome, &paidOn, &r.DebtType, &r.Stamp,
			&r.OutcomeTag, &r.ReceiptID, &receivedAt, &r.Context, &r.Beneficiary, &r.PSP, &r.PSPName, &r.PayerKind, &r.PayerCode, &r.PayerName,
			&r.Remittance, &r.Collection, &r.Bilancio, &r.ImportFlow, &r.ImportRow, &r.OwnerCode, &r.OwnerName, &r.OwnerTaxonomy, &r.Metadata)
		if err != nil {
			return err
		}
		if err := r.PaidOn.UnmarshalText([]byte(paidOn)); err != nil {
			return fmt.Errorf("receipt %s %s %d: %w", r.IUV, r.IUR, r.Index, err)
		}
		if r.ReceivedAt, err = parseInstant(receivedAt); err != nil {
			return fmt.Errorf("receipt %s %s %d: %w", r.IUV, r.IUR, r.Index, err)
		}
		return fn(&r)
	})
}

// TreasuryRow is a provvisorio as it stands.
type TreasuryRow struct {
	ID         int64
	Account    string
	Year       int
	Number     string
	Cash       record.Cents // executed less reversed
	Covered    record.Cents // by orders of collection
	BookedOn   record.Date
	ValueOn    record.Date
	Payer      string
	Remittance string
	EndToEnd   string
	Treasurer  string // ABI
	Code       string // codice_gestionale_provvisorio
	IUF        string // of the flows it settles, else what it names; several joined by |
	IUV        string // what it names; several joined by |
}

// Treasury calls fn for every movement, ordered by year, number and account. fn
// must not keep the value.
func (tx *Tx) Treasury(fn func(*TreasuryRow) error) error {
	return tx.treasury("TreasuryMovements", nil, fn)
}

// TreasuryOf does the same for one movement.
func (tx *Tx) TreasuryOf(id int64, fn func(*TreasuryRow) error) error {
	return tx.treasury("TreasuryMovement", []any{id}, fn)
}

func (tx *Tx) treasury(name string, args []any, fn func(*TreasuryRow) error) error {
	var m TreasuryRow
	var booked, value string
	return tx.each(name, args, func(scan func(...any) error) error {
		err := scan(&m.ID, &m.Year, &m.Number, &m.Account, &m.Cash, &m.Covered, &booked, &value, &m.Payer, &m.Remittance, &m.EndToEnd,
			&m.Treasurer, &m.Code, &m.IUF, &m.IUV)
		if err != nil {
			return err
		}
		if err := m.BookedOn.UnmarshalText([]byte(booked)); err != nil {
			return fmt.Errorf("movement %d: %w", m.ID, err)
		}
		if err := m.ValueOn.UnmarshalText([]byte(value)); err != nil {
			return fmt.Errorf("movement %d: %w", m.ID, err)
		}
		return fn(&m)
	})
}

// HeldAssessments calls fn for what closed accertamenti hold of each payment, by
// office, chapter and code, in a stable order. Line is not filled. fn must not
// keep the value.
func (tx *Tx) HeldAssessments(fn func(*record.Assessment) error) error {
	var a record.Assessment
	return tx.each("AccertamentoRows", nil, func(scan func(...any) error) error {
		if err := scan(&a.Name, &a.DebtType, &a.IUV, &a.IUD, &a.Office, &a.OfficeName, &a.Chapter, &a.ChapterName,
			&a.Code, &a.CodeName, &a.Amount, &a.Paid); err != nil {
			return err
		}
		return fn(&a)
	})
}
