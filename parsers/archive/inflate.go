package archive

import (
	"archive/zip"
	"bufio"
	"io"
	"io/fs"
	"sync"

	"github.com/klauspost/compress/flate"
)

// The standard library inflates half as fast, and asks the disk for 4 KiB at a
// time.
const packedBuffer = 64 << 10

// inflater unpacks deflate; it is used again, as its tables and window are larger
// than most of what is unpacked.
type inflater struct {
	packed *bufio.Reader
	unpack io.ReadCloser // from packed
}

var inflaters = sync.Pool{New: func() any {
	f := &inflater{packed: bufio.NewReaderSize(nil, packedBuffer)}
	f.unpack = flate.NewReader(f.packed)
	return f
}}

// inflate is a [zip.Decompressor].
func inflate(r io.Reader) io.ReadCloser {
	f := inflaters.Get().(*inflater)
	f.packed.Reset(r)
	if err := f.unpack.(flate.Resetter).Reset(f.packed, nil); err != nil {
		return failing{err}
	}
	return &inflating{f}
}

var _ zip.Decompressor = inflate

// inflating is an inflater in use.
type inflating struct{ *inflater }

// Read reads unpacked bytes.
func (i *inflating) Read(p []byte) (int, error) {
	if i.inflater == nil {
		return 0, fs.ErrClosed
	}
	return i.unpack.Read(p)
}

// Close gives the inflater back.
func (i *inflating) Close() error {
	if i.inflater == nil {
		return nil
	}
	err := i.unpack.Close()
	i.packed.Reset(nil)
	inflaters.Put(i.inflater)
	i.inflater = nil
	return err
}

// failing is what could not be opened.
type failing struct{ err error }

// Read says why.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Close has nothing to close.
func (f failing) Close() error { return nil }
