package biff

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// number is the text of a number under an XF.
func (w *Workbook) number(v float64, xf uint16) string {
	if int(xf) < len(w.dates) && w.dates[xf] {
		if day, ok := dateText(v, w.date1904); ok {
			return day
		}
	}
	return numberText(v)
}

// numberText is the shortest decimal that names v and no other IEEE double. It
// is not arithmetic with money: the file holds a double, this is the decimal
// whoever typed the cell saw (3.59), and from here on it is text that becomes
// cents digit by digit.
func numberText(v float64) string {
	switch {
	case math.IsNaN(v), math.IsInf(v, 0):
		return "#NUM!"
	case v == 0:
		return "0" // and not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// compact reads an RK number: 30 bits of an integer or of a double, with two
// bits that say which and whether hundredths are meant.
func compact(rk uint32) float64 {
	const hundredths, integer = 1, 2
	var v float64
	if rk&integer != 0 {
		v = float64(int32(rk) >> 2)
	} else {
		v = math.Float64frombits(uint64(rk&^3) << 32)
	}
	if rk&hundredths != 0 {
		v /= 100
	}
	return v
}

// lastSerial is 9999-12-31, the last day Excel knows.
const lastSerial = 2_958_465

const secondsOfDay = 24 * 60 * 60

// dateText is the day, the day and time, or the time that a serial number of a
// spreadsheet stands for; false when it is none.
func dateText(serial float64, date1904 bool) (string, bool) {
	if !(serial >= 0 && serial <= lastSerial) {
		return "", false
	}
	day := int(serial)
	seconds := int(math.Round((serial - math.Floor(serial)) * secondsOfDay))
	if seconds == secondsOfDay {
		day, seconds = day+1, 0
	}
	// Day 0 of the two calendars of Excel. The first counts a 29 February 1900
	// (day 60) that was not: behind it, day 0 is one day earlier.
	zero := time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	if !date1904 {
		switch {
		case day == 0:
			return clock(seconds), true
		case day == 60:
			return "", false
		case day < 60:
			zero = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
		default:
			zero = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		}
	} else if day == 0 && seconds > 0 {
		return clock(seconds), true
	}
	text := zero.AddDate(0, 0, day).Format(time.DateOnly)
	if seconds > 0 {
		text += " " + clock(seconds)
	}
	return text, true
}

func clock(seconds int) string {
	return time.Unix(int64(seconds), 0).UTC().Format(time.TimeOnly)
}

// isBuiltInDate tells the numbers of formats that are dates without a FORMAT
// record: 14-22 and 45-47 everywhere, the others in Asian versions ([MS-XLS]
// and ECMA-376 18.8.30).
func isBuiltInDate(format uint16) bool {
	return format >= 14 && format <= 22 || format >= 27 && format <= 36 ||
		format >= 45 && format <= 47 || format >= 50 && format <= 58
}

// isDateFormat tells a format of days or times by its code, which is in English
// whatever language Excel speaks: it has letters of dates outside quotes and
// brackets, and no place for a digit except behind the seconds. Elapsed time
// ([h]:mm) is a quantity, not a day.
func isDateFormat(code string) bool {
	bare := bareFormat(code)
	if strings.ContainsAny(bare, "#?@") || strings.Contains(strings.ReplaceAll(secondsTenths(bare), ".0", ""), "0") {
		return false
	}
	// Some programs write the general format in their own language.
	return bare != "standard" && strings.ContainsAny(bare, "dmyhs")
}

// secondsTenths leaves one digit of the fractions of a second.
func secondsTenths(code string) string {
	for strings.Contains(code, ".00") {
		code = strings.ReplaceAll(code, ".00", ".0")
	}
	return code
}

// bareFormat is the first section of a format in lower case, without what is
// shown as it is, colours, currencies and widths.
func bareFormat(code string) string {
	var bare strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"', '[':
			closing := byte('"')
			if c == '[' {
				closing = ']'
			}
			end := strings.IndexByte(code[i+1:], closing)
			if end < 0 {
				return strings.ToLower(bare.String())
			}
			if c == '[' && isElapsed(code[i+1:i+1+end]) {
				return ""
			}
			i += end + 1
		case '\\', '_', '*':
			i++ // the character behind is shown, left free or repeated
		case ';':
			return strings.ToLower(bare.String())
		default:
			bare.WriteByte(c)
		}
	}
	return strings.ToLower(bare.String())
}

func isElapsed(bracket string) bool {
	return bracket != "" && strings.Trim(strings.ToLower(bracket), "hms") == ""
}
