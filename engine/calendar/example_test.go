package calendar_test

import (
	"fmt"
	"time"

	"quadra/engine/calendar"
	"quadra/engine/record"
)

// A payment made on Good Friday after the pagoPA day has closed.
func Example() {
	cal := calendar.New(calendar.Options{
		PatronMonth: time.April, PatronDay: 25,
		Interruptions: []calendar.Interruption{{
			From: record.NewDate(2026, 4, 9), To: record.NewDate(2026, 4, 9),
			Source: calendar.Flows, Reason: "aggiornamento del portale",
		}},
	})
	paid := time.Date(2026, 4, 3, 15, 30, 0, 0, record.Rome())

	day := cal.BusinessDay(paid)
	fmt.Println("business day:", day)
	fmt.Println("cash due by: ", cal.Deadline(day, 1, calendar.Cash))
	fmt.Println("flow due by: ", cal.Deadline(day, 2, calendar.Flows))
	fmt.Println("on 20 April: ", calendar.Bucket(cal.Elapsed(day, record.NewDate(2026, 4, 20))), "giorni lavorativi")
	// Output:
	// business day: 2026-04-07
	// cash due by:  2026-04-08
	// flow due by:  2026-04-10
	// on 20 April:  5-10 giorni lavorativi
}
