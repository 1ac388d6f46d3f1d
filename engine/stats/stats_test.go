package stats_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quadra/engine/explain/explaintest"
	"quadra/engine/record"
	"quadra/engine/stats"
	"quadra/engine/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

func build(t *testing.T, b *explaintest.Books, opt stats.Options) *stats.Table {
	t.Helper()
	var table *stats.Table
	b.Read(func(tx *store.Tx) (err error) {
		table, err = stats.Build(context.Background(), tx, opt)
		return err
	})
	return table
}

// TestEveryGroupingHasTheSameTotals groups the sample in every way, alone and
// two by two, and compares the totals, the sums of the cells, and the receipts
// behind each cell.
func TestEveryGroupingHasTheSameTotals(t *testing.T) {
	b := explaintest.Sample(t)
	whole := build(t, b, stats.Options{})
	if whole.Total.Paid.Amount == 0 || whole.Total.Reported.Amount == 0 || whole.Total.Cashed.Amount == 0 {
		t.Fatalf("the sample has nothing to add up: %+v", whole.Total)
	}
	var groupings [][]stats.Dimension
	for i, d := range stats.Dimensions {
		groupings = append(groupings, []stats.Dimension{d})
		for _, e := range stats.Dimensions[i+1:] {
			groupings = append(groupings, []stats.Dimension{d, e})
		}
	}
	for _, by := range groupings {
		name := ""
		for _, d := range by {
			name += string(d) + " "
		}
		t.Run(strings.TrimSpace(name), func(t *testing.T) {
			var table *stats.Table
			var err error
			b.Read(func(tx *store.Tx) error {
				table, err = stats.Build(context.Background(), tx, stats.Options{By: by})
				return nil
			})
			if errors.Is(err, stats.ErrDimension) {
				return // two periods
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole.Total, table.Total, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Keys" }, cmp.Ignore())); diff != "" {
				t.Errorf("totals (-whole +grouped):\n%s", diff)
			}
			var sum stats.Cell
			for _, c := range table.Cells {
				sum.Paid.Amount += c.Paid.Amount
				sum.Reported.Amount += c.Reported.Amount
				sum.Cashed.Amount += c.Cashed.Amount
				behind(t, b, by, &c)
			}
			if sum.Paid.Amount != whole.Total.Paid.Amount || sum.Reported.Amount != whole.Total.Reported.Amount || sum.Cashed.Amount != whole.Total.Cashed.Amount {
				t.Errorf("cells add up to %+v, the whole is %+v", sum, whole.Total)
			}
		})
	}
}

// behind adds up the receipts behind a cell.
func behind(t *testing.T, b *explaintest.Books, by []stats.Dimension, c *stats.Cell) {
	t.Helper()
	only := make(map[stats.Dimension]string)
	for i, d := range by {
		only[d] = c.Keys[i]
	}
	for m, want := range map[stats.Measure]record.Cents{stats.Paid: c.Paid.Amount, stats.Reported: c.Reported.Amount, stats.Cashed: c.Cashed.Amount} {
		var got record.Cents
		b.Read(func(tx *store.Tx) error {
			return stats.Receipts(context.Background(), tx, stats.Options{Only: only}, m, func(r *store.StatRow) error {
				got += r.Amount
				return nil
			})
		})
		if got != want {
			t.Errorf("the receipts behind %q %s are %s, the cell says %s", c.Keys, m, got, want)
		}
	}
}

func TestEachMeasureHasItsOwnDate(t *testing.T) {
	b := explaintest.Sample(t)
	march := build(t, b, stats.Options{From: explaintest.Day("2026-03-02"), To: explaintest.Day("2026-03-02")})
	if march.Total.Cashed.Amount != 0 || march.Total.Paid.Amount == 0 {
		t.Errorf("2 March: %+v", march.Total)
	}
	year := build(t, b, stats.Options{By: []stats.Dimension{stats.Year}, Only: map[stats.Dimension]string{stats.Year: "2025"}})
	if len(year.Cells) != 0 {
		t.Errorf("2025 has %+v", year.Cells)
	}
}

func TestStatisticsAsPeopleAndProgramsReadThem(t *testing.T) {
	b := explaintest.Sample(t)
	table := build(t, b, stats.Options{By: []stats.Dimension{stats.Month, stats.DebtType}})
	for _, f := range []struct {
		file  string
		write func(*bytes.Buffer) error
	}{
		{"month_debt_type.txt", func(w *bytes.Buffer) error { return table.WriteText(w) }},
		{"month_debt_type.csv", func(w *bytes.Buffer) error { return table.WriteCSV(w, record.Cents.DecimalComma) }},
		{"month_debt_type.json", func(w *bytes.Buffer) error { return table.WriteJSON(w) }},
	} {
		var got bytes.Buffer
		if err := f.write(&got); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", f.file)
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.file, diff)
		}
	}
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if err := table.WriteXLSX(w, explaintest.Day(explaintest.SampleAsOf)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same table gives two workbooks")
	}
	f, err := excelize.OpenReader(&one)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Statistiche", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(table.Cells)+2 || rows[len(rows)-1][0] != "totale" {
		t.Errorf("rows %q", rows)
	}
	paid, err := f.GetCellType("Statistiche", "D2")
	if err != nil || paid != excelize.CellTypeNumber && paid != excelize.CellTypeUnset {
		t.Errorf("an amount is of type %v, %v", paid, err)
	}
}

func TestUnknownGroupings(t *testing.T) {
	b := explaintest.Sample(t)
	for _, by := range [][]stats.Dimension{{"colour"}, {stats.Day, stats.Month}} {
		b.Read(func(tx *store.Tx) error {
			if _, err := stats.Build(context.Background(), tx, stats.Options{By: by}); !errors.Is(err, stats.ErrDimension) {
				t.Errorf("%q: %v", by, err)
			}
			return nil
		})
	}
}
