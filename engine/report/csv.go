package report

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gocarina/gocsv"
)

// csvTable writes a CSV the way Italian spreadsheets open it: UTF-8 with a byte
// order mark, `;`, CRLF. Rows are marshalled some at a time, so memory does not
// follow their number.
type csvTable[T any] struct {
	file    *os.File
	buffer  *bufio.Writer
	csv     *gocsv.SafeCSVWriter
	pending []*T
}

const (
	byteOrderMark = "\ufeff"
	rowsAtATime   = 512
)

func createTable[T any](path string) (*csvTable[T], error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	t := &csvTable[T]{file: f, buffer: bufio.NewWriterSize(f, 1<<16)}
	w := csv.NewWriter(t.buffer)
	w.Comma, w.UseCRLF = ';', true
	t.csv = gocsv.NewSafeCSVWriter(w)
	_, err = io.WriteString(t.buffer, byteOrderMark)
	if err == nil {
		err = gocsv.MarshalCSV([]*T{}, t.csv) // the header alone
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write %s: %w", path, err), f.Close())
	}
	return t, nil
}

// add appends a copy of the row.
func (t *csvTable[T]) add(r T) error {
	t.pending = append(t.pending, &r)
	if len(t.pending) < rowsAtATime {
		return nil
	}
	return t.flush()
}

func (t *csvTable[T]) flush() error {
	if len(t.pending) == 0 {
		return nil
	}
	err := gocsv.MarshalCSVWithoutHeaders(t.pending, t.csv)
	t.pending = t.pending[:0]
	if err != nil {
		return fmt.Errorf("write %s: %w", t.file.Name(), err)
	}
	return nil
}

// close writes what is pending and closes the file.
func (t *csvTable[T]) close() error {
	err := t.flush()
	t.csv.Flush()
	return errors.Join(err, t.csv.Error(), t.buffer.Flush(), t.file.Close())
}
