package drop_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/fixtures/opensshd"
	"quadra/fixtures/wire"
	"quadra/jobs/drop"
	"quadra/jobs/drop/droptest"
)

// broken is an OpenSSH server over a line with these faults, with f.csv listed.
type broken struct {
	server *droptest.OpenSSH
	wire   *wire.Wire
	dir    string
	drop   drop.Drop
	entry  drop.Entry
}

func begins(t *testing.T, set func(*drop.Options)) *broken {
	t.Helper()
	b := &broken{server: droptest.StartOpenSSH(t, opensshd.Options{}), dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(b.dir, "f.csv"), content, 0o644); err != nil {
		t.Fatal(err)
	}
	b.wire = droptest.Line(t, b.server.Addr(), wire.Faults{})
	o := b.server.Over(b.wire, b.dir)
	o.ReadTimeout = short
	if set != nil {
		set(&o)
	}
	var err error
	if b.drop, err = drop.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, b.drop) })
	l, err := b.drop.List(t.Context())
	if err != nil || len(l.Ready) != 1 {
		t.Fatalf("listing is %+v, %v", l, err)
	}
	b.entry = l.Ready[0]
	return b
}

// mega is more than what counts as progress of a download.
const mega = 1_500_000

func TestBrokenDownloadGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		faults wire.Faults
		least  int // connections in all
	}{
		{"reset once", wire.Faults{CutAfter: 2 * mega, Cuts: 1}, 2},
		{"ended more often than there are attempts, each time further on", wire.Faults{CutAfter: mega, Orderly: true}, 4},
		{"hung once", wire.Faults{StallAfter: 2 * mega}, 2},
	}
	for _, c := range cases {
		for way, read := range ways {
			t.Run(c.name+", read "+way, func(t *testing.T) {
				b := begins(t, func(o *drop.Options) { o.Attempts = 3 })
				b.wire.SetFaults(c.faults)
				b.server.Break() // so that the faults count from the first byte of a connection
				r, err := b.drop.Open(t.Context(), b.entry)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := read(r); err != nil || n != int64(len(content)) {
					t.Errorf("%d bytes of %d, %v", n, len(content), err)
				}
				shut(t, r)
				if n := b.wire.Connections() - 1; n < c.least {
					t.Errorf("%d connections, want at least %d: nothing broke", n, c.least)
				}
			})
		}
	}
	t.Run("hash is that of the file", func(t *testing.T) {
		b := begins(t, nil)
		b.wire.SetFaults(wire.Faults{CutAfter: mega, Orderly: true})
		b.server.Break()
		wantSum(t, b.drop, b.entry)
	})
	t.Run("MD5 of the source is checked over all the parts", func(t *testing.T) {
		b := begins(t, nil)
		b.wire.SetFaults(wire.Faults{CutAfter: mega, Orderly: true})
		b.server.Break()
		b.entry.MD5 = strings.Repeat("0", 32)
		r, err := b.drop.Open(t.Context(), b.entry)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
		droptest.WantKind(t, err, drop.KindNotWhole)
	})
}

func TestBrokenDownloadDoesNotGoOnWithAnotherFile(t *testing.T) {
	t.Parallel()
	other := append([]byte("altro  "), content[7:]...)
	cases := []struct {
		name   string
		change func(t *testing.T, path string, modified time.Time)
		want   drop.Kind
	}{
		{"written again", func(t *testing.T, path string, modified time.Time) { put(t, path, content, modified.Add(time.Hour)) }, drop.KindNotWhole},
		{"grown", func(t *testing.T, path string, modified time.Time) { put(t, path, append(content, 'x'), modified) }, drop.KindNotWhole},
		{"same size and time, other bytes where reading had got", func(t *testing.T, path string, modified time.Time) {
			changed := []byte(strings.ToUpper(string(other)))
			put(t, path, changed, modified)
		}, drop.KindNotWhole},
		{"taken away", func(t *testing.T, path string, _ time.Time) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, drop.KindMissing},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := begins(t, nil)
			r, err := b.drop.Open(t.Context(), b.entry)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := io.ReadFull(r, make([]byte, mega)); err != nil {
				t.Fatal(err)
			}
			c.change(t, filepath.Join(b.dir, "f.csv"), b.entry.Modified)
			b.server.Break()
			_, err = io.Copy(io.Discard, r)
			droptest.WantKind(t, err, c.want)
		})
	}
}

func put(t *testing.T, path string, content []byte, modified time.Time) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, modified, modified); err != nil {
		t.Fatal(err)
	}
}

func TestAttemptsEndAndTheFirstErrorIsKept(t *testing.T) {
	t.Parallel()
	b := begins(t, func(o *drop.Options) { o.Attempts = 3 })
	before := b.wire.Connections()
	b.wire.SetFaults(wire.Faults{CutAfter: 20_000}) // after the handshake, before anything useful
	b.server.Break()
	r, err := b.drop.Open(t.Context(), b.entry)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
		r.Close()
	}
	droptest.WantKind(t, err, drop.KindLost)
	var e *drop.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message(), "Tentativi fatti: 3.") || !strings.Contains(e.Error(), "attempt 3") {
		t.Errorf("the error does not say how often it was tried: %v", err)
	}
	if n := b.wire.Connections() - before; n > 3 {
		t.Errorf("%d more connections for 3 attempts", n)
	}
}

func TestWhatCannotGoBetterIsTriedOnce(t *testing.T) {
	t.Parallel()
	b := begins(t, nil)
	before := b.wire.Connections()
	if err := os.Remove(filepath.Join(b.dir, "f.csv")); err != nil {
		t.Fatal(err)
	}
	_, err := b.drop.Open(t.Context(), b.entry)
	droptest.WantKind(t, err, drop.KindMissing)
	o := b.server.Over(b.wire, b.dir)
	o.URL = strings.Replace(o.URL, "sftp://", "sftp://nobody-", 1)
	_, err = drop.Open(t.Context(), o)
	droptest.WantKind(t, err, drop.KindAuth)
	if n := b.wire.Connections() - before; n != 1 {
		t.Errorf("%d connections, want the one that was refused", n)
	}
}

// TestEveryOperationOutlivesABrokenConnection kills the server before each of
// them.
func TestEveryOperationOutlivesABrokenConnection(t *testing.T) {
	t.Parallel()
	b := begins(t, nil)
	ctx := t.Context()
	b.server.Break()
	if l, err := b.drop.List(ctx); err != nil || len(l.Ready) != 1 {
		t.Errorf("list: %+v, %v", l, err)
	}
	b.server.Break()
	wantSum(t, b.drop, b.entry)
	b.server.Break()
	if err := b.drop.Answer(ctx, "f.csv.esito.txt", []byte("PRESO")); err != nil {
		t.Errorf("answer: %v", err)
	}
	times := 0
	err := b.drop.AnswerFrom(ctx, "f.csv.scarti.csv", func(w io.Writer) error {
		if times++; times == 1 {
			b.server.Break()
		}
		_, err := w.Write(content)
		return err
	})
	if got, readErr := os.ReadFile(filepath.Join(b.dir, "f.csv.scarti.csv")); err != nil || readErr != nil || len(got) != len(content) || times != 2 {
		t.Errorf("answer broken in the middle: %d bytes, written %d times, %v, %v", len(got), times, err, readErr)
	}
	b.server.Break()
	if err := b.drop.Dispose(ctx, b.entry, drop.Taken); err != nil {
		t.Errorf("dispose: %v", err)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "done", "f.csv")); err != nil {
		t.Error(err)
	}
}

func TestSlowServerIsNoSilentServer(t *testing.T) {
	t.Parallel()
	b := begins(t, func(o *drop.Options) { o.ReadTimeout, o.Attempts = short, 1 })
	b.wire.SetFaults(wire.Faults{Delay: 5 * time.Millisecond})
	start := time.Now()
	wantSum(t, b.drop, b.entry)
	if took := time.Since(start); took < short {
		t.Skipf("it took %v: the line was not slow enough to prove anything", took)
	}
}
