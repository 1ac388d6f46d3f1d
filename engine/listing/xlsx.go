package listing

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
)

const (
	sheet     = "Elenco"
	sheetRows = 1_048_576 // of any sheet: https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
)

type xlsxWriter[T any] struct {
	out    io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	at     [][]int // the fields of a row, those of embedded structs among them
	cells  []any
	rows   int
	money  int // styles
	day    int
	err    error // of the heading, told by the first call
}

// NewXLSX writes a workbook with one sheet: the csv tags of T as a header that
// stays in sight, amounts as numbers, days as dates, texts as texts, which never
// run as formulas. The totals are not written. A sheet has room for a million rows:
// what is beyond is an error that says to ask for CSV. The rows go through a file on
// the disk, so that memory stays flat; the same rows give the same bytes.
func NewXLSX[T any](w io.Writer) Writer[T] {
	x := &xlsxWriter[T]{out: w, file: excelize.NewFile()}
	x.err = x.begin()
	return x
}

func (x *xlsxWriter[T]) begin() (err error) {
	if err := x.file.SetSheetName(x.file.GetSheetName(0), sheet); err != nil {
		return err
	}
	euro, date := "#,##0.00", "dd/mm/yyyy"
	if x.money, err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &euro}); err != nil {
		return err
	}
	if x.day, err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &date}); err != nil {
		return err
	}
	bold, err := x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if x.stream, err = x.file.NewStreamWriter(sheet); err != nil {
		return err
	}
	if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if name := f.Tag.Get("csv"); !f.Anonymous && name != "-" {
			x.at = append(x.at, f.Index)
			x.cells = append(x.cells, excelize.Cell{StyleID: bold, Value: name})
		}
	}
	if err := x.stream.SetColWidth(1, len(x.cells), 18); err != nil {
		return err
	}
	return x.line()
}

func (x *xlsxWriter[T]) line() error {
	x.rows++
	return x.stream.SetRow("A"+strconv.Itoa(x.rows), x.cells)
}

// Row takes a row.
func (x *xlsxWriter[T]) Row(row *T) error {
	if x.err == nil && x.rows == sheetRows {
		x.err = fmt.Errorf("a sheet has room for %d rows: ask for --format csv", sheetRows-1)
	}
	if x.err != nil {
		return fmt.Errorf("write XLSX: %w", errors.Join(x.err, x.file.Close()))
	}
	v := reflect.ValueOf(row).Elem()
	for i, at := range x.at {
		x.cells[i] = x.cell(v.FieldByIndex(at).Interface())
	}
	if err := x.line(); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return nil
}

// cell is a value as a sheet keeps it; nil is an empty one.
func (x *xlsxWriter[T]) cell(v any) any {
	switch v := v.(type) {
	case record.Cents:
		// A sheet knows no other number than a double: below 90 thousand billion
		// euro the nearest one is shown with exactly these cents.
		return excelize.Cell{StyleID: x.money, Value: float64(v) / 100}
	case record.Date:
		if v == 0 {
			return nil
		}
		return excelize.Cell{StyleID: x.day, Value: int(v - record.NewDate(1899, time.December, 30))}
	case int:
		return v
	case int64:
		return v
	case time.Time, bool:
		return shown(v)
	}
	if text := fmt.Sprint(v); text != "" {
		return text
	}
	return nil
}

// Close writes the workbook.
func (x *xlsxWriter[T]) Close(Totals) error {
	err := x.err
	if err == nil {
		err = x.stream.Flush()
	}
	if err == nil {
		_, err = x.file.WriteTo(x.out)
	}
	if err = errors.Join(err, x.file.Close()); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return nil
}
