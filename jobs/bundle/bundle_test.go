package bundle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/jobs/bundle"
)

var now = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// contents are what a small bundle is made of: a report and two sealed runs.
func contents() (map[string]string, bundle.Manifest) {
	first := "quadra run seal 1\n\n9:[\"run\",1]\n"
	second := "quadra run seal 1\n" + sumOf(first) + "\n9:[\"run\",2]\n"
	return map[string]string{
			"rapporto/index.html":            "<title>Oggi</title>",
			"rapporto/dati/pagamenti.js":     "righe = [];\n",
			"giornale/sigilli/000000001.txt": first,
			"giornale/sigilli/000000002.txt": second,
			"regole/in-vigore.yaml":          "ruleset: quadra 1\n",
		}, bundle.Manifest{Entity: "c_q001", TaxCode: "80000123457", Name: "Comune di Prova", AsOf: record.NewDate(2026, 11, 15), Run: 2,
			JudgedAsOf: record.NewDate(2026, 11, 15), Ruleset: "quadra 1", Runs: 2, Seal: sumOf(second)}
}

// folder writes files into a new folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// made is a bundle of the contents, signed by whoever is named.
func made(t testing.TB, signer *bundle.Signer) (string, *bundle.Result) {
	t.Helper()
	files, m := contents()
	path := filepath.Join(t.TempDir(), m.FileName())
	res, err := bundle.Create(t.Context(), folder(t, files), m, bundle.Options{Path: path, Signer: signer, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return path, res
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func verify(t testing.TB, text []byte, key *bundle.PublicKey) *bundle.Verdict {
	t.Helper()
	v, err := bundle.Verify(t.Context(), bytes.NewReader(text), int64(len(text)), bundle.VerifyOptions{Key: key, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSameBooksGiveTheSameBytes(t *testing.T) {
	key, _ := minisignKeys(t)
	for name, signer := range map[string]*bundle.Signer{"unsigned": nil, "signed": key} {
		first, res := made(t, signer)
		time.Sleep(time.Millisecond) // files of other times
		second, _ := made(t, signer)
		if !bytes.Equal(read(t, first), read(t, second)) {
			t.Errorf("%s: two bundles of the same contents differ", name)
		}
		if filepath.Base(first) != "quadra-c_q001-2026-11-15-2.zip" || res.Bytes != int64(len(read(t, first))) {
			t.Errorf("%s has %d bytes", first, res.Bytes)
		}
	}
}

func TestEntriesAreSortedAndOfTheAsOfDay(t *testing.T) {
	path, res := made(t, nil)
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if day := f.Modified.UTC().Format(time.DateTime); day != "2026-11-15 00:00:00" {
			t.Errorf("%s is of %s", f.Name, day)
		}
	}
	last := len(names) - 1
	if names[last] != bundle.SumsName || !slices.IsSorted(names[:last]) || !slices.Contains(names, bundle.ReadmeName) {
		t.Errorf("%q", names)
	}
	if len(res.Files) != last {
		t.Errorf("%d sums of %d files", len(res.Files), last)
	}
}

func TestAMaskedBundleSaysWhatIsLeftOut(t *testing.T) {
	files, m := contents()
	delete(files, "giornale/sigilli/000000001.txt")
	delete(files, "giornale/sigilli/000000002.txt")
	m.Masked, m.LeftOut = true, []bundle.LeftOut{{What: "esportazione dei pagati", Why: "nomina chi ha pagato"}}
	path := filepath.Join(t.TempDir(), m.FileName())
	if _, err := bundle.Create(t.Context(), folder(t, files), m, bundle.Options{Path: path, Now: clock}); err != nil {
		t.Fatal(err)
	}
	v := verify(t, read(t, path), nil)
	if !v.OK || !strings.HasSuffix(path, "-mascherato.zip") || v.Seals != 0 || !strings.Contains(strings.Join(v.NotProved, "\n"), "sigilli") {
		t.Errorf("%s: %+v", path, v)
	}
	if text := entry(t, path, bundle.ReadmeName); !strings.Contains(text, "MASCHERATO") || !strings.Contains(text, "esportazione dei pagati: nomina chi ha pagato") {
		t.Errorf("it says\n%s", text)
	}
}

// entry is the content of a file of a bundle.
func entry(t testing.TB, path, name string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := fs.ReadFile(z, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestABundleIsThereWholeOrNotAtAll: what cannot be put in stops it, and neither
// a bundle nor a part of one stays behind; the one of before stays as it was.
func TestABundleIsThereWholeOrNotAtAll(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		spoil func(dir string, m *bundle.Manifest) error
		want  string
	}{
		{"a link among the files", t.Context(), func(dir string, _ *bundle.Manifest) error {
			return os.Symlink("/etc/passwd", filepath.Join(dir, "rapporto", "passwd"))
		}, "is not a file"},
		{"a name no zip should have", t.Context(), func(dir string, _ *bundle.Manifest) error {
			return os.WriteFile(filepath.Join(dir, "rapporto", `c:\x`), nil, 0o600)
		}, "not a name"},
		{"a LEGGIMI.txt of its own", t.Context(), func(dir string, _ *bundle.Manifest) error {
			return os.WriteFile(filepath.Join(dir, bundle.ReadmeName), nil, 0o600)
		}, "files of its own"},
		{"a SHA256SUMS of its own", t.Context(), func(dir string, _ *bundle.Manifest) error {
			return os.WriteFile(filepath.Join(dir, bundle.SumsName), nil, 0o600)
		}, "read back"},
		{"seals that are no chain", t.Context(), func(_ string, m *bundle.Manifest) error { m.Seal = sumOf("x"); return nil }, "read back"},
		{"interrupted", cancelled, func(string, *bundle.Manifest) error { return nil }, "canceled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, m := contents()
			dir, out := folder(t, files), t.TempDir()
			path := filepath.Join(out, "fascicolo.zip")
			if err := errors.Join(c.spoil(dir, &m), os.WriteFile(path, []byte("of before"), 0o600)); err != nil {
				t.Fatal(err)
			}
			if _, err := bundle.Create(c.ctx, dir, m, bundle.Options{Path: path, Now: clock}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if left, err := os.ReadDir(out); err != nil || len(left) != 1 || string(read(t, path)) != "of before" {
				t.Errorf("%v is left, %v", left, err)
			}
		})
	}
}

func TestADryRunKeepsNothing(t *testing.T) {
	files, m := contents()
	dir, out := folder(t, files), filepath.Join(t.TempDir(), "out")
	opt := bundle.Options{Path: filepath.Join(out, m.FileName()), Now: clock, DryRun: true}
	dry, err := bundle.Create(t.Context(), dir, m, opt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
	opt.DryRun = false
	real, err := bundle.Create(t.Context(), dir, m, opt)
	if err != nil {
		t.Fatal(err)
	}
	if dry.SumsSHA256 != real.SumsSHA256 || dry.Bytes != real.Bytes {
		t.Errorf("it would have written %+v and wrote %+v", dry, real)
	}
}

// TestMemoryDoesNotFollowTheSizeOfTheFiles: a file of 60 MiB is written and
// verified with a quarter of that taken in all, freed or not.
func TestMemoryDoesNotFollowTheSizeOfTheFiles(t *testing.T) {
	files, m := contents()
	dir := folder(t, files)
	f, err := os.Create(filepath.Join(dir, "rapporto", "grande.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1 << 15 { // 1 MiB of rows in all, then a hole
		fmt.Fprintf(f, "%08d;pagamento con testo;%d\n", i, i*i)
	}
	if err := errors.Join(f.Truncate(60<<20), f.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "b.zip")
	used := allocated(func() {
		if _, err := bundle.Create(t.Context(), dir, m, bundle.Options{Path: path, Now: clock}); err != nil {
			t.Fatal(err)
		}
	})
	if used > 16<<20 {
		t.Errorf("it took %d bytes of memory", used)
	}
}
