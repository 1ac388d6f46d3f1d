package receipt

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// value is what a receipt says under a name.
type value struct {
	name string // of the element or key
	text string // empty when there is none
	line int
}

// refuse is the value as the reason why a line is left out.
func (v value) refuse(code record.RejectCode, reason string) *record.Reject {
	return &record.Reject{Line: v.line, Column: v.name, Code: code, Value: field.Shorten(v.text), Reason: reason}
}

// demand is what a value must be like.
type demand struct {
	value
	needed bool
	most   int // characters
}

// check refuses the first value that is missing or too long.
func check(demands ...demand) *record.Reject {
	for _, d := range demands {
		switch {
		case d.needed && d.text == "":
			return d.refuse(record.RejectMissing, "il valore è obbligatorio")
		case utf8.RuneCountInString(d.text) > d.most:
			return d.refuse(record.RejectTooLong, fmt.Sprintf("il valore supera i %d caratteri", d.most))
		}
	}
	return nil
}

// The lengths texts may have, those of [record.ReceiptLine] and of the schemas.
const (
	maxID         = 35
	maxName       = 70
	maxOwnerName  = 140
	maxRemittance = 1024
	maxCollection = 140
	maxTag        = 35
)

// pair is an entry of metadata.
type pair struct{ key, value string }

// The metadata a line may carry: the schemas have lists of 15 pairs of 140
// characters each.
const (
	maxPairs = 15
	maxPair  = 140
)

// fileError is a fault of the receipt as a fault of the file it is alone in.
func fileError(bad *record.Reject) error {
	message := "la ricevuta non si può prendere: " + bad.Column + " "
	if bad.Value != "" {
		message += fmt.Sprintf("vale %q, ", bad.Value)
	}
	return content(bad.Line, message+bad.Reason)
}

func content(line int, message string) error {
	return &record.FileError{Line: line, Code: record.FileContent, Message: message}
}

// otherEntity refuses the file: the money of its receipt is for others.
func otherEntity(line int, taxCode string, others ...string) error {
	const shown = 5
	for i := range others {
		others[i] = field.Shorten(others[i])
	}
	return &record.FileError{
		Line: line, Code: record.FileEntity,
		Message: fmt.Sprintf("la ricevuta è di un altro ente: i beneficiari sono %s, il codice fiscale di questo ente è %s. Controllare in quale cartella va messa",
			strings.Join(others[:min(len(others), shown)], ", "), taxCode),
	}
}
