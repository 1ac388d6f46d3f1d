package cash

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// valueError says why a value that a layout describes was not taken.
type valueError struct {
	code   record.RejectCode
	value  string
	reason string // for people, in Italian
}

func (e *valueError) Error() string { return fmt.Sprintf("%s: %q", e.code, e.value) }

// rejectOf is the reject of a value that was not taken.
func rejectOf(err error, line int, column string) *record.Reject {
	var bad *field.Error
	if errors.As(err, &bad) {
		return bad.Reject(line, column)
	}
	var ours *valueError
	if errors.As(err, &ours) {
		return &record.Reject{Line: line, Column: column, Code: ours.code, Value: field.Shorten(ours.value), Reason: ours.reason}
	}
	return &record.Reject{Line: line, Column: column, Code: record.RejectSyntax, Reason: "valore non leggibile"}
}

// amount reads an amount as people write it and the layout says.
func (l *Layout) amount(text string) (record.Cents, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return field.Amount(text)
	case l.cents:
		return wholeCents(text)
	case l.decimal == 0:
		return field.Amount(text)
	}
	if cents, ok := field.PlainAmount(text, l.decimal); ok {
		return cents, nil
	}
	first := strings.IndexFunc(text, isDigit)
	last := strings.LastIndexFunc(text, isDigit)
	if first < 0 {
		return field.Amount(text)
	}
	shape, thousands, mark := commaAmount, ".", "la virgola"
	if l.decimal == '.' {
		shape, thousands, mark = dotAmount, ",", "il punto"
	}
	digits := strings.Join(strings.FieldsFunc(text[first:last+1], unicode.IsSpace), " ")
	if !shape.MatchString(digits) {
		if _, err := field.Amount(text); err != nil && !strings.ContainsAny(digits, ".,") {
			return 0, err
		}
		return 0, &valueError{record.RejectAmount, text, "non è un importo con " + mark + " prima di uno o due decimali"}
	}
	digits = strings.ReplaceAll(digits, thousands, "")
	if !strings.ContainsRune(digits, rune(l.decimal)) {
		digits += ".00" // so that nothing in it is ambiguous
	}
	cents, err := field.Amount(text[:first] + digits + text[last+1:])
	var bad *field.Error
	if errors.As(err, &bad) {
		bad.Value = field.Shorten(text)
	}
	return cents, err
}

var (
	commaAmount = regexp.MustCompile(`^([0-9]+|[0-9]{1,3}(\.[0-9]{3})+|[0-9]{1,3}( [0-9]{3})+)(,[0-9]{1,2})?$`)
	dotAmount   = regexp.MustCompile(`^([0-9]+|[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,3}( [0-9]{3})+)(\.[0-9]{1,2})?$`)
)

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isNoDigit(r rune) bool { return !isDigit(r) }

// wholeCents reads an amount written as a whole number of cents.
func wholeCents(text string) (record.Cents, error) {
	number := strings.TrimSpace(text)
	digits := number
	if digits != "" && (digits[0] == '+' || digits[0] == '-') {
		digits = digits[1:]
	}
	if digits == "" || len(digits) > 20 || strings.IndexFunc(digits, isNoDigit) >= 0 {
		return 0, &valueError{record.RejectAmount, text, "non è un numero intero di centesimi"}
	}
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > 15 {
		return 0, &valueError{record.RejectAmount, text, "l'importo supera il massimo ammesso, " + record.MaxAmount.Italian()}
	}
	var cents record.Cents
	for _, digit := range digits {
		cents = cents*10 + record.Cents(digit-'0')
	}
	if strings.HasPrefix(number, "-") {
		cents = -cents
	}
	return cents, nil
}

// day reads a day in one of the formats of the layout; a time may follow.
func (l *Layout) day(text string) (record.Date, error) {
	s := strings.TrimFunc(text, unicode.IsSpace)
	if s == "" || len(l.days) == 0 {
		return field.Date(text)
	}
	for _, format := range l.days {
		if len(s) < len(format) || !sameMarks(s[:len(format)], format) {
			continue
		}
		if date, ok := plainDay(s, format); ok {
			return date, nil
		}
		at, err := time.Parse(goDay.Replace(format), s[:len(format)])
		if err != nil {
			return 0, &valueError{record.RejectDate, text, "il giorno non esiste"}
		}
		date, err := field.Date(at.Format(time.DateOnly) + s[len(format):])
		var bad *field.Error
		if errors.As(err, &bad) {
			bad.Value = field.Shorten(text)
		}
		return date, err
	}
	return 0, &valueError{
		record.RejectDate, text,
		"non è una data come la vuole il tracciato: " + italianDay.Replace(strings.Join(l.days, " oppure ")),
	}
}

// plainDay reads a day with a year of four digits and nothing after it; ok is
// false for whatever needs a closer look. s has the marks of the format.
func plainDay(s, format string) (date record.Date, ok bool) {
	if len(s) != len(format) {
		return 0, false
	}
	var y, m, d, digits int
	for i := range len(s) {
		digit := int(s[i] - '0')
		switch format[i] {
		case 'Y':
			y = y*10 + digit
			digits++
		case 'M':
			m = m*10 + digit
		case 'D':
			d = d*10 + digit
		}
	}
	if digits != 4 {
		return 0, false
	}
	return record.CivilDate(y, m, d)
}

var (
	goDay      = strings.NewReplacer("YYYY", "2006", "YY", "06", "MM", "01", "DD", "02")
	italianDay = strings.NewReplacer("Y", "A", "D", "G")
)

// sameMarks tells whether s has digits where the format has letters and the same
// marks elsewhere.
func sameMarks(s, format string) bool {
	for i := range len(s) {
		letter := format[i] >= 'A'
		if letter && !isDigit(rune(s[i])) || !letter && s[i] != format[i] {
			return false
		}
	}
	return true
}
