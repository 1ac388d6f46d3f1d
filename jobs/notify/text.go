package notify

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	"text/template"
	"unicode"
)

//go:embed letter.txt letter.html
var letters embed.FS

var functions = map[string]any{
	"unit": func(unit string) string {
		return map[string]string{"payment": "pagamenti", "settlement": "riversamenti", "movement": "movimenti di cassa"}[unit]
	},
	"state": func(state string) string {
		return map[string]string{"rejected": "rifiutato", "failed": "non letto", "loaded": "caricato con scarti"}[state]
	},
	"line": oneLine,
}

var (
	textLetter = template.Must(template.New("letter.txt").Funcs(functions).ParseFS(letters, "letter.txt"))
	htmlLetter = htmltemplate.Must(htmltemplate.New("letter.html").Funcs(functions).ParseFS(letters, "letter.html"))
)

// Text is the message as plain text, in Italian.
func (n *News) Text() (string, error) {
	var b strings.Builder
	if err := textLetter.Execute(&b, n); err != nil {
		return "", fmt.Errorf("write the message: %w", err)
	}
	return b.String(), nil
}

// HTML is the message as a simple page, in Italian.
func (n *News) HTML() (string, error) {
	var b strings.Builder
	if err := htmlLetter.Execute(&b, n); err != nil {
		return "", fmt.Errorf("write the message: %w", err)
	}
	return b.String(), nil
}

// subject says the gravest thing first.
func subject(n *News) string {
	var what []string
	add := func(when bool, format string, args ...any) {
		if when {
			what = append(what, fmt.Sprintf(format, args...))
		}
	}
	anomalies := int64(0)
	for _, a := range n.Anomalies {
		anomalies += a.Count
	}
	add(n.Failure != "", "elaborazione FALLITA")
	add(len(n.Drops) > 0, "cartelle non lette: %d", len(n.Drops))
	add(len(n.Missing) > 0, "file mancanti: %d", len(n.Missing))
	add(len(n.Files) > 0, "file con scarti: %d", len(n.Files))
	add(anomalies > 0, "nuove anomalie: %d", anomalies)
	add(len(what) == 0 && n.Summary != nil, "elaborazione riuscita")
	add(len(what) == 0, "messaggio forse non arrivato")
	return oneLine(fmt.Sprintf("[quadra] %s al %s: %s", n.Entity.IPA, n.AsOf.Italian(), strings.Join(what, ", ")))
}

// oneLine keeps what comes from outside on its line: a name with a line break
// in it must not look like a line of ours, nor like a header.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
