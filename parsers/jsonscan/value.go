package jsonscan

// finding is what value finds out about the bytes it is given.
type finding int

const (
	whole      finding = iota // a value
	unfinished                // the value goes on beyond what is in the buffer
	malformed                 // no JSON
	deep                      // beyond the limit of depth
)

// part is what must come next in a value.
type part int

const (
	anyValue      part = iota
	firstElement       // a value, or the end of the array
	firstName          // a name, or the end of the object
	nextName           // a name
	afterValue         // a comma, or the end of what is open
	beforeContent      // the colon
)

// value finds the value at the start of b and returns its length, or where it is
// at fault.
func (s *Scanner) value(b []byte) (int, finding) {
	stack := s.stack[:0]
	next := anyValue
	for i := 0; ; {
		for i < len(b) && blank[b[i]] {
			i++
		}
		if i == len(b) {
			return i, unfinished
		}
		c := b[i]
		switch next {
		case afterValue:
			open := stack[len(stack)-1]
			switch {
			case c == ',' && open == '{':
				next = nextName
			case c == ',':
				next = anyValue
			case c == open+2: // the closing bracket, in ASCII
				if stack = stack[:len(stack)-1]; len(stack) == 0 {
					return i + 1, whole
				}
			default:
				return i, malformed
			}
			i++
			continue
		case beforeContent:
			if c != ':' {
				return i, malformed
			}
			i++
			next = anyValue
			continue
		case firstName, nextName:
			if c == '"' {
				end, found := text(b, i+1)
				if found != whole {
					return end, found
				}
				i, next = end, beforeContent
				continue
			}
			if c != '}' || next == nextName {
				return i, malformed
			}
			next = afterValue
			continue
		case firstElement:
			if c == ']' {
				next = afterValue
				continue
			}
		}
		end, found := i+1, malformed
		switch {
		case c == '"':
			end, found = text(b, end)
		case c == '{' || c == '[':
			if len(stack) == s.limits.MaxDepth {
				return i, deep
			}
			stack = append(stack, c)
			s.stack = stack
			if next = firstElement; c == '{' {
				next = firstName
			}
			i++
			continue
		case c == '-' || c >= '0' && c <= '9':
			end, found = number(b, i, s.eof)
		case c == 't':
			end, found = word(b, i, "true")
		case c == 'f':
			end, found = word(b, i, "false")
		case c == 'n':
			end, found = word(b, i, "null")
		default:
			end = i
		}
		if found != whole || len(stack) == 0 {
			return end, found
		}
		i, next = end, afterValue
	}
}

// Tables of bytes: white space, and what stands for itself in a text.
var (
	blank = [256]bool{' ': true, '\n': true, '\t': true, '\r': true}
	plain = func() (t [256]bool) {
		for c := 0x20; c < len(t); c++ {
			t[c] = c != '"' && c != '\\'
		}
		return t
	}()
)

// text goes to the end of a text, which starts after its quote.
func text(b []byte, i int) (int, finding) {
	for {
		for i < len(b) && plain[b[i]] {
			i++
		}
		if i == len(b) {
			return i, unfinished
		}
		switch b[i] {
		case '"':
			return i + 1, whole
		case '\\':
		default:
			return i, malformed // a control character
		}
		if i++; i == len(b) {
			return i, unfinished
		}
		switch b[i] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i++
		case 'u':
			for end := i + 4; i < end; {
				if i++; i == len(b) {
					return i, unfinished
				}
				if !isHex(b[i]) {
					return i, malformed
				}
			}
			i++
		default:
			return i, malformed
		}
	}
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// number goes to the end of a number, which only what follows tells unless the
// text ends there.
func number(b []byte, i int, eof bool) (int, finding) {
	ends := unfinished
	if eof {
		ends = whole
	}
	if b[i] == '-' {
		i++
	}
	switch {
	case i == len(b):
		return i, unfinished
	case b[i] == '0':
		i++
	case b[i] >= '1' && b[i] <= '9':
		i = digits(b, i)
	default:
		return i, malformed
	}
	if i < len(b) && b[i] == '.' {
		from := i + 1
		if i = digits(b, from); i == from {
			return i, orUnfinished(i == len(b))
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from := i
		if i = digits(b, from); i == from {
			return i, orUnfinished(i == len(b))
		}
	}
	if i == len(b) {
		return i, ends
	}
	return i, whole
}

func orUnfinished(end bool) finding {
	if end {
		return unfinished
	}
	return malformed
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}

func word(b []byte, i int, want string) (int, finding) {
	for n := range len(want) {
		switch {
		case i+n == len(b):
			return i + n, unfinished
		case b[i+n] != want[n]:
			return i + n, malformed
		}
	}
	return i + len(want), whole
}
