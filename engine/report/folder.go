package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// replaceFolder fills a new folder beside dir and puts it in the place of dir
// as a whole: whoever looks, or a kill at any moment, finds the old report or
// the new one. What an earlier kill left behind is cleared first; the caller
// holds the entity's lock, so nobody else writes there.
func replaceFolder(dir string, fill func(dir string) error) (err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	parent, name := filepath.Split(dir)
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return err
	}
	fresh, former := filepath.Join(parent, "."+name+".new"), filepath.Join(parent, "."+name+".old")
	if err := recoverFolder(dir, fresh, former); err != nil {
		return fmt.Errorf("clear what an interrupted report left: %w", err)
	}
	if err := os.Mkdir(fresh, 0o750); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(fresh))
		}
	}()
	if err := fill(fresh); err != nil {
		return err
	}
	if err := syncFolder(fresh); err != nil {
		return err
	}
	if err := swap(fresh, dir, former); err != nil {
		return fmt.Errorf("put the report in place: %w", err)
	}
	if err := syncPath(parent); err != nil {
		return err
	}
	// The old report is not to come back after a power loss: it may hold what an
	// erasure has taken out of the new one.
	return errors.Join(os.RemoveAll(fresh), os.RemoveAll(former), syncPath(parent))
}

// recoverFolder undoes an interrupted replacement: a former report without a
// present one goes back to its place.
func recoverFolder(dir, fresh, former string) error {
	_, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.Rename(former, dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.Join(os.RemoveAll(fresh), os.RemoveAll(former))
}

// swap puts fresh in the place of dir. Where the system can exchange two names
// in one step it does; elsewhere there is an instant without a report, which
// recoverFolder repairs.
func swap(fresh, dir, former string) error {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(fresh, dir)
	}
	if err := exchange(fresh, dir); err == nil {
		return nil
	}
	if err := os.Rename(dir, former); err != nil {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(former, dir))
	}
	return nil
}

// syncFolder brings every file under a folder, and the folders, to the disk. Many
// at once: a disk waits for all of them about as long as for one.
func syncFolder(dir string) error {
	var group errgroup.Group
	group.SetLimit(syncedAtOnce)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			group.Go(func() error { return syncPath(path) })
		}
		return err
	})
	return errors.Join(err, group.Wait())
}

const syncedAtOnce = 16

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
