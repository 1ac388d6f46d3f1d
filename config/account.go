package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Account is one account of the entity under all the names files call it by,
// without blanks and in upper case; the first is what people are shown. A
// giornale di cassa never writes the IBAN, only the treasurer's conto evidenza
// (OPI, informazioni_conto_evidenza); a bank's statement writes the IBAN.
type Account struct{ Names []string }

// readAccounts reads bare names and maps of IBAN to conti evidenza, in one form.
// A doubtful check digit is a warning, as for the tax code: the account is
// compared with what the treasurer writes.
func (e *Entity) readAccounts(m *mapping) {
	seen := map[string]bool{}
	m.list("accounts", func(item ast.Node, name string) {
		var a Account
		if text, ok := m.doc.scalar(item); ok && strings.TrimSpace(text) != "" {
			a.Names = []string{oneForm(text)}
		} else if am := m.doc.mapping(item, name); am != nil {
			a.read(am)
		} else {
			return
		}
		for _, n := range a.Names {
			if ibanShape.MatchString(n) && !ibanHolds(n) {
				m.warn("accounts", fmt.Sprintf("%s: le cifre di controllo dell'IBAN non tornano", n), "ricontrollare l'IBAN")
			}
			if seen[n] {
				m.doc.failAt(item, name, fmt.Sprintf("il conto %s è già indicato", n), "un nome è di un solo conto: togliere il doppione")
			}
			seen[n] = true
		}
		e.Accounts = append(e.Accounts, a)
	})
}

func (a *Account) read(m *mapping) {
	var iban string
	m.required("iban", &iban, "aggiungere l'IBAN del conto")
	a.Names = append(a.Names, oneForm(iban))
	m.texts("conti_evidenza", &a.Names, func(text string) (kept, what, do string) { return oneForm(text), "", "" })
	m.refuseUnknown()
}

func oneForm(name string) string { return strings.ToUpper(strings.Join(strings.Fields(name), "")) }
