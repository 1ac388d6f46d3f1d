// Package parsers reads the files left in a drop: it opens the container, finds
// out what each document in it is, and streams its records into a sink.
//
// What a document is is told by its bytes, never by its name or by the drop it
// was left in; see [Formats] for how. A file is taken as a whole or not at all:
// any [*record.FileError], from whichever of its documents, refuses it, and what
// the sink got of it until then must be thrown away. Rows that cannot be taken
// are rejects and refuse nothing.
//
// Memory stays flat, whatever the size of the file: documents are read as
// streams. Workbooks are the exception, as the library that reads them holds
// them whole, and have their own limit.
package parsers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/archive"
	"quadra/parsers/cash"
	"quadra/parsers/charset"
	"quadra/parsers/field"
	"quadra/parsers/flow"
	"quadra/parsers/notice"
	"quadra/parsers/receipt"
	"quadra/parsers/xmlscan"
)

// Limits bound what a file may make of itself; zero means the default.
type Limits = archive.Limits

// DefaultLimits are those of [archive.DefaultLimits].
func DefaultLimits() Limits { return archive.DefaultLimits() }

// Options say what a file is read for.
type Options struct {
	// TaxCode of the entity the file must belong to, in any case; empty to ask
	// for none. Formats that do not name their entity are not checked.
	TaxCode string
	Limits  Limits
}

// Warner is a sink that wants the warnings of a document again at its end, when
// some came up after [record.Sink.Doc].
type Warner interface {
	// Warn gives all warnings of the open document.
	Warn(warnings []string)
}

// Parse reads the file at path into the sink. Each document comes with its
// entry, encoding and version before its records, in the order of the entries'
// names; nothing comes of a file that is refused before its first document.
//
// Errors about the file are [*record.FileError] and name the entry; those of
// the sink and of the context are returned as they are.
func Parse(ctx context.Context, path string, opt Options, sink record.Sink) error {
	a, err := archive.Open(path, opt.Limits)
	if err != nil {
		return err
	}
	return closing(a, parse(ctx, a, opt, sink))
}

// ParseReaderAt reads the file of size bytes held by r, as [Parse] does.
func ParseReaderAt(ctx context.Context, r io.ReaderAt, size int64, opt Options, sink record.Sink) error {
	a, err := archive.OpenReaderAt(r, size, opt.Limits)
	if err != nil {
		return err
	}
	return parse(ctx, a, opt, sink)
}

func parse(ctx context.Context, a *archive.Archive, opt Options, sink record.Sink) error {
	for _, e := range a.Entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := &document{Entry: e, bare: a.Container == archive.Bare, taxCode: opt.TaxCode, sink: sink}
		if err := d.read(ctx); err != nil {
			var fe *record.FileError
			if errors.As(err, &fe) && fe.Entry == "" {
				fe.Entry = e.Name
			}
			return err
		}
	}
	return nil
}

// document is an entry being read.
type document struct {
	archive.Entry
	bare    bool // no container around it
	taxCode string
	sink    record.Sink
}

// read finds out what the document is and reads it as that.
func (d *document) read(ctx context.Context) error {
	head, err := d.head()
	if err != nil {
		return err
	}
	if len(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")) == 0 && len(head) < headBytes {
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	}
	if archive.IsContainer(head) {
		return d.workbook(ctx)
	}
	switch _, format := Sniff(head); format {
	case receipt.Format:
		return d.text(func(in io.Reader, sink record.Sink) error {
			_, err := receipt.Read(ctx, in, receipt.Options{TaxCode: d.taxCode}, sink)
			return err
		})
	case notice.Format:
		return d.text(func(in io.Reader, sink record.Sink) error {
			_, err := notice.Read(ctx, in, notice.Options{}, sink)
			return err
		})
	case cash.FormatCSV:
		return d.text(func(in io.Reader, sink record.Sink) error {
			s, err := cash.ReadCSV(ctx, in, cash.Options{TaxCode: d.taxCode}, sink)
			return d.warn(s, err)
		})
	case cash.FormatOPI:
		return d.raw(func(in io.Reader, sink record.Sink) error {
			s, err := cash.ReadOPI(ctx, in, cash.Options{TaxCode: d.taxCode}, sink)
			return d.warn(s, err)
		})
	case flow.Format:
		return d.raw(func(in io.Reader, sink record.Sink) error {
			_, err := flow.Read(ctx, in, flow.Options{TaxCode: d.taxCode}, sink)
			return err
		})
	}
	return d.unknown(head)
}

// headBytes is how much of a document is looked at to know what it is; the
// widest header, MyPay's, takes two thousand.
const headBytes = 16 << 10

func (d *document) head() ([]byte, error) {
	in, err := d.Open()
	if err != nil {
		return nil, err
	}
	head, err := io.ReadAll(io.LimitReader(in, headBytes))
	return head, closing(in, err)
}

// text reads a document whose encoding is found from its bytes.
func (d *document) text(read func(io.Reader, record.Sink) error) error {
	in, encoding, err := charset.NewReader(d.Open)
	if err != nil {
		return err
	}
	return closing(in, read(in, entrySink{d.sink, d.Name, encoding}))
}

// raw reads a document that says its own encoding, or has none.
func (d *document) raw(read func(io.Reader, record.Sink) error) error {
	in, err := d.Open()
	if err != nil {
		return err
	}
	return closing(in, read(in, entrySink{d.sink, d.Name, ""}))
}

// closing closes what has been read and returns the error of the reading, as it
// is, or else that of the closing.
func closing(c io.Closer, err error) error {
	if closed := c.Close(); err == nil {
		err = closed
	}
	return err
}

// maxWorkbook is the largest workbook read out of a container.
const maxWorkbook = 256 << 20

// workbook reads a document that is a zip itself: an XLSX, or else a container
// in a container.
func (d *document) workbook(ctx context.Context) error {
	return d.raw(func(in io.Reader, sink record.Sink) error {
		if !d.bare {
			packed, err := io.ReadAll(io.LimitReader(in, maxWorkbook+1))
			switch {
			case err != nil:
				return err
			case len(packed) > maxWorkbook:
				return &record.FileError{
					Code:    record.FileLimit,
					Message: fmt.Sprintf("il foglio elettronico supera il limite di %d MiB", maxWorkbook>>20),
				}
			case !archive.IsWorkbook(bytes.NewReader(packed), int64(len(packed))):
				return &record.FileError{
					Code:    record.FileContainer,
					Message: "il file compresso ne contiene un altro: mandare i file in un solo zip, senza zip al suo interno",
				}
			}
			in = bytes.NewReader(packed)
		}
		s, err := cash.ReadXLSX(ctx, in, cash.Options{TaxCode: d.taxCode}, sink)
		return d.warn(s, err)
	})
}

// warn tells a sink that wants to know the warnings of a document at its end.
func (d *document) warn(s cash.Summary, err error) error {
	if w, ok := d.sink.(Warner); ok && err == nil && len(s.Doc.Warnings) > 0 {
		w.Warn(s.Doc.Warnings)
	}
	return err
}

// unknown says why a document is nothing quadra reads. XML that cannot be read
// as far as its root says what is wrong with it.
func (d *document) unknown(head []byte) error {
	found := stranger(head)
	if found == "" && looksXML(head) {
		err := d.raw(func(in io.Reader, _ record.Sink) error {
			x := xmlscan.New(in, xmlscan.Limits{})
			_, err := x.Next()
			found = "è un documento XML che comincia con <" + field.Shorten(string(x.Name())) + ">"
			return err
		})
		if err != nil {
			return err
		}
	}
	if found == "" {
		found = "non è tra quelli che quadra riconosce"
	}
	return &record.FileError{
		Code:    record.FileUnknown,
		Message: "il file " + found + ". quadra legge: " + strings.Join(titles(), "; "),
	}
}

// entrySink adds to documents and rejects what their parsers do not know.
type entrySink struct {
	record.Sink
	entry    string
	encoding string // empty when the parser knows
}

// Doc opens a document.
func (s entrySink) Doc(d *record.Doc) error {
	doc := *d
	doc.Entry = s.entry
	if s.encoding != "" {
		doc.Encoding = s.encoding
	}
	return s.Sink.Doc(&doc)
}

// Reject reports a row left out.
func (s entrySink) Reject(r *record.Reject) error {
	r.Entry = s.entry
	return s.Sink.Reject(r)
}
