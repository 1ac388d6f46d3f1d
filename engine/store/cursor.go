package store

import (
	"fmt"

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// cursor reads rows ordered by IUV one ahead, for merging.
type cursor[T any] struct {
	name string
	rows *packed.Reader
	scan scanner[T]
	iuv  []byte // of row
	row  T
	live bool
}

// scanner reads what follows the IUV in a row.
type scanner[T any] func(r *packed.Reader, row *T) error

func openCursor[T any](tx *Tx, name string, scan scanner[T]) (*cursor[T], error) {
	return openCursorAt(tx, name, nil, scan)
}

// openCursorAt is openCursor with parameters.
func openCursorAt[T any](tx *Tx, name string, args *packed.Rows, scan scanner[T]) (*cursor[T], error) {
	rows, err := tx.readText(name, query(name), named()[name], args)
	if err != nil {
		return nil, err
	}
	return newCursor(name, rows, scan)
}

func newCursor[T any](name string, rows *packed.Reader, scan scanner[T]) (*cursor[T], error) {
	c := &cursor[T]{name: name, rows: rows, scan: scan}
	if err := c.advance(); err != nil {
		rows.Close()
		return nil, err
	}
	return c, nil
}

func (c *cursor[T]) advance() (err error) {
	if c.live, err = c.rows.Next(); err == nil && c.live {
		c.iuv = append(c.iuv[:0], c.rows.Bytes()...)
		err = c.scan(c.rows, &c.row)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return nil
}

// take appends the rows of one IUV; the cursor must not be past it.
func (c *cursor[T]) take(iuv string, into []T) ([]T, error) {
	for c.live && string(c.iuv) == iuv {
		into = append(into, c.row)
		if err := c.advance(); err != nil {
			return into, err
		}
	}
	return into, nil
}

// skip lets go the rows before an IUV.
func (c *cursor[T]) skip(iuv string) error {
	for c.live && string(c.iuv) < iuv {
		if err := c.advance(); err != nil {
			return err
		}
	}
	return nil
}

func (c *cursor[T]) head() ([]byte, bool) { return c.iuv, c.live }
func (c *cursor[T]) close()               { c.rows.Close() }

// merge walks several cursors together.
type merge struct{ cursors []merged }

type merged interface {
	head() ([]byte, bool)
	close()
}

func (m *merge) add(c merged) { m.cursors = append(m.cursors, c) }

// next returns the smallest IUV any cursor stands on.
func (m *merge) next() (iuv string, ok bool) {
	var least []byte
	for _, c := range m.cursors {
		if h, live := c.head(); live && (!ok || string(h) < string(least)) {
			least, ok = h, true
		}
	}
	return string(least), ok
}

func (m *merge) close() {
	for _, c := range m.cursors {
		c.close()
	}
}

// markRow is why an IUV is to be judged again.
type markRow struct {
	file    int64
	also    string
	touched bool // not by the calendar alone
}

func scanMark(r *packed.Reader, m *markRow) error {
	*m = markRow{file: r.Int(), also: r.Text(), touched: r.Flag()}
	return nil
}

func scanReceiptRow(r *packed.Reader, row *ReceiptRow) error {
	*row = ReceiptRow{IUR: r.Text(), Index: int(r.Int()), IUD: r.Text(), Amount: record.Cents(r.Int()), Total: record.Cents(r.Int())}
	err := readDate(r, &row.PaidOn)
	row.AfterCutOff, row.Shared, row.Stamp, row.DebtType, row.Doc = r.Flag(), r.Flag(), r.Flag(), r.Text(), r.Int()
	return err
}

func scanLineRow(r *packed.Reader, row *LineRow) error {
	*row = LineRow{IUR: r.Text(), Index: int(r.Int()), FlowID: r.Int(), Seq: int(r.Int()), Amount: record.Cents(r.Int()), Outcome: int(r.Int())}
	return readDate(r, &row.PaidOn)
}

func scanNoticeRow(r *packed.Reader, row *NoticeRow) error {
	*row = NoticeRow{IUD: r.Text(), Amount: record.Cents(r.Int())}
	err := readDate(r, &row.PaidOn)
	row.Doc = r.Int()
	return err
}

func scanCashRow(r *packed.Reader, row *CashRow) error {
	*row = CashRow{MovementID: r.Int(), Cash: record.Cents(r.Int()), Used: r.Flag()}
	return nil
}

func scanJudgedRow(r *packed.Reader, row *judgedRow) error {
	row.PaymentRow = PaymentRow{PaymentKey: PaymentKey{IUR: r.Text(), Index: int(r.Int()), AloneIUD: r.Text()}, Amount: record.Cents(r.Int()),
		HasReceipt: r.Flag(), NoticeIUD: r.Text(), FlowID: r.Int(), FlowSeq: int(r.Int()), Difference: record.Cents(r.Int())}
	if err := readDate(r, &row.DueFrom); err != nil {
		return err
	}
	row.Verdict = r.Int()
	err := readDate(r, &row.ReviewOn)
	row.IUD = r.Text()
	row.since, row.origin = r.Int(), origin{before: r.Int(), file: r.Int(), also: r.Text()}
	return err
}

func readDate(r *packed.Reader, d *record.Date) error { return d.UnmarshalText(r.Bytes()) }
