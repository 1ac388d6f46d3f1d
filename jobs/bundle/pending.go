package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/google/renameio/v2"
)

// A bundle being written is a hidden file beside its place, and holds an exclusive
// flock until it gets its name. The kernel drops the lock with the process, so one
// without a lock is what a killed process left.

// pending begins the file of a bundle in a folder, where leftovers of the same
// bundle are removed first.
func pending(path, folder string) (*renameio.PendingFile, error) {
	for {
		sweep(path, folder)
		file, err := renameio.NewPendingFile(path, renameio.WithTempDir(folder), renameio.WithPermissions(0o600))
		if err != nil {
			return nil, err
		}
		// Where files cannot be locked nobody takes one for a leftover either.
		_ = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		// Another process may have taken it for one before it was locked.
		_, err = os.Lstat(file.Name())
		if !errors.Is(err, fs.ErrNotExist) {
			return file, nil
		}
		_ = file.Cleanup() // it is gone already
	}
}

// sweep removes what killed processes left of the same bundle: room on a disk, and
// nothing to fail for when it cannot be had.
func sweep(path, folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	prefix := "." + filepath.Base(path)
	for _, e := range entries {
		digits, ours := strings.CutPrefix(e.Name(), prefix)
		if ours && digits != "" && strings.Trim(digits, "0123456789") == "" && e.Type().IsRegular() {
			removeUnlocked(filepath.Join(folder, e.Name()))
		}
	}
}

func removeUnlocked(path string) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		_ = os.Remove(path)
	}
}
