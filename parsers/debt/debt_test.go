package debt_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/debt"
	"quadra/parsers/mypay"
	"quadra/parsers/notice"
)

// chapters of an ordinary debt of 20.00.
const chapters = "<bilancio><capitolo><codCapitolo>E-3001</codCapitolo><accertamento><importo>20.00</importo></accertamento></capitolo></bilancio>"

// ordinary is TAR-0001 of the files in testdata; changes make another of it.
func ordinary(changes func(*record.Debt)) record.Debt {
	d := record.Debt{
		Line: 2, Action: "I", IUD: "TAR-0001", PayerKind: "F", PayerCode: "PRVGNN80A41L840Y", PayerName: "PROVA GIANNA",
		DueOn: record.NewDate(2026, 12, 31), Amount: 2000, DebtType: "TARI", Remittance: "Tari 2026", Collection: "9/0101100IM/",
		Bilancio: chapters,
	}
	if changes != nil {
		changes(&d)
	}
	return d
}

func shared(d *record.Debt) {
	d.SharedWith, d.SharedName, d.SharedIBAN, d.SharedAmount = "00998870778", "PROVINCIA PROVA", "IT86X0200812345000000111111", 100
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, file, version string
		want                []record.Debt
	}{
		{"version 1.1 inserts and modifies", "dovuti_1_1.csv", "1.1", []record.Debt{
			ordinary(func(d *record.Debt) { d.Bilancio = "" }),
			ordinary(func(d *record.Debt) {
				d.Line, d.Action, d.IUD, d.PayerKind, d.PayerCode, d.PayerName = 3, "M", "TAR-0002", "G", "00998870778", "PROVA SRL"
				d.Amount, d.Commission, d.Bilancio = 3550, 100, ""
			}),
		}},
		{"version 1.2 in its dialect, without due dates", "dovuti_1_2.csv", "1.2", []record.Debt{
			ordinary(nil),
			ordinary(func(d *record.Debt) {
				d.Line, d.Action, d.IUD, d.IUV, d.PayerKind, d.PayerCode = 4, "M", "TAR-0002", "01000000000000144", "G", "00998870778"
				d.PayerName, d.Remittance = `PROVA "LA SOCIETA"; SRL`, `Tari 2026, "saldo"`
				d.DueOn, d.Amount, d.Bilancio = 0, 1, ""
			}),
			ordinary(func(d *record.Debt) {
				d.Line, d.Action, d.IUD, d.PayerCode, d.PayerName, d.Remittance = 5, "A", "TAR-0003", "ANONIMO", "ANONIMO", `Tari "2026"`
				d.DueOn, d.Amount, d.Bilancio = 0, 999_999_999_99, ""
			}),
		}},
		{"version 1.3 lets MyPay make the IUV", "dovuti_1_3.csv", "1.3", []record.Debt{
			ordinary(func(d *record.Debt) { d.Bilancio = "" }),
		}},
		{"version 1.4 shares a debt, and ignores what is not flagged", "dovuti_1_4.csv", "1.4", []record.Debt{
			ordinary(shared),
			ordinary(func(d *record.Debt) { d.Line, d.IUD, d.Bilancio = 3, "TAR-0002", "" }),
		}},
		{"rows given back by MyPay, with null and without the second beneficiary", "ritorno_1_4_IUV.csv", "1.4", []record.Debt{
			ordinary(func(d *record.Debt) { shared(d); d.IUV = "01000000000000144" }),
			ordinary(func(d *record.Debt) {
				d.Line, d.IUD, d.IUV, d.PayerName, d.Remittance, d.Bilancio = 3, "TAR-0002", "01000000000000245", "NULL ADA", "null", ""
			}),
		}},
		{"the national platform's variant of 1.3", "piattaforma_1_3.csv", "1.3", []record.Debt{
			ordinary(func(d *record.Debt) { d.Collection = "" }),
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := testdata(t, tc.file)
			if !debt.LooksLike([]byte(in)) {
				t.Errorf("not recognised")
			}
			got, summary, err := read(t, in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.debts); diff != "" {
				t.Errorf("debts (-want +got):\n%s", diff)
			}
			if len(got.rejects) > 0 {
				t.Errorf("rejects %+v", got.rejects)
			}
			doc := record.Doc{Kind: record.KindDebts, Format: debt.Format, Version: tc.version}
			if diff := cmp.Diff([]record.Doc{doc}, got.docs); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
			want := debt.Summary{Counts: mypay.Counts{Rows: len(tc.want), Accepted: len(tc.want)}, Doc: doc}
			if diff := cmp.Diff(want, summary); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadColumns(t *testing.T) {
	t.Parallel()
	shuffled := slices.Clone(columns(t, "1_2"))
	slices.Reverse(shuffled)
	renamed := slices.Clone(columns(t, "1_2"))
	renamed[17], renamed[11] = "causale", "email"
	repeated := slices.Clone(columns(t, "1_2"))
	repeated[19] = "x"
	short := slices.Delete(slices.Clone(columns(t, "1_2")), 5, 12)
	want := ordinary(nil)
	for _, tc := range []struct {
		name, in string
		want     record.Debt
		warning  string
	}{
		{"in another order, as the header says", file(shuffled, values()), want, ""},
		{"without those of the address", file(short, values()), want, ""},
		{"under other names, read by position", file(renamed, values("causale", "Tari 2026")), want, `lette per posizione (2): "email", "causale"`},
		{"with bilancio under another name", file(repeated, values("x", chapters)), want, `lette per posizione (1): "x"`},
		{"in capital letters", strings.ToUpper(strings.Join(columns(t, "1_2"), ";")) + "\n" + line(columns(t, "1_2"), values()) + "\n", want, ""},
		{
			"without header, version 1.2", line(columns(t, "1_2"), values()), ordinary(func(d *record.Debt) { d.Line = 1 }),
			"senza intestazione: le colonne sono lette nell'ordine del tracciato 1.2",
		},
		{
			"without header, version 1.1", line(columns(t, "1_1"), values()),
			ordinary(func(d *record.Debt) { d.Line, d.Bilancio = 1, "" }), "tracciato 1.1",
		},
		{
			"without header, version 1.3", line(columns(t, "1_3"), values()),
			ordinary(func(d *record.Debt) { d.Line = 1 }), "tracciato 1.3",
		},
		{
			"without header, version 1.4", line(columns(t, "1_4"), values()),
			ordinary(func(d *record.Debt) { d.Line = 1; shared(d) }), "tracciato 1.4",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !debt.LooksLike([]byte(tc.in)) {
				t.Errorf("not recognised")
			}
			got, summary, err := read(t, tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]record.Debt{tc.want}, got.debts); diff != "" {
				t.Errorf("debts (-want +got):\n%s", diff)
			}
			if all := strings.Join(summary.Doc.Warnings, "\n"); !strings.Contains(all, tc.warning) || (tc.warning == "") != (all == "") {
				t.Errorf("warnings %q, want %q", all, tc.warning)
			}
		})
	}
}

func TestReadRejects(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, version string
		column, value string
		code          record.RejectCode
	}{
		{"no IUD", "1_4", "IUD", "", record.RejectMissing},
		{"no kind of payer", "1_4", "tipoIdentificativoUnivoco", "", record.RejectMissing},
		{"no payer", "1_4", "anagraficaPagatore", "", record.RejectMissing},
		{"no tax code of the payer", "1_4", "codiceIdentificativoUnivoco", "", record.RejectMissing},
		{"no amount", "1_4", "importoDovuto", "", record.RejectMissing},
		{"no debt type", "1_4", "tipoDovuto", "", record.RejectMissing},
		{"no causale", "1_4", "causaleVersamento", "", record.RejectMissing},
		{"no datiSpecificiRiscossione", "1_4", "datiSpecificiRiscossione", "", record.RejectMissing},
		{"no action", "1_4", "azione", "", record.RejectMissing},
		{"no due date in version 1.1", "1_1", "dataScadenzaPagamento", "", record.RejectMissing},
		{"a second beneficiary without tax code", "1_4", "codiceFiscaleEnteSecondario", "", record.RejectMissing},
		{"a second beneficiary without name", "1_4", "denominazioneEnteSecondario", "", record.RejectMissing},
		{"a second beneficiary without IBAN", "1_4", "ibanAccreditoEnteSecondario", "", record.RejectMissing},
		{"a second beneficiary without taxonomy", "1_4", "datiSpecificiRiscossioneEnteSecondario", "", record.RejectMissing},
		{"a second beneficiary without amount", "1_4", "importoVersamentoEnteSecondario", "", record.RejectMissing},
		{"an IUD of 36 characters", "1_2", "IUD", strings.Repeat("1", 36), record.RejectTooLong},
		{"an IUV of 36 characters", "1_2", "codIuv", strings.Repeat("1", 36), record.RejectTooLong},
		{"a name of 71 characters", "1_2", "anagraficaPagatore", strings.Repeat("à", 71), record.RejectTooLong},
		{"a causale of 1025 characters", "1_2", "causaleVersamento", strings.Repeat("à", 1025), record.RejectTooLong},
		{"a debt type of 65 characters", "1_2", "tipoDovuto", strings.Repeat("T", 65), record.RejectTooLong},
		{"an action of two letters", "1_2", "azione", "IM", record.RejectTooLong},
		{"a second beneficiary of 71 characters", "1_4", "denominazioneEnteSecondario", strings.Repeat("X", 71), record.RejectTooLong},
		{"a causale of 1025 characters for the second beneficiary", "1_4", "causaleVersamentoEnteSecondario", strings.Repeat("X", 1025), record.RejectTooLong},
		{"an amount without decimals", "1_2", "importoDovuto", "20", record.RejectAmount},
		{"an amount of one decimal", "1_2", "importoDovuto", "20.5", record.RejectAmount},
		{"an amount of three decimals", "1_2", "importoDovuto", "20.005", record.RejectAmount},
		{"an amount with an exponent", "1_2", "importoDovuto", "2.00E1", record.RejectAmount},
		{"an amount with thousands", "1_2", "importoDovuto", "1.234,56", record.RejectAmount},
		{"an amount beyond what MyPay takes", "1_2", "importoDovuto", "1000000000.00", record.RejectAmount},
		{"a commission that is none", "1_2", "commissioneCaricoPa", "gratis", record.RejectAmount},
		{"a commission beyond what MyPay takes", "1_2", "commissioneCaricoPa", "1000000000.00", record.RejectAmount},
		{"a share that is none", "1_4", "importoVersamentoEnteSecondario", "uno", record.RejectAmount},
		{"a share beyond what MyPay takes", "1_4", "importoVersamentoEnteSecondario", "1000000000.00", record.RejectAmount},
		{"nothing due", "1_2", "importoDovuto", "0.00", record.RejectNotPositive},
		{"a negative amount", "1_2", "importoDovuto", "-20.00", record.RejectNotPositive},
		{"a negative commission", "1_2", "commissioneCaricoPa", "-1.00", record.RejectNotPositive},
		{"nothing for the second beneficiary", "1_4", "importoVersamentoEnteSecondario", "0.00", record.RejectNotPositive},
		{"a day that does not exist", "1_2", "dataScadenzaPagamento", "2026-02-29", record.RejectDate},
		{"a day written the Italian way", "1_2", "dataScadenzaPagamento", "31/12/2026", record.RejectDate},
		{"an unknown action", "1_2", "azione", "X", record.RejectOperation},
		{"the action of the web service", "1_2", "azione", "S", record.RejectOperation},
		{"an unknown kind of payer", "1_2", "tipoIdentificativoUnivoco", "X", record.RejectValue},
		{"a flag that is none", "1_3", "flagGeneraIuv", "si", record.RejectValue},
		{"a tax code of 10 digits", "1_4", "codiceFiscaleEnteSecondario", "0099887077", record.RejectValue},
		{"a tax code of a person", "1_4", "codiceFiscaleEnteSecondario", "0099887077X", record.RejectValue},
		{"an IBAN of 26 characters", "1_4", "ibanAccreditoEnteSecondario", "IT86X020081234500000011111", record.RejectValue},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, summary, err := read(t, file(columns(t, tc.version), values(), values(tc.column, tc.value), values()))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.rejects) != 1 || summary.Counts != (mypay.Counts{Rows: 3, Accepted: 2, Rejected: 1}) {
				t.Fatalf("rejects %+v, counts %+v", got.rejects, summary.Counts)
			}
			if r := got.rejects[0]; r.Line != 3 || r.Column != tc.column || r.Code != tc.code || r.Reason == "" || r.Part {
				t.Errorf("got %+v, want %s on line 3, column %s", r, tc.code, tc.column)
			}
		})
	}
}

func TestReadTolerates(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		column, value string
		want          func(*record.Debt)
	}{
		{"an amount with a comma, as some machines give it back", "importoDovuto", "20,00", nil},
		{"an action in small letters, as the older jobs", "azione", "i", nil},
		{"a kind of payer in small letters", "tipoIdentificativoUnivoco", "f", nil},
		{"a tax code in small letters", "codiceIdentificativoUnivoco", "prvgnn80a41l840y", nil},
		{"no due date since version 1.2", "dataScadenzaPagamento", "", func(d *record.Debt) { d.DueOn = 0 }},
		{"null for no IUV", "codIuv", "null", nil},
		{"null for no bilancio", "bilancio", "null", func(d *record.Debt) { d.Bilancio = "" }},
		{"an address MyPay would refuse", "capPagatore", "not kept !", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := read(t, file(columns(t, "1_2"), values(tc.column, tc.value)))
			if err != nil || len(got.rejects) > 0 {
				t.Fatal(err, got.rejects)
			}
			if diff := cmp.Diff([]record.Debt{ordinary(tc.want)}, got.debts); diff != "" {
				t.Errorf("debts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadWarnsOfReservedIUDs(t *testing.T) {
	t.Parallel()
	reserved := values("IUD", "000"+strings.Repeat("a", 32))
	got, summary, err := read(t, file(columns(t, "1_2"), values(), reserved, reserved))
	if err != nil || len(got.rejects) > 0 || len(got.debts) != 3 {
		t.Fatal(err, got.rejects)
	}
	want := []string{"IUD che cominciano con 000, riservati a MyPay, in 2 righe (la prima è la 3): MyPay li rifiuta"}
	if diff := cmp.Diff(want, summary.Doc.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestReadTakesTheDebtOfAnUnusableBilancio(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text string }{
		{"that does not add up to the amount", strings.Replace(chapters, "20.00", "20.01", 1)},
		{"that adds the share of the second beneficiary", strings.Replace(chapters, "20.00", "21.00", 1)},
		{"with an unresolved expression", strings.Replace(chapters, "20.00", "TOTALE", 1)},
		{"of 4097 characters", strings.Repeat("x", 4097)},
		{"that is no XML", "E-3001"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, summary, err := read(t, file(columns(t, "1_4"), values("bilancio", tc.text)))
			if err != nil {
				t.Fatal(err)
			}
			want := ordinary(func(d *record.Debt) { shared(d); d.Bilancio = tc.text[:min(len(tc.text), 4096)] })
			if diff := cmp.Diff([]record.Debt{want}, got.debts); diff != "" {
				t.Errorf("debts (-want +got):\n%s", diff)
			}
			if len(got.rejects) != 1 || summary.Counts != (mypay.Counts{Rows: 1, Accepted: 1}) {
				t.Fatalf("rejects %+v, counts %+v", got.rejects, summary.Counts)
			}
			if r := got.rejects[0]; !r.Part || r.Code != record.RejectQuota || r.Column != "bilancio" || r.Line != 2 {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestReadRowsOfAnotherWidth(t *testing.T) {
	t.Parallel()
	v13, v14 := columns(t, "1_3"), columns(t, "1_4")
	for _, tc := range []struct {
		name     string
		in       string
		accepted int
		code     record.RejectCode
	}{
		{"a row of 1.4 without the second beneficiary", file(v14, values()) + line(v13, values()) + "\n" + line(v14, values()) + "\n", 3, ""},
		{"the same without a line end", file(v14, values()) + line(v13, values()), 2, ""},
		{"the same with an unknown action", file(v14, values()) + line(v13, values("azione", "X")) + "\n", 1, record.RejectColumns},
		{"a row of 1.2 in a file of 1.3", file(v13, values()) + line(columns(t, "1_2"), values()) + "\n", 1, record.RejectColumns},
		{"a row of 1.4 in a file of 1.3", file(v13, values()) + line(v14, values()) + "\n", 1, record.RejectColumns},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, summary, err := read(t, tc.in)
			if err != nil || summary.Accepted != tc.accepted {
				t.Fatalf("%v, %+v, %+v", err, summary.Counts, got.rejects)
			}
			if tc.code != "" && (len(got.rejects) != 1 || got.rejects[0].Code != tc.code) {
				t.Errorf("rejects %+v, want %s", got.rejects, tc.code)
			}
		})
	}
}

func TestReadRefusesTheFile(t *testing.T) {
	t.Parallel()
	v14 := columns(t, "1_4")
	without := slices.DeleteFunc(slices.Clone(v14), func(c string) bool { return c == "azione" || c == "tipoDovuto" })
	twice := append(slices.Clone(columns(t, "1_2")), "IUD")
	for _, tc := range []struct {
		name, in string
		limits   csvrow.Limits
		code     record.FileCode
		hint     string
	}{
		{"that is empty", "\n\n", csvrow.Limits{}, record.FileEmpty, ""},
		{"that lacks columns", file(without, values()), csvrow.Limits{}, record.FileHeader, "tipoDovuto, azione"},
		{"that has a column twice", file(twice, values()), csvrow.Limits{}, record.FileHeader, "ripetuta"},
		{"of the rows MyPay refused", testdata(t, "scarti_1_1.csv"), csvrow.Limits{}, record.FileHeader, "intestazione"},
		{"that is something else", "a;b;c\n", csvrow.Limits{}, record.FileHeader, "intestazione"},
		{"that is cut", file(v14, values()) + "TAR-2;01", csvrow.Limits{}, record.FileTruncated, ""},
		{
			"that is cut after the flag of the second beneficiary",
			file(v14, values()) + strings.Join(strings.Split(line(v14, values()), ";")[:22], ";"), csvrow.Limits{}, record.FileTruncated, "",
		},
		{"with a row beyond the limit", file(v14, values()), csvrow.Limits{MaxRow: 300}, record.FileLimit, "300"},
		{"with more fields than the limit", file(v14, values()), csvrow.Limits{MaxFields: 34}, record.FileHeader, "più di 34 campi"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := debt.Read(t.Context(), strings.NewReader(tc.in), debt.Options{Rows: tc.limits}, &collector{})
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) {
				t.Errorf("got %v, want %s saying %q", err, tc.code, tc.hint)
			}
		})
	}
}

func TestReadStopsWithTheSink(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	for _, stage := range []string{"doc", "debt", "reject"} {
		for _, column := range []string{"IUD", "bilancio"} {
			c := &collector{fail: stage, err: full}
			bad := values("IUD", "")
			if column == "bilancio" {
				bad = values("bilancio", "<bilancio/>")
			}
			in := file(columns(t, "1_2"), values(), bad)
			if _, err := debt.Read(t.Context(), strings.NewReader(in), debt.Options{}, c); !errors.Is(err, full) {
				t.Errorf("at %s: got %v, want the error of the sink", stage, err)
			}
		}
	}
}

func TestLooksLikeIsNot(t *testing.T) {
	t.Parallel()
	notice := `IUD;codIuv;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco;anagraficaPagatore;indirizzoPagatore;civicoPagatore;capPagatore;localitaPagatore;provinciaPagatore;nazionePagatore;mailPagatore;dataEsecuzionePagamento;importoDovutoPagato;commissioneCaricoPa;tipoDovuto;tipoVersamento;causaleVersamento;datiSpecificiRiscossione;bilancio`
	for _, tc := range []struct{ name, head string }{
		{"nothing", ""},
		{"a file of notices", notice + "\n"},
		{"a notice without header", "TAR-1;01;F;X;Y;;;;;;;;2026-10-26;20.00;;TARI;ALL;Tari;9/1/;\n"},
		{"the rows MyPay refused", testdata(t, "scarti_1_1.csv")},
		{"version 2.0 of the national platform", "IUD;IUPD;importoDovuto;flgGeneraIuv;indiceOpzionePagamento;azione\n"},
		{"a file of receipts", "iuf;numRigaFlusso;codIud;codIuv;identificativoDominio;singoloImportoPagato;importoTotalePagato;tipoDovuto\n"},
		{"provvisori", "ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO;VALUTA ENTE\n"},
		{"the whole treasury file of the platform", "annoBolletta;codBolletta;enteIpaCode;iuf;iuv;importoCentesimi;dataBolletta\n"},
		{"the chart of MyPivot", `"cod_ufficio";"de_ufficio";"flg_attivo";"cod_capitolo";"de_capitolo";"de_anno_esercizio";"cod_accertamento";"de_accertamento";"cod_tipo_dovuto";"azione"` + "\n"},
		{"the chart of the platform", "enteIpaCode;codiceTipoDovuto;codCapitolo;annoEsercizio;flgAttivo\n"},
		{"a reporting flow", `<?xml version="1.0"?><FlussoRiversamento>`},
	} {
		if debt.LooksLike([]byte(tc.head)) {
			t.Errorf("%s is taken for an import of debts", tc.name)
		}
	}
}

func TestDebtsAreNotTakenForNotices(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1_1", "1_2", "1_3", "1_4"} {
		header := columns(t, version)
		row := strings.Split(line(header, values()), ";")
		if notice.LooksLikeHeader(header) || notice.LooksLikeRow(header) || notice.LooksLikeHeader(row) || notice.LooksLikeRow(row) {
			t.Errorf("version %s is taken for a file of notices", version)
		}
	}
}

func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range names {
		f.Add(testdata(f, filepath.Base(name)))
	}
	f.Add(line(columns(f, "1_4"), values()))
	f.Fuzz(func(t *testing.T, in string) {
		got, summary, err := read(t, in)
		var fe *record.FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("not a fault of the file: %v", err)
		}
		whole := 0
		for _, r := range got.rejects {
			if r.Line < 1 || r.Code == "" || r.Reason == "" {
				t.Fatalf("reject %+v", r)
			}
			if !r.Part {
				whole++
			}
		}
		if err == nil && summary.Counts != (mypay.Counts{Rows: len(got.debts) + whole, Accepted: len(got.debts), Rejected: whole}) {
			t.Fatalf("%+v for %d debts and %d rejects of rows", summary.Counts, len(got.debts), whole)
		}
		for _, d := range got.debts {
			if d.IUD == "" || d.Amount <= 0 || d.Commission < 0 || d.Line < 1 || !slices.Contains([]string{"I", "M", "A"}, d.Action) ||
				(d.SharedAmount > 0) != (d.SharedWith != "") {
				t.Fatalf("debt %+v", d)
			}
		}
	})
}

// collector keeps what a file gives.
type collector struct {
	docs    []record.Doc
	debts   []record.Debt
	rejects []record.Reject
	fail    string
	err     error
}

func (c *collector) Doc(d *record.Doc) error {
	c.docs = append(c.docs, *d)
	return c.at("doc")
}

func (c *collector) Debt(d *record.Debt) error {
	c.debts = append(c.debts, *d)
	return c.at("debt")
}

func (c *collector) Reject(r *record.Reject) error {
	c.rejects = append(c.rejects, *r)
	return c.at("reject")
}

func (c *collector) at(stage string) error {
	if c.fail == stage {
		return c.err
	}
	return nil
}

func read(t testing.TB, in string) (*collector, debt.Summary, error) {
	t.Helper()
	c := &collector{}
	summary, err := debt.Read(t.Context(), strings.NewReader(in), debt.Options{}, c)
	return c, summary, err
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// columns is the header of a version, as testdata has it.
func columns(t testing.TB, version string) []string {
	t.Helper()
	header, _, _ := strings.Cut(testdata(t, "dovuti_"+version+".csv"), "\n")
	return strings.Split(strings.TrimSpace(header), ";")
}

// values of an ordinary debt; change some for one that is not.
func values(changes ...string) map[string]string {
	v := map[string]string{
		"IUD": "TAR-0001", "tipoIdentificativoUnivoco": "F", "codiceIdentificativoUnivoco": "PRVGNN80A41L840Y",
		"anagraficaPagatore": "PROVA GIANNA", "dataScadenzaPagamento": "2026-12-31", "importoDovuto": "20.00", "tipoDovuto": "TARI",
		"tipoVersamento": "ALL", "causaleVersamento": "Tari 2026", "datiSpecificiRiscossione": "9/0101100IM/", "bilancio": chapters,
		"flagGeneraIuv": "true", "flagMultiBeneficiario": "true", "codiceFiscaleEnteSecondario": "00998870778",
		"denominazioneEnteSecondario": "PROVINCIA PROVA", "ibanAccreditoEnteSecondario": "IT86X0200812345000000111111",
		"datiSpecificiRiscossioneEnteSecondario": "9/0201133AP/", "importoVersamentoEnteSecondario": "1.00", "azione": "I",
	}
	for i := 0; i < len(changes); i += 2 {
		v[changes[i]] = changes[i+1]
	}
	return v
}

func line(columns []string, v map[string]string) string {
	fields := make([]string, len(columns))
	for i, c := range columns {
		fields[i] = v[c]
	}
	return strings.Join(fields, ";")
}

func file(columns []string, rows ...map[string]string) string {
	b := strings.Join(columns, ";") + "\n"
	for _, v := range rows {
		b += line(columns, v) + "\n"
	}
	return b
}
