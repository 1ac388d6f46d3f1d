package link

import (
	"quadra/engine/decide"
	"quadra/engine/record"
	"quadra/engine/store"
)

// overrule puts what people said of a movement before what its text names, and
// marks in that what they decided against. cash is what the movement has left
// after reversals, and no decision carries more.
func overrule(cash record.Cents, word *decide.Word, n *named) (links []store.Link) {
	left := cash
	paid := make(map[int64]bool)
	for _, c := range word.Flows {
		amount := min(c.Amount, left)
		if amount <= 0 || paid[c.Settlement] {
			continue
		}
		paid[c.Settlement] = true
		left -= amount
		links = append(links, store.Link{Settlement: c.Settlement, Amount: amount, Reason: ReasonManual})
	}
	// Whoever says what a movement pays has read its text.
	n.ambiguous = n.ambiguous && len(links) == 0 && word.Payment == nil
	var rest []target
	for _, t := range n.found {
		key := record.SettlementKey{IUF: t.iuf, PSP: t.PSP, Year: t.Year}
		if !paid[t.ID] && !word.NotFlows[key] && word.Payment == nil {
			rest = append(rest, t)
		}
	}
	if left > 0 {
		links = append(links, allot(left, rest)...)
	}
	for _, l := range links {
		paid[l.Settlement] = true
	}
	for _, t := range n.found {
		if !paid[t.ID] {
			bar(n.refs, "iuf", t.iuf)
		}
	}
	for iuv := range word.NotIUVs {
		bar(n.refs, "iuv", iuv)
	}
	if word.Payment != nil {
		n.refs = assign(n.refs, word.Payment.IUV)
	}
	return links
}

// bar marks a reference a decision goes against.
func bar(refs []store.Ref, kind, id string) {
	for i := range refs {
		if refs[i].Kind == kind && refs[i].ID == id {
			refs[i].Barred = true
		}
	}
}

// assign makes an IUV the only one the movement pays.
func assign(refs []store.Ref, iuv string) []store.Ref {
	var out []store.Ref
	for _, r := range refs {
		if r.Kind == "iuv" && r.ID == iuv {
			continue
		}
		r.Barred = r.Barred || r.Kind == "iuv"
		out = append(out, r)
	}
	return append(out, store.Ref{Kind: "iuv", ID: iuv, Step: ReasonManual})
}
