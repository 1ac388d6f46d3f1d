package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/jsonscan"
)

// values are those of a text, each with its line and offset.
func values(r io.Reader, limits jsonscan.Limits) (all []string, err error) {
	s := jsonscan.New(r, limits)
	for {
		value, err := s.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, fmt.Sprintf("%d@%d:%s", s.Line(), s.Offset(), value))
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	long := `"` + strings.Repeat("x", 200_000) + `"`
	for _, tc := range []struct {
		name, in string
		want     []string
		code     record.FileCode
		line     int
	}{
		{name: "nothing", in: " \n\t\r"},
		{name: "an object", in: `{"a": [1, -2.5e+3, true, false, null, "x\n\u00E0\""], "b": {}}`, want: []string{`1@0:{"a": [1, -2.5e+3, true, false, null, "x\n\u00E0\""], "b": {}}`}},
		{name: "values one after the other", in: "{}\n\n[]\n 12", want: []string{"1@0:{}", "3@4:[]", "4@8:12"}},
		{name: "a value longer than the first buffer", in: long + "\n" + long, want: []string{"1@0:" + long, "2@200003:" + long}},
		{name: "a line end in a value counts", in: "[\n1\n]\n2", want: []string{"1@0:[\n1\n]", "4@6:2"}},

		{name: "cut in an object", in: "{\n\"a\"", code: record.FileTruncated, line: 2},
		{name: "cut in a text", in: `"a`, code: record.FileTruncated, line: 1},
		{name: "cut in an escape", in: `"\u00`, code: record.FileTruncated, line: 1},
		{name: "cut in a number", in: `[-`, code: record.FileTruncated, line: 1},
		{name: "cut in a word", in: `tru`, code: record.FileTruncated, line: 1},
		{name: "a comma before the end", in: "[1\n,]", code: record.FileSyntax, line: 2},
		{name: "no comma", in: `[1 2]`, code: record.FileSyntax, line: 1},
		{name: "the bracket of another", in: `[1}`, code: record.FileSyntax, line: 1},
		{name: "a name that is no text", in: `{1: 2}`, code: record.FileSyntax, line: 1},
		{name: "no colon", in: `{"a" 2}`, code: record.FileSyntax, line: 1},
		{name: "a number that starts with zero", in: `[01]`, code: record.FileSyntax, line: 1},
		{name: "a number without decimals after its dot", in: `[1.]`, code: record.FileSyntax, line: 1},
		{name: "a number without an exponent after its e", in: `[1e]`, code: record.FileSyntax, line: 1},
		{name: "a word that is none", in: `[nul]`, code: record.FileSyntax, line: 1},
		{name: "an escape that is none", in: `"\x"`, code: record.FileSyntax, line: 1},
		{name: "an escape of three digits", in: `"\u00Eg"`, code: record.FileSyntax, line: 1},
		{name: "a control character in a text", in: "\"a\nb\"", code: record.FileSyntax, line: 1},
		{name: "a NUL", in: "{}\n\x00", want: []string{"1@0:{}"}, code: record.FileSyntax, line: 2},
		{name: "a bracket that closes nothing", in: "\n]", code: record.FileSyntax, line: 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(tc.in), "byte by byte": iotest.OneByteReader(strings.NewReader(tc.in)),
			} {
				got, err := values(r, jsonscan.Limits{})
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", how, diff)
				}
				wantFault(t, err, tc.code, tc.line)
			}
		})
	}
}

func wantFault(t *testing.T, err error, code record.FileCode, line int) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Error(err)
		}
		return
	}
	var fe *record.FileError
	if !errors.As(err, &fe) || fe.Code != code || fe.Line != line || fe.Message == "" {
		t.Errorf("got %v, want %s on line %d", err, code, line)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	limits := jsonscan.Limits{MaxValue: 1000, MaxDepth: 3}
	text := func(n int) string { return `"` + strings.Repeat("x", n-2) + `"` }
	for _, tc := range []struct {
		name, in string
		limits   jsonscan.Limits
		code     record.FileCode
		line     int
	}{
		{name: "a value as long as it may be", in: "\n" + text(1000), limits: limits},
		{name: "a value a byte longer", in: "\n" + text(1001), limits: limits, code: record.FileLimit, line: 2},
		{name: "a value that does not end", in: "\n" + text(10_000)[:9_000], limits: limits, code: record.FileLimit, line: 2},
		{name: "white space is not held", in: strings.Repeat(" ", 10_000) + "1", limits: limits},
		{name: "as deep as it may be", in: `[{"a":[1]}]`, limits: limits},
		{name: "deeper", in: "[{\"a\":\n[[1]]}]", limits: limits, code: record.FileLimit, line: 2},
		{name: "twenty thousand brackets", in: strings.Repeat("[", 20_000), code: record.FileLimit, line: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := values(strings.NewReader(tc.in), tc.limits)
			wantFault(t, err, tc.code, tc.line)
		})
	}
}

func TestArraysAreEntered(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in, want string
		code     record.FileCode
	}{
		{in: "[]", want: "leave@1 end"},
		{in: " [1,\n{\"a\":2} ] ", want: "1 {\"a\":2} leave@2 end"},
		{in: "[1,]", want: "1", code: record.FileSyntax},
		{in: "[1 2]", want: "1", code: record.FileSyntax},
		{in: "[,1]", code: record.FileSyntax},
		{in: "[1", want: "1", code: record.FileTruncated},
		{in: "[1,", want: "1", code: record.FileTruncated},
		{in: "{}", code: record.FileSyntax},
		{in: "", code: record.FileTruncated},
	} {
		s := jsonscan.New(strings.NewReader(tc.in), jsonscan.Limits{})
		var got []string
		err := s.Enter()
		for err == nil {
			var value []byte
			if value, err = s.Next(); err == nil {
				got = append(got, string(value))
			}
		}
		if errors.Is(err, io.EOF) {
			if err = s.Leave(); err == nil {
				got = append(got, fmt.Sprintf("leave@%d", s.Line()))
				if c, end := s.More(); c == 0 && end == nil {
					got = append(got, "end")
				}
			}
		}
		if want := tc.want; strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", tc.in, got, want)
		}
		wantFault(t, err, tc.code, 1)
	}
}

func TestAFailingReaderIsNoFaultOfTheText(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	_, err := values(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken)), jsonscan.Limits{})
	var fe *record.FileError
	if !errors.Is(err, broken) || errors.As(err, &fe) {
		t.Errorf("got %v", err)
	}
}

// FuzzAgainstEncodingJSON holds the scanner to encoding/json: what it takes is
// valid and the same values, what it refuses encoding/json refuses too.
func FuzzAgainstEncodingJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-2.5e+3,true,false,null,"x\n\u00E0"]}`, "[]\n{}", `[0,1.0E-7,"\\"]`, `{"a":1,}`, `[01]`, "\"\x01\"", `"\ud800"`, "[1\t,\r\n2 ]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := values(bytes.NewReader(in), jsonscan.Limits{})
		again, againErr := values(iotest.OneByteReader(bytes.NewReader(in)), jsonscan.Limits{})
		if !cmp.Equal(got, again) || (err == nil) != (againErr == nil) {
			t.Fatalf("the size of the reads changes the values: %q, %v and %q, %v", got, err, again, againErr)
		}
		for _, value := range got {
			if _, text, _ := strings.Cut(value, ":"); !json.Valid([]byte(text)) {
				t.Fatalf("%q was taken", text)
			}
		}
		var fe *record.FileError
		if err == nil || errors.As(err, &fe) && fe.Code == record.FileLimit {
			return
		}
		dec := json.NewDecoder(bytes.NewReader(in))
		for n := 0; ; n++ {
			var raw json.RawMessage
			decErr := dec.Decode(&raw)
			if errors.Is(decErr, io.EOF) {
				t.Fatalf("%q was refused: %v", in, err)
			}
			if decErr != nil {
				return
			}
		}
	})
}

func BenchmarkNext(b *testing.B) {
	in := []byte("[" + strings.Repeat(`{"index": 1, "iuv": "01470000000000107", "iur": "0c0abaed8920d17834c3978df506db44", "pay": 10.25},`+"\n", 20_000) + "{}]")
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		s := jsonscan.New(bytes.NewReader(in), jsonscan.Limits{})
		err := s.Enter()
		for err == nil {
			_, err = s.Next()
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}
