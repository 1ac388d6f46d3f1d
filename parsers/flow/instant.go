package flow

import (
	"strings"
	"time"

	"quadra/engine/record"
)

// date reads an xsd:date: YYYY-MM-DD, with or without a zone, which says
// nothing about a civil day and is dropped.
func date(text []byte) (record.Date, bool) {
	if len(text) > 10 && !isZone(string(text[10:])) {
		return 0, false
	}
	d, err := record.ParseDate(text[:min(10, len(text))])
	return d, err == nil
}

// instant reads an xsd:dateTime. Without a zone it is a clock time in Italy, as
// pagoPA takes it; of the hour that comes twice in autumn the one in winter time
// (CET) is meant.
func instant(text string) (time.Time, bool) {
	const second = "2006-01-02T15:04:05"
	if len(text) < len(second) || text[10] != 'T' || text[13] != ':' {
		return time.Time{}, false
	}
	if _, err := record.ParseDate(text[:10]); err != nil {
		return time.Time{}, false
	}
	rest := text[len(second):]
	if fraction, ok := strings.CutPrefix(rest, "."); ok {
		rest = strings.TrimLeft(fraction, "0123456789")
		if len(rest) == len(fraction) || len(fraction)-len(rest) > 9 {
			return time.Time{}, false
		}
	}
	layout := second // time.Parse takes a fraction of any length by itself
	if rest != "" {
		if !isZone(rest) {
			return time.Time{}, false
		}
		layout += "Z07:00"
	}
	t, err := time.ParseInLocation(layout, text, record.Rome())
	return t.UTC(), err == nil
}

// isZone tells Z and ±hh:mm.
func isZone(s string) bool {
	if s == "Z" {
		return true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' {
		return false
	}
	_, err := time.Parse("15:04", s[1:])
	return err == nil
}
