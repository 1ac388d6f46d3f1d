package parsers_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers"
	"quadra/parsers/archive"
)

const entity = "80000123457"

const receipts = `codIud;codIuv;identificativoDominio;identificativoUnivocoVersamento;identificativoUnivocoRiscoss;indiceDatiSingoloPagamento;` +
	`singoloImportoPagato;importoTotalePagato;codiceEsitoPagamento;dataEsitoSingoloPagamento;tipoDovuto;causaleVersamento
IUD1;IUV1;80000123457;IUV1;IUR1;1;10.00;10.00;0;2026-10-26;TARI;rifiuti in città
IUD2;IUV2;80000123457;IUV2;IUR2;1;20.00;20.00;0;2026-10-26;TARI;rifiuti
`

const notices = `IUD;codIuv;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco;anagraficaPagatore;dataEsecuzionePagamento;importoDovutoPagato;` +
	`commissioneCaricoPa;tipoDovuto;tipoVersamento;causaleVersamento;datiSpecificiRiscossione
IUD1;IUV1;F;PRVGNN80A41L840Y;PROVA GIANNA;2026-10-26;10.00;;TARI;ALL;rifiuti;9/0101100IM/
`

const movements = `ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO;VALUTA ENTE
2026;1;2026-10-18;BANCA DI PROVA;BONIFICO;2,50;2026-10-18
`

const fdr = `<?xml version="1.0" encoding="UTF-8"?>
<p:FlussoRiversamento xmlns:p="http://www.digitpa.gov.it/schemas/2011/Pagamenti/">
<p:versioneOggetto>1.0</p:versioneOggetto><p:identificativoFlusso>2026-10-27BCITITMM-S001</p:identificativoFlusso>
<p:dataOraFlusso>2026-10-28T10:00:00</p:dataOraFlusso><p:identificativoUnivocoRegolamento>TRN1</p:identificativoUnivocoRegolamento>
<p:dataRegolamento>2026-10-27</p:dataRegolamento>
<p:istitutoMittente><p:identificativoUnivocoMittente><p:tipoIdentificativoUnivoco>B</p:tipoIdentificativoUnivoco><p:codiceIdentificativoUnivoco>BCITITMM</p:codiceIdentificativoUnivoco></p:identificativoUnivocoMittente></p:istitutoMittente>
<p:istitutoRicevente><p:identificativoUnivocoRicevente><p:tipoIdentificativoUnivoco>G</p:tipoIdentificativoUnivoco><p:codiceIdentificativoUnivoco>80000123457</p:codiceIdentificativoUnivoco></p:identificativoUnivocoRicevente></p:istitutoRicevente>
<p:numeroTotalePagamenti>1</p:numeroTotalePagamenti><p:importoTotalePagamenti>10.00</p:importoTotalePagamenti>
<p:datiSingoliPagamenti><p:identificativoUnivocoVersamento>IUV1</p:identificativoUnivocoVersamento><p:identificativoUnivocoRiscossione>IUR1</p:identificativoUnivocoRiscossione><p:singoloImportoPagato>10.00</p:singoloImportoPagato><p:codiceEsitoSingoloPagamento>0</p:codiceEsitoSingoloPagamento><p:dataEsitoSingoloPagamento>2026-10-26</p:dataEsitoSingoloPagamento></p:datiSingoliPagamenti>
</p:FlussoRiversamento>
`

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		in   []byte
		want string // what the sink gets, in order
	}{
		{"receipts", []byte(receipts), "ricevute mypay-paid-csv 1.1 UTF-8|receipt IUV1|receipt IUV2"},
		{"receipts in UTF-8 with a mark", []byte("\xEF\xBB\xBF" + receipts), "ricevute mypay-paid-csv 1.1 UTF-8|receipt IUV1|receipt IUV2"},
		{"receipts in windows-1252", latin(receipts), "ricevute mypay-paid-csv 1.1 windows-1252|receipt IUV1|receipt IUV2"},
		{"receipts in UTF-16", wide(receipts), "ricevute mypay-paid-csv 1.1 UTF-16LE|receipt IUV1|receipt IUV2"},
		{"receipts with columns swapped", []byte(swapped(receipts)), "ricevute mypay-paid-csv 1.1 UTF-8|receipt IUV1|receipt IUV2"},
		{"nothing new in receipts", []byte(receipts[:strings.Index(receipts, "\n")+1]), "ricevute mypay-paid-csv 1.1 UTF-8"},
		{"a row left out", []byte(strings.Replace(receipts, ";20.00;", ";1.234,56;", 1)), "ricevute mypay-paid-csv 1.1 UTF-8|receipt IUV1|reject AMOUNT 3"},
		{"notices", []byte(notices), "notifiche mypivot-notices-csv 1.0 UTF-8|notice IUD1"},
		{"provvisori", []byte(movements), "cassa provvisori-csv  UTF-8|movement 1"},
		{"a flow", []byte(fdr), "rendicontazione fdr-xml 1.0 UTF-8|flow 2026-10-27BCITITMM-S001|line IUV1|end 10.00"},
		{"a flow in a gzip", gzipOf(t, fdr), "rendicontazione fdr-xml 1.0 UTF-8|flow 2026-10-27BCITITMM-S001|line IUV1|end 10.00"},
		{
			"a zip of several kinds, whatever their names",
			zipOf(t, "b.csv", fdr, "__MACOSX/._b.csv", "x", "a.xml", notices, "c.txt", movements),
			"a.xml: notifiche mypivot-notices-csv 1.0 UTF-8|notice IUD1|" +
				"b.csv: rendicontazione fdr-xml 1.0 UTF-8|flow 2026-10-27BCITITMM-S001|line IUV1|end 10.00|" +
				"c.txt: cassa provvisori-csv  UTF-8|movement 1",
		},
		{
			"a row left out of an entry", zipOf(t, "a.csv", strings.Replace(notices, "10.00", "abc", 1)),
			"a.csv: notifiche mypivot-notices-csv 1.0 UTF-8|a.csv: reject AMOUNT 2",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := parse(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("what the sink got (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	whole := zipOf(t, "a.csv", strings.Repeat(receipts, 100))
	for _, tc := range []struct {
		name  string
		in    []byte
		code  record.FileCode
		entry string
		hint  string
	}{
		{name: "an empty file", in: nil, code: record.FileEmpty},
		{name: "a file of blank lines", in: []byte("\r\n \n"), code: record.FileEmpty},
		{name: "an empty entry", in: zipOf(t, "a.csv", ""), code: record.FileEmpty, entry: "a.csv"},
		{name: "a zip cut in half", in: whole[:len(whole)/2], code: record.FileTruncated},
		{name: "a name that leads out of the zip", in: zipOf(t, "../a.csv", receipts), code: record.FileContainer, entry: "../a.csv"},
		{name: "a zip in a zip", in: zipOf(t, "b.zip", string(zipOf(t, "a.csv", receipts))), code: record.FileContainer, entry: "b.zip"},
		{name: "a gzip in a zip", in: zipOf(t, "b.gz", string(gzipOf(t, receipts))), code: record.FileContainer, entry: "b.gz"},
		{name: "a zip in a gzip", in: gzipOf(t, string(whole)), code: record.FileContainer},
		{name: "XML cut in half", in: []byte(fdr[:len(fdr)/2]), code: record.FileTruncated},
		{name: "XML cut before its root", in: []byte(fdr[:60]), code: record.FileTruncated},
		{name: "XML in a zip cut in half", in: zipOf(t, "a.xml", fdr[:len(fdr)/2]), code: record.FileTruncated, entry: "a.xml"},
		{name: "XML with a document type", in: []byte(strings.Replace(fdr, "<p:Flusso", "<!DOCTYPE x [<!ENTITY a \"b\">]><p:Flusso", 1)), code: record.FileSyntax, hint: "DOCTYPE"},
		{name: "XML in UTF-16 without a mark", in: wide(fdr)[2:], code: record.FileEncoding},
		{name: "a CSV with columns missing", in: []byte(strings.Replace(receipts, "codIud;", "x;", 1)), code: record.FileHeader, hint: "codIud"},
		{name: "a CSV of receipts with commas", in: []byte(strings.ReplaceAll(receipts, ";", ",")), code: record.FileHeader},
		{name: "a CSV whose header is broken", in: []byte("\"codIud\"x" + receipts), code: record.FileHeader},
		{name: "a CSV cut inside a row", in: []byte(receipts[:len(receipts)-25]), code: record.FileTruncated},
		{name: "a CSV in two encodings", in: append([]byte(receipts), latin(receipts)...), code: record.FileEncoding},
		{name: "a CSV in UTF-16 without a mark", in: wide(receipts)[2:], code: record.FileEncoding},
		{name: "a CSV with NUL bytes", in: []byte(receipts + "\x00\x00\x00"), code: record.FileEncoding},
		{name: "another entity's receipts", in: []byte(strings.Replace(receipts, entity, "00998870778", 1)), code: record.FileEntity},
		{name: "another entity's flow", in: []byte(strings.Replace(fdr, entity, "00998870778", 1)), code: record.FileEntity},
		{name: "an old workbook cut short", in: []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), code: record.FileTruncated, hint: "incompleta"},
		{name: "a PDF", in: []byte("%PDF-1.7\n"), code: record.FileUnknown, hint: "PDF"},
		{name: "a web page", in: []byte("<!DOCTYPE html>\n<html><body>504</body></html>"), code: record.FileUnknown, hint: "pagina web"},
		{name: "JSON", in: []byte(`{"fdr": "x"}`), code: record.FileUnknown, hint: "JSON"},
		{name: "other XML", in: []byte("<a:Document xmlns:a='u'/>"), code: record.FileUnknown, hint: "<Document>"},
		{name: "an import of debts without its columns", in: []byte("IUD;codIuv;dataScadenzaPagamento;importoDovuto;tipoVersamento;commissioneCaricoPa;azione\n"), code: record.FileHeader, hint: "colonne"},
		{name: "the rejects of an import of debts", in: []byte("IUD;codIuv;cod_rifiuto;de_rifiuto\n"), code: record.FileUnknown, hint: "scarti"},
		{name: "some text", in: []byte("buongiorno\n"), code: record.FileUnknown, hint: "giornale di cassa OPI"},
		{name: "NUL bytes", in: make([]byte, 100), code: record.FileUnknown},
		{name: "a workbook that is none", in: zipOf(t, "[Content_Types].xml", "x", "xl/workbook.xml", "x"), code: record.FileContainer},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(tc.in)
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || fe.Entry != tc.entry || !strings.Contains(fe.Message, tc.hint) || fe.Message == "" {
				t.Errorf("got %v, want %s of entry %q saying %q", err, tc.code, tc.entry, tc.hint)
			}
		})
	}
}

func TestParseReportsTheSinksErrorAsItIs(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	for name, in := range map[string]string{"receipts": receipts, "notices": notices, "provvisori": movements, "flow": fdr} {
		err := parsers.ParseReaderAt(t.Context(), strings.NewReader(in), int64(len(in)), parsers.Options{}, &tape{err: full})
		if !errors.Is(err, full) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestParseOfAPath(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "no-extension")
	if err := os.WriteFile(path, []byte(notices), 0o600); err != nil {
		t.Fatal(err)
	}
	var got tape
	if err := parsers.Parse(t.Context(), path, parsers.Options{TaxCode: entity}, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.lines) != 2 {
		t.Errorf("the sink got %q", got.lines)
	}
	var fe *record.FileError
	err := parsers.Parse(t.Context(), path, parsers.Options{Limits: parsers.Limits{Limits: archive.Limits{MaxFileBytes: 10}}}, &got)
	if !errors.As(err, &fe) || fe.Code != record.FileLimit {
		t.Errorf("got %v, want LIMIT", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := parsers.Parse(ctx, path, parsers.Options{}, &got); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestSniff(t *testing.T) {
	t.Parallel()
	formats := map[string]bool{"": true}
	for _, f := range parsers.Formats() {
		formats[f.Name] = true
	}
	for _, tc := range []struct {
		name   string
		head   string
		kind   record.Kind
		format string
	}{
		{"receipts", receipts, record.KindReceipts, "mypay-paid-csv"},
		{"receipts without their mandatory columns", "singoloImportoPagato;codiceEsitoPagamento;denominazioneAttestante\n", record.KindReceipts, "mypay-paid-csv"},
		{"notices", notices, record.KindNotices, "mypivot-notices-csv"},
		{"notices without header", "I;1;F;C;N;;;;;;;;2026-10-26;1.00;;T;ALL;c;9/x/;\n", record.KindNotices, "mypivot-notices-csv"},
		{"a flow", fdr, record.KindFlows, "fdr-xml"},
		{"a flow after a mark and blanks", "\xEF\xBB\xBF\n <FlussoRiversamento>", record.KindFlows, "fdr-xml"},
		{"a giornale di cassa", "<x:flusso_giornale_di_cassa>", record.KindMovements, "opi-xml"},
		{"provvisori", movements, record.KindMovements, "provvisori-csv"},
		{"provvisori with commas", strings.ReplaceAll(movements, ";", ","), record.KindMovements, "provvisori-csv"},
		{"a zip", "PK\x03\x04", record.KindMovements, "provvisori-xlsx"},
		{"nothing", "", "", ""},
		{"text", "a;b;c\n", "", ""},
	} {
		if kind, format := parsers.Sniff([]byte(tc.head)); kind != tc.kind || format != tc.format || !formats[format] {
			t.Errorf("%s: %q %q, want %q %q", tc.name, kind, format, tc.kind, tc.format)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, seed := range []string{receipts, notices, movements, fdr, "", "<", "\xFF\xFE<\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		kind, format := parsers.Sniff(head)
		if (kind == "") != (format == "") {
			t.Fatalf("kind %q, format %q", kind, format)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{receipts, notices, movements, fdr, string(wide(receipts)), string(zipOf(f, "a", fdr, "b", receipts)), string(gzipOf(f, notices))} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if bytes.Contains(in, []byte("xl/")) {
			return // workbooks are fuzzed where they are read
		}
		_, err := parse(in)
		var fe *record.FileError
		if err != nil && (!errors.As(err, &fe) || fe.Message == "" || fe.Code == "") {
			t.Fatalf("not a fault of the file: %v", err)
		}
	})
}

// tape keeps a line about everything a sink gets from the formats tested here.
type tape struct {
	record.Sink // what no format here gives
	lines       []string
	err         error
}

func (p *tape) add(format string, args ...any) error {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
	return p.err
}

func at(entry string) string {
	if entry == "" {
		return ""
	}
	return entry + ": "
}

func (p *tape) Doc(d *record.Doc) error {
	return p.add("%s%s %s %s %s", at(d.Entry), d.Kind, d.Format, d.Version, d.Encoding)
}
func (p *tape) Receipt(l *record.ReceiptLine) error    { return p.add("receipt %s", l.IUV) }
func (p *tape) Flow(f *record.Flow) error              { return p.add("flow %s", f.IUF) }
func (p *tape) FlowLine(l *record.FlowLine) error      { return p.add("line %s", l.IUV) }
func (p *tape) FlowEnd(totals record.FlowTotals) error { return p.add("end %s", totals.Plain) }
func (p *tape) Movement(m *record.Movement) error      { return p.add("movement %s", m.Number) }
func (p *tape) Notice(n *record.Notice) error          { return p.add("notice %s", n.IUD) }
func (p *tape) Reject(r *record.Reject) error {
	return p.add("%sreject %s %d", at(r.Entry), r.Code, r.Line)
}

func parse(in []byte) ([]string, error) {
	var got tape
	err := parsers.ParseReaderAt(context.Background(), bytes.NewReader(in), int64(len(in)), parsers.Options{TaxCode: entity}, &got)
	return got.lines, err
}

// latin is a text in windows-1252.
func latin(s string) []byte { return []byte(strings.ReplaceAll(s, "à", "\xE0")) }

// wide is a text in UTF-16LE with its mark.
func wide(s string) []byte {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// swapped turns the columns of a CSV without quotes round.
func swapped(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), ";")
		for i := len(fields) - 1; i >= 0; i-- {
			out.WriteString(fields[i])
			if i > 0 {
				out.WriteByte(';')
			}
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func zipOf(t testing.TB, namesAndContents ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(namesAndContents); i += 2 {
		w, err := z.Create(namesAndContents[i])
		if err == nil {
			_, err = io.WriteString(w, namesAndContents[i+1])
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

func gzipOf(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, content)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
