package judge_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"quadra/engine/record"
	"quadra/fixtures/generator"
	"quadra/parsers"
)

// TestGeneratedDropsGiveWhatTheSlowBooksGive reads generated drops, with every
// anomaly, in any order over three nights.
func TestGeneratedDropsGiveWhatTheSlowBooksGive(t *testing.T) {
	payments := 300
	if os.Getenv("QUADRA_LONG") != "" {
		payments = 3000
	}
	for seed, cash := range []generator.CashFormat{generator.CashMixed, generator.CashCSV, generator.CashOPI} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			truth, err := generator.Generate(t.Context(), generator.Options{Seed: uint64(seed), Entity: generator.DemoEntities[0], Payments: payments,
				Notices: seed != 1, CashFormat: cash, ReceiptVersion: "1.3", BadFiles: 3, BadRows: 10}, generator.NewFolder(dir))
			if err != nil {
				t.Fatal(err)
			}
			engine := newBooks(t)
			engine.set.SendsNotices = seed != 1
			engine.set.SegregationCodes = []string{"01"}
			slow := newSlowBooks(engine.set.Accounts)
			all := slowFiles(t, dir)
			rand.New(rand.NewPCG(uint64(seed), 0)).Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
			for night, asOf := range []record.Date{truth.AsOf - 20, truth.AsOf, truth.AsOf + 30} {
				for _, d := range all[len(all)*night/3 : len(all)*(night+1)/3] {
					engine.load(d)
					slow.load(t, d)
				}
				engine.night(asOf.String())
				compareSlow(t, asOf.String(), slow.judge(engine.set, asOf.String()).state(), engine.judged())
			}
			if got := len(slow.payments()); got < payments {
				t.Errorf("%d payments were compared, %d were drawn", got, payments)
			}
		})
	}
}

// TestOracleDropsGiveWhatTheSlowBooksGive reads the drops with expected labels,
// which stand beside the project and are not part of it.
func TestOracleDropsGiveWhatTheSlowBooksGive(t *testing.T) {
	for _, drop := range []string{"a", "b"} {
		t.Run(drop, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join("..", "..", "..", "shared", "oracle", drop)
			if _, err := os.Stat(dir); err != nil {
				t.Skipf("the drops with expected labels are not here: %v", err)
			}
			engine := newBooks(t)
			slow := newSlowBooks(engine.set.Accounts)
			for _, d := range slowFiles(t, dir) {
				engine.load(d)
				slow.load(t, d)
			}
			for _, asOf := range []string{"2026-10-15", "2026-12-31"} {
				engine.night(asOf)
				compareSlow(t, asOf, slow.judge(engine.set, asOf).state(), engine.judged())
			}
			if len(slow.payments()) == 0 || len(slow.movements) == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

// slowFiles are the files of the folders of a drop.
func slowFiles(t *testing.T, dir string) (out []delivery) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == dir {
			return err
		}
		out = append(out, func(s record.Sink) error {
			return parsers.Parse(t.Context(), path, parsers.Options{TaxCode: generator.DemoEntities[0].TaxCode}, s)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
