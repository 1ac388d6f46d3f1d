package book

import (
	"quadra/engine/record"
	"quadra/engine/store"
)

// Chart is the chart the entity books income on, in memory: a few hundred
// entries a year.
type Chart struct {
	entries map[store.ChartKey]*store.ChartEntry
	byType  map[typeYear][]*store.ChartEntry
}

type typeYear struct {
	debtType string
	year     int
}

// ReadChart reads the chart from the books.
func ReadChart(tx *store.Tx) (*Chart, error) {
	all, err := tx.ChartEntries()
	if err != nil {
		return nil, err
	}
	return NewChart(all), nil
}

// NewChart makes a chart of entries; of two with one key the last counts.
func NewChart(all []store.ChartEntry) *Chart {
	c := &Chart{entries: make(map[store.ChartKey]*store.ChartEntry), byType: make(map[typeYear][]*store.ChartEntry)}
	for i := range all {
		c.put(&all[i])
	}
	return c
}

func (c *Chart) put(e *store.ChartEntry) {
	c.remove(e.ChartKey)
	c.entries[e.ChartKey] = e
	k := typeYear{e.DebtType, e.Year}
	c.byType[k] = append(c.byType[k], e)
}

func (c *Chart) remove(key store.ChartKey) {
	old := c.entries[key]
	if old == nil {
		return
	}
	delete(c.entries, key)
	k := typeYear{key.DebtType, key.Year}
	kept := c.byType[k][:0:0]
	for _, e := range c.byType[k] {
		if e != old {
			kept = append(kept, e)
		}
	}
	c.byType[k] = kept
}

// Entry finds an entry by its key.
func (c *Chart) Entry(key store.ChartKey) (*store.ChartEntry, bool) {
	e, ok := c.entries[key]
	return e, ok
}

// Only is the only entry of a debt type that takes a payment of that day; nil
// when there is none, or more than one.
func (c *Chart) Only(debtType string, paidOn record.Date) *store.ChartEntry {
	var only *store.ChartEntry
	for _, e := range c.byType[typeYear{debtType, paidOn.Year()}] {
		if !takes(e, paidOn) {
			continue
		}
		if only != nil {
			return nil
		}
		only = e
	}
	return only
}

// ByAssessment is the only active entry of a debt type and year with that code
// of accertamento; nil when there is none, or more than one.
func (c *Chart) ByAssessment(debtType string, year int, code string) *store.ChartEntry {
	var only *store.ChartEntry
	for _, e := range c.byType[typeYear{debtType, year}] {
		if code == "" || e.Assessment != code || !e.Active {
			continue
		}
		if only != nil {
			return nil
		}
		only = e
	}
	return only
}

func takes(e *store.ChartEntry, on record.Date) bool {
	return e.Active && (e.From == 0 || on >= e.From) && (e.To == 0 || on <= e.To)
}
