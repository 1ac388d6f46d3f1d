package judge_test

import (
	"slices"
	"strings"
	"testing"

	"quadra/engine/record"
)

const (
	iuv1 = "01000000000000001"
	iuf1 = "2026-09-15BPPIITRRXXX-S001"
	iuf2 = "2026-09-16BPPIITRRXXX-S002"
)

// paidAndReported is a payment with its notice and its line in flow iuf1.
func paidAndReported(files ...delivery) []delivery {
	return append([]delivery{
		receipt(iuv1, "IUR1", 1, 1000, "IUD1", "2026-09-14"),
		notice("IUD1", iuv1, 1000, "2026-09-14"),
		flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)),
	}, files...)
}

// TestPaymentStatus names every way a payment can stand. want lists, for each
// payment in order of key, its status and labels.
func TestPaymentStatus(t *testing.T) {
	const full = "IUD_RT_IUF|IUD_RT_IUF_TES|RT_IUF|RT_IUF_TES"
	for _, c := range []struct {
		name  string
		files []delivery
		asOf  string
		want  []string
	}{
		{"notified, receipted, reported and settled in full", paidAndReported(cash("1", 1000, "2026-09-16", uri(iuf1))), "2026-09-17",
			[]string{"RECONCILED " + full}},
		{"settled by two supplementary transfers", paidAndReported(
			cash("1", 600, "2026-09-16", "/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/"+iuf1),
			cash("2", 400, "2026-09-16", "/PUR/LGPE-RIVERSAMENTO/TXT/1/URI/"+iuf1)), "2026-09-17",
			[]string{"RECONCILED " + full}},
		{"cash not yet due", paidAndReported(), "2026-09-16", []string{"REPORTED IUD_RT_IUF|IUF_NO_TES|RT_IUF"}},
		{"cash past its term", paidAndReported(), "2026-09-17", []string{"NOT_CASHED IUD_RT_IUF|IUF_NO_TES|RT_IUF"}},
		{"settled for less", paidAndReported(cash("1", 900, "2026-09-16", uri(iuf1))), "2026-09-17",
			[]string{"CASHED_DIFFERENT IUD_RT_IUF|IUF_TES_DIV_IMP|RT_IUF"}},
		{"cash reversed is no cash", paidAndReported(cash("1", 1000, "2026-09-16", uri(iuf1)), storno("1", 1000, "2026-09-16")), "2026-09-17",
			[]string{"NOT_CASHED IUD_RT_IUF|IUF_NO_TES|RT_IUF"}},
		{"flow not yet due", []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14")}, "2026-09-16",
			[]string{"PAID RT_NO_IUD|RT_NO_IUF"}},
		{"flow past its term", []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14")}, "2026-09-17",
			[]string{"NOT_REPORTED RT_NO_IUD|RT_NO_IUF"}},
		{"flow line with another amount", []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"),
			flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1100, 0))}, "2026-09-16",
			[]string{"REPORTED_DIFFERENT IUF_NO_TES|RT_NO_IUD|RT_NO_IUF"}},
		{"flow line without receipt, not yet due", []delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0))}, "2026-09-16",
			[]string{"AWAITING_RECEIPT IUF_NO_TES|IUV_NO_RT"}},
		{"flow line without receipt past the term", []delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)),
			cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-30",
			[]string{"REPORTED_WITHOUT_RECEIPT IUV_NO_RT"}},
		{"outcome 9 stands for the receipt", []delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 9)),
			cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-17", []string{"RECONCILED RT_IUF|RT_IUF_TES|RT_NO_IUD"}},
		{"outcome 3 revokes", []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"),
			flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 3))}, "2026-09-17",
			[]string{"REVOKED RT_NO_IUD|RT_NO_IUF"}},
		{"revoked in a later flow", append(paidAndReported(), flow(iuf2, "2026-09-16", line(iuv1, "IUR1", 1, 1000, 3))), "2026-09-16",
			[]string{"REVOKED IUD_RT_IUF|IUF_NO_TES|RT_IUF"}},
		{"reported in two current flows", append(paidAndReported(), flow(iuf2, "2026-09-16", line(iuv1, "IUR1", 1, 1000, 0))), "2026-09-16",
			[]string{"REPORTED_TWICE IUD_RT_IUF|IUF_NO_TES|RT_IUF"}},
		{"paid twice under two IURs", append(paidAndReported(), receipt(iuv1, "IUR2", 1, 1000, "", "2026-09-14"),
			flow(iuf2, "2026-09-16", line(iuv1, "IUR2", 1, 1000, 0))), "2026-09-16",
			[]string{"DUPLICATE DOPPI|IUD_RT_IUF|IUF_NO_TES|RT_IUF", "DUPLICATE DOPPI|IUF_NO_TES|RT_IUF|RT_NO_IUD"}},
		{"notice with another amount", []delivery{receipt(iuv1, "IUR1", 1, 1000, "IUD1", "2026-09-14"), notice("IUD1", iuv1, 900, "2026-09-14"),
			flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-17",
			[]string{"NOTIFIED_DIFFERENT IUD_NO_RT|RT_IUF|RT_IUF_TES"}},
		{"notice alone, not yet due", []delivery{notice("IUD1", iuv1, 900, "2026-09-14")}, "2026-09-16", []string{"AWAITING_RECEIPT IUD_NO_RT"}},
		{"notice alone past the term", []delivery{notice("IUD1", iuv1, 900, "2026-09-14")}, "2026-09-17", []string{"NOTIFIED_WITHOUT_RECEIPT IUD_NO_RT"}},
		{"notice under another IUV finds its receipt by IUD", []delivery{notice("IUD1", "01000000000000009", 1000, "2026-09-14"),
			receipt(iuv1, "IUR1", 1, 1000, "IUD1", "2026-09-14")}, "2026-09-14", []string{"PAID RT_NO_IUF"}},
		{"reconciled, and the notice never came", []delivery{receipt(iuv1, "IUR1", 1, 1000, "IUD1", "2026-09-14"),
			flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-30",
			[]string{"NOT_NOTIFIED RT_IUF|RT_IUF_TES|RT_NO_IUD"}},
		{"credited alone by its IUV", []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), cash("1", 1000, "2026-09-15", rfb(iuv1))},
			"2026-09-16", []string{"RECONCILED_DIRECT RT_NO_IUD|RT_TES"}},
		{"credited alone with another amount", []delivery{receipt(iuv1, "IUR1", 1, 1000, "IUD1", "2026-09-14"), notice("IUD1", iuv1, 1000, "2026-09-14"),
			cash("1", 900, "2026-09-15", rfb(iuv1))}, "2026-09-30", []string{"CASHED_DIFFERENT "}},
		{"receipt and flow differ in the IUR only", []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"),
			flow(iuf1, "2026-09-15", line(iuv1, "TOKEN", 1, 1000, 0))}, "2026-09-16",
			[]string{"REPORTED IUF_NO_TES|RT_IUF|RT_NO_IUD"}},
		{"a flow without indices", []delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), receipt(iuv1, "IUR1", 2, 500, "", "2026-09-14"),
			flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 0, 1000, 0), line(iuv1, "IUR1", 0, 500, 0))}, "2026-09-16",
			[]string{"REPORTED IUF_NO_TES|RT_IUF|RT_NO_IUD", "REPORTED IUF_NO_TES|RT_IUF|RT_NO_IUD"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.load(c.files...)
			b.night(c.asOf)
			got := b.read(`SELECT v.status, v.labels FROM payment p JOIN verdict v ON v.id = p.verdict_id`)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) {
				t.Errorf("payments stand as\n  %s\nwant\n  %s\nfacts %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "), b.read(paymentsQuery))
			}
		})
	}
}

// TestPaymentsTheEntityNoLongerTakes follows payments made around the day the
// entity closed and the day a debt type was disabled. What was already wrong
// keeps its name.
func TestPaymentsTheEntityNoLongerTakes(t *testing.T) {
	paid := func(iuv, iur, on, debtType string) delivery {
		return receipts(record.ReceiptLine{IUV: iuv, IUR: iur, Index: 1, Amount: 1000, Total: 1000, PaidOn: day(on), Outcome: "0", DebtType: debtType})
	}
	b := newBooks(t)
	b.set.SendsNotices = false
	b.set.LastDay = day("2026-09-14")
	b.set.DisabledFrom = map[string]record.Date{"COSAP": day("2026-09-10")}
	b.load(
		paid("01000000000000001", "LASTDAY", "2026-09-14", "TARI"),
		paid("01000000000000002", "AFTER", "2026-09-15", "TARI"),
		paid("01000000000000003", "BEFORE_DISABLING", "2026-09-09", "COSAP"),
		paid("01000000000000004", "DISABLED", "2026-09-10", "COSAP"),
		paid("01000000000000005", "DISABLED_NOT_REPORTED", "2026-09-11", "COSAP"),
		flow(iuf1, "2026-09-15", line("01000000000000001", "LASTDAY", 1, 1000, 0), line("01000000000000002", "AFTER", 1, 1000, 0),
			line("01000000000000003", "BEFORE_DISABLING", 1, 1000, 0), line("01000000000000004", "DISABLED", 1, 1000, 0),
			line("01000000000000006", "IMPLIED_AFTER", 1, 1000, 9)),
		cash("1", 5000, "2026-09-16", uri(iuf1)),
	)
	b.night("2026-09-18")
	want := []string{"AFTER PAID_AFTER_CLOSING", "BEFORE_DISABLING RECONCILED", "DISABLED PAID_DISABLED_TYPE",
		"DISABLED_NOT_REPORTED NOT_REPORTED", "IMPLIED_AFTER PAID_AFTER_CLOSING", "LASTDAY RECONCILED"}
	if got := b.read(`SELECT p.iur, v.status FROM payment p JOIN verdict v ON v.id = p.verdict_id`); !slices.Equal(got, want) {
		t.Errorf("payments stand as\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestSettlementAndMovementStatus names how flows and cash can stand.
func TestSettlementAndMovementStatus(t *testing.T) {
	oneFlow := flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0))
	for _, c := range []struct {
		name                   string
		files                  []delivery
		asOf                   string
		settlements, movements []string
	}{
		{"one credit for the whole flow", []delivery{oneFlow, cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-16",
			[]string{"SETTLED"}, []string{"MATCHED"}},
		{"two supplementary credits", []delivery{oneFlow, cash("1", 300, "2026-09-16", uri(iuf1)), cash("2", 700, "2026-09-17", uri(iuf1))}, "2026-09-17",
			[]string{"SETTLED_IN_PARTS"}, []string{"MATCHED", "MATCHED"}},
		{"one credit for two flows", []delivery{oneFlow, flow(iuf2, "2026-09-16", line("01000000000000002", "IUR2", 1, 500, 0)),
			cash("1", 1500, "2026-09-16", uri(iuf1)+" "+uri(iuf2))}, "2026-09-16", []string{"SETTLED", "SETTLED"}, []string{"MATCHED"}},
		{"one credit for two flows brings more", []delivery{oneFlow, flow(iuf2, "2026-09-16", line("01000000000000002", "IUR2", 1, 500, 0)),
			cash("1", 1600, "2026-09-16", uri(iuf1)+" "+uri(iuf2))}, "2026-09-16", []string{"SETTLED", "SETTLED"}, []string{"MATCHED_IN_PART"}},
		{"credited short", []delivery{oneFlow, cash("1", 900, "2026-09-16", uri(iuf1))}, "2026-09-16", []string{"SHORT"}, []string{"MATCHED"}},
		{"credited over", []delivery{oneFlow, cash("1", 1100, "2026-09-16", uri(iuf1))}, "2026-09-16", []string{"OVER"}, []string{"MATCHED"}},
		{"credited twice", []delivery{oneFlow, cash("1", 1000, "2026-09-16", uri(iuf1)), cash("2", 1000, "2026-09-16", uri(iuf1))}, "2026-09-16",
			[]string{"PAID_TWICE"}, []string{"MATCHED", "MATCHED"}},
		{"reversed and executed again", []delivery{oneFlow, cash("1", 1000, "2026-09-16", uri(iuf1)), storno("1", 1000, "2026-09-17"),
			cash("2", 1000, "2026-09-18", uri(iuf1))}, "2026-09-18", []string{"SETTLED"}, []string{"MATCHED", "REVERSED"}},
		{"reversal seen before what it reverses", []delivery{oneFlow, storno("1", 1000, "2026-09-17"), cash("1", 1000, "2026-09-16", uri(iuf1))},
			"2026-09-16", []string{"WAITING"}, []string{"REVERSED"}},
		{"no cash yet", []delivery{oneFlow}, "2026-09-16", []string{"WAITING"}, nil},
		{"no cash past the term", []delivery{oneFlow}, "2026-09-17", []string{"LATE"}, nil},
		{"declared total that is not the sum", []delivery{flowOf{iuf: iuf1, on: "2026-09-15", declared: 999,
			lines: []record.FlowLine{line(iuv1, "IUR1", 1, 1000, 0)}}.delivery()}, "2026-09-15", []string{"INCONSISTENT"}, nil},
		{"declared total with the revoked line subtracted", []delivery{flowOf{iuf: iuf1, on: "2026-09-15", declared: 600,
			lines: []record.FlowLine{line(iuv1, "IUR1", 1, 1000, 0), line("01000000000000002", "IUR2", 1, 400, 3)}}.delivery()}, "2026-09-15",
			[]string{"WAITING"}, nil},
		{"revised after cash had come", []delivery{oneFlow, cash("1", 1000, "2026-09-15", uri(iuf1)),
			flowOf{iuf: iuf1, on: "2026-09-15", version: 24, lines: []record.FlowLine{line(iuv1, "IUR1", 1, 900, 0)}}.delivery()}, "2026-09-16",
			[]string{"REPLACED_AFTER_SETTLEMENT"}, []string{"MATCHED"}},
		{"an older revision arriving late changes nothing", []delivery{
			flowOf{iuf: iuf1, on: "2026-09-15", version: 2, lines: []record.FlowLine{line(iuv1, "IUR1", 1, 900, 0)}}.delivery(),
			oneFlow, cash("1", 900, "2026-09-16", uri(iuf1))}, "2026-09-16", []string{"REPLACED_AFTER_SETTLEMENT", "SETTLED"}[1:], []string{"MATCHED"}},
		{"cash that arrives before its flow", []delivery{cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-18", nil, []string{"WAITING_FLOW"}},
		{"cash whose flow never came", []delivery{cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-25", nil, []string{"UNKNOWN_REFERENCE"}},
		{"cash without a reference", []delivery{cash("1", 1000, "2026-09-16", "VERSAMENTO ECONOMO")}, "2026-09-16", nil, []string{"NO_REFERENCE"}},
		{"cash the configuration says is not pagoPA", []delivery{cash("1", 1000, "2026-09-16", "RIVERSAMENTO F24")}, "2026-09-16", nil, []string{"NOT_PAGOPA"}},
		{"IUF broken by the bank, found among the flows", []delivery{oneFlow, cash("1", 1000, "2026-09-16", "ACCR. 2026-09-15BPP IITRRXXX -S001 DIVERSI")},
			"2026-09-16", []string{"SETTLED"}, []string{"MATCHED"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.load(c.files...)
			b.night(c.asOf)
			for _, unit := range []struct {
				table string
				want  []string
			}{{"settlement", c.settlements}, {"movement", c.movements}} {
				got := b.read(`SELECT v.status FROM ` + unit.table + ` u JOIN verdict v ON v.id = u.verdict_id`)
				if want := slices.Sorted(slices.Values(unit.want)); !slices.Equal(got, want) {
					t.Errorf("%ss stand as %q, want %q\n%s", unit.table, got, want, b.state())
				}
			}
		})
	}
}

func TestNightWithNothingNewChangesNothing(t *testing.T) {
	b := newBooks(t)
	b.load(paidAndReported(cash("1", 1000, "2026-09-16", uri(iuf1)))...)
	b.night("2026-09-17")
	before := b.state()
	b.night("2026-09-17")
	if b.last.Changes() != 0 || b.last.IUVs != 0 {
		t.Errorf("the second night judged %d IUVs and made %d changes", b.last.IUVs, b.last.Changes())
	}
	if after := b.state(); after != before {
		t.Errorf("the second night changed the books:\n%s\nwas\n%s", after, before)
	}
}

func TestNewFlowTouchesOnlyItsOwnPayments(t *testing.T) {
	b := newBooks(t)
	b.load(paidAndReported(receipt("01000000000000002", "IUR2", 1, 500, "", "2026-09-14"), receipt("01000000000000003", "IUR3", 1, 500, "", "2026-09-14"))...)
	b.night("2026-09-15")
	b.load(flow(iuf2, "2026-09-16", line("01000000000000002", "IUR2", 1, 500, 0)))
	b.night("2026-09-15")
	if b.last.All || b.last.IUVs != 1 || b.last.Payments != 1 {
		t.Errorf("one new flow with one line: judged %+v", b.last)
	}
}

func TestEveryChangeOfAPaymentLeavesAHistoryRow(t *testing.T) {
	b := newBooks(t)
	b.load(receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"))
	b.night("2026-09-14")
	b.night("2026-09-17")
	b.load(flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), cash("1", 1000, "2026-09-16", uri(iuf1)))
	b.night("2026-09-17")
	got := b.read(`SELECT h.run_id, coalesce(b.status, 'new'), a.status, coalesce(h.file_id, 'calendar') FROM payment_history h
		LEFT JOIN verdict b ON b.id = h.before JOIN verdict a ON a.id = h.after`)
	want := []string{"2 new PAID 1", "3 PAID NOT_REPORTED calendar", "6 NOT_REPORTED RECONCILED 3"}
	if !slices.Equal(got, want) {
		t.Errorf("history is\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestPaymentOfAVanishedFlowLineGoesAndItsHistoryStays(t *testing.T) {
	b := newBooks(t)
	b.load(flowOf{iuf: iuf1, on: "2026-09-15", lines: []record.FlowLine{line(iuv1, "IUR1", 1, 1000, 0), line("01000000000000002", "IUR2", 1, 500, 0)}}.delivery())
	b.night("2026-09-15")
	b.load(flowOf{iuf: iuf1, on: "2026-09-15", version: 1, lines: []record.FlowLine{line("01000000000000002", "IUR2", 1, 500, 0)}}.delivery())
	b.night("2026-09-15")
	if got := b.read(`SELECT iuv FROM payment`); !slices.Equal(got, []string{"01000000000000002"}) {
		t.Errorf("payments left: %q", got)
	}
	if got := b.read(`SELECT iuv FROM payment_history WHERE after IS NULL`); !slices.Equal(got, []string{iuv1}) {
		t.Errorf("payments that went: %q", got)
	}
}
