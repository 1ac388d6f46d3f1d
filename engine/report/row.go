package report

import (
	"strconv"
	"strings"
	"time"

	"quadra/engine/formula"
	"quadra/engine/note"
	"quadra/engine/record"
)

// row is one anomaly as the CSV and the XLSX carry it: one definition for both.
// csv names the column, width is its width in characters in the spreadsheet.
// The names are stable: people build on them.
type row struct {
	Unit        text  `csv:"unita" width:"13"`
	Code        text  `csv:"codice" width:"26"`
	Status      text  `csv:"stato" width:"32"`
	Severity    count `csv:"gravita" width:"8"`
	IUV         text  `csv:"iuv" width:"20"`
	IUR         text  `csv:"iur" width:"36"`
	Index       count `csv:"indice" width:"7"`
	IUD         text  `csv:"iud" width:"36"`
	IUF         text  `csv:"iuf" width:"36"`
	PSP         text  `csv:"psp" width:"16"`
	PSPName     text  `csv:"psp_denominazione" width:"28"`
	Year        count `csv:"anno_bolletta" width:"9"`
	Number      text  `csv:"numero_bolletta" width:"14"`
	Account     text  `csv:"conto" width:"28"`
	Amount      money `csv:"importo" width:"14"`
	Difference  money `csv:"differenza" width:"14"`
	Receipt     money `csv:"importo_ricevuta" width:"14"`
	Total       money `csv:"totale_ricevuta" width:"14"`
	Reported    money `csv:"importo_rendicontato" width:"14"`
	Notified    money `csv:"importo_notificato" width:"14"`
	Declared    money `csv:"totale_flusso" width:"14"`
	Cash        money `csv:"incassato" width:"14"`
	PaidOn      day   `csv:"data_pagamento" width:"12"`
	RegulatedOn day   `csv:"data_regolamento" width:"12"`
	BookedOn    day   `csv:"data_contabile" width:"12"`
	DueFrom     day   `csv:"decorrenza" width:"12"`
	DueBy       day   `csv:"scadenza" width:"12"`
	Age         count `csv:"giorni_lavorativi" width:"9"`
	Ageing      text  `csv:"fascia" width:"10"`
	DebtType    text  `csv:"tipo_dovuto" width:"20"`
	PayerCode   text  `csv:"codice_debitore" width:"18"`
	PayerName   text  `csv:"debitore" width:"28"`
	Remittance  text  `csv:"causale" width:"40"`
	Labels      text  `csv:"etichette" width:"30"`
	Why         text  `csv:"perche" width:"80"`
	ReceiptAt   text  `csv:"fonte_ricevuta" width:"36"`
	FlowAt      text  `csv:"fonte_rendicontazione" width:"36"`
	NoticeAt    text  `csv:"fonte_notifica" width:"36"`
	CashAt      text  `csv:"fonte_cassa" width:"36"`
	NoteState   text  `csv:"segnalazione_stato" width:"12"`
	Note        text  `csv:"segnalazione" width:"60"`
	Assignee    text  `csv:"segnalazione_assegnata_a" width:"20"`
	NoteDue     day   `csv:"segnalazione_scadenza" width:"12"`
	IgnoreUntil day   `csv:"segnalazione_ignora_fino_al" width:"12"`
	NoteAuthor  text  `csv:"segnalazione_di" width:"20"`

	said *note.Note

	order string // key of the unit, to break ties
}

// mask leaves out who paid, also where the explanation quotes the text that may
// say it.
func (r *row) mask() {
	r.Why = masked(r.Why, r.Remittance)
	for _, cell := range []*text{&r.PayerCode, &r.PayerName, &r.Remittance} {
		if *cell != "" {
			*cell = Masked
		}
	}
}

// masked is a text without what another one says.
func masked(t, secret text) text {
	if secret == "" {
		return t
	}
	return text(strings.ReplaceAll(string(t), string(secret), Masked))
}

// The units, as the column unita names them.
const (
	unitPayment    = "pagamento"
	unitSettlement = "riversamento"
	unitMovement   = "movimento"
)

// text is a text cell. Numbers are other types, so a negative amount stays a
// number.
type text string

// MarshalCSV implements gocsv's TypeMarshaller; see [formula.Disarm].
func (t text) MarshalCSV() (string, error) { return formula.Disarm(string(t)), nil }

// money is an amount, or an empty cell where there is none to speak of.
type money struct {
	cents record.Cents
	known bool
}

func amount(c record.Cents) money { return money{c, true} }

// amountIf is the amount of a record that may not exist.
func amountIf(exists bool, c record.Cents) money { return money{c, exists} }

// MarshalCSV implements gocsv's TypeMarshaller: decimal comma, no thousands.
func (m money) MarshalCSV() (string, error) {
	if !m.known {
		return "", nil
	}
	return m.cents.DecimalComma(), nil
}

// day is a civil date, or an empty cell.
type day record.Date

// MarshalCSV implements gocsv's TypeMarshaller: dd/mm/yyyy.
func (d day) MarshalCSV() (string, error) { return record.Date(d).Italian(), nil }

// serial is the day as spreadsheets count: days from 30 December 1899.
func (d day) serial() int { return int(record.Date(d) - record.NewDate(1899, time.December, 30)) }

// count is a whole number, or an empty cell.
type count struct {
	n     int
	known bool
}

func number(n int) count { return count{n, true} }

// MarshalCSV implements gocsv's TypeMarshaller.
func (c count) MarshalCSV() (string, error) {
	if !c.known {
		return "", nil
	}
	return strconv.Itoa(c.n), nil
}
