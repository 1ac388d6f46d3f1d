package report

import (
	"cmp"
	"container/heap"
	"slices"

	"quadra/engine/record"
)

// oldest keeps the rows a page has room for: the oldest, then the largest. Its
// memory is that of the page, not of the books.
type oldest struct {
	room int
	rows rowHeap
}

func (o *oldest) add(r *row) {
	switch {
	case len(o.rows) < o.room:
		heap.Push(&o.rows, *r)
	case o.room > 0 && compareRows(r, &o.rows[0]) < 0:
		o.rows[0] = *r
		heap.Fix(&o.rows, 0)
	}
}

// sorted returns the rows kept, the oldest first.
func (o *oldest) sorted() []row {
	slices.SortFunc(o.rows, func(a, b row) int { return compareRows(&a, &b) })
	return o.rows
}

// compareRows orders rows by age, then by size, then by key: a total order, so
// that the same books give the same page.
func compareRows(a, b *row) int {
	return cmp.Or(
		cmp.Compare(a.DueFrom, b.DueFrom),
		cmp.Compare(size(b), size(a)),
		cmp.Compare(a.order, b.order),
	)
}

func size(r *row) record.Cents { return max(r.Amount.cents, -r.Amount.cents) }

// rowHeap has the row to give up first at its top.
type rowHeap []row

func (h rowHeap) Len() int           { return len(h) }
func (h rowHeap) Less(i, j int) bool { return compareRows(&h[i], &h[j]) > 0 }
func (h rowHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *rowHeap) Push(x any)        { *h = append(*h, x.(row)) }

// Pop completes heap.Interface; rows are replaced, never popped.
func (h *rowHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
