package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"quadra/engine/store"
	"quadra/jobs/archive"
	"quadra/jobs/durable"
)

// ErrBooksThere says that the entity has books already and they were not to be
// set aside.
var ErrBooksThere = errors.New("the entity has books already: with --force they are set aside, not lost")

// ErrOtherEntity says that a backup is not of the entity it was to be brought
// back for.
var ErrOtherEntity = errors.New("the backup is of another entity")

// RestoreOptions of [Restore].
type RestoreOptions struct {
	Force   bool // books that are there are set aside
	DryRun  bool // the backup is checked and nothing is touched
	Now     func() time.Time
	Observe func(Event) // may be nil
}

// Restored is what [Restore] did.
type Restored struct {
	Manifest Manifest
	SetAside string // where the books that were there are now; empty: there were none
	Files    int    // sealed files put into the archive, or found there
}

// Look reads what a backup says it is.
func Look(path string) (*Manifest, error) {
	stop := errors.New("seen")
	var seen Manifest
	_, err := unpack(context.Background(), path, unpacked{begin: func(m *Manifest) error {
		seen = *m
		return stop
	}}, nil)
	if errors.Is(err, stop) {
		return &seen, nil
	}
	return nil, err
}

// Restore brings a backup back. The caller holds the entity. The backup is
// checked from end to end before anything is touched; then its sealed files go
// into the archive, and the database takes its place in one step: a kill leaves
// the old books or the new ones. Nothing that was there is removed.
func Restore(ctx context.Context, path string, b Books, opt RestoreOptions) (*Restored, error) {
	fail := func(err error) (*Restored, error) { return nil, fmt.Errorf("restore %s: %w", b.IPA, err) }
	seen, err := Look(path)
	if err != nil {
		return fail(err)
	}
	if seen.IPA != b.IPA || seen.TaxCode != b.TaxCode {
		return fail(fmt.Errorf("%w: %s, tax code %s", ErrOtherEntity, seen.IPA, seen.TaxCode))
	}
	_, err = os.Lstat(b.Database)
	there := err == nil
	if there && !opt.Force {
		return fail(ErrBooksThere)
	}
	dir := filepath.Dir(b.Database)
	if err := durable.MkdirAll(dir, 0o750); err != nil {
		return fail(err)
	}
	m, err := Check(ctx, path, dir, opt.Observe)
	if err != nil {
		return fail(err)
	}
	res := &Restored{Manifest: *m, Files: m.Files}
	if there {
		res.SetAside = b.Database + ".before-restore-" + opt.Now().UTC().Format(stamp)
	}
	if opt.DryRun {
		return res, nil
	}
	fresh := b.Database + ".restore"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(err) // what a killed restore left
	}
	if err := bringBack(ctx, path, b, fresh, opt.Observe); err != nil {
		return fail(err)
	}
	if err := place(ctx, fresh, b.Database, res.SetAside); err != nil {
		return fail(err)
	}
	return res, nil
}

// bringBack unpacks the sealed files into the archive and the database beside
// its place.
func bringBack(ctx context.Context, path string, b Books, fresh string, observe func(Event)) error {
	sealed, err := archive.Open(b.Archive)
	if err != nil {
		return err
	}
	_, err = unpack(ctx, path, unpacked{
		config:   func(_ string, r io.Reader) error { return discard(r) },
		database: func(r io.Reader) error { return writeFile(fresh, r) },
		sealed: func(sha string, r io.Reader) error {
			got, err := sealed.Seal(ctx, struct{ io.Reader }{r}, 0)
			if err == nil && got.SHA256 != sha {
				err = fmt.Errorf("%w: the content of %s is not what it was", ErrBroken, sha)
			}
			return err
		},
	}, observe)
	return err
}

// place puts fresh in the place of the database in one step, after giving the
// books that are there a second name, and sets their journal aside with them.
func place(ctx context.Context, fresh, database, aside string) error {
	if aside == "" {
		if err := dropStrayJournal(database); err != nil {
			return err
		}
		if err := os.Rename(fresh, database); err != nil {
			return err
		}
		return durable.Sync(filepath.Dir(database))
	}
	// A journal that can be rolled back belongs to the old books and would spoil
	// the new ones: it is rolled back here. One that cannot stays until the new
	// books are in place, which nothing opens as long as it is there.
	recovered := store.Recover(ctx, database)
	if recovered != nil && !errors.Is(recovered, store.ErrDamagedJournal) {
		if err := setJournalAside(database, aside); err != nil { // the old books are no database at all
			return err
		}
	}
	if err := os.Link(database, aside); err != nil {
		return err
	}
	if err := os.Rename(fresh, database); err != nil {
		return err
	}
	return errors.Join(setJournalAside(database, aside), durable.Sync(filepath.Dir(database)))
}

func setJournalAside(database, aside string) error {
	err := os.Rename(database+"-journal", aside+"-journal")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// dropStrayJournal removes a journal whose database is gone.
func dropStrayJournal(database string) error {
	err := os.Remove(database + "-journal")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// WriteConfig writes the configuration of a backup to a file that must not
// exist, for a machine that has none.
func WriteConfig(ctx context.Context, path, to string) error {
	found := false
	_, err := unpack(ctx, path, unpacked{
		config: func(name string, r io.Reader) error {
			if name != filepath.Base(configName) {
				// Beside it, where the configuration looks for it when it says so.
				return writeFile(filepath.Join(filepath.Dir(to), name), r)
			}
			found = true
			return writeFile(to, r)
		},
		database: discard,
		sealed:   func(_ string, r io.Reader) error { return discard(r) },
	}, nil)
	if err == nil && !found {
		err = fmt.Errorf("%w: there is no configuration in it", ErrBroken)
	}
	return err
}
