package book

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Why a part of a movement has no chapter.
const (
	WhyNoReceipt  = "senza ricevuta"          // its flow reports a payment nobody receipted
	WhyDifferent  = "importo diverso"         // flow line and receipt disagree
	WhyRevoked    = "revocato"                // outcome 3
	WhyUnassigned = "capitolo da assegnare"   // nothing says where to book it
	WhyBeyond     = "oltre le righe note"     // the movement brings more than its flows or receipts
	WhyUnknown    = "riferimento sconosciuto" // it is matched with nothing
)

// Place is where a part of a movement is booked.
type Place struct {
	Year         int // of account
	DebtType     string
	Office       string
	Chapter      string // empty: see Why
	Article      string
	Assessment   string // code of the accertamento
	Accertamento string // name of the accertamento it is in; empty for none
	PlanCode     string
	SIOPE        string
	Restricted   bool
	Why          string // that it has no chapter; empty when it has one
}

// RegPart is a part of a movement with one place.
type RegPart struct {
	IUF string // of the flow it comes through; empty when cashed by IUV
	Place
	Amount record.Cents
	IUVs   []string // of the payments behind it, each once, in order
}

// OrderState says how far regularising a movement has come.
type OrderState string

// The states, from nothing done to all done.
const (
	Proposed    OrderState = "proposed"    // nothing is known of an order
	Ordered     OrderState = "ordered"     // reversali cover it, in part or whole
	Regularised OrderState = "regularised" // the treasurer says it is covered in full
)

// Provvisorio is a movement with the proposal of how to regularise it. Its parts
// add up to its cash; one that a flow revokes and takes back is negative.
type Provvisorio struct {
	store.RegMovement
	Parts    []RegPart
	State    OrderState
	Orders   []string     // reversali that cover it, in order
	Covered  record.Cents // by REGOLARIZZATO rows, else by reversali
	Missing  record.Cents // of its cash still to be covered; negative: covered beyond
	DaysLeft int          // of the sixty, as of the day asked; negative when they are over
}

// RegulariseWithin is how many calendar days after the money came the entity has
// to regularise a provvisorio (TUEL, article 180).
const RegulariseWithin = 60

// Regularise proposes how to regularise every movement that brought pagoPA cash.
//
// A flow paid by several movements is shared out in the order of its lines and of
// the days the money came: the first movement pays the first lines, to the cent.
func Regularise(ctx context.Context, tx *store.Tx, asOf record.Date) ([]Provvisorio, error) {
	r, err := newRegulariser(tx)
	if err != nil {
		return nil, fmt.Errorf("regularise: %w", err)
	}
	err = tx.RegLines(func(s *store.RegShare) error {
		if s.Settlement != r.settlement {
			r.flush()
			r.settlement = s.Settlement
		}
		r.line(s)
		return ctx.Err()
	})
	if err == nil {
		r.flush()
		err = tx.RegDirect(func(s *store.RegShare) error {
			if left := r.left[s.Movement]; left > 0 {
				amount := min(left, s.Amount)
				r.put(s.Movement, "", r.place(s), s.IUV, amount)
				r.left[s.Movement] -= amount
			}
			return ctx.Err()
		})
	}
	if err != nil {
		return nil, fmt.Errorf("regularise: %w", err)
	}
	return r.conclude(tx, asOf)
}

type regulariser struct {
	chart     *Chart
	names     map[int64]string // of accertamenti
	movements []store.RegMovement
	left      map[int64]record.Cents // of each movement, not explained yet
	parts     map[int64]map[partKey]*RegPart
	links     map[int64][]store.RegLink

	settlement int64
	queue      []piece // of the settlement being read
	revoked    []piece // what its total takes back
}

type partKey struct {
	iuf string
	Place
}

// piece is an amount of a settlement with its place.
type piece struct {
	iuf, iuv string
	place    Place
	amount   record.Cents
}

func newRegulariser(tx *store.Tx) (*regulariser, error) {
	r := &regulariser{left: make(map[int64]record.Cents), parts: make(map[int64]map[partKey]*RegPart),
		links: make(map[int64][]store.RegLink)}
	var err error
	if r.chart, err = ReadChart(tx); err != nil {
		return nil, err
	}
	if r.names, err = tx.AccertamentoNames(); err != nil {
		return nil, err
	}
	if r.movements, err = tx.RegMovements(); err != nil {
		return nil, err
	}
	for i := range r.movements {
		r.left[r.movements[i].ID] = r.movements[i].Cash
	}
	links, err := tx.RegLinks()
	for _, l := range links {
		r.links[l.Settlement] = append(r.links[l.Settlement], l)
	}
	return r, err
}

// line queues a share of a flow line, or the line itself when its receipt does
// not say what it is.
func (r *regulariser) line(s *store.RegShare) {
	why := ""
	switch {
	case s.Outcome == 3:
		why = WhyRevoked
	case !s.HasReceipt:
		why = WhyNoReceipt
	case s.Receipt != s.Reported:
		why = WhyDifferent
	}
	if why == "" {
		r.queue = append(r.queue, piece{s.IUF, s.IUV, r.place(s), s.Amount})
		return
	}
	if s.Share.Seq > 1 { // the whole line is queued once
		return
	}
	p := piece{s.IUF, s.IUV, Place{Year: s.PaidOn.Year(), DebtType: s.DebtType, Why: why}, s.Reported}
	switch {
	case s.Reported < 0: // some PSPs write what they take back so
		p.amount = -s.Reported
		r.revoked = append(r.revoked, p)
	case s.Outcome == 3 && s.Net:
		r.revoked = append(r.revoked, p)
	case s.Reported > 0:
		r.queue = append(r.queue, p)
	}
}

// flush shares the queue out over the movements that pay the settlement. What
// the flow takes back lessens the first of them: it brought that much income
// more than cash.
func (r *regulariser) flush() {
	for i, l := range r.links[r.settlement] {
		need := l.Amount
		if i == 0 {
			for _, p := range r.revoked {
				r.put(l.Movement, p.iuf, p.place, p.iuv, -p.amount)
				need += p.amount
			}
		}
		for need > 0 && len(r.queue) > 0 {
			p := &r.queue[0]
			amount := min(need, p.amount)
			r.put(l.Movement, p.iuf, p.place, p.iuv, amount)
			need -= amount
			if p.amount -= amount; p.amount == 0 {
				r.queue = r.queue[1:]
			}
		}
		r.left[l.Movement] -= l.Amount - need
	}
	r.queue, r.revoked = r.queue[:0], r.revoked[:0]
}

// place is where a share is booked, with the codes the chart has for it.
func (r *regulariser) place(s *store.RegShare) Place {
	p := Place{Year: s.Year, DebtType: s.DebtType, Office: s.Office, Chapter: s.Chapter, Article: s.Article, Assessment: s.Assessment,
		Accertamento: r.names[s.Accertamento], PlanCode: s.PlanCode}
	if p.Chapter == "" {
		p.Why = WhyUnassigned
		return p
	}
	if e, ok := r.chart.Entry(store.ChartKey{DebtType: s.DebtType, Year: s.Year, Office: s.Office, Chapter: s.Chapter, Article: s.Article,
		Assessment: s.Assessment}); ok {
		p.SIOPE, p.Restricted = e.SIOPE, e.Restricted
		if p.PlanCode == "" {
			p.PlanCode = e.PlanCode
		}
	}
	return p
}

func (r *regulariser) put(movement int64, iuf string, place Place, iuv string, amount record.Cents) {
	if amount == 0 {
		return
	}
	parts := r.parts[movement]
	if parts == nil {
		parts = make(map[partKey]*RegPart)
		r.parts[movement] = parts
	}
	key := partKey{iuf, place}
	p := parts[key]
	if p == nil {
		p = &RegPart{IUF: iuf, Place: place}
		parts[key] = p
	}
	p.Amount += amount
	if iuv != "" && (len(p.IUVs) == 0 || p.IUVs[len(p.IUVs)-1] != iuv) {
		p.IUVs = append(p.IUVs, iuv)
	}
}

func (r *regulariser) conclude(tx *store.Tx, asOf record.Date) ([]Provvisorio, error) {
	covers, err := tx.RegCovers()
	if err != nil {
		return nil, fmt.Errorf("regularise: %w", err)
	}
	orders := make(map[string][]store.RegCover)
	for _, c := range covers {
		key := fmt.Sprint(c.Year, " ", c.Number)
		orders[key] = append(orders[key], c)
	}
	out := make([]Provvisorio, 0, len(r.movements))
	for i := range r.movements {
		m := &r.movements[i]
		if left := r.left[m.ID]; left > 0 {
			why := WhyBeyond
			if len(r.parts[m.ID]) == 0 {
				why = WhyUnknown
			}
			r.put(m.ID, "", Place{Year: m.BookedOn.Year(), Why: why}, "", left)
		}
		p := Provvisorio{RegMovement: *m, Covered: m.Regularised, DaysLeft: int(m.BookedOn + RegulariseWithin - asOf)}
		for _, part := range r.parts[m.ID] {
			slices.Sort(part.IUVs)
			part.IUVs = slices.Compact(part.IUVs)
			p.Parts = append(p.Parts, *part)
		}
		slices.SortFunc(p.Parts, compareParts)
		p.order(orders[fmt.Sprint(m.Year, " ", m.Number)])
		out = append(out, p)
	}
	return out, nil
}

// order says how far the orders about a provvisorio have come. What the treasurer
// says of the provvisorio itself counts before what the orders say.
func (p *Provvisorio) order(covers []store.RegCover) {
	var ordered record.Cents
	for _, c := range covers {
		if c.Account != "" && p.Account != "" && c.Account != p.Account {
			continue
		}
		switch c.Operation {
		case string(record.OpReversed), string(record.OpRestored):
			ordered -= c.Amount
		default:
			ordered += c.Amount
		}
		if !slices.Contains(p.Orders, c.Order) {
			p.Orders = append(p.Orders, c.Order)
		}
	}
	if p.Covered == 0 {
		p.Covered = ordered
	}
	p.Missing = p.Cash - p.Covered
	switch {
	case p.Covered > 0 && p.Missing <= 0 && p.Regularised > 0:
		p.State = Regularised
	case p.Covered > 0:
		p.State = Ordered
	default:
		p.State = Proposed
	}
}

func compareParts(a, b RegPart) int {
	return cmp.Or(strings.Compare(a.IUF, b.IUF), a.Year-b.Year, strings.Compare(a.Why, b.Why), strings.Compare(a.DebtType, b.DebtType),
		strings.Compare(a.Office, b.Office), strings.Compare(a.Chapter, b.Chapter), strings.Compare(a.Article, b.Article),
		strings.Compare(a.Assessment, b.Assessment), strings.Compare(a.Accertamento, b.Accertamento), strings.Compare(a.PlanCode, b.PlanCode))
}
