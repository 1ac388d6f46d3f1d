package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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

// workbook writes the spreadsheet. excelize makes the workbook - styles, frozen
// header, filter, small sheets - and the sheet of the table with its header; the
// rows go straight from the stream into the file, between the two halves of that
// sheet, so that neither memory nor a second file holds them.
type workbook struct {
	w      *Writer
	sheets Sheets
	name   string // of the sheet
	file   *excelize.File
	part   string // of the sheet within the workbook
	money  int    // styles
	day    int
	header int
	at     []int
	names  []string // of the columns in references: A, B...
	out    *os.File
	zip    steadyZip
	sheet  io.Writer // the part of the sheet, open until the other parts are written
	said   int       // rows the sheet says it has; 0: it does not say
	rows   int
	left   int64
	bytes  []byte
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
		x.said = int(min(rows+1, sheetRows))
		if dimension, err = x.extent(x.said); err != nil {
			return err
		}
	}
	if err := x.file.SetSheetDimension(x.name, dimension); err != nil {
		return err
	}
	if err := x.heading(); err != nil {
		return err
	}
	return x.open()
}

// heading writes the first row, which stays in sight, and the widths.
func (x *workbook) heading() error {
	if err := x.file.SetPanes(x.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for k, i := range x.at {
		c := &x.w.def.Columns[i]
		name, err := excelize.ColumnNumberToName(k + 1)
		if err != nil {
			return err
		}
		x.names = append(x.names, name)
		if err := errors.Join(x.file.SetColWidth(x.name, name, name, c.Width), x.file.SetCellStr(x.name, name+"1", c.Key),
			x.file.SetCellStyle(x.name, name+"1", name+"1", x.header)); err != nil {
			return err
		}
	}
	x.rows = 1
	return nil
}

// open begins the file with the sheet of the table, as far as its last row.
func (x *workbook) open() error {
	sheets := x.file.GetSheetList()
	x.part = "xl/worksheets/sheet" + strconv.Itoa(len(sheets)) + ".xml" // sheets are numbered as they are made
	whole, err := x.render(nil)
	if err != nil {
		return err
	}
	first, _, found := bytes.Cut(whole, endOfRows)
	if !found {
		return fmt.Errorf("sheet %s of the workbook has no rows", x.name)
	}
	if x.out, err = os.Create(filepath.Join(x.w.opt.Dir, x.w.def.Name+".xlsx")); err != nil {
		return err
	}
	x.zip = newSteadyZip(x.out)
	x.sheet, err = x.zip.Create(x.part)
	if err == nil {
		_, err = x.sheet.Write(first)
	}
	if err != nil {
		return errors.Join(err, x.out.Close())
	}
	return nil
}

var endOfRows = []byte("</sheetData>")

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

func (x *workbook) add(b *batch) error {
	columns := len(x.w.def.Columns)
	out := x.bytes[:0]
	for r := range b.rows {
		if x.rows == sheetRows {
			x.left += int64(b.rows - r)
			break
		}
		x.rows++
		row := strconv.Itoa(x.rows)
		out = append(append(append(out, `<row r="`...), row...), `">`...)
		cells := b.cells[r*columns : (r+1)*columns]
		for k, i := range x.at {
			if cells[i].known {
				out = append(append(append(out, `<c r="`...), x.names[k]...), row...)
				out = x.cell(out, i, cells[i])
			}
		}
		out = append(out, `</row>`...)
	}
	x.bytes = out
	_, err := x.sheet.Write(out)
	return err
}

// spreadsheets count days from 30 December 1899.
var dayZero = record.NewDate(1899, time.December, 30)

// cell is a value as the sheet keeps it: a number, a date or a text. A text is
// never a formula in a sheet, so it stays as it is. An amount is written with
// exactly its cents.
func (x *workbook) cell(out []byte, i int, cell Cell) []byte {
	number := func(style int) []byte {
		if style > 0 {
			out = strconv.AppendInt(append(out, `" s="`...), int64(style), 10)
		}
		return append(out, `"><v>`...)
	}
	text := cell.text
	switch x.w.def.Columns[i].Kind {
	case KindCents:
		amount := strings.TrimRight(strings.TrimRight(record.Cents(cell.number).String(), "0"), ".")
		return append(append(number(x.money), amount...), `</v></c>`...)
	case KindDate:
		return append(strconv.AppendInt(number(x.day), int64(record.Date(cell.number)-dayZero), 10), `</v></c>`...)
	case KindInt:
		return append(strconv.AppendInt(number(0), cell.number, 10), `</v></c>`...)
	case KindCode:
		text = x.w.values[i].title(cell)
	case KindText:
	}
	out = append(out, `" t="inlineStr"><is><t`...)
	if strings.TrimSpace(text) != text {
		out = append(out, ` xml:space="preserve"`...)
	}
	out = appendXML(append(out, '>'), text)
	return append(out, `</t></is></c>`...)
}

// longestCell is how many characters a cell holds.
const longestCell = 32_767

// appendXML appends a text as XML may carry it.
func appendXML(out []byte, s string) []byte {
	length := 0
	for _, r := range s {
		if length++; length > longestCell {
			break
		}
		switch {
		case r == '<':
			out = append(out, "&lt;"...)
		case r == '>':
			out = append(out, "&gt;"...)
		case r == '&':
			out = append(out, "&amp;"...)
		case r == '"':
			out = append(out, "&#34;"...)
		case r < ' ' && r != '\t' && r != '\n', r == '\ufffe', r == '\uffff': // XML has no such characters
			out = append(out, ' ')
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

// close writes what comes after the rows, and the other parts.
func (x *workbook) close(*Summary) (err error) {
	defer func() { err = errors.Join(err, x.out.Close(), x.file.Close()) }()
	if x.said > 0 && x.rows != x.said && x.w.ctx.Err() == nil {
		return fmt.Errorf("the sheet has %d rows, it was to have %d", x.rows, x.said)
	}
	extent, err := x.extent(x.rows)
	if err != nil {
		return err
	}
	if err := x.file.AutoFilter(x.name, extent, nil); err != nil {
		return err
	}
	if err := x.small(); err != nil {
		return err
	}
	// The sheet first: a part of a zip ends when the next one begins.
	whole, err := x.render(nil)
	if err != nil {
		return err
	}
	if _, last, _ := bytes.Cut(whole, endOfRows); len(last) > 0 {
		_, err = x.sheet.Write(append(slices.Clone(endOfRows), last...))
	}
	if err == nil {
		_, err = x.render(&x.zip)
	}
	return errors.Join(err, x.zip.Close())
}
