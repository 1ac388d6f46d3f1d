package rules

import (
	"fmt"
	"reflect"
	"strings"
)

// The three units that are judged.
const (
	UnitPayment    = "payment"
	UnitSettlement = "settlement"
	UnitMovement   = "movement"
)

// Fact is one fact a condition may speak of.
type Fact struct {
	Name   string   // as conditions and examples write it
	Values []string // the words it can be; nil when it is yes or no

	shift uint
}

// Facts lists the facts of a unit in the order verdicts show them; nil for an
// unknown unit.
func Facts(unit string) []Fact {
	if s := schemas[unit]; s != nil {
		return append([]Fact(nil), s.facts...)
	}
	return nil
}

var schemas = map[string]*schema{
	UnitPayment:    paymentSchema,
	UnitSettlement: settlementSchema,
	UnitMovement:   movementSchema,
}

// schema packs the facts of a unit into an integer, the key of its verdicts: a
// bit for yes or no, four for a word, whose number counts from one so that zero
// is a word nobody knows.
type schema struct {
	facts  []Fact
	byName map[string]*Fact
	// words holds each fact's values as conditions see them, made once.
	words [][]any
	// vocabulary is the values of the facts that are words, in order.
	vocabulary [][]string
}

const wordBits = 4

// schemaOf reads the fields of a facts struct: yaml is the fact's name, oneof
// its values.
func schemaOf[F any]() *schema {
	s := &schema{byName: make(map[string]*Fact)}
	bits := uint(0)
	for _, field := range reflect.VisibleFields(reflect.TypeFor[F]()) {
		f := Fact{Name: field.Tag.Get("yaml")}
		words := []any{false, true}
		if field.Type.Kind() == reflect.String {
			f.Values = strings.Fields(field.Tag.Get("oneof"))
			words = []any{""}
			for _, v := range f.Values {
				words = append(words, v)
			}
			s.vocabulary = append(s.vocabulary, f.Values)
			bits += wordBits
		} else {
			bits++
		}
		if bits > 32 || len(words) > 1<<wordBits {
			panic(fmt.Sprintf("rules: the facts of %T do not fit their key", *new(F)))
		}
		s.facts = append(s.facts, f)
		s.words = append(s.words, words)
	}
	for i := range s.facts {
		f := &s.facts[i]
		s.byName[f.Name] = f
		if bits--; f.Values != nil { // the first fact has the highest bits
			bits -= wordBits - 1
		}
		f.shift = bits
	}
	return s
}

// number is what the i-th fact is in a key.
func (s *schema) number(i int, k key) key {
	return k >> s.facts[i].shift & s.facts[i].mask()
}

// mask is the bits of a fact, before they are shifted to their place.
func (f *Fact) mask() key {
	if f.Values != nil {
		return 1<<wordBits - 1
	}
	return 1
}

// fill puts the facts of a key where a condition reads them.
func (s *schema) fill(env map[string]any, k key) {
	for i := range s.facts {
		env[s.facts[i].Name] = s.words[i][s.number(i, k)]
	}
}

// text is the canonical text of a key: in order, what is yes and what each word
// is, e.g. "ours notified=matched receipt=present". Different facts have
// different texts.
func (s *schema) text(k key) string {
	var b strings.Builder
	for i := range s.facts {
		n := s.number(i, k)
		if s.facts[i].Values == nil && n == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s.facts[i].Name)
		if s.facts[i].Values != nil {
			b.WriteByte('=')
			b.WriteString(s.words[i][n].(string))
		}
	}
	return b.String()
}

// unknown names the first fact of a key that is a word nobody knows.
func (s *schema) unknown(k key) (why string) {
	for i := range s.facts {
		if s.facts[i].Values != nil && s.number(i, k) == 0 {
			return s.facts[i].Name + " deve essere " + strings.Join(s.facts[i].Values, ", ")
		}
	}
	return ""
}

func (s *schema) names() []string {
	names := make([]string, len(s.facts))
	for i := range s.facts {
		names[i] = s.facts[i].Name
	}
	return names
}

// key packs facts, added in the order of the schema. It is what a verdict is
// remembered by, so it is made for every payment of a night.
type key uint32

func (k key) yes(fact bool) key {
	k <<= 1
	if fact {
		k |= 1
	}
	return k
}

func (k key) word(vocabulary []string, fact string) key {
	k <<= wordBits
	for i, v := range vocabulary {
		if v == fact {
			return k | key(i+1)
		}
	}
	return k
}
