package report_test

import (
	"slices"
	"strings"
	"testing"

	"quadra/engine/explain/explaintest"
	"quadra/engine/store"
)

// TestWhereAnomaliesAreTooManyTheNewOnesAreListedAndAllAreCounted: a night that
// has no room for all anomalous payments lists those its run brought or judged
// anew, and every total is that of all.
func TestWhereAnomaliesAreTooManyTheNewOnesAreListedAndAllAreCounted(t *testing.T) {
	b := explaintest.Sample(t)
	in := input(b)
	in.Brief = true
	all, allSum := build(t, in)
	in.Most = 1000
	if roomy, _ := build(t, in); roomy["anomalie.csv"] != all["anomalie.csv"] || roomy["index.html"] != all["index.html"] {
		t.Error("where there is room for all, not all are listed")
	}
	in.Most = 3
	news, sum := build(t, in)

	want := make(map[string]bool)
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		return tx.PaymentViews(store.PaymentFilter{}, func(p *store.PaymentView) error {
			if p.Verdict.Sign < 0 && p.SinceRun == in.Run.ID {
				want[p.IUV+" "+p.IUR] = true
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	allRows, rows := readCSV(t, all["anomalie.csv"]), readCSV(t, news["anomalie.csv"])
	unit, iuv, iur := column(t, rows[0], "unita"), column(t, rows[0], "iuv"), column(t, rows[0], "iur")
	listed, others := 0, 0
	for _, row := range rows[1:] {
		if !slices.ContainsFunc(allRows, func(r []string) bool { return slices.Equal(r, row) }) {
			t.Errorf("%v is not as in the whole list", row)
		}
		switch {
		case row[unit] != "pagamento":
			others++
		case !want[row[iuv]+" "+row[iur]]:
			t.Errorf("%s %s is no news", row[iuv], row[iur])
		default:
			listed++
		}
	}
	if listed != len(want) || listed == 0 || len(rows) >= len(allRows) {
		t.Errorf("%d payments are listed, %d are news, of %d anomalies", listed, len(want), len(allRows)-1)
	}
	if others == 0 {
		t.Error("settlements and movements are not listed")
	}

	for page, parts := range map[string][2]string{"anomalie.html": {"<dl class=\"cifre\">", "<div class=\"due\">"}, "index.html": {"<h2>Novità", "</main>"}} {
		if cut(t, news[page], parts) != cut(t, all[page], parts) {
			t.Errorf("%s counts otherwise", page)
		}
		if !strings.Contains(news[page], "solo quelli nuovi o cambiati") || strings.Contains(all[page], "solo quelli nuovi o cambiati") {
			t.Errorf("%s does not say what is listed", page)
		}
	}
	if sum.Totals.Payments.Count != allSum.Totals.Payments.Count || !strings.Contains(news["run.json"], `"news_only": true`) || strings.Contains(all["run.json"], "news_only") {
		t.Error("run.json does not say what is listed")
	}
}

func cut(t *testing.T, page string, from [2]string) string {
	t.Helper()
	_, rest, begins := strings.Cut(page, from[0])
	part, _, ends := strings.Cut(rest, from[1])
	if !begins || !ends {
		t.Fatalf("the page has no %s", from)
	}
	return part
}
