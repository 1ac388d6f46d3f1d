package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer is returned by [Open] when the file was written by a later quadra.
var ErrNewer = errors.New("the database was written by a newer quadra; install that version or restore a backup")

// migration is one numbered step of the schema. Numbers only grow; one may be
// left out.
type migration struct {
	number int
	name   string
}

// steps lists the migrations in order.
func steps() ([]migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	list := make([]migration, len(names))
	for i, name := range names {
		number, err := strconv.Atoi(strings.SplitN(path.Base(name), "_", 2)[0])
		if err != nil || number < 1 || i > 0 && number <= list[i-1].number {
			return nil, fmt.Errorf("migration %s is out of order", name)
		}
		list[i] = migration{number, name}
	}
	return list, nil
}

// Schema says which schema a database has and which one this program writes.
// It changes nothing and does not migrate.
func Schema(ctx context.Context, file string) (have, latest int, err error) {
	list, err := steps()
	if err != nil {
		return 0, 0, err
	}
	s, err := openFile(file)
	if err != nil {
		return 0, 0, err
	}
	have, err = s.schema(ctx)
	return have, list[len(list)-1].number, errors.Join(err, s.Close())
}

func (s *Store) schema(ctx context.Context) (int, error) {
	var have int
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	return have, nil
}

// SchemaBackup is where [Open] leaves a copy of a database before it migrates
// it from a schema.
func SchemaBackup(file string, schema int) string { return fmt.Sprintf("%s.v%d.bak", file, schema) }

// migrate brings the schema forward, one numbered file per transaction. A
// database that holds something is copied first.
func (s *Store) migrate(ctx context.Context, file string) error {
	list, err := steps()
	if err != nil {
		return err
	}
	have, err := s.schema(ctx)
	if err != nil {
		return err
	}
	latest := list[len(list)-1].number
	if have > latest {
		return fmt.Errorf("%w (it has schema %d, this quadra knows %d)", ErrNewer, have, latest)
	}
	if have > 0 && have < latest {
		if err := s.CopyTo(ctx, SchemaBackup(file, have)); err != nil {
			return fmt.Errorf("before migrating from schema %d: %w", have, err)
		}
	}
	for _, m := range list {
		if m.number <= have {
			continue
		}
		src, err := migrations.ReadFile(m.name)
		if err != nil {
			return err
		}
		err = s.Write(ctx, func(tx *Tx) error {
			if _, err := tx.sql.ExecContext(ctx, string(src)); err != nil {
				return err
			}
			_, err := tx.sql.ExecContext(ctx, "PRAGMA user_version = "+strconv.Itoa(m.number))
			return err
		})
		if err != nil {
			return fmt.Errorf("apply migration %s: %w", m.name, err)
		}
	}
	return nil
}

// Copy writes a consistent copy of a database to a new file, as [Store.CopyTo]
// does, without migrating it.
func Copy(ctx context.Context, file, to string) error {
	if _, err := checkJournal(ctx, file); err != nil {
		return err
	}
	s, err := openFile(file)
	if err != nil {
		return err
	}
	return errors.Join(s.CopyTo(ctx, to), s.Close())
}

// CopyTo writes a consistent copy of the database to a file, which is replaced
// when whole and on disk. Only the user can read it.
func (s *Store) CopyTo(ctx context.Context, file string) error {
	fail := func(err error) error { return fmt.Errorf("copy the database to %s: %w", file, err) }
	part := file + ".part"
	// VACUUM INTO wants no file or an empty one; this one has the mode.
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fail(err)
	}
	_, err = s.db.ExecContext(ctx, "VACUUM INTO ?", part)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(fail(err), os.Remove(part))
	}
	if err := os.Rename(part, file); err != nil {
		return fail(err)
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return fail(err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Recover rolls back what an interrupted transaction left in a database, without
// migrating it: afterwards the file stands alone. See [Open] for its errors.
func Recover(ctx context.Context, file string) error {
	hot, err := checkJournal(ctx, file)
	if err != nil || !hot {
		return err
	}
	s, err := openFile(file)
	if err != nil {
		return err
	}
	return errors.Join(s.Write(ctx, func(*Tx) error { return nil }), s.Close())
}

// Recoverable says whether what an interrupted transaction left beside a
// database can be rolled back, without doing it: nil, or [ErrDamagedJournal].
func Recoverable(ctx context.Context, file string) error {
	_, err := checkJournal(ctx, file)
	return err
}
