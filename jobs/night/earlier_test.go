package night_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestDryRunOnBooksOfAnEarlierVersionMigratesOnlyItsCopy: trying out a new
// quadra must leave the books to the old one.
func TestDryRunOnBooksOfAnEarlierVersionMigratesOnlyItsCopy(t *testing.T) {
	p := local(t, "move")
	if err := os.MkdirAll(p.cfg.DataDir, 0o750); err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile("../../engine/store/migrations/0001_initial.sql")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.cfg.DataDir, "c_q001.db")
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), string(schema)+"; PRAGMA user_version = 1")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	p.opt.DryRun = true
	if res := p.night(); res.Run.Loaded != 1 {
		t.Errorf("the dry run loaded %d files", res.Run.Loaded)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Errorf("the books were touched: %v", err)
	}
}
