package outcome

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"quadra/engine/record"
)

var rejectsHeader = []string{"riga", "colonna", "codice", "valore", "motivo", "correzione"}

// Rejects is the CSV of o.Rejects; see [WriteRejects].
func Rejects(o Outcome) []byte {
	var b bytes.Buffer
	err := WriteRejects(&b, func(yield func(record.Reject, error) bool) {
		for _, r := range o.Rejects {
			if !yield(r, nil) {
				return
			}
		}
	})
	if err != nil {
		panic("outcome: writing to memory failed: " + err.Error())
	}
	return b.Bytes()
}

// WriteRejects writes rejects as a CSV that Excel opens as it should: fields
// divided by semicolons, UTF-8 with a byte-order mark, CRLF line ends. When the
// first reject belongs to an entry of a container, a last column, documento,
// names the entry of each. It keeps one reject in memory and stops at the first
// error of rejects or of w, which it returns wrapped.
//
// Cells that a spreadsheet would take for a formula get an apostrophe in front;
// negative numbers do not. Control characters become spaces, so that a row of
// the CSV is always one line.
func WriteRejects(w io.Writer, rejects iter.Seq2[record.Reject, error]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write rejects: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma = ';'
	out.UseCRLF = true

	started, contained := false, false
	row := make([]string, 0, len(rejectsHeader)+1)
	begin := func(first record.Reject) error {
		started, contained = true, first.Entry != ""
		row = append(row, rejectsHeader...)
		if contained {
			row = append(row, "documento")
		}
		return out.Write(row)
	}
	for r, err := range rejects {
		if err != nil {
			return fmt.Errorf("read rejects: %w", err)
		}
		if !started {
			if err := begin(r); err != nil {
				return fmt.Errorf("write rejects: %w", err)
			}
		}
		row = append(row[:0], strconv.Itoa(r.Line), cell(r.Column), cell(string(r.Code)), cell(r.Value), cell(r.Reason), correction(r.Code))
		if contained {
			row = append(row, cell(r.Entry))
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write rejects: %w", err)
		}
	}
	if !started {
		if err := begin(record.Reject{}); err != nil {
			return fmt.Errorf("write rejects: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write rejects: %w", err)
	}
	return nil
}

// cell makes a text safe for a spreadsheet. Characters are those OWASP lists
// for CSV injection, with the full-width forms that East Asian versions accept;
// blanks in front of one do not disarm it everywhere.
func cell(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	start := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	opening, _ := utf8.DecodeRuneInString(start) // RuneError when empty
	armed := strings.ContainsRune("=+-@＝＋－＠", opening)
	armed = armed && !isNegative(s) || strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") || strings.HasPrefix(s, "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if armed {
		return "'" + s
	}
	return s
}

// isNegative tells whether s is a minus and a number, with points or commas
// between its digits and nothing else.
func isNegative(s string) bool {
	digits, ok := strings.CutPrefix(s, "-")
	if !ok || digits == "" {
		return false
	}
	separated := true // no separator at the beginning, at the end, or twice
	for _, c := range []byte(digits) {
		separator := c == '.' || c == ','
		if separator && separated || !separator && (c < '0' || c > '9') {
			return false
		}
		separated = separator
	}
	return !separated
}
