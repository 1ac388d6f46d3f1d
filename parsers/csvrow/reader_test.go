package csvrow_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
)

func TestNext(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200_000)
	for _, tc := range []struct {
		name string
		in   string
		want string // rows as "line:field|field", broken ones as "line:!CODE"
	}{
		{"an empty file has no rows", "", ""},
		{"plain fields", "a;b\nc;d\n", "1:a|b 2:c|d"},
		{"the last line end may be missing", "a;b\nc;d", "1:a|b 2:c|d"},
		{"CRLF ends lines too", "a;b\r\nc;\"d\"\r\n", "1:a|b 2:c|d"},
		{"blank lines are skipped and counted", "\n  \r\na;b\n\nc;d\n\n", "3:a|b 5:c|d"},
		{"empty fields are kept", ";;\n\"\";;\"\"\n", "1:|| 2:||"},
		{"a separator at the end opens one more field", "a;", "1:a|"},
		{"blanks around values are dropped", "  a b\t; \" c \" ;d \r\n", "1:a b|c|d"},
		{"separators inside quotes are text", `"a;b";c`, "1:a;b|c"},
		{"doubled quotes are one quote", `"Tari ""2026""";c`, `1:Tari "2026"|c`},
		{"escaped quotes are quotes", `"Tari \"2026\"";c`, `1:Tari "2026"|c`},
		{"an escaped quote before a separator is text", `"\"2026\"; rata 1";c`, `1:"2026"; rata 1|c`},
		{"a backslash may be the last of a value", `"C:\";"c"`, `1:C:\|c`},
		{"a backslash may be the last of a value before empty fields", `"C:\";;"c"`, `1:C:\||c`},
		{"a backslash may be the last of a row", "\"a\";\"C:\\\"\n\"b\";\"c\"\n", `1:a|C:\ 2:b|c`},
		{"a backslash may be the last of a row with CRLF", "\"a\";\"C:\\\"\r\n\"b\";\"c\"\r\n", `1:a|C:\ 2:b|c`},
		{"a backslash may be the last of a file", `"a";"C:\"`, `1:a|C:\`},
		{"a backslash before a doubled quote is a backslash", `"C:\""x";c`, `1:C:\"x|c`},
		{"two backslashes escape nothing", `"a\\";c`, `1:a\\|c`},
		{"quotes inside an unquoted value are text", `Tari "2026";c`, `1:Tari "2026"|c`},
		{"line ends inside quotes are text and counted", "\"a\nb\";c\nd;e\n", "1:a\nb|c 3:d|e"},
		{"a row longer than the first buffer", long + ";\"" + long + "\"\na;b\n", "1:" + long + "|" + long + " 2:a|b"},

		{"text after closing quotes breaks the row only", "a;b\n\"c\"x;d\ne;f\n", "1:a|b 2:!SYNTAX 3:e|f"},
		{"quotes that never close break the row only", "a;b\n\"c;d\ne;f\n", "1:a|b 2:!SYNTAX 3:e|f"},
		{"quotes closed on a later row break the first", "\"a;b\n\"c\";d\ne;f\n", "1:!SYNTAX 2:c|d 3:e|f"},
		{"too many fields break the row only", strings.Repeat(";", 600) + "\ne;f\n", "1:!COLUMNS 2:e|f"},
		{"a broken last line without line end", "a;b\n\"c\"x;d", "1:a|b 2:!SYNTAX"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for name, r := range map[string]io.Reader{
				"whole":        strings.NewReader(tc.in),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tc.in)),
			} {
				got, err := rows(r, csvrow.Limits{})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestNextRefusesTheFile(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	for _, tc := range []struct {
		name string
		in   io.Reader
		code record.FileCode
		line int
		is   error
	}{
		{name: "cut inside quotes on its last line", in: strings.NewReader("a;b\nc;\"d"), code: record.FileTruncated, line: 2, is: io.ErrUnexpectedEOF},
		{name: "with a row beyond the limit", in: strings.NewReader("a;b\n" + strings.Repeat("x", 2000)), code: record.FileLimit, line: 2},
		{name: "with a quoted row beyond the limit", in: strings.NewReader("a;b\n\"" + strings.Repeat("x", 2000)), code: record.FileLimit, line: 2},
		{name: "not when the disk fails", in: iotest.TimeoutReader(strings.NewReader("a;b\n" + strings.Repeat("x", 90))), is: iotest.ErrTimeout},
		{name: "not when the source is cut", in: io.MultiReader(strings.NewReader("a;b\n"), iotest.ErrReader(io.ErrUnexpectedEOF)), is: io.ErrUnexpectedEOF},
		{name: "not when its reader fails", in: iotest.ErrReader(broken), is: broken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := rows(tc.in, csvrow.Limits{MaxRow: 1000})
			var fe *record.FileError
			if errors.As(err, &fe) != (tc.code != "") {
				t.Fatalf("got %v", err)
			}
			if fe != nil && (fe.Code != tc.code || fe.Line != tc.line) {
				t.Errorf("got %v, want %s on line %d", fe, tc.code, tc.line)
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("got %v, want it to wrap %v", err, tc.is)
			}
		})
	}
}

func TestUnterminated(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{"a;b\nc;d": true, "a;b\nc;d\n": false, "a;b\nc;\"d\"\r\n": false} {
		r := csvrow.NewReader(strings.NewReader(in), ';', csvrow.Limits{})
		for range 2 {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}
		if r.Unterminated() != want {
			t.Errorf("%q: unterminated %v, want %v", in, r.Unterminated(), want)
		}
	}
}

// FuzzAgainstEncodingCSV holds the reader to encoding/csv wherever the two
// mean to agree: no backslash (encoding/csv knows none), no blanks around
// values (ours drops them), no broken rows.
func FuzzAgainstEncodingCSV(f *testing.F) {
	for _, seed := range []string{"a;b\nc;d", "\"a\"\"b\";c\r\n", "\"a\nb\";;\n\n;\n", "a\"b;c\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, gotErr := rows(bytes.NewReader(in), csvrow.Limits{MaxRow: 1 << 16})
		again, againErr := rows(iotest.OneByteReader(bytes.NewReader(in)), csvrow.Limits{MaxRow: 1 << 16})
		if !cmp.Equal(got, again) || (gotErr == nil) != (againErr == nil) {
			t.Fatalf("the size of the reads changes the rows: %q and %q", got, again)
		}
		if bytes.ContainsAny(in, "\\ \t\v\f") || bytes.Contains(bytes.ReplaceAll(in, []byte("\r\n"), nil), []byte("\r")) {
			return
		}
		for _, c := range in {
			if c < ' ' && c != '\n' && c != '\r' {
				return
			}
		}
		ref := csv.NewReader(bytes.NewReader(in))
		ref.Comma, ref.FieldsPerRecord, ref.LazyQuotes = ';', -1, false
		var want []string
		for {
			fields, err := ref.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return
			}
			for i := range fields {
				fields[i] = strings.Trim(fields[i], "\r\n")
			}
			if len(fields) == 1 && fields[0] == "" {
				continue
			}
			line, _ := ref.FieldPos(0)
			want = append(want, fmt.Sprintf("%d:%s", line, strings.Join(fields, "|")))
		}
		for i := range got { // encoding/csv keeps LF only inside a value
			got[i] = strings.ReplaceAll(got[i], "\r\n", "\n")
		}
		if gotErr != nil || !cmp.Equal(want, got) {
			t.Fatalf("%q\n got %q, %v\nwant %q", in, got, gotErr, want)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	row := strings.Repeat(`"";`, 40) + strings.Repeat(`"identificativo 0123";`, 29) + "\"9/0101100IM/\"\n"
	in := []byte(strings.Repeat(row, 2000))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		r := csvrow.NewReader(bytes.NewReader(in), ';', csvrow.Limits{})
		n := 0
		for {
			if _, err := r.Next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 2000 {
			b.Fatalf("%d rows", n)
		}
	}
}

func rows(in io.Reader, limits csvrow.Limits) ([]string, error) {
	r := csvrow.NewReader(in, ';', limits)
	var out []string
	for {
		fields, err := r.Next()
		var broken *csvrow.RowError
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case errors.As(err, &broken):
			out = append(out, fmt.Sprintf("%d:!%s", broken.Line, broken.Code))
		case err != nil:
			return out, err
		default:
			out = append(out, fmt.Sprintf("%d:%s", r.Line(), bytes.Join(fields, []byte("|"))))
		}
	}
}
