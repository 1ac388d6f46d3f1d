package cash

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// Limits of what a row may say.
const (
	minYear   = 1999 // esercizio, as in the OPI schemas
	maxYear   = 2099
	maxNumber = 35 // characters of a provvisorio number
)

// rowReader turns the rows of a table into movements.
type rowReader struct {
	layout   *Layout
	places   places
	account  string // of the whole table
	ipa      string // IPA code of the entity; empty to ask for none
	sheet    bool   // cells may hold numbers and serial days of a spreadsheet
	date1904 bool
	keys     lineKeys
	days     [2]readDay // the last day of each date column
}

// readDay is a day as it was written, and read: tables say the same day over and
// over.
type readDay struct {
	text string
	day  record.Date
}

// cell is what a row has in a column; cells beyond its end count as empty.
func (r *rowReader) cell(row []string, column int) string {
	if at := r.places[column]; at >= 0 && at < len(row) {
		return strings.TrimSpace(row[at])
	}
	return ""
}

// text is a cell, or what stands for it when it is empty.
func (r *rowReader) text(row []string, column int) string {
	if text := r.cell(row, column); text != "" {
		return text
	}
	return r.layout.defaults[column]
}

// need is how many fields a row needs for its mandatory columns: those the
// header must have, or without one those no movement can do without.
func (r *rowReader) need() int {
	need := 0
	for i, at := range r.places {
		mandatory := !r.layout.columns[i].optional
		if !r.layout.byHeader() {
			mandatory = slices.Contains([]int{colYear, colNumber, colBooked, colAmount, colSign, colCredit}, i)
		}
		if mandatory {
			need = max(need, at+1)
		}
	}
	return need
}

// hasDay tells whether a row has digits where its day should be.
func (r *rowReader) hasDay(row []string) bool {
	return strings.ContainsAny(r.cell(row, colBooked), "0123456789")
}

// ignored tells whether the layout leaves out a row by what it starts with.
func (r *rowReader) ignored(row []string) bool {
	if len(r.layout.ignore) == 0 {
		return false
	}
	for _, text := range row {
		if text = upper(text); text != "" {
			return slices.ContainsFunc(r.layout.ignore, func(start string) bool { return strings.HasPrefix(text, start) })
		}
	}
	return false
}

// regularised tells whether a row says that an order covers it.
func (r *rowReader) regularised(row []string) bool {
	return len(r.layout.yes) > 0 && slices.Contains(r.layout.yes, upper(r.cell(row, colRegularised)))
}

// movement reads one row into m, or says why it cannot. The error is about the
// file: the row of another entity.
func (r *rowReader) movement(line int, row []string, m *record.Movement) (*record.Reject, error) {
	l := r.layout
	if ipa := r.cell(row, colEntity); r.ipa != "" && l.columns[colEntity].exists() && !strings.EqualFold(ipa, r.ipa) {
		if ipa == "" {
			return r.refuse(line, row, colEntity, record.RejectMissing, "il codice IPA dell'ente manca"), nil
		}
		return nil, &record.FileError{
			Line: line, Code: record.FileEntity,
			Message: fmt.Sprintf("la riga è dell'ente con codice IPA %s, non di %s: controllare la cartella in cui è stato messo il file",
				field.Shorten(ipa), r.ipa),
		}
	}
	*m = record.Movement{
		Line: line, Document: record.DocSospeso, Operation: record.OpExecuted,
		Account: r.text(row, colAccount), Treasurer: r.text(row, colTreasurer), Receipt: field.Number(r.cell(row, colReceipt)),
		Payer: r.text(row, colPayer), Remittance: r.cell(row, colRemittance),
		IUF: r.cell(row, colIUF), IUV: r.cell(row, colIUV),
		EndToEnd: r.cell(row, colEndToEnd), Code: r.cell(row, colCode),
	}
	if r.account != "" {
		m.Account = r.account
	}
	if bad := r.identity(line, row, m); bad != nil {
		return bad, nil
	}
	var err error
	if m.BookedOn, err = r.day(0, r.cell(row, colBooked)); err != nil {
		return rejectOf(err, line, l.title(colBooked)), nil
	}
	if !l.columns[colYear].exists() {
		if m.Year = m.BookedOn.Year(); m.Year < minYear || m.Year > maxYear {
			return r.refuse(line, row, colBooked, record.RejectDate,
				fmt.Sprintf("l'anno non è tra %d e %d", minYear, maxYear)), nil
		}
	}
	if bad := r.money(line, row, m); bad != nil {
		return bad, nil
	}
	m.ValueOn = m.BookedOn
	if value := r.cell(row, colValue); value != "" {
		if m.ValueOn, err = r.day(1, value); err != nil {
			return rejectOf(err, line, l.title(colValue)), nil
		}
	}
	if !l.columns[colNumber].exists() {
		m.Number = r.keys.number(m, r.cell(row, colReference))
	}
	return nil, nil
}

func (r *rowReader) refuse(line int, row []string, column int, code record.RejectCode, reason string) *record.Reject {
	return &record.Reject{
		Line: line, Column: r.layout.title(column), Code: code, Value: field.Shorten(r.cell(row, column)), Reason: reason,
	}
}

// identity reads year and number, where the layout has them.
func (r *rowReader) identity(line int, row []string, m *record.Movement) *record.Reject {
	year, number := r.cell(row, colYear), r.cell(row, colNumber)
	hasYear, hasNumber := r.layout.columns[colYear].exists(), r.layout.columns[colNumber].exists()
	m.Number = field.Number(number)
	if m.Number == "" {
		m.Number = m.Receipt
	}
	switch {
	case hasYear && year == "":
		return r.refuse(line, row, colYear, record.RejectMissing, "l'esercizio manca")
	case hasNumber && m.Number == "":
		return r.refuse(line, row, colNumber, record.RejectMissing, "il numero del provvisorio manca")
	case len(number) > maxNumber || len(m.Number) > maxNumber:
		return r.refuse(line, row, colNumber, record.RejectTooLong,
			fmt.Sprintf("il numero del provvisorio supera %d caratteri", maxNumber))
	case isExponent(number) || isExponent(m.Number):
		return r.refuse(line, row, colNumber, record.RejectNumber,
			"il foglio di calcolo ha arrotondato il numero del provvisorio: scriverlo come testo")
	}
	if !hasYear {
		return nil
	}
	var err error
	if m.Year, err = yearOf(year); err != nil {
		return r.refuse(line, row, colYear, record.RejectNumber,
			fmt.Sprintf("l'esercizio non è un anno tra %d e %d", minYear, maxYear))
	}
	return nil
}

// money reads the amount with its sign: from one column, from one and a sign, or
// from debit and credit.
func (r *rowReader) money(line int, row []string, m *record.Movement) *record.Reject {
	column := colAmount
	var err error
	if r.layout.columns[colCredit].exists() {
		var debit record.Cents
		if text := r.cell(row, colDebit); text != "" {
			if debit, err = r.amount(text); err != nil {
				return rejectOf(err, line, r.layout.title(colDebit))
			}
		}
		column = colCredit
		text := r.cell(row, colCredit)
		if text != "" || debit == 0 {
			if m.Amount, err = r.amount(text); err != nil {
				return rejectOf(err, line, r.layout.title(colCredit))
			}
		}
		switch {
		case debit != 0 && m.Amount != 0:
			return r.refuse(line, row, colCredit, record.RejectAmount, "la riga ha sia un addebito sia un accredito")
		case debit != 0:
			m.Amount = -max(debit, -debit)
		}
	} else if m.Amount, err = r.amount(r.cell(row, colAmount)); err != nil {
		return rejectOf(err, line, r.layout.title(colAmount))
	}
	if m.Amount == 0 {
		return r.refuse(line, row, column, record.RejectNotPositive, "l'importo è zero: un provvisorio deve incassare qualcosa")
	}
	if r.layout.columns[colSign].exists() {
		return r.sign(line, row, m)
	}
	return nil
}

// sign gives the amount the sign that stands beside it.
func (r *rowReader) sign(line int, row []string, m *record.Movement) *record.Reject {
	text := r.cell(row, colSign)
	switch sign := upper(text); {
	case slices.Contains(r.layout.minus, sign):
		m.Amount = -max(m.Amount, -m.Amount)
	case len(r.layout.plus) > 0 && sign == "":
		return r.refuse(line, row, colSign, record.RejectMissing, "il segno manca")
	case len(r.layout.plus) > 0 && !slices.Contains(r.layout.plus, sign):
		return r.refuse(line, row, colSign, record.RejectAmount, "il segno non è tra quelli del tracciato")
	case m.Amount < 0:
		return r.refuse(line, row, colSign, record.RejectAmount, "l'importo è negativo e il segno accanto dice il contrario")
	}
	return nil
}

// amount reads an amount. A spreadsheet keeps numbers with a dot, whatever
// people write in its text cells.
func (r *rowReader) amount(text string) (record.Cents, error) {
	if !r.sheet || !isNumber(text) {
		return r.layout.amount(text)
	}
	if r.layout.cents {
		whole, fraction, _ := strings.Cut(text, ".")
		if strings.Trim(fraction, "0") == "" {
			text = whole
		}
		return wholeCents(text)
	}
	return cellAmount(text)
}

// day reads a day, unless it is the last one again.
func (r *rowReader) day(column int, text string) (record.Date, error) {
	last := &r.days[column]
	if last.text == text && text != "" {
		return last.day, nil
	}
	day, err := r.readDay(text)
	if err == nil {
		*last = readDay{strings.Clone(text), day}
	}
	return day, err
}

// readDay reads a day. A spreadsheet gives days as serial numbers or YYYY-MM-DD.
func (r *rowReader) readDay(text string) (record.Date, error) {
	if r.sheet {
		if _, err := record.ParseDate(text); err == nil || isSerial(text) {
			return cellDate(text, r.date1904)
		}
	}
	return r.layout.day(text)
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
