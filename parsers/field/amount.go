package field

import (
	"fmt"
	"strings"
	"unicode"

	"quadra/engine/record"
)

// Amount reads an amount of euro as people write it: "1.234,56", "1,234.56",
// "12,5", "150", "-3,00", "3,00-", "€ 1 234,50", "99.90 EUR".
//
// With both dot and comma the last one is the decimal sign. Thousands must
// come in whole groups of three. One separator followed by exactly three
// digits ("1.234") can be read in two ways and is refused, as are more than
// two decimals and whatever lies beyond [record.MaxAmount]. The error is an
// [*Error].
func Amount(text string) (record.Cents, error) {
	if cents, ok := PlainAmount(text, ','); ok {
		return cents, nil
	}
	if cents, ok := PlainAmount(text, '.'); ok {
		return cents, nil
	}
	number, negative, ok := bare(text)
	if number == "" && ok {
		return 0, amountError(text, record.RejectMissing, "l'importo manca")
	}
	if !ok {
		return 0, amountError(text, record.RejectAmount, "non è un importo in euro")
	}
	whole, decimals, reason := split(number)
	if reason != "" {
		return 0, amountError(text, record.RejectAmount, reason)
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 13 {
		return 0, amountError(text, record.RejectAmount,
			fmt.Sprintf("l'importo supera il massimo ammesso, %s", record.MaxAmount.Italian()))
	}
	var cents record.Cents
	for _, digit := range whole + (decimals + "00")[:2] {
		cents = cents*10 + record.Cents(digit-'0')
	}
	if negative {
		cents = -cents
	}
	return cents, nil
}

// PlainAmount reads the form nearly all amounts have: digits, of which none or
// as many as fit are divided in thousands by the other mark, then the decimal
// mark and two digits, with or without a minus in front. ok is false for whatever
// needs a closer look, which is not to say that it is wrong.
func PlainAmount(text string, mark byte) (cents record.Cents, ok bool) {
	const shortest, longest = len("0,00"), len("9.999.999.999.999,99")
	digits := text
	if digits != "" && digits[0] == '-' {
		digits = digits[1:]
	}
	point := len(digits) - 3
	if len(digits) < shortest || len(digits) > longest || digits[point] != mark {
		return 0, false
	}
	other := '.' + ',' - mark
	grouped := point > 3 && digits[point-4] == other
	for i := range len(digits) {
		c := digits[i]
		switch {
		case c >= '0' && c <= '9':
			cents = cents*10 + record.Cents(c-'0')
		case i == point, grouped && i > 0 && i < point && (point-i)%4 == 0 && c == other:
			continue
		default:
			return 0, false
		}
		if grouped && i < point && (point-i)%4 == 0 {
			return 0, false
		}
	}
	if cents > record.MaxAmount {
		return 0, false
	}
	if len(digits) < len(text) {
		cents = -cents
	}
	return cents, true
}

// bare takes sign, currency and blanks off an amount; what remains holds only
// digits, dots, commas and single blanks between digits.
func bare(text string) (number string, negative, ok bool) {
	s := strings.ToUpper(strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " "))
	s = strings.ReplaceAll(s, "−", "-") // the minus sign of word processors
	signs, currencies := 0, 0
	for again := true; again; {
		again = false
		for _, sign := range []string{"-", "+"} {
			if t, cut := cutEither(s, sign); cut {
				s, again, negative = t, true, sign == "-"
				signs++
			}
		}
		for _, currency := range []string{"€", "EURO", "EUR"} {
			if t, cut := cutEither(s, currency); cut {
				s, again = t, true
				currencies++
			}
		}
	}
	if s == "" {
		return "", false, signs == 0 && currencies == 0
	}
	if signs > 1 || currencies > 1 || strings.Trim(s, "0123456789., ") != "" {
		return s, negative, false
	}
	return s, negative, true
}

// cutEither removes one mark from the front or the back.
func cutEither(s, mark string) (string, bool) {
	t, cut := strings.CutPrefix(s, mark)
	if !cut {
		t, cut = strings.CutSuffix(s, mark)
	}
	return strings.Trim(t, " "), cut
}

const (
	reasonShape     = "non è un importo in euro"
	reasonGroups    = "i separatori delle migliaia non dividono gruppi di tre cifre"
	reasonDecimals  = "l'importo ha più di due decimali"
	reasonAmbiguous = "importo ambiguo: il separatore seguito da tre cifre può indicare migliaia o decimali; scrivere anche i centesimi"
)

// split tells the whole part from the decimals, or says in Italian why it
// cannot.
func split(number string) (whole, decimals, reason string) {
	point := strings.LastIndexAny(number, ".,")
	if point < 0 {
		return grouped(number, " ")
	}
	mark := number[point : point+1]
	head, tail := number[:point], number[point+1:]
	other := ","
	if mark == "," {
		other = "."
	}
	switch {
	case head == "" || tail == "" || !allDigits(tail):
		return "", "", reasonShape
	case strings.Contains(head, mark):
		// The same mark several times can only divide thousands.
		if strings.Contains(head, other) {
			return "", "", reasonShape
		}
		return grouped(number, mark)
	case len(tail) > 2:
		if len(tail) == 3 && len(head) <= 3 && head[0] != '0' && allDigits(head) {
			return "", "", reasonAmbiguous
		}
		return "", "", reasonDecimals
	}
	separator := " "
	if strings.Contains(head, other) {
		separator = other
	}
	whole, _, reason = grouped(head, separator)
	return whole, tail, reason
}

// grouped joins a whole number whose thousands may be divided by separator.
func grouped(number, separator string) (whole, decimals, reason string) {
	groups := strings.Split(number, separator)
	for i, group := range groups {
		switch {
		case strings.Trim(group, "0123456789") != "":
			return "", "", reasonShape
		case i == 0 && len(groups) > 1 && (group == "" || len(group) > 3), i > 0 && len(group) != 3:
			return "", "", reasonGroups
		}
	}
	return strings.Join(groups, ""), "", ""
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func amountError(text string, code record.RejectCode, reason string) error {
	return &Error{Code: code, Value: Shorten(text), Reason: reason, cause: record.ErrAmount}
}
