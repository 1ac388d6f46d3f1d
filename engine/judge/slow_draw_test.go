package judge_test

import (
	"time"

	"pgregory.net/rapid"

	"quadra/engine/judge"
	"quadra/engine/record"
)

// drawWide draws a file of what drawDelivery leaves out: several records of a
// key, receipts shared with others, stamps, instants after the cut-off, two PSPs
// and two years with one IUF, revisions, totals that do not add up, accounts,
// references the layout gives apart, reversals of every size.
func drawWide(t *rapid.T) drawn {
	switch kind := rapid.SampledFrom([]string{"plain", "plain", "receipts", "flow", "cash", "cash", "notice", "whole", "whole"}).Draw(t, "wide"); kind {
	case "receipts":
		return drawn{kind, receipts(rapid.SliceOfN(rapid.Custom(drawReceipt), 1, 3).Draw(t, "lines")...)}
	case "flow":
		return drawn{kind, drawFlow(t)}
	case "cash":
		rows := rapid.SliceOfN(rapid.Custom(drawRow), 1, 3).Draw(t, "rows")
		if rapid.IntRange(0, 3).Draw(t, "twins") == 0 {
			rows = append(rows, rows[0])
		}
		return drawn{kind, func(s record.Sink) error {
			for i := range rows {
				m := rows[i]
				m.Line = i + 2
				if err := s.Movement(&m); err != nil {
					return err
				}
			}
			return nil
		}}
	case "notice":
		return drawn{kind, notice(rapid.SampledFrom([]string{"IUD1", "IUD2"}).Draw(t, "iud"), wideIUVs.Draw(t, "iuv"), cents.Draw(t, "amount"), wideDays.Draw(t, "on"))}
	case "whole":
		return drawn{kind, drawWhole(t)}
	}
	return drawDelivery(t)
}

// drawWhole is a payment on which all agree but perhaps the cash: what follows
// finds something reconciled to change.
func drawWhole(t *rapid.T) delivery {
	r := drawReceipt(t)
	on := wideDays.Draw(t, "on")
	f := flowOf{iuf: wideIUFs.Draw(t, "iuf"), on: on, version: rapid.IntRange(0, 90).Draw(t, "version"),
		lines: []record.FlowLine{line(r.IUV, r.IUR, r.Index, r.Amount, 0)}}
	text := rapid.SampledFrom([]string{uri(f.iuf), "/pur/lgpe-riversamento/uri " + f.iuf, "/PUR/LGPE-RIVERSAMENTO/TXT/1/URI/" + f.iuf}).Draw(t, "text")
	brought := r.Amount + rapid.SampledFrom([]record.Cents{0, 0, 0, 500, r.Amount}).Draw(t, "more")
	parts := []delivery{receipts(r), f.delivery(), cash(rapid.SampledFrom([]string{"5", "6", "7", "8"}).Draw(t, "number"), brought, on, text)}
	return func(s record.Sink) error {
		for _, p := range parts {
			if err := p(s); err != nil {
				return err
			}
		}
		return nil
	}
}

var (
	wideIUVs = rapid.SampledFrom([]string{"01000000000000001", "01000000000000002", "02000000000000003", "RF45W9"})
	wideIURs = rapid.SampledFrom([]string{"IUR1", "IUR2"})
	wideIUFs = rapid.SampledFrom([]string{"2026-09-14BPPIITRRXXX-S01", "2026-09-15bppiitrrxxx-S03", "OLDFLOW7"})
	wideDays = rapid.SampledFrom([]string{"2026-09-12", "2026-09-14", "2026-09-15", "2026-09-18"})
	cents    = rapid.SampledFrom([]record.Cents{500, 1000, 1000, 2000})
)

func drawReceipt(t *rapid.T) record.ReceiptLine {
	l := record.ReceiptLine{IUV: wideIUVs.Draw(t, "iuv"), IUR: wideIURs.Draw(t, "iur"), Index: rapid.IntRange(1, 2).Draw(t, "index"),
		Amount: cents.Draw(t, "amount"), PaidOn: day(wideDays.Draw(t, "paid on")), Outcome: "0",
		IUD:       rapid.SampledFrom([]string{"", "IUD1", "IUD2"}).Draw(t, "iud"),
		DebtType:  rapid.SampledFrom([]string{"", "TARI", "EXPORT_ENTE_SECONDARIO"}).Draw(t, "type"),
		OwnerCode: rapid.SampledFrom([]string{"", "", "90011120236"}).Draw(t, "owner"),
		Stamp:     rapid.IntRange(0, 5).Draw(t, "stamp") == 0}
	l.Total = l.Amount + rapid.SampledFrom([]record.Cents{0, 0, 1000}).Draw(t, "others")
	if hour := rapid.SampledFrom([]int{0, 10, 14}).Draw(t, "hour"); hour > 0 {
		l.ReceivedAt = time.Date(2026, 9, 14, hour, 0, 0, 0, record.Rome())
	}
	return l
}

func drawFlow(t *rapid.T) delivery {
	on := day(rapid.SampledFrom([]string{"2025-09-15", "2026-09-14", "2026-09-15", "2026-09-18"}).Draw(t, "on"))
	f := record.Flow{Line: 1, IUF: wideIUFs.Draw(t, "iuf"), PSP: rapid.SampledFrom([]string{"BPPIITRRXXX", "BPPIITRRXXX", "UNCRITMM"}).Draw(t, "psp"),
		Revision: rapid.IntRange(0, 2).Draw(t, "revision"), RegulatedOn: on, Regulation: "TRN", Receiver: "80000123457",
		ProducedAt: on.Time().Add(time.Duration(12*rapid.IntRange(0, 8).Draw(t, "half days")) * time.Hour)}
	var lines []record.FlowLine
	var sum record.FlowTotals
	repeats := rapid.IntRange(0, 7).Draw(t, "repeats") == 0 // the same payment, whose lines say no index
	for i := range rapid.IntRange(1, 7).Draw(t, "lines") {
		l := line(wideIUVs.Draw(t, "iuv"), wideIURs.Draw(t, "iur"), rapid.IntRange(0, 2).Draw(t, "index"), cents.Draw(t, "amount"),
			rapid.SampledFrom([]int{0, 0, 0, 3, 4, 8, 9}).Draw(t, "outcome"))
		if repeats && i > 0 {
			l.IUV, l.IUR, l.Index = lines[0].IUV, lines[0].IUR, 0
		}
		l.Line, l.Seq, l.On = 10+i, i+1, day(wideDays.Draw(t, "line on"))
		sum.Count++
		sum.Plain += l.Amount
		sum.Net += l.Amount
		if l.Outcome == 3 {
			sum.Net -= 2 * l.Amount
		}
		lines = append(lines, l)
	}
	f.DeclaredCount = sum.Count + rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1}).Draw(t, "more")
	f.DeclaredTotal = rapid.SampledFrom([]record.Cents{sum.Plain, sum.Plain, sum.Plain, sum.Net, sum.Plain + 1}).Draw(t, "declared")
	return func(s record.Sink) error {
		h := f
		if err := s.Flow(&h); err != nil {
			return err
		}
		for i := range lines {
			l := lines[i]
			if err := s.FlowLine(&l); err != nil {
				return err
			}
		}
		return s.FlowEnd(sum)
	}
}

func drawRow(t *rapid.T) record.Movement {
	on := day(wideDays.Draw(t, "on"))
	m := record.Movement{Year: rapid.SampledFrom([]int{2026, 2026, 2025}).Draw(t, "year"), Number: rapid.SampledFrom([]string{"1", "2", "3", "10"}).Draw(t, "number"),
		Account:   rapid.SampledFrom([]string{"", "100", "00100", "200"}).Draw(t, "account"),
		Document:  rapid.SampledFrom([]record.Document{record.DocSospeso, record.DocSospeso, record.DocSospeso, record.DocReversale}).Draw(t, "document"),
		Operation: rapid.SampledFrom([]record.Operation{record.OpExecuted, record.OpExecuted, record.OpExecuted, record.OpReversed, record.OpRegularised, record.OpRestored}).Draw(t, "operation"),
		Amount:    rapid.SampledFrom([]record.Cents{500, 1000, 1500, 2000, 3000, 4000}).Draw(t, "amount"), BookedOn: on, ValueOn: on}
	switch iuf := wideIUFs.Draw(t, "iuf"); rapid.SampledFrom([]string{"uri", "uri", "two", "two", "rfb", "both", "known", "e2e", "given", "given iuv", "f24", "none"}).Draw(t, "text") {
	case "uri":
		m.Remittance = uri(iuf)
	case "two":
		m.Remittance = uri(iuf) + " " + uri(wideIUFs.Draw(t, "second"))
	case "rfb":
		m.Remittance = rfb(wideIUVs.Draw(t, "iuv"))
	case "both":
		m.Remittance = uri(iuf) + " /RFB/" + wideIUVs.Draw(t, "iuv")
	case "known":
		m.Remittance = "ACCREDITO " + iuf[:5] + " " + iuf[5:] + " DEL " + wideIUFs.Draw(t, "second")
	case "e2e":
		m.Remittance, m.EndToEnd = "ACCREDITO", iuf
	case "given":
		m.IUF = iuf
	case "given iuv":
		m.IUV = wideIUVs.Draw(t, "iuv")
	case "f24":
		m.Remittance = "DELEGHE F24"
	}
	return m
}

// drawSettings draws what an entity is, but for its accounts: the books know
// movements by them.
func drawSettings(t *rapid.T, set *judge.Settings) {
	set.Fingerprint += "+"
	set.Tolerance = rapid.SampledFrom([]record.Cents{0, 0, 0, 1, 500}).Draw(t, "tolerance")
	set.SendsNotices = rapid.Bool().Draw(t, "sends notices")
	set.LoadsTreasury = rapid.IntRange(0, 3).Draw(t, "no treasury") > 0
	set.SegregationCodes = rapid.SampledFrom([][]string{nil, {"01"}, {"02", "03"}}).Draw(t, "segregation codes")
	set.DisabledFrom = nil
	set.LastDay = rapid.SampledFrom([]record.Date{0, 0, day("2026-09-14")}).Draw(t, "last day")
	if rapid.IntRange(0, 2).Draw(t, "disabled") == 0 {
		set.DisabledFrom = map[string]record.Date{"TARI": day("2026-09-15")}
	}
}
