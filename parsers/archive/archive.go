// Package archive opens the files left in a drop: bare, zip or gzip.
//
// What a file is is told by its first bytes, never by its name. A zip gives its
// regular entries in the order of their names; what operating systems leave
// beside them (folders, __MACOSX, ._names and every other dot file) is passed
// over. An XLSX workbook is a zip too, and is a bare file here.
//
// Files come from outside, so a container is refused as a whole when anything
// in it is unsafe or cannot be read to the end: names that lead out of the
// folder, encrypted entries, links, containers inside the container, sizes
// beyond [Limits], checksums that do not match. Nothing is ever unpacked to
// disk, and reading never goes beyond what an entry declares.
package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"

	"quadra/engine/record"
)

// Limits bound what a file may make of itself. Zero means the default.
type Limits struct {
	MaxFileBytes  int64 // of the file as it is
	MaxEntries    int   // regular entries of a zip, passed-over ones included
	MaxEntryBytes int64 // of one entry, unpacked
	MaxTotalBytes int64 // of all entries, unpacked
	MaxRatio      int64 // unpacked to packed, for entries over 16 MiB unpacked
}

// DefaultLimits fit a night of a large entity several times over. Text made of
// repeated XML packs 30 to 60 times; a zip bomb a thousand times.
func DefaultLimits() Limits {
	return Limits{MaxFileBytes: 4 << 30, MaxEntries: 20_000, MaxEntryBytes: 8 << 30, MaxTotalBytes: 16 << 30, MaxRatio: 250}
}

func (l Limits) withDefaults() Limits {
	standard := DefaultLimits()
	for _, f := range []struct {
		value    *int64
		standard int64
	}{
		{&l.MaxFileBytes, standard.MaxFileBytes}, {&l.MaxEntryBytes, standard.MaxEntryBytes},
		{&l.MaxTotalBytes, standard.MaxTotalBytes}, {&l.MaxRatio, standard.MaxRatio},
	} {
		if *f.value <= 0 {
			*f.value = f.standard
		}
	}
	if l.MaxEntries <= 0 {
		l.MaxEntries = standard.MaxEntries
	}
	return l
}

// freeRatio is the unpacked size up to which nobody cares how well an entry
// packs.
const freeRatio = 16 << 20

// Container is what holds the entries.
type Container string

// The containers a file can be.
const (
	Bare Container = "" // the file is its only entry
	Zip  Container = "zip"
	Gzip Container = "gzip"
)

// Archive is an opened file. Close it when its entries have been read.
type Archive struct {
	Container Container
	Entries   []Entry
	file      io.Closer
}

// Entry is a document inside a file.
type Entry struct {
	Name string // inside the container; empty for a bare file
	Size int64  // unpacked, in bytes; -1 when only reading tells
	open func() (io.ReadCloser, error)
}

// Open starts reading the entry, from its first byte every time it is called.
// Reading fails with a [*record.FileError] when the container is broken: CONTAINER,
// TRUNCATED or LIMIT.
func (e Entry) Open() (io.ReadCloser, error) { return e.open() }

// Open opens the file at path. Errors about the file are [*record.FileError]:
// EMPTY, CONTAINER, TRUNCATED, LIMIT; the entry they are about is named.
func Open(path string, limits Limits) (*Archive, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the file: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	var a *Archive
	if err != nil {
		err = fmt.Errorf("opening the file %s: %w", path, err)
	} else {
		a, err = OpenReaderAt(f, info.Size(), limits)
	}
	if err != nil {
		_ = f.Close() // nothing was written to it
		return nil, err
	}
	a.file = f
	return a, nil
}

// OpenReaderAt opens a file of size bytes held by r, which must stay readable
// while the entries are.
func OpenReaderAt(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	limits = limits.withDefaults()
	switch {
	case size == 0:
		return nil, &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case size > limits.MaxFileBytes:
		return nil, tooLarge("", "il file", limits.MaxFileBytes)
	}
	head := make([]byte, min(size, 4))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the start of the file: %w", err)
	}
	switch {
	case isZip(head):
		return openZip(r, size, limits)
	case isGzip(head):
		return openGzip(r, size, limits)
	}
	return bare(r, size), nil
}

// Close closes the file [Open] opened.
func (a *Archive) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

func bare(r io.ReaderAt, size int64) *Archive {
	return &Archive{Container: Bare, Entries: []Entry{{
		Size: size,
		open: func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(r, 0, size)), nil },
	}}}
}

// isZip tells a zip by the signatures one can start with: a local file, the end
// of an empty archive, a volume of a spanned one.
func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) ||
		bytes.HasPrefix(head, []byte("PK\x07\x08"))
}

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1F, 0x8B}) }

// IsContainer tells whether a document that starts with head is a container,
// which may not be inside another one. A workbook is one too; see [IsWorkbook].
func IsContainer(head []byte) bool { return isZip(head) || isGzip(head) }

func openGzip(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	most := min(limits.MaxEntryBytes, max(freeRatio, size*limits.MaxRatio))
	e := Entry{Size: -1}
	unpack := func() (*gzip.Reader, error) {
		z, err := gzip.NewReader(io.NewSectionReader(r, 0, size))
		if err != nil {
			return nil, broken(e.Name, err)
		}
		return z, nil
	}
	z, err := unpack()
	if err != nil {
		return nil, err
	}
	if z.Name != "" {
		e.Name = strings.ToValidUTF8(path.Base(z.Name), "?")
	}
	e.open = func() (io.ReadCloser, error) {
		z, err := unpack()
		if err != nil {
			return nil, err
		}
		return &guarded{ReadCloser: z, entry: e.Name, limit: most, left: most}, nil
	}
	return &Archive{Container: Gzip, Entries: []Entry{e}}, nil
}

// guarded turns the faults of a packed entry into those of the file, and stops
// at what the entry may hold.
type guarded struct {
	io.ReadCloser
	entry string
	limit int64
	left  int64
}

// Read reads unpacked bytes.
func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.ReadCloser.Read(p)
	g.left -= int64(n)
	switch {
	case g.left < 0:
		return 0, tooLarge(g.entry, "il contenuto", g.limit)
	case err != nil && !errors.Is(err, io.EOF):
		return n, broken(g.entry, err)
	}
	return n, err
}

func tooLarge(entry, what string, limit int64) error {
	return &record.FileError{
		Entry: entry, Code: record.FileLimit,
		Message: fmt.Sprintf("%s supera il limite di %d MiB", what, limit>>20),
	}
}
