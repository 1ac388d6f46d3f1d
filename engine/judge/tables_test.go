package judge_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/fixtures/tables"
	"quadra/rules"
)

// The tables of the older systems, from the files to the verdicts: what the
// rules say of facts is what the program does with records. Amounts are those of
// the tables: a receipt line of 100 euro in a receipt of 150, a flow of 500.
const (
	lineCents    = 10000
	receiptCents = 15000
	flowCents    = 50000
	filler       = "01000000000000099" // another payment of the flow
	unknownIUF   = "2026-09-15BPPIITRRXXX-S999"
	longAfter    = "2026-12-31" // every term is over
)

// receiptOfTwo is a receipt of two lines; the second is of no interest.
func receiptOfTwo(total record.Cents) delivery {
	first := record.ReceiptLine{IUV: iuv1, IUR: "IUR1", Index: 1, Amount: lineCents, Total: total, IUD: "IUD1", PaidOn: day("2026-09-14"), Outcome: "0"}
	if total == lineCents {
		return receipts(first)
	}
	second := first
	second.Index, second.Amount, second.IUD = 2, total-lineCents, ""
	return receipts(first, second)
}

// noticeOf is a notice equal to the receipt line, or not.
func noticeOf(equal bool) delivery {
	if equal {
		return notice("IUD1", iuv1, lineCents, "2026-09-14")
	}
	return notice("IUD1", iuv1, lineCents-1000, "2026-09-14")
}

// flowOfTotal is a flow with a line for the payment and, to make its total, one
// for the other line of the receipt and another payment.
func flowOfTotal(cents, total record.Cents, outcome int) delivery {
	f := flowOf{iuf: iuf1, on: "2026-09-15", lines: []record.FlowLine{line(iuv1, "IUR1", 1, cents, outcome)}}
	if total > cents {
		const second = receiptCents - lineCents
		f.lines = append(f.lines, line(iuv1, "IUR1", 2, second, 0), line(filler, "IUR99", 1, total-cents-second, 0))
	}
	return f.delivery()
}

// judged lists the labels and the statuses of the payments of iuv1 with index 1
// or no index, and of the movements that pay nothing.
func judged(b *books) (labels, statuses []string) {
	for _, row := range b.read(`SELECT unit, facts FROM verdict`) {
		unit, facts, _ := strings.Cut(row, " ")
		if c, err := rules.ParseCase(unit, facts); err != nil || !c.Possible() {
			b.tb.Fatalf("a %s was judged on facts that cannot be: %s (%v)", unit, facts, err)
		}
	}
	rows := b.read(`SELECT p.alone_iud = '', v.labels, v.status FROM payment p JOIN verdict v ON v.id = p.verdict_id
		WHERE p.iuv = '` + iuv1 + `' AND p.idx <= 1
		UNION ALL SELECT 2, v.labels, v.status FROM movement m JOIN verdict v ON v.id = m.verdict_id WHERE v.status <> 'MATCHED'`)
	for _, row := range rows {
		f := strings.Split(row, " ")
		labels = append(labels, strings.ReplaceAll(f[1], "|", " "))
		statuses = append(statuses, f[2])
	}
	return labels, statuses
}

func myPivotFiles(row *tables.MyPivotRow, outcome int) (files []delivery) {
	switch row.Notice {
	case "yes", "=":
		files = append(files, noticeOf(true))
	case "≠":
		files = append(files, noticeOf(false))
	}
	if row.Receipt == "yes" {
		files = append(files, receiptOfTwo(receiptCents))
	}
	switch row.Flow {
	case "yes", "=":
		files = append(files, flowOfTotal(lineCents, flowCents, outcome))
	case "≠":
		files = append(files, flowOfTotal(lineCents-500, flowCents, outcome))
	}
	iuf := iuf1
	if row.Flow == "-" {
		iuf = unknownIUF
	}
	switch row.Cash {
	case "IUF =":
		files = append(files, cash("1", flowCents, "2026-09-16", uri(iuf)))
	case "IUF ≠":
		files = append(files, cash("1", flowCents-2000, "2026-09-16", uri(iuf)))
	case "IUV =":
		files = append(files, cash("1", receiptCents, "2026-09-16", rfb(iuv1)))
	case "IUV ≠":
		files = append(files, cash("1", 7700, "2026-09-16", rfb(iuv1)))
	}
	return files
}

func rowName(row *tables.MyPivotRow) string {
	return fmt.Sprintf("%d notice %s receipt %s flow %s cash %s", row.N, row.Notice, row.Receipt, row.Flow, row.Cash)
}

func TestCasesOfMyPivotFromFilesToVerdicts(t *testing.T) {
	for i := range tables.MyPivot {
		row := &tables.MyPivot[i]
		t.Run(rowName(row), func(t *testing.T) {
			want, err := tables.MyPivotDifferences[row.N].Apply(row.Labels)
			if err != nil {
				t.Fatal(err)
			}
			b := newBooks(t)
			b.load(myPivotFiles(row, 0)...)
			b.night(longAfter)
			labels, statuses := judged(b)
			if got := strings.Join(labels, "; "); got != want {
				t.Errorf("labels %q, want %q", got, want)
			}
			if got := strings.Join(statuses, "; "); got != row.Status {
				t.Errorf("statuses %q, want %q\n%s", got, row.Status, b.state())
			}
		})
	}
}

// A movement without a reference has a row of its own and changes nothing else.
func TestAMovementWithoutReferenceLeavesTheRestAsItIs(t *testing.T) {
	for i := range tables.MyPivot {
		row := &tables.MyPivot[i]
		if row.Cash != "-" {
			continue
		}
		t.Run(rowName(row), func(t *testing.T) {
			b := newBooks(t)
			b.load(append(myPivotFiles(row, 0), cash("1", flowCents, "2026-09-16", "VERSAMENTO ECONOMO"))...)
			b.night(longAfter)
			labels, statuses := judged(b)
			if got := strings.Join(labels, "; "); got != row.Labels+"; TES_NO_MATCH" {
				t.Errorf("labels %q, want %q and the movement", got, row.Labels)
			}
			if got := strings.Join(statuses, "; "); got != row.Status+"; NO_REFERENCE" {
				t.Errorf("statuses %q, want %q and the movement", got, row.Status)
			}
		})
	}
}

// A line with outcome 3 is none for the labels: those of the same case without a
// flow line. The status says that it is revoked, and a movement by IUF still pays
// the other payments of the flow, so it does not stand alone.
func TestARevokedLineIsNone(t *testing.T) {
	bare := map[string]string{}
	for _, row := range tables.MyPivot {
		if row.Flow == "-" {
			bare[row.Notice+row.Receipt+row.Cash] = row.Labels
		}
	}
	for i := range tables.MyPivot {
		row := &tables.MyPivot[i]
		if row.Flow == "-" || row.Receipt == "-" {
			continue // without a receipt there is nothing left to label
		}
		t.Run(rowName(row), func(t *testing.T) {
			b := newBooks(t)
			b.load(myPivotFiles(row, 3)...)
			b.night(longAfter)
			labels, statuses := judged(b)
			want, _, _ := strings.Cut(bare[row.Notice+row.Receipt+row.Cash], "; TES_NO_IUF_OR_IUV")
			if got := strings.Join(labels, "; "); got != want {
				t.Errorf("labels %q, want %q", got, want)
			}
			if got := strings.Join(statuses, "; "); got != "REVOKED" {
				t.Errorf("statuses %q", got)
			}
		})
	}
}

func TestSupplementaryCasesOfMyPivot(t *testing.T) {
	for _, c := range tables.Supplements {
		for i, kind := range []string{"no notice", "an equal notice", "a different notice"} {
			t.Run(c.Name+", "+kind, func(t *testing.T) {
				want, err := c.Differs[i].Apply(c.Labels[i])
				if err != nil {
					t.Fatal(err)
				}
				total, flowTotal, lineOf := record.Cents(lineCents), record.Cents(lineCents), record.Cents(lineCents)
				if c.Several {
					total, flowTotal = receiptCents, flowCents
				}
				if c.Different {
					lineOf -= 500
				}
				files := []delivery{receiptOfTwo(total), flowOfTotal(lineOf, flowTotal, 0)}
				if i > 0 {
					files = append(files, noticeOf(i == 1))
				}
				byIUF := map[string]record.Cents{"=": flowTotal, "≠": flowTotal - 2000}
				byIUV := map[string]record.Cents{"=": total, "flow": flowTotal}
				if cents, ok := byIUF[c.ByIUF]; ok {
					files = append(files, cash("1", cents, "2026-09-16", uri(iuf1)))
				}
				if cents, ok := byIUV[c.ByIUV]; ok {
					files = append(files, cash("2", cents, "2026-09-16", rfb(iuv1)))
				}
				b := newBooks(t)
				b.load(files...)
				b.night(longAfter)
				labels, statuses := judged(b)
				if labels[0] != want {
					t.Errorf("labels %q, want %q\n%s", labels[0], want, b.state())
				}
				// What comes by IUV after the flow was settled is an anomaly of its own.
				if second := c.ByIUF != "" && c.ByIUV != ""; second != (len(statuses) == 2 && statuses[1] == "UNKNOWN_REFERENCE") {
					t.Errorf("statuses %q", statuses)
				}
			})
		}
	}
}

// MyPivot attaches a movement with both references to nothing. Here it pays its
// flow (RULES section 5), as if it had the IUF alone.
func TestAMovementWithBothReferencesPaysItsFlow(t *testing.T) {
	for i := range tables.MyPivot {
		row := &tables.MyPivot[i]
		if row.Flow == "-" || row.Cash != "IUF =" {
			continue
		}
		t.Run(rowName(row), func(t *testing.T) {
			b := newBooks(t)
			files := myPivotFiles(row, 0)
			files[len(files)-1] = cash("1", flowCents, "2026-09-16", uri(iuf1)+" "+rfb(iuv1))
			b.load(files...)
			b.night(longAfter)
			labels, statuses := judged(b)
			if got := strings.Join(labels, "; "); got != row.Labels {
				t.Errorf("labels %q, want %q", got, row.Labels)
			}
			if got := strings.Join(statuses, "; "); got != row.Status {
				t.Errorf("statuses %q, want %q", got, row.Status)
			}
		})
	}
}

func TestCasesOfThePiattaformaUnitaria(t *testing.T) {
	for _, row := range tables.P4PA {
		t.Run(row.ID, func(t *testing.T) {
			want, err := row.Differs.Apply(row.Labels)
			if err != nil {
				t.Fatal(err)
			}
			var files []delivery
			if row.Receipt {
				files = append(files, receiptOfTwo(lineCents))
			}
			if row.Notice != "-" {
				files = append(files, noticeOf(row.Notice == "eq"))
			}
			switch row.Flow {
			case "eq", "yes":
				files = append(files, flowOfTotal(lineCents, flowCents, 0))
			case "ne":
				files = append(files, flowOfTotal(lineCents-500, flowCents, 0))
			}
			switch row.Cash {
			case "eq":
				files = append(files, cash("1", flowCents, "2026-09-16", uri(iuf1)))
			case "ne":
				files = append(files, cash("1", flowCents+2000, "2026-09-16", uri(iuf1)))
			}
			b := newBooks(t)
			b.load(files...)
			b.night(longAfter)
			if labels, _ := judged(b); strings.Join(labels, "; ") != want {
				t.Errorf("labels %q, want %q", labels, want)
			}
		})
	}
}

// platformCase is one of the tests of the Piattaforma unitaria: labels some
// records must have, or must not.
type platformCase struct {
	id, name  string
	files     []delivery
	has, lack string // labels, of any payment or movement
}

// What the platform tests of its own parts and has no meaning here.
var notOurs = map[string]string{
	"U4":  "the platform compares a notice only when the installment is there; here a notice and a receipt are enough (RULES section 5)",
	"U19": "labels are a set here too (C05 has three); what has none is left without, not called UNKNOWN: see row 39",
	"U27": "lines of another beneficiary never reach the books: parsers/receipt leaves them out",
	"U28": "what is read when is not a judgement",
	"U29": "what is read when is not a judgement; no receipt marks a line as notified (C01)",
	"U32": "labels of an accertamento are of engine/book",
	"U33": "labels of an accertamento are of engine/book",
	"U34": "labels of an accertamento are of engine/book",
	"B5":  "labels of an accertamento are of engine/book",
}

func platformCases() []platformCase {
	tr := func(cents record.Cents) delivery { return receipt(iuv1, "IUR1", 1, cents, "IUD1", "2026-09-14") }
	n := func(cents record.Cents) delivery { return notice("IUD1", iuv1, cents, "2026-09-14") }
	p := func(cents record.Cents) delivery { return flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, cents, 0)) }
	pOf := func(cents, total record.Cents) delivery {
		return flowOf{iuf: iuf1, on: "2026-09-15", declared: total, lines: []record.FlowLine{line(iuv1, "IUR1", 1, cents, 0)}}.delivery()
	}
	t := func(cents record.Cents) delivery { return cash("1", cents, "2026-09-16", uri(iuf1)) }
	return []platformCase{
		{"U1", "receipt and notice differ", []delivery{tr(100), n(110)}, "IUD_NO_RT", ""},
		{"U2", "receipt and notice agree", []delivery{tr(100), n(100)}, "", "IUD_NO_RT"},
		{"U3", "notice alone", []delivery{n(100)}, "IUD_NO_RT", ""},
		{"U5", "receipt, notice and flow line agree", []delivery{tr(100), n(100), p(100)}, "IUD_RT_IUF", ""},
		{"U6", "the flow line differs", []delivery{tr(100), n(100), p(99)}, "", "IUD_RT_IUF"},
		{"U6", "the notice differs", []delivery{tr(100), n(99), p(100)}, "", "IUD_RT_IUF"},
		{"U6", "no receipt", []delivery{n(100), p(100)}, "", "IUD_RT_IUF"},
		{"U6", "no notice", []delivery{tr(100), p(100)}, "", "IUD_RT_IUF"},
		{"U6", "no flow line", []delivery{tr(100), n(100)}, "", "IUD_RT_IUF"},
		{"U7", "everything agrees", []delivery{tr(100), n(100), p(100), t(100)}, "IUD_RT_IUF_TES", ""},
		{"U7", "the notice differs", []delivery{tr(100), n(99), p(100), t(100)}, "", "IUD_RT_IUF_TES"},
		{"U7", "no receipt", []delivery{n(100), p(100), t(100)}, "", "IUD_RT_IUF_TES"},
		{"U7", "no notice", []delivery{tr(100), p(100), t(100)}, "", "IUD_RT_IUF_TES"},
		{"U7", "no flow line", []delivery{tr(100), n(100), t(100)}, "", "IUD_RT_IUF_TES"},
		{"U7", "no cash", []delivery{tr(100), n(100), p(100)}, "", "IUD_RT_IUF_TES"},
		{"U8", "flow line only", []delivery{p(100)}, "IUF_NO_TES", ""},
		{"U8", "flow line and cash", []delivery{p(100), t(100)}, "", "IUF_NO_TES"},
		{"U8", "cash only", []delivery{t(100)}, "", "IUF_NO_TES"},
		{"U9", "cash is not the total", []delivery{p(100), t(10000)}, "IUF_TES_DIV_IMP", ""},
		{"U10", "cash is the total", []delivery{p(100), t(100)}, "", "IUF_TES_DIV_IMP"},
		{"U10", "no cash", []delivery{p(100)}, "", "IUF_TES_DIV_IMP"},
		{"U10", "no flow line", []delivery{t(100)}, "", "IUF_TES_DIV_IMP"},
		{"U11", "flow line without receipt", []delivery{p(100)}, "IUV_NO_RT", ""},
		{"U11", "flow line and receipt", []delivery{tr(100), p(100)}, "", "IUV_NO_RT"},
		{"U11", "neither", []delivery{n(100)}, "", "IUV_NO_RT"},
		{"U12", "receipt and flow line agree", []delivery{tr(100), p(100)}, "RT_IUF", ""},
		{"U12", "they differ", []delivery{tr(100), p(1000)}, "", "RT_IUF"},
		{"U12", "no receipt", []delivery{p(100)}, "", "RT_IUF"},
		{"U12", "no flow line", []delivery{tr(100)}, "", "RT_IUF"},
		{"U13", "a line of a flow settled in full", []delivery{tr(1000), pOf(1000, 10000), t(10000)}, "RT_IUF_TES", ""},
		{"U14", "the line differs, the cash too", []delivery{tr(100), pOf(10000, 100), t(10000)}, "", "RT_IUF_TES"},
		{"U14", "the cash differs", []delivery{tr(100), pOf(100, 100), t(10000)}, "", "RT_IUF_TES"},
		{"U14", "the line differs", []delivery{tr(100), pOf(1000, 100), t(100)}, "", "RT_IUF_TES"},
		{"U15", "receipt without notice", []delivery{tr(100)}, "RT_NO_IUD", ""},
		{"U15", "with notice", []delivery{tr(100), n(100)}, "", "RT_NO_IUD"},
		{"U15", "notice only", []delivery{n(100)}, "", "RT_NO_IUD"},
		{"U15", "neither", []delivery{p(100)}, "", "RT_NO_IUD"},
		{"U16", "receipt without flow line", []delivery{tr(100)}, "RT_NO_IUF", ""},
		{"U16", "though there is cash", []delivery{tr(100), t(100)}, "RT_NO_IUF", ""},
		{"U17", "they differ", []delivery{tr(100), p(1000)}, "RT_NO_IUF", ""},
		{"U17", "they agree", []delivery{tr(1000), p(1000)}, "", "RT_NO_IUF"},
		{"U18", "cash only", []delivery{t(100)}, "TES_NO_IUF_OR_IUV", ""},
		{"U18", "cash and receipt", []delivery{tr(100), t(100)}, "TES_NO_IUF_OR_IUV", ""},
		{"U18", "cash and flow", []delivery{p(100), t(100)}, "", "TES_NO_IUF_OR_IUV"},
		{"U18", "no cash", []delivery{tr(100)}, "", "TES_NO_IUF_OR_IUV"},
		{"U20", "cash without IUF", []delivery{cash("1", 100, "2026-09-16", "")}, "TES_NO_MATCH", "TES_NO_IUF_OR_IUV"},
		{"U21", "cash with an unknown IUF", []delivery{t(100)}, "TES_NO_IUF_OR_IUV", "TES_NO_MATCH"},
		{"U22", "money taken back", []delivery{storno("1", 100, "2026-09-16")}, "", "TES_NO_IUF_OR_IUV TES_NO_MATCH"},
		{"U23", "cash with a known IUF", []delivery{p(100), t(100)}, "IUV_NO_RT", "TES_NO_IUF_OR_IUV TES_NO_MATCH"},
		{"U24", "notice of an unknown debt", []delivery{n(100)}, "IUD_NO_RT", ""},
		{"U25", "notice of a debt without transfers", []delivery{n(100)}, "IUD_NO_RT", ""},
		{"U26", "notice of a paid debt", []delivery{n(100), tr(100)}, "", "IUD_NO_RT"},
		{"U30", "two IURs", []delivery{p(100), flow(iuf2, "2026-09-16", line(iuv1, "IUR2", 1, 100, 9))}, "DOPPI", ""},
		{"U31", "the same IUR", []delivery{p(100), flow(iuf2, "2026-09-16", line(iuv1, "IUR1", 1, 100, 9))}, "", "DOPPI"},
		{"B1", "paid", []delivery{tr(100)}, "RT_NO_IUD RT_NO_IUF", ""},
		{"B2", "and reported", []delivery{tr(100), p(100)}, "IUF_NO_TES RT_IUF RT_NO_IUD", "RT_NO_IUF"},
		{"B3", "and cashed", []delivery{tr(100), p(100), t(100)}, "RT_IUF RT_IUF_TES RT_NO_IUD", "IUF_NO_TES"},
		{"B4", "outcome 9 without receipt", []delivery{flow(iuf1, "2026-09-15", line(iuv1, "IUR1", 1, 100, 9))}, "IUF_NO_TES RT_IUF RT_NO_IUD", "IUV_NO_RT"},
	}
}

func TestUnitCasesOfThePiattaformaUnitaria(t *testing.T) {
	for _, c := range platformCases() {
		t.Run(c.id+" "+c.name, func(t *testing.T) {
			b := newBooks(t)
			b.load(c.files...)
			b.night(longAfter)
			all := b.read(`SELECT v.labels FROM payment p JOIN verdict v ON v.id = p.verdict_id
				UNION ALL SELECT v.labels FROM movement m JOIN verdict v ON v.id = m.verdict_id`)
			if len(all) == 0 {
				t.Fatal("nothing was judged")
			}
			labels := strings.Split(strings.Join(all, "|"), "|")
			for _, l := range strings.Fields(c.has) {
				if !slices.Contains(labels, l) {
					t.Errorf("no %s in %v", l, labels)
				}
			}
			for _, l := range strings.Fields(c.lack) {
				if slices.Contains(labels, l) {
					t.Errorf("%s in %v", l, labels)
				}
			}
		})
	}
}

// Every case of the page is tested, or said to be none of ours and why.
func TestNoCaseOfThePiattaformaUnitariaIsForgotten(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "reference", "p4pa.md"))
	if err != nil {
		t.Skipf("the page is not here: %v", err)
	}
	known := make(map[string]bool)
	for _, c := range platformCases() {
		known[c.id] = true
	}
	for id := range notOurs {
		if known[id] {
			t.Errorf("%s is tested and said to be none of ours", id)
		}
		known[id] = true
	}
	found := regexp.MustCompile(`(?m)^\| ([UB][0-9]+) \|`).FindAllStringSubmatch(string(text), -1)
	if len(found) != len(known) {
		t.Errorf("%d cases on the page, %d here", len(found), len(known))
	}
	for _, m := range found {
		if !known[m[1]] {
			t.Errorf("%s is forgotten", m[1])
		}
	}
}
