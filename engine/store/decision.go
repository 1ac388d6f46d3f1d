package store

import (
	"time"

	"quadra/engine/record"
)

// Decision is what a person decided, as the books keep it for ever.
type Decision struct {
	ID int64
	record.Decision
	// Joint: said of all pairs of the proposal together. A refused sum of three
	// movements says nothing of each of them.
	Joint     bool
	DecidedAt time.Time
	Run       int64 // in which it was taken
	Source    Source
}

// GivenDecision is a row of a file of decisions as it was read.
type GivenDecision struct {
	record.Decision
	docID int64
}

// Decision keeps a row of a file of decisions until the whole file is read:
// nothing is applied before every row is known to be right.
func (l *Loader) Decision(d *record.Decision) error {
	l.decisions = append(l.decisions, GivenDecision{Decision: *d, docID: l.docID})
	l.accept(0)
	return nil
}

// Decisions are the rows kept by [Loader.Decision].
func (l *Loader) Decisions() []GivenDecision { return l.decisions }

// HasDecisions says whether the file holds a document of decisions.
func (l *Loader) HasDecisions() bool { return l.decides }

// Refused is how many rows of the file were rejected so far.
func (l *Loader) Refused() int64 { return l.file.Rejected }

// Remark adds a warning to the open document.
func (l *Loader) Remark(text string) { l.doc.Warnings = append(l.doc.Warnings, text) }

// Decide appends a decision to the books, in the name of the file being
// loaded.
func (l *Loader) Decide(d *GivenDecision, joint bool) error {
	if d.Answer == record.AnswerAccept {
		l.file.Total += d.Amount
		l.doc.Total += d.Amount
	}
	_, err := l.tx.exec("DecisionAdd", string(d.Kind), string(d.Answer), d.Proposal, flag(joint),
		d.Movement.Year, d.Movement.Number, d.Movement.Account, d.Flow.IUF, d.Flow.PSP, d.Flow.Year,
		d.Payment.IUV, d.Payment.IUR, d.Payment.Index, int64(d.Amount), d.Version, d.Author, d.Note, instant(l.file.SeenAt), d.docID, d.Line)
	return err
}

// HasDecisions says whether anybody ever decided anything.
func (tx *Tx) HasDecisions() (bool, error) {
	var one int
	return tx.one("DecisionAny", nil, &one)
}

// Decisions lists every decision ever taken, in order.
func (tx *Tx) Decisions() ([]Decision, error) { return tx.decisions("DecisionsAll") }

// DecisionsOnMovement lists the decisions about the movements with this year
// and number, whatever their account, in order.
func (tx *Tx) DecisionsOnMovement(year int, number string) ([]Decision, error) {
	return tx.decisions("DecisionsOnMovement", year, number)
}

// DecisionsOnSettlement lists the decisions about a settlement, in order.
func (tx *Tx) DecisionsOnSettlement(k record.SettlementKey) ([]Decision, error) {
	return tx.decisions("DecisionsOnSettlement", k.IUF, k.PSP, k.Year)
}

// DecisionsOnIUV lists the decisions about the payments of an IUV, in order.
func (tx *Tx) DecisionsOnIUV(iuv string) ([]Decision, error) {
	return tx.decisions("DecisionsOnIUV", iuv)
}

// DecisionsOnProposal lists what was decided of a proposal as a whole, in
// order.
func (tx *Tx) DecisionsOnProposal(id string) ([]Decision, error) {
	return tx.decisions("DecisionsOnProposal", id)
}

func (tx *Tx) decisions(name string, args ...any) ([]Decision, error) {
	return traced(tx, name, func(d *Decision) []any {
		return []any{&d.ID, &d.Kind, &d.Answer, &d.Proposal, &d.Joint, &d.Movement.Year, &d.Movement.Number, &d.Movement.Account,
			&d.Flow.IUF, &d.Flow.PSP, &d.Flow.Year, &d.Payment.IUV, &d.Payment.IUR, &d.Payment.Index, &d.Amount, &d.Version,
			&d.Author, &d.Note, instantInto{&d.DecidedAt}, &d.Run, &d.Line, &d.Source.File, &d.Source.SHA256, &d.Source.Entry}
	}, args...)
}

// DecidableMovement is a movement a decision may name.
type DecidableMovement struct {
	ID      int64
	Account string
	Cash    record.Cents
}

// DecidableMovements lists the movements with this year and number, the first
// known first.
func (tx *Tx) DecidableMovements(year int, number string) ([]DecidableMovement, error) {
	return traced(tx, "DecidableMovements", func(m *DecidableMovement) []any { return []any{&m.ID, &m.Account, &m.Cash} }, year, number)
}

// DecidableSettlement is a settlement a decision may name.
type DecidableSettlement struct {
	ID      int64
	PSP     string
	Year    int
	Version string // of its current flow, as decisions write it
	Revised bool   // its current version came after its cash, and nobody has accepted it
}

// DecidableSettlements lists the settlements with this IUF (upper case).
func (tx *Tx) DecidableSettlements(iuf string) ([]DecidableSettlement, error) {
	return traced(tx, "DecidableSettlements", func(s *DecidableSettlement) []any {
		return []any{&s.ID, &s.PSP, &s.Year, &s.Version, &s.Revised}
	}, iuf)
}

// DecidableReceipts lists the receipt lines of an IUV.
func (tx *Tx) DecidableReceipts(iuv string) ([]record.PaymentKey, error) {
	return traced(tx, "DecidableReceipts", func(p *record.PaymentKey) []any {
		p.IUV = iuv
		return []any{&p.IUR, &p.Index}
	}, iuv)
}

// DecidableTwin is a payment of an IUV with how it was last judged.
type DecidableTwin struct {
	record.PaymentKey
	Amount record.Cents
	Status string
}

// DecidableTwins lists the payments of an IUV that have a receipt or a flow
// line.
func (tx *Tx) DecidableTwins(iuv string) ([]DecidableTwin, error) {
	return traced(tx, "DecidableTwins", func(t *DecidableTwin) []any {
		t.IUV = iuv
		return []any{&t.IUR, &t.Index, &t.Amount, &t.Status}
	}, iuv)
}

// Decides says whether the movement is the one a decision names. A decision
// taken while the movement had no account yet is about the first one known
// with its year and number.
func (tx *Tx) Decides(k record.MovementKey, m *CashLine) (bool, error) {
	if k.Year != m.Year || k.Number != m.Number {
		return false, nil
	}
	if k.Account == m.Account || k.Account != "" {
		return k.Account == m.Account, nil
	}
	var first int64
	_, err := tx.one("DecidedFirstMovement", []any{m.Year, m.Number}, &first)
	return first == m.ID, err
}

// SettlementID finds a settlement by its key; 0 when it is not in the books.
func (tx *Tx) SettlementID(k record.SettlementKey) (int64, error) {
	var id int64
	_, err := tx.one("DecidedSettlement", []any{k.IUF, k.PSP, k.Year}, &id)
	return id, err
}

// TouchMovement marks a movement to be linked and judged again because of a
// file.
func (tx *Tx) TouchMovement(id, file int64) error {
	_, err := tx.exec("DirtyMovement", id, nullable(file), alsoCause(CauseDecision))
	return err
}

// TouchSettlement marks a settlement to be summed and judged again because of
// a file.
func (tx *Tx) TouchSettlement(id, file int64) error {
	_, err := tx.exec("DirtySettlement", id, nullable(file), alsoCause(CauseDecision))
	return err
}

// reviewed says whether a person accepted the current version of a flow that
// came after its cash.
func (tx *Tx) reviewed(settlement int64) (bool, error) {
	var last record.Answer
	_, err := tx.one("DecidedReview", []any{settlement}, &last)
	return last == record.AnswerAccept, err
}
