package cash

import (
	"fmt"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// maxCovers is how many provvisori one order may cover, as in the schemas.
const maxCovers = 1000

// opiCover is a sospeso of an order as text.
type opiCover struct {
	line           int
	number, amount string
}

// cover reads one sospeso.
func (j *journal) cover(r *opiRow) error {
	c := opiCover{line: j.x.Line()}
	err := j.children(func(name []byte) error {
		var place *string
		switch string(name) {
		case "numero_provvisorio", "numero_sospeso":
			place = &c.number
		case "importo_provvisorio", "importo_sospeso":
			place = &c.amount
		default:
			return j.leave()
		}
		text, err := j.text()
		*place = text
		return err
	})
	r.addCover(c)
	return err
}

// addCover keeps a cover. Of too many only one beyond the limit is kept, which is
// enough to refuse the row.
func (r *opiRow) addCover(c opiCover) {
	if len(r.covers) <= maxCovers {
		r.covers = append(r.covers, c)
	}
}

// fillCovers says which provvisori an order covers, and how much of each. Up to
// 1.4 a row names one and no amount: it covers as much as the order is for.
func (r *opiRow) fillCovers(m *record.Movement) *record.Reject {
	if m.Document != record.DocReversale {
		return nil
	}
	if len(r.covers) > maxCovers {
		return &record.Reject{
			Line: r.covers[maxCovers].line, Column: "sospeso", Code: record.RejectTooLong,
			Reason: fmt.Sprintf("la reversale copre più di %d provvisori", maxCovers),
		}
	}
	for _, c := range r.covers {
		cover, bad := r.coverOf(c, len(r.covers) == 1, m)
		if bad != nil {
			return bad
		}
		if cover.Number != "" {
			m.Covers = append(m.Covers, cover)
		}
	}
	return nil
}

// coverOf reads one cover; its number is empty when it covers nothing. A number
// of zero is none: the bolletta stands in for it when the order is taken back.
func (r *opiRow) coverOf(c opiCover, only bool, m *record.Movement) (record.Cover, *record.Reject) {
	if bad := checkNumber(c.line, "numero_provvisorio", c.number); bad != nil {
		return record.Cover{}, bad
	}
	cover := record.Cover{Number: field.Number(c.number), Amount: m.Amount}
	if cover.Number == "" {
		switch m.Operation {
		case record.OpReversed:
			cover.Number = field.Number(r.reversed)
		case record.OpRestored:
			cover.Number = m.Receipt
		}
	}
	if c.amount != "" || !only {
		amount, err := opiAmount(c.amount)
		if err != nil {
			return record.Cover{}, rejectOf(err, c.line, "importo_provvisorio")
		}
		if amount < 0 && m.Operation != record.OpExecuted {
			amount = -amount
		}
		cover.Amount = amount
	}
	switch {
	case cover.Number == "" && (cover.Amount == 0 || c.amount == ""):
		return record.Cover{}, nil
	case cover.Number == "":
		return record.Cover{}, &record.Reject{
			Line: c.line, Column: "numero_provvisorio", Code: record.RejectMissing, Value: c.number,
			Reason: "manca il numero del provvisorio che la reversale copre",
		}
	case cover.Amount <= 0:
		return record.Cover{}, &record.Reject{
			Line: c.line, Column: "importo_provvisorio", Code: record.RejectNotPositive, Value: field.Shorten(c.amount),
			Reason: "l'importo coperto deve essere positivo",
		}
	}
	return cover, nil
}
