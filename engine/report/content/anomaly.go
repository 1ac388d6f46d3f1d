package content

import (
	"quadra/engine/calendar"
	"quadra/engine/explain"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// The units, as the column unita names them.
const (
	NamePayment    = "pagamento"
	NameSettlement = "riversamento"
	NameMovement   = "movimento"
)

// Anomaly is a payment, settlement or movement with a negative sign, as a row of
// one table: the cells by the names of their columns.
type Anomaly struct {
	Unit, Code, Assignee string
	Severity, Age        int
	Amount               record.Cents
	Note                 *note.Note

	key                                                            string
	iuv, iur, index, iud, iuf, psp, pspName, year, number, account table.Cell
	difference, receipt, total, reported, notified, declared, cash table.Cell
	paidOn, regulatedOn, bookedOn, dueFrom, dueBy                  table.Cell
	debtType, payerCode, payerName, remittance, labels, why        table.Cell
	receiptAt, flowAt, noticeAt, cashAt                            text4
}

// text4 is where records of one kind stand, several with a semicolon.
type text4 string

func (t *text4) add(s string) {
	if *t != "" {
		*t += "; "
	}
	*t += text4(s)
}

// DebtType and PSP are what the anomaly is grouped by besides its code.
func (a *Anomaly) DebtType() string { return a.debtType.Text() }

// PSP is the name of who collected, or its code.
func (a *Anomaly) PSP() string { return pspName(a.psp.Text(), a.pspName.Text()) }

// Since is the day its ageing starts.
func (a *Anomaly) Since() record.Date { return record.Date(a.dueFrom.Number()) }

// Why is the sentence of its status.
func (a *Anomaly) Why() string { return a.why.Text() }

// Key tells it from the others.
func (a *Anomaly) Key() string { return a.key }

// What is how people name it.
func (a *Anomaly) What() string { return a.what() }

// PaymentAnomaly is a payment among the anomalies.
func (c *Content) PaymentAnomaly(p *Payment) *Anomaly {
	a := c.anomaly(NamePayment, p.Verdict, &p.Why, p.Notes, p.Key)
	a.iuv, a.iur, a.iud, a.iuf = table.Str(p.IUV), table.Str(p.IUR), table.Str(p.IUD()), table.Str(p.Flow.IUF)
	a.index = table.IntIf(p.AloneIUD == "", p.Index)
	psp, name := p.PSP()
	a.psp, a.pspName = table.Str(psp), table.Str(name)
	hasReceipt, hasFlow := p.Receipt.Source.Known() && p.Whole, p.Flow.Source.Known() && p.Whole
	a.Amount, a.difference = p.Worth, table.CentsIf(c.gap(p) != 0, c.gap(p))
	a.receipt, a.total = table.CentsIf(hasReceipt, p.Receipt.Amount), table.CentsIf(hasReceipt, p.Receipt.Total)
	a.reported = table.CentsIf(hasFlow, p.Flow.Amount)
	if c.set.Scope.All() {
		a.declared, a.cash = table.CentsIf(hasFlow, p.Flow.Total), table.CentsIf(p.Why.HasCash, p.Why.Cash)
	}
	a.notified = table.CentsIf(p.Notice.Source.Known() && p.Whole, p.Notice.Amount)
	a.paidOn, a.regulatedOn, a.dueFrom = table.Date(p.PaidOn()), table.Date(p.Flow.RegulatedOn), table.Date(p.DueFrom)
	code, payer := p.Payer()
	a.debtType, a.payerCode, a.payerName, a.remittance = table.Str(p.DebtType()), table.Str(code), table.Str(payer), table.Str(p.Remittance())
	if !p.Whole {
		a.why = table.Cell{}
	}
	return a
}

// FlowAnomaly is a settlement among the anomalies.
func (c *Content) FlowAnomaly(f *Flow) *Anomaly {
	a := c.anomaly(NameSettlement, f.Verdict, &f.Why, f.Notes, f.Key)
	all := c.set.Scope.All()
	a.iuf, a.psp, a.pspName = table.Str(f.IUF), table.Str(f.PSP), table.Str(f.PSPName)
	a.Amount, a.difference = f.Seen.Worth, table.CentsIf(all && f.Difference() != 0, f.Difference())
	a.declared, a.cash = table.Cents(f.Seen.Worth), table.CentsIf(f.Parts > 0, f.Seen.Cash)
	a.regulatedOn, a.dueFrom = table.Date(f.RegulatedOn), table.Date(f.RegulatedOn)
	if len(f.Movements) == 1 {
		m := &f.Movements[0]
		a.year, a.number, a.account, a.bookedOn = table.Int(m.Year), table.Str(m.Number), table.Str(m.Account), table.Date(m.BookedOn)
	}
	if !all {
		a.why = table.Cell{}
	}
	return a
}

// MovementAnomaly is a movement among the anomalies.
func (c *Content) MovementAnomaly(m *Movement) *Anomaly {
	a := c.anomaly(NameMovement, m.Verdict, &m.Why, m.Notes, m.Key)
	a.year, a.number, a.account = table.Int(m.Year), table.Str(m.Number), table.Str(m.Account)
	a.Amount, a.cash = m.Seen, table.Cents(m.Seen)
	a.bookedOn, a.dueFrom = table.Date(m.BookedOn), table.Date(m.BookedOn)
	if !c.set.Scope.All() {
		a.why = table.Cell{}
		return a
	}
	a.difference = table.CentsIf(m.Difference() != 0, m.Difference())
	a.payerName, a.remittance = table.Str(m.Payer), table.Str(m.Remittance)
	a.iuf, a.iuv = table.Str(m.names("iuf")), table.Str(m.names("iuv"))
	if len(m.Links) == 1 {
		l := &m.Links[0]
		a.iuf, a.declared, a.regulatedOn, a.psp = table.Str(l.IUF), table.Cents(l.Total), table.Date(l.RegulatedOn), table.Str(l.PSP)
	}
	return a
}

// anomaly begins the row with what the three units have in common.
func (c *Content) anomaly(unit string, v *store.Verdict, e *explain.Explanation, notes []*note.Note, key string) *Anomaly {
	a := &Anomaly{Unit: unit, Code: v.Status, Severity: v.Severity, Age: e.Age, Note: note.First(notes), key: unit + "/" + key,
		dueBy: table.Date(e.DueBy), labels: table.Str(v.Labels), why: table.Str(e.Why)}
	for i := range e.Records {
		r := &e.Records[i]
		at := map[record.Kind]*text4{record.KindReceipts: &a.receiptAt, record.KindFlows: &a.flowAt, record.KindNotices: &a.noticeAt,
			record.KindMovements: &a.cashAt}[r.Kind]
		at.add(r.Source.String())
	}
	if a.Note != nil {
		a.Assignee = a.Note.Assignee
	}
	return a
}

// Anomalies is the table of the anomalies. The columns of its files are those of
// a file of notes too: it is written on and handed back.
func (c *Content) Anomalies() *List[Anomaly] {
	str := func(get func(*Anomaly) string) func(*Anomaly) table.Cell {
		return func(a *Anomaly) table.Cell { return table.Str(get(a)) }
	}
	said := func(get func(*note.Note) table.Cell) func(*Anomaly) table.Cell {
		return func(a *Anomaly) table.Cell {
			if a.Note == nil {
				return table.Cell{}
			}
			return get(a.Note)
		}
	}
	units := []table.Value{{Code: NamePayment, Title: c.say("pagamento", "payment")}, {Code: NameSettlement, Title: c.say("riversamento", "settlement")},
		{Code: NameMovement, Title: c.say("movimento", "movement")}}
	return newList(c, table.Definition{Name: "anomalie", Title: t("Anomalie", "Anomalies"), Page: "anomalie.html", Key: "chiave", Cards: rowsOfCards}, []Field[Anomaly]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, str(func(a *Anomaly) string { return a.key })},
		{table.Column{Key: "cosa", Title: t("Che cosa", "What"), Kind: text, Where: table.Screen}, func(a *Anomaly) table.Cell { return table.Str(a.what()) }},
		{table.Column{Key: "unita", Title: t("Unità", "Unit"), Kind: text, Width: 13, Where: table.Files}, str(func(a *Anomaly) string { return a.Unit })},
		{table.Column{Key: "tipo", Title: t("Unità", "Unit"), Kind: code, Values: units, Filter: true, Where: table.Screen}, str(func(a *Anomaly) string { return a.Unit })},
		{table.Column{Key: "codice", Title: t("Codice", "Code"), Kind: text, Width: 26, Where: table.Files}, str(func(a *Anomaly) string { return a.Code })},
		{table.Column{Key: "stato", Title: t("Stato", "Status"), Kind: text, Width: 32, Where: table.Files}, func(a *Anomaly) table.Cell { return table.Str(c.StatusName(unitNames[a.Unit], a.Code)) }},
		{table.Column{Key: "anomalia", Title: t("Anomalia", "Anomaly"), Kind: code, Values: c.allStatuses(), Filter: true, Where: table.Screen}, str(func(a *Anomaly) string { return a.Code })},
		{table.Column{Key: "gravita", Title: t("Gravità", "Severity"), Kind: whole, Filter: true, Width: 8}, func(a *Anomaly) table.Cell { return table.Int(a.Severity) }},
		{table.Column{Key: "iuv", Title: t("IUV", "IUV"), Kind: text, Aside: true, Search: true, Width: 20}, func(a *Anomaly) table.Cell { return a.iuv }},
		{table.Column{Key: "iur", Title: t("IUR", "IUR"), Kind: text, Aside: true, Search: true, Width: 36}, func(a *Anomaly) table.Cell { return a.iur }},
		{table.Column{Key: "indice", Title: t("Indice", "Index"), Kind: whole, Width: 7, Where: table.Files}, func(a *Anomaly) table.Cell { return a.index }},
		{table.Column{Key: "iud", Title: t("IUD", "IUD"), Kind: text, Aside: true, Search: true, Width: 36}, func(a *Anomaly) table.Cell { return a.iud }},
		{table.Column{Key: "iuf", Title: t("IUF", "IUF"), Kind: text, Aside: true, Search: true, Width: 36}, func(a *Anomaly) table.Cell { return a.iuf }},
		{table.Column{Key: "psp", Title: t("Codice PSP", "PSP code"), Kind: text, Width: 16, Where: table.Files}, func(a *Anomaly) table.Cell { return a.psp }},
		{table.Column{Key: "psp_denominazione", Title: t("PSP", "PSP"), Kind: text, Width: 28, Where: table.Files}, func(a *Anomaly) table.Cell { return a.pspName }},
		{table.Column{Key: "chi_incassa", Title: t("PSP", "PSP"), Kind: code, Filter: true, Where: table.Screen}, str((*Anomaly).PSP)},
		{table.Column{Key: "anno_bolletta", Title: t("Anno bolletta", "Movement year"), Kind: whole, Width: 9, Where: table.Files}, func(a *Anomaly) table.Cell { return a.year }},
		{table.Column{Key: "numero_bolletta", Title: t("Bolletta", "Movement"), Kind: text, Aside: true, Search: true, Width: 14}, func(a *Anomaly) table.Cell { return a.number }},
		{table.Column{Key: "conto", Title: t("Conto", "Account"), Kind: text, Width: 28, Where: table.Files}, func(a *Anomaly) table.Cell { return a.account }},
		{table.Column{Key: "importo", Title: t("Importo", "Amount"), Kind: cents, Filter: true, Search: true, Total: true, Bucket: amountBuckets, Width: 14}, func(a *Anomaly) table.Cell { return table.Cents(a.Amount) }},
		{table.Column{Key: "differenza", Title: t("Differenza", "Difference"), Kind: cents, Width: 14}, func(a *Anomaly) table.Cell { return a.difference }},
		{table.Column{Key: "importo_ricevuta", Title: t("Ricevuta", "Receipt"), Kind: cents, Aside: true, Width: 14}, func(a *Anomaly) table.Cell { return a.receipt }},
		{table.Column{Key: "totale_ricevuta", Title: t("Totale ricevuta", "Receipt total"), Kind: cents, Width: 14, Where: table.Files}, func(a *Anomaly) table.Cell { return a.total }},
		{table.Column{Key: "importo_rendicontato", Title: t("Rendicontato", "Reported"), Kind: cents, Aside: true, Width: 14}, func(a *Anomaly) table.Cell { return a.reported }},
		{table.Column{Key: "importo_notificato", Title: t("Notificato", "Notified"), Kind: cents, Aside: true, Width: 14}, func(a *Anomaly) table.Cell { return a.notified }},
		{table.Column{Key: "totale_flusso", Title: t("Totale flusso", "Flow total"), Kind: cents, Width: 14, Where: table.Files}, func(a *Anomaly) table.Cell { return a.declared }},
		{table.Column{Key: "incassato", Title: t("Incassato", "Cashed"), Kind: cents, Width: 14, Where: table.Files}, func(a *Anomaly) table.Cell { return a.cash }},
		{table.Column{Key: "data_pagamento", Title: t("Pagato il", "Paid on"), Kind: date, Width: 12, Where: table.Files}, func(a *Anomaly) table.Cell { return a.paidOn }},
		{table.Column{Key: "data_regolamento", Title: t("Regolato il", "Regulated on"), Kind: date, Width: 12, Where: table.Files}, func(a *Anomaly) table.Cell { return a.regulatedOn }},
		{table.Column{Key: "data_contabile", Title: t("Incassato il", "Booked on"), Kind: date, Width: 12, Where: table.Files}, func(a *Anomaly) table.Cell { return a.bookedOn }},
		{table.Column{Key: "decorrenza", Title: t("Dal", "Since"), Kind: date, Aside: true, Filter: true, Width: 12}, func(a *Anomaly) table.Cell { return a.dueFrom }},
		{table.Column{Key: "scadenza", Title: t("Atteso entro", "Due by"), Kind: date, Aside: true, Width: 12}, func(a *Anomaly) table.Cell { return a.dueBy }},
		{table.Column{Key: "giorni_lavorativi", Title: t("Giorni", "Days"), Kind: whole, Filter: true, Bucket: ageBuckets, Width: 9}, func(a *Anomaly) table.Cell { return table.Int(a.Age) }},
		{table.Column{Key: "fascia", Title: t("Fascia", "Bucket"), Kind: text, Width: 10, Where: table.Files}, str(func(a *Anomaly) string { return calendar.Bucket(a.Age).String() })},
		{table.Column{Key: "tipo_dovuto", Title: t("Tipo dovuto", "Debt type"), Kind: code, Filter: true, Width: 20}, func(a *Anomaly) table.Cell { return a.debtType }},
		{table.Column{Key: "codice_debitore", Title: t("Codice fiscale", "Payer's tax code"), Kind: text, Aside: true, Search: true, Payer: true, Width: 18}, func(a *Anomaly) table.Cell { return a.payerCode }},
		{table.Column{Key: "debitore", Title: t("Debitore", "Payer"), Kind: text, Aside: true, Payer: true, Width: 28}, func(a *Anomaly) table.Cell { return a.payerName }},
		{table.Column{Key: "causale", Title: t("Causale", "Remittance text"), Kind: text, Aside: true, Payer: true, Width: 40}, func(a *Anomaly) table.Cell { return a.remittance }},
		{table.Column{Key: "etichette", Title: t("Etichette MyPivot", "MyPivot labels"), Kind: text, Aside: true, Width: 30}, func(a *Anomaly) table.Cell { return a.labels }},
		{table.Column{Key: "perche", Title: t("Perché", "Why"), Kind: text, Width: 80}, func(a *Anomaly) table.Cell { return a.why }},
		{table.Column{Key: "fonte_ricevuta", Kind: text, Width: 36, Where: table.Files}, str(func(a *Anomaly) string { return string(a.receiptAt) })},
		{table.Column{Key: "fonte_rendicontazione", Kind: text, Width: 36, Where: table.Files}, str(func(a *Anomaly) string { return string(a.flowAt) })},
		{table.Column{Key: "fonte_notifica", Kind: text, Width: 36, Where: table.Files}, str(func(a *Anomaly) string { return string(a.noticeAt) })},
		{table.Column{Key: "fonte_cassa", Kind: text, Width: 36, Where: table.Files}, str(func(a *Anomaly) string { return string(a.cashAt) })},
		{table.Column{Key: "segnalazione_stato", Title: t("Stato segnalazione", "Note state"), Kind: text, Width: 12, Where: table.Files}, said(func(n *note.Note) table.Cell { return table.Str(note.Name(n.State, "it")) })},
		{table.Column{Key: "segnalazione_e", Title: t("Segnalazione", "Note"), Kind: code, Values: c.noteStates(), Filter: true, Where: table.Screen}, said(func(n *note.Note) table.Cell { return table.Str(n.State) })},
		{table.Column{Key: "segnalazione", Title: t("Testo della segnalazione", "Text of the note"), Kind: text, Search: true, Width: 60}, said(func(n *note.Note) table.Cell { return table.Str(n.Text) })},
		{table.Column{Key: "segnalazione_assegnata_a", Title: t("Assegnata a", "Assignee"), Kind: code, Aside: true, Filter: true, Width: 20}, str(func(a *Anomaly) string { return a.Assignee })},
		{table.Column{Key: "segnalazione_scadenza", Title: t("Scadenza segnalazione", "Note due"), Kind: date, Aside: true, Width: 12}, said(func(n *note.Note) table.Cell { return table.Date(n.DueOn) })},
		{table.Column{Key: "segnalazione_ignora_fino_al", Title: t("Da ignorare fino al", "Ignore until"), Kind: date, Aside: true, Width: 12}, said(func(n *note.Note) table.Cell { return table.Date(n.IgnoreUntil) })},
		{table.Column{Key: "segnalazione_di", Title: t("Segnalata da", "Noted by"), Kind: text, Aside: true, Width: 20}, said(func(n *note.Note) table.Cell { return table.Str(n.Author) })},
	})
}

// amountBuckets are the ranges of amounts, in cents.
var amountBuckets = []int64{0, 10_000, 50_000, 100_000, 500_000, 1_000_000}

// AmountBuckets are the lower bounds of the ranges of amounts.
func AmountBuckets() []int64 { return amountBuckets }

// what names the thing: by what people know it.
func (a *Anomaly) what() string {
	switch a.Unit {
	case NameSettlement:
		return a.iuf.Text()
	case NameMovement:
		return movementName(a.number.Text(), int(a.year.Number()))
	}
	if a.iuv.Known() {
		return a.iuv.Text()
	}
	return a.iud.Text()
}

// unitNames are the units of the rules by the names of rows.
var unitNames = map[string]string{NamePayment: unitPayment, NameSettlement: unitSettlement, NameMovement: unitMovement}

// allStatuses are the anomalies of the three units; a code of two of them is
// called the same in both.
func (c *Content) allStatuses() []table.Value {
	var out []table.Value
	seen := make(map[string]bool)
	for _, unit := range []string{unitPayment, unitSettlement, unitMovement} {
		for _, v := range c.statuses(unit) {
			if v.Sign < 0 && !seen[v.Code] {
				seen[v.Code] = true
				out = append(out, v)
			}
		}
	}
	return out
}
