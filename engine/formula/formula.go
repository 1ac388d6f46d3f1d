// Package formula makes texts from outside safe in a table that a spreadsheet
// opens: a cell that begins like a formula would be run there, whoever wrote
// the file it comes from (OWASP, CSV injection).
package formula

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Disarm is a text as a cell of a CSV can carry it. What a spreadsheet would take
// for a formula gets an apostrophe in front, which is how spreadsheets
// themselves mark text; a negative number stays a number. Control characters
// become spaces, so that a row is always one line.
//
// The characters are those OWASP lists, with the full-width forms that East
// Asian versions accept; blanks in front of one do not disarm it everywhere.
func Disarm(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	start := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	opening, _ := utf8.DecodeRuneInString(start) // RuneError when empty
	armed := strings.ContainsRune("=+-@＝＋－＠", opening)
	armed = armed && !isNegative(s) || strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") || strings.HasPrefix(s, "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if armed {
		return "'" + s
	}
	return s
}

// isNegative tells whether s is a minus and a number, with points or commas
// between its digits and nothing else.
func isNegative(s string) bool {
	digits, ok := strings.CutPrefix(s, "-")
	if !ok || digits == "" {
		return false
	}
	separated := true // no separator at the beginning, at the end, or twice
	for _, c := range []byte(digits) {
		separator := c == '.' || c == ','
		if separator && separated || !separator && (c < '0' || c > '9') {
			return false
		}
		separated = separator
	}
	return !separated
}
