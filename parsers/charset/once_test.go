package charset_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"quadra/parsers/charset"
)

// TestTextReadOnceIsTheTextReadTwice reads long texts of every kind in pieces of
// every size: what is supposed to be plain UTF-8 is, or says that it is not.
func TestTextReadOnceIsTheTextReadTwice(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"riga;di;prova\n", "città;€\n", "a", "😀", "è", "\x0B", "\xE0", "\xC3", "\x00", "citt\xE0 \n", "\xEF\xBB\xBF", "\xF0\x9F"})
	plain := rapid.SampledFrom([]string{"riga;di;prova\n", "città;€\n", "a", "😀", "è"})
	kinds := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(plain, 0, 20).Draw(t, "before")
		head := strings.Join(pieces, "") + padding[:rapid.IntRange(70_000, 100_000).Draw(t, "padding")]
		in := head + strings.Join(rapid.SliceOfN(plain, 0, 200).Draw(t, "after"), "") + strings.Join(rapid.SliceOfN(piece, 0, 2).Draw(t, "odd"), "") +
			strings.Join(rapid.SliceOfN(plain, 0, 20).Draw(t, "end"), "")
		chop := rapid.SampledFrom([]func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.HalfReader, iotest.DataErrReader, iotest.OneByteReader,
		}).Draw(t, "chop")
		open := func() (io.ReadCloser, error) { return io.NopCloser(chop(strings.NewReader(in))), nil }
		want, wantEncoding, wantErr := decode(open)

		r, encoding, supposed, err := charset.NewReaderOnce(open)
		var got strings.Builder
		if err == nil {
			_, err = io.CopyBuffer(&got, struct{ io.Reader }{r}, make([]byte, rapid.SampledFrom([]int{1, 3, 63, 64, 65, 4096, 1 << 17}).Draw(t, "buffer")))
		}
		switch {
		case errors.Is(err, charset.ErrNotSupposed):
			kinds["not as supposed"]++
			if !supposed || wantErr == nil && wantEncoding == charset.UTF8 && want == in {
				t.Fatalf("plain text is not as supposed (supposed %v)", supposed)
			}
		case supposed:
			kinds["as supposed"]++
			if err != nil || wantErr != nil || encoding != wantEncoding || got.String() != want {
				t.Fatalf("read once %s %v, read twice %s %v; %d bytes and %d", encoding, err, wantEncoding, wantErr, got.Len(), len(want))
			}
		default:
			kinds["read twice"]++
			if (err == nil) != (wantErr == nil) || encoding != wantEncoding || got.String() != want {
				t.Fatalf("%s %v, want %s %v", encoding, err, wantEncoding, wantErr)
			}
		}
	})
	if kinds["as supposed"] == 0 || kinds["not as supposed"] == 0 {
		t.Errorf("tried %v", kinds)
	}
}
