package remittance_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quadra/parsers/remittance"
)

// wellFormed draws an IUF as the platform accepts it.
func wellFormed(t *rapid.T) string {
	day := rapid.StringMatching(`20[12][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])`).Draw(t, "day")
	sender := rapid.StringMatching(`[A-Z0-9][A-Za-z0-9_]{0,10}`).Draw(t, "sender")
	rest := rapid.StringMatching(`[A-Za-z0-9]([0-9A-Za-z_-]{0,8}[0-9A-Za-z])?`).Draw(t, "rest")
	return day + sender + "-" + rest
}

func TestAnIntactTextGivesItsFlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		iuf := wellFormed(t)
		supplement := rapid.SampledFrom([]string{"", "TXT/0/", "TXT/7/"}).Draw(t, "supplement")
		got := remittance.Read("/PUR/LGPE-RIVERSAMENTO/" + supplement + "URI/" + iuf)
		if brief(got) != "IUF strict "+iuf {
			t.Fatalf("read %s", brief(got))
		}
	})
}

func TestBrokenByABlankTheFlowIsAmongTheCandidatesAndKnown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		iuf := wellFormed(t)
		at := rapid.IntRange(1, len(iuf)-1).Draw(t, "at")
		text := "/PUR/LGPE-RIVERSAMENTO/URI/" + iuf[:at] + rapid.SampledFrom([]string{" ", "\n", "  "}).Draw(t, "white space") + iuf[at:]
		got := remittance.Read(text)
		found := false
		for _, ref := range got.IUFs {
			found = found || slices.Contains(ref.Candidates, iuf)
		}
		if !found {
			t.Fatalf("%q is not among the candidates of %+v", iuf, got)
		}
		if known, _, err := remittance.Known(strings.ToUpper(text), flows{iuf}); err != nil || known != iuf {
			t.Fatalf("known is %q, %v", known, err)
		}
	})
}

// Whatever the text: no panic, and what Read says about itself holds.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		sisal, satispay, unicredit,
		"/PUR/LGPE-RIVERSAMENTO/TXT/1/URI/2025-05-16X-1 2025-05-16X-2",
		"L G P E-RIVERSAMENTO URI 2025-05-16",
		"/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16 ",
		"/RFS/RF23 5674 8393 7849 4505 5087 5/45.56", "/RFB/01234567 890123456", "RFB 001234567890123456 10,00",
		".PUR.LGPE-RIVERSAMENTO.URI.2025-05-", "ACCREDITI VARI LGPE-RIVERSAMENTO/URI/2023-01-01 ABC123", "/RF B/è",
	} {
		f.Add(seed)
	}
	known := flows{"2025-05-16X-1", "2025-05-16X_1", "2021-03-17SIGPITM1XXX-S005147952", "ABC123", "ABC-123456"}
	f.Fuzz(func(t *testing.T, text string) {
		r := remittance.Read(text)
		for _, ref := range r.IUFs {
			check(t, ref, remittance.MaxIUF)
		}
		for _, ref := range r.IUVs {
			check(t, ref, remittance.MaxIUV)
		}
		iuf, ambiguous, err := remittance.Known(text, known)
		if err != nil || (iuf != "" && (ambiguous || !slices.Contains(known, iuf))) {
			t.Fatalf("Known = %q, %v, %v", iuf, ambiguous, err)
		}
	})
}

func check(t *testing.T, ref remittance.Ref, limit int) {
	t.Helper()
	longestFirst := slices.IsSortedFunc(ref.Candidates, func(a, b string) int { return len(b) - len(a) })
	switch {
	case !slices.Contains(ref.Candidates, ref.ID):
		t.Fatalf("%+v: the reference is not among its candidates", ref)
	case !longestFirst:
		t.Fatalf("%+v: the longest candidate is not first", ref)
	case ref.Step == remittance.StepStrict && ref.Ambiguous:
		t.Fatalf("%+v: strict and ambiguous", ref)
	case strings.ContainsAny(ref.ID, " /\t\n"):
		t.Fatalf("%+v: white space or slash in the reference", ref)
	}
	for _, candidate := range ref.Candidates {
		if len(candidate) == 0 || len(candidate) > limit {
			t.Fatalf("%+v: candidate of %d characters", ref, len(candidate))
		}
	}
}
