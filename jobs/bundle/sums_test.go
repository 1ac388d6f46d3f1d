package bundle_test

import (
	"errors"
	"strings"
	"testing"

	"quadra/jobs/bundle"
)

func TestSumsAreReadAsStrictlyAsTheyAreWritten(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	for _, c := range []struct {
		name, text string
		line       int // at fault; 0: none
	}{
		{"two files", sum + "  a\n" + sum + "  b/c d.txt\n", 0},
		{"names with accents", sum + "  rapporto/perché.html\n", 0},
		{"nothing", "", 1},
		{"an empty line", sum + "  a\n\n", 2},
		{"a comment", "# SHA-256\n" + sum + "  a\n", 1},
		{"cut short", sum + "  a\n" + sum + "  b", 2},
		{"a sum in capitals", strings.ToUpper(sum) + "  a\n", 1},
		{"a sum of another length", sum[2:] + "  a\n", 1},
		{"one blank", sum + " a\n", 1},
		{"binary mode", sum + " *a\n", 1},
		{"an escaped name", `\` + sum + `  a\nb` + "\n", 1},
		{"BSD format", "SHA256 (a) = " + sum + "\n", 1},
		{"line ends of Windows", sum + "  a\r\n", 1},
		{"a byte order mark", "\ufeff" + sum + "  a\n", 1},
		{"a name twice", sum + "  a\n" + sum + "  b\n" + sum + "  a\n", 3},
		{"no name", sum + "  \n", 1},
		{"a name that leads out", sum + "  ../a\n", 1},
		{"a name that leads out later", sum + "  a/../../b\n", 1},
		{"an absolute name", sum + "  /etc/passwd\n", 1},
		{"a drive", sum + "  c:/a\n", 1},
		{"a backslash", sum + "  a\\b\n", 1},
		{"a colour of the terminal", sum + "  a\x1b[31m\n", 1},
		{"text from right to left", sum + "  a\u202ezip.exe\n", 1},
		{"not UTF-8", sum + "  a\xff\n", 1},
		{"a name too long", sum + "  " + strings.Repeat("a", 1025) + "\n", 1},
	} {
		sums, err := bundle.ParseSums([]byte(c.text))
		var bad *bundle.SumsError
		switch {
		case c.line == 0 && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.line == 0 && string(bundle.FormatSums(sums)) != c.text:
			t.Errorf("%s: written again it is %q", c.name, bundle.FormatSums(sums))
		case c.line > 0 && (!errors.As(err, &bad) || bad.Line != c.line):
			t.Errorf("%s: %v, want line %d", c.name, err, c.line)
		}
	}
}

// FuzzSums: what is read is written again as it was, and no name leads out.
func FuzzSums(f *testing.F) {
	sum := strings.Repeat("0a", 32)
	for _, seed := range []string{"", "\n", sum + "  a\n", sum + "  a/b\n" + sum + "  b\n", sum + " *a\n", `\` + sum + "  a\\\\b\n",
		sum + "  ../a\n", sum + "  a\r\n", sum + "  a"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		sums, err := bundle.ParseSums(text)
		if err != nil {
			var bad *bundle.SumsError
			if !errors.As(err, &bad) || bad.Line < 1 || sums != nil {
				t.Fatalf("%v with %d sums", err, len(sums))
			}
			return
		}
		if again := bundle.FormatSums(sums); string(again) != string(text) {
			t.Fatalf("%q is written again as %q", text, again)
		}
		for _, s := range sums {
			if strings.HasPrefix(s.Name, "/") || strings.ContainsAny(s.Name, "\\:\x00\r\n") || strings.Contains("/"+s.Name+"/", "/../") {
				t.Fatalf("the name %q was taken", s.Name)
			}
		}
	})
}
