package debt

import (
	"strings"

	"quadra/parsers/mypay"
)

// The columns that are kept or checked, in the order of layout.Columns.
const (
	colIUD = iota
	colIUV
	colPayerKind
	colPayerCode
	colPayerName
	colDueOn
	colAmount
	colCommission
	colDebtType
	colChannel
	colRemittance
	colCollection
	colBilancio
	colMakeIUV
	colShared
	colSharedWith
	colSharedName
	colSharedIBAN
	colSharedCollection
	colSharedRemittance
	colSharedAmount
	colAction
)

// The numbers of fields of the versions.
const (
	width11 = 20
	width12 = 21
	width13 = 22
	width14 = 35
)

// layout is the tracciato of MyPay; an alias is the name of the national
// platform's variant, which lacks commissioneCaricoPa and tipoVersamento.
var layout = mypay.Layout{
	IsHeader: LooksLikeHeader,
	Columns: []mypay.Column{
		colIUD:              {Name: "IUD", Max: 35, Must: true, Needed: true},
		colIUV:              {Name: "codIuv", Max: 35, Must: true},
		colPayerKind:        {Name: "tipoIdentificativoUnivoco", Max: 1, Must: true, Needed: true},
		colPayerCode:        {Name: "codiceIdentificativoUnivoco", Max: 35, Must: true, Needed: true},
		colPayerName:        {Name: "anagraficaPagatore", Max: 70, Must: true, Needed: true},
		colDueOn:            {Name: "dataScadenzaPagamento", Alias: "dataEsecuzionePagamento", Must: true},
		colAmount:           {Name: "importoDovuto", Max: 15, Must: true, Needed: true},
		colCommission:       {Name: "commissioneCaricoPa", Max: 15},
		colDebtType:         {Name: "tipoDovuto", Max: 64, Must: true, Needed: true},
		colChannel:          {Name: "tipoVersamento", Max: 32},
		colRemittance:       {Name: "causaleVersamento", Max: 1024, Must: true, Needed: true},
		colCollection:       {Name: "datiSpecificiRiscossione", Max: 140, Must: true},
		colBilancio:         {Name: "bilancio"},
		colMakeIUV:          {Name: "flagGeneraIuv", Alias: "flgGeneraIuv"},
		colShared:           {Name: "flagMultiBeneficiario"},
		colSharedWith:       {Name: "codiceFiscaleEnteSecondario"},
		colSharedName:       {Name: "denominazioneEnteSecondario"},
		colSharedIBAN:       {Name: "ibanAccreditoEnteSecondario"},
		colSharedCollection: {Name: "datiSpecificiRiscossioneEnteSecondario"},
		colSharedRemittance: {Name: "causaleVersamentoEnteSecondario"},
		colSharedAmount:     {Name: "importoVersamentoEnteSecondario"},
		colAction:           {Name: "azione", Max: 1, Must: true, Needed: true},
	},
	Others: strings.Fields(`indirizzoPagatore civicoPagatore capPagatore localitaPagatore provinciaPagatore nazionePagatore
		emailPagatore mailPagatore e-mailPagatore indirizzoEnteSecondario civicoEnteSecondario capEnteSecondario
		localitaEnteSecondario provinciaEnteSecondario nazioneEnteSecondario`),
	RowPositions: func(fields []string) []int {
		if !LooksLikeRow(fields) {
			return nil
		}
		return positions(len(fields))
	},
	Widths: map[int][]int{
		width11: positions(width11),
		width12: positions(width12),
		width13: positions(width13),
		width14: positions(width14),
	},
	Short: func(width int, row [][]byte) []int {
		if width == width14 && len(row) == width13 && isAction(string(row[width13-1])) {
			return positions(width13)
		}
		return nil
	},
}

// positions says where each column is in a row of a version.
func positions(width int) []int {
	const none = -1
	at := []int{
		colIUD: 0, colIUV: 1, colPayerKind: 2, colPayerCode: 3, colPayerName: 4, colDueOn: 12, colAmount: 13, colCommission: 14,
		colDebtType: 15, colChannel: 16, colRemittance: 17, colCollection: 18, colBilancio: none, colMakeIUV: none, colShared: none,
		colSharedWith: none, colSharedName: none, colSharedIBAN: none, colSharedCollection: none, colSharedRemittance: none,
		colSharedAmount: none, colAction: width - 1,
	}
	if width >= width12 {
		at[colBilancio] = 19
	}
	if width >= width13 {
		at[colMakeIUV] = 20
	}
	if width >= width14 {
		at[colShared], at[colSharedWith], at[colSharedName], at[colSharedIBAN] = 21, 22, 23, 24
		at[colSharedCollection], at[colSharedRemittance], at[colSharedAmount] = 31, 32, 33
	}
	return at
}

// LooksLike tells whether a document is an import of debts by its first bytes,
// as they are on disk.
func LooksLike(head []byte) bool {
	rows := mypay.Head(head, 1)
	return len(rows) > 0 && (LooksLikeHeader(rows[0]) || LooksLikeRow(rows[0]))
}

// LooksLikeHeader tells whether the first row of a CSV is the header of an
// import of debts, mandatory columns missing or not. That of the rows MyPay
// refused is not one, nor is version 2.0 of the national platform, in which a
// row is an instalment of a payment option.
func LooksLikeHeader(fields []string) bool {
	return mypay.Count(fields, "cod_rifiuto", "importoDovutoPagato", "indiceOpzionePagamento") == 0 &&
		mypay.Count(fields, "importoDovuto", "azione") > 0 &&
		mypay.Count(fields, "IUD", "importoDovuto", "azione", "dataScadenzaPagamento", "commissioneCaricoPa", "flagGeneraIuv",
			"flgGeneraIuv", "flagMultiBeneficiario") >= 3
}

// LooksLikeRow tells whether the first row of a CSV is a debt in a file without
// header.
func LooksLikeRow(fields []string) bool {
	switch len(fields) {
	case width11, width12, width13, width14:
	default:
		return false
	}
	kind, amount, action := fields[2], fields[13], fields[len(fields)-1]
	return isAction(action) && (isPayerKind(kind) || amount != "" && strings.Trim(amount, "0123456789.,-") == "")
}

func isAction(s string) bool {
	switch s {
	case "I", "M", "A", "i", "m", "a":
		return true
	}
	return false
}

func isPayerKind(s string) bool {
	switch s {
	case "F", "G", "f", "g":
		return true
	}
	return false
}
