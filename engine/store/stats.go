package store

import (
	"strings"

	"quadra/engine/record"
)

// StatRow is a share of a payment with everything statistics group by: a share
// of a receipt line, or a whole payment whose receipt is implied by its flow.
type StatRow struct {
	ReceiptKey
	PaidOn   record.Date
	DebtType string
	PSP      string
	PSPName  string
	Doc      int64 // of the receipt; 0 when it is implied
	Line     int

	Seq        int // of the share within its line; 1 of an implied receipt
	Year       int // of account
	Office     string
	Chapter    string
	Article    string
	Assessment string
	Amount     record.Cents
	// Accertamento is the live one it is in; 0 for none.
	Accertamento int64

	Reported   bool        // the flow line is equal (label RT_IUF)
	ReportedOn record.Date // dataRegolamento of its flow
	Cashed     bool        // cash is equal (labels RT_IUF_TES, RT_TES)
	CashedOn   record.Date // value date of the last movement that pays it
}

type statVerdict struct{ implied, reported, byFlow, byIUV bool }

type statFlow struct {
	regulated, cashed record.Date
	psp, name         string
}

// StatRows calls fn for every share of every payment that has a receipt, real or
// implied, in the order of IUV, IUR, index and share. The row is reused from one
// call to the next.
func (tx *Tx) StatRows(fn func(*StatRow) error) error {
	verdicts, err := tx.statVerdicts()
	if err != nil {
		return err
	}
	flows := make(map[int64]statFlow)
	var r StatRow
	return tx.each("StatRows", nil, func(scan func(...any) error) error {
		var verdict, flow int64
		var flowSeq int
		r = StatRow{}
		if err := scan(&r.IUV, &r.IUR, &r.Index, &verdict, &flow, &flowSeq, dateInto{&r.PaidOn}, &r.DebtType, &r.PSP, &r.PSPName,
			&r.Doc, &r.Line, &r.Seq, &r.Year, &r.Office, &r.Chapter, &r.Article, &r.Assessment, &r.Amount, &r.Accertamento); err != nil {
			return err
		}
		v := verdicts[verdict]
		if r.Doc == 0 && !v.implied {
			return nil // nothing was paid, or it is not known yet
		}
		if flow != 0 {
			f, err := tx.statFlow(flows, flow)
			if err != nil {
				return err
			}
			r.ReportedOn, r.CashedOn = f.regulated, f.cashed
			if r.Doc == 0 {
				r.PSP, r.PSPName, r.Seq = f.psp, f.name, 1
				if _, err := tx.one("StatLinePaidOn", []any{flow, flowSeq}, dateInto{&r.PaidOn}); err != nil {
					return err
				}
				r.Year = r.PaidOn.Year()
			}
		}
		r.Reported, r.Cashed = v.reported, v.byFlow || v.byIUV
		if v.byIUV && !v.byFlow {
			if _, err := tx.one("StatCashOfIUV", []any{r.IUV}, dateInto{&r.CashedOn}); err != nil {
				return err
			}
		}
		return fn(&r)
	})
}

func (tx *Tx) statVerdicts() (map[int64]statVerdict, error) {
	out := make(map[int64]statVerdict)
	err := tx.each("StatVerdicts", nil, func(scan func(...any) error) error {
		var id int64
		var labels, facts string
		if err := scan(&id, &labels, &facts); err != nil {
			return err
		}
		has := func(label string) bool { return strings.Contains("|"+labels+"|", "|"+label+"|") }
		out[id] = statVerdict{implied: strings.Contains(" "+facts+" ", " receipt=implied "), reported: has("RT_IUF"),
			byFlow: has("RT_IUF_TES"), byIUV: has("RT_TES")}
		return nil
	})
	return out, err
}

func (tx *Tx) statFlow(known map[int64]statFlow, id int64) (statFlow, error) {
	if f, ok := known[id]; ok {
		return f, nil
	}
	var f statFlow
	_, err := tx.one("StatFlow", []any{id}, dateInto{&f.regulated}, &f.psp, &f.name, dateInto{&f.cashed})
	known[id] = f
	return f, err
}
