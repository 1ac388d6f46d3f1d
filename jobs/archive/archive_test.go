package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"

	"quadra/jobs/archive"
)

func open(t *testing.T) (*archive.Archive, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "archive")
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a, dir
}

func seal(t *testing.T, a *archive.Archive, content string) archive.Sealed {
	t.Helper()
	s, err := a.Seal(t.Context(), strings.NewReader(content), 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files lists what stands below dir, as slash paths.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := files(t, dir); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("archive holds %q, want %q", got, want)
	}
}

const giornale = "data;importo\r\n2026-03-14;10,00\r\n"

func sha(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestSealedFileStandsUnderItsHash(t *testing.T) {
	a, dir := open(t)
	s := seal(t, a, giornale)
	if want := (archive.Sealed{SHA256: sha(giornale), Size: int64(len(giornale))}); s != want {
		t.Errorf("sealed %+v, want %+v", s, want)
	}
	wantFiles(t, dir, s.SHA256[:2]+"/"+s.SHA256)

	path, err := a.Path(s.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o440 {
		t.Errorf("sealed file has mode %v, want read only", info.Mode())
	}
	f, err := a.OpenFile(s.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if content, err := io.ReadAll(f); err != nil || string(content) != giornale {
		t.Errorf("read back %q, %v", content, err)
	}
	if err := a.Verify(t.Context(), s.SHA256); err != nil {
		t.Errorf("verify: %v", err)
	}
}

func TestSealingTheSameBytesAgainChangesNothing(t *testing.T) {
	a, dir := open(t)
	first := seal(t, a, giornale)
	path, _ := a.Path(first.SHA256)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if second := seal(t, a, giornale); second != first {
		t.Errorf("second time %+v, first %+v", second, first)
	}
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Error("the sealed file was written again")
	}
	wantFiles(t, dir, first.SHA256[:2]+"/"+first.SHA256)
}

func TestWhatCannotBeSealedLeavesNothing(t *testing.T) {
	errLine := errors.New("line went down")
	stopped, stop := context.WithCancelCause(context.Background())
	errStop := errors.New("told to stop")
	stop(errStop)
	cases := []struct {
		name  string
		ctx   context.Context
		r     io.Reader
		limit int64
		want  func(error) bool
	}{
		{"source that fails half way", context.Background(),
			io.MultiReader(strings.NewReader(giornale), iotest.ErrReader(errLine)), 0,
			func(err error) bool { return errors.Is(err, errLine) }},
		{"one byte beyond the limit", context.Background(),
			strings.NewReader(giornale), int64(len(giornale)) - 1,
			func(err error) bool {
				var e *archive.LimitError
				return errors.As(err, &e) && e.Limit == int64(len(giornale))-1
			}},
		{"run that was stopped", stopped, strings.NewReader(giornale), 0,
			func(err error) bool { return errors.Is(err, errStop) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, dir := open(t)
			s, err := a.Seal(c.ctx, c.r, c.limit)
			if !c.want(err) {
				t.Errorf("error is %v", err)
			}
			if s != (archive.Sealed{}) {
				t.Errorf("returned %+v besides the error", s)
			}
			wantFiles(t, dir)
		})
	}
}

func TestFileOfExactlyTheLimitIsSealed(t *testing.T) {
	a, _ := open(t)
	if _, err := a.Seal(t.Context(), strings.NewReader(giornale), int64(len(giornale))); err != nil {
		t.Error(err)
	}
}

func TestSealStopsInTheMiddleOfALongFile(t *testing.T) {
	a, dir := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	endless := readerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	})
	if _, err := a.Seal(ctx, endless, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	wantFiles(t, dir)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestAlteredFileIsNoticed(t *testing.T) {
	cases := []struct {
		name    string
		content string // what somebody put in place of the sealed file
		seal    bool   // sealing the original again notices it already
	}{
		{"shortened", giornale[:10], true},
		{"lengthened", giornale + "x", true},
		{"one digit changed", strings.Replace(giornale, "10,00", "90,00", 1), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, _ := open(t)
			s := seal(t, a, giornale)
			path, _ := a.Path(s.SHA256)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.content), 0o440); err != nil {
				t.Fatal(err)
			}
			var altered *archive.AlteredError
			if err := a.Verify(t.Context(), s.SHA256); !errors.As(err, &altered) {
				t.Errorf("verify says %v", err)
			}
			_, err := a.Seal(t.Context(), strings.NewReader(giornale), 0)
			if errors.As(err, &altered) != c.seal {
				t.Errorf("seal says %v", err)
			}
			if now, _ := os.ReadFile(path); string(now) != c.content {
				t.Error("the evidence was overwritten")
			}
		})
	}
}

func TestMissingFileAndMalformedHash(t *testing.T) {
	a, _ := open(t)
	if err := a.Verify(t.Context(), sha("never sealed")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("verify of a missing file says %v", err)
	}
	for _, name := range []string{"", "../../etc/passwd", strings.ToUpper(sha("A")), strings.Repeat("/", 64), sha("a") + "0"} {
		if path, err := a.Path(name); err == nil {
			t.Errorf("%q was taken for a hash: %s", name, path)
		}
		if _, err := a.OpenFile(name); err == nil {
			t.Errorf("%q was opened", name)
		}
	}
}

func TestVerifyStopsWhenTold(t *testing.T) {
	a, _ := open(t)
	s := seal(t, a, giornale)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Verify(ctx, s.SHA256); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestOpenRemovesOnlyWhatKilledRunsLeft(t *testing.T) {
	_, dir := open(t)
	killed := filepath.Join(dir, "incoming", "killed.tmp")
	living := filepath.Join(dir, "incoming", "living.tmp")
	for _, path := range []string{killed, living} {
		if err := os.WriteFile(path, []byte("half a fi"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(living)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Open(dir); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, "incoming/living.tmp")
}

func TestArchiveOpenedWhileAnotherRunIsSealing(t *testing.T) {
	a, dir := open(t)
	half := true
	r := readerFunc(func(p []byte) (int, error) {
		if !half {
			return 0, io.EOF
		}
		half = false
		if _, err := archive.Open(dir); err != nil {
			return 0, err
		}
		return copy(p, giornale), nil
	})
	if s, err := a.Seal(t.Context(), r, 0); err != nil || s.SHA256 != sha(giornale) {
		t.Errorf("sealed %+v, %v", s, err)
	}
}

func TestManySealAtOnce(t *testing.T) {
	a, dir := open(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			content := bytes.Repeat([]byte{byte('a' + i%2)}, 300_000)
			if _, err := a.Seal(t.Context(), bytes.NewReader(content), 0); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("two different contents left %q", got)
	}
}
