package cash

import (
	"unicode/utf8"

	"strings"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// opiRow is a movimento_conto_evidenza as text, by element name. Elements of
// the same name inside others are told apart by their parent.
type opiRow struct {
	line int

	direction, document, operation string // tipo_movimento, tipo_documento, tipo_operazione
	number, receipt, reversed      string // numero_documento, numero_bolletta_quietanza, ..._storno
	amount                         string
	bookedOn, valueOn              string
	endToEnd, bankEndToEnd         string
	payer, remittance, code        string

	covers []opiCover
}

// movement reads one row and hands it on.
func (j *journal) movement() error {
	r := opiRow{line: j.x.Line()}
	if err := j.row(r.line); err != nil {
		return err
	}
	err := j.children(func(name []byte) error {
		switch string(name) {
		case "cliente":
			return j.only("anagrafica_cliente", &r.payer)
		case "sospeso_da_regolarizzare":
			return j.only("codice_gestionale_provvisorio", &r.code)
		case "dati_a_disposizione_BT":
			return j.only("identificativo_end_to_end", &r.bankEndToEnd)
		case "sospeso":
			return j.cover(&r)
		case "numero_sospeso": // up to 1.4
			text, err := j.text()
			r.addCover(opiCover{line: r.line, number: text})
			return err
		}
		place := r.place(name)
		if place == nil {
			return j.leave()
		}
		text, err := j.text()
		*place = text
		return err
	})
	if err != nil {
		return err
	}
	if r.isSkipped() {
		j.Skipped++
		return nil
	}
	m := record.Movement{
		Line: r.line, Treasurer: j.treasurer, Account: j.account, Year: j.year,
		Payer: r.payer, Remittance: r.remittance, Code: r.code,
	}
	if bad := r.fill(&m); bad != nil {
		return j.refuse(bad)
	}
	return j.accept(&m)
}

// place is where the text of a plain element goes, nil when it is not needed.
func (r *opiRow) place(name []byte) *string {
	switch string(name) {
	case "tipo_movimento":
		return &r.direction
	case "tipo_documento":
		return &r.document
	case "tipo_operazione":
		return &r.operation
	case "numero_documento":
		return &r.number
	case "numero_bolletta_quietanza":
		return &r.receipt
	case "numero_bolletta_quietanza_storno":
		return &r.reversed
	case "importo":
		return &r.amount
	case "data_movimento":
		return &r.bookedOn
	case "data_valuta_ente":
		return &r.valueOn
	case "end_to_end_id":
		return &r.endToEnd
	case "causale":
		return &r.remittance
	}
	return nil
}

// only reads the text of one child of the open element.
func (j *journal) only(wanted string, place *string) error {
	return j.children(func(name []byte) error {
		if string(name) != wanted {
			return j.leave()
		}
		text, err := j.text()
		*place = text
		return err
	})
}

// isSkipped holds for rows that are known and not about collected income.
func (r *opiRow) isSkipped() bool {
	if upper(r.direction) == "USCITA" {
		return true
	}
	switch upper(r.document) {
	case "ANTICIPAZIONE", "GIROCONTO", "FONDO DI CASSA", "DEFICIT DI CASSA", "MANDATO", "SOSPESO USCITA":
		return upper(r.direction) == "ENTRATA"
	}
	return false
}

// fill reads the texts of the row into m, or says which cannot be taken.
func (r *opiRow) fill(m *record.Movement) *record.Reject {
	if upper(r.direction) != "ENTRATA" {
		return r.unknown("tipo_movimento", r.direction, "non è né ENTRATA né USCITA")
	}
	switch m.Document = record.Document(upper(r.document)); m.Document {
	case record.DocSospeso, record.DocReversale:
	default:
		return r.unknown("tipo_documento", r.document, "tipo di documento sconosciuto")
	}
	switch m.Operation = record.Operation(upper(r.operation)); m.Operation {
	case record.OpExecuted, record.OpReversed, record.OpRegularised, record.OpRestored:
	default:
		return r.unknown("tipo_operazione", r.operation, "operazione sconosciuta")
	}
	if bad := r.fillNumbers(m); bad != nil {
		return bad
	}
	if bad := r.fillAmount(m); bad != nil {
		return bad
	}
	var err error
	if m.BookedOn, err = isoDate(r.bookedOn); err != nil {
		return rejectOf(err, r.line, "data_movimento")
	}
	if bad := r.fillCovers(m); bad != nil {
		return bad
	}
	m.ValueOn = m.BookedOn
	if r.valueOn != "" {
		if m.ValueOn, err = isoDate(r.valueOn); err != nil {
			return rejectOf(err, r.line, "data_valuta_ente")
		}
	}
	m.EndToEnd = r.endToEnd
	if m.EndToEnd == "" {
		// Up to 1.3.1a the schema has no such element and treasurers use their own.
		m.EndToEnd = r.bankEndToEnd
	}
	return nil
}

// fillNumbers finds the number of the document. Zero means that there is none:
// the bolletta stands in for it, and for a reversal the bolletta it reverses.
func (r *opiRow) fillNumbers(m *record.Movement) *record.Reject {
	for _, n := range []struct{ column, text string }{
		{"numero_documento", r.number}, {"numero_bolletta_quietanza", r.receipt}, {"numero_bolletta_quietanza_storno", r.reversed},
	} {
		if bad := checkNumber(r.line, n.column, n.text); bad != nil {
			return bad
		}
	}
	m.Receipt = field.Number(r.receipt)
	m.Number = field.Number(r.number)
	if m.Number == "" && m.Operation == record.OpReversed {
		m.Number = field.Number(r.reversed)
	}
	if m.Number == "" {
		m.Number = m.Receipt
	}
	if m.Number == "" {
		return &record.Reject{
			Line: r.line, Column: "numero_documento", Code: record.RejectMissing, Value: r.number,
			Reason: "mancano sia il numero del documento sia quello della bolletta",
		}
	}
	return nil
}

// checkNumber refuses what is no document number of the schemas.
func checkNumber(line int, column, text string) *record.Reject {
	if len(text) <= 18 && strings.Trim(text, "0123456789") == "" {
		return nil
	}
	return &record.Reject{
		Line: line, Column: column, Code: record.RejectNumber, Value: field.Shorten(text),
		Reason: "non è un numero di al massimo 18 cifre",
	}
}

// fillAmount reads the amount. What happened to the document gives its
// direction, so the minus some treasurers put on what takes money back is
// dropped; a receipt of less than nothing is an error.
func (r *opiRow) fillAmount(m *record.Movement) *record.Reject {
	amount, err := opiAmount(r.amount)
	if err != nil {
		return rejectOf(err, r.line, "importo")
	}
	if amount < 0 && m.Operation != record.OpExecuted {
		amount = -amount
	}
	if amount <= 0 {
		return &record.Reject{
			Line: r.line, Column: "importo", Code: record.RejectNotPositive, Value: field.Shorten(r.amount),
			Reason: "l'importo di un incasso deve essere positivo",
		}
	}
	m.Amount = amount
	return nil
}

// opiAmount reads an xs:decimal. The schemas allow any: 25, 25.5.
func opiAmount(text string) (record.Cents, error) {
	if amount, err := record.ParseCents(text); err == nil {
		return amount, nil
	}
	return field.Amount(text)
}

// unknown refuses a row whose kind is missing or none of the schema's.
func (r *opiRow) unknown(column, value, reason string) *record.Reject {
	code := record.RejectOperation
	if value == "" {
		code, reason = record.RejectMissing, "l'elemento manca o è vuoto"
	}
	return &record.Reject{Line: r.line, Column: column, Code: code, Value: field.Shorten(value), Reason: reason}
}

// isoDate reads an xs:date, which may carry a zone.
func isoDate(text string) (record.Date, error) {
	if date, err := record.ParseDate(text); err == nil {
		return date, nil
	}
	return field.Date(text)
}

// upper is an enumerated value without differences of case and blanks.
func upper(value string) string {
	if len(value) == 1 && (value[0] < 'a' || value[0] > 'z') && value[0] > ' ' && value[0] < utf8.RuneSelf {
		return value // signs, Y and N
	}
	return strings.ToUpper(strings.Join(strings.Fields(value), " "))
}
