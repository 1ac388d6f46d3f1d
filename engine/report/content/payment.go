package content

import (
	"slices"
	"strings"

	"quadra/engine/explain"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// Payment is a payment as the tables show it.
type Payment struct {
	*store.PaymentView
	Key     string
	Why     explain.Explanation
	History []store.TracedChange
	Shares  []store.Share // those the reader may see
	Notes   []*note.Note
	// Worth is what of its amount the reader may see; Whole says that it is all.
	Worth record.Cents
	Whole bool
}

// Payment makes a payment ready for its tables; nil when the reader may not see
// it. Only a payment whose sign or pack asks for it is explained.
func (c *Content) Payment(p *store.PaymentView, history []store.TracedChange, shares []store.Share) (*Payment, error) {
	out := &Payment{PaymentView: p, History: history}
	if out.Shares, out.Worth, out.Whole = c.set.Scope.payment(p.DebtType(), p.Amount, shares); !out.Whole && len(out.Shares) == 0 {
		return nil, nil
	}
	out.Key = paymentKey(p.IUV, p.IUR, p.Index, p.AloneIUD)
	var err error
	if out.Why, err = c.why.Payment(p); err != nil {
		return nil, err
	}
	out.Why.Why = c.without(out.Why.Why, p.Receipt.Remittance, p.Notice.Remittance)
	if !c.set.Scope.All() {
		out.Why.Why = withoutFlow(out)
	}
	out.Notes, err = c.Notes.Payment(p.IUV, p.IUR, p.Index, p.Notice.IUD)
	return out, err
}

// withoutFlow is the sentence of a payment for a reader who may not see the other
// payments of its flow; empty when it says what the whole flow or its cash is
// worth.
func withoutFlow(p *Payment) string {
	f := &p.Flow
	for _, whole := range []record.Cents{f.Total, f.Cash, f.Cash - f.Total, p.Why.Cash} {
		text := max(whole, -whole).Italian()
		english := strings.NewReplacer(".", ",", ",", ".").Replace(text)
		if whole != 0 && whole != p.Amount && (strings.Contains(p.Why.Why, text) || strings.Contains(p.Why.Why, english)) {
			return ""
		}
	}
	return p.Why.Why
}

// gap is the difference of the comparison its status speaks of; 0 when it is not
// the reader's: cash is of the whole flow.
func (c *Content) gap(p *Payment) record.Cents {
	if !p.Whole || !c.set.Scope.All() && c.factsOf(p.Verdict)["cashed"] == "different" {
		return 0
	}
	return p.Difference
}

// Remittance is the text of the payment, of its receipt or else of its notice.
func (p *Payment) Remittance() string {
	if p.Receipt.Source.Known() {
		return p.Receipt.Remittance
	}
	return p.Notice.Remittance
}

// Place says in one word where it is booked; several when it is split.
func (p *Payment) Place() string {
	var all []string
	for i := range p.Shares {
		s := &p.Shares[i]
		if s.Chapter == "" {
			continue
		}
		place := s.Chapter
		if s.Article != "" {
			place += "/" + s.Article
		}
		all = append(all, place)
	}
	return strings.Join(all, " + ")
}

// Unassigned is what nobody has said where to book.
func (p *Payment) Unassigned() (sum record.Cents) {
	for i := range p.Shares {
		if p.Shares[i].Chapter == "" {
			sum += p.Shares[i].Amount
		}
	}
	return sum
}

// holders are the accertamenti that hold it.
func (c *Content) holders(p *Payment) string {
	var all []string
	for i := range p.Shares {
		if a := c.accertamenti[p.Shares[i].Accertamento]; a != nil && !slices.Contains(all, a.name) {
			all = append(all, a.name)
		}
	}
	return strings.Join(all, " + ")
}

// Movement is the one that cashes it, by the key of its panel; empty when there
// is none or more than one.
func (c *Content) movementOf(p *Payment) string {
	if len(p.Why.Movements) != 1 {
		return ""
	}
	return c.movements[p.Why.Movements[0].ID]
}

// cashedOn is the day the last of its cash came.
func (p *Payment) cashedOn() (on record.Date) {
	for i := range p.Why.Movements {
		on = max(on, p.Why.Movements[i].BookedOn)
	}
	return on
}

// Payments is the table of the payments.
func (c *Content) Payments() *List[Payment] {
	cell := table.Str
	return newList(c, table.Definition{Name: "pagamenti", Title: t("Pagamenti", "Payments"), Page: "pagamenti.html", Key: "chiave", Cards: rowsOfCards},
		append([]Field[Payment]{
			{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(p *Payment) table.Cell { return cell(p.Key) }},
			{table.Column{Key: "iuv", Title: t("IUV", "IUV"), Kind: text, Search: true, Width: 20}, func(p *Payment) table.Cell { return cell(p.IUV) }},
			{table.Column{Key: "stato", Title: t("Stato", "Status"), Kind: code, Values: c.statuses(unitPayment), Filter: true, Width: 32}, func(p *Payment) table.Cell { return cell(p.Verdict.Status) }},
			{table.Column{Key: "importo", Title: t("Importo", "Amount"), Kind: cents, Filter: true, Search: true, Total: true, Width: 14}, func(p *Payment) table.Cell { return table.Cents(p.Worth) }},
			{table.Column{Key: "differenza", Title: t("Differenza", "Difference"), Kind: cents, Filter: true, Width: 14}, func(p *Payment) table.Cell { return table.CentsIf(c.gap(p) != 0, c.gap(p)) }},
			{table.Column{Key: "data_pagamento", Title: t("Pagato il", "Paid on"), Kind: date, Filter: true, Width: 12}, func(p *Payment) table.Cell { return table.Date(p.PaidOn()) }},
			{table.Column{Key: "giorni_lavorativi", Title: t("Giorni", "Days"), Kind: whole, Bucket: ageBuckets, Filter: true, Width: 9}, func(p *Payment) table.Cell { return table.IntIf(p.Verdict.Sign <= 0, p.Why.Age) }},
			{table.Column{Key: "scadenza", Title: t("Atteso entro", "Due by"), Kind: date, Aside: true, Width: 12}, func(p *Payment) table.Cell { return table.Date(p.Why.DueBy) }},
			{table.Column{Key: "tipo_dovuto", Title: t("Tipo dovuto", "Debt type"), Kind: code, Filter: true, Width: 20}, func(p *Payment) table.Cell { return cell(p.DebtType()) }},
			{table.Column{Key: "capitolo", Title: t("Capitolo", "Chapter"), Kind: code, Filter: true, Width: 14}, func(p *Payment) table.Cell { return cell(p.Place()) }},
			{table.Column{Key: "accertamento", Title: t("Accertamento", "Accertamento"), Kind: code, Aside: true, Filter: true, Where: table.Screen}, func(p *Payment) table.Cell { return cell(c.holders(p)) }},
			{table.Column{Key: "da_assegnare", Title: t("Da assegnare", "To assign"), Kind: cents, Aside: true, Filter: true, Total: true, Width: 14}, func(p *Payment) table.Cell { return table.CentsIf(p.Unassigned() != 0, p.Unassigned()) }},
			{table.Column{Key: "psp", Title: t("Codice PSP", "PSP code"), Kind: text, Width: 16, Where: table.Files}, func(p *Payment) table.Cell { psp, _ := p.PSP(); return cell(psp) }},
			{table.Column{Key: "psp_denominazione", Title: t("PSP", "PSP"), Kind: code, Filter: true, Width: 28}, func(p *Payment) table.Cell { return cell(pspName(p.PSP())) }},
			{table.Column{Key: "iuf", Title: t("IUF", "IUF"), Kind: text, Width: 36, Where: table.Files}, func(p *Payment) table.Cell { return cell(p.Flow.IUF) }},
			{table.Column{Key: "flusso", Title: t("Flusso (IUF)", "Flow (IUF)"), Kind: text, Link: "flussi", Search: true, Where: table.Screen}, func(p *Payment) table.Cell { return cell(c.flows[p.Flow.Settlement]) }},
			{table.Column{Key: "data_regolamento", Title: t("Regolato il", "Regulated on"), Kind: date, Aside: true, Width: 12}, func(p *Payment) table.Cell { return table.Date(p.Flow.RegulatedOn) }},
			{table.Column{Key: "movimento", Title: t("Incasso", "Cash"), Kind: text, Link: "cassa", Search: true, Width: 14}, func(p *Payment) table.Cell { return cell(c.movementOf(p)) }},
			{table.Column{Key: "data_incasso", Title: t("Incassato il", "Cashed on"), Kind: date, Filter: true, Width: 12}, func(p *Payment) table.Cell { return table.Date(p.cashedOn()) }},
			{table.Column{Key: "iur", Title: t("IUR", "IUR"), Kind: text, Aside: true, Search: true, Width: 36}, func(p *Payment) table.Cell { return cell(p.IUR) }},
			{table.Column{Key: "indice", Title: t("Indice", "Index"), Kind: whole, Aside: true, Width: 7}, func(p *Payment) table.Cell { return table.IntIf(p.AloneIUD == "", p.Index) }},
			{table.Column{Key: "iud", Title: t("IUD", "IUD"), Kind: text, Aside: true, Search: true, Width: 36}, func(p *Payment) table.Cell { return cell(p.IUD()) }},
			{table.Column{Key: "codice_debitore", Title: t("Codice fiscale", "Payer's tax code"), Kind: text, Aside: true, Search: true, Payer: true, Width: 18}, func(p *Payment) table.Cell { code, _ := p.Payer(); return cell(code) }},
			{table.Column{Key: "debitore", Title: t("Debitore", "Payer"), Kind: text, Payer: true, Width: 28}, func(p *Payment) table.Cell { _, name := p.Payer(); return cell(name) }},
			{table.Column{Key: "causale", Title: t("Causale", "Remittance text"), Kind: text, Payer: true, Width: 40, Where: table.Files}, func(p *Payment) table.Cell { return cell(p.Remittance()) }},
			{table.Column{Key: "etichette", Title: t("Etichette MyPivot", "MyPivot labels"), Kind: code, Aside: true, Filter: true, Width: 30}, func(p *Payment) table.Cell { return cell(p.Verdict.Labels) }},
		}, noted[Payment](c, func(p *Payment) []*note.Note { return p.Notes })...))
}

// ageBuckets are the ranges of ages, by their first working day.
var ageBuckets = []int64{0, 3, 5, 11, 31, 61}

// noted are the columns of what people say.
func noted[T any](c *Content, notes func(*T) []*note.Note) []Field[T] {
	of := func(get func(*note.Note) table.Cell) func(*T) table.Cell {
		return func(x *T) table.Cell {
			if n := note.First(notes(x)); n != nil {
				return get(n)
			}
			return table.Cell{}
		}
	}
	return []Field[T]{
		{table.Column{Key: "segnalazione_stato", Title: t("Segnalazione", "Note"), Kind: code, Values: c.noteStates(), Filter: true, Width: 12}, of(func(n *note.Note) table.Cell { return table.Str(n.State) })},
		{table.Column{Key: "segnalazione_assegnata_a", Title: t("Assegnata a", "Assignee"), Kind: code, Aside: true, Filter: true, Width: 20}, of(func(n *note.Note) table.Cell { return table.Str(n.Assignee) })},
	}
}

// pspName is the name of a PSP, or its code when it has none.
func pspName(code, name string) string {
	if name != "" {
		return name
	}
	return code
}

// Receipts is the table of the receipts: of each payment that has one.
func (c *Content) Receipts() *List[Payment] {
	cell := table.Str
	return newList(c, table.Definition{Name: "ricevute", Title: t("Ricevute", "Receipts"), Page: "ricevute.html", Key: "chiave", Panels: "pagamenti"},
		[]Field[Payment]{
			{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(p *Payment) table.Cell { return cell(p.Key) }},
			{table.Column{Key: "iuv", Title: t("IUV", "IUV"), Kind: text, Search: true, Width: 20}, func(p *Payment) table.Cell { return cell(p.IUV) }},
			{table.Column{Key: "importo", Title: t("Importo", "Amount"), Kind: cents, Filter: true, Search: true, Total: true, Width: 14}, func(p *Payment) table.Cell { return table.Cents(p.receiptWorth()) }},
			{table.Column{Key: "totale_ricevuta", Title: t("Totale ricevuta", "Receipt total"), Kind: cents, Aside: true, Width: 14}, func(p *Payment) table.Cell { return table.CentsIf(p.Whole, p.Receipt.Total) }},
			{table.Column{Key: "data_pagamento", Title: t("Pagato il", "Paid on"), Kind: date, Filter: true, Width: 12}, func(p *Payment) table.Cell { return table.Date(p.Receipt.PaidOn) }},
			{table.Column{Key: "tipo_dovuto", Title: t("Tipo dovuto", "Debt type"), Kind: code, Filter: true, Width: 20}, func(p *Payment) table.Cell { return cell(p.Receipt.DebtType) }},
			{table.Column{Key: "capitolo", Title: t("Capitolo", "Chapter"), Kind: code, Filter: true, Width: 14}, func(p *Payment) table.Cell { return cell(p.Place()) }},
			{table.Column{Key: "stato", Title: t("Stato del pagamento", "Status of the payment"), Kind: code, Values: c.statuses(unitPayment), Filter: true, Width: 32}, func(p *Payment) table.Cell { return cell(p.Verdict.Status) }},
			{table.Column{Key: "psp_denominazione", Title: t("PSP", "PSP"), Kind: code, Filter: true, Width: 28}, func(p *Payment) table.Cell { return cell(pspName(p.Receipt.PSP, p.Receipt.PSPName)) }},
			{table.Column{Key: "iur", Title: t("IUR", "IUR"), Kind: text, Aside: true, Search: true, Width: 36}, func(p *Payment) table.Cell { return cell(p.IUR) }},
			{table.Column{Key: "indice", Title: t("Indice", "Index"), Kind: whole, Aside: true, Width: 7}, func(p *Payment) table.Cell { return table.Int(p.Index) }},
			{table.Column{Key: "iud", Title: t("IUD", "IUD"), Kind: text, Aside: true, Search: true, Width: 36}, func(p *Payment) table.Cell { return cell(p.Receipt.IUD) }},
			{table.Column{Key: "codice_debitore", Title: t("Codice fiscale", "Payer's tax code"), Kind: text, Aside: true, Search: true, Payer: true, Width: 18}, func(p *Payment) table.Cell { return cell(p.Receipt.PayerCode) }},
			{table.Column{Key: "debitore", Title: t("Debitore", "Payer"), Kind: text, Payer: true, Width: 28}, func(p *Payment) table.Cell { return cell(p.Receipt.PayerName) }},
			{table.Column{Key: "causale", Title: t("Causale", "Remittance text"), Kind: text, Payer: true, Width: 40, Where: table.Files}, func(p *Payment) table.Cell { return cell(p.Receipt.Remittance) }},
			{table.Column{Key: "file", Title: t("File", "File"), Kind: code, Aside: true, Filter: true, Width: 36}, func(p *Payment) table.Cell { return cell(fileOf(p.Receipt.Source)) }},
			{table.Column{Key: "riga", Title: t("Riga", "Line"), Kind: whole, Width: 8, Where: table.Files}, func(p *Payment) table.Cell { return table.Int(p.Receipt.Source.Line) }},
		})
}

// receiptWorth is what of the receipt line the reader may see.
func (p *Payment) receiptWorth() record.Cents {
	if p.Whole {
		return p.Receipt.Amount
	}
	return p.Worth
}

// fileOf names a file, and the entry when it is a container.
func fileOf(s store.Source) string {
	if s.Entry != "" {
		return s.File + "/" + s.Entry
	}
	return s.File
}
