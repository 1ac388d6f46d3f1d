// Package remittance reads the references out of a remittance text (causale):
// the IUF of the flows a credit pays and the IUV of a payment credited alone.
//
// The texts follow the syntax of pagoPA's attribute AT-05
//
//	/PUR/LGPE-RIVERSAMENTO/[TXT/<n>/]URI/<IUF>
//	/RFS/<IUV>/<amount>[/TXT/...]
//	/RFB/<IUV>[/<amount>][/TXT/...]
//
// and reach the entity after banks have broken lines, changed case and replaced
// separators. They are read in steps, and each reference says which one found
// it: [StepStrict], then [StepTolerant] of such damage, both by [Read]; then
// [StepKnown], the search of the flows an entity has, by [Known]. A number without RFB or RFS is never
// taken for an IUV.
//
// Where white space leaves open where a reference ends, Read returns every
// candidate and says so; it does not guess. The caller that knows the flows
// tries [Ref.Candidates] from the first to the last before it trusts [Ref.ID].
package remittance

import "strings"

// Step is how a reference was found.
type Step string

// The steps, from the most to the least certain.
const (
	StepStrict   Step = "strict"   // the syntax of the standard, intact
	StepTolerant Step = "tolerant" // repaired: case, white space, separators, bank tags
	StepKnown    Step = "known"    // found by [Known] among the flows of the entity
)

// Limits of the references.
const (
	MaxIUF = 35 // characters of identificativoFlusso
	MaxIUV = 35 // characters of identificativoUnivocoVersamento
)

// Ref is one reference found in a text.
type Ref struct {
	// ID is the reference as written, without white space. Compare IUFs by [Key].
	ID   string
	Step Step
	// Candidates are all the readings of this reference, ID among them, longest
	// first. More than one means that text follows which might belong to it.
	Candidates []string
	// Ambiguous says that another candidate is about as plausible as ID. A strict
	// reference is never ambiguous.
	Ambiguous bool
}

// Reading is what a remittance text refers to.
type Reading struct {
	IUFs []Ref // in the order of the text, each flow once
	IUVs []Ref // in the order of the text, each payment once
	// Supplement is n of the first TXT/<n>: 0 an ordinary credit, 1..9 a
	// supplementary one of the same day, -1 when the text does not say.
	Supplement int
	Ambiguous  bool // some reference is ambiguous
}

// Read finds the references of a remittance text by the strict and the tolerant
// step. It accepts any text and never fails: no reference is an answer.
func Read(remittance string) Reading {
	t := fold(remittance)
	r := Reading{Supplement: -1}
	for i := 0; i < t.len(); {
		if end, ok := r.readFlows(t, i); ok {
			i = end
			continue
		}
		if ref, end, ok := t.payment(i); ok {
			r.IUVs = appendRef(r.IUVs, ref)
			i = end
			continue
		}
		i++
	}
	for _, refs := range [][]Ref{r.IUFs, r.IUVs} {
		for _, ref := range refs {
			r.Ambiguous = r.Ambiguous || ref.Ambiguous
		}
	}
	return r
}

// Key is the form in which IUFs are compared: upper case, because banks write
// everything in capitals, and without white space.
func Key(iuf string) string {
	return strings.ToUpper(strings.Join(strings.Fields(iuf), ""))
}

// appendRef adds a reference unless the text already has it: banks repeat the
// text, and one of the copies is often broken.
func appendRef(refs []Ref, ref Ref) []Ref {
	for i, old := range refs {
		same := Key(old.ID) == Key(ref.ID)
		switch {
		case same && better(ref, old), !same && !ref.Ambiguous && old.mayBe(ref.ID):
			refs[i] = ref
			return refs
		case same, !old.Ambiguous && ref.mayBe(old.ID):
			return refs
		}
	}
	return append(refs, ref)
}

func better(a, b Ref) bool {
	if a.Ambiguous != b.Ambiguous {
		return b.Ambiguous
	}
	return a.Step == StepStrict && b.Step != StepStrict
}

func (r Ref) mayBe(id string) bool {
	for _, candidate := range r.Candidates {
		if Key(candidate) == Key(id) {
			return true
		}
	}
	return false
}
