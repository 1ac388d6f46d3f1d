// Package jsonscan reads JSON values one at a time from a stream, each as the
// bytes it is written with, found well formed (RFC 8259).
//
// A text holds values one after the other, or arrays of them that are entered
// element by element, so that memory is that of the largest value and not of the
// text. Limits bound what a value may be. encoding/json does the same at a tenth
// of the speed and without limits of size or depth that can be set; its next
// version, jsontext, is an experiment still. The two are held to each other by a
// fuzz test.
//
// The text must be UTF-8 already: bytes beyond ASCII are passed through unchecked.
package jsonscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
)

// Limits bound a value; zero means the default.
type Limits struct {
	MaxValue int // bytes; default 1 MiB
	MaxDepth int // objects and arrays open at once; default 64
}

func (l Limits) withDefaults() Limits {
	if l.MaxValue <= 0 {
		l.MaxValue = 1 << 20
	}
	if l.MaxDepth <= 0 {
		l.MaxDepth = 64
	}
	return l
}

// Scanner reads values. It is not safe for concurrent use.
type Scanner struct {
	src    io.Reader
	limits Limits
	lineOf func(offset int64) int

	buf      []byte
	pos, end int   // what is not read yet is buf[pos:end]
	offset   int64 // of buf[0] in the text
	eof      bool

	line    int // of buf[counted]
	counted int

	open  []bool // arrays entered: an element has come
	start int64  // of the last value
	at    int    // its line
	stack []byte // brackets open in a value
}

const firstBuffer = 64 << 10

// New returns a scanner of the values of r, whose first line is 1.
func New(r io.Reader, limits Limits) *Scanner {
	limits = limits.withDefaults()
	return &Scanner{src: r, limits: limits, line: 1, buf: make([]byte, min(firstBuffer, limits.MaxValue+1))}
}

// StartAt says that r starts on another line than the first.
func (s *Scanner) StartAt(line int) { s.line = line }

// LinesBy lets another count the lines, when r is not all of the text. Offsets
// are asked in rising order.
func (s *Scanner) LinesBy(lineOf func(offset int64) int) { s.lineOf = lineOf }

// More moves to the next value and returns its first byte: 0 at the end of the
// array that was entered last, or at the end of the text when there is none.
//
// Errors about the text are [*record.FileError]: SYNTAX, TRUNCATED, LIMIT. A
// failure of the reader is returned wrapped.
func (s *Scanner) More() (byte, error) {
	c, err := s.peek()
	if err != nil || len(s.open) == 0 {
		return c, err
	}
	came := &s.open[len(s.open)-1]
	switch {
	case c == 0:
		return 0, s.truncated()
	case c == ']':
		return 0, nil
	case !*came:
		return c, nil
	case c != ',':
		return 0, s.syntax(s.pos)
	}
	*came = false
	s.pos++
	switch c, err = s.peek(); {
	case err != nil:
		return 0, err
	case c == 0:
		return 0, s.truncated()
	case c == ']':
		return 0, s.syntax(s.pos)
	}
	return c, nil
}

// Next reads the next value, valid until the following call. At the end of the
// array, or of the text, the error is io.EOF. Other errors are those of
// [Scanner.More].
func (s *Scanner) Next() ([]byte, error) {
	switch c, err := s.More(); {
	case err != nil:
		return nil, err
	case c == 0:
		return nil, io.EOF
	}
	for {
		b := s.buf[s.pos:s.end]
		n, found := s.value(b)
		switch {
		case n > s.limits.MaxValue, found == unfinished && !s.eof && len(b) > s.limits.MaxValue:
			return nil, s.tooLong()
		case found == whole:
			s.mark()
			s.pos += n
			s.came()
			return b[:n:n], nil
		case found == malformed:
			return nil, s.syntax(s.pos + n)
		case found == deep:
			return nil, s.limit(s.pos+n, fmt.Sprintf("il file JSON annida oggetti oltre il limite di %d", s.limits.MaxDepth))
		case s.eof:
			return nil, s.truncated()
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// Enter enters the array [Scanner.More] has found the start of.
func (s *Scanner) Enter() error { return s.bracket('[') }

// Leave leaves the array whose end [Scanner.More] has found.
func (s *Scanner) Leave() error { return s.bracket(']') }

func (s *Scanner) bracket(want byte) error {
	c, err := s.peek()
	switch {
	case err != nil:
		return err
	case c == 0:
		return s.truncated()
	case c != want:
		return s.syntax(s.pos)
	}
	s.mark()
	s.pos++
	if want == '[' {
		s.open = append(s.open, false)
		return nil
	}
	s.open = s.open[:len(s.open)-1]
	s.came()
	return nil
}

// Offset is where the last value, or bracket, starts.
func (s *Scanner) Offset() int64 { return s.start }

// Line is the line the last value, or bracket, starts on.
func (s *Scanner) Line() int { return s.at }

// mark notes that a value starts here.
func (s *Scanner) mark() {
	s.start = s.offset + int64(s.pos)
	s.at = s.lineAt(s.pos)
}

func (s *Scanner) came() {
	if len(s.open) > 0 {
		s.open[len(s.open)-1] = true
	}
}

// peek is the next byte that is no white space, 0 at the end of the text.
func (s *Scanner) peek() (byte, error) {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case ' ', '\n', '\t', '\r':
				s.pos++
			case 0:
				return 0, s.syntax(s.pos)
			default:
				return c, nil
			}
		}
		if s.eof {
			return 0, nil
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// fill makes room and reads until the buffer is full or the text ends.
func (s *Scanner) fill() error {
	if s.pos > 0 {
		s.lineAt(s.pos)
		s.offset += int64(s.pos)
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos, s.counted = 0, 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, min(len(s.buf), s.limits.MaxValue+1-len(s.buf)))...)
	}
	for s.end < len(s.buf) {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if errors.Is(err, io.EOF) {
			s.eof = true
			return nil
		}
		if err != nil {
			var fe *record.FileError
			if errors.As(err, &fe) {
				return err
			}
			return fmt.Errorf("reading the JSON after line %d: %w", s.lineAt(s.pos), err)
		}
	}
	return nil
}

// lineAt is the line of a place in the buffer, asked in rising order.
func (s *Scanner) lineAt(pos int) int {
	if s.lineOf != nil {
		return s.lineOf(s.offset + int64(pos))
	}
	s.line += bytes.Count(s.buf[s.counted:pos], newline)
	s.counted = pos
	return s.line
}

var newline = []byte{'\n'}

func (s *Scanner) syntax(pos int) error {
	return &record.FileError{
		Line: s.lineAt(pos), Code: record.FileSyntax,
		Message: "il file JSON non è leggibile: in questa riga c'è un errore di scrittura; farselo mandare di nuovo",
	}
}

func (s *Scanner) truncated() error {
	return &record.FileError{
		Line: s.lineAt(s.end), Code: record.FileTruncated, Cause: io.ErrUnexpectedEOF,
		Message: "il file JSON finisce prima della sua fine: è incompleto, farselo mandare di nuovo",
	}
}

func (s *Scanner) tooLong() error {
	return s.limit(s.pos, fmt.Sprintf("nel file JSON un valore supera il limite di %d byte", s.limits.MaxValue))
}

func (s *Scanner) limit(pos int, message string) error {
	return &record.FileError{Line: s.lineAt(pos), Code: record.FileLimit, Message: message}
}
