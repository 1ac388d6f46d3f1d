package biff

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

var errShort = errors.New("record too short")

// texts reads Unicode strings out of a record and those that continue it.
type texts struct {
	recs *records // nil when the record cannot be continued
	data []byte   // what is left of the current record
	text []byte
}

// What the byte of options before the characters of a string says.
const (
	wide     = 1 << 0 // two bytes a character, else one (the low half)
	extended = 1 << 2 // data of Asian phonetics follow the characters
	rich     = 1 << 3 // changes of font follow the characters
)

// short reads a string with a length of one byte (ShortXLUnicodeString).
func (t *texts) short() (string, error) {
	b, err := t.take(2)
	if err != nil {
		return "", err
	}
	return t.characters(int(b[0]), b[1])
}

// long reads a string with a length of two bytes, and passes over what is not
// text in it (XLUnicodeString, XLUnicodeRichExtendedString).
func (t *texts) long() (string, error) {
	b, err := t.take(3)
	if err != nil {
		return "", err
	}
	count, options := int(binary.LittleEndian.Uint16(b)), b[2]
	behind := int64(0)
	if options&rich != 0 {
		if b, err = t.take(2); err != nil {
			return "", err
		}
		behind += 4 * int64(binary.LittleEndian.Uint16(b))
	}
	if options&extended != 0 {
		if b, err = t.take(4); err != nil {
			return "", err
		}
		behind += int64(binary.LittleEndian.Uint32(b))
	}
	text, err := t.characters(count, options)
	if err != nil {
		return "", err
	}
	return text, t.skip(behind)
}

// characters reads count characters. Where a record ends among them, the one
// that continues it starts with options of its own, because what is left of the
// string may need two bytes a character or no longer do.
func (t *texts) characters(count int, options byte) (string, error) {
	t.text = t.text[:0]
	high := rune(0) // first half of a surrogate pair
	for count > 0 {
		if len(t.data) == 0 {
			if err := t.turn(); err != nil {
				return "", err
			}
			b, err := t.take(1)
			if err != nil {
				return "", err
			}
			options = b[0]
			continue
		}
		size := 1
		if options&wide != 0 {
			size = 2
		}
		n := min(count, len(t.data)/size)
		if n == 0 {
			return "", damaged(errors.New("a character cut in two"))
		}
		count -= n
		for units := t.data[:n*size]; len(units) > 0; units = units[size:] {
			unit := rune(units[0])
			if size == 2 {
				unit |= rune(units[1]) << 8
			}
			high = t.append(high, unit)
		}
		t.data = t.data[n*size:]
	}
	if high != 0 {
		t.text = utf8.AppendRune(t.text, utf8.RuneError)
	}
	return string(t.text), nil
}

// append adds a UTF-16 unit to the text. It takes and gives the first half of a
// pair that waits for its second one.
func (t *texts) append(high, unit rune) rune {
	if high != 0 {
		if pair := utf16.DecodeRune(high, unit); pair != utf8.RuneError {
			t.text = utf8.AppendRune(t.text, pair)
			return 0
		}
		t.text = utf8.AppendRune(t.text, utf8.RuneError)
	}
	switch {
	case unit >= 0xD800 && unit < 0xDC00:
		return unit
	case unit < ' ' && unit != '\t' && unit != '\n' && unit != '\r':
		unit = ' '
	}
	t.text = utf8.AppendRune(t.text, unit) // a lone second half becomes U+FFFD
	return 0
}

// take returns the next n bytes, which never straddle two records.
func (t *texts) take(n int) ([]byte, error) {
	if len(t.data) == 0 {
		if err := t.turn(); err != nil {
			return nil, err
		}
	}
	if len(t.data) < n {
		return nil, damaged(errShort)
	}
	b := t.data[:n]
	t.data = t.data[n:]
	return b, nil
}

// skip passes over n bytes, which may straddle records.
func (t *texts) skip(n int64) error {
	for n > 0 {
		if len(t.data) == 0 {
			if err := t.turn(); err != nil {
				return err
			}
		}
		step := min(n, int64(len(t.data)))
		t.data = t.data[step:]
		n -= step
	}
	return nil
}

// turn goes to the record that continues this one, of at least one byte.
func (t *texts) turn() error {
	for len(t.data) == 0 {
		if t.recs == nil {
			return damaged(errShort)
		}
		ok, err := t.recs.more()
		if err != nil {
			return err
		}
		if !ok {
			return damaged(errShort)
		}
		t.data = t.recs.data
	}
	return nil
}
