package durable_test

import (
	"os"
	"path/filepath"
	"testing"

	"quadra/jobs/durable"
)

func TestFoldersAreMadeAndMayBeThereAlready(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "var", "lib", "quadra")
	for range 2 {
		if err := durable.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		t.Errorf("%s is no folder: %v", dir, err)
	}
	if err := durable.MkdirAll("/", 0o750); err != nil {
		t.Errorf("the root: %v", err)
	}
	t.Chdir(dir)
	if err := durable.MkdirAll("data", 0o750); err != nil {
		t.Errorf("a relative name: %v", err)
	}
}

func TestAFileInTheWayIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if err := durable.MkdirAll(dir, 0o750); err == nil {
			t.Errorf("%s was made", dir)
		}
	}
	if err := durable.Sync(filepath.Join(filepath.Dir(file), "gone")); err == nil {
		t.Error("a folder that is not there was brought to the disk")
	}
}
