package listing

import (
	"context"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Receipt is one receipt line. See [store.ListedReceipt].
type Receipt struct {
	IUV        string       `json:"iuv" csv:"iuv"`
	IUR        string       `json:"iur" csv:"iur"`
	Index      int          `json:"index" csv:"indice"`
	IUD        string       `json:"iud" csv:"iud"`
	Amount     record.Cents `json:"amount_cents" csv:"importo"`
	Total      record.Cents `json:"total_cents" csv:"totale_ricevuta"`
	PaidOn     record.Date  `json:"paid_on" csv:"data_pagamento"`
	DebtType   string       `json:"debt_type" csv:"tipo_dovuto"`
	PSPName    string       `json:"psp_name" csv:"denominazione_psp"`
	PayerName  string       `json:"payer_name" csv:"pagatore"`
	Remittance string       `json:"remittance" csv:"causale"`
	Status     string       `json:"status" csv:"stato"`
	File       string       `json:"file" csv:"file"`
	Entry      string       `json:"entry" csv:"contenuto"`
	Line       int          `json:"line" csv:"riga"`
}

// Receipts calls fn for every receipt line in the order of IUV, IUR and index.
// The totals are of the amounts of the lines. fn must not keep the row.
func Receipts(ctx context.Context, tx *store.Tx, f Filter, fn func(*Receipt) error) (Totals, error) {
	return each(ctx, f, tx.ListReceipts, func(s *store.ListedReceipt) *Receipt { return (*Receipt)(s) },
		func(r *Receipt) record.Cents { return r.Amount }, fn)
}

// Flow is one version of a flow. See [store.ListedFlow].
type Flow struct {
	IUF           string       `json:"iuf" csv:"iuf"`
	PSP           string       `json:"psp" csv:"psp"`
	PSPName       string       `json:"psp_name" csv:"denominazione_psp"`
	Revision      int          `json:"revision" csv:"revisione"`
	ProducedAt    time.Time    `json:"produced_at" csv:"prodotto"`
	RegulatedOn   record.Date  `json:"regulated_on" csv:"data_regolamento"`
	Regulation    string       `json:"regulation" csv:"regolamento"`
	DeclaredCount int          `json:"declared_count" csv:"pagamenti"`
	DeclaredTotal record.Cents `json:"declared_total_cents" csv:"totale"`
	LineCount     int          `json:"line_count" csv:"righe_lette"`
	LineTotal     record.Cents `json:"line_total_cents" csv:"totale_righe"`
	State         string       `json:"state" csv:"versione"`
	File          string       `json:"file" csv:"file"`
	Entry         string       `json:"entry" csv:"contenuto"`
	Line          int          `json:"line" csv:"riga"`
}

// Flows calls fn for every version of every flow in the order of regulation
// day, IUF, PSP and age. The totals are of the declared totals, so they add up
// to money only for the current versions. fn must not keep the row.
func Flows(ctx context.Context, tx *store.Tx, f Filter, fn func(*Flow) error) (Totals, error) {
	return each(ctx, f, tx.ListFlows, func(s *store.ListedFlow) *Flow { return (*Flow)(s) },
		func(f *Flow) record.Cents { return f.DeclaredTotal }, fn)
}

// Notice is one notice. See [store.ListedNotice].
type Notice struct {
	IUD       string       `json:"iud" csv:"iud"`
	IUV       string       `json:"iuv" csv:"iuv"`
	Amount    record.Cents `json:"amount_cents" csv:"importo"`
	PaidOn    record.Date  `json:"paid_on" csv:"data_pagamento"`
	DebtType  string       `json:"debt_type" csv:"tipo_dovuto"`
	PayerName string       `json:"payer_name" csv:"pagatore"`
	Status    string       `json:"status" csv:"stato"`
	File      string       `json:"file" csv:"file"`
	Entry     string       `json:"entry" csv:"contenuto"`
	Line      int          `json:"line" csv:"riga"`
}

// Notices calls fn for every notice in the order of IUV and IUD. The totals
// are of the amounts. fn must not keep the row.
func Notices(ctx context.Context, tx *store.Tx, f Filter, fn func(*Notice) error) (Totals, error) {
	return each(ctx, f, tx.ListNotices, func(s *store.ListedNotice) *Notice { return (*Notice)(s) },
		func(n *Notice) record.Cents { return n.Amount }, fn)
}

// File is one offered file. See [store.ListedFile].
type File struct {
	ID       int64        `json:"id" csv:"id"`
	Name     string       `json:"file" csv:"file"`
	Drop     string       `json:"drop" csv:"cartella"`
	Source   string       `json:"source" csv:"fonte"`
	SHA256   string       `json:"sha256" csv:"sha256"`
	Size     int64        `json:"size" csv:"byte"`
	SeenAt   time.Time    `json:"seen_at" csv:"visto"`
	State    string       `json:"state" csv:"stato"`
	Rows     int64        `json:"rows" csv:"righe"`
	Accepted int64        `json:"accepted" csv:"accettate"`
	Rejected int64        `json:"rejected" csv:"scartate"`
	Total    record.Cents `json:"total_cents" csv:"totale"`
	Code     string       `json:"code" csv:"codice"`
	Message  string       `json:"message" csv:"messaggio"`
	Entry    string       `json:"entry" csv:"contenuto"`
	Line     int          `json:"line" csv:"riga"`
}

// Files calls fn for every file ever offered in the order of arrival. The
// totals are of the totals of the files. fn must not keep the row.
func Files(ctx context.Context, tx *store.Tx, f Filter, fn func(*File) error) (Totals, error) {
	return each(ctx, f, tx.ListFiles, func(s *store.ListedFile) *File { return (*File)(s) },
		func(f *File) record.Cents { return f.Total }, fn)
}

// Reject is one row left out. See [store.ListedReject].
type Reject struct {
	FileID int64  `json:"file_id" csv:"id_file"`
	File   string `json:"file" csv:"file"`
	SHA256 string `json:"sha256" csv:"sha256"`
	Entry  string `json:"entry" csv:"contenuto"`
	Line   int    `json:"line" csv:"riga"`
	Column string `json:"column" csv:"colonna"`
	Code   string `json:"code" csv:"codice"`
	Value  string `json:"value" csv:"valore"`
	Reason string `json:"reason" csv:"motivo"`
}

// Rejects calls fn for every row left out in the order of arrival. The totals
// have no amount: what a rejected row is worth is not known. fn must not keep
// the row.
func Rejects(ctx context.Context, tx *store.Tx, f Filter, fn func(*Reject) error) (Totals, error) {
	return each(ctx, f, tx.ListRejects, func(s *store.ListedReject) *Reject { return (*Reject)(s) },
		func(*Reject) record.Cents { return 0 }, fn)
}
