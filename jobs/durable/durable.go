// Package durable makes folders that are still there after a power loss.
//
// Bringing what is in a folder to the disk does not bring the folder's own name
// there: that is an entry of the folder it is in. Where that entry is lost, all
// that was in the folder is, however durable.
package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// MkdirAll is [os.MkdirAll], and brings the names of the folders it makes to the
// disk. That of dir itself always: whoever made it may have been killed before
// doing so.
func MkdirAll(dir string, mode fs.FileMode) error {
	dir = filepath.Clean(dir)
	parent := filepath.Dir(dir)
	if parent == dir {
		return nil // the root
	}
	if _, err := os.Stat(parent); errors.Is(err, fs.ErrNotExist) {
		if err := MkdirAll(parent, mode); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	err := Sync(parent)
	if errors.Is(err, fs.ErrPermission) {
		return nil // a folder we may enter and not read cannot be brought to the disk
	}
	return err
}

// Sync brings the entries of a folder to the disk.
func Sync(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", folder, err)
	}
	return nil
}
