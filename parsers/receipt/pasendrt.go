package receipt

import (
	"context"
	"io"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// ReadPaSendRT reads the receipt of a paid notice (paForNode.xsd): the root is
// paSendRTReq or paSendRTV2Request, bare or in an envelope, or the element
// receipt alone, as MyPay stores it. There is one line per transfer of the
// entity; all of them share the receipt's id as IUR.
//
// A transfer without IBAN, or with a stamp attached (MBDAttachment), is a
// digital revenue stamp; in paSendRTReq there are none. The issuer of the notice
// is named when it is another entity. What is wrong with the receipt as a whole
// refuses the file: no transfer of this entity (WRONG_ENTITY), an amount that is
// none, transfers that do not add up to paymentAmount (CONTENT). What is wrong
// with one transfer leaves that transfer out. Outcome KO gives no lines and a
// warning.
//
// The document comes first; errors are as for [ReadRT].
func ReadPaSendRT(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	return readXML(ctx, in, opt, "una ricevuta di avviso pagato (paSendRT)", sink)
}

// judgePaSendRT turns a paSendRT into the lines of the entity.
func judgePaSendRT(e *element, taxCode string) (verdict, error) {
	version := map[string]string{elemV1: "1", elemV2: "2"}[e.name]
	r := e
	if e.name != elemBare {
		if r = e.child(elemBare); r == nil {
			return verdict{}, content(e.line, "manca l'elemento "+elemBare)
		}
	}
	if twice := r.repeated("transfer", "mapEntry"); twice != nil {
		return verdict{}, content(twice.line, "l'elemento "+field.Shorten(twice.name)+" è ripetuto")
	}
	p := paidNotice{
		line: r.line, id: r.at("receiptId"), outcome: r.at("outcome"), iuv: r.at("creditorReferenceId"), amount: r.at("paymentAmount"),
		issuer: r.at("fiscalCode"), issuerName: r.at("companyName"), description: r.at("description"),
		kind: r.at("debtor/uniqueIdentifier/entityUniqueIdentifierType"), code: r.at("debtor/uniqueIdentifier/entityUniqueIdentifierValue"),
		name: r.at("debtor/fullName"), psp: r.at("idPSP"), pspName: r.either("PSPCompanyName", "pspCompanyName"),
		paidAt: r.at("paymentDateTime"), appliedOn: r.at("applicationDate"), creditsOn: r.at("transferDate"),
		standIn: r.either("standIn", "standin"), metadata: pairs(r), cents: record.ParseCents[string],
	}
	if p.standIn.text == "" {
		p.standIn = e.either("standIn", "standin")
	}
	if list := r.child("transferList"); list != nil {
		for _, t := range list.all("transfer") {
			iban := t.either("IBAN", "iban")
			p.transfers = append(p.transfers, transfer{
				line: t.line, index: t.at("idTransfer"), amount: t.at("transferAmount"), taxCode: t.at("fiscalCodePA"), iban: iban,
				stamp:      t.child("MBDAttachment", "mbdAttachment") != nil || iban.text == "" && version != "1",
				remittance: t.at("remittanceInformation"), category: t.at("transferCategory"), metadata: pairs(t),
			})
		}
	}
	v, bad, err := p.judge(taxCode)
	if err == nil && bad != nil {
		err = fileError(bad)
	}
	v.version = version
	return v, err
}

// pairs are the metadata of a receipt or of a transfer.
func pairs(e *element) (found []pair) {
	list := e.child("metadata")
	if list == nil {
		return nil
	}
	for _, entry := range list.all("mapEntry") {
		found = append(found, pair{entry.at("key").text, entry.at("value").text})
	}
	return found
}
