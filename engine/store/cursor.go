package store

import (
	"database/sql"
	"errors"
	"fmt"
)

// cursor reads rows ordered by IUV one ahead, for merging.
type cursor[T any] struct {
	name string
	rows *sql.Rows
	scan scanner[T]
	iuv  string
	row  T
	live bool
}

// scanner reads the IUV and the rest of a row.
type scanner[T any] func(rows *sql.Rows, iuv *string, row *T) error

func openCursor[T any](tx *Tx, name string, scan scanner[T], args ...any) (*cursor[T], error) {
	st, err := tx.prepare(name)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(tx.ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := &cursor[T]{name: name, rows: rows, scan: scan}
	if err := c.advance(); err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	return c, nil
}

func (c *cursor[T]) advance() error {
	if c.live = c.rows.Next(); !c.live {
		if err := c.rows.Err(); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		return nil
	}
	if err := c.scan(c.rows, &c.iuv, &c.row); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return nil
}

// take appends the rows of one IUV; the cursor must not be past it.
func (c *cursor[T]) take(iuv string, into []T) ([]T, error) {
	for c.live && c.iuv == iuv {
		into = append(into, c.row)
		if err := c.advance(); err != nil {
			return into, err
		}
	}
	return into, nil
}

// skip lets go the rows before an IUV.
func (c *cursor[T]) skip(iuv string) error {
	for c.live && c.iuv < iuv {
		if err := c.advance(); err != nil {
			return err
		}
	}
	return nil
}

func (c *cursor[T]) head() (string, bool) { return c.iuv, c.live }
func (c *cursor[T]) close() error         { return c.rows.Close() }

// merge walks several cursors together.
type merge struct {
	cursors []interface {
		head() (string, bool)
		close() error
	}
}

func (m *merge) add(c interface {
	head() (string, bool)
	close() error
}) {
	m.cursors = append(m.cursors, c)
}

// next returns the smallest IUV any cursor stands on.
func (m *merge) next() (iuv string, ok bool) {
	for _, c := range m.cursors {
		if h, live := c.head(); live && (!ok || h < iuv) {
			iuv, ok = h, true
		}
	}
	return iuv, ok
}

func (m *merge) close() error {
	var err error
	for _, c := range m.cursors {
		err = errors.Join(err, c.close())
	}
	return err
}

// markRow is why an IUV is to be judged again.
type markRow struct {
	file    int64
	also    string
	touched bool // not by the calendar alone
}

func scanMark(rows *sql.Rows, iuv *string, m *markRow) error {
	return rows.Scan(iuv, &m.file, &m.also, &m.touched)
}

func scanReceiptRow(rows *sql.Rows, iuv *string, r *ReceiptRow) error {
	var on string
	if err := rows.Scan(iuv, &r.IUR, &r.Index, &r.IUD, &r.Amount, &r.Total, &on, &r.AfterCutOff, &r.Shared, &r.Stamp,
		&r.DebtType); err != nil {
		return err
	}
	return r.PaidOn.UnmarshalText([]byte(on))
}

func scanLineRow(rows *sql.Rows, iuv *string, l *LineRow) error {
	var on string
	if err := rows.Scan(iuv, &l.IUR, &l.Index, &l.FlowID, &l.Seq, &l.Amount, &l.Outcome, &on); err != nil {
		return err
	}
	return l.PaidOn.UnmarshalText([]byte(on))
}

func scanNoticeRow(rows *sql.Rows, iuv *string, n *NoticeRow) error {
	var on string
	if err := rows.Scan(iuv, &n.IUD, &n.Amount, &on); err != nil {
		return err
	}
	n.IUV = *iuv
	return n.PaidOn.UnmarshalText([]byte(on))
}

func scanCashRow(rows *sql.Rows, iuv *string, c *CashRow) error {
	return rows.Scan(iuv, &c.MovementID, &c.Cash, &c.Used)
}

func scanPaymentRow(rows *sql.Rows, iuv *string, p *PaymentRow) error {
	var due, review string
	if err := rows.Scan(iuv, &p.IUR, &p.Index, &p.AloneIUD, &p.Amount, &p.HasReceipt, &p.NoticeIUD, &p.FlowID, &p.FlowSeq,
		&p.Difference, &due, &p.Verdict, &review, &p.IUD); err != nil {
		return err
	}
	if err := p.DueFrom.UnmarshalText([]byte(due)); err != nil {
		return err
	}
	return p.ReviewOn.UnmarshalText([]byte(review))
}
