package judge_test

import (
	"time"

	"quadra/engine/calendar"
	"quadra/engine/record"
)

func receiptSituations() []situation {
	return []situation{
		{name: "receipt of the day before", files: []delivery{paid("2026-09-18")}},
		{name: "receipt whose flow is late", files: []delivery{paid("2026-09-16")}},
		{name: "receipt whose flow is missing", files: []delivery{paid("2026-09-01")}},
		{name: "receipt on the last day its flow is in time", files: []delivery{paid("2026-09-17")}},
		{name: "receipt on the last day its flow is late", files: []delivery{paid("2026-09-07")}},
		{name: "receipt paid after 13:00", files: []delivery{of(record.ReceiptLine{PaidOn: day("2026-09-16"), ReceivedAt: time.Date(2026, 9, 16, 13, 0, 1, 0, record.Rome())})}},
		{name: "stamp", files: []delivery{of(record.ReceiptLine{Stamp: true})}},
		{name: "share of a notice of others", files: []delivery{of(record.ReceiptLine{OwnerCode: "90011120236"})}},
		{name: "receipt of an IUV that is not ours", files: []delivery{paid("2026-09-14")},
			set: ofOthers},
		{name: "paid on the last day of the entity", files: []delivery{paid("2026-09-14")},
			set: func(b *books) { b.set.LastDay = day("2026-09-14") }},
		{name: "paid after the last day of the entity", files: []delivery{paid("2026-09-15")},
			set: func(b *books) { b.set.LastDay = day("2026-09-14") }},
		{name: "paid after the last day, known from a flow alone", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0))},
			set: func(b *books) { b.set.LastDay = day("2026-09-14") }},
		{name: "paid after the last day, known from a notice alone", files: []delivery{notice("IUD1", iuv1, 1000, "2026-09-15")},
			set: func(b *books) { b.set.LastDay = day("2026-09-14") }},
		{name: "type of debt disabled that day", files: []delivery{of(record.ReceiptLine{DebtType: "TARI"})},
			set: func(b *books) { b.set.DisabledFrom = map[string]record.Date{"TARI": day("2026-09-14")} }},
		{name: "type of debt disabled the day after", files: []delivery{of(record.ReceiptLine{DebtType: "TARI"})},
			set: func(b *books) { b.set.DisabledFrom = map[string]record.Date{"TARI": day("2026-09-15")} }},
		{name: "no receipts are expected on a day announced shut", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0))},
			set: func(b *books) { b.set.Calendar = shut(calendar.Receipts, "2026-09-15", "2026-09-20") }},
	}
}

func flowSituations() []situation {
	both := func(amount record.Cents, outcome int, more ...delivery) []delivery {
		return append([]delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", lineOf(amount, outcome))}, more...)
	}
	before := func(on string) record.FlowLine {
		l := lineOf(1000, 0)
		l.On = day(on)
		return l
	}
	revoked := func(l record.FlowLine) record.FlowLine { l.Outcome = 3; return l }
	return []situation{
		{name: "reported, cash waited for", files: both(1000, 0), asOf: "2026-09-16"},
		{name: "reported, cash late", files: both(1000, 0), asOf: "2026-09-17"},
		{name: "reported, last day cash is late", files: both(1000, 0), asOf: "2026-09-22"},
		{name: "reported, cash missing", files: both(1000, 0), asOf: "2026-09-23"},
		{name: "reported, the treasury is not loaded", files: both(1000, 0), asOf: "2026-10-20", set: func(b *books) { b.set.LoadsTreasury = false }},
		{name: "reported of more", files: both(1200, 0)},
		{name: "reported of less", files: both(900, 0)},
		{name: "reported with outcome 4", files: both(1000, 4)},
		{name: "reported with outcome 8, receipt there", files: both(1000, 8)},
		{name: "implied by outcome 8", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 8))}},
		{name: "implied by outcome 9", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 9))}},
		{name: "implied and cashed by its IUV", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 9)), cash("1", 1000, "2026-09-16", rfb(iuv1))}},
		{name: "reported alone, receipt waited for", files: []delivery{flow(flow1, "2026-09-18", lineOf(1000, 0))}},
		{name: "reported alone, regulated days after it was paid", files: []delivery{flow(flow1, "2026-09-18", before("2026-09-11"))}},
		{name: "reported with its receipt, regulated days after it was paid", files: []delivery{paid("2026-09-11"), flow(flow1, "2026-09-18", before("2026-09-11"))}},
		{name: "revoked only, days after it was paid", files: []delivery{flow(flow1, "2026-09-18", revoked(before("2026-09-11")))}},
		{name: "reported alone, receipt late", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0))}},
		{name: "reported alone, cashed by its IUV", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 1000, "2026-09-16", rfb(iuv1))}},
		{name: "reported alone, not ours", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0))},
			set: ofOthers},
		{name: "revoked only", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 3))}},
		{name: "revoked after it was reported", files: both(1000, 0, flow(flow2, "2026-09-16", lineOf(1000, 3)))},
		{name: "revoked the same day it was reported", files: both(1000, 0, flow(flow2, "2026-09-15", lineOf(1000, 3)))},
		{name: "reported again after it was revoked", files: both(1000, 3, flow(flow2, "2026-09-16", lineOf(1000, 0)))},
		{name: "revoked twice", files: both(1000, 3, flow(flow2, "2026-09-16", lineOf(1000, 3)))},
		{name: "reported twice, the earlier regulated counts", files: both(1000, 0, flow(flow2, "2026-09-11", lineOf(900, 0)))},
		{name: "reported twice on a day, the first IUF counts", files: []delivery{paid("2026-09-14"), flow(flow2, "2026-09-15", lineOf(900, 0)), flow(flow1, "2026-09-15", lineOf(1000, 0))}},
		{name: "reported twice in one flow, the first row counts", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", lineOf(900, 0), lineOf(1000, 0))}},
		{name: "rows without an index", files: []delivery{flow(flow1, "2026-09-15", line(iuv1, "IUR1", 0, 100, 0), line(iuv1, "IUR1", 0, 200, 0),
			line(iuv1, "IUR2", 0, 300, 0)), flow(flow2, "2026-09-16", line(iuv1, "IUR1", 0, 400, 0))}},
		{name: "more rows without an index than a receipt has lines", files: []delivery{flow(flow1, "2026-09-15", line(iuv1, "IUR1", 0, 100, 0),
			line(iuv1, "IUR1", 0, 200, 0), line(iuv1, "IUR1", 0, 300, 0), line(iuv1, "IUR1", 0, 400, 0), line(iuv1, "IUR1", 0, 500, 0), line(iuv1, "IUR1", 0, 600, 0))}},
	}
}

func pairSituations() []situation {
	other := func(index int, cents record.Cents, outcome int) record.FlowLine {
		return line(iuv1, "TRN9", index, cents, outcome)
	}
	return []situation{
		{name: "one receipt and one row with another IUR", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", other(1, 1000, 0))}},
		{name: "another IUR and another index", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", other(2, 1000, 0))}},
		{name: "another IUR and another amount", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", other(1, 1001, 0))}},
		{name: "another IUR, revoked", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", other(1, 1000, 3))}},
		{name: "another IUR, reported twice", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", other(1, 1000, 0)), flow(flow2, "2026-09-16", other(1, 1000, 0))}},
		{name: "one receipt and two rows with other IURs", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", other(1, 1000, 0), line(iuv1, "TRN8", 1, 1000, 0))}},
		{name: "two receipts and one row with another IUR", files: []delivery{paid("2026-09-14"), receipt(iuv1, "IUR2", 1, 1000, "", "2026-09-14"),
			flow(flow1, "2026-09-15", other(1, 1000, 0))}},
		{name: "two receipts and two rows with other IURs", files: []delivery{paid("2026-09-14"), receipt(iuv1, "IUR2", 1, 1000, "", "2026-09-14"),
			flow(flow1, "2026-09-15", other(1, 1000, 0), line(iuv1, "TRN8", 1, 1000, 0))}},
		{name: "two receipts, one with its own row", files: []delivery{paid("2026-09-14"), receipt(iuv1, "IUR2", 1, 1000, "", "2026-09-14"),
			flow(flow1, "2026-09-15", line(iuv1, "IUR2", 1, 1000, 0), other(1, 1000, 0))}},
		{name: "two receipts of two amounts, two rows with other IURs", files: []delivery{paid("2026-09-14"), receipt(iuv1, "IUR2", 1, 2000, "", "2026-09-14"),
			flow(flow1, "2026-09-15", other(1, 1000, 0), line(iuv1, "TRN8", 1, 2000, 0))}},
		{name: "two receipts of two indices, two rows with other IURs", files: []delivery{paid("2026-09-14"), receipt(iuv1, "IUR2", 2, 1000, "", "2026-09-14"),
			flow(flow1, "2026-09-15", other(1, 1000, 0), other(2, 1000, 0))}},
		{name: "paid twice", files: []delivery{paid("2026-09-14"), receipt(iuv1, "IUR2", 1, 1000, "", "2026-09-14")}},
		{name: "paid twice, one of the two known from a flow", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", lineOf(1000, 0), other(1, 1000, 0))}},
		{name: "two payments of two amounts", files: []delivery{paid("2026-09-14"), receipt(iuv1, "IUR2", 1, 1001, "", "2026-09-14")}},
		{name: "two lines of one receipt", files: []delivery{receipts(record.ReceiptLine{IUV: iuv1, IUR: "IUR1", Index: 1, Amount: 1000, Total: 2000, PaidOn: day("2026-09-14"), Outcome: "0"},
			record.ReceiptLine{IUV: iuv1, IUR: "IUR1", Index: 2, Amount: 1000, Total: 2000, PaidOn: day("2026-09-14"), Outcome: "0"})}},
	}
}

// ofOthers says that the IUVs of these situations are of another intermediary.
func ofOthers(b *books) { b.set.SegregationCodes = []string{"47"} }

func shut(source calendar.Source, from, to string) *calendar.Calendar {
	return calendar.New(calendar.Options{Interruptions: []calendar.Interruption{{From: day(from), To: day(to), Source: source}}})
}
