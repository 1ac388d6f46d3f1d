package report

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
)

// sheetRows is how many rows a sheet can hold, header included (ECMA-376).
const sheetRows = 1_048_576

const (
	sheetAnomalies = "Anomalie"
	sheetSummary   = "Riepilogo"
	sheetDecisions = "Decisioni"
)

// workbook writes anomalie.xlsx: one streamed sheet of anomalies, and the
// totals. It streams exactly one sheet because excelize writes the streamed
// ones in the order of a map.
type workbook struct {
	path   string
	file   *excelize.File
	stream *excelize.StreamWriter
	styles map[reflect.Type]int
	header int
	cells  []any
	rows   int
	left   int64 // anomalies the sheet has no room for
}

// createWorkbook prepares the sheet for so many anomalies: the dimension has
// to be said before the first row, or some readers see one row only.
func createWorkbook(path string, anomalies int64, day record.Date) (*workbook, error) {
	w := &workbook{path: path, file: excelize.NewFile()}
	rows := int(min(anomalies, sheetRows-1)) + 1
	if err := w.prepare(rows, day); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare %s: %w", path, err), w.file.Close())
	}
	return w, nil
}

func (w *workbook) prepare(rows int, day record.Date) error {
	if err := w.file.SetSheetName(w.file.GetSheetName(0), sheetSummary); err != nil {
		return err
	}
	if _, err := w.file.NewSheet(sheetAnomalies); err != nil {
		return err
	}
	// Not the clock: the same books give the same bytes.
	at := day.String() + "T00:00:00Z"
	if err := w.file.SetDocProps(&excelize.DocProperties{Creator: "quadra", LastModifiedBy: "quadra", Created: at, Modified: at,
		Title: "Anomalie", Language: "it-IT"}); err != nil {
		return err
	}
	if err := w.makeStyles(); err != nil {
		return err
	}
	shape := reflect.TypeFor[row]()
	columns := 0
	for columns < shape.NumField() && shape.Field(columns).IsExported() {
		columns++
	}
	last, err := excelize.CoordinatesToCellName(columns, rows)
	if err != nil {
		return err
	}
	if err := w.file.SetSheetDimension(sheetAnomalies, "A1:"+last); err != nil {
		return err
	}
	if err := w.file.AutoFilter(sheetAnomalies, "A1:"+last, nil); err != nil {
		return err
	}
	if w.stream, err = w.file.NewStreamWriter(sheetAnomalies); err != nil {
		return err
	}
	if err := w.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	w.cells = make([]any, columns)
	for i := range w.cells {
		width, err := strconv.ParseFloat(shape.Field(i).Tag.Get("width"), 64)
		if err != nil {
			return fmt.Errorf("column %s has no width: %w", shape.Field(i).Name, err)
		}
		if err := w.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		w.cells[i] = excelize.Cell{StyleID: w.header, Value: shape.Field(i).Tag.Get("csv")}
	}
	w.rows = 1
	return w.stream.SetRow("A1", w.cells)
}

func (w *workbook) makeStyles() error {
	w.styles = make(map[reflect.Type]int)
	euro, date := "#,##0.00", "dd/mm/yyyy"
	for _, s := range []struct {
		of    reflect.Type
		style *excelize.Style
	}{
		{typeMoney, &excelize.Style{CustomNumFmt: &euro}},
		{typeDay, &excelize.Style{CustomNumFmt: &date}},
	} {
		id, err := w.file.NewStyle(s.style)
		if err != nil {
			return err
		}
		w.styles[s.of] = id
	}
	var err error
	w.header, err = w.file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F3A5F"}},
		Alignment: &excelize.Alignment{Vertical: "center"},
	})
	return err
}

// add appends an anomaly, or counts it among those left out when the sheet is
// full.
func (w *workbook) add(r *row) error {
	if w.rows == sheetRows {
		w.left++
		return nil
	}
	w.rows++
	v := reflect.ValueOf(r).Elem()
	for i := range w.cells {
		w.cells[i] = w.cell(v.Field(i))
	}
	at, err := excelize.CoordinatesToCellName(1, w.rows)
	if err != nil {
		return err
	}
	return w.stream.SetRow(at, w.cells)
}

// cell is a value as the sheet keeps it: a number, a date or a text; nil is an
// empty one. A text is never a formula in a sheet, so it stays as it is.
func (w *workbook) cell(f reflect.Value) any {
	switch of := f.Type(); of {
	case typeMoney:
		if !f.FieldByName("known").Bool() {
			return nil
		}
		return excelize.Cell{StyleID: w.styles[of], Value: euros(record.Cents(f.FieldByName("cents").Int()))}
	case typeDay:
		if f.Int() == 0 {
			return nil
		}
		return excelize.Cell{StyleID: w.styles[of], Value: day(f.Int()).serial()}
	case typeCount:
		if !f.FieldByName("known").Bool() {
			return nil
		}
		return int(f.FieldByName("n").Int())
	}
	if f.String() == "" {
		return nil
	}
	return f.String()
}

var typeMoney, typeDay, typeCount = reflect.TypeFor[money](), reflect.TypeFor[day](), reflect.TypeFor[count]()

// euros is an amount as the number of a cell. A sheet knows no other number
// than a double: below 90 thousand billion euro the one nearest to the amount
// is written with exactly its cents.
func euros(c record.Cents) float64 { return float64(c) / 100 }

// finish writes the totals and the file. The zip goes straight to the disk:
// excelize would gather it in memory.
func (w *workbook) finish(totals, decisions [][]any) (err error) {
	defer func() { err = errors.Join(err, w.file.Close()) }()
	if err := w.stream.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", w.path, err)
	}
	if err := w.lines(sheetSummary, totals); err != nil {
		return fmt.Errorf("write %s: %w", w.path, err)
	}
	if len(decisions) > 0 {
		_, err := w.file.NewSheet(sheetDecisions)
		if err == nil {
			err = w.lines(sheetDecisions, decisions[:min(len(decisions), sheetRows)])
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", w.path, err)
		}
	}
	out, err := os.Create(w.path)
	if err != nil {
		return err
	}
	w.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return steadyZip{zip.NewWriter(out)} }
	if _, err := w.file.WriteToBuffer(); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", w.path, err), out.Close())
	}
	return out.Close()
}

// steadyZip dates every part 1 January 1980, the first day a zip knows: not the
// clock, and not the zeroes that some readers take for a broken date.
type steadyZip struct{ *zip.Writer }

// Create implements excelize.ZipWriter.
func (z steadyZip) Create(name string) (io.Writer, error) {
	return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
}

// lines fills a small sheet, its first line a header.
func (w *workbook) lines(sheet string, all [][]any) error {
	for i, line := range all {
		for k, v := range line {
			at, err := excelize.CoordinatesToCellName(k+1, i+1)
			if err != nil {
				return err
			}
			style := 0
			if m, ok := v.(money); ok {
				v, style = any(nil), w.styles[typeMoney]
				if m.known {
					v = euros(m.cents)
				}
			}
			if i == 0 {
				style = w.header
			}
			if err := w.file.SetCellValue(sheet, at, v); err != nil {
				return err
			}
			if err := w.file.SetCellStyle(sheet, at, at, style); err != nil {
				return err
			}
		}
	}
	return w.file.SetColWidth(sheet, "A", "F", 22)
}
