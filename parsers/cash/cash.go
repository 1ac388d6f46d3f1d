// Package cash reads what treasurers and banks send about money received: tables
// (provvisori, bollette, account statements) as CSV or XLSX, lines of fixed width
// (esiti), and the OPI giornale di cassa as XML.
//
// How a table is written is a [Layout], read from a file that an entity can copy
// and change; layouts.yaml holds those that come with quadra. A layout without
// names of columns cannot be told by content for certain: mypivot is chosen when
// its usual header is there or when [Options.Layout] asks for it.
//
// Each container has one function that streams movements and rejects in the order
// of the document into a [Sink] and returns a [Summary]. A row that cannot be
// taken is a reject and reading goes on; an error means that the file as a whole
// cannot be taken, and that what was already emitted must be thrown away with
// it. Errors about the file are [*record.FileError]; those of the sink and of
// the context come back as they are. A file without movements is a day without
// movements.
package cash

import (
	"context"
	"fmt"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/xmlscan"
)

// The formats of [record.Doc]. That of a table is the name of its layout and its
// container: "poste-csv", "conto-bancario-xlsx".
const (
	FormatCSV   = "provvisori-" + containerCSV
	FormatXLSX  = "provvisori-" + containerXLSX
	FormatEsiti = "esiti-" + containerFixed
	FormatOPI   = "opi-xml" // versions "<=1.4" and ">=1.5"
)

const (
	containerCSV   = "csv"
	containerXLSX  = "xlsx"
	containerFixed = "txt"
)

// Options say what a file is read for. The zero value of a limit means its
// default.
type Options struct {
	// TaxCode of the entity the file must belong to. Only OPI names its entity;
	// with no tax code here, none is asked of the file.
	TaxCode string
	// IPA code of the entity the file must belong to, for the layouts whose rows
	// name it; empty to ask for none.
	IPA string

	// Layouts of the entity, tried before the presets.
	Layouts []*Layout
	// Layout is the name of the only one to use, without recognising it; empty to
	// find it from the content. A name that does not exist is an error, but not of
	// the file.
	Layout string

	MaxRows  int   // data rows of one file; default 2,000,000
	MaxCells int   // cells of one workbook, empty ones before a value included; default 40,000,000
	MaxBytes int64 // bytes of one workbook, packed and unpacked alike; default 256 MiB

	CSV csvrow.Limits  // zero for the defaults
	XML xmlscan.Limits // zero for the defaults
}

func (o Options) withDefaults() Options {
	if o.MaxRows <= 0 {
		o.MaxRows = 2_000_000
	}
	if o.MaxCells <= 0 {
		o.MaxCells = 40_000_000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 256 << 20
	}
	return o
}

// Sink takes what is read, in the order of the file; see [record.Sink], which
// is one.
type Sink interface {
	Doc(*record.Doc) error
	Movement(*record.Movement) error
	Reject(*record.Reject) error
}

// Summary is what was found in a file. Rows = Accepted + Rejected + Skipped. A
// row of a table that is also regularised gives two movements and counts once.
type Summary struct {
	// Doc is the document as it was handed to the sink before the first row, with
	// the warnings that only came up later added: an OPI may be signed at its end.
	Doc record.Doc

	Rows     int // rows with data, whatever became of them
	Accepted int // rows that gave movements
	Rejected int // rejects emitted
	Skipped  int // rows that are not about income: payments, transfers, opening balances, debits and footers of a layout that leaves them out
}

// stream hands rows to the sink and counts them.
type stream struct {
	ctx     context.Context
	maxRows int
	sink    Sink
	Summary
}

func newStream(ctx context.Context, opt Options, format string, sink Sink) stream {
	return stream{
		ctx: ctx, maxRows: opt.MaxRows, sink: sink,
		Summary: Summary{Doc: record.Doc{Kind: record.KindMovements, Format: format}},
	}
}

// open hands over the document, before its rows. The sink gets a copy.
func (s *stream) open() error {
	doc := s.Doc
	return s.sink.Doc(&doc)
}

// row opens one more data row.
func (s *stream) row(line int) error {
	s.Rows++
	if s.Rows > s.maxRows {
		return &record.FileError{
			Line: line, Code: record.FileLimit,
			Message: fmt.Sprintf("il file ha più di %d righe: dividerlo", s.maxRows),
		}
	}
	if s.Rows%1024 == 0 {
		return s.ctx.Err()
	}
	return nil
}

// accept closes a row that gave a movement.
func (s *stream) accept(m *record.Movement) error {
	s.Accepted++
	return s.sink.Movement(m)
}

// refuse closes a row that gave a reject.
func (s *stream) refuse(r *record.Reject) error {
	s.Rejected++
	return s.sink.Reject(r)
}

// warn adds a warning about the document.
func (s *stream) warn(warning string) { s.Doc.Warnings = append(s.Doc.Warnings, warning) }
