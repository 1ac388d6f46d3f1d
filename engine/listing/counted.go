package listing

import (
	"quadra/engine/record"
	"quadra/engine/store"
)

// Counted is a share behind a figure of the statistics. See [store.StatRow].
type Counted struct {
	IUV        string       `json:"iuv" csv:"iuv"`
	IUR        string       `json:"iur" csv:"iur"`
	Index      int          `json:"index" csv:"indice"`
	DebtType   string       `json:"debt_type" csv:"tipo_dovuto"`
	PSP        string       `json:"psp" csv:"psp"`
	PaidOn     record.Date  `json:"paid_on" csv:"data_pagamento"`
	ReportedOn record.Date  `json:"reported_on" csv:"data_regolamento"`
	CashedOn   record.Date  `json:"cashed_on" csv:"data_valuta"`
	Year       int          `json:"year" csv:"esercizio"`
	Office     string       `json:"office" csv:"ufficio"`
	Chapter    string       `json:"chapter" csv:"capitolo"`
	Article    string       `json:"article" csv:"articolo"`
	Assessment string       `json:"assessment" csv:"accertamento"`
	Amount     record.Cents `json:"amount_cents" csv:"importo"`
}

// NewCounted is the row of a share.
func NewCounted(r *store.StatRow) *Counted {
	return &Counted{r.IUV, r.IUR, r.Index, r.DebtType, r.PSP, r.PaidOn, r.ReportedOn, r.CashedOn, r.Year, r.Office, r.Chapter,
		r.Article, r.Assessment, r.Amount}
}
