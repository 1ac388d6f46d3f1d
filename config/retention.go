package config

import (
	"fmt"
	"regexp"
	"strconv"
)

// Retention says how long personal data are kept.
type Retention struct {
	// PersonalData is the months after which the person a payment is of is
	// forgotten, from the day of payment; 0: never.
	PersonalData int
}

var termShape = regexp.MustCompile(`^([0-9]{1,3}) ?([ym])$`)

func (r *Retention) read(m *mapping) {
	m.read("personal_data", func(text string) {
		parts := termShape.FindStringSubmatch(text)
		months := 0
		if parts != nil {
			months, _ = strconv.Atoi(parts[1]) // at most three digits
			if parts[2] == "y" {
				months *= 12
			}
		}
		const least, most = 12, 1200
		if months < least || months > most {
			m.fail("personal_data", fmt.Sprintf("%q non è un termine ammesso", text),
				"scrivere anni o mesi, almeno un anno, p.e. 10y oppure 18m")
			return
		}
		r.PersonalData = months
	})
	m.refuseUnknown()
}
