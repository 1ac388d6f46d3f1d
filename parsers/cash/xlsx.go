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

// headerRows is how far down a sheet the header may stand: treasurers put
// titles above it.
const headerRows = 10

// ReadXLSX reads provvisori from the first sheet of a workbook that has their
// header within its first ten rows. Columns, amounts and days are as in
// [ReadCSV], and cells may also hold numbers and dates of the spreadsheet; a
// formula counts with the value the spreadsheet saved. Empty rows are left out.
// A line is the number of the row in the sheet.
//
// The workbook is held in memory. File errors: EMPTY, TRUNCATED or CONTAINER
// when the workbook is cut or damaged, UNKNOWN_FORMAT when it is no XLSX (an
// XLS, one with a password), HEADER, LIMIT.
func ReadXLSX(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	s := newStream(ctx, opt, FormatXLSX, sink)
	err := s.readXLSX(in, opt)
	return s.Summary, err
}

func (s *stream) readXLSX(in io.Reader, opt Options) (err error) {
	packed, err := wholeWorkbook(in, opt.MaxBytes)
	if err != nil {
		return err
	}
	// With both limits equal nothing is unpacked to disk.
	book, err := excelize.OpenReader(bytes.NewReader(packed), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: opt.MaxBytes, UnzipXMLSizeLimit: opt.MaxBytes,
	})
	if err != nil {
		return damaged(err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	properties, err := book.GetWorkbookProps()
	if err != nil {
		return damaged(err)
	}
	date1904 := properties.Date1904 != nil && *properties.Date1904
	cells := opt.MaxCells
	for _, sheet := range book.GetSheetList() {
		found, err := s.readSheet(book, sheet, date1904, &cells)
		if found || err != nil {
			return err
		}
	}
	return &record.FileError{
		Code: record.FileHeader,
		Message: fmt.Sprintf("nessun foglio ha nelle prime %d righe le intestazioni dei provvisori (%s, %s, %s, ...)",
			headerRows, columnNames[colYear], columnNames[colNumber], columnNames[colBooked]),
	}
}

// readSheet reads a sheet if it has the header. cells counts down to the limit
// of the workbook.
func (s *stream) readSheet(book *excelize.File, sheet string, date1904 bool, cells *int) (found bool, err error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return false, damaged(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	layout := provvisori{
		amount: cellAmount,
		date:   func(raw string) (record.Date, error) { return cellDate(raw, date1904) },
	}
	var m record.Movement
	for line := 1; rows.Next(); line++ {
		if !found && line > headerRows {
			return false, nil
		}
		if line%1024 == 0 && s.ctx.Err() != nil {
			return found, s.ctx.Err()
		}
		fields, err := rows.Columns()
		if err != nil {
			return found, damaged(err)
		}
		if *cells -= len(fields); *cells < 0 {
			return found, &record.FileError{
				Line: line, Code: record.FileLimit,
				Message: "la cartella di lavoro ha troppe celle: togliere i fogli e le colonne che non servono",
			}
		}
		switch {
		case blank(fields):
			continue
		case !found:
			if found = LooksLikeHeader(fields); found {
				if layout.columns, err = header(fields, line); err == nil {
					err = s.open()
				}
			}
		default:
			err = s.cellRow(&layout, line, fields, &m)
		}
		if err != nil {
			return found, err
		}
	}
	if err := rows.Error(); err != nil {
		return found, damaged(err)
	}
	return found, nil
}

func (s *stream) cellRow(layout *provvisori, line int, fields []string, m *record.Movement) error {
	if err := s.row(line); err != nil {
		return err
	}
	if bad := layout.movement(line, fields, m); bad != nil {
		return s.refuse(bad)
	}
	return s.accept(m)
}
