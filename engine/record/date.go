package record

import (
	"errors"
	"fmt"
	"time"
)

// Date is a civil day in Italy, without a time and without a zone. The zero
// Date means "no date". Dates compare with < and ==, and differ by days with -.
type Date int32

// ErrDate is wrapped by every error of [ParseDate].
var ErrDate = errors.New("not a date")

// dayOne makes 0001-01-01 the Date 1, so that zero is free to mean "no date".
const dayOne = 719163 // days from 0000-12-31 to 1970-01-01

// NewDate returns the day y-m-d; values outside their range carry over, as in
// time.Date.
func NewDate(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 + dayOne)
}

// DateOf returns the civil day of an instant in Europe/Rome.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Rome()).Date()
	return NewDate(y, m, d)
}

// ParseDate reads YYYY-MM-DD and refuses days that do not exist. It does not
// allocate on success.
func ParseDate[T ~string | ~[]byte](text T) (Date, error) {
	if len(text) == 10 && text[4] == '-' && text[7] == '-' {
		y, okY := digits(text[0:4])
		m, okM := digits(text[5:7])
		d, okD := digits(text[8:10])
		if okY && okM && okD {
			if date, ok := civil(y, m, d); ok {
				return date, nil
			}
		}
	}
	return 0, fmt.Errorf("%w: %q", ErrDate, string(text))
}

// CivilDate returns the day y-m-d, or false when the calendar has no such day
// or the year is outside 1900..2199 (no payment of this field lies outside).
func CivilDate(y, m, d int) (Date, bool) { return civil(y, m, d) }

func civil(y, m, d int) (Date, bool) {
	if y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	date := NewDate(y, time.Month(m), d)
	if d > 28 && date.Time().Day() != d {
		return 0, false
	}
	return date, true
}

func digits[T ~string | ~[]byte](text T) (int, bool) {
	v := 0
	for i := range len(text) {
		d := text[i] - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + int(d)
	}
	return v, true
}

// Time is midnight UTC of the day; for arithmetic and weekdays only.
func (d Date) Time() time.Time {
	return time.Unix((int64(d)-dayOne)*86400, 0).UTC()
}

// Year is the calendar year, or 0 for no date.
func (d Date) Year() int {
	if d == 0 {
		return 0
	}
	return d.Time().Year()
}

// String is YYYY-MM-DD, or the empty text for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// Italian is DD/MM/YYYY, or the empty text for no date.
func (d Date) Italian() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format("02/01/2006")
}

// MarshalText writes [Date.String], so that JSON and YAML carry ISO dates.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD or the empty text.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDate(b)
	*d = v
	return err
}
