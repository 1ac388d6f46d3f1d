// Package flow reads reporting flows (FdR): the FlussoRiversamento document by
// which a PSP says what it collected for an entity and will transfer with one
// credit.
//
// All variants in circulation are one format here: schemas 1.0.3 to 1.0.5 and
// the platform's own, with any namespace prefix or none, with or without
// revisioneFlusso and indiceDatiSingoloPagamento, outcomes 0, 3, 4, 8 and 9. No
// official schema accepts them all, so the document is held to their union and
// not to one of them; elements are known by their local name.
//
// What is wrong with the heading refuses the document, because nothing in it
// could be believed; what is wrong with a payment leaves that payment out. A
// declared count or total that does not match the payments is neither: the
// totals are handed over next to the declared ones, and judged elsewhere.
package flow

import (
	"context"
	"errors"
	"io"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// Format is the name of the format in [record.Doc]; its version is the
// versioneOggetto of the document.
const Format = "fdr-xml"

// Root is the local name of the root element.
const Root = "FlussoRiversamento"

// Options say what a document is read for.
type Options struct {
	// TaxCode of the entity the flow must be for, in any case; empty to ask for
	// none.
	TaxCode string
	XML     xmlscan.Limits // zero for the defaults
}

// Sink takes what is read, in the order of the document; see [record.Sink],
// which is one.
type Sink interface {
	Doc(*record.Doc) error
	Flow(*record.Flow) error
	FlowLine(*record.FlowLine) error
	FlowEnd(record.FlowTotals) error
	Reject(*record.Reject) error
}

// Counts says what became of the payments of a flow: Rows = Accepted +
// Rejected.
type Counts struct {
	Rows     int
	Accepted int
	Rejected int
}

// Read reads one flow from the bytes of its document, in any encoding
// [xmlscan] knows. The document and the heading come before the payments, the
// totals after them: Count of all payments, Plain and Net of those taken.
//
// Errors about the file are [*record.FileError]: those of
// [xmlscan.Scanner.Next], WRONG_ENTITY when the flow is for another entity,
// CONTENT when the heading is faulty or there is no payment; what was emitted
// before one must be thrown away. Errors of the sink and of the context are
// returned as they are.
func Read(ctx context.Context, in io.Reader, opt Options, sink Sink) (Counts, error) {
	d := &document{ctx: ctx, x: xmlscan.New(in, opt.XML), taxCode: opt.TaxCode, sink: sink, heading: heading{}}
	err := d.read()
	return d.Counts, err
}

// document is a flow being read.
type document struct {
	Counts
	ctx     context.Context
	x       *xmlscan.Scanner
	taxCode string
	sink    Sink

	heading heading
	flow    record.Flow
	totals  record.FlowTotals

	row  payment
	line record.FlowLine
}

// payments is the element each payment is in.
const payments = "datiSingoliPagamenti"

func (d *document) read() error {
	kind, err := d.x.Next()
	if err != nil {
		return err
	}
	if kind != xmlscan.Start || string(d.x.Name()) != Root {
		return content(d.x.Line(), "non è un flusso di rendicontazione: comincia con l'elemento "+field.Shorten(string(d.x.Name())))
	}
	d.flow.Line = d.x.Line()
	for {
		kind, err := d.x.Next()
		switch {
		case err != nil:
			return err
		case kind == xmlscan.End:
			return d.end()
		case kind == xmlscan.Text:
			return content(d.x.Line(), "c'è del testo fuori posto tra gli elementi del flusso")
		case string(d.x.Name()) == payments:
			err = d.payment()
		case d.Rows > 0:
			err = content(d.x.Line(), "l'elemento "+field.Shorten(string(d.x.Name()))+" viene dopo i pagamenti: l'intestazione deve precederli")
		default:
			err = d.heading.collect(d.x, "")
		}
		if err != nil {
			return err
		}
	}
}

// open checks the heading and hands it over, before the first payment.
func (d *document) open() error {
	doc := &record.Doc{Kind: record.KindFlows, Format: Format, Encoding: d.x.Encoding()}
	if err := d.heading.judge(&d.flow, d.taxCode, doc); err != nil {
		return err
	}
	if err := d.sink.Doc(doc); err != nil {
		return err
	}
	return d.sink.Flow(&d.flow)
}

func (d *document) payment() error {
	if d.Rows == 0 {
		if err := d.open(); err != nil {
			return err
		}
	}
	d.Rows++
	if d.Rows%1024 == 0 && d.ctx.Err() != nil {
		return d.ctx.Err()
	}
	line := d.x.Line()
	if err := d.row.collect(d.x); err != nil {
		return err
	}
	if bad := d.row.judge(&d.line); bad != nil {
		d.Rejected++
		return d.sink.Reject(bad)
	}
	d.Accepted++
	d.line.Line, d.line.Seq = line, d.Rows
	d.totals.Plain += d.line.Amount
	if d.line.Outcome == revoked {
		d.totals.Net -= max(d.line.Amount, -d.line.Amount)
	} else {
		d.totals.Net += d.line.Amount
	}
	return d.sink.FlowLine(&d.line)
}

// end checks that nothing follows the root and hands over the totals.
func (d *document) end() error {
	if d.Rows == 0 {
		return content(d.x.Line(), "il flusso non contiene nessun pagamento ("+payments+")")
	}
	if _, err := d.x.Next(); !errors.Is(err, io.EOF) {
		return err
	}
	d.totals.Count = d.Rows
	return d.sink.FlowEnd(d.totals)
}

func content(line int, message string) error {
	return &record.FileError{Line: line, Code: record.FileContent, Message: message}
}
