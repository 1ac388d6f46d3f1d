package cash

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
)

// ReadXLSX reads movements from the first sheet of a workbook whose top ten rows
// fit a layout. Layouts, columns, amounts and days are as in [ReadCSV], and cells
// may also hold numbers and dates of the spreadsheet; a formula counts with the
// value the spreadsheet saved. Empty rows are left out. A line is the number of
// the row in the sheet.
//
// The workbook is held in memory. File errors: those of [ReadCSV], TRUNCATED or
// CONTAINER when the workbook is cut or damaged, UNKNOWN_FORMAT when it is no
// XLSX (an XLS, one with a password).
func ReadXLSX(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	doc := record.Doc{Format: containerXLSX}
	empty := Summary{Doc: preset("provvisori").docOf(doc)}
	packed, err := wholeWorkbook(in, opt.MaxBytes)
	if err != nil {
		return empty, err
	}
	// With both limits equal nothing is unpacked to disk.
	book, err := excelize.OpenReader(bytes.NewReader(packed), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: opt.MaxBytes, UnzipXMLSizeLimit: opt.MaxBytes,
	})
	if err != nil {
		return empty, damaged(err)
	}
	s, found, err := readSheets(ctx, book, doc, opt, sink)
	err = errors.Join(err, book.Close())
	if found || err != nil {
		return s, err
	}
	return empty, noSheet()
}

// readSheets reads the first sheet that fits a layout.
func readSheets(ctx context.Context, book *excelize.File, doc record.Doc, opt Options, sink Sink) (s Summary, found bool, err error) {
	properties, err := book.GetWorkbookProps()
	if err != nil {
		return s, false, damaged(err)
	}
	cells := opt.MaxCells
	for _, sheet := range book.GetSheetList() {
		rows, err := book.Rows(sheet)
		if err != nil {
			return s, false, damaged(err)
		}
		src := &xlsxRows{rows: rows, cells: &cells, date1904: properties.Date1904 != nil && *properties.Date1904}
		s, found, err := chooseAndRead(ctx, src, doc, opt, sink)
		if err = errors.Join(err, rows.Close()); found || err != nil {
			return s, found, err
		}
	}
	return s, false, nil
}

// noSheet is the error of a workbook none of whose sheets fits a layout.
func noSheet() error {
	provvisori := preset("provvisori")
	return &record.FileError{
		Code: record.FileHeader,
		Message: fmt.Sprintf("nessun foglio ha nelle prime %d righe le intestazioni dei provvisori (%s, %s, %s, ...) o di un altro tracciato",
			layoutRows, provvisori.title(colYear), provvisori.title(colNumber), provvisori.title(colBooked)),
	}
}

// xlsxRows is a sheet as a table.
type xlsxRows struct {
	rows     *excelize.Rows
	cells    *int // counts down to the limit of the workbook
	line     int
	date1904 bool
}

// Next gives the next row, empty ones included.
func (x *xlsxRows) Next() ([]string, int, error) {
	x.line++
	if !x.rows.Next() {
		if err := x.rows.Error(); err != nil {
			return nil, x.line, damaged(err)
		}
		return nil, x.line, io.EOF
	}
	fields, err := x.rows.Columns()
	if err != nil {
		return nil, x.line, damaged(err)
	}
	if *x.cells -= len(fields); *x.cells < 0 {
		return nil, x.line, &record.FileError{
			Line: x.line, Code: record.FileLimit,
			Message: "la cartella di lavoro ha troppe celle: togliere i fogli e le colonne che non servono",
		}
	}
	return fields, x.line, nil
}

// Date1904 tells whether serial days count from 1904.
func (x *xlsxRows) Date1904() bool { return x.date1904 }
