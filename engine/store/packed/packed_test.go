package packed_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"

	"quadra/engine/store/packed"
)

// open returns a database with a table and the connection behind it.
func open(tb testing.TB) (*sql.Conn, packed.Conn) {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(tb.TempDir(), "t.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	conn, err := db.Conn(context.WithoutCancel(tb.Context()))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := conn.Close(); err != nil {
			tb.Error(err)
		}
	})
	var c packed.Conn
	if err := conn.Raw(func(raw any) (err error) { c, err = packed.ConnOf(raw); return err }); err != nil {
		tb.Fatal(err)
	}
	if _, err := conn.ExecContext(tb.Context(), "CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER, s TEXT) STRICT"); err != nil {
		tb.Fatal(err)
	}
	return conn, c
}

func prepare(tb testing.TB, c packed.Conn, text string) *packed.Stmt {
	tb.Helper()
	s, err := c.Prepare(text)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

const insert = "INSERT OR IGNORE INTO t (k, n, s) VALUES (?, ?, ?)"

func TestRowsGoInAndComeOutAsTheyAre(t *testing.T) {
	conn, c := open(t)
	tx, err := conn.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		k    string
		n    int64
		s    string
		null bool
	}
	var want []row
	var rows packed.Rows
	for i := range 3000 {
		w := row{k: fmt.Sprintf("%05d", i), n: int64(i-1500) << 40, s: strings.Repeat("è", i%40), null: i%7 == 0}
		if i == 2222 {
			w.s = strings.Repeat("x", 300_000) // more than the room of a reading
		}
		if w.null {
			w.n, w.s = 0, ""
		}
		want = append(want, w)
		rows.Text(w.k)
		if w.null {
			rows.Null()
			rows.Null()
			continue
		}
		rows.Int(w.n)
		rows.Text(w.s)
	}
	n, err := prepare(t, c, insert).Run(&rows)
	if err != nil || n != int64(len(want)) {
		t.Fatalf("%d rows inserted, %v", n, err)
	}
	if n, err := prepare(t, c, insert).Run(&rows); err != nil || n != 0 {
		t.Errorf("again: %d rows inserted, %v", n, err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}

	var args packed.Rows
	args.Text("00000")
	q := prepare(t, c, "SELECT k, n, s, n IS NULL FROM t WHERE k >= ? ORDER BY k")
	for range 2 { // the second time after the first ended
		r, err := q.Query(&args)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			more, err := r.Next()
			if err != nil || !more {
				t.Fatalf("row %d: %v", i, err)
			}
			if got := (row{r.Text(), r.Int(), r.Text(), r.Flag()}); got != w {
				t.Fatalf("row %d is %.200v, want %.200v", i, got, w)
			}
		}
		if more, err := r.Next(); more || err != nil {
			t.Errorf("after the last row: %v %v", more, err)
		}
		r.Close()
	}
}

func TestWhatIsRolledBackIsGone(t *testing.T) {
	conn, c := open(t)
	tx, err := conn.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var rows packed.Rows
	rows.Text("a")
	rows.IntOrNull(0)
	rows.TextOrNull("")
	s := prepare(t, c, insert)
	if _, err := s.Run(&rows); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM t").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows are left, %v", n, err)
	}
}

// TestStatementMayChangeMuch of what its transaction has written before: what undoes
// it goes to a file once it is more than is kept in memory.
func TestStatementMayChangeMuch(t *testing.T) {
	conn, _ := open(t)
	for _, statement := range []string{
		"BEGIN",
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i, i, hex(zeroblob(500)) FROM n",
		"UPDATE t SET k = k || 'a long key', s = s || s WHERE n > 0",
		"ROLLBACK",
	} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestErrorsAreSQLites(t *testing.T) {
	_, c := open(t)
	if _, err := c.Prepare("INSERT INTO missing VALUES (1)"); err == nil || !strings.Contains(err.Error(), "no such table: missing") {
		t.Errorf("unknown table: %v", err)
	}
	s := prepare(t, c, "INSERT INTO t (k, n, s) VALUES (?, ?, ?)")
	var rows packed.Rows
	for range 2 {
		rows.Text("a")
		rows.Int(1)
		rows.Text("s")
	}
	n, err := s.Run(&rows)
	var why packed.Error
	if !errors.As(err, &why) || why.ExtendedCode != sqlite3.ErrConstraintUnique && why.ExtendedCode != sqlite3.ErrConstraintPrimaryKey || n != 1 {
		t.Errorf("same key twice: %d rows, %v", n, err)
	}
	rows.Reset()
	rows.Text("b")
	rows.Text("no number")
	rows.Text("s")
	if _, err := s.Run(&rows); err == nil || !strings.Contains(err.Error(), "cannot store TEXT value in INTEGER column") {
		t.Errorf("text in a number: %v", err)
	}
	rows.Reset()
	rows.Text("b")
	rows.Int(1)
	rows.Text("s")
	if _, err := prepare(t, c, "SELECT k FROM t WHERE k <> ? AND n <> ? AND s <> ?").Run(&rows); err != nil {
		t.Errorf("a query without rows: %v", err)
	}
	if _, err := prepare(t, c, "SELECT 1 WHERE ? <> '' AND ? <> 0 AND ? <> ''").Run(&rows); err == nil {
		t.Error("a query with rows is run as if it had none")
	}
}

func TestForeignConnectionsAreRefused(t *testing.T) {
	for _, raw := range []any{nil, 1, new(int), &sqlite3.SQLiteConn{}} {
		if _, err := packed.ConnOf(raw); err == nil {
			t.Errorf("%T is taken for a connection", raw)
		}
	}
}

func BenchmarkInsert(b *testing.B) {
	for _, way := range []string{"packed", "one"} {
		b.Run(way, func(b *testing.B) {
			conn, c := open(b)
			s := prepare(b, c, insert)
			tx, err := conn.BeginTx(b.Context(), nil)
			if err != nil {
				b.Fatal(err)
			}
			one, err := tx.PrepareContext(context.WithoutCancel(b.Context()), insert)
			if err != nil {
				b.Fatal(err)
			}
			var rows packed.Rows
			i := 0
			for b.Loop() {
				i++
				k := fmt.Sprintf("%012d", i)
				if way == "one" {
					if _, err := one.ExecContext(context.Background(), k, i, "s"); err != nil {
						b.Fatal(err)
					}
					continue
				}
				rows.Text(k)
				rows.Int(int64(i))
				rows.Text("s")
				if rows.Len() > 64<<10 {
					if _, err := s.Run(&rows); err != nil {
						b.Fatal(err)
					}
					rows.Reset()
				}
			}
			if err := tx.Rollback(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
