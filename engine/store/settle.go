package store

import (
	"context"
	"fmt"
	"hash/maphash"
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
	left  [kinds][]int64  // details of what did not go in because the key is taken, as they came
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
	tx.settles++
	s := settling{tx: tx, first: true, files: make(map[int64]int64), also: make(map[string][]int64)}
	for _, step := range []func() error{s.adopt, tx.writeArrivals, s.receipts, s.notices, s.flowLines, s.marks, s.clear} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// receipts settles receipt lines. One whose key is taken is dropped when it says
// the same, and else takes the place.
func (s *settling) receipts() error {
	fill, err := s.empty("ReceiptsAny", receipts)
	if err != nil {
		return err
	}
	err = s.filling(fill, "ReceiptIndex", func() error { return s.place(receipts, nil) })
	if err != nil {
		return err
	}
	slices.Sort(s.left[receipts])
	for _, id := range s.left[receipts] {
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
	if err := s.placeNotices(); err != nil || len(s.left[notices]) == 0 {
		return err
	}
	first, err := s.tx.firstArrived(notices)
	if err != nil {
		return err
	}
	seen := make(map[string]bool)
	for _, id := range slices.Clone(s.left[notices]) {
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
		if in < first {
			continue
		}
		s.left[notices] = append(s.left[notices], in)
		for _, name := range []string{"NoticeWaits", "NoticeDelete"} {
			if _, err := s.tx.exec(name, n.IUD); err != nil {
				return err
			}
		}
	}
	slices.Sort(s.left[notices])
	for _, id := range s.left[notices] {
		if err := s.notice(id); err != nil {
			return fmt.Errorf("notice %d: %w", id, err)
		}
	}
	return nil
}

// placeNotices puts those in their place whose key is not taken. An empty table is
// filled without its index, which tells IUDs that come twice: then it is done again
// with it.
func (s *settling) placeNotices() error {
	fill, err := s.empty("NoticesAny", notices)
	if err != nil {
		return err
	}
	if fill {
		iuds, err := s.roomForNotices()
		if err != nil {
			return err
		}
		seed := maphash.MakeSeed()
		if _, err := s.tx.exec("NoticeIndexDrop"); err != nil {
			return err
		}
		err = s.place(notices, func(row packed.Row) { iuds = append(iuds, maphash.Bytes(seed, row.Text(1))) })
		if err != nil {
			return err
		}
		slices.Sort(iuds)
		if n := len(iuds); len(slices.Compact(iuds)) == n {
			return s.makeIndex("NoticeIndex")
		}
		for _, name := range []string{"NoticesClear", "ClearArrivedNotices", "NoticeIndexMake"} {
			if _, err := s.tx.exec(name); err != nil {
				return err
			}
		}
		s.left[notices] = nil
	}
	return s.place(notices, nil)
}

// roomForNotices is room for a number of each notice that has arrived: of millions it
// would take twice the memory if it grew.
func (s *settling) roomForNotices() ([]uint64, error) {
	first, err := s.tx.firstArrived(notices)
	if err != nil {
		return nil, err
	}
	var next int64
	_, err = s.tx.one("NoticeDetailNext", nil, &next)
	return make([]uint64, 0, next-first), err
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
	fill, err := s.empty("FlowLinesAny", flowLines)
	if err != nil {
		return err
	}
	return s.filling(fill, "FlowLineIndex", func() error { return s.place(flowLines, nil) })
}

// empty asks whether there is nothing in the place of what arrived, so that it can
// be filled.
func (s *settling) empty(name string, k kind) (bool, error) {
	var some bool
	if _, err := s.tx.one(name, nil, &some); err != nil {
		return false, err
	}
	s.first = s.first && !some
	if some || s.tx.conn.Busy() {
		return false, nil
	}
	blocks, err := s.tx.blocks(k)
	return len(blocks) > 0, err
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
	return s.makeIndex(index)
}

// makeIndex makes the index of a table that has been filled, sorting on both
// processors: each of three sorts takes as much memory as the cache may, which is
// made smaller for that.
func (s *settling) makeIndex(index string) error {
	var threads int
	if _, err := s.tx.one("SortOnBoth", nil, &threads); err != nil { // it says how many: exec would leave it open
		return err
	}
	for _, name := range []string{"CacheForSorting", index + "Make", "CacheAsOpened"} {
		if _, err := s.tx.exec(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *settling) clear() error {
	for _, name := range []string{"ClearArrivals", "ClearArrivedReceipts", "ClearArrivedNotices"} {
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
