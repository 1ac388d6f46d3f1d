package cash

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"quadra/engine/record"
	"quadra/parsers/biff"
)

const containerXLS = "xls"

// FormatXLS is the format of a bank statement in an old Excel workbook, the most
// usual content of one; see [Layout] for the others.
const FormatXLS = "conto-bancario-" + containerXLS

// LooksLikeXLS tells an old Excel workbook from its first bytes. Other documents
// of old Office programs start the same way: [ReadXLS] refuses them.
func LooksLikeXLS(head []byte) bool { return biff.IsCompound(head) }

// ReadXLS reads movements from the first sheet of an old Excel workbook (BIFF8,
// Excel 97 to 2003) whose top ten rows fit a layout; everything else is as in
// [ReadXLSX].
//
// The workbook is held in memory. File errors: those of [biff.Open] and
// [ReadXLSX].
func ReadXLS(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	doc := record.Doc{Format: containerXLS}
	empty := Summary{Doc: preset("provvisori").docOf(doc)}
	packed, err := io.ReadAll(io.LimitReader(in, opt.MaxBytes+1))
	switch {
	case err != nil:
		return empty, fmt.Errorf("reading the workbook: %w", err)
	case int64(len(packed)) > opt.MaxBytes:
		return empty, tooLarge(opt.MaxBytes)
	}
	book, err := biff.Open(bytes.NewReader(packed), biff.Limits{MaxBytes: opt.MaxBytes, MaxCells: opt.MaxCells})
	if err != nil {
		return empty, err
	}
	for sheet := range book.Sheets() {
		rows, err := book.Rows(sheet)
		if err != nil {
			return empty, err
		}
		if s, found, err := chooseAndRead(ctx, xlsRows{rows}, doc, opt, sink); found || err != nil {
			if n, first := rows.ZeroFormulas(); n > 0 {
				s.Doc.Warnings = append(s.Doc.Warnings, fmt.Sprintf(
					"%d formule sono salvate con risultato 0, che LibreOffice scrive anche al posto di un testo, e sono lette come vuote (la prima alla riga %d): "+
						"sostituirle con i loro valori", n, first))
			}
			return s, err
		}
	}
	return empty, noSheet()
}

// xlsRows is a sheet as a table.
type xlsRows struct{ rows *biff.Rows }

// Next gives the next row that has a cell.
func (x xlsRows) Next() ([]string, int, error) {
	cells, line, err := x.rows.Next()
	for i := range cells {
		cells[i] = withoutClock(cells[i])
	}
	return cells, line, err
}

// withoutClock takes the time off a cell that holds a day and a time, as
// statements have in their days.
func withoutClock(cell string) string {
	const day, clock = "2006-01-02", " 15:04:05"
	if len(cell) != len(day+clock) || cell[len(day)] != ' ' || cell[len(day)+3] != ':' {
		return cell
	}
	if _, err := record.ParseDate(cell[:len(day)]); err != nil {
		return cell
	}
	return cell[:len(day)]
}
