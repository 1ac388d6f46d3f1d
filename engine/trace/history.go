package trace

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"quadra/engine/store"
)

// UnitHistory is everything that happened to one unit of a chain.
type UnitHistory struct {
	Unit    string               `json:"unit"`          // payment, settlement or movement
	IUV     string               `json:"iuv,omitempty"` // of a payment, with IUR and index or the IUD of a notice alone
	IUR     string               `json:"iur,omitempty"`
	Index   int                  `json:"index,omitempty"`
	IUD     string               `json:"iud,omitempty"`
	IUF     string               `json:"iuf,omitempty"` // of a settlement, with PSP and year
	PSP     string               `json:"psp,omitempty"`
	Year    int                  `json:"year,omitempty"` // also of a movement, with number and account
	Number  string               `json:"number,omitempty"`
	Account string               `json:"account,omitempty"`
	Gone    bool                 `json:"gone"` // it is no more
	History []store.TracedChange `json:"history"`
	Notes   []NotePart           `json:"notes"`
}

// Histories are the histories of all the units of a chain: payments,
// settlements, movements.
func (c *Chain) Histories() []UnitHistory {
	out := []UnitHistory{}
	for i := range c.Payments {
		p := &c.Payments[i]
		out = append(out, UnitHistory{Unit: "payment", IUV: p.IUV, IUR: p.IUR, Index: p.Index, IUD: p.AloneIUD, Gone: p.Gone, History: p.History, Notes: p.Notes})
	}
	for i := range c.Settlements {
		s := &c.Settlements[i]
		out = append(out, UnitHistory{Unit: "settlement", IUF: s.IUF, PSP: s.PSP, Year: s.Year, History: s.History, Notes: s.Notes})
	}
	for i := range c.Movements {
		m := &c.Movements[i]
		out = append(out, UnitHistory{Unit: "movement", Year: m.Year, Number: m.Number, Account: m.Account, History: m.History, Notes: m.Notes})
	}
	return out
}

// HistoryText prints the histories of a chain, one tree per unit and one branch
// per change: run, as-of date, status before and after, amount, difference and
// every cause; then what people said of it.
func HistoryText(w io.Writer, c *Chain, lang string) error {
	t := &text{chain: c, english: lang == "en"}
	var roots []*node
	for i := range c.Payments {
		p := &c.Payments[i]
		n := leaf("%s", t.paymentName(p))
		if p.Gone {
			n.text += t.say(" (non più presente)", " (no longer there)")
		}
		roots = append(roots, t.changes(n, p.History, p.Notes, t.aboutPayment(p)))
	}
	for i := range c.Settlements {
		s := &c.Settlements[i]
		n := leaf("%s %s, PSP %s, %s %d", t.say("Flusso IUF", "Flow IUF"), s.IUF, s.PSP, t.say("anno", "year"), s.Year)
		roots = append(roots, t.changes(n, s.History, s.Notes, s.about()))
	}
	for i := range c.Movements {
		m := &c.Movements[i]
		n := leaf("%s", t.say("Movimento ", "Movement ")+MovementName(m.Year, m.Number))
		if m.Account != "" {
			n.text += t.say(", conto ", ", account ") + m.Account
		}
		roots = append(roots, t.changes(n, m.History, m.Notes, m.about()))
	}
	return printTrees(w, roots)
}

func (t *text) changes(n *node, history []store.TracedChange, notes []NotePart, of about) *node {
	if len(history) == 0 {
		n.add(leaf("%s", t.say("non ancora giudicato", "not judged yet")))
	}
	for i := range history {
		c := &history[i]
		line := fmt.Sprintf("%s %d (%s): %s → %s, %s euro", t.say("elaborazione", "run"), c.Run, t.day(c.AsOf), orDash(c.Before), orDash(c.After), t.money(c.Amount))
		if c.Difference != 0 {
			line += t.say(", differenza ", ", difference ") + t.money(c.Difference)
		}
		n.add(leaf("%s, %s: %s", line, t.say("causa", "cause"), t.causes(c, of)))
	}
	for i := range notes {
		n.add(t.noteHistory(&notes[i]))
	}
	return n
}

// causes names everything that made a change. A file of decisions is named by
// what it decided of the unit.
func (t *text) causes(c *store.TracedChange, of about) string {
	var names []string
	decided := false
	for _, cause := range c.Causes {
		switch cause.Kind {
		case store.CauseFile:
			if decision := t.cause(cause.SHA256, of); decision != "" {
				decided = true
				names = append(names, decision)
			} else {
				names = append(names, cause.File)
			}
		case store.CauseCalendar:
			names = append(names, t.say("il calendario", "the calendar"))
		case store.CauseSettings:
			names = append(names, t.say("le regole o le impostazioni", "the ruleset or the settings"))
		case store.CauseDecision: // said below, unless its file says which
		default:
			names = append(names, cause.Kind)
		}
	}
	if !decided && slices.ContainsFunc(c.Causes, func(c store.TracedCause) bool { return c.Kind == store.CauseDecision }) {
		names = append(names, t.say("la decisione di una persona", "a person's decision"))
	}
	if len(names) == 0 {
		return t.say("il calendario o le impostazioni", "the calendar or the settings")
	}
	return strings.Join(names, ", ")
}
