package content_test

import (
	"testing"

	"quadra/engine/report/content"
)

// TestExplanationThatQuotesATextIsMasked: why a movement is ambiguous quotes its
// text, which may name a person.
func TestExplanationThatQuotesATextIsMasked(t *testing.T) {
	const text = "BONIFICO DI ROSSI MARIO"
	if got, want := content.MaskedWhy("La causale del movimento 7 si adatta a più flussi (A, B): "+text, text),
		"La causale del movimento 7 si adatta a più flussi (A, B): ***"; got != want {
		t.Errorf("it says %q", got)
	}
	if got := content.MaskedWhy("perché", ""); got != "perché" {
		t.Errorf("without a text it says %q", got)
	}
}
