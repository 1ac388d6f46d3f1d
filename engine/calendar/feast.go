package calendar

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/it"

	"quadra/engine/record"
)

// sanFrancesco is a national feast again from 2026 (law 151 of 8 October 2025),
// which the library does not know. It stops nobody in the years it falls on a
// weekend, as 4 October 2026 does.
var sanFrancesco = &cal.Holiday{
	Name:      "San Francesco d'Assisi",
	Type:      cal.ObservancePublic,
	Month:     time.October,
	Day:       4,
	StartYear: 2026,
	Func:      cal.CalcDayOfMonth,
}

// feasts lists the feasts of a year: the national ones, and the patron day.
func (c *Calendar) feasts(year int) []record.Date {
	var days []record.Date
	for _, h := range append(it.Holidays[:len(it.Holidays):len(it.Holidays)], sanFrancesco) {
		if actual, _ := h.Calc(year); !actual.IsZero() {
			// At noon: the library gives midnight in the machine's zone, and there
			// are zones and days without a midnight.
			y, m, d := actual.Add(12 * time.Hour).Date()
			days = append(days, record.NewDate(y, m, d))
		}
	}
	if day, ok := record.CivilDate(year, int(c.options.PatronMonth), c.options.PatronDay); ok {
		days = append(days, day)
	}
	return days
}
