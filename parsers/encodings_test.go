package parsers_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"quadra/engine/record"
	"quadra/parsers"
)

// collected keeps the records of receipts, notices and cash whole.
type collected struct {
	record.Sink
	docs    []record.Doc
	records []any
}

func (c *collected) Doc(d *record.Doc) error             { c.docs = append(c.docs, *d); return nil }
func (c *collected) Receipt(l *record.ReceiptLine) error { return c.keep(*l) }
func (c *collected) Notice(n *record.Notice) error       { return c.keep(*n) }
func (c *collected) Movement(m *record.Movement) error   { return c.keep(*m) }
func (c *collected) Reject(r *record.Reject) error       { return c.keep(*r) }
func (c *collected) keep(r any) error                    { c.records = append(c.records, r); return nil }

// accented are tables whose remittances have letters and signs beyond ASCII.
var accented = map[string]string{
	"receipts":   strings.ReplaceAll(receipts, "rifiuti", "perché è così: 5 €, città più virtù"),
	"notices":    strings.ReplaceAll(notices, "rifiuti", "perché è così: 5 €, città più virtù"),
	"provvisori": strings.ReplaceAll(movements, "BONIFICO", "perché è così: 5 €, città più virtù"),
}

// TestRecordsAreTheSameInEveryEncoding reads the same table in all the
// encodings people save it in.
func TestRecordsAreTheSameInEveryEncoding(t *testing.T) {
	t.Parallel()
	for table, text := range accented {
		var want collected
		if err := parsers.ParseReaderAt(t.Context(), strings.NewReader(text), int64(len(text)), parsers.Options{TaxCode: entity}, &want); err != nil {
			t.Fatal(err)
		}
		if len(want.records) != strings.Count(text, "\n")-1 || !strings.Contains(text, "città") {
			t.Fatalf("%s: %d records", table, len(want.records))
		}
		for _, tc := range []struct {
			name     string
			encoding encoding.Encoding
			want     string
		}{
			{"UTF-8", encoding.Nop, "UTF-8"},
			{"UTF-8 with a mark", unicode.UTF8BOM, "UTF-8"},
			{"UTF-16, little end first", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "UTF-16LE"},
			{"UTF-16, big end first", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "UTF-16BE"},
			{"windows-1252", charmap.Windows1252, "windows-1252"},
			{"ISO-8859-15", charmap.ISO8859_15, "ISO-8859-15"},
		} {
			t.Run(table+" in "+tc.name, func(t *testing.T) {
				t.Parallel()
				in, err := tc.encoding.NewEncoder().String(text)
				if err != nil {
					t.Fatal(err)
				}
				var got collected
				if err := parsers.ParseReaderAt(t.Context(), strings.NewReader(in), int64(len(in)), parsers.Options{TaxCode: entity}, &got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want.records, got.records); diff != "" {
					t.Errorf("records (-in UTF-8 +got):\n%s", diff)
				}
				expected := want.docs[0]
				expected.Encoding = tc.want
				if diff := cmp.Diff([]record.Doc{expected}, got.docs); diff != "" {
					t.Errorf("document (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestTwoEncodingsInOneFile puts a row in windows-1252 among rows in UTF-8: no
// reading of the whole is right, so that the file is refused at the first line
// that proves it.
func TestTwoEncodingsInOneFile(t *testing.T) {
	t.Parallel()
	for table, text := range accented {
		header, row, _ := strings.Cut(text, "\n")
		row, _, _ = strings.Cut(row, "\n")
		other, err := charmap.Windows1252.NewEncoder().String(row)
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			name string
			rows []string
			line int
		}{
			{"first UTF-8, then windows-1252", []string{header, row, row, other, row}, 4},
			{"first windows-1252, then UTF-8", []string{header, other, other, row, row}, 4},
			{"far into the file", append(append([]string{header}, many(row, 5_000)...), other), 5_002},
			{"windows-1252 in a file with the mark of UTF-8", []string{"\xEF\xBB\xBF" + header, "", row, other}, 4},
		} {
			t.Run(table+": "+tc.name, func(t *testing.T) {
				t.Parallel()
				in := []byte(strings.Join(tc.rows, "\n") + "\n")
				var got collected
				err := parsers.ParseReaderAt(t.Context(), bytes.NewReader(in), int64(len(in)), parsers.Options{TaxCode: entity}, &got)
				var fe *record.FileError
				if !errors.As(err, &fe) || fe.Code != record.FileEncoding || fe.Line != tc.line || fe.Message == "" {
					t.Errorf("got %v, want %s on line %d", err, record.FileEncoding, tc.line)
				}
				if len(got.docs)+len(got.records) > 0 {
					t.Errorf("%d records of a refused file", len(got.records))
				}
			})
		}
	}
}

func many(row string, times int) []string {
	rows := make([]string, times)
	for i := range rows {
		rows[i] = row
	}
	return rows
}

// TestReceiptsInJSONAreReadInEveryEncoding reads a receipt as RFC 8259 wants it and
// as people save it.
func TestReceiptsInJSONAreReadInEveryEncoding(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(sample(t, "receipt", "service.json"), "TARI 2026", "città")
	var want collected
	if err := parsers.ParseReaderAt(t.Context(), strings.NewReader(text), int64(len(text)), parsers.Options{TaxCode: entity}, &want); err != nil || len(want.records) != 1 {
		t.Fatal(err, len(want.records))
	}
	for name, as := range map[string]encoding.Encoding{
		"UTF-8": unicode.UTF8BOM, "UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "windows-1252": charmap.Windows1252,
	} {
		in, err := as.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		var got collected
		if err := parsers.ParseReaderAt(t.Context(), strings.NewReader(in), int64(len(in)), parsers.Options{TaxCode: entity}, &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want.records, got.records); diff != "" || got.docs[0].Encoding != name {
			t.Errorf("%s: %+v, records (-want +got):\n%s", name, got.docs, diff)
		}
	}
}
