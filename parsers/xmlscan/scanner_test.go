package xmlscan_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/xmlscan"
)

func TestNext(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 150_000)
	for _, tc := range []struct {
		name string
		in   string
		want string // tokens as <name line>, </name> and "text line"
	}{
		{"an element with text", "<a>b</a>", `<a 1>"b 1"</a>`},
		{"white space between elements is no text", "<a>\n  <b>1</b>\n</a>\n", `<a 1><b 2>"1 2"</b></a>`},
		{"white space around text is dropped", "<a>\n 1 2\n</a>", `<a 1>"1 2 2"</a>`},
		{"prefixes are dropped", `<p:a xmlns:p="u"><p:b/></p:a>`, `<a 1><b 1></b></a>`},
		{"predefined entities", "<a>&lt;&amp;&gt;&quot;&apos;</a>", `<a 1>"<&>"' 1"</a>`},
		{"numeric references", "<a>citt&#224; &#xE0;&#x1F600;</a>", `<a 1>"città à😀 1"</a>`},
		{"CDATA joins the text around it", "<a>1<![CDATA[<&>]]]]>2</a>", `<a 1>"1<&>]]2 1"</a>`},
		{"comments and instructions do not split text", "<a>1<!-- - -->2<?x y?>3</a>", `<a 1>"123 1"</a>`},
		{"CRLF inside text is LF", "<a>1\r\n2\r3</a>", "<a 1>\"1\n2\n3 1\"</a>"},
		{"an XML declaration", "<?xml version='1.0' encoding = \"UTF-8\" standalone='yes' ?>\n<a/>", `<a 2></a>`},
		{"a byte-order mark", "\xEF\xBB\xBF<a>à</a>", `<a 1>"à 1"</a>`},
		{"UTF-16 with a mark", "\xFF\xFE<\x00a\x00>\x00\xE0\x00<\x00/\x00a\x00>\x00", `<a 1>"à 1"</a>`},
		{"declared ISO-8859-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>citt\xE0 \x80</a>", `<a 1>"città € 1"</a>`},
		{"declared ISO-8859-15", "<?xml version=\"1.0\" encoding=\"iso-8859-15\"?><a>\xA4</a>", `<a 1>"€ 1"</a>`},
		{"comments around the root", "<!-- a -->\n<a/><!-- b -->\n<?x?>", `<a 2></a>`},
		{"blanks inside tags", "<a \n b = '1' \n/>", `<a 1></a>`},
		{"blanks inside an end tag", "<a></a \n>", `<a 1></a>`},
		{"letters beyond ASCII in a name", "<città>1</città>", `<città 1>"1 1"</città>`},
		{"text longer than the first buffer", "<a>" + long + "</a>", `<a 1>"` + long + ` 1"</a>`},
		{"brackets that close nothing", "<a>]] ]</a>", `<a 1>"]] ] 1"</a>`},
		{"lines are counted through comments and CDATA", "<a><!--\n\n--><b>\n<![CDATA[\n]]>1</b>\n<c/></a>", "<a 1><b 3>\"1 4\"</b><c 6></c></a>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for name, r := range map[string]io.Reader{
				"whole":        strings.NewReader(tc.in),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tc.in)),
			} {
				got, err := tokens(r, xmlscan.Limits{})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff(tc.want, strings.Join(got, "")); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestNextRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		in   string
		code record.FileCode
		line int
	}{
		{"an empty document", "", record.FileEmpty, 0},
		{"a document of white space", "\n \n", record.FileTruncated, 3},
		{"a document that is only a declaration", "<?xml version=\"1.0\"?>\n", record.FileTruncated, 2},
		{"a document cut inside an element", "<a>\n<b>1</b>\n", record.FileTruncated, 3},
		{"a document cut inside a tag", "<a>\n<b", record.FileTruncated, 2},
		{"a document cut inside a comment", "<a>\n<!-- ", record.FileTruncated, 2},
		{"a document cut inside its declaration", "<?xml version", record.FileTruncated, 1},
		{"elements closed out of order", "<a>\n<b></a></b>", record.FileSyntax, 2},
		{"a longer end tag", "<a>\n</ab>", record.FileSyntax, 2},
		{"a shorter end tag", "<ab>\n</a>", record.FileSyntax, 2},
		{"an end tag alone", "\n</a>", record.FileSyntax, 2},
		{"an end tag of another prefix", "<p:a></q:a>", record.FileSyntax, 1},
		{"two roots", "<a/>\n<b/>", record.FileSyntax, 2},
		{"text before the root", "x<a/>", record.FileSyntax, 1},
		{"text after the root", "<a/>\nx", record.FileSyntax, 2},
		{"CDATA outside the root", "<a/><![CDATA[x]]>", record.FileSyntax, 1},
		{"a document type", "<!DOCTYPE a [<!ENTITY x \"y\">]>\n<a>&x;</a>", record.FileSyntax, 1},
		{"a document type inside the root", "<a><!DOCTYPE a></a>", record.FileSyntax, 1},
		{"an undefined entity", "<a>\n&nbsp;</a>", record.FileSyntax, 2},
		{"a bare ampersand", "<a>Rossi & figli, di Rossi Mario</a>", record.FileSyntax, 1},
		{"a reference to a forbidden character", "<a>&#0;</a>", record.FileSyntax, 1},
		{"a reference to half a character", "<a>&#xD800;</a>", record.FileSyntax, 1},
		{"a reference beyond Unicode", "<a>&#99999999;</a>", record.FileSyntax, 1},
		{"an empty reference", "<a>&#;</a>", record.FileSyntax, 1},
		{"a control character", "<a>\x01</a>", record.FileSyntax, 1},
		{"U+FFFF", "<a>\uFFFF</a>", record.FileSyntax, 1},
		{"a control character in a comment", "<a><!-- \x01 --></a>", record.FileSyntax, 1},
		{"two dashes in a comment", "<a><!-- -- --></a>", record.FileSyntax, 1},
		{"]]> in text", "<a>]]></a>", record.FileSyntax, 1},
		{"an attribute without quotes", "<a b=1/>", record.FileSyntax, 1},
		{"an attribute without value", "<a b/>", record.FileSyntax, 1},
		{"an attribute twice", "<a b='1' b='2'/>", record.FileSyntax, 1},
		{"attributes without a blank between", "<a b='1'c='2'/>", record.FileSyntax, 1},
		{"a tag inside an attribute", "<a b='<'/>", record.FileSyntax, 1},
		{"a blank before the name", "< a/>", record.FileSyntax, 1},
		{"a name that starts with a digit", "<1a/>", record.FileSyntax, 1},
		{"a name of two colons", "<a:b:c/>", record.FileSyntax, 1},
		{"a name that ends with a colon", "<a:/>", record.FileSyntax, 1},
		{"a slash in the middle of a tag", "<a / >", record.FileSyntax, 1},
		{"a late declaration", "<a><?xml version='1.0'?></a>", record.FileSyntax, 1},
		{"a declaration without version", "<?xml encoding='UTF-8'?><a/>", record.FileSyntax, 1},
		{"XML 1.1", "<?xml version='1.1'?><a/>", record.FileSyntax, 1},
		{"bytes that are not UTF-8", "<a>\ncitt\xE0 </a>", record.FileEncoding, 2},
		{"bytes that are not UTF-8 in an attribute", "<a b='\xE0 '/>", record.FileEncoding, 1},
		{"a declared encoding nobody knows", "<?xml version='1.0' encoding='EBCDIC'?><a/>", record.FileEncoding, 1},
		{"UTF-16 without a mark", "<\x00a\x00/\x00>\x00", record.FileEncoding, 1},
		{"declared UTF-16 that is not", "<?xml version='1.0' encoding='UTF-16'?><a/>", record.FileEncoding, 1},
		{"too many open elements", strings.Repeat("<a>", 100), record.FileLimit, 1},
		{"an endless text", "<a>" + strings.Repeat("x", 5000), record.FileLimit, 1},
		{"an endless tag", "<a " + strings.Repeat("x", 5000), record.FileLimit, 1},
		{"too many attributes", "<a " + attributes(100) + "/>", record.FileLimit, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for name, r := range map[string]io.Reader{
				"whole":        strings.NewReader(tc.in),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tc.in)),
			} {
				_, err := tokens(r, xmlscan.Limits{MaxToken: 4000})
				var fe *record.FileError
				if !errors.As(err, &fe) {
					t.Fatalf("%s: got %v, want %s", name, err, tc.code)
				}
				if fe.Code != tc.code || fe.Line != tc.line || fe.Message == "" {
					t.Errorf("%s: got %v, want %s on line %d", name, fe, tc.code, tc.line)
				}
				if (fe.Code == record.FileTruncated) != errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%s: %v: truncated and io.ErrUnexpectedEOF must go together", name, err)
				}
			}
		})
	}
}

func TestNextReportsAFailingReader(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	_, err := tokens(io.MultiReader(strings.NewReader("<a>"+strings.Repeat("x", 2000)), iotest.ErrReader(broken)), xmlscan.Limits{})
	var fe *record.FileError
	if !errors.Is(err, broken) || errors.As(err, &fe) {
		t.Errorf("got %v, want the failure of the disk", err)
	}
}

func TestAttr(t *testing.T) {
	t.Parallel()
	s := xmlscan.New(strings.NewReader(`<a xmlns:x="u" x="1&amp;2" p:y='"' z="à
"/>`), xmlscan.Limits{})
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"x": "1&2", "y": `"`, "z": "à\n"} {
		if got, ok := s.Attr(name); !ok || string(got) != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"xmlns", "q", "p"} {
		if got, ok := s.Attr(name); ok {
			t.Errorf("%s is %q, want none", name, got)
		}
	}
}

func TestDepthAndEncoding(t *testing.T) {
	t.Parallel()
	s := xmlscan.New(strings.NewReader("<?xml version='1.0' encoding='latin1'?><a><b/></a>"), xmlscan.Limits{})
	var depths []int
	for {
		if _, err := s.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		depths = append(depths, s.Depth())
	}
	if diff := cmp.Diff([]int{1, 2, 1, 0}, depths); diff != "" {
		t.Errorf("depths (-want +got):\n%s", diff)
	}
	if s.Encoding() != "windows-1252" {
		t.Errorf("encoding %q", s.Encoding())
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d=''", i)
	}
	return b.String()
}

func tokens(r io.Reader, limits xmlscan.Limits) ([]string, error) {
	s := xmlscan.New(r, limits)
	var out []string
	for {
		kind, err := s.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		switch kind {
		case xmlscan.Start:
			out = append(out, fmt.Sprintf("<%s %d>", s.Name(), s.Line()))
		case xmlscan.End:
			out = append(out, fmt.Sprintf("</%s>", s.Name()))
		case xmlscan.Text:
			out = append(out, fmt.Sprintf("\"%s %d\"", s.Text(), s.Line()))
		}
	}
}
