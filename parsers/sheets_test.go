package parsers_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Spreadsheets of provvisori made by hand, to write what no program would.

const odsType = "application/vnd.oasis.opendocument.spreadsheet"

var (
	odsHeader  = odsRowOf("ESERCIZIO", "N.PROVV.", "DATA ESEC.", "ANAGRAFICA CLIENTE", "DESCRIZIONE CAUSALE", "IMPORTO PROVVISORIO", "VALUTA ENTE")
	odsRow     = odsRowOf("2026", "1", "2026-10-18", "BANCA DI PROVA", "BONIFICO", "2,50", "2026-10-18")
	xlsxHeader = xlsxRowOf(1, "ESERCIZIO", "N.PROVV.", "DATA ESEC.", "ANAGRAFICA CLIENTE", "DESCRIZIONE CAUSALE", "IMPORTO PROVVISORIO", "VALUTA ENTE")
)

func odsRowOf(texts ...string) string {
	var b strings.Builder
	b.WriteString("<table:table-row>")
	for _, text := range texts {
		b.WriteString(`<table:table-cell office:value-type="string"><text:p>` + text + "</text:p></table:table-cell>")
	}
	return b.String() + "</table:table-row>"
}

// ods is a spreadsheet of one table.
func ods(t *testing.T, rows string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"mimetype", odsType},
		{"content.xml", `<?xml version="1.0" encoding="UTF-8"?>` +
			`<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>` +
			`<table:table table:name="Foglio1">` + rows + "</table:table></office:spreadsheet></office:body></office:document-content>"},
	} {
		method := zip.Deflate
		if part[0] == "mimetype" {
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: part[0], Method: method})
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// cell is a cell of a sheet with a text.
func cell(at, text string) string {
	return `<c r="` + at + `" t="inlineStr"><is><t>` + text + "</t></is></c>"
}

func xlsxRowOf(row int, texts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, row)
	for i, text := range texts {
		b.WriteString(cell(fmt.Sprintf("%c%d", 'A'+i, row), text))
	}
	return b.String() + "</row>"
}

// xlsxRow is a movement on a row of a sheet.
func xlsxRow(row int) string {
	return xlsxRowOf(row, "2026", "1", "2026-10-18", "BANCA DI PROVA", "BONIFICO", "2,50", "2026-10-18")
}

// xlsx is a workbook of one sheet.
func xlsx(t *testing.T, rows string) []byte {
	t.Helper()
	const (
		declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
		main        = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
		relations   = "http://schemas.openxmlformats.org/package/2006/relationships"
		office      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		media       = "application/vnd.openxmlformats-officedocument.spreadsheetml"
	)
	return zipOf(t,
		"[Content_Types].xml", declaration+`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`+
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
			`<Override PartName="/xl/workbook.xml" ContentType="`+media+`.sheet.main+xml"/>`+
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="`+media+`.worksheet+xml"/></Types>`,
		"_rels/.rels", declaration+`<Relationships xmlns="`+relations+`"><Relationship Id="rId1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", declaration+`<workbook xmlns="`+main+`" xmlns:r="`+office+`"><sheets><sheet name="Foglio1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", declaration+`<Relationships xmlns="`+relations+`"><Relationship Id="rId1" Type="`+office+`/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", declaration+`<worksheet xmlns="`+main+`"><sheetData>`+rows+"</sheetData></worksheet>",
	)
}

// merged is a zip of the entries of two, as they are.
func merged(t *testing.T, zips ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, one := range zips {
		r, err := zip.NewReader(bytes.NewReader(one), int64(len(one)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			if err := z.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
