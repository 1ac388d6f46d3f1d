package content

import (
	"slices"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Scope is what a reader may see. Each list that is not empty narrows it; the
// zero Scope is everything.
type Scope struct {
	DebtTypes []string
	Offices   []string
}

// All says that nothing is left out.
func (s Scope) All() bool { return len(s.DebtTypes)+len(s.Offices) == 0 }

// Share says whether a part booked so is the reader's.
func (s Scope) Share(debtType, office string) bool {
	return (len(s.DebtTypes) == 0 || slices.Contains(s.DebtTypes, debtType)) &&
		(len(s.Offices) == 0 || slices.Contains(s.Offices, office))
}

// payment keeps the parts of a payment the reader may see, and what they are
// worth; whole says that they are all of it.
func (s Scope) payment(debtType string, amount record.Cents, shares []store.Share) (kept []store.Share, worth record.Cents, whole bool) {
	switch {
	case s.All():
		return shares, amount, true
	case len(s.Offices) == 0:
		if slices.Contains(s.DebtTypes, debtType) {
			return shares, amount, true
		}
		return nil, 0, false
	}
	whole = len(shares) > 0
	for _, share := range shares {
		if s.Share(debtType, share.Office) {
			kept = append(kept, share)
			worth += share.Amount
		} else {
			whole = false
		}
	}
	return kept, worth, whole
}
