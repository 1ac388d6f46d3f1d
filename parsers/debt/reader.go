package debt

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/mypay"
)

// maxAmount is the largest amount MyPay takes for a debt.
const maxAmount record.Cents = 999_999_999_99

// reader turns rows into debts, one at a time.
type reader struct {
	*mypay.Table
	doc      record.Doc
	platform bool // the national platform's variant
	dated    bool // a debt needs a due date
	debt     record.Debt
	texts    []*string // where the text of each column goes

	reserved, firstReserved int // rows whose IUD is of those MyPay makes
}

func newReader(t *mypay.Table) *reader {
	r := &reader{Table: t, platform: !t.Has(colCommission) && !t.Has(colChannel)}
	r.doc = record.Doc{Kind: record.KindDebts, Format: Format, Version: "1.1", Warnings: t.Warnings}
	switch {
	case t.Has(colShared):
		r.doc.Version = "1.4"
	case t.Has(colMakeIUV):
		r.doc.Version = "1.3"
	case t.Has(colBilancio):
		r.doc.Version = "1.2"
	}
	r.dated = r.doc.Version == "1.1" && !r.platform
	if !t.Headed {
		r.doc.Warnings = append(r.doc.Warnings,
			"il file è senza intestazione: le colonne sono lette nell'ordine del tracciato "+r.doc.Version)
	}
	d := &r.debt
	r.texts = make([]*string, len(layout.Columns))
	for column, to := range map[int]*string{
		colIUD: &d.IUD, colIUV: &d.IUV, colPayerKind: &d.PayerKind, colPayerCode: &d.PayerCode, colPayerName: &d.PayerName,
		colDebtType: &d.DebtType, colRemittance: &d.Remittance, colCollection: &d.Collection, colBilancio: &d.Bilancio,
		colSharedWith: &d.SharedWith, colSharedName: &d.SharedName, colSharedIBAN: &d.SharedIBAN, colAction: &d.Action,
	} {
		r.texts[column] = to
	}
	return r
}

// nullable are the columns in which null, as MyPay writes it in the files it
// gives back, is no value.
var nullable = []int{
	colIUV, colDueOn, colCommission, colBilancio, colMakeIUV, colShared,
	colSharedWith, colSharedName, colSharedIBAN, colSharedCollection, colSharedRemittance, colSharedAmount,
}

// read fills debt from the row, or says why the row is left out.
func (r *reader) read() (bad *record.Reject) {
	for _, column := range nullable {
		if string(r.Field(column)) == "null" {
			r.Clear(column)
		}
	}
	shared := strings.EqualFold(string(r.Field(colShared)), "true")
	if !shared {
		for column := colSharedWith; column <= colSharedAmount; column++ {
			r.Clear(column)
		}
	}
	if bad := r.Check(); bad != nil {
		return bad
	}
	r.Texts(r.texts)
	d := &r.debt
	d.Line = r.Line()
	d.Action, d.PayerKind, d.PayerCode = strings.ToUpper(d.Action), strings.ToUpper(d.PayerKind), strings.ToUpper(d.PayerCode)
	switch makeIUV := string(r.Field(colMakeIUV)); {
	case !isAction(d.Action):
		return r.Refuse(colAction, record.RejectOperation, "l'azione deve essere I (inserimento), M (modifica) o A (annullamento)")
	case !isPayerKind(d.PayerKind):
		return r.Refuse(colPayerKind, record.RejectValue, "il tipo di pagatore deve essere F (persona fisica) o G (persona giuridica)")
	case d.Collection == "" && !r.platform:
		return r.missing(colCollection)
	case makeIUV != "" && !strings.EqualFold(makeIUV, "true") && !strings.EqualFold(makeIUV, "false"):
		return r.Refuse(colMakeIUV, record.RejectValue, "il valore deve essere true o false")
	}
	if d.DueOn, bad = r.Date(colDueOn); bad != nil {
		return bad
	}
	if d.DueOn == 0 && r.dated {
		return r.missing(colDueOn)
	}
	if d.Amount, bad = r.share(colAmount); bad != nil {
		return bad
	}
	if d.Commission, bad = r.Amount(colCommission); bad != nil {
		return bad
	}
	switch {
	case d.Commission < 0:
		return r.Refuse(colCommission, record.RejectNotPositive, "la commissione non può essere negativa")
	case d.Commission > maxAmount:
		return r.beyond(colCommission)
	}
	d.SharedAmount = 0
	if shared {
		if bad := r.readShared(); bad != nil {
			return bad
		}
	}
	if strings.HasPrefix(d.IUD, "000") {
		if r.reserved++; r.reserved == 1 {
			r.firstReserved = d.Line
		}
	}
	return nil
}

// readShared checks the columns of the second beneficiary.
func (r *reader) readShared() (bad *record.Reject) {
	d := &r.debt
	for _, text := range []struct{ column, most int }{
		{colSharedName, 70}, {colSharedCollection, 140}, {colSharedRemittance, 1024},
	} {
		if utf8.RuneCount(r.Field(text.column)) > text.most {
			return r.Refuse(text.column, record.RejectTooLong, fmt.Sprintf("il valore supera i %d caratteri", text.most))
		}
	}
	for _, column := range []int{colSharedWith, colSharedName, colSharedIBAN, colSharedCollection} {
		if len(r.Field(column)) == 0 {
			return r.missing(column)
		}
	}
	const taxCode, iban = 11, 27
	switch {
	case len(d.SharedWith) != taxCode || strings.Trim(d.SharedWith, "0123456789") != "":
		return r.Refuse(colSharedWith, record.RejectValue, "il codice fiscale dell'ente secondario deve essere di 11 cifre")
	case utf8.RuneCountInString(d.SharedIBAN) != iban:
		return r.Refuse(colSharedIBAN, record.RejectValue, "l'IBAN deve essere di 27 caratteri, senza spazi")
	}
	if len(r.Field(colSharedAmount)) == 0 {
		return r.missing(colSharedAmount)
	}
	d.SharedAmount, bad = r.share(colSharedAmount)
	return bad
}

// share reads what one beneficiary is to get.
func (r *reader) share(column int) (record.Cents, *record.Reject) {
	c, bad := r.Positive(column)
	if bad == nil && c > maxAmount {
		bad = r.beyond(column)
	}
	return c, bad
}

func (r *reader) missing(column int) *record.Reject {
	return r.Refuse(column, record.RejectMissing, "il valore è obbligatorio")
}

func (r *reader) beyond(column int) *record.Reject {
	return r.Refuse(column, record.RejectAmount, "l'importo supera il massimo ammesso da MyPay, "+maxAmount.Italian())
}
