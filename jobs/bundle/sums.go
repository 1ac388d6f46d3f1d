package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"
)

// Sum is one line of SHA256SUMS.
type Sum struct {
	SHA256 string // in hexadecimal, lower case
	Name   string
}

// maxSums is the largest SHA256SUMS read: some hundred thousand files.
const maxSums = 32 << 20

// SumsError is what is wrong with a SHA256SUMS.
type SumsError struct {
	Line int
	What string // for people, in Italian
}

func (e *SumsError) Error() string {
	return fmt.Sprintf("%s: riga %d: %s", SumsName, e.Line, e.What)
}

// ParseSums reads a SHA256SUMS. It is as strict as what we write: every line is a
// sum in lower case, two blanks, a name that stays in its folder, LF; no name
// twice. `sha256sum -c` would pass over a line it cannot read, so here there must
// be none. The error is a [*SumsError].
func ParseSums(text []byte) ([]Sum, error) {
	var sums []Sum
	seen := make(map[string]bool)
	for line := 1; len(text) > 0; line++ {
		row, rest, ended := bytes.Cut(text, []byte("\n"))
		fail := func(what string) ([]Sum, error) { return nil, &SumsError{line, what} }
		sum, name, ok := bytes.Cut(row, []byte("  "))
		switch {
		case !ended:
			return fail("l'ultima riga non è finita: il file è stato troncato")
		case !ok || !isSum(sum):
			return fail("non è un'impronta SHA-256 seguita da due spazi e da un nome")
		case !utf8.Valid(name) || checkName(string(name)) != nil:
			return fail(fmt.Sprintf("il nome %.200q esce dalla cartella o non vale dappertutto", name))
		case seen[string(name)]:
			return fail(fmt.Sprintf("il nome %q c'è già", name))
		}
		seen[string(name)] = true
		sums = append(sums, Sum{string(sum), string(name)})
		text = rest
	}
	if len(sums) == 0 {
		return nil, &SumsError{1, "è vuoto"}
	}
	return sums, nil
}

// isSum says whether a text is a SHA-256 as we write it.
func isSum(text []byte) bool {
	if len(text) != hex.EncodedLen(sha256.Size) {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// FormatSums writes a SHA256SUMS.
func FormatSums(sums []Sum) []byte {
	var text bytes.Buffer
	for _, s := range sums {
		text.WriteString(s.SHA256 + "  " + s.Name + "\n")
	}
	return text.Bytes()
}
