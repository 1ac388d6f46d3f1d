package trace

import (
	"slices"
	"strings"

	"quadra/engine/decide"
	"quadra/engine/explain"
	"quadra/engine/record"
	"quadra/engine/store"
)

// decisions adds what people decided about the movements, flows and payments of
// the chain.
func (b *builder) decisions() error {
	has, err := b.tx.HasDecisions()
	if err != nil || !has {
		return err
	}
	c := b.chain
	all := make(map[int64]store.Decision)
	holds := make(map[int64]bool)
	take := func(list []store.Decision, err error) error {
		for _, d := range list {
			all[d.ID] = d
		}
		for _, d := range decide.InForce(list) {
			holds[d.ID] = true
		}
		return err
	}
	for i := range c.Movements {
		if err := take(b.tx.DecisionsOnMovement(c.Movements[i].Year, c.Movements[i].Number)); err != nil {
			return err
		}
	}
	for i := range c.Settlements {
		if err := take(b.tx.DecisionsOnSettlement(c.Settlements[i].key())); err != nil {
			return err
		}
	}
	for iuv := range b.iuvs {
		if err := take(b.tx.DecisionsOnIUV(iuv)); err != nil {
			return err
		}
	}
	for _, d := range all {
		p := DecisionPart{ID: d.ID, Kind: d.Kind, Answer: d.Answer, InForce: holds[d.ID], Account: d.Movement.Account, IUF: d.Flow.IUF,
			PSP: d.Flow.PSP, Year: d.Flow.Year, IUV: d.Payment.IUV, IUR: d.Payment.IUR, Index: d.Payment.Index, Amount: d.Amount,
			Version: d.Version, Proposal: d.Proposal, Author: d.Author, Note: d.Note, DecidedAt: d.DecidedAt, decision: d,
			Source: store.TracedSource{File: d.Source.File, SHA256: d.Source.SHA256, Entry: d.Source.Entry, Line: d.Line}}
		if d.Movement.Number != "" {
			p.Movement = MovementName(d.Movement.Year, d.Movement.Number)
		}
		c.Decisions = append(c.Decisions, p)
	}
	slices.SortFunc(c.Decisions, func(a, b DecisionPart) int { return int(a.ID - b.ID) })
	return nil
}

func (s *SettlementPart) key() record.SettlementKey {
	return record.SettlementKey{IUF: strings.ToUpper(s.IUF), PSP: s.PSP, Year: s.Year}
}

// about says what a decision has to be about to be shown under a unit.
type about func(*DecisionPart) bool

func (m *MovementPart) about() about {
	return func(d *DecisionPart) bool {
		return d.Movement == MovementName(m.Year, m.Number) && (d.Account == m.Account || d.Account == "")
	}
}

func (s *SettlementPart) about() about {
	return func(d *DecisionPart) bool { return d.decision.Flow == s.key() }
}

// about of a payment are decisions on its IUV, and those that gave cash to the
// flow that reports it.
func (t *text) aboutPayment(p *PaymentPart) about {
	return func(d *DecisionPart) bool {
		if d.IUV == p.IUV && p.AloneIUD == "" {
			return d.Index == p.Index
		}
		for i := range t.chain.Settlements {
			s := &t.chain.Settlements[i]
			for k := range s.Flows {
				if s.Flows[k].ID == p.FlowID && p.FlowID != 0 && d.Kind == record.DecideFlow && d.decision.Flow == s.key() {
					return true
				}
			}
		}
		return false
	}
}

// decided shows the decisions about a unit, those that hold no more included.
func (t *text) decided(of about) []*node {
	var out []*node
	for i := range t.chain.Decisions {
		d := &t.chain.Decisions[i]
		if !of(d) {
			continue
		}
		n := leaf("%s: %s %s", t.say("decisione", "decision"), explain.DecisionText(t.language(), &d.decision), t.file(d.Source))
		if !d.InForce && d.Answer != record.AnswerUndo {
			n.text += t.say(", non più in vigore", ", no longer in force")
		}
		out = append(out, n)
	}
	return out
}

func (t *text) language() string {
	if t.english {
		return explain.English
	}
	return "it"
}

// cause says which decision of a file changed a unit; empty when the file is
// not one of decisions.
func (t *text) cause(sha256 string, of about) string {
	var texts []string
	for i := range t.chain.Decisions {
		d := &t.chain.Decisions[i]
		if sha256 != "" && d.Source.SHA256 == sha256 && of(d) {
			texts = append(texts, explain.DecisionText(t.language(), &d.decision)+" "+t.file(d.Source))
		}
	}
	return strings.Join(texts, "; ")
}

// manual says who decided a link.
func (t *text) manual(l *store.TracedLink) string {
	who := ""
	for i := range t.chain.Decisions {
		d := &t.chain.Decisions[i]
		if d.InForce && d.Kind == record.DecideFlow && d.Answer == record.AnswerAccept && d.IUF == strings.ToUpper(l.IUF) &&
			d.Movement == MovementName(l.Year, l.Number) && (d.Account == l.Account || d.Account == "") {
			who = t.say(", deciso da ", ", decided by ") + d.Author
		}
	}
	return who
}
