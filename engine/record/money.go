package record

import (
	"errors"
	"fmt"
	"math"
)

// Cents is an amount of euro as an integer number of cents. Sums are exact as
// long as they stay below about 92 million billion euro; no quadra amount is
// ever a floating point number.
type Cents int64

// MaxAmount is the largest single amount quadra accepts from a file:
// 9,999,999,999,999.99 euro, the 15,2 decimal of the OPI schemas. Sums of
// ninety thousand such amounts still fit a Cents.
const MaxAmount Cents = 999_999_999_999_999

// ErrAmount is wrapped by every error of [ParseCents].
var ErrAmount = errors.New("not an amount")

// ParseCents reads the strict machine form used by pagoPA and MyPay:
// an optional minus, digits, a dot and exactly two decimals ("1234.56").
// Anything else, and anything beyond [MaxAmount], is an error wrapping
// [ErrAmount]. It does not allocate on success.
func ParseCents[T ~string | ~[]byte](text T) (Cents, error) {
	n := len(text)
	i := 0
	negative := n > 0 && text[0] == '-'
	if negative {
		i = 1
	}
	if n-i < 4 || text[n-3] != '.' {
		return 0, fmt.Errorf("%w: %q", ErrAmount, string(text))
	}
	var v int64
	for ; i < n; i++ {
		if i == n-3 {
			continue
		}
		d := text[i] - '0'
		if d > 9 || v > math.MaxInt64/10-1 {
			return 0, fmt.Errorf("%w: %q", ErrAmount, string(text))
		}
		v = v*10 + int64(d)
	}
	if Cents(v) > MaxAmount {
		return 0, fmt.Errorf("%w: %q is beyond %s", ErrAmount, string(text), MaxAmount)
	}
	if negative {
		v = -v
	}
	return Cents(v), nil
}

// String is the machine form read back by [ParseCents]: "-1234.56".
func (c Cents) String() string { return c.format('.', 0) }

// Italian is the form Italians write: "-1.234,56".
func (c Cents) Italian() string { return c.format(',', '.') }

// DecimalComma is the form Italian spreadsheets read from a CSV: "-1234,56".
func (c Cents) DecimalComma() string { return c.format(',', 0) }

func (c Cents) format(point, group byte) string {
	// Filled from the right; 20 digits, 6 separators, point and sign fit in 32.
	var b [32]byte
	i := len(b)
	u := uint64(c)
	if c < 0 {
		u = -u
	}
	for n := 0; n < 3 || u > 0; n++ {
		if n == 2 {
			i--
			b[i] = point
		} else if group != 0 && n > 2 && (n-2)%3 == 0 {
			i--
			b[i] = group
		}
		i--
		b[i] = byte('0' + u%10)
		u /= 10
	}
	if c < 0 {
		i--
		b[i] = '-'
	}
	return string(b[i:])
}
