package cash

import (
	"fmt"
	"strings"

	"quadra/engine/record"
)

// The columns of the provvisori layout, by their place in the standard header
// (treasury CSV 1.0 of the national platform).
const (
	colYear = iota
	colNumber
	colBooked
	colPayer
	colRemittance
	colAmount
	colValue // optional
	columnCount
)

// columnNames are the headers as treasurers write them.
var columnNames = [columnCount]string{
	"ESERCIZIO", "N.PROVV.", "DATA ESEC.", "ANAGRAFICA CLIENTE",
	"DESCRIZIONE CAUSALE", "IMPORTO PROVVISORIO", "VALUTA ENTE",
}

// columns says at which position of a row each column stands, -1 for none.
type columns [columnCount]int

// findColumns reads a header row. Columns may come in any order, among others,
// in any case and with any blanks and dots.
func findColumns(header []string) (cols columns, known int, twice string) {
	for i := range cols {
		cols[i] = -1
	}
	for at, name := range header {
		key := headerKey(name)
		for i, columnName := range columnNames {
			switch {
			case key != headerKey(columnName):
			case cols[i] >= 0:
				twice = columnName
			default:
				cols[i] = at
				known++
			}
		}
	}
	return cols, known, twice
}

// headerKey is a header without all that varies between treasurers: case,
// blanks, dots, quotes.
func headerKey(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(name))
}

// LooksLikeHeader tells whether a row is the header of the provvisori layout.
// Most of its columns are enough, so that a file that lacks one is refused with
// the name of what is missing and not as unknown.
func LooksLikeHeader(fields []string) bool {
	_, known, _ := findColumns(fields)
	return known > columnCount/2
}

// header reads the header row of a file, which must have every mandatory column
// once.
func header(fields []string, line int) (columns, error) {
	cols, _, twice := findColumns(fields)
	if twice != "" {
		return cols, &record.FileError{
			Line: line, Code: record.FileHeader,
			Message: fmt.Sprintf("la colonna %s compare due volte: tenerne una sola", twice),
		}
	}
	var missing []string
	for i, at := range cols {
		if at < 0 && i != colValue {
			missing = append(missing, columnNames[i])
		}
	}
	if len(missing) > 0 {
		return cols, &record.FileError{
			Line: line, Code: record.FileHeader,
			Message: fmt.Sprintf("nell'intestazione mancano le colonne %s: aggiungerle e mandare di nuovo il file",
				strings.Join(missing, ", ")),
		}
	}
	return cols, nil
}

// width is how many fields a row needs for its mandatory columns.
func (c columns) width() int {
	width := 0
	for i, at := range c {
		if i != colValue {
			width = max(width, at+1)
		}
	}
	return width
}
