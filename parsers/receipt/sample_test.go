package receipt_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/receipt"
)

// face is one of the readers of documents that hold a receipt.
type face func(context.Context, io.Reader, receipt.Options, receipt.Sink) (receipt.Summary, error)

const other = "00998870778"

// sample is a file of testdata.
func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// taken reads a document all of whose lines can be taken.
func taken(t *testing.T, read face, in, taxCode string) (*collector, receipt.Summary) {
	t.Helper()
	c := &collector{}
	s, err := read(t.Context(), strings.NewReader(in), receipt.Options{TaxCode: taxCode}, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.rejects) > 0 || s.Accepted != len(c.lines) || s.Rows != s.Accepted {
		t.Fatalf("%d lines, rejects %+v, %+v", len(c.lines), c.rejects, s)
	}
	return c, s
}

// refused reads a document that is refused, and of which nothing is emitted.
func refused(t *testing.T, read face, in string, opt receipt.Options, code record.FileCode, hint string) {
	t.Helper()
	c := &collector{}
	s, err := read(t.Context(), strings.NewReader(in), opt, c)
	var fe *record.FileError
	if !errors.As(err, &fe) || fe.Code != code || !strings.Contains(fe.Message, hint) {
		t.Errorf("got %v, want %s saying %q", err, code, hint)
	}
	if len(c.lines) > 0 || s.Accepted > 0 {
		t.Errorf("lines of a refused file: %+v", c.lines)
	}
}

// rejected reads a document one line of which is left out.
func rejected(t *testing.T, read face, in string, code record.RejectCode, column, hint string) *collector {
	t.Helper()
	c := &collector{}
	s, err := read(t.Context(), strings.NewReader(in), receipt.Options{TaxCode: entity}, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.rejects) != 1 || s.Rejected != 1 || s.Rows != len(c.lines)+1 {
		t.Fatalf("%d lines, rejects %+v, %+v", len(c.lines), c.rejects, s)
	}
	if r := c.rejects[0]; r.Code != code || r.Column != column || !strings.Contains(r.Reason, hint) || r.Line < 1 {
		t.Errorf("got %+v, want %s in column %s saying %q", r, code, column, hint)
	}
	return c
}

// put changes a document in one place or fails the test.
func put(t *testing.T, in, from, to string) string {
	t.Helper()
	if !strings.Contains(in, from) {
		t.Fatalf("the sample does not hold %q", from)
	}
	return strings.Replace(in, from, to, 1)
}

// without drops an element and what it holds, wherever it is.
func without(t *testing.T, in, element string) string {
	t.Helper()
	for {
		start, end := strings.Index(in, "<"+element+">"), strings.Index(in, "</"+element+">")
		if start < 0 || end < 0 {
			return in
		}
		in = in[:start] + in[end+len(element)+3:]
	}
}

// envelope is a SOAP message that carries a receipt in base64.
func envelope(wrapper, packed string) string {
	return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><ppt:` + wrapper +
		` xmlns:ppt="http://ws.pagamenti.telematici.gov/"><tipoFirma/>` + "\n<rt>" +
		base64.StdEncoding.EncodeToString([]byte(packed)) + "</rt></ppt:" + wrapper + "></soapenv:Body></soapenv:Envelope>"
}

// bareReceipt is the element receipt of a sample alone, as MyPay stores it.
func bareReceipt(in string) string {
	return in[strings.Index(in, "<receipt>") : strings.Index(in, "</receipt>")+len("</receipt>")]
}
