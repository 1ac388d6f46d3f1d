package store

import (
	"context"
	"fmt"
	"slices"

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// settling puts what has arrived in its place.
type settling struct {
	tx *Tx
	// first says that there was nothing in its place before, and that nothing took
	// the place of something.
	first bool
	files map[int64]int64 // of documents
	// also are IUVs to be marked beside those of what arrived, with the files that
	// are the cause.
	also map[string][]int64
}

// lookForArrivals finds what an interrupted run loaded and did not settle.
func (s *Store) lookForArrivals(ctx context.Context) error {
	return s.transact(ctx, true, func(tx *Tx) error {
		var any bool
		_, err := tx.one("ArrivedAny", nil, &any)
		s.unsettled.Store(any)
		return err
	})
}

// Settle puts what has arrived in its place, for who reads the file without a Tx:
// with one it happens by itself.
func (tx *Tx) Settle() error { return tx.catchUp(unsettled) }

// settle puts what has arrived in its place, as if each record had been put there
// when it came, and marks what is to be judged again.
func (tx *Tx) settle() error {
	tx.unsettled = false
	s := settling{tx: tx, first: true, files: make(map[int64]int64), also: make(map[string][]int64)}
	for _, step := range []func() error{s.receipts, s.notices, s.flowLines, s.marks, s.clear} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// receipts settles receipt lines. One whose key is taken is dropped when it says
// the same, and else takes the place.
func (s *settling) receipts() error {
	fill, err := s.empty("ReceiptsAny")
	if err != nil {
		return err
	}
	var left []int64
	err = s.filling(fill, "ReceiptIndex", func() (err error) {
		left, err = s.put("ArrivedReceipts", "SettleReceipts", "ArrivedReceiptIDs")
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range left {
		if err := s.receipt(id); err != nil {
			return fmt.Errorf("receipt %d: %w", id, err)
		}
	}
	return nil
}

func (s *settling) receipt(id int64) error {
	var now, old record.ReceiptLine
	doc, err := s.tx.arrivedReceipt(id, &now)
	if err != nil {
		return err
	}
	if _, err := s.tx.receipt(now.IUV, now.IUR, now.Index, &old); err != nil {
		return err
	}
	old.Line = now.Line
	if old == now {
		if _, err := s.tx.exec("ForgetArrivedReceipt", id); err != nil {
			return err
		}
		_, err = s.tx.exec("ForgetReceiptDetail", id)
		return err
	}
	if err := s.tx.replaceReceipt(&now, doc, id); err != nil {
		return err
	}
	if old.IUD == "" {
		return nil
	}
	var iuv string
	found, err := s.tx.one("NoticeIUVOf", []any{old.IUD, now.IUV}, &iuv)
	if err != nil || !found {
		return err
	}
	return s.mark(iuv, doc)
}

// notices settles notices, as receipts does; their key is the IUD, whatever the
// IUV.
func (s *settling) notices() error {
	fill, err := s.empty("NoticesAny")
	if err == nil && fill { // without its index nothing tells which came first
		var twice bool
		_, err = s.tx.one("ArrivedNoticeTwice", nil, &twice)
		fill = !twice
	}
	if err != nil {
		return err
	}
	var left []int64
	err = s.filling(fill, "NoticeIndex", func() (err error) {
		left, err = s.put("ArrivedNotices", "SettleNotices", "ArrivedNoticeIDs")
		return err
	})
	if err != nil || len(left) == 0 {
		return err
	}
	seen := make(map[string]bool)
	for _, id := range slices.Clone(left) {
		var n record.Notice
		if _, err := s.tx.arrivedNotice(id, &n); err != nil {
			return err
		}
		if seen[n.IUD] {
			continue
		}
		seen[n.IUD] = true
		// Of several that arrived the first in the order of the IUVs has gone in,
		// which need not be the first that came: it is taken out and waits its turn.
		var in int64
		if _, err := s.tx.one("NoticeDetailOf", []any{n.IUD}, &in); err != nil {
			return err
		}
		if arrived, err := s.tx.one("ArrivedNoticeID", []any{in}, &in); err != nil {
			return err
		} else if arrived {
			left = append(left, in)
			if _, err := s.tx.exec("NoticeDelete", n.IUD); err != nil {
				return err
			}
		}
	}
	slices.Sort(left)
	for _, id := range left {
		if err := s.notice(id); err != nil {
			return fmt.Errorf("notice %d: %w", id, err)
		}
	}
	return nil
}

func (s *settling) notice(id int64) error {
	var now, old record.Notice
	doc, err := s.tx.arrivedNotice(id, &now)
	if err != nil {
		return err
	}
	oldDoc, err := s.tx.notice(now.IUD, &old)
	if err != nil {
		return err
	}
	if oldDoc == 0 {
		return s.tx.insertNotice(&now, doc, id)
	}
	old.Line = now.Line
	if old == now {
		if _, err := s.tx.exec("ForgetArrivedNotice", id); err != nil {
			return err
		}
		_, err = s.tx.exec("ForgetNoticeDetail", id)
		return err
	}
	if err := s.tx.removeNotice(now.IUD, doc); err != nil {
		return err
	}
	if err := s.tx.insertNotice(&now, doc, id); err != nil {
		return err
	}
	if old.IUV == now.IUV {
		return nil
	}
	return s.mark(old.IUV, doc)
}

func (s *settling) flowLines() error {
	var some bool
	if _, err := s.tx.one("FlowLinesArrivedAny", nil, &some); err != nil || !some {
		return err
	}
	fill, err := s.empty("FlowLinesAny")
	if err != nil {
		return err
	}
	return s.filling(fill, "FlowLineIndex", func() error {
		_, err := s.tx.exec("SettleFlowLines")
		return err
	})
}

// empty asks whether there is nothing in the place of what arrived, so that it can
// be filled.
func (s *settling) empty(name string) (bool, error) {
	var some bool
	_, err := s.tx.one(name, nil, &some)
	s.first = s.first && !some
	return !some && !s.tx.conn.Busy(), err
}

// filling fills a table; when it was empty, its index is made afterwards.
func (s *settling) filling(empty bool, index string, fill func() error) error {
	if !empty {
		return fill()
	}
	if _, err := s.tx.exec(index + "Drop"); err != nil {
		return err
	}
	if err := fill(); err != nil {
		return err
	}
	_, err := s.tx.exec(index + "Make")
	return err
}

// put inserts what arrived in the order of its keys and returns the ids of what
// did not go in because the key is taken, in the order of arrival.
func (s *settling) put(count, insert, ids string) (left []int64, err error) {
	var first, last, n int64
	if _, err := s.tx.one(count, nil, &first, &last, &n); err != nil || n == 0 {
		return nil, err
	}
	in := make([]uint64, (last-first)/64+1)
	err = s.ids(insert, func(id int64) {
		in[(id-first)/64] |= 1 << ((id - first) % 64)
		n--
	})
	if err != nil || n == 0 {
		return nil, err
	}
	err = s.ids(ids, func(id int64) {
		if in[(id-first)/64]&(1<<((id-first)%64)) == 0 {
			left = append(left, id)
		}
	})
	s.first = false
	return left, err
}

func (s *settling) ids(name string, fn func(int64)) error {
	return s.tx.stream(name, func(r *packed.Reader) error {
		fn(r.Int())
		return nil
	})
}

func (s *settling) clear() error {
	for _, name := range []string{"ClearArrivedReceipts", "ClearArrivedNotices", "ClearArrivedFlowLines"} {
		if _, err := s.tx.exec(name); err != nil {
			return err
		}
	}
	if s.tx.off != nil { // the flows are still read
		return nil
	}
	_, err := s.tx.exec("ClearArrivedFlows")
	return err
}
