package rules

import "iter"

// SettlementFacts are what the ruleset knows of a settlement: the current
// version of a flow and the movements that pay it.
type SettlementFacts struct {
	// Consistent: count and total of the flow's header are those of its lines.
	Consistent bool `yaml:"consistent"`
	// Revised: a new revision arrived after the flow was reconciled, and nobody
	// has reviewed it yet.
	Revised bool `yaml:"revised"`
	// Cash compares the sum of the movements with the declared total: none,
	// equal, short, over, twice (each movement brings the whole total).
	Cash string `yaml:"cash" oneof:"none equal short over twice"`
	// Parts: one movement (or none), or many.
	Parts string `yaml:"parts" oneof:"one many"`
	// Clock of the term within which the cash is due: waiting, late, missing.
	Clock string `yaml:"clock" oneof:"waiting late missing"`
}

var settlementSchema = schemaOf[SettlementFacts]()

func (f SettlementFacts) pack() key {
	words := settlementSchema.vocabulary
	return key(0).
		yes(f.Consistent).
		yes(f.Revised).
		word(words[0], f.Cash).
		word(words[1], f.Parts).
		word(words[2], f.Clock)
}

// Impossible says, in Italian, why these facts cannot arise together; it is
// empty when they can. In doubt they can.
func (f SettlementFacts) Impossible() string {
	if why := settlementSchema.unknown(f.pack()); why != "" {
		return why
	}
	return f.contradiction()
}

func (f SettlementFacts) contradiction() string {
	if f.Cash == "none" && f.Parts == "many" {
		return "parts è many solo con un incasso"
	}
	return ""
}

// PossibleSettlements yields every combination of facts a settlement can have.
func PossibleSettlements() iter.Seq[SettlementFacts] {
	return func(yield func(SettlementFacts) bool) {
		values := func(name string) []string { return settlementSchema.byName[name].Values }
		for _, cash := range values("cash") {
			for _, parts := range values("parts") {
				for _, clock := range values("clock") {
					for bits := range 1 << 2 {
						f := SettlementFacts{
							Consistent: bits&2 != 0, Revised: bits&1 != 0,
							Cash: cash, Parts: parts, Clock: clock,
						}
						if f.contradiction() == "" && !yield(f) {
							return
						}
					}
				}
			}
		}
	}
}
