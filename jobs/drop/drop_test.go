package drop_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"quadra/fixtures/opensshd"
	"quadra/jobs/drop"
	"quadra/jobs/drop/droptest"
)

func shut(t testing.TB, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestLocalFolder(t *testing.T) {
	t.Parallel()
	droptest.Exercise(t, func(t *testing.T) droptest.Place {
		dir := t.TempDir()
		return droptest.Place{Dir: dir, Options: drop.Options{URL: "file://" + dir}}
	})
}

func TestSFTPFolder(t *testing.T) {
	t.Parallel()
	droptest.Exercise(t, func(t *testing.T) droptest.Place {
		root := t.TempDir()
		dir := filepath.Join(root, "out", "fdr")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		return droptest.Place{Dir: dir, Options: droptest.Start(t, root, droptest.Options{}).Drop("/out/fdr")}
	})
}

func TestOpenSSHFolder(t *testing.T) {
	t.Parallel()
	server := droptest.StartOpenSSH(t, opensshd.Options{})
	droptest.Exercise(t, func(t *testing.T) droptest.Place {
		dir := t.TempDir()
		return droptest.Place{Dir: dir, Options: server.Drop(dir)}
	})
}
