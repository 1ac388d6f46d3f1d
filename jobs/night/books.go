package night

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"quadra/config"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/lock"
)

// Paths of an entity under the data folder.
type Paths struct{ data, ipa string }

// PathsOf returns where the books of an entity are.
func PathsOf(c *config.Config, e *config.Entity) Paths { return Paths{c.DataDir, e.IPA} }

// Database is the entity's SQLite file.
func (p Paths) Database() string { return filepath.Join(p.data, p.ipa+".db") }

// Lock is the file whose lock keeps two runs apart.
func (p Paths) Lock() string { return filepath.Join(p.data, p.ipa+".lock") }

// Archive is the folder of sealed files, shared by the entities.
func (p Paths) Archive() string { return filepath.Join(p.data, "archive") }

// Report is the folder of the report of an as-of date for those who may see
// everything; those of others have its name and some words more.
func (p Paths) Report(asOf record.Date) string {
	return filepath.Join(p.data, "reports", p.ipa, asOf.String())
}

// ErrNoBooks says that an entity has no database yet.
var ErrNoBooks = errors.New("the entity has no books yet: run quadra run or quadra import first")

// WriteBooks lets fn change the books of an entity outside a run, in one
// transaction: all of it is kept, or, when fn fails or in a dry run, none. It does
// not create the books, and waits for nobody: a *lock.HeldError says that a run
// holds the entity. command is for whoever is kept waiting by this.
func WriteBooks(ctx context.Context, c *config.Config, e *config.Entity, command string, now time.Time, dry bool, fn func(*store.Tx) error) error {
	if _, err := os.Stat(PathsOf(c, e).Database()); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", e.IPA, ErrNoBooks)
	}
	held, err := lock.Acquire(PathsOf(c, e).Lock(), command, now)
	if err != nil {
		return err
	}
	books, err := OpenBooks(ctx, c, e)
	if err != nil {
		return errors.Join(err, held.Release())
	}
	write := books.Write
	if dry {
		write = books.Read // which rolls back
	}
	return errors.Join(write(ctx, fn), books.Close(), held.Release())
}

// OpenBooks opens the books of an entity for reading. It does not create them:
// the error wraps [ErrNoBooks] when there are none.
func OpenBooks(ctx context.Context, c *config.Config, e *config.Entity) (*store.Store, error) {
	file := PathsOf(c, e).Database()
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", e.IPA, ErrNoBooks)
	}
	return store.Open(ctx, file, e.TaxCode)
}

// LastNights returns the last nights in the journal of an entity that ended well,
// the newest first; none when it has no books yet. Several, because one run by
// hand as of a day gone by says nothing about the others.
func LastNights(ctx context.Context, c *config.Config, e *config.Entity) (runs []store.Run, err error) {
	const enough = 16
	books, err := OpenBooks(ctx, c, e)
	if errors.Is(err, ErrNoBooks) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	err = books.Read(ctx, func(tx *store.Tx) error {
		runs, err = tx.LastNights(enough)
		return err
	})
	return runs, err
}

// Check says whether what the configuration of an entity names, rules and layouts,
// can be read and holds: what a night would otherwise find out at night.
func Check(c *config.Config, e *config.Entity) error {
	_, layouts := layoutsOf(e)
	_, ruleset := Ruleset(c, e)
	return errors.Join(layouts, ruleset)
}
