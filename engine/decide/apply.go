package decide

import (
	"fmt"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Summary counts what a file of decisions said.
type Summary struct {
	Accepted, Refused, Undone int
	Unchanged                 int // in force already
	Unanswered                int // rows nobody answered
}

// String is the summary in Italian, for whoever left the file.
func (s Summary) String() string {
	return fmt.Sprintf("decisioni: accettate %d, rifiutate %d, annullate %d, già in vigore %d, righe senza risposta %d",
		s.Accepted, s.Refused, s.Undone, s.Unchanged, s.Unanswered)
}

// Apply checks every decision of the file being loaded against the books and
// adds them. Each row that cannot be taken is given to reject; with one such
// row, of the parser's or of these, the error is a [*record.FileError]: the
// caller must undo the transaction, so that nothing is applied by halves.
//
// Only what a file loaded so far says is looked at, not how it was last
// linked, except for what a person answers to a judgement (rivisto, rimborso).
func Apply(tx *store.Tx, f *store.File, l *store.Loader, reject func(*record.Reject) error) (Summary, error) {
	a := applier{tx: tx, file: f, loader: l, reject: reject, rows: l.Decisions(), said: make(map[subject]int)}
	if !l.HasDecisions() {
		return a.sum, nil
	}
	if err := a.resolveAll(); err != nil {
		return a.sum, err
	}
	for i := range a.rows {
		if err := a.apply(i); err != nil {
			return a.sum, err
		}
	}
	if a.wrong > 0 || l.Refused() > 0 {
		return a.sum, &record.FileError{Code: record.FileContent,
			Message: "ci sono righe errate: nessuna decisione è stata applicata. Correggere le righe elencate tra gli scarti e mandare di nuovo tutto il file"}
	}
	l.Remark(a.sum.String())
	return a.sum, nil
}

type applier struct {
	tx     *store.Tx
	file   *store.File
	loader *store.Loader
	reject func(*record.Reject) error
	rows   []store.GivenDecision
	places []place         // what each row names
	pairs  map[string]int  // rows of each proposal
	said   map[subject]int // line of this file that speaks of it
	sum    Summary
	wrong  int
}

// place is what a row names, found in the books.
type place struct {
	ok         bool
	movement   store.DecidableMovement
	known      *record.MovementKey // by which earlier decisions name the movement
	settlement store.DecidableSettlement
}

// fault is why a row cannot be taken.
type fault struct {
	column string
	code   record.RejectCode
	value  string
	reason string
}

func (a *applier) refuse(i int, f *fault) error {
	a.wrong++
	a.places[i].ok = false
	return a.reject(&record.Reject{Line: a.rows[i].Line, Column: f.column, Code: f.code, Value: f.value, Reason: f.reason})
}

// resolveAll finds what every answered row names, and checks that the rows of
// a proposal still are that proposal.
func (a *applier) resolveAll() error {
	a.places = make([]place, len(a.rows))
	groups := make(map[string][]int)
	var order []string
	for i := range a.rows {
		d := &a.rows[i]
		if d.Answer == record.AnswerNone && d.Proposal == "" {
			continue
		}
		if d.Proposal != "" {
			if groups[d.Proposal] == nil {
				order = append(order, d.Proposal)
			}
			groups[d.Proposal] = append(groups[d.Proposal], i)
		}
		if d.Answer == record.AnswerNone {
			continue
		}
		a.places[i].ok = true
		wrong, err := a.resolve(&d.Decision, &a.places[i])
		if err == nil && wrong != nil {
			err = a.refuse(i, wrong)
		}
		if err != nil {
			return err
		}
	}
	a.pairs = make(map[string]int, len(groups))
	for _, id := range order {
		a.pairs[id] = len(groups[id])
		if err := a.checkGroup(id, groups[id]); err != nil {
			return err
		}
	}
	return nil
}

// checkGroup demands one answer for all rows of a proposal, and that no row was
// lost or changed: a spreadsheet sorts single columns all too easily.
func (a *applier) checkGroup(id string, rows []int) error {
	answered := 0
	var pairs []record.Decision
	for _, i := range rows {
		d := &a.rows[i]
		if d.Answer == record.AnswerNone {
			continue
		}
		if !a.places[i].ok {
			return nil // said already
		}
		answered++
		pairs = append(pairs, d.Decision)
		if d.Answer != a.rows[rows[0]].Answer {
			return a.refuse(i, &fault{"risposta", record.RejectConflict, string(d.Answer),
				"le righe della proposta " + id + " hanno risposte diverse: rispondere lo stesso a tutte, o togliere il codice della proposta"})
		}
	}
	switch {
	case answered == 0:
		return nil
	case answered < len(rows):
		return a.refuse(rows[0], &fault{"risposta", record.RejectConflict, string(a.rows[rows[0]].Answer),
			"la proposta " + id + " ha più righe e solo alcune hanno una risposta: rispondere a tutte o a nessuna"})
	case ProposalID(pairs) != id:
		return a.refuse(rows[0], &fault{"proposta", record.RejectConflict, id,
			"le righe non sono più quelle della proposta: chiedere di nuovo le proposte, o togliere il codice se l'abbinamento è scritto a mano"})
	}
	return nil
}

// apply adds the decision of a row unless it is in force already.
func (a *applier) apply(i int) error {
	d := &a.rows[i]
	if d.Answer == record.AnswerNone {
		a.sum.Unanswered++
		return nil
	}
	if !a.places[i].ok {
		return nil
	}
	if known := a.places[i].known; known != nil {
		d.Movement = *known // after the proposal was told by its present key
	}
	joint := d.Answer == record.AnswerRefuse && a.pairs[d.Proposal] > 1
	before, err := a.before(i)
	if err != nil {
		return err
	}
	held := find(before, subjectOf(&d.Decision, joint))
	if d.Answer == record.AnswerUndo && d.Proposal != "" && (held == nil || held.Answer == record.AnswerUndo) {
		if whole := find(before, subjectOf(&d.Decision, true)); whole != nil {
			held, joint = whole, true
		}
	}
	subject := subjectOf(&d.Decision, joint)
	if line, twice := a.said[subject]; twice {
		return a.refuse(i, &fault{"risposta", record.RejectDuplicate, string(d.Answer),
			fmt.Sprintf("la stessa cosa è già decisa alla riga %d: tenere una sola riga", line)})
	}
	a.said[subject] = d.Line
	if held != nil && held.Answer == d.Answer && (d.Answer != record.AnswerAccept || held.Amount == d.Amount) {
		a.sum.Unchanged++
		return nil
	}
	wrong, err := a.check(i, before, held)
	if err == nil && wrong != nil {
		return a.refuse(i, wrong)
	}
	if err != nil {
		return err
	}
	switch d.Answer {
	case record.AnswerAccept:
		a.sum.Accepted++
	case record.AnswerRefuse:
		a.sum.Refused++
	default:
		a.sum.Undone++
	}
	if err := a.loader.Decide(d, joint); err != nil {
		return err
	}
	return a.touch(i)
}

// touch marks what the decision changes.
func (a *applier) touch(i int) error {
	switch a.rows[i].Kind {
	case record.DecideFlow, record.DecidePayment:
		return a.tx.TouchMovement(a.places[i].movement.ID, a.file.ID)
	case record.DecideReview:
		return a.tx.TouchSettlement(a.places[i].settlement.ID, a.file.ID)
	}
	return nil // a refund is shown; it changes no status
}

// before lists the decisions about the same movement, settlement or IUV, those
// of earlier rows included.
func (a *applier) before(i int) ([]store.Decision, error) {
	switch d := &a.rows[i]; d.Kind {
	case record.DecideReview:
		return a.tx.DecisionsOnSettlement(d.Flow)
	case record.DecideRefund:
		return a.tx.DecisionsOnIUV(d.Payment.IUV)
	default:
		all, err := a.tx.DecisionsOnMovement(d.Movement.Year, d.Movement.Number)
		var mine []store.Decision
		for _, o := range all {
			if o.Movement == d.Movement {
				mine = append(mine, o)
			}
		}
		return mine, err
	}
}

// find is the last decision about a subject, undone or not.
func find(all []store.Decision, s subject) *store.Decision {
	for i := len(all) - 1; i >= 0; i-- {
		if subjectOf(&all[i].Decision, all[i].Joint) == s {
			return &all[i]
		}
	}
	return nil
}

// check says why a decision cannot be taken although what it names is there.
func (a *applier) check(i int, before []store.Decision, held *store.Decision) (*fault, error) {
	d := &a.rows[i]
	switch {
	case d.Answer == record.AnswerUndo && held == nil:
		return &fault{"risposta", record.RejectConflict, string(d.Answer), "non c'è nessuna decisione da annullare: togliere la riga"}, nil
	case d.Answer != record.AnswerAccept:
		return nil, nil
	}
	switch d.Kind {
	case record.DecideFlow, record.DecidePayment:
		return a.checkCash(i, before), nil
	case record.DecideReview:
		return a.checkReview(i), nil
	}
	return a.checkRefund(d, before)
}

// checkCash demands that the movement has the cash it is said to carry, beside
// what it carries by other decisions.
func (a *applier) checkCash(i int, before []store.Decision) *fault {
	d, m := &a.rows[i], &a.places[i].movement
	name := fmt.Sprintf("%s/%d", d.Movement.Number, d.Movement.Year)
	if m.Cash <= 0 {
		return &fault{"numero_bolletta", record.RejectConflict, d.Movement.Number, "il movimento " + name + " è stornato per intero: non c'è niente da abbinare"}
	}
	free := m.Cash
	this := subjectOf(&d.Decision, false)
	for _, o := range InForce(before) {
		if o.Answer == record.AnswerAccept && !o.Joint && subjectOf(&o.Decision, false) != this {
			free -= o.Amount
		}
	}
	if d.Amount > free {
		return &fault{"importo", record.RejectConflict, d.Amount.DecimalComma(),
			fmt.Sprintf("del movimento %s (%s euro) restano %s euro non assegnati da altre decisioni: correggere l'importo, o annullare prima le altre",
				name, m.Cash.Italian(), free.Italian())}
	}
	return nil
}

func (a *applier) checkReview(i int) *fault {
	d, s := &a.rows[i], &a.places[i].settlement
	switch {
	case s.Version != d.Version:
		return &fault{"versione", record.RejectConflict, d.Version,
			"la versione corrente del flusso " + d.Flow.IUF + " è " + s.Version + ": guardarla e rispondere di nuovo"}
	case !s.Revised:
		return &fault{"iuf", record.RejectConflict, d.Flow.IUF, "il flusso non è segnato come sostituito dopo il riversamento: togliere la riga"}
	}
	return nil
}

const statusDuplicate = "DUPLICATE"

func (a *applier) checkRefund(d *store.GivenDecision, before []store.Decision) (*fault, error) {
	twins, err := a.tx.DecidableTwins(d.Payment.IUV)
	if err != nil {
		return nil, err
	}
	var this *store.DecidableTwin
	for i := range twins {
		if twins[i].PaymentKey == d.Payment && twins[i].Status == statusDuplicate {
			this = &twins[i]
		}
	}
	if this == nil {
		return &fault{"iuv", record.RejectConflict, d.Payment.IUV, "il pagamento non è tra quelli doppi: si può segnare come rimborso solo uno di questi"}, nil
	}
	for _, o := range InForce(before) {
		for _, t := range twins {
			if o.Kind == record.DecideRefund && o.Answer == record.AnswerAccept && o.Payment == t.PaymentKey && o.Payment != d.Payment &&
				t.Index == this.Index && t.Amount == this.Amount {
				return &fault{"iur", record.RejectConflict, d.Payment.IUR,
					"come rimborso è già segnato l'altro pagamento, IUR " + t.IUR + ": annullare prima quella decisione"}, nil
			}
		}
	}
	d.Amount = this.Amount
	return nil, nil
}

// listed joins names for a message.
func listed(names []string) string { return strings.Join(names, ", ") }
