package parsers_test

import (
	"strings"
	"testing"

	"quadra/parsers"
)

// TestAnEntityReadsItsOwnLayout: headers no preset knows, in the encoding the
// layout says.
func TestAnEntityReadsItsOwnLayout(t *testing.T) {
	const own = `
layouts:
  - name: tesoriere
    extends: provvisori
    encoding: iso-8859-15
    columns:
      year: { header: [Anno Contabile] }
      number: { header: [Progressivo] }
      booked: { header: [Giorno] }
      payer: { header: [Ordinante] }
      remittance: { header: [Motivo] }
      amount: { header: [Euro] }
`
	layouts, err := parsers.LoadLayouts("tesoriere.yaml", []byte(own))
	if err != nil {
		t.Fatal(err)
	}
	const file = "Anno Contabile;Progressivo;Giorno;Ordinante;Motivo;Euro\n2026;12;16/09/2026;CAFF\xC8;VERSAMENTO \xA4;1.010,00\n"
	var got tape
	err = parsers.ParseReaderAt(t.Context(), strings.NewReader(file), int64(len(file)), parsers.Options{Layouts: layouts}, &got)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.lines) != 2 || !strings.Contains(got.lines[0], "tesoriere-csv") || !strings.Contains(got.lines[0], "ISO-8859-15") {
		t.Errorf("read as %q", got.lines)
	}
	if err := parsers.ParseReaderAt(t.Context(), strings.NewReader(file), int64(len(file)), parsers.Options{}, &tape{}); err == nil {
		t.Error("without the layout the file is read all the same")
	}
}

// TestTheConfigurationNamesTheLayoutOfTablesWithoutNames: MyPivot's columns are
// known by their place only.
func TestTheConfigurationNamesTheLayoutOfTablesWithoutNames(t *testing.T) {
	const file = "a;b;c;d;e;f;g\n2026;12;2026-09-16;BANCA;/PUR/LGPE-RIVERSAMENTO/URI/2026-09-15X-1;100.00;2026-09-16\n"
	var got tape
	err := parsers.ParseReaderAt(t.Context(), strings.NewReader(file), int64(len(file)), parsers.Options{CashLayout: "mypivot"}, &got)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.lines) != 2 || !strings.Contains(got.lines[0], "mypivot-csv") {
		t.Errorf("read as %q", got.lines)
	}
	for name, other := range map[string]string{"a letter": "una lettera\n", "notices": notices, "no layout named": ""} {
		opt := parsers.Options{CashLayout: "mypivot"}
		text := other
		if name == "no layout named" {
			opt, text = parsers.Options{}, file
		}
		var got tape
		err := parsers.ParseReaderAt(t.Context(), strings.NewReader(text), int64(len(text)), opt, &got)
		if read := err == nil && strings.Contains(got.lines[0], "mypivot-csv"); read {
			t.Errorf("%s is read as MyPivot's cash", name)
		}
	}
}
