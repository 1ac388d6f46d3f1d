// Package mypay reads what the CSV files of the MyPay family have in common:
// columns found by name whatever their order, rows refused one by one with the
// column, the value and what to do, amounts and dates in MyPay's machine forms.
//
// The files themselves are those of packages receipt, notice, debt and chapter.
package mypay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/field"
)

// Column is a column a parser keeps.
type Column struct {
	Name   string
	Alias  string // another spelling in circulation, if any
	Max    int    // characters; 0 for what is not text
	Must   bool   // a file without the column is refused
	Needed bool   // a row without a value is refused
}

// Layout is what a table may look like.
type Layout struct {
	Columns []Column
	Others  []string // known columns that are not kept
	// IsHeader tells a header from a row of data.
	IsHeader func(fields []string) bool
	// IsRow tells a file without header by its first row; nil when there must
	// be a header. Positions says where each of Columns is then.
	IsRow     func(fields []string) bool
	Positions []int
	// RowPositions does the same where the columns depend on the first row: where
	// each of Columns is, -1 for none; nil when the row is no row of this file.
	RowPositions func(fields []string) []int
	// Widths is for files whose header its first reader never looks at: where
	// each of Columns is, by the number of fields of the first row. Such a file
	// is read by position unless its header puts a known column elsewhere.
	Widths map[int][]int
	// Short tells where each of Columns is in a row that lacks fields and is good
	// all the same, nil for other rows; asked of files read as Widths says only.
	Short func(width int, row [][]byte) []int
}

// Counts says what became of the rows of a document: Rows = Accepted +
// Rejected. The header and blank lines are no rows.
type Counts struct {
	Rows     int
	Accepted int
	Rejected int
}

// Table reads rows under a header.
type Table struct {
	Counts
	Headed   bool     // the file has a header
	Warnings []string // about the header: unknown columns

	ctx     context.Context
	rows    *csvrow.Reader
	columns []Column
	at      []int // where each column is in this row, -1 when the file has none
	usual   []int // the same for rows of the width of the first
	short   func(width int, row [][]byte) []int
	width   int
	pending bool // the first row is data and has not been given yet
	reject  func(*record.Reject) error

	row  [][]byte
	line int
	text []byte
}

// Open reads the header of in, UTF-8 text without byte-order mark. reject takes
// the rows that cannot be told apart into columns.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER when mandatory
// columns are missing or a column comes twice, and those of [csvrow.Reader.Next].
func Open(ctx context.Context, in io.Reader, limits csvrow.Limits, layout Layout, reject func(*record.Reject) error) (*Table, error) {
	t := &Table{ctx: ctx, rows: csvrow.NewReader(in, ';', limits), columns: layout.Columns, reject: reject}
	first, err := t.rows.Next()
	var broken *csvrow.RowError
	switch {
	case errors.Is(err, io.EOF):
		return nil, &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case errors.As(err, &broken):
		return nil, headerError(broken.Line, "l'intestazione non si può leggere: "+broken.Reason)
	case err != nil:
		return nil, err
	}
	t.row, t.line, t.width = first, t.rows.Line(), len(first)
	names := make([]string, len(first))
	for i, name := range first {
		names[i] = string(name)
	}
	switch {
	case layout.IsHeader(names):
		t.Headed = true
		if t.byPosition(names, layout) {
			return t, nil
		}
		if err := t.byName(names, layout); err != nil {
			return nil, err
		}
		t.usual = t.at
		return t, nil
	case layout.IsRow != nil && layout.IsRow(names):
		t.at, t.usual, t.pending = layout.Positions, layout.Positions, true
		return t, nil
	case layout.RowPositions != nil:
		if t.at = layout.RowPositions(names); t.at != nil {
			t.usual, t.pending = t.at, true
			return t, nil
		}
	}
	return nil, headerError(t.line, "la prima riga non è l'intestazione del tracciato: inviare il file con la riga dei nomi delle colonne, separati da punto e virgola")
}

// byName finds the columns in a header.
func (t *Table) byName(names []string, layout Layout) error {
	where := make(map[string]int, len(names))
	for i, name := range names {
		folded := strings.ToLower(name)
		if _, twice := where[folded]; twice && name != "" {
			return headerError(t.line, fmt.Sprintf("la colonna %s è ripetuta", field.Shorten(name)))
		}
		where[folded] = i
	}
	take := func(name string) (int, bool) {
		i, ok := where[strings.ToLower(name)]
		delete(where, strings.ToLower(name))
		return i, ok && name != ""
	}
	var missing []string
	for _, c := range layout.Columns {
		i, ok := take(c.Name)
		if !ok {
			i, ok = take(c.Alias)
		}
		if !ok {
			i = -1
			if c.Must {
				missing = append(missing, c.Name)
			}
		}
		t.at = append(t.at, i)
	}
	if len(missing) > 0 {
		return headerError(t.line, "mancano le colonne obbligatorie: "+strings.Join(missing, ", "))
	}
	for _, name := range layout.Others {
		take(name)
	}
	var unknown []string
	for _, name := range names {
		if _, left := where[strings.ToLower(name)]; left {
			unknown = append(unknown, name)
		}
	}
	t.warn("colonne non previste e ignorate", unknown)
	return nil
}

// warn adds a warning about names of columns, the first ten of them.
func (t *Table) warn(what string, names []string) {
	n := len(names)
	if n == 0 {
		return
	}
	const shown = 10
	list := make([]string, 0, shown+1)
	for _, name := range names[:min(n, shown)] {
		list = append(list, fmt.Sprintf("%q", field.Shorten(name)))
	}
	if n > shown {
		list = append(list, "...")
	}
	t.Warnings = append(t.Warnings, fmt.Sprintf("%s (%d): %s", what, n, strings.Join(list, ", ")))
}

func headerError(line int, message string) error {
	return &record.FileError{Line: line, Code: record.FileHeader, Message: message}
}

// Width is how many columns the file has.
func (t *Table) Width() int { return t.width }

// Has tells whether the file has a column.
func (t *Table) Has(column int) bool { return t.usual[column] >= 0 }

// Next moves to the next row that has the columns of the header, after handing
// the others to reject, and counts both. At the end the error is io.EOF. A last
// row that lacks columns and its line end means that the file was cut:
// TRUNCATED. Other errors are those of [csvrow.Reader.Next], of the context and
// of reject.
func (t *Table) Next() error {
	for {
		if t.Rows%1024 == 0 && t.ctx.Err() != nil {
			return t.ctx.Err()
		}
		if t.pending {
			t.pending = false
			t.Rows++
			return nil
		}
		row, err := t.rows.Next()
		var broken *csvrow.RowError
		switch {
		case errors.As(err, &broken):
			t.Rows++
			if err := t.Reject(&record.Reject{Line: broken.Line, Code: broken.Code, Reason: broken.Reason}); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		t.Rows++
		t.row, t.line = row, t.rows.Line()
		t.at = t.usual
		if len(row) == t.width {
			return nil
		}
		if t.short != nil {
			if at := t.short(t.width, row); at != nil {
				t.at = at
				return nil
			}
		}
		if len(row) < t.width && t.rows.Unterminated() {
			return &record.FileError{
				Line: t.line, Code: record.FileTruncated, Cause: io.ErrUnexpectedEOF,
				Message: "l'ultima riga è incompleta: il file è stato tagliato, farselo mandare di nuovo",
			}
		}
		if err := t.Reject(&record.Reject{
			Line: t.line, Code: record.RejectColumns,
			Reason: fmt.Sprintf("la riga ha %d campi invece di %d: controllare i punti e virgola e le virgolette", len(row), t.width),
		}); err != nil {
			return err
		}
	}
}

// Line is the line the row starts on.
func (t *Table) Line() int { return t.line }

// Field is the value of a column, empty when the file does not have it. It is
// valid until the next row.
func (t *Table) Field(column int) []byte {
	if i := t.at[column]; i >= 0 {
		return t.row[i]
	}
	return nil
}

// Check refuses the row when a needed value is missing or a text is too long.
func (t *Table) Check() *record.Reject {
	for i := range t.columns {
		c, value := &t.columns[i], t.Field(i)
		if len(value) == 0 && c.Needed {
			return t.Refuse(i, record.RejectMissing, "il valore è obbligatorio")
		}
		if c.Max > 0 && len(value) > c.Max && utf8.RuneCount(value) > c.Max {
			return t.Refuse(i, record.RejectTooLong, fmt.Sprintf("il valore supera i %d caratteri", c.Max))
		}
	}
	return nil
}

// Texts sets each text to the value of its column (nil for none). They share
// one allocation and stay valid.
func (t *Table) Texts(texts []*string) {
	t.text = t.text[:0]
	for i, to := range texts {
		if to != nil {
			t.text = append(t.text, t.Field(i)...)
		}
	}
	all := string(t.text)
	for i, to := range texts {
		if to != nil {
			n := len(t.Field(i))
			*to, all = all[:n], all[n:]
		}
	}
}

// Refuse is the row left out because of a column.
func (t *Table) Refuse(column int, code record.RejectCode, reason string) *record.Reject {
	return &record.Reject{
		Line: t.line, Column: t.columns[column].Name, Code: code,
		Value: field.Shorten(string(t.Field(column))), Reason: reason,
	}
}

// RejectPart hands over the part of the row that was left out; the row itself is
// taken and counts as accepted.
func (t *Table) RejectPart(r *record.Reject) error {
	r.Part = true
	return t.reject(r)
}

// Reject counts a row as left out and hands it over.
func (t *Table) Reject(r *record.Reject) error {
	t.Rejected++
	return t.reject(r)
}
