package xmlscan

import (
	"bytes"
	"unicode/utf8"
)

// attr is an attribute of the last Start token: its qualified name, and where
// its value lies in built.
type attr struct {
	name       []byte
	start, end int
}

// Attr returns the value of the attribute with a local name of the last Start
// token, valid until the next call of Next. Namespace declarations are not
// attributes.
func (s *Scanner) Attr(local string) ([]byte, bool) {
	for _, a := range s.attrs {
		prefix, name, qualified := bytes.Cut(a.name, []byte(":"))
		if !qualified {
			prefix, name = nil, a.name
		}
		if string(name) == local && string(prefix) != "xmlns" && string(a.name) != "xmlns" {
			return s.built[a.start:a.end], true
		}
	}
	return nil, false
}

// attributes reads the attributes at b[i] and returns the offset of the > or /
// after them.
func (s *Scanner) attributes(b []byte, i int) (int, error) {
	s.built = s.built[:0]
	for {
		nameAt := skipSpace(b, i)
		switch {
		case nameAt == len(b):
			return nameAt, errMore
		case b[nameAt] == '>' || b[nameAt] == '/':
			return nameAt, nil
		case nameAt == i:
			return nameAt, errMarkup
		case len(s.attrs) == s.limits.MaxAttrs:
			return nameAt, errManyAttrs
		}
		nameEnd, err := name(b, nameAt)
		if err != nil {
			return nameEnd, err
		}
		a := attr{name: b[nameAt:nameEnd], start: len(s.built)}
		for _, other := range s.attrs {
			if bytes.Equal(other.name, a.name) {
				return nameAt, errSameAttr
			}
		}
		if i, err = s.value(b, nameEnd); err != nil {
			return i, err
		}
		a.end = len(s.built)
		s.attrs = append(s.attrs, a)
	}
}

// value reads ="value" at b[i] into built and returns the offset after it.
func (s *Scanner) value(b []byte, i int) (int, error) {
	i = skipSpace(b, i)
	if i < len(b) && b[i] != '=' {
		return i, errMarkup
	}
	i = skipSpace(b, min(i+1, len(b)))
	if i == len(b) {
		return i, errMore
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return i, errMarkup
	}
	i++
	for i < len(b) {
		switch c := b[i]; c {
		case quote:
			return i + 1, nil
		case '<':
			return i, errMarkup
		case '&', '\r':
			next, _, err := s.special(b, i, i)
			if err != nil {
				return i, err
			}
			i = next
		default:
			n, err := char(b, i)
			if err != nil {
				return i, err
			}
			s.built = append(s.built, b[i:i+n]...)
			i += n
		}
	}
	return i, errMore
}

// name reads a qualified name at b[i] and returns where it ends; the byte after
// it is in b.
func name(b []byte, i int) (int, error) {
	// Most names are plain letters without a prefix.
	if i < len(b) && class[b[i]]&startsName != 0 {
		end := i + 1
		for end < len(b) && class[b[end]]&inName != 0 {
			end++
		}
		if end < len(b) && b[end] != ':' && class[b[end]]&isMulti == 0 {
			return end, nil
		}
	}
	start, colons := i, 0
	first := true // of the prefix, or of the local part
	for i < len(b) {
		c := class[b[i]]
		switch {
		case b[i] == ':' && !first:
			colons++
			first = true
			i++
			continue
		case c&startsName != 0, c&inName != 0 && !first:
			i++
		case c&isMulti != 0:
			n, err := char(b, i)
			if err != nil {
				return i, err
			}
			if r, _ := utf8.DecodeRune(b[i:]); !nameRune(r, first) {
				return i, errName
			}
			i += n
		case first || colons > 1:
			return start, errName
		default:
			return i, nil
		}
		first = false
	}
	return i, errMore
}

// nameRune is NameStartChar (first) or NameChar of XML 1.0, beyond ASCII.
func nameRune(r rune, first bool) bool {
	switch {
	case r >= 0xC0 && r <= 0x2FF && r != 0xD7 && r != 0xF7,
		r >= 0x370 && r <= 0x1FFF && r != 0x37E,
		r == 0x200C, r == 0x200D,
		r >= 0x2070 && r <= 0x218F, r >= 0x2C00 && r <= 0x2FEF, r >= 0x3001 && r <= 0xD7FF,
		r >= 0xF900 && r <= 0xFDCF, r >= 0xFDF0 && r <= 0xFFFD, r >= 0x10000 && r <= 0xEFFFF:
		return true
	}
	return !first && (r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040)
}
