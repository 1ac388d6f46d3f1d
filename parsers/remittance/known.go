package remittance

import (
	"slices"
	"strings"

	"quadra/engine/record"
)

// Dictionary gives the flows of one entity, a few at a time, so that millions
// of them can stay in a database. IUFs are returned as stored, in any case.
type Dictionary interface {
	// WithPrefix returns the IUFs that start with a day, "2006-01-02".
	WithPrefix(day string) ([]string, error)
	// Undated returns the IUFs that do not start with a day: those of the first
	// years. It may be called for every text.
	Undated() ([]string, error)
}

// Known searches a remittance text for the IUFs of a dictionary, whatever the
// syntax around them: the text in capitals and without white space must
// contain the IUF, not as part of a longer number or word. If none does, the
// search is repeated without hyphens, underscores and dots. The longest IUF
// wins at one place of the text; different IUFs at two places are ambiguous and
// give none.
//
// It returns the IUF as the dictionary has it, or the empty text. The only
// errors are those of the dictionary.
func Known(remittance string, dict Dictionary) (iuf string, ambiguous bool, err error) {
	t := fold(remittance)
	undated, err := dict.Undated()
	if err != nil {
		return "", false, err
	}
	for _, form := range []form{exact, bare} {
		s := form.squeeze(t)
		hits, err := s.dated(dict)
		if err != nil {
			return "", false, err
		}
		for _, id := range undated {
			hits = s.undated(hits, id)
		}
		if iuf, ambiguous := longest(hits); iuf != "" || ambiguous {
			return iuf, ambiguous, nil
		}
	}
	return "", false, nil
}

// form is how texts and IUFs are compared.
type form int

const (
	exact form = iota // capitals, no white space
	bare              // no hyphen, underscore, dot or slash either
)

// dropped are the characters a bare comparison does not see.
const dropped = "-_./\\:"

// day is how a date looks in this form.
func (f form) day() string {
	if f == bare {
		return "00000000"
	}
	return "0000-00-00"
}

// key is an IUF in this form.
func (f form) key(iuf string) string {
	key := string(fold(Key(iuf)).up)
	if f == bare {
		key = strings.Map(func(r rune) rune {
			if strings.ContainsRune(dropped, r) {
				return -1
			}
			return r
		}, key)
	}
	return key
}

// squeezed is a text without the characters its form does not see.
type squeezed struct {
	form   form
	up     string
	before []joint // what was dropped before each character, and at the end
	uri    []int   // where the characters start that follow URI
}

// joint is what stood between two characters of a squeezed text.
type joint byte

const (
	nothing joint = iota
	hyphen        // or another character an IUF may have inside
	gap           // white space, a slash or the edge of the text
)

func (f form) squeeze(t text) squeezed {
	s := squeezed{form: f, before: make([]joint, 0, t.len()+1)}
	b := make([]byte, 0, t.len())
	between := gap
	for _, c := range t.up {
		switch {
		case c == ' ', f == bare && (c == '/' || c == '\\'):
			between = gap
		case f == bare && strings.IndexByte(dropped, c) >= 0:
			between = max(between, hyphen)
		default:
			b = append(b, c)
			s.before = append(s.before, between)
			between = nothing
		}
	}
	s.before = append(s.before, gap)
	s.up = string(b)
	for i := 0; ; {
		k := strings.Index(s.up[i:], "URI")
		if k < 0 {
			return s
		}
		i += k + len("URI")
		s.uri = append(s.uri, len(s.up)-len(strings.TrimLeft(s.up[i:], "/.\\:")))
	}
}

// hit is an IUF found at a place of the text.
type hit struct {
	from, to int
	iuf      string
}

// dated finds the IUFs that start with a day written in the text.
func (s squeezed) dated(dict Dictionary) ([]hit, error) {
	var hits []hit
	asked := map[string][]string{}
	for i := 0; i+len(s.form.day()) <= len(s.up); i++ {
		day, ok := s.dayAt(i)
		if !ok {
			continue
		}
		ids, known := asked[day]
		if !known {
			var err error
			if ids, err = dict.WithPrefix(day); err != nil {
				return nil, err
			}
			asked[day] = ids
		}
		for _, id := range ids {
			key := s.form.key(id)
			if strings.HasPrefix(s.up[i:], key) && len(key) > len(s.form.day()) && s.ends(i+len(key)) {
				hits = append(hits, hit{i, i + len(key), id})
			}
		}
	}
	return hits, nil
}

// dayAt is the day written at i, as the prefix of an IUF.
func (s squeezed) dayAt(i int) (string, bool) {
	d := s.up[i : i+len(s.form.day())]
	if s.form == bare {
		if !allDigits(d) {
			return "", false
		}
		d = d[:4] + "-" + d[4:6] + "-" + d[6:]
	}
	_, err := record.ParseDate(d)
	return d, err == nil
}

// minSearched keeps a short undated IUF from being found inside anything.
const minSearched = 8

// undated adds the places of one IUF without a day. A short one counts only
// after URI.
func (s squeezed) undated(hits []hit, iuf string) []hit {
	key := s.form.key(iuf)
	if key == "" {
		return hits
	}
	for i := 0; ; i++ {
		k := strings.Index(s.up[i:], key)
		if k < 0 {
			return hits
		}
		i += k
		announced := slices.Contains(s.uri, i)
		alone := s.before[i] == gap || s.before[i] == nothing && !isID(s.up[i-1])
		if (announced || alone && len(key) >= minSearched) && s.ends(i+len(key)) {
			hits = append(hits, hit{i, i + len(key), iuf})
		}
	}
}

// ends tells whether an IUF may end before i. A digit after a digit or a letter
// after a letter would make it part of a longer one, and so would a hyphen; a
// letter after a digit may be text glued to it.
func (s squeezed) ends(i int) bool {
	switch s.before[i] {
	case gap:
		return true
	case hyphen:
		return false
	}
	last, next := s.up[i-1], s.up[i]
	if next == '.' || next == ':' {
		return s.before[i+1] != nothing || !isDigit(s.up[i+1])
	}
	if !isID(next) {
		return true
	}
	return next != '-' && next != '_' && isDigit(last) != isDigit(next)
}

// longest drops the hits inside longer ones; what remains must be one IUF.
func longest(hits []hit) (iuf string, ambiguous bool) {
	for _, h := range hits {
		inside := slices.ContainsFunc(hits, func(o hit) bool {
			return o.from <= h.from && h.to <= o.to && o.to-o.from > h.to-h.from
		})
		switch {
		case inside:
		case iuf == "":
			iuf = h.iuf
		case Key(iuf) != Key(h.iuf):
			return "", true
		}
	}
	return iuf, false
}
