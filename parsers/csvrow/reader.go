// Package csvrow reads the rows of the CSV files of this field as a stream.
//
// MyPay has written two dialects over the years and archives hold both: the
// current one doubles a quote inside a quoted field ("") and ends lines with
// LF, the older one puts a backslash before it (\") and ends lines with CRLF.
// Both are read at once, row by row, together with what spreadsheets make of
// them: fields with or without quotes, line ends inside quotes, a missing
// last line end. Blanks around a value are dropped, blank lines are skipped,
// and a quote inside a field that does not start with one (Tari "2026") is a
// quote like any other.
//
// A backslash before a quote is read as the older dialect does, unless what
// follows shows that the backslash is the last character of the value (the next
// field or the next row opens with a quote of its own).
//
// Quotes that do not balance cost one line, not the file: the row is a
// [*RowError] and reading goes on with the next line. encoding/csv would stop,
// and knows no backslash.
//
// Memory is one buffer, reused from row to row, as large as the longest row.
// The text must be UTF-8 already (package charset).
package csvrow

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
)

// Limits bound what a file can make the reader hold.
type Limits struct {
	MaxRow    int // bytes of one row, quotes and line ends included
	MaxFields int // fields of one row
}

// DefaultLimits fit a MyPay row that carries the whole receipt in base64 many
// times over.
func DefaultLimits() Limits { return Limits{MaxRow: 1 << 20, MaxFields: 512} }

// RowError says that one row cannot be told apart into fields. The reader has
// skipped its first line and can go on.
type RowError struct {
	Line   int
	Code   record.RejectCode // SYNTAX or COLUMNS
	Reason string            // for people, in Italian
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s: %s", e.Line, e.Code, e.Reason) }

// Reader reads rows. It is not safe for concurrent use.
type Reader struct {
	src       io.Reader
	separator byte
	limits    Limits

	buf      []byte
	pos, end int // what is not read yet is buf[pos:end]
	eof      bool

	literal bool // quotes are text

	line         int // of the first line not read yet
	rowLine      int
	unterminated bool

	spans  []span
	drops  []int // offsets of escape characters to leave out of a field
	fields [][]byte
}

// span is where a field lies in the row: its value without quotes, and which of
// the drops are its own.
type span struct{ start, end, firstDrop, lastDrop int }

const firstBuffer = 64 << 10

// NewReader returns a reader of the rows of r, which is UTF-8 text without
// byte-order mark. A zero limit means that of [DefaultLimits].
func NewReader(r io.Reader, separator byte, limits Limits) *Reader {
	standard := DefaultLimits()
	if limits.MaxRow <= 0 {
		limits.MaxRow = standard.MaxRow
	}
	if limits.MaxFields <= 0 {
		limits.MaxFields = standard.MaxFields
	}
	return &Reader{
		src: r, separator: separator, limits: limits, line: 1,
		buf: make([]byte, min(firstBuffer, limits.MaxRow+1)),
	}
}

// LiteralQuotes makes quotes text like any other, as those who write without
// quoting mean them: a separator and a line end always part. A value that stands
// in one pair of quotes, and has no other, is given without them all the same.
func (r *Reader) LiteralQuotes() { r.literal = true }

// Next returns the fields of the next row; they are valid until the following
// call. At the end the error is io.EOF. A [*RowError] concerns one row only; a
// [*record.FileError] (LIMIT, or TRUNCATED when the file ends inside quotes on
// its last line) and any other error end the reading.
func (r *Reader) Next() ([][]byte, error) {
	for {
		row := r.buf[r.pos:r.end]
		if len(row) == 0 && r.eof {
			return nil, io.EOF
		}
		used, verdict := r.split(row)
		if verdict > more && r.firstLineEnd(row) < 0 {
			verdict = more // a broken row is left behind by whole lines
		}
		switch verdict {
		case more:
			if err := r.fill(); err != nil {
				return nil, err
			}
		case complete:
			r.advance(row, used)
			r.unterminated = row[used-1] != '\n'
			if fields := r.values(row); len(fields) > 1 || len(fields[0]) > 0 {
				return fields, nil
			}
		default:
			return nil, r.broken(row, verdict)
		}
	}
}

// Line is the line the last row starts on, from 1.
func (r *Reader) Line() int { return r.rowLine }

// Unterminated tells whether the last row is the last of the file and ends
// without a line end: if it also lacks fields, the file has been cut.
func (r *Reader) Unterminated() bool { return r.unterminated }

func (r *Reader) advance(row []byte, used int) {
	r.rowLine = r.line
	r.line += bytes.Count(row[:used], newline)
	r.pos += used
}

var newline = []byte{'\n'}

// firstLineEnd is the length of the first line of a row, line end included; the
// end of the file ends a line. It is -1 while the end has not been read.
func (r *Reader) firstLineEnd(row []byte) int {
	if n := bytes.IndexByte(row, '\n'); n >= 0 {
		return n + 1
	}
	if r.eof || len(row) > r.limits.MaxRow {
		return len(row)
	}
	return -1
}

// broken skips the first line of a row that cannot be split, and says why.
func (r *Reader) broken(row []byte, v verdict) error {
	first := r.firstLineEnd(row)
	if row[first-1] != '\n' {
		switch {
		case !r.eof:
			return &record.FileError{
				Line: r.line, Code: record.FileLimit,
				Message: fmt.Sprintf("la riga supera il limite di %d byte: controllare che il file sia un CSV con una riga per record", r.limits.MaxRow),
			}
		case v == unclosed:
			return &record.FileError{
				Line: r.line, Code: record.FileTruncated, Cause: io.ErrUnexpectedEOF,
				Message: "il file finisce a metà di un campo tra virgolette: è incompleto, farselo mandare di nuovo",
			}
		}
	}
	r.advance(row, first)
	e := &RowError{Line: r.rowLine, Code: record.RejectSyntax}
	switch v {
	case unclosed:
		e.Reason = "le virgolette aperte in questa riga non si chiudono: raddoppiare quelle che fanno parte del testo"
	case stray:
		e.Reason = "dopo le virgolette di chiusura c'è altro testo: raddoppiare le virgolette che fanno parte del testo"
	case wide:
		e.Code = record.RejectColumns
		e.Reason = fmt.Sprintf("la riga ha più di %d campi", r.limits.MaxFields)
	}
	return e
}

// fill makes room and reads until the buffer is full or the file ends.
func (r *Reader) fill() error {
	if r.pos > 0 {
		r.end = copy(r.buf, r.buf[r.pos:r.end])
		r.pos = 0
	}
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, min(len(r.buf), r.limits.MaxRow+1-len(r.buf)))...)
	}
	for r.end < len(r.buf) {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if errors.Is(err, io.EOF) {
			r.eof = true
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the rows after line %d: %w", r.line-1, err)
		}
	}
	return nil
}

// values cuts the fields of the split row out of the buffer.
func (r *Reader) values(row []byte) [][]byte {
	r.fields = r.fields[:0]
	for _, s := range r.spans {
		value := row[s.start:s.end]
		if s.firstDrop < s.lastDrop {
			value = without(row, s, r.drops[s.firstDrop:s.lastDrop])
		}
		value = trim(value)
		if r.literal {
			value = unpaired(value)
		}
		r.fields = append(r.fields, value)
	}
	return r.fields
}

// without moves the bytes of a field over the escape characters it had.
func without(row []byte, s span, drops []int) []byte {
	to := drops[0]
	for i, drop := range drops {
		next := s.end
		if i+1 < len(drops) {
			next = drops[i+1]
		}
		to += copy(row[to:], row[drop+1:next])
	}
	return row[s.start:to]
}

// unpaired is a value without the one pair of quotes it stands in.
func unpaired(b []byte) []byte {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' || bytes.Count(b, []byte{'"'}) != 2 {
		return b
	}
	return trim(b[1 : len(b)-1])
}

func trim(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}
