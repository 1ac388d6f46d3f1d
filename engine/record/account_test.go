package record_test

import (
	"testing"

	"quadra/engine/record"
)

func TestAccountsUnderAllTheirNames(t *testing.T) {
	const iban = "IT60X0542811101000000123456"
	listed := record.NewAccounts([][]string{{iban, "0000123", "TESUN"}, {"99"}})
	for _, c := range []struct {
		name, written, shown string
		ours                 bool
	}{
		{"the IBAN itself", iban, iban, true},
		{"the IBAN in groups of four", "it60 X054 2811 1010 0000 0123 456", iban, true},
		{"its conto evidenza", "0000123", iban, true},
		{"its conto evidenza without zeros", "123", iban, true},
		{"a conto evidenza that is a word", "tesun", iban, true},
		{"a bare conto evidenza", "0099", "99", true},
		{"somebody else's account", "0000124", "124", false},
		{"an account of zeros", "000", "000", false},
		{"the file does not say", "", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := listed.Name(c.written); got != c.shown {
				t.Errorf("%q is shown as %q, want %q", c.written, got, c.shown)
			}
			if got := listed.Ours(c.written); got != c.ours {
				t.Errorf("%q is ours: %v, want %v", c.written, got, c.ours)
			}
		})
	}
	if !(record.Accounts{}).Ours("124") {
		t.Error("without a list every account may be the entity's")
	}
}
