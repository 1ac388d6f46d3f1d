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
}

const wordBits = 4

// schemaOf reads the fields of a facts struct: yaml is the fact's name, oneof
// its values.
func schemaOf[F any]() *schema {
	s := &schema{byName: make(map[string]*Fact)}
	shift := uint(0)
	for _, field := range reflect.VisibleFields(reflect.TypeFor[F]()) {
		f := Fact{Name: field.Tag.Get("yaml"), shift: shift}
		words := []any{false, true}
		if field.Type.Kind() == reflect.String {
			f.Values = strings.Fields(field.Tag.Get("oneof"))
			words = []any{""}
			for _, v := range f.Values {
				words = append(words, v)
			}
			shift += wordBits
		} else {
			shift++
		}
		if shift > 32 || len(words) > 1<<wordBits {
			panic(fmt.Sprintf("rules: the facts of %T do not fit their key", *new(F)))
		}
		s.facts = append(s.facts, f)
		s.words = append(s.words, words)
	}
	for i := range s.facts {
		s.byName[s.facts[i].Name] = &s.facts[i]
	}
	return s
}

// number is what the i-th fact is in a key.
func (s *schema) number(i int, key uint32) uint32 {
	mask := uint32(1)
	if s.facts[i].Values != nil {
		mask = 1<<wordBits - 1
	}
	return key >> s.facts[i].shift & mask
}

// fill puts the facts of a key where a condition reads them.
func (s *schema) fill(env map[string]any, key uint32) {
	for i := range s.facts {
		env[s.facts[i].Name] = s.words[i][s.number(i, key)]
	}
}

// text is the canonical text of a key: in order, what is yes and what each word
// is, e.g. "ours notified=matched receipt=present". Different facts have
// different texts.
func (s *schema) text(key uint32) string {
	var b strings.Builder
	for i := range s.facts {
		n := s.number(i, key)
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
func (s *schema) unknown(key uint32) (why string) {
	for i := range s.facts {
		if s.facts[i].Values != nil && s.number(i, key) == 0 {
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

// packer builds a key from facts given in the order of the schema.
type packer struct {
	schema *schema
	at     int
	key    uint32
}

func (p *packer) yes(fact bool) {
	if fact {
		p.key |= 1 << p.schema.facts[p.at].shift
	}
	p.at++
}

func (p *packer) word(fact string) {
	f := &p.schema.facts[p.at]
	for i, v := range f.Values {
		if v == fact {
			p.key |= uint32(i+1) << f.shift
			break
		}
	}
	p.at++
}
