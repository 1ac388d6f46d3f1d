package store

import (
	"fmt"
	"strings"
	"time"

	"quadra/engine/record"
)

// FileState is what became of an offered file.
type FileState string

// The states of a file.
const (
	FileLoaded    FileState = "loaded"    // its records are in the books
	FileDuplicate FileState = "duplicate" // same bytes as a loaded file: nothing done
	FileRejected  FileState = "rejected"  // refused as a whole, with the reason
	FileFailed    FileState = "failed"    // our side failed; it will be tried again
)

// File is one offered file and what became of it.
type File struct {
	ID          int64
	RunID       int64
	SHA256      string
	Name        string
	Drop        string // name of the drop; empty when imported by hand
	Source      string // what the drop was expected to hold
	Size        int64
	Modified    time.Time
	SeenAt      time.Time
	State       FileState
	DuplicateOf int64 // file with the same bytes
	Answered    bool  // the outcome was written back and the file moved aside

	Code    string // record.FileCode of a refusal
	Message string // for people, in Italian
	Entry   string // where in the container
	Line    int

	Rows     int64
	Accepted int64
	Rejected int64
	Total    record.Cents // to compare with the paper
}

// AddFile records an offered file. It counts as failed until its outcome is
// set, in the same transaction.
func (tx *Tx) AddFile(f *File) error {
	id, err := tx.insert("FileInsert", f.RunID, f.SHA256, f.Name, f.Drop, f.Source, f.Size,
		instant(f.Modified), instant(f.SeenAt))
	f.ID, f.State = id, FileFailed
	return err
}

// LoadedFile returns the id of the file that was loaded with these bytes, or 0.
func (tx *Tx) LoadedFile(sha256 string) (int64, error) {
	var id int64
	_, err := tx.one("FileLoadedWithSHA", []any{sha256}, &id)
	return id, err
}

// KnownFile returns the id of a file already taken from this drop with this
// name, size and time, or 0: such a file need not be fetched again.
func (tx *Tx) KnownFile(drop, name string, size int64, modified time.Time) (int64, error) {
	var id int64
	_, err := tx.one("FileKnown", []any{drop, name, size, instant(modified)}, &id)
	return id, err
}

// SetOutcome stores what became of the file.
func (tx *Tx) SetOutcome(f *File) error {
	_, err := tx.exec("FileOutcome", string(f.State), nullable(f.DuplicateOf), f.Code, f.Message, f.Entry, f.Line,
		f.Rows, f.Accepted, f.Rejected, int64(f.Total), f.ID)
	return err
}

// SetAnswered records that the outcome of the file reached its drop.
func (tx *Tx) SetAnswered(id int64) error {
	_, err := tx.exec("FileAnswered", id)
	return err
}

// FileByID returns a file, or nil.
func (tx *Tx) FileByID(id int64) (*File, error) {
	var out *File
	err := tx.each("FileColumns", []any{id}, func(scan func(...any) error) error {
		f, err := scanFile(scan)
		out = f
		return err
	})
	return out, err
}

// LatestArrival is when a file last arrived in a drop: the time the drop gave it,
// but not later than it was seen; zero when none ever did.
func (tx *Tx) LatestArrival(drop string) (time.Time, error) {
	var at string
	if _, err := tx.one("FileLatestArrival", []any{drop}, &at); err != nil {
		return time.Time{}, err
	}
	return parseInstant(at)
}

// Unfinished lists the files that were read and whose outcome has not reached
// their drop.
func (tx *Tx) Unfinished() ([]*File, error) {
	var ids []int64
	err := tx.each("FileUnfinished", nil, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	files := make([]*File, 0, len(ids))
	for _, id := range ids {
		f, err := tx.FileByID(id)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// Files calls fn for every file ever offered, in the order of arrival.
func (tx *Tx) Files(fn func(*File) error) error {
	return tx.each("FileAll", nil, func(scan func(...any) error) error {
		f, err := scanFile(scan)
		if err != nil {
			return err
		}
		return fn(f)
	})
}

func scanFile(scan func(...any) error) (*File, error) {
	var f File
	var modified, seen string
	err := scan(&f.ID, &f.RunID, &f.SHA256, &f.Name, &f.Drop, &f.Source, &f.Size, &modified, &seen, &f.State,
		&f.DuplicateOf, &f.Answered, &f.Code, &f.Message, &f.Entry, &f.Line, &f.Rows, &f.Accepted, &f.Rejected, &f.Total)
	if err != nil {
		return nil, err
	}
	if f.Modified, err = parseInstant(modified); err != nil {
		return nil, fmt.Errorf("file %d: %w", f.ID, err)
	}
	if f.SeenAt, err = parseInstant(seen); err != nil {
		return nil, fmt.Errorf("file %d: %w", f.ID, err)
	}
	return &f, nil
}

// Document is a document found in a file and what was taken of it.
type Document struct {
	record.Doc
	Rows     int64 // read, rejected ones included
	Accepted int64
	Rejected int64
	Total    record.Cents
}

// Documents lists the documents found in a file, in the order they were read.
func (tx *Tx) Documents(file int64) ([]Document, error) {
	var docs []Document
	err := tx.each("DocsOfFile", []any{file}, func(scan func(...any) error) error {
		var d Document
		var warnings string
		if err := scan(&d.Entry, &d.Kind, &d.Format, &d.Version, &d.Encoding, &warnings, &d.Rows, &d.Accepted,
			&d.Rejected, &d.Total); err != nil {
			return err
		}
		if warnings != "" {
			d.Warnings = strings.Split(warnings, "\n")
		}
		docs = append(docs, d)
		return nil
	})
	return docs, err
}

// Rejects calls fn for every reject of a file, in the order of the file.
func (tx *Tx) Rejects(file int64, fn func(*record.Reject) error) error {
	return tx.each("RejectsOfFile", []any{file}, func(scan func(...any) error) error {
		var r record.Reject
		if err := scan(&r.Entry, &r.Line, &r.Column, &r.Code, &r.Value, &r.Reason, &r.Part); err != nil {
			return err
		}
		return fn(&r)
	})
}
