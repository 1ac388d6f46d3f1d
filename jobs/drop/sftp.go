package drop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/pkg/sftp"
)

// sftpFolder is a folder of an SFTP server.
type sftpFolder struct {
	session *session
	dir     string
}

func openSFTP(ctx context.Context, p place) (folder, error) {
	s, err := connect(ctx, p)
	if err != nil {
		return nil, err
	}
	f := &sftpFolder{session: s, dir: p.path}
	info, err := ask(ctx, s, func() (fs.FileInfo, error) { return s.client.Stat(f.dir) })
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder: %w", f.dir, fs.ErrNotExist)
	}
	if err != nil {
		_ = f.close()
		return nil, err
	}
	return f, nil
}

func (f *sftpFolder) at(name string) string { return path.Join(f.dir, name) }

// ask is guard for one call that returns something.
func ask[T any](ctx context.Context, s *session, call func() (T, error)) (T, error) {
	ctx, cancel := s.limit(ctx)
	defer cancel()
	var answer T
	err := s.guard(ctx, func() (err error) {
		answer, err = call()
		return err
	})
	return answer, err
}

func (f *sftpFolder) do(ctx context.Context, call func() error) error {
	_, err := ask(ctx, f.session, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

func (f *sftpFolder) look(ctx context.Context) ([]fs.FileInfo, error) {
	return f.readDir(ctx, f.dir)
}

func (f *sftpFolder) names(ctx context.Context, subfolder string) ([]string, error) {
	infos, err := f.readDir(ctx, f.at(subfolder))
	if err != nil {
		return nil, err
	}
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name()
	}
	return names, nil
}

func (f *sftpFolder) readDir(ctx context.Context, dir string) ([]fs.FileInfo, error) {
	return ask(ctx, f.session, func() ([]fs.FileInfo, error) { return f.session.client.ReadDir(dir) })
}

func (f *sftpFolder) stat(ctx context.Context, name string) (fs.FileInfo, error) {
	return ask(ctx, f.session, func() (fs.FileInfo, error) { return f.session.client.Lstat(f.at(name)) })
}

func (f *sftpFolder) open(ctx context.Context, name string) (io.ReadCloser, error) {
	ctx, cancel := f.session.limit(ctx)
	var file *sftp.File
	err := f.session.guard(ctx, func() (err error) {
		file, err = f.session.client.Open(f.at(name))
		return err
	})
	if err != nil {
		cancel()
		return nil, err
	}
	return &sftpFile{ctx: ctx, cancel: cancel, session: f.session, file: file}, nil
}

// sftpFile is a file being read; its context carries the total time.
type sftpFile struct {
	ctx     context.Context
	cancel  context.CancelFunc
	session *session
	file    *sftp.File
}

func (f *sftpFile) Read(p []byte) (n int, err error) {
	err = f.session.guard(f.ctx, func() (err error) {
		n, err = f.file.Read(p)
		return err
	})
	return n, err
}

// WriteTo asks for many blocks at once, which is several times as fast as Read.
func (f *sftpFile) WriteTo(w io.Writer) (n int64, err error) {
	err = f.session.guard(f.ctx, func() (err error) {
		n, err = f.file.WriteTo(busyWriter{w, f.session})
		return err
	})
	return n, err
}

func (f *sftpFile) Close() error {
	defer f.cancel()
	return f.session.guard(f.ctx, f.file.Close)
}

// busyWriter keeps a slow disk of ours from looking like a silent server.
type busyWriter struct {
	w       io.Writer
	session *session
}

func (b busyWriter) Write(p []byte) (int, error) {
	b.session.busy.Store(true)
	defer b.session.busy.Store(false)
	return b.w.Write(p)
}

func (f *sftpFolder) put(ctx context.Context, name string, write func(io.Writer) error) (err error) {
	ctx, cancel := f.session.limit(ctx)
	defer cancel()
	client, temporary := f.session.client, f.at(temporaryName(name))
	var file *sftp.File
	err = f.session.guard(ctx, func() (err error) {
		file, err = client.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		return err
	})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// The error that matters is err; the name is hidden and used again.
			_ = f.session.guard(ctx, func() error {
				_ = file.Close()
				return client.Remove(temporary)
			})
		}
	}()

	// Each block is guarded by itself: in between it is write that takes time.
	buffered := bufio.NewWriterSize(guardedWriter{ctx, f.session, file}, answerBuffer)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return f.session.guard(ctx, func() error {
		if _, can := client.HasExtension("fsync@openssh.com"); can {
			if err := file.Sync(); err != nil {
				return err
			}
		}
		if err := file.Close(); err != nil {
			return err
		}
		return replace(client, temporary, f.at(name))
	})
}

type guardedWriter struct {
	ctx     context.Context
	session *session
	file    *sftp.File
}

func (g guardedWriter) Write(p []byte) (n int, err error) {
	err = g.session.guard(g.ctx, func() (err error) {
		n, err = g.file.Write(p)
		return err
	})
	return n, err
}

// replace renames over an existing file. A server without posix-rename leaves
// an instant with neither of the two; it can only be an answer of ours.
func replace(client *sftp.Client, from, to string) error {
	if _, can := client.HasExtension("posix-rename@openssh.com"); can {
		err := client.PosixRename(from, to)
		var status *sftp.StatusError
		if !errors.As(err, &status) || status.FxCode() != sftp.ErrSSHFxOpUnsupported {
			return err
		}
	}
	if err := client.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return client.Rename(from, to)
}

// move uses the plain rename, which on most servers refuses to replace a file;
// some replace it all the same, so the name is looked up first.
func (f *sftpFolder) move(ctx context.Context, from, to string) error {
	return f.do(ctx, func() error {
		client := f.session.client
		switch _, err := client.Lstat(f.at(to)); {
		case err == nil:
			return fmt.Errorf("move %s: %w", to, fs.ErrExist)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		return client.Rename(f.at(from), f.at(to))
	})
}

func (f *sftpFolder) remove(ctx context.Context, name string) error {
	return f.do(ctx, func() error { return f.session.client.Remove(f.at(name)) })
}

func (f *sftpFolder) mkdir(ctx context.Context, name string) error {
	return f.do(ctx, func() error {
		client := f.session.client
		info, err := client.Stat(f.at(name))
		switch {
		case err == nil && info.IsDir():
			return nil
		case err == nil:
			return fmt.Errorf("%s is not a folder: %w", name, fs.ErrExist)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		return client.Mkdir(f.at(name))
	})
}

func (f *sftpFolder) close() error { return f.session.close() }
