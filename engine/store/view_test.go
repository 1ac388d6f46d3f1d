package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/explain/explaintest"
	"quadra/engine/record"
	"quadra/engine/store"
)

// TestViewsReadInKeyOrder demands that no view sorts what it scans.
func TestViewsReadInKeyOrder(t *testing.T) {
	b := explaintest.New(t)
	db, err := sql.Open("sqlite3", "file:"+b.File+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	src, err := os.ReadFile("queries/view.sql")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{ // the scan each view is
		"ViewPayments":      "SEARCH p USING PRIMARY KEY (iuv>? AND iuv<?)",
		"ViewManyAnomalies": "SEARCH p USING PRIMARY KEY (iuv>? AND iuv<?)",
		"ViewSettlements":   "SEARCH s USING INDEX sqlite_autoindex_settlement_1 (iuf_key>? AND iuf_key<?)",
		"ViewMovements":     "CO-ROUTINE o\nSEARCH k USING COVERING INDEX sqlite_autoindex_movement_1 (year>? AND year<?)\nUSE TEMP B-TREE FOR LAST 3 TERMS OF ORDER BY\nSCAN o",
		"ViewPaymentTotals": "SCAN payment",
	}
	for name, text := range statements(string(src)) {
		scan, ok := want[name]
		if !ok {
			continue
		}
		delete(want, name)
		var args []any
		for n := 1; strings.Contains(text, fmt.Sprint("?", n)); n++ {
			args = append(args, "")
		}
		plan := queryPlan(t, db, text, args...)
		if !strings.HasPrefix(plan, scan) {
			t.Errorf("%s begins with another scan:\n%s", name, plan)
		}
		if strings.Contains(strings.TrimPrefix(plan, scan), "TEMP B-TREE") {
			t.Errorf("%s sorts:\n%s", name, plan)
		}
		for line := range strings.SplitSeq(plan, "\n") {
			if !strings.Contains(scan, line) && strings.HasPrefix(line, "SCAN") {
				t.Errorf("%s scans a second table: %s", name, line)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("queries that are gone: %v", want)
	}
}

func queryPlan(t *testing.T, db *sql.DB, text string, args ...any) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func readSample(t *testing.T, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := explaintest.Sample(t).Store.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestAPaymentIsSeenWithEverythingBehindIt(t *testing.T) {
	day := explaintest.Day
	readSample(t, func(tx *store.Tx) error {
		seen := 0
		err := tx.PaymentViews(store.PaymentFilter{IUV: explaintest.IUV(8)}, func(p *store.PaymentView) error {
			seen++
			if p.Verdict.Status != "NOT_CASHED" || p.Verdict.Sign != -1 || !strings.Contains(p.Verdict.Facts, "flow_equal") {
				t.Errorf("verdict %+v", p.Verdict)
			}
			if p.SinceRun == 0 || p.DueFrom != day("2026-03-04") || p.Amount != 4200 || !p.OtherIUR() {
				t.Errorf("payment %+v", p)
			}
			if got := p.Receipt.Source.String(); got != "pagati_20260302.csv:10" {
				t.Errorf("receipt at %s", got)
			}
			if got := p.Flow.Source.String(); got != "flussi_20260303.zip/flussi.xml:411" {
				t.Errorf("flow line at %s", got)
			}
			if got := p.Notice.Source.String(); got != "notifiche_20260304.csv:9" {
				t.Errorf("notice at %s", got)
			}
			if p.Flow.IUR != "IUR-OF-THE-PSP" || p.Flow.IUF != explaintest.IUF(4) || p.Flow.Total != 6200 || p.Flow.Parts != 0 || p.Flow.RegulatedOn != day("2026-03-04") {
				t.Errorf("flow line %+v", p.Flow)
			}
			if code, name := p.Payer(); code != "RSSMRA80A01H501U" || name != "Rossi Maria" || p.DebtType() != "TARI" || p.IUD() != "IUD-0008" {
				t.Errorf("payer %s %s", code, name)
			}
			return nil
		})
		if seen != 1 {
			t.Errorf("seen %d times", seen)
		}
		return err
	})
}

func TestViewsAreFiltered(t *testing.T) {
	payments := func(f store.PaymentFilter) func(*store.Tx) ([]string, error) {
		return func(tx *store.Tx) (out []string, err error) {
			err = tx.PaymentViews(f, func(p *store.PaymentView) error {
				out = append(out, strings.TrimLeft(p.IUV, "0")+" "+p.Verdict.Status)
				return nil
			})
			return out, err
		}
	}
	settlements := func(f store.SettlementFilter) func(*store.Tx) ([]string, error) {
		return func(tx *store.Tx) (out []string, err error) {
			err = tx.SettlementViews(f, func(s *store.SettlementView) error {
				out = append(out, fmt.Sprintf("%s %s %d movements, %d versions", s.IUF[5:10], s.Verdict.Status, len(s.Movements), s.Versions))
				return nil
			})
			return out, err
		}
	}
	movements := func(f store.MovementFilter) func(*store.Tx) ([]string, error) {
		return func(tx *store.Tx) (out []string, err error) {
			err = tx.MovementViews(f, func(m *store.MovementView) error {
				out = append(out, fmt.Sprintf("%d/%s %s %s", m.Year, m.Number, m.Cash, m.Verdict.Status))
				return nil
			})
			return out, err
		}
	}
	anomalies := store.ViewFilter{Anomalies: true}
	for _, c := range []struct {
		name string
		read func(*store.Tx) ([]string, error)
		want []string
	}{
		{"payments of a status", payments(store.PaymentFilter{ViewFilter: store.ViewFilter{Status: "NOT_REPORTED"}}),
			[]string{"1000000000000003 NOT_REPORTED", "1000000000000011 NOT_REPORTED"}},
		{"payments of an IUV", payments(store.PaymentFilter{IUV: explaintest.IUV(7)}),
			[]string{"1000000000000007 DUPLICATE", "1000000000000007 DUPLICATE"}},
		{"an anomaly asked for by an IUV that is none", payments(store.PaymentFilter{ViewFilter: anomalies, IUV: explaintest.IUV(1)}), nil},
		{"settlements of an IUF, whatever its case", settlements(store.SettlementFilter{IUF: strings.ToLower(explaintest.IUF(6))}),
			[]string{"03-06 REPLACED_AFTER_SETTLEMENT 1 movements, 2 versions"}},
		{"settlements that are anomalies", settlements(store.SettlementFilter{ViewFilter: anomalies}), []string{
			"03-04 LATE 0 movements, 1 versions", "03-05 SHORT 1 movements, 1 versions", "03-06 REPLACED_AFTER_SETTLEMENT 1 movements, 2 versions",
			"03-07 INCONSISTENT 1 movements, 1 versions", "03-08 PAID_TWICE 2 movements, 1 versions", "03-09 LATE 0 movements, 1 versions"}},
		{"movements that are anomalies", movements(store.MovementFilter{ViewFilter: anomalies}),
			[]string{"2026/8 43.21 UNKNOWN_REFERENCE", "2026/9 7.77 NO_REFERENCE"}},
		{"a movement by its number", movements(store.MovementFilter{Year: 2026, Number: "10"}), []string{"2026/10 0.00 REVERSED"}},
		{"a movement of another year", movements(store.MovementFilter{Year: 2025, Number: "10"}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			readSample(t, func(tx *store.Tx) error {
				got, err := c.read(tx)
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
				return err
			})
		})
	}
}

func TestAMovementIsSeenWithWhatItNamesAndPays(t *testing.T) {
	readSample(t, func(tx *store.Tx) error {
		return tx.MovementViews(store.MovementFilter{Year: 2026, Number: "2"}, func(m *store.MovementView) error {
			if len(m.Refs) != 1 || m.Refs[0].Kind != "iuf" || m.Refs[0].ID != explaintest.IUF(5) {
				t.Errorf("refs %+v", m.Refs)
			}
			if len(m.Links) != 1 || m.Links[0].IUF != explaintest.IUF(5) || m.Links[0].Total != 3000 || m.Linked() != 2800 || m.Difference() != 0 {
				t.Errorf("links %+v", m.Links)
			}
			return nil
		})
	})
}

func TestTotalsCountEveryUnitOnce(t *testing.T) {
	readSample(t, func(tx *store.Tx) error {
		totals, err := tx.Totals()
		if err != nil {
			return err
		}
		for _, u := range []struct {
			name         string
			got          *store.UnitTotals
			count        int64
			amount       record.Cents
			toCheck      int64
			labelledMost string
		}{
			{"payments", &totals.Payments, 21, 100082815, 17, "RT_IUF"},
			{"settlements", &totals.Settlements, 7, 100048283, 6, ""},
			{"movements", &totals.Movements, 10, 100048832, 2, ""},
		} {
			var count int64
			var amount record.Cents
			for _, s := range u.got.ByStatus {
				count += s.Count
				amount += s.Amount
			}
			toCheck, _ := u.got.Anomalies()
			if count != u.count || u.got.Count != u.count || amount != u.amount || u.got.Amount != u.amount || toCheck != u.toCheck {
				t.Errorf("%s: %+v", u.name, u.got)
			}
			most := store.Total{}
			for _, l := range u.got.ByLabel {
				if l.Count > most.Count {
					most = l
				}
			}
			if u.labelledMost != "" && most.Code != u.labelledMost {
				t.Errorf("%s: the most frequent label is %s", u.name, most.Code)
			}
		}
		return nil
	})
}

func TestWhatARevisionChangedIsListed(t *testing.T) {
	readSample(t, func(tx *store.Tx) error {
		changes := make(map[string][]store.RevisedLine)
		err := tx.SettlementViews(store.SettlementFilter{}, func(s *store.SettlementView) error {
			c, err := tx.RevisedLines(s.ID)
			if len(c) > 0 {
				changes[s.IUF] = c
			}
			return err
		})
		want := map[string][]store.RevisedLine{explaintest.IUF(6): {{IUV: explaintest.IUV(15), IUR: explaintest.IUR(15), Index: 1, After: 700, HasAfter: true}}}
		if diff := cmp.Diff(want, changes); diff != "" {
			t.Error(diff)
		}
		return err
	})
}
