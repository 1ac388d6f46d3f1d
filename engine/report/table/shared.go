package table

// Shared is what the panels of one file have in common, each once: texts, and
// larger things that a panel refers to by their number.
type Shared struct {
	texts  listed
	things listed
	byText map[string]int // places among texts
	byKey  map[any]int    // places among things
	byPart map[string]int // the same of parts, by their JSON
}

// listed is JSON with commas between.
type listed struct {
	items []byte
	count int
}

func (l *listed) add(write func([]byte) []byte) int {
	if l.count > 0 {
		l.items = append(l.items, ",\n"...)
	}
	l.items = write(l.items)
	l.count++
	return l.count - 1
}

func (l *listed) clear() { l.items, l.count = l.items[:0], 0 }

// Text is the number of a text.
func (s *Shared) Text(text string) int {
	i, ok := s.byText[text]
	if !ok {
		i = s.texts.add(func(to []byte) []byte { return AppendString(to, text) })
		if s.byText == nil {
			s.byText = make(map[string]int)
		}
		s.byText[text] = i
	}
	return i
}

// Thing is the number of a thing, which is written the first time.
func (s *Shared) Thing(thing any, write func(to []byte) []byte) int {
	i, ok := s.byKey[thing]
	if !ok {
		i = s.things.add(write)
		if s.byKey == nil {
			s.byKey = make(map[any]int)
		}
		s.byKey[thing] = i
	}
	return i
}

// Part is the number of a thing that is told by its JSON, which is copied the first
// time.
func (s *Shared) Part(json []byte) int {
	i, ok := s.byPart[string(json)]
	if !ok {
		i = s.things.add(func(to []byte) []byte { return append(to, json...) })
		if s.byPart == nil {
			s.byPart = make(map[string]int)
		}
		s.byPart[string(json)] = i
	}
	return i
}

// flush appends what is shared as an object, and forgets it.
func (s *Shared) flush(to []byte) []byte {
	to = append(append(to, `{"whys":[`...), s.things.items...)
	to = append(append(to, `],"texts":[`...), s.texts.items...)
	s.texts.clear()
	s.things.clear()
	clear(s.byText)
	clear(s.byKey)
	clear(s.byPart)
	return append(to, "]}"...)
}
