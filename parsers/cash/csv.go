package cash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
)

// ReadCSV reads a CSV of movements in one of the layouts of opt and the presets,
// see [Recognise]; the format of the document says which. in is UTF-8 text
// without byte-order mark, as package charset gives it. The separator, one of
// semicolon, comma and tab, is found from the top rows. A file that fits no
// layout is judged as provvisori.
//
// File errors: EMPTY without a row, HEADER without a mandatory column,
// TRUNCATED when the last row lacks fields and its line end, WRONG_ENTITY when a
// row names another entity than opt.IPA, CONTENT without the account the layout
// has above its rows, LIMIT.
func ReadCSV(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	doc := record.Doc{Format: containerCSV}
	empty := Summary{Doc: preset("provvisori").docOf(doc)}
	buffered := bufio.NewReaderSize(in, headBytes)
	start, err := buffered.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return empty, fmt.Errorf("reading the header: %w", err)
	}
	if len(start) == headBytes {
		start = wholeLines(start)
	}
	layouts, err := opt.layouts()
	if err != nil {
		return empty, err
	}
	layout, separator := chooseCSV(layouts, start)
	if layout == nil {
		return empty, unknownCSV(buffered, layouts)
	}
	rows := &csvRows{rows: csvrow.NewReader(buffered, separator, opt.CSV)}
	if layout.literal {
		rows.rows.LiteralQuotes()
	}
	return readTable(ctx, rows, doc, layout, opt, sink)
}

// unknownCSV says what a file that fits no layout lacks: of the one asked for,
// or else of the provvisori.
func unknownCSV(in io.Reader, layouts []*Layout) error {
	layout := preset("provvisori")
	if len(layouts) == 1 {
		layout = layouts[0]
	}
	separator := byte(';')
	if layout.separator != 0 {
		separator = layout.separator
	}
	rows := csvrow.NewReader(in, separator, csvrow.Limits{})
	first, err := rows.Next()
	switch {
	case errors.Is(err, io.EOF):
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case err != nil:
		return headerError(err)
	}
	if layout.byHeader() {
		if _, err := layout.findHeader((&csvRows{}).cellsOf(first), rows.Line()); err != nil {
			return err
		}
	}
	return &record.FileError{
		Line: rows.Line(), Code: record.FileContent,
		Message: fmt.Sprintf("nelle prime %d righe nessuna si legge con il tracciato %s: controllare il tracciato", layoutRows, layout.Name),
	}
}

// csvRows is a CSV as a table.
type csvRows struct {
	rows  *csvrow.Reader
	cells []string
	text  []byte
}

// Next gives the next row.
func (c *csvRows) Next() ([]string, int, error) {
	row, err := c.rows.Next()
	if err != nil {
		return nil, c.rows.Line(), err
	}
	return c.cellsOf(row), c.rows.Line(), nil
}

// Unterminated tells whether the last row ends without a line end.
func (c *csvRows) Unterminated() bool { return c.rows.Unterminated() }

// cellsOf copies the fields of a row, which the reader reuses, into one text.
func (c *csvRows) cellsOf(row [][]byte) []string {
	c.text = c.text[:0]
	for _, f := range row {
		c.text = append(c.text, f...)
	}
	all := string(c.text)
	c.cells = c.cells[:0]
	for _, f := range row {
		c.cells = append(c.cells, all[:len(f)])
		all = all[len(f):]
	}
	return c.cells
}
