package night

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"quadra/config"
	"quadra/engine/book"
)

// Booking turns the configuration of an entity into what booking its income
// depends on.
func Booking(e *config.Entity, now time.Time) (book.Settings, error) {
	set := book.Settings{Automatic: e.Booking.Automatic, Now: now, Defaults: make(map[string][]book.Part), Taxonomy: make(map[string]book.Target)}
	for _, d := range e.DebtTypes {
		for _, p := range d.Split {
			set.Defaults[d.Code] = append(set.Defaults[d.Code], book.Part{Target: target(p.Target), Fixed: p.Fixed,
				PerMillion: p.PerMillion, Remainder: p.Remainder})
		}
	}
	for _, t := range e.Booking.Taxonomy {
		set.Taxonomy[book.TaxonomyCode(t.Code)] = target(t.Target)
	}
	text, err := json.Marshal(struct {
		Defaults  map[string][]book.Part
		Taxonomy  map[string]book.Target
		Automatic bool
	}{set.Defaults, set.Taxonomy, set.Automatic})
	if err != nil {
		return set, fmt.Errorf("fingerprint of the booking of %s: %w", e.IPA, err)
	}
	sum := sha256.Sum256(text)
	set.Fingerprint = hex.EncodeToString(sum[:])
	return set, nil
}

func target(t config.Target) book.Target {
	return book.Target{Office: t.Office, Chapter: t.Chapter, Article: t.Article, Assessment: t.Assessment}
}
