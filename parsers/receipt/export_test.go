package receipt_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"quadra/engine/record"
	"quadra/parsers/mypay"
	"quadra/parsers/receipt"
)

const entity = "80000123457"

// base is the header of version 1.1 without the receipt block.
var base = strings.Fields(`iuf numRigaFlusso codIud codIuv versioneOggetto identificativoDominio identificativoStazioneRichiedente
	identificativoMessaggioRicevuta dataOraMessaggioRicevuta riferimentoMessaggioRichiesta riferimentoDataRichiesta
	tipoIdentificativoUnivoco codiceIdentificativoUnivoco denominazioneAttestante codiceUnitOperAttestante denomUnitOperAttestante
	indirizzoAttestante civicoAttestante capAttestante localitaAttestante provinciaAttestante nazioneAttestante
	enteBenefTipoIdentificativoUnivoco enteBenefCodiceIdentificativoUnivoco denominazioneBeneficiario codiceUnitOperBeneficiario
	denomUnitOperBeneficiario indirizzoBeneficiario civicoBeneficiario capBeneficiario localitaBeneficiario provinciaBeneficiario
	nazioneBeneficiario soggVersTipoIdentificativoUnivoco soggVersCodiceIdentificativoUnivoco anagraficaVersante indirizzoVersante
	civicoVersante capVersante localitaVersante provinciaVersante nazioneVersante emailVersante soggPagTipoIdentificativoUnivoco
	soggPagCodiceIdentificativoUnivoco anagraficaPagatore indirizzoPagatore civicoPagatore capPagatore localitaPagatore
	provinciaPagatore nazionePagatore emailPagatore codiceEsitoPagamento importoTotalePagato identificativoUnivocoVersamento
	codiceContestoPagamento singoloImportoPagato esitoSingoloPagamento dataEsitoSingoloPagamento identificativoUnivocoRiscoss
	causaleVersamento datiSpecificiRiscossione tipoDovuto`)

var block = strings.Fields(`tipoFirma rt indiceDatiSingoloPagamento numRtDatiPagDatiSingPagCommissioniApplicatePsp
	codRtDatiPagDatiSingPagAllegatoRicevutaTipo blbRtDatiPagDatiSingPagAllegatoRicevutaTest`)

var owner = []string{"cod_fiscale_pa1", "de_nome_pa1", "cod_tassonomico_dovuto_pa1"}

// chapters is the split of an ordinary line.
const chapters = "<bilancio><capitolo><codCapitolo>E-3001</codCapitolo><accertamento><codAccertamento>2026/118</codAccertamento><importo>12.50</importo></accertamento>" +
	"<accertamento><importo>7.50</importo></accertamento></capitolo></bilancio>"

func v11() []string { return slices.Concat(base, block) }
func v12() []string { return slices.Concat(base, block, []string{"bilancio"}) }
func v13() []string { return slices.Concat(base, block, []string{"bilancio"}, owner) }

// values of an ordinary line; change some for one that is not.
func values(changes ...string) map[string]string {
	v := map[string]string{
		"iuf": "F2026A", "numRigaFlusso": "7", "codIud": "TAR-0001", "codIuv": "01000000000000144", "versioneOggetto": "6.2.0",
		"identificativoDominio": entity, "identificativoMessaggioRicevuta": "MSG1", "dataOraMessaggioRicevuta": "2026-10-27T10:15:00",
		"tipoIdentificativoUnivoco": "B", "codiceIdentificativoUnivoco": "BCITITMM", "denominazioneAttestante": "Banca di Prova",
		"soggPagTipoIdentificativoUnivoco": "F", "soggPagCodiceIdentificativoUnivoco": "PRVGNN80A41L840Y", "anagraficaPagatore": "PROVA GIANNA",
		"codiceEsitoPagamento": "0", "importoTotalePagato": "30.00", "identificativoUnivocoVersamento": "01000000000000144",
		"codiceContestoPagamento": "n/a", "singoloImportoPagato": "20.00", "esitoSingoloPagamento": "PAGATO",
		"dataEsitoSingoloPagamento": "2026-10-26", "identificativoUnivocoRiscoss": "IUR1", "causaleVersamento": "Tari 2026; rata 1",
		"datiSpecificiRiscossione": "9/0101100IM/", "tipoDovuto": "TARI", "indiceDatiSingoloPagamento": "1",
	}
	for i := 0; i < len(changes); i += 2 {
		v[changes[i]] = changes[i+1]
	}
	return v
}

func ordinary() record.ReceiptLine {
	return record.ReceiptLine{
		Line: 2, IUV: "01000000000000144", IUR: "IUR1", Index: 1, IUD: "TAR-0001", Amount: 2000, Total: 3000,
		Outcome: "0", OutcomeTag: "PAGATO", PaidOn: record.NewDate(2026, 10, 26),
		ReceiptID: "MSG1", ReceivedAt: time.Date(2026, 10, 27, 9, 15, 0, 0, time.UTC), Context: "n/a",
		Beneficiary: entity, PSP: "BCITITMM", PSPName: "Banca di Prova",
		PayerKind: "F", PayerCode: "PRVGNN80A41L840Y", PayerName: "PROVA GIANNA",
		DebtType: "TARI", Remittance: "Tari 2026; rata 1", Collection: "9/0101100IM/", ImportFlow: "F2026A", ImportRow: 7,
	}
}

// collector keeps what a file gives.
type collector struct {
	docs    []record.Doc
	lines   []record.ReceiptLine
	rejects []record.Reject
	counts  mypay.Counts
	fail    string
	err     error
}

func (c *collector) Doc(d *record.Doc) error {
	c.docs = append(c.docs, *d)
	return c.at("doc")
}

func (c *collector) Receipt(l *record.ReceiptLine) error {
	c.lines = append(c.lines, *l)
	return c.at("receipt")
}

func (c *collector) Reject(r *record.Reject) error {
	c.rejects = append(c.rejects, *r)
	return c.at("reject")
}

func (c *collector) at(stage string) error {
	if c.fail == stage {
		return c.err
	}
	return nil
}

func read(in string) (*collector, error) {
	c := &collector{}
	var err error
	c.counts, err = receipt.Read(context.Background(), strings.NewReader(in), receipt.Options{TaxCode: entity}, c)
	return c, err
}

func quoteDoubled(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
func quoteEscaped(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func line(columns []string, v map[string]string, quote func(string) string) string {
	fields := make([]string, len(columns))
	for i, c := range columns {
		fields[i] = quote(v[c])
	}
	return strings.Join(fields, ";")
}

func header(columns []string) string { return `"` + strings.Join(columns, `";"`) + "\"\n" }

// current is a file in today's dialect: quotes doubled, LF.
func current(columns []string, rows ...map[string]string) string {
	b := header(columns)
	for _, v := range rows {
		b += line(columns, v, quoteDoubled) + "\n"
	}
	return b
}

// older is a file in the dialect of the older jobs: quotes escaped, CRLF.
func older(columns []string, rows ...map[string]string) string {
	b := strings.TrimSuffix(header(columns), "\n") + "\r\n"
	for _, v := range rows {
		b += line(columns, v, quoteEscaped) + "\r\n"
	}
	return b
}

// bare is a file without quotes whose last line does not end.
func bare(columns []string, v map[string]string) string {
	return strings.Join(columns, ";") + "\n" + line(columns, v, func(s string) string { return strings.ReplaceAll(s, ";", ",") })
}

func with(l record.ReceiptLine, remittance string) record.ReceiptLine {
	l.Remittance = remittance
	return l
}

func reversed(columns []string) []string {
	slices.Reverse(columns)
	return columns
}

type discard struct{}

func (discard) Doc(*record.Doc) error             { return nil }
func (discard) Receipt(*record.ReceiptLine) error { return nil }
func (discard) Reject(*record.Reject) error       { return nil }
