package cash

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// cellAmount reads the raw text of a spreadsheet cell as an amount. A number
// cell holds a binary fraction, and some programs save its noise
// (1234.5599999999999 for 1234.56): it is rounded to cents when the two differ
// by no more than a millionth. Text in the cell is read as people write it.
func cellAmount(raw string) (record.Cents, error) {
	if !isBinary(raw) {
		return field.Amount(raw)
	}
	number, err := decimal.NewFromString(raw)
	if err != nil {
		return field.Amount(raw)
	}
	cents := number.Round(2)
	if number.Sub(cents).Abs().GreaterThan(noise) {
		return field.Amount(raw)
	}
	return field.Amount(cents.StringFixed(2))
}

// noise is how far from whole cents a binary fraction may lie.
var noise = decimal.New(1, -6)

// isBinary tells whether the text of a cell can only be a number cell saved
// with its noise: four or more decimals, which no group of thousands has, or an
// exponent of a reasonable size.
func isBinary(raw string) bool {
	if isExponent(raw) {
		_, exponent, _ := strings.Cut(strings.ToUpper(raw), "E")
		power, err := strconv.Atoi(exponent)
		return err == nil && power >= -20 && power <= 20 && len(raw) <= 40
	}
	whole, decimals, ok := strings.Cut(strings.TrimPrefix(raw, "-"), ".")
	return ok && whole != "" && len(decimals) >= 4 && len(raw) <= 40 &&
		strings.Trim(whole, "0123456789") == "" && strings.Trim(decimals, "0123456789") == ""
}

// isNumber tells whether the text of a cell is that of a number cell.
func isNumber(raw string) bool {
	if isExponent(raw) {
		return true
	}
	whole, fraction, point := strings.Cut(strings.TrimPrefix(raw, "-"), ".")
	return whole != "" && (!point || fraction != "") &&
		strings.Trim(whole, "0123456789") == "" && strings.Trim(fraction, "0123456789") == ""
}

// isSerial tells whether the text of a cell is the serial number of a day of
// this field, with or without a time.
func isSerial(raw string) bool {
	whole, fraction, _ := strings.Cut(raw, ".")
	return len(whole) == 5 && strings.Trim(whole, "0123456789") == "" && strings.Trim(fraction, "0123456789") == ""
}

// cellDate reads the text of a spreadsheet cell as a day: the serial number of a
// date cell, or text as people write it.
func cellDate(raw string, date1904 bool) (record.Date, error) {
	if !isSerial(raw) {
		return field.Date(raw)
	}
	serial, err := strconv.Atoi(raw[:5])
	if err != nil {
		return field.Date(raw)
	}
	// Day 0 of the two calendars of Excel. The first counts a 29 February 1900
	// that was not: from March 1900 on its day 0 is 1899-12-30.
	first := record.NewDate(1899, 12, 30)
	if date1904 {
		first = record.NewDate(1904, 1, 1)
	}
	return first + record.Date(serial), nil
}
