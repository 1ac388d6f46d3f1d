package table

import "quadra/engine/record"

// Cell is a value of a row; the zero Cell is an empty one. What it may hold
// follows from the kind of its column. Of a code number is its place among the
// values of the column, once the row was taken.
type Cell struct {
	text   string
	number int64
	known  bool
}

// Str is a text, or a code of a column of codes.
func Str(s string) Cell { return Cell{text: s, known: s != ""} }

// Cents is an amount.
func Cents(c record.Cents) Cell { return Cell{number: int64(c), known: true} }

// CentsIf is an amount that may not exist.
func CentsIf(exists bool, c record.Cents) Cell {
	if !exists {
		return Cell{}
	}
	return Cents(c)
}

// Date is a day; no day is an empty cell.
func Date(d record.Date) Cell { return Cell{number: int64(d), known: d != 0} }

// Int is a whole number.
func Int[N ~int | ~int64](n N) Cell { return Cell{number: int64(n), known: true} }

// IntIf is a whole number that may not exist.
func IntIf[N ~int | ~int64](exists bool, n N) Cell {
	if !exists {
		return Cell{}
	}
	return Int(n)
}

// Known says that the cell is not empty.
func (c Cell) Known() bool { return c.known }

// Text is the text of a cell, as it was given.
func (c Cell) Text() string { return c.text }

// Number is the number of a cell: cents, or a whole number, or the [record.Date]
// of a day.
func (c Cell) Number() int64 { return c.number }

// YMD is a day as the browser counts it: 20261028; 0 for no day.
func YMD(day record.Date) int {
	if day == 0 {
		return 0
	}
	y, m, d := day.Time().Date()
	return y*10000 + int(m)*100 + d
}
