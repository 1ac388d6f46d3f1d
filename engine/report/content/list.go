package content

import "quadra/engine/report/table"

// Field is a column and where its value comes from.
type Field[T any] struct {
	table.Column
	Of func(*T) table.Cell
}

// List is a table of things of one kind.
type List[T any] struct {
	Definition table.Definition
	fields     []Field[T]
	row        []table.Cell
	masked     bool
}

// Masked stands in the place of what a masked pack leaves out.
const Masked = "***"

func newList[T any](c *Content, d table.Definition, fields []Field[T]) *List[T] {
	l := &List[T]{Definition: d, fields: fields, masked: c.set.MaskPayers, row: make([]table.Cell, len(fields))}
	for i := range fields {
		l.Definition.Columns = append(l.Definition.Columns, fields[i].Column)
	}
	return l
}

// Row are the values of a thing, good until the next call.
func (l *List[T]) Row(of *T) []table.Cell {
	for i := range l.fields {
		l.row[i] = l.fields[i].Of(of)
		if l.masked && l.fields[i].Payer && l.row[i].Known() {
			l.row[i] = table.Str(Masked)
		}
	}
	return l.row
}

// The kinds of columns, by their short names.
const (
	text  = table.KindText
	code  = table.KindCode
	cents = table.KindCents
	date  = table.KindDate
	whole = table.KindInt
)

// t is a title in both languages.
func t(it, en string) table.Text { return table.Text{It: it, En: en} }

// rowsOfCards is how many panels stand in one file: opening one loads so many.
const rowsOfCards = 1000
