package content

import (
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/store"
	"quadra/rules"
)

// judgement is the why of a unit.
func (c *Content) judgement(v *store.Verdict, why string, difference record.Cents) *card.Why {
	return &card.Why{Verdict: &c.verdict(v).card, Text: why, Difference: difference}
}

// verdict is a verdict ready to be shown, and its facts by name.
type verdict struct {
	card  card.Verdict
	facts map[string]string
}

// factsOf reads the facts of a verdict by name.
func (c *Content) factsOf(v *store.Verdict) map[string]string { return c.verdict(v).facts }

// verdict reads a verdict; they are few and shared.
func (c *Content) verdict(v *store.Verdict) *verdict {
	if have, ok := c.verdicts[v]; ok {
		return have
	}
	out := &verdict{facts: make(map[string]string),
		card: card.Verdict{Status: v.Status, Name: c.StatusName(v.Unit, v.Status), Sign: v.Sign, Rule: v.Unit + " " + v.Status}}
	if v.Labels != "" {
		out.card.Labels = strings.Split(v.Labels, "|")
	}
	for fact := range strings.FieldsSeq(v.Facts) {
		name, value, found := strings.Cut(fact, "=")
		if !found {
			value = "yes"
		}
		out.facts[name] = value
		words := rules.Meaning(v.Unit, name, value, c.set.Language)
		if words == "" {
			words = value
		}
		out.card.Facts = append(out.card.Facts, card.Fact{Name: name, Value: words})
	}
	c.verdicts[v] = out
	return out
}

// history are the changes of a unit, the last first.
func (c *Content) history(unit string, changes []store.TracedChange) []card.Change {
	out := make([]card.Change, 0, len(changes))
	for i := range slices.Backward(changes) {
		h := &changes[i]
		one := card.Change{At: h.AsOf, Run: h.Run, Cause: c.causes(h)}
		if h.Before != "" {
			one.From = c.StatusName(unit, h.Before)
		}
		if h.After != "" {
			one.To = c.StatusName(unit, h.After)
		}
		out = append(out, one)
	}
	return out
}

// causes says what made a change.
func (c *Content) causes(h *store.TracedChange) string {
	var names []string
	for _, cause := range h.Causes {
		switch cause.Kind {
		case store.CauseFile:
			names = append(names, cause.File)
		case store.CauseCalendar:
			names = append(names, c.say("il calendario", "the calendar"))
		case store.CauseSettings:
			names = append(names, c.say("le regole o le impostazioni", "the ruleset or the settings"))
		case store.CauseDecision:
			names = append(names, c.say("la decisione di una persona", "a person's decision"))
		}
	}
	if len(names) == 0 {
		return c.say("il calendario o le impostazioni", "the calendar or the settings")
	}
	return strings.Join(names, ", ")
}

// sourceOfShare says who said where to book a share.
func (c *Content) sourceOfShare(source string) string {
	switch source {
	case "accertamento":
		return c.say("da un accertamento", "from an accertamento")
	case "bilancio":
		return c.say("dal bilancio della ricevuta", "from the chapter split of the receipt")
	case "metadata":
		return c.say("dai metadati della ricevuta", "from the receipt's metadata")
	case "debt":
		return c.say("dal dovuto", "from the debt")
	case "default":
		return c.say("dal tipo dovuto", "from the debt type")
	case "only":
		return c.say("unico capitolo attivo", "the only active chapter")
	case "taxonomy":
		return c.say("dal codice tassonomico", "from the taxonomy code")
	}
	return ""
}
