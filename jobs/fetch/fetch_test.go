package fetch_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"quadra/jobs/archive"
	"quadra/jobs/drop"
	"quadra/jobs/fetch"
)

// source is a drop whose files hold their own name; some are slow, some fail.
type source struct {
	slow, bad    map[string]bool
	open, widest atomic.Int32
	opened       atomic.Int32
}

var errBad = errors.New("bad")

func (s *source) Open(ctx context.Context, e drop.Entry) (io.ReadCloser, error) {
	s.opened.Add(1)
	now := s.open.Add(1)
	for {
		w := s.widest.Load()
		if now <= w || s.widest.CompareAndSwap(w, now) {
			break
		}
	}
	time.Sleep(time.Millisecond)
	if s.slow[e.Name] {
		select {
		case <-time.After(30 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	if s.bad[e.Name] {
		s.open.Add(-1)
		return nil, errBad
	}
	return &file{Reader: bytes.NewReader([]byte(e.Name)), source: s}, nil
}

type file struct {
	io.Reader
	source *source
}

func (f *file) Close() error {
	f.source.open.Add(-1)
	return nil
}

func entries(n int) []drop.Entry {
	all := make([]drop.Entry, n)
	for i := range all {
		all[i].Name = fmt.Sprintf("f%04d.csv", i)
	}
	return all
}

func opened(t *testing.T) *archive.Archive {
	t.Helper()
	a, err := archive.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFilesComeInTheirOrderWhateverTakesLonger(t *testing.T) {
	s := &source{slow: map[string]bool{"f0000.csv": true, "f0007.csv": true}, bad: map[string]bool{"f0003.csv": true}}
	a := opened(t)
	i := 0
	for f := range fetch.All(t.Context(), s, a, entries(200), 0) {
		if want := fmt.Sprintf("f%04d.csv", i); f.Entry.Name != want {
			t.Fatalf("file %d is %s", i, f.Entry.Name)
		}
		if s.bad[f.Entry.Name] != errors.Is(f.Err, errBad) || f.Err != nil && !s.bad[f.Entry.Name] {
			t.Errorf("%s: %v", f.Entry.Name, f.Err)
		}
		if sum := sha256.Sum256([]byte(f.Entry.Name)); f.Err == nil && f.Sealed.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is sealed as %s", f.Entry.Name, f.Sealed.SHA256)
		}
		i++
	}
	if i != 200 {
		t.Errorf("%d files came", i)
	}
	if w := s.widest.Load(); w < 2 || w > 8 {
		t.Errorf("%d files were under way at once, want 2 to 8", w)
	}
}

func TestWhoStopsLeavesNothingUnderWay(t *testing.T) {
	s := &source{}
	for range fetch.All(t.Context(), s, opened(t), entries(1000), 0) {
		break
	}
	if n := s.open.Load(); n != 0 {
		t.Errorf("%d files are still open", n)
	}
	if n := s.opened.Load(); n > 100 {
		t.Errorf("%d files were opened for one that was wanted", n)
	}
}

func TestSlowWorkDoesNotFetchEverythingAhead(t *testing.T) {
	s := &source{}
	first := true
	for range fetch.All(t.Context(), s, opened(t), entries(1000), 0) {
		if first {
			time.Sleep(300 * time.Millisecond)
			if n := s.opened.Load(); n > 100 {
				t.Errorf("%d files were fetched while the first was worked on", n)
			}
		}
		first = false
	}
}

func TestStoppedRunEndsTheLoop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &source{}
	n := 0
	for range fetch.All(ctx, s, opened(t), entries(1000), 0) {
		if n++; n == 10 {
			cancel()
		}
	}
	if n == 1000 || s.open.Load() != 0 {
		t.Errorf("%d files came, %d are still open", n, s.open.Load())
	}
}

func TestFileBeyondTheLimitIsNotKept(t *testing.T) {
	for f := range fetch.All(t.Context(), &source{}, opened(t), entries(1), 3) {
		var limit *archive.LimitError
		if !errors.As(f.Err, &limit) {
			t.Errorf("error is %v", f.Err)
		}
	}
}
