package drop

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// answerBuffer spares a long answer, written row by row, a call per row.
const answerBuffer = 256 << 10

// localFolder is a folder of this machine. Everything goes through os.Root, so
// that no link placed in the folder leads out of it.
type localFolder struct {
	root  *os.Root
	owner string
}

func openLocal(p place) (folder, error) {
	path := p.path
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder: %w", path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &localFolder{root: root, owner: p.Owner}, nil
}

func (f *localFolder) look(ctx context.Context) ([]fs.FileInfo, error) {
	entries, err := f.readDir(ctx, ".")
	if err != nil {
		return nil, err
	}
	infos := make([]fs.FileInfo, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // vanished meanwhile
		}
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

func (f *localFolder) names(ctx context.Context, subfolder string) ([]string, error) {
	entries, err := f.readDir(ctx, subfolder)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

func (f *localFolder) readDir(ctx context.Context, name string) ([]fs.DirEntry, error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	dir, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.ReadDir(-1)
}

func (f *localFolder) stat(ctx context.Context, name string) (fs.FileInfo, error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	return f.root.Lstat(name)
}

func (f *localFolder) open(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	listed, err := f.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	// Without O_NONBLOCK a pipe put in place of the file would hang the run.
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && (!listed.Mode().IsRegular() || !os.SameFile(listed, opened)) {
		err = errChanged
	}
	if err == nil && offset > 0 {
		_, err = file.Seek(offset, io.SeekStart)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return localFile{file}, nil
}

// localFile copies with a larger buffer than os.File does.
type localFile struct {
	*os.File
}

func (f localFile) WriteTo(w io.Writer) (int64, error) {
	return io.CopyBuffer(w, struct{ io.Reader }{f.File}, make([]byte, 256<<10))
}

func (f *localFolder) put(ctx context.Context, name string, write func(io.Writer) error) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	own, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	temporary := temporaryName(name, f.owner)
	if err := f.root.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := f.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.root.Remove(temporary) }() // gone already when all went well
	defer file.Close()

	buffered := bufio.NewWriterSize(untilStopped{ctx, file}, answerBuffer)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	// Whoever may enter the folder may read the answer, whatever our umask.
	if err := file.Chmod(own.Mode().Perm() & 0o666); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := f.root.Rename(temporary, name); err != nil {
		return err
	}
	return f.sync(ctx, ".")
}

// temporaryName is hidden, never too long, and the same at every attempt of one
// owner, so that what a killed run left is written over. Another owner's is
// another one: two runs at one drop do not write into each other's answer.
func temporaryName(name, owner string) string {
	sum := sha256.Sum256([]byte(owner + "\x00" + name))
	return ".quadra-" + hex.EncodeToString(sum[:8]) + ".tmp"
}

type untilStopped struct {
	ctx context.Context
	w   io.Writer
}

func (s untilStopped) Write(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, stopped(s.ctx)
	}
	return s.w.Write(p)
}

func (f *localFolder) move(ctx context.Context, from, to string) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	if _, err := f.root.Lstat(to); err == nil {
		return fmt.Errorf("move %s: %w", to, fs.ErrExist)
	}
	return f.root.Rename(from, to)
}

func (f *localFolder) remove(ctx context.Context, name string) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	return f.root.Remove(name)
}

// mkdir makes a subfolder as open to others as the folder itself, umask
// permitting.
func (f *localFolder) mkdir(ctx context.Context, name string) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	own, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	switch err := f.root.Mkdir(name, own.Mode().Perm()); {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return f.sync(ctx, ".")
}

func (f *localFolder) sync(ctx context.Context, name string) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	dir, err := f.root.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func (f *localFolder) close() error { return f.root.Close() }
