package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quadra/engine/store"
)

// TestJudgingReadsInKeyOrder demands that no scan of the merge sorts its rows:
// memory and time of a run must not follow the size of the books.
func TestJudgingReadsInKeyOrder(t *testing.T) {
	file := emptyBooks(t)
	checked := 0
	for name, plan := range plans(t, file, "queries/judge.sql") {
		if !strings.HasPrefix(name, "Group") {
			continue
		}
		checked++
		for _, step := range plan {
			// Sorting the last terms only is sorting the few rows of one IUV.
			if strings.Contains(step, "TEMP B-TREE FOR ORDER BY") {
				t.Errorf("%s sorts everything: %s", name, step)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d scans were found", checked)
	}
}

// TestWhatIsDonePerRowSeeksByKey: a statement run for each record must not read
// a whole table, or loading becomes quadratic.
func TestWhatIsDonePerRowSeeksByKey(t *testing.T) {
	file := emptyBooks(t)
	perRow := map[string]bool{"NoticeByIUD": true, "ReceiptWithIUD": true, "FlowFacts": true, "VerdictFind": true, "CashUsed": true,
		"PaymentReview": true, "PaymentDelete": true, "LinkSettlementsByIUF": true, "LinkRefs": true, "LinkRefsClear": true,
		"LinksOfMovement": true, "LinksClear": true, "LinkUnuse": true, "LinkSettlementSums": true, "LinkIUFsWithPrefix": true,
		"PaymentPast": true, "PaymentWent": true, "PaymentBack": true, "UnitHistoryLast": true, "MovementVersionStands": true, "MovementVersion": true, "NoteChangeAt": true, "NoteChanges": true, "NotedPayments": true, "NotedAccounts": true,
		"MissingReceiptHistory": true, "ReceiptRequestInsert": true,
		"DecisionsOnMovement": true, "DecisionsOnSettlement": true, "DecisionsOnIUV": true,
		"DecidableMovements": true, "DecidableSettlements": true, "DecidableReceipts": true, "DecidableTwins": true,
		"DecidedFirstMovement": true, "DecidedSettlement": true, "DecidedReview": true}
	checked := 0
	for _, source := range []string{"queries/load.sql", "queries/judge.sql", "queries/link.sql", "queries/decision.sql", "queries/note.sql", "queries/missing.sql"} {
		for name, plan := range plans(t, file, source) {
			if source != "queries/load.sql" && !perRow[name] {
				continue
			}
			checked++
			for _, step := range plan {
				if strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" {
					t.Errorf("%s reads everything: %s", name, step)
				}
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d statements were found", checked)
	}
}

// statements are those of a file of queries, each with what it includes before it.
func statements(src string) map[string]string {
	texts := make(map[string]string)
	for _, part := range strings.Split("\n"+src, "\n-- name:")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		if rest, ok := strings.CutPrefix(text, "-- include: "); ok {
			other, rest, _ := strings.Cut(rest, "\n")
			text = texts[other] + "\n" + rest
		}
		texts[strings.TrimSpace(name)] = text
	}
	return texts
}

// plans explains every statement of a file of queries.
func plans(t *testing.T, database, source string) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	src, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]string)
	for name, text := range statements(string(src)) {
		args := make([]any, 40)
		rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args[:strings.Count(text, "?")]...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			out[name] = append(out[name], detail)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return out
}

// TestFewAreFoundAmongMany: anomalies are listed without reading the other
// payments, and a flow is compared with its former version without reading the
// lines of other flows.
func TestFewAreFoundAmongMany(t *testing.T) {
	file := emptyBooks(t)
	for name, source := range map[string]string{"ListAnomalies": "queries/list.sql", "ViewAnomalies": "queries/view.sql", "BesideAnomalies": "queries/beside.sql"} {
		found := false
		plan := plans(t, file, source)[name]
		for _, step := range plan {
			found = found || strings.Contains(step, "INDEX payment_anomaly (verdict_id")
		}
		if !found || scans(plan) > 0 {
			t.Errorf("%s reads %q", name, plan)
		}
	}
	for name, source := range map[string]string{"BesideAnomaliesOfRun": "queries/beside.sql", "ViewAnomaliesOfRun": "queries/view.sql",
		"NewsPayments": "queries/notify.sql", "ChangedPayments": "queries/change.sql", "ChangedReceipts": "queries/change.sql"} {
		plan := plans(t, file, source)[name]
		if len(plan) == 0 || scans(plan, "k", "c", "change", "changed", "(subquery", "every") > 0 {
			t.Errorf("%s reads more than what the run changed: %q", name, plan)
		}
		sought := ""
		for _, step := range plan {
			if strings.HasPrefix(step, "SEARCH") {
				sought = step
			}
			if strings.HasPrefix(step, "SCAN every") && sought != "SEARCH w USING INTEGER PRIMARY KEY (rowid>?)" {
				t.Errorf("%s reads all payments without the row that says so: %q", name, plan)
			}
		}
	}
	sought := 0
	for _, step := range plans(t, file, "queries/view.sql")["ViewRevisedLines"] {
		switch {
		case strings.HasPrefix(step, "SEARCH l USING INDEX flow_line_by_flow"):
			sought++
		case strings.HasPrefix(step, "SCAN l"):
			t.Errorf("it reads all lines: %s", step)
		}
	}
	if sought != 2 {
		t.Errorf("lines are sought %d times, want 2: one for each version", sought)
	}
}

// TestListingAsOfADaySeeksByKey: the history is read in the order of its key, and
// the last row of a unit is sought, not searched.
func TestListingAsOfADaySeeksByKey(t *testing.T) {
	file := emptyBooks(t)
	sources := map[string]string{"ListPaymentsAt": "queries/list.sql", "ListSettlementsAt": "queries/list.sql",
		"ListMovementsAt": "queries/list.sql", "MissingReceipts": "queries/missing.sql", "NotePaymentAliases": "queries/note.sql"}
	for name, source := range sources {
		plan := plans(t, file, source)[name]
		if len(plan) == 0 {
			t.Errorf("%s was not found", name)
		}
		read := scans(plan)
		if name == "ListPaymentsAt" || name == "MissingReceipts" {
			if read != 2 || scans(plan, "payment_past", "payment") > 0 || slices.Contains(plan, "USE TEMP B-TREE FOR ORDER BY") {
				t.Errorf("%s reads more than the past rows and the payments: %q", name, plan)
			}
		} else if read > 1 || name == "ListMovementsAt" && read == 1 && !strings.HasPrefix(plan[0], "SCAN h") {
			t.Errorf("%s reads more than the history: %q", name, plan)
		}
	}
}

// scans counts the steps of a plan that read a whole table, but for some.
func scans(plan []string, allowed ...string) (n int) {
	for _, step := range plan {
		table, is := strings.CutPrefix(step, "SCAN ")
		table, _, _ = strings.Cut(table, " ")
		table, _, _ = strings.Cut(table, "-") // subqueries are numbered
		if is && !slices.Contains(allowed, table) {
			n++
		}
	}
	return n
}

// emptyBooks makes books that hold nothing, and returns their file.
func emptyBooks(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "books.db")
	st, err := store.Open(t.Context(), file, "80000123457")
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}
