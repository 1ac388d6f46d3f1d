package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"quadra/jobs/durable"
)

const (
	folderMode = 0o750
	sealedMode = 0o440
)

// Seal copies r into the archive and returns its hash and size. It reads r as a
// stream (through its WriteTo when it has one) and keeps no more than a buffer
// in memory. Any error of r is returned wrapped, and nothing is sealed.
//
// More than limit bytes are a [*LimitError]; a limit of zero or less is none.
// When ctx ends, Seal stops between two blocks and returns the context's cause;
// it cannot interrupt a Read of r that blocks. When the same bytes are there
// already, that is a success; when what is there has another size, it is an
// [*AlteredError] and the archive is left as it is.
func (a *Archive) Seal(ctx context.Context, r io.Reader, limit int64) (Sealed, error) {
	f, err := a.create()
	if err != nil {
		return Sealed{}, fmt.Errorf("seal: %w", err)
	}
	// The name is removed while the lock that Close releases is still held, so
	// that nobody takes a discarded file for a leftover.
	defer f.Close()
	defer func() { _ = os.Remove(f.Name()) }() // gone already once sealed

	sum := sha256.New()
	size, err := copyUntil(ctx, &limited{w: io.MultiWriter(f, sum), limit: limit}, r)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal: %w", err)
	}
	s := Sealed{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size}
	if err := a.keep(f, s); err != nil {
		return Sealed{}, fmt.Errorf("seal %s: %w", s.SHA256, err)
	}
	return s, nil
}

// keep puts the finished file f under its name, durably.
func (a *Archive) keep(f *os.File, s Sealed) error {
	path, err := a.Path(s.SHA256)
	if err != nil {
		return err
	}
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &AlteredError{SHA256: s.SHA256, Path: path, What: "it is not a regular file"}
	case info.Size() != s.Size:
		return &AlteredError{SHA256: s.SHA256, Path: path,
			What: fmt.Sprintf("it has %d bytes instead of %d", info.Size(), s.Size)}
	default:
		// Whoever renamed it may have been killed before syncing the folder.
		return a.syncFolders(filepath.Dir(path))
	}

	if err := f.Chmod(sealedMode); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return a.syncFolders(filepath.Dir(path))
}

// syncFolders makes a name in folder durable, and once per folder the name of
// that folder. Its disappearance from incoming need not be: what comes back is
// a leftover.
func (a *Archive) syncFolders(folder string) error {
	if err := durable.Sync(folder); err != nil {
		return err
	}
	if _, done := a.durable.Load(folder); done {
		return nil
	}
	if err := durable.Sync(a.dir); err != nil {
		return err
	}
	a.durable.Store(folder, true)
	return nil
}

// limited fails with a LimitError instead of writing beyond limit.
type limited struct {
	w     io.Writer
	n     int64
	limit int64
}

func (l *limited) Write(p []byte) (int, error) {
	if l.limit > 0 && int64(len(p)) > l.limit-l.n {
		return 0, &LimitError{Limit: l.limit}
	}
	n, err := l.w.Write(p)
	l.n += int64(n)
	return n, err
}
