// Package link ties cash movements to the reporting flows they pay and to the
// payments they name, from the remittance text alone (RULES section 2): the
// strict syntax, the text repaired of what banks do to it, the search of the
// flows the entity has, and the end-to-end id. Near matches are never links.
//
// What a movement is tied to depends only on its own text and on which flows
// are known, not on the order in which files came: the same books always carry
// the same links.
//
// What a person decided (package decide) comes before what the text says: cash
// goes first to the flows accepted for it, in the order they were, then to those
// the text names that were not refused. What the text names and a decision
// leaves out stays among the references, barred, so that both are shown.
package link

import (
	"context"
	"fmt"
	"math"
	"slices"

	"quadra/engine/decide"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/parsers/remittance"
)

// Reasons a link was made.
const (
	ReasonStrict   = "strict"     // exact syntax of the remittance text
	ReasonTolerant = "tolerant"   // the text repaired of case, blanks, separators, bank tags
	ReasonKnown    = "known"      // an IUF of this entity found inside the text
	ReasonEndToEnd = "end-to-end" // found in the end-to-end id
	ReasonGiven    = "given"      // the layout of the cash file gives it apart from the text
	ReasonManual   = "manual"     // a person decided so
)

// StepCandidate marks a further reading of a reference, beside the one shown.
const StepCandidate = "candidate"

// Summary counts what linking looked at.
type Summary struct {
	Read     int // movements whose text was read because they are new or changed
	Relinked int // movements looked at again because flows they may name changed
}

// Run links what the last loads touched. It must run in the same transaction
// as the judging that follows, which reads the marks it leaves.
func Run(ctx context.Context, tx *store.Tx) (Summary, error) {
	var sum Summary
	l := linker{tx: tx, seen: make(map[int64]bool), several: make(map[int64]*pending)}
	var err error
	if l.decided, err = tx.HasDecisions(); err != nil {
		return sum, err
	}
	dirty, err := tx.DirtyMovements()
	if err != nil {
		return sum, err
	}
	for i := range dirty {
		l.seen[dirty[i].ID] = true
		if err := l.movement(ctx, &dirty[i], true); err != nil {
			return sum, err
		}
	}
	sum.Read = len(dirty)
	again, err := tx.MovementsToRelink()
	if err != nil {
		return sum, err
	}
	for i := range again {
		if l.seen[again[i].ID] {
			continue
		}
		l.seen[again[i].ID] = true
		sum.Relinked++
		if err := l.movement(ctx, &again[i], false); err != nil {
			return sum, err
		}
	}
	if err := l.shareOut(ctx); err != nil {
		return sum, err
	}
	return sum, tx.SumSettlements()
}

type linker struct {
	tx      *store.Tx
	undated []string // cached: asked for every text that has no reference
	asked   bool
	decided bool // people have decided something

	seen    map[int64]bool     // movements looked at in this run
	several map[int64]*pending // those of them that name several flows
}

func (l *linker) movement(ctx context.Context, m *store.CashLine, force bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n, err := l.read(m)
	if err != nil {
		return fmt.Errorf("link movement %d: %w", m.ID, err)
	}
	links := allot(m.Cash, n.found)
	spoken := false
	if l.decided {
		word, err := decide.OnMovement(l.tx, m)
		if err != nil {
			return fmt.Errorf("decisions on movement %d: %w", m.ID, err)
		}
		if spoken = !word.Silent(); spoken {
			links = overrule(m.Cash, &word, &n)
		}
	}
	if len(n.found) > 1 && !spoken {
		l.several[m.ID] = &pending{line: *m, named: n, force: force}
		return nil
	}
	if err := l.tx.SetLinks(m, n.refs, links, n.ambiguous, force); err != nil {
		return fmt.Errorf("link movement %d: %w", m.ID, err)
	}
	return nil
}

// target is a settlement a movement pays, before amounts are allotted.
type target struct {
	store.Candidate
	iuf    string // in upper case
	reason string
}

// named is what a movement names.
type named struct {
	refs      []store.Ref
	found     []target // the settlements that means
	ambiguous bool
}

// read finds what a movement names. Cash that was reversed pays nothing, nor does
// a reversal whose credit is not in the books, but what it named is still worth
// showing.
func (l *linker) read(m *store.CashLine) (named, error) {
	if m.IUF != "" || m.IUV != "" {
		return l.given(m)
	}
	var n named
	reading := remittance.Read(m.Remittance)
	for _, iuv := range reading.IUVs {
		n.refs = append(n.refs, store.Ref{Kind: "iuv", ID: iuv.ID, Step: string(iuv.Step)})
		for _, c := range iuv.Candidates {
			// A notice number instead of its IUV, or text glued to it: which one
			// it is shows when a payment has it.
			if c != iuv.ID {
				n.refs = append(n.refs, store.Ref{Kind: "iuv", ID: c, Step: StepCandidate})
			}
		}
	}
	for _, iuf := range reading.IUFs {
		id, t, unsure, err := l.resolve(m, iuf)
		if err != nil {
			return named{}, err
		}
		n.refs = append(n.refs, store.Ref{Kind: "iuf", ID: id, Step: string(iuf.Step)})
		n.add(t, unsure)
	}
	if len(n.found) == 0 && !n.ambiguous {
		if err := l.search(m, &n); err != nil {
			return named{}, err
		}
	}
	if m.Cash <= 0 || n.ambiguous {
		n.found = nil
	}
	n.refs, n.found = unique(n.refs), dedupe(n.found)
	return n, nil
}

func (n *named) add(t *target, unsure bool) {
	n.ambiguous = n.ambiguous || unsure
	if t != nil {
		n.found = append(n.found, *t)
	}
}

// given links by the references a layout gives apart: its author has read the
// text already.
func (l *linker) given(m *store.CashLine) (named, error) {
	var n named
	if m.IUV != "" {
		n.refs = append(n.refs, store.Ref{Kind: "iuv", ID: m.IUV, Step: ReasonGiven})
	}
	if m.IUF != "" {
		n.refs = append(n.refs, store.Ref{Kind: "iuf", ID: remittance.Key(m.IUF), Step: ReasonGiven})
		t, unsure, err := l.settlement(m, m.IUF, ReasonGiven)
		if err != nil {
			return named{}, err
		}
		if m.Cash <= 0 {
			t = nil
		}
		n.add(t, unsure)
	}
	return n, nil
}

// search looks for the flows of the entity in the text, whatever its syntax, and
// then in the end-to-end id.
func (l *linker) search(m *store.CashLine, n *named) error {
	for _, in := range []struct{ text, reason string }{{m.Remittance, ReasonKnown}, {m.EndToEnd, ReasonEndToEnd}} {
		t, unsure, err := l.known(m, in.text, in.reason)
		if err != nil {
			return err
		}
		n.add(t, unsure)
		if t != nil {
			// The text named it only to who knows the flows; the broken
			// reference it was read as before is not one.
			n.refs = append(keepKind(n.refs, "iuv"), store.Ref{Kind: "iuf", ID: t.iuf, Step: in.reason})
			return nil
		}
	}
	return nil
}

// known finds the one flow of the entity a text contains.
func (l *linker) known(m *store.CashLine, text, reason string) (t *target, unsure bool, err error) {
	iuf, several, err := remittance.Known(text, l)
	if err != nil || iuf == "" {
		return nil, several, err
	}
	return l.settlement(m, iuf, reason)
}

// resolve finds the settlement an IUF reference means: its candidates are
// tried from the longest, because a blank may or may not end an IUF.
func (l *linker) resolve(m *store.CashLine, ref remittance.Ref) (id string, t *target, unsure bool, err error) {
	reason := ReasonTolerant
	if ref.Step == remittance.StepStrict {
		reason = ReasonStrict
	}
	for _, c := range ref.Candidates {
		t, unsure, err := l.settlement(m, c, reason)
		if err != nil || t != nil || unsure {
			return remittance.Key(c), t, unsure, err
		}
	}
	return remittance.Key(ref.ID), nil, false, nil
}

// settlement picks the settlement of an IUF. An IUF is unique within a year
// only, so among several the one whose regulation day is the nearest at or
// before the booking counts (banks may book a day early: two days of grace).
// Two PSPs with the same IUF and day are told apart by the amount, or not at
// all: then the movement is ambiguous.
func (l *linker) settlement(m *store.CashLine, iuf, reason string) (*target, bool, error) {
	all, err := l.tx.SettlementsByIUF(remittance.Key(iuf))
	if err != nil || len(all) == 0 {
		return nil, false, err
	}
	best := nearest(all, m.BookedOn)
	if len(best) > 1 {
		var equal []store.Candidate
		for _, c := range best {
			if c.Total == m.Cash {
				equal = append(equal, c)
			}
		}
		best = equal
	}
	if len(best) != 1 {
		return nil, true, nil
	}
	return &target{Candidate: best[0], iuf: remittance.Key(iuf), reason: reason}, false, nil
}

const bookedEarly = 2 // days a bank may book before the regulation day

func nearest(all []store.Candidate, booked record.Date) []store.Candidate {
	if len(all) == 1 {
		return all
	}
	var best []store.Candidate
	distance := func(c store.Candidate) record.Date {
		d := booked + bookedEarly - c.RegulatedOn
		if d < 0 {
			return math.MaxInt32 // the future: only if there is nothing else
		}
		return d
	}
	for _, c := range all {
		switch {
		case len(best) == 0 || distance(c) < distance(best[0]):
			best = append(best[:0], c)
		case distance(c) == distance(best[0]):
			best = append(best, c)
		}
	}
	return best
}

// allot shares the cash of a movement over the settlements it pays: all of it
// to a single one; with several, to each its declared total while the cash
// lasts. What then remains stays with the movement, and is shown.
func allot(cash record.Cents, found []target) []store.Link {
	links := make([]store.Link, 0, len(found))
	if len(found) == 1 {
		return append(links, store.Link{Settlement: found[0].ID, Amount: cash, Reason: found[0].reason})
	}
	for _, t := range found {
		amount := min(t.Total, cash)
		if amount == 0 {
			continue
		}
		cash -= amount
		links = append(links, store.Link{Settlement: t.ID, Amount: amount, Reason: t.reason})
	}
	return links
}

func keepKind(refs []store.Ref, kind string) []store.Ref {
	var out []store.Ref
	for _, r := range refs {
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

func unique(refs []store.Ref) []store.Ref {
	var out []store.Ref
	for _, r := range refs {
		if !slices.ContainsFunc(out, func(o store.Ref) bool { return o.Kind == r.Kind && o.ID == r.ID }) {
			out = append(out, r)
		}
	}
	return out
}

func dedupe(found []target) []target {
	var out []target
	for _, t := range found {
		if !slices.ContainsFunc(out, func(o target) bool { return o.ID == t.ID }) {
			out = append(out, t)
		}
	}
	return out
}

// WithPrefix and Undated make the linker the dictionary of the known-IUF
// search.

// WithPrefix lists the IUFs of the entity that begin with a day.
func (l *linker) WithPrefix(day string) ([]string, error) { return l.tx.IUFsWithPrefix(day) }

// Undated lists the IUFs of the entity that do not begin with a day.
func (l *linker) Undated() ([]string, error) {
	if !l.asked {
		var err error
		if l.undated, err = l.tx.UndatedIUFs(); err != nil {
			return nil, err
		}
		l.asked = true
	}
	return l.undated, nil
}
