package report

import (
	"cmp"
	"container/heap"
	"slices"

	"quadra/engine/record"
	"quadra/engine/report/content"
)

// printedOfCode is how many anomalies of a code a document on paper may show.
const printedOfCode = 500

// oldest keeps the anomalies a document has room for: the oldest, then the
// largest. Its memory is that of the document, not of the books.
type oldest struct {
	room int
	rows rowHeap
}

func (o *oldest) add(r *content.Anomaly) {
	switch {
	case len(o.rows) < o.room:
		heap.Push(&o.rows, r)
	case o.room > 0 && compareRows(r, o.rows[0]) < 0:
		o.rows[0] = r
		heap.Fix(&o.rows, 0)
	}
}

// sorted returns those kept, the oldest first.
func (o *oldest) sorted() []*content.Anomaly {
	slices.SortFunc(o.rows, compareRows)
	return o.rows
}

// compareRows orders rows by age, then by size, then by key: a total order, so
// that the same books give the same page.
func compareRows(a, b *content.Anomaly) int {
	return cmp.Or(
		cmp.Compare(a.Since(), b.Since()),
		cmp.Compare(size(b), size(a)),
		cmp.Compare(a.Key(), b.Key()),
	)
}

func size(a *content.Anomaly) record.Cents { return max(a.Amount, -a.Amount) }

// rowHeap has the row to give up first at its top.
type rowHeap []*content.Anomaly

func (h rowHeap) Len() int           { return len(h) }
func (h rowHeap) Less(i, j int) bool { return compareRows(h[i], h[j]) > 0 }
func (h rowHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *rowHeap) Push(x any)        { *h = append(*h, x.(*content.Anomaly)) }

// Pop completes heap.Interface; rows are replaced, never popped.
func (h *rowHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
