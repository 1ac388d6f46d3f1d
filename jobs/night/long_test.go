package night_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"quadra/engine/record"
	"quadra/engine/store"
)

// longReceipts is an export of so many receipts, the last with a remittance.
func longReceipts(rows int, remittance string) string {
	var b strings.Builder
	b.WriteString("codIud;codIuv;identificativoDominio;identificativoUnivocoVersamento;identificativoUnivocoRiscoss;indiceDatiSingoloPagamento;" +
		"codiceEsitoPagamento;importoTotalePagato;singoloImportoPagato;dataEsitoSingoloPagamento;tipoDovuto;causaleVersamento\n")
	for i := range rows {
		text := "rifiuti"
		if i == rows-1 {
			text = remittance
		}
		fmt.Fprintf(&b, "D%05d;0100000000%05d;80000123457;0100000000%05d;R%05d;1;0;10.00;10.00;2026-09-01;TARI;%s\n", i, i, i, i, text)
	}
	return b.String()
}

// TestWhatComesLateInALongFileIsSaidAsOfAShortOne leaves files whose last row
// changes what the rows before are.
func TestWhatComesLateInALongFileIsSaidAsOfAShortOne(t *testing.T) {
	const rows = 3000
	latin, err := charmap.Windows1252.NewEncoder().String(longReceipts(rows, "città"))
	if err != nil {
		t.Fatal(err)
	}
	mixed := longReceipts(rows, "citt\xE0 ")
	mixed = strings.Replace(mixed, "rifiuti", "città", 1)
	for name, tc := range map[string]struct {
		content  string
		state    store.FileState
		encoding string
		code     record.FileCode
		line     int
		rejected int64
	}{
		"UTF-8":             {longReceipts(rows, "città"), store.FileLoaded, "UTF-8", "", 0, 0},
		"windows-1252":      {latin, store.FileLoaded, "windows-1252", "", 0, 0},
		"a row rejected":    {strings.Replace(latin, ";10.00;", ";10;", 1), store.FileLoaded, "windows-1252", "", 0, 1},
		"two encodings":     {mixed, store.FileRejected, "", record.FileEncoding, rows + 1, 0},
		"cut":               {strings.TrimSuffix(longReceipts(rows, "città"), ";città\n"), store.FileRejected, "", record.FileTruncated, rows + 1, 0},
		"of another entity": {strings.Replace(latin, ";80000123457;01000000000"+"2000", ";80000123458;01000000000"+"2000", 1), store.FileRejected, "", record.FileEntity, 2002, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := local(t, "move")
			p.put("ricevute/a.csv", tc.content)
			p.put("ricevute/b.csv", strings.ReplaceAll(longReceipts(1, "dopo"), "R00000", "S00000"))
			res := p.night()
			if len(res.Files) != 2 || res.Files[0].Name != "a.csv" || res.Files[1].State != store.FileLoaded {
				t.Fatalf("files %q", states(res))
			}
			f := &res.Files[0]
			if f.State != tc.state || f.Code != string(tc.code) || f.Line != tc.line || f.Rejected != tc.rejected {
				t.Errorf("%s, %s on line %d, %d rejected: %s", f.State, f.Code, f.Line, f.Rejected, f.Message)
			}
			if f.State == store.FileLoaded && (f.Rows != rows || len(f.Documents) != 1 || f.Documents[0].Encoding != tc.encoding || f.Documents[0].Rows != rows) {
				t.Errorf("%d rows, documents %+v", f.Rows, f.Documents)
			}
		})
	}
}
