package main

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// spreadsheets has LibreOffice read every workbook of the pack and write it again
// as CSV, with the values as it understood them: an amount stored as text would
// keep its comma, a day stored as text its Italian order, an IUV stored as a
// number would lose its zeros.
func spreadsheets(t *testing.T, m *monthPack) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	out := t.TempDir()
	books, err := filepath.Glob(filepath.Join(m.dir, "*.xlsx"))
	if err != nil || len(books) == 0 {
		t.Fatal("no workbook in the pack", err)
	}
	// Separator ;, quotes ", UTF-8, English, cells as values and not as shown, each
	// sheet in a file of its own.
	args := append([]string{"-env:UserInstallation=file://" + filepath.Join(out, "profile"), "--headless",
		"--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1", "--outdir", out}, books...)
	if output, err := exec.CommandContext(t.Context(), office, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	for _, book := range books {
		name := strings.TrimSuffix(filepath.Base(book), ".xlsx")
		want := readTable(t, filepath.Join(m.dir, name+".csv"))
		sheets, err := filepath.Glob(filepath.Join(out, name+"-*.csv"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, sheet := range sheets {
			got := readTable(t, sheet)
			if len(got) == 0 || !slices.Equal(got[0], want[0]) {
				continue // a sheet of sums
			}
			found = true
			compareTables(t, filepath.Base(sheet), got, want)
		}
		if !found {
			t.Errorf("%s has no sheet with the columns of its CSV among %q", name, sheets)
		}
	}
}

// compareTables compares what LibreOffice read with the Italian CSV, column by
// column: where all of a column are amounts or days, they must have been read as
// such.
func compareTables(t *testing.T, name string, got, want [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: LibreOffice reads %d rows, the CSV has %d", name, len(got), len(want))
		return
	}
	for c, title := range want[0] {
		understood := kindOf(want[1:], c)
		for i := 1; i < len(want); i++ {
			if understood(want[i][c]) != strings.ReplaceAll(got[i][c], "\n", " ") {
				t.Errorf("%s row %d, %s: %q, in the CSV %q", name, i+1, title, got[i][c], want[i][c])
				break // one of a column says it all
			}
		}
	}
}

func readTable(t *testing.T, path string) [][]string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(content), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if len(rows) == 0 {
		return [][]string{{}}
	}
	return rows
}

var (
	italianAmount = regexp.MustCompile(`^(-?\d+),(\d\d)$`)
	italianDay    = regexp.MustCompile(`^(\d\d)/(\d\d)/(\d{4})$`)
)

// kindOf gives how LibreOffice writes, in English, the values of a column of the
// Italian CSV: 302,50 as 302.5, 15/10/2026 as 10/15/2026, texts as they are.
func kindOf(rows [][]string, column int) func(string) string {
	all := func(form *regexp.Regexp) bool {
		return !slices.ContainsFunc(rows, func(row []string) bool { return row[column] != "" && !form.MatchString(row[column]) })
	}
	switch {
	case all(italianAmount):
		return func(cell string) string {
			if cell == "" {
				return ""
			}
			return strings.TrimSuffix(strings.TrimRight(strings.Replace(cell, ",", ".", 1), "0"), ".")
		}
	case all(italianDay):
		return func(cell string) string { return italianDay.ReplaceAllString(cell, "$2/$1/$3") }
	default:
		return func(cell string) string { return cell }
	}
}
