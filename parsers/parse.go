package parsers

import (
	"bytes"
	"context"
	"errors"
	"io"

	"quadra/engine/record"
	"quadra/parsers/archive"
	"quadra/parsers/cash"
	"quadra/parsers/charset"
	"quadra/parsers/csvrow"
	"quadra/parsers/field"
	"quadra/parsers/flow"
	"quadra/parsers/xmlscan"
)

// Limits bound what a file may make of itself; zero means the default of the
// package that has the limit.
type Limits struct {
	archive.Limits
	MaxRow   int // bytes of one row of a CSV, of one tag or text of XML
	MaxDepth int // elements or objects open at once
	MaxRows  int // rows of one cash table or chart
	MaxCells int // cells of one workbook
}

func (l Limits) rows() csvrow.Limits { return csvrow.Limits{MaxRow: l.MaxRow} }

func (l Limits) xml() xmlscan.Limits { return xmlscan.Limits{MaxToken: l.MaxRow, MaxDepth: l.MaxDepth} }

// Options say what a file is read for.
type Options struct {
	// TaxCode of the entity the file must belong to, in any case; empty to ask
	// for none. Formats that do not name their entity are not checked.
	TaxCode string
	// IPA code of the entity, for the formats that name it by that.
	IPA    string
	Limits Limits
	// Layouts of cash tables the entity has of its own, tried before the presets.
	Layouts []*Layout
	// CashLayout names the layout of tables that none recognises by content.
	CashLayout string

	ahead *Reading // that reads; nil when nothing is read ahead
}

// Layout says how to read a table of cash movements; see package cash.
type Layout = cash.Layout

// PresetLayouts is the file of the layouts quadra has, to copy and change.
func PresetLayouts() []byte { return cash.PresetsFile() }

// LoadLayouts reads a file of layouts; errors name its lines.
func LoadLayouts(name string, src []byte) ([]*Layout, error) { return cash.LoadLayouts(name, src) }

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
	a, err := archive.Open(path, opt.Limits.Limits)
	if err != nil {
		return err
	}
	return closing(a, parse(ctx, a, opt, sink))
}

// ParseReaderAt reads the file of size bytes held by r, as [Parse] does.
func ParseReaderAt(ctx context.Context, r io.ReaderAt, size int64, opt Options, sink record.Sink) error {
	a, err := archive.OpenReaderAt(r, size, opt.Limits.Limits)
	if err != nil {
		return err
	}
	return parse(ctx, a, opt, sink)
}

func parse(ctx context.Context, a *archive.Archive, opt Options, sink record.Sink) error {
	var parts []flow.Part // a flow in JSON and its pages may be several entries
	signed := signatures{}
	for _, e := range a.Entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := &document{Entry: e, open: e.Open, bare: a.Container == archive.Bare, opt: opt, sink: sink}
		part, err := d.read(ctx)
		if err != nil {
			return inEntry(err, e.Name)
		}
		if part {
			parts = append(parts, flow.Part{Name: e.Name, Open: d.Open})
			signed.note(e.Name, d.signed)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	if len(signed) > 0 {
		sink = &signedSink{Sink: sink, by: signed}
	}
	_, err := flow.ReadJSONParts(ctx, parts, opt.flow(), sink)
	return err
}

func (o Options) flow() flow.Options {
	return flow.Options{
		TaxCode: o.TaxCode, XML: o.Limits.xml(),
		JSON: flow.JSONLimits{MaxValue: o.Limits.MaxRow, MaxDepth: o.Limits.MaxDepth},
	}
}

// inEntry says in which entry of its container a file is at fault.
func inEntry(err error, entry string) error {
	var fe *record.FileError
	if errors.As(err, &fe) && fe.Entry == "" {
		fe.Entry = entry
	}
	return err
}

// document is an entry being read.
type document struct {
	archive.Entry
	open func() (io.ReadCloser, error) // of the entry, or of what is in its envelopes
	bare bool                          // no container around it
	opt  Options
	sink record.Sink

	signed   []string // what to say of the envelopes it was in
	encoding string   // that the entity's layout asks for; empty to find it from the bytes
	layout   string   // the only cash layout to use; empty to find it from the content
}

// read finds out what the document is and reads it as that. part says that it
// is left to be read with the other parts of its flow.
func (d *document) read(ctx context.Context) (part bool, err error) {
	head, err := d.unwrap()
	if err != nil {
		return false, err
	}
	if len(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")) == 0 && len(head) < headBytes {
		return false, &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	}
	_, format := Sniff(head)
	if format == flow.FormatJSON {
		return true, nil
	}
	if format == "" || format == cash.FormatCSV || format == cash.FormatEsiti {
		format = d.recognise(head, format)
	}
	read, known := readers[format]
	if !known {
		return false, d.unknown(head)
	}
	return false, read(ctx, d)
}

// recognise finds the layout of a table among the entity's own, and failing
// those takes the one the configuration names for what nothing recognises.
func (d *document) recognise(head []byte, format string) string {
	l := cash.Recognise(head, d.cash())
	if l == nil && format == "" && d.opt.CashLayout != "" && isTable(head) {
		d.layout = d.opt.CashLayout
		l = cash.Recognise(head, d.cash())
	}
	if l == nil {
		return format
	}
	d.encoding = l.Encoding()
	if format == "" {
		format = cash.FormatCSV
	}
	return format
}

// isTable tells a text that may be a table from prose and from what is known to
// be something else.
func isTable(head []byte) bool {
	return stranger(head) == "" && !looksXML(head) && len(firstRow(plain(head), ';')) > 1
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

// text reads a document whose encoding is found from its bytes, or is the one
// its layout asks for.
func (d *document) text(read func(io.Reader, record.Sink) error) error {
	if d.encoding != "" {
		return d.raw(func(in io.Reader, _ record.Sink) error {
			decoded, err := charset.Decode(in, d.encoding)
			if err != nil {
				return err
			}
			return read(decoded, entrySink{d.sink, d.Name, charset.Canonical(d.encoding)})
		})
	}
	in, encoding, err := d.decoded()
	if err != nil {
		return err
	}
	return closing(in, read(in, entrySink{d.sink, d.Name, encoding}))
}

// decoded opens a document as UTF-8 text.
func (d *document) decoded() (io.ReadCloser, string, error) {
	if d.opt.ahead == nil {
		return charset.NewReader(d.Open)
	}
	in, encoding, supposed, err := charset.NewReaderOnce(d.Open)
	d.opt.ahead.supposed = d.opt.ahead.supposed || supposed
	return in, encoding, err
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
		Message: "il file " + found + ". " + readable,
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

// Warn passes on warnings that came up after the document was opened.
func (s entrySink) Warn(warnings []string) {
	if w, ok := s.Sink.(Warner); ok {
		w.Warn(warnings)
	}
}

// Reject reports a row left out.
func (s entrySink) Reject(r *record.Reject) error {
	r.Entry = s.entry
	return s.Sink.Reject(r)
}
