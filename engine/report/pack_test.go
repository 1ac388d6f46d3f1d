package report_test

import (
	"database/sql"
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quadra/engine/explain/explaintest"
	"quadra/engine/report"
	"quadra/engine/report/content"
)

// jsonTable is a table as JSON carries it.
type jsonTable struct {
	Table   string
	Columns []struct{ Key, Kind string }
	Rows    [][]any
	Count   int64
	Totals  map[string]int64
}

func jsonTables(t *testing.T, files map[string]string) map[string]jsonTable {
	t.Helper()
	out := make(map[string]jsonTable)
	for name, text := range files {
		if !strings.HasSuffix(name, ".json") || name == report.FileJSON {
			continue
		}
		var table jsonTable
		if err := json.Unmarshal([]byte(text), &table); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[table.Table] = table
	}
	return out
}

// TestEveryFormOfEveryTableHasTheSameTotals: rows and sums of each amount in the
// CSV, the spreadsheet, the rows of the JSON and the data of the browser are those
// the JSON declares.
func TestEveryFormOfEveryTableHasTheSameTotals(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	tables := jsonTables(t, files)
	if len(tables) < 14 {
		t.Fatalf("only %d tables", len(tables))
	}
	for name, table := range tables {
		t.Run(name, func(t *testing.T) {
			inCSV, inXLSX, inRows := make(map[string]int64), make(map[string]int64), make(map[string]int64)
			csv := readCSV(t, files[name+".csv"])
			book := openXLSX(t, files[name+".xlsx"])
			sheets := book.GetSheetList()
			sheet := sheets[0]
			if name == "anomalie" {
				sheet = sheets[1]
			}
			cells, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range table.Columns {
				if _, summed := table.Totals[c.Key]; !summed {
					continue
				}
				for r := range table.Rows {
					if v, ok := table.Rows[r][i].(float64); ok {
						inRows[c.Key] += int64(v)
					}
				}
				for _, row := range csv[1:] {
					if row[i] != "" {
						inCSV[c.Key] += italianCents(t, row[i])
					}
				}
				for _, row := range cells[1:] {
					if i < len(row) && row[i] != "" {
						euros, err := strconv.ParseFloat(row[i], 64)
						if err != nil {
							t.Fatal(err)
						}
						inXLSX[c.Key] += int64(euros*100 + map[bool]float64{true: 0.5, false: -0.5}[euros > 0])
					}
				}
				inCSV[c.Key], inXLSX[c.Key], inRows[c.Key] = inCSV[c.Key]+0, inXLSX[c.Key]+0, inRows[c.Key]+0
				if want := `"total":` + strconv.FormatInt(table.Totals[c.Key], 10); !strings.Contains(columnOfBrowser(files["dati/"+name+".js"], c.Key), want) {
					t.Errorf("the browser is told another total of %s: not %s", c.Key, want)
				}
			}
			for form, got := range map[string]map[string]int64{"CSV": inCSV, "XLSX": inXLSX, "rows of the JSON": inRows} {
				if diff := cmp.Diff(table.Totals, got); diff != "" {
					t.Errorf("%s (-JSON +%s):\n%s", form, form, diff)
				}
			}
			if rows := int64(len(table.Rows)); rows != table.Count || int64(len(csv)-1) != rows || int64(len(cells)-1) != rows ||
				!strings.Contains(files["dati/"+name+".js"], `"rows":`+strconv.FormatInt(rows, 10)+",") {
				t.Errorf("%d rows in JSON, it says %d, CSV %d, XLSX %d", rows, table.Count, len(csv)-1, len(cells)-1)
			}
		})
	}
}

func columnOfBrowser(definition, key string) string {
	_, column, _ := strings.Cut(definition, `{"key":"`+key+`"`)
	column, _, _ = strings.Cut(column, "\n")
	return column
}

// TestTheTablesHoldWhatTheDatabaseHolds sums the database itself.
func TestTheTablesHoldWhatTheDatabaseHolds(t *testing.T) {
	b := explaintest.Sample(t)
	files, _ := build(t, input(b))
	tables := jsonTables(t, files)
	db, err := sql.Open("sqlite3", "file:"+b.File+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, c := range []struct{ table, column, query string }{
		{"pagamenti", "importo", "SELECT count(*), sum(amount) FROM payment"},
		{"ricevute", "importo", "SELECT count(*), sum(amount) FROM receipt"},
		{"flussi", "totale", "SELECT count(*), sum(f.declared_total) FROM settlement s JOIN flow f ON f.id = s.flow_id"},
		{"flussi", "incassato", "SELECT count(*), sum(cash) FROM settlement WHERE flow_id IS NOT NULL"},
		{"cassa", "incassato", "SELECT count(*), sum(cash) FROM movement WHERE verdict_id IS NOT NULL"},
		{"cassa", "eseguito", "SELECT count(*), sum(amount) FROM movement WHERE verdict_id IS NOT NULL"},
		{"cassa", "stornato", "SELECT count(*), sum(reversed) FROM movement WHERE verdict_id IS NOT NULL"},
		{"da-regolarizzare", "incassato", `SELECT count(*), sum(m.cash) FROM movement m JOIN verdict v ON v.id = m.verdict_id
			WHERE m.cash > 0 AND v.status <> 'NOT_PAGOPA'`},
		{"anomalie", "importo", `SELECT count(*), sum(worth) FROM (
			SELECT p.amount AS worth FROM payment p JOIN verdict v ON v.id = p.verdict_id WHERE v.sign < 0 UNION ALL
			SELECT f.declared_total FROM settlement s JOIN flow f ON f.id = s.flow_id JOIN verdict v ON v.id = s.verdict_id WHERE v.sign < 0 UNION ALL
			SELECT m.cash FROM movement m JOIN verdict v ON v.id = m.verdict_id WHERE v.sign < 0)`},
		{"pagamenti", "da_assegnare", "SELECT (SELECT count(*) FROM payment), sum(amount) FROM share WHERE source = 'unassigned'"},
		{"file", "totale", "SELECT count(*), sum(total) FROM file"},
		{"scarti", "", "SELECT count(*), 0 FROM reject"},
		// What is added up by chapter, month, PSP or day has other rows, and the same sum.
		{"statistiche", "pagato", "SELECT -1, sum(amount) FROM receipt"},
		{"capitoli", "pagato", "SELECT -1, sum(amount) FROM receipt"},
		{"crediti", "atteso", "SELECT -1, sum(f.declared_total) FROM settlement s JOIN flow f ON f.id = s.flow_id"},
		{"crediti", "arrivato", "SELECT -1, sum(cash) FROM settlement WHERE flow_id IS NOT NULL"},
	} {
		var count, cents int64
		if err := db.QueryRow(c.query).Scan(&count, &cents); err != nil {
			t.Fatalf("%s: %v", c.query, err)
		}
		got := tables[c.table]
		if count >= 0 && got.Count != count || got.Totals[c.column] != cents {
			t.Errorf("%s: %d rows, %s %d; the database has %d and %d", c.table, got.Count, c.column, got.Totals[c.column], count, cents)
		}
	}
}

// TestTheWayFromReceiptsToCashHasNoResidual: every euro of difference between what
// was receipted and what was cashed is in the list of differences.
func TestTheWayFromReceiptsToCashHasNoResidual(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	page := files["quadratura.html"]
	if !strings.Contains(page, "Il percorso torna: nessun residuo") {
		t.Error("there is a residual")
	}
	pillar := func(title string) int64 {
		m := regexp.MustCompile(`<th scope="row">` + title + `</th><td class="n">[0-9.]*</td><td class="n">([0-9.,-]+)</td>`).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no pillar %s", title)
		}
		return italianCents(t, m[1])
	}
	tables := jsonTables(t, files)
	if got, want := pillar("Ricevute")+tables["differenze"].Totals["effetto"], pillar("Incassato, tolti gli storni"); got != want {
		t.Errorf("receipts and differences give %d, cash is %d", got, want)
	}
	if got, want := pillar("Incassato, tolti gli storni"), tables["cassa"].Totals["incassato"]; got != want {
		t.Errorf("cash is %d on the page, %d in the list", got, want)
	}
}

// TestEveryPanelALinkNamesIsThere: links of lists and panels lead to rows of the
// pack.
func TestEveryPanelALinkNamesIsThere(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	keys := make(map[string]bool)
	for name, text := range files {
		table, found := strings.CutPrefix(name, "dati/")
		if !found || !strings.HasSuffix(name, ".0.js") {
			continue
		}
		table = strings.TrimSuffix(table, ".0.js")
		_, rest, found := strings.Cut(text, `"chiave":"`)
		if !found {
			continue
		}
		rest, _, _ = strings.Cut(rest, `",`)
		for key := range strings.SplitSeq(rest, `\t`) {
			if keys[table+":"+key] {
				t.Errorf("%s has two rows %s", table, key)
			}
			keys[table+":"+key] = true
		}
	}
	to := regexp.MustCompile(`"to":\{"table":"([^"]+)","key":"([^"]+)"\}`)
	links := 0
	for name, text := range files {
		if !strings.HasSuffix(name, ".schede.js") {
			continue
		}
		for _, m := range to.FindAllStringSubmatch(text, -1) {
			links++
			if !keys[m[1]+":"+m[2]] {
				t.Errorf("%s leads to %s %s, which is not there", name, m[1], m[2])
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links", links)
	}
}

func TestABriefPackHasNoListOfEveryRecord(t *testing.T) {
	in := input(explaintest.Sample(t))
	whole, _ := build(t, in)
	in.Brief = true
	brief, _ := build(t, in)
	for _, name := range []string{"index.html", "quadratura.html", "anomalie.html", "file.html", "verbale.html", "anomalie.csv", "scarti.csv", "decisioni.csv", "run.json"} {
		if brief[name] == "" {
			t.Errorf("it has no %s", name)
		}
	}
	for _, name := range []string{"pagamenti.html", "pagamenti.csv", "dati/pagamenti.js", "ricevute.csv", "cassa.html"} {
		if brief[name] != "" {
			t.Errorf("it has %s", name)
		}
	}
	if brief["anomalie.csv"] != whole["anomalie.csv"] || brief["scarti.csv"] != whole["scarti.csv"] {
		t.Error("its lists are not those of the whole pack")
	}
	if strings.Contains(brief["dati/anomalie.0.schede.js"], `"to":{`) {
		t.Error("its panels lead to panels it does not have")
	}
}

// TestAPackForSomeHoldsNothingOfOthers: no file of the folder names a payment, a
// payer or an amount that is not of the reader's debt type.
func TestAPackForSomeHoldsNothingOfOthers(t *testing.T) {
	b := explaintest.Sample(t)
	whole, _ := build(t, input(b))
	all := jsonTables(t, whole)["pagamenti"]
	at := func(key string) int {
		for i, c := range all.Columns {
			if c.Key == key {
				return i
			}
		}
		t.Fatalf("no column %s", key)
		return -1
	}
	types := make(map[string]int)
	for _, r := range all.Rows {
		if s, ok := r[at("tipo_dovuto")].(string); ok {
			types[s]++
		}
	}
	if len(types) < 2 {
		t.Fatal("the sample has one debt type only")
	}
	for mine := range types {
		t.Run(mine, func(t *testing.T) { holdsNothingOfOthers(t, b, all, at, mine) })
	}
}

func holdsNothingOfOthers(t *testing.T, b *explaintest.Books, all jsonTable, at func(string) int, mine string) {
	t.Helper()
	in := input(b)
	in.Scope = content.Scope{DebtTypes: []string{mine}}
	files, sum := build(t, in)
	var cents, count int64
	for _, r := range all.Rows {
		if r[at("tipo_dovuto")] == mine {
			cents += int64(r[at("importo")].(float64))
			count++
			continue
		}
		for _, key := range []string{"iuv", "iur", "iud", "codice_debitore", "debitore"} {
			secret, ok := r[at(key)].(string)
			if !ok || len(secret) < 6 || ofReader(all, at("tipo_dovuto"), at(key), mine, secret) {
				continue
			}
			for name, text := range files {
				if strings.HasPrefix(name, "parti/") {
					continue
				}
				if strings.HasSuffix(name, ".xlsx") {
					text = zipText(t, text)
				}
				if strings.Contains(text, secret) {
					t.Errorf("%s names %s of another", name, secret)
				}
			}
		}
	}
	if sum.Totals.Payments.Count != count || int64(sum.Totals.Payments.Amount) != cents {
		t.Errorf("totals of %d payments and %d, want %d and %d", sum.Totals.Payments.Count, sum.Totals.Payments.Amount, count, cents)
	}
	for _, name := range []string{"scarti.csv", "file.html", "file.csv", "decisioni.csv"} {
		if files[name] != "" {
			t.Errorf("%s is in a pack for some", name)
		}
	}
	if !strings.Contains(files["index.html"], "solo tipo dovuto "+html.EscapeString(mine)) {
		t.Errorf("the page does not say that it is for %q only", mine)
	}
}

// ofReader says that a value of another's row is of one of the reader's too.
func ofReader(all jsonTable, kind, column int, mine, value string) bool {
	for _, r := range all.Rows {
		if r[kind] == mine && r[column] == value {
			return true
		}
	}
	return false
}
