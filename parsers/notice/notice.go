// Package notice reads the entity's own statements that debts were paid (flusso
// dei pagati notificati), version 1.0: a CSV of 20 columns.
//
// Columns are found by name, in any order; a file whose first row is not a
// header is read by position, as MyPivot reads all of them. Columns nobody
// knows are ignored, with one warning. Differences from MyPivot, on purpose:
// texts beyond their maximum refuse the row instead of being cut, and so do
// amounts that are not amounts (12,5 is not 12) and amounts that are not
// positive. A bilancio, of either of the two grammars of package bilancio, that
// cannot be read or does not add up to the amount is listed as a part of the row
// left out; the notice is taken, and keeps the text as it came.
//
// The file does not say whose it is, so no entity is checked. The same IUD twice
// in a file is not looked for: the later notice replaces the earlier where they
// are stored.
package notice

import (
	"context"
	"errors"
	"io"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/mypay"
)

// Format is the name of the format in [record.Doc], Version its only version.
const (
	Format  = "mypivot-notices-csv"
	Version = "1.0"
)

// Options say how a file is read.
type Options struct {
	Rows csvrow.Limits // zero for the defaults
}

// Sink takes what is read, in the order of the file; see [record.Sink], which
// is one.
type Sink interface {
	Doc(*record.Doc) error
	Notice(*record.Notice) error
	Reject(*record.Reject) error
}

// Read reads notices. in is UTF-8 text without byte-order mark, as package
// charset gives it. The document comes before its notices; a header alone is a
// file of nothing new.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER, TRUNCATED,
// LIMIT; what was emitted before one must be thrown away. Errors of the sink and
// of the context are returned as they are.
func Read(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	t, err := mypay.Open(ctx, in, opt.Rows, layout, sink.Reject)
	if err != nil {
		return mypay.Counts{}, err
	}
	d := &record.Doc{Kind: record.KindNotices, Format: Format, Version: Version, Warnings: t.Warnings}
	if !t.Headed {
		d.Warnings = append(d.Warnings, "il file è senza intestazione: le colonne sono lette nell'ordine del tracciato 1.0")
	}
	if err := sink.Doc(d); err != nil {
		return t.Counts, err
	}
	r := newReader(t)
	for {
		err := t.Next()
		if errors.Is(err, io.EOF) {
			return t.Counts, nil
		}
		if err != nil {
			return t.Counts, err
		}
		if bad := r.read(); bad != nil {
			err = t.Reject(bad)
		} else {
			err = r.accept(sink)
		}
		if err != nil {
			return t.Counts, err
		}
	}
}

// accept hands over the notice, then what is wrong with its bilancio.
func (r *reader) accept(sink Sink) error {
	r.Accepted++
	bad := r.Split(colBilancio, r.notice.Amount)
	r.notice.Bilancio = mypay.SplitText(r.notice.Bilancio)
	if err := sink.Notice(&r.notice); err != nil || bad == nil {
		return err
	}
	return r.RejectPart(bad)
}

// reader turns rows into notices, one at a time.
type reader struct {
	*mypay.Table
	notice record.Notice
	texts  []*string // where the text of each column goes
}

func newReader(t *mypay.Table) *reader {
	r := &reader{Table: t}
	n := &r.notice
	r.texts = make([]*string, len(layout.Columns))
	for column, to := range map[int]*string{
		colIUD: &n.IUD, colIUV: &n.IUV, colPayerKind: &n.PayerKind, colPayerCode: &n.PayerCode, colPayerName: &n.PayerName,
		colDebtType: &n.DebtType, colChannel: &n.Channel, colRemittance: &n.Remittance, colCollection: &n.Collection,
		colBilancio: &n.Bilancio,
	} {
		r.texts[column] = to
	}
	return r
}

// read fills notice from the row, or says why the row is left out.
func (r *reader) read() (bad *record.Reject) {
	if bad := r.Check(); bad != nil {
		return bad
	}
	r.Texts(r.texts)
	n := &r.notice
	n.Line = r.Line()
	if n.PaidOn, bad = r.Date(colPaidOn); bad != nil {
		return bad
	}
	if n.Amount, bad = r.Positive(colAmount); bad != nil {
		return bad
	}
	if n.Commission, bad = r.Amount(colCommission); bad != nil {
		return bad
	}
	if n.Commission < 0 {
		return r.Refuse(colCommission, record.RejectNotPositive, "la commissione non può essere negativa")
	}
	return nil
}

// The columns that are kept, in the order of layout.Columns.
const (
	colIUD = iota
	colIUV
	colPayerKind
	colPayerCode
	colPayerName
	colPaidOn
	colAmount
	colCommission
	colDebtType
	colChannel
	colRemittance
	colCollection
	colBilancio
)

// layout is the 1.0 tracciato. The e-mail column circulates under two names;
// like the address it is not kept.
var layout = mypay.Layout{
	IsHeader: LooksLikeHeader,
	Columns: []mypay.Column{
		colIUD:        {Name: "IUD", Max: 35, Must: true, Needed: true},
		colIUV:        {Name: "codIuv", Max: 35, Must: true, Needed: true},
		colPayerKind:  {Name: "tipoIdentificativoUnivoco", Max: 1, Must: true, Needed: true},
		colPayerCode:  {Name: "codiceIdentificativoUnivoco", Max: 35, Must: true, Needed: true},
		colPayerName:  {Name: "anagraficaPagatore", Max: 70, Must: true, Needed: true},
		colPaidOn:     {Name: "dataEsecuzionePagamento", Must: true, Needed: true},
		colAmount:     {Name: "importoDovutoPagato", Must: true, Needed: true},
		colCommission: {Name: "commissioneCaricoPa"},
		colDebtType:   {Name: "tipoDovuto", Max: 64, Must: true, Needed: true},
		colChannel:    {Name: "tipoVersamento", Max: 32, Must: true, Needed: true},
		colRemittance: {Name: "causaleVersamento", Max: 140, Must: true, Needed: true},
		colCollection: {Name: "datiSpecificiRiscossione", Max: 140, Must: true, Needed: true},
		colBilancio:   {Name: "bilancio"},
	},
	Others: strings.Fields(`indirizzoPagatore civicoPagatore capPagatore localitaPagatore provinciaPagatore nazionePagatore
		mailPagatore e-mailPagatore`),
	IsRow:     LooksLikeRow,
	Positions: []int{0, 1, 2, 3, 4, 12, 13, 14, 15, 16, 17, 18, 19},
}

// telling are columns that together no other file of the field has.
var telling = []string{"IUD", "dataEsecuzionePagamento", "importoDovutoPagato", "commissioneCaricoPa", "tipoVersamento"}

// LooksLikeHeader tells whether the first row of a CSV is the header of a file
// of notices, mandatory columns missing or not. The import of debts into MyPay,
// which has most of the same columns and importoDovuto, is not one.
func LooksLikeHeader(fields []string) bool {
	found := 0
	for _, f := range fields {
		if strings.EqualFold(f, "importoDovuto") || strings.EqualFold(f, "azione") {
			return false
		}
		for _, name := range telling {
			if strings.EqualFold(f, name) {
				found++
			}
		}
	}
	return found >= 3
}

// LooksLikeRow tells whether the first row of a CSV is a notice in a file
// without header. A debt of the older imports into MyPay, as wide and much the
// same, has its action where a notice has its bilancio.
func LooksLikeRow(fields []string) bool {
	const width = 20
	if len(fields) != width {
		return false
	}
	kind, day, amount, last := fields[2], fields[12], fields[13], strings.ToUpper(fields[width-1])
	return last != "I" && last != "M" && last != "A" && (kind == "F" || kind == "G") && len(day) == 10 && strings.Count(day, "-") == 2 &&
		amount != "" && strings.Trim(amount, "0123456789.,-") == ""
}
