package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestTheCashListIsInTheOrderOfTheGiornale: 9 comes before 10, in every form.
func TestTheCashListIsInTheOrderOfTheGiornale(t *testing.T) {
	files, _ := build(t, input(rich(t)))
	want := []string{"1/2026", "2/2026", "3/2026", "4/2026", "5/2026", "6/2026", "7/2026", "8/2026", "9/2026", "10/2026"}
	_, browser, _ := strings.Cut(files["dati/cassa.0.js"], `"movimento":"`)
	browser, _, _ = strings.Cut(browser, `"`)
	forms := map[string][]string{"browser": strings.Split(browser, `\t`)}
	for _, row := range readCSV(t, files["cassa.csv"])[1:] {
		forms["CSV"] = append(forms["CSV"], row[0])
	}
	for _, row := range jsonTables(t, files)["cassa"].Rows {
		forms["JSON"] = append(forms["JSON"], row[0].(string))
	}
	book := openXLSX(t, files["cassa.xlsx"])
	rows, err := book.GetRows(book.GetSheetList()[0], excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		forms["XLSX"] = append(forms["XLSX"], row[0])
	}
	for form, got := range forms {
		if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s begins with %q", form, got)
		}
	}
}
