package table

// Shared is what the panels of one file have in common, each once: texts, and
// larger things that a panel refers to by their number.
type Shared struct {
	texts  sharing[string]
	things sharing[any]
}

type sharing[K comparable] struct {
	at    map[K]int
	items []byte // JSON, with commas between
}

// Text is the number of a text.
func (s *Shared) Text(text string) int {
	return s.texts.number(text, func(to []byte) []byte { return AppendString(to, text) })
}

// Thing is the number of a thing, which is written the first time.
func (s *Shared) Thing(thing any, write func(to []byte) []byte) int {
	return s.things.number(thing, write)
}

func (s *sharing[K]) number(key K, write func([]byte) []byte) int {
	if i, ok := s.at[key]; ok {
		return i
	}
	if s.at == nil {
		s.at = make(map[K]int)
	}
	i := len(s.at)
	s.at[key] = i
	if i > 0 {
		s.items = append(s.items, ",\n"...)
	}
	s.items = write(s.items)
	return i
}

func (s *sharing[K]) clear() {
	clear(s.at)
	s.items = s.items[:0]
}

// flush appends what is shared as an object, and forgets it.
func (s *Shared) flush(to []byte) []byte {
	to = append(append(to, `{"whys":[`...), s.things.items...)
	to = append(append(to, `],"texts":[`...), s.texts.items...)
	s.texts.clear()
	s.things.clear()
	return append(to, "]}"...)
}
