package export_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
)

var entity = export.Entity{IPA: "c_q001", TaxCode: "80000123457", Name: "Comune di Prova"}

// pivot is the export of everything an entity that sends all may ask for.
func pivot(version string) *export.Pivot {
	return &export.Pivot{Version: version, Notices: true, Treasury: true}
}

// written is the reconciliation export of books.
func written(t testing.TB, b *tt.Books, p *export.Pivot) string {
	t.Helper()
	var out strings.Builder
	b.Read(func(tx *store.Tx) error {
		c, err := export.WritePivot(t.Context(), tx, entity, p, &out)
		if lines := strings.Count(out.String(), "\r\n"); err == nil && lines != c.Rows+1 {
			t.Errorf("says it wrote %d rows; there are %d lines with the header", c.Rows, lines)
		}
		return err
	})
	return out.String()
}

// table reads an export of the older systems: quotes everywhere, a backslash
// before quotes and backslashes.
func table(t testing.TB, text string) []map[string]string {
	t.Helper()
	var rows [][]string
	var row []string
	for len(text) > 0 {
		if text[0] != '"' {
			t.Fatalf("a field without quotes: %.40q", text)
		}
		var field strings.Builder
		i := 1
		for ; text[i] != '"'; i++ {
			if text[i] == '\\' {
				i++
			}
			field.WriteByte(text[i])
		}
		row = append(row, field.String())
		switch text = text[i+1:]; {
		case strings.HasPrefix(text, ";"):
			text = text[1:]
		case strings.HasPrefix(text, "\r\n"):
			text, rows, row = text[2:], append(rows, row), nil
		default:
			t.Fatalf("after a field: %.40q", text)
		}
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		if len(r) != len(rows[0]) {
			t.Fatalf("%d fields under %d columns", len(r), len(rows[0]))
		}
		m := make(map[string]string)
		for i, name := range rows[0] {
			m[name] = r[i]
		}
		out = append(out, m)
	}
	return out
}

// layouts are all layouts, by the name of their line in pivot-headers.txt.
var layouts = map[string]*export.Pivot{
	"1.0": pivot("1.0"), "1.1": pivot("1.1"), "1.2P": pivot("1.2"), "1.3P": pivot("1.3"), "1.4P": pivot("1.4"),
	"1.2": {Version: "1.2", Treasury: true}, "1.3": {Version: "1.3", Treasury: true}, "1.4": {Version: "1.4", Treasury: true},
}

// TestPivotColumns compares each layout with the table of columns of MyPivot's
// own export, and its values with those of the widest layouts.
func TestPivotColumns(t *testing.T) {
	b := tt.Town(t)
	full := make(map[string]map[string]string)
	for _, version := range []string{"1.0", "1.4"} {
		for _, row := range table(t, written(t, b, pivot(version))) {
			key := rowKey(row)
			if full[key] == nil {
				full[key] = make(map[string]string)
			}
			for name, value := range row {
				full[key][name] = value
			}
		}
	}
	text, err := os.ReadFile(filepath.Join("testdata", "pivot-headers.txt"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(text)) {
		name, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		got := written(t, b, layouts[name])
		header, _, _ := strings.Cut(got, "\r\n")
		if diff := cmp.Diff(want, header); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, row := range table(t, got) {
			for column, value := range row {
				if whole := full[rowKeyIn(row, full)][column]; whole != value {
					t.Errorf("%s: %s is %q, elsewhere %q", name, column, value, whole)
				}
			}
		}
		checked++
	}
	if checked != len(layouts) {
		t.Errorf("%d layouts checked instead of %d", checked, len(layouts))
	}
}

func rowKey(row map[string]string) string {
	return strings.Join([]string{row["codIudI"], row["codRpSilinviarpIdUnivocoVersamentoE"], row["codEDatiPagDatiSingPagIdUnivocoRiscossE"], row["numEDatiPagDatiSingPagSingoloImportoPagatoE"],
		row["codDatiSingPagamIdentificativoUnivocoVersamentoR"], row["codDatiSingPagamIdentificativoUnivocoRiscossioneR"], row["deCausaleT"], row["numImportoTesoreria"], row["codRpSilinviarpIdUnivocoVersamentoI"],
		row["classificazioneCompletezza"]}, "/")
}

// rowKeyIn is the key of a row that may lack the notice.
func rowKeyIn(row map[string]string, full map[string]map[string]string) string {
	if _, with := row["codIudI"]; with {
		return rowKey(row)
	}
	for key, f := range full {
		same := true
		for column, value := range row {
			same = same && f[column] == value
		}
		if same {
			return key
		}
	}
	return ""
}

// TestPivotTown writes the widest layouts of a town where one of each thing
// happened.
func TestPivotTown(t *testing.T) {
	b := tt.Town(t)
	for name, version := range map[string]string{"mypivot-1.0.csv": "1.0", "mypivot-1.4.csv": "1.4"} {
		golden(t, name, written(t, b, pivot(version)))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// TestPivotRows says which rows each situation gives: class, IUV and amount of
// receipt and flow, bolletta.
func TestPivotRows(t *testing.T) {
	paid := tt.Receipts("r", tt.Receipt(iuv1, "R1", 1, 1000, "IUD1"))
	notified := tt.Notices("n", tt.Notice("IUD1", iuv1, 1000))
	reported := tt.Flow("f", iuf1, 1, tt.Line(iuv1, "R1", 1, 1000, 0))
	for _, c := range []struct {
		name  string
		files []tt.File
		want  []string
	}{
		{"empty books give the header alone", nil, nil},
		{"one row per class", []tt.File{paid, notified, reported, tt.Cash("c", tt.Movement("7", 1000, tt.URI(iuf1)))},
			[]string{"IUD_RT_IUF E10.00 R10.00 T7", "IUD_RT_IUF_TES E10.00 R10.00 T7", "RT_IUF E10.00 R10.00 T7", "RT_IUF_TES E10.00 R10.00 T7"}},
		{"and per movement", []tt.File{paid, reported, tt.Cash("c", tt.Movement("7", 600, tt.URI(iuf1)), tt.Movement("8", 400, tt.URI(iuf1)))},
			[]string{"RT_IUF E10.00 R10.00 T7", "RT_IUF_TES E10.00 R10.00 T7", "RT_NO_IUD E10.00 R10.00 T7",
				"RT_IUF E10.00 R10.00 T8", "RT_IUF_TES E10.00 R10.00 T8", "RT_NO_IUD E10.00 R10.00 T8"}},
		{"a receipt the flow stands for", []tt.File{tt.Flow("f", iuf1, 1, tt.Line(iuv1, "R1", 1, 1000, 9))},
			[]string{"IUF_NO_TES E10.00 R10.00 T", "RT_IUF E10.00 R10.00 T", "RT_NO_IUD E10.00 R10.00 T"}},
		{"a notice alone", []tt.File{notified}, []string{"IUD_NO_RT E R T"}},
		{"a flow line alone", []tt.File{reported}, []string{"IUF_NO_TES E R10.00 T", "IUV_NO_RT E R10.00 T"}},
		{"a revoked flow line alone has no row", []tt.File{tt.Flow("f", iuf1, 1, tt.Line(iuv1, "R1", 1, 1000, 3))}, nil},
		{"a payment without class has no row", []tt.File{paid, notified, tt.Cash("c", tt.Movement("7", 900, tt.RFB(iuv1)))}, nil},
		{"movements nobody knows follow", []tt.File{notified, tt.Cash("c", tt.Movement("8", 1000, tt.URI(iuf1)), tt.Movement("7", 100, "VERSAMENTO"))},
			[]string{"IUD_NO_RT E R T", "TES_NO_MATCH E R T7", "TES_NO_IUF_OR_IUV E R T8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := tt.Open(t)
			b.Load(c.files...)
			b.Night("2026-09-18")
			var got []string
			for _, r := range table(t, written(t, b, pivot("1.4"))) {
				got = append(got, fmt.Sprintf("%s E%s R%s T%s", r["classificazioneCompletezza"], r["numEDatiPagDatiSingPagSingoloImportoPagatoE"],
					r["numDatiSingPagamSingoloImportoPagatoR"], r["codBollettaT"]))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPivotSaysTheLabels demands of any books that the reconciliation export
// and the export of labels hold the same classes of the same things.
func TestPivotSaysTheLabels(t *testing.T) { sameAsLabels(t, tt.Town(t)) }

func sameAsLabels(t testing.TB, b *tt.Books) {
	t.Helper()
	var text strings.Builder
	b.Read(func(tx *store.Tx) error {
		_, err := export.Labels(t.Context(), tx, &text)
		return err
	})
	r := csv.NewReader(strings.NewReader(text.String()))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, row := range rows[1:] {
		for class := range strings.SplitSeq(row[7], "|") {
			if class != export.NoLabel && class != "DOPPI" {
				want = append(want, strings.Join(append([]string{class}, row[1], row[2], row[4], row[5], row[6]), " "))
			}
		}
	}
	for _, row := range table(t, written(t, b, pivot("1.4"))) {
		iuv := row["codRpSilinviarpIdUnivocoVersamentoE"] + row["codDatiSingPagamIdentificativoUnivocoVersamentoR"]
		if e := row["codRpSilinviarpIdUnivocoVersamentoE"]; e != "" {
			iuv = e
		}
		iur, iuf := row["codEDatiPagDatiSingPagIdUnivocoRiscossE"], row["codIdentificativoFlussoR"]
		if iur == "" {
			iur = row["codDatiSingPagamIdentificativoUnivocoRiscossioneR"]
		}
		if iuv == "" {
			iuv = row["codRpSilinviarpIdUnivocoVersamentoI"] + row["codIdUnivocoVersamentoT"]
			iuf = row["codIdUnivocoFlussoT"]
		}
		got = append(got, strings.Join([]string{row["classificazioneCompletezza"], iuv, iur, strings.ToUpper(iuf), row["deAnnoBollettaT"], row["codBollettaT"]}, " "))
	}
	sort.Strings(want)
	sort.Strings(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("labels (-) and mypivot (+):\n%s", diff)
	}
}

// TestPivotFilters asks the town for its rows by everything a booking has. Each
// filter must take some rows and leave some.
func TestPivotFilters(t *testing.T) {
	b := tt.Town(t)
	all := table(t, written(t, b, pivot("1.4")))
	cents := func(c record.Cents) *record.Cents { return &c }
	some := all[0]
	for _, r := range all { // the richest row
		if r["codIudI"] != "" && r["codIudE"] != "" && r["codIdentificativoFlussoR"] != "" && r["codBollettaT"] != "" {
			some = r
		}
	}
	day := func(column string) export.Days {
		return export.Days{From: tt.Day(some[column]), To: tt.Day(some[column])}
	}
	amount, err := record.ParseCents(some["numImportoTesoreria"])
	if err != nil {
		t.Fatalf("no row of the town has everything: %v", err)
	}
	for name, c := range map[string]struct {
		filter  export.PivotFilter
		columns []string // one of them must have the value
		value   string
	}{
		"class":                        {export.PivotFilter{Classes: []string{"RT_IUF", "IUD_NO_RT"}}, []string{"classificazioneCompletezza"}, "RT_IUF|IUD_NO_RT"},
		"debt type":                    {export.PivotFilter{DebtTypes: []string{"tari"}}, []string{"codTipoDovutoI", "codTipoDovutoE"}, "TARI"},
		"IUV":                          {export.PivotFilter{IUVs: []string{some["codRpSilinviarpIdUnivocoVersamentoE"]}}, []string{"codRpSilinviarpIdUnivocoVersamentoI", "codRpSilinviarpIdUnivocoVersamentoE", "codDatiSingPagamIdentificativoUnivocoVersamentoR", "codIdUnivocoVersamentoT"}, some["codRpSilinviarpIdUnivocoVersamentoE"]},
		"IUF, a part of it":            {export.PivotFilter{IUFs: []string{strings.ToLower(some["codIdentificativoFlussoR"][3:])}}, []string{"codIdentificativoFlussoR"}, some["codIdentificativoFlussoR"]},
		"IUD":                          {export.PivotFilter{IUD: some["codIudE"]}, []string{"codIudI", "codIudE"}, some["codIudE"]},
		"IUR":                          {export.PivotFilter{IUR: some["codEDatiPagDatiSingPagIdUnivocoRiscossE"]}, []string{"codEDatiPagDatiSingPagIdUnivocoRiscossE", "codDatiSingPagamIdentificativoUnivocoRiscossioneR"}, some["codEDatiPagDatiSingPagIdUnivocoRiscossE"]},
		"execution of the notice":      {export.PivotFilter{Executed: day("dtRpDatiVersDataEsecuzionePagamentoI")}, []string{"dtRpDatiVersDataEsecuzionePagamentoI"}, some["dtRpDatiVersDataEsecuzionePagamentoI"]},
		"outcome":                      {export.PivotFilter{Outcome: day("dtEDatiPagDatiSingPagDataEsitoSingoloPagamentoE")}, []string{"dtEDatiPagDatiSingPagDataEsitoSingoloPagamentoE", "dtDatiSingPagamDataEsitoSingoloPagamentoR"}, some["dtEDatiPagDatiSingPagDataEsitoSingoloPagamentoE"]},
		"regulation day":               {export.PivotFilter{Regulated: day("dtDataRegolamentoR")}, []string{"dtDataRegolamentoR"}, some["dtDataRegolamentoR"]},
		"booked":                       {export.PivotFilter{Booked: day("dtDataContabileT")}, []string{"dtDataContabileT"}, some["dtDataContabileT"]},
		"value":                        {export.PivotFilter{Value: day("dtDataValutaT")}, []string{"dtDataValutaT"}, some["dtDataValutaT"]},
		"PSP":                          {export.PivotFilter{PSPName: "poste"}, []string{"deEIstitAttDenominazioneAttestanteE", "deIstMittDenominazioneMittenteR"}, some["deEIstitAttDenominazioneAttestanteE"]},
		"payer's name, a part of it":   {export.PivotFilter{PayerName: "rossi"}, []string{"deRpSoggPagAnagraficaPagatoreI", "codESoggPagAnagraficaPagatoreE"}, "Mario Rossi"},
		"sender":                       {export.PivotFilter{Sender: some["codOr1T"]}, []string{"codOr1T"}, some["codOr1T"]},
		"regulation":                   {export.PivotFilter{Regulation: some["codIdentificativoUnivocoRegolamentoR"]}, []string{"codIdentificativoUnivocoRegolamentoR"}, some["codIdentificativoUnivocoRegolamentoR"]},
		"cash":                         {export.PivotFilter{Cash: cents(amount)}, []string{"numImportoTesoreria"}, some["numImportoTesoreria"]},
		"remittance of the receipt":    {export.PivotFilter{Remittance: "RIFIUTI"}, []string{"deEDatiPagDatiSingPagCausaleVersamentoE"}, some["deEDatiPagDatiSingPagCausaleVersamentoE"]},
		"number of the bolletta":       {export.PivotFilter{Year: 2026, Number: some["codBollettaT"]}, []string{"codBollettaT"}, some["codBollettaT"]},
		"an apostrophe breaks nothing": {export.PivotFilter{PayerName: "D'AMICO"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := pivot("1.4")
			p.Filter = c.filter
			got := table(t, written(t, b, p))
			want := 0
			for _, r := range all {
				if slices.ContainsFunc(c.columns, func(column string) bool { return slices.Contains(strings.Split(c.value, "|"), r[column]) }) {
					want++
				}
			}
			if len(got) != want || c.columns != nil && (want == 0 || want == len(all)) {
				t.Errorf("%d rows, wanted %d, of %d", len(got), want, len(all))
			}
		})
	}
}

// TestPivotClasses says what may be asked of whom.
func TestPivotClasses(t *testing.T) {
	for _, c := range []struct {
		name  string
		pivot export.Pivot
		wrong string // part of the error
	}{
		{"a version that does not exist", export.Pivot{Version: "1.5"}, "1.0, 1.1"},
		{"a class that does not exist", export.Pivot{Version: "1.4", Filter: export.PivotFilter{Classes: []string{"RT"}}}, "RT_IUF"},
		{"notices of an entity that sends none", export.Pivot{Version: "1.2", Treasury: true, Filter: export.PivotFilter{Classes: []string{"IUD_NO_RT"}}}, "no notices"},
		{"cash of an entity that loads none", export.Pivot{Version: "1.2", Notices: true, Filter: export.PivotFilter{Classes: []string{"RT_IUF_TES"}}}, "no treasury"},
		{"what only both can say", export.Pivot{Version: "1.2", Notices: true, Filter: export.PivotFilter{Classes: []string{"IUD_RT_IUF_TES"}}}, "no treasury"},
		{"doubles, whoever asks", export.Pivot{Version: "1.4", Filter: export.PivotFilter{Classes: []string{"DOPPI"}}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.pivot.Check()
			if (err != nil) != (c.wrong != "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("error %v, wanted %q", err, c.wrong)
			}
		})
	}
	without := export.Pivot{Version: "1.4", Treasury: true}
	for _, r := range table(t, written(t, tt.Town(t), &without)) {
		if class := r["classificazioneCompletezza"]; strings.Contains(class, "IUD") {
			t.Errorf("class %s in the layout without notices", class)
		}
	}
}
