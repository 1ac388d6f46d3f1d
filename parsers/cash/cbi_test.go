package cash_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

const cbiIBAN = "IT13R0200802017000101059865"

// cbiKey is the number of a movement of the fixture.
func cbiKey(occurrence int, amount, reference, remittance string) string {
	return lineKey(occurrence, cbiIBAN, "2026-03-12", "2026-03-12", amount, reference, remittance)
}

func TestCBI(t *testing.T) {
	got := mustRead(t, cash.ReadCBI, bytes.NewReader(fixture(t, "cbi_rh.txt")), cash.Options{})
	day := record.NewDate(2026, 3, 12)
	uri, foreign := "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-0000000001", "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11SATYLUL1-67394095"
	want := []record.Movement{
		{
			Line: 3, Treasurer: "02008", Account: cbiIBAN, Year: 2026,
			Number:   cbiKey(1, "150.00", "0920299486000106 E2E000001", uri),
			Document: record.DocSospeso, Operation: record.OpExecuted, Amount: 15000, BookedOn: day, ValueOn: day,
			Payer: "POSTE ITALIANE SPA", EndToEnd: "E2E000001", Remittance: uri,
		},
		{
			Line: 7, Treasurer: "02008", Account: cbiIBAN, Year: 2026,
			Number:   cbiKey(1, "99.90", "0920299486000107", foreign),
			Document: record.DocSospeso, Operation: record.OpExecuted, Amount: 9990, BookedOn: day, ValueOn: day,
			Payer: "SATISPAY EUROPE SA", Remittance: foreign,
		},
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	summary := cash.Summary{Doc: record.Doc{Kind: record.KindMovements, Format: cash.FormatCBI}, Rows: 2, Accepted: 2}
	if diff := cmp.Diff(summary, got.summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// cbiLine puts texts at positions of a record, from 1.
func cbiLine(parts ...any) string {
	line := bytes.Repeat([]byte(" "), 120)
	for i := 0; i < len(parts); i += 2 {
		copy(line[parts[i].(int)-1:], parts[i+1].(string))
	}
	return string(line)
}

// cbiFlow is a flow of one statement, of an account opened with 1,000.00.
func cbiFlow(closing string, movements ...string) string {
	return cbiLines(slices.Concat([]string{
		cbiLine(2, "RH02008ABCDE130326FLUSSO"),
		cbiLine(2, "610000007", 24, "93001", 52, "R0200802017000101059865EUR120326C000000001000,00IT13"),
	}, movements, []string{
		cbiLine(2, "640000007EUR120326", 20, closing),
		cbiLine(2, "EF02008ABCDE130326FLUSSO", 46, "0000001"),
	})...)
}

func cbiLines(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// cbi62 is a movement of the statement with a sign and an amount.
func cbi62(number int, signed string) string {
	return cbiLine(2, fmt.Sprintf("620000007%03d110326120326%s48BO", number, signed), 62, "REF", 87, "BONIFICO A VOSTRO FAVORE")
}

// cbi63 is a detail of a movement with a tag.
func cbi63(number int, tag string, parts ...any) string {
	return cbiLine(append([]any{2, fmt.Sprintf("630000007%03d%s", number, tag)}, parts...)...)
}

func TestCBIMovements(t *testing.T) {
	full := strings.Repeat("abcdefghijkl ", 8) // 104 characters, the last one a blank
	for _, tt := range []struct {
		name    string
		details []string
		want    record.Movement
	}{
		{"a remittance cut in two is joined without a blank",
			[]string{cbi63(1, "RI1", 17, strings.Repeat("a", 104)), cbi63(1, "RI2", 17, "BPPIITRRXXX", 53, "altro")},
			record.Movement{Remittance: strings.Repeat("a", 104) + "BPPIITRRXXX"}},
		{"the blank a remittance is cut at stays", []string{cbi63(1, "RI1", 17, full), cbi63(1, "RI2", 17, "mno")},
			record.Movement{Remittance: full + "mno"}},
		{"a remittance cut before its field is full", []string{cbi63(1, "RI1", 17, "/URI/2026-03-"), cbi63(1, "RI2", 17, "11BPPI")},
			record.Movement{Remittance: "/URI/2026-03-11BPPI"}},
		{"the text of the transfer comes before all others",
			[]string{cbi63(1, "   ", 17, "LIBERO"), cbi63(1, "ZZ3", 17, "COMUNE", 67, "ESTERO"), cbi63(1, "RI1", 17, "CAUSALE")},
			record.Movement{Remittance: "CAUSALE"}},
		{"the reason of a transfer from abroad", []string{cbi63(1, "   ", 17, "LIBERO"), cbi63(1, "ZZ3", 17, "COMUNE", 67, "ESTERO")},
			record.Movement{Remittance: "ESTERO"}},
		{"free text, with and without a place for the tag",
			[]string{cbi63(1, "   ", 17, "RIF 1"), cbi63(1, "ORD", 17, ". ROSSI")}, record.Movement{Remittance: "RIF 1 ORD. ROSSI"}},
		{"without details, the description of the credit", nil, record.Movement{Remittance: "BONIFICO A VOSTRO FAVORE"}},
		{"the originator of a transfer", []string{cbi63(1, "ZZ2", 17, "ROSSI SPA"), cbi63(1, "YYY", 17, "12032026", 41, "BIANCHI SRL", 81, "ROMA")},
			record.Movement{Remittance: "BONIFICO A VOSTRO FAVORE", Payer: "BIANCHI SRL"}},
		{"an end-to-end id that is none", []string{cbi63(1, "ID1", 17, "MSG", 52, "NOTPROVIDED")},
			record.Movement{Remittance: "BONIFICO A VOSTRO FAVORE"}},
		{"details of no interest", []string{cbi63(1, "KKK", 17, "X"), cbi63(1, "YY2", 17, "VIA"), cbi63(1, "ZZ1", 17, "0")},
			record.Movement{Remittance: "BONIFICO A VOSTRO FAVORE"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := cbiFlow("C000000001010,00", append([]string{cbi62(1, "C000000000010,00")}, tt.details...)...)
			got := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{})
			want := tt.want
			want.Line, want.Treasurer, want.Account, want.Year = 3, "02008", cbiIBAN, 2026
			want.Document, want.Operation, want.Amount = record.DocSospeso, record.OpExecuted, 1000
			want.ValueOn, want.BookedOn = record.NewDate(2026, 3, 11), record.NewDate(2026, 3, 12)
			want.Number = lineKey(1, cbiIBAN, "2026-03-12", "2026-03-11", "10.00", "REF", strings.Join(strings.Fields(want.Remittance), " "))
			if diff := cmp.Diff([]record.Movement{want}, got.movements); diff != "" {
				t.Errorf("movements (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCBIDebitsCountInTheBalanceAndAreSkipped(t *testing.T) {
	in := cbiFlow("C000000000999,00", cbi62(1, "C000000000001,00"), cbi62(2, "D000000000002,00"), cbi63(2, "RI1", 17, "PAGAMENTO"))
	got := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{})
	if got.summary.Accepted != 1 || got.summary.Skipped != 1 {
		t.Errorf("summary %+v, want one movement and one row skipped", got.summary)
	}
}

func TestCBITwinsOfOneStatementHaveTwoNumbers(t *testing.T) {
	in := cbiFlow("C000000001002,00", cbi62(1, "C000000000001,00"), cbi62(2, "C000000000001,00"))
	first := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{}).movements
	again := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{}).movements
	if first[0].Number == first[1].Number || !cmp.Equal(first, again) {
		t.Errorf("numbers %s and %s, then %s and %s", first[0].Number, first[1].Number, again[0].Number, again[1].Number)
	}
}

func TestCBISeveralFlowsWithSeveralStatements(t *testing.T) {
	one := cbiFlow("C000000001001,00", cbi62(1, "C000000000001,00"))
	statement := strings.Split(strings.TrimSuffix(one, "\r\n"), "\r\n")[1:4]
	other := make([]string, len(statement))
	for i, line := range statement {
		other[i] = strings.Replace(line, "0000007", "0000008", 1)
	}
	flow := cbiLines(slices.Concat([]string{cbiLine(2, "RH02008ABCDE130326")}, statement, other, []string{cbiLine(2, "EF", 46, "0000002")})...)
	got := mustRead(t, cash.ReadCBI, strings.NewReader(one+"\r\n"+flow), cash.Options{})
	if got.summary.Accepted != 3 {
		t.Errorf("%d movements, want 3", got.summary.Accepted)
	}
}

func TestCBIIsReadAsBanksSendIt(t *testing.T) {
	good := string(fixture(t, "cbi_rh.txt"))
	want := mustRead(t, cash.ReadCBI, strings.NewReader(good), cash.Options{}).movements
	lines := strings.Split(good, "\r\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	for name, in := range map[string]string{
		"with LF":                          strings.ReplaceAll(good, "\r\n", "\n"),
		"without its first blank":          strings.ReplaceAll("\n"+good, "\n ", "\n"),
		"without any blank around records": strings.Join(lines, "\n"),
		"with the mark of an end":          good + "\x1A",
		"without its last line end":        strings.TrimSuffix(good, "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{}).movements
			for i := range got {
				got[i].Line = want[i].Line
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("movements (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCBIPositionsAreCharacters(t *testing.T) {
	// The euro sign takes three bytes of UTF-8, and one character.
	in := cbiFlow("C000000001010,00", cbi62(1, "C000000000010,00"),
		strings.TrimRight(cbi63(1, "YYY", 41, "_____ITT_ SPA"), " ")+strings.Repeat(" ", 27)+"ROMA")
	in = strings.Replace(in, "_____ITT_ SPA", "à€èìùITTÀ SPA", 1)
	got := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{})
	if got.movements[0].Payer != "à€èìùITTÀ SPA" {
		t.Errorf("payer %q", got.movements[0].Payer)
	}
}

func TestCBIAccounts(t *testing.T) {
	for _, tt := range []struct{ name, parts, want string }{
		{"with country and check digits", "R0200802017000101059865EUR120326C000000001000,00IT13", cbiIBAN},
		{"without them they are computed", "X0542811101000000123456EUR120326C000000001000,00", "IT60X0542811101000000123456"},
		{"without a CIN", " 0542811101000000123456EUR120326C000000001000,00", "0542811101000000123456"},
		{"without a bank", "           000000123456EUR120326C000000001000,00", "000000123456"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := strings.Replace(cbiFlow("C000000001010,00", cbi62(1, "C000000000010,00")),
				"R0200802017000101059865EUR120326C000000001000,00IT13", fmt.Sprintf("%-52s", tt.parts), 1)
			got := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{})
			if got.movements[0].Account != tt.want {
				t.Errorf("account %s, want %s", got.movements[0].Account, tt.want)
			}
		})
	}
}

func TestCBIRejects(t *testing.T) {
	in := cbiFlow("C000000009999,99",
		cbi62(1, "C000000000010.00"),
		cbi62(2, "X000000000010,00"), cbi63(2, "RI1", 17, "X"),
		cbi62(3, "C000000000000,00"),
		strings.Replace(cbi62(4, "C000000000010,00"), "110326120326", "110326310226", 1),
		strings.Replace(cbi62(5, "C000000000010,00"), "110326120326", "1103AB120326", 1),
		strings.Replace(cbi62(6, "C000000000010,00"), "110326120326", "110326      ", 1),
		strings.Replace(cbi62(7, "C000000000010,00"), "110326120326", "000000120326", 1))
	got := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{})
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 3, Column: "importo", Code: record.RejectAmount, Value: "000000000010.00"},
		{Line: 4, Column: "segno", Code: record.RejectOperation, Value: "X"},
		{Line: 6, Column: "importo", Code: record.RejectNotPositive, Value: "000000000000,00"},
		{Line: 7, Column: "data contabile", Code: record.RejectDate, Value: "310226"},
		{Line: 8, Column: "data valuta", Code: record.RejectDate, Value: "1103AB"},
		{Line: 9, Column: "data contabile", Code: record.RejectMissing, Value: "      "},
	})
	if len(got.movements) != 1 || got.movements[0].ValueOn != got.movements[0].BookedOn {
		t.Errorf("movements %+v, want one with the booking day as value day", got.movements)
	}
	if w := got.summary.Doc.Warnings; len(w) != 1 || !strings.Contains(w[0], "estratto conto 0000007") {
		t.Errorf("warnings %q, want one: the balance cannot be checked", w)
	}
}

func TestCBIOfAnotherCurrency(t *testing.T) {
	in := strings.Replace(cbiFlow("C000000001010,00", cbi62(1, "C000000000010,00")), "865EUR", "865USD", 1)
	got := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{})
	wantRejects(t, got.rejects, []record.Reject{{Line: 3, Column: "divisa", Code: record.RejectAmount, Value: "USD"}})
}

func TestCBIWithAnotherNumberOfRecordsGivesAWarning(t *testing.T) {
	in := strings.Replace(string(fixture(t, "cbi_rh.txt")), "0000013 ", "0000011 ", 1)
	got := mustRead(t, cash.ReadCBI, strings.NewReader(in), cash.Options{})
	if w := got.summary.Doc.Warnings; len(w) != 1 || !strings.Contains(w[0], "dichiara 11 record, il file ne ha 13") {
		t.Errorf("warnings %q", w)
	}
}

func TestCBIFileErrors(t *testing.T) {
	good := string(fixture(t, "cbi_rh.txt"))
	lines := strings.SplitAfter(good, "\r\n")
	without := func(from, to int) string { return strings.Join(slices.Concat(lines[:from], lines[to:]), "") }
	credit := cbi62(1, "C000000000010,00")
	for _, tt := range []struct {
		name, in string
		code     record.FileCode
		message  string
	}{
		{"no bytes", "", record.FileEmpty, "vuoto"},
		{"blank lines", " \r\n\r\n", record.FileEmpty, "vuoto"},
		{"the end is missing", without(12, 13), record.FileTruncated, "EF"},
		{"cut in the middle of a movement", strings.Join(lines[:5], ""), record.FileTruncated, "EF"},
		{"a statement that does not add up", cbiFlow("C000000001010,01", credit), record.FileContent,
			"estratto conto 0000007 (riga 2) non quadra: saldo iniziale e movimenti danno 1.010,00, il saldo finale è 1.010,01"},
		{"a credit that is missing", without(2, 6), record.FileContent, "0000001 (riga 2) non quadra"},
		{"a balance below zero", cbiFlow("D000000001010,00", credit), record.FileContent, "-1.010,00"},
		{"a statement that is missing", without(1, 11), record.FileContent, "dichiara 1 estratti conto, il file ne ha 0"},
		{"a statement that does not close", without(10, 11), record.FileSyntax, "record EF"},
		{"a statement opened twice", strings.Join(slices.Insert(slices.Clone(lines), 2, lines[1]), ""), record.FileSyntax, "record 61"},
		{"a flow opened twice", lines[0] + good, record.FileSyntax, "record RH"},
		{"records before a flow", without(0, 1), record.FileSyntax, "record 61"},
		{"a movement outside a statement", without(1, 2), record.FileSyntax, "record 62"},
		{"a closing outside a statement", without(1, 10), record.FileSyntax, "record 64"},
		{"a detail before any movement", without(2, 3), record.FileSyntax, "record 63"},
		{"a detail of another movement", without(6, 7), record.FileContent, "dettaglio"},
		{"a movement of another statement", cbiFlow("C000000001010,00", strings.Replace(credit, "620000007", "620000008", 1)), record.FileContent, "0000008"},
		{"a closing of another statement", strings.Replace(good, "640000001", "640000002", 1), record.FileContent, "0000002"},
		{"an opening balance that is none", strings.Replace(good, "C000000010000,00", "C00000001000000 ", 1), record.FileSyntax, "saldo iniziale"},
		{"a closing balance that is none", strings.Replace(good, "C000000010249,90C", "X000000010249,90C", 1), record.FileSyntax, "saldo finale"},
		{"a record of another format", strings.Replace(good, " 65", " 99", 1), record.FileSyntax, "non è uno del tracciato"},
		{"a line too wide", strings.Replace(good, "ROMA   ", "ROMA    ", 1)[:700] + strings.Repeat("x", 200) + "\r\n", record.FileSyntax, "120 caratteri"},
		{"a line without end", good + strings.Repeat("x", 1<<20), record.FileSyntax, "120 caratteri"},
		{"too many details", cbiFlow("C000000001010,00", append([]string{credit}, slices.Repeat([]string{cbi63(1, "RI1", 17, "x")}, 1001)...)...), record.FileLimit, "1000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadCBI, strings.NewReader(tt.in), cash.Options{})
			wantFileError(t, err, tt.code, tt.message)
		})
	}
}

// TestOnlyItsOwnFormatLooksLikeIt holds every sample against every sniffer of
// the formats of banks.
func TestOnlyItsOwnFormatLooksLikeIt(t *testing.T) {
	looks := map[string]func([]byte) bool{
		"XLS": cash.LooksLikeXLS, "ODS": cash.LooksLikeODS, "HTML": cash.LooksLikeHTMLTable,
		"CBI": cash.LooksLikeCBI, "camt": cash.LooksLikeCamt,
	}
	samples := map[string]struct {
		head []byte
		want string
	}{
		"a CBI flow":                          {fixture(t, "cbi_rh.txt"), "CBI"},
		"a CBI flow without its blanks":       {[]byte("RH02008ABCDE130326\n610000001\n"), "CBI"},
		"a CBI flow of no statement":          {[]byte(" RH02008ABCDE130326\r\n EF02008ABCDE130326\r\n"), "CBI"},
		"a text that starts with RH":          {[]byte("RH;data;importo\n61;62;63\n"), ""},
		"an account statement in XML":         {fixture(t, "camt_08.xml"), "camt"},
		"an account statement in XML, older":  {fixture(t, "camt_02.xml"), "camt"},
		"an account statement in an envelope": {[]byte(`<BizMsgEnvlp><AppHdr><Fr/></AppHdr><Document><BkToCstmrStmt>`), "camt"},
		"the movements of a day in XML":       {[]byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.052.001.02"><BkToCstmrAcctRpt>`), ""},
		"an old Excel workbook":               {fixture(t, "conto_bancario.xls"), "XLS"},
		"an OpenDocument spreadsheet":         {spreadsheet(t, contentODS("")), "ODS"},
		"an Excel workbook":                   {workbook(t, false, sheetOf(standardHeader)), ""},
		"a page with a table":                 {[]byte("\xEF\xBB\xBF<html>\n<body><TABLE border=1><tr><td>1"), "HTML"},
		"a table without a page":              {[]byte("<table><tr><td>1"), "HTML"},
		"a page Excel made with a long style": {[]byte(`<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>`), "HTML"},
		"a page with a declaration":           {[]byte(`<?xml version="1.0"?><!DOCTYPE html><!-- x --><html><table>`), "HTML"},
		"a page in UTF-16":                    {[]byte("\xFF\xFE<\x00t\x00a\x00b\x00l\x00e\x00>\x00"), "HTML"},
		"a page without a table":              {[]byte("<html><body>Errore"), ""},
		"a workbook of Excel 2003 in XML":     {[]byte(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet><Table >`), ""},
		"a giornale di cassa":                 {fixture(t, "opi_1_6.xml"), ""},
		"a list of provvisori":                {fixture(t, "provvisori.csv"), ""},
		"nothing":                             {nil, ""},
	}
	for name, s := range samples {
		for format, look := range looks {
			if got := look(s.head[:min(len(s.head), 16<<10)]); got != (format == s.want) {
				t.Errorf("%s looks like %s: %t", name, format, got)
			}
		}
	}
}

func TestNoSharedSampleOfAnotherFormatIsTaken(t *testing.T) {
	err := filepath.WalkDir(shared(t, "samples"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		head, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		head = head[:min(len(head), 16<<10)]
		if got, want := cash.LooksLikeCBI(head), entry.Name() == "cbi_rh_example.txt"; got != want {
			t.Errorf("%s looks like CBI: %t", entry.Name(), got)
		}
		if cash.LooksLikeCamt(head) || cash.LooksLikeHTMLTable(head) || cash.LooksLikeXLS(head) || cash.LooksLikeODS(head) {
			t.Errorf("%s is taken for another format", entry.Name())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzReadCBI(f *testing.F) {
	f.Add(fixture(f, "cbi_rh.txt"))
	f.Add([]byte(cbiFlow("C000000000999,00", cbi62(1, "C000000000001,00"), cbi63(1, "RI1", 17, "X"), cbi63(1, "RI2", 17, "Y"), cbi62(2, "D000000000002,00"))))
	f.Add([]byte("RH02008ABCDE130326\nEF\n"))
	f.Fuzz(func(t *testing.T, in []byte) { fuzzOne(t, cash.ReadCBI, in) })
}

// fuzzOne reads anything: what comes out must hold together.
func fuzzOne(t *testing.T, f reader, in []byte) {
	t.Helper()
	got, err := read(t, f, bytes.NewReader(in), cash.Options{MaxBytes: 1 << 20, MaxCells: 100_000, MaxRows: 10_000})
	var bad *record.FileError
	if err != nil && (!errors.As(err, &bad) || bad.Message == "") {
		t.Fatalf("not a fault of the file: %v", err)
	}
	for _, m := range got.movements {
		if m.Amount == 0 || m.BookedOn == 0 || m.ValueOn == 0 || m.Number == "" || m.Line == 0 {
			t.Fatalf("a movement lacks something: %+v", m)
		}
	}
}
