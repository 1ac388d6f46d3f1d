package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"

	"quadra/engine/store/packed"
)

// kind says what of the three kinds of records that come by the thousand something
// is.
type kind int

const (
	receipts kind = iota
	notices
	flowLines
	kinds
)

// layout is that of the rows of a block: the values of the statement that puts them
// in their place, in the order of its parameters; the first of them are the key.
// Blocks of another layout are refused: a program that changes it must settle them.
const layout = 1

// keys are how many values order the rows of a kind: the key of the record and,
// where records of one key may come, the id of its detail, which grows as they come.
var keys = [kinds]int{receipts: 4, notices: 3, flowLines: 4}

const (
	blockBytes = 2 << 20  // of rows that are sorted together
	partBytes  = 64 << 10 // of a block that are read together
)

// arriving gathers rows of a kind until there are enough for a block.
type arriving struct {
	packed.Rows
	at []placed
	// open are the rows from here on that may be dropped again: those of the flow
	// that is being read.
	open  int
	first int64 // detail of the first row
}

// placed is where a row is, and the beginning of its key.
type placed struct {
	prefix
	from, to int
}

// prefix are the first 16 bytes of a row's first text: rows whose prefixes differ
// are in their order.
type prefix struct{ high, low uint64 }

func prefixOf(row packed.Row) prefix {
	var b [16]byte
	copy(b[:], row.Text(0))
	return prefix{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (p prefix) compare(q prefix) int {
	if p.high != q.high {
		return cmp.Compare(p.high, q.high)
	}
	return cmp.Compare(p.low, q.low)
}

// arrives returns the rows of a kind to which one is added; its values are those of
// [layout]. Then [Tx.arrived] is called.
func (tx *Tx) arrives(k kind) *arriving { return &tx.arriving[k] }

// arrived says that a row is complete. detail is the id of its detail.
func (tx *Tx) arrived(k kind, detail int64) error {
	a := &tx.arriving[k]
	if len(a.at) == 0 {
		a.first = detail
	}
	from := 0
	if n := len(a.at); n > 0 {
		from = a.at[n-1].to
	}
	a.at = append(a.at, placed{prefixOf(a.Row(from, a.Len())), from, a.Len()})
	tx.unsettled = true
	if a.Len() < blockBytes || k == flowLines { // the lines of a flow are written by who reads it
		return nil
	}
	_, err := tx.writeBlock(k, len(a.at))
	return err
}

// writeArrivals writes what has arrived and is not in a block yet.
func (tx *Tx) writeArrivals() error {
	for k := range kinds {
		if _, err := tx.writeBlock(k, len(tx.arriving[k].at)); err != nil {
			return err
		}
	}
	return nil
}

// writeBlock writes the first n rows of a kind as a block and returns its number;
// the others stay.
func (tx *Tx) writeBlock(k kind, n int) (number int64, err error) {
	a := &tx.arriving[k]
	if n == 0 {
		return 0, nil
	}
	at := a.at[:n]
	end := at[n-1].to
	slices.SortFunc(at, func(p, q placed) int {
		if c := p.compare(q.prefix); c != 0 {
			return c
		}
		return cmp.Or(a.Row(p.from, p.to).Compare(a.Row(q.from, q.to), keys[k]), cmp.Compare(p.from, q.from))
	})
	b, err := tx.newBlock(k, a.first)
	if err != nil {
		return 0, err
	}
	for _, p := range at {
		if err := b.add(a.Row(p.from, p.to)); err != nil {
			return 0, err
		}
	}
	if err := b.end(); err != nil {
		return 0, err
	}
	a.Forget(end)
	a.at = slices.Delete(a.at, 0, n)
	for i := range a.at {
		a.at[i].from -= end
		a.at[i].to -= end
	}
	a.open = max(0, a.open-n)
	return b.number, nil
}

// drop takes the open rows back.
func (a *arriving) drop() {
	if a.open < len(a.at) {
		a.Truncate(a.at[a.open].from)
		a.at = a.at[:a.open]
	}
}

// block is a block that is being written, of rows that are given in order.
type block struct {
	tx            *Tx
	kind          kind
	number, first int64
	parts         int
	rows, packed  []byte
}

func (tx *Tx) newBlock(k kind, first int64) (*block, error) {
	b := &block{tx: tx, kind: k, first: first}
	_, err := tx.one("ArrivalNext", []any{int(k)}, &b.number)
	return b, err
}

// add adds a row: its length, then itself.
func (b *block) add(row packed.Row) error {
	if len(b.rows) > 0 && len(b.rows)+4+len(row) > partBytes {
		if err := b.end(); err != nil {
			return err
		}
	}
	b.rows = binary.LittleEndian.AppendUint32(b.rows, uint32(len(row)))
	b.rows = append(b.rows, row...)
	return nil
}

// end writes the part that has been added.
func (b *block) end() error {
	if len(b.rows) == 0 {
		return nil
	}
	// Compressed, because the books do not shrink when blocks are dropped.
	b.packed = s2.Encode(b.packed[:cap(b.packed)], b.rows)
	_, err := b.tx.exec("ArrivalInsert", int(b.kind), b.number, b.parts, layout, b.first, b.packed)
	b.rows = b.rows[:0]
	b.parts++
	return err
}

// mostMerged is how many blocks are read at once.
const mostMerged = 1024

// mergedArrivals calls fn for every row of a kind that has arrived and is in a block,
// in the order of their keys. fn must not keep the row.
func (tx *Tx) mergedArrivals(k kind, fn func(packed.Row) error) error {
	for {
		numbers, err := tx.blocks(k)
		if err != nil {
			return err
		}
		if len(numbers) <= mostMerged {
			return tx.mergeBlocks(k, numbers, fn)
		}
		for group := range slices.Chunk(numbers, mostMerged/4) { // each of which becomes one
			if err := tx.joinBlocks(k, group); err != nil {
				return err
			}
		}
	}
}

func (tx *Tx) blocks(k kind) (numbers []int64, err error) {
	err = tx.each("ArrivalBlocks", []any{int(k)}, func(scan func(...any) error) error {
		var number int64
		var of int
		if err := scan(&number, &of); err != nil {
			return err
		}
		if of != layout {
			return fmt.Errorf("block %d of what arrived has layout %d, this program knows %d: what wrote it must settle it, by a run", number, of, layout)
		}
		numbers = append(numbers, number)
		return nil
	})
	return numbers, err
}

func (tx *Tx) joinBlocks(k kind, numbers []int64) error {
	first, err := tx.firstArrived(k)
	if err != nil {
		return err
	}
	b, err := tx.newBlock(k, first)
	if err != nil {
		return err
	}
	if err := tx.mergeBlocks(k, numbers, b.add); err != nil {
		return err
	}
	for _, number := range numbers {
		if err := tx.dropBlock(k, number); err != nil {
			return err
		}
	}
	return b.end()
}

func (tx *Tx) dropBlock(k kind, number int64) error {
	_, err := tx.exec("ArrivalDrop", int(k), number)
	return err
}

// firstArrived is the detail of the first row of a kind that has arrived, 0 when
// there is none.
func (tx *Tx) firstArrived(k kind) (id int64, err error) {
	_, err = tx.one("ArrivalFirst", []any{int(k)}, &id)
	return id, err
}

func (tx *Tx) mergeBlocks(k kind, numbers []int64, fn func(packed.Row) error) error {
	m := merging{tx: tx, kind: k}
	for _, number := range numbers {
		r := &blockReader{number: number}
		if more, err := m.next(r); err != nil {
			return err
		} else if more {
			m.readers = append(m.readers, r)
		}
	}
	slices.SortFunc(m.readers, m.compare) // a sorted list is a heap
	for len(m.readers) > 0 {
		if err := fn(m.readers[0].row); err != nil {
			return err
		}
		more, err := m.next(m.readers[0])
		if err != nil {
			return err
		}
		if !more {
			last := len(m.readers) - 1
			m.readers[0] = m.readers[last]
			m.readers = m.readers[:last]
		}
		m.sink()
	}
	return nil
}

// merging reads blocks in the order of their rows: a heap of readers, each standing
// on a row.
type merging struct {
	tx      *Tx
	kind    kind
	readers []*blockReader
}

type blockReader struct {
	number, part int64
	rows         []byte
	at           int
	row          packed.Row
	prefix
}

func (m *merging) compare(r, s *blockReader) int {
	if c := r.compare(s.prefix); c != 0 {
		return c
	}
	return cmp.Or(r.row.Compare(s.row, keys[m.kind]), cmp.Compare(r.number, s.number))
}

// sink puts the reader at the top where it belongs.
func (m *merging) sink() {
	for at := 0; ; {
		least := at
		for child := 2*at + 1; child <= 2*at+2 && child < len(m.readers); child++ {
			if m.compare(m.readers[child], m.readers[least]) < 0 {
				least = child
			}
		}
		if least == at {
			return
		}
		m.readers[at], m.readers[least] = m.readers[least], m.readers[at]
		at = least
	}
}

// next goes to the next row of a block, when there is one.
func (m *merging) next(r *blockReader) (bool, error) {
	if r.at == len(r.rows) {
		rows := r.rows[:0]
		r.rows, r.at = rows, 0
		var args packed.Rows
		args.Int(int64(m.kind))
		args.Int(r.number)
		args.Int(r.part)
		err := m.tx.streamOf("ArrivalPart", &args, func(part *packed.Reader) (err error) {
			r.rows, err = s2.Decode(rows[:cap(rows)], part.Bytes())
			return err
		})
		if err != nil || len(r.rows) == 0 {
			return false, err
		}
		r.part++
	}
	n := int(binary.LittleEndian.Uint32(r.rows[r.at:]))
	r.row = r.rows[r.at+4:][:n]
	r.at += 4 + n
	r.prefix = prefixOf(r.row)
	return true, nil
}
