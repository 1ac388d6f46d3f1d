package receipt_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/mypay"
	"quadra/parsers/receipt"
)

func TestReadLine(t *testing.T) {
	t.Parallel()
	secondary := ordinary()
	secondary.IUD, secondary.ImportFlow, secondary.ImportRow, secondary.Index = "", "", 0, 2
	secondary.DebtType = "EXPORT_ENTE_SECONDARIO"
	secondary.OwnerCode, secondary.OwnerName, secondary.OwnerTaxonomy = "00998870778", "Comune Primario", "9/0101100IM/"
	bilancio := ordinary()
	bilancio.Bilancio = chapters
	registered := ordinary()
	registered.IUD, registered.OutcomeTag, registered.ReceiptID = "000abc", "PAGATO CON RENDICONTAZIONE 9", "-9-abc"
	registered.DebtType, registered.PayerCode, registered.Collection = "DEFAULT", "ANONIMO", "9/---"
	requested := ordinary()
	requested.IUV = "02000000000000144"

	for _, tc := range []struct {
		name    string
		in      string
		version string
		want    record.ReceiptLine
	}{
		{"a line of 1.1 as MyPay writes it now", current(v11(), values()), "1.1", ordinary()},
		{"a line of 1.1 as the older jobs wrote it", older(v11(), values("singoloImportoPagato", "20,00", "importoTotalePagato", "30,00")), "1.1", ordinary()},
		{"a line of 1.1 saved by a spreadsheet without quotes", bare(v11(), values("causaleVersamento", `Tari "2026"`)), "1.1", with(ordinary(), `Tari "2026"`)},
		{"a line of 1.2 with its chapters", older(v12(), values("bilancio", bilancio.Bilancio)), "1.2", bilancio},
		{
			"a line of 1.3 of a secondary entity",
			current(v13(), values("codIud", "", "iuf", "", "numRigaFlusso", "", "indiceDatiSingoloPagamento", "2", "tipoDovuto", "EXPORT_ENTE_SECONDARIO",
				"cod_fiscale_pa1", "00998870778", "de_nome_pa1", "Comune Primario", "cod_tassonomico_dovuto_pa1", "9/0101100IM/")),
			"1.3", secondary,
		},
		{
			"a payment registered from outcome 9",
			current(v11(), values("codIud", "000abc", "esitoSingoloPagamento", "PAGATO CON RENDICONTAZIONE 9", "identificativoMessaggioRicevuta", "-9-abc",
				"tipoDovuto", "DEFAULT", "soggPagCodiceIdentificativoUnivoco", "ANONIMO", "datiSpecificiRiscossione", "9/---")),
			"1.1", registered,
		},
		{"columns in another order", current(reversed(v11()), values()), "1.1", ordinary()},
		{"a line of 1.0, without the receipt block", current(base, values()), "1.0", ordinary()},
		{"a receipt without its own IUV has the requested one", current(v11(), values("identificativoUnivocoVersamento", "", "codIuv", requested.IUV)), "1.1", requested},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := read(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.rejects) > 0 || len(got.lines) != 1 {
				t.Fatalf("%d lines, rejects %v", len(got.lines), got.rejects)
			}
			if diff := cmp.Diff(tc.want, got.lines[0]); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
			if got.docs[0].Version != tc.version || got.docs[0].Kind != record.KindReceipts || got.docs[0].Format != receipt.Format {
				t.Errorf("document %+v, want version %s", got.docs[0], tc.version)
			}
		})
	}
}

func TestReadRejects(t *testing.T) {
	t.Parallel()
	const amount, date = "singoloImportoPagato", "dataEsitoSingoloPagamento"
	for _, tc := range []struct {
		name          string
		column, value string
		code          record.RejectCode
		hint          string // part of the reason
	}{
		{"an amount with thousands", amount, "1.234,56", record.RejectAmount, "separatore delle migliaia"},
		{"an amount of one decimal", amount, "12,5", record.RejectAmount, "due decimali"},
		{"an amount that may be thousands", amount, "1.234", record.RejectAmount, "due decimali"},
		{"an amount of three decimals", amount, "1.005", record.RejectAmount, "due decimali"},
		{"an amount without decimals", amount, "12", record.RejectAmount, "due decimali"},
		{"an amount that is none", amount, "abc", record.RejectAmount, "non è un importo"},
		{"an amount with a currency", amount, "€ 12.00", record.RejectAmount, "non è un importo"},
		{"an amount beyond the largest", amount, "99999999999999.00", record.RejectAmount, "massimo"},
		{"a negative amount", amount, "-5.00", record.RejectNotPositive, "maggiore di zero"},
		{"a negative amount with a comma", amount, "-5,00", record.RejectNotPositive, "maggiore di zero"},
		{"nothing paid", amount, "0.00", record.RejectNotPositive, "maggiore di zero"},
		{"no amount", amount, "", record.RejectMissing, "obbligatorio"},
		{"no total", "importoTotalePagato", "", record.RejectMissing, "obbligatorio"},
		{"a day that does not exist", date, "2026-02-30", record.RejectDate, "non esiste"},
		{"29 February of another year", date, "2026-02-29", record.RejectDate, "non esiste"},
		{"a day written the Italian way", date, "26/10/2026", record.RejectDate, "AAAA-MM-GG"},
		{"no day", date, "", record.RejectMissing, "obbligatorio"},
		{"a receipt at 25 o'clock", "dataOraMessaggioRicevuta", "2026-10-26T25:00:00", record.RejectDate, "AAAA-MM-GGTHH:MM:SS"},
		{"a receipt at no time of the day", "dataOraMessaggioRicevuta", "2026-10-26", record.RejectDate, "AAAA-MM-GGTHH:MM:SS"},
		{"index zero", "indiceDatiSingoloPagamento", "0", record.RejectIndex, "da 1 a 5"},
		{"index six", "indiceDatiSingoloPagamento", "6", record.RejectIndex, "da 1 a 5"},
		{"an index of two digits", "indiceDatiSingoloPagamento", "01", record.RejectIndex, "da 1 a 5"},
		{"no index", "indiceDatiSingoloPagamento", "", record.RejectMissing, "obbligatorio"},
		{"no IUR", "identificativoUnivocoRiscoss", "", record.RejectMissing, "obbligatorio"},
		{"no entity", "identificativoDominio", "", record.RejectMissing, "obbligatorio"},
		{"an IUV of 36 characters", "identificativoUnivocoVersamento", strings.Repeat("1", 36), record.RejectTooLong, "35 caratteri"},
		{"an IUD of 36 characters", "codIud", strings.Repeat("1", 36), record.RejectTooLong, "35 caratteri"},
		{"a remittance text of 1025 characters", "causaleVersamento", strings.Repeat("à", 1025), record.RejectTooLong, "1024 caratteri"},
		{"a row number that is none", "numRigaFlusso", "x", record.RejectNumber, "numero"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := read(current(v11(), values(), values(tc.column, tc.value), values()))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.lines) != 2 || len(got.rejects) != 1 || got.counts != (mypay.Counts{Rows: 3, Accepted: 2, Rejected: 1}) {
				t.Fatalf("%d lines, rejects %v, %+v", len(got.lines), got.rejects, got.counts)
			}
			r := got.rejects[0]
			if r.Line != 3 || r.Column != tc.column || r.Code != tc.code || !strings.Contains(r.Reason, tc.hint) {
				t.Errorf("got %+v, want %s on line 3, column %s, saying %q", r, tc.code, tc.column, tc.hint)
			}
			if shown := []rune(tc.value); r.Value != string(shown[:min(len(shown), 80)]) {
				t.Errorf("value %q, want the first 80 characters of %q", r.Value, tc.value)
			}
		})
	}
}

func TestReadTakesTheLongestTexts(t *testing.T) {
	t.Parallel()
	got, err := read(current(v11(), values("causaleVersamento", strings.Repeat("à", 1024), "denominazioneAttestante", strings.Repeat("è", 70))))
	if err != nil || len(got.rejects) > 0 {
		t.Errorf("%v, rejects %v", err, got.rejects)
	}
}

func TestReadRejectsBrokenRows(t *testing.T) {
	t.Parallel()
	good := line(v11(), values(), quoteDoubled)
	for _, tc := range []struct {
		name, row string
		code      record.RejectCode
	}{
		{"a field too few", good[:strings.LastIndex(good, ";")], record.RejectColumns},
		{"a field too many", good + `;"x"`, record.RejectColumns},
		{"text after closing quotes", strings.Replace(good, `"TARI"`, `"TARI"x`, 1), record.RejectSyntax},
		{"quotes that do not close", strings.Replace(good, `"TARI"`, `"TARI`, 1), record.RejectSyntax},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := read(header(v11()) + good + "\n" + tc.row + "\n" + good + "\n")
			if err != nil {
				t.Fatal(err)
			}
			if len(got.lines) != 2 || len(got.rejects) != 1 || got.rejects[0].Code != tc.code || got.rejects[0].Line != 3 {
				t.Errorf("%d lines, rejects %+v, want %s on line 3", len(got.lines), got.rejects, tc.code)
			}
		})
	}
}

func TestReadRefusesTheFile(t *testing.T) {
	t.Parallel()
	without := func(names ...string) []string {
		return slices.DeleteFunc(v11(), func(c string) bool { return slices.Contains(names, c) })
	}
	good := line(v11(), values(), quoteDoubled)
	for _, tc := range []struct {
		name, in string
		code     record.FileCode
		line     int
		hint     string
	}{
		{"that is empty", "", record.FileEmpty, 0, ""},
		{"that lacks columns", current(without("codIud", "singoloImportoPagato"), values()), record.FileHeader, 1, "codIud, singoloImportoPagato"},
		{"that has no header and a width of no version", good + ";1;2\n", record.FileHeader, 1, "intestazione"},
		{"that has no header and no line", strings.Repeat("x;", 69) + "x\n", record.FileHeader, 1, "intestazione"},
		{"that has a column twice", current(append(v11(), "codIud"), values()), record.FileHeader, 1, "codIud"},
		{"whose header is broken", "\"iuf\"x;" + header(v11()), record.FileHeader, 1, "virgolette"},
		{"that is another entity's", current(v11(), values(), values("identificativoDominio", "00998870778")), record.FileEntity, 3, "00998870778"},
		{"that is cut inside a value", header(v11()) + good + "\n" + good[:strings.Index(good, "Banca")+3], record.FileTruncated, 3, "incompleto"},
		{"that is cut between two values", header(v11()) + good + "\n" + good[:strings.LastIndex(good, ";")], record.FileTruncated, 3, "incompleta"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(tc.in)
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || fe.Line != tc.line || !strings.Contains(fe.Message, tc.hint) {
				t.Errorf("got %v, want %s on line %d saying %q", err, tc.code, tc.line, tc.hint)
			}
		})
	}
}

func TestReadTakesTheTaxCodeInAnyCase(t *testing.T) {
	t.Parallel()
	in := current(v11(), values("identificativoDominio", "prvgnn80a41l840y"))
	counts, err := receipt.Read(t.Context(), strings.NewReader(in), receipt.Options{TaxCode: "PRVGNN80A41L840Y"}, discard{})
	if err != nil || counts.Accepted != 1 {
		t.Errorf("%v, %+v", err, counts)
	}
}

func TestReadAcceptsNothingNew(t *testing.T) {
	t.Parallel()
	got, err := read(header(v12()))
	if err != nil || len(got.docs) != 1 || got.counts != (mypay.Counts{}) {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestReadWarnsOnceOfUnknownColumns(t *testing.T) {
	t.Parallel()
	got, err := read(current(append(v11(), "colore", "idIntermediarioPa", "peso"), values(), values()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`colonne non previste e ignorate (2): "colore", "peso"`}, got.docs[0].Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestReadWithoutReceiptBlockGivesPositions(t *testing.T) {
	t.Parallel()
	got, err := read(current(base,
		values("codIud", "A"), values("codIud", "B", "identificativoUnivocoRiscoss", "IUR2"),
		values("codIud", "C", "singoloImportoPagato", "x"), values("codIud", "D"), values("codIud", "E"), values("codIud", "F"), values("codIud", "G")))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range got.lines {
		lines = append(lines, fmt.Sprintf("%s %d", l.IUD, l.Index))
	}
	if diff := cmp.Diff([]string{"A 1", "B 1", "D 3", "E 4", "F 5"}, lines); diff != "" {
		t.Errorf("indices (-want +got):\n%s", diff)
	}
	if len(got.rejects) != 2 || got.rejects[1].Code != record.RejectIndex {
		t.Errorf("rejects %+v, want the amount and a sixth transfer", got.rejects)
	}
	if len(got.docs[0].Warnings) != 1 {
		t.Errorf("warnings %q, want one about the index", got.docs[0].Warnings)
	}
}

func TestReadWithoutHeader(t *testing.T) {
	t.Parallel()
	v12base, v13base := append(slices.Clone(base), "bilancio"), slices.Concat(base, []string{"bilancio"}, owner)
	for _, tc := range []struct {
		columns []string
		version string
		warning string
	}{
		{base, "1.0", "le 64 colonne sono lette nell'ordine del tracciato 1.0 senza la ricevuta"},
		{v12base, "1.2", "le 65 colonne sono lette nell'ordine del tracciato 1.2 senza la ricevuta"},
		{v13base, "1.3", "le 68 colonne sono lette nell'ordine del tracciato 1.3 senza la ricevuta"},
		{v11(), "1.1", "le 70 colonne sono lette nell'ordine del tracciato 1.1 con la ricevuta"},
		{v12(), "1.2", "le 71 colonne sono lette nell'ordine del tracciato 1.2 con la ricevuta"},
		{v13(), "1.3", "le 74 colonne sono lette nell'ordine del tracciato 1.3 con la ricevuta"},
	} {
		t.Run(fmt.Sprint(len(tc.columns), " columns"), func(t *testing.T) {
			t.Parallel()
			changes := []string{"bilancio", chapters, "cod_fiscale_pa1", "00998870778", "cod_tassonomico_dovuto_pa1", "9/0101100IM/"}
			_, in, _ := strings.Cut(older(tc.columns, values(changes...), values("codIud", "B", "identificativoUnivocoRiscoss", "IUR2")), "\n")
			got, err := read(in)
			if err != nil {
				t.Fatal(err)
			}
			want := ordinary()
			want.Line = 1
			if tc.version >= "1.2" {
				want.Bilancio = chapters
			}
			if tc.version == "1.3" {
				want.OwnerCode, want.OwnerTaxonomy = "00998870778", "9/0101100IM/"
			}
			if len(got.lines) != 2 || len(got.rejects) != 0 || got.lines[1].IUD != "B" {
				t.Fatalf("%d lines, rejects %v", len(got.lines), got.rejects)
			}
			if diff := cmp.Diff(want, got.lines[0]); diff != "" {
				t.Errorf("first line (-want +got):\n%s", diff)
			}
			if d := got.docs[0]; d.Version != tc.version || !strings.Contains(d.Warnings[0], tc.warning) {
				t.Errorf("document %+v, want version %s and the warning %q", d, tc.version, tc.warning)
			}
		})
	}
}

func TestReadChecksTheChapters(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, bilancio string
		hint           string // of the part left out; empty when the split can be used
	}{
		{"no split", "", ""},
		{"a split of the amount", chapters, ""},
		{"a split that does not add up", strings.Replace(chapters, "12.50", "12.51", 1), "sommano 20,01, l'importo è 20,00"},
		{"an expression MyPay did not resolve", strings.Replace(chapters, "12.50", "TOTALE", 1), "espressione"},
		{"one decimal", strings.Replace(chapters, "12.50", "12.5", 1), "due decimali"},
		{"an ampersand that is not escaped", strings.Replace(chapters, "E-3001", "A&B", 1), "non si può leggere"},
		{"more than 4096 characters", strings.Replace(chapters, "E-3001", strings.Repeat("à", 4096), 1), "al massimo 4096"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := read(current(v12(), values("bilancio", tc.bilancio)))
			if err != nil || len(got.lines) != 1 || got.counts != (mypay.Counts{Rows: 1, Accepted: 1}) {
				t.Fatalf("%v, %d lines, %+v: a receipt is taken whatever its split", err, len(got.lines), got.counts)
			}
			if want := []rune(tc.bilancio); got.lines[0].Bilancio != string(want[:min(len(want), 4096)]) {
				t.Errorf("the text of the split is %q", got.lines[0].Bilancio)
			}
			if tc.hint == "" {
				if len(got.rejects) > 0 {
					t.Errorf("rejects %+v", got.rejects)
				}
				return
			}
			if len(got.rejects) != 1 {
				t.Fatalf("rejects %+v", got.rejects)
			}
			if r := got.rejects[0]; !r.Part || r.Code != record.RejectQuota || r.Column != "bilancio" || r.Line != 2 || !strings.Contains(r.Reason, tc.hint) {
				t.Errorf("got %+v, want a part left out saying %q", r, tc.hint)
			}
		})
	}
}

func TestLooksLikeRow(t *testing.T) {
	t.Parallel()
	for _, columns := range [][]string{base, v11(), v12(), v13()} {
		v := values()
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = v[c]
		}
		if !receipt.LooksLikeRow(row) {
			t.Errorf("a line of %d columns is not recognised", len(row))
		}
		if receipt.LooksLikeRow(columns) {
			t.Errorf("a header of %d columns is taken for a line", len(row))
		}
		if receipt.LooksLikeRow(row[:63]) {
			t.Errorf("a line of %d columns is taken for one of ours", 63)
		}
	}
}

func TestReadStops(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	in := current(v11(), values(), values("singoloImportoPagato", "x"))
	part := current(v12(), values("bilancio", "x"))
	if _, err := receipt.Read(t.Context(), strings.NewReader(part), receipt.Options{}, &collector{fail: "reject", err: full}); !errors.Is(err, full) {
		t.Errorf("at a part left out: got %v, want the error of the sink", err)
	}
	for _, stage := range []string{"doc", "receipt", "reject"} {
		if _, err := receipt.Read(t.Context(), strings.NewReader(in), receipt.Options{TaxCode: entity}, &collector{fail: stage, err: full}); !errors.Is(err, full) {
			t.Errorf("at %s: got %v, want the error of the sink", stage, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := receipt.Read(ctx, strings.NewReader(in), receipt.Options{}, &collector{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
