package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"quadra/engine/record"
)

// What follows walks JSON that encoding/json has found valid, so that a payment
// is looked at once more without being taken apart into Go values: numbers stay
// the text they are, and no amount ever passes through a float.

// members calls visit for each member of an object, with its name as written
// (none of those known here needs an escape), its value as written and the
// offset of that.
func members(object []byte, visit func(name, value []byte, offset int) error) error {
	for i := skipBlanks(object, 1); object[i] != '}'; i = skipBlanks(object, i) {
		if object[i] == ',' {
			i++
			continue
		}
		end := valueEnd(object, i)
		name := object[i+1 : end-1]
		i = skipBlanks(object, skipBlanks(object, end)+1) // past the colon
		end = valueEnd(object, i)
		if err := visit(name, object[i:end], i); err != nil {
			return err
		}
		i = end
	}
	return nil
}

func skipBlanks(b []byte, i int) int {
	for isBlank(b[i]) {
		i++
	}
	return i
}

// valueEnd returns where the value that starts at b[i] ends.
func valueEnd(b []byte, i int) int {
	switch b[i] {
	case '"':
		for i++; b[i] != '"'; i++ {
			if b[i] == '\\' {
				i++
			}
		}
		return i + 1
	case '{', '[':
		for depth := 0; ; i++ {
			switch b[i] {
			case '"':
				i = valueEnd(b, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for i < len(b) && strings.IndexByte(",]} \n\t\r", b[i]) < 0 {
		i++
	}
	return i
}

func isContainer(value []byte) bool { return value[0] == '{' || value[0] == '[' }

func isNull(value []byte) bool { return value[0] == 'n' }

// appendText appends what a text or a number says, without quotes and without
// white space around it, as in XML; bare is anything but a text.
func appendText(dst, value []byte) (out []byte, bare bool) {
	if value[0] != '"' {
		return append(dst, value...), true
	}
	if bytes.IndexByte(value, '\\') >= 0 {
		return append(dst, trimmed(unescape(value))...), false
	}
	return append(dst, trimmed(value[1:len(value)-1])...), false
}

// trimmed is a text without white space around it.
func trimmed(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// unescape is what a text with escapes says; it was valid a moment ago, so that
// there is no error to look at.
func unescape(quoted []byte) []byte {
	var s string
	_ = json.Unmarshal(quoted, &s)
	return []byte(s)
}

// literal reads an amount written as JSON numbers are: with a dot and at most
// two decimals, or none. An exponent is refused, as is a third decimal.
func literal(text []byte) (record.Cents, error) {
	whole, decimals, dot := bytes.Cut(text, []byte("."))
	if len(decimals) > 2 || dot == (len(decimals) == 0) || len(text) > 20 {
		return 0, fmt.Errorf("%w: %q", record.ErrAmount, text)
	}
	var form [24]byte
	n := append(append(form[:0], whole...), '.')
	n = append(n, decimals...)
	return record.ParseCents(append(n, "00"[len(decimals):]...))
}

// moment reads an instant of the JSON: that of the XML, without seconds too, as
// Java leaves them out when they are zero; or the seconds since 1970 with a
// fraction, as it writes instants that nobody told it how to.
func moment(text string) (time.Time, bool) {
	if strings.Trim(text, "0123456789.") == "" {
		return sinceEpoch(text)
	}
	const minute = len("2006-01-02T15:04")
	if len(text) >= minute && text[10] == 'T' && (len(text) == minute || text[minute] != ':') {
		text = text[:minute] + ":00" + text[minute:]
	}
	return instant(text)
}

func sinceEpoch(text string) (time.Time, bool) {
	whole, fraction, dot := strings.Cut(text, ".")
	if len(whole) == 0 || len(whole) > 10 || len(fraction) > 9 || dot == (fraction == "") {
		return time.Time{}, false
	}
	var seconds, nanos int64
	for _, c := range []byte(whole) {
		seconds = seconds*10 + int64(c-'0')
	}
	for _, c := range []byte((fraction + "000000000")[:9]) {
		if c == '.' {
			return time.Time{}, false
		}
		nanos = nanos*10 + int64(c-'0')
	}
	t := time.Unix(seconds, nanos).UTC()
	return t, t.Year() < 2200
}

// civilDay reads a day, or an instant as the day it falls on in Italy: the
// platform writes days as the instant they start, 22:00 or 23:00 UTC of the day
// before.
func civilDay(text []byte) (record.Date, bool) {
	if d, ok := date(text); ok {
		return d, true
	}
	if d, ok := sameDay(text); ok {
		return d, true
	}
	t, ok := moment(string(text))
	if !ok || t.Year() < 1900 || t.Year() > 2199 {
		return 0, false
	}
	return record.DateOf(t), true
}

// sameDay reads YYYY-MM-DDThh:mm:ssZ, or with three decimals, before 22:00: the
// day is then the same in Italy all the year. ok is false for whatever needs a
// closer look.
func sameDay(text []byte) (d record.Date, ok bool) {
	const plain, thousandths = "####-##-##T##:##:##Z", "####-##-##T##:##:##.###Z"
	shape := plain
	if len(text) == len(thousandths) {
		shape = thousandths
	}
	if len(text) != len(shape) {
		return 0, false
	}
	for i, c := range text {
		if digit := c >= '0' && c <= '9'; digit != (shape[i] == '#') || !digit && c != shape[i] {
			return 0, false
		}
	}
	if hour := text[11:13]; string(hour) >= "22" || text[14] > '5' || text[17] > '5' {
		return 0, false
	}
	return date(text[:10])
}
