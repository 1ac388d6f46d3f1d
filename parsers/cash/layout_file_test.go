package cash_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

var update = flag.Bool("update", false, "write the golden files")

func TestWhatIsWrongWithALayoutFileIsSaidWithItsLine(t *testing.T) {
	names, err := filepath.Glob(filepath.Join("testdata", "layouts", "*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no layout files: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			layouts, err := cash.LoadLayouts("tracciati.yaml", src)
			var problems cash.LayoutErrors
			if !errors.As(err, &problems) || layouts != nil {
				t.Fatalf("error %v, layouts %v, want problems only", err, layouts)
			}
			for _, p := range problems {
				if p.Line < 1 || p.What == "" || p.Do == "" {
					t.Errorf("incomplete problem %+v", p)
				}
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, errRead := os.ReadFile(golden)
			if errRead != nil {
				t.Fatal(errRead)
			}
			if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestALayoutFileHasALimit(t *testing.T) {
	src := append(cash.PresetsFile(), bytes.Repeat([]byte("# riempitivo\n"), 1<<17)...)
	if _, err := cash.LoadLayouts("x.yaml", src); err == nil || !strings.Contains(err.Error(), "supera 1 MiB") {
		t.Errorf("error %v", err)
	}
}

func TestThePresetsCanBeCopiedAndExtended(t *testing.T) {
	copied, err := cash.LoadLayouts("copia.yaml", cash.PresetsFile())
	if err != nil {
		t.Fatal(err)
	}
	if len(copied) != len(cash.Presets()) || len(copied) != 6 {
		t.Errorf("%d layouts copied, %d presets", len(copied), len(cash.Presets()))
	}
	for i, l := range cash.Presets() {
		if copied[i].Name != l.Name || l.Description == "" {
			t.Errorf("preset %q described as %q, copied as %q", l.Name, l.Description, copied[i].Name)
		}
		src := "layouts:\n  - name: mio-" + l.Name + "\n    extends: " + l.Name + "\n"
		if _, err := cash.LoadLayouts("mio.yaml", []byte(src)); err != nil {
			t.Errorf("extending %s: %v", l.Name, err)
		}
	}
}

// layouts are those of a layout file written in a test.
func layouts(t testing.TB, src string) []*cash.Layout {
	t.Helper()
	l, err := cash.LoadLayouts("tracciati.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestALayoutOfTheEntity(t *testing.T) {
	const layout = `layouts:
  - name: tesoriere
    extends: provvisori
    columns:
      number: [PROVVISORIO, N.PROVV.]
      value: null
      payer: null
      code: COD. GEST.
    optional: [code]
    dates: [DD/MM/YY]
    decimal: comma
    ignore: [saldo, TOTALE]
`
	got := mustRead(t, cash.ReadCSV, strings.NewReader(
		"Tesoreria comunale\n\n"+
			"Esercizio;Provvisorio;Data esec.;Descrizione causale;Importo provvisorio;cod gest\n"+
			"Saldo iniziale;;;;;\n"+
			"2026;1201;12/03/26;CAUSALE;1.234;9998\n"+
			"2026;1202;12/03/2026;CAUSALE;1,00;\n"+
			"2026;1203;12/03/26;CAUSALE;1.00;\n"+
			";;;Totale;1.235,00;\n"), cash.Options{Layouts: layouts(t, layout)})
	day := record.NewDate(2026, 3, 12)
	m := provvisorio(5, "1201", 123400, "", "CAUSALE", day)
	m.Code = "9998"
	if diff := cmp.Diff([]record.Movement{m}, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 6, Column: "DATA ESEC.", Code: record.RejectDate, Value: "12/03/2026"},
		{Line: 7, Column: "IMPORTO PROVVISORIO", Code: record.RejectAmount, Value: "1.00"},
	})
	if got.summary.Doc.Format != "tesoriere-csv" || got.summary.Skipped != 2 {
		t.Errorf("summary %+v", got.summary)
	}
}

func TestALayoutAskedForByAWrongNameIsNoFaultOfTheFile(t *testing.T) {
	for name, f := range map[string]reader{"CSV": cash.ReadCSV, "esiti": cash.ReadEsiti} {
		_, err := read(t, f, strings.NewReader(csvHeader+csvRow), cash.Options{Layout: "nessuno"})
		var bad *record.FileError
		if err == nil || errors.As(err, &bad) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzLoadLayouts(f *testing.F) {
	f.Add(cash.PresetsFile())
	names, err := filepath.Glob(filepath.Join("testdata", "layouts", "*.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		layouts, err := cash.LoadLayouts("x.yaml", src)
		var problems cash.LayoutErrors
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("error %v is not about the file", err)
		}
		for _, l := range layouts {
			_, _ = read(t, cash.ReadCSV, strings.NewReader("A;B;C\n2026-03-12;1,00;x\n"), cash.Options{Layouts: layouts, Layout: l.Name})
		}
	})
}
