package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// extend lays a file over the ruleset it names and returns the whole: what a
// complete file would have said.
func (l *loader) extend(over *rulesetFile, below []*Ruleset) *rulesetFile {
	at := slices.IndexFunc(below, func(rs *Ruleset) bool { return rs.id == over.Extends.text })
	if at < 0 {
		ids := make([]string, len(below))
		for i, rs := range below {
			ids[i] = rs.id
		}
		l.fail("", fmt.Sprintf("extends è %q", over.Extends.text),
			"scrivere l'id delle regole da cui si parte: "+strings.Join(ids, ", "), over.Extends)
		return nil
	}
	base := below[at]
	sum := sha256.Sum256([]byte(base.hash + "\n" + l.rs.hash))
	l.rs.hash = hex.EncodeToString(sum[:])
	l.rs.layers = append(slices.Clone(base.layers), base.id+" "+base.version)
	l.rs.sources = append(slices.Clone(base.sources), l.rs.sources...)
	if slices.ContainsFunc(append(slices.Clone(below[:at]), base), func(rs *Ruleset) bool { return rs.id == over.ID.text }) {
		l.fail("", fmt.Sprintf("id è %q, come le regole da cui si parte", over.ID.text), "scegliere un altro id: ogni elaborazione lo registra", over.ID)
	}
	return &rulesetFile{
		ID: over.ID, Version: over.Version,
		Statuses: statusesFile{
			Payment:    l.overStatuses(UnitPayment, base.file.Statuses.Payment, over.Statuses.Payment),
			Settlement: l.overStatuses(UnitSettlement, base.file.Statuses.Settlement, over.Statuses.Settlement),
			Movement:   l.overStatuses(UnitMovement, base.file.Statuses.Movement, over.Statuses.Movement),
		},
		Labels:   l.overLabels(base.file.Labels, over.Labels),
		Examples: l.overExamples(base.file.Examples, over.Examples),
	}
}

// overStatuses changes the statuses an overlay names and puts its own where it
// says.
func (l *loader) overStatuses(unit string, base, over []ruleFile) []ruleFile {
	out := slices.Clone(base)
	for i := range over {
		f := &over[i]
		id := strings.TrimSpace(unit + " " + f.Code.text)
		if !l.once(over, i, id) {
			continue
		}
		rule, at := *f, byCode(out, f.Code.text)
		if at >= 0 {
			rule = l.changed(out[at], f, id)
			if first(f.Before, f.After).line == 0 {
				out[at] = rule
				continue
			}
			out = slices.Delete(out, at, at+1)
		}
		rule.Before, rule.After = scalar{}, scalar{}
		if place, ok := l.place(out, f, id); ok {
			out = slices.Insert(out, place, rule)
		}
	}
	return out
}

// place is where a status goes among the others.
func (l *loader) place(among []ruleFile, f *ruleFile, id string) (int, bool) {
	next := first(f.Before, f.After)
	switch {
	case next.line == 0:
		l.fail(id, "è uno stato nuovo e non si sa dove metterlo", "aggiungere before o after con il codice di un altro stato", f.Code)
		return 0, false
	case f.Before.line > 0 && f.After.line > 0:
		l.fail(id, "before e after insieme", "lasciarne uno solo", f.After)
		return 0, false
	}
	at := byCode(among, next.text)
	if at < 0 {
		l.fail(id, fmt.Sprintf("non c'è uno stato %q accanto a cui metterlo", next.text), "usare il codice di uno stato della stessa unità", next)
		return 0, false
	}
	if f.After.line > 0 {
		at++
	}
	return at, true
}

// overLabels changes the labels an overlay names and adds its own.
func (l *loader) overLabels(base, over []ruleFile) []ruleFile {
	out := slices.Clone(base)
	for i := range over {
		f := &over[i]
		id := strings.TrimSpace("label " + f.Code.text)
		if !l.once(over, i, id) {
			continue
		}
		if at := byCode(out, f.Code.text); at >= 0 {
			out[at] = l.changed(out[at], f, id)
			out[at].Before, out[at].After = f.Before, f.After // which a label cannot have
		} else {
			f.layer = len(l.rs.layers)
			out = append(out, *f)
		}
	}
	return out
}

// once says that no rule before the i-th has its code.
func (l *loader) once(over []ruleFile, i int, id string) bool {
	if byCode(over[:i], over[i].Code.text) < 0 {
		return true
	}
	l.fail(id, "il codice è due volte in questo file", "scrivere una volta tutto ciò che cambia", over[i].Code)
	return false
}

// changed is a rule with what an overlay writes in the place of what was there.
func (l *loader) changed(rule ruleFile, f *ruleFile, id string) ruleFile {
	rule.Code = f.Code // the place where it was last changed
	says := first(f.Before, f.After).line > 0
	for to, from := range map[*scalar]scalar{
		&rule.Unit: f.Unit, &rule.Sign: f.Sign, &rule.Severity: f.Severity, &rule.When: f.When,
		&rule.It.Name: f.It.Name, &rule.It.Why: f.It.Why, &rule.En.Name: f.En.Name, &rule.En.Why: f.En.Why,
	} {
		if from.line > 0 {
			*to, says = from, true
		}
	}
	if !says {
		l.fail(id, "il codice c'è già e qui non cambia nulla", "scrivere solo le chiavi che cambiano, oppure togliere la voce", f.Code)
	}
	return rule
}

// overExamples replaces the examples whose name an overlay writes again: what
// it means to judge otherwise it must say.
func (l *loader) overExamples(base, over []exampleFile) []exampleFile {
	out := slices.Clone(base)
	for _, e := range over {
		e.layer = len(l.rs.layers)
		at := slices.IndexFunc(out, func(b exampleFile) bool { return b.Name.text == e.Name.text && b.Unit.text == e.Unit.text })
		if at >= 0 {
			out[at] = e
		} else {
			out = append(out, e)
		}
	}
	return out
}

func byCode(rules []ruleFile, code string) int {
	return slices.IndexFunc(rules, func(f ruleFile) bool { return f.Code.text == code })
}
