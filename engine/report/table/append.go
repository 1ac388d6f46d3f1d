package table

import (
	"strconv"
	"unicode/utf8"
)

// AppendString appends a text as JSON that may also stand inside a page: no
// mark-up and no line separator that scripts would take for an end of line.
func AppendString(to []byte, s string) []byte {
	to = append(to, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			to = append(to, s[start:i]...)
			to = appendEscaped(to, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r != '\u2028' && r != '\u2029' && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		to = append(to, s[start:i]...)
		to = append(to, `\u`...)
		to = append(to, hex4(r)...)
		i += size
		start = i
	}
	to = append(to, s[start:]...)
	return append(to, '"')
}

func appendEscaped(to []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(to, '\\', c)
	case '\t':
		return append(to, '\\', 't')
	case '\n':
		return append(to, '\\', 'n')
	}
	return append(append(to, `\u`...), hex4(rune(c))...)
}

func hex4(r rune) string {
	s := strconv.FormatInt(int64(r), 16)
	return "0000"[len(s):] + s
}
