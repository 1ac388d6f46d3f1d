package remittance

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// text is a remittance text prepared for reading: ASCII of one byte per
// character, white space runs reduced to one blank, every hyphen a '-', any
// other character outside ASCII a '?'. raw keeps the case, up has capitals only.
type text struct {
	raw, up []byte
	cut     bool // as long as a field of a bank: what stands at its end may go on
}

func fold(s string) text {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff':
			if n := len(raw); n == 0 || raw[n-1] == ' ' {
				continue
			}
			raw = append(raw, ' ')
		case r < 0x80:
			raw = append(raw, byte(r))
		case unicode.Is(unicode.Pd, r) || r == '\u2212':
			raw = append(raw, '-')
		default:
			raw = append(raw, '?')
		}
	}
	if n := len(raw); n > 0 && raw[n-1] == ' ' {
		raw = raw[:n-1]
	}
	const endToEnd, transfer = 35, 140 // characters of a reference, of a remittance
	length := utf8.RuneCountInString(s)
	return text{raw: raw, up: []byte(strings.ToUpper(string(raw))), cut: length == endToEnd || length == transfer}
}

func (t text) len() int { return len(t.up) }

// at is the upper-case character at i, or a blank outside the text: the ends of
// the text separate like white space.
func (t text) at(i int) byte {
	if i < 0 || i >= len(t.up) {
		return ' '
	}
	return t.up[i]
}

// word matches letters at i with white space tolerated between them and returns
// where they end.
func (t text) word(i int, letters string) (int, bool) {
	for k := range len(letters) {
		if k > 0 && t.at(i) == ' ' && i < t.len() {
			i++
		}
		if i >= t.len() || t.up[i] != letters[k] {
			return 0, false
		}
		i++
	}
	return i, true
}

// skip passes over characters of a set.
func (t text) skip(i int, set string) int {
	for i < t.len() && strings.IndexByte(set, t.up[i]) >= 0 {
		i++
	}
	return i
}

// run returns where the characters that satisfy is end.
func (t text) run(i int, is func(byte) bool) int {
	for i < t.len() && is(t.up[i]) {
		i++
	}
	return i
}

// separators are what stands for the '/' of the standard.
const separators = "/.\\: "

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isAlnum(c byte) bool { return isDigit(c) || (c >= 'A' && c <= 'Z') }

// isID holds for the alphabet of an IUF.
func isID(c byte) bool { return isAlnum(c) || c == '-' || c == '_' }

func hasDigit[T ~string | ~[]byte](s T) bool {
	for i := range len(s) {
		if isDigit(s[i]) {
			return true
		}
	}
	return false
}

func allDigits[T ~string | ~[]byte](s T) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return len(s) > 0
}
