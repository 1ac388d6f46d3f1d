package archive

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"quadra/engine/record"
)

func openZip(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	// A section reader says EOF to the offsets outside the file that a damaged
	// zip asks for, where a file would say that the call is wrong.
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size)
	if errors.Is(err, zip.ErrFormat) {
		// The list of entries is at the end of a zip: a cut one has lost it.
		return nil, &record.FileError{
			Code: record.FileTruncated, Cause: err,
			Message: "il file zip è incompleto o danneggiato: farselo mandare di nuovo",
		}
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, broken("", err)
	}
	if isWorkbook(z.File) {
		return bare(r, size), nil
	}
	z.RegisterDecompressor(zip.Deflate, inflate)
	if len(z.File) > limits.MaxEntries {
		return nil, &record.FileError{
			Code:    record.FileLimit,
			Message: fmt.Sprintf("il file zip contiene %d elementi, il limite è %d", len(z.File), limits.MaxEntries),
		}
	}
	a := &Archive{Container: Zip}
	var total uint64
	for _, f := range z.File {
		keep, err := inspect(f, size, limits)
		if err != nil {
			return nil, err
		}
		if !keep {
			continue
		}
		if total += f.UncompressedSize64; total > uint64(limits.MaxTotalBytes) {
			return nil, tooLarge("", "il contenuto del file zip", limits.MaxTotalBytes)
		}
		a.Entries = append(a.Entries, entryOf(f))
	}
	if len(a.Entries) == 0 {
		return nil, &record.FileError{Code: record.FileEmpty, Message: "il file zip non contiene nessun file"}
	}
	slices.SortFunc(a.Entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	for i, e := range a.Entries[1:] {
		if e.Name == a.Entries[i].Name {
			return nil, unsafe(e.Name, "il file zip contiene due file con lo stesso nome")
		}
	}
	return a, nil
}

// inspect decides whether an entry is a document, or that the zip is refused.
func inspect(f *zip.File, size int64, limits Limits) (keep bool, err error) {
	const fromPaths = "il file zip contiene un nome che porta fuori dalla cartella: rifarlo con i soli nomi dei file"
	name := strings.ReplaceAll(f.Name, `\`, "/")
	shown := strings.ToValidUTF8(f.Name, "?")
	parts := strings.Split(name, "/")
	switch {
	case name == "" || len(name) > 1024 || strings.ContainsRune(name, 0):
		return false, unsafe(shown, "il file zip contiene un nome non valido")
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':', slices.Contains(parts, ".."):
		return false, unsafe(shown, fromPaths)
	case strings.HasSuffix(name, "/") || f.Mode().IsDir():
		return false, nil
	case !f.Mode().IsRegular():
		return false, unsafe(shown, "il file zip contiene un collegamento o un elemento che non è un file")
	case slices.ContainsFunc(parts, func(p string) bool { return p == "__MACOSX" || strings.HasPrefix(p, ".") }):
		return false, nil
	case f.Flags&0x1 != 0:
		return false, unsafe(shown, "il file zip è protetto da password: mandarlo senza")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return false, unsafe(shown, "il file zip usa un metodo di compressione non ammesso: rifarlo con quello normale (deflate)")
	case f.UncompressedSize64 > uint64(limits.MaxEntryBytes):
		return false, tooLarge(shown, "il contenuto", limits.MaxEntryBytes)
	case f.CompressedSize64 > uint64(size):
		return false, unsafe(shown, "il file zip è danneggiato: un elemento è più grande del file")
	case f.UncompressedSize64 > freeRatio && f.UncompressedSize64/uint64(limits.MaxRatio) > f.CompressedSize64:
		return false, &record.FileError{
			Entry: shown, Code: record.FileLimit,
			Message: fmt.Sprintf("il contenuto è compresso più di %d volte: il file zip non è credibile", limits.MaxRatio),
		}
	}
	return true, nil
}

func entryOf(f *zip.File) Entry {
	e := Entry{Name: strings.ToValidUTF8(f.Name, "?"), Size: int64(f.UncompressedSize64)}
	e.open = func() (io.ReadCloser, error) {
		r, err := f.Open()
		if err != nil {
			return nil, broken(e.Name, err)
		}
		return &guarded{ReadCloser: r, entry: e.Name, limit: e.Size, left: e.Size}, nil
	}
	return e
}

// IsWorkbook tells whether the zip of size bytes held by r is a workbook: an
// XLSX or an OpenDocument spreadsheet.
func IsWorkbook(r io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(r, size)
	return (err == nil || errors.Is(err, zip.ErrInsecurePath)) && isWorkbook(z.File)
}

// isWorkbook looks for the two things every workbook has: a list of types and
// sheets in Open Packaging; in OpenDocument its media type as the first entry
// (OpenDocument 1.3 part 2, 3.3) and its content.
func isWorkbook(files []*zip.File) bool {
	types, sheets, content := false, false, false
	for _, f := range files {
		types = types || f.Name == "[Content_Types].xml"
		sheets = sheets || strings.HasPrefix(f.Name, "xl/")
		content = content || f.Name == "content.xml"
	}
	return types && sheets || content && files[0].Name == "mimetype"
}

func unsafe(entry, message string) error {
	return &record.FileError{Entry: entry, Code: record.FileContainer, Message: message}
}

// broken is a fault met while unpacking. A failure of the disk stays what it
// is.
func broken(entry string, err error) error {
	code, message := record.FileContainer, "il file compresso è danneggiato: farselo mandare di nuovo"
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		code, message = record.FileTruncated, "il file compresso è incompleto: farselo mandare di nuovo"
	case errors.As(err, &corrupt), errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrAlgorithm),
		errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
	default:
		return fmt.Errorf("unpacking %q: %w", entry, err)
	}
	return &record.FileError{Entry: entry, Code: code, Message: message, Cause: err}
}
