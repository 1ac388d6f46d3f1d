package charset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"quadra/engine/record"
)

// survey is the first pass: what the bytes of a whole file say about its
// encoding. Lines are 0 for "never seen".
type survey struct {
	size     int64
	lines    int // line ends before the bytes being looked at
	controls int64

	evidence  int  // line of the first letter only UTF-8 explains
	invalid   int  // line of the first byte UTF-8 forbids
	cut       bool // the only forbidden bytes are half a character at the end
	undefined int  // line of the first byte windows-1252 leaves undefined
	odd       byte // that byte
	c1        bool // some byte is 0x80-0x9F
	a4        bool // some byte is 0xA4
}

// run looks at the n bytes already in buf and, unless they are the whole file,
// at everything that follows in r, reusing buf.
func (s *survey) run(buf []byte, n int, whole bool, r io.Reader) error {
	for {
		s.size += int64(n)
		used, err := s.look(buf[:n], whole)
		if err != nil || whole {
			return err
		}
		// What is left is the start of a character whose end has not come yet.
		rest := copy(buf, buf[used:n])
		s.size -= int64(rest)
		var m int
		if m, whole, err = fill(r, buf[rest:]); err != nil {
			return err
		}
		n = rest + m
	}
}

// fill reads until buf is full or r ends. Unlike io.ReadFull it does not take a
// source that says io.ErrUnexpectedEOF, a broken one, for the end.
func fill(r io.Reader, buf []byte) (n int, ended bool, err error) {
	for n < len(buf) {
		m, err := r.Read(buf[n:])
		n += m
		if errors.Is(err, io.EOF) {
			return n, true, nil
		}
		if err != nil {
			return n, false, fmt.Errorf("reading the text: %w", err)
		}
	}
	return n, false, nil
}

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// look takes in b and returns how many of its bytes are settled: all of them,
// or all but the first part of a character cut by the end of b.
func (s *survey) look(b []byte, last bool) (int, error) {
	i := 0
	for i < len(b) {
		// Eight bytes at a time while none is a control or beyond ASCII.
		for i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			if (x|(x-0x20*lows)&^x)&highs != 0 {
				break
			}
			i += 8
		}
		if i == len(b) {
			break
		}
		switch c := b[i]; {
		case c >= utf8.RuneSelf:
			n, more := s.beyondASCII(b, i, last)
			if more {
				s.lines += bytes.Count(b[:i], newline)
				return i, nil
			}
			i += n
		case c >= ' ', c == '\n', c == '\r', c == '\t':
			i++
		case c == 0:
			return i, &record.FileError{
				Line: s.line(b, i), Code: record.FileEncoding,
				Message: "il file non è un testo: contiene byte nulli. Se viene da un foglio elettronico, salvarlo in CSV UTF-8",
			}
		default:
			s.controls++
			i++
		}
	}
	s.lines += bytes.Count(b, newline)
	return i, nil
}

// beyondASCII takes in the character at b[i] and returns its length; more says
// that b ends before the character does.
func (s *survey) beyondASCII(b []byte, i int, last bool) (n int, more bool) {
	r, n := utf8.DecodeRune(b[i:])
	whole := r != utf8.RuneError || n > 1
	if !whole && !last && !utf8.FullRune(b[i:]) {
		return 0, true
	}
	for _, c := range b[i : i+n] {
		switch {
		case c == 0xA4:
			s.a4 = true
		case c < 0xA0:
			s.c1 = true
			if s.undefined == 0 && table1252[c].n == 0 {
				s.undefined, s.odd = s.line(b, i), c
			}
		}
	}
	switch {
	case !whole:
		if s.invalid == 0 {
			s.invalid = s.line(b, i)
			s.cut = last && !utf8.FullRune(b[i:])
		}
	case s.evidence == 0 && onlyUTF8(r):
		s.evidence = s.line(b, i)
	}
	return n, false
}

// onlyUTF8 tells whether a multi-byte character is one an Italian text holds,
// so that its bytes are no accident. Others can be two windows-1252 signs side
// by side: "PERÒ” is the bytes of a Cyrillic letter.
func onlyUTF8(r rune) bool {
	return r >= 0xA0 && r < 0x180 || r >= 0x2010 && r < 0x2045 || r == '€'
}

func (s *survey) line(b []byte, i int) int {
	return s.lines + bytes.Count(b[:i], newline) + 1
}

var newline = []byte{'\n'}

// choose says which encoding the file is in; marked, that it claims UTF-8.
func (s *survey) choose(marked bool) (string, error) {
	refuse := func(line int, message string) (string, error) {
		return "", &record.FileError{Line: line, Code: record.FileEncoding, Message: message}
	}
	switch {
	case s.controls*32 > s.size:
		return refuse(0, "il file non è un testo: è fatto in gran parte di caratteri di controllo")
	case s.invalid == 0:
		return UTF8, nil
	case s.cut && (marked || s.evidence > 0):
		return "", &record.FileError{
			Line: s.invalid, Code: record.FileTruncated,
			Message: "il file finisce a metà di un carattere: è incompleto, farselo mandare di nuovo",
		}
	case marked:
		return refuse(s.invalid, "il file si dichiara UTF-8 ma questa riga non lo è: salvarlo di nuovo in UTF-8")
	case s.evidence > 0:
		return refuse(max(s.evidence, s.invalid), "il file mescola due codifiche, UTF-8 e windows-1252: salvarlo di nuovo in UTF-8")
	case s.undefined > 0:
		return refuse(s.undefined, fmt.Sprintf("il byte 0x%02X non è un carattere in nessuna codifica accettata: salvare il file in UTF-8", s.odd))
	case !s.c1 && s.a4:
		return ISO885915, nil
	}
	return Windows1252, nil
}
