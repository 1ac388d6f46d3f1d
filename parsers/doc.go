// Package parsers reads the files left in a drop: it opens the container, finds
// out what each document in it is, and streams its records into a sink.
//
// What a document is is told by its bytes, never by its name or by the drop it
// was left in, as the table below says. A file is taken as a whole or not at all:
// any [*record.FileError], from whichever of its documents, refuses it, and what
// the sink got of it until then must be thrown away. Rows that cannot be taken
// are rejects and refuse nothing.
//
// Memory stays flat, whatever the size of the file: documents are read as
// streams. Workbooks are the exception, as the library that reads them holds
// them whole, and have their own limit.
//
// # Formats
//
//	mypay-paid-csv (ricevute), versions 1.0-1.3, with or without the receipt block
//	    recognised  CSV whose header has at least three columns only this export has, in any order
//	    row out     wrong number of fields, mandatory value missing, text too long, amount without two decimals or not positive, day that does not exist, index outside 1-5
//	    file out    mandatory column missing or repeated, a row of another entity
//	fdr-xml (rendicontazione), versions 1.0 and 1.1, schemas 1.0.3-1.0.5 and the platform's
//	    recognised  XML whose root is FlussoRiversamento, with any prefix
//	    row out     payment without IUV, IUR, amount, outcome or day, unknown outcome, index outside 1-5, amount not positive unless revoked, element repeated
//	    file out    not well formed, document type, faulty heading, no payment, flow of another entity
//	opi-xml (cassa), versions 1.3.1a-1.8
//	    recognised  XML whose root is flusso_giornale_di_cassa
//	    row out     income row without a mandatory value, amount, day or operation that is none
//	    file out    not well formed, document type, faulty heading, giornale of another entity
//	provvisori-csv (cassa), versions -
//	    recognised  CSV whose header has most of the provvisori columns
//	    row out     wrong number of fields, mandatory value missing, amount or day that is none or may be read in two ways
//	    file out    mandatory column missing or repeated
//	completo-csv (cassa), versions 41 columns
//	    recognised  CSV with the columns annoBolletta, codBolletta, importoCentesimi and the others that are mandatory
//	    row out     as for the provvisori, amount that is no whole number of cents
//	    file out    mandatory column missing or repeated, a row of another entity
//	mypivot-csv (cassa), versions 7 columns
//	    recognised  CSV with MyPivot's usual header, or by the configuration (cash_layout)
//	    row out     as for the provvisori
//	    file out    none beyond those of any file
//	conto-bancario-csv (cassa), versions 14 columns
//	    recognised  CSV with the columns ABI, CONTO, DATA CONTABILE, IMPORTO, SEGNO, DESCRIZIONE ESTESA
//	    row out     as for the provvisori, a sign that is none; debits are skipped
//	    file out    mandatory column missing or repeated
//	poste-csv (cassa), versions 9 columns
//	    recognised  CSV with an IBAN in its first row and rows of nine columns below; quotes are text
//	    row out     as for the provvisori; debits are skipped
//	    file out    no account in the first row
//	provvisori-xlsx (cassa), versions -
//	    recognised  workbook with the provvisori header in the first ten rows of a sheet
//	    row out     as for the CSV
//	    file out    no sheet with the header, mandatory column missing or repeated, password
//	provvisori-ods (cassa), versions -
//	    recognised  OpenDocument spreadsheet with the header of a layout in the first rows of a sheet
//	    row out     as for the CSV
//	    file out    no sheet with a known header, repetitions beyond the limits
//	conto-bancario-xls (cassa), versions BIFF8
//	    recognised  OLE2 file with a Workbook stream and the header of a layout
//	    row out     as for the CSV
//	    file out    no sheet with a known header, password
//	conto-bancario-html (cassa), versions -
//	    recognised  HTML with a table that has the header of a layout
//	    row out     as for the CSV
//	    file out    no table with a known header
//	esiti-txt (cassa), versions -
//	    recognised  lines of one length with known movement types at their place
//	    row out     amount or day that is none, unknown type
//	    file out    lines of other lengths
//	cbi-rh (cassa), versions RH, 120 characters
//	    recognised  records RH, 61, 62, 63, 64, EF
//	    row out     amount or day that is none
//	    file out    opening balance plus movements is not the closing balance, records out of order
//	camt.053 (cassa), versions 001.02, 001.04, 001.08
//	    recognised  XML with BkToCstmrStmt
//	    row out     entry without amount or day, currency other than euro
//	    file out    not well formed
//	rt-xml (ricevute), versions 6.2
//	    recognised  XML whose root, or the body of whose SOAP envelope, is RT
//	    row out     line without amount, day or IUR
//	    file out    sum of the lines is not the total, receipt of another entity
//	pasendrt-xml (ricevute), versions paSendRT V1 and V2, bare receipt
//	    recognised  XML whose root, or the body of whose SOAP envelope, is paSendRTReq, paSendRTV2Request or receipt
//	    row out     transfer without amount, day or index
//	    file out    sum of the transfers is not the total, no transfer of this entity
//	receipt-json (ricevute), versions biz-events service, raw event, secondary entity
//	    recognised  JSON with the fields of a receipt
//	    row out     transfer without amount, day or index
//	    file out    not JSON, no transfer of this entity
//	fdr-json (rendicontazione), versions FdR v3
//	    recognised  JSON with the fields of a flow or of a page of payments, together or in entries of one zip
//	    row out     payment without IUV, IUR, amount, status or day, unknown status
//	    file out    flow without its pages or pages without their flow, flow of another entity
//	fdr-soap (rendicontazione), versions -
//	    recognised  SOAP envelope with xmlRendicontazione
//	    row out     as for the XML inside
//	    file out    a fault or a list of flows in place of a flow, base64 that is none
//	mypivot-notices-csv (notifiche), versions 1.0
//	    recognised  CSV whose header has at least three columns only this file has, or 20 columns without header
//	    row out     wrong number of fields, mandatory value missing, text too long, amount without two decimals or not positive, day that does not exist
//	    file out    mandatory column missing or repeated
//	notes-csv (note), versions -
//	    recognised  CSV whose header has unita and segnalazione
//	    row out     thing that is not in the books or is more than one, unknown state, day that does not exist, no author, same thing twice
//	    file out    any rejected row: nothing is applied by halves; left in a drop whose source is neither note nor auto
//	mypay-debts-csv (dovuti), versions 1.0-1.4
//	    recognised  CSV with the columns of the import, 20 to 35 by version, with or without header
//	    row out     mandatory value missing, text too long, amount or day that is none, unknown azione
//	    file out    columns of no version
//	mypivot-chapters-csv (capitoli), versions 1.0
//	    recognised  CSV of ten quoted fields that end with azione I or D
//	    row out     mandatory value missing, text too long, unknown azione, same key twice
//	    file out    any rejected row: nothing is applied by halves
//	quadra-chapters-csv (capitoli), versions 1.0
//	    recognised  CSV with the columns tipo_dovuto, anno_esercizio, capitolo
//	    row out     as for MyPivot's, and a code of the plan of accounts or of SIOPE that is none
//	    file out    any rejected row: nothing is applied by halves
//	p4pa-chapters-csv (capitoli), versions -
//	    recognised  CSV with the columns codiceTipoDovuto, codCapitolo, annoEsercizio
//	    row out     as for MyPivot's
//	    file out    any rejected row, a row of another entity
//	p4pa-assessments-csv (accertamenti), versions -
//	    recognised  CSV with the columns nomeAccertamento, iud, importoCentesimi
//	    row out     mandatory value missing, amount that is none, same key twice
//	    file out    a row of another entity
//	accertamenti-instructions-csv (istruzioni), versions -
//	    recognised  CSV with the columns azione and accertamento
//	    row out     unknown azione, payment that has no receipt or is in another live accertamento, chapter of another debt type or year, closed year, amount not positive or beyond what is left, no reason where one is needed
//	    file out    any rejected row: nothing is applied by halves; left in a drop whose source is neither accertamenti nor auto
//	quadra-decisions-csv (decisioni), versions 1
//	    recognised  CSV with the column risposta and two of tipo, autore, proposta, numero_bolletta, versione
//	    row out     answered row without its keys or author, unknown answer, something that is not in the books or has not that much cash
//	    file out    any rejected row: nothing is applied by halves
package parsers
