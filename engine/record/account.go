package record

import "strings"

// Accounts knows the accounts of an entity under every name files call them by:
// the IBAN of a bank's statement, the conto evidenza of a giornale di cassa. The
// zero Accounts knows none: then every account may be the entity's.
type Accounts struct{ shown map[string]string }

// NewAccounts makes Accounts of lists of names: those of one list are one
// account, which is shown by the first.
func NewAccounts(accounts [][]string) Accounts {
	a := Accounts{shown: make(map[string]string)}
	for _, names := range accounts {
		for _, n := range names {
			a.shown[plainAccount(n)] = names[0]
		}
	}
	return a
}

// Name is how an account is shown, and what tells it from the others: two
// spellings of one account have one Name. An account nobody listed is itself,
// without blanks, in upper case and without the leading zeros of a number; one
// that was not written has no name.
func (a Accounts) Name(written string) string {
	plain := plainAccount(written)
	if shown, ok := a.shown[plain]; ok {
		return shown
	}
	return plain
}

// Ours says whether money credited there is credited to the entity: the account
// is a listed one, or none is listed, or the file does not say.
func (a Accounts) Ours(written string) bool {
	if len(a.shown) == 0 || written == "" {
		return true
	}
	_, ok := a.shown[plainAccount(written)]
	return ok
}

func plainAccount(written string) string {
	plain := strings.ToUpper(strings.Join(strings.Fields(written), ""))
	if strings.Trim(plain, "0123456789") == "" {
		if short := strings.TrimLeft(plain, "0"); short != "" {
			return short
		}
	}
	return plain
}
