package report

import (
	"html/template"

	"quadra/engine/explain"
	"quadra/engine/report/content"
	"quadra/engine/report/picture"
)

// pick chooses between the words of the two languages.
func (b *builder) pick(italian, english string) string {
	if b.in.Language == explain.English {
		return english
	}
	return italian
}

// flowStep is how a step of the bridge is called in the flow of euro, in few
// words, and whether it is good to end there.
type flowStep struct {
	tone             picture.Tone
	italian, english string
}

// flowSteps are the steps people meet every day. One that is not here has its
// title and asks for a look.
var flowSteps = map[string]flowStep{
	content.StepAwaitingFlow: {picture.Neutral, "In attesa di flusso", "Awaiting their flow"},
	content.StepNoFlow:       {picture.Bad, "Non rendicontate", "Not reported"},
	content.StepByIUV:        {picture.Good, "Incassate per IUV", "Cashed by IUV"},
	content.StepNoFlowDue:    {picture.Neutral, "Flusso non atteso", "No flow due"},
	content.StepReported:     {picture.Bad, "Rendicontate con altro importo", "Reported with another amount"},
	content.StepNoReceipt:    {picture.Bad, "Righe senza ricevuta", "Lines without receipt"},
	content.StepLoose:        {picture.Neutral, "Altre righe dei flussi", "Other flow lines"},
	content.StepRejected:     {picture.Bad, "Righe scartate", "Rejected lines"},
	content.StepTakenBack:    {picture.Neutral, "Revoche sottratte", "Revoked lines taken off"},
	content.StepInconsistent: {picture.Bad, "Flussi incoerenti", "Inconsistent flows"},
	content.StepAwaitingCash: {picture.Neutral, "In attesa di riversamento", "Awaiting their credit"},
	content.StepNoCash:       {picture.Bad, "Non riversato", "Not credited"},
	content.StepCashed:       {picture.Bad, "Riversato con altro importo", "Credited with another amount"},
	content.StepBeyond:       {picture.Bad, "Oltre i flussi", "Beyond the flows"},
	content.StepCashByIUV:    {picture.Good, "Incassate per IUV", "Cashed by IUV"},
	content.StepUnmatched:    {picture.Bad, "Incassi non abbinati", "Unmatched cash"},
}

// The nodes of the flow every pack has.
const (
	nodeReceipts = iota
	nodeReported
	nodeCash
)

// euroFlow draws the bridge from receipts to cash: what falls short leaves the
// stream, what comes besides joins it. Empty where there is no bridge.
func (b *builder) euroFlow() template.HTML {
	if len(b.bridge) == 0 {
		return ""
	}
	f := picture.Flow{Head: picture.Head{ID: "euro", Language: b.in.Language, Title: b.pick("Dalle ricevute alla cassa", "From receipts to cash"),
		Caption: b.pick("Gli euro vanno da sinistra a destra; la larghezza è l'importo. ✓ a posto, • da attendere, ! da verificare. Il numero nei dati è di pagamenti a sinistra, di flussi e movimenti a destra.",
			"Euro go from left to right; the width is the amount. ✓ in order, • to wait for, ! to check. The number in the figures is of payments on the left, of flows and movements on the right.")},
		Nodes: []picture.Node{nodeReceipts: {Name: b.pick("Ricevute", "Receipts")}, nodeReported: {Name: b.pick("Rendicontato", "Reported"), Column: 1, Tone: picture.Good},
			nodeCash: {Name: b.pick("In cassa", "Cash"), Column: 2, Tone: picture.Good}}}
	reported, cashed := picture.Link{From: nodeReceipts, To: nodeReported}, picture.Link{From: nodeReported, To: nodeCash}
	var steps []picture.Link
	trunk, column := &reported, 0
	byIUV := -1
	for i := range b.bridge {
		l := &b.bridge[i]
		sum := picture.Sum{Count: l.Count, Amount: l.Amount}
		if l.Pillar {
			switch l.Code {
			case content.PillarReceipts:
				reported.Sum = sum
			case content.PillarFlows: // from here on to the cash
				cashed.Amount, trunk, column = l.Amount, &cashed, 1
			case content.PillarSettled:
				cashed.Count = l.Count
			}
			continue
		}
		leaves := l.Amount < 0
		node := len(f.Nodes)
		if l.Code == content.StepCashByIUV && byIUV >= 0 && !leaves { // what left the receipts joins the cash
			node = byIUV
		} else {
			n := b.flowNode(l, column)
			if leaves {
				n.Column++ // its node stands after the stream
			}
			f.Nodes = append(f.Nodes, n)
		}
		if l.Code == content.StepByIUV && leaves {
			byIUV = node
		}
		if !leaves {
			steps = append(steps, picture.Link{From: node, To: trunk.To, Sum: sum})
			continue
		}
		sum.Amount = -sum.Amount
		trunk.Amount -= sum.Amount
		if leavesWhole[l.Code] {
			trunk.Count -= sum.Count
		}
		steps = append(steps, picture.Link{From: trunk.From, To: node, Sum: sum})
	}
	f.Links = append([]picture.Link{reported, cashed}, steps...)
	return f.Draw().HTML()
}

// leavesWhole are the steps whose payments are not in the stream any more; of the
// others only a difference leaves.
var leavesWhole = map[string]bool{content.StepAwaitingFlow: true, content.StepNoFlow: true, content.StepByIUV: true, content.StepNoFlowDue: true}

func (b *builder) flowNode(l *content.BridgeLine, column int) picture.Node {
	if s, known := flowSteps[l.Code]; known {
		return picture.Node{Name: b.pick(s.italian, s.english), Column: column, Tone: s.tone}
	}
	return picture.Node{Name: l.Title, Column: column, Tone: picture.Bad}
}
