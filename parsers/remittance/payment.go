package remittance

import (
	"slices"
	"strings"
)

// maxRF is the length of the longest ISO 11649 reference.
const maxRF = 25

// payment reads the IUV announced by RFB or RFS at i and returns where reading
// goes on. The tag must stand alone: a name such as SURFBOARD has none.
func (t text) payment(i int) (Ref, int, bool) {
	if t.at(i) != 'R' || isAlnum(t.at(i-1)) {
		return Ref{}, 0, false
	}
	tag, ok := t.word(i, "RFB")
	if !ok {
		tag, ok = t.word(i, "RFS")
	}
	broken := tag-i > len("RFB")
	if !ok || strings.IndexByte(separators, t.at(tag)) < 0 || tag == t.len() ||
		broken && (t.at(i-1) != '/' || t.at(tag) != '/') {
		return Ref{}, 0, false
	}
	idAt := t.skip(tag, separators)
	slashes := strings.Count(string(t.up[tag:idAt]), "/")
	if slashes > 1 {
		return Ref{}, 0, false // the IUV is missing, what follows is the amount
	}
	slashed := slashes == 1
	ends := t.paymentEnds(idAt, slashed)
	if len(ends) == 0 {
		return Ref{}, 0, false
	}
	var chosen int
	var ambiguous bool
	if closed := slashed && t.at(ends[len(ends)-1].at) == '/'; strings.HasPrefix(ends[0].id, "RF") {
		chosen, ambiguous, ok = chooseRF(ends, closed)
	} else {
		chosen, ambiguous, ok = t.choosePlain(ends, closed, slashed)
	}
	if !ok {
		return Ref{}, 0, false
	}
	ref := Ref{ID: t.asWritten(idAt, ends[chosen]), Step: StepTolerant, Ambiguous: ambiguous}
	for _, e := range ends {
		ref.Candidates = append(ref.Candidates, t.asWritten(idAt, e))
	}
	if iuv, ok := noticeIUV(ref.ID); ok {
		ref.Candidates = append(ref.Candidates, iuv)
		ref.Ambiguous = true
	}
	slices.SortStableFunc(ref.Candidates, func(a, b string) int { return len(b) - len(a) })
	ref.Candidates = slices.Compact(ref.Candidates)
	intact := !broken && idAt == tag+1 && t.at(tag) == '/' && t.at(i-1) == '/' && t.at(i-2) == ' ' &&
		string(t.raw[i:tag]) == string(t.up[i:tag])
	if intact && chosen == 0 && !ref.Ambiguous && strings.IndexByte(" /", t.at(ends[0].at)) >= 0 {
		ref.Step = StepStrict
	}
	return ref, ends[chosen].at, true
}

// paymentEnds lists where an IUV may end: after the characters at i, and after
// each word behind a blank that may be its continuation. An RF reference goes
// on in letters and digits up to 25 characters, any other only in digits, up to
// the 18 of a notice number.
func (t text) paymentEnds(i int, slashed bool) []end {
	is := isAlnum
	if slashed {
		is = isID
	}
	var ends []end
	id := ""
	for i < t.len() {
		to := t.run(i, is)
		token := string(t.up[i:to])
		if token == "" {
			return ends
		}
		if id != "" {
			limit := maxRF
			if !strings.HasPrefix(id, "RF") {
				limit = len("301000000000000000")
				if !allDigits(token) || !allDigits(id) {
					return ends
				}
			}
			if len(id)+len(token) > limit {
				return ends
			}
		}
		id += token
		if len(id) > MaxIUV {
			return nil
		}
		ends = append(ends, end{at: to, id: id, token: token})
		if t.at(to) != ' ' {
			return ends
		}
		i = to + 1
	}
	return ends
}

// chooseRF picks the end of an ISO 11649 reference, which is often printed in
// groups of four. Between two slashes all of it belongs to it; otherwise the
// check digits tell, and where they do not, the groups.
func chooseRF(ends []end, closed bool) (chosen int, ambiguous, ok bool) {
	last := len(ends) - 1
	grouped := 0
	for grouped < last && len(ends[grouped].token) == 4 {
		grouped++
	}
	chosen = grouped
	verified := -1
	for k, e := range ends {
		if verifies(e.id) {
			verified = k
		}
	}
	switch {
	case closed:
		chosen = last
	case verified >= 0:
		chosen = verified
	default:
		for k := range last {
			ambiguous = ambiguous || k >= grouped && hasDigit(ends[k+1].token)
		}
		ambiguous = ambiguous || grouped > 0
	}
	id := ends[chosen].id
	if len(id) < len("RF000") || len(id) > maxRF || !isDigit(id[2]) || !isDigit(id[3]) || !alnumOnly(id) {
		return 0, false, false
	}
	return chosen, ambiguous, true
}

// choosePlain picks the end of an IUV that is no RF reference. Its usual
// lengths are 15 and 17 digits, 16 in older texts; 18 is a notice number.
func (t text) choosePlain(ends []end, closed, slashed bool) (chosen int, ambiguous, ok bool) {
	usual := func(e end) bool { return allDigits(e.id) && len(e.id) >= 15 && len(e.id) <= 18 }
	last := len(ends) - 1
	first := ends[0]
	switch {
	case closed && last > 0:
		chosen, ambiguous = last, usual(first)
	default:
		chosen = max(0, slices.IndexFunc(ends, usual))
		for k, e := range ends {
			amount := strings.IndexByte(",.", t.at(e.at)) >= 0
			ambiguous = ambiguous || k != chosen && usual(e) && !amount || k < chosen
		}
	}
	id := ends[chosen].id
	if slashed {
		return chosen, ambiguous, hasDigit(id)
	}
	// Without the slash the tag may be an ordinary word before a number.
	return chosen, ambiguous, allDigits(id) && len(id) >= 13
}

// noticeIUV is the IUV of an 18-digit notice number: the number without its
// first digit, or without the first three when that is 0, the auxiliary digit
// of entities with several application codes.
func noticeIUV(id string) (string, bool) {
	if len(id) != 18 || !allDigits(id) {
		return "", false
	}
	switch id[0] {
	case '0':
		return id[3:], true
	case '1', '2', '3':
		return id[1:], true
	}
	return "", false
}

// verifies checks the digits of an ISO 11649 reference: with the first four
// characters moved to the end and letters counted from A = 10, the number is 1
// modulo 97.
func verifies(id string) bool {
	if len(id) < len("RF000") || len(id) > maxRF {
		return false
	}
	rest := 0
	for _, c := range []byte(id[4:] + id[:4]) {
		switch {
		case isDigit(c):
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

func alnumOnly(id string) bool {
	for i := range len(id) {
		if !isAlnum(id[i]) {
			return false
		}
	}
	return true
}
