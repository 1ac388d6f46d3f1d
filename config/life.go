package config

import (
	"fmt"

	"quadra/engine/record"
)

// DebtType is what there is to say of a type of debt (tipo dovuto).
type DebtType struct {
	Code string
	// DisabledFrom is the first day on which it can be paid no more; zero: it can.
	DisabledFrom record.Date
	// Split says on which chapters its income is booked when neither the receipt
	// nor the debt does; empty: nothing to say.
	Split []SplitPart
}

// readState reads where the entity is in its life. A closed or merged entity
// must say since when: what is paid later is judged for it.
func (e *Entity) readState(m *mapping) {
	choice(m, "state", &e.State, StateInserted, StatePreProduction, StateProduction, StateClosed, StateMerged)
	ended := e.State == StateClosed || e.State == StateMerged
	if m.has("state_since") || ended {
		m.date("state_since", &e.StateSince)
	}
	m.text("merged_into", &e.MergedInto)
	switch {
	case !ended && m.has("state_since"):
		m.fail("state_since", fmt.Sprintf("non serve con state: %s", e.State), "toglierla, o scrivere state: closed oppure merged")
	case e.State == StateMerged && e.MergedInto == "":
		m.fail("merged_into", "manca", "aggiungere il codice IPA dell'ente in cui è confluito")
	case e.State != StateMerged && e.MergedInto != "":
		m.fail("merged_into", fmt.Sprintf("non serve con state: %s", e.State), "toglierla, o scrivere state: merged")
	case e.MergedInto != "" && !ipaShape.MatchString(e.MergedInto):
		m.fail("merged_into", fmt.Sprintf("%q non è un codice IPA", e.MergedInto), "scrivere il codice IPA dell'ente in cui è confluito")
	case e.MergedInto != "" && e.MergedInto == e.IPA:
		m.fail("merged_into", "un ente non confluisce in sé stesso", "scrivere il codice IPA dell'ente in cui è confluito")
	}
}

func (e *Entity) readDebtTypes(m *mapping) {
	seen := map[string]int{}
	m.each("debt_types", func(dm *mapping) {
		var d DebtType
		dm.required("code", &d.Code, "aggiungere il codice del tipo dovuto, come lo scrivono le ricevute")
		if line := firstUse(seen, d.Code, dm.line("code")); line > 0 {
			dm.fail("code", fmt.Sprintf("già usato alla riga %d", line), "tenere una sola voce per tipo dovuto")
		}
		if dm.has("disabled_from") {
			dm.date("disabled_from", &d.DisabledFrom)
		}
		d.readSplit(dm)
		dm.refuseUnknown()
		e.DebtTypes = append(e.DebtTypes, d)
	})
}
