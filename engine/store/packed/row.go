package packed

// #include "packed.h"
import "C"

import (
	"bytes"
	"cmp"
	"encoding/binary"
)

// Row is one packed row: what [Rows] holds between its length before the first
// value was added and that after the last.
type Row []byte

// Row is the row that takes these bytes of the rows. It holds until they change.
func (r *Rows) Row(from, to int) Row { return r.b[from:to:to] }

// Truncate keeps the first n bytes of the rows.
func (r *Rows) Truncate(n int) { r.b = r.b[:n] }

// Forget drops the first n bytes of the rows.
func (r *Rows) Forget(n int) { r.b = append(r.b[:0], r.b[n:]...) }

// Add adds a whole row.
func (r *Rows) Add(row Row) { r.b = append(r.b, row...) }

// Bytes adds bytes, which SQLite keeps as a blob.
func (r *Rows) Bytes(b []byte) {
	r.b = binary.NativeEndian.AppendUint32(append(r.b, C.PACKED_BYTES), uint32(len(b)))
	r.b = append(r.b, b...)
}

// value splits the first value off a row: an integer, or the bytes of a text.
func (r Row) value() (tag byte, n int64, text []byte, rest Row) {
	tag, r = r[0], r[1:]
	switch tag {
	case C.PACKED_NULL:
		return tag, 0, nil, r
	case C.PACKED_INT:
		return tag, int64(binary.NativeEndian.Uint64(r)), nil, r[8:]
	}
	end := 4 + int(binary.NativeEndian.Uint32(r))
	return tag, 0, r[4:end], r[end:]
}

// Len is how many bytes a row of so many values takes, at the beginning of r.
func (r Row) Len(values int) int {
	rest := r
	for range values {
		_, _, _, rest = rest.value()
	}
	return len(r) - len(rest)
}

// Int is the integer at a place, counted from 0; 0 where there is no value.
func (r Row) Int(at int) int64 {
	for range at {
		_, _, _, r = r.value()
	}
	_, n, _, _ := r.value()
	return n
}

// Text are the bytes of the text at a place, counted from 0.
func (r Row) Text(at int) []byte {
	for range at {
		_, _, _, r = r.value()
	}
	_, _, text, _ := r.value()
	return text
}

// Compare orders two rows by their first values, as SQLite orders columns that hold
// texts or hold integers, compared byte by byte.
func (r Row) Compare(other Row, values int) int {
	for range values {
		var n, m int64
		var a, b []byte
		_, n, a, r = r.value()
		_, m, b, other = other.value()
		if c := cmp.Or(bytes.Compare(a, b), cmp.Compare(n, m)); c != 0 {
			return c
		}
	}
	return 0
}
