// Package propose finds near matches: pairs of a movement and a flow, or of a
// movement and a receipt, that a person might confirm. They are never links.
//
// Five rules look for candidates, each through an index, so that the work grows
// with the number of open items and not with its square: equal amount and close
// date; an IUF cut or damaged in the text; an exact sum of two to four movements
// for one flow, or of flows for one movement; the PSP in the text and a close
// date; for receipts, equal amount, close date and a damaged IUV or the payer's
// name. Where a day is too crowded to try everything the nearest are tried, and
// how many candidates were left out is said.
//
// # Score
//
// Points are added up, and the sum kept within 0 and 100:
//
//	amount equal to what is open                    40
//	exact sum of 2, 3, 4                            35, 30, 25
//	days from regulation to booking: 0-1, 2-3, 4-5, more   20, 15, 10, 5 (up to 10 days; else 0)
//	days from payment to booking of a receipt       the same
//	IUF or IUV: share of it found in the text       up to 30
//	code of the PSP (BIC, ABI) in payer or text     15
//	name of the PSP, or of who paid the receipt     10
//	no other proposal speaks of the same things     10
//	the text names another flow, not here yet      -25
//	sum of movements with nothing else in common   -10
//
// What quadra asks of its own judgements (a revision to look at, which of two
// payments is given back) is no guess, and has 100.
package propose

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"quadra/engine/decide"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Rule is how a proposal was found.
type Rule string

// The rules, as files and people name them. A pair found by several is named
// after the first of these.
const (
	RuleAmount     Rule = "importo-data"
	RuleIUF        Rule = "iuf-danneggiato"
	RuleMovements  Rule = "somma-movimenti"
	RuleFlows      Rule = "somma-flussi"
	RulePSP        Rule = "psp-data"
	RuleReceipt    Rule = "ricevuta"
	RuleReplaced   Rule = "sostituito"
	RuleDuplicates Rule = "doppio"
)

// Pair is one row of a proposal: what would be tied to what.
type Pair struct {
	Movement   *store.OpenMovement
	Settlement *store.OpenSettlement
	Receipt    *store.OpenReceipt
	Amount     record.Cents
}

// Proposal is a near match.
type Proposal struct {
	ID           string // the same for the same pairs, whenever it is found
	Kind         record.DecisionKind
	Rule         Rule
	Score        int      // 0..100
	Reasons      []string // in Italian
	Alternatives []string // ids of proposals about some of the same things, best first
	Pairs        []Pair
}

// Result is what was found.
type Result struct {
	Proposals []Proposal // best first
	// Open items looked at.
	Movements, Settlements, Receipts int
	// LeftOut counts candidates not shown because an item had too many better.
	LeftOut int
}

// perItem is how many proposals one movement, flow or receipt may have.
const perItem = 25

// Find looks for near matches among what is open as seen from a day. The books
// must have been judged; nothing is written.
func Find(ctx context.Context, tx *store.Tx, asOf record.Date) (*Result, error) {
	f := &finder{ctx: ctx, tx: tx, asOf: asOf, res: &Result{}, byID: make(map[string]bool)}
	for _, step := range []func() error{f.read, f.pairs, f.sums, f.receipts, f.questions} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, fmt.Errorf("propose: %w", err)
		}
	}
	f.rank()
	return f.res, nil
}

// finder is a search at work.
type finder struct {
	ctx  context.Context
	tx   *store.Tx
	asOf record.Date
	res  *Result
	said *decide.Said
	byID map[string]bool

	movements   []store.OpenMovement // by booking day
	settlements []store.OpenSettlement
	clues       []clues // of each movement
	found       []Proposal
}

func (f *finder) read() (err error) {
	all, err := f.tx.Decisions()
	if err != nil {
		return err
	}
	f.said = decide.NewSaid(decide.InForce(all))
	if f.movements, err = f.tx.OpenMovements(f.asOf); err != nil {
		return err
	}
	if f.settlements, err = f.tx.OpenSettlements(f.asOf + bookedEarly); err != nil {
		return err
	}
	f.res.Movements, f.res.Settlements = len(f.movements), len(f.settlements)
	psps := newPSPs(f.settlements)
	f.clues = make([]clues, len(f.movements))
	for i := range f.movements {
		f.clues[i] = readClues(&f.movements[i], psps)
	}
	return nil
}

// Decision is what accepting the pair would say.
func (p *Pair) Decision(kind record.DecisionKind) record.Decision {
	d := record.Decision{Kind: kind, Amount: p.Amount}
	if p.Movement != nil {
		d.Movement = p.Movement.MovementKey
	}
	if p.Settlement != nil {
		d.Flow, d.Version = p.Settlement.SettlementKey, p.Settlement.Version
	}
	if p.Receipt != nil {
		d.Payment = p.Receipt.PaymentKey
	}
	return d
}

// add keeps a proposal unless people have answered it.
func (f *finder) add(p Proposal) {
	rows := make([]record.Decision, len(p.Pairs))
	for i := range p.Pairs {
		rows[i] = p.Pairs[i].Decision(p.Kind)
		if f.said.Refused(&rows[i]) || f.said.Accepted(&rows[i]) {
			return
		}
	}
	p.ID = decide.ProposalID(rows)
	if f.byID[p.ID] || f.said.RefusedWhole(p.ID) {
		return
	}
	f.byID[p.ID] = true
	p.Score = min(max(p.Score, 0), maxScore)
	f.found = append(f.found, p)
}

const maxScore = 100

// questions are the answers quadra needs about its own judgements.
func (f *finder) questions() error {
	reviews, err := f.tx.OpenReviews()
	if err != nil {
		return err
	}
	for i := range reviews {
		f.add(Proposal{Kind: record.DecideReview, Rule: RuleReplaced, Score: maxScore, Pairs: []Pair{{Settlement: &reviews[i]}},
			Reasons: []string{"il flusso è stato sostituito dopo il riversamento: accettare dopo aver guardato cosa è cambiato"}})
	}
	twins, err := f.tx.OpenDuplicates()
	if err != nil {
		return err
	}
	marked := make(map[record.PaymentKey]bool)
	group := func(r *store.OpenReceipt) record.PaymentKey {
		return record.PaymentKey{IUV: r.IUV, Index: r.Index, IUR: r.Amount.String()}
	}
	for i := range twins {
		d := (&Pair{Receipt: &twins[i]}).Decision(record.DecideRefund)
		marked[group(&twins[i])] = marked[group(&twins[i])] || f.said.Accepted(&d)
	}
	for i := range twins {
		if !marked[group(&twins[i])] {
			f.add(Proposal{Kind: record.DecideRefund, Rule: RuleDuplicates, Score: maxScore, Pairs: []Pair{{Receipt: &twins[i], Amount: twins[i].Amount}},
				Reasons: []string{"il pagamento è doppio: accettare per quello che viene rimborsato"}})
		}
	}
	return nil
}

// item is a thing proposals compete for.
type item any

func (p *Proposal) items() []item {
	var out []item
	once := func(i item) {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	for _, pair := range p.Pairs {
		if pair.Movement != nil {
			once(pair.Movement.MovementKey)
		}
		if pair.Settlement != nil {
			once(pair.Settlement.SettlementKey)
		}
		if pair.Receipt != nil {
			once(record.PaymentKey{IUV: pair.Receipt.IUV, Index: pair.Receipt.Index}) // two receipts of one IUV compete
		}
	}
	return out
}

// rank orders what was found, keeps the best of each item and says which
// compete.
func (f *finder) rank() {
	count := make(map[item]int)
	for i := range f.found {
		for _, it := range f.found[i].items() {
			count[it]++
		}
	}
	for i := range f.found {
		p := &f.found[i]
		alone := p.Rule != RuleReplaced && p.Rule != RuleDuplicates
		for _, it := range p.items() {
			alone = alone && count[it] == 1
		}
		if alone {
			p.Score = min(p.Score+pointsAlone, maxScore)
			p.Reasons = append(p.Reasons, "nessun'altra proposta riguarda le stesse cose")
		}
	}
	slices.SortFunc(f.found, compare)
	of := make(map[item][]int)
	for i := range f.found {
		items := f.found[i].items()
		full := false
		for _, it := range items {
			full = full || len(of[it]) >= perItem
		}
		if full {
			f.res.LeftOut++
			continue
		}
		for _, it := range items {
			of[it] = append(of[it], len(f.res.Proposals))
		}
		f.res.Proposals = append(f.res.Proposals, f.found[i])
	}
	for i := range f.res.Proposals {
		p := &f.res.Proposals[i]
		var others []int
		for _, it := range p.items() {
			others = append(others, of[it]...)
		}
		slices.Sort(others)
		for _, o := range slices.Compact(others) {
			if o != i {
				p.Alternatives = append(p.Alternatives, f.res.Proposals[o].ID)
			}
		}
	}
}

// compare orders proposals: the best first, then by what they are about.
func compare(a, b Proposal) int {
	if c := cmp.Compare(b.Score, a.Score); c != 0 {
		return c
	}
	for i := range min(len(a.Pairs), len(b.Pairs)) {
		x, y := a.Pairs[i].Decision(a.Kind), b.Pairs[i].Decision(b.Kind)
		if c := cmp.Or(cmp.Compare(x.Flow.IUF, y.Flow.IUF), cmp.Compare(x.Flow.PSP, y.Flow.PSP), cmp.Compare(x.Flow.Year, y.Flow.Year),
			cmp.Compare(x.Movement.Year, y.Movement.Year), cmp.Compare(len(x.Movement.Number), len(y.Movement.Number)),
			cmp.Compare(x.Movement.Number, y.Movement.Number), cmp.Compare(x.Movement.Account, y.Movement.Account),
			cmp.Compare(x.Payment.IUV, y.Payment.IUV), cmp.Compare(x.Payment.Index, y.Payment.Index),
			cmp.Compare(x.Payment.IUR, y.Payment.IUR)); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(len(a.Pairs), len(b.Pairs)), cmp.Compare(a.ID, b.ID))
}
