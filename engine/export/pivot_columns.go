package export

import "quadra/engine/store"

// pivotVersions are the versions of the reconciliation export, oldest first.
var pivotVersions = []string{"1.0", "1.1", "1.2", "1.3", "1.4"}

// PivotVersions are the versions of the reconciliation export of MyPivot.
func PivotVersions() []string { return append([]string(nil), pivotVersions...) }

// presence says which layouts have a column.
type presence int

const (
	always  presence = iota
	notices          // layouts with the block of notices
	only10
	from11
	from12
	from13
	from14
)

// in says whether a layout has the column; version is the minor number.
func (p presence) in(version int, withNotices bool) bool {
	switch p {
	case notices:
		return withNotices
	case only10:
		return version == 0
	case always:
		return true
	}
	return version >= int(p-from11)+1
}

// form is how a value is written.
type form int

const (
	asBlank   form = iota // the books do not keep it
	asText                // days too, which are texts already
	asCents               // euro, dot, two decimals
	asInstant             // clock time in Italy, without zone
	asRow                 // a row number; 0 is none
	asArrival             // the day its document came
	asFile                // the id of the file it came in
	asLegal               // G, the only kind an entity can be, when there is a value
	asEntity              // the entity's tax code, when there is a value
	asLabel               // the class of the row
)

// pivotColumn is a column of the reconciliation export. implied is the value of
// the flow line that stands for a receipt the entity never got (outcomes 8, 9).
type pivotColumn struct {
	name    string
	in      presence
	as      form
	of      store.PivotField
	implied store.PivotField
}

// pivotColumns are those of every version in their order, of which each layout
// has some: 145 in 1.0, 133 in 1.1, then 113, 115 and 120, and 21 more with the
// notices. Suffix I is the notice, E the receipt, R the flow, T the treasury.
var pivotColumns = []pivotColumn{
	{name: "mygovManageFlussoIdI", in: only10, as: asFile, of: store.PivotNoticeDoc},
	{name: "codIudI", in: notices, as: asText, of: store.PivotNoticeIUD},
	{name: "codRpSilinviarpIdUnivocoVersamentoI", in: notices, as: asText, of: store.PivotNoticeIUV},
	{name: "codRpSoggPagIdUnivPagTipoIdUnivocoI", in: notices, as: asText, of: store.PivotNoticePayerKind},
	{name: "codRpSoggPagIdUnivPagCodiceIdUnivocoI", in: notices, as: asText, of: store.PivotNoticePayerCode},
	{name: "deRpSoggPagAnagraficaPagatoreI", in: notices, as: asText, of: store.PivotNoticePayerName},
	{name: "deRpSoggPagIndirizzoPagatoreI", in: notices},
	{name: "deRpSoggPagCivicoPagatoreI", in: notices},
	{name: "codRpSoggPagCapPagatoreI", in: notices},
	{name: "deRpSoggPagLocalitaPagatoreI", in: notices},
	{name: "deRpSoggPagProvinciaPagatoreI", in: notices},
	{name: "codRpSoggPagNazionePagatoreI", in: notices},
	{name: "deRpSoggPagEmailPagatoreI", in: notices},
	{name: "dtRpDatiVersDataEsecuzionePagamentoI", in: notices, as: asText, of: store.PivotNoticePaidOn},
	{name: "codRpDatiVersTipoVersamentoI", in: notices, as: asText, of: store.PivotNoticeChannel},
	{name: "numRpDatiVersDatiSingVersImportoSingoloVersamentoI", in: notices, as: asCents, of: store.PivotNoticeAmount},
	{name: "numRpDatiVersDatiSingVersCommissioneCaricoPaI", in: notices, as: asCents, of: store.PivotNoticeCommission},
	{name: "deRpDatiVersDatiSingVersCausaleVersamentoI", in: notices, as: asText, of: store.PivotNoticeRemittance},
	{name: "deRpDatiVersDatiSingVersDatiSpecificiRiscossioneI", in: notices, as: asText, of: store.PivotNoticeCollection},
	{name: "codTipoDovutoI", in: notices, as: asText, of: store.PivotNoticeDebtType},
	{name: "bilancioI", in: notices, as: asText, of: store.PivotNoticeBilancio},
	{name: "dtAcquisizioneI", in: notices, as: asArrival, of: store.PivotNoticeDoc},
	{name: "mygovManageFlussoIdE", in: only10, as: asFile, of: store.PivotDoc, implied: store.PivotFlowDoc},
	{name: "deNomeFlussoE", in: always, as: asText, of: store.PivotImportFlow},
	{name: "numRigaFlussoE", in: always, as: asRow, of: store.PivotImportRow},
	{name: "codIudE", in: always, as: asText, of: store.PivotIUD},
	{name: "codRpSilinviarpIdUnivocoVersamentoE", in: always, as: asText, of: store.PivotIUV, implied: store.PivotLineIUV},
	{name: "deEVersioneOggettoE", in: always},
	{name: "codEDomIdDominioE", in: always, as: asText, of: store.PivotBeneficiary},
	{name: "codEDomIdStazioneRichiedenteE", in: always},
	{name: "codEIdMessaggioRicevutaE", in: always, as: asText, of: store.PivotReceiptID},
	{name: "dtEDataOraMessaggioRicevutaE", in: always, as: asInstant, of: store.PivotReceivedAt},
	{name: "codERiferimentoMessaggioRichiestaE", in: always},
	{name: "dtERiferimentoDataRichiestaE", in: always},
	{name: "codEIstitAttIdUnivAttTipoIdUnivocoE", in: always, as: asText, implied: store.PivotSenderKind},
	{name: "codEIstitAttIdUnivAttCodiceIdUnivocoE", in: always, as: asText, of: store.PivotPSP, implied: store.PivotSender},
	{name: "deEIstitAttDenominazioneAttestanteE", in: always, as: asText, of: store.PivotPSPName, implied: store.PivotSenderName},
	{name: "codEIstitAttCodiceUnitOperAttestanteE", in: always},
	{name: "deEIstitAttDenomUnitOperAttestanteE", in: always},
	{name: "deEIstitAttIndirizzoAttestanteE", in: always},
	{name: "deEIstitAttCivicoAttestanteE", in: always},
	{name: "codEIstitAttCapAttestanteE", in: always},
	{name: "deEIstitAttLocalitaAttestanteE", in: always},
	{name: "deEIstitAttProvinciaAttestanteE", in: always},
	{name: "codEIstitAttNazioneAttestanteE", in: always},
	{name: "codEEnteBenefIdUnivBenefTipoIdUnivocoE", in: always, as: asLegal, of: store.PivotBeneficiary},
	{name: "codEEnteBenefIdUnivBenefCodiceIdUnivocoE", in: always, as: asText, of: store.PivotBeneficiary},
	{name: "deEEnteBenefDenominazioneBeneficiarioE", in: always},
	{name: "codEEnteBenefCodiceUnitOperBeneficiarioE", in: always},
	{name: "deEEnteBenefDenomUnitOperBeneficiarioE", in: always},
	{name: "deEEnteBenefIndirizzoBeneficiarioE", in: always},
	{name: "deEEnteBenefCivicoBeneficiarioE", in: always},
	{name: "codEEnteBenefCapBeneficiarioE", in: always},
	{name: "deEEnteBenefLocalitaBeneficiarioE", in: always},
	{name: "deEEnteBenefProvinciaBeneficiarioE", in: always},
	{name: "codEEnteBenefNazioneBeneficiarioE", in: always},
	{name: "codESoggVersIdUnivVersTipoIdUnivocoE", in: always},
	{name: "codESoggVersIdUnivVersCodiceIdUnivocoE", in: always},
	{name: "codESoggVersAnagraficaVersanteE", in: always},
	{name: "deESoggVersIndirizzoVersanteE", in: always},
	{name: "deESoggVersCivicoVersanteE", in: always},
	{name: "codESoggVersCapVersanteE", in: always},
	{name: "deESoggVersLocalitaVersanteE", in: always},
	{name: "deESoggVersProvinciaVersanteE", in: always},
	{name: "codESoggVersNazioneVersanteE", in: always},
	{name: "deESoggVersEmailVersanteE", in: always},
	{name: "codESoggPagIdUnivPagTipoIdUnivocoE", in: always, as: asText, of: store.PivotPayerKind},
	{name: "codESoggPagIdUnivPagCodiceIdUnivocoE", in: always, as: asText, of: store.PivotPayerCode},
	{name: "codESoggPagAnagraficaPagatoreE", in: always, as: asText, of: store.PivotPayerName},
	{name: "deESoggPagIndirizzoPagatoreE", in: always},
	{name: "deESoggPagCivicoPagatoreE", in: always},
	{name: "codESoggPagCapPagatoreE", in: always},
	{name: "deESoggPagLocalitaPagatoreE", in: always},
	{name: "deESoggPagProvinciaPagatoreE", in: always},
	{name: "codESoggPagNazionePagatoreE", in: always},
	{name: "deESoggPagEmailPagatoreE", in: always},
	{name: "codEDatiPagCodiceEsitoPagamentoE", in: always, as: asText, of: store.PivotOutcome, implied: store.PivotLineOutcome},
	{name: "numEDatiPagImportoTotalePagatoE", in: always, as: asCents, of: store.PivotTotal, implied: store.PivotLineAmount},
	{name: "codEDatiPagIdUnivocoVersamentoE", in: always, as: asText, of: store.PivotIUV, implied: store.PivotLineIUV},
	{name: "codEDatiPagCodiceContestoPagamentoE", in: always, as: asText, of: store.PivotContext},
	{name: "numEDatiPagDatiSingPagSingoloImportoPagatoE", in: always, as: asCents, of: store.PivotAmount, implied: store.PivotLineAmount},
	{name: "deEDatiPagDatiSingPagEsitoSingoloPagamentoE", in: always, as: asText, of: store.PivotOutcomeTag},
	{name: "dtEDatiPagDatiSingPagDataEsitoSingoloPagamentoE", in: always, as: asText, of: store.PivotPaidOn, implied: store.PivotLinePaidOn},
	{name: "codEDatiPagDatiSingPagIdUnivocoRiscossE", in: always, as: asText, of: store.PivotIUR, implied: store.PivotLineIUR},
	{name: "deEDatiPagDatiSingPagCausaleVersamentoE", in: always, as: asText, of: store.PivotRemittance},
	{name: "deEDatiPagDatiSingPagDatiSpecificiRiscossioneE", in: always, as: asText, of: store.PivotCollection},
	{name: "codTipoDovutoE", in: always, as: asText, of: store.PivotDebtType},
	{name: "dtAcquisizioneE", in: always, as: asArrival, of: store.PivotDoc, implied: store.PivotFlowDoc},
	{name: "mygovManageFlussoIdR", in: only10, as: asFile, of: store.PivotFlowDoc},
	{name: "bilancioE", in: from12, as: asText, of: store.PivotBilancio},
	{name: "versioneOggettoR", in: always},
	{name: "codIdentificativoFlussoR", in: always, as: asText, of: store.PivotIUF},
	{name: "dtDataOraFlussoR", in: always, as: asInstant, of: store.PivotProducedAt},
	{name: "codIdentificativoUnivocoRegolamentoR", in: always, as: asText, of: store.PivotRegulation},
	{name: "dtDataRegolamentoR", in: always, as: asText, of: store.PivotRegulatedOn},
	{name: "codIstMittIdUnivMittTipoIdentificativoUnivocoR", in: always, as: asText, of: store.PivotSenderKind},
	{name: "codIstMittIdUnivMittCodiceIdentificativoUnivocoR", in: always, as: asText, of: store.PivotSender},
	{name: "deIstMittDenominazioneMittenteR", in: always, as: asText, of: store.PivotSenderName},
	{name: "codIstRicevIdUnivRicevTipoIdentificativoUnivocoR", in: always, as: asLegal, of: store.PivotIUF},
	{name: "codIstRicevIdUnivRicevCodiceIdentificativoUnivocoR", in: always, as: asEntity, of: store.PivotIUF},
	{name: "deIstRicevDenominazioneRiceventeR", in: always},
	{name: "numNumeroTotalePagamentiR", in: always, as: asText, of: store.PivotDeclaredCount},
	{name: "numImportoTotalePagamentiR", in: always, as: asCents, of: store.PivotDeclaredTotal},
	{name: "codDatiSingPagamIdentificativoUnivocoVersamentoR", in: always, as: asText, of: store.PivotLineIUV},
	{name: "codDatiSingPagamIdentificativoUnivocoRiscossioneR", in: always, as: asText, of: store.PivotLineIUR},
	{name: "numDatiSingPagamSingoloImportoPagatoR", in: always, as: asCents, of: store.PivotLineAmount},
	{name: "codDatiSingPagamCodiceEsitoSingoloPagamentoR", in: always, as: asText, of: store.PivotLineOutcome},
	{name: "dtDatiSingPagamDataEsitoSingoloPagamentoR", in: always, as: asText, of: store.PivotLinePaidOn},
	{name: "dtAcquisizioneR", in: always, as: asArrival, of: store.PivotFlowDoc},
	{name: "mygovManageFlussoIdT", in: only10, as: asFile, of: store.PivotMovementDoc},
	{name: "codAbiT", in: always, as: asText, of: store.PivotTreasurer},
	{name: "codCabT", in: always},
	{name: "codContoTesoreria", in: always, as: asText, of: store.PivotAccount},
	{name: "codDivisaT", in: always},
	{name: "dtDataContabileT", in: always, as: asText, of: store.PivotBookedOn},
	{name: "dtDataValutaT", in: always, as: asText, of: store.PivotValueOn},
	{name: "numImportoTesoreria", in: always, as: asCents, of: store.PivotCash},
	{name: "codSegnoT", in: always},
	{name: "deCausaleT", in: always, as: asText, of: store.PivotCashRemittance},
	{name: "codNumeroAssegnoT", in: always},
	{name: "codRiferimentoBancaT", in: always},
	{name: "codRiferimentoClienteT", in: always},
	{name: "dtDataOrdineT", in: always},
	{name: "deDescrizioneOrdinanteT", in: always},
	{name: "codBi2T", in: only10},
	{name: "codBe1T", in: only10},
	{name: "codIb1T", in: only10},
	{name: "codIb2T", in: only10},
	{name: "codIb4T", in: only10},
	{name: "codTidT", in: only10},
	{name: "codDteT", in: only10},
	{name: "codDtnT", in: only10},
	{name: "codEriT", in: only10},
	{name: "codIm2T", in: only10},
	{name: "codMa2T", in: only10},
	{name: "codRi3T", in: only10},
	{name: "codOr1T", in: always, as: asText, of: store.PivotCashPayer},
	{name: "codSc2T", in: only10},
	{name: "codTr1T", in: only10},
	{name: "codSecT", in: only10},
	{name: "codIorT", in: only10},
	{name: "codIdUnivocoFlussoT", in: always, as: asText, of: store.PivotCashIUF},
	{name: "codIdUnivocoVersamentoT", in: always, as: asText, of: store.PivotCashIUV},
	{name: "dtAcquisizioneT", in: always, as: asArrival, of: store.PivotMovementDoc},
	{name: "deAnnoBollettaT", in: from11, as: asText, of: store.PivotYear},
	{name: "codBollettaT", in: from11, as: asText, of: store.PivotNumber},
	{name: "codIdDominioT", in: from11},
	{name: "dtRicezioneT", in: from11},
	{name: "deAnnoDocumentoT", in: from11},
	{name: "codDocumentoT", in: from11},
	{name: "deAnnoProvvisorioT", in: from11},
	{name: "codProvvisorioT", in: from11},
	{name: "dt_effettiva_sospeso_t", in: from13},
	{name: "codice_gestionale_provvisorio_t", in: from13, as: asText, of: store.PivotCode},
	{name: "classificazioneCompletezza", in: always, as: asLabel},
	{name: "dtDataUltimoAggiornamento", in: always, as: asText, of: store.PivotUpdated},
	{name: "cod_tipo_dovuto_pa1", in: from14},
	{name: "de_tipo_dovuto_pa1", in: from14},
	{name: "cod_tassonomico_dovuto_pa1", in: from14, as: asText, of: store.PivotOwnerTaxonomy},
	{name: "cod_fiscale_pa1", in: from14, as: asText, of: store.PivotOwnerCode},
	{name: "de_nome_pa1", in: from14, as: asText, of: store.PivotOwnerName},
}

// pivotLayout lists the columns of a layout.
func pivotLayout(version int, withNotices bool) []pivotColumn {
	var out []pivotColumn
	for _, c := range pivotColumns {
		if c.in.in(version, withNotices) {
			out = append(out, c)
		}
	}
	return out
}
