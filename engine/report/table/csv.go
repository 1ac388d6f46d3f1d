package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"quadra/engine/formula"
	"quadra/engine/record"
)

// comma writes the CSV. For people it is what an Italian spreadsheet opens:
// UTF-8 with a byte order mark, `;`, CRLF, decimal comma, dd/mm/yyyy. Texts never
// run as formulas in either.
type comma struct {
	w      *Writer
	file   *os.File
	buffer *bufio.Writer
	csv    *csv.Writer
	at     []int
	row    []string
}

const byteOrderMark = "\ufeff"

func newCSV(w *Writer) (*comma, error) {
	f, err := os.Create(filepath.Join(w.opt.Dir, w.def.Name+".csv"))
	if err != nil {
		return nil, err
	}
	c := &comma{w: w, file: f, buffer: bufio.NewWriterSize(f, 1<<16), at: w.def.columnsIn(Files)}
	c.csv = csv.NewWriter(c.buffer)
	if !w.opt.Machine {
		c.csv.Comma, c.csv.UseCRLF = ';', true
		_, err = c.buffer.WriteString(byteOrderMark)
	}
	for _, i := range c.at {
		c.row = append(c.row, w.def.Columns[i].Key)
	}
	if err = errors.Join(err, c.csv.Write(c.row)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return c, nil
}

func (c *comma) add(b *batch) error {
	columns := len(c.w.def.Columns)
	for r := range b.rows {
		cells := b.cells[r*columns : (r+1)*columns]
		for k, i := range c.at {
			c.row[k] = c.cell(i, cells[i])
		}
		if err := c.csv.Write(c.row); err != nil {
			return err
		}
	}
	return nil
}

func (c *comma) cell(i int, cell Cell) string {
	if !cell.known {
		return ""
	}
	machine := c.w.opt.Machine
	switch c.w.def.Columns[i].Kind {
	case KindCents:
		if machine {
			return record.Cents(cell.number).String()
		}
		return record.Cents(cell.number).DecimalComma()
	case KindDate:
		if machine {
			return record.Date(cell.number).String()
		}
		return record.Date(cell.number).Italian()
	case KindInt:
		return strconv.FormatInt(cell.number, 10)
	case KindCode:
		if !machine {
			return formula.Disarm(c.w.values[i].title(cell))
		}
	case KindText:
	}
	return formula.Disarm(cell.text)
}

func (c *comma) close(*Summary) error {
	c.csv.Flush()
	return errors.Join(c.csv.Error(), c.buffer.Flush(), c.file.Close())
}
