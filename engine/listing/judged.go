package listing

import (
	"context"
	"strings"

	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

// JudgedPayment is one payment. See [store.ListedPayment] for what the fields hold.
type JudgedPayment struct {
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

// Payment is one payment and what people say of it.
type Payment struct {
	JudgedPayment
	Noted
}

// Payments calls fn for every payment in the order of IUV, IUR and index. The
// totals are of the amounts. fn must not keep the row.
func Payments(ctx context.Context, tx *store.Tx, f Filter, fn func(*Payment) error) (Totals, error) {
	v, err := f.view(ctx, tx)
	if err != nil {
		return Totals{}, err
	}
	authors := newAuthors(tx, v.scope.Run)
	var row Payment
	err = tx.ListPayments(v.scope, func(s *store.ListedPayment) (err error) {
		row.JudgedPayment = JudgedPayment(*s)
		if row.Refund, err = authors.refund(&row.JudgedPayment); err != nil {
			return err
		}
		return v.show(&row.Noted, s.Amount, func() error { return fn(&row) },
			func() ([]*note.Note, error) { return v.notes.Payment(s.IUV, s.IUR, s.Index, s.NoticeIUD) })
	})
	return v.totals, err
}

// JudgedSettlement is one settlement. See [store.ListedSettlement].
type JudgedSettlement struct {
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

// Settlement is one settlement and what people say of it.
type Settlement struct {
	JudgedSettlement
	Noted
}

// Settlements calls fn for every settlement in the order of regulation day,
// IUF and PSP. The totals are of the declared totals. fn must not keep the row.
func Settlements(ctx context.Context, tx *store.Tx, f Filter, fn func(*Settlement) error) (Totals, error) {
	v, err := f.view(ctx, tx)
	if err != nil {
		return Totals{}, err
	}
	authors := newAuthors(tx, v.scope.Run)
	var row Settlement
	err = tx.ListSettlements(v.scope, func(s *store.ListedSettlement) (err error) {
		row.JudgedSettlement = JudgedSettlement(*s)
		if row.Author, err = authors.settlement(&row.JudgedSettlement); err != nil {
			return err
		}
		return v.show(&row.Noted, s.DeclaredTotal, func() error { return fn(&row) },
			func() ([]*note.Note, error) { return v.notes.Settlement(strings.ToUpper(s.IUF), s.PSP, s.Year) })
	})
	return v.totals, err
}

// JudgedMovement is one movement. See [store.ListedMovement].
type JudgedMovement struct {
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

// Movement is one movement and what people say of it.
type Movement struct {
	JudgedMovement
	Noted
}

// Movements calls fn for every movement in the order of year, number and
// account. The totals are of the cash. fn must not keep the row.
func Movements(ctx context.Context, tx *store.Tx, f Filter, fn func(*Movement) error) (Totals, error) {
	v, err := f.view(ctx, tx)
	if err != nil {
		return Totals{}, err
	}
	authors := newAuthors(tx, v.scope.Run)
	var row Movement
	err = tx.ListMovements(v.scope, func(s *store.ListedMovement) (err error) {
		row.JudgedMovement = JudgedMovement(*s)
		if row.Author, err = authors.movement(&row.JudgedMovement); err != nil {
			return err
		}
		return v.show(&row.Noted, s.Cash, func() error { return fn(&row) },
			func() ([]*note.Note, error) { return v.notes.Movement(s.Year, s.Number, s.Account) })
	})
	return v.totals, err
}
