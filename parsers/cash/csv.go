package cash

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/field"
)

// ReadCSV reads provvisori from a CSV with a header row. in is UTF-8 text
// without byte-order mark, as package charset gives it. The separator, one of
// semicolon, comma and tab, is found from the header; columns are found by
// name. Amounts and dates are read as [field.Amount] and [field.Date] do.
//
// File errors: EMPTY without a row, HEADER without a mandatory column,
// TRUNCATED when the last row lacks fields and its line end, LIMIT.
func ReadCSV(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	s := newStream(ctx, opt, FormatCSV, sink)
	err := s.readCSV(in)
	return s.Summary, err
}

func (s *stream) readCSV(in io.Reader) error {
	buffered := bufio.NewReaderSize(in, headerBytes)
	start, err := buffered.Peek(headerBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the header: %w", err)
	}
	rows := csvrow.NewReader(buffered, separator(start), csvrow.Limits{})
	first, err := rows.Next()
	switch {
	case errors.Is(err, io.EOF):
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case err != nil:
		return headerError(err)
	}
	fields := texts(nil, first)
	cols, err := header(fields, rows.Line())
	if err != nil {
		return err
	}
	if err := s.open(); err != nil {
		return err
	}
	layout := provvisori{columns: cols, amount: field.Amount, date: field.Date}
	width, need := len(fields), cols.width()
	var m record.Movement
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var broken *csvrow.RowError
		if err != nil && !errors.As(err, &broken) {
			return err
		}
		if broken != nil {
			if err := s.row(broken.Line); err != nil {
				return err
			}
			if err := s.refuse(&record.Reject{Line: broken.Line, Code: broken.Code, Reason: broken.Reason}); err != nil {
				return err
			}
			continue
		}
		fields = texts(fields, row)
		if blank(fields) {
			continue
		}
		if err := s.row(rows.Line()); err != nil {
			return err
		}
		if len(fields) < need && rows.Unterminated() {
			return &record.FileError{
				Line: rows.Line(), Code: record.FileTruncated,
				Message: "l'ultima riga è incompleta: il file è stato tagliato, farselo mandare di nuovo",
			}
		}
		bad := countFields(rows.Line(), fields, need, width)
		if bad == nil {
			bad = layout.movement(rows.Line(), fields, &m)
		}
		if bad != nil {
			err = s.refuse(bad)
		} else {
			err = s.accept(&m)
		}
		if err != nil {
			return err
		}
	}
}

// headerBytes is how much of a file is looked at for its separator.
const headerBytes = 4096

// separator is the one that makes the first line that is not blank look most
// like the header.
func separator(start []byte) byte {
	line, _, _ := bytes.Cut(bytes.TrimLeft(start, " \t\r\n"), []byte("\n"))
	best, most := byte(';'), 0
	for _, mark := range []byte(";,\t") {
		if _, known, _ := findColumns(strings.Split(string(line), string(mark))); known > most {
			best, most = mark, known
		}
	}
	return best
}

// headerError turns the fault of a header row into one of the file.
func headerError(err error) error {
	var broken *csvrow.RowError
	if errors.As(err, &broken) {
		return &record.FileError{
			Line: broken.Line, Code: record.FileHeader, Cause: err,
			Message: "l'intestazione non si può leggere: " + broken.Reason,
		}
	}
	return err
}

// countFields refuses a row with too few fields, or with more than the header
// has: a separator inside the remittance text moves the columns after it.
func countFields(line int, fields []string, need, width int) *record.Reject {
	switch {
	case len(fields) < need:
		return &record.Reject{
			Line: line, Code: record.RejectColumns,
			Reason: fmt.Sprintf("la riga ha %d campi, ne servono almeno %d", len(fields), need),
		}
	case len(fields) > width && !blank(fields[width:]):
		return &record.Reject{
			Line: line, Code: record.RejectColumns,
			Reason: fmt.Sprintf("la riga ha %d campi, l'intestazione %d: chiudere tra virgolette i testi che contengono il separatore",
				len(fields), width),
		}
	}
	return nil
}

// texts copies the fields of a row, which the reader reuses.
func texts(to []string, row [][]byte) []string {
	to = to[:0]
	for _, f := range row {
		to = append(to, string(f))
	}
	return to
}

func blank(fields []string) bool {
	for _, f := range fields {
		if strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}
