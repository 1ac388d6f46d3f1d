package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// The marks of a zip (APPNOTE 4.3) that are looked at before its directory is
// read.
const (
	localMark   = "PK\x03\x04"
	endMark     = "PK\x05\x06"
	end64Mark   = "PK\x06\x06"
	locatorMark = "PK\x06\x07"

	endSize, end64Size, locatorSize = 22, 56, 20
)

// open reads the directory of the zip, or says why not and returns nil. Before
// and after the zip there must be nothing: a program that reads such a file from
// its beginning would not see what one that reads it from its end does.
func (v *verifier) open(r io.ReaderAt, size int64) (*zip.Reader, error) {
	directory, ok, err := directorySize(r, size)
	if err != nil {
		return nil, err
	}
	if !ok {
		v.fault(FaultZip, "", "non è uno zip intero, o qualcosa gli è stato messo davanti o dietro")
		return nil, nil
	}
	if directory > uint64(v.opt.Limits.Directory) {
		v.fault(FaultLimit, "", fmt.Sprintf("l'indice dello zip ha %d byte, più di %d", directory, v.opt.Limits.Directory))
		return nil, nil
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are looked at below, each
		v.fault(FaultZip, "", fmt.Sprintf("non è uno zip intero (%v)", err))
		return nil, nil
	}
	if !v.withinLimits(z, size) {
		return nil, nil
	}
	return z, nil
}

// directorySize reads from the end of a zip without comment how many bytes its
// directory has; ok says that it begins and ends as such a zip does.
func directorySize(r io.ReaderAt, size int64) (directory uint64, ok bool, err error) {
	if size < endSize {
		return 0, false, nil
	}
	begin, end := make([]byte, len(localMark)), make([]byte, endSize)
	for at, part := range map[int64][]byte{0: begin, size - endSize: end} {
		if _, err := r.ReadAt(part, at); err != nil {
			return 0, false, fmt.Errorf("read the bundle: %w", err)
		}
	}
	if string(begin) != localMark || string(end[:4]) != endMark || end[20] != 0 || end[21] != 0 {
		return 0, false, nil
	}
	length, offset := uint64(binary.LittleEndian.Uint32(end[12:])), uint64(binary.LittleEndian.Uint32(end[16:]))
	stop := uint64(size - endSize)
	if size >= endSize+locatorSize+end64Size {
		more := make([]byte, end64Size+locatorSize)
		if _, err := r.ReadAt(more, size-endSize-int64(len(more))); err != nil {
			return 0, false, fmt.Errorf("read the bundle: %w", err)
		}
		if bytes.HasPrefix(more[end64Size:], []byte(locatorMark)) {
			if !bytes.HasPrefix(more, []byte(end64Mark)) {
				return 0, false, nil
			}
			length, offset = binary.LittleEndian.Uint64(more[40:]), binary.LittleEndian.Uint64(more[48:])
			stop -= uint64(len(more))
		}
	}
	return length, offset <= stop && stop-offset == length, nil
}

// withinLimits says whether a zip can be unpacked, by what its directory says.
// Unpacking stops where it says, and what it says twice of the same bytes counts
// twice.
func (v *verifier) withinLimits(z *zip.Reader, size int64) bool {
	l := v.opt.Limits
	if len(z.File) > l.Entries {
		v.fault(FaultLimit, "", fmt.Sprintf("ha %d file, più di %d", len(z.File), l.Entries))
		return false
	}
	var unpacked uint64
	type span struct{ from, to uint64 }
	var spans []span
	for _, f := range z.File {
		if unpacked += f.UncompressedSize64; unpacked < f.UncompressedSize64 || unpacked > l.Unpacked {
			v.fault(FaultLimit, "", fmt.Sprintf("aperto avrebbe più di %d byte", l.Unpacked))
			return false
		}
		from, err := f.DataOffset()
		if err != nil || uint64(from)+f.CompressedSize64 < f.CompressedSize64 || uint64(from)+f.CompressedSize64 > uint64(size) {
			v.fault(FaultZip, f.Name, fmt.Sprintf("%.200q non è dove l'indice dello zip dice", f.Name))
			return false
		}
		spans = append(spans, span{uint64(from), uint64(from) + f.CompressedSize64})
	}
	if unpacked > l.Floor && unpacked/l.Ratio > uint64(size) {
		v.fault(FaultLimit, "", fmt.Sprintf("aperto avrebbe %d byte, più di %d volte lo zip", unpacked, l.Ratio))
		return false
	}
	slices.SortFunc(spans, func(a, b span) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			v.fault(FaultZip, "", "due file dello zip stanno sugli stessi byte")
			return false
		}
	}
	return true
}
