package listing

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

type jsonWriter[T any] struct {
	out  *bufio.Writer
	buf  bytes.Buffer
	enc  *json.Encoder
	rows int64
}

// NewJSON writes one object, {"rows": [...], "totals": {...}}, one row a line,
// amounts as integer cents.
func NewJSON[T any](w io.Writer) Writer[T] {
	j := &jsonWriter[T]{out: bufio.NewWriter(w)}
	j.enc = json.NewEncoder(&j.buf)
	j.enc.SetEscapeHTML(false)
	return j
}

// Row takes a row.
func (j *jsonWriter[T]) Row(row *T) error {
	before := ",\n"
	if j.rows == 0 {
		before = `{"rows": [` + "\n"
	}
	j.rows++
	return j.write(before, row, "")
}

// Close writes the totals.
func (j *jsonWriter[T]) Close(t Totals) error {
	before := "\n" + `], "totals": `
	if j.rows == 0 {
		before = `{"rows": [], "totals": `
	}
	if err := j.write(before, t, "}\n"); err != nil {
		return err
	}
	if err := j.out.Flush(); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func (j *jsonWriter[T]) write(before string, v any, after string) error {
	j.buf.Reset()
	if err := j.enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	// A bufio.Writer repeats its first error: the last write tells of all.
	_, _ = j.out.WriteString(before)
	_, _ = j.out.Write(bytes.TrimSuffix(j.buf.Bytes(), []byte("\n")))
	if _, err := j.out.WriteString(after); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
