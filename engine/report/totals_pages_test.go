package report_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counted are things and their cents by a name.
type counted map[string][2]int64

// asked reads name, count and cents from the database.
func asked(t *testing.T, db *sql.DB, query string) counted {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	out := make(counted)
	for rows.Next() {
		var name string
		var v [2]int64
		if err := rows.Scan(&name, &v[0], &v[1]); err != nil {
			t.Fatal(err)
		}
		out[name] = v
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// listed adds up a list by the values of a column; amount may be empty.
func listed(t *testing.T, table jsonTable, by, amount string) counted {
	t.Helper()
	name, value := -1, -1
	for i, c := range table.Columns {
		if c.Key == by {
			name = i
		}
		if c.Key == amount {
			value = i
		}
	}
	if name < 0 || value < 0 && amount != "" {
		t.Fatalf("%s has no columns %s and %s", table.Table, by, amount)
	}
	out := make(counted)
	for _, r := range table.Rows {
		v := out[fmt.Sprint(r[name])]
		v[0]++
		if value >= 0 && r[value] != nil {
			v[1] += int64(r[value].(float64))
		}
		out[fmt.Sprint(r[name])] = v
	}
	return out
}

// shownIn reads name, number and amount of every match from a page.
func shownIn(t *testing.T, page, pattern string) counted {
	t.Helper()
	out := make(counted)
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(page, -1) {
		n, err := strconv.ParseInt(strings.ReplaceAll(m[2], ".", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		cents := int64(0)
		if len(m) > 3 && m[3] != "" {
			cents = italianCents(t, m[3])
		}
		out[m[1]] = [2]int64{n, cents}
	}
	return out
}

func same(t *testing.T, what string, want, got counted) {
	t.Helper()
	if len(want) == 0 {
		t.Errorf("%s: the books of the test have none: nothing is compared", what)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-database +pack):\n%s", what, diff)
	}
}

func booksOf(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// The term of a flow is the working day after its own, or after the Monday when
// that is a Saturday or Sunday; the month has no other feasts.
const (
	term     = `date(f.regulated_on, CASE strftime('%w', f.regulated_on) WHEN '5' THEN '+3 days' WHEN '6' THEN '+3 days' WHEN '0' THEN '+2 days' ELSE '+1 day' END)`
	current  = ` FROM settlement s JOIN flow f ON f.id = s.flow_id `
	awaiting = `FROM payment p JOIN receipt r ON r.iuv = p.iuv AND r.iur = p.iur AND r.idx = p.idx JOIN verdict v ON v.id = p.verdict_id WHERE p.flow_id IS NULL AND`
	lastCash = `(SELECT max(m.booked_on) FROM settlement_link l JOIN movement m ON m.id = l.movement_id WHERE l.settlement_id = s.id)`
)

// TestListsOfPeopleAndOfWhatIsExpectedHoldWhatTheDatabaseHolds compares the lists
// row by row of a column, each with a query of its own.
func TestListsOfPeopleAndOfWhatIsExpectedHoldWhatTheDatabaseHolds(t *testing.T) {
	b := rich(t)
	files, _ := build(t, input(b))
	tables, db := jsonTables(t, files), booksOf(t, b.File)
	for _, c := range []struct{ table, by, amount, query string }{
		{"segnalazioni", "stato", "", `SELECT c.state, count(*), 0 FROM note n JOIN note_change c ON c.note_id = n.id
			WHERE c.seq = (SELECT max(seq) FROM note_change x WHERE x.note_id = n.id) GROUP BY 1`},
		{"segnalazioni", "unita", "", `SELECT unit, count(*), 0 FROM note GROUP BY 1`},
		{"decisioni", "tipo", "importo", `SELECT kind, count(*), sum(amount) FROM decision GROUP BY 1`},
		{"accertamenti", "accertamento", "importo", `SELECT a.name, 1, (SELECT coalesce(sum(amount), 0) FROM share s WHERE s.accertamento_id = a.id) FROM accertamento a`},
		{"capitoli", "capitolo", "pagato", `SELECT CASE p.chapter WHEN '' THEN 'da assegnare' ELSE p.chapter END, count(*), sum(p.paid) FROM (
				SELECT r.debt_type, s.year, s.office, s.chapter, s.article, s.assessment, sum(s.amount) AS paid FROM share s
					JOIN receipt r ON r.iuv = s.iuv AND r.iur = s.iur AND r.idx = s.idx GROUP BY 1, 2, 3, 4, 5, 6
				UNION ALL SELECT e.debt_type, e.year, e.office, e.chapter, e.article, e.assessment, 0 FROM chart_entry e WHERE NOT EXISTS (SELECT 1 FROM share s
					JOIN receipt r ON r.iuv = s.iuv AND r.iur = s.iur AND r.idx = s.idx WHERE r.debt_type = e.debt_type AND s.year = e.year AND s.office = e.office
					AND s.chapter = e.chapter AND s.article = e.article AND s.assessment = e.assessment)) p GROUP BY 1`},
		{"file", "stato", "totale", `SELECT state, count(*), sum(total) FROM file GROUP BY 1`},
		{"scarti", "codice", "", `SELECT code, count(*), 0 FROM reject GROUP BY 1`},
		{"pagamenti", "stato", "importo", `SELECT v.status, count(*), sum(p.amount) FROM payment p JOIN verdict v ON v.id = p.verdict_id GROUP BY 1`},
		{"flussi", "stato", "totale", `SELECT v.status, count(*), sum(f.declared_total)` + current + `JOIN verdict v ON v.id = s.verdict_id GROUP BY 1`},
		{"cassa", "stato", "incassato", `SELECT v.status, count(*), sum(m.cash) FROM movement m JOIN verdict v ON v.id = m.verdict_id GROUP BY 1`},
		{"attese", "stato", "importo", `SELECT state, count(*), sum(worth) FROM (
				SELECT CASE WHEN s.parts > 0 THEN 'arrivato_tardi' WHEN ` + term + ` < '2026-03-20' THEN 'in_ritardo' ELSE 'in_attesa' END AS state, f.declared_total AS worth
					` + current + ` WHERE s.parts = 0 OR ` + lastCash + ` > ` + term + `
				UNION ALL SELECT 'in_attesa', sum(p.amount) ` + awaiting + ` v.facts LIKE '%reported=waiting%' GROUP BY r.paid_on
				UNION ALL SELECT 'in_ritardo', sum(p.amount) ` + awaiting + ` (v.facts LIKE '%reported=late%' OR v.facts LIKE '%reported=missing%') GROUP BY r.paid_on)
			GROUP BY 1`},
		{"crediti", "giorno", "atteso", `SELECT d, 1, sum(worth) FROM (SELECT ` + term + ` AS d, f.declared_total AS worth` + current + `
			UNION ALL SELECT m.booked_on, 0 FROM settlement_link l JOIN movement m ON m.id = l.movement_id) GROUP BY 1`},
	} {
		same(t, c.table+" by "+c.by, asked(t, db, c.query), listed(t, tables[c.table], c.by, c.amount))
	}
	for _, c := range []struct{ what, table, column, query string }{
		{"receipts and differences make the cash", "differenze", "effetto", `SELECT '', 1, (SELECT sum(cash) FROM movement WHERE verdict_id IS NOT NULL) - (SELECT sum(amount) FROM receipt)`},
		{"what came by day", "crediti", "arrivato", `SELECT '', 1, sum(l.amount) FROM settlement_link l`},
		{"what is missing by day", "crediti", "mancante", `SELECT '', 1, sum(f.declared_total)` + current + `WHERE s.parts = 0`},
		{"reported by chapter", "capitoli", "rendicontato", `SELECT '', 1, sum(s.amount) FROM share s JOIN payment p ON p.iuv = s.iuv AND p.iur = s.iur AND p.idx = s.idx
			JOIN verdict v ON v.id = p.verdict_id WHERE '|' || v.labels || '|' LIKE '%|RT_IUF|%'`},
		{"reported in the statistics", "statistiche", "rendicontato", `SELECT '', 1, sum(s.amount) FROM share s JOIN payment p ON p.iuv = s.iuv AND p.iur = s.iur AND p.idx = s.idx
			JOIN verdict v ON v.id = p.verdict_id WHERE '|' || v.labels || '|' LIKE '%|RT_IUF|%'`},
		{"cashed in the statistics", "statistiche", "incassato", `SELECT '', 1, sum(s.amount) FROM share s JOIN payment p ON p.iuv = s.iuv AND p.iur = s.iur AND p.idx = s.idx
			JOIN verdict v ON v.id = p.verdict_id WHERE '|' || v.labels || '|' LIKE '%|RT_IUF_TES|%' OR '|' || v.labels || '|' LIKE '%|RT_TES|%'`},
	} {
		want := asked(t, db, c.query)[""][1]
		if got := tables[c.table].Totals[c.column]; got != want || want == 0 {
			t.Errorf("%s: %d in the list, %d in the database", c.what, got, want)
		}
	}
}

// TestFiguresOfThePagesAreThoseOfTheDatabase compares what the pages say in words
// and tables of their own, beside the lists.
func TestFiguresOfThePagesAreThoseOfTheDatabase(t *testing.T) {
	b := rich(t)
	files, _ := build(t, input(b))
	db := booksOf(t, b.File)
	bySign := `SELECT u || ': ' || CASE sign WHEN 1 THEN 'in ordine' WHEN -1 THEN 'da verificare' ELSE 'neutro' END, count(*), sum(worth) FROM (
		SELECT 'Pagamenti' AS u, v.sign AS sign, p.amount AS worth FROM payment p JOIN verdict v ON v.id = p.verdict_id
		UNION ALL SELECT 'Riversamenti', v.sign, f.declared_total` + current + `JOIN verdict v ON v.id = s.verdict_id
		UNION ALL SELECT 'Movimenti di cassa', v.sign, m.cash FROM movement m JOIN verdict v ON v.id = m.verdict_id) GROUP BY 1`
	same(t, "figures of Oggi", asked(t, db, bySign), nonZero(shownFigures(t, files["index.html"])))
	minutes := make(counted)
	for _, m := range regexp.MustCompile(`<th scope="row">([^<]+)</th><td><span class="segno [a-z]+">(in ordine|da verificare|neutro)</span></td><td class="n">([0-9.]+)</td><td class="n">([0-9.,-]+)</td>`).FindAllStringSubmatch(files["verbale.html"], -1) {
		minutes[m[1]+": "+m[2]] = shownIn(t, "n"+m[3]+"e"+m[4], `(n)([0-9.]+)e([0-9.,-]+)`)["n"]
	}
	same(t, "totals of Verbale", asked(t, db, bySign), nonZero(minutes))

	statuses := `SELECT status, count(*), sum(worth) FROM (
		SELECT v.status AS status, p.amount AS worth FROM payment p JOIN verdict v ON v.id = p.verdict_id
		UNION ALL SELECT v.status, f.declared_total` + current + `JOIN verdict v ON v.id = s.verdict_id
		UNION ALL SELECT v.status, m.cash FROM movement m JOIN verdict v ON v.id = m.verdict_id) GROUP BY 1`
	byCode := make(counted) // codes that two units share are added up
	for _, m := range regexp.MustCompile(`</th><td>([A-Z_]+)</td>(<td class="n">[0-9.]+</td><td class="n">[0-9.,-]+</td>)</tr>`).FindAllStringSubmatch(files["index.html"], -1) {
		got := shownIn(t, "x"+m[2], `(x)<td class="n">([0-9.]+)</td><td class="n">([0-9.,-]+)`)["x"]
		byCode[m[1]] = [2]int64{byCode[m[1]][0] + got[0], byCode[m[1]][1] + got[1]}
	}
	for label := range asked(t, db, `WITH RECURSIVE cut(one, rest) AS (SELECT '', labels || '|' FROM verdict UNION ALL
		SELECT substr(rest, 1, instr(rest, '|') - 1), substr(rest, instr(rest, '|') + 1) FROM cut WHERE rest <> '') SELECT DISTINCT one, 1, 0 FROM cut WHERE one <> ''`) {
		delete(byCode, label) // labels are counted in a table of their own
	}
	same(t, "statuses of Oggi", asked(t, db, statuses), byCode)

	byPSP := `SELECT f.psp_name, count(*), sum(f.declared_total)` + current + `WHERE s.parts = 0 AND ` + term + ` < '2026-03-20' GROUP BY 1`
	row := `<th scope="row">([^<]+)</th><td class="n">([0-9.]+)</td><td class="n">([0-9.,-]+)</td><td class="n">[0-9]+</td></tr>`
	same(t, "late PSPs of Attese", asked(t, db, byPSP), shownIn(t, between(files["attese.html"], "PSP in ritardo</h2>", "</table>"), row))
	same(t, "late PSPs of Oggi", asked(t, db, byPSP), shownIn(t, between(files["index.html"], "PSP in ritardo</h2>", "</table>"), row))

	open := `SELECT CASE WHEN left_days < 0 THEN 'Termine scaduto' WHEN left_days <= 15 THEN 'Entro 15 giorni' WHEN left_days <= 30 THEN 'Da 16 a 30 giorni' ELSE 'Oltre 30 giorni' END,
		count(*), sum(cash) FROM (SELECT julianday(m.booked_on) + 60 - julianday('2026-03-20') AS left_days, m.cash AS cash FROM movement m JOIN verdict v ON v.id = m.verdict_id
		WHERE m.cash > 0 AND v.status <> 'NOT_PAGOPA') GROUP BY 1`
	same(t, "figures of Da regolarizzare", asked(t, db, open), nonZero(shownFigures(t, files["da-regolarizzare.html"])))

	states := `SELECT CASE state WHEN 'loaded' THEN 'File caricati' WHEN 'rejected' THEN 'File rifiutati' WHEN 'duplicate' THEN 'File già caricati' ELSE 'File non riusciti' END, count(*), 0 FROM file GROUP BY 1`
	same(t, "figures of File e scarti", asked(t, db, states), shownIn(t, files["file.html"], `<dt>([^<]+)</dt><dd>([0-9.]+)</dd>`))
}

// shownFigures are the large numbers of a page, by their titles.
func shownFigures(t *testing.T, page string) counted {
	t.Helper()
	out := make(counted)
	for _, m := range regexp.MustCompile(`<dt>([^<]+)</dt><dd>([0-9.,-]+) €</dd><dd class="nota">([0-9.]+)`).FindAllStringSubmatch(page, -1) {
		out[m[1]] = shownIn(t, "n"+m[3]+"e"+m[2], `(n)([0-9.]+)e([0-9.,-]+)`)["n"]
	}
	return out
}

func nonZero(c counted) counted {
	for name, v := range c {
		if v[0] == 0 {
			delete(c, name)
		}
	}
	return c
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}
