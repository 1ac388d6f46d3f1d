package xmlscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
	"quadra/parsers/charset"
)

// headSize is how much of a document is looked at for its encoding; an XML
// declaration is much shorter.
const headSize = 1024

// begin finds out the encoding, then reads past the XML declaration.
func (s *Scanner) begin() error {
	head := make([]byte, headSize)
	n, ended := 0, false
	for n < len(head) && !ended {
		m, err := s.raw.Read(head[n:])
		n += m
		if ended = errors.Is(err, io.EOF); err != nil && !ended {
			return fmt.Errorf("reading the start of the document: %w", err)
		}
	}
	head = head[:n]
	if n == 0 {
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	}
	declared, mark, err := encodingOf(head)
	if err != nil {
		return err
	}
	s.src, err = charset.Decode(io.MultiReader(bytes.NewReader(head[mark:]), s.raw), declared)
	if err != nil {
		return err
	}
	s.encoding = charset.Canonical(declared)
	if err := s.fill(); err != nil {
		return err
	}
	length, _, err := declaration(s.buf[:s.end])
	if errors.Is(err, errMore) && s.eof {
		return s.atEnd()
	}
	if err != nil {
		return s.fault(0, err)
	}
	s.pos = length
	return nil
}

// encodingOf tells how the document that starts with head is written, and the
// length of its byte-order mark.
func encodingOf(head []byte) (encoding string, mark int, err error) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return charset.UTF8, 3, nil
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return charset.UTF16LE, 2, nil
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return charset.UTF16BE, 2, nil
	case bytes.IndexByte(head[:min(4, len(head))], 0) >= 0:
		return "", 0, &record.FileError{
			Line: 1, Code: record.FileEncoding,
			Message: "il file sembra UTF-16 ma non comincia con il suo contrassegno (BOM): salvarlo in UTF-8",
		}
	}
	// A fault here is reported when the declaration is read past.
	if _, declared, err := declaration(head); err == nil && len(declared) > 0 {
		return string(declared), 0, nil
	}
	return charset.UTF8, 0, nil
}

// declaration reads <?xml ...?> at the start of b and returns its length, 0
// when there is none, and the encoding it names.
func declaration(b []byte) (length int, encoding []byte, err error) {
	open := []byte("<?xml")
	switch {
	case len(b) <= len(open) && bytes.HasPrefix(open, b):
		return 0, nil, errMore
	case !bytes.HasPrefix(b, open) || class[b[len(open)]]&isSpace == 0:
		return 0, nil, nil
	}
	end := bytes.Index(b, piClose)
	if end < 0 {
		if len(b) < headSize {
			return 0, nil, errMore
		}
		return 0, nil, errDeclaration
	}
	rest := b[len(open):end]
	for order := 0; ; {
		after := bytes.TrimLeft(rest, " \t\r\n")
		if len(after) == 0 && order > 0 {
			return end + len(piClose), encoding, nil
		}
		name, value, tail, ok := pseudoAttribute(after)
		if !ok || len(after) == len(rest) {
			return 0, nil, errDeclaration
		}
		switch {
		case name == "version" && order == 0 && string(value) == "1.0":
			order = 1
		case name == "encoding" && order == 1 && len(value) > 0:
			encoding, order = value, 2
		case name == "standalone" && (order == 1 || order == 2) && (string(value) == "yes" || string(value) == "no"):
			order = 3
		default:
			return 0, nil, errDeclaration
		}
		rest = tail
	}
}

// pseudoAttribute reads name="value" at the start of b.
func pseudoAttribute(b []byte) (name string, value, tail []byte, ok bool) {
	key, rest, ok := bytes.Cut(b, []byte("="))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if !ok || len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return "", nil, nil, false
	}
	value, tail, ok = bytes.Cut(rest[1:], rest[:1])
	return string(bytes.TrimRight(key, " \t\r\n")), value, tail, ok
}
