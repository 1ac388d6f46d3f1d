package store

import "quadra/engine/record"

// OpenMovement is cash that is not (all) tied to anything.
type OpenMovement struct {
	record.MovementKey
	Cash       record.Cents // received, reversals taken away
	Open       record.Cents // what is left of it
	BookedOn   record.Date
	Payer      string
	Remittance string
	EndToEnd   string
}

// OpenMovements lists the judged movements booked by a day that have cash left,
// by day, year, number and account. Those the configuration leaves out are not
// among them.
func (tx *Tx) OpenMovements(asOf record.Date) ([]OpenMovement, error) {
	return traced(tx, "OpenMovements", func(m *OpenMovement) []any {
		return []any{&m.Year, &m.Number, &m.Account, &m.Cash, &m.Open, dateInto{&m.BookedOn}, &m.Payer, &m.Remittance, &m.EndToEnd}
	}, asOf.String())
}

// OpenSettlement is a flow that is not (all) paid.
type OpenSettlement struct {
	record.SettlementKey
	Open        record.Cents // what is missing
	Total       record.Cents // declared
	Parts       int          // movements that paid some of it
	RegulatedOn record.Date
	PSPName     string
	BIC         string
	Version     string // of the current flow; only in [Tx.OpenReviews]
}

// OpenSettlements lists the settlements regulated by a day that lack cash, by
// day, IUF, PSP and year.
func (tx *Tx) OpenSettlements(asOf record.Date) ([]OpenSettlement, error) {
	return traced(tx, "OpenSettlements", openSettlementInto, asOf.String())
}

func openSettlementInto(s *OpenSettlement) []any {
	return []any{&s.IUF, &s.PSP, &s.Year, &s.Open, &s.Total, &s.Parts, dateInto{&s.RegulatedOn}, &s.PSPName, &s.BIC}
}

// OpenReviews lists the settlements whose current version came after their
// cash and that nobody accepted.
func (tx *Tx) OpenReviews() ([]OpenSettlement, error) {
	return traced(tx, "OpenReviews", func(s *OpenSettlement) []any { return append(openSettlementInto(s), &s.Version) })
}

// OpenReceipt is a receipt no flow reports and no movement pays.
type OpenReceipt struct {
	record.PaymentKey
	Amount    record.Cents // total of the receipt
	PaidOn    record.Date
	PayerName string
}

// OpenReceipts calls fn for every receipt line paid by a day that no flow
// reports and no movement pays, by IUV, IUR and index. fn must not keep it.
func (tx *Tx) OpenReceipts(asOf record.Date, fn func(*OpenReceipt) error) error {
	var r OpenReceipt
	dest := openReceiptInto(&r)
	return tx.each("OpenReceipts", []any{asOf.String()}, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		return fn(&r)
	})
}

// OpenDuplicates lists the payments made twice, by IUV, index and IUR; the
// amount is that of the payment, the day the one its ageing starts.
func (tx *Tx) OpenDuplicates() ([]OpenReceipt, error) {
	return traced(tx, "OpenDuplicates", openReceiptInto)
}

func openReceiptInto(r *OpenReceipt) []any {
	return []any{&r.IUV, &r.IUR, &r.Index, &r.Amount, dateInto{&r.PaidOn}, &r.PayerName}
}
