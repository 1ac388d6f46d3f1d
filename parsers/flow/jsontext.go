package flow

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/charset"
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

// last is the line the text has been read to.
func (l *lines) last() int {
	line := l.line
	for _, e := range l.ends[l.next:] {
		line += e.n
	}
	return line
}

// values reads JSON values one at a time, each within a limit.
type values struct {
	dec    *json.Decoder
	text   *bounded
	lines  *lines
	limits JSONLimits
	raw    json.RawMessage
}

// newValues reads from r, which adds to lines what line ends it passes.
func newValues(r io.Reader, lines *lines, limits JSONLimits) *values {
	text := &bounded{r: r, most: 2 * int64(limits.MaxValue), lines: lines}
	return &values{dec: json.NewDecoder(text), text: text, lines: lines, limits: limits}
}

// next reads a value and returns it, valid until the next call, with the offset
// where it starts.
func (v *values) next() ([]byte, int64, error) {
	v.text.base = v.dec.InputOffset()
	if err := v.dec.Decode(&v.raw); err != nil {
		return nil, 0, v.fault(err)
	}
	start := v.dec.InputOffset() - int64(len(v.raw))
	switch {
	case len(v.raw) > v.limits.MaxValue:
		return nil, 0, v.text.tooLong()
	case depth(v.raw) > v.limits.MaxDepth:
		return nil, 0, &record.FileError{
			Line: v.lines.of(start), Code: record.FileLimit,
			Message: fmt.Sprintf("il file JSON annida oggetti oltre il limite di %d", v.limits.MaxDepth),
		}
	}
	return v.raw, start, nil
}

// more tells whether another value comes before the end of the array, or of the
// text.
func (v *values) more() bool {
	v.text.base = v.dec.InputOffset()
	return v.dec.More()
}

// bracket reads the start or the end of an array.
func (v *values) bracket(want json.Delim) error {
	v.text.base = v.dec.InputOffset()
	token, err := v.dec.Token()
	if err == nil && token != want {
		err = &json.SyntaxError{Offset: v.dec.InputOffset()}
	}
	if err != nil {
		return v.fault(err)
	}
	return nil
}

// end checks that nothing follows what has been read.
func (v *values) end() error {
	v.text.base = v.dec.InputOffset()
	if _, err := v.dec.Token(); !errors.Is(err, io.EOF) {
		return v.fault(err)
	}
	return nil
}

// upcoming is the first byte of what comes next, after more.
func (v *values) upcoming() byte {
	var b [1]byte
	if n, _ := v.dec.Buffered().Read(b[:]); n == 0 {
		return 0
	}
	return b[0]
}

// fault says what an error of the decoder means for the file.
func (v *values) fault(err error) error {
	var fe *record.FileError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &fe):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &record.FileError{
			Line: v.lines.last(), Code: record.FileTruncated, Cause: io.ErrUnexpectedEOF,
			Message: "il file JSON finisce prima della sua fine: è incompleto, farselo mandare di nuovo",
		}
	case errors.As(err, &syntax):
		return &record.FileError{
			Line: v.lines.of(v.dec.InputOffset()), Code: record.FileSyntax, Cause: err,
			Message: "il file JSON non è leggibile: l'errore è nel valore che comincia in questa riga",
		}
	}
	return fmt.Errorf("reading the JSON after line %d: %w", v.lines.of(v.dec.InputOffset()), err)
}

// bounded stops a text that goes on too long without a value ending: base is
// where the last one did.
type bounded struct {
	r          io.Reader
	read, base int64
	most       int64
	lines      *lines
	err        error // said again: the decoder asks on after an error
}

func (b *bounded) Read(p []byte) (n int, err error) {
	switch {
	case b.err != nil:
	case b.read-b.base > b.most:
		b.err = b.tooLong()
	default:
		n, b.err = b.r.Read(p)
		b.read += int64(n)
	}
	return n, b.err
}

func (b *bounded) tooLong() error {
	return &record.FileError{
		Line: b.lines.of(b.base), Code: record.FileLimit,
		Message: fmt.Sprintf("nel file JSON un flusso senza i suoi pagamenti, o un pagamento, supera il limite di %d byte", b.most/2),
	}
}
