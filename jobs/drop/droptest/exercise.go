package droptest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quadra/jobs/drop"
)

// Place is a drop under test and the real folder behind it.
type Place struct {
	Dir     string
	Options drop.Options
}

// Exercise runs every promise of [drop.Drop] against the kind of drop that
// start makes; start is called once per case and returns an empty folder.
func Exercise(t *testing.T, start func(t *testing.T) Place) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, func(*testing.T) Place)
	}{
		{"list", exerciseList},
		{"read", exerciseRead},
		{"answer", exerciseAnswer},
		{"dispose", exerciseDispose},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, start) })
	}
}

// settle is long enough for a file that grows every millisecond to be caught.
const settle = 40 * time.Millisecond

// noon is a modification time that SFTP carries exactly.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func (p Place) open(t *testing.T) drop.Drop {
	t.Helper()
	d, err := drop.Open(t.Context(), p.Options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// put writes a file, modified at noon.
func (p Place) put(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(p.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	p.date(t, name, noon)
}

func (p Place) date(t *testing.T, name string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(filepath.Join(p.Dir, name), at, at); err != nil {
		t.Fatal(err)
	}
}

func (p Place) remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(p.Dir, name)); err != nil {
		t.Fatal(err)
	}
}

// wantTree compares every file below the folder, as "path=content".
func (p Place) wantTree(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	err := filepath.WalkDir(p.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		rel, _ := filepath.Rel(p.Dir, path)
		got = append(got, filepath.ToSlash(rel)+"="+string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("folder holds\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func list(t *testing.T, d drop.Drop) drop.Listing {
	t.Helper()
	l, err := d.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// only is the single file that is ready.
func only(t *testing.T, d drop.Drop) drop.Entry {
	t.Helper()
	l := list(t, d)
	if len(l.Ready) != 1 {
		t.Fatalf("listing is %+v, want one file ready", l)
	}
	return l.Ready[0]
}

// WantKind checks that err is a [*drop.Error] of this kind, with both texts.
func WantKind(t testing.TB, err error, want drop.Kind) {
	t.Helper()
	var e *drop.Error
	if !errors.As(err, &e) {
		t.Errorf("error is %v, want a *drop.Error of kind %s", err, want)
		return
	}
	if e.Kind != want {
		t.Errorf("error is %v (kind %s), want kind %s", err, e.Kind, want)
	}
	if e.Message() == "" || !strings.Contains(e.Message(), e.Drop) {
		t.Errorf("message %q does not name the folder", e.Message())
	}
}
