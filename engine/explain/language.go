package explain

import (
	"strings"
	"time"

	"quadra/engine/record"
)

// English is the language besides Italian.
const English = "en"

// money writes an amount in euro with the separators of the language.
func (e *Explainer) money(c record.Cents) string { return money(e.set.Language, c) }

func money(language string, c record.Cents) string {
	s := c.Italian()
	if language == English {
		return "EUR " + strings.NewReplacer(".", ",", ",", ".").Replace(s)
	}
	return s + " €"
}

// gap writes a difference: the sentences say which of the two is the larger.
func (e *Explainer) gap(c record.Cents) string { return e.money(max(c, -c)) }

// date writes a day: dd/mm/yyyy in Italian, ISO in English; no day is no text.
func (e *Explainer) date(d record.Date) string {
	if e.set.Language == English {
		return d.String()
	}
	return d.Italian()
}

// instant writes an instant as the clocks of Rome show it.
func (e *Explainer) instant(t time.Time) string {
	return e.date(record.DateOf(t)) + t.In(record.Rome()).Format(" 15:04:05")
}

// say picks the text of the language.
func (e *Explainer) say(italian, english string) string {
	if e.set.Language == English {
		return english
	}
	return italian
}
