package cash

import (
	"strings"

	"quadra/engine/record"
	"quadra/parsers/repeat"
)

// lineKeys makes the numbers of the movements of a document whose layout has
// none; see [record.Line]. It remembers six to twelve bytes a line to tell
// twins, and [Options.MaxRows] bounds the lines.
type lineKeys struct{ seen repeat.Counter }

// number is the number of a movement: reference is what the bank calls it, if it
// calls it anything. Equal lines get numbers that differ by their occurrence.
func (k *lineKeys) number(m *record.Movement, reference string) string {
	line := record.Line{
		Account: m.Account, BookedOn: m.BookedOn, ValueOn: m.ValueOn, Amount: m.Amount,
		Reference: reference, Remittance: oneBlank(m.Remittance),
	}
	sum := line.Sum()
	return record.LineNumber(sum, k.seen.Next(sum))
}

// oneBlank is a text with single blanks between its words and none around them.
func oneBlank(text string) string {
	blank := true // before
	for i := range len(text) {
		switch c := text[i]; {
		case c > ' ' && c < 0x80:
			blank = false
		case c == ' ' && !blank:
			blank = true
		default:
			return strings.Join(strings.Fields(text), " ")
		}
	}
	if blank {
		return strings.TrimSuffix(text, " ")
	}
	return text
}
