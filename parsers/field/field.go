// Package field reads single values as people and treasurers write them in
// spreadsheets and CSV files: amounts with Italian or English separators,
// dates in the usual orders, numbers padded with zeros.
//
// A value is taken only when it can mean one thing. What is ambiguous is
// refused with a reason that says so, because a wrong guess moves money by a
// factor of a thousand. The strict machine forms of pagoPA and MyPay are read
// by [record.ParseCents] and [record.ParseDate], not here.
package field

import (
	"fmt"
	"strings"
	"unicode"

	"quadra/engine/record"
)

// MaxValue is how many characters of a bad value a [record.Reject] repeats.
const MaxValue = 80

// Error says why a value was not taken. It wraps [record.ErrAmount] or
// [record.ErrDate].
type Error struct {
	Code   record.RejectCode
	Value  string // the text as it came, at most [MaxValue] characters
	Reason string // for people, in Italian
	cause  error
}

func (e *Error) Error() string { return fmt.Sprintf("%v: %q (%s)", e.cause, e.Value, e.Code) }

func (e *Error) Unwrap() error { return e.cause }

// Reject is the error as a row left out, at a line and column of a document.
func (e *Error) Reject(line int, column string) *record.Reject {
	return &record.Reject{Line: line, Column: column, Code: e.Code, Value: e.Value, Reason: e.Reason}
}

// Shorten cuts a text to [MaxValue] characters, for the value of a reject. What it
// returns of a longer text does not hold on to the rest.
func Shorten(text string) string {
	count := 0
	for i := range text {
		if count == MaxValue {
			return strings.Clone(text[:i])
		}
		count++
	}
	return text
}

// Number reads a provvisorio or bolletta number: white space around it and
// leading zeros are dropped, because one treasurer pads what another does not.
// A text of nothing but zeros means "no number" and gives the empty text.
func Number(text string) string {
	return strings.TrimLeft(strings.TrimFunc(text, unicode.IsSpace), "0")
}
