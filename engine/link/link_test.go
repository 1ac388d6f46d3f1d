package link_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
)

// TestOneMovement says what one movement, number 7, is tied to and why, whatever
// comes first.
func TestOneMovement(t *testing.T) {
	flowA := flow{iuf: iufA, on: "2026-09-14", total: 1000}
	otherPSP := flow{iuf: iufA, psp: "SIGPITM1XXX", on: "2026-09-14", total: 2000}
	old := flow{iuf: "OLDFLOW-123456", on: "2026-09-14", total: 1000}
	lastYear, thisYear := flow{iuf: "ABC123", on: "2025-09-14", total: 2000}, flow{iuf: "ABC123", on: "2026-09-14", total: 1000}
	for name, c := range map[string]struct {
		flows []flow
		cash  cash
		want  linked
	}{
		"the standard text carries all its cash, whatever the flow declares": {
			flows: []flow{flowA}, cash: cash{amount: 700, text: judgetest.URI(iufA)},
			want: linked{Links: []string{iufA + " by 7: 700 strict"}, Refs: []string{"7 names iuf " + iufA + " strict"}},
		},
		"a damaged text": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: "LGPE-RIVERSAMENTO URI " + iufA + " x"},
			want: linked{Links: []string{iufA + " by 7: 1000 tolerant"}, Refs: []string{"7 names iuf " + iufA + " tolerant"}},
		},
		"an IUF in small letters is the same": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(strings.ToLower(iufA))},
			want: linked{Links: []string{iufA + " by 7: 1000 strict"}, Refs: []string{"7 names iuf " + iufA + " strict"}},
		},
		"a flow the entity has not": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(iufB)},
			want: linked{Refs: []string{"7 names iuf " + iufB + " strict"}},
		},
		"the IUF without its syntax": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: "ACCREDITO " + iufA},
			want: linked{Links: []string{iufA + " by 7: 1000 known"}, Refs: []string{"7 names iuf " + iufA + " known"}},
		},
		"an IUF of the first years, without its syntax": {
			flows: []flow{old}, cash: cash{amount: 1000, text: "ACCREDITO OLDFLOW-123456"},
			want: linked{Links: []string{"OLDFLOW-123456 by 7: 1000 known"}, Refs: []string{"7 names iuf OLDFLOW-123456 known"}},
		},
		"a reference the bank broke gives way to the flow it is known to be": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: "/PUR/LGPE-RIVERSAMENTO/URI/" + strings.ReplaceAll(iufA, "-S", "_S")},
			want: linked{Links: []string{iufA + " by 7: 1000 known"}, Refs: []string{"7 names iuf " + iufA + " known"}},
		},
		"what else the text names stays beside a flow it is known to be": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: "/RFB/01000000000000001/10.00 ACCREDITO " + iufA},
			want: linked{Links: []string{iufA + " by 7: 1000 known"},
				Refs: []string{"7 names iuf " + iufA + " known", "7 names iuv 01000000000000001 strict"}},
		},
		"the end-to-end id, when the text says nothing": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: "ACCREDITO", endToEnd: iufA},
			want: linked{Links: []string{iufA + " by 7: 1000 end-to-end"}, Refs: []string{"7 names iuf " + iufA + " end-to-end"}},
		},
		"the end-to-end id, when there is no text": {
			flows: []flow{flowA}, cash: cash{amount: 1000, endToEnd: iufA},
			want: linked{Links: []string{iufA + " by 7: 1000 end-to-end"}, Refs: []string{"7 names iuf " + iufA + " end-to-end"}},
		},
		"the text comes before the end-to-end id": {
			flows: []flow{flowA, {iuf: iufB, on: "2026-09-15", total: 1000}}, cash: cash{amount: 1000, text: "ACCREDITO " + iufB, endToEnd: iufA},
			want: linked{Links: []string{iufB + " by 7: 1000 known"}, Refs: []string{"7 names iuf " + iufB + " known"}},
		},
		"a flow found by the syntax asks for no other": {
			flows: []flow{flowA, {iuf: iufB, on: "2026-09-15", total: 1000}}, cash: cash{amount: 1000, text: judgetest.URI(iufB), endToEnd: iufA},
			want: linked{Links: []string{iufB + " by 7: 1000 strict"}, Refs: []string{"7 names iuf " + iufB + " strict"}},
		},
		"two flows inside one text that is not the syntax": {
			flows: []flow{flowA, {iuf: iufB, on: "2026-09-15", total: 1000}}, cash: cash{amount: 1000, text: "ACCREDITO " + iufA + " E " + iufB},
			want: linked{Ambiguous: []string{"7"}},
		},
		"an IUV": {
			cash: cash{amount: 1000, text: judgetest.RFB("01000000000000001")},
			want: linked{Refs: []string{"7 names iuv 01000000000000001 strict"}},
		},
		"a flow and an IUV": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(iufA) + " /RFB/01000000000000001"},
			want: linked{Links: []string{iufA + " by 7: 1000 strict"},
				Refs: []string{"7 names iuf " + iufA + " strict", "7 names iuv 01000000000000001 strict"}},
		},
		"the same flow named twice": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(iufA) + " " + judgetest.URI(iufA)},
			want: linked{Links: []string{iufA + " by 7: 1000 strict"}, Refs: []string{"7 names iuf " + iufA + " strict"}},
		},
		"references the layout gives apart, not those of the text": {
			flows: []flow{flowA, {iuf: iufB, on: "2026-09-15", total: 1000}},
			cash:  cash{amount: 1000, text: judgetest.URI(iufB), iuf: strings.ToLower(iufA), iuv: "01000000000000001"},
			want: linked{Links: []string{iufA + " by 7: 1000 given"},
				Refs: []string{"7 names iuf " + iufA + " given", "7 names iuv 01000000000000001 given"}},
		},
		"an IUV the layout gives apart": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(iufA), iuv: "01000000000000001"},
			want: linked{Refs: []string{"7 names iuv 01000000000000001 given"}},
		},
		"an IUF given apart that the entity has not": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(iufA), iuf: iufB},
			want: linked{Refs: []string{"7 names iuf " + iufB + " given"}},
		},
		"an IUF given apart that is of two PSPs": {
			flows: []flow{flowA, otherPSP}, cash: cash{amount: 700, iuf: iufA},
			want: linked{Refs: []string{"7 names iuf " + iufA + " given"}, Ambiguous: []string{"7"}},
		},
		"cash taken back pays nothing, and says what it named": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(iufA), reversed: 1000},
			want: linked{Refs: []string{"7 names iuf " + iufA + " strict"}},
		},
		"cash taken back that the layout gave apart": {
			flows: []flow{flowA}, cash: cash{amount: 1000, iuf: iufA, reversed: 1000},
			want: linked{Refs: []string{"7 names iuf " + iufA + " given"}},
		},
		"cash taken back in part": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(iufA), reversed: 999},
			want: linked{Links: []string{iufA + " by 7: 1 strict"}, Refs: []string{"7 names iuf " + iufA + " strict"}},
		},
		"two PSPs with one IUF and day are told apart by the amount": {
			flows: []flow{flowA, otherPSP}, cash: cash{amount: 2000, text: judgetest.URI(iufA)},
			want: linked{Links: []string{iufA + " of SIGPITM1XXX by 7: 2000 strict"}, Refs: []string{"7 names iuf " + iufA + " strict"}},
		},
		"two PSPs with one IUF and day, and neither amount": {
			flows: []flow{flowA, otherPSP}, cash: cash{amount: 700, text: judgetest.URI(iufA), endToEnd: iufB},
			want: linked{Refs: []string{"7 names iuf " + iufA + " strict"}, Ambiguous: []string{"7"}},
		},
		"an IUF of two years means the last one before the cash": {
			flows: []flow{lastYear, thisYear}, cash: cash{amount: 1000, text: judgetest.URI("ABC123"), on: "2026-09-15"},
			want: linked{Links: []string{"ABC123 by 7: 1000 strict"}, Refs: []string{"7 names iuf ABC123 strict"}},
		},
		"an IUF of two years, on the day of the flow": {
			flows: []flow{lastYear, thisYear}, cash: cash{amount: 1000, text: judgetest.URI("ABC123"), on: "2026-09-14"},
			want: linked{Links: []string{"ABC123 by 7: 1000 strict"}, Refs: []string{"7 names iuf ABC123 strict"}},
		},
		"an IUF of two years, booked two days early": {
			flows: []flow{lastYear, thisYear}, cash: cash{amount: 1000, text: judgetest.URI("ABC123"), on: "2026-09-12"},
			want: linked{Links: []string{"ABC123 by 7: 1000 strict"}, Refs: []string{"7 names iuf ABC123 strict"}},
		},
		"an IUF of two years, booked three days early, is the older one": {
			flows: []flow{lastYear, thisYear}, cash: cash{amount: 1000, text: judgetest.URI("ABC123"), on: "2026-09-11"},
			want: linked{Links: []string{"ABC123 2025 by 7: 1000 strict"}, Refs: []string{"7 names iuf ABC123 strict"}},
		},
		"one flow is meant however early its cash": {
			flows: []flow{thisYear}, cash: cash{amount: 1000, text: judgetest.URI("ABC123"), on: "2026-09-01"},
			want: linked{Links: []string{"ABC123 by 7: 1000 strict"}, Refs: []string{"7 names iuf ABC123 strict"}},
		},
		"an IUF of two years, both later than the cash, is told by the amount": {
			flows: []flow{lastYear, thisYear}, cash: cash{amount: 2000, text: judgetest.URI("ABC123"), on: "2025-09-01", year: 2025},
			want: linked{Links: []string{"ABC123 2025 by 7: 2000 strict"}, Refs: []string{"7 names iuf ABC123 strict"}},
		},
		"an IUF whose end a blank leaves open is the longest the entity has": {
			flows: []flow{flowA, {iuf: iufA + "38", on: "2026-09-14", total: 1000}}, cash: cash{amount: 1000, text: judgetest.URI(iufA) + " 38 102790"},
			want: linked{Links: []string{iufA + "38 by 7: 1000 tolerant"}, Refs: []string{"7 names iuf " + iufA + "38 tolerant"}},
		},
		"the longest is of two PSPs: the shorter one is not meant instead": {
			flows: []flow{flowA, {iuf: iufA + "38", on: "2026-09-14", total: 1000}, {iuf: iufA + "38", psp: "SIGPITM1XXX", on: "2026-09-14", total: 1000}},
			cash:  cash{amount: 1000, text: judgetest.URI(iufA) + " 38"},
			want:  linked{Refs: []string{"7 names iuf " + iufA + "38 tolerant"}, Ambiguous: []string{"7"}},
		},
		"an IUF whose end a blank leaves open, and none of the readings is there": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: judgetest.URI(iufB) + " 38"},
			want: linked{Refs: []string{"7 names iuf " + iufB + " tolerant"}},
		},
		"a notice number in the place of its IUV: both are named, a payment will show which": {
			cash: cash{amount: 1000, text: judgetest.RFB("301470000000000107")},
			want: linked{Refs: []string{"7 names iuv 01470000000000107 candidate", "7 names iuv 301470000000000107 tolerant"}},
		},
		"the notice numbers of two bodies that stand for one IUV name it once": {
			cash: cash{amount: 1000, text: judgetest.RFB("301470000000000107") + " " + judgetest.RFB("101470000000000107")},
			want: linked{Refs: []string{"7 names iuv 01470000000000107 candidate", "7 names iuv 101470000000000107 tolerant", "7 names iuv 301470000000000107 tolerant"}},
		},
		"two flows, one of them of two PSPs: the cash goes to neither": {
			flows: []flow{flowA, otherPSP, {iuf: iufB, on: "2026-09-15", total: 1000}},
			cash:  cash{amount: 700, text: judgetest.URI(iufA) + " " + judgetest.URI(iufB)},
			want:  linked{Refs: []string{"7 names iuf " + iufA + " strict", "7 names iuf " + iufB + " strict"}, Ambiguous: []string{"7"}},
		},
		"two flows, the last of them of two PSPs": {
			flows: []flow{flowA, otherPSP, {iuf: iufB, on: "2026-09-15", total: 1000}},
			cash:  cash{amount: 700, text: judgetest.URI(iufB) + " " + judgetest.URI(iufA)},
			want:  linked{Refs: []string{"7 names iuf " + iufA + " strict", "7 names iuf " + iufB + " strict"}, Ambiguous: []string{"7"}},
		},
		"two flows, one of which the entity has not": {
			flows: []flow{flowA}, cash: cash{amount: 700, text: judgetest.URI(iufA) + " " + judgetest.URI(iufB)},
			want: linked{Links: []string{iufA + " by 7: 700 strict"}, Refs: []string{"7 names iuf " + iufA + " strict", "7 names iuf " + iufB + " strict"}},
		},
		"the IUF without its syntax, of two PSPs": {
			flows: []flow{flowA, otherPSP}, cash: cash{amount: 700, text: "ACCREDITO " + iufA},
			want: linked{Ambiguous: []string{"7"}},
		},
		"the IUF without its syntax, cash taken back": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: "ACCREDITO " + iufA, reversed: 1000},
			want: linked{Refs: []string{"7 names iuf " + iufA + " known"}},
		},
		"an IUF whose end a blank leaves open, cash taken back": {
			flows: []flow{{iuf: iufA + "38", on: "2026-09-14", total: 1000}}, cash: cash{amount: 1000, text: judgetest.URI(iufA) + " 38", reversed: 1000},
			want: linked{Refs: []string{"7 names iuf " + iufA + "38 tolerant"}},
		},
		"three PSPs with one IUF and day, one of them with the amount": {
			flows: []flow{flowA, otherPSP, {iuf: iufA, psp: "UNCRITMMXXX", on: "2026-09-14", total: 3000}}, cash: cash{amount: 3000, text: judgetest.URI(iufA)},
			want: linked{Links: []string{iufA + " of UNCRITMMXXX by 7: 3000 strict"}, Refs: []string{"7 names iuf " + iufA + " strict"}},
		},
		"three PSPs with one IUF and day, two of them with the amount": {
			flows: []flow{flowA, otherPSP, {iuf: iufA, psp: "UNCRITMMXXX", on: "2026-09-14", total: 2000}}, cash: cash{amount: 2000, text: judgetest.URI(iufA)},
			want: linked{Refs: []string{"7 names iuf " + iufA + " strict"}, Ambiguous: []string{"7"}},
		},
		"an IUF of three years means the last one before the cash, however they came": {
			flows: []flow{thisYear, {iuf: "ABC123", on: "2024-09-14", total: 1000}, lastYear}, cash: cash{amount: 1000, text: judgetest.URI("ABC123"), on: "2025-12-31", year: 2025},
			want: linked{Links: []string{"ABC123 2025 by 7: 1000 strict"}, Refs: []string{"7 names iuf ABC123 strict"}},
		},
		"text that names nothing": {
			flows: []flow{flowA}, cash: cash{amount: 1000, text: "VERSAMENTO ECONOMO"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.cash.number = "7"
			if c.cash.on == "" {
				c.cash.on = "2026-09-15"
			}
			flows, movement := deliveries(c.flows, nil), deliveries(nil, []cash{c.cash})
			for order, b := range map[string]*judgetest.Books{"together": nights(t, slices.Concat(flows, movement)),
				"flows first": nights(t, flows, movement), "cash first": nights(t, movement, flows)} {
				if diff := cmp.Diff(c.want, read(t, b)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", order, diff)
				}
			}
		})
	}
}

// TestSeveralFlows says how movements that name several flows are shared out: in
// the order the money came, whatever order the files do.
func TestSeveralFlows(t *testing.T) {
	flows := []flow{{iuf: iufA, on: "2026-09-14", total: 1000}, {iuf: iufB, on: "2026-09-15", total: 2000}, {iuf: iufC, on: "2026-09-16", total: 1000}}
	ab, bc := judgetest.URI(iufA)+" "+judgetest.URI(iufB), judgetest.URI(iufB)+" "+judgetest.URI(iufC)
	one := func(number string, amount record.Cents, on, iuf string) cash {
		return cash{number: number, amount: amount, on: on, text: judgetest.URI(iuf)}
	}
	for name, c := range map[string]struct {
		cash []cash
		want []string
	}{
		"exactly their sum": {
			cash: []cash{{number: "1", amount: 3000, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufB + " by 1: 2000 strict"},
		},
		"less: the first named are paid first": {
			cash: []cash{{number: "1", amount: 2500, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufB + " by 1: 1500 strict"},
		},
		"less than the first": {
			cash: []cash{{number: "1", amount: 999, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 999 strict"},
		},
		"a cent more than the first": {
			cash: []cash{{number: "1", amount: 1001, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufB + " by 1: 1 strict"},
		},
		"more: the rest stays with the movement": {
			cash: []cash{{number: "1", amount: 3500, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufB + " by 1: 2000 strict"},
		},
		"beside one already paid": {
			cash: []cash{one("1", 1000, "2026-09-15", iufA), {number: "2", amount: 2000, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufB + " by 2: 2000 strict"},
		},
		"beside one paid in part": {
			cash: []cash{one("1", 400, "2026-09-15", iufA), {number: "2", amount: 2600, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 400 strict", iufA + " by 2: 600 strict", iufB + " by 2: 2000 strict"},
		},
		"two credits beside one paid in part": {
			cash: []cash{one("1", 400, "2026-09-15", iufA), {number: "2", amount: 1500, on: "2026-09-16", text: ab}, {number: "3", amount: 1100, on: "2026-09-17", text: ab}},
			want: []string{iufA + " by 1: 400 strict", iufA + " by 2: 600 strict", iufB + " by 2: 900 strict", iufB + " by 3: 1100 strict"},
		},
		"beside one paid too much": {
			cash: []cash{one("1", 1700, "2026-09-15", iufA), {number: "2", amount: 1900, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1700 strict", iufB + " by 2: 1900 strict"},
		},
		"exactly their sum, whatever else paid them": {
			cash: []cash{one("1", 1000, "2026-09-15", iufA), {number: "2", amount: 3000, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufA + " by 2: 1000 strict", iufB + " by 2: 2000 strict"},
		},
		"paid again": {
			cash: []cash{one("1", 1000, "2026-09-15", iufA), one("2", 2000, "2026-09-15", iufB), {number: "3", amount: 1500, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufA + " by 3: 1000 strict", iufB + " by 2: 2000 strict", iufB + " by 3: 500 strict"},
		},
		"two credits, by their day": {
			cash: []cash{{number: "1", amount: 1500, on: "2026-09-17", text: ab}, {number: "2", amount: 1500, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 2: 1000 strict", iufB + " by 1: 1500 strict", iufB + " by 2: 500 strict"},
		},
		"four credits, the first of which comes last": {
			cash: []cash{{number: "4", amount: 750, on: "2026-09-19", text: ab}, {number: "3", amount: 750, on: "2026-09-18", text: ab},
				{number: "2", amount: 750, on: "2026-09-17", text: ab}, {number: "1", amount: 750, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 750 strict", iufA + " by 2: 250 strict", iufB + " by 2: 500 strict", iufB + " by 3: 750 strict", iufB + " by 4: 750 strict"},
		},
		"two credits of a day, by their number": {
			cash: []cash{{number: "10", amount: 1500, on: "2026-09-16", text: ab}, {number: "9", amount: 1500, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 9: 1000 strict", iufB + " by 10: 1500 strict", iufB + " by 9: 500 strict"},
		},
		"two credits of a day, with numbers of one length": {
			cash: []cash{{number: "12", amount: 1500, on: "2026-09-16", text: ab}, {number: "11", amount: 1500, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 11: 1000 strict", iufB + " by 11: 500 strict", iufB + " by 12: 1500 strict"},
		},
		"two credits of a day in two esercizi": {
			cash: []cash{{number: "1", amount: 1500, on: "2026-09-16", text: ab}, {number: "2", amount: 1500, on: "2026-09-16", text: ab, year: 2025}},
			want: []string{iufA + " by 2: 1000 strict", iufB + " by 1: 1500 strict", iufB + " by 2: 500 strict"},
		},
		"two credits with one number, by their account": {
			cash: []cash{{number: "1", account: "B", amount: 1400, on: "2026-09-16", text: ab}, {number: "1", account: "A", amount: 1600, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufB + " by 1: 1400 strict", iufB + " by 1: 600 strict"},
		},
		"a chain: the first credit leaves the second what it does not pay": {
			cash: []cash{{number: "2", amount: 1500, on: "2026-09-17", text: bc}, {number: "1", amount: 2500, on: "2026-09-16", text: ab}},
			want: []string{iufA + " by 1: 1000 strict", iufB + " by 1: 1500 strict", iufB + " by 2: 500 strict", iufC + " by 2: 1000 strict"},
		},
		"cash taken back leaves them to the others": {
			cash: []cash{{number: "1", amount: 1500, on: "2026-09-16", text: ab, reversed: 1500}, {number: "2", amount: 2500, on: "2026-09-17", text: ab}},
			want: []string{iufA + " by 2: 1000 strict", iufB + " by 2: 1500 strict"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := deliveries(flows, c.cash)
			alone := func() (split [][]judgetest.Delivery) {
				for _, d := range all {
					split = append(split, []judgetest.Delivery{d})
				}
				return split
			}
			backwards := alone()
			slices.Reverse(backwards)
			for order, b := range map[string]*judgetest.Books{"together": nights(t, all), "one a night": nights(t, alone()...),
				"the last first": nights(t, backwards...)} {
				if diff := cmp.Diff(c.want, read(t, b).Links); diff != "" {
					t.Errorf("%s (-want +got):\n%s", order, diff)
				}
			}
		})
	}
}
