package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quadra/engine/explain/explaintest"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report"
	"quadra/engine/store"
)

// TestNotesAreShownAndChangeNoTotal: page, CSV and spreadsheet carry the note,
// and every figure stays what it was.
func TestNotesAreShownAndChangeNoTotal(t *testing.T) {
	b := explaintest.Sample(t)
	in := input(b)
	in.AsOf = explaintest.Day(explaintest.SampleAsOf)
	_, before := build(t, in)
	b.Write(func(tx *store.Tx) error {
		_, bad, err := note.Apply(tx, []record.Note{{Unit: note.UnitPayment, IUV: explaintest.IUV(2), Text: "=chiesto al PSP <ieri>",
			Assignee: "Bruno", DueOn: in.AsOf - 1, IgnoreUntil: in.AsOf + 5}}, note.Writing{Author: "Anna", At: time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)})
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		return err
	})
	files, after := build(t, in)
	if diff := cmp.Diff(before.Totals, after.Totals); diff != "" {
		t.Errorf("the totals changed:\n%s", diff)
	}
	for name, text := range map[string]string{
		"anomalie.html":             "<td>aperta</td><td>=chiesto al PSP &lt;ieri&gt;</td>",
		"dati/anomalie.0.schede.js": `"notes":[{"state":"open","author":"Anna","at":"2026-03-20T09:00:00Z","text":"=chiesto al PSP \u003cieri\u003e (assegnata a Bruno)","due":20260319}]`,
		report.FileCSV:              ";aperta;'=chiesto al PSP <ieri>;Bruno;" + (in.AsOf - 1).Italian() + ";" + (in.AsOf + 5).Italian() + ";Anna\r\n",
		report.FileJSON:             "\"notes\": {\n    \"open\": 1,\n    \"explained\": 0,\n    \"closed\": 0,\n    \"overdue\": 1,\n    \"ignored\": 1\n  }",
	} {
		if !strings.Contains(files[name], text) {
			t.Errorf("%s does not have %s", name, text)
		}
	}
	rows, err := openXLSX(t, files[report.FileXLSX]).GetRows("Anomalie", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], "segnalazione")
	if column < 0 || !slices.ContainsFunc(rows[1:], func(r []string) bool { return len(r) > column && r[column] == "=chiesto al PSP <ieri>" }) {
		t.Error("the spreadsheet does not have the note")
	}
}
