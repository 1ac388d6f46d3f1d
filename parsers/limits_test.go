package parsers_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/parsers"
	"quadra/parsers/archive"
)

// soon is how long refusing any file may take on a slow machine.
const soon = 30 * time.Second

// refused parses a file and demands that it is refused with a code, soon.
func refused(t *testing.T, in io.ReaderAt, size int64, limits parsers.Limits, code record.FileCode) record.FileError {
	t.Helper()
	start := time.Now()
	err := parsers.ParseReaderAt(t.Context(), in, size, parsers.Options{TaxCode: entity, Limits: limits}, newTally())
	if took := time.Since(start); took > soon {
		t.Errorf("it took %s", took)
	}
	var fe *record.FileError
	if !errors.As(err, &fe) || fe.Code != code || fe.Message == "" {
		t.Fatalf("got %v, want %s", err, code)
	}
	return *fe
}

func TestLimitsOfContainers(t *testing.T) {
	t.Parallel()
	inner := zipOf(t, "a.csv", receipts)
	for _, tc := range []struct {
		name   string
		in     []byte
		limits archive.Limits
		code   record.FileCode // when refused; it is taken when empty
		entry  string
	}{
		{name: "a file as large as a file may be", in: []byte(receipts), limits: archive.Limits{MaxFileBytes: int64(len(receipts))}},
		{name: "a file a byte larger", in: []byte(receipts), limits: archive.Limits{MaxFileBytes: int64(len(receipts)) - 1}, code: record.FileLimit},
		{name: "as many entries as a zip may have", in: zipOf(t, "a", receipts, "b", notices), limits: archive.Limits{MaxEntries: 2}},
		{name: "an entry more", in: zipOf(t, "a", receipts, "b", notices), limits: archive.Limits{MaxEntries: 1}, code: record.FileLimit},
		{name: "an entry more among those passed over", in: zipOf(t, "a", receipts, "__MACOSX/._a", ""), limits: archive.Limits{MaxEntries: 1}, code: record.FileLimit},
		{name: "twenty thousand entries and one", in: crowd(t, 20_001), code: record.FileLimit},
		{name: "an entry as large as one may be", in: inner, limits: archive.Limits{MaxEntryBytes: int64(len(receipts))}},
		{name: "an entry a byte larger", in: inner, limits: archive.Limits{MaxEntryBytes: int64(len(receipts)) - 1}, code: record.FileLimit, entry: "a.csv"},
		{name: "a gzip a byte larger", in: gzipOf(t, receipts), limits: archive.Limits{MaxEntryBytes: int64(len(receipts)) - 1}, code: record.FileLimit},
		{name: "entries as large together as they may be", in: zipOf(t, "a", receipts, "b", receipts), limits: archive.Limits{MaxTotalBytes: 2 * int64(len(receipts))}},
		{name: "entries a byte larger together", in: zipOf(t, "a", receipts, "b", receipts), limits: archive.Limits{MaxTotalBytes: 2*int64(len(receipts)) - 1}, code: record.FileLimit},

		{name: "zeros that pack a thousand times", in: bomb(t, 20<<20, 20<<20), code: record.FileLimit, entry: "a.csv"},
		{name: "zeros whose size is said to be small", in: bomb(t, 20<<20, 100), code: record.FileContainer, entry: "a.csv"},
		{name: "zeros said to be terabytes", in: bomb(t, 1<<10, 1<<42), code: record.FileLimit, entry: "a.csv"},
		{name: "notices and blank lines that pack a thousand times in a gzip", in: gzipOf(t, notices+strings.Repeat("\n", 20<<20)), code: record.FileLimit},
		{name: "receipts that pack more than they may", in: zipOf(t, "a.csv", strings.Repeat(notices, 80_000)), limits: archive.Limits{MaxRatio: 10}, code: record.FileLimit, entry: "a.csv"},
		{name: "zips in a zip", in: zipOf(t, "0.zip", string(inner), "1.zip", string(inner)), code: record.FileContainer, entry: "0.zip"},
		{name: "a bomb in a zip", in: zipOf(t, "0.zip", string(bomb(t, 20<<20, 20<<20))), code: record.FileContainer, entry: "0.zip"},
		{name: "a zip in a gzip", in: gzipOf(t, string(inner)), code: record.FileContainer},
		{name: "a gzip in a gzip", in: gzipOf(t, string(gzipOf(t, receipts))), code: record.FileContainer},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			limits := parsers.Limits{Limits: tc.limits}
			if tc.code == "" {
				if err := parsers.ParseReaderAt(t.Context(), bytes.NewReader(tc.in), int64(len(tc.in)), parsers.Options{Limits: limits}, newTally()); err != nil {
					t.Fatal(err)
				}
				return
			}
			if fe := refused(t, bytes.NewReader(tc.in), int64(len(tc.in)), limits, tc.code); fe.Entry != tc.entry {
				t.Errorf("entry %q, want %q", fe.Entry, tc.entry)
			}
		})
	}
	t.Run("a file of more than four gigabytes, without reading it", func(t *testing.T) {
		t.Parallel()
		refused(t, unreadable{}, 4<<30+1, parsers.Limits{}, record.FileLimit)
	})
}

// unreadable fails whoever reads it.
type unreadable struct{}

func (unreadable) ReadAt([]byte, int64) (int, error) { return 0, errors.New("it has been read") }

// crowd is a zip of so many empty entries.
func crowd(t *testing.T, entries int) []byte {
	t.Helper()
	names := make([]string, 0, 2*entries)
	for i := range entries {
		names = append(names, fmt.Sprint(i), "")
	}
	return zipOf(t, names...)
}

// bomb is a zip of so many zeros, which says they are as many as declared.
func bomb(t *testing.T, zeros int, declared uint64) []byte {
	t.Helper()
	return rawZip(t, "a.csv", make([]byte, zeros), declared)
}

// rawZip is a zip of an entry that says to be as large as declared.
func rawZip(t *testing.T, name string, content []byte, declared uint64) []byte {
	t.Helper()
	var packed, b bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&b)
	e, err := z.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: declared,
	})
	if err == nil {
		_, err = e.Write(packed.Bytes())
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLimitOfARow crosses a limit of a few kilobytes that the configuration
// sets, with a text longer than it. The document of a receipt may have four rows.
func TestLimitOfARow(t *testing.T) {
	t.Parallel()
	const most = 8 << 10
	for _, tc := range []struct{ name, in, at string }{
		{"a row of receipts", receipts, "rifiuti in città"},
		{"a row of notices", notices, "rifiuti"},
		{"a receipt in JSON", sample(t, "receipt", "service.json"), "Comune di Prova"},
		{"a text of a receipt in XML", sample(t, "receipt", "rt_6_2.xml"), "Comune di Prova"},
		{"a text of a flow", fdr, "TRN1"},
		{"a tag of a flow", fdr, "p:datiSingoliPagamenti"},
		{"a comment of a flow", strings.Replace(fdr, "<p:versioneOggetto>", "<!--nota--><p:versioneOggetto>", 1), "nota"},
		{"an attribute of a flow", strings.Replace(fdr, "<p:versioneOggetto>", `<p:versioneOggetto a="v">`, 1), `"v`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(tc.in, tc.at) == 0 {
				t.Fatalf("%q is not in it", tc.at)
			}
			in := strings.Replace(tc.in, tc.at, tc.at+strings.Repeat("x", 4*most), 1)
			refused(t, strings.NewReader(in), int64(len(in)), parsers.Limits{MaxRow: most}, record.FileLimit)
		})
	}
}

// TestRowsOfTwoGigabytes sends each format one row, text or value that never
// seems to end, with no limit but its own: it must be refused without being
// built in memory.
func TestRowsOfTwoGigabytes(t *testing.T) {
	const most = 64 << 20 // bytes allocated in all while refusing
	csvHeader := func(in string) string { header, _, _ := strings.Cut(in, "\n"); return header + "\n" }
	before := func(in, mark string) string {
		head, _, found := strings.Cut(in, mark)
		if !found {
			t.Fatalf("%q is not in it", mark)
		}
		return head + mark
	}
	opi := largeOPI(0)
	for _, tc := range []struct {
		name string
		head string // what the row begins with
		code record.FileCode
		line int
		tail string // what makes the document whole again, once more of it has been read
	}{
		{"a row of receipts", csvHeader(receipts) + "IUD1;", record.FileLimit, 2, ""},
		{"a row of receipts in quotes", csvHeader(receipts) + `IUD1;"`, record.FileLimit, 2, ""},
		{"a row of notices", csvHeader(notices) + "IUD1;", record.FileLimit, 2, ""},
		{"a row of provvisori", csvHeader(movements) + "2026;", record.FileLimit, 2, ""},
		{"a line of esiti", largeEsiti(0).row + " ", record.FileLimit, 2, ""},
		{"a record of CBI", largeCBI(0).head + " 62", record.FileSyntax, 3, ""},
		{"a text of a flow", before(fdr, "<p:identificativoFlusso>"), record.FileLimit, 3, ""},
		{"a tag of a flow", before(fdr, "<p:identificativoFlusso"), record.FileLimit, 3, ""},
		{"a text of a payment", before(fdr, "<p:datiSingoliPagamenti><p:identificativoUnivocoVersamento>"), record.FileLimit, 9, ""},
		{"a comment of a flow", before(fdr, `Pagamenti/">`) + "<!-- ", record.FileLimit, 2, ""},
		{"a text of an OPI", opi.head + before(opi.row, "<causale>"), record.FileLimit, 7, ""},
		{"a value of a flow in JSON", before(flowJSON, `"regulation": "`), record.FileLimit, 1, ""},
		{"a value of a payment in JSON, of a quarter of a gigabyte", flowJSON + before(paymentJSON, `"iur": "`), record.FileLimit, 8, `"}]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			size := int64(2 << 30)
			if tc.tail != "" {
				size = 256 << 20 // it is read to its end before it is refused
			}
			in := filled(size, tc.head, strings.Repeat("x", 64<<10), tc.tail)
			var start, end runtime.MemStats
			runtime.ReadMemStats(&start)
			fe := refused(t, in.reader(), in.size(), parsers.Limits{}, tc.code)
			runtime.ReadMemStats(&end)
			if fe.Line != tc.line {
				t.Errorf("line %d, want %d", fe.Line, tc.line)
			}
			if used := end.TotalAlloc - start.TotalAlloc; used > most {
				t.Errorf("%d MiB allocated, want %d at most", used>>20, most>>20)
			}
		})
	}
}

func TestLimitOfDepth(t *testing.T) {
	t.Parallel()
	deepXML := func(n int) string {
		return strings.Replace(fdr, "<p:versioneOggetto>", strings.Repeat("<p:x>", n)+strings.Repeat("</p:x>", n)+"<p:versioneOggetto>", 1)
	}
	deepJSON := func(n int, open, closing string) string {
		return flowJSON + strings.Replace(paymentJSON, "10.00", strings.Repeat(open, n)+"1"+strings.Repeat(closing, n), 1) + "]}"
	}
	opi := largeOPI(0)
	for _, tc := range []struct {
		name   string
		in     string
		limits parsers.Limits
		code   record.FileCode
	}{
		{"a flow beyond the limit of the configuration", fdr, parsers.Limits{MaxDepth: 3}, record.FileLimit},
		{"a flow of sixty-five elements in each other", deepXML(64), parsers.Limits{}, record.FileLimit},
		{"a flow of a million elements in each other", deepXML(1_000_000), parsers.Limits{}, record.FileLimit},
		{"an OPI of a million elements in each other", opi.head + strings.Repeat("<x>", 1_000_000), parsers.Limits{}, record.FileLimit},
		{"a payment in JSON of seventeen arrays in each other", deepJSON(17, "[", "]"), parsers.Limits{}, record.FileLimit},
		{"a payment in JSON of five thousand objects in each other", deepJSON(5_000, `{"a":`, "}"), parsers.Limits{}, record.FileLimit},
		{"a payment in JSON of a hundred thousand arrays in each other", deepJSON(100_000, "[", "]"), parsers.Limits{}, record.FileLimit},
		{"a receipt in JSON beyond the limit of the configuration", sample(t, "receipt", "service.json"), parsers.Limits{MaxDepth: 2}, record.FileLimit},
		{"a receipt in JSON of a hundred thousand arrays in each other", strings.Replace(sample(t, "receipt", "service.json"), `"metadata": []`, `"x": `+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000), 1), parsers.Limits{}, record.FileLimit},
		{"a million brackets", strings.Repeat("[", 1_000_000), parsers.Limits{}, record.FileUnknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			refused(t, strings.NewReader(tc.in), int64(len(tc.in)), tc.limits, tc.code)
		})
	}
}

// TestEntitiesAreNotExpanded sends the documents that grow while they are read.
func TestEntitiesAreNotExpanded(t *testing.T) {
	t.Parallel()
	const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	opi := largeOPI(1 << 10)
	journal := opi.head + opi.row + opi.tail
	for _, tc := range []struct {
		name, in, element string
	}{
		{"a flow", fdr, "<p:FlussoRiversamento"},
		{"an OPI", journal, "<flusso_giornale_di_cassa"},
		{"an RT", sample(t, "receipt", "rt_6_2.xml"), "<"},
		{"a paSendRT", sample(t, "receipt", "pasendrt_v1.xml"), "<"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// Before the root, which the declaration may precede.
			declaration, rest := "", tc.in
			if end := strings.Index(rest, "?>"); end >= 0 {
				declaration, rest = rest[:end+2], rest[end+2:]
			}
			for what, in := range map[string]string{
				"that declares entities":           declaration + laughs + rest,
				"that asks for a file":             declaration + `<!DOCTYPE x SYSTEM "file:///etc/passwd">` + rest,
				"that uses an entity of nobody":    strings.Replace(tc.in, "</", "&c;</", 1),
				"that declares them inside itself": strings.Replace(tc.in, "</", laughs+"</", 1),
			} {
				if fe := refused(t, strings.NewReader(in), int64(len(in)), parsers.Limits{}, record.FileSyntax); fe.Line == 0 {
					t.Errorf("%s: no line", what)
				}
			}
		})
	}
}

// sample is a sample document of a family.
func sample(t *testing.T, family, name string) string {
	t.Helper()
	in, err := os.ReadFile(filepath.Join(family, "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(in)
}

func TestLimitOfRows(t *testing.T) {
	t.Parallel()
	documentOf := func(e endless) string {
		all, err := io.ReadAll(io.NewSectionReader(e.reader(), 0, e.size()))
		if err != nil {
			t.Fatal(err)
		}
		return string(all)
	}
	for _, tc := range []struct {
		name string
		in   string
		line int
	}{
		{"provvisori", documentOf(withRows(largeProvvisori(1), 3)), 4},
		{"esiti", documentOf(withRows(largeEsiti(1), 3)), 3},
		{"OPI", documentOf(withRows(largeOPI(1), 3)), 9},
		{"CBI", documentOf(largeCBI(3 * 4 * 122)), 11},
		{"provvisori in ODS", string(ods(t, odsHeader+strings.Repeat(odsRow, 3))), 4},
		{"provvisori in ODS, one row repeated", string(ods(t, odsHeader+strings.Replace(odsRow, "<table:table-row>", `<table:table-row table:number-rows-repeated="1000000">`, 1))), 4},
		{"provvisori in XLSX", string(xlsx(t, xlsxHeader+xlsxRow(2)+xlsxRow(3)+xlsxRow(4))), 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if fe := refused(t, strings.NewReader(tc.in), int64(len(tc.in)), parsers.Limits{MaxRows: 2}, record.FileLimit); fe.Line != tc.line {
				t.Errorf("line %d, want %d", fe.Line, tc.line)
			}
			if tc.name == "provvisori in ODS, one row repeated" {
				return
			}
			got := newTally()
			err := parsers.ParseReaderAt(t.Context(), strings.NewReader(tc.in), int64(len(tc.in)), parsers.Options{Limits: parsers.Limits{MaxRows: 3}}, got)
			if err != nil || got.n["movements"] != 3 {
				t.Errorf("with a limit of three rows: %s, %v", got, err)
			}
		})
	}
	t.Run("chapters", func(t *testing.T) {
		t.Parallel()
		in := sample(t, "chapter", "capitoli_utf8.csv")
		refused(t, strings.NewReader(in), int64(len(in)), parsers.Limits{MaxRows: 2}, record.FileLimit)
	})
}

func withRows(e endless, rows int64) endless {
	e.rows = rows
	return e
}

// TestLimitOfCells makes spreadsheets that are small files and huge tables.
func TestLimitOfCells(t *testing.T) {
	t.Parallel()
	wide := func(text string) string {
		return strings.Replace(odsRow, "</table:table-row>",
			`<table:table-cell table:number-columns-repeated="1000000">`+text+"</table:table-cell></table:table-row>", 1)
	}
	tall := func(row string) string {
		return strings.Replace(row, "<table:table-row>", `<table:table-row table:number-rows-repeated="1000000">`, 1)
	}
	var farCells strings.Builder
	for row := 2; row < 200; row++ {
		farCells.WriteString(strings.Replace(xlsxRow(row), "</row>", cell(fmt.Sprintf("XFD%d", row), "x")+"</row>", 1))
	}
	for _, tc := range []struct {
		name   string
		in     []byte
		limits parsers.Limits
		code   record.FileCode // when refused
		rows   int             // when taken
	}{
		{name: "ODS of a million empty columns", in: ods(t, odsHeader+wide("")), rows: 1},
		{name: "ODS of a million columns with text", in: ods(t, odsHeader+wide("<text:p>x</text:p>")), code: record.FileLimit},
		{name: "ODS of a million columns with text above the header", in: ods(t, wide("<text:p>x</text:p>")+odsHeader+odsRow), code: record.FileLimit},
		{name: "ODS of a million empty rows", in: ods(t, odsHeader+tall("<table:table-row></table:table-row>")+odsRow), rows: 1},
		{name: "ODS of a million rows sixty times over", in: ods(t, odsHeader+strings.Repeat(tall(odsRow), 60)), code: record.FileLimit},
		{name: "ODS with a cell beyond the limit of the configuration", in: ods(t, odsHeader+odsRow+odsRow), limits: parsers.Limits{MaxCells: 20}, code: record.FileLimit},
		{name: "ODS with as many cells as it may have", in: ods(t, odsHeader+odsRow+odsRow), limits: parsers.Limits{MaxCells: 21}, rows: 2},
		{name: "XLSX with text in the last column", in: xlsx(t, xlsxHeader+strings.Replace(xlsxRow(2), "</row>", cell("XFD2", "x")+"</row>", 1)), rows: 1},
		{name: "XLSX with text in the last column of many rows", in: xlsx(t, xlsxHeader+farCells.String()), limits: parsers.Limits{MaxCells: 1 << 20}, code: record.FileLimit},
		{name: "XLSX with a cell beyond the last column", in: xlsx(t, xlsxHeader+strings.Replace(xlsxRow(2), "</row>", cell("ZZZZZZ2", "x")+"</row>", 1)), code: record.FileContainer},
		{name: "XLSX with a row beyond the last one", in: xlsx(t, xlsxHeader+xlsxRow(2_000_000_000)), code: record.FileContainer},
		{name: "XLSX with a row far below", in: xlsx(t, xlsxHeader+xlsxRow(1<<20)), rows: 1},
		{name: "XLSX with a cell beyond the limit of the configuration", in: xlsx(t, xlsxHeader+xlsxRow(2)+xlsxRow(3)), limits: parsers.Limits{MaxCells: 20}, code: record.FileLimit},
		{name: "XLSX with as many cells as it may have", in: xlsx(t, xlsxHeader+xlsxRow(2)+xlsxRow(3)), limits: parsers.Limits{MaxCells: 21}, rows: 2},
		{name: "XLSX with a document type", in: xlsx(t, "<!DOCTYPE x>"+xlsxHeader), code: record.FileContainer},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.code != "" {
				refused(t, bytes.NewReader(tc.in), int64(len(tc.in)), tc.limits, tc.code)
				return
			}
			got := newTally()
			err := parsers.ParseReaderAt(t.Context(), bytes.NewReader(tc.in), int64(len(tc.in)), parsers.Options{Limits: tc.limits}, got)
			if err != nil || got.n["movements"]+got.n["rejects"] != tc.rows {
				t.Errorf("%s, %v; want %d rows", got, err, tc.rows)
			}
		})
	}
	t.Run("a spreadsheet that unpacks to a gigabyte", func(t *testing.T) {
		t.Parallel()
		in := rawZip(t, "content.xml", []byte("<a/>"), 1<<30) // the content that counts is the last one
		for name, book := range map[string][]byte{
			"ODS":  merged(t, ods(t, ""), in),
			"XLSX": merged(t, zipOf(t, "[Content_Types].xml", "<Types/>"), rawZip(t, "xl/workbook.xml", []byte("<a/>"), 1<<30)),
		} {
			t.Run(name, func(t *testing.T) {
				refused(t, bytes.NewReader(book), int64(len(book)), parsers.Limits{}, record.FileLimit)
			})
		}
	})
}
