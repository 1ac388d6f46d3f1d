package cash

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/xmlscan"
)

// wholeWorkbook reads a workbook and proves that it is whole: the zip, its
// checksums, its size when unpacked, and the XML of its sheets and texts.
// The library that reads the cells takes a damaged part for a shorter one and
// would lose the rows after the damage without a word.
func wholeWorkbook(in io.Reader, limit int64) ([]byte, error) {
	packed, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading the workbook: %w", err)
	}
	switch {
	case len(packed) == 0:
		return nil, &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case int64(len(packed)) > limit:
		return nil, tooLarge(limit)
	case !bytes.HasPrefix(packed, []byte("PK\x03\x04")):
		return nil, notWorkbook()
	}
	book, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, &record.FileError{
			Code: record.FileTruncated, Cause: err,
			Message: "la cartella di lavoro è incompleta: farsela mandare di nuovo",
		}
	}
	if !slices.ContainsFunc(book.File, func(part *zip.File) bool { return isXML(part.Name) }) {
		return nil, notWorkbook()
	}
	for _, part := range book.File {
		if limit, err = checkPart(part, limit); err != nil {
			return nil, err
		}
	}
	return packed, nil
}

// checkPart unpacks one part of a workbook and returns what remains of the
// limit.
func checkPart(part *zip.File, limit int64) (int64, error) {
	if part.UncompressedSize64 > uint64(limit) {
		return 0, tooLarge(limit)
	}
	open, err := part.Open()
	if err != nil {
		return 0, damaged(err)
	}
	defer open.Close()
	// The size in the heading of a part may lie.
	bounded := &io.LimitedReader{R: open, N: limit + 1}
	if isXML(part.Name) {
		if err := wellFormed(bounded); err != nil {
			return 0, damaged(err)
		}
	}
	if _, err := io.Copy(io.Discard, bounded); err != nil {
		return 0, damaged(err)
	}
	if bounded.N == 0 {
		return 0, tooLarge(limit)
	}
	return bounded.N - 1, nil
}

// isXML tells the parts whose XML must be whole; rows come from some of them.
func isXML(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	return strings.HasPrefix(name, "xl/") && strings.HasSuffix(name, ".xml")
}

func wellFormed(r io.Reader) error {
	x := xmlscan.New(r, xmlscan.Limits{})
	for {
		if _, err := x.Next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// damaged is the error of a workbook that cannot be unpacked or read.
func damaged(err error) error {
	var fault *record.FileError
	if errors.As(err, &fault) && fault.Code == record.FileLimit {
		return fault // too much of something is not damage
	}
	return &record.FileError{
		Code: record.FileContainer, Cause: err,
		Message: "la cartella di lavoro è danneggiata: aprirla, salvarla di nuovo e rimandarla",
	}
}

func notWorkbook() error {
	return &record.FileError{
		Code:    record.FileUnknown,
		Message: "non è una cartella di lavoro XLSX: salvarla in formato .xlsx e senza password",
	}
}

func tooLarge(limit int64) error {
	return &record.FileError{
		Code:    record.FileLimit,
		Message: fmt.Sprintf("la cartella di lavoro supera %d MiB: dividerla o togliere ciò che non serve", limit>>20),
	}
}
