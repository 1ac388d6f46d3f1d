package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
)

// render lets excelize write the workbook: the sheet of the table is returned,
// the other parts go where they are told, or nowhere.
func (x *workbook) render(others *steadyZip) ([]byte, error) {
	parts := &partsZip{part: x.part, others: others}
	x.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return parts }
	_, err := x.file.WriteToBuffer()
	return parts.sheet.Bytes(), err
}

// partsZip takes the parts of a workbook apart.
type partsZip struct {
	part   string
	sheet  bytes.Buffer
	others *steadyZip
}

// Create implements excelize.ZipWriter.
func (p *partsZip) Create(name string) (io.Writer, error) {
	switch {
	case name == p.part:
		p.sheet.Reset()
		return &p.sheet, nil
	case p.others == nil:
		return io.Discard, nil
	}
	return p.others.Create(name)
}

// AddFS implements excelize.ZipWriter.
func (p *partsZip) AddFS(fs.FS) error { return errors.New("a workbook has no folder of files") }

// Close implements excelize.ZipWriter; the file is closed by who opened it.
func (p *partsZip) Close() error { return nil }

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
				v, style = float64(c)/100, x.money // the nearest double is shown with its cents
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
