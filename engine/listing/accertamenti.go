package listing

import (
	"context"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Accertamento is one accertamento with what it holds.
type Accertamento struct {
	Name      string              `json:"name" csv:"accertamento"`
	DebtType  string              `json:"debt_type" csv:"tipo_dovuto"`
	Year      int                 `json:"year" csv:"anno"`
	State     StateOfAccertamento `json:"state" csv:"stato"`
	Automatic YesNo               `json:"automatic" csv:"automatico"`
	Payments  int64               `json:"payments" csv:"pagamenti"`
	Amount    record.Cents        `json:"amount_cents" csv:"importo"`
	CreatedBy string              `json:"created_by" csv:"creato_da"`
	ChangedAt time.Time           `json:"changed_at" csv:"modificato_il"`
}

// StateOfAccertamento is a code for programs, a word for people.
type StateOfAccertamento string

// String is what people call it.
func (s StateOfAccertamento) String() string {
	return map[store.AccertamentoState]string{store.AccertamentoOpen: "aperto", store.AccertamentoClosed: "chiuso",
		store.AccertamentoCancelled: "annullato"}[store.AccertamentoState(s)]
}

// MarshalCSV writes what people call it.
func (s StateOfAccertamento) MarshalCSV() (string, error) { return s.String(), nil }

// Accertamenti calls fn for every accertamento, by debt type, year and name. fn
// must not keep the row.
func Accertamenti(_ context.Context, tx *store.Tx, _ Filter, fn func(*Accertamento) error) (Totals, error) {
	all, err := tx.Accertamenti()
	if err != nil {
		return Totals{}, err
	}
	var t Totals
	for _, a := range all {
		t.add(a.Amount)
		if err := fn(&Accertamento{a.Name, a.DebtType, a.Year, StateOfAccertamento(a.State), YesNo(a.Automatic), a.Payments, a.Amount,
			a.CreatedBy, a.ChangedAt}); err != nil {
			return t, err
		}
	}
	return t, nil
}

// AccertamentoChange is one change of an accertamento.
type AccertamentoChange struct {
	Name     string    `json:"name" csv:"accertamento"`
	DebtType string    `json:"debt_type" csv:"tipo_dovuto"`
	Year     int       `json:"year" csv:"anno"`
	Seq      int64     `json:"seq" csv:"modifica"`
	Action   string    `json:"action" csv:"azione"`
	Author   string    `json:"author" csv:"autore"`
	At       time.Time `json:"at" csv:"del"`
	Reason   string    `json:"reason" csv:"motivo"`
	Detail   string    `json:"detail" csv:"dettaglio"`
	File     string    `json:"file" csv:"file"`
	Line     int       `json:"line" csv:"riga"`
}

// AccertamentoChanges lists the history of the accertamenti with a name, all of
// them when it is empty.
func AccertamentoChanges(name string) Iterator[AccertamentoChange] {
	return func(_ context.Context, tx *store.Tx, _ Filter, fn func(*AccertamentoChange) error) (Totals, error) {
		var t Totals
		err := eachAccertamento(tx, name, func(a *store.Accertamento) error {
			events, err := tx.AccertamentoHistory(a.ID)
			if err != nil {
				return err
			}
			for _, e := range events {
				t.add(0)
				if err := fn(&AccertamentoChange{a.Name, a.DebtType, a.Year, e.Seq, e.Action, e.Author, e.At, e.Reason, e.Detail,
					e.Source.File, e.Source.Line}); err != nil {
					return err
				}
			}
			return nil
		})
		return t, err
	}
}

// HeldShare is what an accertamento holds of a payment, as last booked.
type HeldShare struct {
	Name       string       `json:"name" csv:"accertamento"`
	DebtType   string       `json:"debt_type" csv:"tipo_dovuto"`
	Year       int          `json:"year" csv:"anno"`
	IUV        string       `json:"iuv" csv:"iuv"`
	IUR        string       `json:"iur" csv:"iur"`
	Index      int          `json:"index" csv:"indice"`
	IUD        string       `json:"iud" csv:"iud"`
	PaidOn     record.Date  `json:"paid_on" csv:"data_pagamento"`
	Office     string       `json:"office" csv:"ufficio"`
	Chapter    string       `json:"chapter" csv:"capitolo"`
	Article    string       `json:"article" csv:"articolo"`
	Assessment string       `json:"assessment" csv:"codice_accertamento"`
	Amount     record.Cents `json:"amount_cents" csv:"importo"`
}

// AccertamentoShares lists what the accertamenti with a name hold.
func AccertamentoShares(name string) Iterator[HeldShare] {
	return func(_ context.Context, tx *store.Tx, _ Filter, fn func(*HeldShare) error) (Totals, error) {
		var t Totals
		err := eachAccertamento(tx, name, func(a *store.Accertamento) error {
			shares, err := tx.AccertamentoShares(a.ID)
			if err != nil {
				return err
			}
			for _, s := range shares {
				t.add(s.Amount)
				if err := fn(&HeldShare{a.Name, a.DebtType, a.Year, s.IUV, s.IUR, s.Index, s.IUD, s.PaidOn, s.Office, s.Chapter, s.Article,
					s.Assessment, s.Amount}); err != nil {
					return err
				}
			}
			return nil
		})
		return t, err
	}
}

func eachAccertamento(tx *store.Tx, name string, fn func(*store.Accertamento) error) error {
	all, err := tx.Accertamenti()
	if err != nil {
		return err
	}
	for i := range all {
		if name != "" && all[i].Name != name {
			continue
		}
		if err := fn(&all[i].Accertamento); err != nil {
			return err
		}
	}
	return nil
}
