package tracetest

import (
	"time"

	"quadra/engine/record"
)

// Receipts is a file of receipt lines; one without total is a whole receipt.
func Receipts(name string, lines ...record.ReceiptLine) File {
	return File{name, record.KindReceipts, func(s record.Sink) error {
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

// Receipt is a receipt line paid on 2026-09-14.
func Receipt(iuv, iur string, index int, amount record.Cents, iud string) record.ReceiptLine {
	return record.ReceiptLine{
		IUV: iuv, IUR: iur, Index: index, Amount: amount, IUD: iud, PaidOn: Day("2026-09-14"), Outcome: "0", DebtType: "TARI",
		PSP: "BPPIITRRXXX", PSPName: "Poste Italiane", PayerName: "Mario Rossi", Remittance: "Tassa rifiuti 2026",
	}
}

// Notices is a file of notices.
func Notices(name string, notices ...record.Notice) File {
	return File{name, record.KindNotices, func(s record.Sink) error {
		for i, n := range notices {
			n.Line = i + 2
			if err := s.Notice(&n); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Notice is a notice of a payment of 2026-09-14.
func Notice(iud, iuv string, amount record.Cents) record.Notice {
	return record.Notice{IUD: iud, IUV: iuv, Amount: amount, PaidOn: Day("2026-09-14"), DebtType: "TARI", PayerName: "Mario Rossi"}
}

// Flow is a file with one flow of 2026-09-15 that declares what its lines add
// up to. Versions are ordered by version.
func Flow(name, iuf string, version int, lines ...record.FlowLine) File {
	return File{name, record.KindFlows, func(s record.Sink) error {
		on := Day("2026-09-15")
		var sum record.FlowTotals
		for _, l := range lines {
			sum.Count++
			sum.Plain += l.Amount
			if l.Outcome == 3 {
				sum.Net -= l.Amount
			} else {
				sum.Net += l.Amount
			}
		}
		err := s.Flow(&record.Flow{
			Line: 1, IUF: iuf, PSP: "BPPIITRRXXX", PSPName: "Poste Italiane", RegulatedOn: on, Regulation: "TRN1",
			ProducedAt: on.Time().Add(time.Duration(version) * time.Hour), DeclaredCount: sum.Count, DeclaredTotal: sum.Plain,
		})
		if err != nil {
			return err
		}
		for i, l := range lines {
			l.Line, l.Seq, l.On = 10+i, i+1, on-1
			if err := s.FlowLine(&l); err != nil {
				return err
			}
		}
		return s.FlowEnd(sum)
	}}
}

// Line is a line of a flow.
func Line(iuv, iur string, index int, amount record.Cents, outcome int) record.FlowLine {
	return record.FlowLine{IUV: iuv, IUR: iur, Index: index, Amount: amount, Outcome: outcome}
}

// Cash is a giornale di cassa.
func Cash(name string, movements ...record.Movement) File {
	return File{name, record.KindMovements, func(s record.Sink) error {
		for i, m := range movements {
			m.Line = i + 2
			if err := s.Movement(&m); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Movement is cash of 2026-09-16.
func Movement(number string, amount record.Cents, remittance string) record.Movement {
	on := Day("2026-09-16")
	return record.Movement{
		Year: 2026, Number: number, Document: record.DocSospeso, Operation: record.OpExecuted, Amount: amount,
		BookedOn: on, ValueOn: on, Payer: "BANCA DI PROVA", Remittance: remittance,
	}
}

// Reversal takes a movement back.
func Reversal(number string, amount record.Cents) record.Movement {
	m := Movement(number, amount, "")
	m.Operation = record.OpReversed
	return m
}

// URI is the remittance text that names a flow.
func URI(iuf string) string { return "/PUR/LGPE-RIVERSAMENTO/URI/" + iuf }

// RFB is the remittance text that names an IUV.
func RFB(iuv string) string { return "BONIFICO /RFB/" + iuv + "/10.00" }
