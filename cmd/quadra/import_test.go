package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers"
)

// TestImportSaysWhatBecomesOfEverySample imports the sample documents of every
// family of formats by the command, each for the entity it is of: one object for
// each, with all that was promised.
func TestImportSaysWhatBecomesOfEverySample(t *testing.T) {
	t.Parallel()
	importAll(t, filepath.Join("..", "..", "parsers"), "import_families.golden", func(path string) bool {
		return strings.Contains(path, "/testdata/") && !strings.Contains(path, "/fuzz/") && !strings.Contains(path, "/layouts/") &&
			!slices.Contains([]string{".golden", ".py", ".txt"}, filepath.Ext(path))
	})
}

// TestImportSaysWhatBecomesOfSharedSamples does the same with the samples beside the
// project, when they are there.
func TestImportSaysWhatBecomesOfSharedSamples(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "shared", "samples")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the samples beside the project are not here")
	}
	importAll(t, dir, "import_samples.golden", func(path string) bool { return filepath.Ext(path) != ".md" })
}

// importAll imports the files below dir, a command for each entity.
func importAll(t *testing.T, dir, golden string, take func(path string) bool) {
	t.Helper()
	byEntity, names := map[string][]string{}, map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && take(filepath.ToSlash(path)) {
			name, _ := filepath.Rel(dir, path)
			at := ours(t, path)
			code := entityOf(t, at)
			byEntity[code] = append(byEntity[code], at)
			names[at] = filepath.ToSlash(name)
		}
		return err
	})
	if err != nil || len(byEntity) == 0 {
		t.Fatal(err, "no samples")
	}
	config := filepath.Join(t.TempDir(), "quadra.yaml")
	yaml := "data_dir: data\nentities:\n"
	for code := range byEntity {
		yaml += fmt.Sprintf("  - { ipa: %s, tax_code: %q }\n", ipaOf(code), code)
	}
	if err := os.WriteFile(config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for code, paths := range byEntity {
		var out, errs bytes.Buffer
		p := &program{in: strings.NewReader(""), out: &out, errs: &errs, now: func() time.Time { return time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC) }}
		args := append([]string{"--config", config, "import", "-e", ipaOf(code), "--as-of", "2026-11-15", "--json"}, paths...)
		if exit := p.run(t.Context(), args); exit != exitDone && exit != exitRejected {
			t.Fatalf("exit code %d: %s", exit, &errs)
		}
		objects := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(objects) != len(paths) {
			t.Fatalf("%d objects of %d files", len(objects), len(paths))
		}
		for i, object := range objects {
			promised(t, object)
			lines = append(lines, names[paths[i]]+" "+object)
		}
	}
	slices.Sort(lines)
	compare(t, golden, strings.Join(lines, "\n")+"\n")
}

// promised checks what holds for the object of any file.
func promised(t *testing.T, object string) {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(object), &o); err != nil {
		t.Fatalf("%v: %s", err, object)
	}
	for _, key := range []string{"file", "sha256", "kind", "state", "rows", "accepted", "rejected", "error"} {
		if _, ok := o[key]; !ok {
			t.Errorf("no %s: %s", key, object)
		}
	}
	switch o["state"] {
	case "loaded", "duplicate":
		if o["error"] != nil {
			t.Errorf("loaded with an error: %s", object)
		}
	case "rejected":
		if o["error"] == nil {
			t.Errorf("rejected without an error: %s", object)
		}
	default:
		t.Errorf("state: %s", object)
	}
	if o["rows"] != o["accepted"].(float64)+o["rejected"].(float64) {
		t.Errorf("rows do not balance: %s", object)
	}
}

// ours is the path of a sample, or of a copy for our entity where its receiver is
// the placeholder of a schema.
func ours(t *testing.T, path string) string {
	t.Helper()
	in, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const placeholder = "codIdUniv_2"
	if !bytes.Contains(in, []byte(placeholder)) {
		return path
	}
	at := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(at, bytes.ReplaceAll(in, []byte(placeholder), []byte(usual)), 0o600); err != nil {
		t.Fatal(err)
	}
	return at
}

// usual is the entity of the samples that are ours, and of those that do not say.
const usual = "80000123457"

func ipaOf(code string) string {
	if code == usual {
		return "c_q001"
	}
	return "e" + code
}

// entityOf is the tax code of the entity a file is of: the usual one, or the one
// that is named where the file is refused because it is of another.
func entityOf(t *testing.T, path string) string {
	t.Helper()
	err := parsers.Parse(t.Context(), path, parsers.Options{TaxCode: usual}, nothing{})
	var fe *record.FileError
	if errors.As(err, &fe) && fe.Code == record.FileEntity {
		if other := otherCode.FindStringSubmatch(fe.Message); other != nil {
			return other[1]
		}
	}
	return usual
}

var otherCode = regexp.MustCompile(`(?:codice fiscale |è ")([0-9]{11})`)

// nothing is a sink that wants nothing.
type nothing struct{}

func (nothing) Doc(*record.Doc) error               { return nil }
func (nothing) Receipt(*record.ReceiptLine) error   { return nil }
func (nothing) Flow(*record.Flow) error             { return nil }
func (nothing) FlowLine(*record.FlowLine) error     { return nil }
func (nothing) FlowEnd(record.FlowTotals) error     { return nil }
func (nothing) Movement(*record.Movement) error     { return nil }
func (nothing) Notice(*record.Notice) error         { return nil }
func (nothing) Debt(*record.Debt) error             { return nil }
func (nothing) Chapter(*record.Chapter) error       { return nil }
func (nothing) Assessment(*record.Assessment) error { return nil }
func (nothing) Decision(*record.Decision) error     { return nil }
func (nothing) Reject(*record.Reject) error         { return nil }

// compare holds an output to the golden file, or writes it anew.
func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
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
