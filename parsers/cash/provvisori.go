package cash

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// Limits of the provvisori layout.
const (
	minYear   = 1999 // esercizio, as in the OPI schemas
	maxYear   = 2099
	maxNumber = 35 // characters of a provvisorio number
)

// provvisori turns the rows of a provvisori layout into movements.
type provvisori struct {
	columns columns
	amount  func(string) (record.Cents, error)
	date    func(string) (record.Date, error)
}

// movement reads one row into m, or says why it cannot. fields are the cells of
// the row; those beyond its end count as empty.
func (p *provvisori) movement(line int, fields []string, m *record.Movement) *record.Reject {
	cell := func(column int) string {
		if at := p.columns[column]; at >= 0 && at < len(fields) {
			return strings.TrimSpace(fields[at])
		}
		return ""
	}
	refuse := func(column int, code record.RejectCode, reason string) *record.Reject {
		return &record.Reject{
			Line: line, Column: columnNames[column], Code: code, Value: field.Shorten(cell(column)), Reason: reason,
		}
	}
	*m = record.Movement{
		Line: line, Document: record.DocSospeso, Operation: record.OpExecuted,
		Payer: cell(colPayer), Remittance: cell(colRemittance),
	}
	year := cell(colYear)
	number := cell(colNumber)
	switch {
	case year == "":
		return refuse(colYear, record.RejectMissing, "l'esercizio manca")
	case field.Number(number) == "":
		return refuse(colNumber, record.RejectMissing, "il numero del provvisorio manca")
	case len(number) > maxNumber:
		return refuse(colNumber, record.RejectTooLong,
			fmt.Sprintf("il numero del provvisorio supera %d caratteri", maxNumber))
	case isExponent(number):
		return refuse(colNumber, record.RejectNumber,
			"il foglio di calcolo ha arrotondato il numero del provvisorio: scriverlo come testo")
	}
	var err error
	if m.Year, err = yearOf(year); err != nil {
		return refuse(colYear, record.RejectNumber,
			fmt.Sprintf("l'esercizio non è un anno tra %d e %d", minYear, maxYear))
	}
	m.Number = field.Number(number)
	if m.BookedOn, err = p.date(cell(colBooked)); err != nil {
		return rejectOf(err, line, columnNames[colBooked])
	}
	if m.Amount, err = p.amount(cell(colAmount)); err != nil {
		return rejectOf(err, line, columnNames[colAmount])
	}
	if m.Amount == 0 {
		return refuse(colAmount, record.RejectNotPositive, "l'importo è zero: un provvisorio deve incassare qualcosa")
	}
	m.ValueOn = m.BookedOn
	if value := cell(colValue); value != "" {
		if m.ValueOn, err = p.date(value); err != nil {
			return rejectOf(err, line, columnNames[colValue])
		}
	}
	return nil
}

// rejectOf is the reject of a value package field did not take.
func rejectOf(err error, line int, column string) *record.Reject {
	var bad *field.Error
	if errors.As(err, &bad) {
		return bad.Reject(line, column)
	}
	return &record.Reject{Line: line, Column: column, Code: record.RejectSyntax, Reason: "valore non leggibile"}
}

// isExponent recognises a number a spreadsheet wrote as 1.2E+17.
func isExponent(text string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(text), "E")
	if !ok || mantissa == "" || strings.Trim(mantissa, "-0123456789.") != "" {
		return false
	}
	_, err := strconv.Atoi(exponent)
	return err == nil
}

// yearOf reads an esercizio.
func yearOf(text string) (int, error) {
	year, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("year: %w", err)
	}
	if year < minYear || year > maxYear {
		return 0, fmt.Errorf("year %d is outside %d-%d", year, minYear, maxYear)
	}
	return year, nil
}
