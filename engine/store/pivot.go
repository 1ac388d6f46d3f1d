package store

import (
	"database/sql"

	"quadra/engine/record"
)

// PivotField names a value of a [PivotRow].
type PivotField int

// The values of a row of the reconciliation export, in the order of the query.
// Amounts are cents, days YYYY-MM-DD, instants RFC 3339 in UTC.
const (
	PivotNone PivotField = iota // no value: always nil

	PivotIUV // of the receipt
	PivotIUR
	PivotLabels  // sorted, joined by |
	PivotUpdated // as-of day of the run that last changed the judgement

	PivotNoticeIUD
	PivotNoticeIUV
	PivotNoticePayerKind
	PivotNoticePayerCode
	PivotNoticePayerName
	PivotNoticePaidOn
	PivotNoticeChannel
	PivotNoticeAmount
	PivotNoticeCommission
	PivotNoticeRemittance
	PivotNoticeCollection
	PivotNoticeDebtType
	PivotNoticeBilancio
	PivotNoticeDoc

	PivotImportFlow
	PivotImportRow
	PivotIUD
	PivotBeneficiary
	PivotReceiptID
	PivotReceivedAt
	PivotPSP
	PivotPSPName
	PivotPayerKind
	PivotPayerCode
	PivotPayerName
	PivotOutcome
	PivotTotal
	PivotContext
	PivotAmount
	PivotOutcomeTag
	PivotPaidOn
	PivotRemittance
	PivotCollection
	PivotDebtType
	PivotBilancio
	PivotDoc
	PivotOwnerCode
	PivotOwnerName
	PivotOwnerTaxonomy

	PivotIUF
	PivotProducedAt
	PivotRegulation
	PivotRegulatedOn
	PivotSenderKind
	PivotSender
	PivotSenderName
	PivotDeclaredCount
	PivotDeclaredTotal
	PivotLineIUV
	PivotLineIUR
	PivotLineAmount
	PivotLineOutcome
	PivotLinePaidOn
	PivotFlowDoc

	PivotTreasurer
	PivotAccount
	PivotBookedOn
	PivotValueOn
	PivotCash
	PivotCashRemittance
	PivotCashPayer
	PivotCashIUF // what the movement names; several joined by |
	PivotCashIUV
	PivotYear
	PivotNumber
	PivotCode
	PivotMovementDoc

	pivotFields
)

// PivotRow is a payment with one movement that settles its flow or cashes it by
// IUV, or a movement alone. A missing value is nil, an unknown one empty; values
// hold until the next row.
type PivotRow [pivotFields]sql.RawBytes

// Has says whether a part is there, asked of a value the part always has:
// PivotNoticeAmount, PivotAmount (a receipt), PivotLineAmount, PivotCash.
func (r *PivotRow) Has(f PivotField) bool { return r[f] != nil }

func (r *PivotRow) into(from PivotField) []any {
	out := make([]any, 0, pivotFields)
	for i := from; i < pivotFields; i++ {
		out = append(out, &r[i])
	}
	return out
}

// PivotPayments calls fn for every payment that has a receipt, a flow line that
// is not revoked or nothing but a notice: once per movement that settles its flow
// or, when its flow has no cash, that cashes it by IUV, and once when there is
// none. Rows come in the order of IUV, IUR, index, then of the movement's year,
// number and account. Memory does not follow the size of the books.
func (tx *Tx) PivotPayments(fn func(*PivotRow) error) error {
	return tx.pivotPayments("PivotPayments", nil, fn)
}

// PivotPayment does the same for one payment.
func (tx *Tx) PivotPayment(c *Changed, fn func(*PivotRow) error) error {
	return tx.pivotPayments("PivotPayment", []any{c.IUV, c.IUR, c.Index, c.AloneIUD}, fn)
}

func (tx *Tx) pivotPayments(name string, args []any, fn func(*PivotRow) error) error {
	var r PivotRow
	dest := r.into(PivotNone + 1)
	return tx.each(name, args, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		return fn(&r)
	})
}

// PivotMovements calls fn for every movement that has labels of its own, ordered
// by year, number and account.
func (tx *Tx) PivotMovements(fn func(*PivotRow) error) error {
	return tx.pivotMovements("PivotMovements", nil, fn)
}

// PivotMovement does the same for one movement.
func (tx *Tx) PivotMovement(id int64, fn func(*PivotRow) error) error {
	return tx.pivotMovements("PivotMovement", []any{id}, fn)
}

func (tx *Tx) pivotMovements(name string, args []any, fn func(*PivotRow) error) error {
	var r PivotRow
	dest := append([]any{&r[PivotLabels], &r[PivotUpdated]}, r.into(PivotTreasurer)...)
	return tx.each(name, args, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		return fn(&r)
	})
}

// MovementKey reads the account, year and number of a movement.
func (tx *Tx) MovementKey(id int64) (account string, year int, number string, err error) {
	_, err = tx.one("MovementKey", []any{id}, &account, &year, &number)
	return account, year, number, err
}

// Arrival is when a document came into the books.
type Arrival struct {
	File int64
	On   record.Date // as-of day of the run that loaded it
}

// Arrival reads how a document came.
func (tx *Tx) Arrival(doc int64) (Arrival, error) {
	var a Arrival
	var on string
	if _, err := tx.one("Arrival", []any{doc}, &a.File, &on); err != nil {
		return a, err
	}
	return a, a.On.UnmarshalText([]byte(on))
}
