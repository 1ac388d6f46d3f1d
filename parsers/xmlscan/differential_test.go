package xmlscan_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/xmlscan"
)

// stricter are the documents encoding/xml takes and we do not, on purpose: what
// XML forbids and encoding/xml does not look at, and what the package doc says
// is refused.
var stricter = regexp.MustCompile(strings.Join([]string{
	"document type", "second root", "outside the root", "before the root", "given twice", "XML declaration",
	"does not allow", // characters and entities: comments and half characters pass there
	"malformed name", // namespace syntax; names follow another edition of XML beyond ASCII
	"malformed tag",  // attributes without a blank between; text right after an instruction's name
	"not UTF-8",      // inside comments
	"UTF-16",         // NUL bytes before the first tag
	"limit|too many",
}, "|"))

// FuzzAgainstEncodingXML holds the scanner to encoding/xml: what we take it
// takes, with the same elements, attributes and text; what it takes we take,
// apart from stricter.
func FuzzAgainstEncodingXML(f *testing.F) {
	for _, seed := range []string{
		"<a>b</a>", `<?xml version="1.0" encoding="UTF-8"?><a b="1">&amp;<c/>é</a>`, "<a><![CDATA[x]]>y<!-- z --></a>",
		"<a>\r\n&#xE0;</a>", "<p:a xmlns:p='u'/>", "<a", "<a></b>", "<!DOCTYPE a><a/>", "<a/><b/>", "\xEF\xBB\xBF<a/>", "<a b='\r'>]]</a>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, gotErr := summary(bytes.NewReader(in))
		again, againErr := summary(iotest.OneByteReader(bytes.NewReader(in)))
		if got != again || fmt.Sprint(gotErr) != fmt.Sprint(againErr) {
			t.Fatalf("the size of the reads changes the tokens:\n%s %v\n%s %v", got, gotErr, again, againErr)
		}
		var fe *record.FileError
		if gotErr != nil && !errors.As(gotErr, &fe) {
			t.Fatalf("not a fault of the file: %v", gotErr)
		}
		if bytes.HasPrefix(in, []byte("\xEF\xBB\xBF")) || bytes.HasPrefix(in, []byte("\xFF\xFE")) || bytes.HasPrefix(in, []byte("\xFE\xFF")) {
			return // encoding/xml knows no byte-order mark
		}
		want, wantErr := reference(in)
		switch {
		case errors.Is(wantErr, errForeign):
		case gotErr == nil && wantErr != nil && strings.Contains(wantErr.Error(), "invalid XML name") && !ascii(in):
			// encoding/xml has the letters of XML's fourth edition, we those of the fifth.
		case gotErr == nil && wantErr != nil:
			t.Fatalf("taken, although encoding/xml says %v", wantErr)
		case gotErr == nil:
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("tokens differ (-encoding/xml +ours):\n%s", diff)
			}
		case wantErr == nil && !stricter.MatchString(gotErr.Error()):
			t.Fatalf("refused (%v), although encoding/xml takes it", gotErr)
		}
	})
}

func ascii(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r >= 0x80 })
}

func summary(r io.Reader) (string, error) {
	s := xmlscan.New(r, xmlscan.Limits{})
	var b strings.Builder
	for {
		kind, err := s.Next()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		switch kind {
		case xmlscan.Start:
			fmt.Fprintf(&b, "<%s>", s.Name())
			for _, name := range []string{"a", "b", "c"} {
				if v, ok := s.Attr(name); ok {
					fmt.Fprintf(&b, "@%s=%q", name, v)
				}
			}
		case xmlscan.End:
			fmt.Fprintf(&b, "</%s>", s.Name())
		case xmlscan.Text:
			fmt.Fprintf(&b, "%q", s.Text())
		}
	}
}

// errForeign is a declared encoding that is ours to know.
var errForeign = errors.New("another encoding")

func reference(in []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(in))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errForeign }
	var b strings.Builder
	var text []byte
	flush := func() {
		if trimmed := bytes.Trim(text, " \t\r\n"); len(trimmed) > 0 {
			fmt.Fprintf(&b, "%q", trimmed)
		}
		text = text[:0]
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && b.Len() == 0 {
			return "", io.ErrUnexpectedEOF // encoding/xml takes a document without root
		}
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			if strings.Contains(err.Error(), errForeign.Error()) {
				err = errForeign
			}
			return b.String(), err
		}
		switch token := token.(type) {
		case xml.CharData:
			text = append(text, token...)
		case xml.StartElement:
			flush()
			fmt.Fprintf(&b, "<%s>", token.Name.Local)
			for _, name := range []string{"a", "b", "c"} {
				for _, a := range token.Attr {
					if a.Name.Local == name && a.Name.Space != "xmlns" {
						fmt.Fprintf(&b, "@%s=%q", name, a.Value)
						break
					}
				}
			}
		case xml.EndElement:
			flush()
			fmt.Fprintf(&b, "</%s>", token.Name.Local)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	line := `  <datiSingoliPagamenti>
    <identificativoUnivocoVersamento>020484368031500</identificativoUnivocoVersamento>
    <identificativoUnivocoRiscossione>06684827798</identificativoUnivocoRiscossione>
    <indiceDatiSingoloPagamento>1</indiceDatiSingoloPagamento>
    <singoloImportoPagato>5.00</singoloImportoPagato>
    <codiceEsitoSingoloPagamento>0</codiceEsitoSingoloPagamento>
    <dataEsitoSingoloPagamento>2026-10-27</dataEsitoSingoloPagamento>
  </datiSingoliPagamenti>
`
	in := []byte("<FlussoRiversamento>\n" + strings.Repeat(line, 5000) + "</FlussoRiversamento>")
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		s := xmlscan.New(bytes.NewReader(in), xmlscan.Limits{})
		for {
			if _, err := s.Next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}
