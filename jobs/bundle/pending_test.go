package bundle_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"quadra/jobs/bundle"
)

// TestWhatAKilledBundleLeftIsRemovedByTheNext: only that of the same bundle, only
// files that nobody is writing, only names a bundle gives.
func TestWhatAKilledBundleLeftIsRemovedByTheNext(t *testing.T) {
	files, manifest := contents()
	dir, to := folder(t, files), t.TempDir()
	path := filepath.Join(to, manifest.FileName())
	hidden := "." + manifest.FileName()
	left := filepath.Join(to, hidden+"3141592653")
	writing := filepath.Join(to, hidden+"2718281828")
	kept := []string{writing, filepath.Join(to, hidden), filepath.Join(to, hidden+"12a"), filepath.Join(to, ".quadra-c_q002-2026-11-15-2.zip99"), filepath.Join(to, manifest.FileName()+"1")}
	for _, name := range append([]string{left}, kept...) {
		if err := os.WriteFile(name, []byte("half a zip"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folders := filepath.Join(to, hidden+"7")
	link := filepath.Join(to, hidden+"8")
	if err := errors.Join(os.Mkdir(folders, 0o700), os.Symlink(kept[1], link)); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(writing)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Create(t.Context(), dir, manifest, bundle.Options{Path: path, Now: clock}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed bundle left is still there: %v", err)
	}
	for _, name := range append(kept, folders, link, path) {
		if _, err := os.Lstat(name); err != nil {
			t.Errorf("%s is gone: %v", filepath.Base(name), err)
		}
	}
	entries, err := os.ReadDir(to)
	if err != nil || len(entries) != len(kept)+3 {
		t.Errorf("%d things in the folder, %v; want %d", len(entries), err, len(kept)+3)
	}
}
