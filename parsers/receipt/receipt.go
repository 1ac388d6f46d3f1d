// Package receipt reads the receipts an entity can be sent, one line per
// transfer of a receipt, in the forms that circulate:
//
//   - [Read]: MyPay's export of paid debts (CSV), 1.0 to 1.3;
//   - [ReadRT]: the RT of the older payment model (XML 6.2);
//   - [ReadPaSendRT]: the receipt of a paid notice (XML, paSendRTReq and
//     paSendRTV2Request);
//   - [ReadJSON]: the same receipt as services write it in JSON: pagoPA's receipts
//     and biz events, and what MyPay sends for secondary entities.
//
// In the export columns are found by name, in any order; without a header, by
// how many they are. The receipt block (six columns, from tipoFirma on) may be
// there or not; the version is told by the columns it adds (bilancio from 1.2,
// cod_fiscale_pa1 from 1.3; 1.0 is 1.1 without the receipt block). Columns nobody
// knows are ignored, with one warning.
//
// A row whose identificativoDominio is not the entity refuses the whole file:
// it was left in the wrong place. Everything else wrong with a row is a reject;
// a bilancio that cannot be read or does not add up to the line costs only the
// split: the line is emitted with the text as it came, and a reject of that part
// follows. Rows of secondary entities (tipo dovuto EXPORT_ENTE_SECONDARIO) have
// no IUD and name the owner of the notice in the *_pa1 columns.
//
// Without the receipt block a row does not say which transfer of its receipt it
// is. Its index is then its position among the rows of the file with the same
// IUV and IUR, from 1, rejected ones counted; remembering those takes about 50
// bytes per row, everything else is flat. The same key twice in a file is not
// looked for: whoever stores the lines keeps the last, as MyPivot does.
package receipt

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/bilancio"
	"quadra/parsers/csvrow"
	"quadra/parsers/mypay"
	"quadra/parsers/repeat"
	"quadra/parsers/xmlscan"
)

// Format is the name of the format in [record.Doc].
const Format = "mypay-paid-csv"

// Options say what a file is read for.
type Options struct {
	// TaxCode of the entity the file must belong to, in any case; empty to ask
	// for none.
	TaxCode string
	Rows    csvrow.Limits  // of the export; zero for the defaults
	XML     xmlscan.Limits // zero for the defaults
	// MaxReceipt is how many bytes the document of one receipt may have, in XML
	// or JSON; zero means [DefaultMaxReceipt].
	MaxReceipt int
	// MaxDepth is how many objects and arrays may be open at once in JSON; zero
	// means 32.
	MaxDepth int
}

func (o Options) maxReceipt() int {
	if o.MaxReceipt <= 0 {
		return DefaultMaxReceipt
	}
	return o.MaxReceipt
}

// Sink takes what is read, in the order of the file; see [record.Sink], which
// is one.
type Sink interface {
	Doc(*record.Doc) error
	Receipt(*record.ReceiptLine) error
	Reject(*record.Reject) error
}

// Read reads an export. in is UTF-8 text without byte-order mark, as package
// charset gives it. The document, with its version and warnings, comes before
// its lines. An export of no rows is an export of nothing new.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER, WRONG_ENTITY,
// TRUNCATED, LIMIT; what was emitted before one must be thrown away. Errors of
// the sink and of the context are returned as they are.
func Read(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	t, err := mypay.Open(ctx, in, opt.Rows, layout, sink.Reject)
	if err != nil {
		return mypay.Counts{}, err
	}
	r := newReader(t, opt.TaxCode)
	if err := sink.Doc(r.doc()); err != nil {
		return t.Counts, err
	}
	for {
		err := t.Next()
		if errors.Is(err, io.EOF) {
			return t.Counts, nil
		}
		if err != nil {
			return t.Counts, err
		}
		if err := r.checkEntity(); err != nil {
			return t.Counts, err
		}
		if bad := r.read(); bad != nil {
			err = t.Reject(bad)
		} else {
			t.Accepted++
			err = r.emit(sink)
		}
		if err != nil {
			return t.Counts, err
		}
	}
}

// reader turns rows into lines, one at a time.
type reader struct {
	*mypay.Table
	taxCode string
	line    record.ReceiptLine
	texts   []*string // where the text of each column goes

	key       maphash.Hash
	positions *repeat.Counter // of rows of an IUV and IUR; nil when rows say their index
}

func newReader(t *mypay.Table, taxCode string) *reader {
	r := &reader{Table: t, taxCode: taxCode}
	l := &r.line
	r.texts = make([]*string, len(columns))
	for column, to := range map[int]*string{
		colIUV: &l.IUV, colIUR: &l.IUR, colIUD: &l.IUD, colOutcome: &l.Outcome, colOutcomeTag: &l.OutcomeTag,
		colReceiptID: &l.ReceiptID, colContext: &l.Context, colDomain: &l.Beneficiary,
		colPSP: &l.PSP, colPSPName: &l.PSPName,
		colPayerKind: &l.PayerKind, colPayerCode: &l.PayerCode, colPayerName: &l.PayerName,
		colDebtType: &l.DebtType, colRemittance: &l.Remittance, colCollection: &l.Collection, colBilancio: &l.Bilancio,
		colImportFlow: &l.ImportFlow,
		colOwnerCode:  &l.OwnerCode, colOwnerName: &l.OwnerName, colOwnerTaxonomy: &l.OwnerTaxonomy,
	} {
		r.texts[column] = to
	}
	if !t.Has(colIndex) {
		r.positions = &repeat.Counter{}
	}
	return r
}

func (r *reader) doc() *record.Doc {
	d := &record.Doc{Kind: record.KindReceipts, Format: Format, Version: "1.1", Warnings: r.Warnings}
	switch {
	case r.Has(colOwnerCode):
		d.Version = "1.3"
	case r.Has(colBilancio):
		d.Version = "1.2"
	case r.positions != nil:
		d.Version = "1.0"
	}
	if !r.Headed {
		with := "con la ricevuta"
		if r.positions != nil {
			with = "senza la ricevuta"
		}
		d.Warnings = append(d.Warnings, fmt.Sprintf(
			"il file è senza intestazione: le %d colonne sono lette nell'ordine del tracciato %s %s", r.Width(), d.Version, with))
	}
	if r.positions != nil {
		d.Warnings = append(d.Warnings,
			"il file è senza la colonna indiceDatiSingoloPagamento (esportato senza ricevuta): l'indice di ogni riga è la sua posizione tra quelle con lo stesso IUV e IUR")
	}
	return d
}

// emit hands over the line, then what is wrong with its bilancio: MyPay exports
// splits that cannot be used, and none of them is worth a receipt.
func (r *reader) emit(sink Sink) error {
	bad := r.Split(colBilancio, r.line.Amount)
	r.line.Bilancio = shortened(r.line.Bilancio, bilancio.MaxLength)
	if err := sink.Receipt(&r.line); err != nil || bad == nil {
		return err
	}
	return r.RejectPart(bad)
}

// shortened cuts a text to so many characters.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}

// checkEntity refuses the file when the row belongs to another entity.
func (r *reader) checkEntity() error {
	domain := r.Field(colDomain)
	if r.taxCode == "" || len(domain) == 0 || strings.EqualFold(string(domain), r.taxCode) {
		return nil
	}
	return &record.FileError{
		Line: r.Line(), Code: record.FileEntity,
		Message: "il file è di un altro ente: identificativoDominio è " + strconv.Quote(r.Refuse(colDomain, "", "").Value) +
			", quello di questo ente è " + r.taxCode + ". Controllare in quale cartella va messo",
	}
}

// read fills line from the row, or says why the row is left out.
func (r *reader) read() (bad *record.Reject) {
	position := r.position()
	if bad := r.Check(); bad != nil {
		return bad
	}
	r.Texts(r.texts)
	l := &r.line
	l.Line = r.Line()
	if l.IUV == "" {
		// The receipt's own IUV is blank: the request side has the same.
		if l.IUV = string(r.Field(colRequestIUV)); l.IUV == "" {
			return r.Refuse(colIUV, record.RejectMissing, "il valore è obbligatorio")
		}
	}
	if l.Index, bad = r.index(position); bad != nil {
		return bad
	}
	if l.Amount, bad = r.Positive(colAmount); bad != nil {
		return bad
	}
	if l.Total, bad = r.Positive(colTotal); bad != nil {
		return bad
	}
	if l.PaidOn, bad = r.Date(colPaidOn); bad != nil {
		return bad
	}
	if l.ReceivedAt, bad = r.Instant(colReceivedAt); bad != nil {
		return bad
	}
	l.ImportRow = 0
	if row := r.Field(colImportRow); len(row) > 0 {
		n, err := strconv.Atoi(string(row))
		if err != nil || n < 0 {
			return r.Refuse(colImportRow, record.RejectNumber, "non è un numero di riga")
		}
		l.ImportRow = n
	}
	return nil
}

// maxIndex is how many transfers a receipt may have.
const maxIndex = 5

// position counts the row among those with its IUV and IUR, where rows do not
// say their index.
func (r *reader) position() int {
	if r.positions == nil {
		return 0
	}
	iuv := r.Field(colIUV)
	if len(iuv) == 0 {
		iuv = r.Field(colRequestIUV)
	}
	r.key.Reset()
	_, _ = r.key.Write(iuv)
	_ = r.key.WriteByte(0)
	_, _ = r.key.Write(r.Field(colIUR))
	return min(r.positions.Next(r.key.Sum64()), maxIndex+1)
}

func (r *reader) index(position int) (int, *record.Reject) {
	if r.positions != nil {
		if position > maxIndex {
			return 0, r.Refuse(colIUR, record.RejectIndex, "più di cinque righe con lo stesso IUV e IUR: esportare il file con la ricevuta, che porta l'indice")
		}
		return position, nil
	}
	text := r.Field(colIndex)
	if len(text) == 0 {
		return 0, r.Refuse(colIndex, record.RejectMissing, "il valore è obbligatorio")
	}
	if len(text) == 1 && text[0] >= '1' && text[0] <= '0'+maxIndex {
		return int(text[0] - '0'), nil
	}
	return 0, r.Refuse(colIndex, record.RejectIndex, "l'indice deve essere un numero da 1 a 5")
}
