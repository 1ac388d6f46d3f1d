package table

import "sync/atomic"

// values are the values of a column of codes. They grow while rows are taken by
// one goroutine; the forms read them meanwhile.
type values struct {
	all atomic.Pointer[[]Value]
	at  map[string]int
}

func newValues(known []Value) *values {
	v := &values{at: make(map[string]int)}
	all := make([]Value, 0, len(known))
	for _, k := range known {
		v.at[k.Code] = len(all)
		all = append(all, k)
	}
	v.all.Store(&all)
	return v
}

// place is where a code stands among the values; a new one is added.
func (v *values) place(code string) int64 {
	i, ok := v.at[code]
	if !ok {
		// The forms read no further than what they loaded: room beyond it may be used.
		have := *v.all.Load()
		grown := append(have, Value{Code: code}) //nolint:gocritic // appendAssign: what was loaded stays as it is
		i = len(have)
		v.at[code] = i
		v.all.Store(&grown)
	}
	return int64(i)
}

// value is the value of a cell, with the title people call it by.
func (v *values) value(c Cell) Value {
	value := (*v.all.Load())[c.number]
	if value.Title == "" {
		value.Title = value.Code
	}
	return value
}

func (v *values) title(c Cell) string { return v.value(c).Title }
