package picture

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"quadra/engine/record"
)

// euro is an amount in full: "1.234,56 €".
func euro(v record.Cents) string { return v.Italian() + " €" }

// count is a number as Italians write it: "12.345".
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, d := range digits {
		if rest := len(digits) - i; i > 0 && rest%3 == 0 && digits[i-1] != '-' {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// short is an amount where there is little room: "12,3 mila €", "1,2 mln €".
func (h *Head) short(v record.Cents) string {
	sign, u := "", uint64(v)
	if v < 0 {
		sign, u = "-", -u
	}
	if u < 999_50 {
		return euro(v)
	}
	if u < 9_999_50 {
		return sign + count(int64((u+50)/100)) + " €"
	}
	units := []struct {
		cents uint64
		name  string
	}{{1_000_00, h.say("mila", "k")}, {1_000_000_00, h.say("mln", "m")}, {1_000_000_000_00, h.say("mld", "bn")}}
	for i, unit := range units {
		tenths := (u + unit.cents/20) / (unit.cents / 10)
		if tenths < 10_000 || i == len(units)-1 {
			return fmt.Sprintf("%s%s,%d %s €", sign, count(int64(tenths/10)), tenths%10, unit.name)
		}
	}
	return euro(v)
}

// part is v of all, as a fraction of full; exact enough for a drawing whatever
// the amounts are.
func part(v, all record.Cents, full float64) float64 {
	if v <= 0 || all <= 0 {
		return 0
	}
	return float64(v) / float64(all) * full
}

var monthsIt = [...]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}

// month is the name of a month; long or its first three letters.
func (h *Head) month(m time.Month, long bool) string {
	name := monthsIt[m-1]
	if h.Language == English {
		name = m.String()
	}
	if !long {
		name = name[:3]
	}
	return name
}

// step is a round distance of about a quarter of v: 1, 2 or 5 times a power of
// ten; at least 1.
func step(v int64) int64 {
	s := int64(1)
	for range 18 {
		for _, k := range [...]int64{1, 2, 5} {
			if hi, lo := bits.Mul64(uint64(s*k), 5); hi == 0 && lo >= uint64(v) {
				return s * k
			}
		}
		s *= 10
	}
	return s
}
