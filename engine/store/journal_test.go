package store_test

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/engine/store"
)

const taxCode = "80000123457"

// crash is a database as a power cut in the middle of a transaction leaves it:
// pages already overwritten, and the journal that gives them back.
type crash struct{ database, journal []byte }

// crashed makes the values of meta "before", then cuts a transaction that
// writes "after" once part of it has reached the file.
func crashed(t *testing.T) crash {
	t.Helper()
	file := filepath.Join(t.TempDir(), "books.db")
	st, err := store.Open(t.Context(), file, taxCode)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=truncate&_synchronous=full&_cache_size=10&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	run := func(statements ...string) {
		t.Helper()
		for _, s := range statements {
			if _, err := db.ExecContext(t.Context(), s); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
	}
	run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
		INSERT INTO meta SELECT printf('key %05d', i), 'before' || printf('%.*c', 500, 'x') FROM n`,
		"BEGIN IMMEDIATE",
		"UPDATE meta SET value = 'after' || printf('%.*c', 501, 'x') WHERE name LIKE 'key%'")
	defer run("ROLLBACK")
	image := crash{}
	for _, f := range []struct {
		name string
		to   *[]byte
	}{{file, &image.database}, {file + "-journal", &image.journal}} {
		if *f.to, err = os.ReadFile(f.name); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(string(image.database), "afterxxx"); n < 100 {
		t.Fatalf("the image is no crash: %d of 400 values had reached the file", n)
	}
	return image
}

// open opens the image and counts the values before and after the transaction.
func (c crash) open(t *testing.T) (before, after int, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "books.db")
	for name, content := range map[string][]byte{file: c.database, file + "-journal": c.journal} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	st, err := store.Open(t.Context(), file, taxCode)
	if err != nil {
		for name, content := range map[string][]byte{file: c.database, file + "-journal": c.journal} {
			now, e := os.ReadFile(name)
			if errors.Is(err, store.ErrDamagedJournal) && (e != nil || string(now) != string(content)) {
				t.Errorf("%s was touched although it cannot be recovered: %v", filepath.Base(name), e)
			}
		}
		return 0, 0, err
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	row := db.QueryRowContext(t.Context(), "SELECT coalesce(sum(value LIKE 'before%'), 0), coalesce(sum(value LIKE 'after%'), 0) FROM meta")
	if err := row.Scan(&before, &after); err != nil {
		t.Fatal(err)
	}
	return before, after, nil
}

func TestInterruptedTransactionIsRolledBack(t *testing.T) {
	if before, after, err := crashed(t).open(t); err != nil || before != 400 || after != 0 {
		t.Errorf("%d values from before, %d from after, %v", before, after, err)
	}
}

// TestDamagedJournalIsRefusedAndNeverMixesTwoStates cuts the journal at every
// kind of place and damages what its checksums cover: the books are those from
// before the transaction, or they are not opened and not touched.
func TestDamagedJournalIsRefusedAndNeverMixesTwoStates(t *testing.T) {
	image := crashed(t)
	page := int(binary.BigEndian.Uint32(image.journal[24:]))
	sector := int(binary.BigEndian.Uint32(image.journal[20:]))
	counted := int(binary.BigEndian.Uint32(image.journal[8:]))
	if counted < 2 {
		t.Fatalf("the first segment counts %d records", counted)
	}
	first := sector + counted*(page+8)
	random := rand.New(rand.NewPCG(7, 0))
	refused := 0
	check := func(name string, c crash) {
		t.Helper()
		before, after, err := c.open(t)
		switch {
		case errors.Is(err, store.ErrDamagedJournal):
			refused++
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case before != 400 || after != 0:
			t.Errorf("%s: opened with %d values from before and %d from after the transaction", name, before, after)
		}
	}
	for range 12 {
		check("journal cut inside its counted records", crash{image.database, image.journal[:sector+random.IntN(first-sector)]})
	}
	for range 12 {
		damaged := append([]byte(nil), image.journal...)
		record := sector + random.IntN(counted)*(page+8)
		sampled := page - 200*(1+random.IntN((page-1)/200))
		damaged[record+4+sampled] ^= 0x20
		check("counted page changed", crash{image.database, damaged})
	}
	damaged := append([]byte(nil), image.journal...)
	damaged[0] ^= 1
	check("beginning overwritten", crash{image.database, damaged})
	if refused != 25 {
		t.Errorf("%d of 25 damaged journals were refused", refused)
	}
}

// TestJournalThatNeverReachedTheDiskIsNoDamage: after a power cut the journal of
// a transaction that had not touched the database may be empty, or zeros.
func TestJournalThatNeverReachedTheDiskIsNoDamage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "books.db")
	st, err := store.Open(t.Context(), file, taxCode)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	untouched, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	uncounted := append([]byte(nil), crashed(t).journal[:3000]...)
	copy(uncounted, make([]byte, 12)) // the magic number and the count come last
	for name, journal := range map[string][]byte{
		"empty": {}, "zeros": make([]byte, 8192), "shorter than a header": []byte("\xd9\xd5\x05"), "records not counted yet": uncounted,
	} {
		if _, _, err := (crash{untouched, journal}).open(t); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDamagedDatabaseIsRefusedAfterARecovery: what SQLite's own check finds
// after rolling back is not worked on.
func TestDamagedDatabaseIsRefusedAfterARecovery(t *testing.T) {
	image := crashed(t)
	page := int(binary.BigEndian.Uint32(image.journal[24:]))
	damaged := append([]byte(nil), image.database...)
	damaged = damaged[:len(damaged)/page/2*page] // half of it is gone
	if _, _, err := (crash{damaged, image.journal}).open(t); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("error is %v", err)
	}
}
