package calendar

import (
	"time"

	"quadra/engine/record"
)

// clock is what makes the days of a term count: a source and its own
// interruptions. Sources nobody interrupts share the clock of "every source".
type clock struct {
	source Source
	stops  []Interruption
}

// plain is the index of the clock nothing stops, every that of the one only
// interruptions of every source stop.
const (
	plain = 0
	every = 1
)

func clocksOf(interruptions []Interruption) []clock {
	clocks := []clock{plain: {}, every: {}}
	for _, i := range interruptions {
		if i.Source == "" {
			clocks[every].stops = append(clocks[every].stops, i)
		}
	}
	for _, i := range interruptions {
		if i.Source == "" {
			continue
		}
		at := -1
		for k := every + 1; k < len(clocks); k++ {
			if clocks[k].source == i.Source {
				at = k
			}
		}
		if at < 0 {
			at = len(clocks)
			clocks = append(clocks, clock{source: i.Source, stops: append([]Interruption(nil), clocks[every].stops...)})
		}
		clocks[at].stops = append(clocks[at].stops, i)
	}
	return clocks
}

func (c *Calendar) clockOf(source Source) int {
	if source == "" {
		return plain
	}
	for k := every + 1; k < len(c.clocks); k++ {
		if c.clocks[k].source == source {
			return k
		}
	}
	return every
}

func (k *clock) stopped(d record.Date) bool {
	for i := range k.stops {
		if k.stops[i].covers(d) {
			return true
		}
	}
	return false
}

// year holds, for each clock, which days of a year count.
type year struct {
	number int
	first  record.Date // 1 January
	tables []table
}

type table struct {
	sums []int16 // sums[i]: days that count among the first i of the year
	days []int16 // days[n]: the n-th day that counts, from zero, in days after 1 January
}

func (y *year) before(k, day int) int { return int(y.tables[k].sums[day]) }

func (y *year) counts(k, day int) bool {
	return y.tables[k].sums[day+1] > y.tables[k].sums[day]
}

func (y *year) total(k int) int { return len(y.tables[k].days) }

// nth is the n-th day that counts, from one.
func (y *year) nth(k, n int) record.Date {
	return y.first + record.Date(y.tables[k].days[n-1])
}

// yearOf is the year of a day, or nil when it is in no calendar.
func (c *Calendar) yearOf(d record.Date) *year {
	if d <= 0 {
		return nil
	}
	return c.year(d.Year())
}

func (c *Calendar) year(number int) *year {
	if number < firstYear || number > lastYear {
		return nil
	}
	slot := &c.years[number-firstYear]
	if y := slot.Load(); y != nil {
		return y
	}
	y := c.compute(number)
	slot.Store(y) // two callers may both compute it: the results are equal
	return y
}

func (c *Calendar) compute(number int) *year {
	first := record.NewDate(number, time.January, 1)
	length := int(record.NewDate(number+1, time.January, 1) - first)
	y := &year{number: number, first: first, tables: make([]table, len(c.clocks))}
	working := make([]bool, length)
	for i := range working {
		weekday := (first + record.Date(i)).Time().Weekday()
		working[i] = weekday != time.Saturday && weekday != time.Sunday
	}
	for _, feast := range c.feasts(number) {
		working[feast-first] = false
	}
	for k := range c.clocks {
		t := table{sums: make([]int16, 1, length+1)}
		for i, counts := range working {
			if counts && !c.clocks[k].stopped(first+record.Date(i)) {
				t.days = append(t.days, int16(i))
			}
			t.sums = append(t.sums, int16(len(t.days)))
		}
		y.tables[k] = t
	}
	return y
}
