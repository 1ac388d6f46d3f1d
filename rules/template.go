package rules

import (
	"fmt"
	"slices"
	"strings"
)

// placeholders are the names an explanation may hold in braces. What each stands
// for is up to the unit: amounts are written with the language's
// separators, dates too.
//
//	amount        of the payment, the flow or the movement
//	expected      the amount it was compared with
//	difference    between the two
//	cash          received for it so far
//	iuv iur iud   the payment's identifiers
//	index         of the line in its receipt
//	iuf           of the flow
//	psp           that wrote the flow
//	revision      of the flow
//	movement      number and year of the movement, or movements
//	account       the movement is credited on
//	remittance    text of the movement
//	other         the other side: IUR of the double, second flow, what the movement pays or names
//	paid_on       day of the payment
//	regulated_on  dataRegolamento of the flow
//	booked_on     day the treasurer booked the movement
//	due           last day of the term
var placeholders = []string{
	"amount", "expected", "difference", "cash",
	"iuv", "iur", "iud", "index", "iuf", "psp", "revision",
	"movement", "account", "remittance", "other",
	"paid_on", "regulated_on", "booked_on", "due",
}

// missing is shown for a placeholder without a value.
const missing = "—"

// template is an explanation cut at its placeholders: text, name, text, ...,
// name, text.
type template []string

func parseTemplate(text string) (template, *wrong) {
	var t template
	for {
		before, rest, found := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, &wrong{"nella spiegazione c'è una } senza la sua {", "scrivere i segnaposto come {iuf}"}
		}
		t = append(t, before)
		if !found {
			return t, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, &wrong{"nella spiegazione c'è una { senza la sua }", "scrivere i segnaposto come {iuf}"}
		}
		if !slices.Contains(placeholders, name) {
			return nil, &wrong{fmt.Sprintf("{%s} non è un segnaposto", name), "segnaposto ammessi: " + strings.Join(placeholders, ", ")}
		}
		t, text = append(t, name), after
	}
}

func (t template) fill(values map[string]string) string {
	var b strings.Builder
	for i, part := range t {
		if i%2 == 1 {
			if part = values[part]; part == "" {
				part = missing
			}
		}
		b.WriteString(part)
	}
	return b.String()
}
