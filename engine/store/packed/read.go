package packed

// #include "packed.h"
import "C"

import (
	"encoding/binary"
	"unsafe"
)

const (
	stepRow  = 100
	stepDone = 101

	readRows = 512

	// The room grows with what there is to read, from the one to the other.
	fewBytes  = 4 << 10
	manyBytes = 64 << 10
)

// Reader reads the rows of a query, many at a time: the query runs ahead of who
// reads it, so what is written meanwhile behind the last row read is not seen,
// and what is written ahead of it may be seen or not.
type Reader struct {
	s       *Stmt
	b       []byte
	at, end int
	left    int  // rows in b
	pending bool // the query stands on a row that is not in b
	done    bool
}

// Query begins to read the rows of the statement, whose parameters are the
// values of one packed row; nil when it has none.
func (s *Stmt) Query(args *Rows) (*Reader, error) {
	C.sqlite3_reset(s.st)
	if args != nil && len(args.b) > 0 {
		if rc := C.packed_bind(s.st, (*C.uchar)(unsafe.Pointer(&args.b[0]))); rc != 0 {
			return nil, s.conn.err(rc)
		}
	}
	room := s.room
	s.room = nil
	if room == nil {
		room = make([]byte, fewBytes)
	}
	s.reading = &Reader{s: s, b: room}
	return s.reading, nil
}

// Busy says whether a query of the statement is being read.
func (s *Stmt) Busy() bool { return s.reading != nil }

// Next goes to the next row, when there is one. What is left of the row before is
// passed over only by whoever reads it: every value must be read.
func (r *Reader) Next() (bool, error) {
	if r.left == 0 {
		if r.done {
			r.giveBack()
			return false, nil
		}
		if err := r.fill(); err != nil || r.left == 0 {
			return false, err
		}
	}
	r.left--
	return true, nil
}

func (r *Reader) fill() error {
	if r.pending && len(r.b) < manyBytes {
		r.b = make([]byte, 2*len(r.b))
	}
	for {
		var used C.int64_t
		var rows, pending C.int
		if r.pending {
			pending = 1
		}
		rc := C.packed_read(r.s.st, (*C.uchar)(unsafe.Pointer(&r.b[0])), C.int64_t(len(r.b)), pending, readRows, &used, &rows)
		r.at, r.end, r.left = 0, int(used), int(rows)
		r.pending = rc == stepRow
		switch {
		case rc == stepDone:
			r.finish()
		case r.pending && rows == 0: // one row alone is longer
			r.b = make([]byte, 2*len(r.b))
			continue
		case rc != 0 && rc != stepRow:
			return r.s.conn.err(rc)
		}
		return nil
	}
}

// Int reads an integer; 0 where there is no value.
func (r *Reader) Int() int64 {
	switch r.tag() {
	case C.PACKED_INT:
		n := binary.NativeEndian.Uint64(r.b[r.at:])
		r.at += 8
		return int64(n)
	case C.PACKED_TEXT, C.PACKED_BYTES:
		panic("packed: a text is read as an integer")
	}
	return 0
}

// Flag reads an integer as whether it is not 0.
func (r *Reader) Flag() bool { return r.Int() != 0 }

// Text reads a text; the empty one where there is no value.
func (r *Reader) Text() string { return string(r.Bytes()) }

// Row reads so many values as they are, which hold until the next row.
func (r *Reader) Row(values int) Row {
	row := Row(r.b[r.at:r.end])
	row = row[:row.Len(values)]
	r.at += len(row)
	return row
}

// Bytes reads a text or bytes, which hold until the next row.
func (r *Reader) Bytes() []byte {
	switch r.tag() {
	case C.PACKED_TEXT, C.PACKED_BYTES:
		n := int(binary.NativeEndian.Uint32(r.b[r.at:]))
		r.at += 4 + n
		return r.b[r.at-n : r.at]
	case C.PACKED_INT:
		panic("packed: an integer is read as a text")
	}
	return nil
}

func (r *Reader) tag() byte {
	r.at++
	return r.b[r.at-1]
}

// Close ends the query early; the statement may be used again.
func (r *Reader) Close() {
	r.finish()
	r.giveBack()
}

func (r *Reader) finish() {
	if r.done {
		return
	}
	r.done = true
	r.s.reading = nil
	if r.s.st != nil {
		C.sqlite3_reset(r.s.st)
	}
}

// giveBack leaves the room to the next reader, once no row of it is read any more.
func (r *Reader) giveBack() {
	if r.b != nil {
		r.s.room, r.b, r.left = r.b, nil, 0
	}
}
