package record

import "time"

// ReceiptLine is one transfer of a receipt (RT): proof that one beneficiary's
// share of one notice was paid. Its key within an entity is IUV, IUR, Index.
type ReceiptLine struct {
	Line  int    // line (or row) of the document, counted from 1
	IUV   string // at most 35 characters
	IUR   string // at most 35 characters
	Index int    // 1..5: the transfer's position in the receipt

	IUD        string // the entity's debt id; empty for secondary entities
	Amount     Cents  // of this transfer, always positive
	Total      Cents  // of the whole receipt, other beneficiaries included
	Outcome    string // codiceEsitoPagamento: "0" paid, "2" paid in part, "4" ...
	OutcomeTag string // esitoSingoloPagamento, free text
	PaidOn     Date   // dataEsitoSingoloPagamento

	ReceiptID  string    // identificativoMessaggioRicevuta
	ReceivedAt time.Time // dataOraMessaggioRicevuta; zero when absent
	Context    string    // codiceContestoPagamento (CCP)

	Beneficiary string // tax code of the entity paid (dominio)
	PSP         string // code of the institute that attests (attestante)
	PSPName     string
	PayerKind   string // F person, G legal entity
	PayerCode   string // tax code, or ANONIMO
	PayerName   string

	DebtType   string // tipoDovuto
	Remittance string // causaleVersamento, at most 1024 characters
	Collection string // datiSpecificiRiscossione, e.g. 9/0101100IM/
	Bilancio   string // the chapter split as it came, XML, at most 4096 characters

	ImportFlow string // iuf column of the MyPay export: the dovuti import, not an IUF
	ImportRow  int    // numRigaFlusso

	OwnerCode     string // cod_fiscale_pa1: the primary entity of a shared notice
	OwnerName     string // de_nome_pa1
	OwnerTaxonomy string // cod_tassonomico_dovuto_pa1

	Stamp    bool   // digital revenue stamp: money that never reaches the entity
	Metadata string // key=value pairs of the transfer, one a line, for booking
}

// AfterCutOff says that the payment was made after 13:00 Rome time, when the
// pagoPA day closes, and so counts from the next day (SACI: 13:00 itself still
// belongs to the day). It is known only when the receipt carries the instant
// of the very day it was paid.
func (r *ReceiptLine) AfterCutOff() bool {
	if r.ReceivedAt.IsZero() {
		return false
	}
	at := r.ReceivedAt.In(Rome())
	closing := time.Date(at.Year(), at.Month(), at.Day(), 13, 0, 0, 0, Rome())
	return DateOf(at) == r.PaidOn && at.After(closing)
}
