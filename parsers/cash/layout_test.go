package cash_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

// completeHeader has the 41 columns of the complete treasury CSV.
const completeHeader = "annoBolletta;codBolletta;codEnteBT;codIstatEnte;enteIpaCode;iuf;iuv;codConto;codIdDominio;codTipoMovimento;codCausale;" +
	"causale;importoCentesimi;dataBolletta;dataRicezione;annoDocumento;codDocumento;codBollo;pspCognome;pspNome;pspIndirizzo;pspCodicePostale;" +
	"pspCitta;pspCf;pspPiva;codAbi;codCab;codIban;codContoAnagrafica;aeProvvisorio;codProvvisorio;codTipoConto;codProcesso;codPgEsecuzione;" +
	"codPgTrasferimento;numPgProcesso;dataValutaRegione;flgRegolarizzata;dataEffettivaSospeso;codGestionaleProvvisorio;endToEndId\n"

// completeRow is a row of it; cells are by name of the column.
func completeRow(cells map[string]string) string {
	row := map[string]string{
		"annoBolletta": "2026", "codBolletta": "0001201", "enteIpaCode": "c_q001", "causale": "CAUSALE",
		"importoCentesimi": "15000", "dataBolletta": "2026-03-12", "pspCognome": "POSTE", "flgRegolarizzata": "N",
	}
	for name, text := range cells {
		row[name] = text
	}
	var fields []string
	for _, name := range strings.Split(strings.TrimSpace(completeHeader), ";") {
		fields = append(fields, row[name])
	}
	return strings.Join(fields, ";") + "\n"
}

func TestCompleto(t *testing.T) {
	got := mustRead(t, cash.ReadCSV, strings.NewReader(completeHeader+
		completeRow(map[string]string{
			"iuf": "2026-03-11BPPIITRRXXX-1", "iuv": "340105455507221", "codConto": "0012345", "dataValutaRegione": "2026-03-13",
			"codGestionaleProvvisorio": "9998", "endToEndId": "E2E1", "flgRegolarizzata": "Y",
		})+
		completeRow(map[string]string{"codBolletta": "1202", "importoCentesimi": "-1000", "enteIpaCode": "C_Q001"})+
		completeRow(map[string]string{"importoCentesimi": "150,00"})+
		completeRow(map[string]string{"importoCentesimi": "99999999999999999"})+
		completeRow(map[string]string{"importoCentesimi": "000"})+
		completeRow(map[string]string{"importoCentesimi": ""})+
		completeRow(map[string]string{"enteIpaCode": ""})), cash.Options{IPA: "c_q001"})
	day := record.NewDate(2026, 3, 12)
	first := provvisorio(2, "1201", 15000, "POSTE", "CAUSALE", day+1)
	first.IUF, first.IUV, first.Account, first.Code, first.EndToEnd = "2026-03-11BPPIITRRXXX-1", "340105455507221", "0012345", "9998", "E2E1"
	covered := first
	covered.Operation, covered.SameRow = record.OpRegularised, true
	want := []record.Movement{first, covered, provvisorio(3, "1202", -1000, "POSTE", "CAUSALE", day)}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 4, Column: "importoCentesimi", Code: record.RejectAmount, Value: "150,00"},
		{Line: 5, Column: "importoCentesimi", Code: record.RejectAmount, Value: "99999999999999999"},
		{Line: 6, Column: "importoCentesimi", Code: record.RejectNotPositive, Value: "000"},
		{Line: 7, Column: "importoCentesimi", Code: record.RejectMissing},
		{Line: 8, Column: "enteIpaCode", Code: record.RejectMissing},
	})
	if got.summary.Rows != 7 || got.summary.Accepted != 2 {
		t.Errorf("a regularised row counts once: %+v", got.summary)
	}
	if got.summary.Doc.Format != "completo-csv" || got.docs[0].Format != "completo-csv" {
		t.Errorf("summary %+v", got.summary)
	}
}

func TestCompletoOfAnotherEntityIsRefused(t *testing.T) {
	text := completeHeader + completeRow(nil) + completeRow(map[string]string{"enteIpaCode": "c_z999"})
	_, err := read(t, cash.ReadCSV, strings.NewReader(text), cash.Options{IPA: "c_q001"})
	wantFileError(t, err, record.FileEntity, "c_z999")
	if got := mustRead(t, cash.ReadCSV, strings.NewReader(text), cash.Options{}); len(got.movements) != 2 {
		t.Errorf("asked for no entity: %+v", got.summary)
	}
}

func TestCompletoWithoutAMandatoryColumnIsRefused(t *testing.T) {
	_, err := read(t, cash.ReadCSV, strings.NewReader(strings.Replace(completeHeader, "codBolletta", "x", 1)), cash.Options{})
	wantFileError(t, err, record.FileHeader, "mancano le colonne codBolletta:")
}

const myPivotRows = "2026;1201;2026-03-12;POSTE;CAUSALE;150.00;2026-03-13\n2026;1202;2026-03-12;POSTE;CAUSALE;-10.00\n"

func TestMyPivot(t *testing.T) {
	const usual = "de_anno_bolletta;cod_bolletta;dt_contabile;de_denominazione;de_causale;num_importo;dt_valuta\n"
	day := record.NewDate(2026, 3, 12)
	want := []record.Movement{
		provvisorio(2, "1201", 15000, "POSTE", "CAUSALE", day+1),
		provvisorio(3, "1202", -1000, "POSTE", "CAUSALE", day),
	}
	for name, tt := range map[string]struct {
		text string
		opt  cash.Options
	}{
		"recognised by its usual header":                               {usual + myPivotRows, cash.Options{}},
		"asked for, with any header":                                   {"a;b;c;d;e;f;g\n" + myPivotRows, cash.Options{Layout: "mypivot"}},
		"asked for, and the first row is left out even if it is a row": {myPivotRows[:strings.Index(myPivotRows, "\n")+1] + myPivotRows, cash.Options{Layout: "MyPivot"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, cash.ReadCSV, strings.NewReader(tt.text), tt.opt)
			if diff := cmp.Diff(want, got.movements); diff != "" || len(got.rejects) > 0 || got.summary.Doc.Format != "mypivot-csv" {
				t.Errorf("movements (-want +got):\n%s\nrejects %+v, %+v", diff, got.rejects, got.summary)
			}
		})
	}
	t.Run("another header is not recognised", func(t *testing.T) {
		_, err := read(t, cash.ReadCSV, strings.NewReader("a;b;c;d;e;f;g\n"+myPivotRows), cash.Options{})
		wantFileError(t, err, record.FileHeader, "ESERCIZIO")
	})
	t.Run("a file that does not read is refused", func(t *testing.T) {
		_, err := read(t, cash.ReadCSV, strings.NewReader("a;b;c\n1;2;3\n"), cash.Options{Layout: "mypivot"})
		wantFileError(t, err, record.FileContent, "mypivot")
	})
	t.Run("rows that do not read are rejects", func(t *testing.T) {
		got := mustRead(t, cash.ReadCSV, strings.NewReader(usual+
			"26;1;2026-03-12;P;C;1.00;\n2026;1;2026-02-30;P;C;1.00;\n2026;1;2026-03-12;P;C;1.234;\n2026;;2026-03-12;P;C;1.00;\n"+
			"2026;1;2026-03-12;P;C\n2026;1;2026-03-12;P;C;1.00;2026-03-12;oltre\n2026;1;2026-03-12;P;C;abc;\n"), cash.Options{})
		wantRejects(t, got.rejects, []record.Reject{
			{Line: 2, Column: "de_anno_bolletta", Code: record.RejectNumber, Value: "26"},
			{Line: 3, Column: "dt_contabile", Code: record.RejectDate, Value: "2026-02-30"},
			{Line: 4, Column: "num_importo", Code: record.RejectAmount, Value: "1.234"},
			{Line: 5, Column: "cod_bolletta", Code: record.RejectMissing},
			{Line: 6, Code: record.RejectColumns},
			{Line: 7, Code: record.RejectColumns},
			{Line: 8, Column: "num_importo", Code: record.RejectAmount, Value: "abc"},
		})
	})
}

const (
	bankHeader = "ABI;CAB;CONTO;DIVISA;DATA CONTABILE;DATA VALUTA;IMPORTO;SEGNO;CAUSALE;NUM. ASSEGNO;RIF. BANCA;RIF. CLIENTE;DESCRIZIONE;DESCRIZIONE ESTESA\n"
	bankRow    = "02008;02017;000101059865;EUR;12/03/2026;13/03/2026;1.234,56;+;48;;RIF1;;ACCREDITO;Data Ordine :RI3:/PUR/LGPE-RIVERSAMENTO/URI/X\n"
)

func TestContoBancario(t *testing.T) {
	got := mustRead(t, cash.ReadCSV, strings.NewReader(bankHeader+bankRow+bankRow+
		strings.Replace(bankRow, ";+;", ";-;", 1)+
		strings.Replace(bankRow, ";1.234,56;+;", ";-1.234,56;-;", 1)+
		strings.Replace(bankRow, ";1.234,56;+;", ";-1.234,56;+;", 1)+
		strings.Replace(bankRow, ";+;", ";C;", 1)+
		strings.Replace(bankRow, ";+;", ";;", 1)+
		strings.Replace(bankRow, "12/03/2026", "", 1)+
		strings.Replace(bankRow, "12/03/2026", "12/03/1950", 1)+
		strings.Replace(bankRow, "1.234,56", "1,2345", 1)), cash.Options{})
	if got.summary.Doc.Format != "conto-bancario-csv" || got.summary.Skipped != 2 {
		t.Errorf("summary %+v", got.summary)
	}
	if len(got.movements) != 2 || got.movements[0].Number == got.movements[1].Number {
		t.Fatalf("movements %+v, want twins", got.movements)
	}
	want := provvisorio(2, got.movements[0].Number, 123456, "", "Data Ordine :RI3:/PUR/LGPE-RIVERSAMENTO/URI/X", record.NewDate(2026, 3, 13))
	want.Treasurer, want.Account = "02008", "000101059865"
	if diff := cmp.Diff(want, got.movements[0]); diff != "" {
		t.Errorf("movement (-want +got):\n%s", diff)
	}
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 6, Column: "SEGNO", Code: record.RejectAmount, Value: "+"},
		{Line: 7, Column: "SEGNO", Code: record.RejectAmount, Value: "C"},
		{Line: 8, Column: "SEGNO", Code: record.RejectMissing},
		{Line: 9, Column: "DATA CONTABILE", Code: record.RejectMissing},
		{Line: 10, Column: "DATA CONTABILE", Code: record.RejectDate, Value: "12/03/1950"},
		{Line: 11, Column: "IMPORTO", Code: record.RejectAmount, Value: "1,2345"},
	})
}

func TestContoBancarioAsAWorkbook(t *testing.T) {
	header := row{}
	for _, name := range strings.Split(strings.TrimSpace(bankHeader), ";") {
		header = append(header, name)
	}
	day := record.NewDate(2026, 3, 12).Time()
	book := workbook(t, false, sheetOf(row{"ESTRATTO CONTO"}, row{}, header,
		row{"02008", "02017", "101059865", "EUR", day, day, 1234.5, "+", nil, nil, "R", nil, nil, "CAUSALE"},
		row{"02008", "02017", "101059865", "EUR", day, day, 1234.5, "-", nil, nil, "R", nil, nil, "CAUSALE"}))
	got := mustRead(t, cash.ReadXLSX, bytes.NewReader(book), cash.Options{})
	if got.summary.Doc.Format != "conto-bancario-xlsx" || len(got.movements) != 1 || got.summary.Skipped != 1 {
		t.Fatalf("summary %+v, rejects %+v", got.summary, got.rejects)
	}
	m := got.movements[0]
	if m.Line != 4 || m.Amount != 123450 || m.BookedOn.String() != "2026-03-12" || m.Remittance != "CAUSALE" {
		t.Errorf("movement %+v", m)
	}
	text := bankHeader + "02008;02017;101059865;EUR;12/03/2026;12/03/2026;1.234,50;+;;;R;;;CAUSALE\n"
	if csv := mustRead(t, cash.ReadCSV, strings.NewReader(text), cash.Options{}); csv.movements[0].Number != m.Number {
		t.Errorf("the same line has number %s in a CSV and %s in a workbook", csv.movements[0].Number, m.Number)
	}
}

func TestNumbersOfASheetKeepTheirDotWhateverTheLayoutSays(t *testing.T) {
	opt := cash.Options{Layouts: layouts(t, "layouts:\n  - {name: virgola, extends: provvisori, decimal: comma}\n  - {name: centesimi, extends: provvisori, cents: true}\n")}
	for raw, want := range map[string]record.Cents{"12.5": 1250, "150": 15000, "1E+3": 100000} {
		book := withCell(t, workbook(t, false, sheetOf(standardHeader, row{2026, 1201, "2026-03-12", "X", "Y", 777777.25})), "777777.25", raw)
		if got := mustRead(t, cash.ReadXLSX, bytes.NewReader(book), opt); len(got.movements) != 1 || got.movements[0].Amount != want {
			t.Errorf("%s: %+v %+v, want %v", raw, got.movements, got.rejects, want)
		}
	}
	book := workbook(t, false, sheetOf(standardHeader,
		row{2026, 1201, "2026-03-12", "X", "Y", "1.234,5"}, row{2026, 1202, "2026-03-12", "X", "Y", "12,50.1"}, row{2026, 1203, "2026-03-12", "X", "Y", 1.234}))
	got := mustRead(t, cash.ReadXLSX, bytes.NewReader(book), opt)
	if len(got.movements) != 1 || got.movements[0].Amount != 123450 {
		t.Errorf("movements %+v", got.movements)
	}
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 3, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "12,50.1"},
		{Line: 4, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "1.234"},
	})
	opt.Layout = "centesimi"
	book = workbook(t, false, sheetOf(standardHeader, goodRow, row{2026, 1202, "2026-03-12", "X", "Y", 1.5}))
	got = mustRead(t, cash.ReadXLSX, bytes.NewReader(book), opt)
	if len(got.movements) != 1 || got.movements[0].Amount != 150 || len(got.rejects) != 1 {
		t.Errorf("movements %+v, rejects %+v", got.movements, got.rejects)
	}
}

const (
	posteTop = "IBAN;IT84K0760101000000010123456\n" +
		"DATA CONTABILE;DATA VALUTA;CODICE CAUSALE;CAUSALE;DIVISA;IMPORTO DEBITO;IMPORTO CREDITO;ACCESSORIA;CAUSALE MOVIMENTO\n"
	posteCredit = "12/03/2026;13/03/2026;48;ACCREDITO;EUR;;1.150,00;;RI1/PUR/LGPE-RIVERSAMENTO/URI/X\n"
	posteDebit  = "12/03/2026;12/03/2026;16;COMMISSIONI;EUR;1.20;;;COMMISSIONI\n"
)

func TestPoste(t *testing.T) {
	for name, text := range map[string]string{
		"no footer":                         posteTop + posteDebit + posteCredit,
		"no line end after the last":        strings.TrimSuffix(posteTop+posteDebit+posteCredit, "\n"),
		"a footer":                          posteTop + posteDebit + posteCredit + "Totale;;;;;1,20;1.150,00;;\n",
		"a footer without separators":       posteTop + posteDebit + posteCredit + "Fine estratto conto",
		"no header of columns":              strings.SplitAfter(posteTop, "\n")[0] + posteDebit + posteCredit,
		"Windows line ends, IBAN in groups": strings.ReplaceAll(strings.Replace(posteTop, "IT84K0760101000000010123456", "IT84 K076 0101 0000 0001 0123 456", 1)+posteDebit+posteCredit, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, cash.ReadCSV, strings.NewReader(text), cash.Options{})
			if len(got.movements) != 1 || len(got.rejects) != 0 || got.summary.Doc.Format != "poste-csv" || got.summary.Skipped < 1 {
				t.Fatalf("%+v, rejects %+v", got.summary, got.rejects)
			}
			m := got.movements[0]
			if strings.ReplaceAll(m.Account, " ", "") != "IT84K0760101000000010123456" || m.Amount != 115000 || m.Payer != "POSTE ITALIANE SPA" ||
				m.ValueOn != m.BookedOn+1 || m.Year != 2026 || !strings.HasPrefix(m.Number, "R") {
				t.Errorf("movement %+v", m)
			}
			if !cash.LooksLikePoste([]byte(text)) {
				t.Error("does not look like a statement of Poste")
			}
		})
	}
}

// TestQuotesOfPosteAreText reads rows that as a CSV would be broken, or swallow
// those below them.
func TestQuotesOfPosteAreText(t *testing.T) {
	row := func(text string) string { return "12/03/2026;12/03/2026;48;A;EUR;;1,00;;" + text + "\n" }
	texts := []string{`"ALFA" SRL BONIFICO`, `"ALFA BONIFICO`, `BONIFICO "TARI 2026`, `""`, `"TUTTO TRA VIRGOLETTE"`, `BETA`}
	want := []string{`"ALFA" SRL BONIFICO`, `"ALFA BONIFICO`, `BONIFICO "TARI 2026`, ``, `TUTTO TRA VIRGOLETTE`, `BETA`}
	in := posteTop
	for _, text := range texts {
		in += row(text)
	}
	got := mustRead(t, cash.ReadCSV, strings.NewReader(in), cash.Options{})
	var remittances []string
	for _, m := range got.movements {
		remittances = append(remittances, m.Remittance)
	}
	if diff := cmp.Diff(want, remittances); diff != "" || len(got.rejects) > 0 {
		t.Errorf("remittances (-want +got):\n%s%+v", diff, got.rejects)
	}
	opt := cash.Options{Layouts: layouts(t, "layouts:\n  - {name: poste-csv, extends: poste, quotes: csv}\n")}
	if got := mustRead(t, cash.ReadCSV, strings.NewReader(in), opt); len(got.rejects) != 2 {
		t.Errorf("read as a CSV: %+v, rejects %+v", got.summary, got.rejects)
	}
}

func TestPosteRejects(t *testing.T) {
	got := mustRead(t, cash.ReadCSV, strings.NewReader(posteTop+posteCredit+
		"2026-03-12;;48;A;EUR;;1,00;;X\n31/02/2026;;48;A;EUR;;1,00;;X\n12/03/2026;;48;A;EUR;;;;X\n12/03/2026;;48;A;EUR;1,00;2,00;;X\n"+
		"12/03/2026;;48;A;EUR;abc;;;X\n12/03/2026;;48;A;EUR;;1,234;;X\n12/03/2026;;48;A;EUR;0,00;0,00;;X\nTotale;;;;;;1,00;;\n32/03/2026;;48;A;EUR;;1,00;;X\n"), cash.Options{})
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 4, Column: "data contabile", Code: record.RejectDate, Value: "2026-03-12"},
		{Line: 5, Column: "data contabile", Code: record.RejectDate, Value: "31/02/2026"},
		{Line: 6, Column: "importo a credito", Code: record.RejectMissing},
		{Line: 7, Column: "importo a credito", Code: record.RejectAmount, Value: "2,00"},
		{Line: 8, Column: "importo a debito", Code: record.RejectAmount, Value: "abc"},
		{Line: 9, Column: "importo a credito", Code: record.RejectAmount, Value: "1,234"},
		{Line: 10, Column: "importo a credito", Code: record.RejectNotPositive, Value: "0,00"},
		{Line: 11, Column: "data contabile", Code: record.RejectDate, Value: "Totale"},
		{Line: 12, Column: "data contabile", Code: record.RejectDate, Value: "32/03/2026"},
	})
}

func TestDebitsMayBeKept(t *testing.T) {
	opt := cash.Options{Layouts: layouts(t, "layouts:\n  - {name: poste-tutto, extends: poste, debits: keep}\n")}
	got := mustRead(t, cash.ReadCSV, strings.NewReader(posteTop+posteDebit+posteCredit), opt)
	if len(got.movements) != 2 || got.movements[0].Amount != -120 || got.summary.Doc.Format != "poste-tutto-csv" {
		t.Errorf("%+v, movements %+v", got.summary, got.movements)
	}
}

func numbers(g taken) map[string]bool {
	n := map[string]bool{}
	for _, m := range g.movements {
		n[m.Number] = true
	}
	return n
}

func TestStatementsThatOverlapGiveEqualLinesEqualNumbers(t *testing.T) {
	line := func(day, amount, text string) string {
		return day + "/03/2026;" + day + "/03/2026;48;A;EUR;;" + amount + ";;" + text + "\n"
	}
	first := []string{line("10", "1,00", "A"), line("11", "2,00", "TWIN"), line("11", "2,00", "TWIN"), line("11", "2,00", "OTHER"), line("12", "3,00", "B")}
	second := append([]string{}, first[1:]...)
	second = append(second, line("12", "3,00", "B"), line("13", "4,00", "C"))
	readAll := func(lines []string) map[string]bool {
		got := mustRead(t, cash.ReadCSV, strings.NewReader(posteTop+strings.Join(lines, "")), cash.Options{})
		if len(numbers(got)) != len(lines) {
			t.Fatalf("%d numbers for %d lines", len(numbers(got)), len(lines))
		}
		return numbers(got)
	}
	one, two := readAll(first), readAll(second)
	if diff := cmp.Diff(one, readAll(first)); diff != "" {
		t.Errorf("sent again (-first +again):\n%s", diff)
	}
	all := map[string]bool{}
	for n := range one {
		all[n] = true
	}
	for n := range two {
		all[n] = true
	}
	if len(all) != len(first)+2 { // the third line of 3,00 and that of the 13th
		t.Errorf("%d different movements, want %d", len(all), len(first)+2)
	}
	other := mustRead(t, cash.ReadCSV, strings.NewReader(strings.Replace(posteTop, "456\n", "457\n", 1)+strings.Join(first, "")), cash.Options{})
	for n := range numbers(other) {
		if one[n] {
			t.Errorf("%s is a line of two accounts", n)
		}
	}
}

func TestSharedPoste(t *testing.T) {
	in, err := os.ReadFile(filepath.Join(shared(t, "samples"), "derived-cash", "poste_estratto_conto.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got := mustRead(t, cash.ReadCSV, bytes.NewReader(in), cash.Options{})
	if len(got.movements) != 1 || got.summary.Skipped != 1 || len(got.rejects) != 0 || got.movements[0].Amount != 15000 ||
		!strings.Contains(got.movements[0].Remittance, "2026-03-11BPPIITRRXXX-0000000001") {
		t.Errorf("%+v, movements %+v", got.summary, got.movements)
	}
	if !cash.LooksLikePoste(in) {
		t.Error("does not look like a statement of Poste")
	}
}

func FuzzReadCSVLayouts(f *testing.F) {
	for _, seed := range []string{posteTop + posteDebit + posteCredit, bankHeader + bankRow, completeHeader + completeRow(nil), myPivotRows} {
		f.Add([]byte(seed), byte(0))
		f.Add([]byte(seed), byte(1))
	}
	all := append([]*cash.Layout{nil}, cash.Presets()...)
	f.Fuzz(func(t *testing.T, b []byte, which byte) {
		opt := cash.Options{MaxRows: 1000, IPA: "c_q001"}
		if l := all[int(which)%len(all)]; l != nil {
			opt.Layout = l.Name
		}
		checkAnyWith(t, cash.ReadCSV, b, opt)
		cash.Recognise(b, opt)
		cash.LooksLikePoste(b)
	})
}
