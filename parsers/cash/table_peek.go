package cash

import (
	"errors"
	"io"
	"slices"

	"quadra/parsers/csvrow"
)

// peeked is a source whose top rows have been looked at.
type peeked struct {
	src  rowSource
	rows []peekedRow
	next int
}

type peekedRow struct {
	cells []string
	line  int
	err   error
}

// peek looks at the first n rows of src, fewer when they end or break.
func peek(src rowSource, n int) *peeked {
	p := &peeked{src: src}
	for range n {
		cells, line, err := src.Next()
		p.rows = append(p.rows, peekedRow{slices.Clone(cells), line, err})
		var broken *csvrow.RowError
		if err != nil && !errors.As(err, &broken) {
			break
		}
	}
	return p
}

// firstRows are the rows that could be read.
func (p *peeked) firstRows() [][]string {
	var rows [][]string
	for _, r := range p.rows {
		if r.err == nil {
			rows = append(rows, r.cells)
		}
	}
	return rows
}

// fatal is what stopped the looking, nil at the end of the rows.
func (p *peeked) fatal() error {
	if len(p.rows) == 0 {
		return nil
	}
	err := p.rows[len(p.rows)-1].err
	var broken *csvrow.RowError
	if errors.Is(err, io.EOF) || errors.As(err, &broken) {
		return nil
	}
	return err
}

// Next gives the rows looked at, then the others.
func (p *peeked) Next() ([]string, int, error) {
	if p.next < len(p.rows) {
		r := p.rows[p.next]
		if p.next++; p.next == len(p.rows) && r.err != nil {
			var broken *csvrow.RowError
			if !errors.As(r.err, &broken) {
				p.next-- // the end stays the end
			}
		}
		return r.cells, r.line, r.err
	}
	return p.src.Next()
}
