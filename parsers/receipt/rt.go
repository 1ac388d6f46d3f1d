package receipt

import (
	"context"
	"fmt"
	"io"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// ReadRT reads an RT of the older payment model (PagInf_RPT_RT 6.2): its root is
// RT, with any prefix; it may be in an envelope, plain or in base64 (element rt).
// There is one line per datiSingoloPagamento of an amount; its index is its
// position, those of nothing counted.
//
// A receipt is alone in its document, so that what is wrong with it as a whole
// refuses the file: the entity in dominio or enteBeneficiario is another, an
// outcome or amount nobody knows, a total that is not the sum of its payments.
// What is wrong with one payment leaves that payment out. Outcomes 1 and 3 say
// that nothing was paid: no lines and a warning.
//
// The document, with its warnings, comes before its lines. Errors about the file
// are [*record.FileError]: those of [xmlscan.Scanner.Next], WRONG_ENTITY,
// CONTENT, LIMIT; nothing is emitted then. Errors of the sink and of the context
// are returned as they are.
func ReadRT(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	return readXML(ctx, in, opt, "una ricevuta telematica (RT)", sink)
}

// elemPayment is the element each payment of an RT is in.
const elemPayment = "datiSingoloPagamento"

// maxTransfers is how many payments a receipt may have.
const maxTransfers = maxIndex

// judgeRT turns an RT into its lines.
func judgeRT(e *element, taxCode string) (v verdict, err error) {
	if twice := e.repeated(elemPayment); twice != nil {
		return v, content(twice.line, "l'elemento "+field.Shorten(twice.name)+" è ripetuto")
	}
	domain := e.at("dominio/identificativoDominio")
	beneficiary := e.at("enteBeneficiario/identificativoUnivocoBeneficiario/codiceIdentificativoUnivoco")
	if taxCode != "" && domain.text != "" && !strings.EqualFold(domain.text, taxCode) {
		return v, otherEntity(domain.line, taxCode, domain.text)
	}
	if beneficiary.text != "" && !strings.EqualFold(beneficiary.text, domain.text) {
		// The domain says whose the money is. Bodies with a partita IVA of another
		// number than their tax code are written with either here.
		v.warnings = append(v.warnings, fmt.Sprintf("l'ente beneficiario della ricevuta è %s, il suo dominio %s: vale il dominio",
			field.Shorten(beneficiary.text), field.Shorten(domain.text)))
	}
	heading := rtHeading{
		iuv:     e.at("datiPagamento/identificativoUnivocoVersamento"),
		context: e.either("datiPagamento/CodiceContestoPagamento", "datiPagamento/codiceContestoPagamento"),
		outcome: e.at("datiPagamento/codiceEsitoPagamento"),
		total:   e.at("datiPagamento/importoTotalePagato"),
		id:      e.at("identificativoMessaggioRicevuta"),
		at:      e.at("dataOraMessaggioRicevuta"),
		psp:     e.at("istitutoAttestante/identificativoUnivocoAttestante/codiceIdentificativoUnivoco"),
		pspName: e.at("istitutoAttestante/denominazioneAttestante"),
		kind:    e.at("soggettoPagatore/identificativoUnivocoPagatore/tipoIdentificativoUnivoco"),
		code:    e.at("soggettoPagatore/identificativoUnivocoPagatore/codiceIdentificativoUnivoco"),
		name:    e.at("soggettoPagatore/anagraficaPagatore"),
	}
	common, bad := heading.line()
	if bad == nil {
		bad = check(demand{domain, true, maxID})
	}
	if bad != nil {
		return v, fileError(bad)
	}
	common.Beneficiary = domain.text
	v.version = e.at("versioneOggetto").text
	var payments []*element
	if data := e.child("datiPagamento"); data != nil {
		payments = data.all(elemPayment)
	}
	return v, v.payments(common, heading, payments)
}

// rtHeading is what an RT says of all its payments.
type rtHeading struct {
	iuv, context, outcome, total, id, at, psp, pspName, kind, code, name value
}

// line is what all lines of the RT have in common.
func (h *rtHeading) line() (l record.ReceiptLine, bad *record.Reject) {
	bad = check(
		demand{h.iuv, true, maxID}, demand{h.context, false, maxID}, demand{h.id, false, maxID},
		demand{h.psp, false, maxID}, demand{h.pspName, false, maxName},
		demand{h.kind, false, 1}, demand{h.code, false, maxID}, demand{h.name, false, maxName},
	)
	if bad != nil {
		return l, bad
	}
	if len(h.outcome.text) != 1 || h.outcome.text[0] < '0' || h.outcome.text[0] > '4' {
		return l, h.outcome.refuse(record.RejectOutcome, "l'esito non è tra quelli conosciuti: 0, 1, 2, 3, 4")
	}
	l = record.ReceiptLine{
		IUV: h.iuv.text, Context: h.context.text, Outcome: h.outcome.text, ReceiptID: h.id.text,
		PSP: h.psp.text, PSPName: h.pspName.text,
		PayerKind: h.kind.text, PayerCode: h.code.text, PayerName: h.name.text,
	}
	if l.Total, bad = paid(h.total, record.ParseCents[string]); bad != nil {
		return l, bad
	}
	if h.at.text != "" {
		var ok bool
		if l.ReceivedAt, ok = instant(h.at.text); !ok {
			return l, h.at.refuse(record.RejectDate, "deve essere data e ora, AAAA-MM-GGTHH:MM:SS")
		}
	}
	return l, nil
}

// payments turns the payments of an RT into lines. An amount that is none leaves
// the total without proof and so refuses the receipt.
func (v *verdict) payments(common record.ReceiptLine, h rtHeading, payments []*element) error {
	var sum record.Cents
	amounts := make([]record.Cents, len(payments))
	for i, p := range payments {
		var bad *record.Reject
		if amounts[i], bad = paid(p.at("singoloImportoPagato"), record.ParseCents[string]); bad != nil {
			return fileError(bad)
		}
		sum += amounts[i]
	}
	nothing := common.Outcome == "1" || common.Outcome == "3"
	switch {
	case sum != common.Total:
		return content(h.total.line, fmt.Sprintf("importoTotalePagato è %s, ma i pagamenti della ricevuta sommano %s", common.Total.Italian(), sum.Italian()))
	case nothing && sum > 0:
		return content(h.outcome.line, fmt.Sprintf("l'esito %s dice che non è stato pagato niente, ma la ricevuta ha pagamenti per %s", common.Outcome, sum.Italian()))
	case sum == 0:
		v.warnings = append(v.warnings, fmt.Sprintf("ricevuta dello IUV %s con esito %s: nessun pagamento", common.IUV, common.Outcome))
		return nil
	}
	for i, p := range payments {
		if amounts[i] == 0 {
			continue
		}
		l := common
		l.Line, l.Index, l.Amount = p.line, i+1, amounts[i]
		if bad := payment(p, &l); bad != nil {
			v.rejects = append(v.rejects, bad)
		} else {
			v.lines = append(v.lines, l)
		}
	}
	return nil
}

// payment fills a line from its datiSingoloPagamento, or says why it is left
// out.
func payment(p *element, l *record.ReceiptLine) *record.Reject {
	iur, on := p.at("identificativoUnivocoRiscossione"), p.at("dataEsitoSingoloPagamento")
	tag, remittance := p.at("esitoSingoloPagamento"), p.at("causaleVersamento")
	collection := p.at("datiSpecificiRiscossione")
	if l.Index > maxTransfers {
		return (&value{name: p.name, line: p.line}).refuse(record.RejectIndex, "una ricevuta ha al massimo cinque pagamenti")
	}
	if bad := check(
		demand{iur, true, maxID}, demand{on, true, maxID}, demand{tag, false, maxTag},
		demand{remittance, false, maxRemittance}, demand{collection, false, maxCollection},
	); bad != nil {
		return bad
	}
	var ok bool
	if l.PaidOn, ok = day(on.text); !ok {
		return on.refuse(record.RejectDate, "non è una data che esiste, nella forma AAAA-MM-GG")
	}
	l.IUR, l.OutcomeTag, l.Remittance, l.Collection = iur.text, tag.text, remittance.text, collection.text
	l.Stamp = p.at("allegatoRicevuta/tipoAllegatoRicevuta").text == "BD"
	return nil
}

// paid reads an amount that may be nothing but not less.
func paid(v value, cents func(string) (record.Cents, error)) (record.Cents, *record.Reject) {
	if v.text == "" {
		return 0, v.refuse(record.RejectMissing, "il valore è obbligatorio")
	}
	c, err := cents(v.text)
	if err != nil {
		return 0, v.refuse(record.RejectAmount, "non è un importo: servono cifre, il punto e due decimali, per esempio 1234.56")
	}
	if c < 0 {
		return 0, v.refuse(record.RejectNotPositive, "l'importo non può essere negativo")
	}
	return c, nil
}
