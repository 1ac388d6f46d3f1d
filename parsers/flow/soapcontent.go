package flow

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
)

// contentElement is the local name of the element a flow is in.
const contentElement = "xmlRendicontazione"

// splitter takes the content of a message out of it. It knows just enough XML to
// tell a start tag from a comment; that the rest is well formed is checked by
// who reads what comes before and after the content.
type splitter struct {
	r       *bufio.Reader
	most    int // bytes before the content, and after it
	content base64Text
}

func newSplitter(in io.Reader, most int) *splitter {
	r := bufio.NewReaderSize(in, 64<<10)
	return &splitter{r: r, most: most, content: base64Text{r: r}}
}

// head reads to the end of the start tag of the content; found is false when
// there is none before the end of the message.
func (s *splitter) head() (head []byte, found bool, err error) {
	start, _ := s.r.Peek(2)
	if mark := string(start); mark == "\xFF\xFE" || mark == "\xFE\xFF" || bytes.IndexByte(start, 0) >= 0 {
		return nil, false, &record.FileError{
			Line: 1, Code: record.FileEncoding, Message: "la busta SOAP è in UTF-16: salvarla in UTF-8",
		}
	}
	open := -1 // where the markup being read starts
	quote := byte(0)
	for {
		c, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return head, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("reading the SOAP envelope: %w", err)
		}
		if len(head) == s.most {
			return nil, false, s.tooLong()
		}
		head = append(head, c)
		if open < 0 {
			if c == '<' {
				open, quote = len(head)-1, 0
			}
			continue
		}
		closed := c == '>'
		switch markup := head[open:]; {
		case bytes.HasPrefix(markup, []byte("<!--")):
			closed = len(markup) >= len("<!---->") && bytes.HasSuffix(markup, []byte("-->"))
		case bytes.HasPrefix(markup, []byte("<![CDATA[")):
			closed = bytes.HasSuffix(markup, []byte("]]>"))
		case bytes.HasPrefix(markup, []byte("<?")):
			closed = bytes.HasSuffix(markup, []byte("?>"))
		case quote != 0:
			closed = false
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		}
		if closed {
			if opensContent(head[open:]) {
				return head, true, nil
			}
			open = -1
		}
	}
}

// opensContent tells the start tag of the content, unless nothing is in it.
func opensContent(tag []byte) bool {
	if bytes.HasSuffix(tag, []byte("/>")) {
		return false
	}
	name := tag[1 : len(tag)-1]
	if i := bytes.IndexAny(name, " \t\r\n"); i >= 0 {
		name = name[:i]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return string(name) == contentElement
}

// tail reads what comes after the content.
func (s *splitter) tail() ([]byte, error) {
	tail, err := io.ReadAll(io.LimitReader(s.r, int64(s.most)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the end of the SOAP envelope: %w", err)
	case len(tail) > s.most:
		return nil, s.tooLong()
	case !bytes.HasPrefix(tail, []byte("</")):
		return nil, content(0, "nella busta SOAP "+contentElement+" non contiene solo base64")
	}
	return tail, nil
}

func (s *splitter) tooLong() error {
	return &record.FileError{
		Code:    record.FileLimit,
		Message: fmt.Sprintf("la busta SOAP supera, senza il flusso che contiene, il limite di %d byte", s.most),
	}
}

// base64Text reads the characters of the content up to the tag after it: without
// white space, out of CDATA sections and without comments. What is not base64 is
// passed on, for the decoder to refuse.
type base64Text struct {
	r     *bufio.Reader
	lines int   // line ends passed
	err   error // a fault of the message, not of the flow in it
	cdata bool
	ended bool
}

func (t *base64Text) Read(p []byte) (int, error) {
	for n := 0; ; {
		if t.err != nil {
			return 0, t.err
		}
		if t.ended {
			return 0, io.EOF
		}
		if _, err := t.r.Peek(1); err != nil {
			t.err = t.failed(err)
			continue
		}
		b, _ := t.r.Peek(t.r.Buffered())
		used := 0
		for used < len(b) && n < len(p) && !t.special(b[used]) {
			switch c := b[used]; c {
			case '\n':
				t.lines++
			case ' ', '\t', '\r':
			default:
				p[n] = c
				n++
			}
			used++
		}
		stopped := used < len(b) && n < len(p)
		_, _ = t.r.Discard(used) // never fails: it is in the buffer
		if n > 0 {
			return n, nil
		}
		if stopped {
			t.err = t.markup()
		}
	}
}

func (t *base64Text) special(c byte) bool {
	return !t.cdata && (c == '<' || c == '&') || t.cdata && c == ']'
}

// markup deals with what comes next and is not text.
func (t *base64Text) markup() error {
	next := func(mark string) bool {
		b, _ := t.r.Peek(len(mark))
		return string(b) == mark
	}
	switch {
	case t.cdata:
		if !next("]]>") {
			return t.corrupt(errors.New("a bracket"))
		}
		t.cdata = false
		return t.skip(len("]]>"))
	case next("<![CDATA["):
		t.cdata = true
		return t.skip(len("<![CDATA["))
	case next("<!--"):
		return t.comment()
	case next("&"):
		return t.reference()
	}
	t.ended = true
	return nil
}

func (t *base64Text) skip(n int) error {
	_, err := t.r.Discard(n)
	if err != nil {
		return t.failed(err)
	}
	return nil
}

func (t *base64Text) comment() error {
	if err := t.skip(len("<!--")); err != nil {
		return err
	}
	for dashes := 0; ; {
		c, err := t.r.ReadByte()
		switch {
		case err != nil:
			return t.failed(err)
		case c == '>' && dashes >= 2:
			return nil
		case c == '-':
			dashes++
			continue
		case c == '\n':
			t.lines++
		}
		dashes = 0
	}
}

// reference takes the white space some libraries write as &#13; or &#xD;.
func (t *base64Text) reference() error {
	b, _ := t.r.Peek(len("&#x0D;"))
	end := bytes.IndexByte(b, ';')
	if end < 0 {
		return t.corrupt(errors.New("a reference"))
	}
	switch string(bytes.ToLower(b[:end])) {
	case "&#13", "&#10", "&#9", "&#32", "&#xd", "&#xa", "&#x9", "&#x20", "&#x0d", "&#x0a", "&#x09":
		return t.skip(end + 1)
	}
	return t.corrupt(fmt.Errorf("the reference %s", b[:end+1]))
}

// failed is the end of the message, or a failure to read it.
func (t *base64Text) failed(err error) error {
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the content of the SOAP envelope: %w", err)
	}
	return &record.FileError{
		Code: record.FileTruncated, Cause: io.ErrUnexpectedEOF,
		Message: "la busta SOAP finisce in mezzo al flusso che contiene: è incompleta, farsela mandare di nuovo",
	}
}

func (t *base64Text) corrupt(cause error) error {
	return &record.FileError{
		Code: record.FileContent, Cause: cause,
		Message: "nella busta SOAP il contenuto di " + contentElement + " non è base64: farsela mandare di nuovo",
	}
}

// decodeBase64 decodes the content of a message.
func decodeBase64(t *base64Text) io.Reader {
	return &base64Bytes{text: t, r: base64.NewDecoder(base64.StdEncoding, t)}
}

type base64Bytes struct {
	text *base64Text
	r    io.Reader
}

func (b *base64Bytes) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	var corrupt base64.CorruptInputError
	switch {
	case err == nil || errors.Is(err, io.EOF) || b.text.err != nil:
		return n, err
	case errors.As(err, &corrupt):
		b.text.err = b.text.corrupt(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		b.text.err = &record.FileError{
			Code: record.FileTruncated, Cause: err,
			Message: "nella busta SOAP il flusso in base64 è tagliato: farsela mandare di nuovo",
		}
	default:
		b.text.err = err
	}
	return n, b.text.err
}

// newlines reads as so many line ends.
type newlines struct{ left int }

func (l *newlines) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n := min(l.left, len(p))
	for i := range n {
		p[i] = '\n'
	}
	l.left -= n
	return n, nil
}
