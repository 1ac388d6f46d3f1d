package receipt

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// scalar is a JSON value as it is written: a text, a number, true or false.
// Null is the empty text.
type scalar string

// UnmarshalJSON keeps the text; numbers keep every digit they came with.
func (s *scalar) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		*s = scalar(strings.TrimSpace(text))
	case '{', '[':
		return errors.New("a list or an object where a single value is meant")
	case 'n':
		*s = ""
	default:
		*s = scalar(b)
	}
	return nil
}

// The three shapes are read as one: names do not clash, and upper and lower case
// are the same, as services write both.
type (
	jsonReceipt struct {
		// Of a receipt, and of MyPay.
		ReceiptID           scalar `json:"receiptId"`
		Outcome             scalar `json:"outcome"`
		CreditorReferenceID scalar `json:"creditorReferenceId"`
		PaymentAmount       scalar `json:"paymentAmount"`
		FiscalCode          scalar `json:"fiscalCode"`
		CompanyName         scalar `json:"companyName"`
		Description         scalar `json:"description"`
		IDPSP               scalar `json:"idPSP"`
		PSPCompanyName      scalar `json:"pspCompanyName"`
		StandIn             scalar `json:"standIn"`
		Metadata            []jsonPair
		Debtor              jsonPerson
		TransferList        []jsonTransfer `json:"transferList"`
		jsonDates
		PaymentDateTimeFormatted scalar `json:"paymentDateTimeFormatted"`

		// Of MyPay.
		Transfers  *[]jsonTransfer `json:"receiptTransferExportToList"`
		DebtorKind scalar          `json:"uniqueIdentifierTypeDebtor"`
		DebtorCode scalar          `json:"uniqueIdentifierValueDebtor"`
		DebtorName scalar          `json:"fullNameDebtor"`
		Taxonomy   scalar          `json:"codTassonomico"`
		EntityName scalar          `json:"deNomeEnte"`

		// Of a biz event.
		DebtorPosition *struct {
			IUV scalar `json:"iuv"`
			IUR scalar `json:"iur"`
		} `json:"debtorPosition"`
		Creditor struct {
			IDPA        scalar `json:"idPA"`
			CompanyName scalar `json:"companyName"`
		} `json:"creditor"`
		PSP struct {
			IDPSP scalar `json:"idPsp"`
			Name  scalar `json:"psp"`
		} `json:"psp"`
		PaymentInfo *struct {
			jsonDates
			PaymentToken scalar `json:"paymentToken"`
			Amount       scalar `json:"amount"`
			Remittance   scalar `json:"remittanceInformation"`
			Description  scalar `json:"description"`
			Metadata     []jsonPair
		} `json:"paymentInfo"`
	}

	jsonDates struct {
		PaymentDateTime scalar `json:"paymentDateTime"`
		ApplicationDate scalar `json:"applicationDate"`
		TransferDate    scalar `json:"transferDate"`
	}

	jsonPerson struct {
		Kind scalar `json:"entityUniqueIdentifierType"`
		Code scalar `json:"entityUniqueIdentifierValue"`
		Name scalar `json:"fullName"`
	}

	jsonTransfer struct {
		IDTransfer     scalar `json:"idTransfer"`
		TransferAmount scalar `json:"transferAmount"`
		Amount         scalar `json:"amount"` // of a biz event
		FiscalCodePA   scalar `json:"fiscalCodePA"`
		IBAN           scalar `json:"iban"`
		Stamp          scalar `json:"mbdAttachment"`
		MBD            struct {
			Stamp scalar `json:"mbdAttachment"`
		} `json:"mbd"`
		Remittance scalar `json:"remittanceInformation"`
		Category   scalar `json:"transferCategory"`
		Metadata   []jsonPair
	}

	jsonPair struct {
		Key   scalar `json:"key"`
		Value scalar `json:"value"`
	}
)

// parseJSON reads one receipt. One whose values are not what they should be is a
// reject; what is no receipt at all is a [*record.FileError].
func parseJSON(raw []byte, line int) (*paidNotice, *record.Reject, error) {
	strange := content(line, "il documento JSON non è una ricevuta: mancano receiptId, creditorReferenceId e paymentAmount, o debtorPosition e paymentInfo")
	if !bytes.HasPrefix(raw, []byte("{")) {
		return nil, nil, strange
	}
	var r jsonReceipt
	if err := json.Unmarshal(raw, &r); err != nil {
		bad := &record.Reject{Line: line, Code: record.RejectSyntax, Reason: "la ricevuta non è della forma prevista: un elenco o un oggetto sta al posto di un valore, o il contrario"}
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			bad.Column, bad.Value = field.Shorten(kind.Field), kind.Value
		}
		return nil, bad, nil
	}
	switch {
	case r.Transfers != nil:
		return r.fromMyPay(line), nil, nil
	case r.DebtorPosition != nil && r.PaymentInfo != nil:
		return r.fromEvent(line), nil, nil
	case r.ReceiptID != "" || r.CreditorReferenceID != "" && r.PaymentAmount != "":
		return r.fromService(line), nil, nil
	}
	return nil, nil, strange
}

// fromService is a receipt of the biz-events service.
func (r *jsonReceipt) fromService(line int) *paidNotice {
	v := values{line}
	p := &paidNotice{
		line: line, id: v.of("receiptId", r.ReceiptID), outcome: v.of("outcome", r.Outcome), iuv: v.of("creditorReferenceId", r.CreditorReferenceID),
		amount: v.of("paymentAmount", r.PaymentAmount), issuer: v.of("fiscalCode", r.FiscalCode), issuerName: v.of("companyName", r.CompanyName),
		description: v.of("description", r.Description), psp: v.of("idPSP", r.IDPSP), pspName: v.of("pspCompanyName", r.PSPCompanyName),
		standIn: v.of("standIn", r.StandIn), metadata: pairsOf(r.Metadata), cents: jsonCents,
	}
	p.kind, p.code, p.name = v.of("entityUniqueIdentifierType", r.Debtor.Kind), v.of("entityUniqueIdentifierValue", r.Debtor.Code), v.of("fullName", r.Debtor.Name)
	p.paidAt, p.appliedOn, p.creditsOn = v.dates(r.jsonDates)
	if r.PaymentDateTimeFormatted != "" {
		p.paidAt = v.of("paymentDateTimeFormatted", r.PaymentDateTimeFormatted) // the other one has lost its time
	}
	p.transfers = v.transfers(r.TransferList, "transferAmount")
	return p
}

// fromMyPay is a receipt MyPay sends for the secondary entities of a notice.
func (r *jsonReceipt) fromMyPay(line int) *paidNotice {
	p, v := r.fromService(line), values{line}
	p.secondaryOnly, p.partial = true, true
	p.transfers = v.transfers(*r.Transfers, "transferAmount")
	p.taxonomy = v.of("codTassonomico", r.Taxonomy)
	p.kind, p.code, p.name = v.of("uniqueIdentifierTypeDebtor", r.DebtorKind), v.of("uniqueIdentifierValueDebtor", r.DebtorCode), v.of("fullNameDebtor", r.DebtorName)
	if r.EntityName != "" {
		p.issuerName = v.of("deNomeEnte", r.EntityName)
	}
	return p
}

// fromEvent is a raw biz event: only what was paid becomes one, so that it has
// no outcome.
func (r *jsonReceipt) fromEvent(line int) *paidNotice {
	v, info := values{line}, r.PaymentInfo
	p := &paidNotice{
		line: line, id: v.of("receiptId", r.ReceiptID), iur: v.of("iur", r.DebtorPosition.IUR), outcome: v.of("outcome", "OK"),
		iuv: v.of("iuv", r.DebtorPosition.IUV), amount: v.of("amount", info.Amount),
		issuer: v.of("idPA", r.Creditor.IDPA), issuerName: v.of("companyName", r.Creditor.CompanyName),
		description: v.of("remittanceInformation", info.Remittance), psp: v.of("idPsp", r.PSP.IDPSP), pspName: v.of("psp", r.PSP.Name),
		kind: v.of("entityUniqueIdentifierType", r.Debtor.Kind), code: v.of("entityUniqueIdentifierValue", r.Debtor.Code), name: v.of("fullName", r.Debtor.Name),
		metadata: pairsOf(info.Metadata), transfers: v.transfers(r.TransferList, "amount"), cents: jsonCents,
	}
	p.paidAt, p.appliedOn, p.creditsOn = v.dates(info.jsonDates)
	if p.id.text == "" {
		p.id = v.of("paymentToken", info.PaymentToken) // events written before receiptId was
	}
	if p.description.text == "" {
		p.description = v.of("description", info.Description)
	}
	return p
}

// values names what a receipt says, all of it on one line.
type values struct{ line int }

func (v values) of(name string, text scalar) value { return value{name, string(text), v.line} }

func (v values) dates(d jsonDates) (paidAt, appliedOn, creditsOn value) {
	return v.of("paymentDateTime", d.PaymentDateTime), v.of("applicationDate", d.ApplicationDate), v.of("transferDate", d.TransferDate)
}

func (v values) transfers(list []jsonTransfer, amountName string) []transfer {
	found := make([]transfer, len(list))
	for i, t := range list {
		if t.IDTransfer == "" || t.IDTransfer == "0" {
			t.IDTransfer = scalar(strconv.Itoa(i + 1))
		}
		amount := t.TransferAmount
		if amountName == "amount" {
			amount = t.Amount
		}
		found[i] = transfer{
			line: v.line, index: v.of("idTransfer", t.IDTransfer), amount: v.of(amountName, amount), taxCode: v.of("fiscalCodePA", t.FiscalCodePA),
			iban: v.of("iban", t.IBAN), stamp: t.Stamp != "" || t.MBD.Stamp != "",
			remittance: v.of("remittanceInformation", t.Remittance), category: v.of("transferCategory", t.Category), metadata: pairsOf(t.Metadata),
		}
	}
	return found
}

func pairsOf(list []jsonPair) (found []pair) {
	for _, p := range list {
		found = append(found, pair{string(p.Key), string(p.Value)})
	}
	return found
}

// jsonAmount is how services write amounts: 20, 16.1, "101.0", and from ten
// million on 1.0E+7, as Java writes them.
var jsonAmount = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,2}|(\.\d{1,17})?[eE][+-]?\d{1,2})?$`)

// jsonCents reads an amount exactly, from its text.
func jsonCents(text string) (record.Cents, error) {
	if !jsonAmount.MatchString(text) {
		return 0, record.ErrAmount
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return 0, errors.Join(record.ErrAmount, err)
	}
	d = d.Shift(2)
	if !d.IsInteger() || d.Abs().GreaterThan(decimal.NewFromInt(int64(record.MaxAmount))) {
		return 0, record.ErrAmount
	}
	return record.Cents(d.IntPart()), nil
}
