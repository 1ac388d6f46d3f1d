package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// Store is one entity's database. It is meant for one process at a time (the
// caller holds the entity's lock); methods are safe for use by several
// goroutines but writers wait for each other.
type Store struct {
	db        *sql.DB
	file      string
	kept      kept
	repeated  repeated
	unsettled atomic.Bool // something has arrived that is not in its place
}

// ErrOtherEntity is returned by [Open] when the file holds another entity.
var ErrOtherEntity = errors.New("the database belongs to another entity")

// Open opens the database of the entity, creating or migrating it when needed.
// taxCode guards against a file put under the wrong name.
//
// What an interrupted transaction left is rolled back here; then the whole
// database is checked. [ErrDamagedJournal] and [ErrDamaged] say that it cannot
// be trusted, [ErrNewer] that a later quadra wrote it. Before a migration the
// database is copied to [SchemaBackup].
func Open(ctx context.Context, file, taxCode string) (*Store, error) {
	recovered, err := checkJournal(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	s, err := openFile(file)
	if err != nil {
		return nil, err
	}
	if recovered {
		err = s.Check(ctx, CheckQuick)
	}
	if err == nil {
		err = s.migrate(ctx, file)
	}
	if err == nil {
		err = s.claim(ctx, taxCode)
	}
	if err == nil {
		err = s.lookForArrivals(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), s.Close())
	}
	return s, nil
}

func openFile(file string) (*Store, error) {
	return connect(file, url.Values{
		"_foreign_keys": {"on"},
		"_journal_mode": {"truncate"},
		"_synchronous":  {"full"},
		"_txlock":       {"immediate"},
		"_mutex":        {"no"}, // one goroutine at a time has the connection
		"_busy_timeout": {"10000"},
		"_cache_size":   {"-65536"}, // KiB
	})
}

// ReadAlso is [Store.Read] on a connection of its own, so that it may run while
// another transaction reads: on two processors two readings take as long as one.
// Both see the same books as long as nobody writes, which is for the caller to
// see to, as for [Store.Settle] beforehand.
func (s *Store) ReadAlso(ctx context.Context, fn func(*Tx) error) (err error) {
	beside, err := connect(s.file, url.Values{
		"_query_only":   {"on"},
		"_txlock":       {"deferred"},
		"_busy_timeout": {"10000"},
		"_cache_size":   {"-16384"}, // KiB
	})
	if err != nil {
		return err
	}
	return errors.Join(beside.Read(ctx, fn), beside.Close())
}

func connect(file string, settings url.Values) (*Store, error) {
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: settings.Encode()}).String()
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	// One connection: SQLite has one writer, and a single page cache keeps
	// memory flat.
	db.SetMaxOpenConns(1)
	return &Store{db: db, file: file}, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

func (s *Store) claim(ctx context.Context, taxCode string) error {
	return s.Write(ctx, func(tx *Tx) error {
		have, err := tx.Meta("tax_code")
		switch {
		case err != nil:
			return err
		case have == "":
			return tx.SetMeta("tax_code", taxCode)
		case have != taxCode:
			return fmt.Errorf("%w: it holds %s, the configuration says %s", ErrOtherEntity, have, taxCode)
		}
		return nil
	})
}

// Tx is a transaction. It is not safe for concurrent use and ends with the
// function it was given to.
//
// What it writes in bulk, and what files brought, may be in the database a little
// later than it was written: every statement finds all of what it can see.
type Tx struct {
	ctx   context.Context
	sql   *sql.Tx
	stmts map[string]statement
	kept  *kept

	repeated  *repeated
	cancelled context.Context // says when to end early
	conn      packed.Conn
	bulks     map[string]*bulk
	reads     map[string]*packed.Stmt
	open      []*packed.Stmt
	days      map[record.Date]string
	behind    tables // of which bulks hold back rows
	arriving  [kinds]arriving
	unsettled bool // something has arrived that is not in its place
	settles   int  // how often that was put in its place
	off       *putOff
	judging   judging
}

type statement struct {
	*sql.Stmt
	sees tables
}

// Write runs fn in one immediate transaction: all of it is committed, or none.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	return s.transact(ctx, false, fn)
}

// Read runs fn on one consistent snapshot.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	before := s.unsettled.Load()
	settled := false
	err := s.transact(ctx, true, func(tx *Tx) error {
		err := fn(tx)
		settled = before && !tx.unsettled
		return err
	})
	if err == nil && settled { // for good, or every reading would do it again
		err = s.Settle(ctx)
	}
	return err
}

// Settle puts what files brought in its place for good, where that has not been
// done yet. Readings do it by themselves; it is for who begins several at once.
func (s *Store) Settle(ctx context.Context) error {
	if !s.unsettled.Load() {
		return nil
	}
	return s.Write(ctx, func(tx *Tx) error { return tx.catchUp(unsettled) })
}

func (s *Store) transact(ctx context.Context, readOnly bool, fn func(*Tx) error) (err error) {
	s.keepStatements(ctx)
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	direct, err := connOf(conn)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// The driver would start a goroutine per statement for a context that can be
	// cancelled, and could close the connection under what runs beside it.
	calm := context.WithoutCancel(ctx)
	sqlTx, err := conn.BeginTx(calm, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &Tx{ctx: calm, sql: sqlTx, stmts: make(map[string]statement), kept: &s.kept, repeated: &s.repeated,
		cancelled: ctx, conn: direct, bulks: make(map[string]*bulk), reads: make(map[string]*packed.Stmt), days: make(map[record.Date]string), unsettled: s.unsettled.Load()}
	endInterrupting := interrupting(ctx, direct)
	committed := false
	defer func() { // also when fn panics: the one connection must come back
		s.repeated.ended(committed)
		tx.release()
		endInterrupting()
		if !committed {
			// After a full disk SQLite has rolled back already.
			e := sqlTx.Rollback()
			if e != nil && !errors.Is(e, sql.ErrTxDone) && !strings.Contains(e.Error(), "no transaction is active") {
				err = errors.Join(err, fmt.Errorf("roll back: %w", e))
			}
		}
	}()
	err = fn(tx)
	if err == nil && !readOnly {
		err = tx.writeMarks()
	}
	if err == nil && !readOnly {
		err = errors.Join(tx.write(everything), tx.writeArrivals())
	}
	if ctx.Err() != nil {
		if err == nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("%w: %w", context.Cause(ctx), err) // the statements fail for having been interrupted
	}
	if err != nil || readOnly {
		return err
	}
	tx.release() // a statement that stands on a row would keep the transaction open
	endInterrupting()
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	s.unsettled.Store(tx.unsettled)
	return nil
}

func (tx *Tx) prepare(name string) (*sql.Stmt, error) {
	st, known := tx.stmts[name]
	if !known {
		var err error
		if st, err = tx.statement(name); err != nil {
			return nil, err
		}
	}
	if err := tx.stopped(); err != nil {
		return nil, err
	}
	return st.Stmt, tx.catchUp(st.sees)
}

func (tx *Tx) compile(name, text string, sees tables) (statement, error) {
	st, err := tx.sql.PrepareContext(tx.ctx, text)
	if err != nil {
		return statement{}, fmt.Errorf("prepare %s: %w", name, err)
	}
	tx.stmts[name] = statement{st, sees}
	return tx.stmts[name], nil
}

// exec runs a named statement and says how many rows it touched.
func (tx *Tx) exec(name string, args ...any) (int64, error) {
	st, err := tx.prepare(name)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(tx.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

// insert runs a named INSERT into a table with a rowid and returns the row's id.
func (tx *Tx) insert(name string, args ...any) (int64, error) {
	st, err := tx.prepare(name)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(tx.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return res.LastInsertId()
}

// one scans the single row of a named query; found is false when there is none.
func (tx *Tx) one(name string, args []any, dest ...any) (found bool, err error) {
	st, err := tx.prepare(name)
	if err != nil {
		return false, err
	}
	err = st.QueryRowContext(tx.ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	return true, nil
}

// each scans every row of a named query. fn may run other statements of the
// same transaction as long as it does not write what the query still reads.
func (tx *Tx) each(name string, args []any, fn func(scan func(dest ...any) error) error) error {
	st, err := tx.prepare(name)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(tx.ctx, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return rows.Close()
}

// Meta returns a named value of the database, or the empty text.
func (tx *Tx) Meta(name string) (string, error) {
	var v string
	_, err := tx.one("MetaGet", []any{name}, &v)
	return v, err
}

// SetMeta stores a named value.
func (tx *Tx) SetMeta(name, value string) error {
	_, err := tx.exec("MetaSet", name, value)
	return err
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func parseInstant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, s)
}

// nullable turns 0 into NULL, for optional references.
func nullable(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
