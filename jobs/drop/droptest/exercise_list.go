package droptest

import (
	"crypto/md5" //nolint:gosec // what sources write
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quadra/jobs/drop"
)

func md5Of(content string) string {
	sum := md5.Sum([]byte(content)) //nolint:gosec // what sources write
	return hex.EncodeToString(sum[:])
}

func names(entries []drop.Entry) string {
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = e.Name
	}
	return strings.Join(all, " ")
}

func waitingNames(l drop.Listing) string {
	var entries []drop.Entry
	for _, w := range l.Waiting {
		entries = append(entries, w.Entry)
	}
	return names(entries)
}

func exerciseList(t *testing.T, start func(*testing.T) Place) {
	t.Run("an empty folder has nothing", func(t *testing.T) {
		l := list(t, start(t).open(t))
		if len(l.Ready)+len(l.Waiting)+len(l.Refused) != 0 {
			t.Errorf("listing is %+v", l)
		}
	})
	t.Run("files come sorted with size and time", func(t *testing.T) {
		p := start(t)
		p.put(t, "b.csv", "22")
		p.put(t, "a.xml", "1")
		p.put(t, "Giornale di cassa è.csv", "")
		l := list(t, p.open(t))
		if got := names(l.Ready); got != "Giornale di cassa è.csv a.xml b.csv" {
			t.Errorf("ready: %s", got)
		}
		if b := l.Ready[2]; b.Size != 2 || !b.Modified.Equal(noon) || b.Modified.Location() != time.UTC {
			t.Errorf("b.csv is %+v", b)
		}
	})
	t.Run("what is no file of the source is passed over", func(t *testing.T) {
		p := start(t)
		for _, name := range []string{
			".hidden", "a.tmp", "a.part", "a.filepart", "a.PARTIAL", "a.crdownload", "~$a.xlsx", "a.csv~", "a.swp", "a.uploading",
			"a.TEMP", "a.lck", "Thumbs.db", "DESKTOP.INI", ".~lock.a.ods#", "old.csv.preso", "bad.csv.rifiutato",
			"x.csv.esito.txt", "x.csv.scarti.csv", "x.done", "x.ok", "x.MD5", "x.auth", "done/old.csv", "rejected/bad.csv", "sub/c.csv",
		} {
			p.put(t, name, "x")
		}
		l := list(t, p.open(t))
		if len(l.Ready)+len(l.Waiting)+len(l.Refused) != 0 {
			t.Errorf("listing is %+v", l)
		}
	})
	t.Run("file that is open in Excel or LibreOffice waits, unless something vouches for it", func(t *testing.T) {
		p := start(t)
		for _, name := range []string{"a.xlsx", "~$a.xlsx", "B.ods", ".~lock.b.ods#", "c.xlsx", "~$c.xlsx", "c.done", "d.xlsx"} {
			p.put(t, name, "x")
		}
		l := list(t, p.open(t))
		if got, waits := names(l.Ready), waitingNames(l); got != "c.xlsx d.xlsx" || waits != "B.ods a.xlsx" {
			t.Errorf("ready: %s; waiting: %s", got, waits)
		}
	})
	t.Run("names are kept as they are written", func(t *testing.T) {
		p := start(t)
		// The same word as Windows and as a Mac write it, and in capitals.
		all := []string{"perch\u00e9.csv", "perche\u0301.csv", "PERCH\u00c9.csv"}
		for _, name := range all {
			p.put(t, name, name)
		}
		d := p.open(t)
		l := list(t, d)
		if len(l.Ready) != len(all) {
			t.Fatalf("ready: %s", names(l.Ready))
		}
		for _, e := range l.Ready {
			if got, err := read(t, d, e); err != nil || got != e.Name {
				t.Errorf("%s holds %q, %v", e.Name, got, err)
			}
		}
	})
	t.Run("clock of the server does not matter", func(t *testing.T) {
		p := start(t)
		p.Options.Settle = settle
		for name, at := range map[string]time.Time{"past.csv": time.Unix(1, 0), "future.csv": noon.AddDate(60, 0, 0)} {
			p.put(t, name, "x")
			p.date(t, name, at)
		}
		d := p.open(t)
		l := list(t, d)
		if got := names(l.Ready); got != "future.csv past.csv" {
			t.Errorf("ready: %s", got)
		}
		for _, e := range l.Ready {
			if _, err := read(t, d, e); err != nil {
				t.Error(err)
			}
			if err := d.Dispose(t.Context(), e, drop.Taken); err != nil {
				t.Error(err)
			}
		}
		p.wantTree(t, "done/past.csv=x", "done/future.csv=x")
	})
	t.Run("a thousand files are listed", func(t *testing.T) {
		p := start(t)
		const many = 1000
		for i := range many {
			p.put(t, fmt.Sprintf("giornale di cassa numero %04d.csv", i), "")
		}
		if l := list(t, p.open(t)); len(l.Ready) != many {
			t.Errorf("%d ready", len(l.Ready))
		}
	})
	t.Run("names and things that cannot be taken are said", func(t *testing.T) {
		p := start(t)
		p.put(t, "good.csv", "x")
		p.put(t, `a\b.csv`, "x")
		p.put(t, "a\nb.csv", "x")
		p.put(t, "perch\xe9.csv", "x")
		if err := os.Symlink("good.csv", filepath.Join(p.Dir, "link.csv")); err != nil {
			t.Fatal(err)
		}
		l := list(t, p.open(t))
		var refused []string
		for _, r := range l.Refused {
			refused = append(refused, r.Name)
			if r.Why == "" {
				t.Errorf("%s is refused without a reason", r.Name)
			}
		}
		if want := []string{`a\\b.csv`, `a\nb.csv`, `link.csv`, `perch\xe9.csv`}; !slices.Equal(refused, want) {
			t.Errorf("refused: %q, want %q", refused, want)
		}
		if got := names(l.Ready); got != "good.csv" {
			t.Errorf("ready: %s", got)
		}
	})
	t.Run("a file that grows waits, the others do not", func(t *testing.T) {
		p := start(t)
		p.Options.Settle = settle
		p.put(t, "grows.csv", "1")
		p.put(t, "still.csv", "1")
		d := p.open(t)
		stop := grow(t, filepath.Join(p.Dir, "grows.csv"))
		l := list(t, d)
		stop()
		if got := names(l.Ready); got != "still.csv" {
			t.Errorf("ready: %s", got)
		}
		if len(l.Waiting) != 1 || l.Waiting[0].Name != "grows.csv" || l.Waiting[0].Why == "" {
			t.Errorf("waiting: %+v", l.Waiting)
		}
		if got := names(list(t, d).Ready); got != "grows.csv still.csv" {
			t.Errorf("ready once it stands still: %s", got)
		}
	})
	t.Run("a file that keeps its size but not its time waits", func(t *testing.T) {
		p := start(t)
		p.Options.Settle = settle
		p.put(t, "a.csv", "1")
		d := p.open(t)
		at := noon
		stop := meanwhile(func() error {
			at = at.Add(time.Second)
			return os.Chtimes(filepath.Join(p.Dir, "a.csv"), at, at)
		})
		defer func() {
			if err := stop(); err != nil {
				t.Error(err)
			}
		}()
		if l := list(t, d); waitingNames(l) != "a.csv" {
			t.Errorf("listing is %+v", l)
		}
	})
	t.Run("settle of zero takes at once", func(t *testing.T) {
		p := start(t)
		p.put(t, "a.csv", "1")
		if e := only(t, p.open(t)); e.Name != "a.csv" {
			t.Errorf("ready: %+v", e)
		}
	})
	t.Run("companions", func(t *testing.T) { exerciseCompanions(t, start) })
}

func exerciseCompanions(t *testing.T, start func(*testing.T) Place) {
	const content = "iuv;importo\n"
	sum := md5Of(content)
	cases := []struct {
		name       string
		companions map[string]string
		older      string // companion dated before the file
		ready      bool   // although the file does not stand still
		md5        string
	}{
		{name: "none", ready: false},
		{name: "marker with the whole name", companions: map[string]string{"f.csv.done": ""}, ready: true},
		{name: "marker with the base name", companions: map[string]string{"f.done": ""}, ready: true},
		{name: "marker in capitals", companions: map[string]string{"F.DONE": ""}, ready: true},
		{name: "marker of an earlier file of that name", companions: map[string]string{"f.done": ""}, older: "f.done"},
		{name: "marker of another file", companions: map[string]string{"g.done": ""}},
		{name: "companions that do not vouch", companions: map[string]string{"f.ok": "", "f.csv.auth": ""}},
		{name: "MD5 alone", companions: map[string]string{"f.md5": sum}, ready: true, md5: sum},
		{name: "MD5 in capitals with end of line", companions: map[string]string{"f.csv.md5": strings.ToUpper(sum) + "\r\n"}, ready: true, md5: sum},
		{name: "MD5 as md5sum writes it", companions: map[string]string{"f.csv.md5": sum + "  f.csv\n"}, ready: true, md5: sum},
		{name: "MD5 as md5sum -b writes it", companions: map[string]string{"f.csv.md5": sum + " *./out/f.csv\n"}, ready: true, md5: sum},
		{name: "MD5 as the BSDs write it", companions: map[string]string{"f.csv.md5": "MD5 (f.csv) = " + sum + "\n"}, ready: true, md5: sum},
		{name: "MD5 among others", companions: map[string]string{"f.md5": md5Of("g") + "  g.csv\n" + sum + "  f.csv\n"}, ready: true, md5: sum},
		{name: "MD5 of other files only", companions: map[string]string{"f.md5": md5Of("g") + "  f.xml\n"}},
		{name: "MD5 file still empty", companions: map[string]string{"f.md5": ""}},
		{name: "MD5 file that holds none", companions: map[string]string{"f.md5": "abc\n"}},
		{name: "MD5 file still empty and marker", companions: map[string]string{"f.md5": "", "f.done": ""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := start(t)
			p.Options.Settle = settle
			if c.ready {
				p.Options.Settle = time.Hour // which is not waited for
			}
			p.put(t, "f.csv", content)
			for name, text := range c.companions {
				p.put(t, name, text)
				if name == c.older {
					p.date(t, name, noon.Add(-time.Minute))
				}
			}
			d := p.open(t)
			if !c.ready {
				defer grow(t, filepath.Join(p.Dir, "f.csv"))()
			}
			l := list(t, d)
			if !c.ready {
				if waitingNames(l) != "f.csv" {
					t.Errorf("listing is %+v, want f.csv waiting", l)
				}
				return
			}
			if len(l.Ready) != 1 || l.Ready[0].Name != "f.csv" || l.Ready[0].MD5 != c.md5 {
				t.Fatalf("listing is %+v, want f.csv ready with MD5 %q", l, c.md5)
			}
			if got := l.Ready[0].Companions; len(got) != len(c.companions) {
				t.Errorf("companions are %q", got)
			}
		})
	}
	t.Run("marker and MD5 that write an accent otherwise than the file", func(t *testing.T) {
		p := start(t)
		p.Options.Settle = time.Hour // which is not waited for
		p.put(t, "perch\u00e9.csv", content)
		p.put(t, "perche\u0301.csv.DONE", "")
		p.put(t, "citta\u0300.csv", content)
		p.put(t, "citt\u00e0.md5", sum+"  citt\u00e0.csv\n")
		l := list(t, p.open(t))
		if len(l.Ready) != 2 || l.Ready[0].MD5 != sum || len(l.Ready[1].Companions) != 1 {
			t.Errorf("listing is %+v", l)
		}
	})
	t.Run("MD5 file still empty beside a file that stands still", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv", content)
		p.put(t, "f.md5", "")
		if l := list(t, p.open(t)); waitingNames(l) != "f.csv" {
			t.Errorf("listing is %+v, want f.csv waiting", l)
		}
	})
}

// grow appends to a file until the returned function is called.
func grow(t *testing.T, path string) (stop func()) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	end := meanwhile(func() error {
		_, err := f.WriteString("x")
		return err
	})
	return func() {
		if err := errors.Join(end(), f.Close()); err != nil {
			t.Error(err)
		}
	}
}

// meanwhile does something every millisecond until it fails or the returned
// function is called, which returns its error.
func meanwhile(do func() error) (stop func() error) {
	quit, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-quit:
				ended <- nil
				return
			case <-time.After(time.Millisecond):
				if err := do(); err != nil {
					ended <- err
					return
				}
			}
		}
	}()
	return func() error {
		close(quit)
		return <-ended
	}
}
