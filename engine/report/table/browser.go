package table

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"quadra/engine/record"
)

// browser writes what the browser loads: the definition, chunks of rows column
// by column, and the panels.
type browser struct {
	w       *Writer
	base    string
	at      []int    // the columns the browser has
	columns [][]byte // of the chunk under way
	rows    int      // of it
	chunks  int
	cards   []byte // of the file of panels under way
	shared  Shared
	held    int // panels in it
	files   int // of panels
	out     []byte
}

func newBrowser(w *Writer) (*browser, error) {
	dir := filepath.Join(w.opt.Dir, "dati")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	at := w.def.columnsIn(Screen)
	return &browser{w: w, base: filepath.Join(dir, w.def.Name), at: at, columns: make([][]byte, len(at))}, nil
}

func (b *browser) add(rows *batch) error {
	columns := len(b.w.def.Columns)
	for r := range rows.rows {
		cells := rows.cells[r*columns : (r+1)*columns]
		for k, i := range b.at {
			b.columns[k] = b.cell(b.columns[k], &b.w.def.Columns[i], cells[i])
		}
		b.rows++
		if b.rows == chunk {
			if err := b.flushRows(); err != nil {
				return err
			}
		}
	}
	for _, card := range rows.cards {
		if b.held > 0 {
			b.cards = append(b.cards, ",\n"...)
		}
		b.cards = card.AppendJSON(b.cards, &b.shared)
		b.held++
		if b.held == b.w.def.Cards {
			if err := b.flushCards(); err != nil {
				return err
			}
		}
	}
	return nil
}

// oneLine is a text as a column of texts carries it: tabs stand between values.
var oneLine = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

func (b *browser) cell(to []byte, c *Column, cell Cell) []byte {
	if c.Kind == KindText {
		if b.rows > 0 {
			to = append(to, '\t')
		}
		if strings.ContainsAny(cell.text, "\t\n\r") {
			return append(to, oneLine.Replace(cell.text)...)
		}
		return append(to, cell.text...)
	}
	if b.rows > 0 {
		to = append(to, ',')
	}
	switch {
	case !cell.known && c.Kind == KindCode:
		return append(to, "-1"...)
	case !cell.known && c.Kind == KindDate:
		return append(to, '0')
	case !cell.known:
		return append(to, "null"...)
	case c.Kind == KindDate:
		return strconv.AppendInt(to, int64(YMD(record.Date(cell.number))), 10)
	}
	return strconv.AppendInt(to, cell.number, 10)
}

func (b *browser) flushRows() error {
	if b.rows == 0 {
		return nil
	}
	out := b.call("quadra.rows(")
	out = strconv.AppendInt(out, int64(b.chunks), 10)
	out = append(out, ",{"...)
	for k, i := range b.at {
		if k > 0 {
			out = append(out, ",\n"...)
		}
		out = AppendString(out, b.w.def.Columns[i].Key)
		if b.w.def.Columns[i].Kind == KindText {
			out = AppendString(append(out, ':'), string(b.columns[k]))
		} else {
			out = append(append(append(out, ":["...), b.columns[k]...), ']')
		}
		b.columns[k] = b.columns[k][:0]
	}
	out = append(out, "})\n"...)
	path := b.base + "." + strconv.Itoa(b.chunks) + ".js"
	b.rows, b.chunks = 0, b.chunks+1
	return b.write(path, out)
}

func (b *browser) flushCards() error {
	if b.held == 0 {
		return nil
	}
	out := b.call("quadra.cards(")
	out = strconv.AppendInt(out, int64(b.files), 10)
	out = append(append(append(out, ",[\n"...), b.cards...), "],"...)
	out = append(b.shared.flush(out), ")\n"...)
	path := b.base + "." + strconv.Itoa(b.files) + ".schede.js"
	b.cards, b.held, b.files = b.cards[:0], 0, b.files+1
	return b.write(path, out)
}

func (b *browser) call(function string) []byte {
	return append(AppendString(append(b.out[:0], function...), b.w.def.Name), ',')
}

func (b *browser) write(path string, content []byte) error {
	b.out = content // its room is used again
	return os.WriteFile(path, content, 0o600)
}

func (b *browser) close(sum *Summary) error {
	if err := b.flushRows(); err != nil {
		return err
	}
	if err := b.flushCards(); err != nil {
		return err
	}
	return b.write(b.base+".js", b.definition(sum))
}

func (b *browser) definition(sum *Summary) []byte {
	d, language := b.w.def, b.w.opt.Language
	out := b.out[:0]
	out = AppendString(append(out, `quadra.table({"name":`...), d.Name)
	out = AppendString(append(out, `,"title":`...), d.Title.In(language))
	out = strconv.AppendInt(append(out, `,"rows":`...), sum.Rows, 10)
	out = strconv.AppendInt(append(out, `,"chunk":`...), chunk, 10)
	out = strconv.AppendInt(append(out, `,"cards":`...), int64(d.Cards), 10)
	out = AppendString(append(out, `,"key":`...), d.Key)
	if d.Panels != "" {
		out = AppendString(append(out, `,"panels":`...), d.Panels)
	}
	out = append(out, `,"columns":[`...)
	for k, i := range b.at {
		if k > 0 {
			out = append(out, ',')
		}
		out = b.column(append(out, '\n'), i, sum)
	}
	return append(out, "]})\n"...)
}

func (b *browser) column(out []byte, i int, sum *Summary) []byte {
	c := &b.w.def.Columns[i]
	out = AppendString(append(out, `{"key":`...), c.Key)
	out = AppendString(append(out, `,"title":`...), c.Title.In(b.w.opt.Language))
	out = AppendString(append(out, `,"kind":`...), string(c.Kind))
	if c.Link != "" {
		out = AppendString(append(out, `,"link":`...), c.Link)
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{{c.Hidden, "hidden"}, {c.Filter, "filter"}, {c.Search, "search"}, {c.Payer, "payer"}, {c.Aside, "aside"}} {
		if flag.set {
			out = append(append(append(out, `,"`...), flag.name...), `":true`...)
		}
	}
	if c.Total {
		out = strconv.AppendInt(append(out, `,"total":`...), int64(sum.Totals[c.Key]), 10)
	}
	if len(c.Bucket) > 0 {
		out = append(out, `,"bucket":[`...)
		for k, lower := range c.Bucket {
			if k > 0 {
				out = append(out, ',')
			}
			out = strconv.AppendInt(out, lower, 10)
		}
		out = append(out, ']')
	}
	if c.Kind == KindCode {
		out = append(out, `,"values":[`...)
		for k, v := range *b.w.values[i].all.Load() {
			if k > 0 {
				out = append(out, ',')
			}
			title := v.Title
			if title == "" {
				title = v.Code
			}
			out = AppendString(append(out, `{"code":`...), v.Code)
			out = AppendString(append(out, `,"title":`...), title)
			if v.Signed {
				out = strconv.AppendInt(append(out, `,"sign":`...), int64(v.Sign), 10)
			}
			out = append(out, '}')
		}
		out = append(out, ']')
	}
	return append(out, '}')
}
