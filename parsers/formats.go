package parsers

import (
	"quadra/engine/record"
	"quadra/parsers/cash"
	"quadra/parsers/flow"
	"quadra/parsers/notice"
	"quadra/parsers/receipt"
)

// Format describes a format quadra reads, for documentation and messages.
type Format struct {
	Kind       record.Kind
	Name       string // as in [record.Doc]
	Versions   string
	Title      string // for people, in Italian
	Recognised string // by what in its bytes
	Rejected   string // what leaves a row out
	Refused    string // what refuses the file, beyond what refuses any
}

// Formats lists what quadra reads, bare, in a zip or in a gzip. Any file is
// refused that is empty, cut, in a broken or unsafe container, beyond the limits
// or no text of an accepted encoding.
func Formats() []Format {
	return []Format{
		{
			Kind: record.KindReceipts, Name: receipt.Format, Versions: "1.0-1.3, with or without the receipt block",
			Title:      "ricevute telematiche (CSV esportato da MyPay)",
			Recognised: "CSV whose header has at least three columns only this export has, in any order",
			Rejected:   "wrong number of fields, mandatory value missing, text too long, amount without two decimals or not positive, day that does not exist, index outside 1-5",
			Refused:    "mandatory column missing or repeated, a row of another entity",
		},
		{
			Kind: record.KindFlows, Name: flow.Format, Versions: "1.0 and 1.1, schemas 1.0.3-1.0.5 and the platform's",
			Title:      "flussi di rendicontazione (XML FlussoRiversamento)",
			Recognised: "XML whose root is FlussoRiversamento, with any prefix",
			Rejected:   "payment without IUV, IUR, amount, outcome or day, unknown outcome, index outside 1-5, amount not positive unless revoked, element repeated",
			Refused:    "not well formed, document type, faulty heading, no payment, flow of another entity",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatOPI, Versions: "1.3.1a-1.8",
			Title:      "giornale di cassa OPI (XML)",
			Recognised: "XML whose root is flusso_giornale_di_cassa",
			Rejected:   "income row without a mandatory value, amount, day or operation that is none",
			Refused:    "not well formed, document type, faulty heading, giornale of another entity",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatCSV, Versions: "",
			Title:      "provvisori di entrata (CSV)",
			Recognised: "CSV whose header has most of the provvisori columns",
			Rejected:   "wrong number of fields, mandatory value missing, amount or day that is none or may be read in two ways",
			Refused:    "mandatory column missing or repeated",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatXLSX, Versions: "",
			Title:      "provvisori di entrata (XLSX)",
			Recognised: "workbook with the provvisori header in the first ten rows of a sheet",
			Rejected:   "as for the CSV",
			Refused:    "no sheet with the header, mandatory column missing or repeated, password",
		},
		{
			Kind: record.KindNotices, Name: notice.Format, Versions: notice.Version,
			Title:      "notifiche di pagati dell'ente (CSV)",
			Recognised: "CSV whose header has at least three columns only this file has, or 20 columns without header",
			Rejected:   "wrong number of fields, mandatory value missing, text too long, amount without two decimals or not positive, day that does not exist",
			Refused:    "mandatory column missing or repeated",
		},
	}
}

func titles() (t []string) {
	for _, f := range Formats() {
		t = append(t, f.Title)
	}
	return t
}
