package parsers

import (
	"quadra/engine/record"
	"quadra/parsers/cash"
	"quadra/parsers/chapter"
	"quadra/parsers/debt"
	"quadra/parsers/decision"
	"quadra/parsers/flow"
	"quadra/parsers/instruction"
	"quadra/parsers/note"
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

// Formats lists what quadra reads, bare, in a zip, in a gzip or in a signed envelope
// (p7m). Any file is refused that is empty, cut, in a broken or unsafe container,
// beyond the limits or no text of an accepted encoding.
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
			Kind: record.KindMovements, Name: "completo-csv", Versions: "41 columns",
			Title:      "bollette in forma completa (CSV)",
			Recognised: "CSV with the columns annoBolletta, codBolletta, importoCentesimi and the others that are mandatory",
			Rejected:   "as for the provvisori, amount that is no whole number of cents",
			Refused:    "mandatory column missing or repeated, a row of another entity",
		},
		{
			Kind: record.KindMovements, Name: "mypivot-csv", Versions: "7 columns",
			Title:      "giornale di cassa per posizione (CSV di MyPivot)",
			Recognised: "CSV with MyPivot's usual header, or by the configuration (cash_layout)",
			Rejected:   "as for the provvisori",
			Refused:    "none beyond those of any file",
		},
		{
			Kind: record.KindMovements, Name: "conto-bancario-csv", Versions: "14 columns",
			Title:      "estratto conto bancario (CSV)",
			Recognised: "CSV with the columns ABI, CONTO, DATA CONTABILE, IMPORTO, SEGNO, DESCRIZIONE ESTESA",
			Rejected:   "as for the provvisori, a sign that is none; debits are skipped",
			Refused:    "mandatory column missing or repeated",
		},
		{
			Kind: record.KindMovements, Name: "poste-csv", Versions: "9 columns",
			Title:      "estratto conto di Poste Italiane (CSV)",
			Recognised: "CSV with an IBAN in its first row and rows of nine columns below; quotes are text",
			Rejected:   "as for the provvisori; debits are skipped",
			Refused:    "no account in the first row",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatXLSX, Versions: "",
			Title:      "provvisori di entrata (XLSX)",
			Recognised: "workbook with the provvisori header in the first ten rows of a sheet",
			Rejected:   "as for the CSV",
			Refused:    "no sheet with the header, mandatory column missing or repeated, password",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatODS, Versions: "",
			Title:      "tabella di cassa (ODS)",
			Recognised: "OpenDocument spreadsheet with the header of a layout in the first rows of a sheet",
			Rejected:   "as for the CSV",
			Refused:    "no sheet with a known header, repetitions beyond the limits",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatXLS, Versions: "BIFF8",
			Title:      "estratto conto o provvisori (XLS)",
			Recognised: "OLE2 file with a Workbook stream and the header of a layout",
			Rejected:   "as for the CSV",
			Refused:    "no sheet with a known header, password",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatHTML, Versions: "",
			Title:      "tabella di cassa in HTML (spesso chiamata .xls)",
			Recognised: "HTML with a table that has the header of a layout",
			Rejected:   "as for the CSV",
			Refused:    "no table with a known header",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatEsiti, Versions: "",
			Title:      "esiti a campi fissi",
			Recognised: "lines of one length with known movement types at their place",
			Rejected:   "amount or day that is none, unknown type",
			Refused:    "lines of other lengths",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatCBI, Versions: "RH, 120 characters",
			Title:      "rendicontazione di conto corrente CBI (RH)",
			Recognised: "records RH, 61, 62, 63, 64, EF",
			Rejected:   "amount or day that is none",
			Refused:    "opening balance plus movements is not the closing balance, records out of order",
		},
		{
			Kind: record.KindMovements, Name: cash.FormatCamt, Versions: "001.02, 001.04, 001.08",
			Title:      "estratto conto camt.053 (XML)",
			Recognised: "XML with BkToCstmrStmt",
			Rejected:   "entry without amount or day, currency other than euro",
			Refused:    "not well formed",
		},
		{
			Kind: record.KindReceipts, Name: receipt.FormatRT, Versions: "6.2",
			Title:      "ricevuta telematica RT (XML)",
			Recognised: "XML whose root, or the body of whose SOAP envelope, is RT",
			Rejected:   "line without amount, day or IUR",
			Refused:    "sum of the lines is not the total, receipt of another entity",
		},
		{
			Kind: record.KindReceipts, Name: receipt.FormatPaSendRT, Versions: "paSendRT V1 and V2, bare receipt",
			Title:      "ricevuta paSendRT (XML)",
			Recognised: "XML whose root, or the body of whose SOAP envelope, is paSendRTReq, paSendRTV2Request or receipt",
			Rejected:   "transfer without amount, day or index",
			Refused:    "sum of the transfers is not the total, no transfer of this entity",
		},
		{
			Kind: record.KindReceipts, Name: receipt.FormatJSON, Versions: "biz-events service, raw event, secondary entity",
			Title:      "ricevuta (JSON)",
			Recognised: "JSON with the fields of a receipt",
			Rejected:   "transfer without amount, day or index",
			Refused:    "not JSON, no transfer of this entity",
		},
		{
			Kind: record.KindFlows, Name: flow.FormatJSON, Versions: "FdR v3",
			Title:      "flussi di rendicontazione (JSON FdR v3)",
			Recognised: "JSON with the fields of a flow or of a page of payments, together or in entries of one zip",
			Rejected:   "payment without IUV, IUR, amount, status or day, unknown status",
			Refused:    "flow without its pages or pages without their flow, flow of another entity",
		},
		{
			Kind: record.KindFlows, Name: flow.FormatSOAP, Versions: "",
			Title:      "flusso di rendicontazione in busta SOAP",
			Recognised: "SOAP envelope with xmlRendicontazione",
			Rejected:   "as for the XML inside",
			Refused:    "a fault or a list of flows in place of a flow, base64 that is none",
		},
		{
			Kind: record.KindNotices, Name: notice.Format, Versions: notice.Version,
			Title:      "notifiche di pagati dell'ente (CSV)",
			Recognised: "CSV whose header has at least three columns only this file has, or 20 columns without header",
			Rejected:   "wrong number of fields, mandatory value missing, text too long, amount without two decimals or not positive, day that does not exist",
			Refused:    "mandatory column missing or repeated",
		},
		{
			Kind: record.KindNotes, Name: note.Format, Versions: "",
			Title:      "segnalazioni di chi lavora le anomalie (CSV, anche anomalie.csv compilato)",
			Recognised: "CSV whose header has unita and segnalazione",
			Rejected:   "thing that is not in the books or is more than one, unknown state, day that does not exist, no author, same thing twice",
			Refused:    "any rejected row: nothing is applied by halves; left in a drop whose source is neither note nor auto",
		},
		{
			Kind: record.KindDebts, Name: debt.Format, Versions: "1.0-1.4",
			Title:      "dovuti da importare in MyPay (CSV)",
			Recognised: "CSV with the columns of the import, 20 to 35 by version, with or without header",
			Rejected:   "mandatory value missing, text too long, amount or day that is none, unknown azione",
			Refused:    "columns of no version",
		},
		{
			Kind: record.KindChapters, Name: chapter.FormatRegistry, Versions: chapter.Version,
			Title:      "anagrafica dei capitoli (CSV di MyPivot)",
			Recognised: "CSV of ten quoted fields that end with azione I or D",
			Rejected:   "mandatory value missing, text too long, unknown azione, same key twice",
			Refused:    "any rejected row: nothing is applied by halves",
		},
		{
			Kind: record.KindChapters, Name: chapter.FormatChart, Versions: chapter.ChartVersion,
			Title:      "piano dei capitoli (CSV di quadra)",
			Recognised: "CSV with the columns tipo_dovuto, anno_esercizio, capitolo",
			Rejected:   "as for MyPivot's, and a code of the plan of accounts or of SIOPE that is none",
			Refused:    "any rejected row: nothing is applied by halves",
		},
		{
			Kind: record.KindChapters, Name: chapter.FormatPlatformRegistry, Versions: "",
			Title:      "anagrafica dei capitoli (CSV della piattaforma unitaria)",
			Recognised: "CSV with the columns codiceTipoDovuto, codCapitolo, annoEsercizio",
			Rejected:   "as for MyPivot's",
			Refused:    "any rejected row, a row of another entity",
		},
		{
			Kind: record.KindAssessments, Name: chapter.FormatAssessments, Versions: "",
			Title:      "accertamenti (CSV della piattaforma unitaria)",
			Recognised: "CSV with the columns nomeAccertamento, iud, importoCentesimi",
			Rejected:   "mandatory value missing, amount that is none, same key twice",
			Refused:    "a row of another entity",
		},
		{
			Kind: record.KindInstructions, Name: instruction.Format, Versions: "",
			Title:      "richieste sugli accertamenti (CSV: crea, aggiungi, togli, chiudi, annulla, riapri)",
			Recognised: "CSV with the columns azione and accertamento",
			Rejected:   "unknown azione, payment that has no receipt or is in another live accertamento, chapter of another debt type or year, closed year, amount not positive or beyond what is left, no reason where one is needed",
			Refused:    "any rejected row: nothing is applied by halves; left in a drop whose source is neither accertamenti nor auto",
		},
		{
			Kind: record.KindDecisions, Name: decision.Format, Versions: decision.Version,
			Title:      "decisioni sulle proposte di abbinamento (CSV di quadra match suggest)",
			Recognised: "CSV with the column risposta and two of tipo, autore, proposta, numero_bolletta, versione",
			Rejected:   "answered row without its keys or author, unknown answer, something that is not in the books or has not that much cash",
			Refused:    "any rejected row: nothing is applied by halves",
		},
	}
}

// readable says what quadra reads, for whoever sent something else.
const readable = "quadra legge ricevute (MyPay CSV, RT e paSendRT XML, JSON), flussi di rendicontazione (XML, SOAP, JSON), " +
	"giornale di cassa OPI, tabelle di cassa (CSV, XLSX, XLS, ODS), CBI e camt.053, notifiche, dovuti, capitoli, accertamenti, segnalazioni e decisioni (CSV): " +
	"quadra formats li elenca"
