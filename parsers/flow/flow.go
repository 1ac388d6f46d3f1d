// Package flow reads reporting flows (FdR): the documents by which a PSP says
// what it collected for an entity and will transfer with one credit.
//
// A flow comes as a FlussoRiversamento in XML ([Read]), bare or as the base64
// content of the SOAP message that carried it ([ReadSOAP]), and, since pagoPA
// gave the XML up in June 2026, as the JSON of FdR v3 ([ReadJSON]). The same flow
// gives the same records whatever it comes in, but for their lines and the
// version of the schema, which JSON does not have.
//
// All variants of the XML in circulation are one format here: schemas 1.0.3 to
// 1.0.5 and the platform's own, with any namespace prefix or none, with or
// without revisioneFlusso and indiceDatiSingoloPagamento, outcomes 0, 3, 4, 8 and
// 9. No official schema accepts them all, so the document is held to their union
// and not to one of them; elements are known by their local name.
//
// What is wrong with the heading refuses the document, because nothing in it
// could be believed; what is wrong with a payment leaves that payment out. A
// declared count or total that does not match the payments is neither: the
// totals are handed over next to the declared ones, and judged elsewhere.
package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// The names of the formats in [record.Doc]. The version of the XML ones is the
// versioneOggetto of the flow; that of the JSON is the one of the service it
// comes from, as it names none itself.
const (
	Format     = "fdr-xml"
	FormatSOAP = "fdr-soap"
	FormatJSON = "fdr-json"
)

// Root is the local name of the root element.
const Root = "FlussoRiversamento"

// Options say what a document is read for.
type Options struct {
	// TaxCode of the entity the flow must be for, in any case; empty to ask for
	// none.
	TaxCode string
	XML     xmlscan.Limits // zero for the defaults
	JSON    JSONLimits     // zero for the defaults
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

// Warner is a sink that wants the warnings of a document again at its end, when
// some came up after Doc: that payments are repeated is known only then.
type Warner interface {
	// Warn gives all warnings of the open document, after its FlowEnd.
	Warn(warnings []string)
}

// Counts says what became of the payments of what was read: Rows = Accepted +
// Rejected.
type Counts struct {
	Rows     int
	Accepted int
	Rejected int
}

// Read reads one flow from the bytes of its XML document, in any encoding
// [xmlscan] knows. The document and the heading come before the payments, the
// totals after them: Count of all payments, Plain and Net of those taken.
//
// Errors about the file are [*record.FileError]: those of
// [xmlscan.Scanner.Next], WRONG_ENTITY when the flow is for another entity,
// CONTENT when the heading is faulty or there is no payment; what was emitted
// before one must be thrown away. Errors of the sink and of the context are
// returned as they are.
func Read(ctx context.Context, in io.Reader, opt Options, sink Sink) (Counts, error) {
	d := newDocument(ctx, in, opt, sink)
	err := d.read()
	return d.Counts, err
}

// document is a FlussoRiversamento being read.
type document struct {
	delivery
	x       *xmlscan.Scanner
	taxCode string
	heading heading
	row     payment
	carrier carrier
}

// carrier is what a flow came in and what is known from there.
type carrier struct {
	format   string
	psp      string // id of the sender on the platform, empty when not said
	iuf      string // of the flow, empty when not said
	warnings []string
}

func newDocument(ctx context.Context, in io.Reader, opt Options, sink Sink) *document {
	return &document{
		delivery: delivery{ctx: ctx, sink: sink},
		x:        xmlscan.New(in, opt.XML),
		taxCode:  opt.TaxCode,
		heading:  heading{},
		row:      payment{form: &xmlForm},
		carrier:  carrier{format: Format},
	}
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
		case string(d.x.Name()) == "Signature":
			err = d.signature()
		case d.rows > 0:
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
	doc := record.Doc{Kind: record.KindFlows, Format: d.carrier.format, Encoding: d.x.Encoding()}
	if err := d.heading.judge(&d.flow, d.taxCode); err != nil {
		return err
	}
	doc.Version = d.flow.SchemaVersion
	doc.Warnings = slices.Concat(d.carrier.warnings, oddities(&d.flow, d.carrier.psp))
	if d.carrier.iuf != "" && d.carrier.iuf != d.flow.IUF {
		doc.Warnings = append(doc.Warnings, fmt.Sprintf("la busta dice di portare il flusso %s, dentro c'è il flusso %s",
			field.Shorten(d.carrier.iuf), d.flow.IUF))
	}
	doc.Warnings = append(doc.Warnings, d.heading.unknown("elemento")...)
	return d.begin(&doc)
}

func (d *document) payment() error {
	if d.rows == 0 {
		if err := d.open(); err != nil {
			return err
		}
	}
	line := d.x.Line()
	if err := d.row.collect(d.x); err != nil {
		return err
	}
	return d.take(&d.row, line)
}

// signature passes over a signature, before or after the payments, and notes it.
func (d *document) signature() error {
	const signed = "firmato, firma non verificata"
	if d.rows == 0 {
		d.carrier.warnings = append(d.carrier.warnings, signed)
	} else {
		d.late = append(d.late, signed)
	}
	for depth := d.x.Depth(); ; {
		kind, err := d.x.Next()
		if err != nil || kind == xmlscan.End && d.x.Depth() < depth {
			return err
		}
	}
}

// end checks that nothing follows the root and hands over the totals.
func (d *document) end() error {
	if d.rows == 0 {
		return content(d.x.Line(), "il flusso non contiene nessun pagamento ("+payments+")")
	}
	if _, err := d.x.Next(); !errors.Is(err, io.EOF) {
		return err
	}
	return d.finish()
}

func content(line int, message string) error {
	return &record.FileError{Line: line, Code: record.FileContent, Message: message}
}
