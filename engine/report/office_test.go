package report_test

import (
	"database/sql"
	"strings"
	"testing"

	"quadra/engine/calendar"
	"quadra/engine/explain"
	"quadra/engine/report"
	"quadra/engine/report/content"
	"quadra/engine/store"
	"quadra/fixtures/city"
	"quadra/rules"
)

// TestAPackForAnOfficeHoldsNothingOfOthers: no file of the folder names a payment
// no part of which is of the office, or who paid it.
func TestAPackForAnOfficeHoldsNothingOfOthers(t *testing.T) {
	dir := t.TempDir()
	year, err := city.Build(t.Context(), dir, 400)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = year.Store.Close() })
	in := report.Input{Store: year.Store, Entity: report.Entity{IPA: "c_q001", TaxCode: "80000123457", Name: "Comune di Prova"},
		Calendar: calendar.New(calendar.Options{}), AsOf: year.AsOf,
		Terms: explain.Terms{FlowLate: 2, CashLate: 1, UnmatchedCashLate: 2, Receipt: 2, Notice: 10}}
	if in.Rules, err = rules.Default(); err != nil {
		t.Fatal(err)
	}
	err = year.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		in.Run, err = tx.LastRun()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const mine = "TRIB"
	ours, others, worth := ofOffice(t, year.File, mine)
	if len(ours) < 20 || len(others) < 100 {
		t.Fatalf("the city has %d texts of the office and %d of others", len(ours), len(others))
	}
	in.Scope = content.Scope{Offices: []string{mine}}
	files, sum := build(t, in)
	for name, text := range files {
		if strings.HasPrefix(name, "parti/") {
			continue
		}
		if strings.HasSuffix(name, ".xlsx") {
			text = zipText(t, text)
		}
		for secret := range others {
			if !ours[secret] && strings.Contains(text, secret) {
				t.Errorf("%s names %s of another office", name, secret)
			}
		}
	}
	if got := int64(sum.Totals.Payments.Amount); got != worth {
		t.Errorf("the payments add up to %d, the shares of the office to %d", got, worth)
	}
}

// ofOffice are the texts that tell payments and payers of an office, and those of
// all others; and what the shares of the office add up to.
func ofOffice(t *testing.T, file, office string) (ours, others map[string]bool, worth int64) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT s.office = ?, r.iuv, r.iur, r.iud, d.payer_code, d.payer_name, s.amount
		FROM share s JOIN receipt r ON r.iuv = s.iuv AND r.iur = s.iur AND r.idx = s.idx JOIN receipt_detail d ON d.id = r.detail_id`, office)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	ours, others = make(map[string]bool), make(map[string]bool)
	for rows.Next() {
		var own bool
		var amount int64
		var iuv, iur, iud, code, name string
		if err := rows.Scan(&own, &iuv, &iur, &iud, &code, &name, &amount); err != nil {
			t.Fatal(err)
		}
		into := others
		if own {
			into = ours
			worth += amount
		}
		for _, text := range []string{iuv, iur, iud, code, name} {
			if len(text) >= 6 {
				into[text] = true
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ours, others, worth
}
