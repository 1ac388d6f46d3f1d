package csvrow

import "bytes"

// verdict is what split finds out about the bytes it is given.
type verdict int

const (
	complete verdict = iota // a row, or the last one
	more                    // the row goes on beyond what is in the buffer
	unclosed                // a quote opens and never closes
	stray                   // text between a closing quote and the separator
	wide                    // too many fields
)

// split finds the fields of the row at the start of b and returns its length,
// line end included. It changes nothing in b, so that a broken row can be left
// behind line by line.
func (r *Reader) split(b []byte) (int, verdict) {
	r.spans, r.drops = r.spans[:0], r.drops[:0]
	i := 0
	for {
		if len(r.spans) == r.limits.MaxFields {
			return 0, wide
		}
		for i < len(b) && r.blank(b[i]) {
			i++
		}
		s := span{start: i, firstDrop: len(r.drops)}
		if i < len(b) && b[i] == '"' && !r.literal {
			s.start++
			closing, v := r.closing(b, s.start)
			if v != complete {
				return 0, v
			}
			s.end = closing
			for i = closing + 1; i < len(b) && (r.blank(b[i]) || b[i] == '\r'); {
				i++
			}
			if i < len(b) && b[i] != r.separator && b[i] != '\n' {
				return 0, stray
			}
		} else {
			for i < len(b) && b[i] != r.separator && b[i] != '\n' {
				i++
			}
			s.end = i
		}
		s.lastDrop = len(r.drops)
		r.spans = append(r.spans, s)
		switch {
		case i < len(b) && b[i] == '\n':
			return i + 1, complete
		case i < len(b):
			i++
		case r.eof:
			return i, complete
		default:
			return r.goesOn(b, complete)
		}
	}
}

// closing finds the quote that closes the field whose value starts at start,
// and notes the escape characters on the way.
func (r *Reader) closing(b []byte, start int) (int, verdict) {
	for from := start; ; {
		quote := indexQuote(b, from)
		if quote < 0 {
			return r.goesOn(b, unclosed)
		}
		if quote+1 == len(b) && !r.eof {
			return r.goesOn(b, unclosed)
		}
		doubled := quote+1 < len(b) && b[quote+1] == '"'
		if quote > start && oddBackslashes(b[start:quote]) {
			last, v := r.lastBackslash(b, quote)
			switch {
			case v != complete:
				return 0, v
			case !last:
				r.drops = append(r.drops, quote-1)
				from = quote + 1
				continue
			}
		}
		if !doubled {
			return quote, complete
		}
		r.drops = append(r.drops, quote)
		from = quote + 2
	}
}

// indexQuote is where the first quote from i on is, or -1. Most values are so
// short that a loop beats the call that searches long ones.
func indexQuote(b []byte, i int) int {
	const short = 24
	for end := min(i+short, len(b)); i < end; i++ {
		if b[i] == '"' {
			return i
		}
	}
	n := bytes.IndexByte(b[i:], '"')
	if n < 0 {
		return -1
	}
	return i + n
}

// lastBackslash tells whether the backslash before the quote belongs to the
// value, so that the quote is one of the current dialect: it closes the field,
// or is doubled. Otherwise the backslash escapes the quote.
func (r *Reader) lastBackslash(b []byte, quote int) (bool, verdict) {
	at := func(i int) byte { // 0 beyond the end of the file
		if i < len(b) {
			return b[i]
		}
		return 0
	}
	i := quote + 1
	// The few bytes looked at here must be there, or the file be over.
	for i < len(b) && b[i] == r.separator {
		i++
	}
	if i+3 > len(b) && !r.eof {
		_, v := r.goesOn(b, unclosed)
		return false, v
	}
	separators := i - quote - 1
	switch c := at(i); {
	case c == '"' && separators > 0:
		return true, complete
	case c == '"':
		// \"" followed by the end of a field is an escaped quote and a closing one.
		after := at(i + 1)
		return after != r.separator && after != '\n' && after != '\r' && after != 0, complete
	case c == 0:
		return true, complete
	case c == '\r' && at(i+1) == '\n':
		return at(i+2) == '"' || at(i+2) == 0, complete
	case c == '\n':
		return at(i+1) == '"' || at(i+1) == 0, complete
	}
	return false, complete
}

// goesOn asks for more of the file, unless there is no more or the row has
// reached the limit; otherwise says so.
func (r *Reader) goesOn(b []byte, otherwise verdict) (int, verdict) {
	if r.eof || len(b) > r.limits.MaxRow {
		if otherwise == complete {
			otherwise = unclosed
		}
		return 0, otherwise
	}
	return 0, more
}

func (r *Reader) blank(c byte) bool { return c == ' ' || c == '\t' && r.separator != '\t' }

func oddBackslashes(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}
