package judge_test

import (
	"time"

	"quadra/engine/calendar"
	"quadra/engine/record"
)

func cashSituations() []situation {
	settled := func(cents record.Cents, more ...delivery) []delivery {
		return append([]delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", cents, "2026-09-16", uri(flow1))}, more...)
	}
	twoReceipts := func(more ...delivery) []delivery {
		return append([]delivery{paid("2026-09-14"), receipt(iuv1, "IUR2", 1, 3000, "", "2026-09-14")}, more...)
	}
	twoLines := receipts(record.ReceiptLine{IUV: iuv1, IUR: "IUR1", Index: 1, Amount: 1000, Total: 3000, PaidOn: day("2026-09-14"), Outcome: "0"},
		record.ReceiptLine{IUV: iuv1, IUR: "IUR1", Index: 2, Amount: 2000, Total: 3000, PaidOn: day("2026-09-14"), Outcome: "0"})
	return []situation{
		{name: "settled", files: settled(1000)},
		{name: "settled by less", files: settled(900)},
		{name: "settled by more", files: settled(1100)},
		{name: "settled, and cash by IUV too", files: settled(1000, cash("2", 1000, "2026-09-17", rfb(iuv1)))},
		{name: "reported of less, settled by less still", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", lineOf(900, 0)), cash("1", 800, "2026-09-16", uri(flow1))}},
		{name: "a stamp that is settled", files: []delivery{of(record.ReceiptLine{Stamp: true}), flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 1000, "2026-09-16", uri(flow1))}},
		{name: "cashed by IUV", files: []delivery{paid("2026-09-14"), cash("1", 1000, "2026-09-16", rfb(iuv1))}},
		{name: "cashed by IUV in two credits", files: []delivery{paid("2026-09-14"), cash("1", 400, "2026-09-16", rfb(iuv1)), cash("2", 600, "2026-09-17", rfb(iuv1))}},
		{name: "cashed by IUV, less", files: []delivery{paid("2026-09-14"), cash("1", 900, "2026-09-16", rfb(iuv1))}},
		{name: "cashed by IUV and reported, cash awaited from the flow too", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 1000, "2026-09-16", rfb(iuv1))}},
		{name: "a receipt of two lines cashed by IUV", files: []delivery{twoLines, cash("1", 3000, "2026-09-16", rfb(iuv1))}},
		{name: "a receipt of two lines, one of them cashed by IUV", files: []delivery{twoLines, cash("1", 1000, "2026-09-16", rfb(iuv1))}},
		{name: "a receipt of two lines cashed twice over by IUV", files: []delivery{twoLines, cash("1", 6000, "2026-09-16", rfb(iuv1))}},
		{name: "a receipt cashed by IUV, beside a payment a flow implies", files: []delivery{paid("2026-09-14"),
			flow(flow1, "2026-09-15", line(iuv1, "IUR9", 1, 500, 9)), cash("1", 1000, "2026-09-16", rfb(iuv1))}},
		{name: "two receipts credited together", files: twoReceipts(cash("1", 4000, "2026-09-16", rfb(iuv1)))},
		{name: "two receipts, one credited", files: twoReceipts(cash("1", 3000, "2026-09-16", rfb(iuv1)))},
		{name: "two receipts, something else credited", files: twoReceipts(cash("1", 3500, "2026-09-16", rfb(iuv1)))},
		{name: "two receipts, one settled by its flow, the other credited", files: twoReceipts(flow(flow1, "2026-09-15", lineOf(1000, 0)),
			cash("1", 1000, "2026-09-16", uri(flow1)), cash("2", 3000, "2026-09-16", rfb(iuv1)))},
		{name: "two receipts, one settled by its flow, both credited again", files: twoReceipts(flow(flow1, "2026-09-15", lineOf(1000, 0)),
			cash("1", 1000, "2026-09-16", uri(flow1)), cash("2", 4000, "2026-09-16", rfb(iuv1)))},
		{name: "cash taken back", files: settled(1000, storno("1", 1000, "2026-09-17"))},
		{name: "cash is not expected while it is announced shut", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", lineOf(1000, 0))},
			set: func(b *books) { b.set.Calendar = shut(calendar.Cash, "2026-09-15", "2026-09-20") }},
		{name: "flows are not expected while they are announced shut", files: []delivery{paid("2026-09-14")},
			set: func(b *books) { b.set.Calendar = shut(calendar.Flows, "2026-09-15", "2026-09-20") }},
	}
}

func noticeSituations() []situation {
	with := func(iud string) delivery { return receipt(iuv1, "IUR1", 1, 1000, iud, "2026-09-14") }
	return []situation{
		{name: "notice and receipt", files: []delivery{with("IUD1"), notice("IUD1", iuv1, 1000, "2026-09-14")}},
		{name: "notice of more", files: []delivery{with("IUD1"), notice("IUD1", iuv1, 1300, "2026-09-14")}},
		{name: "notice of more, flow of less, cash by IUV of something else", files: []delivery{with("IUD1"), notice("IUD1", iuv1, 1300, "2026-09-14"),
			flow(flow1, "2026-09-15", lineOf(900, 0)), cash("1", 500, "2026-09-16", rfb(iuv1))}},
		{name: "notice under another IUV", files: []delivery{with("IUD1"), notice("IUD1", iuv2, 1000, "2026-09-14")}},
		{name: "two notices of one IUV, one with a receipt", files: []delivery{with("IUD1"), notice("IUD1", iuv1, 1000, "2026-09-14"), notice("IUD2", iuv1, 700, "2026-09-14")}},
		{name: "notice of another IUD", files: []delivery{with("IUD1"), notice("IUD2", iuv1, 1000, "2026-09-14")}},
		{name: "notice, receipt without an IUD", files: []delivery{with(""), notice("IUD1", iuv1, 1000, "2026-09-14")}},
		{name: "notice alone, receipt waited for", files: []delivery{notice("IUD1", iuv1, 1000, "2026-09-18")}},
		{name: "notice alone, receipt late", files: []delivery{notice("IUD1", iuv1, 1000, "2026-09-01")}},
		{name: "notice alone, its IUV cashed", files: []delivery{notice("IUD1", iuv1, 1000, "2026-09-14"), cash("1", 1000, "2026-09-16", rfb(iuv1))}},
		{name: "notice alone, flow line there", files: []delivery{notice("IUD1", iuv1, 1000, "2026-09-14"), flow(flow1, "2026-09-15", lineOf(1000, 0))}},
		{name: "notice late", files: []delivery{paid("2026-09-01"), flow(flow1, "2026-09-02", lineOf(1000, 0)), cash("1", 1000, "2026-09-03", uri(flow1))}},
		{name: "notice waited for", files: []delivery{paid("2026-09-14"), flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 1000, "2026-09-16", uri(flow1))}},
		{name: "no notices are sent", files: []delivery{paid("2026-09-01"), flow(flow1, "2026-09-02", lineOf(1000, 0)), cash("1", 1000, "2026-09-03", uri(flow1))},
			set: func(b *books) { b.set.SendsNotices = false }},
		{name: "notice of the share of a notice of others", files: []delivery{of(record.ReceiptLine{OwnerCode: "90011120236", IUD: "IUD1"}), notice("IUD1", iuv1, 1000, "2026-09-14")}},
	}
}

func unitSituations() []situation {
	declares := func(count int, cents record.Cents) delivery {
		return declared(count, cents, lineOf(1000, 0), line(iuv2, "IUR2", 1, 500, 3))
	}
	return []situation{
		{name: "flow that declares the plain sum", files: []delivery{declares(2, 1500)}},
		{name: "flow that declares the net sum", files: []delivery{declares(2, 500)}},
		{name: "flow that declares another sum", files: []delivery{declares(2, 1499)}},
		{name: "flow that declares another count", files: []delivery{declares(3, 1500)}},
		{name: "flow of nothing, credited", files: []delivery{declared(1, 0, lineOf(1000, 0)), cash("1", 100, "2026-09-16", uri(flow1)), cash("2", 100, "2026-09-16", uri(flow1))}},
		{name: "credited twice", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 1000, "2026-09-16", uri(flow1)), cash("2", 1000, "2026-09-17", uri(flow1))}},
		{name: "credited three times", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 1000, "2026-09-16", uri(flow1)),
			cash("2", 1000, "2026-09-17", uri(flow1)), cash("3", 1000, "2026-09-18", uri(flow1))}},
		{name: "credited in two parts", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 400, "2026-09-16", uri(flow1)), cash("2", 600, "2026-09-17", uri(flow1))}},
		{name: "credited in two parts, too much", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 400, "2026-09-16", uri(flow1)), cash("2", 700, "2026-09-17", uri(flow1))}},
		{name: "credited twice as much at once", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 2000, "2026-09-16", uri(flow1))}},
		{name: "one credit for two flows", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), flow(flow2, "2026-09-16", line(iuv2, "IUR2", 1, 500, 0)),
			cash("1", 1500, "2026-09-17", uri(flow1)+" "+uri(flow2))}},
		{name: "one credit for two flows and more", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), flow(flow2, "2026-09-16", line(iuv2, "IUR2", 1, 500, 0)),
			cash("1", 1501, "2026-09-17", uri(flow1)+" "+uri(flow2))}},
		{name: "cash of an unknown flow, in time", files: []delivery{cash("1", 1000, "2026-09-18", uri(flow1))}},
		{name: "cash of an unknown flow, late", files: []delivery{cash("1", 1000, "2026-09-16", uri(flow1))}},
		{name: "cash of an unknown flow, missing", files: []delivery{cash("1", 1000, "2026-09-14", uri(flow1))}},
		{name: "cash of an unknown IUV", files: []delivery{cash("1", 1000, "2026-09-18", rfb(iuv1))}},
		{name: "cash of an unknown flow and IUV", files: []delivery{cash("1", 1000, "2026-09-18", uri(flow1)+" "+rfb(iuv1))}},
		{name: "cash that names nothing", files: []delivery{cash("1", 1000, "2026-09-14", "VERSAMENTO ECONOMO")}},
		{name: "cash that is not of pagoPA", files: []delivery{cash("1", 1000, "2026-09-14", "DELEGA F24")}},
		{name: "cash on another account", files: []delivery{cashOn("0009", "1", 1000, "2026-09-18", uri(flow1))},
			set: func(b *books) { b.set.Accounts = record.NewAccounts([][]string{{"IT60X0542811101000000123456"}}) }},
		{name: "cash taken back whole", files: []delivery{cash("1", 1000, "2026-09-14", uri(flow1)), storno("1", 1000, "2026-09-15")}},
		{name: "cash taken back in part", files: []delivery{cash("1", 1000, "2026-09-18", uri(flow1)), storno("1", 400, "2026-09-18")}},
		{name: "cash taken back but for a cent", files: []delivery{cash("1", 1000, "2026-09-18", uri(flow1)), storno("1", 999, "2026-09-18")}},
		{name: "a cent of cash taken back", files: []delivery{cash("1", 1, "2026-09-18", uri(flow1)), storno("1", 1, "2026-09-18")}},
		{name: "cash of a flow that two PSPs have", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)),
			ofPSP("UNCRITMMXXX", flow(flow1, "2026-09-15", line(iuv2, "IUR2", 1, 1000, 0))), cash("1", 1000, "2026-09-16", uri(flow1))}},
		{name: "a reversal of a cent alone", files: []delivery{storno("1", 1, "2026-09-15")}},
		{name: "a reversal alone", files: []delivery{storno("1", 1000, "2026-09-15")}},
		{name: "cash of a flow whose every row is revoked", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 3)), cash("1", 1000, "2026-09-16", uri(flow1))}},
		{name: "flow replaced after it was settled", files: []delivery{flow(flow1, "2026-09-15", lineOf(1000, 0)), cash("1", 1000, "2026-09-15", uri(flow1)),
			flowOf{iuf: flow1, on: "2026-09-15", version: 48, lines: []record.FlowLine{lineOf(1100, 0)}}.delivery()}},
		{name: "the treasury is not loaded", files: []delivery{flow(flow1, "2026-09-01", lineOf(1000, 0))}, set: func(b *books) { b.set.LoadsTreasury = false }},
	}
}

// declared is flow1 with what it declares.
func declared(count int, cents record.Cents, lines ...record.FlowLine) delivery {
	return func(s record.Sink) error {
		on := day("2026-09-15")
		var sum record.FlowTotals
		if err := s.Flow(&record.Flow{Line: 1, IUF: flow1, PSP: "BPPIITRRXXX", RegulatedOn: on, Regulation: "TRN", Receiver: "80000123457",
			ProducedAt: on.Time().Add(12 * time.Hour), DeclaredCount: count, DeclaredTotal: cents}); err != nil {
			return err
		}
		for i, l := range lines {
			l.Line, l.Seq, l.On = 10+i, i+1, on
			sum.Count++
			sum.Plain += l.Amount
			sum.Net += l.Amount
			if l.Outcome == 3 {
				sum.Net -= 2 * l.Amount
			}
			if err := s.FlowLine(&l); err != nil {
				return err
			}
		}
		return s.FlowEnd(sum)
	}
}
