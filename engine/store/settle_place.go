package store

import (
	"fmt"
	"slices"

	"quadra/engine/store/packed"
)

// arrivals are the statements of a kind: what puts a row in its place, what keeps it
// apart because its key is taken, and what finds and forgets those that a program
// without blocks kept apart.
var arrivals = [kinds]struct {
	place, wait, waiting, clear string
	values                      int
}{
	receipts:  {"ReceiptPlace", "ReceiptWait", "ReceiptsWaiting", "ClearArrivedReceipts", 19},
	notices:   {"NoticePlace", "NoticeWait", "NoticesWaiting", "ClearArrivedNotices", 8},
	flowLines: {place: "FlowLinePlace"},
}

// place inserts what arrived of a kind in the order of its keys. What does not go in
// is put where it waits to be compared with what has its key. each, if not nil, is
// called for every row.
func (s *settling) place(k kind, each func(packed.Row)) error {
	name := arrivals[k].place
	st, err := s.tx.conn.Prepare(query(name))
	if err != nil {
		return fmt.Errorf("prepare %s: %w", name, err)
	}
	defer st.Close()
	var rows packed.Rows
	var ends []int
	var did []byte
	flush := func() error {
		if err := s.tx.stopped(); err != nil {
			return err
		}
		did = slices.Grow(did[:0], len(ends))[:len(ends)]
		n, err := st.RunEach(&rows, did)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		from := 0
		for i, end := range ends {
			if n < int64(len(ends)) && did[i] == 0 {
				if err := s.wait(k, rows.Row(from, end)); err != nil {
					return err
				}
			}
			from = end
		}
		rows.Reset()
		ends = ends[:0]
		return nil
	}
	err = s.tx.mergedArrivals(k, func(row packed.Row) error {
		if each != nil {
			each(row)
		}
		rows.Add(row)
		ends = append(ends, rows.Len())
		if rows.Len() < bulkBytes {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// wait keeps a row apart that did not go in.
func (s *settling) wait(k kind, row packed.Row) error {
	s.first = false
	s.left[k] = append(s.left[k], row.Int(keys[k]-1))
	return s.apart(k, row)
}

func (s *settling) apart(k kind, row packed.Row) error {
	b, err := s.tx.bulk(arrivals[k].wait)
	if err != nil {
		return err
	}
	b.Add(row)
	return s.tx.added(b)
}

// spread keeps everything that arrived apart, as tables that what is to be marked
// can be looked for in.
func (s *settling) spread() error {
	for _, k := range []kind{receipts, notices} {
		err := s.tx.mergedArrivals(k, func(row packed.Row) error {
			if _, there := slices.BinarySearch(s.left[k], row.Int(keys[k]-1)); there { // or forgotten
				return nil
			}
			return s.apart(k, row)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// adopt makes blocks of what a program that had none left in tables.
func (s *settling) adopt() error {
	for _, k := range []kind{receipts, notices} {
		some := false
		err := s.tx.stream(arrivals[k].waiting, func(r *packed.Reader) error {
			some = true
			row := r.Row(arrivals[k].values)
			s.tx.arrives(k).Add(row)
			return s.tx.arrived(k, row.Int(keys[k]-1))
		})
		if err != nil {
			return err
		}
		if some {
			if _, err := s.tx.exec(arrivals[k].clear); err != nil {
				return err
			}
		}
	}
	s.tx.unsettled = false
	return nil
}
