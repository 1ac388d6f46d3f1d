package judgetest

import (
	"time"

	"pgregory.net/rapid"

	"quadra/engine/record"
)

// Delivery is one file: its records go into a sink.
type Delivery struct {
	Kind record.Kind
	What string // for the message of a failure
	Fill func(record.Sink) error
}

func (d Delivery) String() string { return d.What }

// Receipts is a file of receipt lines; one without total is a whole receipt.
func Receipts(lines ...record.ReceiptLine) Delivery {
	return Delivery{record.KindReceipts, "receipts", func(s record.Sink) error {
		for i, l := range lines {
			l.Line = i + 2
			if l.Total == 0 {
				l.Total = l.Amount
			}
			if err := s.Receipt(&l); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Receipt is a receipt line.
func Receipt(iuv, iur string, index int, amount record.Cents, iud, paidOn string) record.ReceiptLine {
	return record.ReceiptLine{IUV: iuv, IUR: iur, Index: index, Amount: amount, IUD: iud, PaidOn: Day(paidOn), Outcome: "0"}
}

// Notice is a file with one notice.
func Notice(iud, iuv string, amount record.Cents, paidOn string) Delivery {
	return Delivery{record.KindNotices, "notice " + iud, func(s record.Sink) error {
		return s.Notice(&record.Notice{Line: 2, IUD: iud, IUV: iuv, Amount: amount, PaidOn: Day(paidOn)})
	}}
}

// Flow is a file with one flow that declares what its lines add up to; a greater
// version is a later one.
func Flow(iuf, on string, version int, lines ...record.FlowLine) Delivery {
	return Delivery{record.KindFlows, "flow " + iuf, func(s record.Sink) error {
		var sum record.FlowTotals
		for _, l := range lines {
			sum.Count++
			sum.Plain += l.Amount
			if l.Outcome == 3 {
				sum.Net -= max(l.Amount, -l.Amount)
			} else {
				sum.Net += l.Amount
			}
		}
		err := s.Flow(&record.Flow{Line: 1, IUF: iuf, PSP: "BPPIITRRXXX", RegulatedOn: Day(on), Regulation: "TRN", Receiver: "80000123457",
			ProducedAt: Day(on).Time().Add(time.Duration(12+version) * time.Hour), DeclaredCount: sum.Count, DeclaredTotal: sum.Plain})
		if err != nil {
			return err
		}
		for i, l := range lines {
			l.Line, l.Seq, l.On = 10+i, i+1, Day(on)
			if err := s.FlowLine(&l); err != nil {
				return err
			}
		}
		return s.FlowEnd(sum)
	}}
}

// Line is a line of a flow; index 0 means that the flow does not say.
func Line(iuv, iur string, index int, amount record.Cents, outcome int) record.FlowLine {
	return record.FlowLine{IUV: iuv, IUR: iur, Index: index, Amount: amount, Outcome: outcome}
}

// Movement is a file with one row of a giornale di cassa of 2026.
func Movement(number string, operation record.Operation, amount record.Cents, on, remittance string) Delivery {
	return Delivery{record.KindMovements, "cash " + number, func(s record.Sink) error {
		return s.Movement(&record.Movement{Line: 2, Year: 2026, Number: number, Document: record.DocSospeso, Operation: operation,
			Amount: amount, BookedOn: Day(on), ValueOn: Day(on), Remittance: remittance})
	}}
}

// Cash is a file with one movement.
func Cash(number string, amount record.Cents, on, remittance string) Delivery {
	return Movement(number, record.OpExecuted, amount, on, remittance)
}

// URI is the remittance text that names a flow, RFB the one that names an IUV.
func URI(iuf string) string { return "/PUR/LGPE-RIVERSAMENTO/URI/" + iuf }

// RFB is the remittance text that names an IUV.
func RFB(iuv string) string { return "BONIFICO /RFB/" + iuv + "/10.00" }

// Days are working days to judge random deliveries on, in order.
var Days = []string{"2026-09-16", "2026-09-17", "2026-09-18", "2026-09-21", "2026-09-25", "2026-10-02", "2026-10-20"}

// Deliveries draws files about few payments, flows and movements, so that they
// meet: receipts replaced, flows revised and repeated, cash that names a flow, an
// IUV, both or nothing, reversed, covered or corrected, notices that move.
func Deliveries() *rapid.Generator[Delivery] { return rapid.Custom(draw) }

func draw(t *rapid.T) Delivery {
	iuv := rapid.SampledFrom([]string{"01000000000000001", "01000000000000002", "01000000000000003", "RF45W9"})
	iur := rapid.SampledFrom([]string{"IUR1", "IUR2", "IUR3"})
	amount := rapid.SampledFrom([]record.Cents{1000, 1000, 2000})
	on := rapid.SampledFrom([]string{"2026-09-14", "2026-09-15", "2026-09-18"})
	iuf := rapid.SampledFrom([]string{"2026-09-14BPPIITRRXXX-S01", "2026-09-14BPPIITRRXXX-S012", "2026-09-15bppiitrrxxx-S03", "OLDFLOW7"})
	number := rapid.SampledFrom([]string{"1", "2", "3", "4"})
	switch rapid.SampledFrom([]string{"receipt", "receipt", "flow", "flow", "cash", "cash", "notice", "row"}).Draw(t, "kind") {
	case "receipt":
		return Receipts(Receipt(iuv.Draw(t, "iuv"), iur.Draw(t, "iur"), rapid.IntRange(1, 2).Draw(t, "index"), amount.Draw(t, "amount"),
			rapid.SampledFrom([]string{"", "IUD1", "IUD2", "IUD3"}).Draw(t, "iud"), on.Draw(t, "paid on")))
	case "flow":
		lines := make([]record.FlowLine, rapid.IntRange(1, 3).Draw(t, "lines"))
		for i := range lines {
			lines[i] = Line(iuv.Draw(t, "iuv"), iur.Draw(t, "iur"), rapid.IntRange(0, 2).Draw(t, "index"), amount.Draw(t, "amount"),
				rapid.SampledFrom([]int{0, 0, 3, 4, 8, 9}).Draw(t, "outcome"))
		}
		return Flow(iuf.Draw(t, "iuf"), on.Draw(t, "on"), rapid.IntRange(0, 30).Draw(t, "version"), lines...)
	case "cash":
		text := rapid.OneOf(
			rapid.Map(iuf, URI),
			rapid.Map(iuv, RFB),
			rapid.Map(iuf, func(s string) string { return "ACCREDITO " + s[:len(s)/2] + " " + s[len(s)/2:] }),
			rapid.Just(URI("2026-09-14BPPIITRRXXX-S01")+" "+URI("OLDFLOW7")),
			rapid.Map(iuv, func(s string) string { return URI("2026-09-14BPPIITRRXXX-S01") + " /RFB/" + s }),
			rapid.Just("VERSAMENTO ECONOMO"),
		)
		return Cash(number.Draw(t, "number"), rapid.SampledFrom([]record.Cents{1000, 2000, 3000}).Draw(t, "cents"), on.Draw(t, "on"), text.Draw(t, "text"))
	case "notice":
		return Notice(rapid.SampledFrom([]string{"IUD1", "IUD2", "IUD3"}).Draw(t, "iud"), iuv.Draw(t, "iuv"), amount.Draw(t, "amount"), on.Draw(t, "on"))
	}
	operation := rapid.SampledFrom([]record.Operation{record.OpReversed, record.OpReversed, record.OpRegularised}).Draw(t, "operation")
	return Movement(number.Draw(t, "number"), operation, 1000, on.Draw(t, "on"), "")
}
