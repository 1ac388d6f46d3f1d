package night

import (
	"fmt"

	"quadra/config"
)

// Standing is what a reader of the figures must know of where the entity is in
// its life, in the language asked for; empty when there is nothing to know.
//
// An inserted entity is not run at all. In pre-production everything is loaded,
// judged and reported as in production, and every heading says that it is a
// rehearsal. A closed or merged entity still loads, judges and reports: flows
// and cash of its last payments arrive for weeks, and what is paid to it
// afterwards is an anomaly somebody must answer for.
func Standing(e *config.Entity, language string) string {
	english := language == "en"
	switch e.State {
	case config.StatePreProduction:
		if english {
			return "Pre-production: these figures are a rehearsal."
		}
		return "Ente in pre-produzione: questi dati sono una prova."
	case config.StateClosed:
		if english {
			return fmt.Sprintf("Closed: the entity took payments until %s.", e.StateSince.Italian())
		}
		return fmt.Sprintf("Ente chiuso: ha incassato fino al %s.", e.StateSince.Italian())
	case config.StateMerged:
		if english {
			return fmt.Sprintf("Merged into %s: the entity took payments until %s.", e.MergedInto, e.StateSince.Italian())
		}
		return fmt.Sprintf("Ente confluito in %s: ha incassato fino al %s.", e.MergedInto, e.StateSince.Italian())
	case config.StateInserted, config.StateProduction:
	}
	return ""
}
