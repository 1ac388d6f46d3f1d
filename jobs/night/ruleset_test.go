package night_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/config"
	"quadra/engine/record"
	"quadra/jobs/night"
	"quadra/rules"
)

// over is a file of rules that changes one severity.
func over(id, extends, severity string) string {
	return "id: " + id + "\nversion: 1\nextends: " + extends + "\nstatuses:\n  payment:\n    - {code: NOT_NOTIFIED, severity: " + severity + "}\n"
}

func TestRulesOfAnEntity(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	standard, err := os.ReadFile(filepath.Join("..", "..", "rules", "default.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	region, entity := file("regione.yaml", over("regione", "quadra", "2")), file("ente.yaml", over("ente", "quadra", "3"))
	for _, c := range []struct {
		name           string
		global, own    string
		title, refused string
		severity       int
	}{
		{name: "the default ones", title: "quadra 1", severity: 1},
		{name: "those of every entity", global: region, title: "quadra 1 + regione 1", severity: 2},
		{name: "its own", own: entity, title: "quadra 1 + ente 1", severity: 3},
		{name: "its own over the default ones, though there are those of every entity", global: region, own: entity, title: "quadra 1 + ente 1", severity: 3},
		{name: "its own over those of every entity", global: region, own: file("sopra.yaml", over("ente", "regione", "4")), title: "quadra 1 + regione 1 + ente 1", severity: 4},
		{name: "whole ones in the place of the default", own: file("altre.yaml", strings.Replace(string(standard), "id: quadra", "id: altre", 1)), title: "altre 1", severity: 1},
		{name: "no such file", own: filepath.Join(dir, "niente.yaml"), refused: "niente.yaml:1: il file non si legge"},
		{name: "over those of every entity, which there are not", own: filepath.Join(dir, "sopra.yaml"), refused: `sopra.yaml:3: extends è "regione"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			rs, err := night.Ruleset(&config.Config{Ruleset: c.global}, &config.Entity{IPA: "c_q001", Ruleset: c.own})
			if c.refused != "" {
				var faults rules.Errors
				if !errors.As(err, &faults) || !strings.Contains(err.Error(), c.refused) || !strings.Contains(err.Error(), "ruleset of c_q001") {
					t.Errorf("Ruleset = %v, want %s", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			status, ok := rs.Status(rules.UnitPayment, "NOT_NOTIFIED")
			if rs.Title() != c.title || !ok || status.Severity != c.severity {
				t.Errorf("%s with severity %d, want %s with %d", rs.Title(), status.Severity, c.title, c.severity)
			}
		})
	}
}

// Whatever may change a judgement changes the fingerprint, so that everything is
// judged again.
func TestRulesAndToleranceAreInTheFingerprint(t *testing.T) {
	standard, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	other, err := rules.Load("ente.yaml", []byte(over("ente", "quadra", "3")), standard)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]string)
	for _, c := range []struct {
		name      string
		tolerance int
		rules     *rules.Ruleset
	}{{"default", 0, standard}, {"a cent", 1, standard}, {"two cents", 2, standard}, {"own rules", 0, other}} {
		set, err := night.Settings(&config.Entity{IPA: "c_q001", Terms: config.DefaultTerms(), Tolerance: c.tolerance}, c.rules, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if twin, ok := seen[set.Fingerprint]; ok {
			t.Errorf("%s and %s have the same fingerprint", c.name, twin)
		}
		seen[set.Fingerprint] = c.name
		if set.Tolerance != record.Cents(c.tolerance) {
			t.Errorf("%s: the tolerance is %d cents", c.name, set.Tolerance)
		}
	}
}
