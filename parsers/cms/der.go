package cms

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"

	"quadra/engine/record"
)

// The tags met on the way to the content.
const (
	constructed = 0x20
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30
	tagSet      = 0x31
	tagContext  = 0xA0 // [0], explicit
)

var errSyntax = errors.New("not a CMS envelope")

// der reads elements in DER, or in BER where signers use it: lengths that are
// not said beforehand.
type der struct {
	r  *bufio.Reader
	at int64

	endless int     // elements of unsaid length entered
	entered []int64 // where those of a length said beforehand end
}

// element is the head of one.
type element struct {
	tag     byte
	length  int64
	endless bool  // it ends where two zeros stand
	end     int64 // offset after it, when it is not endless
}

// Read reads bytes as they are.
func (d *der) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	d.at += int64(n)
	return n, err
}

func (d *der) byte() (byte, error) {
	c, err := d.r.ReadByte()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	d.at++
	return c, err
}

// header reads tag and length.
func (d *der) header() (e element, err error) {
	if e.tag, err = d.byte(); err != nil {
		return e, err
	}
	first, err := d.byte()
	if err != nil {
		return e, err
	}
	const longest = 6 // bytes of a length: more than any file
	switch {
	case first < 0x80:
		e.length = int64(first)
	case first == 0x80 && e.tag&constructed != 0:
		e.endless = true
	case first == 0x80 || first > 0x80+longest:
		return e, errSyntax
	default:
		for range first - 0x80 {
			c, err := d.byte()
			if err != nil {
				return e, err
			}
			e.length = e.length<<8 | int64(c)
		}
	}
	e.end = d.at + e.length
	return e, nil
}

// enter reads the head of an element that must be there.
func (d *der) enter(tag byte) (element, error) {
	e, err := d.header()
	if err == nil && e.tag != tag {
		err = errSyntax
	}
	if err == nil {
		if e.endless {
			d.endless++
		} else {
			d.entered = append(d.entered, e.end)
		}
	}
	return e, err
}

// ends tells whether an element ends here; the zeros of an endless one are
// passed.
func (d *der) ends(e element) (bool, error) {
	if !e.endless {
		return d.at >= e.end, nil
	}
	zeros, err := d.r.Peek(2)
	if err != nil {
		return false, io.ErrUnexpectedEOF
	}
	if zeros[0] != 0 || zeros[1] != 0 {
		return false, nil
	}
	d.at += 2
	_, err = d.r.Discard(2)
	return true, err
}

// pass goes over an element that must be there and take no more than so many
// bytes.
func (d *der) pass(tag byte, most int64) error { return d.passNested(tag, most, 0) }

func (d *der) passNested(tag byte, most int64, depth int) error {
	const deepest = 32 // elements of unsaid length in each other
	e, err := d.header()
	switch {
	case err != nil:
		return err
	case e.tag != tag, depth > deepest:
		return errSyntax
	case !e.endless && e.length > most:
		return errSyntax
	case !e.endless:
		n, err := d.r.Discard(int(e.length))
		d.at += int64(n)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	for from := d.at; d.at-from < most; {
		if end, err := d.ends(e); end || err != nil {
			return err
		}
		inner, err := d.r.Peek(1)
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if err := d.passNested(inner[0], most, depth+1); err != nil {
			return err
		}
	}
	return errSyntax
}

// oid reads an object identifier, as it is encoded.
func (d *der) oid() (string, error) {
	e, err := d.header()
	if err != nil {
		return "", err
	}
	const longest = 32
	if e.tag != tagOID || e.length > longest {
		return "", errSyntax
	}
	var b [longest]byte
	n, err := io.ReadFull(d.r, b[:e.length])
	d.at += int64(n)
	if err != nil {
		return "", io.ErrUnexpectedEOF
	}
	return string(b[:n]), nil
}

// complete checks that an envelope does not end before its end: rest is all that
// follows the content.
func (d *der) complete(rest []byte) error {
	for _, end := range d.entered {
		if end > d.at {
			return io.ErrUnexpectedEOF
		}
	}
	in := &der{r: bufio.NewReader(bytes.NewReader(rest))}
	for zeros := 0; zeros < d.endless; {
		tag, err := in.r.Peek(1)
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if tag[0] == 0 {
			zeros++
		}
		if err := in.pass(tag[0], MaxCertificates); err != nil {
			return err
		}
	}
	return nil
}

// fault says what an error means for the file.
func (d *der) fault(err error) error {
	var fe *record.FileError
	var corrupt base64.CorruptInputError
	switch {
	case errors.As(err, &fe):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &record.FileError{
			Code: record.FileTruncated, Cause: io.ErrUnexpectedEOF,
			Message: "la busta firmata (p7m) finisce prima della sua fine: è incompleta, farsela mandare di nuovo",
		}
	case errors.Is(err, errSyntax), errors.As(err, &corrupt):
		return &record.FileError{
			Code: record.FileSyntax, Cause: err,
			Message: "la busta firmata (p7m) non si può leggere: farsela mandare di nuovo, o mandare il file senza firma",
		}
	}
	return err
}

func content(message string) error {
	return &record.FileError{Code: record.FileContent, Message: message}
}
