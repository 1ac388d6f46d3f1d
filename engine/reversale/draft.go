// Package reversale drafts orders of collection (reversali) that regularise
// provvisori, as an OPI flusso_ordinativi 1.7.1 for the entity's accounting
// system to take, check, number and sign. A draft is never sent to a treasurer:
// its signature is a placeholder that says so.
//
// Source of the format: SIOPE+ OPI schema 1.7.1. The sums it must satisfy are
// that the payers' amounts make the order, its chapters make the order, the
// SIOPE classification makes the payer's amount, and so do the provvisori.
package reversale

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quadra/engine/book"
	"quadra/engine/record"
)

// Order is a reversale: one provvisorio, or the part of it that fits the ten
// chapters an order may have.
type Order struct {
	Number   int
	On       record.Date
	Amount   record.Cents
	Chapters []Chapter
	Payers   []Payer
}

// Chapter is an amount on a chapter of the budget.
type Chapter struct {
	Code     int
	Residual int // year the income was assessed in, when it is not the order's; else 0
	Article  string
	Amount   record.Cents
}

// Payer is who paid, with what the order collects from it: the free income and
// the restricted one are apart.
type Payer struct {
	Name       string
	Reason     string
	Restricted bool
	Amount     record.Cents
	Classes    []Class
	Number     string // of the provvisorio
}

// Class is an amount under a SIOPE management code.
type Class struct {
	Code   string
	Amount record.Cents
}

// Left is a provvisorio no order was drafted for, and why.
type Left struct {
	Year   int          `json:"year"`
	Number string       `json:"number"`
	Cash   record.Cents `json:"cash_cents"`
	Why    string       `json:"why"` // for people, in Italian
}

// maxChapters is how many chapters an order may have (schema 1.7.1).
const maxChapters = 10

// Draft drafts the orders of one esercizio, numbered from first and dated on.
// It orders provvisori nobody ordered yet, whose every part has what an order
// needs; the others are returned with the reason.
func Draft(all []book.Provvisorio, esercizio, first int, on record.Date) ([]Order, []Left) {
	var orders []Order
	var left []Left
	for i := range all {
		p := &all[i]
		if p.Year != esercizio || p.State != book.Proposed {
			continue
		}
		if why := cannot(p, esercizio); why != "" {
			left = append(left, Left{p.Year, p.Number, p.Cash, why})
			continue
		}
		for _, parts := range byTen(p.Parts, esercizio) {
			orders = append(orders, order(p, parts, esercizio, first+len(orders), on))
		}
	}
	return orders, left
}

// cannot says why no order can be drafted for a provvisorio.
func cannot(p *book.Provvisorio, esercizio int) string {
	if n, err := strconv.ParseInt(p.Number, 10, 64); err != nil || n <= 0 || len(p.Number) > 18 {
		return fmt.Sprintf("il numero %q non è quello di un provvisorio: il tracciato di cassa non lo porta", p.Number)
	}
	for i := range p.Parts {
		part := &p.Parts[i]
		code, err := strconv.Atoi(part.Chapter)
		switch {
		case part.Why != "":
			return fmt.Sprintf("%s euro: %s", part.Amount.Italian(), part.Why)
		case err != nil || code < 1 || code > 9_999_999:
			return fmt.Sprintf("il capitolo %q non è un numero da 1 a 9999999, come vuole l'ordinativo", part.Chapter)
		case part.SIOPE == "":
			return fmt.Sprintf("il capitolo %s di %s %d non ha il codice SIOPE: aggiungerlo al piano", part.Chapter, part.DebtType, part.Year)
		case part.Year > esercizio:
			return fmt.Sprintf("il capitolo %s è dell'esercizio %d, dopo quello della reversale", part.Chapter, part.Year)
		case !article(part.Article):
			return fmt.Sprintf("l'articolo %q non è un numero di tre cifre al massimo, come vuole l'ordinativo", part.Article)
		}
	}
	return ""
}

func article(text string) bool {
	return len(text) <= 3 && strings.Trim(text, "0123456789") == ""
}

type budgetKey struct {
	code, residual int
	article        string
}

func keyOf(p *book.RegPart, esercizio int) budgetKey {
	k := budgetKey{article: p.Article}
	k.code, _ = strconv.Atoi(p.Chapter) // checked before
	if p.Year != esercizio {
		k.residual = p.Year
	}
	return k
}

// byTen groups the parts of a provvisorio so that each group has at most ten
// chapters.
func byTen(parts []book.RegPart, esercizio int) [][]*book.RegPart {
	var keys []budgetKey
	for i := range parts {
		if k := keyOf(&parts[i], esercizio); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b budgetKey) int {
		return cmp.Or(a.code-b.code, a.residual-b.residual, strings.Compare(a.article, b.article))
	})
	groups := make([][]*book.RegPart, (len(keys)+maxChapters-1)/maxChapters)
	for i := range parts {
		at := slices.Index(keys, keyOf(&parts[i], esercizio)) / maxChapters
		groups[at] = append(groups[at], &parts[i])
	}
	return groups
}

func order(p *book.Provvisorio, parts []*book.RegPart, esercizio, number int, on record.Date) Order {
	o := Order{Number: number, On: on}
	for _, part := range parts {
		o.Amount += part.Amount
		k := keyOf(part, esercizio)
		at := slices.IndexFunc(o.Chapters, func(c Chapter) bool { return c.Code == k.code && c.Residual == k.residual && c.Article == k.article })
		if at < 0 {
			at = len(o.Chapters)
			o.Chapters = append(o.Chapters, Chapter{Code: k.code, Residual: k.residual, Article: k.article})
		}
		o.Chapters[at].Amount += part.Amount
		o.pay(p, part)
	}
	slices.SortFunc(o.Chapters, func(a, b Chapter) int {
		return cmp.Or(a.Code-b.Code, a.Residual-b.Residual, strings.Compare(a.Article, b.Article))
	})
	return o
}

func (o *Order) pay(p *book.Provvisorio, part *book.RegPart) {
	at := slices.IndexFunc(o.Payers, func(y Payer) bool { return y.Restricted == part.Restricted })
	if at < 0 {
		name := strings.Join(strings.Fields(p.Payer), " ")
		if name == "" {
			name = "DIVERSI PAGOPA"
		}
		at = len(o.Payers)
		o.Payers = append(o.Payers, Payer{Name: name, Restricted: part.Restricted, Number: p.Number,
			Reason: fmt.Sprintf("Regolarizzazione provvisorio %s/%d incassi pagoPA del %s", p.Number, p.Year, p.BookedOn.Italian())})
	}
	y := &o.Payers[at]
	y.Amount += part.Amount
	class := slices.IndexFunc(y.Classes, func(c Class) bool { return c.Code == part.SIOPE })
	if class < 0 {
		class = len(y.Classes)
		y.Classes = append(y.Classes, Class{Code: part.SIOPE})
	}
	y.Classes[class].Amount += part.Amount
}
