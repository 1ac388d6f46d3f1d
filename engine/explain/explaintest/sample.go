package explaintest

import (
	"fmt"
	"testing"
	"time"

	"quadra/engine/record"
)

// SampleAsOf is the day the sample is judged at, a Friday.
const SampleAsOf = "2026-03-20"

// Hostile texts of the sample: what a page must escape and a CSV neutralise.
const (
	HostileMarkup  = `<script>alert("quadra")</script>`
	HostileFormula = `=HYPERLINK("http://example.org";"clic")`
)

// IUV is the n-th IUV of the sample.
func IUV(n int) string { return fmt.Sprintf("0100000000000%04d", n) }

// IUR is the IUR of the n-th payment of the sample.
func IUR(n int) string { return fmt.Sprintf("IUR-%04d", n) }

// IUF is the n-th flow of the sample.
func IUF(n int) string { return fmt.Sprintf("2026-03-%02dPSPTEST1-%05d", n, n) }

// Sample builds books with one case of most statuses, judged at [SampleAsOf].
// Payments are numbered; the comment beside each says what it is.
func Sample(tb testing.TB) *Books {
	tb.Helper()
	b := New(tb)
	b.Accounts = []string{"IT60X0542811101000000123456"}
	b.Load("pagati_20260302.csv", record.Doc{Kind: record.KindReceipts, Format: "mypay-paid-csv", Version: "1.2", Encoding: "UTF-8"}, sampleReceipts)
	b.Load("flussi_20260303.zip", record.Doc{Entry: "flussi.xml", Kind: record.KindFlows, Format: "fdr-xml", Version: "1.0", Encoding: "UTF-8"}, sampleFlows)
	b.Load("cassa_20260304.xml", record.Doc{Kind: record.KindMovements, Format: "opi-xml", Version: "1.7", Encoding: "UTF-8"}, sampleMovements)
	b.Load("notifiche_20260304.csv", record.Doc{Kind: record.KindNotices, Format: "mypivot-notices-csv", Version: "1.0", Encoding: "windows-1252"}, sampleNotices)
	b.Night("2026-03-09")
	// The flow 6 comes again, with one payment more, after its cash.
	b.Load("flussi_20260310.xml", record.Doc{Kind: record.KindFlows, Format: "fdr-xml", Version: "1.0", Encoding: "UTF-8"}, func(s record.Sink) error {
		return sampleFlow{n: 6, revision: 2, lines: []record.FlowLine{flowLine(14, 1500), flowLine(15, 700)}}.into(s)
	})
	b.Refuse("giornale_marzo.pdf", record.FileUnknown, 0, "il contenuto non è di un formato che quadra legge: consegnare il giornale di cassa in CSV, XLS o OPI")
	b.Night(SampleAsOf)
	return b
}

func sampleReceipts(s record.Sink) error {
	line := 1
	add := func(n int, cents record.Cents, paidOn string, change func(*record.ReceiptLine)) error {
		line++
		r := record.ReceiptLine{Line: line, IUV: IUV(n), IUR: IUR(n), Index: 1, IUD: fmt.Sprintf("IUD-%04d", n), Amount: cents, Total: cents,
			Outcome: "0", PaidOn: Day(paidOn), PSP: "PSPTEST1", PSPName: "Banca di Prova", PayerKind: "F", PayerCode: "RSSMRA80A01H501U",
			PayerName: "Rossi Maria", DebtType: "TARI", Remittance: "/RFB/" + IUV(n) + "/TXT/TARI 2026"}
		if change != nil {
			change(&r)
		}
		return s.Receipt(&r)
	}
	for _, r := range []struct {
		n      int
		cents  record.Cents
		on     string
		change func(*record.ReceiptLine)
	}{
		{1, 10000, "2026-03-02", nil}, // reconciled and notified
		{2, 5000, "2026-03-02", nil},  // reported for another amount
		{3, 7510, "2026-01-12", nil},  // not reported, and old
		{4, 2000, "2026-03-03", nil},  // not cashed
		{5, 3000, "2026-03-03", nil},  // its flow is settled short
		{6, 1234, "2026-03-04", nil},  // cashed by IUV
		{7, 6000, "2026-03-04", nil},  // paid twice
		{7, 6000, "2026-03-04", func(r *record.ReceiptLine) { r.IUR, r.IUD = "IUR-0007-BIS", "" }},
		{8, 4200, "2026-03-03", nil},  // not cashed; its flow line has another IUR
		{9, 999, "2026-03-19", nil},   // paid yesterday
		{10, 8000, "2026-03-02", nil}, // notified for another amount
		{11, 12345, "2026-03-05", func(r *record.ReceiptLine) { // not reported; hostile
			r.PayerName, r.DebtType, r.Remittance = HostileMarkup, HostileFormula, "@SUM(1)"
		}},
		{12, 2500, "2026-03-02", nil}, // revoked
		{13, 900, "2026-03-02", nil},  // reported twice
		{14, 1500, "2026-03-05", nil}, // its flow is replaced after its cash
		{16, 1100, "2026-02-10", nil}, // reconciled, never notified
		{17, 100000000, "2026-03-02", func(r *record.ReceiptLine) {
			r.PayerName, r.PayerKind, r.PayerCode = "Società Àccénti S.p.A.", "G", "01234567890"
		}}, // flow inconsistent
		{18, 5050, "2026-03-02", nil}, // flow credited twice
	} {
		if err := add(r.n, r.cents, r.on, r.change); err != nil {
			return err
		}
	}
	return s.Reject(&record.Reject{Line: line + 1, Column: "importoSingoloVersamento", Code: record.RejectAmount, Value: "=1+1",
		Reason: "non è un importo: scrivere le cifre con il punto e due decimali, come 1234.56"})
}

// sampleFlow is a flow of the sample; its regulation day is that of its number.
type sampleFlow struct {
	n, revision int
	declared    record.Cents // 0: what the lines add up to
	on          string
	lines       []record.FlowLine
}

func flowLine(n int, cents record.Cents) record.FlowLine {
	return record.FlowLine{IUV: IUV(n), IUR: IUR(n), Index: 1, Amount: cents}
}

func (f sampleFlow) into(s record.Sink) error {
	if f.on == "" {
		f.on = "2026-03-" + fmt.Sprintf("%02d", f.n)
	}
	var sum record.FlowTotals
	for _, l := range f.lines {
		sum.Count++
		sum.Plain += l.Amount
		if l.Outcome == 3 {
			sum.Net -= l.Amount
		} else {
			sum.Net += l.Amount
		}
	}
	if f.declared == 0 {
		f.declared = sum.Plain
	}
	on := Day(f.on)
	h := record.Flow{Line: f.n*100 + 1, IUF: IUF(f.n), Revision: f.revision, ProducedAt: on.Time().Add(time.Duration(8+f.revision*48) * time.Hour),
		Regulation: fmt.Sprintf("TRN%05d", f.n), RegulatedOn: on, SenderKind: "B", PSP: "PSPTEST1", PSPName: "Banca di Prova",
		Receiver: "80000123457", DeclaredCount: sum.Count, DeclaredTotal: f.declared}
	if err := s.Flow(&h); err != nil {
		return err
	}
	for i := range f.lines {
		l := f.lines[i]
		l.Line, l.Seq, l.On = f.n*100+10+i, i+1, on-1
		if err := s.FlowLine(&l); err != nil {
			return err
		}
	}
	return s.FlowEnd(sum)
}

func sampleFlows(s record.Sink) error {
	other := flowLine(8, 4200)
	other.IUR = "IUR-OF-THE-PSP"
	revoked := flowLine(12, 2500)
	revoked.Outcome = 3
	for _, f := range []sampleFlow{
		{n: 3, lines: []record.FlowLine{flowLine(1, 10000), flowLine(2, 5500), flowLine(10, 8000), flowLine(12, 2500), flowLine(13, 900), flowLine(16, 1100)}},
		{n: 4, lines: []record.FlowLine{flowLine(4, 2000), other}},
		{n: 5, lines: []record.FlowLine{flowLine(5, 3000)}},
		{n: 6, revision: 1, lines: []record.FlowLine{flowLine(14, 1500)}},
		{n: 7, declared: 100000100, lines: []record.FlowLine{flowLine(17, 100000000)}},
		{n: 8, lines: []record.FlowLine{flowLine(18, 5050)}},
		{n: 9, lines: []record.FlowLine{flowLine(13, 900), revoked, flowLine(19, 333)}}, // 19 has no receipt
	} {
		if err := f.into(s); err != nil {
			return err
		}
	}
	return nil
}

func sampleMovements(s record.Sink) error {
	pays := func(n int) string { return "/PUR/LGPE-RIVERSAMENTO/URI/" + IUF(n) }
	for i, m := range []struct {
		cents record.Cents
		on    string
		text  string
		op    record.Operation
		same  int // number of the movement it takes back
	}{
		{28000, "2026-03-04", pays(3), record.OpExecuted, 0},
		{2800, "2026-03-06", pays(5), record.OpExecuted, 0},
		{1234, "2026-03-05", "/RFB/" + IUV(6) + "/12.34", record.OpExecuted, 0},
		{1500, "2026-03-06", pays(6), record.OpExecuted, 0},
		{100000100, "2026-03-09", pays(7), record.OpExecuted, 0},
		{5050, "2026-03-09", pays(8), record.OpExecuted, 0},
		{5050, "2026-03-10", pays(8), record.OpExecuted, 0},
		{4321, "2026-03-02", "/PUR/LGPE-RIVERSAMENTO/URI/2026-02-27ALTROPSP-000001", record.OpExecuted, 0},
		{777, "2026-01-08", "BONIFICO A VOSTRO FAVORE", record.OpExecuted, 0},
		{50, "2026-03-05", "ACCREDITO ERRATO", record.OpExecuted, 0},
		{50, "2026-03-06", "ACCREDITO ERRATO", record.OpReversed, 10},
	} {
		number := i + 1
		if m.same != 0 {
			number = m.same
		}
		if err := s.Movement(&record.Movement{Line: 20 + i, Treasurer: "05428", Account: "IT60X0542811101000000123456", Year: 2026,
			Number: fmt.Sprint(number), Document: record.DocSospeso, Operation: m.op, Amount: m.cents, BookedOn: Day(m.on), ValueOn: Day(m.on),
			Payer: "BANCA DI PROVA", Remittance: m.text}); err != nil {
			return err
		}
	}
	return nil
}

func sampleNotices(s record.Sink) error {
	for i, n := range []struct {
		n     int
		cents record.Cents
	}{
		{1, 10000}, {2, 5000}, {3, 7510}, {4, 2000}, {5, 3000}, {6, 1234}, {7, 6000}, {8, 4200}, {10, 7900}, {11, 12345},
		{12, 2500}, {13, 900}, {14, 1500}, {17, 100000000}, {18, 5050},
		{20, 4444}, // no receipt
	} {
		if err := s.Notice(&record.Notice{Line: i + 2, IUD: fmt.Sprintf("IUD-%04d", n.n), IUV: IUV(n.n), PayerKind: "F", PayerCode: "VRDLGI70B02F205X",
			PayerName: "Verdi Luigi", PaidOn: Day("2026-03-03"), Amount: n.cents, DebtType: "TARI"}); err != nil {
			return err
		}
	}
	return nil
}
