// Package cms takes the document out of a signed envelope (p7m): CMS SignedData
// (RFC 5652) in DER or BER, in PEM or in bare base64.
//
// The signature is not verified, and nothing is believed because of it: whether a
// certificate was good on the day it signed is for those who archive, and quadra
// books what the treasurer wrote, signed or not. That there was a signature, and
// whose it says it is, goes among the warnings of the document.
//
// The libraries that read CMS hold the whole of it in memory; a giornale di cassa
// may be a gigabyte. What is needed here is small: the way down to the content,
// which is streamed, and the names of the signers after it. Everything else is
// passed over by its length. Memory stays within [MaxCertificates].
package cms

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"strings"

	"quadra/engine/record"
)

// MaxCertificates is how many bytes the certificates and the signatures may
// take: beyond that the envelope is a LIMIT.
const MaxCertificates = 4 << 20

// The identifiers of what is in an envelope, as they are encoded.
const (
	oidSigned    = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
	oidEnveloped = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
)

// Looks tells from its first bytes whether a document is an envelope, signed or
// encrypted.
func Looks(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if len(head) > 0 && head[0] != tagSequence {
		// A line of base64, with or without what PEM puts above it.
		var start [64]byte
		n, _ := io.ReadFull(decoded(bytes.NewReader(head)), start[:])
		head = start[:n]
	}
	d := &der{r: bufio.NewReader(bytes.NewReader(head))}
	if _, err := d.enter(tagSequence); err != nil {
		return false
	}
	oid, err := d.oid()
	return err == nil && (oid == oidSigned || oid == oidEnveloped)
}

// Content is the document in an envelope. Read gives it as a stream.
//
// Errors about the file are [*record.FileError]: SYNTAX, TRUNCATED, LIMIT, and
// CONTENT when there is no document in the envelope or it is encrypted.
type Content struct {
	d       *der
	open    []element // constructed pieces of the content being read
	left    int64     // of the primitive piece
	done    bool
	err     error
	signers []string
}

// Open reads the envelope up to its content.
func Open(r io.Reader) (*Content, error) {
	in := bufio.NewReaderSize(r, 32<<10)
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(head) > 0 && head[0] != tagSequence {
		in = bufio.NewReaderSize(decoded(in), 32<<10)
	}
	c := &Content{d: &der{r: in}}
	if err := c.start(); err != nil {
		return nil, c.d.fault(err)
	}
	return c, nil
}

// start goes down to the content.
func (c *Content) start() error {
	d := c.d
	if _, err := d.enter(tagSequence); err != nil { // ContentInfo
		return err
	}
	switch oid, err := d.oid(); {
	case err != nil:
		return err
	case oid == oidEnveloped:
		return content("il file è cifrato: mandare il file in chiaro")
	case oid != oidSigned:
		return errSyntax
	}
	if _, err := d.enter(tagContext); err != nil {
		return err
	}
	if _, err := d.enter(tagSequence); err != nil { // SignedData
		return err
	}
	const small = 64 << 10                            // digest algorithms take some twenty bytes each
	if err := d.pass(tagInteger, small); err != nil { // its version
		return err
	}
	if err := d.pass(tagSet, small); err != nil { // digest algorithms
		return err
	}
	inner, err := d.enter(tagSequence) // EncapsulatedContentInfo
	if err != nil {
		return err
	}
	if _, err := d.oid(); err != nil {
		return err
	}
	if end, err := d.ends(inner); end || err != nil {
		if err == nil {
			err = content("il file contiene solo la firma (detached): mandare il file che è stato firmato")
		}
		return err
	}
	if _, err := d.enter(tagContext); err != nil {
		return err
	}
	e, err := d.header()
	switch {
	case err != nil:
		return err
	case e.tag == tagOctets && !e.endless:
		c.left = e.length
	case e.tag == tagOctets|constructed:
		c.open = append(c.open, e)
	default:
		return errSyntax
	}
	return nil
}

// Document is what is in a small envelope that is in memory already.
func Document(envelope []byte) ([]byte, error) {
	c, err := Open(bytes.NewReader(envelope))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(c)
}

// Read gives the next bytes of the document. When it says io.EOF the rest of the
// envelope has been read too, and [Content.Signers] is known.
func (c *Content) Read(p []byte) (int, error) {
	for c.err == nil && c.left == 0 {
		if len(c.open) == 0 {
			c.err = c.end()
			break
		}
		if err := c.piece(); err != nil {
			c.err = c.d.fault(err)
		}
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.d.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err != nil && (c.left > 0 || !errors.Is(err, io.EOF)) {
		c.err = c.d.fault(err)
		return n, c.err
	}
	return n, nil
}

// maxNested is how deep the pieces of a content may lie in each other; those that
// sign use one level.
const maxNested = 4

// piece goes to the next piece of a content in pieces, or leaves the innermost.
func (c *Content) piece() error {
	last := c.open[len(c.open)-1]
	end, err := c.d.ends(last)
	if err != nil {
		return err
	}
	if end {
		c.open = c.open[:len(c.open)-1]
		return nil
	}
	e, err := c.d.header()
	switch {
	case err != nil:
		return err
	case !last.endless && (e.endless || e.end > last.end):
		return errSyntax
	case e.tag == tagOctets && !e.endless:
		c.left = e.length
	case e.tag == tagOctets|constructed && len(c.open) < maxNested:
		c.open = append(c.open, e)
	default:
		return errSyntax
	}
	return nil
}

// end reads what follows the content, which is small, to say who signed.
func (c *Content) end() error {
	if c.done {
		return io.EOF
	}
	c.done = true
	var rest bytes.Buffer
	n, err := io.Copy(&rest, io.LimitReader(c.d, MaxCertificates+1))
	switch {
	case err != nil:
		return c.d.fault(err)
	case n > MaxCertificates:
		return &record.FileError{Code: record.FileLimit, Message: "la firma e i suoi certificati superano il limite di 4 MiB"}
	}
	if err := c.d.complete(rest.Bytes()); err != nil {
		return c.d.fault(err)
	}
	c.signers = signers(rest.Bytes())
	return io.EOF
}

// Signers are the names of those who say they signed, as their certificates have
// them; empty when the envelope does not carry the certificates. They are known
// once the content has been read to its end.
func (c *Content) Signers() []string { return c.signers }

// signers finds the certificates in what follows the content that signed: those
// whose serial number a signature gives. A certificate is found by its form, as
// the envelope may be BER, and they are DER all the same.
func signers(rest []byte) (names []string) {
	const mostTries, mostNames = 10_000, 8
	tries := 0
	for at := 0; at+4 < len(rest) && tries < mostTries && len(names) < mostNames; at++ {
		if rest[at] != tagSequence || rest[at+1] != 0x82 {
			continue
		}
		tries++
		size := 4 + int(rest[at+2])<<8 + int(rest[at+3])
		if at+size > len(rest) {
			continue
		}
		certificate, err := x509.ParseCertificate(rest[at : at+size])
		if err != nil {
			continue
		}
		after := rest[at+size:]
		if serial := encodedInteger(certificate.SerialNumber); bytes.Contains(after, append(bytes.Clone(certificate.RawIssuer), serial...)) {
			names = append(names, nameOf(certificate))
		}
		at += size - 1
	}
	return names
}

// encodedInteger is a positive number in DER.
func encodedInteger(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	if len(b) >= 0x80 {
		return nil // no serial number is that long
	}
	return append([]byte{tagInteger, byte(len(b))}, b...)
}

// nameOf is what a certificate calls its holder, without what could break a line.
func nameOf(c *x509.Certificate) string {
	name := c.Subject.CommonName
	if name == "" {
		name = c.Subject.String()
	}
	const most = 80
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
	if runes := []rune(name); len(runes) > most {
		name = string(runes[:most])
	}
	return name
}

// decoded undoes base64, whatever stands above and below it.
func decoded(r io.Reader) io.Reader {
	return base64.NewDecoder(base64.StdEncoding, &armour{r: bufio.NewReader(r), fresh: true})
}

// armour takes from a text the lines of PEM and white space.
type armour struct {
	r     *bufio.Reader
	fresh bool // at the start of a line
	begun bool // past the first line of PEM
}

// Read gives the letters of base64.
func (a *armour) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c, err := a.r.ReadByte()
		if err != nil {
			return n, err
		}
		switch {
		case c == '-' && a.fresh:
			if a.begun {
				return n, io.EOF // the line that ends it
			}
			a.begun = true
			for c != '\n' && err == nil {
				c, err = a.r.ReadByte()
			}
			if err != nil {
				return n, err
			}
		case c == '\n' || c == '\r':
			a.fresh = true
		case c == ' ' || c == '\t':
		default:
			a.fresh = false
			p[n] = c
			n++
		}
	}
	return n, nil
}
