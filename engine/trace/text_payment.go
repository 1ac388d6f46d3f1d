package trace

import (
	"fmt"
	"strings"

	"quadra/engine/store"
)

// payment is the tree of one payment, in the order money takes.
func (t *text) payment(p *PaymentPart) *node {
	n := leaf("%s", t.paymentName(p))
	if p.Gone {
		n.text += t.say(" (non più presente)", " (no longer there)")
		return n.add(t.said(p.Notes)...).add(t.history(p.History, t.aboutPayment(p)))
	}
	n.text += fmt.Sprintf(": %s euro", t.money(p.Amount))
	n.add(t.notices(p)...)
	n.add(t.receipts(p)...)
	n.add(t.reports(p)...)
	n.add(t.cash(p)...)
	n.add(t.decided(t.aboutPayment(p))...)
	return n.add(t.verdict(p.TracedVerdict, p.Reading, p.Difference, p.History, p.Notes, t.aboutPayment(p))...)
}

func (t *text) paymentName(p *PaymentPart) string {
	if p.AloneIUD != "" {
		return t.say("Notifica senza pagamento, IUD ", "Notice without payment, IUD ") + p.AloneIUD + ", IUV " + p.IUV
	}
	return fmt.Sprintf("%s IUV %s, IUR %s, %s %d", t.say("Pagamento", "Payment"), p.IUV, p.IUR, t.say("indice", "index"), p.Index)
}

func (t *text) notices(p *PaymentPart) []*node {
	iud := p.NoticeIUD
	if p.AloneIUD != "" {
		iud = p.AloneIUD
	}
	var out []*node
	for i := range t.chain.Notices {
		if n := &t.chain.Notices[i]; iud != "" && n.IUD == iud {
			out = append(out, t.notice(n))
		}
	}
	if out == nil {
		out = append(out, leaf("%s", t.say("notifica: nessuna", "notice: none")))
	}
	return out
}

func (t *text) notice(n *store.TracedNotice) *node {
	t.shown[n] = true
	return leaf("%s%s: IUD %s, %s euro, %s %s %s", t.say("notifica", "notice"), t.replaced(n.Replaced), n.IUD, t.money(n.Amount),
		t.say("pagata il", "paid on"), t.day(n.PaidOn), t.file(n.Source))
}

func (t *text) replaced(yes bool) string {
	if yes {
		return t.say(" sostituita", " replaced")
	}
	return ""
}

func (t *text) receipts(p *PaymentPart) []*node {
	var out []*node
	for i := range t.chain.Receipts {
		if r := &t.chain.Receipts[i]; r.IUV == p.IUV && r.IUR == p.IUR && r.Index == p.Index && p.AloneIUD == "" {
			out = append(out, t.receipt(r))
		}
	}
	if out == nil {
		out = append(out, leaf("%s", t.say("ricevuta: nessuna", "receipt: none")))
	}
	return out
}

func (t *text) receipt(r *store.TracedReceipt) *node {
	t.shown[r] = true
	of := ""
	if r.Total != r.Amount {
		of = t.say(" su ", " of ") + t.money(r.Total)
	}
	iud := ""
	if r.IUD != "" {
		iud = ", IUD " + r.IUD
	}
	return leaf("%s%s: %s euro%s, %s %s%s %s", t.say("ricevuta", "receipt"), t.replaced(r.Replaced), t.money(r.Amount), of,
		t.say("pagata il", "paid on"), t.day(r.PaidOn), iud, t.file(r.Source))
}

// reports shows the flow line that counts and, under the same key, those of
// other versions and other flows.
func (t *text) reports(p *PaymentPart) []*node {
	var main, others []*node
	for i := range t.chain.Settlements {
		s := &t.chain.Settlements[i]
		for k := range s.Flows {
			f := &s.Flows[k]
			for j := range f.Lines {
				l := &f.Lines[j]
				switch {
				case l.IUV != p.IUV || p.AloneIUD != "":
				case l.FlowID == p.FlowID && l.Seq == p.FlowSeq:
					main = append(main, t.line(l, f))
				case l.IUR == p.IUR && (l.Index == p.Index || l.Index == 0):
					others = append(others, t.line(l, f))
				}
			}
		}
	}
	if main == nil {
		main = append(main, leaf("%s", t.say("flusso: nessuno", "flow: none")))
	}
	return append(main, others...)
}

func (t *text) line(l *store.TracedLine, f *FlowPart) *node {
	t.shown[l] = true
	version := ""
	if !f.Current {
		version = t.say(" sostituito", " replaced")
	}
	return leaf("%s%s: IUF %s, PSP %s, %s %s, %s %d: %s euro, %s %d %s", t.say("flusso", "flow"), version, f.IUF, f.PSP,
		t.say("regolato il", "regulated on"), t.day(f.RegulatedOn), t.say("riga", "line"), l.Seq, t.money(l.Amount),
		t.say("esito", "outcome"), l.Outcome, t.file(l.Source))
}

// cash shows the movements that settle the flow of a payment or, when it has
// none, those a payment of the IUV is cashed by.
func (t *text) cash(p *PaymentPart) []*node {
	var out []*node
	for i := range t.chain.Settlements {
		s := &t.chain.Settlements[i]
		for k := range s.Flows {
			if s.Flows[k].ID == p.FlowID {
				out = append(out, t.paidBy(s)...)
			}
		}
	}
	if out == nil && p.AloneIUD == "" {
		out = t.cashByIUV(p.IUV)
	}
	if out == nil {
		out = append(out, leaf("%s", t.say("cassa: nessun incasso", "cash: none")))
	}
	return out
}

func (t *text) paidBy(s *SettlementPart) []*node {
	var out []*node
	for _, l := range s.PaidBy {
		n := leaf("%s: %s %s, %s euro %s %s, %s", t.say("cassa", "cash"), t.movementName(l.Year, l.Number, l.Account),
			t.say("del", "of")+" "+t.day(l.BookedOn), t.money(l.Amount), t.say("per il flusso", "for flow"), l.IUF, t.reason(l.Reason)+t.manual(&l))
		if m := t.movementByID(l.MovementID); m != nil {
			t.shown[m] = true
			n.text += " " + t.file(m.Source)
		}
		out = append(out, n)
	}
	return out
}

func (t *text) cashByIUV(iuv string) []*node {
	var out []*node
	for i := range t.chain.Movements {
		m := &t.chain.Movements[i]
		for _, r := range m.Names {
			if r.Kind == "iuv" && r.ID == iuv && r.Used {
				t.shown[m] = true
				out = append(out, leaf("%s: %s %s, %s euro %s %s", t.say("cassa", "cash"), t.movementName(m.Year, m.Number, m.Account),
					t.say("del", "of")+" "+t.day(m.BookedOn), t.money(m.Cash), t.say("per IUV", "by IUV"), t.file(m.Source)))
			}
		}
	}
	return out
}

func (t *text) movementName(year int, number, account string) string {
	name := t.say("movimento ", "movement ") + MovementName(year, number)
	if account != "" {
		name += t.say(" conto ", " account ") + account
	}
	return name
}

// reason says how a link was made. The words are those of package link; one
// that is not known is shown as it is.
func (t *text) reason(code string) string {
	italian := map[string]string{
		"strict": "causale esatta", "tolerant": "causale riparata",
		"known": "IUF riconosciuto nella causale", "end-to-end": "identificativo end-to-end", "manual": "abbinamento manuale",
	}[code]
	if t.english || italian == "" {
		return strings.ReplaceAll(code, "-", " ")
	}
	return italian
}
