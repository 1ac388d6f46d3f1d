package receipt

import (
	"strings"

	"quadra/parsers/mypay"
)

// The columns that are kept, in the order of layout.Columns.
const (
	colIUV = iota
	colRequestIUV
	colIUR
	colIndex
	colIUD
	colAmount
	colTotal
	colOutcome
	colOutcomeTag
	colPaidOn
	colReceiptID
	colReceivedAt
	colContext
	colDomain
	colPSP
	colPSPName
	colPayerKind
	colPayerCode
	colPayerName
	colDebtType
	colRemittance
	colCollection
	colBilancio
	colImportFlow
	colImportRow
	colOwnerCode
	colOwnerName
	colOwnerTaxonomy
)

// layout is the MyPay export, base block of 64 columns, receipt block of 6,
// version block of 0 to 4. Lengths are those MyPivot stores. The IUV is taken
// from the receipt side, which is what pagoPA reports; codIuv, of the request
// side, normally is the same.
var layout = mypay.Layout{
	IsHeader: LooksLikeHeader,
	Columns: []mypay.Column{
		colIUV:           {Name: "identificativoUnivocoVersamento", Max: 35, Must: true},
		colRequestIUV:    {Name: "codIuv", Max: 35, Must: true},
		colIUR:           {Name: "identificativoUnivocoRiscoss", Max: 35, Must: true, Needed: true},
		colIndex:         {Name: "indiceDatiSingoloPagamento"},
		colIUD:           {Name: "codIud", Max: 35, Must: true},
		colAmount:        {Name: "singoloImportoPagato", Must: true, Needed: true},
		colTotal:         {Name: "importoTotalePagato", Must: true, Needed: true},
		colOutcome:       {Name: "codiceEsitoPagamento", Max: 1, Must: true},
		colOutcomeTag:    {Name: "esitoSingoloPagamento", Max: 35},
		colPaidOn:        {Name: "dataEsitoSingoloPagamento", Must: true, Needed: true},
		colReceiptID:     {Name: "identificativoMessaggioRicevuta", Max: 35},
		colReceivedAt:    {Name: "dataOraMessaggioRicevuta"},
		colContext:       {Name: "codiceContestoPagamento", Max: 35},
		colDomain:        {Name: "identificativoDominio", Max: 35, Must: true, Needed: true},
		colPSP:           {Name: "codiceIdentificativoUnivoco", Max: 35},
		colPSPName:       {Name: "denominazioneAttestante", Max: 70},
		colPayerKind:     {Name: "soggPagTipoIdentificativoUnivoco", Max: 1},
		colPayerCode:     {Name: "soggPagCodiceIdentificativoUnivoco", Max: 35},
		colPayerName:     {Name: "anagraficaPagatore", Max: 70},
		colDebtType:      {Name: "tipoDovuto", Max: 64, Must: true},
		colRemittance:    {Name: "causaleVersamento", Max: 1024},
		colCollection:    {Name: "datiSpecificiRiscossione", Max: 140},
		colBilancio:      {Name: "bilancio", Max: 4096},
		colImportFlow:    {Name: "iuf", Max: 50},
		colImportRow:     {Name: "numRigaFlusso"},
		colOwnerCode:     {Name: "cod_fiscale_pa1", Max: 35},
		colOwnerName:     {Name: "de_nome_pa1", Max: 140},
		colOwnerTaxonomy: {Name: "cod_tassonomico_dovuto_pa1", Max: 140},
	},
	Others: strings.Fields(`
		versioneOggetto identificativoStazioneRichiedente riferimentoMessaggioRichiesta riferimentoDataRichiesta
		tipoIdentificativoUnivoco codiceUnitOperAttestante denomUnitOperAttestante indirizzoAttestante civicoAttestante
		capAttestante localitaAttestante provinciaAttestante nazioneAttestante
		enteBenefTipoIdentificativoUnivoco enteBenefCodiceIdentificativoUnivoco denominazioneBeneficiario
		codiceUnitOperBeneficiario denomUnitOperBeneficiario indirizzoBeneficiario civicoBeneficiario capBeneficiario
		localitaBeneficiario provinciaBeneficiario nazioneBeneficiario
		soggVersTipoIdentificativoUnivoco soggVersCodiceIdentificativoUnivoco anagraficaVersante indirizzoVersante
		civicoVersante capVersante localitaVersante provinciaVersante nazioneVersante emailVersante
		indirizzoPagatore civicoPagatore capPagatore localitaPagatore provinciaPagatore nazionePagatore emailPagatore
		tipoFirma rt numRtDatiPagDatiSingPagCommissioniApplicatePsp codRtDatiPagDatiSingPagAllegatoRicevutaTipo
		blbRtDatiPagDatiSingPagAllegatoRicevutaTest idIntermediarioPa idStazioneIntermediarioPa`),
}

// telling are columns no other file of the field has.
var telling = strings.Fields(`identificativoDominio identificativoUnivocoRiscoss singoloImportoPagato importoTotalePagato
	dataEsitoSingoloPagamento codiceEsitoPagamento identificativoMessaggioRicevuta denominazioneAttestante`)

// LooksLikeHeader tells whether the first row of a CSV is the header of this
// export, mandatory columns missing or not.
func LooksLikeHeader(fields []string) bool {
	found := 0
	for _, name := range telling {
		for _, f := range fields {
			if strings.EqualFold(f, name) {
				found++
				break
			}
		}
	}
	return found >= 3
}
