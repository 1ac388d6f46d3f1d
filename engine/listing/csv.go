package listing

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/gocarina/gocsv"
)

// batch is how many rows are handed to gocsv at once: it writes slices, and
// one call per row would look up the row's type each time.
const batch = 256

type csvWriter[T any] struct {
	out  *csv.Writer
	rows []T
	err  error // of the header, told by the first call
}

// NewCSV writes semicolons, LF, UTF-8, the csv tags of T as header, amounts as
// 1234.56, dates and instants in ISO form. The totals are not written: a CSV
// is data.
func NewCSV[T any](w io.Writer) Writer[T] {
	c := &csvWriter[T]{out: csv.NewWriter(w), rows: make([]T, 0, batch)}
	c.out.Comma = ';'
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
