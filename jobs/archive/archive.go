// Package archive keeps every file quadra took, byte for byte, under its
// SHA-256: <dir>/<aa>/<sha256>, where aa are the first two hexadecimal digits.
//
// A file appears under its name only when whole and on disk: it is written in
// <dir>/incoming, synced, and renamed. It is never written again afterwards;
// sealing the same bytes twice is a success that changes nothing. Several
// goroutines and several processes may seal into one archive.
package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"quadra/jobs/durable"
)

// Sealed names a file of the archive.
type Sealed struct {
	SHA256 string // 64 lower-case hexadecimal digits
	Size   int64  // bytes
}

// LimitError says that a file was longer than the limit given to [Archive.Seal].
type LimitError struct {
	Limit int64 // bytes
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("file is longer than the limit of %d bytes", e.Limit)
}

// AlteredError says that what stands in the archive under a SHA-256 is not the
// file that was sealed under it.
type AlteredError struct {
	SHA256 string // what it was sealed as
	Path   string
	What   string // what is wrong, in English
}

func (e *AlteredError) Error() string {
	return fmt.Sprintf("sealed file %s is altered: %s", e.Path, e.What)
}

// Archive is a folder of sealed files.
type Archive struct {
	dir     string
	durable sync.Map // folders whose own name is known to be on disk
}

// Open opens the archive in dir, creating it when missing, and removes what
// killed runs left half written. Files that a living process is still writing
// are left alone.
func Open(dir string) (*Archive, error) {
	a := &Archive{dir: dir}
	if err := durable.MkdirAll(dir, folderMode); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	if err := os.MkdirAll(a.incoming(), folderMode); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	if err := a.removeLeftovers(); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return a, nil
}

// Path is where the file with this SHA-256 stands, or would stand; an error
// when sha is not 64 lower-case hexadecimal digits.
func (a *Archive) Path(sha string) (string, error) {
	if len(sha) != 2*sha256.Size {
		return "", fmt.Errorf("archive: %q is not a SHA-256", sha)
	}
	for _, c := range []byte(sha) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return "", fmt.Errorf("archive: %q is not a SHA-256 in lower-case hexadecimal", sha)
		}
	}
	return filepath.Join(a.dir, sha[:2], sha), nil
}

// OpenFile opens a sealed file for reading. The error wraps [os.ErrNotExist]
// when no such file was sealed.
func (a *Archive) OpenFile(sha string) (*os.File, error) {
	path, err := a.Path(sha)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open sealed file: %w", err)
	}
	return f, nil
}

// Verify reads a sealed file again and compares its hash with its name. It
// returns an [*AlteredError] when they differ, an error wrapping
// [os.ErrNotExist] when the file is gone, and the context's error when stopped.
func (a *Archive) Verify(ctx context.Context, sha string) error {
	f, err := a.OpenFile(sha)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := copyUntil(ctx, sum, struct{ io.Reader }{f}); err != nil {
		return fmt.Errorf("verify sealed file %s: %w", sha, err)
	}
	if found := hex.EncodeToString(sum.Sum(nil)); found != sha {
		return &AlteredError{SHA256: sha, Path: f.Name(), What: "its content now has SHA-256 " + found}
	}
	return nil
}

// copyUntil is io.Copy that stops between two blocks when ctx ends. Its buffer
// serves readers without a WriteTo of their own.
func copyUntil(ctx context.Context, w io.Writer, r io.Reader) (int64, error) {
	buf := buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buf)
	return io.CopyBuffer(stopping{ctx, w}, r, buf[:])
}

// buffers are those of earlier copies: most files are smaller than one.
var buffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

type stopping struct {
	ctx context.Context
	w   io.Writer
}

func (s stopping) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.w.Write(p)
}

// Remove takes a sealed file out of the archive, durably: personal data whose
// term has passed. A file that is not there is a success.
func (a *Archive) Remove(sha string) error {
	path, err := a.Path(sha)
	if err != nil {
		return err
	}
	err = os.Remove(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove sealed file: %w", err)
	}
	return durable.Sync(filepath.Dir(path))
}
