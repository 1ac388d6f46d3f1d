package propose

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"quadra/engine/record"
)

// titles are the rules as people read them.
var titles = map[Rule]string{
	RuleAmount: "stesso importo e data vicina", RuleIUF: "IUF tagliato o rovinato", RuleMovements: "somma di più movimenti",
	RuleFlows: "somma di più flussi", RulePSP: "PSP e data", RuleReceipt: "importo e data di una ricevuta",
	RuleReplaced: "flusso sostituito da guardare", RuleDuplicates: "pagamento doppio: quale è il rimborso",
}

// Text prints proposals for a terminal, in Italian, the best first.
func Text(w io.Writer, r *Result) error {
	out := bufio.NewWriter(w)
	line := func(format string, args ...any) {
		_, _ = fmt.Fprintf(out, "%s\n", printable(fmt.Sprintf(format, args...)))
	}
	for i := range r.Proposals {
		p := &r.Proposals[i]
		line("%3d  %s  %s", p.Score, p.ID, titles[p.Rule])
		for k := range p.Pairs {
			line("       %s", p.Pairs[k].text(p.Kind))
		}
		line("     perché: %s", strings.Join(p.Reasons, "; "))
		if len(p.Alternatives) > 0 {
			line("     in alternativa a: %s", strings.Join(p.Alternatives, ", "))
		}
	}
	line("%s; aperti: %s, %s, %s", count(len(r.Proposals), "proposta", "proposte"), count(r.Movements, "movimento", "movimenti"),
		count(r.Settlements, "flusso", "flussi"), count(r.Receipts, "ricevuta", "ricevute"))
	if r.LeftOut > 0 {
		line("Altri %d accostamenti non sono mostrati: le stesse cose ne hanno già %d migliori.", r.LeftOut, perItem)
	}
	// A bufio.Writer repeats its first error: Flush tells of all.
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write proposals: %w", err)
	}
	return nil
}

func (p *Pair) text(kind record.DecisionKind) string {
	var parts []string
	if m := p.Movement; m != nil {
		s := fmt.Sprintf("movimento %s/%d del %s, %s euro", m.Number, m.Year, m.BookedOn.Italian(), m.Open.Italian())
		if m.Account != "" {
			s += ", conto " + m.Account
		}
		parts = append(parts, s)
	}
	if s := p.Settlement; s != nil {
		parts = append(parts, fmt.Sprintf("flusso %s del PSP %s, regolato il %s, %s euro", s.IUF, s.PSP, s.RegulatedOn.Italian(), s.Total.Italian()))
	}
	if r := p.Receipt; r != nil {
		parts = append(parts, fmt.Sprintf("pagamento IUV %s, IUR %s, indice %d, %s euro", r.IUV, r.IUR, r.Index, r.Amount.Italian()))
	}
	text := strings.Join(parts, " → ")
	if kind == record.DecideFlow || kind == record.DecidePayment {
		text += ": " + p.Amount.Italian() + " euro"
	}
	return text
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}

type jsonResult struct {
	Proposals   []jsonProposal `json:"proposals"`
	Movements   int            `json:"open_movements"`
	Settlements int            `json:"open_settlements"`
	Receipts    int            `json:"open_receipts"`
	LeftOut     int            `json:"left_out"`
}

type jsonProposal struct {
	ID           string              `json:"id"`
	Kind         record.DecisionKind `json:"kind"`
	Rule         Rule                `json:"rule"`
	Score        int                 `json:"score"`
	Reasons      []string            `json:"reasons"`
	Alternatives []string            `json:"alternatives"`
	Pairs        []jsonPair          `json:"pairs"`
}

type jsonPair struct {
	Movement *jsonMovement `json:"movement,omitempty"`
	Flow     *jsonFlow     `json:"flow,omitempty"`
	Payment  *jsonPayment  `json:"payment,omitempty"`
	Cents    record.Cents  `json:"amount_cents"`
}

type jsonMovement struct {
	Year     int          `json:"year"`
	Number   string       `json:"number"`
	Account  string       `json:"account"`
	BookedOn record.Date  `json:"booked_on"`
	Cents    record.Cents `json:"open_cents"`
}

type jsonFlow struct {
	IUF         string       `json:"iuf"`
	PSP         string       `json:"psp"`
	Year        int          `json:"year"`
	RegulatedOn record.Date  `json:"regulated_on"`
	Cents       record.Cents `json:"total_cents"`
	Version     string       `json:"version,omitempty"`
}

type jsonPayment struct {
	IUV   string       `json:"iuv"`
	IUR   string       `json:"iur"`
	Index int          `json:"index"`
	Cents record.Cents `json:"total_cents"`
}

// MarshalJSON writes the result for programs, amounts as integer cents.
func (r *Result) MarshalJSON() ([]byte, error) {
	out := jsonResult{Proposals: []jsonProposal{}, Movements: r.Movements, Settlements: r.Settlements, Receipts: r.Receipts, LeftOut: r.LeftOut}
	for i := range r.Proposals {
		p := &r.Proposals[i]
		j := jsonProposal{ID: p.ID, Kind: p.Kind, Rule: p.Rule, Score: p.Score, Reasons: p.Reasons,
			Alternatives: append([]string{}, p.Alternatives...)}
		for k := range p.Pairs {
			pair := &p.Pairs[k]
			jp := jsonPair{Cents: pair.Amount}
			if m := pair.Movement; m != nil {
				jp.Movement = &jsonMovement{m.Year, m.Number, m.Account, m.BookedOn, m.Open}
			}
			if s := pair.Settlement; s != nil {
				jp.Flow = &jsonFlow{s.IUF, s.PSP, s.Year, s.RegulatedOn, s.Total, s.Version}
			}
			if r := pair.Receipt; r != nil {
				jp.Payment = &jsonPayment{r.IUV, r.IUR, r.Index, r.Amount}
			}
			j.Pairs = append(j.Pairs, jp)
		}
		out.Proposals = append(out.Proposals, j)
	}
	return json.Marshal(out)
}
