package rules

import "iter"

// MovementFacts are what the ruleset knows of a movement: a line of cash
// actually received.
type MovementFacts struct {
	// Reversed: the whole movement was taken back (STORNATO).
	Reversed bool `yaml:"reversed"`
	// ReversalAlone: only a reversal is known of it, not what it takes back.
	ReversalAlone bool `yaml:"reversal_alone"`
	// PagoPA: no when the configuration says that movements like this one have
	// nothing to do with pagoPA.
	PagoPA bool `yaml:"pagopa"`
	// RevokedOnly: it is linked, but to flows whose lines are all revoked.
	RevokedOnly bool `yaml:"revoked_only"`
	// Account it is credited on: right, or wrong (not one of the entity's).
	Account string `yaml:"account" oneof:"right wrong"`
	// Reference its text carries: none, iuf, iuv, both.
	Reference string `yaml:"reference" oneof:"none iuf iuv both"`
	// Match: none, full (all its cash is linked), part, ambiguous (the text fits
	// two flows, so it is linked to neither).
	Match string `yaml:"match" oneof:"none full part ambiguous"`
	// Clock of the term within which its flow is due: waiting, late, missing.
	Clock string `yaml:"clock" oneof:"waiting late missing"`
}

var movementSchema = schemaOf[MovementFacts]()

func (f MovementFacts) pack() key {
	words := movementSchema.vocabulary
	return key(0).
		yes(f.Reversed).
		yes(f.ReversalAlone).
		yes(f.PagoPA).
		yes(f.RevokedOnly).
		word(words[0], f.Account).
		word(words[1], f.Reference).
		word(words[2], f.Match).
		word(words[3], f.Clock)
}

// Impossible says, in Italian, why these facts cannot arise together; it is
// empty when they can. In doubt they can: a movement without reference may be
// matched by hand, one taken back may still be linked.
func (f MovementFacts) Impossible() string {
	if why := movementSchema.unknown(f.pack()); why != "" {
		return why
	}
	return f.contradiction()
}

func (f MovementFacts) contradiction() string {
	if f.ReversalAlone && (f.Reversed || f.Match != "none") {
		return "reversal_alone non paga nulla e non è reversed"
	}
	if f.RevokedOnly && f.Match == "none" {
		return "revoked_only richiede un movimento agganciato"
	}
	return ""
}

// PossibleMovements yields every combination of facts a movement can have.
func PossibleMovements() iter.Seq[MovementFacts] {
	return func(yield func(MovementFacts) bool) {
		values := func(name string) []string { return movementSchema.byName[name].Values }
		for _, account := range values("account") {
			for _, reference := range values("reference") {
				for _, match := range values("match") {
					for _, clock := range values("clock") {
						for bits := range 1 << 4 {
							f := MovementFacts{
								ReversalAlone: bits&8 != 0, Reversed: bits&4 != 0, PagoPA: bits&2 != 0, RevokedOnly: bits&1 != 0,
								Account: account, Reference: reference, Match: match, Clock: clock,
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
}
