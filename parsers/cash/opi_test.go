package cash_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

const ours = "80000123457"

// opi is a movement of the fixtures, which differ in few fields.
func opi(line int, change func(*record.Movement)) record.Movement {
	m := record.Movement{
		Line: line, Treasurer: "03069", Account: "1234567", Year: 2026, Number: "1201",
		Document: record.DocSospeso, Operation: record.OpExecuted, Amount: 15000,
		BookedOn: record.NewDate(2026, 3, 12), ValueOn: record.NewDate(2026, 3, 12),
		Payer: "POSTE ITALIANE SPA", Code: "9998",
		Remittance: "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-0000000001",
	}
	if change != nil {
		change(&m)
	}
	return m
}

// lines are those of the movements of a document.
func lines(document []byte) []int {
	var at []int
	for i, line := range strings.Split(string(document), "\n") {
		if strings.Contains(line, "<movimento_conto_evidenza>") {
			at = append(at, i+1)
		}
	}
	return at
}

func TestOPI(t *testing.T) {
	document := fixture(t, "opi_1_6.xml")
	at := lines(document)
	got := mustRead(t, cash.ReadOPI, bytes.NewReader(document), cash.Options{TaxCode: ours})
	want := []record.Movement{
		opi(at[0], func(m *record.Movement) { m.Receipt, m.EndToEnd = "74056", "E2E000001" }),
		opi(at[1], func(m *record.Movement) {
			m.Number, m.Amount, m.Remittance = "1202", 9990, "Rimborso <spese> & altro"
		}),
		opi(at[2], func(m *record.Movement) { m.Number, m.Receipt = "74058", "74058" }),
		opi(at[3], func(m *record.Movement) { m.Operation, m.ValueOn = record.OpReversed, m.BookedOn+1 }),
		opi(at[4], func(m *record.Movement) {
			m.Operation, m.Number, m.Receipt, m.Amount = record.OpReversed, "1202", "74060", 9990
		}),
		opi(at[5], func(m *record.Movement) { m.Operation = record.OpRegularised }),
		opi(at[6], func(m *record.Movement) { m.Operation = record.OpRestored }),
		opi(at[7], func(m *record.Movement) {
			m.Document, m.Number, m.Code = record.DocReversale, "15", ""
			m.Covers = []record.Cover{{Number: "1201", Amount: 15000}}
		}),
		opi(at[12], func(m *record.Movement) { m.Account, m.Amount = "7654321", 2500 }),
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	wantRejects(t, got.rejects, []record.Reject{})
	doc := record.Doc{
		Kind: record.KindMovements, Format: cash.FormatOPI, Version: ">=1.5", Encoding: "UTF-8",
		Warnings: []string{"pagina 1 di 2: il giornale è completo solo con tutte le pagine"},
	}
	if diff := cmp.Diff([]record.Doc{doc}, got.docs); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	doc.Warnings = append(doc.Warnings, "firmato, firma non verificata") // at the end of the document
	summary := cash.Summary{Doc: doc, Rows: 13, Accepted: 9, Skipped: 4}
	if diff := cmp.Diff(summary, got.summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func TestOPIUpTo14(t *testing.T) {
	document := fixture(t, "opi_1_4.xml")
	at := lines(document)
	got := mustRead(t, cash.ReadOPI, bytes.NewReader(document), cash.Options{TaxCode: ours})
	want := []record.Movement{
		opi(at[0], nil),
		opi(at[1], func(m *record.Movement) {
			m.Document, m.Number, m.Code, m.EndToEnd = record.DocReversale, "15", "", "E2E000002"
			m.Covers = []record.Cover{{Number: "1201", Amount: 15000}}
		}),
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	if got.summary.Doc.Version != "<=1.4" || !slices.Equal(got.summary.Doc.Warnings, []string{"firmato, firma non verificata"}) {
		t.Errorf("summary %+v", got.summary)
	}
}

func TestOPIRejects(t *testing.T) {
	document := fixture(t, "opi_rejects.xml")
	at := lines(document)
	got := mustRead(t, cash.ReadOPI, bytes.NewReader(document), cash.Options{TaxCode: ours})
	wantRejects(t, got.rejects, []record.Reject{
		{Line: at[0], Column: "importo", Code: record.RejectAmount, Value: "abc"},
		{Line: at[1], Column: "importo", Code: record.RejectAmount, Value: "10.555"},
		{Line: at[2], Column: "importo", Code: record.RejectNotPositive, Value: "-10.00"},
		{Line: at[3], Column: "importo", Code: record.RejectNotPositive, Value: "0.00"},
		{Line: at[4], Column: "data_movimento", Code: record.RejectDate, Value: "2026-02-30"},
		{Line: at[5], Column: "data_valuta_ente", Code: record.RejectDate, Value: "12-03"},
		{Line: at[6], Column: "numero_documento", Code: record.RejectMissing, Value: "0"},
		{Line: at[7], Column: "numero_documento", Code: record.RejectNumber, Value: "12A"},
		{Line: at[8], Column: "tipo_operazione", Code: record.RejectOperation, Value: "SOSPESO"},
		{Line: at[9], Column: "tipo_documento", Code: record.RejectOperation, Value: "BOLLETTINO"},
		{Line: at[10], Column: "tipo_movimento", Code: record.RejectOperation, Value: "GIRO"},
		{Line: at[11], Column: "tipo_operazione", Code: record.RejectMissing},
		{Line: at[12], Column: "importo", Code: record.RejectMissing},
		{Line: at[13], Column: "data_movimento", Code: record.RejectMissing},
	})
	if len(got.movements) != 1 || got.movements[0].Number != "1213" || got.summary.Skipped != 1 {
		t.Errorf("movements %+v, summary %+v", got.movements, got.summary)
	}
}

func TestOPIFileErrors(t *testing.T) {
	good := string(fixture(t, "opi_1_6.xml"))
	without := func(element string) string {
		from := strings.Index(good, "<"+element+">")
		to := strings.Index(good, "</"+element+">") + len("</"+element+">")
		return good[:from] + good[to:]
	}
	tests := []struct {
		name, document, taxCode string
		code                    record.FileCode
		message                 string
	}{
		{"cut in half", good[:len(good)/2], ours, record.FileTruncated, ""},
		{"end tag of the root missing", strings.Replace(good, "</flusso_giornale_di_cassa>", "", 1), ours, record.FileTruncated, ""},
		{"no bytes", "", ours, record.FileEmpty, ""},
		{"tags crossed", strings.Replace(good, "</causale>", "</cliente>", 1), ours, record.FileSyntax, ""},
		{"something after the root", good + "<altro/>", ours, record.FileSyntax, ""},
		{"another entity", good, "80000123458", record.FileEntity, "80000123457"},
		{"another document", "<flusso_ordinativi/>", ours, record.FileContent, "flusso_giornale_di_cassa"},
		{"empty journal", "<flusso_giornale_di_cassa/>", ours, record.FileContent, "codice fiscale"},
		{"no heading", without("testata_messaggio"), ours, record.FileContent, "codice fiscale"},
		{"no year", without("esercizio"), ours, record.FileContent, "esercizio"},
		{"a second heading after the movements", strings.Replace(good, "</flusso_giornale_di_cassa>", "<testata_messaggio><codice_fiscale_ente>1</codice_fiscale_ente></testata_messaggio></flusso_giornale_di_cassa>", 1), ours, record.FileContent, "testata"},
		{"a second year", strings.Replace(good, "<esercizio>2026</esercizio>", "<esercizio>2026</esercizio><esercizio>2025</esercizio>", 1), ours, record.FileContent, "esercizio"},
		{"year that is none", strings.Replace(good, "<esercizio>2026", "<esercizio>26", 1), ours, record.FileContent, "esercizio"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadOPI, strings.NewReader(tt.document), cash.Options{TaxCode: tt.taxCode})
			wantFileError(t, err, tt.code, tt.message)
		})
	}
}

func TestOPITaxCodesAreComparedWithoutPadding(t *testing.T) {
	good := string(fixture(t, "opi_1_6.xml"))
	for _, written := range []string{" 80000123457 ", "0000080000123457"} {
		document := strings.Replace(good, "80000123457", written, 1)
		mustRead(t, cash.ReadOPI, strings.NewReader(document), cash.Options{TaxCode: ours})
	}
	personal := strings.Replace(good, "80000123457", "rssmra70a01h501s", 1)
	mustRead(t, cash.ReadOPI, strings.NewReader(personal), cash.Options{TaxCode: "RSSMRA70A01H501S"})
	mustRead(t, cash.ReadOPI, strings.NewReader(good), cash.Options{})
}

func TestOPIWithoutItsDayIsReadWithAWarning(t *testing.T) {
	document := strings.Replace(string(fixture(t, "opi_1_6.xml")), "data_riferimento_GdC", "altro", 2)
	got := mustRead(t, cash.ReadOPI, strings.NewReader(document), cash.Options{TaxCode: ours})
	if got.summary.Doc.Version != "" || !strings.Contains(strings.Join(got.summary.Doc.Warnings, "|"), "versione non riconoscibile") {
		t.Errorf("summary %+v", got.summary)
	}
}

func TestSharedOPI(t *testing.T) {
	in, err := os.Open(filepath.Join(shared(t, "samples"), "derived-cash", "opi_gdc_1_6_1_pagopa_rows.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	got := mustRead(t, cash.ReadOPI, in, cash.Options{TaxCode: "12345678901"})
	var brief []string
	for _, m := range got.movements {
		brief = append(brief, strings.Join([]string{m.Account, m.Number, m.Receipt, string(m.Operation), m.Amount.String(), m.EndToEnd}, " "))
	}
	want := []string{
		"1234567 1201 1201 ESEGUITO 150.00 E2E000001",
		"1234567 1202 1202 ESEGUITO 99.90 E2E000002",
		"1234567 1203 1203 ESEGUITO 25.00 E2E000003",
		"1234567 1204 1204 ESEGUITO 45.01 E2E000004",
		"1234567 1205 1205 ESEGUITO 45.56 E2E000005",
		"1234567 1206 1206 ESEGUITO 10.00 E2E000006",
		"1234567 1201 1201 STORNATO 150.00 E2E000007",
	}
	if diff := cmp.Diff(want, brief); diff != "" || len(got.rejects) != 0 {
		t.Errorf("movements (-want +got):\n%s\nrejects %+v", diff, got.rejects)
	}
	if !slices.Contains(got.summary.Doc.Warnings, "firmato, firma non verificata") {
		t.Errorf("warnings %v", got.summary.Doc.Warnings)
	}
}

func FuzzReadOPI(f *testing.F) {
	for _, name := range []string{"opi_1_6.xml", "opi_1_4.xml", "opi_rejects.xml"} {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkAny(t, cash.ReadOPI, b) })
}
