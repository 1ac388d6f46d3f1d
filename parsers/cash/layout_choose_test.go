package cash_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"quadra/parsers/cash"
)

// documents are one of each kind, by the name of the layout that fits.
func documents() map[string]string {
	return map[string]string{
		"provvisori":     csvHeader + csvRow,
		"completo":       completeHeader + completeRow(nil),
		"mypivot":        "de_anno_bolletta;cod_bolletta;dt_contabile;de_denominazione;de_causale;num_importo;dt_valuta\n" + myPivotRows,
		"conto-bancario": bankHeader + bankRow,
		"poste":          posteTop + posteCredit,
		"esiti":          esitoLine("003", "0001201", "0000077", "20260312", "000000000015000"),
	}
}

func TestEachPresetIsRecognisedAndNoOther(t *testing.T) {
	for name, text := range documents() {
		t.Run(name, func(t *testing.T) {
			utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			latin, err := charmap.ISO8859_15.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			long := text + strings.Repeat(text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:], 400)
			for form, head := range map[string]string{
				"as it is": text, "UTF-16": utf16, "ISO-8859-15": latin, "byte-order mark": "\ufeff" + text, "cut head of a long file": long[:16<<10],
			} {
				if l := cash.Recognise([]byte(head), cash.Options{}); l == nil || l.Name != name {
					t.Errorf("%s: recognised as %+v", form, l)
				}
				if got := cash.LooksLikePoste([]byte(head)); got != (name == "poste") {
					t.Errorf("%s: LooksLikePoste = %v", form, got)
				}
				if got := cash.LooksLikeEsiti([]byte(head)); got != (name == "esiti") {
					t.Errorf("%s: LooksLikeEsiti = %v", form, got)
				}
			}
			header := strings.Split(strings.SplitN(text, "\n", 2)[0], ";")
			if got, want := cash.LooksLikeHeader(header), name != "poste" && name != "esiti"; got != want {
				t.Errorf("LooksLikeHeader = %v", got)
			}
		})
	}
}

func TestSeparatorsOfEveryLayout(t *testing.T) {
	for name, text := range documents() {
		if name == "esiti" {
			continue
		}
		for _, separator := range []string{",", "\t"} {
			// The amounts of these documents have commas.
			changed := strings.ReplaceAll(strings.NewReplacer("1.234,56", "1234.56", "1.150,00", "1150.00", "150,00", "150.00").Replace(text), ";", separator)
			got := mustRead(t, cash.ReadCSV, strings.NewReader(changed), cash.Options{IPA: "c_q001"})
			if len(got.movements) == 0 || len(got.rejects) > 0 || got.summary.Doc.Format != name+"-csv" {
				t.Errorf("%s with %q: %+v, rejects %+v", name, separator, got.summary, got.rejects)
			}
		}
	}
}

func TestALayoutOfTheEntityGoesBeforeThePresets(t *testing.T) {
	opt := cash.Options{Layouts: layouts(t, `layouts:
  - {name: solo-a-richiesta, extends: provvisori, choose: name}
  - {name: solo-virgole, extends: provvisori, separator: ","}
  - {name: nostro, extends: provvisori, encoding: iso-8859-15}
`)}
	l := cash.Recognise([]byte(csvHeader+csvRow), opt)
	if l == nil || l.Name != "nostro" || l.Encoding() != "ISO-8859-15" {
		t.Errorf("recognised as %+v", l)
	}
	opt.Layout = "solo-a-richiesta"
	if l := cash.Recognise([]byte(csvHeader+csvRow), opt); l == nil || l.Name != "solo-a-richiesta" {
		t.Errorf("asked for by name, recognised as %+v", l)
	}
	opt.Layout = "nessuno"
	if l := cash.Recognise([]byte(csvHeader+csvRow), opt); l != nil {
		t.Errorf("asked for what is not there, recognised as %s", l.Name)
	}
}

func TestOtherTablesAreNoCash(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                               "",
		"receipts":                              "iuf;numRigaFlusso;codIud;codIuv;versioneOggetto;identificativoDominio;identificativoStazioneRichiedente\n1;1;2;3;4;5;6\n",
		"notices":                               "IUD;codIuv;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco;anagraficaPagatore\nA;B;C;D;E\n",
		"chapters":                              "codTipo;anno;codUfficio;deUfficio;codCapitolo;deCapitolo\n1;2026;3;4;5;6\n",
		"IBAN and few columns":                  "IBAN;IT84K0760101000000010123456\nData;Importo\n12/03/2026;1,00\n",
		"IBAN and nine columns of another bank": "IBAN;IT84K0760101000000010123456\na;b;c;d;e;f;g;h;i\n1;12/03/2026;x;x;x;1,00;x;x;x\n",
		"nine columns without IBAN":             strings.SplitAfterN(posteTop, "\n", 2)[1] + posteCredit,
		"page":                                  "<html><body><table><tr><td>ESERCIZIO</td></tr></table>",
		"long digits":                           strings.Repeat("0", 300) + "\n",
	} {
		if l := cash.Recognise([]byte(text), cash.Options{}); l != nil {
			t.Errorf("%s: recognised as %s", name, l.Name)
		}
		if cash.LooksLikePoste([]byte(text)) || cash.LooksLikeEsiti([]byte(text)) {
			t.Errorf("%s looks like a statement of Poste or esiti", name)
		}
	}
}

func TestSharedSamplesAreRecognisedOnlyWhereTheyShould(t *testing.T) {
	want := map[string]string{"provvisori_entrata.csv": "provvisori", "poste_estratto_conto.csv": "poste"}
	err := filepath.WalkDir(shared(t, "samples"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		head, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		got := ""
		if l := cash.Recognise(head[:min(len(head), 16<<10)], cash.Options{}); l != nil {
			got = l.Name
		}
		if got != want[entry.Name()] {
			t.Errorf("%s is recognised as %q, want %q", entry.Name(), got, want[entry.Name()])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
