package judge_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
)

// TestNightsGiveWhatOneRunFromScratchGives feeds random deliveries (twins,
// re-deliveries, revisions, reversals, broken references, other years) split
// over random nights, and compares the books with those of a single run over
// the same files: same statuses, labels, links, review dates and quadratura,
// and every balance of every night is zero. 200 histories; 10,000 with
// QUADRA_LONG=1.
func TestNightsGiveWhatOneRunFromScratchGives(t *testing.T) {
	judgetest.Histories(t, 200, 10_000)
	rapid.Check(t, func(t *rapid.T) {
		files := rapid.SliceOfN(rapid.Custom(drawDelivery), 1, 24).Draw(t, "files")
		days := []string{"2026-09-16", "2026-09-17", "2026-09-18", "2026-09-21", "2026-09-25", "2026-10-02", "2026-10-20"}

		byNight, scratch := open(t, tempDir(t)), open(t, tempDir(t))
		defer byNight.store.Close()
		defer scratch.store.Close()
		at := 0
		var given []drawn
		for _, f := range files {
			for at < len(days)-1 && rapid.Float64Range(0, 1).Draw(t, "pause") < 0.3 {
				byNight.night(days[at])
				at++
			}
			byNight.load(f.delivery)
			scratch.load(f.delivery)
			given = append(given, f)
			if again := rapid.IntRange(0, 9).Draw(t, "re-delivery"); again == 0 {
				old := given[rapid.IntRange(0, len(given)-1).Draw(t, "of")]
				byNight.load(old.delivery)
				scratch.load(old.delivery)
			}
		}
		last := days[at]
		byNight.night(last)
		scratch.night(last)
		if diff := cmp.Diff(scratch.state(), byNight.state()); diff != "" {
			t.Fatalf("as of %s, nights (+) differ from one run (-):\n%s", last, diff)
		}
	})
}

func tempDir(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "books")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// drawn is a random delivery with words for the failure message.
type drawn struct {
	what     string
	delivery delivery
}

func (d drawn) String() string { return d.what }

func drawDelivery(t *rapid.T) drawn {
	iuv := rapid.SampledFrom([]string{"01000000000000001", "01000000000000002", "01000000000000003", "RF45W9"})
	iur := rapid.SampledFrom([]string{"IUR1", "IUR2", "IUR3"})
	iud := rapid.SampledFrom([]string{"", "IUD1", "IUD2", "IUD3"})
	index := rapid.IntRange(1, 2)
	amount := rapid.SampledFrom([]record.Cents{1000, 1000, 2000})
	on := rapid.SampledFrom([]string{"2026-09-14", "2026-09-15", "2026-09-18"})
	iuf := rapid.SampledFrom([]string{"2026-09-14BPPIITRRXXX-S01", "2026-09-14BPPIITRRXXX-S012", "2026-09-15bppiitrrxxx-S03", "OLDFLOW7"})
	switch kind := rapid.SampledFrom([]string{"receipt", "receipt", "flow", "flow", "cash", "cash", "notice", "storno"}).Draw(t, "kind"); kind {
	case "receipt":
		l := record.ReceiptLine{IUV: iuv.Draw(t, "iuv"), IUR: iur.Draw(t, "iur"), Index: index.Draw(t, "index"),
			Amount: amount.Draw(t, "amount"), IUD: iud.Draw(t, "iud"), PaidOn: day(on.Draw(t, "paid on")), Outcome: "0"}
		l.Total = l.Amount
		return drawn{kind, receipts(l)}
	case "flow":
		f := flowOf{iuf: iuf.Draw(t, "iuf"), on: on.Draw(t, "on"), version: rapid.IntRange(0, 30).Draw(t, "version")}
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			f.lines = append(f.lines, line(iuv.Draw(t, "iuv"), iur.Draw(t, "iur"), rapid.IntRange(0, 2).Draw(t, "index"),
				amount.Draw(t, "amount"), rapid.SampledFrom([]int{0, 0, 3, 4, 8, 9}).Draw(t, "outcome")))
		}
		return drawn{kind, f.delivery()}
	case "cash":
		text := rapid.OneOf(
			rapid.Map(iuf, uri),
			rapid.Map(iuv, rfb),
			rapid.Map(iuf, func(s string) string { return "ACCREDITO " + s[:len(s)/2] + " " + s[len(s)/2:] }),
			rapid.Just("/PUR/LGPE-RIVERSAMENTO/URI/2026-09-14BPPIITRRXXX-S01 /PUR/LGPE-RIVERSAMENTO/URI/OLDFLOW7"),
			rapid.Map(iuv, func(s string) string { return uri("2026-09-14BPPIITRRXXX-S01") + " /RFB/" + s }),
			rapid.Custom(func(t *rapid.T) string { return uri(iuf.Draw(t, "one")) + " " + uri(iuf.Draw(t, "two")) }),
			rapid.Just("VERSAMENTO ECONOMO"),
		).Draw(t, "text")
		return drawn{kind, cash(rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(t, "number"),
			rapid.SampledFrom([]record.Cents{1000, 2000, 3000}).Draw(t, "cents"), on.Draw(t, "on"), text)}
	case "notice":
		return drawn{kind, notice(rapid.SampledFrom([]string{"IUD1", "IUD2", "IUD3"}).Draw(t, "iud"), iuv.Draw(t, "iuv"),
			amount.Draw(t, "amount"), on.Draw(t, "on"))}
	default:
		return drawn{kind, storno(rapid.SampledFrom([]string{"1", "2"}).Draw(t, "number"), 1000, on.Draw(t, "on"))}
	}
}
