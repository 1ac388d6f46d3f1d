package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatIsWrittenFollowsFromTheProgram takes this very test for the program
// that is released.
func TestWhatIsWrittenFollowsFromTheProgram(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1800000000")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Deps) == 0 {
		t.Fatal("the test says nothing of what it is made of")
	}
	write := func() (sbom, licences []byte) {
		t.Helper()
		dir := t.TempDir()
		if err := run(t.Context(), self, "1.2.3", filepath.Join(dir, "sbom"), filepath.Join(dir, "licences")); err != nil {
			t.Fatal(err)
		}
		for name, to := range map[string]*[]byte{"sbom": &sbom, "licences": &licences} {
			if *to, err = os.ReadFile(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		return sbom, licences
	}
	sbom, licences := write()
	if again, againToo := write(); !bytes.Equal(sbom, again) || !bytes.Equal(licences, againToo) {
		t.Error("written twice, and not the same")
	}
	var bom struct {
		BOMFormat, SpecVersion string
		Metadata               struct {
			Timestamp string
			Component struct {
				Name, Version string
				Hashes        []struct{ Alg, Content string }
			}
		}
		Components []struct{ Name, Version, Purl string }
	}
	if err := json.Unmarshal(sbom, &bom); err != nil {
		t.Fatal(err)
	}
	sum, err := sha256Of(self)
	if err != nil {
		t.Fatal(err)
	}
	c := bom.Metadata.Component
	if bom.BOMFormat != "CycloneDX" || bom.SpecVersion != "1.5" || bom.Metadata.Timestamp != "2027-01-15T08:00:00Z" ||
		c.Name != "quadra" || c.Version != "1.2.3" || len(c.Hashes) != 1 || c.Hashes[0].Content != sum {
		t.Errorf("head of the bill of materials: %+v", bom)
	}
	if len(bom.Components) != len(info.Deps)+1 { // and the standard library
		t.Errorf("%d components, want %d", len(bom.Components), len(info.Deps)+1)
	}
	for _, d := range info.Deps {
		if !strings.Contains(string(sbom), `"pkg:golang/`+d.Path+"@"+d.Version+`"`) || !strings.Contains(string(licences), "== "+d.Path+" "+d.Version+": ") {
			t.Errorf("%s %s is not told of", d.Path, d.Version)
		}
	}
}

func TestSQLiteIsToldOfAlthoughNoModuleListKnowsIt(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/mattn/go-sqlite3").Output()
	if err != nil {
		t.Fatal(err)
	}
	c, err := sqliteOf(strings.TrimSpace(string(out)))
	if err != nil || c.Name != "sqlite" || !strings.HasPrefix(c.Version, "3.") || !strings.Contains(c.CPE, c.Version) {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestProgramWithoutALicenceIsNotReleased(t *testing.T) {
	if err := writeLicences(filepath.Join(t.TempDir(), "licences"), []module{{path: "example.org/a", folder: t.TempDir()}}); err == nil ||
		!strings.Contains(err.Error(), "example.org/a has no licence") {
		t.Errorf("%v", err)
	}
}
