package parsers

import (
	"context"
	"slices"
	"sync"

	"quadra/engine/record"
)

// A batch ends with so many records, or with so many bytes of those texts that may
// be long.
const (
	batchRecords = 256
	batchBytes   = 64 << 10
)

// batch is a run of calls to a sink.
type batch struct {
	order []calls
	count int
	bytes int

	receipts  []record.ReceiptLine
	lines     []record.FlowLine
	notices   []record.Notice
	movements []record.Movement
	others    []func(to record.Sink) error
}

// calls are so many of one kind, one after the other.
type calls struct {
	kind int
	n    int
}

// The kinds of calls: those there are many of, and the others.
const (
	callReceipt = iota
	callLine
	callNotice
	callMovement
	callOther
)

var batches = sync.Pool{New: func() any { return new(batch) }}

// free gives the batch back, with its room.
func (b *batch) free() {
	clear(b.others)
	*b = batch{
		order: b.order[:0], receipts: b.receipts[:0], lines: b.lines[:0], notices: b.notices[:0],
		movements: b.movements[:0], others: b.others[:0],
	}
	batches.Put(b)
}

// give makes the calls.
func (b *batch) give(to record.Sink) error {
	var at [callOther + 1]int
	for _, c := range b.order {
		for i := at[c.kind]; i < at[c.kind]+c.n; i++ {
			if err := b.call(to, c.kind, i); err != nil {
				return err
			}
		}
		at[c.kind] += c.n
	}
	return nil
}

func (b *batch) call(to record.Sink, kind, i int) error {
	switch kind {
	case callReceipt:
		return to.Receipt(&b.receipts[i])
	case callLine:
		return to.FlowLine(&b.lines[i])
	case callNotice:
		return to.Notice(&b.notices[i])
	case callMovement:
		return to.Movement(&b.movements[i])
	}
	return b.others[i](to)
}

// aheadSink collects what a reading finds into batches and passes them on.
type aheadSink struct {
	ctx   context.Context
	full  chan<- *batch
	batch *batch
}

// pass hands the batch over when there is room for it.
func (s *aheadSink) pass() error {
	if s.batch == nil {
		return nil
	}
	select {
	case s.full <- s.batch:
		s.batch = nil
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// next is the batch to put a call into.
func (s *aheadSink) next() *batch {
	if s.batch == nil {
		s.batch = batches.Get().(*batch)
	}
	return s.batch
}

// put notes a call and how many bytes its texts have, and passes a full batch on.
func (s *aheadSink) put(kind, bytes int) error {
	b := s.batch
	if last := len(b.order) - 1; last >= 0 && b.order[last].kind == kind {
		b.order[last].n++
	} else {
		b.order = append(b.order, calls{kind, 1})
	}
	b.count++
	b.bytes += bytes
	if b.count < batchRecords && b.bytes < batchBytes {
		return nil
	}
	return s.pass()
}

func (s *aheadSink) other(bytes int, call func(to record.Sink) error) error {
	b := s.next()
	b.others = append(b.others, call)
	return s.put(callOther, bytes)
}

// Doc passes on a document.
func (s *aheadSink) Doc(d *record.Doc) error {
	doc := *d
	doc.Warnings = slices.Clone(d.Warnings)
	return s.other(0, func(to record.Sink) error { return to.Doc(&doc) })
}

// Warn passes on the warnings of a document.
func (s *aheadSink) Warn(warnings []string) {
	warnings = slices.Clone(warnings)
	// Warn has no error to return: that of the context comes with the next call.
	_ = s.other(0, func(to record.Sink) error {
		if w, ok := to.(Warner); ok {
			w.Warn(warnings)
		}
		return nil
	})
}

// Receipt passes on a receipt line.
func (s *aheadSink) Receipt(r *record.ReceiptLine) error {
	b := s.next()
	b.receipts = append(b.receipts, *r)
	return s.put(callReceipt, len(r.Remittance)+len(r.Bilancio)+len(r.Metadata))
}

// Flow passes on a flow.
func (s *aheadSink) Flow(f *record.Flow) error {
	flow := *f
	return s.other(0, func(to record.Sink) error { return to.Flow(&flow) })
}

// FlowLine passes on a line of a flow.
func (s *aheadSink) FlowLine(l *record.FlowLine) error {
	b := s.next()
	b.lines = append(b.lines, *l)
	return s.put(callLine, 0)
}

// FlowEnd passes on the end of a flow.
func (s *aheadSink) FlowEnd(t record.FlowTotals) error {
	return s.other(0, func(to record.Sink) error { return to.FlowEnd(t) })
}

// Movement passes on a movement.
func (s *aheadSink) Movement(m *record.Movement) error {
	b := s.next()
	b.movements = append(b.movements, *m)
	last := &b.movements[len(b.movements)-1]
	last.Covers = slices.Clone(m.Covers)
	return s.put(callMovement, len(m.Remittance)+len(m.Payer)+64*len(m.Covers))
}

// Notice passes on a notice.
func (s *aheadSink) Notice(n *record.Notice) error {
	b := s.next()
	b.notices = append(b.notices, *n)
	return s.put(callNotice, len(n.Remittance)+len(n.Bilancio))
}

// Debt passes on a debt.
func (s *aheadSink) Debt(d *record.Debt) error {
	debt := *d
	return s.other(len(d.Bilancio), func(to record.Sink) error { return to.Debt(&debt) })
}

// Chapter passes on a chapter.
func (s *aheadSink) Chapter(c *record.Chapter) error {
	chapter := *c
	return s.other(0, func(to record.Sink) error { return to.Chapter(&chapter) })
}

// Assessment passes on a row of a file of accertamenti.
func (s *aheadSink) Assessment(a *record.Assessment) error {
	assessment := *a
	return s.other(0, func(to record.Sink) error { return to.Assessment(&assessment) })
}

// Decision passes on a row of a file of decisions.
func (s *aheadSink) Decision(d *record.Decision) error {
	decision := *d
	return s.other(0, func(to record.Sink) error { return to.Decision(&decision) })
}

// Note passes on a note.
func (s *aheadSink) Note(n *record.Note) error {
	note := *n
	return s.other(len(n.Text), func(to record.Sink) error {
		if t, ok := to.(NoteSink); ok {
			return t.Note(&note)
		}
		return errNoNotes
	})
}

// Instruction passes on a change of accertamenti.
func (s *aheadSink) Instruction(in *record.Instruction) error {
	instruction := *in
	return s.other(0, func(to record.Sink) error {
		if t, ok := to.(InstructionSink); ok {
			return t.Instruction(&instruction)
		}
		return errNoInstructions
	})
}

// Reject passes on a row left out.
func (s *aheadSink) Reject(r *record.Reject) error {
	reject := *r
	return s.other(len(r.Value), func(to record.Sink) error { return to.Reject(&reject) })
}
