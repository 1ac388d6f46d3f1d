package receipt

import (
	"slices"
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

// The columns of the export in the order MyPay writes them: the base block, the
// receipt block of the exports with it, then as much of the version block as the
// version has.
var (
	baseBlock = strings.Fields(`
		iuf numRigaFlusso codIud codIuv versioneOggetto identificativoDominio identificativoStazioneRichiedente
		identificativoMessaggioRicevuta dataOraMessaggioRicevuta riferimentoMessaggioRichiesta riferimentoDataRichiesta
		tipoIdentificativoUnivoco codiceIdentificativoUnivoco denominazioneAttestante codiceUnitOperAttestante
		denomUnitOperAttestante indirizzoAttestante civicoAttestante capAttestante localitaAttestante provinciaAttestante
		nazioneAttestante enteBenefTipoIdentificativoUnivoco enteBenefCodiceIdentificativoUnivoco denominazioneBeneficiario
		codiceUnitOperBeneficiario denomUnitOperBeneficiario indirizzoBeneficiario civicoBeneficiario capBeneficiario
		localitaBeneficiario provinciaBeneficiario nazioneBeneficiario soggVersTipoIdentificativoUnivoco
		soggVersCodiceIdentificativoUnivoco anagraficaVersante indirizzoVersante civicoVersante capVersante
		localitaVersante provinciaVersante nazioneVersante emailVersante soggPagTipoIdentificativoUnivoco
		soggPagCodiceIdentificativoUnivoco anagraficaPagatore indirizzoPagatore civicoPagatore capPagatore
		localitaPagatore provinciaPagatore nazionePagatore emailPagatore codiceEsitoPagamento importoTotalePagato
		identificativoUnivocoVersamento codiceContestoPagamento singoloImportoPagato esitoSingoloPagamento
		dataEsitoSingoloPagamento identificativoUnivocoRiscoss causaleVersamento datiSpecificiRiscossione tipoDovuto`)
	receiptBlock = strings.Fields(`tipoFirma rt indiceDatiSingoloPagamento numRtDatiPagDatiSingPagCommissioniApplicatePsp
		codRtDatiPagDatiSingPagAllegatoRicevutaTipo blbRtDatiPagDatiSingPagAllegatoRicevutaTest`)
	versionBlock = strings.Fields(`bilancio cod_fiscale_pa1 de_nome_pa1 cod_tassonomico_dovuto_pa1`)

	// intermediary are columns MyPivot's loaders know and MyPay does not write.
	intermediary = strings.Fields(`idIntermediarioPa idStazioneIntermediarioPa`)
)

// layout is the MyPay export, base block of 64 columns, receipt block of 6,
// version block of 0, 1 or 4. Lengths are those MyPivot stores. The IUV is taken
// from the receipt side, which is what pagoPA reports; codIuv, of the request
// side, normally is the same.
var layout = mypay.Layout{
	IsHeader:     LooksLikeHeader,
	RowPositions: positionsOf,
	Columns:      columns,
	Others:       slices.Concat(baseBlock, receiptBlock, intermediary),
}

var columns = []mypay.Column{
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
	colBilancio:      {Name: "bilancio"}, // longer than 4096 costs the split, not the row
	colImportFlow:    {Name: "iuf", Max: 50},
	colImportRow:     {Name: "numRigaFlusso"},
	colOwnerCode:     {Name: "cod_fiscale_pa1", Max: 35},
	colOwnerName:     {Name: "de_nome_pa1", Max: 140},
	colOwnerTaxonomy: {Name: "cod_tassonomico_dovuto_pa1", Max: 140},
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

// order lists the columns of a file of so many, nil when no version has them.
func order(width int) []string {
	for _, block := range [][]string{nil, receiptBlock} {
		for _, added := range []int{0, 1, len(versionBlock)} {
			if width == len(baseBlock)+len(block)+added {
				return slices.Concat(baseBlock, block, versionBlock[:added])
			}
		}
	}
	return nil
}

// positionsOf finds the columns of a file without header by how many they are.
func positionsOf(fields []string) []int {
	if !LooksLikeRow(fields) {
		return nil
	}
	names := order(len(fields))
	at := make([]int, len(columns))
	for i, c := range columns {
		at[i] = slices.Index(names, c.Name)
	}
	return at
}

// LooksLikeRow tells whether the first row of a CSV is a line of this export in
// a file without header: one of the six widths MyPay writes (64, 65, 68, 70, 71,
// 74), with an outcome, two amounts and a day where they must be.
func LooksLikeRow(fields []string) bool {
	names := order(len(fields))
	if names == nil {
		return false
	}
	value := func(name string) string { return fields[slices.Index(names, name)] }
	outcome, day := value("codiceEsitoPagamento"), value("dataEsitoSingoloPagamento")
	return len(outcome) == 1 && isNumeric(outcome) &&
		isNumeric(value("importoTotalePagato")) && isNumeric(value("singoloImportoPagato")) &&
		len(day) == len("2026-10-27") && strings.Count(day, "-") == 2 && isNumeric(day)
}

// isNumeric tells whether a text has only what numbers and days are made of.
func isNumeric(text string) bool { return text != "" && strings.Trim(text, "0123456789.,-") == "" }
