package parsers

import (
	"bytes"
	"io"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/archive"
	"quadra/parsers/cash"
	"quadra/parsers/chapter"
	"quadra/parsers/charset"
	"quadra/parsers/csvrow"
	"quadra/parsers/debt"
	"quadra/parsers/decision"
	"quadra/parsers/flow"
	"quadra/parsers/instruction"
	"quadra/parsers/note"
	"quadra/parsers/notice"
	"quadra/parsers/receipt"
	"quadra/parsers/xmlscan"
)

// opiRoot is the local name of the root of an OPI giornale di cassa.
const opiRoot = "flusso_giornale_di_cassa"

// Sniff tells what a document is from its first bytes, a few thousand of them
// or all: its kind and the name of its format, one of [Formats], both empty when
// it is none. It looks at the root element of XML, at the fields of JSON, at the
// first row of CSV. A document that is a zip can only be a workbook here.
func Sniff(head []byte) (record.Kind, string) {
	switch {
	case cash.LooksLikeODS(head):
		return record.KindMovements, cash.FormatODS
	case archive.IsContainer(head):
		return record.KindMovements, cash.FormatXLSX
	case cash.LooksLikeXLS(head):
		return record.KindMovements, cash.FormatXLS
	case looksXML(head):
		return sniffXML(head)
	case flow.LooksLikeJSON(head):
		return record.KindFlows, flow.FormatJSON
	case receipt.LooksLikeReceiptJSON(head):
		return record.KindReceipts, receipt.FormatJSON
	case cash.LooksLikeCBI(head):
		return record.KindMovements, cash.FormatCBI
	}
	return sniffText(head)
}

func sniffXML(head []byte) (record.Kind, string) {
	switch root(head) {
	case flow.Root:
		return record.KindFlows, flow.Format
	case opiRoot:
		return record.KindMovements, cash.FormatOPI
	}
	switch {
	case receipt.LooksLikeRT(head):
		return record.KindReceipts, receipt.FormatRT
	case receipt.LooksLikePaSendRT(head):
		return record.KindReceipts, receipt.FormatPaSendRT
	case flow.LooksLikeSOAP(head):
		return record.KindFlows, flow.FormatSOAP
	case cash.LooksLikeCamt(head):
		return record.KindMovements, cash.FormatCamt
	case cash.LooksLikeHTMLTable(head):
		return record.KindMovements, cash.FormatHTML
	}
	return "", ""
}

func sniffText(head []byte) (record.Kind, string) {
	text := plain(head)
	// MyPay writes semicolons only; a file saved with something else is known all
	// the same, so that what is said of it is to the point.
	for _, separator := range []byte(";,\t") {
		if kind, format := sniffRow(firstRow(text, separator), separator == ';'); kind != "" {
			return kind, format
		}
	}
	switch {
	case chapter.LooksLikeRegistry(head):
		return record.KindChapters, chapter.FormatRegistry
	case chapter.LooksLikeChart(head):
		return record.KindChapters, chapter.FormatChart
	case chapter.LooksLikePlatformRegistry(head):
		return record.KindChapters, chapter.FormatPlatformRegistry
	case chapter.LooksLikeAssessments(head):
		return record.KindAssessments, chapter.FormatAssessments
	case cash.LooksLikePoste(head):
		return record.KindMovements, cash.FormatCSV
	case cash.LooksLikeEsiti(head):
		return record.KindMovements, cash.FormatEsiti
	}
	return "", ""
}

// sniffRow looks at the first row of a table; without a header only tables with
// MyPay's own separator are known.
func sniffRow(fields []string, own bool) (record.Kind, string) {
	switch {
	case decision.LooksLikeHeader(fields):
		return record.KindDecisions, decision.Format
	case instruction.LooksLikeHeader(fields):
		return record.KindInstructions, instruction.Format
	case receipt.LooksLikeHeader(fields), own && receipt.LooksLikeRow(fields):
		return record.KindReceipts, receipt.Format
	case debt.LooksLikeHeader(fields), own && debt.LooksLikeRow(fields):
		return record.KindDebts, debt.Format
	case note.LooksLikeHeader(fields):
		return record.KindNotes, note.Format
	case notice.LooksLikeHeader(fields), own && notice.LooksLikeRow(fields):
		return record.KindNotices, notice.Format
	case cash.LooksLikeHeader(fields):
		return record.KindMovements, cash.FormatCSV
	}
	return "", ""
}

// plain is the start of a text as UTF-8, as far as names of columns need it:
// UTF-16 is decoded, with or without its mark; accents are left alone.
func plain(head []byte) []byte {
	for _, mark := range []struct{ bytes, encoding string }{
		{"\xEF\xBB\xBF", charset.UTF8}, {"\xFF\xFE", charset.UTF16LE}, {"\xFE\xFF", charset.UTF16BE},
	} {
		if rest, ok := bytes.CutPrefix(head, []byte(mark.bytes)); ok {
			r, err := charset.Decode(bytes.NewReader(rest), mark.encoding)
			if err != nil {
				return nil
			}
			// A head cut in the middle of a character is the whole text before it.
			text, _ := io.ReadAll(r)
			return text
		}
	}
	return bytes.ReplaceAll(head, []byte{0}, nil)
}

func looksXML(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(plain(head), " \t\r\n"), []byte("<"))
}

// root is the local name of the root element, empty when it cannot be read.
func root(head []byte) string {
	x := xmlscan.New(bytes.NewReader(head), xmlscan.Limits{})
	if _, err := x.Next(); err != nil {
		// UTF-16 without its mark: what it would be with one.
		if x = xmlscan.New(bytes.NewReader(plain(head)), xmlscan.Limits{}); bytes.IndexByte(head, 0) < 0 {
			return ""
		}
		if _, err := x.Next(); err != nil {
			return ""
		}
	}
	return string(x.Name())
}

// firstRow is the first row of a CSV, as it is when it is broken.
func firstRow(text []byte, separator byte) []string {
	rows := csvrow.NewReader(bytes.NewReader(text), separator, csvrow.Limits{})
	fields, err := rows.Next()
	if err != nil {
		line, _, _ := bytes.Cut(bytes.TrimLeft(text, " \t\r\n"), []byte("\n"))
		fields = bytes.Split(bytes.ReplaceAll(line, []byte(`"`), nil), []byte{separator})
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return names
}

// strangers are documents people send by mistake, by what they start or are
// made with.
var strangers = []struct {
	is   func(head []byte, text string) bool
	what string
}{
	{starts("%PDF-"), "è un PDF: serve il file dei dati, non la sua stampa"},
	{starts("\x30\x80", "\x30\x82", "\x30\x83", "\x30\x84"), "sembra una busta crittografica, ma non è un p7m firmato: mandare il file che contiene"},
	{starts("Rar!", "7z\xBC\xAF", "BZh", "\xFD7zXZ", "\x28\xB5\x2F\xFD"), "è compresso in un formato non ammesso: usare zip o gzip"},
	{opens("<!doctype html", "<html"), "è una pagina web, forse un messaggio d'errore salvato al posto del file"},
	{opens("{", "["), "è JSON, ma né un flusso FdR né una ricevuta"},
	{contains("cod_rifiuto"), "è l'elenco degli scarti di un'importazione in MyPay: mandare il file corretto"},
	{contains("indiceopzionepagamento"), "è un tracciato di posizioni debitorie 2.0, che quadra non legge"},
}

func starts(marks ...string) func([]byte, string) bool {
	return func(head []byte, _ string) bool {
		for _, m := range marks {
			if bytes.HasPrefix(head, []byte(m)) {
				return true
			}
		}
		return false
	}
}

func opens(marks ...string) func([]byte, string) bool {
	return func(_ []byte, text string) bool {
		for _, m := range marks {
			if strings.HasPrefix(text, m) {
				return true
			}
		}
		return false
	}
}

func contains(marks ...string) func([]byte, string) bool {
	return func(_ []byte, text string) bool {
		for _, m := range marks {
			if strings.Contains(text, m) {
				return true
			}
		}
		return false
	}
}

// stranger says in Italian what a document seems to be, empty when nothing
// comes to mind.
func stranger(head []byte) string {
	text := strings.ToLower(strings.TrimSpace(string(plain(head))))
	for _, s := range strangers {
		if s.is(head, text) {
			return s.what
		}
	}
	return ""
}
