package archive_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/archive"
)

func TestOpenReaderAt(t *testing.T) {
	t.Parallel()
	workbook := zipOf(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<workbook/>")
	for _, tc := range []struct {
		name      string
		in        []byte
		container archive.Container
		want      []string // name=content of each entry
	}{
		{"a bare file is its only entry", []byte("a;b"), archive.Bare, []string{"=a;b"}},
		{"a zip gives its entries by name", zipOf(t, "b.csv", "2", "a.csv", "1"), archive.Zip, []string{"a.csv=1", "b.csv=2"}},
		{
			"what systems leave in a zip is passed over",
			zipOf(t, "__MACOSX/._a.csv", "x", "a.csv", "1", "._a.csv", "x", ".DS_Store", "x", "d/", "", "d/b.csv", "2", "d/.x/c.csv", "x"),
			archive.Zip,
			[]string{"a.csv=1", "d/b.csv=2"},
		},
		{"a gzip gives what it holds", gzipOf(t, "a.csv", "1"), archive.Gzip, []string{"a.csv=1"}},
		{"a gzip without a name", gzipOf(t, "", "1"), archive.Gzip, []string{"=1"}},
		{"a workbook is a bare file", workbook, archive.Bare, []string{"=" + string(workbook)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a, err := open(tc.in, archive.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if a.Container != tc.container {
				t.Errorf("container %q, want %q", a.Container, tc.container)
			}
			for range 2 { // every entry can be opened again
				var got []string
				for _, e := range a.Entries {
					content, err := read(e)
					if err != nil {
						t.Fatal(err)
					}
					if e.Size >= 0 && e.Size != int64(len(content)) {
						t.Errorf("%s says %d bytes and has %d", e.Name, e.Size, len(content))
					}
					got = append(got, e.Name+"="+string(content))
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("entries (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestOpenReaderAtRefuses(t *testing.T) {
	t.Parallel()
	whole := zipOf(t, "a.csv", strings.Repeat("riga;di;prova\n", 1000))
	zipped := gzipOf(t, "a.csv", strings.Repeat("riga;di;prova\n", 1000))
	for _, tc := range []struct {
		name   string
		in     []byte
		limits archive.Limits
		code   record.FileCode
	}{
		{name: "an empty file", in: nil, code: record.FileEmpty},
		{name: "a zip without files", in: zipOf(t), code: record.FileEmpty},
		{name: "a zip with nothing but leftovers", in: zipOf(t, "__MACOSX/._a", "x", "d/", ""), code: record.FileEmpty},
		{name: "a zip cut in half", in: whole[:len(whole)/2], code: record.FileTruncated},
		{name: "a zip without its last bytes", in: whole[:len(whole)-10], code: record.FileTruncated},
		{name: "a zip whose content does not match its checksum", in: damaged(t), code: record.FileContainer},
		{name: "a gzip cut in half", in: zipped[:len(zipped)/2], code: record.FileTruncated},
		{name: "a gzip whose content does not match its checksum", in: flip(zipped, len(zipped)-6), code: record.FileContainer},
		{name: "a gzip header alone", in: []byte{0x1F, 0x8B}, code: record.FileTruncated},
		{name: "a name that leads out", in: zipOf(t, "../a.csv", "x"), code: record.FileContainer},
		{name: "a name that leads out by backslashes", in: zipOf(t, `d\..\..\a.csv`, "x"), code: record.FileContainer},
		{name: "an absolute name", in: zipOf(t, "/etc/a.csv", "x"), code: record.FileContainer},
		{name: "a name with a drive", in: zipOf(t, `C:\a.csv`, "x"), code: record.FileContainer},
		{name: "a name with a NUL", in: zipOf(t, "a\x00.csv", "x"), code: record.FileContainer},
		{name: "a link", in: zipWith(t, func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }), code: record.FileContainer},
		{name: "an encrypted entry", in: zipWith(t, func(h *zip.FileHeader) { h.Flags |= 1 }), code: record.FileContainer},
		{name: "two entries of one name", in: zipOf(t, "a.csv", "1", "a.csv", "2"), code: record.FileContainer},
		{name: "too large a file", in: whole, limits: archive.Limits{MaxFileBytes: 100}, code: record.FileLimit},
		{name: "too many entries", in: zipOf(t, "a", "1", "b", "2"), limits: archive.Limits{MaxEntries: 1}, code: record.FileLimit},
		{name: "too large an entry", in: whole, limits: archive.Limits{MaxEntryBytes: 100}, code: record.FileLimit},
		{name: "too large a sum of entries", in: zipOf(t, "a", "12345", "b", "12345"), limits: archive.Limits{MaxTotalBytes: 9}, code: record.FileLimit},
		{name: "a zip bomb", in: zipOf(t, "a", strings.Repeat("\n", 20<<20)), code: record.FileLimit},
		{name: "a gzip bomb", in: gzipOf(t, "a", strings.Repeat("\n", 20<<20)), code: record.FileLimit},
		{name: "too large a gzip", in: zipped, limits: archive.Limits{MaxEntryBytes: 100}, code: record.FileLimit},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a, err := open(tc.in, tc.limits)
			for i := 0; err == nil && i < len(a.Entries); i++ {
				_, err = read(a.Entries[i])
			}
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || fe.Message == "" {
				t.Errorf("got %v, want %s", err, tc.code)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(path, []byte("a;b"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(path, archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if content, err := read(a.Entries[0]); err != nil || string(content) != "a;b" {
		t.Errorf("got %q, %v", content, err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	var fe *record.FileError
	if _, err := archive.Open(filepath.Join(dir, "none"), archive.Limits{}); !errors.Is(err, fs.ErrNotExist) || errors.As(err, &fe) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := archive.Open(dir, archive.Limits{}); err == nil || errors.As(err, &fe) {
		t.Errorf("a folder: %v", err)
	}
}

func TestIsWorkbook(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   []byte
		want bool
	}{
		"a workbook":       {zipOf(t, "xl/workbook.xml", "", "[Content_Types].xml", ""), true},
		"a text document":  {zipOf(t, "word/document.xml", "", "[Content_Types].xml", ""), false},
		"a zip of flows":   {zipOf(t, "a.xml", ""), false},
		"a file cut short": {[]byte("PK\x03\x04"), false},
	} {
		if got := archive.IsWorkbook(bytes.NewReader(tc.in), int64(len(tc.in))); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func FuzzOpenReaderAt(f *testing.F) {
	f.Add([]byte("a;b"))
	f.Add(zipOf(f, "a.csv", "1", "../b", "2"))
	f.Add(gzipOf(f, "a", "1"))
	f.Fuzz(func(t *testing.T, in []byte) {
		limits := archive.Limits{MaxEntryBytes: 1 << 16, MaxTotalBytes: 1 << 17, MaxEntries: 8}
		a, err := open(in, limits)
		for i := 0; err == nil && i < len(a.Entries); i++ {
			e := a.Entries[i]
			if strings.Contains(e.Name, "\x00") || strings.HasPrefix(e.Name, "/") {
				t.Fatalf("name %q", e.Name)
			}
			var content []byte
			content, err = read(e)
			if len(content) > 1<<16 && a.Container != archive.Bare {
				t.Fatalf("%d bytes", len(content))
			}
		}
		var fe *record.FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("not a fault of the file: %v", err)
		}
	})
}

func open(in []byte, limits archive.Limits) (*archive.Archive, error) {
	return archive.OpenReaderAt(bytes.NewReader(in), int64(len(in)), limits)
}

func read(e archive.Entry) ([]byte, error) {
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// zipOf makes a zip of names and contents.
func zipOf(t testing.TB, namesAndContents ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(namesAndContents); i += 2 {
		w, err := z.Create(namesAndContents[i])
		if err == nil {
			_, err = io.WriteString(w, namesAndContents[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipWith(t testing.TB, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "a.csv"}
	change(h)
	if _, err := z.CreateHeader(h); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// damaged is a zip whose stored content has changed since.
func damaged(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "a.csv", Method: zip.Store})
	if err == nil {
		_, err = io.WriteString(w, "importo;12.34")
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Replace(b.Bytes(), []byte("12.34"), []byte("99.34"), 1)
}

func gzipOf(t testing.TB, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Name = name
	_, err := io.WriteString(z, content)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func flip(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 0xFF
	return b
}
