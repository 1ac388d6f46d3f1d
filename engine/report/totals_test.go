package report_test

import (
	"archive/zip"
	"crypto/sha256"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quadra/engine/explain/explaintest"
	"quadra/engine/record"
	"quadra/engine/report"
)

// tally is count and cents by unit and code.
type tally map[string][2]int64

func (t tally) add(unit, code string, cents int64) {
	key := unit + " " + code
	v := t[key]
	t[key] = [2]int64{v[0] + 1, v[1] + cents}
}

// anomaliesOf reads the anomalies straight from the database.
func anomaliesOf(t *testing.T, file string) tally {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	rows, err := db.Query(`
		SELECT 'pagamento', v.status, count(*), sum(p.amount) FROM payment p JOIN verdict v ON v.id = p.verdict_id WHERE v.sign < 0 GROUP BY 2
		UNION ALL SELECT 'riversamento', v.status, count(*), sum(f.declared_total) FROM settlement s
			JOIN verdict v ON v.id = s.verdict_id JOIN flow f ON f.id = s.flow_id WHERE v.sign < 0 GROUP BY 2
		UNION ALL SELECT 'movimento', v.status, count(*), sum(m.cash) FROM movement m JOIN verdict v ON v.id = m.verdict_id WHERE v.sign < 0 GROUP BY 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := make(tally)
	for rows.Next() {
		var unit, code string
		var v [2]int64
		if err := rows.Scan(&unit, &code, &v[0], &v[1]); err != nil {
			t.Fatal(err)
		}
		out[unit+" "+code] = v
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func italianCents(t *testing.T, text string) int64 {
	t.Helper()
	c, err := record.ParseCents(strings.NewReplacer(".", "", ",", ".").Replace(text))
	if err != nil {
		t.Fatal(err)
	}
	return int64(c)
}

func readCSV(t *testing.T, text string) [][]string {
	t.Helper()
	text, found := strings.CutPrefix(text, "\ufeff")
	if !found {
		t.Error("no byte order mark")
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Error("a line does not end with CRLF")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func openXLSX(t *testing.T, content string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func column(t *testing.T, header []string, name string) int {
	t.Helper()
	for i, h := range header {
		if h == name {
			return i
		}
	}
	t.Fatalf("no column %s in %v", name, header)
	return -1
}

func TestPageListsJSONAndDatabaseCarryTheSameTotals(t *testing.T) {
	b := explaintest.Sample(t)
	files, sum := build(t, input(b))
	want := anomaliesOf(t, b.File)
	if len(want) < 15 {
		t.Fatalf("the sample has only %d kinds of anomaly", len(want))
	}

	inCSV := make(tally)
	rows := readCSV(t, files[report.FileCSV])
	at := column(t, rows[0], "importo")
	for _, r := range rows[1:] {
		inCSV.add(r[0], r[1], italianCents(t, r[at]))
	}
	if diff := cmp.Diff(want, inCSV); diff != "" {
		t.Errorf("CSV (-database +CSV):\n%s", diff)
	}

	inXLSX := make(tally)
	sheet, err := openXLSX(t, files[report.FileXLSX]).GetRows("Anomalie", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range sheet[1:] {
		euros, err := strconv.ParseFloat(r[at], 64)
		if err != nil {
			t.Fatal(err)
		}
		inXLSX.add(r[0], r[1], int64(euros*100+0.5))
	}
	if diff := cmp.Diff(want, inXLSX); diff != "" {
		t.Errorf("XLSX (-database +XLSX):\n%s", diff)
	}

	inPage := make(tally)
	row := regexp.MustCompile(`</a></th><td>([^<]+)</td><td>([A-Z_]+)</td><td class="n">([0-9.]+)</td><td class="n">([0-9.,-]+)</td>`)
	units := map[string]string{"Pagamenti": "pagamento", "Riversamenti": "riversamento", "Movimenti di cassa": "movimento"}
	for _, m := range row.FindAllStringSubmatch(files["anomalie.html"], -1) {
		n, err := strconv.ParseInt(strings.ReplaceAll(m[3], ".", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		inPage[units[m[1]]+" "+m[2]] = [2]int64{n, italianCents(t, m[4])}
	}
	if diff := cmp.Diff(want, inPage); diff != "" {
		t.Errorf("page (-database +page):\n%s", diff)
	}

	type unit struct {
		Count    int64
		Statuses []struct {
			Code         string
			Sign         int
			Count, Cents int64
		}
	}
	var run struct{ Payments, Settlements, Movements unit }
	if err := json.Unmarshal([]byte(files[report.FileJSON]), &run); err != nil {
		t.Fatal(err)
	}
	inJSON := make(tally)
	for name, u := range map[string]unit{"pagamento": run.Payments, "riversamento": run.Settlements, "movimento": run.Movements} {
		for _, s := range u.Statuses {
			if s.Sign < 0 {
				inJSON[name+" "+s.Code] = [2]int64{s.Count, s.Cents}
			}
		}
	}
	if diff := cmp.Diff(want, inJSON); diff != "" {
		t.Errorf("run.json (-database +JSON):\n%s", diff)
	}
	if run.Payments.Count != sum.Totals.Payments.Count || run.Payments.Count != 21 {
		t.Errorf("payments: run.json %d, summary %d, want 21", run.Payments.Count, sum.Totals.Payments.Count)
	}
}

func TestRunJSONNamesTheFilesOfTheReport(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	var run struct {
		Report   []report.File
		Balanced bool
		Files    []struct{ File, State, SHA256 string }
	}
	if err := json.Unmarshal([]byte(files[report.FileJSON]), &run); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range run.Report {
		sum := sha256.Sum256([]byte(files[f.Name]))
		if f.SHA256 != hex.EncodeToString(sum[:]) || f.Bytes != int64(len(files[f.Name])) {
			t.Errorf("%s is not the file that was written", f.Name)
		}
		got = append(got, f.Name)
	}
	if diff := cmp.Diff([]string{report.FileHTML, report.FileCSV, report.FileXLSX, report.FileRejects, report.FileDecisions}, got[:5]); diff != "" {
		t.Error(diff)
	}
	if len(got) != len(files)-1 {
		t.Errorf("%d files are named, the report has %d besides run.json", len(got), len(files)-1)
	}
	if !run.Balanced || len(run.Files) != 6 || run.Files[5].State != "rejected" {
		t.Errorf("balanced %v, files %v", run.Balanced, run.Files)
	}
}

func TestTheSheetHoldsNumbersDatesAndTexts(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	f := openXLSX(t, files[report.FileXLSX])
	rows := readCSV(t, files[report.FileCSV])
	name := func(column string, row int) string {
		cell, err := excelize.CoordinatesToCellName(columnOf(t, rows[0], column), row)
		if err != nil {
			t.Fatal(err)
		}
		return cell
	}
	for _, c := range []struct {
		column    string
		raw, seen string
		kind      excelize.CellType
	}{
		{"iuv", explaintest.IUV(2), explaintest.IUV(2), excelize.CellTypeInlineString},
		{"importo", "50", "50.00", excelize.CellTypeUnset},
		{"data_regolamento", "46084", "03/03/2026", excelize.CellTypeUnset},
		{"giorni_lavorativi", "13", "13", excelize.CellTypeUnset},
		{"scadenza", "", "", excelize.CellTypeUnset},
	} {
		cell := name(c.column, 2)
		kind, err := f.GetCellType("Anomalie", cell)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := f.GetCellValue("Anomalie", cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		seen, err := f.GetCellValue("Anomalie", cell)
		if err != nil {
			t.Fatal(err)
		}
		if raw != c.raw || seen != c.seen || kind != c.kind {
			t.Errorf("%s: holds %q, shows %q, is %d; want %q, %q, %d", c.column, raw, seen, kind, c.raw, c.seen, c.kind)
		}
	}
	dimension, err := f.GetSheetDimension("Anomalie")
	if err != nil {
		t.Fatal(err)
	}
	last, err := excelize.CoordinatesToCellName(len(rows[0]), len(rows))
	if err != nil {
		t.Fatal(err)
	}
	if dimension != "A1:"+last {
		t.Errorf("the sheet says it is %s, want A1:%s", dimension, last)
	}
	panes, err := f.GetPanes("Anomalie")
	if err != nil {
		t.Fatal(err)
	}
	if !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the header is not frozen: %+v", panes)
	}
	if parts := strings.ReplaceAll(zipText(t, files[report.FileXLSX]), "$", ""); !strings.Contains(parts, `<autoFilter ref="A1:`+last+`"`) {
		t.Error("the sheet has no filter")
	}
}

func columnOf(t *testing.T, header []string, name string) int { return column(t, header, name) + 1 }

// zipText joins the parts of a spreadsheet.
func zipText(t *testing.T, content string) string {
	t.Helper()
	r, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, part := range r.File {
		f, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return string(out)
}
