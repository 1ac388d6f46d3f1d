package parsers_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tally is a sink that counts.
type tally struct {
	docs []string
	n    map[string]int
}

func newTally() *tally { return &tally{n: make(map[string]int)} }

func (t *tally) Doc(d *record.Doc) error {
	t.docs = append(t.docs, strings.TrimSpace(fmt.Sprintf("%s %s %s", d.Kind, d.Format, d.Version)))
	return nil
}
func (t *tally) Receipt(*record.ReceiptLine) error   { t.n["receipts"]++; return nil }
func (t *tally) Flow(*record.Flow) error             { t.n["flows"]++; return nil }
func (t *tally) FlowLine(*record.FlowLine) error     { t.n["flow lines"]++; return nil }
func (t *tally) FlowEnd(record.FlowTotals) error     { return nil }
func (t *tally) Movement(*record.Movement) error     { t.n["movements"]++; return nil }
func (t *tally) Notice(*record.Notice) error         { t.n["notices"]++; return nil }
func (t *tally) Debt(*record.Debt) error             { t.n["debts"]++; return nil }
func (t *tally) Chapter(*record.Chapter) error       { t.n["chapters"]++; return nil }
func (t *tally) Assessment(*record.Assessment) error { t.n["assessments"]++; return nil }
func (t *tally) Decision(*record.Decision) error     { t.n["decisions"]++; return nil }
func (t *tally) Reject(*record.Reject) error         { t.n["rejects"]++; return nil }

func (t *tally) String() string {
	out := strings.Join(t.docs, " + ")
	for _, what := range []string{"receipts", "flows", "flow lines", "movements", "notices", "debts", "chapters", "assessments", "decisions", "rejects"} {
		if t.n[what] > 0 {
			out += fmt.Sprintf(", %d %s", t.n[what], what)
		}
	}
	return out
}

// outcomes parses every file below dir and says in a line what each is.
func outcomes(t *testing.T, dir string, skip func(string) bool) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || skip(path) {
			return err
		}
		got := newTally()
		err = parsers.Parse(t.Context(), path, parsers.Options{}, got)
		var refused *record.FileError
		name, relErr := filepath.Rel(dir, path)
		if relErr != nil {
			return relErr
		}
		switch {
		case errors.As(err, &refused):
			fmt.Fprintf(&out, "%s: %s, line %d: %s\n", filepath.ToSlash(name), refused.Code, refused.Line, refused.Message)
		case err != nil:
			return fmt.Errorf("%s: %w", path, err)
		default:
			fmt.Fprintf(&out, "%s: %s\n", filepath.ToSlash(name), got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestEveryFormatIsRecognisedByItsContent reads the sample documents of every
// family through the one door, by no name.
func TestEveryFormatIsRecognisedByItsContent(t *testing.T) {
	golden(t, "families.golden", outcomes(t, ".", func(path string) bool {
		return !strings.Contains(filepath.ToSlash(path), "testdata/") || strings.Contains(path, "Fuzz") ||
			strings.Contains(path, "layouts") || strings.HasSuffix(path, ".golden") || strings.HasSuffix(path, ".py") || strings.HasSuffix(path, ".txt")
	}))
}

// TestSharedSamples reads the samples beside the project, when they are there.
func TestSharedSamples(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "samples")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the samples beside the project are not here")
	}
	golden(t, "samples.golden", outcomes(t, dir, func(path string) bool { return strings.HasSuffix(path, ".md") }))
}
