package cash_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

// spreadsheet packs the parts of an OpenDocument spreadsheet: its content, and
// its list of parts when there is one.
func spreadsheet(t testing.TB, content string, manifest ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	add := func(name string, method uint16, text string) {
		w, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	add("mimetype", zip.Store, "application/vnd.oasis.opendocument.spreadsheet")
	for _, text := range manifest {
		add("META-INF/manifest.xml", zip.Deflate, text)
	}
	add("content.xml", zip.Deflate, content)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// contentODS is the content of a spreadsheet with the tables given.
func contentODS(tables string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:automatic-styles/><office:body><office:spreadsheet><table:calculation-settings/>` + tables + `</office:spreadsheet></office:body></office:document-content>`
}

// textCells are cells of text, one for each.
func textCells(texts ...string) string {
	return `<table:table-cell office:value-type="string"><text:p>` +
		strings.Join(texts, `</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>`) + `</text:p></table:table-cell>`
}

func tableRow(cells ...string) string {
	return "<table:table-row>" + strings.Join(cells, "") + "</table:table-row>"
}

var headerODS = tableRow(textCells("ESERCIZIO", "N.PROVV.", "DATA ESEC.", "ANAGRAFICA CLIENTE", "DESCRIZIONE CAUSALE", "IMPORTO PROVVISORIO", "VALUTA ENTE"))

// provvisorioODS is a row whose amount and value day are cells of their own.
func provvisorioODS(number, remittance, amount, value string) string {
	return tableRow(textCells("2026", number, "12/03/2026", "POSTE"), `<table:table-cell office:value-type="string">`+remittance+`</table:table-cell>`, amount, value)
}

// provvisorioOf is a movement of the lists of provvisori.
func provvisorioOf(line int, number string, amount record.Cents, remittance string) record.Movement {
	day := record.NewDate(2026, 3, 12)
	return record.Movement{
		Line: line, Year: 2026, Number: number, Document: record.DocSospeso, Operation: record.OpExecuted,
		Amount: amount, BookedOn: day, ValueOn: day, Payer: "POSTE", Remittance: remittance,
	}
}

func TestODS(t *testing.T) {
	number := func(value string) string {
		return `<table:table-cell office:value-type="currency" office:value="` + value + `"><text:p>€ tanti</text:p></table:table-cell>`
	}
	day := func(value string) string {
		return `<table:table-cell office:value-type="date" office:date-value="` + value + `"><text:p>11 mar</text:p></table:table-cell>`
	}
	empty := `<table:table-cell table:number-columns-repeated="1017"/>`
	in := spreadsheet(t, contentODS(
		`<table:tracked-changes><table:deletion><table:table><table:table-row/></table:table></table:deletion></table:tracked-changes>`+
			`<table:table table:name="Note">`+tableRow(textCells("Note"))+`</table:table>`+
			`<table:table table:name="Provvisori"><office:forms><x/></office:forms><table:shapes><table:table>`+headerODS+`</table:table></table:shapes>`+
			`<table:table-column table:number-columns-repeated="7"/>`+
			tableRow(textCells("TESORERIA DI PROVA"), empty)+
			`<table:table-row table:number-rows-repeated="3">`+empty+`</table:table-row>`+
			`<table:table-header-rows>`+headerODS+`</table:table-header-rows>`+
			`<table:table-rows>`+
			provvisorioODS("0001201", `<text:p>/URI/<text:span>2026-03</text:span>-11 <text:a>BPPI</text:a><text:s text:c="9"/>x<text:tab/>y</text:p><text:p>z</text:p>`, number("3.59"), day("2026-03-11"))+
			provvisorioODS("1202", `<office:annotation><text:p>nota</text:p></office:annotation><text:p>a &amp; b</text:p>`, number("1234.5599999999999"), day("2026-03-11T10:30:00"))+
			provvisorioODS("1203", `<text:p>c</text:p>`, textCells("1.234,56"), textCells("11/03/2026")+empty)+
			`</table:table-rows><table:table-row-group>`+
			provvisorioODS("1204", `<text:p>d</text:p>`, number("1.005"), empty)+
			tableRow(`<table:covered-table-cell table:number-columns-repeated="7"/>`)+
			provvisorioODS("1205", `<text:p>e</text:p>`, number("150"), empty)+
			`</table:table-row-group><table:table-row table:number-rows-repeated="1048500">`+empty+`</table:table-row></table:table>`+
			`<table:table table:name="Altro">`+headerODS+`</table:table>`))
	got := mustRead(t, cash.ReadODS, bytes.NewReader(in), cash.Options{})
	want := []record.Movement{
		provvisorioOf(6, "1201", 359, "/URI/2026-03-11 BPPI x y\nz"),
		provvisorioOf(7, "1202", 123456, "a & b"),
		provvisorioOf(8, "1203", 123456, "c"),
		provvisorioOf(11, "1205", 15000, "e"),
	}
	for i := range 3 {
		want[i].ValueOn--
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	wantRejects(t, got.rejects, []record.Reject{{Line: 9, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "1.005"}})
	if got.summary.Doc.Format != cash.FormatODS {
		t.Errorf("format %s, want %s", got.summary.Doc.Format, cash.FormatODS)
	}
}

func TestODSRepeatedRowsAndCellsCountAsOftenAsTheyAre(t *testing.T) {
	good := provvisorioODS("1201", "<text:p>x</text:p>", textCells("1,00"), "")
	in := spreadsheet(t, contentODS(`<table:table>`+headerODS+strings.Replace(good, "<table:table-row>", `<table:table-row table:number-rows-repeated="3">`, 1)+
		tableRow(textCells("2026", "1202"), `<table:table-cell table:number-columns-repeated="2" office:value-type="date" office:date-value="2026-03-12"/>`, textCells("x", "1,00"))+
		`</table:table>`))
	got := mustRead(t, cash.ReadODS, bytes.NewReader(in), cash.Options{})
	if len(got.movements) != 4 || got.movements[2].Line != 4 || got.movements[3].Line != 5 || got.movements[3].Payer != "2026-03-12" {
		t.Errorf("movements %+v", got.movements)
	}
}

func TestODSFileErrors(t *testing.T) {
	table := `<table:table>` + headerODS + provvisorioODS("1201", "<text:p>x</text:p>", textCells("1,00"), "") + `</table:table>`
	good := spreadsheet(t, contentODS(table))
	for _, tt := range []struct {
		name string
		in   []byte
		opt  cash.Options
		code record.FileCode
	}{
		{"no bytes", nil, cash.Options{}, record.FileEmpty},
		{"no zip", []byte("mimetype"), cash.Options{}, record.FileUnknown},
		{"a zip of something else", workbook(t, false, sheetOf(standardHeader)), cash.Options{}, record.FileUnknown},
		{"a password", spreadsheet(t, "\x00\x01", `<manifest:encryption-data/>`), cash.Options{}, record.FileUnknown},
		{"cut in half", good[:len(good)/2], cash.Options{}, record.FileTruncated},
		{"a byte flipped", damagedAt(good), cash.Options{}, record.FileContainer},
		{"the content cut in the table", spreadsheet(t, contentODS(table)[:1500]), cash.Options{}, record.FileContainer},
		{"the content cut behind the table", spreadsheet(t, strings.TrimSuffix(contentODS(table), "</office:document-content>")), cash.Options{}, record.FileContainer},
		{"nested without end", spreadsheet(t, contentODS(strings.Repeat("<a>", 1000))), cash.Options{}, record.FileContainer},
		{"no table with a header", spreadsheet(t, contentODS(`<table:table>`+tableRow(textCells("Note"))+`</table:table>`)), cash.Options{}, record.FileHeader},
		{"too many bytes", good, cash.Options{MaxBytes: int64(len(good)) - 1}, record.FileLimit},
		{"too many bytes unpacked", spreadsheet(t, contentODS(table+strings.Repeat(" ", 1<<20))), cash.Options{MaxBytes: 1 << 20}, record.FileLimit},
		{"too many cells", good, cash.Options{MaxCells: 10}, record.FileLimit},
		{"too many columns", spreadsheet(t, contentODS(`<table:table><table:table-row><table:table-cell table:number-columns-repeated="20000" office:value-type="float" office:value="1"/></table:table-row></table:table>`)), cash.Options{}, record.FileLimit},
		{"too many rows", spreadsheet(t, contentODS(strings.Replace(table, `<table:table-row><table:table-cell office:value-type="string"><text:p>2026`, `<table:table-row table:number-rows-repeated="9"><table:table-cell office:value-type="string"><text:p>2026`, 1))), cash.Options{MaxRows: 8}, record.FileLimit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadODS, bytes.NewReader(tt.in), tt.opt)
			wantFileError(t, err, tt.code, "")
		})
	}
}

// damagedAt is a zip one byte of whose largest part is another.
func damagedAt(in []byte) []byte {
	out := bytes.Clone(in)
	at := bytes.Index(out, []byte("content.xml")) + 100
	out[at] ^= 0x55
	return out
}

// FuzzReadODS gets to the content behind the zip.
func FuzzReadODS(f *testing.F) {
	f.Add(contentODS(`<table:table>` + headerODS + provvisorioODS("1201", "<text:p>x</text:p>", textCells("1,00"), "") + `</table:table>`))
	f.Add(contentODS(`<table:table><table:table-row table:number-rows-repeated="9"><table:table-cell table:number-columns-repeated="9"/></table:table-row></table:table>`))
	f.Fuzz(func(t *testing.T, content string) { fuzzOne(t, cash.ReadODS, spreadsheet(t, content)) })
}
