package store

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"quadra/engine/store/packed"
)

// mark marks an IUV beside those of what arrived.
func (s *settling) mark(iuv string, doc int64) error {
	file, known := s.files[doc]
	if !known {
		if _, err := s.tx.one("FileOfDocID", []any{doc}, &file); err != nil {
			return err
		}
		s.files[doc] = file
	}
	s.also[iuv] = append(s.also[iuv], file)
	return nil
}

// marks marks the IUVs of what arrived, with every file that is a cause: the marks
// are those that one file after the other would have made.
func (s *settling) marks() error {
	var some bool
	if _, err := s.tx.one("MarkedIUV", nil, &some); err != nil {
		return err
	}
	if !s.first {
		if err := s.spread(); err != nil {
			return err
		}
		return s.write("ArrivedMarks", nil)
	}
	if !some {
		if done, err := s.putOff(); err != nil || done {
			return err
		}
	}
	return s.writeFirst(math.MaxInt64)
}

// write writes the marks a query gives, beside those there are.
func (s *settling) write(name string, args *packed.Rows) error {
	var some bool
	if _, err := s.tx.one("MarkedIUV", nil, &some); err != nil {
		return err
	}
	out, err := s.tx.bulk("DirtyIUV")
	if err != nil {
		return err
	}
	m := marking{tx: s.tx, out: out, apart: some, also: s.also}
	if err := s.tx.streamOf(name, args, func(r *packed.Reader) error { return m.add(r.Bytes(), r.Int()) }); err != nil {
		return err
	}
	if err := m.end(); err != nil {
		return err
	}
	for _, iuv := range slices.Sorted(maps.Keys(s.also)) {
		m.iuv = append(m.iuv, iuv...)
		if err := m.end(); err != nil {
			return err
		}
	}
	return s.tx.write(held["dirty_iuv"])
}

// marking writes the marks of one IUV after the other.
type marking struct {
	tx    *Tx
	out   *bulk
	apart bool // there are marks already, to which each file is added as it came
	also  map[string][]int64
	iuv   []byte
	files []int64
	text  []byte
}

func (m *marking) add(iuv []byte, file int64) error {
	if string(iuv) != string(m.iuv) {
		if err := m.end(); err != nil {
			return err
		}
		m.iuv = append(m.iuv, iuv...)
	}
	m.files = append(m.files, file)
	return nil
}

// end writes the mark of the IUV whose files have been added.
func (m *marking) end() error {
	if more, ok := m.also[string(m.iuv)]; ok {
		m.files = append(m.files, more...)
		delete(m.also, string(m.iuv))
	}
	slices.Sort(m.files)
	m.files = slices.Compact(m.files)
	for i, file := range m.files {
		last := i == len(m.files)-1
		if !m.apart && !last {
			m.text = strconv.AppendInt(append(m.text, ','), file, 10)
			continue
		}
		m.out.Text(string(m.iuv))
		m.out.Int(file)
		m.out.Text(string(m.text))
		if err := m.tx.added(m.out); err != nil {
			return err
		}
	}
	m.iuv, m.files, m.text = m.iuv[:0], m.files[:0], m.text[:0]
	return nil
}

// markFlows marks the IUVs of the flows among what arrived, in the order of the IUVs:
// a few flows of a day hold more of them than a few pages of marks.
func (tx *Tx) markFlows() error {
	if tx.off != nil {
		return nil // judging reads them
	}
	out, err := tx.bulk("DirtyIUV")
	if err != nil {
		return err
	}
	err = tx.stream("FlowMarks", func(r *packed.Reader) error {
		out.Text(r.Text())
		out.IntOrNull(r.Int())
		out.Text(r.Text())
		return tx.added(out)
	})
	if err != nil {
		return err
	}
	if err := tx.write(held["dirty_iuv"]); err != nil {
		return err
	}
	_, err = tx.exec("ClearArrivedFlows")
	return err
}
