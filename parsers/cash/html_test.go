package cash_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

const headerHTML = "<tr><th>ESERCIZIO<th>N.PROVV.<th>DATA ESEC.<th>ANAGRAFICA CLIENTE<th>DESCRIZIONE CAUSALE<th>IMPORTO PROVVISORIO</tr>\n"

// rowHTML is a row of a list of provvisori.
func rowHTML(number, remittance, amount string) string {
	return fmt.Sprintf("<tr><td>2026</td><td>%s</td><td>12/03/2026</td><td>POSTE</td><td>%s</td><td>%s</td></tr>\n", number, remittance, amount)
}

func TestHTML(t *testing.T) {
	good := rowHTML("1201", "x", "1.234,56")
	page := func(table string) string { return "<html><body>\n" + table + "</body></html>\n" }
	want := provvisorioOf(4, "1201", 123456, "x")
	change := func(f func(*record.Movement)) []record.Movement {
		m := want
		f(&m)
		return []record.Movement{m}
	}
	for _, tt := range []struct {
		name, in string
		want     []record.Movement
	}{
		{"a table", page("<table>\n" + headerHTML + good + "</table>"), []record.Movement{want}},
		{"a table without end tags of rows and cells",
			page("<table>\n"+strings.ReplaceAll(headerHTML+good, "</tr>", "")) + "</table>", []record.Movement{want}},
		{"a table without its own end tag", page("<table>\n" + headerHTML + good), []record.Movement{want}},
		{"rows without their start tag", page("<table>\n" + headerHTML + strings.Replace(good, "<tr>", "", 1) + "</table>"), []record.Movement{want}},
		{"head and body", page("<table><thead>\n" + headerHTML + "</thead><tbody>" + good + "</tbody></table>"), []record.Movement{want}},
		{"entities and white space", page("<table>\n" + headerHTML + rowHTML("1201", "&nbsp;a&amp;b&#8364;\n <b>c</b>d<br>e ", "&euro;&nbsp;1.234,56") + "</table>"),
			change(func(m *record.Movement) { m.Remittance = "a&b€ cd e" })},
		{"comments, scripts and styles are not shown", page("<table>\n" + headerHTML + rowHTML("1201", "x<!-- no --><script>if (1<2) y()</script><style>td{}</style>", "1.234,56") + "</table>"),
			[]record.Movement{want}},
		{"the second table", page("<table><tr><td>Saldo<td>1</table>\n<table>" + headerHTML + good + "</table>"), []record.Movement{want}},
		{"a page laid out with tables", page("<table><tr><td>Banca</td><td>\n<table>" + headerHTML + good + "</table></td></tr><tr><td>fine</table>"), []record.Movement{want}},
		{"a table after one inside another", page("<table><tr><td><table><tr><td>x</table><tr><td>y</table>\n<table>" + headerHTML + good + "</table>"), []record.Movement{want}},
		{"a table inside a cell is no part of it",
			page("<table>\n" + headerHTML + rowHTML("1201", "x<table><tr><td>"+strings.Repeat("<table><tr><td>no</table>", 2)+"</table>", "1.234,56") + "</table>"), []record.Movement{want}},
		{"titles over several columns", page("<table><tr><td colspan=6>Estratto</tr>\n" + headerHTML + good + "</table>"), []record.Movement{want}},
		{"a cell over two columns moves those behind it", page("<table>\n" + strings.Replace(headerHTML, "<th>DATA", "<th><th>DATA", 1) +
			strings.Replace(good, "<td>1201", `<td colspan="2">1201`, 1) + "</table>"), []record.Movement{want}},
		{"a cell over two rows covers the one below", page("<table>\n" + strings.Replace(headerHTML, "<th>ESERCIZIO", "<th rowspan=3>Filiale 1<th>ESERCIZIO", 1) +
			good + "</table>"), []record.Movement{want}},
		{"a last cell over two rows", page("<table>\n" + strings.Replace(headerHTML, "</tr>", "<th rowspan=2>Nota</tr>", 1) + good + "</table>"), []record.Movement{want}},
		{"nothing behind the table counts", page("<table>\n" + headerHTML + good + "</table><table>" + headerHTML + rowHTML("9", "y", "1,00") + "</table>"), []record.Movement{want}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRead(t, cash.ReadHTML, strings.NewReader(tt.in), cash.Options{})
			if diff := cmp.Diff(tt.want, got.movements); diff != "" {
				t.Errorf("movements (-want +got):\n%s", diff)
			}
			wantRejects(t, got.rejects, []record.Reject{})
			if got.summary.Doc.Format != "provvisori-html" {
				t.Errorf("format %s", got.summary.Doc.Format)
			}
		})
	}
}

func TestHTMLNumbersAreTexts(t *testing.T) {
	in := "<table>" + headerHTML + rowHTML("1", "x", "12.345") + rowHTML("2", "x", "12,34") + "</table>"
	got := mustRead(t, cash.ReadHTML, strings.NewReader(in), cash.Options{})
	wantRejects(t, got.rejects, []record.Reject{{Line: 2, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "12.345"}})
	if len(got.movements) != 1 || got.movements[0].Amount != 1234 {
		t.Errorf("movements %+v", got.movements)
	}
}

func TestHTMLBankStatementNamedXLS(t *testing.T) {
	header := "ABI|CAB|CONTO|DIVISA|DATA CONTABILE|DATA VALUTA|IMPORTO|SEGNO|CAUSALE|NUM. ASSEGNO|RIF. BANCA|RIF. CLIENTE|DESCRIZIONE|DESCRIZIONE ESTESA"
	cells := func(row string) string {
		return "<TR><TD>" + strings.ReplaceAll(row, "|", "</TD><TD>") + "</TD></TR>\n"
	}
	in := "<TABLE BORDER=1>\n" + cells(header) + cells("02008|02017|000101059865|EUR|12/03/2026|11/03/2026|3,59|+|48||R1|||"+bankURI+"1") +
		cells("02008|02017|000101059865|EUR|12/03/2026|11/03/2026|2.000,00|-|27||R2|||STIPENDI") + "</TABLE>"
	got := mustRead(t, cash.ReadHTML, strings.NewReader(in), cash.Options{})
	if diff := cmp.Diff([]record.Movement{bank(3, 359, "R1", bankURI+"1")}, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	if s := got.summary; s.Doc.Format != cash.FormatHTML || s.Skipped != 1 {
		t.Errorf("summary %+v", s)
	}
}

func TestHTMLFileErrors(t *testing.T) {
	good := "<table>" + headerHTML + rowHTML("1201", "x", "1,00") + rowHTML("1202", "x", "1,00")
	for _, tt := range []struct {
		name, in string
		opt      cash.Options
		code     record.FileCode
	}{
		{"no bytes", "", cash.Options{}, record.FileEmpty},
		{"a page of an error", "<html><table><tr><td>Sessione scaduta</table>", cash.Options{}, record.FileHeader},
		{"no table", "<html>Errore", cash.Options{}, record.FileHeader},
		{"a header without a column", "<table>" + strings.Replace(headerHTML, "<th>DATA ESEC.", "", 1) + "</table>", cash.Options{}, record.FileHeader},
		{"cut in the table", good, cash.Options{}, record.FileTruncated},
		{"too many rows", good + "</table>", cash.Options{MaxRows: 1}, record.FileLimit},
		{"too many cells", good + "</table>", cash.Options{MaxCells: 15}, record.FileLimit},
		{"too many columns", "<table><tr><td colspan=1000><td colspan=25>x</table>", cash.Options{}, record.FileLimit},
		{"a text too long", "<table><tr><td>" + strings.Repeat("x", 2<<20), cash.Options{}, record.FileLimit},
		{"a cell too long", "<table><tr><td>" + strings.Repeat(strings.Repeat("x", 1<<19)+"<b>", 3), cash.Options{}, record.FileLimit},
		{"tables without end", strings.Repeat("<table><tr><td>", 101), cash.Options{}, record.FileLimit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadHTML, strings.NewReader(tt.in), tt.opt)
			wantFileError(t, err, tt.code, "")
		})
	}
}

func FuzzReadHTML(f *testing.F) {
	f.Add([]byte("<table>" + headerHTML + rowHTML("1201", "x&amp;y", "1,00") + "</table>"))
	f.Add([]byte("<table><tr><td rowspan=2 colspan=3><table><tr><td>" + headerHTML + "</table><script></script></body>"))
	f.Fuzz(func(t *testing.T, in []byte) {
		cash.LooksLikeHTMLTable(in)
		fuzzOne(t, cash.ReadHTML, in)
	})
}
