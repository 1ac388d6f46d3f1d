package drop

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // the sum the source gives, against damage and not against fraud
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sync"
)

func (d *drop) Open(ctx context.Context, e Entry) (io.ReadCloser, error) {
	if why := refusal(e.Name); why != "" {
		return nil, d.badName(OpRead, e.Name, why)
	}
	ctx, cancel := d.patience.limit(ctx)
	r := &reader{ctx: ctx, cancel: cancel, drop: d, entry: e, attempt: 1}
	if e.MD5 != "" {
		r.sum = md5.New() //nolint:gosec // as above
	}
	var err error
	if r.src, err = d.folder.open(ctx, e.Name, 0); err != nil {
		err = r.goOn(err)
	}
	if err != nil {
		cancel()
		return nil, r.wrap(err)
	}
	return r, nil
}

func (d *drop) badName(op Op, name, why string) error {
	return &Error{Op: op, Drop: d.name, Name: printable(name), Kind: KindConfig,
		Err: configError("not a name of this folder", why)}
}

// reader is an entry being read; it goes on where a broken connection stopped
// it and vouches for the end of the file.
type reader struct {
	ctx    context.Context // with the total time
	cancel context.CancelFunc
	drop   *drop
	entry  Entry
	src    io.ReadCloser
	n      int64     // bytes so far
	tail   []byte    // the last of them, to compare when reading goes on
	sum    hash.Hash // MD5, when the entry has one
	end    error     // what every further call returns

	attempt int   // at what comes after mark
	mark    int64 // n when the attempts began
	first   error // of the attempts
}

func (r *reader) Read(p []byte) (int, error) {
	if r.end != nil {
		return 0, r.end
	}
	if r.ctx.Err() != nil {
		r.end = r.wrap(stopped(r.ctx))
		return 0, r.end
	}
	for {
		n, err := r.src.Read(p)
		if counted := r.count(p[:n]); counted != nil {
			err = counted
		}
		if err == io.EOF { //nolint:errorlint // a wrapped io.EOF is a lost connection
			err = r.finish()
		}
		if err != nil && r.fails(err) {
			return n, r.end
		}
		if n > 0 || len(p) == 0 {
			return n, nil
		}
	}
}

// WriteTo reads to the end of the file. An error of w is returned as it is.
func (r *reader) WriteTo(w io.Writer) (int64, error) {
	before := r.n
	for r.end == nil {
		out := &counted{reader: r, w: w}
		err := r.copy(out)
		if out.failed != nil {
			r.end = out.failed
			break
		}
		if err == nil {
			err = r.finish()
		}
		r.fails(err)
	}
	return r.n - before, atEnd(r.end)
}

// fails tells whether reading ends with err, which then is r.end: io.EOF for
// the end of a good file.
func (r *reader) fails(err error) bool {
	if err == io.EOF { //nolint:errorlint // only finish says that
		r.end = err
		return true
	}
	if err = r.goOn(err); err != nil {
		r.end = r.wrap(err)
	}
	return err != nil
}

// small is the size up to which a file comes in one block: it is asked for as
// such, without a look at its size first or at its end afterwards.
const small = 32 << 10

var blocks = sync.Pool{New: func() any { return new([small]byte) }}

func (r *reader) copy(out *counted) error {
	if r.entry.Size > small {
		_, err := io.Copy(out, r.src)
		return err
	}
	block := blocks.Get().(*[small]byte) //nolint:forcetypeassert // the pool holds nothing else
	defer blocks.Put(block)
	for r.n < r.entry.Size {
		n, err := r.src.Read(block[:r.entry.Size-r.n])
		if n > 0 {
			if _, err := out.Write(block[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// progress is how much must come before the attempts are counted anew: a line
// that breaks now and then may break any number of times in a long file.
const progress = 1 << 20

// goOn opens the file again where reading stopped with err. It returns the
// error to report when that makes no sense or does not work.
func (r *reader) goOn(err error) error {
	for {
		if r.n-r.mark >= progress {
			r.attempt, r.mark, r.first = 1, r.n, nil
		}
		if r.first == nil {
			r.first = err
		}
		more, last := r.drop.patience.again(r.ctx, r.attempt, r.first, err)
		if !more {
			return last
		}
		r.attempt++
		if err = r.reopen(); err == nil {
			return nil
		}
	}
}

func (r *reader) reopen() error {
	if r.src != nil {
		_ = r.src.Close() // broken
		r.src = nil
	}
	folder := r.drop.folder.folder // goOn counts the attempts
	info, err := folder.stat(r.ctx, r.entry.Name)
	if err != nil {
		return err
	}
	if !r.entry.is(info) {
		return errChanged
	}
	known := r.tail[max(0, len(r.tail)-tailSize):]
	src, err := folder.open(r.ctx, r.entry.Name, r.n-int64(len(known)))
	if err != nil {
		return err
	}
	same := make([]byte, len(known))
	if _, err = io.ReadFull(src, same); err == nil && !bytes.Equal(same, known) {
		err = errChanged
	}
	if err != nil {
		_ = src.Close() // of no use
		return err
	}
	r.src = src
	return nil
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

// tailSize is how much is compared before reading goes on.
const tailSize = 32 << 10

func (r *reader) count(p []byte) error {
	r.n += int64(len(p))
	if r.n > r.entry.Size {
		return errChanged
	}
	if r.sum != nil {
		r.sum.Write(p)
	}
	if r.drop.patience.attempts > 1 {
		r.tail = append(r.tail, p[max(0, len(p)-tailSize):]...)
		if len(r.tail) > 2*tailSize {
			r.tail = r.tail[:copy(r.tail, r.tail[len(r.tail)-tailSize:])]
		}
	}
	return nil
}

// finish is io.EOF when what was read is the listed file, whole.
func (r *reader) finish() error {
	info, err := r.drop.folder.stat(r.ctx, r.entry.Name)
	switch {
	case err != nil:
		return err
	case !r.entry.is(info):
		return errChanged
	case r.n != r.entry.Size:
		return fmt.Errorf("%w: %d bytes of %d", io.ErrUnexpectedEOF, r.n, r.entry.Size)
	case r.sum != nil && hex.EncodeToString(r.sum.Sum(nil)) != r.entry.MD5:
		return errMD5
	}
	return io.EOF
}

func (r *reader) wrap(err error) error { return r.drop.wrap(OpRead, r.entry.Name, err) }

func (r *reader) Close() error {
	defer r.cancel()
	if r.src == nil {
		return nil
	}
	err := r.src.Close()
	if r.end != nil {
		return nil // how reading ended is known already
	}
	return r.wrap(err)
}
