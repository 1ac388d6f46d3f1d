package night

import (
	"fmt"
	"os"

	"quadra/config"
	"quadra/rules"
)

// Ruleset reads the rules an entity is judged by: the default ones, over them
// those the configuration has for every entity, over them the entity's own. A
// file that does not extend what is below stands in its place. The error wraps
// a [rules.Errors] when a file is at fault.
func Ruleset(c *config.Config, e *config.Entity) (*rules.Ruleset, error) {
	rs, err := rules.Default()
	if err != nil {
		return nil, fmt.Errorf("default ruleset: %w", err)
	}
	below := []*rules.Ruleset{rs}
	for _, file := range []string{c.Ruleset, e.Ruleset} {
		if file == "" {
			continue
		}
		if rs, err = RulesetFile(file, below...); err != nil {
			return nil, fmt.Errorf("ruleset of %s: %w", e.IPA, err)
		}
		below = append(below, rs)
	}
	return rs, nil
}

// RulesetFile reads a file of rules, which may extend one of those below. The
// error is a [rules.Errors], also when there is no such file.
func RulesetFile(file string, below ...*rules.Ruleset) (*rules.Ruleset, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, rules.Errors{{File: file, Line: 1, What: fmt.Sprintf("il file non si legge (%v)", err),
			Do: "correggere ruleset nella configurazione, o i permessi del file"}}
	}
	return rules.Load(file, src, below...)
}
