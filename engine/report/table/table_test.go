package table_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
	"quadra/engine/report/table"
)

var asOf = record.NewDate(2026, 10, 20)

func definition() *table.Definition {
	return &table.Definition{Name: "prova", Title: table.Text{It: "Prova", En: "Trial"}, Page: "prova.html", Key: "chiave", Cards: 2, Columns: []table.Column{
		{Key: "chiave", Kind: table.KindText, Hidden: true, Where: table.Screen},
		{Key: "testo", Title: table.Text{It: "Testo", En: "Text"}, Kind: table.KindText, Search: true, Width: 20},
		{Key: "stato", Title: table.Text{It: "Stato", En: "Status"}, Kind: table.KindCode, Filter: true, Width: 12,
			Values: []table.Value{{Code: "OK", Title: "in ordine", Sign: 1, Signed: true}}},
		{Key: "importo", Title: table.Text{It: "Importo", En: "Amount"}, Kind: table.KindCents, Total: true, Width: 14},
		{Key: "giorno", Title: table.Text{It: "Giorno", En: "Day"}, Kind: table.KindDate, Width: 12},
		{Key: "numero", Title: table.Text{It: "Numero", En: "Number"}, Kind: table.KindInt, Bucket: []int64{0, 5}, Width: 8},
		{Key: "dettaglio", Title: table.Text{It: "Dettaglio", En: "Detail"}, Kind: table.KindText, Width: 20, Where: table.Files},
	}}
}

type panel string

func (p panel) AppendJSON(to []byte, shared *table.Shared) []byte {
	return fmt.Appendf(to, `{"title":%q,"source":{"f":%d}}`, string(p), shared.Text("file.csv"))
}

func row(key, text, code string, cents int64, day record.Date, n int) []table.Cell {
	return []table.Cell{table.Str(key), table.Str(text), table.Str(code), table.Cents(record.Cents(cents)), table.Date(day), table.Int(n), table.Str("d" + key)}
}

// rows are a plain one, one that is empty and one that is hostile.
func rows() [][]table.Cell {
	return [][]table.Cell{
		row("1", "uno", "OK", 123456, record.NewDate(2026, 3, 1), 7),
		{table.Str("2"), {}, {}, {}, {}, {}, {}},
		row("3", "=1+1\t</script>\u2028\n è", "NUOVO", -5, record.NewDate(1999, 12, 31), -3),
	}
}

func write(t *testing.T, opt table.Options, sheets table.Sheets) (string, *table.Summary) {
	t.Helper()
	opt.Dir, opt.AsOf, opt.Shown = t.TempDir(), asOf, 2
	w, err := table.Create(context.Background(), definition(), opt, 3, sheets)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows() {
		if err := w.Add(r, panel(r[0].Text())); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := w.Close()
	if err := errors.Join(err, w.Wait()); err != nil {
		t.Fatal(err)
	}
	return opt.Dir, sum
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheBrowserGetsColumnsAndPanels(t *testing.T) {
	dir, _ := write(t, table.Options{}, table.Sheets{})
	for name, want := range map[string]string{
		"dati/prova.0.js": "quadra.rows(\"prova\",0,{\"chiave\":\"1\\t2\\t3\",\n\"testo\":\"uno\\t\\t=1+1 \\u003c/script\\u003e\\u2028  è\",\n\"stato\":[0,-1,1],\n" +
			"\"importo\":[123456,null,-5],\n\"giorno\":[20260301,0,19991231],\n\"numero\":[7,null,-3]})\n",
		"dati/prova.0.schede.js": "quadra.cards(\"prova\",0,[\n{\"title\":\"1\",\"source\":{\"f\":0}},\n{\"title\":\"2\",\"source\":{\"f\":0}}],{\"whys\":[],\"texts\":[\"file.csv\"]})\n",
		"dati/prova.1.schede.js": "quadra.cards(\"prova\",1,[\n{\"title\":\"3\",\"source\":{\"f\":0}}],{\"whys\":[],\"texts\":[\"file.csv\"]})\n",
	} {
		if diff := cmp.Diff(want, read(t, dir, name)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	definition := read(t, dir, "dati/prova.js")
	for _, want := range []string{`"rows":3,"chunk":5000,"cards":2,"key":"chiave"`, `{"key":"importo","title":"Importo","kind":"cents","total":123451}`, `"bucket":[0,5]`,
		`"values":[{"code":"OK","title":"in ordine","sign":1},{"code":"NUOVO","title":"NUOVO"}]`} {
		if !strings.Contains(definition, want) {
			t.Errorf("the definition has no %s:\n%s", want, definition)
		}
	}
	if strings.Contains(definition, "dettaglio") {
		t.Error("the browser is given a column for files only")
	}
}

func TestTheCSVIsForItalianSpreadsheetsOrForPrograms(t *testing.T) {
	dir, _ := write(t, table.Options{}, table.Sheets{})
	if diff := cmp.Diff("\ufefftesto;stato;importo;giorno;numero;dettaglio\r\nuno;in ordine;1234,56;01/03/2026;7;d1\r\n;;;;;\r\n'=1+1 </script>\u2028  è;NUOVO;-0,05;31/12/1999;-3;d3\r\n",
		read(t, dir, "prova.csv")); diff != "" {
		t.Error(diff)
	}
	dir, _ = write(t, table.Options{Machine: true}, table.Sheets{})
	if diff := cmp.Diff("testo,stato,importo,giorno,numero,dettaglio\nuno,OK,1234.56,2026-03-01,7,d1\n,,,,,\n'=1+1 </script>\u2028  è,NUOVO,-0.05,1999-12-31,-3,d3\n",
		read(t, dir, "prova.csv")); diff != "" {
		t.Error(diff)
	}
}

func TestTheJSONHasCentsCodesAndTotals(t *testing.T) {
	dir, _ := write(t, table.Options{Language: "en"}, table.Sheets{})
	var got struct {
		Table   string
		AsOf    string `json:"as_of"`
		Columns []struct{ Key, Title, Kind string }
		Rows    [][]any
		Count   int
		Totals  map[string]int64
	}
	if err := json.Unmarshal([]byte(read(t, dir, "prova.json")), &got); err != nil {
		t.Fatal(err)
	}
	if got.Table != "prova" || got.AsOf != "2026-10-20" || got.Columns[0].Title != "Text" || got.Count != 3 || got.Totals["importo"] != 123451 {
		t.Errorf("got %+v", got)
	}
	want := [][]any{{"uno", "OK", 123456.0, "2026-03-01", 7.0, "d1"}, {nil, nil, nil, nil, nil, nil}, {"=1+1\t</script>\u2028\n è", "NUOVO", -5.0, "1999-12-31", -3.0, "d3"}}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
}

func TestTheSheetHoldsNumbersDatesAndTextsThatDoNotRun(t *testing.T) {
	dir, _ := write(t, table.Options{}, table.Sheets{First: "Riepilogo", Fill: func(left int64) []table.Sheet {
		return []table.Sheet{{Name: "Riepilogo", Lines: [][]any{{"voce", "importo"}, {"rimasti", record.Cents(left)}}}, {Name: "Altro", Lines: [][]any{{"x"}}}}
	}})
	f, err := excelize.OpenFile(filepath.Join(dir, "prova.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	if diff := cmp.Diff([]string{"Riepilogo", "Prova", "Altro"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	for cell, want := range map[string][2]string{ // raw and shown
		"A1": {"testo", "testo"}, "A2": {"uno", "uno"}, "B2": {"in ordine", "in ordine"}, "C2": {"1234.56", "1,234.56"}, "D2": {"46082", "01/03/2026"}, "E2": {"7", "7"},
		"A3": {"", ""}, "C4": {"-0.05", "-0.05"}, "A4": {"=1+1\t</script>\u2028\n è", "=1+1\t</script>\u2028\n è"},
	} {
		raw, err := f.GetCellValue("Prova", cell, excelize.Options{RawCellValue: true})
		shown, err2 := f.GetCellValue("Prova", cell)
		formula, err3 := f.GetCellFormula("Prova", cell)
		if err := errors.Join(err, err2, err3); err != nil || raw != want[0] || shown != want[1] || formula != "" {
			t.Errorf("%s holds %q, shows %q, runs %q, %v; want %q", cell, raw, shown, formula, err, want)
		}
	}
	dimension, err := f.GetSheetDimension("Prova")
	panes, err2 := f.GetPanes("Prova")
	width, err3 := f.GetColWidth("Prova", "C")
	if err := errors.Join(err, err2, err3); err != nil || dimension != "A1:F4" || !panes.Freeze || panes.YSplit != 1 || width != 14 {
		t.Errorf("dimension %s, panes %+v, width %v, %v", dimension, panes, width, err)
	}
}

// TestLibreOfficeOpensTheSheet: what a spreadsheet makes of the workbook, as a
// CSV as Americans write dates, is what the workbook was written from.
func TestLibreOfficeOpensTheSheet(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	dir, _ := write(t, table.Options{}, table.Sheets{})
	cmd := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false",
		"--outdir", filepath.Join(dir, "office"), filepath.Join(dir, "prova.xlsx"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r := csv.NewReader(strings.NewReader(read(t, dir, "office/prova.csv")))
	r.Comma = ';'
	got, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got[1][0] != "uno" || got[1][2] != "1234.56" || got[1][3] != "03/01/2026" || got[3][4] != "-3" {
		t.Errorf("LibreOffice reads %q", got)
	}
}

func TestTotalsAndFirstRowsAreThoseOfTheStream(t *testing.T) {
	_, sum := write(t, table.Options{}, table.Sheets{})
	if sum.Rows != 3 || sum.Totals["importo"] != 123451 || len(sum.First) != 2 || sum.First[0][1].Text() != "uno" {
		t.Errorf("summary %+v", sum)
	}
}

func TestATableThatIsGivenUpSaysSo(t *testing.T) {
	w, err := table.Create(context.Background(), definition(), table.Options{Dir: t.TempDir(), AsOf: asOf}, -1, table.Sheets{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(rows()[0], panel("1")); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(); err == nil || !strings.Contains(err.Error(), "given up") {
		t.Errorf("it says %v", err)
	}
}

func TestARowMustHaveEveryColumn(t *testing.T) {
	w, err := table.Create(context.Background(), definition(), table.Options{Dir: t.TempDir(), AsOf: asOf}, -1, table.Sheets{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(rows()[0][:2], panel("1")); err == nil {
		t.Error("a row without all its cells was taken")
	}
	if err := w.Wait(); err == nil {
		t.Error("and nobody said so")
	}
}

func TestASheetThatHasNotTheRowsItSaysIsRefused(t *testing.T) {
	w, err := table.Create(context.Background(), definition(), table.Options{Dir: t.TempDir(), AsOf: asOf}, 5, table.Sheets{})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Add(rows()[0], panel("1"))
	_, closed := w.Close()
	if err := errors.Join(err, closed, w.Wait()); err == nil || !strings.Contains(err.Error(), "the sheet has 2 rows, it was to have 6") {
		t.Errorf("it says %v", err)
	}
}

func TestMoreRowsThanAChunkAreSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	w, err := table.Create(context.Background(), definition(), table.Options{Dir: dir, AsOf: asOf}, 5001, table.Sheets{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5001 {
		if err := w.Add(row(fmt.Sprint(i), "x", "OK", 1, asOf, i), panel("p")); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := w.Close()
	if err := errors.Join(err, w.Wait()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir, "dati/prova.1.js"); !strings.HasPrefix(got, "quadra.rows(\"prova\",1,{\"chiave\":\"5000\",") || sum.Totals["importo"] != 5001 {
		t.Errorf("the last chunk is %s, the total %d", got, sum.Totals["importo"])
	}
}
