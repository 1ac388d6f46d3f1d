package parsers

import (
	"context"
	"errors"
	"fmt"

	"quadra/engine/record"
)

// NoteSink is a sink that takes notes, which are no records of payments: not
// every sink does.
type NoteSink interface {
	Note(*record.Note) error
}

// InstructionSink is a sink that takes changes of accertamenti that people ask
// for: not every sink does.
type InstructionSink interface {
	Instruction(*record.Instruction) error
}

var (
	errNoNotes        = errors.New("this sink takes no notes")
	errNoInstructions = errors.New("this sink takes no instructions for accertamenti")
)

// Note passes on a note.
func (s entrySink) Note(n *record.Note) error {
	if to, ok := s.Sink.(NoteSink); ok {
		return to.Note(n)
	}
	return errNoNotes
}

// Instruction passes on an instruction.
func (s entrySink) Instruction(in *record.Instruction) error {
	if to, ok := s.Sink.(InstructionSink); ok {
		return to.Instruction(in)
	}
	return errNoInstructions
}

// ReadNotes reads a file that must be a file of notes, and nothing else. The
// rejects are its wrong rows; with any of them, or when the file is something
// else or broken, the error is a [*record.FileError] and there are no notes.
func ReadNotes(ctx context.Context, path string, opt Options) ([]record.Note, []record.Reject, error) {
	s := peopleSink{kind: record.KindNotes, what: "un elenco di segnalazioni"}
	if err := Parse(ctx, path, opt, &s); err != nil {
		return nil, s.rejects, err
	}
	return s.notes, nil, nil
}

// ReadInstructions is [ReadNotes] for changes of accertamenti.
func ReadInstructions(ctx context.Context, path string, opt Options) ([]record.Instruction, []record.Reject, error) {
	s := peopleSink{kind: record.KindInstructions, what: "un elenco di richieste sugli accertamenti"}
	if err := Parse(ctx, path, opt, &s); err != nil {
		return nil, s.rejects, err
	}
	return s.instructions, nil, nil
}

// peopleSink keeps what people write, of one kind. Other records never reach it:
// they come after their document.
type peopleSink struct {
	record.Sink
	kind         record.Kind
	what         string
	notes        []record.Note
	instructions []record.Instruction
	rejects      []record.Reject
}

// Doc refuses what is of another kind.
func (s *peopleSink) Doc(d *record.Doc) error {
	if d.Kind == s.kind {
		return nil
	}
	return &record.FileError{Entry: d.Entry, Code: record.FileContent,
		Message: fmt.Sprintf("il file non è %s, ma %s (%s)", s.what, d.Kind, d.Format)}
}

// Note keeps a note.
func (s *peopleSink) Note(n *record.Note) error {
	s.notes = append(s.notes, *n)
	return nil
}

// Instruction keeps an instruction.
func (s *peopleSink) Instruction(in *record.Instruction) error {
	s.instructions = append(s.instructions, *in)
	return nil
}

// Reject keeps a wrong row.
func (s *peopleSink) Reject(r *record.Reject) error {
	s.rejects = append(s.rejects, *r)
	return nil
}
