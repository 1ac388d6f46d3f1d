package main

import (
	"database/sql"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// state is what three nights leave behind, as text.
type state struct {
	books   []string          // one line per row
	history []string          // changes of status as they were written, run by run
	reports map[string]string // by path
	drops   map[string]string
}

// diff says how another state differs; empty when it does not. A run that was
// killed or whose own disk failed has judged nothing, so where there was nothing
// else (strict) the histories are the same row by row. A run that could not read
// a drop has judged what it had, and the next one that night judged the rest:
// its histories have more rows, which begin and end alike (byNight, in books),
// and files that arrived in another order are listed in that order.
func (s state) diff(got state, strict bool) string {
	var out strings.Builder
	lines := func(what string, want, got []string) {
		if !strict {
			want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
		}
		if !slices.Equal(want, got) {
			fmt.Fprintf(&out, "%s:\n", what)
			only(&out, "-", want, got)
			only(&out, "+", got, want)
		}
	}
	lines("books", s.books, got.books)
	if strict {
		lines("histories", s.history, got.history)
	}
	for _, part := range []struct {
		name      string
		want, got map[string]string
	}{{"reports", s.reports, got.reports}, {"drops", s.drops, got.drops}} {
		lines(part.name, slices.Sorted(maps.Keys(part.want)), slices.Sorted(maps.Keys(part.got)))
		for _, file := range slices.Sorted(maps.Keys(part.want)) {
			// Files taken later than they would have been stand elsewhere in their list.
			// The browser's form of it has a line for each column, and a workbook has no
			// lines: the CSV is compared, which has one for each file.
			if !strict && byFiles.MatchString(file) {
				continue
			}
			if other, there := part.got[file]; there && other != part.want[file] {
				lines(part.name+"/"+file, strings.Split(part.want[file], "\n"), strings.Split(other, "\n"))
			}
		}
	}
	return out.String()
}

// only writes the lines of one list that the other has fewer of.
func only(out *strings.Builder, sign string, one, other []string) {
	count := map[string]int{}
	for _, line := range other {
		count[line]++
	}
	for _, line := range one {
		if count[line]--; count[line] < 0 {
			fmt.Fprintf(out, "%s %s\n", sign, line)
		}
	}
}

// Not compared, because they are about the attempts and not about the nights:
//   - instants (when a file was seen, a run began, a step was taken), blanked;
//   - ids, replaced by what they stand for, and the run of a row by its as-of
//     day: an interrupted night has more runs;
//   - the runs that failed, the steps and seals of all, the files that could not
//     be fetched and were fetched later, verdicts nothing points at;
//   - the run since which a payment has its status and how it was before, which
//     the history says, and the file named as the cause of a change;
//   - running totals, which stand for verdicts and flows by their ids, and the run
//     that last proved them: verify compares them with their tables.
var notCompared = map[string][]string{
	"run":            nil, // the whole table; see doneNights
	"run_step":       nil,
	"verdict":        nil,
	"payment_total":  nil,
	"kept_total":     nil,
	"receipt_detail": nil, // stands in the rows that point at it
	"notice_detail":  nil,
	"receipt_psp":    nil,
	"receipt_kind":   nil,
	"receipt_text":   nil,
	"payment":        {"since_run", "before", "file_id", "also"},
	"file":           {"seen_at"},
	// Automatic ones are made in the order of the files.
	"accertamento_event": {"seq"},
	// The histories are read by queries of their own.
	"payment_past": nil,
	"unit_history": nil,
	"change":       nil,
}

// names is what a row of a table is called by those that point at it; %s is
// the id.
var names = map[string]string{
	"run":          "(SELECT as_of FROM run WHERE id = %s)",
	"file":         "(SELECT name || ' ' || sha256 || ' ' || state FROM file WHERE id = %s)",
	"doc":          "(SELECT f.name || ' ' || f.sha256 || ' ' || d.entry FROM doc d JOIN file f ON f.id = d.file_id WHERE d.id = %s)",
	"settlement":   "(SELECT iuf_key || ' ' || psp || ' ' || year FROM settlement WHERE id = %s)",
	"flow":         "(SELECT w.iuf || ' ' || w.revision || ' ' || f.name || ' ' || w.line FROM flow w JOIN doc d ON d.id = w.doc_id JOIN file f ON f.id = d.file_id WHERE w.id = %s)",
	"movement":     "(SELECT year || ' ' || number || ' ' || account FROM movement WHERE id = %s)",
	"note":         "(SELECT unit || ' ' || iuv || ' ' || iur || ' ' || idx || ' ' || iud || ' ' || iuf || ' ' || psp || ' ' || year || ' ' || number || ' ' || account FROM note WHERE id = %s)",
	"accertamento": "(SELECT name || ' ' || debt_type || ' ' || year FROM accertamento WHERE id = %s)",
	"erasure":      "(SELECT before FROM erasure WHERE id = %s)",
	"verdict":      "(SELECT status || ' ' || labels || ' ' || facts || ' ' || ruleset_hash FROM verdict WHERE id = %s)",
}

const (
	unitName = `CASE h.unit WHEN 'movement' THEN (SELECT year || ' ' || number || ' ' || account FROM movement WHERE id = h.unit_id)
		ELSE (SELECT iuf_key || ' ' || psp || ' ' || year FROM settlement WHERE id = h.unit_id) END`
	changesOfPayments = `SELECT h.iuv || ' ' || h.iur || ' ' || h.idx || ' ' || h.alone_iud AS unit, h.run_id, r.as_of, h.before, h.after, h.amount
		FROM payment_history h JOIN run r ON r.id = h.run_id`
	changesOfUnits = `SELECT h.unit || ' ' || ` + unitName + ` AS unit, h.run_id, r.as_of, h.before, h.after, h.amount
		FROM unit_history h JOIN run r ON r.id = h.run_id`

	// What incremental exports are cut by, without its numbers: an interrupted
	// night tells of some units more than once.
	changed = `coalesce((SELECT year || ' ' || number || ' ' || account FROM movement WHERE id = c.movement_id), c.iuv || ' ' || c.iur || ' ' || c.idx || ' ' || c.alone_iud)`
	changes = `(SELECT seq, run_id, movement_id, iuv, iur, idx, alone_iud, gone FROM change WHERE whole = 0
		UNION ALL SELECT w.seq, w.run_id, NULL, h.iuv, h.iur, h.idx, h.alone_iud, 0 FROM change w JOIN payment_history h ON h.run_id = w.run_id WHERE w.whole = 1) c`
	told    = `SELECT 'told of', unit FROM (SELECT ` + changed + ` AS unit, gone, max(seq) FROM ` + changes + ` GROUP BY 1) WHERE gone = 0`
	tellers = `SELECT 'change', ` + changed + `, gone, as_of FROM ` + changes + ` JOIN run r ON r.id = c.run_id`
)

// byNight says how each night began and ended for a unit, when it made a
// difference.
func byNight(changes string) string {
	return fmt.Sprintf(`SELECT DISTINCT unit, as_of, %s, %s, amount FROM (
		SELECT unit, as_of, first_value(before) OVER w AS b, last_value(after) OVER w AS a, last_value(amount) OVER w AS amount FROM (%s)
		WINDOW w AS (PARTITION BY unit, as_of ORDER BY run_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
		WHERE a IS NOT b`, fmt.Sprintf(names["verdict"], "b"), fmt.Sprintf(names["verdict"], "a"), changes)
}

func byRun(changes string) string {
	return fmt.Sprintf("SELECT unit, as_of, %s, %s, amount FROM (%s)", fmt.Sprintf(names["verdict"], "before"), fmt.Sprintf(names["verdict"], "after"), changes)
}

var (
	instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d\d/\d\d/\d{4} (alle )?(ore )?\d\d[:.]\d\d([:.]\d\d)?`)
	// The number of a run, and what is new since the one before.
	runs   = regexp.MustCompile(`(?s)"run": \d+|<dt>Esecuzione</dt><dd>\d+|<h2>Novità.*?<h2>Da fare`)
	hashes = regexp.MustCompile(`(?s)"report": \[.*?\]`) // of files that hold the run's number

	byFiles = regexp.MustCompile(`/(dati/(file|scarti)(\.\d+)?\.js|(file|scarti)\.(xlsx|json))$`)
)

func (w *town) state() state {
	w.t.Helper()
	s := state{reports: tree(w.t, filepath.Join(w.dir, "data", "reports")), drops: tree(w.t, filepath.Join(w.dir, "drop"))}
	for name := range s.reports {
		// Panels and documents tell of the runs a night took, which the history below
		// compares; of the files the CSV is compared, whose instants can be blanked.
		if strings.HasSuffix(name, ".schede.js") || strings.HasSuffix(name, ".pdf") || strings.HasSuffix(name, "/file.xlsx") {
			delete(s.reports, name)
		}
	}
	for _, files := range []map[string]string{s.reports, s.drops} {
		for name, content := range files {
			files[name] = w.neutral(content)
		}
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(w.dir, "data", "c_q001.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, table := range w.rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
		if columns, named := notCompared[table]; !named || columns != nil {
			s.books = append(s.books, w.rows(db, w.query(db, table, columns))...)
		}
	}
	for _, q := range []string{byNight(changesOfPayments), byNight(changesOfUnits),
		told, "SELECT DISTINCT 'night done', as_of FROM run WHERE state = 'done'"} {
		s.books = append(s.books, w.rows(db, q)...)
	}
	for _, q := range []string{byRun(changesOfPayments), byRun(changesOfUnits), tellers} {
		s.history = append(s.history, w.rows(db, q)...)
	}
	slices.Sort(s.books)
	slices.Sort(s.history)
	return s
}

// verify has the program prove the books: among others that running totals, which
// are not compared, are those of their tables.
func (w *town) verify(story string) {
	w.t.Helper()
	verify := exec.CommandContext(w.t.Context(), w.program, "--config", filepath.Join(w.dir, "quadra.yaml"), "verify")
	if out, err := verify.CombinedOutput(); err != nil {
		w.t.Errorf("%s\nverify: %v\n%s", story, err, out)
	}
}

// neutral takes out of a text what differs between two towns that live alike.
func (w *town) neutral(text string) string {
	text = strings.ReplaceAll(text, w.dir, "<dir>")
	if w.server != nil {
		text = strings.ReplaceAll(text, w.server.Addr(), "<server>")
	}
	text = instants.ReplaceAllString(text, "<instant>")
	return hashes.ReplaceAllString(runs.ReplaceAllString(text, "<run>"), `"report": []`)
}

// query selects the rows of a table with names in the place of ids.
func (w *town) query(db *sql.DB, table string, without []string) string {
	refs := map[string]string{}
	for _, line := range w.rows(db, fmt.Sprintf(`SELECT "from", "table" FROM pragma_foreign_key_list('%s')`, table)) {
		column, to, _ := strings.Cut(line, "|")
		refs[column] = to
	}
	selected := []string{"'" + table + "'"}
	for _, column := range w.rows(db, fmt.Sprintf("SELECT name FROM pragma_table_info('%s')", table)) {
		at := "t." + column
		switch {
		case column == "id" || slices.Contains(without, column):
			continue
		case column == "detail_id":
			at = w.pointed(db, strings.TrimSuffix(table, "_past")+"_detail", column)
		case shared[column] != "":
			at = w.pointed(db, shared[column], column)
		case refs[column] != "":
			if names[refs[column]] == "" {
				w.t.Fatalf("%s.%s points at %s, whose rows have no name yet: add it to names", table, column, refs[column])
			}
			at = fmt.Sprintf(names[refs[column]], at)
		}
		selected = append(selected, at)
	}
	from := " FROM " + table + " t"
	switch table {
	case "file":
		from += " WHERE state <> 'failed'"
	case "meta":
		from += " WHERE name <> 'proved_in_run'"
	case "balance":
		from += " WHERE run_id IN (SELECT max(id) FROM run WHERE state = 'done' GROUP BY as_of)"
	}
	return "SELECT " + strings.Join(selected, ", ") + from
}

// shared are the tables of the rows that receipts share, by the column that points
// at them.
var shared = map[string]string{"psp_id": "receipt_psp", "kind_id": "receipt_kind", "bilancio_id": "receipt_text", "metadata_id": "receipt_text"}

// pointed is the whole row of a table a column points at, joined.
func (w *town) pointed(db *sql.DB, table, column string) string {
	columns := w.rows(db, fmt.Sprintf("SELECT name FROM pragma_table_info('%s') WHERE name <> 'id'", table))
	return fmt.Sprintf("(SELECT %s FROM %s WHERE id = t.%s)", strings.Join(columns, " || '~' || "), table, column)
}

// rows runs a query and joins the columns of each row.
func (w *town) rows(db *sql.DB, query string) []string {
	w.t.Helper()
	rows, err := db.QueryContext(w.t.Context(), query)
	if err != nil {
		w.t.Fatalf("%v in\n%s", err, query)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			w.t.Fatal(err)
		}
		texts := make([]string, len(cells))
		for i, c := range cells {
			texts[i] = c.String
		}
		out = append(out, w.neutral(strings.Join(texts, "|")))
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return out
}
