package mypay

import (
	"bytes"
	"slices"
	"strings"

	"quadra/parsers/csvrow"
)

// byPosition finds the columns by position when the layout allows it for a
// header of this width and no known name stands in the place of another.
func (t *Table) byPosition(names []string, layout Layout) bool {
	at, ok := layout.Widths[len(names)]
	if !ok {
		return false
	}
	const notKept = -2
	known := make(map[string]int, len(layout.Columns)+len(layout.Others))
	for _, name := range layout.Others {
		known[strings.ToLower(name)] = notKept
	}
	for i, c := range layout.Columns {
		known[strings.ToLower(c.Name)] = at[i]
		if c.Alias != "" {
			known[strings.ToLower(c.Alias)] = at[i]
		}
	}
	var unknown []string
	for i, name := range names {
		switch place, ok := known[strings.ToLower(name)]; {
		case !ok:
			unknown = append(unknown, name)
		case place == notKept && !slices.Contains(at, i):
		case place != i:
			return false
		}
	}
	t.warn("nomi di colonna diversi da quelli del tracciato, colonne lette per posizione", unknown)
	t.at, t.usual, t.short = at, at, layout.Short
	return true
}

// Clear makes the value of a column empty in this row, for files that write an
// empty value in their own way.
func (t *Table) Clear(column int) {
	if i := t.at[column]; i >= 0 {
		t.row[i] = nil
	}
}

// Head is the first rows, at most n, of a file by its first bytes as they are
// on disk: a byte-order mark and the other half of UTF-16 letters are left out,
// accents are left alone. It serves to tell what the file is; the last row may
// be cut.
func Head(head []byte, n int) [][]string {
	for _, mark := range []string{"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"} {
		head = bytes.TrimPrefix(head, []byte(mark))
	}
	in := csvrow.NewReader(bytes.NewReader(bytes.ReplaceAll(head, []byte{0}, nil)), ';', csvrow.Limits{})
	var rows [][]string
	for len(rows) < n {
		fields, err := in.Next()
		if err != nil {
			break
		}
		row := make([]string, len(fields))
		for i, f := range fields {
			row[i] = string(f)
		}
		rows = append(rows, row)
	}
	return rows
}

// Count is how many of names are among the fields of a row, in any case.
func Count(fields []string, names ...string) int {
	n := 0
	for _, name := range names {
		if slices.ContainsFunc(fields, func(f string) bool { return strings.EqualFold(f, name) }) {
			n++
		}
	}
	return n
}
