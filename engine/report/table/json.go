package table

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"quadra/engine/record"
)

// document writes the JSON: the columns, and each row as an array in their order.
// Amounts are cents, days are ISO, codes are codes; what is empty is null.
type document struct {
	w     *Writer
	file  *os.File
	out   *bufio.Writer
	at    []int
	rows  int64
	bytes []byte
}

func newJSON(w *Writer) (*document, error) {
	f, err := os.Create(filepath.Join(w.opt.Dir, w.def.Name+".json"))
	if err != nil {
		return nil, err
	}
	d := &document{w: w, file: f, out: bufio.NewWriterSize(f, 1<<16), at: w.def.columnsIn(Files)}
	head := AppendString([]byte(`{"table":`), w.def.Name)
	head = AppendString(append(head, `,"as_of":`...), w.opt.AsOf.String())
	head = append(head, `,"columns":[`...)
	for k, i := range d.at {
		c := &w.def.Columns[i]
		if k > 0 {
			head = append(head, ',')
		}
		head = AppendString(append(head, "\n{\"key\":"...), c.Key)
		head = AppendString(append(head, `,"title":`...), c.Title.In(w.opt.Language))
		head = append(AppendString(append(head, `,"kind":`...), string(c.Kind)), '}')
	}
	if _, err = d.out.Write(append(head, `],"rows":[`...)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return d, nil
}

func (d *document) add(b *batch) error {
	columns := len(d.w.def.Columns)
	for r := range b.rows {
		cells := b.cells[r*columns : (r+1)*columns]
		out := d.bytes[:0]
		if d.rows > 0 {
			out = append(out, ',')
		}
		out = append(out, '\n', '[')
		for k, i := range d.at {
			if k > 0 {
				out = append(out, ',')
			}
			out = d.cell(out, d.w.def.Columns[i].Kind, cells[i])
		}
		out = append(out, ']')
		d.bytes = out
		d.rows++
		if _, err := d.out.Write(d.bytes); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) cell(to []byte, kind Kind, cell Cell) []byte {
	switch {
	case !cell.known:
		return append(to, "null"...)
	case kind == KindDate:
		return AppendString(to, record.Date(cell.number).String())
	case kind == KindCents || kind == KindInt:
		return strconv.AppendInt(to, cell.number, 10)
	}
	return AppendString(to, cell.text)
}

func (d *document) close(sum *Summary) error {
	out := strconv.AppendInt(append(d.bytes[:0], "\n],\"count\":"...), sum.Rows, 10)
	out = append(out, `,"totals":{`...)
	first := true
	for i := range d.w.def.Columns {
		c := &d.w.def.Columns[i]
		if !c.Total {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = strconv.AppendInt(append(AppendString(out, c.Key), ':'), int64(sum.Totals[c.Key]), 10)
	}
	_, err := d.out.Write(append(out, "}}\n"...))
	return errors.Join(err, d.out.Flush(), d.file.Close())
}
