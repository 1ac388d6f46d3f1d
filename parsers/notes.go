package parsers

import (
	"context"
	"errors"

	"quadra/engine/record"
)

// NoteSink is a sink that takes notes, which are no records of payments: not
// every sink does.
type NoteSink interface {
	Note(*record.Note) error
}

var errNoNotes = errors.New("this sink takes no notes")

// Note passes on a note.
func (s entrySink) Note(n *record.Note) error {
	if to, ok := s.Sink.(NoteSink); ok {
		return to.Note(n)
	}
	return errNoNotes
}

// ReadNotes reads a file that must be a file of notes, and nothing else. The
// rejects are its wrong rows; with any of them, or when the file is something
// else or broken, the error is a [*record.FileError] and there are no notes.
func ReadNotes(ctx context.Context, path string, opt Options) ([]record.Note, []record.Reject, error) {
	var s noteSink
	if err := Parse(ctx, path, opt, &s); err != nil {
		return nil, s.rejects, err
	}
	return s.notes, nil, nil
}

// noteSink keeps notes. Other records never reach it: they come after their
// document.
type noteSink struct {
	record.Sink
	notes   []record.Note
	rejects []record.Reject
}

// Doc refuses what is no file of notes.
func (s *noteSink) Doc(d *record.Doc) error {
	if d.Kind == record.KindNotes {
		return nil
	}
	return &record.FileError{Entry: d.Entry, Code: record.FileContent,
		Message: "il file non è un elenco di segnalazioni, ma " + string(d.Kind) + " (" + d.Format + ")"}
}

// Note keeps a note.
func (s *noteSink) Note(n *record.Note) error {
	s.notes = append(s.notes, *n)
	return nil
}

// Reject keeps a wrong row.
func (s *noteSink) Reject(r *record.Reject) error {
	s.rejects = append(s.rejects, *r)
	return nil
}
