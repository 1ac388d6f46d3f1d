package report_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"quadra/engine/report"
)

func fillWith(text string) func(string) error {
	return func(dir string) error { return os.WriteFile(filepath.Join(dir, "index.html"), []byte(text), 0o600) }
}

func TestAReportIsReplacedAsAWhole(t *testing.T) {
	failure := errors.New("disk full")
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, dir string) // what an earlier run left
		fill    func(string) error
		want    string // of index.html afterwards; empty: there is none
		failed  bool
	}{
		{"the first report", nil, fillWith("new"), "new", false},
		{"a second one takes the place of the first", old, fillWith("new"), "new", false},
		{"one that fails leaves the former", old, func(string) error { return failure }, "old", true},
		{"one that fails with nothing before leaves nothing", nil, func(string) error { return failure }, "", true},
		{"a kill while writing leaves a folder that is cleared", func(t *testing.T, dir string) {
			old(t, dir)
			write(t, beside(dir, ".new"), "half")
		}, func(dir string) error {
			if _, err := os.Stat(filepath.Join(dir, "index.html")); err == nil {
				return errors.New("the folder is not fresh")
			}
			return fillWith("new")(dir)
		}, "new", false},
		{"a kill between the two renames gives the former back when the next one fails", func(t *testing.T, dir string) {
			write(t, beside(dir, ".old"), "old")
		}, func(string) error { return failure }, "old", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "reports", "2026-03-20")
			if c.prepare != nil {
				c.prepare(t, dir)
			}
			err := report.ReplaceFolder(dir, c.fill)
			if (err != nil) != c.failed {
				t.Fatalf("error %v", err)
			}
			got, err := os.ReadFile(filepath.Join(dir, "index.html"))
			if c.want == "" {
				if !os.IsNotExist(err) {
					t.Fatalf("there is a report: %q %v", got, err)
				}
			} else if string(got) != c.want {
				t.Errorf("the report is %q, want %q", got, c.want)
			}
			left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".*.*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
}

func old(t *testing.T, dir string) { write(t, dir, "old") }

func write(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := fillWith(text)(dir); err != nil {
		t.Fatal(err)
	}
}

func beside(dir, suffix string) string {
	return filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+suffix)
}
