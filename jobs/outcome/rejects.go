package outcome

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"

	"quadra/engine/formula"
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
		row = append(row[:0], strconv.Itoa(r.Line), formula.Disarm(r.Column), formula.Disarm(string(r.Code)), formula.Disarm(r.Value), formula.Disarm(r.Reason), correction(r.Code))
		if contained {
			row = append(row, formula.Disarm(r.Entry))
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
