package propose

import (
	"strings"
	"unicode"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/parsers/remittance"
)

// clues are what the texts of a movement say besides its amount and day.
type clues struct {
	plain string          // letters and digits of the text, in capitals
	words map[string]bool // of payer and text
	psps  map[string]psp  // by code: the PSPs named
	names bool            // it names a flow, intact
	given string          // which
}

// psp is how a PSP is named in a text.
type psp struct {
	points int
	how    string // in Italian
}

func readClues(m *store.OpenMovement, known *psps) clues {
	text := m.Remittance + " " + m.EndToEnd
	c := clues{plain: letters(text), words: make(map[string]bool)}
	for _, w := range words(m.Payer + " " + text) {
		c.words[w] = true
	}
	c.psps = known.named(words(m.Payer+" "+text), c.words)
	for _, ref := range remittance.Read(m.Remittance).IUFs {
		if ref.Step == remittance.StepStrict {
			c.names, c.given = true, remittance.Key(ref.ID)
		}
	}
	return c
}

// letters keeps what a bank does not lose: letters and digits, in capitals.
func letters(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			b.WriteRune(r)
		case r >= 'a' && r <= 'z':
			b.WriteRune(r - 'a' + 'A')
		}
	}
	return b.String()
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// stretch is the longest run of characters two texts share.
func stretch(a, b string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	row := make([]int, len(b)+1)
	best := 0
	for i := range len(a) {
		diagonal := 0
		for k := range len(b) {
			above := row[k+1]
			if a[i] == b[k] {
				row[k+1] = diagonal + 1
				best = max(best, row[k+1])
			} else {
				row[k+1] = 0
			}
			diagonal = above
		}
	}
	return best
}

// psps finds the PSPs of open flows in texts: by BIC, by ABI (also inside an
// IBAN), by name.
type psps struct {
	byCode map[string][]string // BIC without branch, or ABI: codes of PSPs
	byWord map[string][]string // first word of the name: codes of PSPs
	names  map[string][]string // significant words of the name, by code
}

func newPSPs(settlements []store.OpenSettlement) *psps {
	p := &psps{byCode: make(map[string][]string), byWord: make(map[string][]string), names: make(map[string][]string)}
	seen := make(map[[3]string]bool)
	for i := range settlements {
		s := &settlements[i]
		if id := [3]string{s.PSP, s.BIC, s.PSPName}; seen[id] {
			continue
		} else {
			seen[id] = true
		}
		for _, code := range []string{s.PSP, s.BIC} {
			if key := codeKey(strings.ToUpper(code)); key != "" {
				p.byCode[key] = once(p.byCode[key], s.PSP)
			}
		}
		if name := significant(words(s.PSPName)); len(name) > 0 {
			p.names[s.PSP] = name
			p.byWord[name[0]] = once(p.byWord[name[0]], s.PSP)
		}
	}
	return p
}

func once(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

const (
	bicLength       = 8 // without the branch
	bicBranchLength = 11
	abiLength       = 5
)

// codeKey is a BIC without its branch, or an ABI; empty for anything else.
func codeKey(code string) string {
	abi := strings.TrimPrefix(code, "ABI")
	switch {
	case len(abi) == abiLength && strings.Trim(abi, "0123456789") == "":
		return abi
	case (len(code) == bicLength || len(code) == bicBranchLength) && strings.Trim(code[:6], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
		return code[:bicLength]
	}
	return ""
}

// common are words names of banks share.
var common = map[string]bool{"BANCA": true, "BANCO": true, "BANK": true, "CREDITO": true, "COOPERATIVO": true, "CASSA": true, "RISPARMIO": true,
	"POPOLARE": true, "ITALIA": true, "ITALIANA": true, "ITALIANE": true, "ISTITUTO": true, "PAGAMENTO": true, "PAGAMENTI": true, "SERVIZI": true,
	"SOCIETA": true, "GRUPPO": true, "DELLA": true, "DELLE": true, "PAYMENTS": true, "EUROPE": true}

func significant(all []string) []string {
	const shortest = 4
	var out []string
	for _, w := range all {
		if len(w) >= shortest && !common[w] {
			out = append(out, w)
		}
	}
	return out
}

// named lists the PSPs a text names.
func (p *psps) named(tokens []string, set map[string]bool) map[string]psp {
	var out map[string]psp
	add := func(code string, named psp) {
		if out == nil {
			out = make(map[string]psp)
		}
		if named.points > out[code].points {
			out[code] = named
		}
	}
	byCode := func(key, how string) {
		for _, code := range p.byCode[key] {
			add(code, psp{pointsPSPCode, how + " " + key})
		}
	}
	for i, t := range tokens {
		switch {
		case len(t) == bicLength || len(t) == bicBranchLength:
			byCode(t[:bicLength], "BIC")
		case t == "ABI" && i+1 < len(tokens), strings.HasPrefix(t, "ABI") && len(t) == len("ABI")+abiLength:
			abi := strings.TrimPrefix(t, "ABI")
			if abi == "" {
				abi = tokens[i+1]
			}
			byCode(abi, "ABI")
		case isIBAN(t):
			byCode(t[5:5+abiLength], "IBAN con ABI")
		}
		for _, code := range p.byWord[t] {
			all := true
			for _, w := range p.names[code] {
				all = all && set[w]
			}
			if all {
				add(code, psp{pointsPSPName, "nome " + strings.Join(p.names[code], " ")})
			}
		}
	}
	return out
}

func isIBAN(t string) bool {
	const length = 27
	return len(t) == length && strings.HasPrefix(t, "IT") && strings.Trim(t[5:10], "0123456789") == ""
}

// Points of the score; see the package comment.
const (
	pointsAmount   = 40
	pointsStretch  = 30
	pointsPSPCode  = 15
	pointsPSPName  = 10
	pointsPayer    = 10
	pointsAlone    = 10
	pointsOther    = -25
	pointsNoCommon = -10
)

// pointsDays are those of a distance in days, and how it is said.
func pointsDays(days int) int {
	switch days = max(days, -days); {
	case days <= 1:
		return 20
	case days <= 3:
		return 15
	case days <= 5:
		return 10
	case days <= 10:
		return 5
	}
	return 0
}

// daysText says when a movement was booked, seen from an event.
func daysText(event string, on, days record.Date) string {
	event += " (" + on.Italian() + ")"
	switch {
	case days == 0:
		return "accreditato lo stesso giorno del " + event
	case days == 1:
		return "accreditato il giorno dopo il " + event
	case days < 0:
		return "accreditato " + count(-int(days), "giorno", "giorni") + " prima del " + event
	}
	return "accreditato " + count(int(days), "giorno", "giorni") + " dopo il " + event
}

// other says whether a movement names, intact, a flow that cannot be this one
// cut short.
func (c *clues) other(iuf string) bool {
	return c.names && !strings.Contains(letters(iuf), letters(c.given))
}
