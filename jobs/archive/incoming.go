package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// A file being written holds an exclusive flock until it is renamed or removed.
// The kernel drops the lock with the process, so a file without a lock belongs
// to a killed run, whatever its age, even where entities that run side by side
// share one archive.

func (a *Archive) incoming() string { return filepath.Join(a.dir, "incoming") }

// create makes a new locked file in incoming.
func (a *Archive) create() (*os.File, error) {
	for {
		f, err := os.CreateTemp(a.incoming(), "*.tmp")
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
		}
		// Another process opening the archive may have taken it for a leftover
		// between the creation and the lock.
		if _, err := os.Lstat(f.Name()); err == nil {
			return f, nil
		}
		f.Close()
	}
}

func (a *Archive) removeLeftovers() error {
	entries, err := os.ReadDir(a.incoming())
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := removeUnlocked(filepath.Join(a.incoming(), e.Name())); err != nil {
			return fmt.Errorf("remove leftover: %w", err)
		}
	}
	return nil
}

func removeUnlocked(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
