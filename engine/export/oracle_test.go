package export_test

import (
	"context"
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
	"quadra/parsers"
)

// TestOracle loads two whole drops of an entity in their real formats and
// demands the labels the published conditions give to every row, plus a status
// where they give none.
func TestOracle(t *testing.T) {
	for _, drop := range []string{"a", "b"} {
		t.Run(drop, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(oracle(t), drop)
			want := lines(t, filepath.Join(dir, "expected.csv"))
			b := tt.Open(t)
			b.Load(files(t, dir)...)
			b.Night("2026-12-31")
			var labels, status strings.Builder
			b.Read(func(tx *store.Tx) error {
				if _, err := export.Labels(t.Context(), tx, &labels); err != nil {
					return err
				}
				_, err := export.Status(t.Context(), tx, &status)
				return err
			})
			got := strings.Split(labels.String(), "\n")
			if len(got) != len(want) {
				t.Errorf("%d rows, expected %d", len(got), len(want))
			}
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("row %d\nis       %s\nexpected %s", i, got[i], want[i])
				}
			}
			judged := statuses(t, status.String())
			for _, row := range want {
				if payment, others := strings.CutSuffix(row, ";"+export.NoLabel); others {
					key := strings.Join(strings.Split(payment, ";")[:4], ";")
					if judged[key] == "" {
						t.Errorf("%s has no status", row)
					}
				}
			}
		})
	}
}

// oracle is the folder of the drops, which stands beside the project and is
// not part of it.
func oracle(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the package")
		}
		dir = parent
	}
	dir = filepath.Join(dir, "..", "shared", "oracle")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the drops with expected labels are not here: %v", err)
	}
	return dir
}

// files are all files of a drop but the expected labels.
func files(t *testing.T, dir string) []tt.File {
	t.Helper()
	var out []tt.File
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == dir {
			return err
		}
		out = append(out, tt.File{Name: filepath.Base(path), Fill: func(s record.Sink) error {
			return parsers.Parse(context.Background(), path, parsers.Options{TaxCode: "80000123457"}, s)
		}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// statuses are the status codes of the payments of an export, by IUD, IUV, IUR
// and index.
func statuses(t *testing.T, export string) map[string]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(export))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for _, row := range rows {
		if row[0] == "pagamento" {
			out[strings.Join(row[1:5], ";")] = row[9]
		}
	}
	return out
}
