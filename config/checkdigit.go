package config

import "regexp"

// taxCodeShape accepts the 11 digits of a body and the 16 characters a person
// (a sole practitioner acting as a creditor) has.
var taxCodeShape = regexp.MustCompile(`^([0-9]{11}|[A-Z0-9]{16})$`)

// checkDigitHolds verifies the last of the 11 digits of a partita IVA or of a
// body's tax code (decree of 23 December 1976, the Luhn formula): digits in even
// places are doubled, less 9 when above 9, and everything sums to a multiple of 10.
func checkDigitHolds(code string) bool {
	sum := 0
	for i, c := range code {
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// ibanShape is what can only be meant as an Italian IBAN: 27 characters.
var ibanShape = regexp.MustCompile(`^IT[0-9A-Z]{25}$`)

// ibanHolds verifies the check digits of an IBAN (ISO 13616): the first four
// characters go last, letters count 10 to 35, and the number is 1 modulo 97.
func ibanHolds(iban string) bool {
	rest := 0
	for _, c := range iban[4:] + iban[:4] {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}
