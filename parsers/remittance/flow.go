package remittance

import (
	"slices"
	"strings"

	"quadra/engine/record"
)

// readFlows reads the flows announced by the keyword at i, if it is there:
// normally one, or several after each other for one credit that pays several
// flows. It returns where reading goes on.
func (r *Reading) readFlows(t text, i int) (end int, ok bool) {
	idAt, supplement, ok := t.keyword(i)
	if !ok {
		return 0, false
	}
	if r.Supplement < 0 {
		r.Supplement = supplement
	}
	ref, end, ok := t.flow(idAt, t.intact(i, idAt))
	if !ok {
		return idAt, true
	}
	r.addFlow(ref)
	for {
		at := t.skip(end, separators+",;+&")
		if uri, ok := t.word(at, "URI"); ok {
			at = t.skip(uri, separators)
		}
		if !t.startsFlow(at) {
			return end, true
		}
		if ref, end, ok = t.flow(at, false); !ok {
			return at, true
		}
		r.addFlow(ref)
	}
}

// addFlow adds a flow unless the text already has it, whole or, at the end of
// a text that was cut, in part.
func (r *Reading) addFlow(ref Ref) {
	for _, old := range r.IUFs {
		if !hasShape(ref.ID) && strings.HasPrefix(Key(old.ID), Key(ref.ID)) {
			return
		}
	}
	r.IUFs = appendRef(r.IUFs, ref)
}

// keyword matches LGPE-RIVERSAMENTO/[TXT/<n>/]URI/ and returns where the IUF
// starts.
func (t text) keyword(i int) (idAt, supplement int, ok bool) {
	if t.at(i) != 'L' {
		return 0, -1, false
	}
	if i, ok = t.word(i, "LGPE"); !ok {
		return 0, -1, false
	}
	if i, ok = t.word(t.skip(i, separators+"-_"), "RIVERSAMENTO"); !ok {
		return 0, -1, false
	}
	i = t.skip(i, separators+"-_")
	supplement = -1
	if n, ok := t.word(i, "TXT"); ok {
		from := t.skip(n, separators)
		to := t.run(from, isDigit)
		// The standard has one digit; two are accepted because supplements are
		// limited to thirty a month and some count them.
		if from > n && to > from && to-from <= 2 {
			supplement = 0
			for _, digit := range t.up[from:to] {
				supplement = supplement*10 + int(digit-'0')
			}
			i = t.skip(to, separators)
		}
	}
	if i, ok = t.word(i, "URI"); !ok {
		return 0, -1, false
	}
	return t.skip(i, separators), supplement, true
}

// intact tells whether the keyword at i is written as in the standard, from the
// slash before PUR to the one before the IUF at idAt.
func (t text) intact(i, idAt int) bool {
	const opening = "/PUR/"
	start := i - len(opening)
	if start < 0 || t.at(start-1) != ' ' {
		return false
	}
	written := string(t.raw[start:idAt])
	if rest, ok := strings.CutPrefix(written, opening+"LGPE-RIVERSAMENTO/TXT/"); ok && rest != "" && isDigit(rest[0]) {
		return rest[1:] == "/URI/"
	}
	return written == opening+"LGPE-RIVERSAMENTO/URI/"
}

// end is a place where an IUF may end.
type end struct {
	at    int    // first character after it
	id    string // what it would be, in capitals
	token string // what was added after white space to get here
}

// flow reads the IUF at i; intact tells whether what precedes it is as in the
// standard.
func (t text) flow(i int, intact bool) (Ref, int, bool) {
	date, at, whole, ok := t.flowDate(i)
	if !ok {
		return t.undated(i, intact)
	}
	spaced := t.at(at) == ' '
	if spaced {
		at++
	}
	ends := t.flowEnds(date, at)
	if len(ends) == 0 {
		return Ref{}, 0, false
	}
	first := t.likelyEnd(ends)
	chosen := ends[first]
	if !hasShape(chosen.id) && spaced && first == 0 && !hasDigit(chosen.token) {
		// The date and then a word: the text was cut, this is not an IUF.
		return Ref{}, 0, false
	}
	ref := Ref{ID: t.asWritten(i, chosen), Step: StepTolerant, Ambiguous: t.openEnd(ends, first)}
	for _, e := range ends {
		ref.Candidates = append(ref.Candidates, t.asWritten(i, e))
	}
	if more, strong := t.glued(ref.ID, chosen.at); more != "" {
		ref.Candidates = append(ref.Candidates, more)
		ref.Ambiguous = ref.Ambiguous || strong || !hasShape(chosen.id)
	}
	ref.Ambiguous = ref.Ambiguous || t.cut && chosen.at == t.len()
	slices.SortStableFunc(ref.Candidates, func(a, b string) int { return len(b) - len(a) })
	if intact && whole && !spaced && first == 0 && !ref.Ambiguous && strings.IndexByte(" /", t.at(chosen.at)) >= 0 {
		ref.Step = StepStrict
	}
	return ref, chosen.at, true
}

// flowDate reads the day an IUF starts with. whole is false when white space
// breaks it.
func (t text) flowDate(i int) (date string, at int, whole, ok bool) {
	const layout = "0000-00-00"
	whole = true
	b := make([]byte, 0, len(layout))
	for k := range len(layout) {
		if k > 0 && i < t.len() && t.up[i] == ' ' {
			i++
			whole = false
		}
		c := t.at(i)
		if isDigit(c) != (layout[k] == '0') || (layout[k] == '-' && c != '-') {
			return "", 0, false, false
		}
		b = append(b, c)
		i++
	}
	if _, err := record.ParseDate(b); err != nil {
		return "", 0, false, false
	}
	return string(b), i, whole, true
}

// startsFlow tells whether a whole IUF of the usual shape stands at i.
func (t text) startsFlow(i int) bool {
	_, at, whole, ok := t.flowDate(i)
	if !ok || !whole {
		return false
	}
	to := t.run(at, isID)
	return to-i <= MaxIUF && hasShape(string(t.up[i:to]))
}

// flowEnds lists where an IUF may end: after the characters at i, and after
// each word that may be its continuation behind a blank, up to 35 characters.
func (t text) flowEnds(date string, i int) []end {
	var ends []end
	id := date
	for i < t.len() {
		to := t.run(i, isID)
		token := string(t.up[i:to])
		if token == "" || len(id)+len(token) > MaxIUF {
			return ends
		}
		id += token
		ends = append(ends, end{at: to, id: id, token: token})
		if t.at(to) != ' ' || t.startsFlow(to+1) {
			return ends
		}
		i = to + 1
	}
	return ends
}

// likelyEnd is the first end that gives an IUF its shape, else the first where
// it can end at all, else the first.
func (t text) likelyEnd(ends []end) int {
	whole := slices.IndexFunc(ends, func(e end) bool { return hasShape(e.id) })
	if whole >= 0 {
		return whole
	}
	return max(0, slices.IndexFunc(ends, t.canEnd))
}

// canEnd is false where a hyphen says that the IUF goes on.
func (t text) canEnd(e end) bool {
	if strings.HasSuffix(e.id, "-") {
		return false
	}
	joined := t.at(e.at) == ' ' && t.at(e.at+1) == '-' && isID(t.at(e.at+2))
	return !joined || hasShape(e.id)
}

// openEnd tells whether an end other than the chosen one is about as plausible.
func (t text) openEnd(ends []end, chosen int) bool {
	if strings.HasSuffix(ends[chosen].id, "-") {
		return true // cut off
	}
	for k, e := range ends {
		switch {
		case k < chosen && t.canEnd(e):
			return true
		case k > chosen && (!hasShape(ends[chosen].id) || t.continues(e)):
			return true
		}
	}
	return false
}

// continues tells whether the word before an end looks like the rest of an
// IUF: it has digits and is neither a day, nor a bank's tag, nor part of an
// amount.
func (t text) continues(e end) bool {
	if !hasDigit(e.token) || strings.IndexByte(",./:", t.at(e.at)) >= 0 && e.at < t.len() {
		return false
	}
	if _, err := record.ParseDate(e.token); err == nil {
		return false
	}
	return !isTag(e.token)
}

// isTag recognises the tags of CBI statements: two letters and a digit, alone
// or glued to their value, such as RI1, ID1..., ZZ4.
func isTag(token string) bool {
	if len(token) < 3 || !isDigit(token[2]) {
		return false
	}
	switch token[:2] {
	case "RI", "ID", "ZZ", "YY", "BI", "BE", "IB", "IM", "MA", "OR", "SC", "TR":
		return true
	}
	return false
}

// glued is the longer IUF when what follows it without a blank may belong to
// it: characters outside the alphabet that some PSP use (10:27:27.903), or the
// continuation mark ZZ4 of CBI statements. strong tells that it probably does.
func (t text) glued(id string, at int) (longer string, strong bool) {
	if c := t.at(at); (c == '.' || c == ':') && isID(t.at(at+1)) {
		to := t.run(at, func(c byte) bool { return isID(c) || c == '.' || c == ':' })
		rest := strings.TrimRight(string(t.raw[at:to]), ".:")
		if len(id)+len(rest) > MaxIUF {
			return "", false
		}
		return id + rest, hasDigit(rest)
	}
	mark, ok := t.word(t.skip(at, " /"), "ZZ4")
	if !ok {
		return "", false
	}
	from := t.skip(mark, " /")
	to := t.run(from, isID)
	if to == from || len(id)+to-from > MaxIUF {
		return "", false
	}
	return id + string(t.raw[from:to]), true
}

// minUndated keeps the beginning of a cut date from passing for an IUF.
const minUndated = 6

// undated reads an IUF of the first years, letters and digits only. Without a
// date to recognise it by, it must follow a slash and be closed by something
// that is not part of a longer name.
func (t text) undated(i int, intact bool) (Ref, int, bool) {
	to := t.run(i, isAlnum)
	id := string(t.raw[i:to])
	if t.at(i-1) != '/' || len(id) < minUndated || len(id) > MaxIUF || !hasDigit(id) || strings.IndexByte("-_?", t.at(to)) >= 0 {
		return Ref{}, 0, false
	}
	ref := Ref{ID: id, Step: StepTolerant, Candidates: []string{id}}
	if intact && strings.IndexByte(" /", t.at(to)) >= 0 {
		ref.Step = StepStrict
	}
	return ref, to, true
}

// asWritten is the IUF from i to an end in its own case, without white space.
func (t text) asWritten(i int, e end) string {
	return strings.ReplaceAll(string(t.raw[i:e.at]), " ", "")
}

// hasShape tells whether an IUF is date, sender, '-' and more, which is what
// the platform demands of a new one.
func hasShape(id string) bool {
	const dateLength = len("2006-01-02")
	if len(id) <= dateLength || len(id) > MaxIUF || strings.HasSuffix(id, "-") {
		return false
	}
	return strings.IndexByte(id[dateLength:], '-') > 0
}
