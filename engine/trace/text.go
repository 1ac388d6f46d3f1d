package trace

import (
	"io"
	"slices"
	"strings"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Text prints a chain as trees for a terminal, in Italian or, for "en", in
// English, without colours. A chain reached through an IUV or an IUD has one
// tree per payment: notice, receipt, flow, cash, status and why; one reached
// through an IUF or a movement has a tree per flow with its payments in brief.
// Equal chains give equal bytes.
func Text(w io.Writer, c *Chain, lang string) error {
	t := &text{chain: c, english: lang == "en", shown: make(map[any]bool), payments: make(map[string][]*PaymentPart)}
	for i := range c.Payments {
		p := &c.Payments[i]
		t.payments[p.IUV] = append(t.payments[p.IUV], p)
	}
	var roots []*node
	switch c.Kind {
	case KindIUV, KindIUD:
		for i := range c.Payments {
			roots = append(roots, t.payment(&c.Payments[i]))
		}
	case KindMovement:
		for i := range c.Movements {
			if m := &c.Movements[i]; t.asked(m) {
				roots = append(append(roots, t.movement(m)), t.named(m)...)
			}
		}
		fallthrough
	default:
		for i := range c.Settlements {
			roots = append(roots, t.settlement(&c.Settlements[i]))
		}
	}
	return printTrees(w, append(roots, t.rest()...))
}

// text turns the parts of a chain into trees and remembers which it showed.
type text struct {
	chain    *Chain
	english  bool
	shown    map[any]bool              // pointers to parts
	payments map[string][]*PaymentPart // by IUV
}

func (t *text) say(italian, english string) string {
	if t.english {
		return english
	}
	return italian
}

func (t *text) money(c record.Cents) string {
	s := c.Italian()
	if t.english {
		s = strings.NewReplacer(".", ",", ",", ".").Replace(s)
	}
	return s
}

func (t *text) day(d record.Date) string {
	switch {
	case d == 0:
		return "—"
	case t.english:
		return d.String()
	}
	return d.Italian()
}

func (t *text) instant(at time.Time) string {
	return at.In(record.Rome()).Format(t.say("02/01/2006 15:04:05", "2006-01-02 15:04:05"))
}

// file says where a record stands, so that it can be opened there.
func (t *text) file(s store.TracedSource) string {
	return "[" + s.String() + "]"
}

// asked says that a movement is the one the chain was asked for.
func (t *text) asked(m *MovementPart) bool {
	return t.chain.ID == MovementName(m.Year, m.Number)
}

// verdict is the status, why it was given, the labels and how it came about.
func (t *text) verdict(v store.TracedVerdict, r Reading, difference record.Cents, history []store.TracedChange, notes []NotePart, of about) []*node {
	out := t.said(notes)
	if v.Status == "" {
		out = append(out, leaf("%s", t.say("stato: non ancora giudicato", "status: not judged yet")))
		return append(out, t.history(history, of))
	}
	status := leaf("%s", t.say("stato: ", "status: ")+codeName(v.Status, r.Name)+" ("+map[int]string{1: "+", 0: "0", -1: "-"}[v.Sign]+")")
	if r.Why != "" {
		status.add(leaf("%s%s", t.say("perché: ", "why: "), r.Why))
	}
	if difference != 0 {
		status.add(leaf("%s%s", t.say("differenza: ", "difference: "), t.money(difference)))
	}
	if r.DueBy != 0 {
		status.add(leaf("%s%s", t.say("termine: ", "due by: "), t.day(r.DueBy)))
	}
	status.add(leaf("%s%s", t.say("fatti: ", "facts: "), v.Facts), leaf("%s%s", t.say("regole: ", "ruleset: "), short(v.RulesetHash)))
	out = append(out, status)
	if v.Labels != "" {
		labels := leaf("%s%s", t.say("classificazioni: ", "labels: "), strings.ReplaceAll(string(v.Labels), "|", ", "))
		for _, l := range r.Labels {
			labels.add(leaf("%s: %s", l.Code, l.Why))
		}
		out = append(out, labels)
	}
	return append(out, t.history(history, of))
}

func codeName(code, name string) string {
	if name == "" {
		return code
	}
	return name + " [" + code + "]"
}

// short is enough of a hash to tell two apart.
func short(hash string) string { return hash[:min(12, len(hash))] }

func (t *text) history(changes []store.TracedChange, of about) *node {
	if len(changes) == 0 {
		return nil
	}
	n := leaf("%s", t.say("storia", "history"))
	for _, c := range changes {
		n.add(leaf("%s %d (%s): %s → %s, %s: %s", t.say("elaborazione", "run"), c.Run, t.day(c.AsOf),
			orDash(c.Before), orDash(c.After), t.say("causa", "cause"), t.causes(&c, of)))
	}
	return n
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// rest shows what no tree showed. Of a chain asked for a payment that is
// records not judged yet and flow lines under other keys; of any chain,
// movements that only name what was asked.
func (t *text) rest() []*node {
	var out []*node
	if t.chain.Kind == KindIUV || t.chain.Kind == KindIUD {
		out = t.restOfPayments()
	}
	for i := range t.chain.Movements {
		if m := &t.chain.Movements[i]; !t.shown[m] {
			out = append(out, t.movement(m))
		}
	}
	return out
}

func (t *text) restOfPayments() []*node {
	var out []*node
	c := t.chain
	for i := range c.Notices {
		if n := &c.Notices[i]; !t.shown[n] {
			out = append(out, t.notice(n))
		}
	}
	for i := range c.Receipts {
		if r := &c.Receipts[i]; !t.shown[r] {
			out = append(out, t.receipt(r))
		}
	}
	for i := range c.Settlements {
		for k := range c.Settlements[i].Flows {
			f := &c.Settlements[i].Flows[k]
			for j := range f.Lines {
				if l := &f.Lines[j]; !t.shown[l] {
					out = append(out, t.line(l, f))
				}
			}
		}
	}
	return out
}

// movementByID finds a movement of the chain.
func (t *text) movementByID(id int64) *MovementPart {
	i := slices.IndexFunc(t.chain.Movements, func(m MovementPart) bool { return m.ID == id })
	if i < 0 {
		return nil
	}
	return &t.chain.Movements[i]
}
