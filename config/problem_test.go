package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/config"
)

var update = flag.Bool("update", false, "write the golden files again")

// Each testdata/*.yaml is a configuration; the .golden beside it is everything
// a person is told about it.
func TestProblemsAreToldWithPlaceAndRemedy(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			cfg, err := config.Parse(filepath.Base(file), src)
			var list config.Errors
			switch {
			case errors.As(err, &list):
				got.WriteString(list.Error() + "\n")
			case err != nil:
				t.Fatal(err)
			case len(cfg.Warnings) == 0:
				t.Fatal("nothing was told")
			default:
				for _, w := range cfg.Warnings {
					got.WriteString("avviso: " + w.String() + "\n")
				}
			}
			if strings.Contains(got.String(), "segretissimo") {
				t.Errorf("a secret was quoted:\n%s", got.String())
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzParseNamesAPlaceForEveryProblem(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add(config.Example())
	f.Add([]byte(full))
	f.Fuzz(func(t *testing.T, src []byte) {
		cfg, err := config.Parse("quadra.yaml", src)
		if err == nil {
			if len(cfg.Entities) == 0 {
				t.Error("a configuration without entities was accepted")
			}
			return
		}
		var list config.Errors
		if !errors.As(err, &list) || len(list) == 0 {
			t.Fatalf("not a list of problems: %v", err)
		}
		for _, p := range list {
			if p.Line < 1 || p.Column < 1 || p.What == "" || p.Do == "" {
				t.Errorf("problem without place, cause or remedy: %+v", p)
			}
		}
	})
}
