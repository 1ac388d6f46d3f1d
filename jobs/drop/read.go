package drop

import (
	"context"
	"crypto/md5" //nolint:gosec // the sum the source gives, against damage and not against fraud
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

func (d *drop) Open(ctx context.Context, e Entry) (io.ReadCloser, error) {
	if why := refusal(e.Name); why != "" {
		return nil, d.badName(OpRead, e.Name, why)
	}
	src, err := d.folder.open(ctx, e.Name)
	if err != nil {
		return nil, d.wrap(OpRead, e.Name, err)
	}
	r := &reader{ctx: ctx, drop: d, entry: e, src: src}
	if e.MD5 != "" {
		r.sum = md5.New() //nolint:gosec // as above
	}
	return r, nil
}

func (d *drop) badName(op Op, name, why string) error {
	return &Error{Op: op, Drop: d.name, Name: printable(name), Kind: KindConfig,
		Err: configError("not a name of this folder", why)}
}

// reader is an entry being read; it vouches for the end of the file.
type reader struct {
	ctx   context.Context
	drop  *drop
	entry Entry
	src   io.ReadCloser
	n     int64     // bytes so far
	sum   hash.Hash // MD5, when the entry has one
	end   error     // what every further call returns
}

func (r *reader) Read(p []byte) (int, error) {
	if r.end != nil {
		return 0, r.end
	}
	if r.ctx.Err() != nil {
		r.end = r.wrap(stopped(r.ctx))
		return 0, r.end
	}
	n, err := r.src.Read(p)
	if counted := r.count(p[:n]); counted != nil {
		err = counted
	}
	switch {
	case err == nil:
	case errors.Is(err, io.EOF):
		r.end = r.finish()
	default:
		r.end = r.wrap(err)
	}
	return n, r.end
}

// WriteTo reads to the end of the file. An error of w is returned as it is.
func (r *reader) WriteTo(w io.Writer) (int64, error) {
	if r.end != nil {
		return 0, atEnd(r.end)
	}
	before := r.n
	out := &counted{reader: r, w: w}
	_, err := io.Copy(out, r.src)
	switch {
	case out.failed != nil:
		r.end = out.failed
	case err != nil:
		r.end = r.wrap(err)
	default:
		r.end = r.finish()
	}
	return r.n - before, atEnd(r.end)
}

// atEnd is what WriteTo returns for what Read returns: the end of the file is
// success. A wrapped io.EOF is a lost connection, not the end.
func atEnd(err error) error {
	if err == io.EOF { //nolint:errorlint // see above
		return nil
	}
	return err
}

// counted passes on what WriteTo reads and remembers which side failed.
type counted struct {
	reader *reader
	w      io.Writer
	failed error // of w
}

func (c *counted) Write(p []byte) (int, error) {
	if c.reader.ctx.Err() != nil {
		return 0, stopped(c.reader.ctx)
	}
	if err := c.reader.count(p); err != nil {
		return 0, err
	}
	n, err := c.w.Write(p)
	c.failed = err
	return n, err
}

func (r *reader) count(p []byte) error {
	r.n += int64(len(p))
	if r.n > r.entry.Size {
		return errChanged
	}
	if r.sum != nil {
		r.sum.Write(p)
	}
	return nil
}

// finish is io.EOF when what was read is the listed file, whole.
func (r *reader) finish() error {
	info, err := r.drop.folder.stat(r.ctx, r.entry.Name)
	switch {
	case err != nil:
		return r.wrap(err)
	case !r.entry.is(info):
		return r.wrap(errChanged)
	case r.n != r.entry.Size:
		return r.wrap(fmt.Errorf("%w: %d bytes of %d", io.ErrUnexpectedEOF, r.n, r.entry.Size))
	case r.sum != nil && hex.EncodeToString(r.sum.Sum(nil)) != r.entry.MD5:
		return r.wrap(errMD5)
	}
	return io.EOF
}

func (r *reader) wrap(err error) error { return r.drop.wrap(OpRead, r.entry.Name, err) }

func (r *reader) Close() error { return r.wrap(r.src.Close()) }
