package cash

import (
	"fmt"
	"strings"

	"quadra/engine/record"
)

// cbiAmount reads an amount of the format: digits, a comma, two digits.
func cbiAmount(text string) (record.Cents, error) {
	whole, decimals, ok := strings.Cut(text, ",")
	if !ok || len(decimals) != 2 || strings.Trim(whole, "0123456789") != "" {
		return 0, fmt.Errorf("%w: %q", record.ErrAmount, text)
	}
	return record.ParseCents(whole + "." + decimals)
}

// cbiBalance reads a balance and its sign, C for what the entity has.
func cbiBalance(sign, text string) (record.Cents, error) {
	amount, err := cbiAmount(text)
	switch {
	case err != nil:
		return 0, err
	case sign == "D":
		return -amount, nil
	case sign == "C", sign == " " && amount == 0:
		return amount, nil
	}
	return 0, fmt.Errorf("%w: balance with sign %q", record.ErrAmount, sign)
}

// cbiDate reads a day written ddmmyy; the format is younger than the century.
func cbiDate(text string) (record.Date, bool) {
	if len(text) != 6 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	number := func(at int) int { return int(text[at]-'0')*10 + int(text[at+1]-'0') }
	return record.CivilDate(2000+number(4), number(2), number(0))
}

// cbiAccount puts an IBAN together. Older exports leave the country and its
// check digits out: those of an Italian account with its CIN can be computed.
// Without a CIN the account is what the bank calls it.
func cbiAccount(country, check, cin, abi, cab, account string) string {
	if abi == "" && cab == "" {
		return account
	}
	bban := cin + abi + cab + account
	switch {
	case country != "" && check != "":
		return country + check + bban
	case cin == "" || len(bban) != 23:
		return bban
	}
	return "IT" + ibanCheck("IT", bban) + bban
}

// ibanCheck computes the check digits of an IBAN (ISO 7064, MOD 97-10): letters
// count as 10 to 35, the country stands at the end with two zeros.
func ibanCheck(country, bban string) string {
	rest := 0
	for _, r := range strings.ToUpper(bban + country + "00") {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		}
	}
	return fmt.Sprintf("%02d", 98-rest)
}
