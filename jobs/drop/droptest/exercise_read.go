package droptest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"quadra/jobs/drop"
)

// big is longer than the blocks in which SFTP moves a file.
var big = strings.Repeat("0123456789abcdef", 20_000)

func read(t *testing.T, d drop.Drop, e drop.Entry) (string, error) {
	t.Helper()
	r, err := d.Open(t.Context(), e)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var b bytes.Buffer
	_, err = io.Copy(&b, r)
	return b.String(), err
}

func exerciseRead(t *testing.T, start func(*testing.T) Place) {
	for name, content := range map[string]string{"empty": "", "one byte": "x", "long": big} {
		t.Run(name+" file comes whole", func(t *testing.T) {
			p := start(t)
			p.put(t, "f.csv", content)
			d := p.open(t)
			e := only(t, d)
			if got, err := read(t, d, e); err != nil || got != content {
				t.Errorf("copied %d bytes of %d, %v", len(got), len(content), err)
			}
			r, err := d.Open(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if got, err := io.ReadAll(iotest.HalfReader(r)); err != nil || string(got) != content {
				t.Errorf("read %d bytes of %d, %v", len(got), len(content), err)
			}
			if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("after the end: %d, %v", n, err)
			}
		})
	}
	t.Run("MD5 is checked", func(t *testing.T) {
		p := start(t)
		p.put(t, "good.csv", big)
		p.put(t, "good.md5", md5Of(big))
		p.put(t, "bad.csv", big)
		p.put(t, "bad.md5", md5Of(big+"x"))
		d := p.open(t)
		l := list(t, d)
		if names(l.Ready) != "bad.csv good.csv" {
			t.Fatalf("listing is %+v", l)
		}
		_, err := read(t, d, l.Ready[0])
		WantKind(t, err, drop.KindNotWhole)
		if _, err := read(t, d, l.Ready[1]); err != nil {
			t.Error(err)
		}
	})

	changes := []struct {
		name   string
		change func(t *testing.T, p Place)
		want   drop.Kind
	}{
		{"file that vanished", func(t *testing.T, p Place) { p.remove(t, "f.csv") }, drop.KindMissing},
		{"file that grew", func(t *testing.T, p Place) { p.put(t, "f.csv", big+"more") }, drop.KindNotWhole},
		{"file that shrank", func(t *testing.T, p Place) { p.put(t, "f.csv", big[:1000]) }, drop.KindNotWhole},
		{"file written again in the same length", func(t *testing.T, p Place) { p.date(t, "f.csv", noon.Add(time.Hour)) }, drop.KindNotWhole},
		{"file that a folder replaced", func(t *testing.T, p Place) {
			p.remove(t, "f.csv")
			p.put(t, "f.csv/inside", "x")
		}, drop.KindNotWhole},
	}
	for _, c := range changes {
		t.Run(c.name+" since it was listed", func(t *testing.T) {
			p := start(t)
			p.put(t, "f.csv", big)
			d := p.open(t)
			e := only(t, d)
			c.change(t, p)
			if _, err := read(t, d, e); err == nil {
				t.Error("it was read without an error")
			} else if c.name != "file that a folder replaced" { // each system says that in its own way
				WantKind(t, err, c.want)
			}
		})
		t.Run(c.name+" while it was read", func(t *testing.T) {
			p := start(t)
			p.put(t, "f.csv", big)
			d := p.open(t)
			r, err := d.Open(t.Context(), only(t, d))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
			c.change(t, p)
			_, err = io.Copy(io.Discard, r)
			WantKind(t, err, c.want)
			if _, again := r.Read(make([]byte, 1)); !errors.Is(again, err) {
				t.Errorf("reading on after the error gives %v", again)
			}
		})
	}
	t.Run("link to a device put in place of the file is not followed", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv", big)
		d := p.open(t)
		e := only(t, d)
		p.remove(t, "f.csv")
		if err := os.Symlink("/dev/zero", filepath.Join(p.Dir, "f.csv")); err != nil {
			t.Fatal(err)
		}
		if _, err := read(t, d, e); err == nil {
			t.Error("a device was read as a file")
		}
	})
	t.Run("names that lead out of the folder are not opened", func(t *testing.T) {
		d := start(t).open(t)
		for _, name := range []string{"", ".", "..", "../f.csv", "/etc/passwd", "done/f.csv", `..\f.csv`, "f\x00.csv"} {
			_, err := d.Open(t.Context(), drop.Entry{Name: name})
			WantKind(t, err, drop.KindConfig)
		}
	})
	t.Run("failure of whoever writes is returned as it is", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv", big)
		d := p.open(t)
		r, err := d.Open(t.Context(), only(t, d))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		full := errors.New("disk full")
		if _, err := io.Copy(failing{full}, r); !errors.Is(err, full) || errors.As(err, new(*drop.Error)) {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("stopped run stops reading", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv", big)
		d := p.open(t)
		e := only(t, d)
		ctx, cancel := context.WithCancel(t.Context())
		r, err := d.Open(ctx, e)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		cancel()
		_, err = io.Copy(io.Discard, r)
		WantKind(t, err, drop.KindInterrupted)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v does not tell that it was stopped", err)
		}
	})
	t.Run("stopped run stops waiting", func(t *testing.T) {
		p := start(t)
		p.Options.Settle = time.Hour
		p.put(t, "f.csv", "x")
		d := p.open(t)
		ctx, cancel := context.WithTimeout(t.Context(), settle)
		defer cancel()
		_, err := d.List(ctx)
		WantKind(t, err, drop.KindTimeout)
	})
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
