package receipt

import (
	"strings"
	"time"

	"quadra/engine/record"
)

// day reads a day, YYYY-MM-DD, with or without a zone or a time after it, which
// say nothing about a civil day and are dropped.
func day(text string) (record.Date, bool) {
	if len(text) > len(time.DateOnly) {
		if _, ok := instant(text); ok {
			text = text[:len(time.DateOnly)]
		} else {
			text = cutZone(text)
		}
	}
	d, err := record.ParseDate(text)
	return d, err == nil
}

// instant reads an xsd:dateTime, with or without a fraction of a second, and
// returns it in UTC. Without a zone it is a clock time in Italy, as pagoPA takes
// it; of the hour that comes twice in autumn the one in winter time is meant.
func instant(text string) (time.Time, bool) {
	const second = "2006-01-02T15:04:05"
	if len(text) < len(second) || text[10] != 'T' || text[13] != ':' {
		return time.Time{}, false
	}
	if _, err := record.ParseDate(text[:10]); err != nil {
		return time.Time{}, false
	}
	local := cutZone(text)
	if rest := local[len(second):]; rest != "" {
		digits := strings.TrimPrefix(rest, ".")
		if digits == rest || len(digits) > 9 || !isDigits(digits) {
			return time.Time{}, false
		}
	}
	layout := second // time.Parse takes a fraction of any length by itself
	switch zone := text[len(local):]; {
	case strings.Contains(zone, ":"), zone == "Z":
		layout += "Z07:00"
	case zone != "":
		layout += "Z0700"
	}
	t, err := time.ParseInLocation(layout, text, record.Rome())
	return t.UTC(), err == nil
}

// cutZone drops Z, ±hh:mm or ±hhmm from the end of a date or a time.
func cutZone(text string) string {
	if rest, ok := strings.CutSuffix(text, "Z"); ok {
		return rest
	}
	sign := strings.LastIndexAny(text, "+-")
	if sign < len(time.DateOnly) {
		return text
	}
	for _, layout := range []string{"15:04", "1504"} {
		if _, err := time.Parse(layout, text[sign+1:]); err == nil && len(text)-sign-1 == len(layout) {
			return text[:sign]
		}
	}
	return text
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
