package drop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"sync"

	"github.com/pkg/sftp"
)

// sftpFolder is a folder of an SFTP server. It serves several calls at once.
type sftpFolder struct {
	place place
	dir   string
	owner string

	mu      sync.Mutex
	session *session // the current connection
	closed  bool
}

func openSFTP(ctx context.Context, p place) (folder, error) {
	f := &sftpFolder{place: p, dir: p.path, owner: p.Owner}
	info, err := ask(ctx, f, func(c *sftp.Client) (fs.FileInfo, error) { return c.Stat(f.dir) })
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

// live is the connection, made anew when the last one is over.
func (f *sftpFolder) live(ctx context.Context) (*session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, net.ErrClosed
	}
	if s := f.session; s != nil {
		if s.ended() == nil {
			return s, nil
		}
		_ = s.close()
		f.session = nil
	}
	s, err := connect(ctx, f.place)
	if err != nil {
		return nil, err
	}
	f.session = s
	return s, nil
}

// ask is guard for one call that returns something.
func ask[T any](ctx context.Context, f *sftpFolder, call func(*sftp.Client) (T, error)) (T, error) {
	var answer T
	s, err := f.live(ctx)
	if err != nil {
		return answer, err
	}
	err = s.guard(ctx, func() (err error) {
		answer, err = call(s.client)
		return err
	})
	return answer, err
}

func (f *sftpFolder) do(ctx context.Context, call func(*sftp.Client) error) error {
	_, err := ask(ctx, f, func(c *sftp.Client) (nothing, error) { return nothing{}, call(c) })
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
	return ask(ctx, f, func(c *sftp.Client) ([]fs.FileInfo, error) { return c.ReadDirContext(ctx, dir) })
}

func (f *sftpFolder) stat(ctx context.Context, name string) (fs.FileInfo, error) {
	return ask(ctx, f, func(c *sftp.Client) (fs.FileInfo, error) { return c.Lstat(f.at(name)) })
}

func (f *sftpFolder) open(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	s, err := f.live(ctx)
	if err != nil {
		return nil, err
	}
	var file *sftp.File
	err = s.guard(ctx, func() (err error) {
		if file, err = s.client.Open(f.at(name)); err == nil && offset > 0 {
			_, err = file.Seek(offset, io.SeekStart)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &sftpFile{ctx: ctx, session: s, file: file}, nil
}

// sftpFile is a file being read.
type sftpFile struct {
	ctx     context.Context
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

func (f *sftpFile) Close() error { return f.session.guard(f.ctx, f.file.Close) }

// busyWriter keeps a slow disk of ours from looking like a silent server.
type busyWriter struct {
	w       io.Writer
	session *session
}

func (b busyWriter) Write(p []byte) (int, error) {
	b.session.busy.Add(1)
	defer b.session.busy.Add(-1)
	return b.w.Write(p)
}

func (f *sftpFolder) put(ctx context.Context, name string, write func(io.Writer) error) (err error) {
	session, err := f.live(ctx)
	if err != nil {
		return err
	}
	client, temporary := session.client, f.at(temporaryName(name, f.owner))
	var file *sftp.File
	err = session.guard(ctx, func() (err error) {
		file, err = client.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		return err
	})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// The error that matters is err; the name is hidden and used again.
			_ = session.guard(ctx, func() error {
				_ = file.Close()
				return client.Remove(temporary)
			})
		}
	}()

	// Each block is guarded by itself: in between it is write that takes time.
	buffered := bufio.NewWriterSize(guardedWriter{ctx, session, file}, answerBuffer)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return session.guard(ctx, func() error {
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
	return f.do(ctx, func(c *sftp.Client) error {
		switch _, err := c.Lstat(f.at(to)); {
		case err == nil:
			return fmt.Errorf("move %s: %w", to, fs.ErrExist)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		return c.Rename(f.at(from), f.at(to))
	})
}

func (f *sftpFolder) remove(ctx context.Context, name string) error {
	return f.do(ctx, func(c *sftp.Client) error { return c.Remove(f.at(name)) })
}

func (f *sftpFolder) mkdir(ctx context.Context, name string) error {
	return f.do(ctx, func(c *sftp.Client) error {
		info, err := c.Stat(f.at(name))
		switch {
		case err == nil && info.IsDir():
			return nil
		case err == nil:
			return fmt.Errorf("%s is not a folder: %w", name, fs.ErrExist)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		return c.Mkdir(f.at(name))
	})
}

// sync: the protocol has no way to ask for it.
func (f *sftpFolder) sync(context.Context, string) error { return nil }

func (f *sftpFolder) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if f.session == nil {
		return nil
	}
	return f.session.close()
}
