package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/archive"
	"quadra/jobs/backup"
)

var made = time.Date(2026, 11, 15, 3, 0, 0, 0, time.UTC)

// place is an entity with two sealed files and a run.
type place struct {
	t     *testing.T
	dir   string
	books backup.Books
	sha   []string
	opt   backup.Options
	held  int
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	p := &place{t: t, dir: dir, books: backup.Books{IPA: "c_q001", TaxCode: "80000123457", Database: filepath.Join(dir, "data", "c_q001.db"),
		Archive: filepath.Join(dir, "data", "archive"), Config: []string{filepath.Join(dir, "mine.yaml")}, Version: "test"}}
	p.opt = backup.Options{Dir: filepath.Join(dir, "backups"), Now: func() time.Time { return made },
		Hold: func() (func() error, error) {
			p.held++
			return func() error { p.held--; return nil }, nil
		}}
	if err := os.WriteFile(p.books.Config[0], []byte("data_dir: data\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		p.run(fmt.Sprintf("content of file %d", i))
	}
	return p
}

// run seals a file and records it in a run.
func (p *place) run(content string) {
	p.t.Helper()
	sealed, err := archive.Open(p.books.Archive)
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := sealed.Seal(p.t.Context(), strings.NewReader(content), 0)
	if err != nil {
		p.t.Fatal(err)
	}
	p.sha = append(p.sha, s.SHA256)
	st := p.open()
	defer st.Close()
	err = st.Write(p.t.Context(), func(tx *store.Tx) error {
		r := &store.Run{AsOf: record.NewDate(2026, 11, 15), StartedAt: made}
		if err := tx.StartRun(r); err != nil {
			return err
		}
		f := &store.File{RunID: r.ID, SHA256: s.SHA256, Name: content, SeenAt: made, Modified: made}
		if err := tx.AddFile(f); err != nil {
			return err
		}
		f.State = store.FileLoaded
		r.State, r.EndedAt = store.RunDone, made
		return errors.Join(tx.SetOutcome(f), tx.EndRun(r))
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) open() *store.Store {
	p.t.Helper()
	st, err := store.Open(p.t.Context(), p.books.Database, p.books.TaxCode)
	if err != nil {
		p.t.Fatal(err)
	}
	return st
}

func (p *place) backup() *backup.Result {
	p.t.Helper()
	res, err := backup.Create(p.t.Context(), p.books, p.opt)
	if err != nil {
		p.t.Fatal(err)
	}
	if p.held != 0 {
		p.t.Error("the entity is still held")
	}
	return res
}

// names lists the files the books know.
func (p *place) names() string {
	p.t.Helper()
	st := p.open()
	defer st.Close()
	var names []string
	err := st.Read(p.t.Context(), func(tx *store.Tx) error {
		return tx.Files(func(f *store.File) error {
			names = append(names, f.Name)
			return nil
		})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.Join(names, ", ")
}

func (p *place) restore(path string, force bool) (*backup.Restored, error) {
	return backup.Restore(p.t.Context(), path, p.books, backup.RestoreOptions{Force: force, Now: func() time.Time { return made.Add(time.Hour) }})
}

func TestBackupBringsBackBooksAndSealedFilesOnAnEmptyMachine(t *testing.T) {
	p := newPlace(t)
	res := p.backup()
	if want := filepath.Join(p.opt.Dir, "quadra-c_q001-20261115T030000Z.tar.zst"); res.Path != want {
		t.Errorf("path %s, want %s", res.Path, want)
	}
	info, err := os.Stat(res.Path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != res.Bytes {
		t.Errorf("mode %v, size %d of %d, %v", info.Mode(), info.Size(), res.Bytes, err)
	}
	if left, _ := os.ReadDir(p.opt.Dir); len(left) != 1 {
		t.Errorf("the folder holds %v", left)
	}
	if res.Manifest.Files != 2 || len(res.Manifest.Missing) != 0 || res.Manifest.Seal == "" {
		t.Errorf("manifest %+v", res.Manifest)
	}
	other := newPlace(t)
	if err := os.RemoveAll(filepath.Join(other.dir, "data")); err != nil {
		t.Fatal(err)
	}
	got, err := other.restore(res.Path, false)
	if err != nil || got.SetAside != "" || got.Files != 2 {
		t.Fatalf("restored %+v, %v", got, err)
	}
	if names := other.names(); names != "content of file 0, content of file 1" {
		t.Errorf("books know %s", names)
	}
	sealed, err := archive.Open(other.books.Archive)
	if err != nil {
		t.Fatal(err)
	}
	for _, sha := range p.sha {
		if err := sealed.Verify(t.Context(), sha); err != nil {
			t.Error(err)
		}
	}
	to := filepath.Join(t.TempDir(), "quadra.yaml")
	if err := backup.WriteConfig(t.Context(), res.Path, to); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(to); err != nil || string(text) != "data_dir: data\n" {
		t.Errorf("configuration %q, %v", text, err)
	}
}

// TestAnybodyCanOpenABackup unpacks it with tar and checks it with sha256sum.
func TestAnybodyCanOpenABackup(t *testing.T) {
	p := newPlace(t)
	res := p.backup()
	if _, err := exec.LookPath("zstd"); err != nil {
		if os.Getenv("QUADRA_REQUIRE") != "" {
			t.Fatal(err)
		}
		t.Skip("zstd is not here")
	}
	script := fmt.Sprintf("tar --zstd -xf %q && sha256sum --quiet -c SHA256SUMS", res.Path)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestBooksThatAreThereAreSetAsideOnlyWhenAsked(t *testing.T) {
	p := newPlace(t)
	res := p.backup()
	p.run("later")
	if _, err := p.restore(res.Path, false); !errors.Is(err, backup.ErrBooksThere) {
		t.Errorf("without --force: %v", err)
	}
	if names := p.names(); !strings.HasSuffix(names, "later") {
		t.Errorf("the books were touched: %s", names)
	}
	got, err := p.restore(res.Path, true)
	if err != nil {
		t.Fatal(err)
	}
	if names := p.names(); names != "content of file 0, content of file 1" {
		t.Errorf("books know %s", names)
	}
	p.books.Database = got.SetAside
	if names := p.names(); !strings.HasSuffix(names, "later") {
		t.Errorf("what was set aside knows %s", names)
	}
}

// TestRestoreOverADamagedJournal is what a restore is for: books that are
// refused because of what an interrupted run left.
func TestRestoreOverADamagedJournal(t *testing.T) {
	p := newPlace(t)
	res := p.backup()
	if err := os.WriteFile(p.books.Database+"-journal", []byte("this is not the journal of anything, and yet it is there"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), p.books.Database, p.books.TaxCode); !errors.Is(err, store.ErrDamagedJournal) {
		t.Fatalf("opened: %v", err)
	}
	got, err := p.restore(res.Path, true)
	if err != nil {
		t.Fatal(err)
	}
	if names := p.names(); names != "content of file 0, content of file 1" {
		t.Errorf("books know %s", names)
	}
	if _, err := os.Stat(got.SetAside + "-journal"); err != nil {
		t.Errorf("the journal was not set aside: %v", err)
	}
}

func TestDryRunsTouchNothing(t *testing.T) {
	p := newPlace(t)
	p.opt.DryRun = true
	res := p.backup()
	if left, _ := os.ReadDir(p.opt.Dir); len(left) != 0 || res.Manifest.Files != 2 {
		t.Errorf("a dry run left %v, manifest %+v", left, res.Manifest)
	}
	p.opt.DryRun = false
	res = p.backup()
	p.run("later")
	before, err := os.ReadFile(p.books.Database)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), res.Path, p.books, backup.RestoreOptions{Force: true, DryRun: true, Now: p.opt.Now}); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadFile(p.books.Database); !bytes.Equal(before, after) {
		t.Error("the books were touched")
	}
	if left, _ := filepath.Glob(filepath.Join(p.dir, "data", "*restore*")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestRotationKeepsTheNewestOfThisEntityOnly(t *testing.T) {
	p := newPlace(t)
	if err := os.MkdirAll(p.opt.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	others := []string{"quadra-c_q002-20200101T000000Z.tar.zst", "quadra-c_q001-notes.txt"}
	for _, name := range others {
		if err := os.WriteFile(filepath.Join(p.opt.Dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.opt.Keep = 2
	for i := range 4 {
		p.opt.Now = func() time.Time { return made.Add(time.Duration(i) * time.Hour) }
		p.backup()
	}
	var names []string
	entries, err := os.ReadDir(p.opt.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := "quadra-c_q001-20261115T050000Z.tar.zst quadra-c_q001-20261115T060000Z.tar.zst quadra-c_q001-notes.txt quadra-c_q002-20200101T000000Z.tar.zst"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("kept %s", got)
	}
}

func TestAlteredSealedFileIsSaidAndPushesNothingOut(t *testing.T) {
	p := newPlace(t)
	p.opt.Keep = 1
	p.backup()
	file := filepath.Join(p.books.Archive, p.sha[0][:2], p.sha[0])
	if err := errors.Join(os.Remove(file), os.WriteFile(file, []byte("altered"), 0o400)); err != nil {
		t.Fatal(err)
	}
	p.opt.Now = func() time.Time { return made.Add(time.Hour) }
	res := p.backup()
	if len(res.Manifest.Missing) != 1 || res.Manifest.Missing[0].SHA256 != p.sha[0] || res.Manifest.Files != 1 || len(res.Rotated) != 0 {
		t.Errorf("result %+v", res)
	}
	if m, err := backup.Check(t.Context(), res.Path, t.TempDir(), nil); err != nil || len(m.Missing) != 1 {
		t.Errorf("check says %+v, %v", m, err)
	}
}

func TestBrokenBackupsTouchNothing(t *testing.T) {
	p := newPlace(t)
	whole := p.backup().Path
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(change func(name string, content []byte) (string, []byte)) []byte {
		z, err := zstd.NewReader(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		zw, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w := tar.NewWriter(zw)
		for r := tar.NewReader(z); ; {
			h, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			body, err2 := io.ReadAll(r)
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			h.Name, body = change(h.Name, body)
			if h.Name == "" {
				continue
			}
			h.Size = int64(len(body))
			_, err = w.Write(nil)
			if err := errors.Join(err, w.WriteHeader(h)); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(body); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(w.Close(), zw.Close()); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	keep := func(name string, body []byte) (string, []byte) { return name, body }
	if got := rewrite(keep); len(got) == 0 {
		t.Fatal("nothing was rewritten")
	}
	cases := map[string][]byte{
		"not a backup":  []byte("hello"),
		"empty":         {},
		"cut in half":   content[:len(content)/2],
		"last byte off": content[:len(content)-1],
		"a sealed file changed": rewrite(func(name string, body []byte) (string, []byte) {
			if strings.HasPrefix(name, "archive/") {
				body = append([]byte("X"), body[1:]...)
			}
			return name, body
		}),
		"a sealed file left out": rewrite(func(name string, body []byte) (string, []byte) {
			if strings.HasPrefix(name, "archive/") {
				return "", nil
			}
			return name, body
		}),
		"the database changed": rewrite(func(name string, body []byte) (string, []byte) {
			if strings.HasPrefix(name, "books/") {
				body[len(body)/2] ^= 1
			}
			return name, body
		}),
		"a name that leaves its folder": rewrite(func(name string, body []byte) (string, []byte) {
			switch name {
			case "SHA256SUMS":
				body = bytes.ReplaceAll(body, []byte("config/quadra.yaml"), []byte("config/../../evil"))
			case "config/quadra.yaml":
				name = "config/../../evil"
			}
			return name, body
		}),
		"a file nobody listed": rewrite(func(name string, body []byte) (string, []byte) {
			if name == "config/quadra.yaml" {
				name = "config/other.yaml"
			}
			return name, body
		}),
	}
	p.run("later")
	for name, content := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "quadra-c_q001-20261115T030000Z.tar.zst")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := p.restore(path, true); !errors.Is(err, backup.ErrBroken) {
				t.Errorf("error is %v", err)
			}
			if names := p.names(); !strings.HasSuffix(names, "later") {
				t.Errorf("the books were touched: %s", names)
			}
			if left, _ := filepath.Glob(filepath.Join(p.dir, "data", "*")); len(left) != 3 {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestBackupOfAnotherEntityIsRefused(t *testing.T) {
	p := newPlace(t)
	res := p.backup()
	p.books.TaxCode = "80007580279"
	if _, err := p.restore(res.Path, true); !errors.Is(err, backup.ErrOtherEntity) {
		t.Errorf("error is %v", err)
	}
}

func TestStoppedBackupLeavesNothing(t *testing.T) {
	p := newPlace(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.opt.Observe = func(e backup.Event) {
		if e.Step == "pack" {
			cancel()
		}
	}
	if _, err := backup.Create(ctx, p.books, p.opt); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if left, _ := os.ReadDir(p.opt.Dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}
