package cash

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"quadra/engine/record"
)

// span is where a field of a fixed-width line stands: first and last character,
// from 1.
type span struct{ from, to int }

// maxFixedLine is the longest fixed-width line, in bytes.
const maxFixedLine = 16 << 10

// esito is what a movement type of the esiti means. Payments are known and left
// out.
type esito struct {
	document  record.Document
	operation record.Operation
	payment   bool
}

// esiti are the movement types, as several banks have them: x1 and x2 about an
// order, x3 and x4 about a provvisorio; 00 and 01 executed and reversed, 02 and
// 03 regularised and undone.
var esiti = map[string]esito{
	"001": {document: record.DocReversale, operation: record.OpExecuted},
	"002": {document: record.DocReversale, operation: record.OpReversed},
	"003": {document: record.DocSospeso, operation: record.OpExecuted},
	"004": {document: record.DocSospeso, operation: record.OpReversed},
	"021": {document: record.DocReversale, operation: record.OpRegularised},
	"022": {document: record.DocReversale, operation: record.OpRestored},
	"023": {document: record.DocSospeso, operation: record.OpRegularised},
	"024": {document: record.DocSospeso, operation: record.OpRestored},
	"011": {payment: true}, "012": {payment: true}, "013": {payment: true},
	"014": {payment: true}, "015": {payment: true}, "016": {payment: true},
	"031": {payment: true}, "032": {payment: true}, "033": {payment: true}, "034": {payment: true},
}

// ReadEsiti reads fixed-width lines, one event of an order or a provvisorio
// each. in is UTF-8 text without byte-order mark; positions count characters.
// The layout is opt.Layout, or the first one of opt.Layouts with positions, or
// the preset esiti, whose doubts layouts.yaml tells. Payments are counted as
// skipped. The type of a line gives its direction: a sign on the amount is
// dropped, as banks do not agree on it. Memory is one line.
//
// File errors: EMPTY, TRUNCATED when the last line lacks fields and its line
// end, WRONG_ENTITY as in [ReadCSV], LIMIT.
func ReadEsiti(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	doc := record.Doc{Format: containerFixed}
	layouts, err := opt.layouts()
	if err != nil {
		return Summary{Doc: preset("esiti").docOf(doc)}, err
	}
	layout := preset("esiti")
	for _, l := range layouts {
		if l.spans != nil {
			layout = l
			break
		}
	}
	f := &fixed{
		stream: stream{ctx: ctx, maxRows: opt.MaxRows, sink: sink, Summary: Summary{Doc: layout.docOf(doc)}},
		rows:   rowReader{layout: layout, places: layout.places(), ipa: opt.IPA},
	}
	err = f.read(bufio.NewReaderSize(in, maxFixedLine))
	return f.Summary, err
}

// fixed reads a file of fixed-width lines.
type fixed struct {
	stream
	rows   rowReader
	cells  []string
	opened bool
}

func (f *fixed) read(in *bufio.Reader) error {
	for line := 1; ; line++ {
		text, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return &record.FileError{
				Line: line, Code: record.FileLimit,
				Message: fmt.Sprintf("la riga supera il limite di %d byte: controllare che il file abbia una riga per movimento", maxFixedLine),
			}
		case err != nil && !errors.Is(err, io.EOF):
			return fmt.Errorf("reading line %d: %w", line, err)
		}
		if len(bytes.TrimSpace(text)) > 0 {
			if err := f.line(line, text); err != nil {
				return err
			}
		}
		if err != nil {
			break
		}
	}
	if !f.opened {
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	}
	return nil
}

func (f *fixed) line(line int, text []byte) error {
	if !f.opened {
		f.opened = true
		if err := f.open(); err != nil {
			return err
		}
	}
	if err := f.row(line); err != nil {
		return err
	}
	body := bytes.TrimRight(text, "\r\n")
	l := f.rows.layout
	if have, need := utf8.RuneCount(body), l.shortest(); have < need {
		if len(body) == len(text) {
			return &record.FileError{
				Line: line, Code: record.FileTruncated,
				Message: "l'ultima riga è incompleta: il file è stato tagliato, farselo mandare di nuovo",
			}
		}
		return f.refuse(&record.Reject{
			Line: line, Code: record.RejectColumns,
			Reason: fmt.Sprintf("la riga ha %d caratteri, ne servono almeno %d", have, need),
		})
	}
	f.cells = l.slice(f.cells, body)
	var m record.Movement
	bad, payment, err := f.rows.esito(line, f.cells, &m)
	switch {
	case err != nil:
		return err
	case payment:
		f.Skipped++
		return nil
	case bad != nil:
		return f.refuse(bad)
	}
	return f.accept(&m)
}

// esito reads one line into m, unless it is about a payment.
func (r *rowReader) esito(line int, cells []string, m *record.Movement) (bad *record.Reject, payment bool, err error) {
	e, known := esiti[r.cell(cells, colType)]
	switch {
	case !known:
		return r.refuse(line, cells, colType, record.RejectOperation, "tipo di movimento sconosciuto"), false, nil
	case e.payment:
		return nil, true, nil
	}
	bad, err = r.movement(line, cells, m)
	if bad != nil || err != nil {
		return bad, false, err
	}
	m.Document, m.Operation = e.document, e.operation
	m.Amount = max(m.Amount, -m.Amount)
	return nil, false, nil
}

// shortest is the length of a line that has all that it must, in characters.
func (l *Layout) shortest() int {
	shortest := 0
	for _, column := range []int{colYear, colNumber, colBooked, colReceipt, colAmount, colType} {
		if at := l.columns[column].position; at > 0 {
			shortest = max(shortest, l.spans[at-1].to)
		}
	}
	return shortest
}

// slice cuts a line into the cells of the layout.
func (l *Layout) slice(to []string, line []byte) []string {
	to = to[:0]
	var wide []rune
	if !isASCII(line) {
		wide = []rune(string(line))
	}
	for _, s := range l.spans {
		if wide != nil {
			to = append(to, string(wide[min(s.from-1, len(wide)):min(s.to, len(wide))]))
		} else {
			to = append(to, string(line[min(s.from-1, len(line)):min(s.to, len(line))]))
		}
	}
	return to
}

func isASCII(line []byte) bool {
	for _, b := range line {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// LooksLikeEsiti tells a file of esiti from its first bytes, as they are in the
// file: most of its first lines have a known type, a day, a year and an amount
// where these belong.
func LooksLikeEsiti(head []byte) bool { return preset("esiti").looksFixed(plainHead(head)) }

func (l *Layout) looksFixed(start []byte) bool {
	r := rowReader{layout: l, places: l.places()}
	seen, good := 0, 0
	for line := range bytes.Lines(start) {
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if seen++; seen > layoutRows {
			break
		}
		cells := l.slice(nil, line)
		var m record.Movement
		if _, known := esiti[r.cell(cells, colType)]; !known || utf8.RuneCount(line) < l.shortest() {
			continue
		}
		// A payment has the same fields as a collection.
		if bad, err := r.movement(1, cells, &m); err == nil && bad == nil {
			good++
		}
	}
	return good > 0 && 2*good > min(seen, layoutRows)
}
