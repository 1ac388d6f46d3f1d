package cash

import (
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
)

// places says at which position of a row each column stands, from 0; -1 for
// none.
type places [columnCount]int

// places are those of a positional layout, and none otherwise.
func (l *Layout) places() places {
	var p places
	for i := range p {
		p[i] = l.columns[i].position - 1
	}
	return p
}

// byHeader tells whether the columns are found by a header.
func (l *Layout) byHeader() bool { return l.header == headerNames }

// find reads a header row. Columns may come in any order, among others, in any
// case and with any blanks and dots. Of several names of a column the first one
// found counts; twice is a column whose name stands in two places.
func (l *Layout) find(header []string) (p places, known int, twice string) {
	keys := make([]string, len(header))
	for i, name := range header {
		keys[i] = headerKey(name)
	}
	for i := range p {
		p[i] = -1
		for _, name := range l.columns[i].names {
			key := headerKey(name)
			if p[i] = slices.Index(keys, key); p[i] < 0 {
				continue
			}
			known++
			if slices.Contains(keys[p[i]+1:], key) {
				twice = l.title(i)
			}
			break
		}
	}
	return p, known, twice
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

// fits tells whether a row is a whole header of the layout, and how much of one
// it is, from 0 to 1. A positional layout has one when all of its columns with a
// name stand where they should; it is no header in part.
func (l *Layout) fits(row []string) (whole bool, share float64) {
	if !l.byHeader() {
		return l.labelled(row), 0
	}
	p, known, _ := l.find(row)
	named, whole := 0, true
	for i := range l.columns {
		if !l.columns[i].inRows() {
			continue
		}
		named++
		whole = whole && (p[i] >= 0 || l.columns[i].optional)
	}
	return whole && named > 0, float64(known) / float64(max(named, 1))
}

// resembles tells whether a row is most of the header, so that a file that lacks
// a column is refused with the name of what is missing and not as unknown.
func (l *Layout) resembles(row []string) bool {
	_, share := l.fits(row)
	return share > 0.5
}

// labelled tells whether a row is the header a positional layout usually has.
func (l *Layout) labelled(row []string) bool {
	labels := 0
	for i := range l.columns {
		c := &l.columns[i]
		if len(c.names) == 0 {
			continue
		}
		labels++
		if c.position > len(row) || !slices.ContainsFunc(c.names, func(name string) bool {
			return headerKey(name) == headerKey(row[c.position-1])
		}) {
			return false
		}
	}
	return labels > 0
}

// findHeader reads the header row of a table, which must have every mandatory
// column once.
func (l *Layout) findHeader(row []string, line int) (places, error) {
	p, _, twice := l.find(row)
	if twice != "" {
		return p, &record.FileError{
			Line: line, Code: record.FileHeader,
			Message: fmt.Sprintf("la colonna %s compare due volte: tenerne una sola", twice),
		}
	}
	var missing []string
	for i, at := range p {
		if c := &l.columns[i]; at < 0 && c.inRows() && !c.optional {
			missing = append(missing, l.title(i))
		}
	}
	if len(missing) > 0 {
		return p, &record.FileError{
			Line: line, Code: record.FileHeader,
			Message: fmt.Sprintf("nell'intestazione mancano le colonne %s: aggiungerle e mandare di nuovo il file",
				strings.Join(missing, ", ")),
		}
	}
	return p, nil
}

// LooksLikeHeader tells whether a row is the header of one of the presets, or
// most of one. Presets without names of columns are known in other ways, see
// [LooksLikePoste] and [LooksLikeEsiti].
func LooksLikeHeader(fields []string) bool {
	return slices.ContainsFunc(loadPresets(), func(l *Layout) bool {
		whole, share := l.fits(fields)
		return whole || share > 0.5
	})
}
