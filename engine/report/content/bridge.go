package content

import (
	"quadra/engine/record"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// Difference is one thing that stands between receipts and cash: what it adds to,
// or takes from, the way from the one to the other.
type Difference struct {
	Step    string // of the bridge
	What    string // name of the thing
	Effect  record.Cents
	on      record.Date
	status  string
	payment string // keys of panels
	flow    string
	cash    string
}

// The steps of the bridge, in its order. Those in capitals are its pillars.
const (
	PillarReceipts = "RICEVUTE"

	StepAwaitingFlow = "in_attesa_di_flusso"
	StepNoFlow       = "senza_flusso"
	StepByIUV        = "incassate_per_iuv"
	StepNoFlowDue    = "flusso_non_atteso"
	StepReported     = "rendicontate_diverse"
	StepNoReceipt    = "righe_senza_ricevuta"
	StepLoose        = "altre_righe"
	StepRejected     = "righe_scartate"

	PillarLines = "RIGHE"

	StepTakenBack    = "revoche_sottratte"
	StepInconsistent = "flussi_incoerenti"

	PillarFlows = "FLUSSI"

	StepAwaitingCash = "in_attesa_di_cassa"
	StepNoCash       = "non_riversati"
	StepCashed       = "riversati_diversi"

	PillarSettled = "RIVERSATO"

	StepBeyond    = "oltre_i_flussi"
	StepCashByIUV = "cassa_per_iuv"
	StepUnmatched = "cassa_non_abbinata"

	PillarCash = "CASSA"
)

// bridgeOrder is every step and pillar from receipts to cash.
var bridgeOrder = []string{PillarReceipts, StepAwaitingFlow, StepNoFlow, StepByIUV, StepNoFlowDue, StepReported, StepNoReceipt, StepLoose, StepRejected,
	PillarLines, StepTakenBack, StepInconsistent, PillarFlows, StepAwaitingCash, StepNoCash, StepCashed, PillarSettled, StepBeyond, StepCashByIUV, StepUnmatched, PillarCash}

// stepTexts say what the steps are.
var stepTexts = map[string]table.Text{
	PillarReceipts:   t("Ricevute", "Receipts"),
	StepAwaitingFlow: t("Ricevute in attesa di rendicontazione", "Receipts awaiting their flow"),
	StepNoFlow:       t("Ricevute non rendicontate nei termini", "Receipts no flow reported in time"),
	StepByIUV:        t("Ricevute incassate per IUV, senza flusso", "Receipts cashed by IUV, without flow"),
	StepNoFlowDue:    t("Ricevute per cui nessun flusso è atteso", "Receipts for which no flow is due"),
	StepReported:     t("Ricevute rendicontate con altro importo", "Receipts reported with another amount"),
	StepNoReceipt:    t("Righe di flusso senza ricevuta", "Flow lines without receipt"),
	StepLoose:        t("Altre righe di flusso: revoche e seconde rendicontazioni", "Other flow lines: revoked, reported twice"),
	StepRejected:     t("Righe di flusso scartate", "Rejected flow lines"),
	PillarLines:      t("Righe dei flussi", "Lines of the flows"),
	StepTakenBack:    t("Revoche che il flusso sottrae dal suo totale", "Revoked lines the flow takes off its total"),
	StepInconsistent: t("Flussi il cui totale non è la somma delle righe", "Flows whose total is not the sum of their lines"),
	PillarFlows:      t("Totali dichiarati dai flussi", "Totals the flows declare"),
	StepAwaitingCash: t("Flussi in attesa di riversamento", "Flows awaiting their credit"),
	StepNoCash:       t("Flussi non riversati nei termini", "Flows not credited in time"),
	StepCashed:       t("Flussi riversati per un altro importo", "Flows credited with another amount"),
	PillarSettled:    t("Incassato sui flussi", "Cash of the flows"),
	StepBeyond:       t("Incassi oltre i flussi che pagano", "Cash beyond the flows it pays"),
	StepCashByIUV:    t("Incassi abbinati per IUV", "Cash matched by IUV"),
	StepUnmatched:    t("Incassi non abbinati", "Cash matched with nothing"),
	PillarCash:       t("Incassato, tolti gli storni", "Cash, less reversals"),
}

// BridgeLine is a line of the bridge: a pillar, or a step between two.
type BridgeLine struct {
	Code   string
	Title  string
	Pillar bool
	Count  int64
	Amount record.Cents
}

// bridge adds up the way from receipts to cash.
type bridge struct {
	steps map[string]*Part
	plain record.Cents // of the current flows, all their lines
	lines record.Cents // of them in the books
	emit  func(*Difference) error
}

// Bridging tells what writes a difference. It is told of those of payments, flows
// and movements while they are read.
func (c *Content) Bridging(emit func(*Difference) error) {
	c.bridge = bridge{steps: make(map[string]*Part), emit: emit}
}

func (b *bridge) add(step string, amount record.Cents) {
	p := b.steps[step]
	if p == nil {
		p = new(Part)
		b.steps[step] = p
	}
	p.Count++
	p.Worth += amount
}

func (b *bridge) differ(d *Difference) error {
	b.add(d.Step, d.Effect)
	return b.emit(d)
}

// BridgePayment tells the bridge of a payment.
func (c *Content) BridgePayment(p *Payment) error {
	b := &c.bridge
	hasReceipt, hasFlow := p.Receipt.Source.Known(), p.Flow.Source.Known()
	d := &Difference{What: p.IUV, on: p.PaidOn(), status: c.StatusName(unitPayment, p.Verdict.Status), payment: p.Key, flow: c.flows[p.Flow.Settlement]}
	if hasReceipt {
		b.add(PillarReceipts, p.receiptWorth())
	}
	worth := p.Flow.Amount
	if !p.Whole {
		worth = p.Worth
	}
	switch {
	case hasFlow && hasReceipt:
		b.lines += worth
		d.Step, d.Effect = StepReported, worth-p.receiptWorth()
		if !c.set.Scope.All() {
			return c.bridgeScoped(d, p, worth)
		}
		if d.Effect == 0 {
			return nil
		}
	case hasFlow:
		b.lines += worth
		d.Step, d.Effect = StepNoReceipt, worth
		if !c.set.Scope.All() {
			return c.bridgeScoped(d, p, worth)
		}
	case hasReceipt:
		facts := c.factsOf(p.Verdict)
		d.Effect = -p.receiptWorth()
		switch reported := facts["reported"]; {
		case p.Why.HasCash:
			d.Step = StepByIUV
		case reported == "waiting":
			d.Step = StepAwaitingFlow
		case reported == "not_expected":
			d.Step = StepNoFlowDue
		default:
			d.Step = StepNoFlow
		}
	default:
		return nil
	}
	return b.differ(d)
}

// bridgeScoped goes on to the cash with what the reader may see: whole flows and
// movements are of others too.
func (c *Content) bridgeScoped(d *Difference, p *Payment, worth record.Cents) error {
	b := &c.bridge
	if d.Effect != 0 {
		if err := b.differ(d); err != nil {
			return err
		}
	}
	if p.Flow.Parts > 0 {
		return nil
	}
	cash := *d
	cash.Step, cash.Effect = StepAwaitingCash, -worth
	if p.Verdict.Sign < 0 {
		cash.Step = StepNoCash
	}
	return b.differ(&cash)
}

// BridgeFlow tells the bridge of a settlement.
func (c *Content) BridgeFlow(f *Flow) error {
	if !c.set.Scope.All() {
		return nil
	}
	b := &c.bridge
	b.plain += f.TotalPlain
	d := &Difference{What: f.IUF, on: f.RegulatedOn, status: c.StatusName(unitSettlement, f.Verdict.Status), flow: f.Key}
	b.add(PillarFlows, f.DeclaredTotal)
	if gap := f.DeclaredTotal - f.TotalPlain; gap != 0 {
		own := *d
		own.Step, own.Effect = StepInconsistent, gap
		if f.DeclaredTotal == f.TotalNet {
			own.Step = StepTakenBack
		}
		if err := b.differ(&own); err != nil {
			return err
		}
	}
	switch {
	case f.Parts == 0 && f.Verdict.Sign < 0:
		d.Step, d.Effect = StepNoCash, -f.DeclaredTotal
	case f.Parts == 0:
		d.Step, d.Effect = StepAwaitingCash, -f.DeclaredTotal
	case f.Cash != f.DeclaredTotal:
		d.Step, d.Effect = StepCashed, f.Cash-f.DeclaredTotal
	}
	if f.Parts > 0 {
		b.add(PillarSettled, f.Cash)
	}
	if d.Step == "" {
		return nil
	}
	return b.differ(d)
}

// BridgeMovement tells the bridge of a movement.
func (c *Content) BridgeMovement(m *Movement) error {
	if !c.set.Scope.All() {
		return nil
	}
	b := &c.bridge
	b.add(PillarCash, m.Cash)
	d := &Difference{What: movementName(m.Number, m.Year), on: m.BookedOn, status: c.StatusName(unitMovement, m.Verdict.Status), cash: m.Key}
	switch {
	case len(m.Links) > 0:
		d.Step, d.Effect = StepBeyond, m.Cash-m.Linked()
	case m.usesIUV():
		d.Step, d.Effect = StepCashByIUV, m.Cash
	default:
		d.Step, d.Effect = StepUnmatched, m.Cash
	}
	if d.Effect == 0 {
		return nil
	}
	return b.differ(d)
}

func (m *Movement) usesIUV() bool {
	for i := range m.Refs {
		if m.Refs[i].Kind == "iuv" && m.Refs[i].Used {
			return true
		}
	}
	return false
}

// BridgeLines tells the bridge of the flow lines no payment is linked by.
func (c *Content) BridgeLines() error {
	if !c.set.Scope.All() {
		return nil
	}
	return c.tx.LooseLines(func(l *store.LooseLine) error {
		c.bridge.lines += l.Amount
		return c.bridge.differ(&Difference{Step: StepLoose, What: l.IUV, Effect: l.Amount, on: l.RegulatedOn, flow: c.flows[l.Settlement]})
	})
}

// Bridge is the way from receipts to cash, and what is left unexplained: 0, or
// something is wrong with the books.
func (c *Content) Bridge() (lines []BridgeLine, residual record.Cents) {
	b := &c.bridge
	if gap := b.plain - b.lines; c.set.Scope.All() && gap != 0 {
		b.add(StepRejected, gap)
	}
	var sum record.Cents
	for _, code := range bridgeOrder {
		l := BridgeLine{Code: code, Title: stepTexts[code].In(c.set.Language), Pillar: isPillar(code)}
		if p := b.steps[code]; p != nil {
			l.Count, l.Amount = p.Count, p.Worth
		}
		switch {
		case code == PillarReceipts:
			sum = l.Amount
		case l.Pillar:
			if b.steps[code] != nil { // the books have it too: the steps must lead there
				residual += max(l.Amount-sum, sum-l.Amount)
			}
			l.Amount = sum
		case l.Count == 0:
			continue
		default:
			sum += l.Amount
		}
		lines = append(lines, l)
	}
	return lines, residual
}

// isPillar says that a line of the bridge is a sum and no difference.
func isPillar(code string) bool { return code[0] >= 'A' && code[0] <= 'Z' }

// Differences is the table of what stands between receipts and cash.
func (c *Content) Differences() *List[Difference] {
	var steps []table.Value
	for _, code := range bridgeOrder {
		if !isPillar(code) {
			steps = append(steps, table.Value{Code: code, Title: stepTexts[code].In(c.set.Language)})
		}
	}
	return newList(c, table.Definition{Name: "differenze", Title: t("Differenze, una per una", "Differences, one by one"), Page: "quadratura.html"}, []Field[Difference]{
		{table.Column{Key: "che_cosa", Title: t("Che cosa", "What"), Kind: text, Search: true, Width: 36}, func(d *Difference) table.Cell { return table.Str(d.What) }},
		{table.Column{Key: "voce", Title: t("Voce", "Step"), Kind: code, Values: steps, Filter: true, Width: 44}, func(d *Difference) table.Cell { return table.Str(d.Step) }},
		{table.Column{Key: "effetto", Title: t("Effetto", "Effect"), Kind: cents, Filter: true, Search: true, Total: true, Width: 14}, func(d *Difference) table.Cell { return table.Cents(d.Effect) }},
		{table.Column{Key: "data", Title: t("Del", "Of"), Kind: date, Filter: true, Width: 12}, func(d *Difference) table.Cell { return table.Date(d.on) }},
		{table.Column{Key: "stato", Title: t("Stato", "Status"), Kind: code, Filter: true, Width: 32}, func(d *Difference) table.Cell { return table.Str(d.status) }},
		{table.Column{Key: "pagamento", Title: t("Pagamento", "Payment"), Kind: text, Link: "pagamenti", Where: table.Screen}, func(d *Difference) table.Cell { return table.Str(d.payment) }},
		{table.Column{Key: "flusso", Title: t("Flusso", "Flow"), Kind: text, Link: "flussi", Width: 36}, func(d *Difference) table.Cell { return table.Str(d.flow) }},
		{table.Column{Key: "movimento", Title: t("Movimento", "Movement"), Kind: text, Link: "cassa", Width: 14}, func(d *Difference) table.Cell { return table.Str(d.cash) }},
	})
}
