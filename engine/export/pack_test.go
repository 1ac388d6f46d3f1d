package export_test

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
)

func pivotJob(since *int64) export.Job {
	return export.Job{Export: "mypivot", FormatVersion: "1.4", Layout: "with-notices", Since: since, Zip: true, Name: export.PivotName,
		Write: func(ctx context.Context, tx *store.Tx, w, log io.Writer) (export.Content, error) {
			if since != nil {
				return export.WritePivotSince(ctx, tx, entity, pivot("1.4"), *since, w, log)
			}
			return export.WritePivot(ctx, tx, entity, pivot("1.4"), w)
		}}
}

func pack(t *testing.T, b *tt.Books, dir string, job export.Job) (m *export.Manifest, err error) {
	t.Helper()
	b.Read(func(tx *store.Tx) error {
		m, err = export.Pack(t.Context(), tx, entity, dir, job)
		return nil
	})
	return m, err
}

func number(n int64) *int64 { return &n }

// contentsOf are the files of a folder, by name.
func contentsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}

// TestPack says which files an export makes and that the manifest is true of
// them, byte for byte.
func TestPack(t *testing.T) {
	b := tt.Town(t)
	for _, c := range []struct {
		name  string
		since *int64
		files []string
	}{
		{"a full export", nil, []string{"c_q001-17_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_4.manifest.json",
			"c_q001-17_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_4.zip"}},
		{"an increment", number(5), []string{"c_q001-6_17_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_4.manifest.json",
			"c_q001-6_17_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_4.modifiche.csv",
			"c_q001-6_17_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_4.zip"}},
		{"an increment with nothing new", number(17), []string{"c_q001-18_17_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_4.manifest.json",
			"c_q001-18_17_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_4.modifiche.csv",
			"c_q001-18_17_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_4.zip"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, again := t.TempDir(), t.TempDir()
			if _, err := pack(t, b, dir, pivotJob(c.since)); err != nil {
				t.Fatal(err)
			}
			if _, err := pack(t, b, again, pivotJob(c.since)); err != nil {
				t.Fatal(err)
			}
			files := contentsOf(t, dir)
			if diff := cmp.Diff(files, contentsOf(t, again)); diff != "" {
				t.Errorf("the same books gave other bytes:\n%s", diff)
			}
			var names []string
			for name := range files {
				names = append(names, name)
			}
			slices.Sort(names)
			if diff := cmp.Diff(c.files, names); diff != "" {
				t.Fatal(diff)
			}
			var m export.Manifest
			if err := json.Unmarshal([]byte(files[c.files[0]]), &m); err != nil {
				t.Fatal(err)
			}
			for _, f := range m.Files {
				sum := sha256.Sum256([]byte(files[f.Name]))
				if f.SHA256 != hex.EncodeToString(sum[:]) || f.Bytes != int64(len(files[f.Name])) {
					t.Errorf("the manifest says %+v of %s", f, f.Name)
				}
			}
			inside(t, filepath.Join(dir, m.Files[0].Name), m.Files[0].Inside, &m)
		})
	}
}

// inside compares what is in the zip with the manifest.
func inside(t *testing.T, file string, said *export.ManifestFile, m *export.Manifest) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != 1 || z.File[0].Name != filepath.Base(file[:len(file)-len("zip")])+"csv" {
		t.Fatalf("inside is %v", z.File)
	}
	in, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	if said.SHA256 != hex.EncodeToString(sum[:]) || said.Bytes != int64(len(text)) {
		t.Errorf("the manifest says %+v", said)
	}
	rows := table(t, string(text))
	var total record.Cents
	for _, row := range rows {
		for _, column := range []string{"numEDatiPagDatiSingPagSingoloImportoPagatoE", "numDatiSingPagamSingoloImportoPagatoR",
			"numRpDatiVersDatiSingVersImportoSingoloVersamentoI", "numImportoTesoreria"} {
			if row[column] != "" {
				amount, err := record.ParseCents(row[column])
				if err != nil {
					t.Fatal(err)
				}
				total += amount
				break
			}
		}
	}
	if len(rows) != m.Rows || int64(total) != m.SumCents {
		t.Errorf("%d rows that sum to %s; the manifest says %d and %d", len(rows), total, m.Rows, m.SumCents)
	}
}

// TestPackManifest is the manifest of an increment, as others read it.
func TestPackManifest(t *testing.T) {
	b := tt.Town(t)
	job := pivotJob(number(5))
	job.Filters = map[string]string{"class": "RT_IUF"}
	dir := t.TempDir()
	m, err := pack(t, b, dir, job)
	if err != nil {
		t.Fatal(err)
	}
	m.RulesetHash, m.Ruleset = "(hash)", "(ruleset)" // they change with the ruleset
	for i := range m.Files {
		m.Files[i].SHA256, m.Files[i].Bytes = "(hash)", 0 // TestPack compares them
		if m.Files[i].Inside != nil {
			m.Files[i].Inside.SHA256, m.Files[i].Inside.Bytes = "(hash)", 0
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "manifest.json", string(text)+"\n")
	golden(t, "modifiche.csv", contentsOf(t, dir)[m.Files[1].Name])
}

// TestPackNeverHalf demands that an export that fails leaves nothing, and that
// what cannot be exported is said.
func TestPackNeverHalf(t *testing.T) {
	b := tt.Town(t)
	broken := errors.New("broken")
	failing := pivotJob(number(0))
	failing.Write = func(_ context.Context, _ *store.Tx, w, log io.Writer) (export.Content, error) {
		for _, to := range []io.Writer{w, log} {
			if _, err := io.WriteString(to, "half"); err != nil {
				return export.Content{}, err
			}
		}
		return export.Content{}, broken
	}
	for _, c := range []struct {
		name  string
		books *tt.Books
		job   export.Job
		want  error
	}{
		{"a writer that fails", b, failing, broken},
		{"a number that has not come yet", b, pivotJob(number(18)), export.ErrSince},
		{"a number below zero", b, pivotJob(number(-1)), export.ErrSince},
		{"books nobody judged", tt.Open(t), pivotJob(nil), export.ErrNotJudged},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := pack(t, c.books, dir, c.job); !errors.Is(err, c.want) {
				t.Errorf("error %v, wanted %v", err, c.want)
			}
			if left := contentsOf(t, dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestNames are those the systems that take the files expect.
func TestNames(t *testing.T) {
	m := &export.Manifest{Export: "treasury", Entity: "c_q001", AsOf: tt.Day("2026-09-18"), Sequence: export.Sequence{To: 7}}
	for _, c := range []struct {
		version string
		name    func(*export.Manifest) string
		want    string
	}{
		{"1.0", export.PivotName, "c_q001-7_ESTRAZIONE_RICONCILIAZIONE_20260918000000-1_0"},
		{"1.0", export.PaidName, "7_ESTRAZIONE_DOVUTI_2026-09-18_00_00_00"},
		{"1.3", export.PaidName, "c_q001-7_ESTRAZIONE_DOVUTI_20260918000000-1_3"},
		{"", export.PlainName, "c_q001-7_TREASURY_20260918"},
	} {
		m.FormatVersion = c.version
		if got := c.name(m); got != c.want {
			t.Errorf("%s instead of %s", got, c.want)
		}
	}
}
