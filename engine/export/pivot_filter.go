package export

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Days is a span of days, both included; a zero end is open.
type Days struct{ From, To record.Date }

func (d Days) empty() bool { return d == Days{} }

func (d Days) has(text []byte) bool {
	day, err := record.ParseDate(text)
	return err == nil && d.covers(day)
}

func (d Days) covers(day record.Date) bool {
	return (d.From == 0 || day >= d.From) && (d.To == 0 || day <= d.To)
}

// PivotFilter holds what a booking of the reconciliation export may ask for;
// what is empty asks for nothing. Texts are compared without regard to case:
// remittances, names and IUFs by what they contain, codes as a whole. Where the
// original asks of "notice or receipt", so does this.
type PivotFilter struct {
	Classes   []string
	DebtTypes []string // of the notice or of the receipt
	IUVs      []string // of any part
	IUFs      []string // contained in the flow's
	IUD       string   // of the notice or of the receipt
	IUR       string   // of the flow line or of the receipt

	Updated   Days // the judgement changed
	Executed  Days // of the notice
	Outcome   Days // of the flow line or of the receipt
	Regulated Days
	Booked    Days // data contabile
	Value     Days // data valuta

	Payer      string // code, of the notice or of the receipt
	PayerName  string
	PSPName    string // attestante of the receipt or sender of the flow
	Sender     string // who sent the cash
	Regulation string
	Account    string
	Cash       *record.Cents // of the movement
	Remittance string        // of the notice or of the receipt
	Year       int           // of the bolletta
	Number     string
}

// empty says that nothing but classes is asked for.
func (f *PivotFilter) empty() bool {
	rest := *f
	rest.Classes = nil
	return reflect.DeepEqual(rest, PivotFilter{})
}

// takes says whether a row is asked for.
func (f *PivotFilter) takes(r *store.PivotRow) bool {
	is := func(want string, fields ...store.PivotField) bool {
		return want == "" || slices.ContainsFunc(fields, func(i store.PivotField) bool { return strings.EqualFold(string(r[i]), want) })
	}
	contains := func(want string, fields ...store.PivotField) bool {
		return want == "" || slices.ContainsFunc(fields, func(i store.PivotField) bool {
			return bytes.Contains(bytes.ToUpper(r[i]), []byte(strings.ToUpper(want)))
		})
	}
	one := func(test func(string, ...store.PivotField) bool, list []string, fields ...store.PivotField) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(want string) bool { return test(want, fields...) })
	}
	within := func(d Days, fields ...store.PivotField) bool {
		return d.empty() || slices.ContainsFunc(fields, func(i store.PivotField) bool { return d.has(r[i]) })
	}
	return one(is, f.DebtTypes, store.PivotNoticeDebtType, store.PivotDebtType) &&
		one(is, f.IUVs, store.PivotNoticeIUV, store.PivotIUV, store.PivotLineIUV, store.PivotCashIUV) &&
		one(contains, f.IUFs, store.PivotIUF) &&
		is(f.IUD, store.PivotNoticeIUD, store.PivotIUD) &&
		is(f.IUR, store.PivotLineIUR, store.PivotIUR) &&
		within(f.Updated, store.PivotUpdated) &&
		within(f.Executed, store.PivotNoticePaidOn) &&
		within(f.Outcome, store.PivotLinePaidOn, store.PivotPaidOn) &&
		within(f.Regulated, store.PivotRegulatedOn) &&
		within(f.Booked, store.PivotBookedOn) &&
		within(f.Value, store.PivotValueOn) &&
		is(f.Payer, store.PivotNoticePayerCode, store.PivotPayerCode) &&
		contains(f.PayerName, store.PivotNoticePayerName, store.PivotPayerName) &&
		contains(f.PSPName, store.PivotPSPName, store.PivotSenderName) &&
		contains(f.Sender, store.PivotCashPayer) &&
		is(f.Regulation, store.PivotRegulation) &&
		is(f.Account, store.PivotAccount) &&
		contains(f.Remittance, store.PivotNoticeRemittance, store.PivotRemittance) &&
		is(f.Number, store.PivotNumber) &&
		(f.Year == 0 || string(r[store.PivotYear]) == strconv.Itoa(f.Year)) &&
		(f.Cash == nil || string(r[store.PivotCash]) == strconv.FormatInt(int64(*f.Cash), 10))
}

// centsOf reads a number as the books give it.
func centsOf(text []byte) (record.Cents, error) {
	n, err := strconv.ParseInt(string(text), 10, 64)
	return record.Cents(n), err
}
