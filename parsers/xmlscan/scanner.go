// Package xmlscan reads an XML document as a stream of tokens, strictly and in
// flat memory.
//
// It exists because of two measurements: encoding/xml reads 45-58 MB/s and
// allocates for every token, while the fast lexers at hand hold the whole input
// in memory and leave balance, entities and encodings to the caller. A night
// brings thousands of reporting flows and now and then one of hundreds of
// megabytes.
//
// What is checked: one root, every tag closed in order, names, attributes
// (quoted, none twice), characters, entities, comments, CDATA. What is refused
// although XML allows it: a document type, and with it every entity but the
// five predefined ones and the numeric references, so that no document can grow
// while it is read; a processing instruction called xml anywhere but at the
// start; XML 1.1. What is not checked: that prefixes are declared. Elements are
// known by their local name, because the same document circulates with several
// prefixes.
//
// The encoding is the one of the byte-order mark, else of the XML declaration,
// else UTF-8; see [charset.Decode].
package xmlscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
)

// Kind of a token.
type Kind uint8

// The tokens of a document. An empty element (<a/>) gives both Start and End.
const (
	Start Kind = iota + 1
	End
	Text
)

// Limits bound what a document can make the scanner hold.
type Limits struct {
	MaxToken int // bytes of one tag, text (with the comments inside it) or comment
	MaxDepth int // elements open at once
	MaxAttrs int // attributes of one element
}

// DefaultLimits fit every schema of this field with room to spare.
func DefaultLimits() Limits { return Limits{MaxToken: 1 << 20, MaxDepth: 64, MaxAttrs: 64} }

// Scanner reads tokens. It is not safe for concurrent use.
type Scanner struct {
	raw      io.Reader
	src      io.Reader // raw as UTF-8; nil until the start has been looked at
	encoding string
	limits   Limits
	err      error // what Next says from now on

	buf      []byte
	pos, end int // what is not read yet is buf[pos:end]
	filled   bool
	eof      bool

	lines  int // line ends before buf[lineAt]
	lineAt int
	token  int // where the last token starts in buf

	names   []byte // qualified names of the open elements, one after the other
	open    []element
	rooted  bool // the root has been opened
	closing bool // the last Start was an empty element: its End comes next

	name  []byte
	text  []byte
	built []byte // text that is not one piece of buf
	attrs []attr
}

// element is an open element: where its name starts in names, and where the
// local part of it does.
type element struct{ start, local int }

// A small document fits the first buffer; a longer one gets the second, so that
// thousands of small flows do not cost as much memory as a large one each.
const (
	firstBuffer  = 4 << 10
	secondBuffer = 64 << 10
)

// New returns a scanner of the document r holds. A zero limit means that of
// [DefaultLimits].
func New(r io.Reader, limits Limits) *Scanner {
	standard := DefaultLimits()
	if limits.MaxToken <= 0 {
		limits.MaxToken = standard.MaxToken
	}
	if limits.MaxDepth <= 0 {
		limits.MaxDepth = standard.MaxDepth
	}
	if limits.MaxAttrs <= 0 {
		limits.MaxAttrs = standard.MaxAttrs
	}
	return &Scanner{raw: r, limits: limits, buf: make([]byte, min(firstBuffer, limits.MaxToken+1))}
}

// Next reads the next token. After the last one the error is io.EOF.
//
// A document that cannot be read is a [*record.FileError] with the line: SYNTAX
// when it is not well formed, TRUNCATED (wrapping io.ErrUnexpectedEOF) when it
// ends before its root does, EMPTY without a single byte, ENCODING when bytes
// are not text, LIMIT. A failure of the reader is returned wrapped. The first
// error is repeated by every later call.
func (s *Scanner) Next() (Kind, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.closing {
		s.closing = false
		s.pop()
		return End, nil
	}
	kind, err := s.next()
	s.err = err
	return kind, err
}

func (s *Scanner) next() (Kind, error) {
	if s.src == nil {
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	for {
		kind, used, err := s.scan(s.buf[s.pos:s.end])
		switch {
		case err == nil:
			s.pos += used
			if kind != 0 {
				return kind, nil
			}
		case !errors.Is(err, errMore):
			return 0, s.fault(s.pos+used, err)
		case s.eof:
			return 0, s.atEnd()
		case s.end-s.pos > s.limits.MaxToken:
			return 0, s.fault(s.pos, errLongToken)
		default:
			if err := s.fill(); err != nil {
				return 0, err
			}
		}
	}
}

// Name is the local name of the element a Start or End token is about, valid
// until the next call of Next.
func (s *Scanner) Name() []byte { return s.name }

// Text is the character data of a Text token, valid until the next call of
// Next: all of it between two tags, with entities and CDATA sections resolved,
// line ends as LF, comments and instructions left out, and white space around
// it dropped. White space alone gives no token.
func (s *Scanner) Text() []byte { return s.text }

// Line is the line the last token starts on, from 1.
func (s *Scanner) Line() int { return s.lineOf(s.token) }

// Depth counts the open elements: the one of a Start token is among them, the
// one of an End token is not any more.
func (s *Scanner) Depth() int { return len(s.open) }

// Encoding is what the document is written in, with the names of charset; it is
// known after the first call of Next.
func (s *Scanner) Encoding() string { return s.encoding }

func (s *Scanner) lineOf(offset int) int {
	if offset > s.lineAt {
		s.lines += bytes.Count(s.buf[s.lineAt:offset], newline)
		s.lineAt = offset
	}
	return s.lines + 1
}

var newline = []byte{'\n'}

// fill makes room and reads until the buffer is full or the document ends, so
// that scanning a token again from its start stays cheap.
func (s *Scanner) fill() error {
	if s.pos > 0 {
		s.lineOf(s.pos)
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos, s.lineAt = 0, 0
	}
	size := len(s.buf)
	if s.end == size {
		size *= 2
	}
	if s.filled {
		size = max(size, secondBuffer)
	}
	s.filled = true
	if size = min(size, s.limits.MaxToken+1); size > len(s.buf) {
		s.buf = append(s.buf, make([]byte, size-len(s.buf))...)
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
			return fmt.Errorf("reading the document after line %d: %w", s.lineOf(s.pos), err)
		}
	}
	return nil
}

// push opens an element; name is its qualified name.
func (s *Scanner) push(name []byte) error {
	if len(s.open) == s.limits.MaxDepth {
		return errDeep
	}
	if len(s.open) == 0 && s.rooted {
		return errSecondRoot
	}
	s.rooted = true
	start := len(s.names)
	s.names = append(s.names, name...)
	local := start
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		local += colon + 1
	}
	s.open = append(s.open, element{start, local})
	s.name = s.names[local:]
	return nil
}

func (s *Scanner) pop() {
	last := s.open[len(s.open)-1]
	s.name = s.names[last.local:]
	s.names = s.names[:last.start]
	s.open = s.open[:len(s.open)-1]
}
