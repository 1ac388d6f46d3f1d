package charset_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/charset"
)

// padding pushes what follows beyond the first chunk of the first pass.
var padding = strings.Repeat("riga;di;prova\n", 10_000)

func TestNewReader(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		in       string
		encoding string
		want     string
		code     record.FileCode
		line     int
	}{
		{name: "an empty file is empty UTF-8", in: "", encoding: charset.UTF8},
		{name: "plain ASCII is UTF-8", in: "a;b\n", encoding: charset.UTF8, want: "a;b\n"},
		{name: "valid UTF-8 stays as it is", in: "città;€\n", encoding: charset.UTF8, want: "città;€\n"},
		{name: "a UTF-8 mark is dropped", in: "\xEF\xBB\xBFcittà", encoding: charset.UTF8, want: "città"},
		{name: "a UTF-8 mark alone is empty text", in: "\xEF\xBB\xBF", encoding: charset.UTF8},
		{name: "accents of one byte are windows-1252", in: "citt\xE0 \x80 10\n", encoding: charset.Windows1252, want: "città € 10\n"},
		{name: "an acute accent used as apostrophe is windows-1252", in: "CITTA\xB4", encoding: charset.Windows1252, want: "CITTA´"},
		{name: "0xA4 without 0x80-0x9F is the euro of ISO-8859-15", in: "citt\xE0 \xA4 10\n", encoding: charset.ISO885915, want: "città € 10\n"},
		{name: "0xA4 beside typographic quotes stays windows-1252", in: "\x93\xE0\x94 \xA4", encoding: charset.Windows1252, want: "“à” ¤"},
		{name: "a capital before a typographic quote is no UTF-8 letter", in: "PER\xD2\x94 citt\xE0", encoding: charset.Windows1252, want: "PERÒ” città"},
		{name: "the late accent of a long file decides for all of it", in: padding + "citt\xE0\n", encoding: charset.Windows1252, want: padding + "città\n"},
		{name: "a long UTF-8 file is decoded from its start", in: padding + "città\n", encoding: charset.UTF8, want: padding + "città\n"},
		{name: "UTF-16LE is decoded", in: "\xFF\xFEc\x00\xE0\x00\n\x00\x3D\xD8\x00\xDE", encoding: charset.UTF16LE, want: "cà\n😀"},
		{name: "UTF-16BE is decoded", in: "\xFE\xFF\x00c\x00\xE0", encoding: charset.UTF16BE, want: "cà"},
		{name: "stray control characters become blanks", in: padding + "Tari\x0B2026\x1A", encoding: charset.UTF8, want: padding + "Tari 2026 "},

		{name: "bytes windows-1252 leaves undefined are refused", in: "a\nb\n\xE0\x81\n", code: record.FileEncoding, line: 3},
		{name: "UTF-8 first and windows-1252 later is a mix", in: "città\ncitt\xE0 \n", code: record.FileEncoding, line: 2},
		{name: "windows-1252 first and UTF-8 later is a mix", in: "citt\xE0 \n\ncittà\n", code: record.FileEncoding, line: 3},
		{name: "a mix in two far chunks is a mix", in: "città\n" + padding + "citt\xE0 \n", code: record.FileEncoding, line: 10_002},
		{name: "a UTF-8 mark is a promise", in: "\xEF\xBB\xBFa\ncitt\xE0 \n", code: record.FileEncoding, line: 2},
		{name: "NUL bytes are not text", in: "a\nb\x00c", code: record.FileEncoding, line: 2},
		{name: "UTF-16 without a mark is not text", in: "a\x00b\x00", code: record.FileEncoding, line: 1},
		{name: "control garbage is not text", in: "\x01\x02\x03abc\x04\x05", code: record.FileEncoding},
		{name: "a lone surrogate is not text", in: "\xFF\xFEa\x00\n\x00\x3D\xD8a\x00", code: record.FileEncoding, line: 2},
		{name: "UTF-8 cut in the middle of a letter is truncated", in: "città\ncitt\xC3", code: record.FileTruncated, line: 2},
		{name: "UTF-16 cut in the middle of a unit is truncated", in: "\xFF\xFEa\x00b", code: record.FileTruncated, line: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text, encoding, err := decode(source(tc.in))
			if tc.code != "" {
				wantFileError(t, err, tc.code, tc.line)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if encoding != tc.encoding {
				t.Errorf("encoding %q, want %q", encoding, tc.encoding)
			}
			if text != tc.want {
				t.Errorf("text differs: %d bytes, want %d", len(text), len(tc.want))
			}
		})
	}
}

func TestNewReaderReportsAFailingDisk(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	for name, open := range map[string]func() (io.ReadCloser, error){
		"when opening": func() (io.ReadCloser, error) { return nil, broken },
		"when reading": func() (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(broken)), nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := charset.NewReader(open)
			var fe *record.FileError
			if !errors.Is(err, broken) || errors.As(err, &fe) {
				t.Errorf("got %v, want the failure of the disk and no fault of the file", err)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, encoding, in, want string
		code                     record.FileCode
	}{
		{name: "ISO-8859-1 is read as windows-1252", encoding: "ISO-8859-1", in: "\xE0\x80", want: "à€"},
		{name: "names are read in any case", encoding: "Windows-1252", in: "\xE0", want: "à"},
		{name: "ISO-8859-15 has its own euro", encoding: "iso-8859-15", in: "\xA4", want: "€"},
		{name: "ISO-8859-15 has no 0x80", encoding: "iso-8859-15", in: "\x80", code: record.FileEncoding},
		{name: "UTF-8 passes", encoding: "utf-8", in: "à", want: "à"},
		{name: "an unknown name is refused", encoding: "EBCDIC", in: "a", code: record.FileEncoding},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := charset.Decode(strings.NewReader(tc.in), tc.encoding)
			var got []byte
			if err == nil {
				got, err = io.ReadAll(r)
			}
			if tc.code != "" {
				wantFileError(t, err, tc.code, 1)
				return
			}
			if err != nil || string(got) != tc.want {
				t.Errorf("got %q, %v, want %q", got, err, tc.want)
			}
		})
	}
}

func FuzzNewReader(f *testing.F) {
	for _, seed := range []string{"a;b\n", "citt\xE0", "città", "\xFF\xFEa\x00", "\xEF\xBB\xBFa", "\xFE\xFF\xD8\x3D\xDE\x00", "\x00", "\xE2\x82"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		text, encoding, err := decode(source(string(in)))
		if err != nil {
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Message == "" {
				t.Fatalf("not a fault of the file: %v", err)
			}
			return
		}
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Fatalf("%s gave no text: %q", encoding, text)
		}
		if utf8.Valid(in) && encoding == charset.UTF8 && !strings.HasPrefix(string(in), "\xEF\xBB\xBF") && len(text) != len(in) {
			t.Fatalf("UTF-8 of %d bytes became %d", len(in), len(text))
		}
	})
}

func BenchmarkNewReader(b *testing.B) {
	for name, in := range map[string]string{
		"UTF-8":        strings.Repeat(padding, 50) + "città",
		"windows-1252": strings.Repeat(padding, 50) + "citt\xE0",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				r, _, err := charset.NewReader(source(in))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, struct{ io.Reader }{r}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func source(in string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(in))), nil }
}

func decode(open func() (io.ReadCloser, error)) (string, string, error) {
	r, encoding, err := charset.NewReader(open)
	if err != nil {
		return "", "", err
	}
	defer r.Close()
	text, err := io.ReadAll(iotest.OneByteReader(r))
	return string(text), encoding, err
}

func wantFileError(t *testing.T, err error, code record.FileCode, line int) {
	t.Helper()
	var fe *record.FileError
	if !errors.As(err, &fe) {
		t.Fatalf("got error %v, want a FileError %s", err, code)
	}
	if fe.Code != code || fe.Line != line || fe.Message == "" {
		t.Errorf("got %v, want %s on line %d", fe, code, line)
	}
}
