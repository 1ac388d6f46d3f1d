package explain

import (
	"fmt"
	"strings"

	"quadra/engine/decide"
	"quadra/engine/record"
	"quadra/engine/store"
)

// DecisionText says in a sentence, without its full stop, what a person
// decided, when and why.
func DecisionText(language string, d *store.Decision) string {
	say := func(italian, english string) string {
		if language == English {
			return english
		}
		return italian
	}
	when := record.DateOf(d.DecidedAt).Italian()
	if language == English {
		when = record.DateOf(d.DecidedAt).String()
	}
	movement := fmt.Sprintf(say("il movimento %s", "movement %s"), movementName(d.Movement.Number, d.Movement.Year))
	var what string
	switch d.Kind {
	case record.DecideFlow:
		what = movement + say(" paga il flusso ", " pays flow ") + d.Flow.IUF
	case record.DecidePayment:
		what = movement + say(" paga lo IUV ", " pays IUV ") + d.Payment.IUV
	case record.DecideReview:
		what = fmt.Sprintf(say("la versione %s del flusso %s è stata guardata", "version %s of flow %s was looked at"), d.Version, d.Flow.IUF)
	case record.DecideRefund:
		what = fmt.Sprintf(say("il pagamento con IUR %s è il rimborso", "the payment with IUR %s is the refund"), d.Payment.IUR)
	}
	var text string
	switch d.Answer {
	case record.AnswerAccept:
		text = fmt.Sprintf(say("%s ha deciso il %s che %s", "%s decided on %s that %s"), d.Author, when, what)
		if d.Kind == record.DecideFlow {
			text += say(" per ", " with ") + money(language, d.Amount)
		}
	case record.AnswerRefuse:
		text = fmt.Sprintf(say("%s ha escluso il %s che %s", "%s ruled out on %s that %s"), d.Author, when, what)
		if d.Joint {
			text += say(", nella somma della proposta ", ", in the sum of proposal ") + d.Proposal
		}
	default:
		text = fmt.Sprintf(say("%s ha annullato il %s quanto deciso: %s", "%s undid on %s what was decided: %s"), d.Author, when, what)
	}
	if d.Note != "" {
		text += " («" + d.Note + "»)"
	}
	return text
}

// sentences joins what is in force about a unit into sentences that follow the
// explanation of its status.
func (e *Explainer) sentences(all []store.Decision, about func(*store.Decision) bool) string {
	var b strings.Builder
	for _, d := range decide.InForce(all) {
		if !d.Joint && about(&d) {
			b.WriteString(" " + DecisionText(e.set.Language, &d) + ".")
		}
	}
	return b.String()
}

// decided says, once, whether there are decisions at all: asking for each unit
// would be felt.
func (e *Explainer) decided() (bool, error) {
	if !e.askedDecided {
		var err error
		if e.hasDecisions, err = e.tx.HasDecisions(); err != nil {
			return false, err
		}
		e.askedDecided = true
	}
	return e.hasDecisions, nil
}

// onMovement is what people decided about a movement, and what its text says
// against it.
func (e *Explainer) onMovement(m *store.MovementView) (string, error) {
	has, err := e.decided()
	if err != nil || !has {
		return "", err
	}
	all, err := e.tx.DecisionsOnMovement(m.Year, m.Number)
	if err != nil {
		return "", err
	}
	line := store.CashLine{ID: m.ID, MovementKey: record.MovementKey{Year: m.Year, Number: m.Number, Account: m.Account}}
	text := e.sentences(all, func(d *store.Decision) bool {
		var mine bool
		if err == nil {
			mine, err = e.tx.Decides(d.Movement, &line)
		}
		return mine
	})
	var barred []string
	for i := range m.Refs {
		if m.Refs[i].Barred {
			barred = append(barred, m.Refs[i].ID)
		}
	}
	if len(barred) > 0 {
		text += fmt.Sprintf(e.say(" La causale nomina %s: vale la decisione.", " Its text names %s: the decision holds."), strings.Join(barred, ", "))
	}
	return text, err
}

// onSettlement is what people decided about a settlement.
func (e *Explainer) onSettlement(k record.SettlementKey) (string, error) {
	has, err := e.decided()
	if err != nil || !has {
		return "", err
	}
	k.IUF = strings.ToUpper(k.IUF)
	all, err := e.tx.DecisionsOnSettlement(k)
	return e.sentences(all, func(*store.Decision) bool { return true }), err
}

// onPayment is what people decided about the payments of an IUV: that a movement
// pays it, that one of two is given back.
func (e *Explainer) onPayment(p *store.PaymentView) (string, error) {
	has, err := e.decided()
	if err != nil || !has {
		return "", err
	}
	all, err := e.tx.DecisionsOnIUV(p.IUV)
	text := e.sentences(all, func(d *store.Decision) bool { return d.Payment.Index == p.Index && p.AloneIUD == "" })
	if err != nil || fact(p.Verdict, "has_flow_cash") == "" {
		return text, err
	}
	flow, err := e.tx.DecisionsOnSettlement(record.SettlementKey{IUF: strings.ToUpper(p.Flow.IUF), PSP: p.Flow.PSP, Year: p.Flow.RegulatedOn.Year()})
	return text + e.sentences(flow, func(d *store.Decision) bool { return d.Kind == record.DecideFlow && d.Answer == record.AnswerAccept }), err
}
