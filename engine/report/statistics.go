package report

import (
	"html/template"
	"time"

	"quadra/engine/report/picture"
	"quadra/engine/stats"
)

// statisticsPage writes the page Statistiche.
func (b *builder) statisticsPage() error {
	if b.in.Brief {
		return nil
	}
	s := b.shell("statistiche.html", "Ogni misura ha la sua data: il pagato quella del pagamento, il rendicontato quella di regolamento, l'incassato la valuta dell'ultimo incasso.", "statistiche")
	psps := b.content.PSPs()
	s.Page = struct {
		Months, Credit template.HTML
		PSPs           *stats.Table
	}{b.monthsPicture(), b.creditPicture(), psps}
	return b.write("statistiche.html", s)
}

func (b *builder) monthsPicture() template.HTML {
	m := picture.Months{Head: b.head("mesi", "Pagato, rendicontato e incassato per mese", "Ogni misura sta nel mese della sua data: non è la stessa somma che avanza.")}
	for _, cell := range b.content.Months().Cells {
		on, err := time.Parse("2006-01", cell.Keys[0])
		if err != nil {
			continue // the day is not known
		}
		sum := func(s stats.Sum) picture.Sum { return picture.Sum{Count: s.Receipts, Amount: s.Amount} }
		m.Months = append(m.Months, picture.Month{Year: on.Year(), Month: on.Month(), Paid: sum(cell.Paid), Reported: sum(cell.Reported), Cashed: sum(cell.Cashed)})
	}
	if len(m.Months) == 0 {
		return ""
	}
	return m.Draw().HTML()
}

func (b *builder) creditPicture() template.HTML {
	c := picture.Credit{Head: b.head("accredito", "Giorni all'accredito per PSP", "Giorni lavorativi dal regolamento del flusso all'ultimo incasso."),
		Term: b.in.Terms.CashLate, PSPs: b.credits.byPSP()}
	if len(c.PSPs) == 0 {
		return ""
	}
	return c.Draw().HTML()
}
