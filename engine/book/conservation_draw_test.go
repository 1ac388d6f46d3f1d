package book_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"quadra/engine/book"
	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
)

var (
	debtTypes = rapid.SampledFrom([]string{"TARI", "TARI", "MENSA", ""})
	offices   = rapid.SampledFrom([]string{"", "U1"})
	codes     = rapid.SampledFrom([]string{"10", "20", "30"})
	iuvs      = rapid.SampledFrom([]string{"01000000000000001", "01000000000000002", "01000000000000003", "RF45W9"})
	iurs      = rapid.SampledFrom([]string{"IUR1", "IUR2", "IUR3"})
	iuds      = rapid.SampledFrom([]string{"", "IUD1", "IUD2", "IUD3"})
	years     = rapid.SampledFrom([]int{2026, 2026, 2025, 2027})
)

// drawFile draws a file of receipts, a chart, an import of debts, or what the
// nights of judging draw.
func drawFile(t *rapid.T) judgetest.Delivery {
	switch rapid.SampledFrom([]string{"receipts", "receipts", "receipts", "chart", "debts", "flow", "other", "other", "other"}).Draw(t, "file") {
	case "receipts":
		return judgetest.Receipts(rapid.SliceOfN(rapid.Custom(drawReceipt), 1, 3).Draw(t, "lines")...)
	case "chart":
		rows := rapid.SliceOfN(rapid.Custom(drawEntry), 1, 4).Draw(t, "rows")
		return judgetest.Delivery{Kind: record.KindChapters, What: fmt.Sprintf("chart %+v", rows), Fill: func(s record.Sink) error {
			for i, r := range rows {
				r.Line = i + 2
				if err := s.Chapter(&r); err != nil {
					return err
				}
			}
			return nil
		}}
	case "debts":
		iud, iuv, split := iuds.Draw(t, "iud"), iuvs.Draw(t, "iuv"), drawBilancio(t, 1000)
		return judgetest.Delivery{Kind: record.KindDebts, What: "debt " + iud + " " + split, Fill: func(s record.Sink) error {
			return s.Debt(&record.Debt{Line: 2, Action: "I", IUD: iud, IUV: iuv, Amount: 1000, DebtType: "TARI", Bilancio: split})
		}}
	case "flow":
		return drawFlow(t)
	}
	return judgetest.Deliveries().Draw(t, "other")
}

// drawFlow draws a flow whose declared total subtracts what it revokes, as some
// PSPs do.
func drawFlow(t *rapid.T) judgetest.Delivery {
	d := rapid.Custom(func(t *rapid.T) record.FlowLine {
		l := judgetest.Line(iuvs.Draw(t, "iuv"), iurs.Draw(t, "iur"), rapid.IntRange(0, 2).Draw(t, "index"),
			rapid.SampledFrom([]record.Cents{1000, 2000}).Draw(t, "amount"), rapid.SampledFrom([]int{0, 0, 0, 3, 8}).Draw(t, "outcome"))
		if l.Outcome == 3 && rapid.Bool().Draw(t, "negative") {
			l.Amount = -l.Amount
		}
		return l
	})
	lines := rapid.SliceOfN(d, 1, 4).Draw(t, "lines")
	var net record.Cents
	for _, l := range lines {
		if l.Outcome == 3 {
			net -= max(l.Amount, -l.Amount)
		} else {
			net += l.Amount
		}
	}
	plain := judgetest.Flow("2026-09-14BPPIITRRXXX-S01", "2026-09-14", rapid.IntRange(31, 40).Draw(t, "version"), lines...)
	return declared(plain, net)
}

// declared is a flow that declares a total.
func declared(flow judgetest.Delivery, total record.Cents) judgetest.Delivery {
	return judgetest.Delivery{Kind: flow.Kind, What: flow.What, Fill: func(s record.Sink) error { return flow.Fill(declaring{s, total}) }}
}

type declaring struct {
	record.Sink
	total record.Cents
}

func (s declaring) Flow(f *record.Flow) error {
	f.DeclaredTotal = s.total
	return s.Sink.Flow(f)
}

func drawReceipt(t *rapid.T) record.ReceiptLine {
	l := judgetest.Receipt(iuvs.Draw(t, "iuv"), iurs.Draw(t, "iur"), rapid.IntRange(1, 2).Draw(t, "index"),
		rapid.SampledFrom([]record.Cents{1000, 1000, 2000, 333, 1}).Draw(t, "amount"), iuds.Draw(t, "iud"),
		rapid.SampledFrom([]string{"2026-09-14", "2026-09-15", "2025-12-31"}).Draw(t, "paid on"))
	l.DebtType = debtTypes.Draw(t, "debt type")
	l.Collection = rapid.SampledFrom([]string{"", "9/0101100IM/"}).Draw(t, "collection")
	l.Bilancio = drawBilancio(t, l.Amount)
	l.PSP = rapid.SampledFrom([]string{"", "BPPIITRRXXX", "UNCRITMM"}).Draw(t, "psp")
	if rapid.IntRange(0, 3).Draw(t, "metadata") == 0 {
		for n := 1; n <= rapid.IntRange(1, 2).Draw(t, "details"); n++ {
			l.Metadata += fmt.Sprintf("RC_AC_%d=%d\nRC_CAP_%d=%s\nRC_IMP_%d=%s\n", n, years.Draw(t, "year"), n,
				rapid.SampledFrom([]string{"10", "20", ""}).Draw(t, "chapter"), n,
				rapid.SampledFrom([]string{l.Amount.String(), (l.Amount / 2).String(), "0.00", "x"}).Draw(t, "of"))
		}
	}
	return l
}

// drawBilancio draws the split of an amount: right, too much, too little, with a
// share of nothing, or not XML at all.
func drawBilancio(t *rapid.T, amount record.Cents) string {
	kind := rapid.SampledFrom([]string{"none", "right", "right", "much", "little", "zero", "malformed"}).Draw(t, "bilancio")
	if kind == "none" {
		return ""
	}
	var b strings.Builder
	b.WriteString("<bilancio>")
	rest := amount
	for n := rapid.IntRange(1, 3).Draw(t, "quotas"); n > 0 && rest > 0; n-- {
		part := rest
		if n > 1 {
			part = record.Cents(rapid.Int64Range(1, int64(rest)).Draw(t, "part"))
		}
		rest -= part
		switch {
		case rest > 0: // not the last one
		case kind == "much":
			part++
		case kind == "little":
			part--
		case kind == "zero":
			part = 0
		}
		fmt.Fprintf(&b, "<capitolo><codCapitolo>%s</codCapitolo><codUfficio>%s</codUfficio><accertamento><importo>%s</importo></accertamento></capitolo>",
			codes.Draw(t, "chapter"), rapid.SampledFrom([]string{"U1", "U2"}).Draw(t, "office"), part)
	}
	if kind == "malformed" {
		return b.String()
	}
	return b.String() + "</bilancio>"
}

func drawEntry(t *rapid.T) record.Chapter {
	return record.Chapter{Action: rapid.SampledFrom([]string{"", "", "", "I", "D"}).Draw(t, "action"), DebtType: rapid.SampledFrom([]string{"TARI", "MENSA"}).Draw(t, "debt type"),
		Year: years.Draw(t, "year"), Office: offices.Draw(t, "office"), Chapter: codes.Draw(t, "chapter"),
		Assessment: rapid.SampledFrom([]string{"", "", "A1"}).Draw(t, "assessment"), Active: rapid.IntRange(0, 4).Draw(t, "active") > 0,
		SIOPE: rapid.SampledFrom([]string{"1010151001", "3010201001", ""}).Draw(t, "siope"), Restricted: rapid.Bool().Draw(t, "restricted")}
}

// drawSettings draws how lines are booked when they do not say it themselves.
func drawSettings(t *rapid.T) book.Settings {
	set := book.Settings{Automatic: rapid.Bool().Draw(t, "automatic"), Now: midnight, Fingerprint: fmt.Sprint(rapid.IntRange(1, 1<<30).Draw(t, "settings"))}
	if rapid.Bool().Draw(t, "taxonomy") {
		set.Taxonomy = map[string]book.Target{"0101100IM": {Chapter: "50", Year: rapid.SampledFrom([]int{0, 2025}).Draw(t, "year")}}
	}
	var parts []book.Part
	left := int64(1_000_000)
	for i := range rapid.IntRange(0, 4).Draw(t, "default") {
		p := book.Part{Target: book.Target{Office: offices.Draw(t, "office"), Chapter: fmt.Sprint(60 + i)}}
		switch rapid.SampledFrom([]string{"fixed", "share", "share", "rest"}).Draw(t, "part") {
		case "fixed":
			p.Fixed = rapid.SampledFrom([]record.Cents{1, 100, 999}).Draw(t, "fixed")
		case "share":
			p.PerMillion = rapid.Int64Range(1, max(left/2, 1)).Draw(t, "per million")
			left -= p.PerMillion
		default:
			p.Remainder = len(parts) == 0 || !parts[len(parts)-1].Remainder
			if !p.Remainder {
				p.Fixed = 1
			}
		}
		parts = append(parts, p)
		if p.Remainder {
			break
		}
	}
	if len(parts) > 0 {
		set.Defaults = map[string][]book.Part{"MENSA": parts}
	}
	return set
}

// drawInstruction draws what people ask of accertamenti; much of it is refused.
func drawInstruction(t *rapid.T) record.Instruction {
	names := rapid.SampledFrom([]string{"A", "B"})
	if rapid.IntRange(0, 5).Draw(t, "of a file") == 0 {
		names = rapid.SampledFrom([]string{"ricevute-2_TARI", "ricevute-3_TARI"})
	}
	in := record.Instruction{Name: names.Draw(t, "name"), DebtType: "TARI", Year: 2026, Reason: "prova",
		Action: rapid.SampledFrom([]record.Action{record.ActionCreate, record.ActionAdd, record.ActionAdd, record.ActionAdd, record.ActionRemove,
			record.ActionClose, record.ActionCancel, record.ActionReopen, record.ActionReopen, record.ActionRename}).Draw(t, "action")}
	if in.Action == record.ActionRename {
		in.NewName = names.Draw(t, "new name")
	}
	if in.Action == record.ActionAdd || in.Action == record.ActionRemove {
		in.IUV, in.IUR, in.Index = iuvs.Draw(t, "iuv"), iurs.Draw(t, "iur"), rapid.IntRange(1, 2).Draw(t, "index")
		in.Office, in.Chapter = offices.Draw(t, "office"), codes.Draw(t, "chapter")
		in.Amount = rapid.SampledFrom([]record.Cents{0, 0, 1, 400, 1000}).Draw(t, "amount")
	}
	return in
}
