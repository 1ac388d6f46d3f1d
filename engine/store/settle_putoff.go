package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"quadra/engine/store/packed"
)

// putOff stands for the marks of books that held nothing before: every IUV is
// marked, and the files that are the cause are those of its own rows. The marks
// would be written to be read once, by the judging of the same transaction, which
// finds the causes itself. They are written when anything else asks for them, and
// at the end of a transaction in which nothing was judged.
type putOff struct {
	apart map[string][]int64 // files that are a cause and none of the rows of the IUV
	last  int64              // flow_arrived up to this row arrived; after it cash came or went
}

// mostApart is how many causes are kept that rows do not show. Beyond it the marks
// are written.
const mostApart = 100_000

// writeFirst writes the marks of books that held nothing. The flows up to a row of
// flow_arrived are those that arrived.
func (s *settling) writeFirst(last int64) error {
	var args packed.Rows
	args.Int(last)
	return s.write("FirstMarks", &args)
}

// putOff puts the marks off, if few of them need more than the rows.
func (s *settling) putOff() (bool, error) {
	off := &putOff{apart: make(map[string][]int64)}
	n := 0
	var most packed.Rows
	most.Int(mostApart + 1)
	err := s.tx.streamOf("MarksApart", &most, func(r *packed.Reader) error {
		iuv, file := r.Text(), r.Int()
		off.apart[iuv] = append(off.apart[iuv], file)
		n++
		return nil
	})
	if err != nil || n > mostApart {
		return false, err
	}
	for iuv, files := range s.also {
		off.apart[iuv] = append(off.apart[iuv], files...)
	}
	_, err = s.tx.one("FlowArrivedLast", nil, &off.last)
	s.tx.off = off
	return err == nil, err
}

// writeMarks writes the marks that were put off.
func (tx *Tx) writeMarks() error {
	off := tx.off
	if off == nil {
		return nil
	}
	tx.off = nil
	s := settling{tx: tx, also: off.apart}
	if err := s.writeFirst(off.last); err != nil {
		return err
	}
	if _, err := tx.exec("FlowArrivedUpTo", off.last); err != nil {
		return err
	}
	return tx.markFlows()
}

// causes finds the marks that were put off.
type causes struct {
	off   *putOff
	file  map[int64]int64   // by document
	came  map[int64][]int64 // files, by flow
	cash  map[int64][]cashMark
	files []int64
	later []cashMark
}

// cashMark is what cash of a flow that came or went is a cause of.
type cashMark struct {
	seq int64 // in the order of which they were made
	markRow
}

func (tx *Tx) causesPutOff() (*causes, error) {
	c := &causes{off: tx.off, file: make(map[int64]int64), came: make(map[int64][]int64), cash: make(map[int64][]cashMark)}
	err := tx.stream("CauseDocuments", func(r *packed.Reader) error {
		id := r.Int()
		c.file[id] = r.Int()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, tx.stream("CauseFlows", func(r *packed.Reader) error {
		m, flow := cashMark{seq: r.Int()}, r.Int()
		m.file, m.also = r.Int(), r.Text()
		if m.seq <= c.off.last {
			c.came[flow] = append(c.came[flow], m.file)
		} else {
			c.cash[flow] = append(c.cash[flow], m)
		}
		return nil
	})
}

// of is the mark of a group, given what was marked beside it.
func (c *causes) of(g *Group, marked []markRow) markRow {
	c.files = append(c.files[:0], c.off.apart[g.IUV]...)
	files := c.files
	for i := range g.Receipts {
		files = append(files, c.file[g.Receipts[i].Doc])
	}
	for i := range g.Notices {
		files = append(files, c.file[g.Notices[i].Doc])
	}
	for i := range g.Lines {
		files = append(files, c.came[g.Lines[i].FlowID]...)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	c.files = files
	var m markRow
	for _, file := range files {
		m.touched = true
		m.add(markRow{file: file})
	}
	for _, also := range marked {
		m.touched = m.touched || also.touched
		m.add(also)
	}
	c.later = c.later[:0]
	for i := range g.Lines {
		c.later = append(c.later, c.cash[g.Lines[i].FlowID]...)
	}
	slices.SortFunc(c.later, func(a, b cashMark) int { return cmp.Compare(a.seq, b.seq) })
	for i := range c.later {
		m.add(c.later[i].markRow)
	}
	return m
}

// add makes of two marks of an IUV one, as the statement DirtyIUV does.
func (m *markRow) add(later markRow) {
	before := m.also
	if m.file != 0 && m.file != later.file {
		text := "," + strconv.FormatInt(m.file, 10)
		if !strings.Contains(before+",", text+",") {
			m.also += text
		}
	}
	if !strings.Contains(before, later.also) {
		m.also += later.also
	}
	if later.file != 0 {
		m.file = later.file
	}
}
