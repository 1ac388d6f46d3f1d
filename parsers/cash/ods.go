package cash

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
)

const containerODS = "ods"

// FormatODS is the format of a list of provvisori in an OpenDocument
// spreadsheet; see [Layout] for the others.
const FormatODS = "provvisori-" + containerODS

// odsType is the media type of an OpenDocument spreadsheet, which its first
// entry holds, neither packed nor encrypted (OpenDocument 1.3 part 2, 3.3).
const odsType = "application/vnd.oasis.opendocument.spreadsheet"

// LooksLikeODS tells an OpenDocument spreadsheet from its first bytes.
func LooksLikeODS(head []byte) bool {
	const name = "mimetype"
	const at = 30 // of the name in the heading of a zip entry
	if !bytes.HasPrefix(head, []byte("PK\x03\x04")) || len(head) < at+len(name) || !bytes.HasPrefix(head[at:], []byte(name)) {
		return false
	}
	extra := int(head[28]) | int(head[29])<<8
	content := head[min(at+len(name)+extra, len(head)):]
	return bytes.HasPrefix(content, []byte(odsType))
}

// ReadODS reads movements from the first table of an OpenDocument spreadsheet
// whose top ten rows fit a layout. A number or a day counts with the value the
// program saved, whatever it shows; everything else is as in [ReadXLSX].
//
// The packed spreadsheet is held in memory, its tables are read as a stream.
// File errors: those of [ReadXLSX].
func ReadODS(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	doc := record.Doc{Format: containerODS}
	empty := Summary{Doc: preset("provvisori").docOf(doc)}
	content, err := odsContent(in, opt.MaxBytes)
	if err != nil {
		return empty, err
	}
	open, err := content.Open()
	if err != nil {
		return empty, damaged(err)
	}
	defer open.Close()
	// The size in the heading of a part may lie.
	bounded := &io.LimitedReader{R: open, N: opt.MaxBytes + 1}
	s, found, err := readTables(ctx, newODSTables(bounded, opt.MaxCells), doc, opt, sink)
	switch {
	case bounded.N == 0:
		return s, tooLarge(opt.MaxBytes)
	case err != nil:
		return s, err
	case !found:
		return empty, noSheet()
	}
	return s, nil
}

// readTables reads the first table that fits a layout, and then to the end of
// the document: only there it is known to be whole.
func readTables(ctx context.Context, tables *odsTables, doc record.Doc, opt Options, sink Sink) (s Summary, found bool, err error) {
	for !found {
		if err := tables.next(); errors.Is(err, io.EOF) {
			return s, false, nil
		} else if err != nil {
			return s, false, err
		}
		if s, found, err = chooseAndRead(ctx, tables, doc, opt, sink); err != nil {
			return s, found, err
		}
	}
	for ; err == nil; err = tables.next() {
		if ctx.Err() != nil {
			return s, true, ctx.Err()
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return s, true, err
}

// odsContent finds the part of a spreadsheet that holds the tables.
func odsContent(in io.Reader, limit int64) (*zip.File, error) {
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
		return nil, notODS("non è un foglio elettronico ODS: salvarlo in formato .ods o .xlsx")
	}
	book, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, &record.FileError{
			Code: record.FileTruncated, Cause: err,
			Message: "la cartella di lavoro è incompleta: farsela mandare di nuovo",
		}
	}
	var content *zip.File
	for _, part := range book.File {
		switch part.Name {
		case "META-INF/manifest.xml":
			if secret, err := mentions(part, "encryption-data"); err != nil {
				return nil, damaged(err)
			} else if secret {
				return nil, notODS("il foglio elettronico è protetto da password: salvarlo senza password e mandarlo di nuovo")
			}
		case "content.xml":
			content = part
		}
	}
	switch {
	case content == nil:
		return nil, notODS("non è un foglio elettronico ODS: salvarlo in formato .ods o .xlsx")
	case content.UncompressedSize64 > uint64(limit):
		return nil, tooLarge(limit)
	}
	return content, nil
}

// maxManifest is how much of the list of parts is looked at.
const maxManifest = 1 << 20

// mentions tells whether a word stands in a part.
func mentions(part *zip.File, word string) (bool, error) {
	open, err := part.Open()
	if err != nil {
		return false, err
	}
	defer open.Close()
	text, err := io.ReadAll(io.LimitReader(open, maxManifest))
	return bytes.Contains(text, []byte(word)), err
}

func notODS(message string) error {
	return &record.FileError{Code: record.FileUnknown, Message: message}
}
