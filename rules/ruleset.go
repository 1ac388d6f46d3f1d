package rules

import (
	"slices"
	"strings"
	"sync"
)

// Ruleset is a checked ruleset; it never changes, and all its methods may be
// called concurrently.
type Ruleset struct {
	name, id, version, hash string

	payment, settlement, movement *unit

	labels   []*Label
	examples []example

	file   *rulesetFile // as written, what it extends included
	layers []string     // id and version of what it extends, from the bottom

	sources []Source
}

// Source is a file a ruleset is made of.
type Source struct {
	File string // as its problems call it
	Text []byte // without a byte order mark, lines end with LF
	Hash string // SHA-256 of Text, in hexadecimal
}

// Sources are the files the ruleset is made of: what it extends from the bottom,
// and last its own. The hash of the first is its [Ruleset.Hash]; each further one
// makes it the SHA-256 of the hash so far, an LF and its own hash.
func (rs *Ruleset) Sources() []Source { return slices.Clone(rs.sources) }

// ID is what the ruleset calls itself.
func (rs *Ruleset) ID() string { return rs.id }

// Version is the version the ruleset gives itself.
func (rs *Ruleset) Version() string { return rs.version }

// Title names the ruleset with its version and, before it, what it extends:
// "quadra 1 + c_q001 3".
func (rs *Ruleset) Title() string {
	return strings.Join(append(slices.Clone(rs.layers), rs.id+" "+rs.version), " + ")
}

// Extends says whether the ruleset is an overlay on another.
func (rs *Ruleset) Extends() bool { return len(rs.layers) > 0 }

// Hash is the SHA-256 of the ruleset's source, in hexadecimal; line endings and
// a byte order mark do not count. That of an overlay is made of its source and of
// the hash of what it extends.
func (rs *Ruleset) Hash() string { return rs.hash }

// unit is the rules of a unit, or nil when there is no such unit.
func (rs *Ruleset) unit(name string) *unit {
	for _, u := range []*unit{rs.payment, rs.settlement, rs.movement} {
		if u.name == name {
			return u
		}
	}
	return nil
}

// Verdict is what the ruleset says of one combination of facts. Equal facts
// share it: do not change its slice.
type Verdict struct {
	// Status is nil only for facts that are Impossible and fit no rule.
	Status *Status
	Labels []string // codes, sorted
	// Facts is the canonical text of the facts: what is yes, and each word, e.g.
	// "ours notified=matched receipt=present". Different facts, different texts.
	Facts string
}

// Payment judges a payment.
func (rs *Ruleset) Payment(f PaymentFacts) Verdict { return rs.payment.judge(f.pack()) }

// Settlement judges a settlement.
func (rs *Ruleset) Settlement(f SettlementFacts) Verdict { return rs.settlement.judge(f.pack()) }

// Movement judges a movement.
func (rs *Ruleset) Movement(f MovementFacts) Verdict { return rs.movement.judge(f.pack()) }

// Statuses lists the statuses of a unit in the order they are tried.
func (rs *Ruleset) Statuses(unit string) []*Status {
	if u := rs.unit(unit); u != nil {
		return append([]*Status(nil), u.statuses...)
	}
	return nil
}

// Status finds a status by its code.
func (rs *Ruleset) Status(unit, code string) (*Status, bool) {
	if u := rs.unit(unit); u != nil {
		return u.status(code)
	}
	return nil, false
}

// Labels lists the labels of every unit in the order of the file.
func (rs *Ruleset) Labels() []*Label { return append([]*Label(nil), rs.labels...) }

// Label finds a label by its code.
func (rs *Ruleset) Label(code string) (*Label, bool) {
	for _, l := range rs.labels {
		if l.Code == code {
			return l, true
		}
	}
	return nil, false
}

// Status is one of the things a unit can be; it is exactly one of them.
type Status struct {
	Rule
	// Severity: 0 nothing to do, 1 to note, 2 to look into, 3 money that does
	// not agree, 4 at once.
	Severity int
}

// Label is one of the things a unit can be called; any number of them.
type Label struct {
	Rule
	layer int // that brought it
}

// Rule is what statuses and labels have in common.
type Rule struct {
	Unit string // payment, settlement or movement
	Code string
	Sign int    // 1 reconciled, -1 anomaly, 0 neither
	When string // condition, as written
	File string // that has or last changed it
	Line int    // of that file

	it, en    wording
	condition *condition
}

type wording struct {
	name string
	why  template
}

func (r *Rule) wording(lang string) *wording {
	if lang == "en" {
		return &r.en
	}
	return &r.it
}

// Name is what people call it, in English for "en" and Italian for any other
// language.
func (r *Rule) Name(lang string) string { return r.wording(lang).name }

// Explain says why it holds, in the language of [Rule.Name]. Values are by
// the names an explanation may hold; one that is missing is shown as a dash.
func (r *Rule) Explain(lang string, values map[string]string) string {
	return r.wording(lang).why.fill(values)
}

// unit is the rules of one unit and the verdicts they have given so far.
type unit struct {
	name     string
	schema   *schema
	statuses []*Status
	labels   []*Label // by code

	mu    sync.RWMutex
	known map[key]*Verdict
}

func (u *unit) status(code string) (*Status, bool) {
	for _, s := range u.statuses {
		if s.Code == code {
			return s, true
		}
	}
	return nil, false
}

// judge gives the verdict on a combination of facts. A few thousand are
// possible and a few dozen arise, so each is worked out once and remembered.
func (u *unit) judge(k key) Verdict {
	u.mu.RLock()
	v := u.known[k]
	u.mu.RUnlock()
	if v == nil {
		v = u.evaluate(k)
		u.mu.Lock()
		u.known[k] = v
		u.mu.Unlock()
	}
	return *v
}

func (u *unit) evaluate(k key) *Verdict {
	r := u.schema.reader()
	r.read(k)
	v := &Verdict{Status: u.first(r), Facts: u.schema.text(k)}
	for _, l := range u.labels {
		if r.holds(l.condition) {
			v.Labels = append(v.Labels, l.Code)
		}
	}
	return v
}

// first is the status of the facts in r, or nil.
func (u *unit) first(r *reader) *Status {
	for _, s := range u.statuses {
		if r.holds(s.condition) {
			return s
		}
	}
	return nil
}
