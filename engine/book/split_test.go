package book_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

const twoQuotas = `<bilancio><capitolo><codCapitolo>10</codCapitolo><codUfficio>TRIB</codUfficio><accertamento><codAccertamento>A1</codAccertamento><importo>7.00</importo></accertamento></capitolo><capitolo><codCapitolo>20</codCapitolo><accertamento><importo>3.00</importo></accertamento></capitolo></bilancio>`

// TestWhereALineIsBooked names each source of a split, and what happens when it
// cannot be used.
func TestWhereALineIsBooked(t *testing.T) {
	tari := entry("TARI", 2026, "U1", "30", "A9")
	for _, c := range []struct {
		name  string
		set   book.Settings
		chart []record.Chapter
		debt  string
		line  func(*record.ReceiptLine)
		want  []string
	}{
		{"the receipt's bilancio", book.Settings{}, []record.Chapter{tari}, "", func(l *record.ReceiptLine) { l.Bilancio = twoQuotas },
			[]string{"1/1 bilancio 2026 TRIB/10//A1 7.00", "1/1 bilancio 2026 /20// 3.00"}},
		{"a bilancio that does not add up gives way", book.Settings{}, []record.Chapter{tari}, "",
			func(l *record.ReceiptLine) { l.Bilancio, l.Amount = twoQuotas, 1001 }, []string{"1/1 only 2026 U1/30//A9 10.01"}},
		{"the receipt's metadata", book.Settings{}, nil, "", func(l *record.ReceiptLine) {
			l.Metadata = "RC_TIP_1=CORRISPETTIVO_DL118\nRC_AC_1=2025\nRC_CU_1=U7\nRC_CAP_1=55\nRC_ART_1=2\nRC_PF5_1=E.1.01.01.20.001\nRC_IMP_1=4.00\nRC_AC_2=2026\nRC_CAP_2=56\nRC_IMP_2=6.00"
		}, []string{"1/1 metadata 2025 U7/55/2/ 4.00", "1/1 metadata 2026 /56// 6.00"}},
		{"metadata with an accertamento of the chart and no chapter", book.Settings{}, []record.Chapter{tari}, "",
			func(l *record.ReceiptLine) { l.Metadata = "RC_AC_1=2026\nRC_ACC_1=A9\nRC_IMP_1=10.00" }, []string{"1/1 metadata 2026 U1/30//A9 10.00"}},
		{"metadata with an accertamento of another year", book.Settings{}, []record.Chapter{entry("TARI", 2025, "U1", "30", "A9")}, "",
			func(l *record.ReceiptLine) { l.Metadata = "RC_AC_1=2026\nRC_ACC_1=A9\nRC_IMP_1=10.00" }, []string{"1/1 unassigned 2026 - 10.00"}},
		{"metadata that repeats a key with another value", book.Settings{}, nil, "",
			func(l *record.ReceiptLine) { l.Metadata = "RC_CAP_1=55\nRC_IMP_1=4.00\nRC_IMP_1=6.00" }, []string{"1/1 unassigned 2026 - 10.00"}},
		{"metadata of nothing", book.Settings{}, nil, "",
			func(l *record.ReceiptLine) { l.Metadata = "RC_CAP_1=55\nRC_IMP_1=0.00\nRC_CAP_2=55\nRC_IMP_2=10.00" }, []string{"1/1 unassigned 2026 - 10.00"}},
		{"metadata about something else", book.Settings{}, nil, "", func(l *record.ReceiptLine) { l.Metadata = "NOTIFICATION_FEE=200" },
			[]string{"1/1 unassigned 2026 - 10.00"}},
		{"the debt the entity imported", book.Settings{}, []record.Chapter{tari}, twoQuotas, func(*record.ReceiptLine) {},
			[]string{"1/1 debt 2026 TRIB/10//A1 7.00", "1/1 debt 2026 /20// 3.00"}},
		{"the default of the debt type: fixed, percentages, remainder", book.Settings{Defaults: map[string][]book.Part{"TARI": {
			{Target: book.Target{Chapter: "1"}, Fixed: 100},
			{Target: book.Target{Chapter: "2"}, PerMillion: 333_333},
			{Target: book.Target{Chapter: "3", Office: "U"}, Remainder: true}}}}, []record.Chapter{tari}, "", func(*record.ReceiptLine) {},
			[]string{"1/1 default 2026 /1// 1.00", "1/1 default 2026 /2// 2.99", "1/1 default 2026 U/3// 6.01"}},
		{"percentages that make a hundred leave their cents to the last", book.Settings{Defaults: map[string][]book.Part{"TARI": {
			{Target: book.Target{Chapter: "1"}, PerMillion: 333_333}, {Target: book.Target{Chapter: "2"}, PerMillion: 333_333},
			{Target: book.Target{Chapter: "3"}, PerMillion: 333_334}}}}, nil, "", func(l *record.ReceiptLine) { l.Amount = 1001 },
			[]string{"1/1 default 2026 /1// 3.33", "1/1 default 2026 /2// 3.33", "1/1 default 2026 /3// 3.35"}},
		{"percentages below a hundred leave the rest to be assigned", book.Settings{Defaults: map[string][]book.Part{"TARI": {
			{Target: book.Target{Chapter: "1"}, PerMillion: 500_000}}}}, nil, "", func(*record.ReceiptLine) {},
			[]string{"1/1 default 2026 /1// 5.00", "1/1 unassigned 2026 - 5.00"}},
		{"fixed amounts beyond the line give way", book.Settings{Defaults: map[string][]book.Part{"TARI": {
			{Target: book.Target{Chapter: "1"}, Fixed: 1001}}}}, []record.Chapter{tari}, "", func(*record.ReceiptLine) {},
			[]string{"1/1 only 2026 U1/30//A9 10.00"}},
		{"the only active chapter of the debt type and year", book.Settings{}, []record.Chapter{tari, entry("TARI", 2025, "U1", "29", ""),
			entry("COSAP", 2026, "U1", "28", ""), {DebtType: "TARI", Year: 2026, Chapter: "27"}}, "", func(*record.ReceiptLine) {},
			[]string{"1/1 only 2026 U1/30//A9 10.00"}},
		{"two active chapters are none", book.Settings{}, []record.Chapter{tari, entry("TARI", 2026, "U1", "31", "")}, "", func(*record.ReceiptLine) {},
			[]string{"1/1 unassigned 2026 - 10.00"}},
		{"a chapter that is not yet valid, and one that no longer is", book.Settings{}, []record.Chapter{tari,
			{DebtType: "TARI", Year: 2026, Chapter: "31", Active: true, From: day("2026-09-15")},
			{DebtType: "TARI", Year: 2026, Chapter: "32", Active: true, To: day("2026-09-13")}}, "", func(*record.ReceiptLine) {},
			[]string{"1/1 only 2026 U1/30//A9 10.00"}},
		{"the taxonomy code", book.Settings{Taxonomy: map[string]book.Target{"0101100IM": {Chapter: "77", Year: 2025}}}, nil, "",
			func(l *record.ReceiptLine) { l.Collection = "9/0101100im/" }, []string{"1/1 taxonomy 2025 /77// 10.00"}},
		{"nothing says where", book.Settings{}, nil, "", func(*record.ReceiptLine) {}, []string{"1/1 unassigned 2026 - 10.00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.set = c.set
			if len(c.chart) > 0 {
				if _, err := b.chart(0, c.chart...); err != nil {
					t.Fatal(err)
				}
			}
			l := line("1", 1000, "TARI")
			if c.debt != "" {
				l.IUD = "IUD1"
				if _, err := b.load(0, func(s record.Sink) error {
					return s.Debt(&record.Debt{Line: 2, Action: "I", IUD: "IUD1", Amount: 1000, DebtType: "TARI", Bilancio: c.debt})
				}); err != nil {
					t.Fatal(err)
				}
			}
			c.line(&l)
			b.receipts(l)
			b.book()
			if got := b.shares(); !slices.Equal(got, c.want) {
				t.Errorf("booked\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

func TestTaxonomyCodes(t *testing.T) {
	for _, text := range []string{"9/0101100IM/", "0101100IM", "9/0101100im", " /0101100IM/ "} {
		if got := book.TaxonomyCode(text); got != "0101100IM" {
			t.Errorf("%q is %q", text, got)
		}
	}
}

// TestSharesAlwaysAddUpToTheLine draws amounts, splits and charts.
func TestSharesAlwaysAddUpToTheLine(t *testing.T) {
	chart := book.NewChart([]store.ChartEntry{{ChartKey: store.ChartKey{DebtType: "B", Year: 2026, Chapter: "9"}, Active: true}})
	rapid.Check(t, func(t *rapid.T) {
		var parts []book.Part
		left := int64(1_000_000)
		for i := range rapid.IntRange(0, 6).Draw(t, "parts") {
			p := book.Part{Target: book.Target{Chapter: string(rune('a' + i))}}
			switch rapid.SampledFrom([]string{"fixed", "percent", "remainder"}).Draw(t, "kind") {
			case "fixed":
				p.Fixed = record.Cents(rapid.Int64Range(1, 500).Draw(t, "cents"))
			case "percent":
				if p.PerMillion = rapid.Int64Range(1, 400_000).Draw(t, "per million"); p.PerMillion > left {
					continue
				}
				left -= p.PerMillion
			default:
				if slices.ContainsFunc(parts, func(p book.Part) bool { return p.Remainder }) {
					continue
				}
				p.Remainder = true
			}
			parts = append(parts, p)
		}
		s := book.Splitter{Chart: chart, Defaults: map[string][]book.Part{"A": parts}, Taxonomy: map[string]book.Target{"X": {Chapter: "8"}}}
		l := &store.BookLine{IUV: "1", Index: 1, PaidOn: day("2026-09-14"),
			Amount:     record.Cents(rapid.OneOf(rapid.Int64Range(1, 2000), rapid.Int64Range(1, int64(record.MaxAmount))).Draw(t, "amount")),
			DebtType:   rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "type"),
			Collection: rapid.SampledFrom([]string{"", "9/X/"}).Draw(t, "collection"),
			Bilancio:   rapid.SampledFrom([]string{"", twoQuotas, "<bilancio>"}).Draw(t, "bilancio"),
			Metadata:   rapid.SampledFrom([]string{"", "RC_CAP_1=5\nRC_IMP_1=10.00"}).Draw(t, "metadata")}
		shares, _ := s.Split(l)
		var sum record.Cents
		for i, sh := range shares {
			if sh.Amount <= 0 || sh.Seq != i+1 || sh.Year == 0 || (sh.Chapter == "") != (sh.Source == book.SourceUnassigned) {
				t.Fatalf("share %+v", sh)
			}
			sum += sh.Amount
		}
		if sum != l.Amount {
			t.Fatalf("shares %+v add up to %s, the line is %s", shares, sum, l.Amount)
		}
	})
}
