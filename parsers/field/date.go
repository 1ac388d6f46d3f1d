package field

import (
	"strings"
	"time"
	"unicode"

	"quadra/engine/record"
)

// Date reads a civil day as people write it: YYYY-MM-DD, DD/MM/YYYY,
// DD-MM-YYYY, DD.MM.YYYY or YYYYMMDD, with or without a time after it
// ("T10:30", " 10:30:00", or the six digits of YYYYMMDDhhmmss). A time with a
// zone is an instant and gives the day it falls on in Italy; a zone without a
// time is dropped.
//
// Days that do not exist, years of two digits and days or months of one digit
// (the mark of an American export) are refused. The error is an [*Error].
func Date(text string) (record.Date, error) {
	if d, ok := plainDate(text); ok {
		return d, nil
	}
	s := strings.TrimFunc(text, unicode.IsSpace)
	if s == "" {
		return 0, dateError(text, record.RejectMissing, "la data manca")
	}
	layout, rest := layoutOf(s)
	if layout == "" {
		return 0, dateError(text, record.RejectDate, "non è una data: scrivere AAAA-MM-GG oppure GG/MM/AAAA")
	}
	clock, ok := clockLayout(rest)
	if !ok {
		return 0, dateError(text, record.RejectDate, "dopo la data c'è un testo che non è un'ora")
	}
	at, err := time.Parse(layout+clock, s)
	if err != nil {
		return 0, dateError(text, record.RejectDate, "il giorno o l'ora non esiste")
	}
	if strings.HasSuffix(clock, zone) && clock != zone {
		at = at.In(record.Rome())
	}
	date, ok := record.CivilDate(at.Year(), int(at.Month()), at.Day())
	if !ok {
		return 0, dateError(text, record.RejectDate, "l'anno è fuori dal periodo ammesso, 1900-2199")
	}
	return date, nil
}

// plainDate reads the two forms nearly all days have, YYYY-MM-DD and
// DD/MM/YYYY; ok is false for whatever needs a closer look.
func plainDate(text string) (d record.Date, ok bool) {
	if len(text) != 10 {
		return 0, false
	}
	if text[2] == '/' && text[5] == '/' {
		y := [10]byte{text[6], text[7], text[8], text[9], '-', text[3], text[4], '-', text[0], text[1]}
		d, err := record.ParseDate(y[:])
		return d, err == nil
	}
	if text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	d, err := record.ParseDate(text)
	return d, err == nil
}

const zone = "Z07:00"

// layoutOf finds how the day at the start of s is written, and what follows.
func layoutOf(s string) (layout, rest string) {
	for _, layout := range []string{"2006-01-02", "02/01/2006", "02-01-2006", "02.01.2006", "20060102"} {
		if len(s) >= len(layout) && sameShape(s[:len(layout)], layout) {
			return layout, s[len(layout):]
		}
	}
	return "", ""
}

// sameShape tells whether s has digits and marks where the layout has them.
func sameShape(s, layout string) bool {
	for i := range len(s) {
		digit := s[i] >= '0' && s[i] <= '9'
		if layoutDigit := layout[i] >= '0' && layout[i] <= '9'; digit != layoutDigit || (!digit && s[i] != layout[i]) {
			return false
		}
	}
	return true
}

// clockLayout is the layout of the time that may follow a day.
func clockLayout(rest string) (string, bool) {
	if rest == "" {
		return "", true
	}
	if isZone(rest) {
		return zone, true
	}
	for _, clock := range []string{"T15:04:05", "T15:04", " 15:04:05", " 15:04", " 15.04.05", " 15.04", "150405"} {
		if len(rest) < len(clock) || !sameShape(rest[:len(clock)], clock) {
			continue
		}
		after := rest[len(clock):]
		// time.Parse takes a fraction after the seconds by itself.
		if fraction, ok := strings.CutPrefix(after, "."); ok && strings.HasSuffix(clock, "05") {
			after = strings.TrimLeft(fraction, "0123456789")
		}
		if after == "" {
			return clock, true
		}
		if isZone(after) {
			return clock + zone, true
		}
	}
	return "", false
}

func isZone(s string) bool {
	return s == "Z" || (len(s) == 6 && (s[0] == '+' || s[0] == '-') && sameShape(s[1:], "00:00"))
}

func dateError(text string, code record.RejectCode, reason string) error {
	return &Error{Code: code, Value: Shorten(text), Reason: reason, cause: record.ErrDate}
}
