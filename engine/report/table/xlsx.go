package table

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
)

// sheetRows is how many rows a sheet can hold, header included (ECMA-376).
const sheetRows = 1_048_576

// Sheet is a small sheet beside that of the table. Its first line is a header;
// a [record.Cents] is shown as an amount.
type Sheet struct {
	Name  string
	Lines [][]any
}

// Sheets are small sheets of a workbook, made when the table is whole.
type Sheets struct {
	First string // name of the one that comes before the table; empty: none
	// Fill makes them; left is how many rows the sheet of the table had no room
	// for. It is called from another goroutine.
	Fill func(left int64) []Sheet
}

// workbook writes the spreadsheet. It streams exactly one sheet because excelize
// writes the streamed ones in the order of a map.
type workbook struct {
	w      *Writer
	sheets Sheets
	name   string // of the sheet
	file   *excelize.File
	stream *excelize.StreamWriter
	money  int // styles
	day    int
	header int
	at     []int
	cells  []any
	rows   int
	left   int64
}

func newXLSX(w *Writer, rows int64, sheets Sheets) (*workbook, error) {
	x := &workbook{w: w, sheets: sheets, name: sheetName(w.def.Title.In(w.opt.Language)), file: excelize.NewFile(), at: w.def.columnsIn(Files)}
	if err := x.prepare(rows); err != nil {
		return nil, errors.Join(err, x.file.Close())
	}
	return x, nil
}

// sheetName is a title as a sheet can be called: at most 31 characters.
func sheetName(title string) string {
	const longest = 31
	if name := []rune(title); len(name) > longest {
		return string(name[:longest])
	}
	return title
}

// prepare begins the sheet. Its dimension has to be said before the first row,
// or some readers see one row only; where it is not known nothing is said.
func (x *workbook) prepare(rows int64) (err error) {
	first := x.file.GetSheetName(0)
	if x.sheets.First != "" {
		if err := x.file.SetSheetName(first, x.sheets.First); err != nil {
			return err
		}
		if _, err := x.file.NewSheet(x.name); err != nil {
			return err
		}
	} else if err := x.file.SetSheetName(first, x.name); err != nil {
		return err
	}
	// Not the clock: the same books give the same bytes.
	at := x.w.opt.AsOf.String() + "T00:00:00Z"
	language := "it-IT"
	if x.w.opt.Language == "en" {
		language = "en-GB"
	}
	if err := x.file.SetDocProps(&excelize.DocProperties{Creator: "quadra", LastModifiedBy: "quadra", Created: at, Modified: at,
		Title: x.name, Language: language}); err != nil {
		return err
	}
	if err := x.makeStyles(); err != nil {
		return err
	}
	dimension := ""
	if rows >= 0 {
		if dimension, err = x.extent(int(min(rows+1, sheetRows))); err != nil {
			return err
		}
	}
	if err := x.file.SetSheetDimension(x.name, dimension); err != nil {
		return err
	}
	if x.stream, err = x.file.NewStreamWriter(x.name); err != nil {
		return err
	}
	if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for k, i := range x.at {
		c := &x.w.def.Columns[i]
		if err := x.stream.SetColWidth(k+1, k+1, c.Width); err != nil {
			return err
		}
		x.cells = append(x.cells, excelize.Cell{StyleID: x.header, Value: c.Key})
	}
	return x.line()
}

// extent is the range of so many rows, header included.
func (x *workbook) extent(rows int) (string, error) {
	last, err := excelize.CoordinatesToCellName(len(x.at), rows)
	return "A1:" + last, err
}

func (x *workbook) makeStyles() (err error) {
	euro, date := "#,##0.00", "dd/mm/yyyy"
	if x.money, err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &euro}); err != nil {
		return err
	}
	if x.day, err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &date}); err != nil {
		return err
	}
	x.header, err = x.file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F3A5F"}},
		Alignment: &excelize.Alignment{Vertical: "center"},
	})
	return err
}

func (x *workbook) line() error {
	x.rows++
	return x.stream.SetRow("A"+strconv.Itoa(x.rows), x.cells)
}

func (x *workbook) add(b *batch) error {
	columns := len(x.w.def.Columns)
	for r := range b.rows {
		if x.rows == sheetRows {
			x.left += int64(b.rows - r)
			return nil
		}
		cells := b.cells[r*columns : (r+1)*columns]
		for k, i := range x.at {
			x.cells[k] = x.cell(i, cells[i])
		}
		if err := x.line(); err != nil {
			return err
		}
	}
	return nil
}

// spreadsheets count days from 30 December 1899.
var dayZero = record.NewDate(1899, time.December, 30)

// cell is a value as the sheet keeps it: a number, a date or a text; nil is an
// empty one. A text is never a formula in a sheet, so it stays as it is.
func (x *workbook) cell(i int, cell Cell) any {
	if !cell.known {
		return nil
	}
	switch x.w.def.Columns[i].Kind {
	case KindCents:
		return excelize.Cell{StyleID: x.money, Value: euros(record.Cents(cell.number))}
	case KindDate:
		return excelize.Cell{StyleID: x.day, Value: int(record.Date(cell.number) - dayZero)}
	case KindInt:
		return int(cell.number)
	case KindCode:
		return x.w.values[i].title(cell)
	case KindText:
	}
	return cell.text
}

// euros is an amount as the number of a cell. A sheet knows no other number
// than a double: below 90 thousand billion euro the one nearest to the amount
// is written with exactly its cents.
func euros(c record.Cents) float64 { return float64(c) / 100 }

// close writes the small sheets and the file. The zip goes straight to the disk:
// excelize would gather it in memory.
func (x *workbook) close(*Summary) (err error) {
	defer func() { err = errors.Join(err, x.file.Close()) }()
	extent, err := x.extent(x.rows)
	if err != nil {
		return err
	}
	if err := x.file.AutoFilter(x.name, extent, nil); err != nil {
		return err
	}
	if err := x.stream.Flush(); err != nil {
		return err
	}
	if err := x.small(); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(x.w.opt.Dir, x.w.def.Name+".xlsx"))
	if err != nil {
		return err
	}
	x.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return newSteadyZip(out) }
	if _, err := x.file.WriteToBuffer(); err != nil {
		return errors.Join(err, out.Close())
	}
	return out.Close()
}

func (x *workbook) small() error {
	if x.sheets.Fill == nil {
		return nil
	}
	for _, s := range x.sheets.Fill(x.left) {
		if s.Name != x.sheets.First {
			if _, err := x.file.NewSheet(s.Name); err != nil {
				return err
			}
		}
		if err := x.fill(s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	return nil
}

// fill writes a small sheet.
func (x *workbook) fill(s Sheet) error {
	for i, line := range s.Lines[:min(len(s.Lines), sheetRows)] {
		for k, v := range line {
			at, err := excelize.CoordinatesToCellName(k+1, i+1)
			if err != nil {
				return err
			}
			style := 0
			switch c := v.(type) {
			case record.Cents:
				v, style = euros(c), x.money
			case record.Date:
				v, style = int(c-dayZero), x.day
				if c == 0 {
					v = nil
				}
			}
			if i == 0 {
				style = x.header
			}
			if err := x.file.SetCellValue(s.Name, at, v); err != nil {
				return err
			}
			if err := x.file.SetCellStyle(s.Name, at, at, style); err != nil {
				return err
			}
		}
	}
	return x.file.SetColWidth(s.Name, "A", "F", 22)
}

// steadyZip dates every part 1 January 1980, the first day a zip knows: not the
// clock, and not the zeroes that some readers take for a broken date.
type steadyZip struct{ *zip.Writer }

func newSteadyZip(out io.Writer) steadyZip {
	z := zip.NewWriter(out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return steadyZip{z}
}

// Create implements excelize.ZipWriter.
func (z steadyZip) Create(name string) (io.Writer, error) {
	return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
}
