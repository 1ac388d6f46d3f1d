package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/engine/store"
)

// first is a database with the first schema and something in it.
func first(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "books.db")
	src, err := os.ReadFile("migrations/0001_initial.sql")
	if err != nil {
		t.Fatal(err)
	}
	exec(t, file, string(src)+`;
		PRAGMA user_version = 1;
		INSERT INTO meta VALUES ('tax_code', '`+taxCode+`'), ('kept', 'yes');
		INSERT INTO run (as_of, state, ruleset, ruleset_hash, version, started_at) VALUES ('2026-09-01', 'done', 'r', 'h', '1', '2026-09-01T00:30:00Z')`)
	return file
}

func exec(t *testing.T, file, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

func value(t *testing.T, file, query string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var v string
	if err := db.QueryRowContext(t.Context(), query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestOldSchemaIsCopiedThenBroughtForward(t *testing.T) {
	file := first(t)
	st, err := store.Open(t.Context(), file, taxCode)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	have, latest, err := store.Schema(t.Context(), file)
	if err != nil || have != latest || have == 1 {
		t.Errorf("schema %d of %d, %v", have, latest, err)
	}
	if v := value(t, file, "SELECT value FROM meta WHERE name = 'kept'"); v != "yes" {
		t.Errorf("what was kept is %q", v)
	}
	copied := store.SchemaBackup(file, 1)
	if have, _, err := store.Schema(t.Context(), copied); err != nil || have != 1 {
		t.Errorf("the copy has schema %d, %v", have, err)
	}
	if v := value(t, copied, "SELECT value FROM meta WHERE name = 'kept'"); v != "yes" {
		t.Errorf("the copy kept %q", v)
	}
	info, err := os.Stat(copied)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v, %v", info.Mode(), err)
	}
}

func TestNoMigrationWithoutItsCopy(t *testing.T) {
	file := first(t)
	if err := os.MkdirAll(filepath.Join(store.SchemaBackup(file, 1), "in the way"), 0o750); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), file, taxCode); err == nil || !strings.Contains(err.Error(), "before migrating from schema 1") {
		t.Errorf("error is %v", err)
	}
	if have, _, err := store.Schema(t.Context(), file); err != nil || have != 1 {
		t.Errorf("schema is %d, %v", have, err)
	}
}

func TestNewerSchemaIsRefusedAndUntouched(t *testing.T) {
	file := first(t)
	_, latest, err := store.Schema(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, file, fmt.Sprintf("PRAGMA user_version = %d", latest+1))
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), file, taxCode)
	if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), fmt.Sprintf("schema %d, this quadra knows %d", latest+1, latest)) {
		t.Errorf("error is %v", err)
	}
	after, err := os.ReadFile(file)
	if err != nil || string(after) != string(before) {
		t.Errorf("the database was touched: %v", err)
	}
}
