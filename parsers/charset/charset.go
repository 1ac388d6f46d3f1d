// Package charset turns the bytes of a text file into UTF-8.
//
// The files of this field do not say how they are written: MyPay exports UTF-8,
// a spreadsheet saves the same file as windows-1252, some treasurers send
// ISO-8859-15 or UTF-16. Guessing by statistics calls accented windows-1252
// text ISO-8859-1, so nothing is guessed from frequencies. The rule is:
//
//  1. a byte-order mark decides (UTF-8, UTF-16LE, UTF-16BE);
//  2. a file that is valid UTF-8 from the first byte to the last is UTF-8;
//  3. otherwise it is windows-1252, or ISO-8859-15 when no byte 0x80-0x9F
//     occurs and 0xA4 does: that byte is the euro sign in the one and a sign
//     nobody types in the other, and the two agree on every Italian letter.
//
// A file is refused (a [record.FileError] with code ENCODING and the line)
// when no rule gives text: NUL bytes, bytes windows-1252 leaves undefined, or a
// mix of both worlds, that is letters only UTF-8 explains next to bytes UTF-8
// forbids. A UTF-8 file that stops in the middle of a character is TRUNCATED.
//
// Control characters other than tab and line ends become blanks, so that one
// stray byte in a remittance text does not cost the whole file; a file made of
// them is not text and is refused.
//
// The whole file decides, so it is read twice: once to choose, once to decode.
// Memory stays flat. XML says its own encoding and needs [Decode] only.
package charset

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"quadra/engine/record"
)

// The encodings a file can be found to be in; the names of [record.Doc].
const (
	UTF8        = "UTF-8"
	UTF16LE     = "UTF-16LE"
	UTF16BE     = "UTF-16BE"
	Windows1252 = "windows-1252"
	ISO885915   = "ISO-8859-15"
)

// window is how much of the file is in memory at once; a file that fits is
// opened once only.
const window = 64 << 10

// NewReader chooses the encoding of what open opens and returns its text as
// UTF-8, without byte-order mark, and the name of the encoding. It calls open
// once or twice; both times it must give the same bytes from the start.
//
// Errors about the file are [*record.FileError]; those of open and of reading
// are returned wrapped. UTF-16 is decoded as it is read, so its faults come out
// of Read. Close the reader to close the file.
func NewReader(open func() (io.ReadCloser, error)) (io.ReadCloser, string, error) {
	first, err := start(open)
	if err != nil {
		return nil, "", err
	}
	defer first.Close()
	return first.choose(open)
}

// begun is a text whose start has been read.
type begun struct {
	io.ReadCloser
	buf   []byte
	n     int  // bytes read into buf
	whole bool // there are no more
}

func start(open func() (io.ReadCloser, error)) (*begun, error) {
	in, err := open()
	if err != nil {
		return nil, fmt.Errorf("opening the text: %w", err)
	}
	b := &begun{ReadCloser: in, buf: make([]byte, window)}
	if b.n, b.whole, err = fill(in, b.buf); err != nil {
		in.Close()
		return nil, err
	}
	return b, nil
}

// choose reads the text to its end and opens it again, unless it has all of it.
func (b *begun) choose(open func() (io.ReadCloser, error)) (io.ReadCloser, string, error) {
	buf, n, whole := b.buf, b.n, b.whole
	encoding, mark := byteOrderMark(buf[:n])
	var controls bool
	if encoding == "" || encoding == UTF8 {
		var s survey
		err := s.run(buf, n, whole, b)
		if err != nil {
			return nil, "", err
		}
		if encoding, err = s.choose(mark > 0); err != nil {
			return nil, "", err
		}
		controls = s.controls > 0
	}

	in := io.NopCloser(bytes.NewReader(buf[:n]))
	if !whole {
		var err error
		if in, err = open(); err != nil {
			return nil, "", fmt.Errorf("opening the text again: %w", err)
		}
	}
	if _, err := io.CopyN(io.Discard, in, int64(mark)); err != nil {
		in.Close()
		return nil, "", fmt.Errorf("reading the text: %w", err)
	}
	var text io.Reader = in
	if decode := decoding(encoding); decode != nil {
		text = newDecoder(in, decode)
	}
	if controls {
		text = blanker{text}
	}
	return struct {
		io.Reader
		io.Closer
	}{text, in}, encoding, nil
}

// Decode returns the text of r, written in the named encoding, as UTF-8. Names
// are those of an XML declaration, in any case. ISO-8859-1 is read as
// windows-1252, which is what those who declare it mean: the two differ only
// where ISO-8859-1 has control codes. UTF-16 takes its explicit byte order.
//
// An unknown name is a [*record.FileError]; so is, while reading, a byte the
// encoding does not define. UTF-8 is passed through unchecked.
func Decode(r io.Reader, name string) (io.Reader, error) {
	encoding, ok := aliases[strings.ToLower(name)]
	if !ok {
		return nil, &record.FileError{
			Line: 1, Code: record.FileEncoding,
			Message: fmt.Sprintf("il file dichiara la codifica %q, che non è accettata: salvarlo in UTF-8", clip(name)),
		}
	}
	if decode := decoding(encoding); decode != nil {
		return newDecoder(r, decode), nil
	}
	return r, nil
}

var aliases = map[string]string{
	"utf-8": UTF8, "utf8": UTF8, "us-ascii": UTF8, "ascii": UTF8,
	"utf-16le": UTF16LE, "utf-16be": UTF16BE,
	"windows-1252": Windows1252, "cp1252": Windows1252,
	"iso-8859-1": Windows1252, "iso8859-1": Windows1252, "iso_8859-1": Windows1252, "latin1": Windows1252, "l1": Windows1252,
	"iso-8859-15": ISO885915, "iso8859-15": ISO885915, "latin-9": ISO885915, "latin9": ISO885915,
}

// Canonical is the name of [record.Doc] for a declared encoding, or the empty
// text when [Decode] does not know it.
func Canonical(name string) string { return aliases[strings.ToLower(name)] }

// byteOrderMark names the encoding a mark at the start of head stands for, and
// the length of the mark.
func byteOrderMark(head []byte) (string, int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE, 2
	}
	return "", 0
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
