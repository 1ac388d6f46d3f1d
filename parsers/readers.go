package parsers

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"quadra/engine/record"
	"quadra/parsers/archive"
	"quadra/parsers/cash"
	"quadra/parsers/chapter"
	"quadra/parsers/debt"
	"quadra/parsers/decision"
	"quadra/parsers/flow"
	"quadra/parsers/instruction"
	"quadra/parsers/note"
	"quadra/parsers/notice"
	"quadra/parsers/receipt"
)

// reader reads a document once it is known what it is.
type reader func(ctx context.Context, d *document) error

// readers are the formats but FdR JSON, whose parts are read together.
var readers = map[string]reader{
	receipt.Format: text(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		_, err := receipt.Read(ctx, in, d.opt.receipt(), sink)
		return nil, err
	}),
	receipt.FormatRT:       receipts(receipt.ReadRT),
	receipt.FormatPaSendRT: receipts(receipt.ReadPaSendRT),
	receipt.FormatJSON: text(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		s, err := receipt.ReadJSON(ctx, in, d.opt.receipt(), sink)
		return s.Warnings, err
	}),
	flow.Format:     flows(flow.Read),
	flow.FormatSOAP: flows(flow.ReadSOAP),
	notice.Format: text(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		_, err := notice.Read(ctx, in, notice.Options{Rows: d.opt.Limits.rows()}, sink)
		return nil, err
	}),
	note.Format: text(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		to, ok := sink.(note.Sink)
		if !ok {
			return nil, errNoNotes
		}
		_, err := note.Read(ctx, in, note.Options{Rows: d.opt.Limits.rows()}, to)
		return nil, err
	}),
	instruction.Format: text(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		to, ok := sink.(instruction.Sink)
		if !ok {
			return nil, errNoInstructions
		}
		_, err := instruction.Read(ctx, in, instruction.Options{Rows: d.opt.Limits.rows()}, to)
		return nil, err
	}),
	debt.Format: text(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		s, err := debt.Read(ctx, in, debt.Options{Rows: d.opt.Limits.rows()}, sink)
		return s.Doc.Warnings, err
	}),
	decision.Format: text(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		_, err := decision.Read(ctx, in, decision.Options{Rows: d.opt.Limits.rows()}, sink)
		return nil, err
	}),
	chapter.FormatRegistry:         chart(chapter.ReadRegistry),
	chapter.FormatChart:            chart(chapter.ReadChart),
	chapter.FormatPlatformRegistry: chart(chapter.ReadPlatformRegistry),
	chapter.FormatAssessments:      chart(chapter.ReadAssessments),
	cash.FormatCSV:                 text(table(cash.ReadCSV)),
	cash.FormatEsiti:               text(table(cash.ReadEsiti)),
	cash.FormatCBI:                 text(table(cash.ReadCBI)),
	cash.FormatHTML:                text(table(cash.ReadHTML)),
	cash.FormatOPI:                 raw(table(cash.ReadOPI)),
	cash.FormatCamt:                raw(table(cash.ReadCamt)),
	cash.FormatXLS:                 held(raw(table(cash.ReadXLS))),
	cash.FormatODS:                 held(raw(packed(cash.ReadODS))),
	cash.FormatXLSX:                held(raw(packed(cash.ReadXLSX))),
}

// content reads what is in a document and returns the warnings of its end.
type content func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error)

// text reads a document whose encoding is found from its bytes.
func text(read content) reader {
	return func(ctx context.Context, d *document) error {
		return d.text(func(in io.Reader, sink record.Sink) error { return d.finish(read(ctx, d, in, sink)) })
	}
}

// raw reads a document that says its own encoding, or has none.
func raw(read content) reader {
	return func(ctx context.Context, d *document) error {
		return d.raw(func(in io.Reader, sink record.Sink) error { return d.finish(read(ctx, d, in, sink)) })
	}
}

// held reads a document that is held whole, when its turn has come.
func held(read reader) reader {
	return func(ctx context.Context, d *document) error {
		if err := d.opt.wait(ctx); err != nil {
			return err
		}
		return read(ctx, d)
	}
}

// finish tells a sink that wants to know the warnings of a document at its end.
func (d *document) finish(warnings []string, err error) error {
	if w, ok := d.sink.(Warner); ok && err == nil && len(warnings) > 0 {
		w.Warn(warnings)
	}
	return err
}

// receipt are the options of receipts. The document of one may be as large as
// four rows: it holds several texts a row holds one of.
func (o Options) receipt() receipt.Options {
	return receipt.Options{
		TaxCode: o.TaxCode, Rows: o.Limits.rows(), XML: o.Limits.xml(),
		MaxReceipt: 4 * o.Limits.MaxRow, MaxDepth: o.Limits.MaxDepth,
	}
}

func receipts(read func(context.Context, io.Reader, receipt.Options, receipt.Sink) (receipt.Summary, error)) reader {
	return raw(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		s, err := read(ctx, in, d.opt.receipt(), sink)
		return s.Warnings, err
	})
}

func flows(read func(context.Context, io.Reader, flow.Options, flow.Sink) (flow.Counts, error)) reader {
	return raw(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		_, err := read(ctx, in, d.opt.flow(), sink)
		return nil, err
	})
}

func chart[C any](read func(context.Context, io.Reader, chapter.Options, chapter.Sink) (C, error)) reader {
	return text(func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		_, err := read(ctx, in, chapter.Options{
			IPA: d.opt.IPA, TaxCode: d.opt.TaxCode, Rows: d.opt.Limits.rows(), MaxRows: d.opt.Limits.MaxRows,
		}, sink)
		return nil, err
	})
}

func (d *document) cash() cash.Options {
	o := &d.opt
	return cash.Options{
		Layout:  d.layout,
		TaxCode: o.TaxCode, IPA: o.IPA, Layouts: o.Layouts, MaxRows: o.Limits.MaxRows, MaxCells: o.Limits.MaxCells,
		CSV: o.Limits.rows(), XML: o.Limits.xml(),
	}
}

type cashReader func(context.Context, io.Reader, cash.Options, cash.Sink) (cash.Summary, error)

func table(read cashReader) content {
	return func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		s, err := read(ctx, in, d.cash(), sink)
		return s.Doc.Warnings, err
	}
}

// maxWorkbook is the largest workbook read out of a container.
const maxWorkbook = 256 << 20

// packed reads a document that is a zip itself: a workbook, or else a container
// in a container, which is refused.
func packed(read cashReader) content {
	return func(ctx context.Context, d *document, in io.Reader, sink record.Sink) ([]string, error) {
		if !d.bare {
			zip, err := io.ReadAll(io.LimitReader(in, maxWorkbook+1))
			switch {
			case err != nil:
				return nil, err
			case len(zip) > maxWorkbook:
				return nil, &record.FileError{
					Code:    record.FileLimit,
					Message: fmt.Sprintf("il foglio elettronico supera il limite di %d MiB", maxWorkbook>>20),
				}
			case !archive.IsWorkbook(bytes.NewReader(zip), int64(len(zip))):
				return nil, &record.FileError{
					Code:    record.FileContainer,
					Message: "il file compresso ne contiene un altro: mandare i file in un solo zip, senza zip al suo interno",
				}
			}
			in = bytes.NewReader(zip)
		}
		return table(read)(ctx, d, in, sink)
	}
}
