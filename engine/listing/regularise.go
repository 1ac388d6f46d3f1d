package listing

import (
	"context"
	"strings"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

// RegularisePart is one part of a movement and where it is booked. See
// [book.Provvisorio] and [book.RegPart].
type RegularisePart struct {
	Year         int          `json:"year" csv:"esercizio"`
	Number       string       `json:"number" csv:"provvisorio"`
	Account      string       `json:"account" csv:"conto"`
	BookedOn     record.Date  `json:"booked_on" csv:"data_incasso"`
	Cash         record.Cents `json:"cash_cents" csv:"incassato"`
	State        string       `json:"state" csv:"stato"`
	Orders       string       `json:"orders" csv:"reversali"`
	Missing      record.Cents `json:"missing_cents" csv:"da_coprire"`
	DaysLeft     int          `json:"days_left" csv:"giorni_rimasti"`
	IUF          string       `json:"iuf" csv:"iuf"`
	AccountYear  int          `json:"account_year" csv:"anno_contabile"`
	DebtType     string       `json:"debt_type" csv:"tipo_dovuto"`
	Office       string       `json:"office" csv:"ufficio"`
	Chapter      string       `json:"chapter" csv:"capitolo"`
	Article      string       `json:"article" csv:"articolo"`
	Assessment   string       `json:"assessment" csv:"codice_accertamento"`
	Accertamento string       `json:"accertamento" csv:"accertamento"`
	PlanCode     string       `json:"plan_code" csv:"piano_dei_conti"`
	SIOPE        string       `json:"siope" csv:"siope"`
	Restricted   YesNo        `json:"restricted" csv:"vincolato"`
	Why          string       `json:"why" csv:"motivo_senza_capitolo"`
	Amount       record.Cents `json:"amount_cents" csv:"importo"`
	IUVs         string       `json:"iuvs" csv:"iuv"`
	File         string       `json:"file" csv:"file"`
	Line         int          `json:"line" csv:"riga"`
}

// stateWords are the states as people read them.
var stateWords = map[book.OrderState]string{book.Proposed: "proposto", book.Ordered: "ordinato", book.Regularised: "regolarizzato"}

// RegulariseParts calls fn for every part of every movement to be regularised,
// as of a day. The totals are of the parts, which add up to the cash of the
// movements.
func RegulariseParts(asOf record.Date) Iterator[RegularisePart] {
	return func(ctx context.Context, tx *store.Tx, f Filter, fn func(*RegularisePart) error) (Totals, error) {
		var t Totals
		all, err := book.Regularise(ctx, tx, asOf)
		for i := range all {
			p := &all[i]
			if f.Status != "" && f.Status != string(p.State) {
				continue
			}
			for k := range p.Parts {
				part := &p.Parts[k]
				t.add(part.Amount)
				if err := fn(&RegularisePart{p.Year, p.Number, p.Account, p.BookedOn, p.Cash, stateWords[p.State], strings.Join(p.Orders, " "),
					p.Missing, p.DaysLeft, part.IUF, part.Year, part.DebtType, part.Office, part.Chapter, part.Article, part.Assessment,
					part.Accertamento, part.PlanCode, part.SIOPE, YesNo(part.Restricted), part.Why, part.Amount, strings.Join(part.IUVs, " "),
					p.Source.File, p.Source.Line}); err != nil {
					return t, err
				}
			}
		}
		return t, err
	}
}
