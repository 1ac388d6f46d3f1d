package parsers_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
	"quadra/parsers"
)

// warned is a sink that wants late warnings.
type warned struct {
	tape
	warnings []string
}

func (w *warned) Warn(warnings []string) { w.warnings = warnings }

func TestParseGivesLateWarnings(t *testing.T) {
	t.Parallel()
	var got warned
	if err := parsers.Parse(t.Context(), filepath.Join("cash", "testdata", "opi_1_6.xml"), parsers.Options{}, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"pagina 1 di 2: il giornale è completo solo con tutte le pagine", "firmato, firma non verificata"}, got.warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if want := "cassa opi-xml >=1.5 UTF-8"; got.lines[0] != want {
		t.Errorf("document %q, want %q", got.lines[0], want)
	}
}

func TestParseWorkbook(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	for i, row := range strings.Split(strings.TrimSpace(movements), "\n") {
		for j, cell := range strings.Split(row, ";") {
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = book.SetCellValue("Sheet1", name, cell)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	workbook, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		in   []byte
		want string
	}{
		"bare":      {workbook.Bytes(), "cassa provvisori-xlsx  |movement 1"},
		"in a zip":  {zipOf(t, "a.xlsx", workbook.String()), "a.xlsx: cassa provvisori-xlsx  |movement 1"},
		"in a gzip": {gzipOf(t, workbook.String()), "cassa provvisori-xlsx  |movement 1"},
	} {
		got, err := parse(tc.in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tc.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("%s: what the sink got (-want +got):\n%s", name, diff)
		}
	}
}

// TestParseSharedDrops reads the two drops kept beside the project, in which
// nothing is wrong.
func TestParseSharedDrops(t *testing.T) {
	t.Parallel()
	for _, drop := range []string{"a", "b"} {
		t.Run(drop, func(t *testing.T) {
			t.Parallel()
			kinds := map[string]record.Kind{
				"ricevute": record.KindReceipts, "rendicontazione": record.KindFlows,
				"cassa": record.KindMovements, "notifiche": record.KindNotices,
			}
			for folder, kind := range kinds {
				files, err := filepath.Glob(filepath.Join(shared(t), "oracle", drop, folder, "*"))
				if err != nil || len(files) == 0 {
					t.Fatalf("no files in %s: %v", folder, err)
				}
				for _, path := range files {
					var got tape
					if err := parsers.Parse(t.Context(), path, parsers.Options{TaxCode: entity}, &got); err != nil {
						t.Errorf("%s: %v", path, err)
						continue
					}
					if !strings.Contains(got.lines[0], string(kind)) || len(got.lines) < 2 {
						t.Errorf("%s: %q", path, got.lines[0])
					}
					for _, line := range got.lines {
						if strings.Contains(line, "reject") {
							t.Errorf("%s: %s", path, line)
						}
					}
				}
			}
		})
	}
}

// shared is the folder of samples beside the project; the test is skipped
// where there is none.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		err = errors.New("no go.mod above the package")
	}
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(filepath.Dir(dir), "shared")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared samples are not beside the project: %v", err)
	}
	return dir
}
