package xmlscan

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// What a byte can be; see class.
const (
	isSpace    = 1 << iota
	isText     // stands for itself between tags
	inName     // may be in a name, apart from the colon
	startsName // may start one
	isMulti    // part of a character beyond ASCII
)

var class = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c == ' ' || c == '\t' || c == '\n':
			t[c] = isSpace | isText
		case c == '\r':
			t[c] = isSpace // a line end in the making
		case c >= utf8.RuneSelf:
			t[c] = isMulti
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
			t[c] = isText | inName | startsName
		case c >= '0' && c <= '9' || c == '-' || c == '.':
			t[c] = isText | inName
		case c > ' ' && c != '<' && c != '&' && c != ']':
			t[c] = isText
		}
	}
	return t
}()

// characters reads everything from b[i] to the next tag: text, references,
// CDATA sections; comments and instructions in between are left out. Kind 0
// means that it was white space after all.
func (s *Scanner) characters(b []byte, i int) (Kind, int, error) {
	if len(s.open) == 0 {
		if b[i] == '<' {
			if err := cdata(b, i); err != nil {
				return 0, i, err
			}
		}
		return 0, i, errOutside
	}
	piece := i // b[piece:i] stands for itself and is not in built yet
	s.built = s.built[:0]
	for i < len(b) {
		if class[b[i]]&isText != 0 {
			i++
			continue
		}
		if b[i] == '<' && i+1 < len(b) && b[i+1] != '!' && b[i+1] != '?' {
			s.text = b[piece:i]
			if len(s.built) > 0 {
				s.built = append(s.built, s.text...)
				s.text = s.built
			}
			if s.text = trim(s.text); len(s.text) == 0 {
				return 0, i, nil
			}
			return Text, i, nil
		}
		n, flushed, err := s.special(b, i, piece)
		if err != nil {
			return 0, n, err
		}
		if i = n; flushed {
			piece = n
		}
	}
	return 0, i, errMore
}

// special deals with what is not plain text at b[i] and returns the offset
// after it. Where it does not stand for itself, the piece before it and what it
// means are flushed to built.
func (s *Scanner) special(b []byte, i, piece int) (next int, flushed bool, err error) {
	switch b[i] {
	case '&':
		r, n, err := reference(b[i:])
		if err != nil {
			return i, false, err
		}
		s.built = utf8.AppendRune(append(s.built, b[piece:i]...), r)
		return i + n, true, nil
	case '\r':
		if i+1 == len(b) {
			return i, false, errMore
		}
		s.built = append(s.built, b[piece:i]...)
		if b[i+1] != '\n' {
			s.built = append(s.built, '\n')
		}
		return i + 1, true, nil
	case ']':
		if bytes.HasPrefix(b[i:], cdataClose) {
			return i, false, errLooseClose
		}
		if len(b)-i < len(cdataClose) {
			return i, false, errMore
		}
		return i + 1, false, nil
	case '<':
		next, err = s.inside(b, i, piece)
		return next, true, err
	}
	n, err := char(b, i)
	return i + n, false, err
}

// inside deals with a comment, an instruction or a CDATA section within text.
func (s *Scanner) inside(b []byte, i, piece int) (int, error) {
	if i+1 == len(b) {
		return i, errMore
	}
	n, err := comment(b, i)
	if b[i+1] == '?' {
		n, err = instruction(b, i)
	}
	if !errors.Is(err, errOther) {
		if err == nil {
			s.built = append(s.built, b[piece:i]...)
		}
		return n, err
	}
	if err := cdata(b, i); err != nil {
		return i, err
	}
	body := i + len(cdataOpen)
	length := bytes.Index(b[body:], cdataClose)
	if length < 0 {
		return i, errMore
	}
	section := b[body : body+length]
	if at, err := check(section); err != nil {
		return body + at, err
	}
	s.built = appendLines(append(s.built, b[piece:i]...), section)
	return body + length + len(cdataClose), nil
}

// appendLines appends text with every line end as LF.
func appendLines(dst, text []byte) []byte {
	for {
		cr := bytes.IndexByte(text, '\r')
		if cr < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:cr]...)
		if text = text[cr+1:]; len(text) == 0 || text[0] != '\n' {
			dst = append(dst, '\n')
		}
	}
}

// reference reads &name; or &#number; at the start of b.
func reference(b []byte) (rune, int, error) {
	const longest = len("&#x10FFFF;") + 8 // leading zeros are allowed, within reason
	semicolon := bytes.IndexByte(b[:min(len(b), longest)], ';')
	if semicolon < 0 {
		if len(b) < longest {
			return 0, 0, errMore
		}
		return 0, 0, errEntity
	}
	entity := b[1:semicolon]
	if len(entity) > 1 && entity[0] == '#' {
		r, ok := number(entity[1:])
		if !ok || !isChar(r) {
			return 0, 0, errEntity
		}
		return r, semicolon + 1, nil
	}
	switch string(entity) {
	case "lt":
		return '<', semicolon + 1, nil
	case "gt":
		return '>', semicolon + 1, nil
	case "amp":
		return '&', semicolon + 1, nil
	case "apos":
		return '\'', semicolon + 1, nil
	case "quot":
		return '"', semicolon + 1, nil
	}
	return 0, 0, errEntity
}

// number reads the digits of a character reference, decimal or x and
// hexadecimal.
func number(digits []byte) (rune, bool) {
	base := rune(10)
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	r := rune(0)
	for _, c := range digits {
		d := rune(99)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c >= 'a' && c <= 'f':
			d = rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			d = rune(c-'A') + 10
		}
		if d >= base {
			return 0, false
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, len(digits) > 0
}

// isChar is the Char production of XML 1.0.
func isChar(r rune) bool {
	return r >= ' ' && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// char checks the character at b[i] and returns its length; errMore means that
// b cuts it.
func char(b []byte, i int) (int, error) {
	if c := b[i]; c < utf8.RuneSelf {
		if c < ' ' && class[c]&isSpace == 0 {
			return 0, errControl
		}
		return 1, nil
	}
	r, n := utf8.DecodeRune(b[i:])
	switch {
	case r == utf8.RuneError && n == 1 && !utf8.FullRune(b[i:]):
		return 0, errMore
	case r == utf8.RuneError && n == 1:
		return 0, errEncoding
	case !isChar(r):
		return 0, errControl
	}
	return n, nil
}

// check looks for what XML does not allow in b, which is complete, and says
// where it is.
func check(b []byte) (int, error) {
	for i := 0; i < len(b); {
		n, err := char(b, i)
		if errors.Is(err, errMore) {
			err = errEncoding
		}
		if err != nil {
			return i, err
		}
		i += n
	}
	return 0, nil
}

func trim(b []byte) []byte {
	for len(b) > 0 && class[b[0]]&isSpace != 0 {
		b = b[1:]
	}
	for len(b) > 0 && class[b[len(b)-1]]&isSpace != 0 {
		b = b[:len(b)-1]
	}
	return b
}
