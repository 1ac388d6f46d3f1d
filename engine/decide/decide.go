// Package decide is what people say about links: which movement pays which
// flow or payment and which does not, which revision was looked at, which of
// two payments is given back.
//
// Decisions are only ever added; the last one about a thing is in force, and
// annulla puts none in force. They name things by the keys people know, so
// they outlive revisions of a flow, reclassification and books loaded anew. A
// decision is never taken back by the machine: what is found later in a text
// gives way to it, and is shown beside it.
package decide

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// subject is the thing a decision is about: the last decision with the same
// subject is in force.
type subject struct {
	kind     record.DecisionKind
	movement record.MovementKey
	flow     record.SettlementKey
	payment  record.PaymentKey
	version  string
	joint    string // id of the proposal, when the decision is about all its pairs together
}

func subjectOf(d *record.Decision, joint bool) subject {
	s := subject{kind: d.Kind, movement: d.Movement, flow: d.Flow, payment: d.Payment, version: d.Version}
	if joint {
		s.joint = d.Proposal
	}
	return s
}

// InForce keeps the decisions that hold: of each thing the last one, unless it
// was undone. The order is theirs.
func InForce(all []store.Decision) []store.Decision {
	last := make(map[subject]int, len(all))
	for i := range all {
		last[subjectOf(&all[i].Decision, all[i].Joint)] = i
	}
	var out []store.Decision
	for i := range all {
		if last[subjectOf(&all[i].Decision, all[i].Joint)] == i && all[i].Answer != record.AnswerUndo {
			out = append(out, all[i])
		}
	}
	return out
}

// Word is what people say of one movement.
type Word struct {
	Flows    []Carried // accepted, in the order they were
	Payment  *record.PaymentKey
	NotFlows map[record.SettlementKey]bool
	NotIUVs  map[string]bool
}

// Carried is cash a person assigned to a settlement.
type Carried struct {
	Settlement int64
	Flow       record.SettlementKey
	Amount     record.Cents
}

// Silent says that nobody said anything.
func (w *Word) Silent() bool {
	return len(w.Flows) == 0 && w.Payment == nil && len(w.NotFlows) == 0 && len(w.NotIUVs) == 0
}

// OnMovement is what is in force about a movement. A settlement that is not in
// the books (any more) is left out. A payment takes the whole movement, so it
// counts only where no flow does.
func OnMovement(tx *store.Tx, m *store.CashLine) (Word, error) {
	w := Word{NotFlows: make(map[record.SettlementKey]bool), NotIUVs: make(map[string]bool)}
	all, err := tx.DecisionsOnMovement(m.Year, m.Number)
	if err != nil || len(all) == 0 {
		return w, err
	}
	for _, d := range InForce(all) {
		mine, err := tx.Decides(d.Movement, m)
		if err != nil {
			return w, err
		}
		switch {
		case !mine || d.Joint:
		case d.Kind == record.DecideFlow && d.Answer == record.AnswerRefuse:
			w.NotFlows[d.Flow] = true
		case d.Kind == record.DecideFlow:
			id, err := tx.SettlementID(d.Flow)
			if err != nil {
				return w, err
			}
			if id != 0 {
				w.Flows = append(w.Flows, Carried{Settlement: id, Flow: d.Flow, Amount: d.Amount})
			}
		case d.Kind == record.DecidePayment && d.Answer == record.AnswerRefuse:
			w.NotIUVs[d.Payment.IUV] = true
		case d.Kind == record.DecidePayment:
			key := d.Payment
			w.Payment = &key
		}
	}
	if len(w.Flows) > 0 {
		w.Payment = nil
	}
	return w, nil
}

// ProposalID names a proposal by the pairs it is made of, whatever their order
// and amounts: the same proposal always has the same id, and a row that was
// changed no longer fits it.
func ProposalID(pairs []record.Decision) string {
	keys := make([]string, len(pairs))
	for i := range pairs {
		p := &pairs[i]
		keys[i] = fmt.Sprintf("%s|%d|%s|%s|%s|%s|%d|%s|%s|%d|%s", p.Kind, p.Movement.Year, p.Movement.Number, p.Movement.Account,
			p.Flow.IUF, p.Flow.PSP, p.Flow.Year, p.Payment.IUV, p.Payment.IUR, p.Payment.Index, p.Version)
	}
	slices.Sort(keys)
	sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
	const digits = 10
	return hex.EncodeToString(sum[:])[:digits]
}

// Said is everything in force, for whoever proposes.
type Said struct {
	refused  map[subject]bool
	accepted map[subject]bool
	joints   map[string]bool // proposals refused as a whole
}

// NewSaid reads decisions in force.
func NewSaid(inForce []store.Decision) *Said {
	s := &Said{refused: make(map[subject]bool), accepted: make(map[subject]bool), joints: make(map[string]bool)}
	for i := range inForce {
		d := &inForce[i]
		switch {
		case d.Joint:
			s.joints[d.Proposal] = true
		case d.Answer == record.AnswerRefuse:
			s.refused[subjectOf(&d.Decision, false)] = true
		default:
			s.accepted[subjectOf(&d.Decision, false)] = true
		}
	}
	return s
}

// Refused says whether exactly this was refused.
func (s *Said) Refused(d *record.Decision) bool { return s.refused[subjectOf(d, false)] }

// Accepted says whether exactly this was accepted.
func (s *Said) Accepted(d *record.Decision) bool { return s.accepted[subjectOf(d, false)] }

// RefusedWhole says whether a proposal of several pairs was refused as a whole.
func (s *Said) RefusedWhole(id string) bool { return s.joints[id] }
