package listing

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"

	"github.com/gocarina/gocsv"

	"quadra/engine/formula"
)

// batch is how many rows are handed to gocsv at once: it writes slices, and
// one call per row would look up the row's type each time.
const batch = 256

// texts is the csv.Writer gocsv writes to: cells of the columns that hold texts
// are made safe for spreadsheets, numbers and dates are left alone.
type texts struct {
	*csv.Writer
	column []bool
	header bool // was written
	row    []string
}

func newTexts[T any](w io.Writer) *texts {
	out := &texts{Writer: csv.NewWriter(w)}
	out.Comma = ';'
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if !field.Anonymous && field.Tag.Get("csv") != "-" {
			out.column = append(out.column, field.Type.Kind() == reflect.String)
		}
	}
	return out
}

// Write writes a row.
func (t *texts) Write(row []string) error {
	if !t.header {
		t.header = true
		return t.Writer.Write(row)
	}
	t.row = t.row[:0]
	for i, text := range row {
		if t.column[i] {
			text = formula.Disarm(text)
		}
		t.row = append(t.row, text)
	}
	return t.Writer.Write(t.row)
}

type csvWriter[T any] struct {
	out  *texts
	rows []T
	err  error // of the header, told by the first call
}

// NewCSV writes semicolons, LF, UTF-8, the csv tags of T as header, amounts as
// 1234.56, dates and instants in ISO form, texts safe for spreadsheets (see
// [formula.Disarm]). The totals are not written: a CSV
// is data.
func NewCSV[T any](w io.Writer) Writer[T] {
	c := &csvWriter[T]{out: newTexts[T](w), rows: make([]T, 0, batch)}
	c.err = gocsv.MarshalCSV(c.rows, c.out)
	return c
}

// Row takes a row.
func (c *csvWriter[T]) Row(row *T) error {
	if c.err != nil {
		return fmt.Errorf("write CSV: %w", c.err)
	}
	c.rows = append(c.rows, *row)
	if len(c.rows) < batch {
		return nil
	}
	return c.flush()
}

// Close writes what is still held.
func (c *csvWriter[T]) Close(Totals) error {
	if c.err != nil {
		return fmt.Errorf("write CSV: %w", c.err)
	}
	return c.flush()
}

func (c *csvWriter[T]) flush() error {
	err := gocsv.MarshalCSVWithoutHeaders(c.rows, c.out)
	c.rows = c.rows[:0]
	if err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}
