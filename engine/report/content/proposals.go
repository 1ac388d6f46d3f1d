package content

import (
	"fmt"
	"strings"

	"quadra/engine/propose"
	"quadra/engine/report/card"
)

// thing is a unit by the key of its panel.
type thing struct{ unit, key string }

// proposals are the near matches, by what they are about.
type proposals struct {
	of    map[thing][]card.Proposal
	count int
}

// readProposals looks for near matches. A pack that shows a part of the books
// has none: what is close to a thing may be of others.
func (c *Content) readProposals() error {
	c.proposals.of = make(map[thing][]card.Proposal)
	if !c.set.Scope.All() {
		return nil
	}
	found, err := propose.Find(c.ctx, c.tx, c.set.AsOf)
	if err != nil {
		return err
	}
	c.proposals.count = len(found.Proposals)
	for i := range found.Proposals {
		p := &found.Proposals[i]
		about := make(map[thing]bool)
		var parts []string
		for k := range p.Pairs {
			pair := &p.Pairs[k]
			var names []string
			if m := pair.Movement; m != nil {
				about[thing{unitMovement, c.movementAt[m.MovementKey]}] = true
				names = append(names, fmt.Sprintf(c.say("incasso %s del %s, %s", "cash %s of %s, %s"), movementName(m.Number, m.Year), c.day(m.BookedOn), c.euro(m.Open)))
			}
			if s := pair.Settlement; s != nil {
				about[thing{unitSettlement, c.flowAt[s.SettlementKey]}] = true
				names = append(names, fmt.Sprintf(c.say("flusso %s, %s", "flow %s, %s"), s.IUF, c.euro(s.Total)))
			}
			if r := pair.Receipt; r != nil {
				about[thing{unitPayment, paymentKey(r.IUV, r.IUR, r.Index, "")}] = true
				names = append(names, fmt.Sprintf(c.say("pagamento %s, %s", "payment %s, %s"), r.IUV, c.euro(r.Amount)))
			}
			parts = append(parts, strings.Join(names, " → "))
		}
		shown := card.Proposal{Score: p.Score, Text: fmt.Sprintf("%s [%s]", strings.Join(parts, "; "), p.ID)}
		if !c.set.MaskPayers { // a reason may quote who paid
			shown.Reasons = p.Reasons
		}
		for of := range about {
			c.proposals.of[of] = append(c.proposals.of[of], shown)
		}
	}
	return nil
}
