package trace

import (
	"fmt"

	"quadra/engine/store"
)

// settlement is the tree of one flow: its versions, the cash, the payments in
// brief.
func (t *text) settlement(s *SettlementPart) *node {
	n := leaf("%s %s, PSP %s, %s %d", t.say("Flusso IUF", "Flow IUF"), s.IUF, s.PSP, t.say("anno", "year"), s.Year)
	for i := range s.Flows {
		n.add(t.version(&s.Flows[i]))
	}
	cash := t.paidBy(s)
	if cash == nil {
		cash = append(cash, leaf("%s", t.say("cassa: nessun incasso", "cash: none")))
	}
	n.add(cash...)
	for i := range s.Flows {
		if f := &s.Flows[i]; f.Current && len(f.Lines) > 0 {
			n.add(t.lines(f))
		}
	}
	difference := s.Cash
	for i := range s.Flows {
		if s.Flows[i].Current {
			difference -= s.Flows[i].DeclaredTotal
		}
	}
	if s.Parts == 0 {
		difference = 0
	}
	n.add(t.decided(s.about())...)
	return n.add(t.verdict(s.TracedVerdict, s.Reading, difference, s.History, s.Notes, s.about())...)
}

func (t *text) version(f *FlowPart) *node {
	state := t.say("versione corrente", "current version")
	if !f.Current {
		state = t.say("versione sostituita", "replaced version")
	}
	if f.Revision > 0 {
		state += fmt.Sprintf(" %d", f.Revision)
	}
	n := leaf("%s: %s %s, %s %s, %d %s, %s euro %s", state, t.say("prodotta il", "produced at"), t.instant(f.ProducedAt),
		t.say("regolata il", "regulated on"), t.day(f.RegulatedOn), f.DeclaredCount, t.say("pagamenti", "payments"),
		t.money(f.DeclaredTotal), t.file(f.Source))
	if f.LineCount != f.DeclaredCount || f.DeclaredTotal != f.TotalPlain && f.DeclaredTotal != f.TotalNet {
		n.add(leaf("%s: %d %s, %s euro", t.say("le righe però sono", "but its lines are"), f.LineCount, t.say("per", "for"), t.money(f.TotalPlain)))
	}
	return n
}

// lines lists the payments of a flow, one line each.
func (t *text) lines(f *FlowPart) *node {
	n := leaf("%s (%d)", t.say("pagamenti", "payments"), len(f.Lines))
	for i := range f.Lines {
		l := &f.Lines[i]
		status := t.say("non ancora giudicato", "not judged yet")
		if p := t.paymentOf(l); p != nil {
			status = codeName(p.Status, p.Name)
		}
		n.add(leaf("%s %d: IUV %s, IUR %s, %s euro, %s %d: %s", t.say("riga", "line"), l.Seq, l.IUV, l.IUR, t.money(l.Amount),
			t.say("esito", "outcome"), l.Outcome, status))
	}
	return n
}

// paymentOf is the payment a flow line belongs to: the one that points at it,
// else the one with its key (a payment reported twice points at one line only).
func (t *text) paymentOf(l *store.TracedLine) *PaymentPart {
	var byKey *PaymentPart
	for _, p := range t.payments[l.IUV] {
		switch {
		case p.Gone || p.AloneIUD != "":
		case p.FlowID == l.FlowID && p.FlowSeq == l.Seq:
			return p
		case byKey == nil && p.IUR == l.IUR && (p.Index == l.Index || l.Index == 0):
			byKey = p
		}
	}
	return byKey
}

// named are the payments whose IUV a movement names.
func (t *text) named(m *MovementPart) []*node {
	var out []*node
	for _, r := range m.Names {
		if r.Kind != "iuv" {
			continue
		}
		for _, p := range t.payments[r.ID] {
			out = append(out, t.payment(p))
		}
	}
	return out
}

// movement is the tree of one movement.
func (t *text) movement(m *MovementPart) *node {
	t.shown[m] = true
	n := leaf("%s: %s euro, %s %s, %s %s", t.say("Movimento ", "Movement ")+MovementName(m.Year, m.Number), t.money(m.Cash),
		t.say("contabilizzato il", "booked on"), t.day(m.BookedOn), t.say("valuta", "value"), t.day(m.ValueOn))
	if m.Account != "" {
		n.text += t.say(", conto ", ", account ") + m.Account
	}
	n.text += " " + t.file(m.Source)
	n.add(leaf("%s: %s", t.say("ordinante", "payer"), orDash(m.Payer)), leaf("%s: %s", t.say("causale", "remittance"), orDash(m.Remittance)))
	for _, r := range m.Names {
		n.add(t.names(r))
	}
	for _, r := range m.Rows {
		n.add(leaf("%s: %s %s, %s euro, %s %s", t.say("giornale di cassa", "cash book"), r.Document, r.Operation, t.money(r.Amount),
			t.day(r.BookedOn), t.file(r.Source)))
	}
	for _, f := range m.Former {
		n.add(leaf("%s: %s euro, %s, %s %s", t.say("sostituito", "replaced"), t.money(f.Amount), t.day(f.BookedOn), orDash(f.Remittance), t.file(f.Source)))
	}
	linked := m.Cash
	for _, l := range m.Pays {
		linked -= l.Amount
		n.add(leaf("%s IUF %s: %s euro, %s", t.say("paga", "pays"), l.IUF, t.money(l.Amount), t.reason(l.Reason)+t.manual(&l)))
	}
	if len(m.Pays) == 0 {
		linked = 0
	}
	n.add(t.decided(m.about())...)
	return n.add(t.verdict(m.TracedVerdict, m.Reading, linked, m.History, m.Notes, m.about())...)
}

func (t *text) names(r store.TracedRef) *node {
	kind := map[string]string{"iuf": "IUF", "iuv": "IUV"}[r.Kind]
	n := leaf("%s %s %s (%s)", t.say("nomina", "names"), kind, r.ID, t.reason(r.Step))
	if r.Barred {
		n.text += t.say(", ma una decisione lo esclude", ", but a decision rules it out")
	}
	if r.Used {
		n.text += t.say(", incassa il pagamento", ", cashes the payment")
	}
	return n
}
