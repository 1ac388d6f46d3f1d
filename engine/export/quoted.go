package export

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"quadra/engine/record"
)

// quoted writes rows as the older systems do, every field between quotes, which
// encoding/csv cannot: separator ;, quotes inside a field escaped. It counts the
// rows that follow the header.
type quoted struct {
	w      io.Writer
	escape byte // before a quote: \ (Talend, which escapes itself too) or another quote (MyPay)
	eol    string
	buf    []byte
	fresh  bool // the row has no field yet
	rows   int

	ambiguous int // fields a reader of both dialects cannot tell; see [ambiguous]
}

func newQuoted(w io.Writer, escape byte, eol string, header []string) (*quoted, error) {
	q := &quoted{w: w, escape: escape, eol: eol, fresh: true}
	for _, name := range header {
		put(q, name)
	}
	if err := q.end(); err != nil {
		return nil, fmt.Errorf("write the header: %w", err)
	}
	q.rows = 0
	return q, nil
}

func (q *quoted) begin() {
	if !q.fresh {
		q.buf = append(q.buf, ';')
	}
	q.fresh = false
	q.buf = append(q.buf, '"')
}

// put appends a field.
func put[T ~string | ~[]byte](q *quoted, text T) {
	q.begin()
	if q.escape == '"' && ambiguous(string(text)) {
		q.ambiguous++
	}
	for i := range len(text) {
		c := text[i]
		if c == '"' || c == '\\' && q.escape == '\\' {
			q.buf = append(q.buf, q.escape)
		}
		q.buf = append(q.buf, c)
	}
	q.buf = append(q.buf, '"')
}

// ambiguous says that a text has a backslash before a quote before a separator or
// a line end. With quotes doubled that looks like the end of a field whose last
// quote the older dialect escaped, and no way of writing it does not.
func ambiguous(text string) bool {
	for i := strings.Index(text, `\"`); i >= 0 && i+2 < len(text); {
		if c := text[i+2]; c == ';' || c == '\n' || c == '\r' {
			return true
		}
		next := strings.Index(text[i+2:], `\"`)
		if next < 0 {
			return false
		}
		i += 2 + next
	}
	return false
}

// number appends a field that is a count; 0 is written.
func (q *quoted) number(n int64) {
	q.begin()
	q.buf = strconv.AppendInt(q.buf, n, 10)
	q.buf = append(q.buf, '"')
}

// cents appends an amount: dot, two decimals, no thousands.
func (q *quoted) cents(c record.Cents) { put(q, c.String()) }

// blank appends empty fields.
func (q *quoted) blank(n int) {
	for range n {
		put(q, "")
	}
}

// end writes the row.
func (q *quoted) end() error {
	q.buf = append(q.buf, q.eol...)
	_, err := q.w.Write(q.buf)
	q.buf, q.fresh = q.buf[:0], true
	if err != nil {
		return fmt.Errorf("write row %d: %w", q.rows+1, err)
	}
	q.rows++
	return nil
}
