package cash_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"quadra/engine/record"
	"quadra/parsers/cash"
	"quadra/parsers/charset"
)

// provvisorio is a movement of the provvisori layout.
func provvisorio(line int, number string, cents record.Cents, payer, remittance string, valueOn record.Date) record.Movement {
	return record.Movement{
		Line: line, Year: 2026, Number: number, Document: record.DocSospeso, Operation: record.OpExecuted,
		Amount: cents, BookedOn: record.NewDate(2026, 3, 12), ValueOn: valueOn, Payer: payer, Remittance: remittance,
	}
}

func TestCSV(t *testing.T) {
	got := mustRead(t, cash.ReadCSV, bytes.NewReader(fixture(t, "provvisori.csv")), cash.Options{})
	day := record.NewDate(2026, 3, 12)
	want := []record.Movement{
		provvisorio(2, "1201", 15000, "POSTE ITALIANE SPA", "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-0000000001", day+1),
		provvisorio(3, "1202", 123456, "SISALPAY SPA; Servizio pagoPA", "/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/2026-03-11SIGPITM1XXX-S000000002", day),
		provvisorio(4, "1203", 1250, "SOCIETÀ DI PROVA", "RIMBORSO", day),
		provvisorio(5, "1204", -1000, "ECONOMO", "STORNO VERSAMENTO", day),
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 7, Column: "DATA ESEC.", Code: record.RejectDate, Value: "2026-02-30"},
		{Line: 8, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "abc"},
		{Line: 9, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "1,234"},
		{Line: 10, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "10,555"},
		{Line: 11, Column: "N.PROVV.", Code: record.RejectMissing},
		{Line: 12, Column: "N.PROVV.", Code: record.RejectMissing, Value: "0000"},
		{Line: 13, Column: "ESERCIZIO", Code: record.RejectMissing},
		{Line: 14, Column: "ESERCIZIO", Code: record.RejectNumber, Value: "26"},
		{Line: 15, Code: record.RejectColumns},
		{Line: 16, Code: record.RejectColumns},
		{Line: 17, Column: "IMPORTO PROVVISORIO", Code: record.RejectNotPositive, Value: "0,00"},
		{Line: 18, Column: "VALUTA ENTE", Code: record.RejectDate, Value: "31/02/2026"},
	})
	if got.summary.Doc.Format != cash.FormatCSV || got.summary.Rows != 16 {
		t.Errorf("summary %+v", got.summary)
	}
}

const (
	csvHeader = "ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO;VALUTA ENTE\n"
	csvRow    = "2026;1201;2026-03-12;SOCIETÀ €;CAUSALE;150,00;2026-03-12\n"
)

func TestCSVHeaders(t *testing.T) {
	want := []record.Movement{provvisorio(2, "1201", 15000, "POSTE", "CAUSALE", record.NewDate(2026, 3, 12))}
	for name, text := range map[string]string{
		"semicolon": "ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO;VALUTA ENTE\n2026;1201;2026-03-12;POSTE;CAUSALE;150,00;2026-03-12\n",
		"comma":     "ESERCIZIO,N.PROVV.,DATA ESEC.,ANAGRAFICA CLIENTE,DESCRIZIONE CAUSALE,IMPORTO PROVVISORIO,VALUTA ENTE\n2026,1201,2026-03-12,POSTE,CAUSALE,\"150,00\",2026-03-12\n",
		"tab":       "ESERCIZIO\tN.PROVV.\tDATA ESEC.\tANAGRAFICA CLIENTE\tDESCRIZIONE CAUSALE\tIMPORTO PROVVISORIO\tVALUTA ENTE\n2026\t1201\t2026-03-12\tPOSTE\tCAUSALE\t150,00\t2026-03-12\n",
		"quoted, other case, blanks, dots left out": "\"Esercizio\";\" n. provv \";\"Data Esec\";\"Anagrafica  cliente\";\"descrizione causale\";\"Importo Provvisorio\"\n2026;1201;12/03/2026;POSTE;CAUSALE;150,00\n",
		"columns swapped":                  "IMPORTO PROVVISORIO;DESCRIZIONE CAUSALE;VALUTA ENTE;N.PROVV.;ANAGRAFICA CLIENTE;DATA ESEC.;ESERCIZIO\n150,00;CAUSALE;;1201;POSTE;2026-03-12;2026\n",
		"other columns among them":         "FILIALE;ESERCIZIO;N.PROVV.;NOTE;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO\n12;2026;1201;x;20260312;POSTE;CAUSALE;150\n",
		"no value date":                    "ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO\n2026;1201;2026-03-12;POSTE;CAUSALE;€ 150,00\n",
		"separators after the last column": "ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO;;\n2026;1201;2026-03-12;POSTE;CAUSALE;150,00;;;;\n",
		"no line end at the end":           "ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO;VALUTA ENTE\r\n2026;1201;2026-03-12;POSTE;CAUSALE;150,00;",
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, cash.ReadCSV, strings.NewReader(text), cash.Options{})
			if diff := cmp.Diff(want, got.movements); diff != "" || len(got.rejects) > 0 {
				t.Errorf("movements (-want +got):\n%s\nrejects %+v", diff, got.rejects)
			}
		})
	}
}

func TestCSVFileErrors(t *testing.T) {
	tests := []struct {
		name, text string
		code       record.FileCode
		message    string
	}{
		{"no bytes", "", record.FileEmpty, "vuoto"},
		{"blank lines only", "\n\n", record.FileEmpty, "vuoto"},
		{"no header", csvRow, record.FileHeader, "ESERCIZIO, N.PROVV., DATA ESEC., ANAGRAFICA CLIENTE, DESCRIZIONE CAUSALE, IMPORTO PROVVISORIO"},
		{"amount column missing", strings.Replace(csvHeader, "IMPORTO PROVVISORIO", "IMPORTO", 1), record.FileHeader, "mancano le colonne IMPORTO PROVVISORIO:"},
		{"a column twice", strings.Replace(csvHeader, "VALUTA ENTE", "data esec", 1), record.FileHeader, "DATA ESEC. compare due volte"},
		{"last row cut", csvHeader + csvRow + "2026;1202;2026-03", record.FileTruncated, "tagliato"},
		{"last row cut inside quotes", csvHeader + csvRow + "2026;1202;2026-03-12;\"POS", record.FileTruncated, "incompleto"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadCSV, strings.NewReader(tt.text), cash.Options{})
			wantFileError(t, err, tt.code, tt.message)
		})
	}
}

func TestCSVWithoutRowsIsADayWithoutMovements(t *testing.T) {
	if got := mustRead(t, cash.ReadCSV, strings.NewReader(csvHeader), cash.Options{}); got.summary.Rows != 0 {
		t.Errorf("summary %+v", got.summary)
	}
}

func TestCSVBrokenQuotesCostOneRow(t *testing.T) {
	got := mustRead(t, cash.ReadCSV, strings.NewReader(csvHeader+"2026;1;2026-03-12;\"A\" B;C;1,00;\n"+csvRow), cash.Options{})
	wantRejects(t, got.rejects, []record.Reject{{Line: 2, Code: record.RejectSyntax}})
	if len(got.movements) != 1 || got.movements[0].Line != 3 {
		t.Errorf("movements %+v", got.movements)
	}
}

func TestCSVInEveryEncoding(t *testing.T) {
	text := csvHeader + csvRow
	for name, e := range map[string]encoding.Encoding{
		"UTF-8":                      encoding.Nop,
		"UTF-8 with byte-order mark": unicode.UTF8BOM,
		"windows-1252":               charmap.Windows1252,
		"ISO-8859-15":                charmap.ISO8859_15,
		"UTF-16LE":                   unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16BE":                   unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	} {
		t.Run(name, func(t *testing.T) {
			encoded, err := e.NewEncoder().Bytes([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			in, _, err := charset.NewReader(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(encoded)), nil })
			if err != nil {
				t.Fatal(err)
			}
			got := mustRead(t, cash.ReadCSV, in, cash.Options{})
			want := []record.Movement{provvisorio(2, "1201", 15000, "SOCIETÀ €", "CAUSALE", record.NewDate(2026, 3, 12))}
			if diff := cmp.Diff(want, got.movements); diff != "" {
				t.Errorf("movements (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLooksLikeHeader(t *testing.T) {
	for line, want := range map[string]bool{
		csvHeader:                         true,
		"esercizio;n provv;data esec;x;y": false,
		"ESERCIZIO;N.PROVV.;DATA ESEC.;IMPORTO PROVVISORIO":                    true,
		"IUD;codIuv;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco":     false,
		"2026;1201;2026-03-12;POSTE ITALIANE SPA;CAUSALE;150,00;2026-03-12":    false,
		"DATA CONTABILE;DATA VALUTA;CODICE CAUSALE;CAUSALE;DIVISA;IMPORTO":     false,
		"de_anno_bolletta;cod_bolletta;dt_contabile;de_denominazione;de_causa": false,
	} {
		if got := cash.LooksLikeHeader(strings.Split(line, ";")); got != want {
			t.Errorf("LooksLikeHeader(%q) = %v", line, got)
		}
	}
}

func TestSharedCSV(t *testing.T) {
	t.Run("sample", func(t *testing.T) {
		in, err := os.Open(filepath.Join(shared(t, "samples"), "derived-cash", "provvisori_entrata.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		got := mustRead(t, cash.ReadCSV, in, cash.Options{})
		if len(got.movements) != 3 || len(got.rejects) != 0 || got.movements[2].Amount != 101000 || got.movements[2].ValueOn != got.movements[2].BookedOn {
			t.Errorf("taken %+v", got)
		}
	})
	t.Run("oracles", func(t *testing.T) {
		for name, rows := range map[string]int{"a/cassa/giornale_1.csv": 515, "b/cassa/giornale_2.csv": 479} {
			in, err := os.Open(filepath.Join(shared(t, "oracle"), filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			if got := mustRead(t, cash.ReadCSV, in, cash.Options{}); len(got.movements) != rows || len(got.rejects) != 0 {
				t.Errorf("%s: %+v, want %d movements", name, got.summary, rows)
			}
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add(fixture(f, "provvisori.csv"))
	f.Add([]byte(csvHeader + csvRow))
	f.Add([]byte(strings.ReplaceAll(csvHeader+csvRow, ";", "\t")))
	f.Fuzz(func(t *testing.T, b []byte) { checkAny(t, cash.ReadCSV, b) })
}

// checkAny demands of any bytes: no panic, an error only about the file, and
// movements that are complete.
func checkAny(t *testing.T, f reader, b []byte) {
	checkAnyWith(t, f, b, cash.Options{MaxRows: 1000, MaxCells: 100_000, MaxBytes: 1 << 20})
}

func checkAnyWith(t *testing.T, f reader, b []byte, opt cash.Options) {
	got, err := read(t, f, bytes.NewReader(b), opt)
	var bad *record.FileError
	if err != nil && !errors.As(err, &bad) {
		t.Fatalf("error %v is not about the file", err)
	}
	for _, m := range got.movements {
		if m.Line < 1 || m.Number == "" || m.Year < 1999 || m.Amount == 0 || m.BookedOn == 0 || m.ValueOn == 0 || m.Document == "" || m.Operation == "" {
			t.Fatalf("incomplete movement %+v", m)
		}
	}
	for _, r := range got.rejects {
		if r.Line < 1 || r.Code == "" || r.Reason == "" {
			t.Fatalf("incomplete reject %+v", r)
		}
	}
}
