// Package intake takes one offered file into an entity's books: seal its bytes
// in the archive, know them again, read them, and say what became of them.
//
// A file is in the books as a whole or not at all, and that it is there, its
// records and what became of it are one transaction. A run killed before it
// leaves nothing but bytes in the archive, which the next run seals again
// without effect. Whatever is wrong with a file is its own outcome, never an
// error: errors are failures on our side.
package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"quadra/engine/book"
	"quadra/engine/decide"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/archive"
	"quadra/parsers"
)

// Intake takes files for one entity within one run.
type Intake struct {
	Store    *store.Store
	Archive  *archive.Archive
	Run      int64
	MaxBytes int64           // of one file as it arrives; more is refused
	Parsing  parsers.Options // what files are read for
	Accounts record.Accounts // of the entity
	// ClosedUntil is the last closed year of account; its chart does not change.
	ClosedUntil int
	// Author is who gives files by hand; empty for drops, whose files name
	// theirs.
	Author string
	Now    func() time.Time
}

// Offer is a file that a drop or a person offers.
type Offer struct {
	Name     string
	Drop     string // name of the drop; empty when given by hand
	Source   string // what the drop is expected to hold
	Size     int64
	Modified time.Time
}

// Take seals the bytes of r and reads them into the books. The file's state is
// loaded, duplicate or rejected; when r fails nothing is recorded and its error
// is returned.
func (in *Intake) Take(ctx context.Context, o Offer, r io.Reader) (*store.File, error) {
	sealed, err := in.Archive.Seal(ctx, r, in.MaxBytes)
	return in.Load(ctx, o, in.Begin(ctx, sealed, err))
}

// Begun is a file whose bytes were sealed, or could not be, and whose reading has
// begun. It is given to [Intake.Load], or closed.
type Begun struct {
	sealed  archive.Sealed
	err     error // of sealing
	path    string
	reading *parsers.Reading // nil when there is nothing to read
}

// Begin begins to read bytes that were sealed already, or could not be: sealing is
// the error of that. The books are not touched: the next file may begin while one
// is loaded.
func (in *Intake) Begin(ctx context.Context, sealed archive.Sealed, sealing error) *Begun {
	b := &Begun{sealed: sealed, err: sealing}
	if sealing == nil {
		b.path, b.err = in.Archive.Path(sealed.SHA256)
	}
	if b.err == nil {
		b.reading = parsers.Begin(ctx, b.path, in.Parsing)
	}
	return b
}

// Close ends the reading.
func (b *Begun) Close() { b.reading.Close() }

// Load is Take for a file that has begun. A file beyond the limit is refused; any
// other error of sealing is returned and nothing recorded.
func (in *Intake) Load(ctx context.Context, o Offer, b *Begun) (*store.File, error) {
	defer b.Close()
	f := &store.File{RunID: in.Run, Name: o.Name, Drop: o.Drop, Source: o.Source, Size: o.Size, Modified: o.Modified, SeenAt: in.Now()}
	var tooLong *archive.LimitError
	if errors.As(b.err, &tooLong) {
		return f, in.refuse(ctx, f, nil, &record.FileError{
			Code:    record.FileLimit,
			Message: fmt.Sprintf("il file supera il limite di %d byte: dividerlo, o alzare limits.file nella configurazione", tooLong.Limit),
		})
	}
	if b.err != nil {
		return f, fmt.Errorf("seal %s: %w", o.Name, b.err)
	}
	f.SHA256, f.Size = b.sealed.SHA256, b.sealed.Size
	kept := &rejects{source: f.Source}
	err := in.Store.Write(ctx, func(tx *store.Tx) error { return in.load(tx, f, b.reading.Into, kept) })
	if b.reading.Doubtful() && ctx.Err() == nil {
		kept = &rejects{source: f.Source}
		err = in.Store.Write(ctx, func(tx *store.Tx) error {
			return in.load(tx, f, func(to record.Sink) error { return parsers.Parse(ctx, b.path, in.Parsing, to) }, kept)
		})
	}
	var refused *record.FileError
	if errors.As(err, &refused) && ctx.Err() == nil {
		// Decisions are read first and checked against the books afterwards.
		slices.SortStableFunc(kept.list, func(a, b record.Reject) int {
			return cmp.Or(cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Line, b.Line))
		})
		return f, in.refuse(ctx, f, kept.list, refused)
	}
	if err != nil {
		return f, fmt.Errorf("load %s: %w", o.Name, err)
	}
	return f, nil
}

// load is the transaction of a file, whose records come from read.
func (in *Intake) load(tx *store.Tx, f *store.File, read func(record.Sink) error, kept *rejects) error {
	twin, err := tx.LoadedFile(f.SHA256)
	if err != nil {
		return err
	}
	if err := tx.AddFile(f); err != nil {
		return err
	}
	if twin != 0 {
		f.State, f.DuplicateOf = store.FileDuplicate, twin
		return in.settle(tx, f)
	}
	loader, err := tx.NewLoader(f)
	if err != nil {
		return err
	}
	loader.Accounts = in.Accounts
	kept.Loader = loader
	if err := read(kept); err != nil {
		return err
	}
	if _, err := decide.Apply(tx, f, loader, kept.Reject); err != nil {
		return err
	}
	if err := in.note(tx, f, kept); err != nil {
		return err
	}
	if err := loader.Close(); err != nil {
		return err
	}
	if wrong, err := book.Apply(tx, in.Run, f.ID, in.ClosedUntil); err != nil {
		kept.list = append(kept.list, wrong...)
		return err
	}
	if wrong, err := book.Assess(tx, in.Run, f.ID, in.ClosedUntil, in.Now()); err != nil {
		kept.list = append(kept.list, wrong...)
		return err
	}
	if err := in.instruct(tx, kept); err != nil {
		return err
	}
	f.State = store.FileLoaded
	return in.settle(tx, f)
}

// settle records the outcome of a file and the step of the run.
func (in *Intake) settle(tx *store.Tx, f *store.File) error {
	if err := tx.SetOutcome(f); err != nil {
		return err
	}
	return tx.AddStep(in.Run, "file", fmt.Sprintf("%s %s %s", f.State, f.SHA256, f.Name), in.Now())
}

// refuse records a file that cannot be taken, with the rows that were found
// wrong before it was given up.
func (in *Intake) refuse(ctx context.Context, f *store.File, rows []record.Reject, why *record.FileError) error {
	return in.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.AddFile(f); err != nil {
			return err
		}
		if len(rows) > 0 {
			loader, err := tx.NewLoader(f)
			if err != nil {
				return err
			}
			for i := range rows {
				if err := loader.Reject(&rows[i]); err != nil {
					return err
				}
			}
		}
		f.State, f.Accepted, f.Rows, f.Total = store.FileRejected, 0, f.Rejected, 0
		f.Code, f.Message, f.Entry, f.Line = string(why.Code), why.Message, why.Entry, why.Line
		return in.settle(tx, f)
	})
}

// Fail records that a file could not be fetched, so that the journal and the
// report show it. It will be fetched again.
func (in *Intake) Fail(ctx context.Context, o Offer, message string) (*store.File, error) {
	f := &store.File{RunID: in.Run, Name: o.Name, Drop: o.Drop, Source: o.Source, Size: o.Size, Modified: o.Modified, SeenAt: in.Now()}
	return f, in.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.AddFile(f); err != nil {
			return err
		}
		f.State, f.Code, f.Message = store.FileFailed, "FETCH", message
		return in.settle(tx, f)
	})
}
