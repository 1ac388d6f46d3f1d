package listing_test

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quadra/engine/listing"
)

var (
	dayCell     = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	amountCell  = regexp.MustCompile(`^-?\d+\.\d\d$`)
	instantCell = regexp.MustCompile(`^\d{4}-\d\d-\d\dT.*Z$`)
)

// TestSheetSaysWhatTheCSVSays reads every listing back from both.
func TestSheetSaysWhatTheCSVSays(t *testing.T) {
	b := town(t)
	for _, kind := range listing.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			table := csv.NewReader(bytes.NewReader(list(t, b, kind, listing.FormatCSV, listing.Filter{})))
			table.Comma = ';'
			want, err := table.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			sheet := list(t, b, kind, listing.FormatXLSX, listing.Filter{})
			if again := list(t, b, kind, listing.FormatXLSX, listing.Filter{}); !bytes.Equal(sheet, again) {
				t.Error("the same rows gave other bytes")
			}
			f, err := excelize.OpenReader(bytes.NewReader(sheet))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			raw, err := f.GetRows("Elenco", excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			got := make([][]string, len(raw))
			for i, row := range raw {
				got[i] = append(row, make([]string, len(want[0])-len(row))...) // empty cells at the end are not kept
			}
			for i, row := range want {
				for k, cell := range row {
					row[k] = asSheet(t, cell)
					if instantCell.MatchString(cell) {
						row[k] = got[i][k] // said in Italian time
						if _, err := time.Parse("02/01/2006 15:04:05", got[i][k]); err != nil {
							t.Error(err)
						}
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-CSV +sheet):\n%s", diff)
			}
		})
	}
}

// asSheet is the value a sheet keeps for a cell of the CSV.
func asSheet(t *testing.T, cell string) string {
	switch {
	case dayCell.MatchString(cell):
		d, err := time.Parse(time.DateOnly, cell)
		if err != nil {
			t.Fatal(err)
		}
		return strconv.Itoa(int(d.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24))
	case amountCell.MatchString(cell):
		return strings.TrimSuffix(strings.TrimRight(cell, "0"), ".")
	}
	return strings.TrimPrefix(cell, "'") // which keeps a CSV from running as a formula
}
