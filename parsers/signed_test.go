package parsers_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers"
)

// signed puts a document in an envelope of CMS nobody signed, in pieces as those
// that sign do. Package cms reads those of openssl.
func signed(document []byte) []byte {
	var b bytes.Buffer
	b.WriteString("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00" +
		"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80")
	for piece := range slices.Chunk(document, 4096) {
		fmt.Fprintf(&b, "\x04\x82%c%s", len(piece)>>8, []byte{byte(len(piece))})
		b.Write(piece)
	}
	b.WriteString("\x00\x00\x00\x00\x00\x00\x31\x00\x00\x00\x00\x00\x00\x00")
	return b.Bytes()
}

const unverified = "firmato (p7m), firma non verificata"

// docsOf reads a file and gives its documents and what was found in them.
func docsOf(t *testing.T, in []byte) ([]record.Doc, *tally, error) {
	t.Helper()
	docs := &docSink{tally: newTally()}
	err := parsers.ParseReaderAt(t.Context(), bytes.NewReader(in), int64(len(in)), parsers.Options{}, docs)
	return docs.docs, docs.tally, err
}

type docSink struct {
	*tally
	docs []record.Doc
}

func (d *docSink) Doc(doc *record.Doc) error {
	d.docs = append(d.docs, *doc)
	return d.tally.Doc(doc)
}

func (d *docSink) Warn(warnings []string) { d.docs[len(d.docs)-1].Warnings = warnings }

// TestSignedDocumentsAreReadAsWhatTheyHold reads documents of every kind in an
// envelope: their records are the same, and the signature is only said.
func TestSignedDocumentsAreReadAsWhatTheyHold(t *testing.T) {
	t.Parallel()
	opi := largeOPI(1 << 10)
	for name, in := range map[string][]byte{
		"receipts":              []byte(receipts),
		"a receipt in XML":      []byte(sample(t, "receipt", "rt_6_2.xml")),
		"a receipt in JSON":     []byte(sample(t, "receipt", "service.json")),
		"a flow":                []byte(fdr),
		"a flow in JSON":        []byte(flowJSON + strings.ReplaceAll(paymentJSON, "##########", "1") + "]}"),
		"an OPI of many pieces": []byte(opi.head + strings.Repeat(opi.row, 100) + opi.tail),
		"provvisori":            []byte(movements),
		"provvisori in XLSX":    xlsx(t, xlsxHeader+xlsxRow(2)),
		"provvisori in ODS":     ods(t, odsHeader+odsRow),
		"notices":               []byte(notices),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, want, err := docsOf(t, in)
			if err != nil || len(plain) != 1 {
				t.Fatal(err, plain)
			}
			for how, file := range map[string][]byte{
				"bare":   signed(in),
				"in zip": zipOf(t, "a.p7m", string(signed(in))),
				"twice":  signed(signed(in)),
			} {
				docs, got, err := docsOf(t, file)
				if err != nil {
					t.Fatalf("%s: %v", how, err)
				}
				warnings := []string{unverified}
				if how == "twice" {
					warnings = append(warnings, unverified)
				}
				expected := plain[0]
				expected.Warnings = append(warnings, expected.Warnings...)
				if how == "in zip" {
					expected.Entry = "a.p7m"
				}
				if diff := cmp.Diff([]record.Doc{expected}, docs); diff != "" {
					t.Errorf("%s: document (-want +got):\n%s", how, diff)
				}
				if got.String() != want.String() {
					t.Errorf("%s: %s, want %s", how, got, want)
				}
			}
		})
	}
}

// TestASignerIsNamed reads an envelope of openssl through the door files come by.
func TestASignerIsNamed(t *testing.T) {
	t.Parallel()
	in, err := os.ReadFile(filepath.Join("cms", "testdata", "rt_6_2.pem.p7m"))
	if err != nil {
		t.Fatal(err)
	}
	docs, got, err := docsOf(t, in)
	const want = "firmato (p7m) da PROVA TESORIERE, firma non verificata"
	if err != nil || len(docs) != 1 || !slices.Equal(docs[0].Warnings, []string{want}) || got.n["receipts"] != 2 {
		t.Errorf("%v, %s, %+v", err, got, docs)
	}
}

func TestSignedDocumentsThatAreRefused(t *testing.T) {
	t.Parallel()
	whole := signed([]byte(receipts))
	read := func(name string) []byte {
		in, err := os.ReadFile(filepath.Join("cms", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	bomb := []byte("x")
	for range 5 {
		bomb = signed(bomb)
	}
	for _, tc := range []struct {
		name, hint string
		in         []byte
		code       record.FileCode
	}{
		{"cut in its document", "p7m", whole[:len(whole)/2], record.FileTruncated},
		{"cut after its document", "p7m", whole[:len(whole)-4], record.FileTruncated},
		{"only a signature", "detached", read("detached.p7m"), record.FileContent},
		{"encrypted", "cifrato", read("encrypted.p7m"), record.FileContent},
		{"of something quadra does not read", "quadra legge", signed([]byte("ciao")), record.FileUnknown},
		{"of nothing", "vuoto", signed(nil), record.FileEmpty},
		{"of a zip", "zip", signed(zipOf(t, "a.csv", receipts)), record.FileContainer},
		{"signed five times", "firmato più di 3 volte", bomb, record.FileLimit},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			docs, _, err := docsOf(t, tc.in)
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) || len(docs) > 0 {
				t.Errorf("got %v and %d documents, want %s saying %q", err, len(docs), tc.code, tc.hint)
			}
		})
	}
}
