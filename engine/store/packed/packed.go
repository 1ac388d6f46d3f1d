// Package packed runs SQLite statements over many rows at a time. A call into C
// costs more than inserting a short row, and database/sql makes one per value and
// several per statement: here rows cross once, packed in a buffer.
//
// It works beside the driver, on the connection of a transaction that the driver
// began: what it writes is committed or rolled back with it.
package packed

// #include "packed.h"
// #include <stdlib.h>
import "C"

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/mattn/go-sqlite3"
)

// Conn is a connection of the driver.
type Conn struct{ db *C.sqlite3 }

// ConnOf is the connection behind what [database/sql.Conn.Raw] gives.
func ConnOf(raw any) (Conn, error) {
	c, ok := raw.(*sqlite3.SQLiteConn)
	if !ok {
		return Conn{}, fmt.Errorf("packed: %T is no connection to SQLite", raw)
	}
	// The driver has no other way to it; a test would notice if it moved.
	field := reflect.ValueOf(c).Elem().FieldByName("db")
	if !field.IsValid() || field.Kind() != reflect.Pointer || field.IsNil() {
		return Conn{}, errors.New("packed: the driver does not show its connection")
	}
	return Conn{(*C.sqlite3)(field.UnsafePointer())}, nil
}

// Error is what SQLite says of a statement that failed: a code of its own or an
// extended one, as [sqlite3.ErrNo] and [sqlite3.ErrNoExtended].
type Error = sqlite3.Error

func (c Conn) err(rc C.int) error {
	if rc == C.int(sqlite3.ErrMisuse) {
		return errors.New("packed: values and parameters of the statement do not match")
	}
	return fmt.Errorf("%s: %w", C.GoString(C.sqlite3_errmsg(c.db)),
		Error{Code: sqlite3.ErrNo(rc & 0xff), ExtendedCode: sqlite3.ErrNoExtended(C.sqlite3_extended_errcode(c.db))})
}

// Stmt is a prepared statement. It must be closed before its connection.
type Stmt struct {
	conn    Conn
	st      *C.sqlite3_stmt
	reading *Reader // that is not at its end
	room    []byte  // for the next one
}

// Interrupt makes what runs on the connection end early, with an error. It may be
// called from any goroutine while the connection is open.
func (c Conn) Interrupt() { C.sqlite3_interrupt(c.db) }

// Busy says whether some query of the connection is being read, ours or not: then
// the schema cannot change.
func (c Conn) Busy() bool {
	for st := C.sqlite3_next_stmt(c.db, nil); st != nil; st = C.sqlite3_next_stmt(c.db, st) {
		if C.sqlite3_stmt_busy(st) != 0 {
			return true
		}
	}
	return false
}

const preparePersistent = 1

// Prepare compiles a statement.
func (c Conn) Prepare(text string) (*Stmt, error) {
	src := C.CString(text)
	defer C.free(unsafe.Pointer(src))
	s := &Stmt{conn: c}
	if rc := C.sqlite3_prepare_v3(c.db, src, -1, preparePersistent, &s.st, nil); rc != 0 { //nolint:gocritic // sees the code cgo makes of this
		return nil, c.err(rc)
	}
	return s, nil
}

// Close frees the statement. What went wrong was said by what ran it.
func (s *Stmt) Close() {
	C.sqlite3_finalize(s.st)
	s.st = nil
}

// Run runs the statement once for each packed row, in order, and says how many
// rows of the database that changed. The rows may be reused afterwards.
func (s *Stmt) Run(rows *Rows) (int64, error) { return s.RunEach(rows, nil) }

// RunEach is [Stmt.Run] that says in did, which must have room for all of them, of
// each row whether it changed anything: 1, or 0 as when an INSERT OR IGNORE was
// ignored. did may be nil.
func (s *Stmt) RunEach(rows *Rows, did []byte) (int64, error) {
	if len(rows.b) == 0 {
		return 0, nil
	}
	var changed C.int64_t
	rc := C.packed_run(s.st, (*C.uchar)(unsafe.Pointer(&rows.b[0])), C.int64_t(len(rows.b)), &changed, (*C.uchar)(unsafe.Pointer(unsafe.SliceData(did))))
	if rc != 0 {
		return int64(changed), s.conn.err(rc)
	}
	return int64(changed), nil
}

// Rows are rows of values in the order of a statement's parameters.
type Rows struct{ b []byte }

// Len is how many bytes they take.
func (r *Rows) Len() int { return len(r.b) }

// Reset forgets the rows and keeps the room.
func (r *Rows) Reset() { r.b = r.b[:0] }

// Int adds an integer.
func (r *Rows) Int(n int64) {
	r.b = binary.NativeEndian.AppendUint64(append(r.b, C.PACKED_INT), uint64(n))
}

// Text adds a text.
func (r *Rows) Text(s string) {
	r.b = binary.NativeEndian.AppendUint32(append(r.b, C.PACKED_TEXT), uint32(len(s)))
	r.b = append(r.b, s...)
}

// Null adds no value.
func (r *Rows) Null() { r.b = append(r.b, C.PACKED_NULL) }

// IntOrNull adds an integer, and no value for zero.
func (r *Rows) IntOrNull(n int64) {
	if n == 0 {
		r.Null()
		return
	}
	r.Int(n)
}

// TextOrNull adds a text, and no value for the empty one.
func (r *Rows) TextOrNull(s string) {
	if s == "" {
		r.Null()
		return
	}
	r.Text(s)
}

// Flag adds 1 or 0.
func (r *Rows) Flag(b bool) {
	n := int64(0)
	if b {
		n = 1
	}
	r.Int(n)
}
