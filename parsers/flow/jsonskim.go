package flow

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"quadra/engine/record"
)

// rowArray is where an array of payments lies in the text of a part.
type rowArray struct {
	start, end int64 // offsets of its brackets; end is after the closing one
	line       int   // of the opening bracket
	rows       int   // elements, as far as commas tell
}

// skimmer passes a JSON text through without the payments in it: every array
// that is the value of "payments" or "data" becomes one with a single number,
// the place of the array in arrays. What remains is small, and tells what each
// flow is before its payments are read: JSON does not say in which order the
// members of an object come.
//
// It only tells texts from brackets; that the JSON is well formed is found by
// those who read what it passes, and the arrays later.
type skimmer struct {
	r     io.Reader
	lines *lines // of what is passed
	most  int    // arrays

	arrays []rowArray
	line   int // lines ended so far

	buf    []byte
	in     []byte // what of buf is not looked at yet
	offset int64  // of in, in the text
	out    []byte
	sent   int   // what of out has been read
	passed int64 // offset of out, in what is passed

	quoted, escaped bool
	name            []byte // the last text, as far as it could be a name looked for
	named           bool   // a colon follows it

	eliding  bool
	depth    int
	array    rowArray
	anything bool // the array has an element
	skipped  int  // line ends in the array
}

func newSkimmer(r io.Reader, lines *lines, most int) *skimmer {
	return &skimmer{r: r, lines: lines, most: most, buf: make([]byte, 32<<10)}
}

// Read reads what is passed.
func (s *skimmer) Read(p []byte) (int, error) {
	for s.sent == len(s.out) {
		s.passed += int64(len(s.out))
		s.out, s.sent = s.out[:0], 0
		n, err := s.r.Read(s.buf)
		s.in = s.buf[:n]
		for len(s.in) > 0 {
			var used int
			if s.eliding {
				if used = s.elide(); !s.eliding && len(s.arrays) > s.most {
					return 0, tooMany(s.most)
				}
			} else {
				used = s.pass()
			}
			s.in = s.in[used:]
			s.offset += int64(used)
		}
		if err != nil && len(s.out) == 0 {
			return 0, err
		}
	}
	n := copy(p, s.out[s.sent:])
	s.sent += n
	return n, nil
}

func tooMany(most int) error {
	return &record.FileError{
		Code:    record.FileLimit,
		Message: fmt.Sprintf("ci sono più di %d flussi e pagine JSON da leggere insieme: dividerli in più file", most),
	}
}

// longestName is that of the names an array is looked for by.
const longestName = len("payments")

// pass lets through what comes up to the start of an array of payments.
func (s *skimmer) pass() int {
	for i, c := range s.in {
		s.out = append(s.out, c)
		if c == '\n' {
			s.line++
			s.lines.add(s.passed+int64(len(s.out)-1), 1)
		}
		switch {
		case s.escaped:
			s.escaped = false
		case s.quoted && c == '\\':
			s.escaped = true
			s.name = append(s.name[:0], "escaped name"...)
		case s.quoted && c == '"':
			s.quoted = false
		case s.quoted:
			if len(s.name) <= longestName {
				s.name = append(s.name, c)
			}
		case c == '"':
			s.quoted, s.named, s.name = true, false, s.name[:0]
		case c == ':':
			s.named = true
		case c == ' ', c == '\n', c == '\t', c == '\r':
		case c == '[' && s.named && (string(s.name) == "payments" || string(s.name) == "data"):
			s.eliding, s.depth, s.anything, s.skipped = true, 1, false, 0
			s.array = rowArray{start: s.offset + int64(i), line: s.line + 1}
			return i + 1
		default:
			s.named = false
		}
	}
	return len(s.in)
}

// elide goes to the end of an array of payments.
func (s *skimmer) elide() int {
	in := s.in
	for i := 0; i < len(in); i++ {
		switch {
		case s.escaped:
			s.escaped = false
			continue
		case s.quoted:
			for i < len(in) && in[i] != '"' && in[i] != '\\' {
				i++
			}
			if i < len(in) {
				s.escaped = in[i] == '\\'
				s.quoted = s.escaped
			}
			continue
		}
		for i < len(in) && !structural[in[i]] {
			s.anything = s.anything || in[i] > ' '
			i++
		}
		if i == len(in) {
			break
		}
		switch in[i] {
		case '"':
			s.quoted, s.anything = true, true
		case '{', '[':
			s.depth++
			s.anything = true
		case '}', ']':
			if s.depth--; s.depth == 0 {
				s.skipped += bytes.Count(in[:i], newline)
				s.close(i + 1)
				return i + 1
			}
		case ',':
			if s.depth == 1 {
				s.array.rows++
			}
		}
	}
	s.skipped += bytes.Count(in, newline)
	return len(in)
}

// structural are the bytes that mean something outside texts.
var structural = [256]bool{'"': true, '{': true, '[': true, '}': true, ']': true, ',': true}

var newline = []byte{'\n'}

// close ends the array that ends before s.in[end].
func (s *skimmer) close(end int) {
	s.eliding, s.named = false, false
	s.array.end = s.offset + int64(end)
	if s.anything {
		s.array.rows++
	}
	s.out = append(strconv.AppendInt(s.out, int64(len(s.arrays)), 10), ']')
	s.lines.add(s.passed+int64(len(s.out)-1), s.skipped)
	s.line += s.skipped
	s.arrays = append(s.arrays, s.array)
}
