package mypay

import (
	"errors"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/bilancio"
)

// Split says why the chapter split in a column cannot be used for an amount: it
// cannot be read, or does not add up to it. It is nil when it can be used and
// when there is none. What it returns is for [Table.RejectPart].
func (t *Table) Split(column int, amount record.Cents) *record.Reject {
	err := bilancio.Fits(string(t.Field(column)), amount)
	if err == nil {
		return nil
	}
	bad := t.Refuse(column, record.RejectQuota, "il bilancio non si può leggere")
	var fault *bilancio.Error
	if errors.As(err, &fault) {
		bad.Reason = fault.Reason
		if fault.Value != "" {
			bad.Value = fault.Value
		}
	}
	bad.Reason += "; la riga è presa senza ripartizione tra capitoli"
	return bad
}

// SplitText is a chapter split as it is kept, usable or not: as it came, and no
// longer than MyPay keeps it.
func SplitText(text string) string {
	if utf8.RuneCountInString(text) <= bilancio.MaxLength {
		return text
	}
	return string([]rune(text)[:bilancio.MaxLength])
}
