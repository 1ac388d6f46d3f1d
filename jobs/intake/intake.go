// Package intake takes one offered file into an entity's books: seal its bytes
// in the archive, know them again, read them, and say what became of them.
//
// A file is in the books as a whole or not at all, and what became of it is
// recorded in the same transaction. Whatever is wrong with a file is its own
// outcome, never an error: errors are failures on our side.
package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/archive"
	"quadra/parsers"
)

// Intake takes files for one entity within one run.
type Intake struct {
	Store    *store.Store
	Archive  *archive.Archive
	TaxCode  string
	Run      int64
	MaxBytes int64 // of one file as it arrives; more is refused
	Limits   parsers.Limits
	Now      func() time.Time
}

// Offer is a file that a drop or a person offers.
type Offer struct {
	Name     string
	Drop     string // name of the drop; empty when given by hand
	Source   string // what the drop is expected to hold
	Size     int64
	Modified time.Time
}

// Seal copies the bytes into the archive and records the file as sealed. When
// reading fails nothing is recorded and the error is returned.
func (in *Intake) Seal(ctx context.Context, o Offer, r io.Reader) (*store.File, error) {
	sealed, err := in.Archive.Seal(ctx, r, in.MaxBytes)
	var tooLong *archive.LimitError
	if errors.As(err, &tooLong) {
		return in.refuse(ctx, o, &record.FileError{
			Code:    record.FileLimit,
			Message: fmt.Sprintf("il file supera il limite di %d byte: dividerlo, o alzare limits.file nella configurazione", tooLong.Limit),
		})
	}
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", o.Name, err)
	}
	f := in.file(o)
	f.SHA256, f.Size = sealed.SHA256, sealed.Size
	err = in.Store.Write(ctx, func(tx *store.Tx) error { return tx.AddFile(f) })
	return f, err
}

// Fail records that a file could not be fetched, so that the journal and the
// report show it. It will be fetched again.
func (in *Intake) Fail(ctx context.Context, o Offer, message string) (*store.File, error) {
	f := in.file(o)
	return f, in.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.AddFile(f); err != nil {
			return err
		}
		f.State, f.Code, f.Message = store.FileFailed, "FETCH", message
		return tx.SetOutcome(f)
	})
}

func (in *Intake) refuse(ctx context.Context, o Offer, why *record.FileError) (*store.File, error) {
	f := in.file(o)
	return f, in.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.AddFile(f); err != nil {
			return err
		}
		f.State, f.Code, f.Message = store.FileRejected, string(why.Code), why.Message
		return tx.SetOutcome(f)
	})
}

func (in *Intake) file(o Offer) *store.File {
	return &store.File{RunID: in.Run, Name: o.Name, Drop: o.Drop, Source: o.Source, Size: o.Size,
		Modified: o.Modified, SeenAt: in.Now()}
}

// Load reads a sealed file into the books and sets its state: loaded, duplicate
// or rejected.
func (in *Intake) Load(ctx context.Context, f *store.File) error {
	path, err := in.Archive.Path(f.SHA256)
	if err != nil {
		return err
	}
	var refused *record.FileError
	err = in.Store.Write(ctx, func(tx *store.Tx) error {
		twin, err := tx.LoadedFile(f.SHA256)
		if err != nil {
			return err
		}
		if twin != 0 {
			f.State, f.DuplicateOf = store.FileDuplicate, twin
			return tx.SetOutcome(f)
		}
		loader, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := parsers.Parse(ctx, path, parsers.Options{TaxCode: in.TaxCode, Limits: in.Limits}, loader); err != nil {
			return err
		}
		if err := loader.Close(); err != nil {
			return err
		}
		f.State = store.FileLoaded
		return tx.SetOutcome(f)
	})
	if errors.As(err, &refused) && ctx.Err() == nil {
		f.State, f.Rows, f.Accepted, f.Rejected, f.Total = store.FileRejected, 0, 0, 0, 0
		f.Code, f.Message, f.Entry, f.Line = string(refused.Code), refused.Message, refused.Entry, refused.Line
		return in.Store.Write(ctx, func(tx *store.Tx) error { return tx.SetOutcome(f) })
	}
	if err != nil {
		return fmt.Errorf("load %s: %w", f.Name, err)
	}
	return nil
}
