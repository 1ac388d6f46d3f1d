package judge_test

import (
	"slices"
	"strings"
	"testing"

	"quadra/engine/record"
)

// night is what arrives before a night, the day it judges, and how things then
// stand: settlements and movements by IUF and number, payments by IUR.
type night struct {
	files []delivery
	asOf  string
	want  []string
}

const standing = `SELECT s.iuf_key AS who, v.status FROM settlement s JOIN verdict v ON v.id = s.verdict_id
	UNION ALL SELECT m.number, v.status FROM movement m JOIN verdict v ON v.id = m.verdict_id
	UNION ALL SELECT p.iur || p.alone_iud, v.status FROM payment p JOIN verdict v ON v.id = p.verdict_id`

// TestWhatTreasurersAndPSPsDo follows one thing over several nights.
func TestWhatTreasurersAndPSPsDo(t *testing.T) {
	const iuv2, iuv3 = "01000000000000002", "01000000000000003"
	one := flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0))
	paid := receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14")
	for _, c := range []struct {
		name   string
		nights []night
	}{
		{"a transfer rejected by the bank and executed again", []night{
			{[]delivery{paid, one, cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-16",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED"}},
			{[]delivery{storno("1", 1000, "2026-09-17")}, "2026-09-17",
				[]string{"1 REVERSED", "2026-09-15BPPIITRRXXX-S001 LATE", "IUR1 NOT_CASHED"}},
			{[]delivery{cash("2", 1000, "2026-09-18", uri(iuf1))}, "2026-09-18",
				[]string{"1 REVERSED", "2 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED"}},
		}},
		{"a reversal that arrives before what it reverses", []night{
			{[]delivery{paid, one, storno("1", 1000, "2026-09-16")}, "2026-09-16",
				[]string{"1 REVERSAL_ALONE", "2026-09-15BPPIITRRXXX-S001 WAITING", "IUR1 REPORTED"}},
			{[]delivery{cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-16",
				[]string{"1 REVERSED", "2026-09-15BPPIITRRXXX-S001 WAITING", "IUR1 REPORTED"}},
		}},
		{"a reversal with the text of a credit that never came, and the money credited again", []night{
			{[]delivery{paid, one, stornoOf("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-16",
				[]string{"1 REVERSAL_ALONE", "2026-09-15BPPIITRRXXX-S001 WAITING", "IUR1 REPORTED"}},
			{[]delivery{cash("2", 1000, "2026-09-17", uri(iuf1))}, "2026-09-17",
				[]string{"1 REVERSAL_ALONE", "2 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED"}},
		}},
		{"the same of a credit by IUV", []night{
			{[]delivery{paid, stornoOf("1", 1000, "2026-09-16", rfb(iuv1))}, "2026-09-16",
				[]string{"1 REVERSAL_ALONE", "IUR1 PAID"}},
			{[]delivery{cash("2", 1000, "2026-09-17", rfb(iuv1))}, "2026-09-17",
				[]string{"1 REVERSAL_ALONE", "2 MATCHED", "IUR1 RECONCILED_DIRECT"}},
		}},
		{"a credit reversed twice over", []night{
			{[]delivery{paid, one, cash("1", 1000, "2026-09-16", uri(iuf1)), storno("1", 1000, "2026-09-16"), storno("1", 1000, "2026-09-17")}, "2026-09-17",
				[]string{"1 WAITING_FLOW", "2026-09-15BPPIITRRXXX-S001 LATE", "IUR1 NOT_CASHED"}},
		}},
		{"a credit reversed in part", []night{
			{[]delivery{paid, one, cash("1", 1000, "2026-09-16", uri(iuf1)), storno("1", 300, "2026-09-17")}, "2026-09-17",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SHORT", "IUR1 CASHED_DIFFERENT"}},
		}},
		{"a provvisorio taken back and given again under its number", []night{
			{[]delivery{paid, one, cash("1", 1000, "2026-09-16", uri(iuf1)), storno("1", 1000, "2026-09-16")}, "2026-09-16",
				[]string{"1 REVERSED", "2026-09-15BPPIITRRXXX-S001 WAITING", "IUR1 REPORTED"}},
			{[]delivery{cash("1", 1000, "2026-09-17", uri(iuf1))}, "2026-09-17",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED"}},
		}},
		{"a supplementary transfer the day after a partial one", []night{
			{[]delivery{paid, one, cash("1", 600, "2026-09-16", "/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/"+iuf1)}, "2026-09-16",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SHORT", "IUR1 CASHED_DIFFERENT"}},
			{[]delivery{cash("2", 400, "2026-09-17", "/PUR/LGPE-RIVERSAMENTO/TXT/9/URI/"+iuf1)}, "2026-09-17",
				[]string{"1 MATCHED", "2 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED_IN_PARTS", "IUR1 RECONCILED"}},
		}},
		{"two credits for the same two flows, each of another part of them", []night{
			{[]delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), flow(iuf2, "2026-09-15", line(iuv2, "IUR2", 1, 500, 0)),
				paid, receipt(iuv2, "IUR2", 1, 500, "", "2026-09-14"), cash("1", 900, "2026-09-16", uri(iuf1)+" "+uri(iuf2))}, "2026-09-16",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SHORT", "2026-09-16BPPIITRRXXX-S002 WAITING", "IUR1 CASHED_DIFFERENT", "IUR2 REPORTED"}},
			{[]delivery{cash("2", 600, "2026-09-16", uri(iuf1)+" "+uri(iuf2))}, "2026-09-16",
				[]string{"1 MATCHED", "2 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED_IN_PARTS", "2026-09-16BPPIITRRXXX-S002 SETTLED",
					"IUR1 RECONCILED", "IUR2 RECONCILED"}},
		}},
		{"a credit for two flows when one of them is then credited alone", []night{
			{[]delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), flow(iuf2, "2026-09-15", line(iuv2, "IUR2", 1, 500, 0)),
				paid, receipt(iuv2, "IUR2", 1, 500, "", "2026-09-14"), cash("1", 500, "2026-09-16", uri(iuf1)+" "+uri(iuf2))}, "2026-09-16",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SHORT", "2026-09-16BPPIITRRXXX-S002 WAITING", "IUR1 CASHED_DIFFERENT", "IUR2 REPORTED"}},
			{[]delivery{cash("2", 1000, "2026-09-17", uri(iuf1))}, "2026-09-17",
				[]string{"1 MATCHED", "2 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "2026-09-16BPPIITRRXXX-S002 SETTLED",
					"IUR1 RECONCILED", "IUR2 RECONCILED"}},
		}},
		{"one credit for two flows, sent twice", []night{
			{[]delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), flow(iuf2, "2026-09-15", line(iuv2, "IUR2", 1, 500, 0)),
				cash("1", 1500, "2026-09-16", uri(iuf1)+" "+uri(iuf2)), cash("2", 1500, "2026-09-18", uri(iuf1)+" "+uri(iuf2))}, "2026-09-18",
				[]string{"1 MATCHED", "2 MATCHED", "2026-09-15BPPIITRRXXX-S001 PAID_TWICE", "2026-09-16BPPIITRRXXX-S002 PAID_TWICE",
					"IUR1 REPORTED_WITHOUT_RECEIPT", "IUR2 REPORTED_WITHOUT_RECEIPT"}},
		}},
		{"cash that arrives before its flow, and the flow before its receipts", []night{
			{[]delivery{cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-16", []string{"1 WAITING_FLOW"}},
			{[]delivery{one}, "2026-09-16", []string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 AWAITING_RECEIPT"}},
			{[]delivery{paid}, "2026-09-17", []string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED"}},
		}},
		{"the same flow credited again weeks later", []night{
			{[]delivery{paid, one, cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-16",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED"}},
			{[]delivery{cash("2", 1000, "2026-10-20", uri(iuf1))}, "2026-10-20",
				[]string{"1 MATCHED", "2 MATCHED", "2026-09-15BPPIITRRXXX-S001 PAID_TWICE", "IUR1 CASHED_DIFFERENT"}},
			{[]delivery{storno("2", 1000, "2026-10-21")}, "2026-10-21",
				[]string{"1 MATCHED", "2 REVERSED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED"}},
		}},
		{"a flow replaced after it was settled: a line appears, one vanishes, one changes", []night{
			{[]delivery{
				flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0), line(iuv2, "IUR2", 1, 500, 0), line(iuv3, "IUR3", 1, 700, 0)),
				paid, receipt(iuv2, "IUR2", 1, 500, "", "2026-09-14"), receipt(iuv3, "IUR3", 1, 700, "", "2026-09-14"),
				cash("1", 2200, "2026-09-15", uri(iuf1))}, "2026-09-15",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED", "IUR2 RECONCILED", "IUR3 RECONCILED"}},
			{[]delivery{flowOf{iuf: iuf1, on: "2026-09-15", version: 24, lines: []record.FlowLine{
				line(iuv1, "IUR1", 1, 1000, 0), line(iuv2, "IUR2", 1, 600, 0), line("01000000000000004", "IUR4", 1, 600, 0)}}.delivery()}, "2026-09-16",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 REPLACED_AFTER_SETTLEMENT", "IUR1 RECONCILED", "IUR2 REPORTED_DIFFERENT",
					"IUR3 PAID", "IUR4 AWAITING_RECEIPT"}},
			{[]delivery{flowOf{iuf: iuf1, on: "2026-09-15", version: 12, lines: []record.FlowLine{line(iuv1, "IUR1", 1, 1, 0)}}.delivery()}, "2026-09-16",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 REPLACED_AFTER_SETTLEMENT", "IUR1 RECONCILED", "IUR2 REPORTED_DIFFERENT",
					"IUR3 PAID", "IUR4 AWAITING_RECEIPT"}},
		}},
		{"a receipt implied by outcome 9, replaced by the real one when it comes", []night{
			{[]delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 9)), cash("1", 1000, "2026-09-16", uri(iuf1))}, "2026-09-16",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED"}},
			{[]delivery{receipt(iuv1, "IUR1", 1, 1100, "", "2026-09-14")}, "2026-09-17",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 REPORTED_DIFFERENT"}},
		}},
		{"outcome 8 implies a receipt, outcome 4 does not", []night{
			{[]delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 8), line(iuv2, "IUR2", 1, 1000, 4)),
				cash("1", 2000, "2026-09-16", uri(iuf1))}, "2026-09-18",
				[]string{"1 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "IUR1 RECONCILED", "IUR2 REPORTED_WITHOUT_RECEIPT"}},
		}},
		{"a payment revoked by a later flow, then reported once more", []night{
			{[]delivery{paid, one, flow(iuf2, "2026-09-16", line(iuv1, "IUR1", 1, 1000, 3))}, "2026-09-16",
				[]string{"2026-09-15BPPIITRRXXX-S001 WAITING", "2026-09-16BPPIITRRXXX-S002 WAITING", "IUR1 REVOKED"}},
			{[]delivery{flow("2026-09-17BPPIITRRXXX-S003", "2026-09-17", line(iuv1, "IUR1", 1, 1000, 0))}, "2026-09-16",
				[]string{"2026-09-15BPPIITRRXXX-S001 WAITING", "2026-09-16BPPIITRRXXX-S002 WAITING", "2026-09-17BPPIITRRXXX-S003 WAITING", "IUR1 REVOKED"}},
		}},
		{"cash by IUV, taken back in part the same day, no term ending", []night{
			{[]delivery{paid, cash("1", 1000, "2026-09-16", rfb(iuv1))}, "2026-09-16", []string{"1 MATCHED", "IUR1 RECONCILED_DIRECT"}},
			{[]delivery{storno("1", 300, "2026-09-16")}, "2026-09-16", []string{"1 MATCHED", "IUR1 CASHED_DIFFERENT"}},
		}},
		{"a stamp is neither reported nor cashed", []night{
			{[]delivery{receipts(record.ReceiptLine{IUV: iuv1, IUR: "IUR1", Index: 2, Amount: 1600, Total: 2600, PaidOn: day("2026-09-14"), Outcome: "0", Stamp: true})},
				"2026-12-01", []string{"IUR1 PAID"}},
		}},
		{"two transfers of one receipt to two accounts, in two flows", []night{
			{[]delivery{receipt(iuv1, "IUR1", 1, 1000, "", "2026-09-14"), receipt(iuv1, "IUR1", 2, 500, "", "2026-09-14"), one,
				flow(iuf2, "2026-09-15", line(iuv1, "IUR1", 2, 500, 0)),
				cash("1", 1000, "2026-09-16", uri(iuf1)), cash("2", 500, "2026-09-16", uri(iuf2))}, "2026-09-16",
				[]string{"1 MATCHED", "2 MATCHED", "2026-09-15BPPIITRRXXX-S001 SETTLED", "2026-09-16BPPIITRRXXX-S002 SETTLED",
					"IUR1 RECONCILED", "IUR1 RECONCILED"}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.set.SendsNotices = false
			for _, n := range c.nights {
				b.load(n.files...)
				b.night(n.asOf)
				got := b.read(standing)
				if want := slices.Sorted(slices.Values(n.want)); !slices.Equal(got, want) {
					t.Fatalf("on %s\n  %s\nwant\n  %s", n.asOf, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
				}
			}
		})
	}
}

func TestLinesOfOtherIntermediariesAreNotOurs(t *testing.T) {
	b := newBooks(t)
	b.set.SendsNotices, b.set.SegregationCodes = false, []string{"01", "47"}
	b.load(flow(iuf1, "2026-09-15", line("01000000000000001", "OURS", 1, 100, 0), line("47000000000000001", "OURS_TOO", 1, 100, 0),
		line("02000000000000001", "THEIRS", 1, 100, 0), line("02000000000000002", "THEIRS_WITH_RECEIPT", 1, 100, 0), line("RF45W9", "NO_CODE", 1, 100, 0)),
		receipt("02000000000000002", "THEIRS_WITH_RECEIPT", 1, 100, "", "2026-09-14"),
		cash("1", 500, "2026-09-16", uri(iuf1)))
	b.night("2026-09-18")
	want := []string{"NO_CODE REPORTED_WITHOUT_RECEIPT", "OURS REPORTED_WITHOUT_RECEIPT", "OURS_TOO REPORTED_WITHOUT_RECEIPT",
		"THEIRS OTHER_INTERMEDIARY", "THEIRS_WITH_RECEIPT RECONCILED"}
	if got := b.read(`SELECT p.iur, v.status FROM payment p JOIN verdict v ON v.id = p.verdict_id`); !slices.Equal(got, want) {
		t.Errorf("payments stand as\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestAccountsOfTheEntity(t *testing.T) {
	const iban = "IT60X0542811101000000123456"
	b := newBooks(t)
	b.set.Accounts = record.NewAccounts([][]string{{iban, "0000123"}, {"99"}})
	b.load(flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 1000, 0)), flow(iuf2, "2026-09-15", line("01000000000000002", "IUR2", 1, 500, 0)),
		cashOn("0000123", "1", 1000, "2026-09-16", uri(iuf1)),
		cashOn(iban, "1", 1000, "2026-09-16", uri(iuf1)), // the same provvisorio, from the bank
		cashOn("555", "1", 500, "2026-09-16", uri(iuf2)), // the same number, on somebody else's account
		cashOn("555", "2", 700, "2026-09-16", "VERSAMENTO"))
	b.night("2026-09-16")
	want := []string{"0000123 1 MATCHED", "555 1 WRONG_ACCOUNT", "555 2 NO_REFERENCE"}
	if got := b.read(`SELECT m.account, m.number, v.status FROM movement m JOIN verdict v ON v.id = m.verdict_id`); !slices.Equal(got, want) {
		t.Errorf("movements stand as\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
