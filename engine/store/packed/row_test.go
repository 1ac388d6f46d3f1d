package packed_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quadra/engine/store/packed"
)

func TestBytesGoInAndComeOutAsTheyAre(t *testing.T) {
	conn, c := open(t)
	if _, err := conn.ExecContext(t.Context(), "CREATE TABLE b (id INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT"); err != nil {
		t.Fatal(err)
	}
	want := [][]byte{{}, {0}, []byte("a\x00b\xff"), bytes.Repeat([]byte{7, 0}, 100_000)}
	var rows packed.Rows
	for i, b := range want {
		rows.Int(int64(i))
		rows.Bytes(b)
	}
	if _, err := prepare(t, c, "INSERT INTO b (id, b) VALUES (?, ?)").Run(&rows); err != nil {
		t.Fatal(err)
	}
	q := prepare(t, c, "SELECT b FROM b ORDER BY id")
	for range 2 { // the second reading in the room of the first
		r, err := q.Query(nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if more, err := r.Next(); !more || err != nil {
				t.Fatalf("row %d: %v", i, err)
			}
			if got := r.Bytes(); !bytes.Equal(got, want[i]) {
				t.Errorf("row %d has %d bytes, want %d", i, len(got), len(want[i]))
			}
		}
		r.Close()
	}
}

func TestRunEachSaysWhichRowsWentIn(t *testing.T) {
	_, c := open(t)
	var rows packed.Rows
	for _, k := range strings.Fields("a b a c b") {
		rows.Text(k)
		rows.Int(1)
		rows.Text("s")
	}
	did := make([]byte, 5)
	n, err := prepare(t, c, insert).RunEach(&rows, did)
	if err != nil || n != 3 || !slices.Equal(did, []byte{1, 1, 0, 1, 0}) {
		t.Errorf("%d rows, %v, %v", n, did, err)
	}
}

// Rows compare as SQLite orders them.
func TestRowsAreOrderedAsSQLiteOrdersThem(t *testing.T) {
	conn, c := open(t)
	if _, err := conn.ExecContext(t.Context(), "CREATE TABLE o (s TEXT NOT NULL, n INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (s, n, id)) STRICT, WITHOUT ROWID"); err != nil {
		t.Fatal(err)
	}
	fill, read, clearAll := prepare(t, c, "INSERT INTO o (s, n, id) VALUES (?, ?, ?)"), prepare(t, c, "SELECT s, n, id FROM o ORDER BY s, n, id"), prepare(t, c, "DELETE FROM o WHERE id >= ?")
	rapid.Check(t, func(t *rapid.T) {
		var rows packed.Rows
		var all []packed.Row
		var ends []int
		for i := range rapid.IntRange(1, 20).Draw(t, "rows") {
			rows.Text(rapid.StringOfN(rapid.RuneFrom([]rune("ab\x00è")), 0, 3, -1).Draw(t, "s"))
			rows.Int(rapid.Int64Range(-2, 2).Draw(t, "n"))
			rows.Int(int64(i))
			ends = append(ends, rows.Len())
		}
		from := 0
		for _, end := range ends {
			row := rows.Row(from, end)
			if row.Len(3) != len(row) {
				t.Fatalf("a row of %d bytes is said to have %d", len(row), row.Len(3))
			}
			all, from = append(all, row), end
		}
		if _, err := fill.Run(&rows); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(all, func(a, b packed.Row) int { return a.Compare(b, 3) })
		r, err := read.Query(nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			if more, err := r.Next(); !more || err != nil {
				t.Fatalf("row %d: %v", i, err)
			}
			if s, n, id := r.Text(), r.Int(), r.Int(); s != string(all[i].Text(0)) || n != all[i].Int(1) || id != all[i].Int(2) {
				t.Errorf("row %d is %q %d %d, want %q %d %d", i, s, n, id, all[i].Text(0), all[i].Int(1), all[i].Int(2))
			}
		}
		r.Close()
		var from0 packed.Rows
		from0.Int(0)
		if _, err := clearAll.Run(&from0); err != nil {
			t.Fatal(err)
		}
	})
}
