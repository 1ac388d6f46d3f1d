package charset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"quadra/engine/record"
)

// glyph is one character as UTF-8; n is 0 where the encoding defines none.
type glyph struct {
	b [utf8.UTFMax]byte
	n uint8
}

var (
	table1252  = tableOf(charmap.Windows1252, 0x81, 0x8D, 0x8F, 0x90, 0x9D)
	table88515 = tableOf(charmap.ISO8859_15, c1...)
	c1         = func() []byte {
		b := make([]byte, 0, 32)
		for c := byte(0x80); c < 0xA0; c++ {
			b = append(b, c)
		}
		return b
	}()
)

// tableOf spells out a single-byte encoding. The bytes given are undefined: the
// charmap decodes them to control codes, as browsers do.
func tableOf(m *charmap.Charmap, undefined ...byte) *[256]glyph {
	var t [256]glyph
	for c := range t {
		t[c].n = uint8(utf8.EncodeRune(t[c].b[:], m.DecodeByte(byte(c))))
	}
	for _, c := range undefined {
		t[c].n = 0
	}
	return &t
}

// step appends the text of src to dst and says how many bytes of src it took;
// it leaves a character that src cuts, unless last.
type step func(dst, src []byte, last bool) ([]byte, int, error)

// errNoText is a byte sequence the encoding does not define.
var errNoText = errors.New("no character of this encoding")

// decoding returns how to decode an encoding, nil when there is nothing to do.
func decoding(encoding string) step {
	switch encoding {
	case Windows1252:
		return singleByte(table1252)
	case ISO885915:
		return singleByte(table88515)
	case UTF16LE:
		return units(binary.LittleEndian)
	case UTF16BE:
		return units(binary.BigEndian)
	}
	return nil
}

func singleByte(t *[256]glyph) step {
	return func(dst, src []byte, _ bool) ([]byte, int, error) {
		for i := 0; i < len(src); i++ {
			plain := i
			for i < len(src) && src[i] < utf8.RuneSelf {
				i++
			}
			dst = append(dst, src[plain:i]...)
			if i == len(src) {
				break
			}
			g := &t[src[i]]
			if g.n == 0 {
				return dst, i, errNoText
			}
			dst = append(dst, g.b[:g.n]...)
		}
		return dst, len(src), nil
	}
}

func units(order binary.ByteOrder) step {
	return func(dst, src []byte, last bool) ([]byte, int, error) {
		i := 0
		for ; i+2 <= len(src); i += 2 {
			r := rune(order.Uint16(src[i:]))
			switch {
			case r == 0:
				return dst, i, errNoText
			case r < ' ' && r != '\n' && r != '\r' && r != '\t':
				r = ' '
			case utf16.IsSurrogate(r):
				if i+4 > len(src) {
					if last {
						return dst, i, io.ErrUnexpectedEOF
					}
					return dst, i, nil
				}
				r = utf16.DecodeRune(r, rune(order.Uint16(src[i+2:])))
				if r == utf8.RuneError {
					return dst, i, errNoText
				}
				i += 2
			}
			dst = utf8.AppendRune(dst, r)
		}
		if last && i < len(src) {
			return dst, i, io.ErrUnexpectedEOF
		}
		return dst, i, nil
	}
}

// decoder is an encoding undone while reading; memory stays within a chunk.
type decoder struct {
	src  io.Reader
	step step
	in   []byte // raw bytes not decoded yet are in[:have]
	have int
	out  []byte // text not handed over yet is out[at:]
	at   int
	line int
	err  error // what to say once out is empty
}

func newDecoder(src io.Reader, step step) *decoder {
	return &decoder{src: src, step: step, in: make([]byte, 16<<10), line: 1}
}

// Read fills p with UTF-8.
func (d *decoder) Read(p []byte) (int, error) {
	for d.at == len(d.out) {
		if d.err != nil {
			return 0, d.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		d.fill()
	}
	n := copy(p, d.out[d.at:])
	d.at += n
	return n, nil
}

func (d *decoder) fill() {
	n, err := d.src.Read(d.in[d.have:])
	d.have += n
	out, used, bad := d.step(d.out[:0], d.in[:d.have], err == io.EOF)
	d.have = copy(d.in, d.in[used:d.have])
	d.out, d.at = out, 0
	d.line += bytes.Count(out, []byte{'\n'})
	switch {
	case errors.Is(bad, io.ErrUnexpectedEOF):
		d.err = &record.FileError{
			Line: d.line, Code: record.FileTruncated, Cause: bad,
			Message: "il file finisce a metà di un carattere: è incompleto, farselo mandare di nuovo",
		}
	case bad != nil:
		d.err = &record.FileError{
			Line: d.line, Code: record.FileEncoding, Cause: bad,
			Message: fmt.Sprintf("il byte 0x%02X non è un carattere nella codifica del file: salvarlo in UTF-8", d.in[0]),
		}
	case err != nil:
		d.err = err
	}
}

// blanker turns stray control characters of a UTF-8 text into blanks.
type blanker struct{ r io.Reader }

// Read fills p and blanks what is neither text, tab nor line end.
func (b blanker) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	for i, c := range p[:n] {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			p[i] = ' '
		}
	}
	return n, err
}
