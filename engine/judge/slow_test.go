package judge_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
)

// TestEngineGivesWhatTheSlowBooksGive feeds random deliveries to the engine,
// night after night (some go back, some come with other settings), and to books
// that work out everything again in plain Go, and compares every status, label,
// amount, link and addend of the quadratura. 150 histories; 5,000 with
// QUADRA_LONG=1.
func TestEngineGivesWhatTheSlowBooksGive(t *testing.T) {
	judgetest.Histories(t, 150, 5_000)
	rapid.Check(t, func(t *rapid.T) {
		engine := open(t, tempDir(t))
		defer engine.store.Close()
		drawSettings(t, &engine.set)
		engine.set.Accounts = record.NewAccounts(rapid.SampledFrom([][][]string{nil, {{"100"}}, {{"100", "200"}}}).Draw(t, "accounts"))
		slow := newSlowBooks(engine.set.Accounts)
		date := day("2026-09-15")
		for range rapid.IntRange(2, 5).Draw(t, "nights") {
			date += record.Date(rapid.SampledFrom([]int{1, 1, 2, 3, 5, 7, -4}).Draw(t, "days"))
			if rapid.IntRange(0, 5).Draw(t, "other settings") == 0 {
				drawSettings(t, &engine.set)
			}
			asOf := date.String()
			for _, f := range rapid.SliceOfN(rapid.Custom(drawWide), 0, 12).Draw(t, "files") {
				engine.load(f.delivery)
				slow.load(t, f.delivery)
			}
			engine.night(asOf)
			compareSlow(t, asOf, slow.judge(engine.set, asOf).state(), engine.judged())
		}
	})
}

// compareSlow shows the units on which the two differ, with both sides.
func compareSlow(t tb, asOf string, slow, engine map[string]string) {
	t.Helper()
	units := maps.Clone(slow)
	maps.Copy(units, engine)
	var out strings.Builder
	for _, unit := range slices.Sorted(maps.Keys(units)) {
		if slow[unit] != engine[unit] {
			fmt.Fprintf(&out, "%s\n  slow   %s\n  engine %s\n", unit, slow[unit], engine[unit])
		}
	}
	if out.Len() > 0 {
		t.Fatalf("as of %s\n%s", asOf, out.String())
	}
}
