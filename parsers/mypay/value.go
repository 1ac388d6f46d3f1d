package mypay

import (
	"bytes"
	"errors"
	"time"

	"quadra/engine/record"
)

// Amount reads an amount of euro: digits, a dot and two decimals, as MyPay
// writes them now, or a comma and two decimals, as the older jobs did on Italian
// machines. No other form is taken: a thousands separator or a missing decimal
// cannot be told from a mistake. An empty value is 0.
func (t *Table) Amount(column int) (record.Cents, *record.Reject) {
	text := t.Field(column)
	if len(text) == 0 {
		return 0, nil
	}
	c, reason := amount(text)
	if reason != "" {
		return 0, t.Refuse(column, record.RejectAmount, reason)
	}
	return c, nil
}

// Positive reads an amount that must be more than zero.
func (t *Table) Positive(column int) (record.Cents, *record.Reject) {
	c, bad := t.Amount(column)
	if bad == nil && c <= 0 {
		bad = t.Refuse(column, record.RejectNotPositive, "l'importo deve essere maggiore di zero")
	}
	return c, bad
}

// amount returns why a text is no amount, in Italian.
func amount(text []byte) (record.Cents, string) {
	var dotted [24]byte
	comma := bytes.IndexByte(text, ',')
	if comma >= 0 && comma == len(text)-3 && len(text) <= len(dotted) && bytes.IndexByte(text, '.') < 0 {
		text = dotted[:copy(dotted[:], text)]
		text[comma] = '.'
		comma = -1
	}
	c, err := record.ParseCents(text)
	if err == nil {
		return c, ""
	}
	digits := bytes.Trim(text, "-0123456789.,")
	switch {
	case len(digits) > 0 || bytes.Count(text, []byte(",")) > 1 || bytes.LastIndexByte(text, '-') > 0:
		return 0, "non è un importo: scrivere cifre, punto e due decimali, per esempio 1234.56"
	case comma >= 0 && bytes.IndexByte(text, '.') >= 0 || bytes.Count(text, []byte(".")) > 1:
		return 0, "l'importo ha il separatore delle migliaia: toglierlo e scrivere per esempio 1234.56"
	case len(bytes.TrimLeft(text, "-0")) > len("9999999999999.99"):
		return 0, "l'importo supera il massimo ammesso, " + record.MaxAmount.Italian()
	}
	return 0, "l'importo deve avere due decimali: scrivere per esempio 1234.56"
}

// Date reads a day as YYYY-MM-DD. An empty value is no date.
func (t *Table) Date(column int) (record.Date, *record.Reject) {
	text := t.Field(column)
	if len(text) == 0 {
		return 0, nil
	}
	d, err := record.ParseDate(text)
	if err == nil {
		return d, nil
	}
	reason := "non è una data: scrivere AAAA-MM-GG, per esempio 2026-10-27"
	if errors.Is(err, record.ErrDate) && isShapedLike(text, "0000-00-00") {
		reason = "il giorno non esiste nel calendario"
	}
	return 0, t.Refuse(column, record.RejectDate, reason)
}

// isShapedLike tells whether text has digits and marks where the shape has
// them.
func isShapedLike(text []byte, shape string) bool {
	if len(text) != len(shape) {
		return false
	}
	for i, c := range text {
		if digit := c >= '0' && c <= '9'; digit != (shape[i] == '0') || !digit && c != shape[i] {
			return false
		}
	}
	return true
}

// Instant reads YYYY-MM-DDThh:mm:ss, a clock time in Italy, and returns it in
// UTC. An empty value is the zero instant.
func (t *Table) Instant(column int) (time.Time, *record.Reject) {
	text := t.Field(column)
	if len(text) == 0 {
		return time.Time{}, nil
	}
	if isShapedLike(text, "0000-00-00T00:00:00") {
		day, err := record.ParseDate(text[:10])
		h, m, s := two(text[11:]), two(text[14:]), two(text[17:])
		if err == nil && h < 24 && m < 60 && s < 60 {
			y, month, d := day.Time().Date()
			return time.Date(y, month, d, h, m, s, 0, record.Rome()).UTC(), nil
		}
	}
	return time.Time{}, t.Refuse(column, record.RejectDate, "non è una data con ora: scrivere AAAA-MM-GGTHH:MM:SS, per esempio 2026-10-27T10:15:00")
}

func two(text []byte) int { return int(text[0]-'0')*10 + int(text[1]-'0') }
