package listing

import (
	"context"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Payment is one payment. See [store.ListedPayment] for what the fields hold.
type Payment struct {
	IUV        string       `json:"iuv" csv:"iuv"`
	IUR        string       `json:"iur" csv:"iur"`
	Index      int          `json:"index" csv:"indice"`
	IUD        string       `json:"iud" csv:"iud"`
	Amount     record.Cents `json:"amount_cents" csv:"importo"`
	Status     string       `json:"status" csv:"stato"`
	Sign       int          `json:"sign" csv:"segno"`
	Difference record.Cents `json:"difference_cents" csv:"differenza"`
	DueFrom    record.Date  `json:"due_from" csv:"dal"`
	IUF        string       `json:"iuf" csv:"iuf"`
	NoticeIUD  string       `json:"notice_iud" csv:"iud_notifica"`
	Labels     store.Codes  `json:"labels" csv:"classificazioni"`
	Refund     string       `json:"refund_by" csv:"rimborso"`
}

// Payments calls fn for every payment in the order of IUV, IUR and index. The
// totals are of the amounts. fn must not keep the row.
func Payments(ctx context.Context, tx *store.Tx, f Filter, fn func(*Payment) error) (Totals, error) {
	authors := newAuthors(tx)
	return each(ctx, f, tx.ListPayments, func(s *store.ListedPayment) *Payment { return (*Payment)(s) },
		func(p *Payment) record.Cents { return p.Amount }, func(p *Payment) (err error) {
			if p.Refund, err = authors.refund(p); err != nil {
				return err
			}
			return fn(p)
		})
}

// Settlement is one settlement. See [store.ListedSettlement].
type Settlement struct {
	IUF           string       `json:"iuf" csv:"iuf"`
	PSP           string       `json:"psp" csv:"psp"`
	PSPName       string       `json:"psp_name" csv:"denominazione_psp"`
	Year          int          `json:"year" csv:"anno"`
	RegulatedOn   record.Date  `json:"regulated_on" csv:"data_regolamento"`
	DeclaredCount int          `json:"declared_count" csv:"pagamenti"`
	DeclaredTotal record.Cents `json:"declared_total_cents" csv:"totale"`
	Cash          record.Cents `json:"cash_cents" csv:"incassato"`
	Parts         int          `json:"parts" csv:"movimenti"`
	Difference    record.Cents `json:"difference_cents" csv:"differenza"`
	Status        string       `json:"status" csv:"stato"`
	Sign          int          `json:"sign" csv:"segno"`
	Reasons       store.Codes  `json:"reasons" csv:"abbinamento"`
	Author        string       `json:"author" csv:"autore"`
}

// Settlements calls fn for every settlement in the order of regulation day,
// IUF and PSP. The totals are of the declared totals. fn must not keep the row.
func Settlements(ctx context.Context, tx *store.Tx, f Filter, fn func(*Settlement) error) (Totals, error) {
	authors := newAuthors(tx)
	return each(ctx, f, tx.ListSettlements, func(s *store.ListedSettlement) *Settlement { return (*Settlement)(s) },
		func(s *Settlement) record.Cents { return s.DeclaredTotal }, func(s *Settlement) (err error) {
			if s.Author, err = authors.settlement(s); err != nil {
				return err
			}
			return fn(s)
		})
}

// Movement is one movement. See [store.ListedMovement].
type Movement struct {
	Account    string       `json:"account" csv:"conto"`
	Year       int          `json:"year" csv:"esercizio"`
	Number     string       `json:"number" csv:"numero"`
	BookedOn   record.Date  `json:"booked_on" csv:"data_movimento"`
	ValueOn    record.Date  `json:"value_on" csv:"data_valuta"`
	Amount     record.Cents `json:"amount_cents" csv:"eseguito"`
	Reversed   record.Cents `json:"reversed_cents" csv:"stornato"`
	Cash       record.Cents `json:"cash_cents" csv:"incassato"`
	Covered    record.Cents `json:"covered_cents" csv:"regolarizzato"`
	Payer      string       `json:"payer" csv:"ordinante"`
	IUF        store.Codes  `json:"iufs" csv:"iuf"`
	IUV        store.Codes  `json:"iuvs" csv:"iuv"`
	Remittance string       `json:"remittance" csv:"causale"`
	Status     string       `json:"status" csv:"stato"`
	Sign       int          `json:"sign" csv:"segno"`
	Labels     store.Codes  `json:"labels" csv:"classificazioni"`
	Reasons    store.Codes  `json:"reasons" csv:"abbinamento"`
	Author     string       `json:"author" csv:"autore"`
}

// Movements calls fn for every movement in the order of year, number and
// account. The totals are of the cash. fn must not keep the row.
func Movements(ctx context.Context, tx *store.Tx, f Filter, fn func(*Movement) error) (Totals, error) {
	authors := newAuthors(tx)
	return each(ctx, f, tx.ListMovements, func(s *store.ListedMovement) *Movement { return (*Movement)(s) },
		func(m *Movement) record.Cents { return m.Cash }, func(m *Movement) (err error) {
			if m.Author, err = authors.movement(m); err != nil {
				return err
			}
			return fn(m)
		})
}
