package listing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"quadra/engine/decide"
	"quadra/engine/record"
	"quadra/engine/store"
)

// The states of a decision.
const (
	StateInForce    = "in-force"
	StateSuperseded = "superseded" // by a later one, or undone
)

// Decision is what a person decided. See [store.Decision].
type Decision struct {
	ID        int64        `json:"id" csv:"id"`
	DecidedAt time.Time    `json:"decided_at" csv:"deciso"`
	Author    string       `json:"author" csv:"autore"`
	Kind      string       `json:"kind" csv:"tipo"`
	Answer    string       `json:"answer" csv:"risposta"`
	State     string       `json:"state" csv:"stato"`
	Year      int          `json:"movement_year" csv:"anno_bolletta"`
	Number    string       `json:"movement_number" csv:"numero_bolletta"`
	Account   string       `json:"account" csv:"conto"`
	IUF       string       `json:"iuf" csv:"iuf"`
	PSP       string       `json:"psp" csv:"psp"`
	FlowYear  int          `json:"flow_year" csv:"anno_flusso"`
	IUV       string       `json:"iuv" csv:"iuv"`
	IUR       string       `json:"iur" csv:"iur"`
	Index     int          `json:"index" csv:"indice"`
	Amount    record.Cents `json:"amount_cents" csv:"importo"`
	Version   string       `json:"version" csv:"versione"`
	Proposal  string       `json:"proposal" csv:"proposta"`
	Note      string       `json:"note" csv:"nota"`
	File      string       `json:"file" csv:"file"`
	Line      int          `json:"line" csv:"riga"`
}

// Decisions calls fn for every decision ever taken, in the order in which they
// were. The totals are of the amounts. fn must not keep the row.
func Decisions(ctx context.Context, tx *store.Tx, f Filter, fn func(*Decision) error) (Totals, error) {
	all, err := tx.Decisions()
	if err != nil {
		return Totals{}, err
	}
	holds := make(map[int64]bool)
	for _, d := range decide.InForce(all) {
		holds[d.ID] = true
	}
	list := func(state string, fn func(*store.Decision) error) error {
		for i := range all {
			if state != "" && state != stateOf(holds, &all[i]) {
				continue
			}
			if err := fn(&all[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return each(ctx, f, list, func(d *store.Decision) *Decision {
		return &Decision{ID: d.ID, DecidedAt: d.DecidedAt, Author: d.Author, Kind: string(d.Kind), Answer: string(d.Answer),
			State: stateOf(holds, d), Year: d.Movement.Year, Number: d.Movement.Number, Account: d.Movement.Account, IUF: d.Flow.IUF,
			PSP: d.Flow.PSP, FlowYear: d.Flow.Year, IUV: d.Payment.IUV, IUR: d.Payment.IUR, Index: d.Payment.Index, Amount: d.Amount,
			Version: d.Version, Proposal: d.Proposal, Note: d.Note, File: d.Source.File, Line: d.Line}
	}, func(d *Decision) record.Cents { return d.Amount }, fn)
}

func stateOf(holds map[int64]bool, d *store.Decision) string {
	if holds[d.ID] {
		return StateInForce
	}
	return StateSuperseded
}

// authors finds who decided what a listing shows; nobody is asked for where no
// decision can be.
type authors struct {
	tx      *store.Tx
	run     int64 // decisions taken later are not known; 0: all are
	asked   bool
	decided bool
}

func newAuthors(tx *store.Tx, run int64) *authors { return &authors{tx: tx, run: run} }

const manual = "manual"

func (a *authors) of(all []store.Decision, about func(*store.Decision) bool) string {
	var names []string
	if a.run != 0 {
		all = slices.DeleteFunc(all, func(d store.Decision) bool { return d.Run > a.run })
	}
	for _, d := range decide.InForce(all) {
		if d.Answer == record.AnswerAccept && about(&d) && !strings.Contains("|"+strings.Join(names, "|")+"|", "|"+d.Author+"|") {
			names = append(names, d.Author)
		}
	}
	return strings.Join(names, ", ")
}

func (a *authors) settlement(s *JudgedSettlement) (string, error) {
	if !strings.Contains(string(s.Reasons), manual) {
		return "", nil
	}
	all, err := a.tx.DecisionsOnSettlement(record.SettlementKey{IUF: strings.ToUpper(s.IUF), PSP: s.PSP, Year: s.Year})
	if err != nil {
		return "", fmt.Errorf("decisions on %s: %w", s.IUF, err)
	}
	return a.of(all, func(d *store.Decision) bool { return d.Kind == record.DecideFlow }), nil
}

func (a *authors) movement(m *JudgedMovement) (string, error) {
	if !strings.Contains(string(m.Reasons), manual) {
		return "", nil
	}
	all, err := a.tx.DecisionsOnMovement(m.Year, m.Number)
	if err != nil {
		return "", fmt.Errorf("decisions on movement %s/%d: %w", m.Number, m.Year, err)
	}
	return a.of(all, func(d *store.Decision) bool { return d.Movement.Account == m.Account || d.Movement.Account == "" }), nil
}

// refund is who marked a payment as the one given back.
func (a *authors) refund(p *JudgedPayment) (string, error) {
	if !a.asked {
		var err error
		if a.decided, err = a.tx.HasDecisions(); err != nil {
			return "", err
		}
		a.asked = true
	}
	if !a.decided || p.IUR == "" {
		return "", nil
	}
	all, err := a.tx.DecisionsOnIUV(p.IUV)
	if err != nil {
		return "", fmt.Errorf("decisions on IUV %s: %w", p.IUV, err)
	}
	key := record.PaymentKey{IUV: p.IUV, IUR: p.IUR, Index: p.Index}
	return a.of(all, func(d *store.Decision) bool { return d.Kind == record.DecideRefund && d.Payment == key }), nil
}
