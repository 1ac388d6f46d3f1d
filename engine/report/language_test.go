package report_test

import (
	"slices"
	"strings"
	"testing"

	"quadra/engine/judge"
	"quadra/engine/report"
	"quadra/rules"
)

func TestEveryFixedTextOfThePageHasAnEnglishOne(t *testing.T) {
	texts, err := report.FixedTexts()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if english := report.Translate("en", text); text != "" && english == text && !sameInEnglish[text] {
			t.Errorf("%q has no English text", text)
		}
	}
}

var sameInEnglish = map[string]bool{"File": true, "PSP": true}

func TestEveryAnomalyOfTheDefaultRulesetComesWithAdvice(t *testing.T) {
	rs, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{rules.UnitPayment, rules.UnitSettlement, rules.UnitMovement} {
		var anomalies []string
		for _, s := range rs.Statuses(unit) {
			if s.Sign < 0 {
				anomalies = append(anomalies, s.Code)
			}
		}
		slices.Sort(anomalies)
		if got := report.AdvisedCodes(unit); !slices.Equal(got, anomalies) {
			t.Errorf("%s: advice for %v, anomalies are %v", unit, got, anomalies)
		}
	}
}

func TestEveryFigureOfTheBalanceHasAName(t *testing.T) {
	figures, titles := report.NamedFigures()
	for _, e := range judge.Equations {
		if !slices.Contains(titles, e.Code) {
			t.Errorf("equation %s has no title", e.Code)
		}
		for _, f := range append(slices.Clone(e.Right), e.Left) {
			if name := strings.TrimPrefix(string(f), "Sum"); !slices.Contains(figures, name) {
				t.Errorf("figure %s has no name", name)
			}
		}
	}
}
