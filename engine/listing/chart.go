package listing

import (
	"context"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Chapter is one entry of the chart. Its CSV columns are those of quadra's own
// layout, so that what is listed can be loaded again. See [store.ChartEntry].
type Chapter struct {
	DebtType       string      `json:"debt_type" csv:"tipo_dovuto"`
	Year           int         `json:"year" csv:"anno_esercizio"`
	Chapter        string      `json:"chapter" csv:"capitolo"`
	ChapterName    string      `json:"chapter_name" csv:"de_capitolo"`
	Article        string      `json:"article" csv:"articolo"`
	Office         string      `json:"office" csv:"ufficio"`
	OfficeName     string      `json:"office_name" csv:"de_ufficio"`
	Assessment     string      `json:"assessment" csv:"accertamento"`
	AssessmentName string      `json:"assessment_name" csv:"de_accertamento"`
	PlanCode       string      `json:"plan_code" csv:"piano_dei_conti"`
	SIOPE          string      `json:"siope" csv:"siope"`
	Restricted     YesNo       `json:"restricted" csv:"vincolato"`
	From           record.Date `json:"valid_from" csv:"valido_dal"`
	To             record.Date `json:"valid_to" csv:"valido_al"`
	Active         YesNo       `json:"active" csv:"attivo"`
}

// YesNo is a flag people read and write as si and no.
type YesNo bool

// String is si or no.
func (y YesNo) String() string {
	if y {
		return "si"
	}
	return "no"
}

// MarshalCSV is what gocsv writes.
func (y YesNo) MarshalCSV() (string, error) { return y.String(), nil }

// Chapters calls fn for every entry of the chart in the order of its keys. fn
// must not keep the row.
func Chapters(_ context.Context, tx *store.Tx, _ Filter, fn func(*Chapter) error) (Totals, error) {
	all, err := tx.ChartEntries()
	if err != nil {
		return Totals{}, err
	}
	var t Totals
	for _, e := range all {
		t.add(0)
		if err := fn(&Chapter{e.DebtType, e.Year, e.Chapter, e.ChapterName, e.Article, e.Office, e.OfficeName, e.Assessment,
			e.AssessmentName, e.PlanCode, e.SIOPE, YesNo(e.Restricted), e.From, e.To, YesNo(e.Active)}); err != nil {
			return t, err
		}
	}
	return t, nil
}

// ChapterChange is one change of the chart. See [store.ChartChange].
type ChapterChange struct {
	Action     string      `json:"action" csv:"azione"`
	DebtType   string      `json:"debt_type" csv:"tipo_dovuto"`
	Year       int         `json:"year" csv:"anno_esercizio"`
	Office     string      `json:"office" csv:"ufficio"`
	Chapter    string      `json:"chapter" csv:"capitolo"`
	Article    string      `json:"article" csv:"articolo"`
	Assessment string      `json:"assessment" csv:"accertamento"`
	Fields     string      `json:"fields" csv:"dati"`
	AsOf       record.Date `json:"as_of" csv:"data"`
	File       string      `json:"file" csv:"file"`
	Entry      string      `json:"entry" csv:"contenuto"`
	Line       int         `json:"line" csv:"riga"`
}

// ChapterChanges calls fn for every change of the chart, oldest first.
func ChapterChanges(_ context.Context, tx *store.Tx, _ Filter, fn func(*ChapterChange) error) (Totals, error) {
	all, err := tx.ChartHistory()
	if err != nil {
		return Totals{}, err
	}
	var t Totals
	for _, c := range all {
		t.add(0)
		if err := fn(&ChapterChange{c.Action, c.DebtType, c.Year, c.Office, c.Chapter, c.Article, c.Assessment, c.Fields, c.AsOf,
			c.Source.File, c.Source.Entry, c.Source.Line}); err != nil {
			return t, err
		}
	}
	return t, nil
}

// ChapterProposal is a chapter income is booked on and the chart does not have,
// in the columns of quadra's own layout and why it is proposed.
type ChapterProposal struct {
	DebtType   string       `json:"debt_type" csv:"tipo_dovuto"`
	Year       int          `json:"year" csv:"anno_esercizio"`
	Chapter    string       `json:"chapter" csv:"capitolo"`
	Article    string       `json:"article" csv:"articolo"`
	Office     string       `json:"office" csv:"ufficio"`
	Assessment string       `json:"assessment" csv:"accertamento"`
	Source     string       `json:"source" csv:"trovato_in"`
	Count      int64        `json:"count" csv:"quote"`
	Amount     record.Cents `json:"amount_cents" csv:"importo"`
	First      record.Date  `json:"first" csv:"dal"`
	Last       record.Date  `json:"last" csv:"al"`
}

// ChapterProposals calls fn for every chapter proposed. The totals are of what
// is booked on them. fn must not keep the row.
func ChapterProposals(_ context.Context, tx *store.Tx, _ Filter, fn func(*ChapterProposal) error) (Totals, error) {
	all, err := tx.ChartProposals()
	if err != nil {
		return Totals{}, err
	}
	var t Totals
	for _, p := range all {
		t.add(p.Amount)
		if err := fn(&ChapterProposal{p.DebtType, p.Year, p.Chapter, p.Article, p.Office, p.Assessment, p.Source, p.Count, p.Amount,
			p.First, p.Last}); err != nil {
			return t, err
		}
	}
	return t, nil
}

// Unassigned is what of a receipt line nobody has said where to book.
type Unassigned struct {
	IUV      string       `json:"iuv" csv:"iuv"`
	IUR      string       `json:"iur" csv:"iur"`
	Index    int          `json:"index" csv:"indice"`
	DebtType string       `json:"debt_type" csv:"tipo_dovuto"`
	PaidOn   record.Date  `json:"paid_on" csv:"data_pagamento"`
	Amount   record.Cents `json:"amount_cents" csv:"da_assegnare"`
	BookedOn record.Date  `json:"booked_on" csv:"data_incasso"` // of its movement; 0 while there is none
	DaysLeft *int         `json:"days_left" csv:"giorni_rimasti"`
}

// UnassignedShares calls fn for every share still to be assigned, with the days
// left to regularise its movement as of a day (calendar days, negative when
// they are over; nil while there is no movement). The totals are of what is to
// be assigned.
func UnassignedShares(asOf record.Date) func(context.Context, *store.Tx, Filter, func(*Unassigned) error) (Totals, error) {
	return func(ctx context.Context, tx *store.Tx, _ Filter, fn func(*Unassigned) error) (Totals, error) {
		var t Totals
		err := tx.Unassigned(func(s *store.UnassignedShare) error {
			u := Unassigned{IUV: s.IUV, IUR: s.IUR, Index: s.Index, DebtType: s.DebtType, PaidOn: s.PaidOn, Amount: s.Amount, BookedOn: s.BookedOn}
			if s.BookedOn != 0 {
				left := int(s.BookedOn + book.RegulariseWithin - asOf)
				u.DaysLeft = &left
			}
			t.add(s.Amount)
			if err := fn(&u); err != nil {
				return err
			}
			return ctx.Err()
		})
		return t, err
	}
}
