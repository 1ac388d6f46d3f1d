package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// Rows that are written by the thousand are kept until there are enough of them
// to cross into SQLite together, or until a statement is run that could see that
// they are missing.

// bulkBytes is how much of one kind is kept.
const bulkBytes = 128 << 10

// tables is a set of those a transaction may hold back rows of.
type tables uint32

const everything = ^tables(0)

// held are the tables rows are held back of.
var held = map[string]tables{
	"receipt_detail": 1 << 0, "notice_detail": 1 << 1,
	"receipt_arrived": 1 << 2, "notice_arrived": 1 << 3, "flow_arrived": 1 << 5,
	"payment": 1 << 6, "payment_past": 1 << 7, "payment_history": 1<<6 | 1<<7, "change": 1 << 8, "share": 1 << 9,
	"receipt": 1 << 10, "notice": 1 << 11, "flow_line": 1 << 12, "dirty_iuv": 1 << 13,
	"receipt_psp": 1 << 15, "receipt_kind": 1 << 15, "receipt_text": 1 << 15,
	"payment_total": 1 << 6, "kept_total": 1<<9 | unsettled, // triggers keep them
}

// unsettled are the tables that lack what has arrived, see [Tx.settle].
const unsettled = tables(1<<10 | 1<<11 | 1<<12 | 1<<13)

// marks are what is read when a statement looks for what is marked, see [putOff].
const marks = tables(1 << 14)

// adds are the statements that write marks whatever there are.
var adds = regexp.MustCompile(`^(?:INSERT INTO|DELETE FROM) dirty_iuv\b`)

// named says which of the held tables each named statement speaks of.
var named = sync.OnceValue(func() map[string]tables {
	m := make(map[string]tables)
	for name, text := range queries() {
		for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			m[name] |= held[w]
		}
		if m[name]&held["dirty_iuv"] != 0 && !adds.MatchString(text) {
			m[name] |= marks
		}
	}
	return m
})

// bulk is a statement and the rows it will be run with.
type bulk struct {
	packed.Rows
	name  string
	into  tables
	stmt  *packed.Stmt
	count int64 // rows the database changed
}

var target = regexp.MustCompile(`(?i)^(?:INSERT|REPLACE)(?: OR \w+)? INTO (\w+)`)

// bulk returns the rows a named INSERT will be run with; after adding one,
// [Tx.added] is called. The statement runs later, in the order of its rows but
// not in that of other statements, and must read no table rows are held back of.
func (tx *Tx) bulk(name string) (*bulk, error) {
	if b := tx.bulks[name]; b != nil {
		return b, nil
	}
	text := query(name)
	into := target.FindStringSubmatch(text)
	if into == nil || held[into[1]] == 0 {
		return nil, fmt.Errorf("%s does not insert into a table rows are held back of", name)
	}
	st, err := tx.conn.Prepare(text)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", name, err)
	}
	b := &bulk{name: name, into: held[into[1]], stmt: st}
	tx.bulks[name] = b
	return b, nil
}

// added says that a row of a bulk is complete.
func (tx *Tx) added(b *bulk) error {
	tx.behind |= b.into
	if b.Len() < bulkBytes {
		return nil
	}
	return tx.flush(b)
}

// day is a date as it is stored. A night has few different ones.
func (tx *Tx) day(d record.Date) string {
	text, known := tx.days[d]
	if !known {
		text = d.String()
		tx.days[d] = text
	}
	return text
}

func (tx *Tx) flush(b *bulk) error {
	if err := tx.stopped(); err != nil {
		return err
	}
	n, err := b.stmt.Run(&b.Rows)
	b.Reset()
	b.count += n
	if err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	return nil
}

// catchUp writes what is held back of some tables, and puts what has arrived in
// its place when they are among those that lack it.
func (tx *Tx) catchUp(seen tables) error {
	if tx.unsettled && seen&unsettled != 0 {
		if err := tx.settle(); err != nil {
			return fmt.Errorf("settle what arrived: %w", err)
		}
	}
	if seen&marks != 0 {
		if err := tx.writeMarks(); err != nil {
			return err
		}
	}
	return tx.write(seen)
}

// write writes what is held back of some tables.
func (tx *Tx) write(of tables) error {
	if tx.behind&of == 0 {
		return nil
	}
	for _, b := range tx.bulks {
		if b.into&of != 0 && b.Len() > 0 {
			if err := tx.flush(b); err != nil {
				return err
			}
		}
	}
	tx.behind &^= of
	return nil
}

// readText begins a named query, with this text, whose rows are read many at a
// time. It must be closed.
func (tx *Tx) readText(name, text string, sees tables, args *packed.Rows) (*packed.Reader, error) {
	if err := tx.stopped(); err != nil {
		return nil, err
	}
	if err := tx.catchUp(sees); err != nil {
		return nil, err
	}
	st := tx.reads[name]
	if st == nil || st.Busy() {
		var err error
		if st, err = tx.conn.Prepare(text); err != nil {
			return nil, fmt.Errorf("prepare %s: %w", name, err)
		}
		tx.open = append(tx.open, st)
		tx.reads[name] = st
	}
	r, err := st.Query(args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// release frees the statements that run beside the driver, before the driver can
// close the connection.
func (tx *Tx) release() {
	for _, b := range tx.bulks {
		b.stmt.Close()
	}
	for _, st := range tx.open {
		st.Close()
	}
	tx.bulks, tx.reads, tx.open = nil, nil, nil
}

// stopped is why the transaction is to end early, nil when it is not.
func (tx *Tx) stopped() error {
	if tx.cancelled.Err() != nil {
		return context.Cause(tx.cancelled)
	}
	return nil
}

// interrupting makes the end of ctx interrupt what runs on the connection, and
// returns what ends that: afterwards the connection is left alone.
func interrupting(ctx context.Context, c packed.Conn) (end func()) {
	var mu sync.Mutex
	ended := false
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if !ended {
			c.Interrupt()
		}
	})
	return func() {
		stop()
		mu.Lock()
		defer mu.Unlock()
		ended = true
	}
}

// connOf is the connection of the driver, for what runs beside it.
func connOf(c *sql.Conn) (conn packed.Conn, err error) {
	err = c.Raw(func(raw any) (err error) {
		conn, err = packed.ConnOf(raw)
		return err
	})
	return conn, err
}
