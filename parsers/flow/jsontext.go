package flow

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/charset"
	"quadra/parsers/jsonscan"
)

// JSONLimits bound what a JSON document can make the reader hold.
type JSONLimits struct {
	MaxValue     int // bytes of a payment, or of a flow without its payments
	MaxDepth     int // objects and arrays open at once within one of them
	MaxDocuments int // flows and pages read together
}

// DefaultJSONLimits fit FdR v3 with room to spare: its payments take two
// hundred bytes, its flows a thousand, its pages hold up to a thousand payments.
func DefaultJSONLimits() JSONLimits {
	return JSONLimits{MaxValue: 1 << 20, MaxDepth: 16, MaxDocuments: 100_000}
}

func (l JSONLimits) values() jsonscan.Limits {
	return jsonscan.Limits{MaxValue: l.MaxValue, MaxDepth: l.MaxDepth}
}

func (l JSONLimits) withDefaults() JSONLimits {
	standard := DefaultJSONLimits()
	if l.MaxValue <= 0 {
		l.MaxValue = standard.MaxValue
	}
	if l.MaxDepth <= 0 {
		l.MaxDepth = standard.MaxDepth
	}
	if l.MaxDocuments <= 0 {
		l.MaxDocuments = standard.MaxDocuments
	}
	return l
}

// decodeText returns JSON as UTF-8 without a byte-order mark, and how it is
// written: UTF-8, as RFC 8259 wants it, or UTF-16 with its mark. Bytes that are
// not text are ENCODING: encoding/json would silently replace them.
func decodeText(in io.Reader) (io.Reader, string, error) {
	r := bufio.NewReaderSize(in, 32<<10)
	head, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", fmt.Errorf("reading the start of the document: %w", err)
	}
	encoding, mark := charset.UTF8, 0
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		mark = 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		encoding, mark = charset.UTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		encoding, mark = charset.UTF16BE, 2
	}
	if _, err := r.Discard(mark); err != nil {
		return nil, "", err
	}
	if encoding == charset.UTF8 {
		return &utf8Text{r: r, line: 1}, encoding, nil
	}
	text, err := charset.Decode(r, encoding)
	return text, encoding, err
}

// utf8Text passes UTF-8 through and refuses anything else.
type utf8Text struct {
	r       *bufio.Reader
	checked int // bytes in the buffer known to be UTF-8
	line    int
}

func (t *utf8Text) Read(p []byte) (int, error) {
	if t.checked == 0 {
		if err := t.check(); err != nil {
			return 0, err
		}
	}
	b, _ := t.r.Peek(min(t.checked, len(p)))
	n := copy(p, b)
	t.line += bytes.Count(b, []byte{'\n'})
	t.checked -= n
	_, err := t.r.Discard(n)
	return n, err
}

func (t *utf8Text) check() error {
	if _, err := t.r.Peek(1); err != nil {
		return err
	}
	b, _ := t.r.Peek(t.r.Buffered())
	if t.checked = wholeRunes(b); t.checked == 0 {
		b, _ = t.r.Peek(utf8.UTFMax) // the rest of a character, unless the text ends
		t.checked = wholeRunes(b)
	}
	if t.checked == 0 || !utf8.Valid(b[:t.checked]) {
		return t.invalid(b)
	}
	return nil
}

// wholeRunes is the length of b without the character cut at its end, if any.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

func (t *utf8Text) invalid(b []byte) error {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			b = b[:i]
			break
		}
		i += n
	}
	return &record.FileError{
		Line: t.line + bytes.Count(b, []byte{'\n'}), Code: record.FileEncoding,
		Message: "il file JSON contiene byte che non sono UTF-8: salvarlo in UTF-8",
	}
}

// lines tells on which line an offset of a text is, asked in rising order, and
// holds only the line ends not asked about yet.
type lines struct {
	ends []lineEnd
	next int
	line int // of what was asked last
}

// lineEnd is n line ends at an offset.
type lineEnd struct {
	at int64
	n  int
}

func (l *lines) add(at int64, n int) {
	if l.next == len(l.ends) {
		l.ends, l.next = l.ends[:0], 0
	} else if l.next > 4096 && l.next > len(l.ends)/2 {
		l.ends, l.next = append(l.ends[:0], l.ends[l.next:]...), 0
	}
	l.ends = append(l.ends, lineEnd{at, n})
}

func (l *lines) of(offset int64) int {
	for l.next < len(l.ends) && l.ends[l.next].at < offset {
		l.line += l.ends[l.next].n
		l.next++
	}
	return l.line
}
