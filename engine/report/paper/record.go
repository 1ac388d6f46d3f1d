package paper

import "io"

// Record is the document Verbale: what was done with what, which an auditor
// signs.
type Record struct {
	Head
	Intro    string
	Sections []Section
	// Signatures are who signs; empty: nobody.
	Signatures []string
}

// Section is a part of a [Record]: text, pairs, a table, any of them.
type Section struct {
	Title string
	Text  string
	Pairs []Pair
	Table *Table
}

// Table is a table of a [Record].
type Table struct {
	Columns []Column
	Rows    [][]string
	Sums    map[int]bool // rows that are the sum of others
	Total   []string     // nil: none
	// All is how many rows there are when not all are in Rows, and File where.
	All  int64
	File string
}

// Column is a column of a [Table].
type Column struct {
	Title  string
	Share  float64 // of the width of the page, to those of the others; 0 is 1
	Number bool
}

// MaxRows is how many rows of a table of a record are printed at most.
const MaxRows = 2000

// Write writes the document as a PDF.
func (r *Record) Write(w io.Writer) error {
	d := document{Head: r.Head, title: r.say("Verbale", "Record"), intro: r.Intro, sign: r.Signatures}
	for i := range r.Sections {
		s := &r.Sections[i]
		part := section{title: s.Title, text: s.Text, pairs: s.Pairs}
		if s.Table != nil {
			part.table = &table{total: s.Table.Total, sums: s.Table.Sums, rows: s.Table.Rows[:min(len(s.Table.Rows), MaxRows)]}
			for _, c := range s.Table.Columns {
				if c.Share == 0 {
					c.Share = 1
				}
				part.table.columns = append(part.table.columns, column{c.Title, c.Share, c.Number})
			}
			if all := max(s.Table.All, int64(len(s.Table.Rows))); all > int64(len(part.table.rows)) {
				if part.text != "" {
					part.text += " "
				}
				part.text += rest(&r.Head, int64(len(part.table.rows)), all, s.Table.File)
			}
		}
		d.sections = append(d.sections, part)
	}
	return d.write(w)
}
