package charset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrNotSupposed says that a text that was supposed to be plain UTF-8 is not, see
// [NewReaderOnce].
var ErrNotSupposed = errors.New("the text is not the plain UTF-8 it was supposed to be")

// NewReaderOnce is [NewReader] for who would rather begin again than have every
// text read twice. When the text begins as plain UTF-8 the rest is supposed to
// be, and read once: supposed says so. Should the supposition prove wrong the
// reader fails with an error that wraps ErrNotSupposed, and what NewReader would
// have said of the whole text is not known.
func NewReaderOnce(open func() (io.ReadCloser, error)) (text io.ReadCloser, encoding string, supposed bool, err error) {
	first, err := start(open)
	if err != nil {
		return nil, "", false, err
	}
	if !first.whole && first.plain() {
		return &supposing{
			from:   io.MultiReader(bytes.NewReader(first.buf[:first.n]), first.ReadCloser),
			Closer: first,
		}, UTF8, true, nil
	}
	defer first.Close()
	text, encoding, err = first.choose(open)
	return text, encoding, false, err
}

// plain tells whether a text begins as UTF-8 without anything to be looked at
// twice.
func (b *begun) plain() bool {
	if _, mark := byteOrderMark(b.buf[:b.n]); mark > 0 {
		return false
	}
	var s survey
	_, err := s.look(b.buf[:b.n], false)
	return err == nil && s.plain()
}

// plain tells whether nothing was found that is not UTF-8 or has to be changed.
func (s *survey) plain() bool { return s.invalid == 0 && s.controls == 0 }

// supposing is a text that is looked at while it is read.
type supposing struct {
	io.Closer
	from   io.Reader
	survey survey
	rest   []byte // the start of a character whose end has not come yet
	room   [64]byte
	small  []byte // in room, looked at and not handed over
	err    error
}

// Read fills p with what has been looked at.
func (t *supposing) Read(p []byte) (int, error) {
	if len(p) > 0 && len(p) < len(t.room) { // a character might not fit
		if len(t.small) == 0 {
			n, err := t.read(t.room[:])
			if t.small = t.room[:n]; n == 0 {
				return 0, err
			}
		}
		n := copy(p, t.small)
		t.small = t.small[n:]
		return n, nil
	}
	if len(t.small) > 0 {
		n := copy(p, t.small)
		t.small = nil
		return n, nil
	}
	return t.read(p)
}

func (t *supposing) read(p []byte) (int, error) {
	if t.err != nil || len(p) == 0 {
		return 0, t.err
	}
	n := copy(p, t.rest)
	m, err := t.from.Read(p[n:])
	n += m
	used, odd := t.survey.look(p[:n], errors.Is(err, io.EOF))
	if odd != nil || !t.survey.plain() {
		t.err = fmt.Errorf("%w (after line %d)", ErrNotSupposed, t.survey.lines)
		return 0, t.err
	}
	t.rest = append(t.rest[:0], p[used:n]...)
	t.err = err
	return used, err
}
