package explain

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"quadra/engine/record"
)

// page writes lines, indented, and remembers the language.
type page struct {
	out      *bufio.Writer
	language string
}

func (p *page) say(italian, english string) string {
	if p.language == English {
		return english
	}
	return italian
}

// line writes one line without what could drive a terminal: texts come from
// files. A bufio.Writer repeats its first error, which Flush tells.
func (p *page) line(depth int, format string, args ...any) {
	text := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, fmt.Sprintf(format, args...))
	_, _ = p.out.WriteString(strings.TrimRight(strings.Repeat("  ", depth)+text, " ") + "\n")
}

func (p *page) end() error {
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write the explanation: %w", err)
	}
	return nil
}

// shortHash is enough of a hash to tell two apart.
func shortHash(hash string) string { return hash[:min(12, len(hash))] }

// Text writes the whole trial: facts, statuses in the order they are tried,
// labels, and what the default rules would say when that is something else.
func (t *Trial) Text(w io.Writer) error {
	p := &page{bufio.NewWriter(w), t.language}
	p.head(t)
	p.line(1, "%s%s", p.say("perché: ", "why: "), t.Why)
	labels := strings.Join(t.Labels, ", ")
	if labels == "" {
		labels = "—"
	}
	p.line(0, "%s%s", p.say("etichette: ", "labels: "), labels)
	if d := t.Plain; d != nil {
		p.plain(d)
	}
	p.line(0, "%s", p.say("fatti", "facts"))
	for _, f := range t.Facts {
		p.line(1, "%-16s %-13s %s", f.Fact, f.Value, f.Meaning)
	}
	p.line(0, "%s", p.say("stati, nell'ordine in cui si provano", "statuses, in the order they are tried"))
	decided := false
	for i := range t.Rules {
		a := &t.Rules[i]
		if a.Label {
			continue
		}
		p.rule(a)
		if !decided {
			p.because(a, 3)
		}
		decided = decided || a.Wins
	}
	p.line(0, "%s", p.say("etichette, tutte quelle che valgono", "labels, all that hold"))
	for i := range t.Rules {
		if a := &t.Rules[i]; a.Label {
			p.rule(a)
			p.because(a, 3)
		}
	}
	p.files(t.Records)
	return p.end()
}

func (p *page) head(t *Trial) {
	unit := map[string]string{"payment": p.say("pagamento", "payment"), "settlement": p.say("riversamento", "settlement"), "movement": ""}[t.Unit]
	p.line(0, "%s", strings.TrimSpace(unit+" "+t.Name))
	p.line(0, "%s%s (%s)", p.say("regole: ", "ruleset: "), t.Ruleset, shortHash(t.RulesetHash))
	p.line(0, "%s%s [%s]", p.say("stato: ", "status: "), t.StatusName, t.Status)
	if t.Recorded != "" {
		p.line(1, p.say("nei libri è ancora %s: regole o impostazioni sono cambiate dopo l'ultima elaborazione",
			"the books still say %s: rules or settings changed after the last run"), t.Recorded)
	}
}

func (p *page) plain(d *Plain) {
	p.line(0, "%s%s [%s]", p.say("con le regole e le impostazioni di base: ", "under the default rules and settings: "), d.StatusName, d.Status)
	p.line(1, "%s%s", p.say("etichette: ", "labels: "), strings.Join(d.Labels, ", "))
	for _, s := range d.Settings {
		p.line(1, "%s%s", p.say("l'ente ha di suo: ", "the entity has its own: "), s)
	}
	for _, f := range d.Facts {
		p.line(1, "%s = %s: %s", f.Fact, f.Value, f.Meaning)
	}
}

func (p *page) rule(a *Answer) {
	mark := "no"
	switch {
	case a.Wins:
		mark = p.say("SÌ", "YES")
	case a.Holds:
		mark = p.say("sì", "yes")
	}
	p.line(1, "%-3s %-26s %s", mark, a.Code, a.Name)
	p.line(3, "%s%s", p.say("quando: ", "when: "), a.Condition)
}

// because tells the parts a rule fails by, or rests on.
func (p *page) because(a *Answer, depth int) {
	for _, r := range a.Because {
		verb := p.say("vale", "holds")
		switch {
		case !a.Holds && r.Holds:
			verb = p.say("vale, e non dovrebbe", "holds, and should not")
		case a.Holds && !r.Holds:
			verb = p.say("non vale, come deve", "does not hold, as it should not")
		case !r.Holds:
			verb = p.say("non vale", "does not hold")
		}
		p.line(depth, "%s: %s", verb, r.Part)
		for _, f := range r.Facts {
			p.line(depth+1, "%s = %s: %s", f.Fact, f.Value, f.Meaning)
		}
		if c := r.Amounts; c != nil {
			p.line(depth+1, "%s", p.amounts(c))
		}
	}
}

func (p *page) amounts(c *Comparison) string {
	text := fmt.Sprintf("%s %s, %s %s", c.Left, money(p.language, c.LeftCents), c.Right, money(p.language, c.RightCents))
	if c.Difference == 0 {
		return text
	}
	text += fmt.Sprintf(p.say(": differenza %s", ": difference %s"), money(p.language, c.Difference))
	if c.Tolerated {
		text += p.say(", tollerata", ", tolerated")
	}
	return text
}

func (p *page) files(records []Found) {
	if len(records) == 0 {
		return
	}
	p.line(0, "%s", p.say("letto da", "read from"))
	for _, f := range records {
		p.line(1, "%s %s [%s]", p.kind(f.Kind), f.Name, f.Source)
	}
}

func (p *page) kind(kind string) string {
	if p.language == English {
		return map[string]string{string(record.KindReceipts): "receipt", string(record.KindFlows): "flow",
			string(record.KindNotices): "notice", string(record.KindMovements): "movement"}[kind]
	}
	return map[string]string{string(record.KindReceipts): "ricevuta", string(record.KindFlows): "flusso",
		string(record.KindNotices): "notifica", string(record.KindMovements): "movimento"}[kind]
}

// WhyNot writes why a status or a label does not hold, or why it does.
func (t *Trial) WhyNot(w io.Writer, code string) error {
	a, ok := t.Answer(code)
	if !ok {
		return fmt.Errorf("the ruleset %s has no rule %s for a %s", t.Ruleset, code, t.Unit)
	}
	p := &page{bufio.NewWriter(w), t.language}
	p.head(t)
	title := fmt.Sprintf("%s [%s]", a.Name, a.Code)
	switch {
	case a.Wins:
		p.line(0, "%s %s: %s", title, p.say("vale", "holds"), a.Why)
	case a.Holds:
		before := t.Winner()
		p.line(0, p.say("%s: la condizione vale, ma viene prima %s [%s]: %s", "%s: its condition holds, but %s [%s] comes first: %s"),
			title, before.Name, before.Code, before.Why)
	default:
		p.line(0, p.say("%s non vale, perché:", "%s does not hold, because:"), title)
	}
	p.line(1, "%s%s", p.say("quando: ", "when: "), a.Condition)
	p.because(a, 1)
	var records []Found
	for _, r := range a.Because {
		for _, f := range r.Records {
			if !slices.Contains(records, f) {
				records = append(records, f)
			}
		}
	}
	if len(records) == 0 {
		records = t.Records
	}
	p.files(records)
	return p.end()
}
