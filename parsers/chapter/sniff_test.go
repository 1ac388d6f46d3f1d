package chapter_test

import (
	"path/filepath"
	"testing"
	"unicode/utf16"

	"quadra/parsers/chapter"
)

func TestLooksLike(t *testing.T) {
	t.Parallel()
	const (
		none = iota
		registry
		platform
		assessments
	)
	samples := map[string]struct {
		head string
		want int
	}{
		"nothing":                              {"", none},
		"blank lines":                          {"\r\n\n", none},
		"a file of receipts":                   {"iuf;numRigaFlusso;codIud;codIuv;identificativoDominio;singoloImportoPagato;importoTotalePagato;tipoDovuto\n", none},
		"a file of notices":                    {"IUD;codIuv;tipoIdentificativoUnivoco;dataEsecuzionePagamento;importoDovutoPagato;commissioneCaricoPa;tipoDovuto;tipoVersamento;bilancio\n", none},
		"an import of debts":                   {"IUD;codIuv;tipoIdentificativoUnivoco;dataScadenzaPagamento;importoDovuto;tipoDovuto;causaleVersamento;bilancio;flagGeneraIuv;azione\n", none},
		"provvisori":                           {"ESERCIZIO;N.PROVV.;DATA ESEC.;ANAGRAFICA CLIENTE;DESCRIZIONE CAUSALE;IMPORTO PROVVISORIO;VALUTA ENTE\n", none},
		"the treasury file of the platform":    {"annoBolletta;codBolletta;enteIpaCode;iuf;iuv;causale;importoCentesimi;dataBolletta;pspCognome;flgRegolarizzata\n", none},
		"a statement without header":           {"01/10/2026;02/10/2026;48;;;;12,50;;causale\n", none},
		"a classification export":              {"cod_iud_e;cod_tipo_dovuto_e;bilancioE;de_anno_bolletta_t;cod_bolletta_t;cod_tipo_dovuto_i\n", none},
		"a flow":                               {`<?xml version="1.0"?><FlussoRiversamento>`, none},
		"a table of ten columns":               {"a;b;c;d;e;f;g;h;i;l\n1;2;3;4;5;6;7;8;9;10\n", none},
		"a registry with a byte-order mark":    {"\xEF\xBB\xBF" + string(testdata(t, "capitoli_utf8.csv")), registry},
		"a registry under other names":         {"\"1\";\"2\";\"3\";\"4\";\"5\";\"6\";\"7\";\"8\";\"9\";\"10\"\n\"T\";\"U\";\"true\";\"C\";\"D\";\"2026\";\"\";\"\";\"TARI\";\"X\"\n", registry},
		"a platform registry in UTF-16":        {wide(string(testdata(t, "capitoli_piattaforma.csv"))), platform},
		"a platform registry lacking a column": {"codiceTipoDovuto;codCapitolo;annoEsercizio\n", platform},
	}
	for file, want := range map[string]int{
		"capitoli_iso.csv": registry, "capitoli_utf8.csv": registry, "capitoli_piattaforma.csv": platform, "accertamenti.csv": assessments,
	} {
		samples[file] = struct {
			head string
			want int
		}{string(testdata(t, file)), want}
	}
	debts, err := filepath.Glob("../debt/testdata/*.csv")
	if err != nil || len(debts) == 0 {
		t.Fatal("no samples of debts", err)
	}
	for _, file := range debts {
		samples[file] = struct {
			head string
			want int
		}{string(testdata(t, filepath.Join("..", file))), none}
	}
	for name, s := range samples {
		for kind, looks := range map[int]func([]byte) bool{
			registry: chapter.LooksLikeRegistry, platform: chapter.LooksLikePlatformRegistry, assessments: chapter.LooksLikeAssessments,
		} {
			if got := looks([]byte(s.head)); got != (kind == s.want) {
				t.Errorf("%s: format %d recognised %v", name, kind, got)
			}
		}
	}
}

// wide is a text as UTF-16, little end first, with its mark.
func wide(text string) string {
	b := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}
