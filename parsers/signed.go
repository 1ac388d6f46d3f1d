package parsers

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/cms"
)

// maxEnvelopes is how many signatures may be around one another: a document that
// was signed again has two.
const maxEnvelopes = 3

// Open starts reading the document, out of its signed envelopes.
func (d *document) Open() (io.ReadCloser, error) { return d.open() }

// unwrap takes the document out of its signed envelopes and returns its start.
// The envelope is read to its end first: an envelope that is cut or broken
// refuses the document before anything of it is handed over, and who signed
// stands at its end.
func (d *document) unwrap() ([]byte, error) {
	for n := 0; ; n++ {
		head, err := d.head()
		if err != nil || !cms.Looks(head) {
			return head, err
		}
		if n == maxEnvelopes {
			return nil, &record.FileError{
				Code:    record.FileLimit,
				Message: fmt.Sprintf("il documento è firmato più di %d volte, una busta dentro l'altra: mandare quello che contengono", maxEnvelopes),
			}
		}
		outer := d.open
		d.open, d.bare = func() (io.ReadCloser, error) { return openContent(outer) }, false
		signers, err := d.signers()
		if err != nil {
			return nil, err
		}
		warning := "firmato (p7m), firma non verificata"
		if len(signers) > 0 {
			warning = "firmato (p7m) da " + strings.Join(signers, ", ") + ", firma non verificata"
		}
		d.signed = append(d.signed, warning)
		d.sink = &signedSink{Sink: d.sink, by: signatures{d.Name: {warning}}}
	}
}

// signers reads the envelope to its end, where they are.
func (d *document) signers() (names []string, err error) {
	in, err := d.Open()
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(io.Discard, in); err == nil {
		names = in.(*enveloped).Signers()
	}
	return names, closing(in, err)
}

// enveloped is a document in an envelope that is open.
type enveloped struct {
	*cms.Content
	io.Closer
}

func openContent(outer func() (io.ReadCloser, error)) (io.ReadCloser, error) {
	in, err := outer()
	if err != nil {
		return nil, err
	}
	content, err := cms.Open(in)
	if err != nil {
		return nil, closing(in, err)
	}
	return &enveloped{content, in}, nil
}

// signatures are what to say of the documents that were signed, by the name of
// their entry.
type signatures map[string][]string

func (s signatures) note(entry string, warnings []string) {
	if len(warnings) > 0 {
		s[entry] = warnings
	}
}

// signedSink says of documents that they were signed.
type signedSink struct {
	record.Sink
	by   signatures
	open []string // of the open document
}

// Doc opens a document.
func (s *signedSink) Doc(d *record.Doc) error {
	s.open = s.by[d.Entry]
	doc := *d
	doc.Warnings = slices.Concat(s.open, d.Warnings)
	return s.Sink.Doc(&doc)
}

// Warn passes on warnings that came up after the document was opened.
func (s *signedSink) Warn(warnings []string) {
	if w, ok := s.Sink.(Warner); ok {
		w.Warn(slices.Concat(s.open, warnings))
	}
}
