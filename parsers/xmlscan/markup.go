package xmlscan

import (
	"bytes"
	"errors"
)

var (
	commentOpen = []byte("<!--")
	cdataOpen   = []byte("<![CDATA[")
	cdataClose  = []byte("]]>")
	doctype     = []byte("<!DOCTYPE")
	piClose     = []byte("?>")
	dashes      = []byte("--")
)

// scan reads one token at the start of b and returns its length; kind 0 is
// something to skip. errMore means that b ends too early; with any other error
// the length says where the fault is. No element is opened or closed unless it
// succeeds, so that it can be called again with more of the document.
func (s *Scanner) scan(b []byte) (Kind, int, error) {
	s.attrs = s.attrs[:0]
	i := skipSpace(b, 0)
	switch {
	case i == len(b) && i > 0:
		return 0, i, nil
	case i == len(b):
		return 0, i, errMore
	}
	s.token = s.pos + i
	if b[i] != '<' {
		return s.characters(b, i)
	}
	if i+1 == len(b) {
		return 0, i, errMore
	}
	switch b[i+1] {
	case '/':
		return s.endTag(b, i)
	case '?':
		n, err := instruction(b, i)
		return 0, n, err
	case '!':
		if n, err := comment(b, i); !errors.Is(err, errOther) {
			return 0, n, err
		}
		return s.characters(b, i)
	}
	return s.startTag(b, i)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && class[b[i]]&isSpace != 0 {
		i++
	}
	return i
}

// startTag reads <name attributes> or <name attributes/> at b[i].
func (s *Scanner) startTag(b []byte, i int) (Kind, int, error) {
	nameAt := i + 1
	i, err := name(b, nameAt)
	if err != nil {
		return 0, i, err
	}
	nameEnd := i
	if b[i] != '>' {
		if i, err = s.attributes(b, i); err != nil {
			return 0, i, err
		}
	}
	closing := b[i] == '/'
	if closing {
		if i++; i == len(b) {
			return 0, i, errMore
		}
		if b[i] != '>' {
			return 0, i, errMarkup
		}
	}
	if err := s.push(b[nameAt:nameEnd]); err != nil {
		return 0, nameAt, err
	}
	s.closing = closing
	return Start, i + 1, nil
}

// endTag reads </name> at b[i].
func (s *Scanner) endTag(b []byte, i int) (Kind, int, error) {
	if len(s.open) == 0 {
		return 0, i, errUnopened
	}
	last := s.names[s.open[len(s.open)-1].start:]
	rest := b[i+2:]
	switch {
	case len(rest) <= len(last) && bytes.HasPrefix(last, rest):
		return 0, i, errMore
	case len(rest) <= len(last), !bytes.HasPrefix(rest, last), class[rest[len(last)]]&(inName|isMulti) != 0:
		return 0, i, errUnbalanced
	}
	i = skipSpace(b, i+2+len(last))
	if i == len(b) {
		return 0, i, errMore
	}
	if b[i] != '>' {
		return 0, i, errMarkup
	}
	s.pop()
	return End, i + 1, nil
}

// comment skips <!-- --> at b[i]; errOther means that something else is there.
func comment(b []byte, i int) (int, error) {
	if !bytes.HasPrefix(b[i:], commentOpen) {
		if bytes.HasPrefix(commentOpen, b[i:]) {
			return i, errMore
		}
		return i, errOther
	}
	body := i + len(commentOpen)
	n := bytes.Index(b[body:], dashes)
	if n < 0 || body+n+2 == len(b) {
		return i, errMore
	}
	if b[body+n+2] != '>' {
		return body + n, errDashes
	}
	if at, err := check(b[body : body+n]); err != nil {
		return body + at, err
	}
	return body + n + 3, nil
}

// instruction skips <?target ...?> at b[i].
func instruction(b []byte, i int) (int, error) {
	n := bytes.Index(b[i:], piClose)
	if n < 0 {
		return i, errMore
	}
	end, err := name(b, i+2)
	if err != nil {
		return i, err
	}
	if bytes.EqualFold(b[i+2:end], []byte("xml")) {
		return i, errLateDeclaration
	}
	if end < i+n && class[b[end]]&isSpace == 0 {
		return end, errMarkup
	}
	if at, err := check(b[i : i+n]); err != nil {
		return i + at, err
	}
	return i + n + len(piClose), nil
}

// cdata tells whether <![CDATA[ is at b[i], where <! is and no comment.
func cdata(b []byte, i int) error {
	switch b = b[i:]; {
	case bytes.HasPrefix(b, cdataOpen):
		return nil
	case bytes.HasPrefix(b, doctype):
		return errDoctype
	case bytes.HasPrefix(cdataOpen, b), bytes.HasPrefix(doctype, b):
		return errMore
	}
	return errMarkup
}
