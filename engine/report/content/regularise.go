package content

import (
	"strings"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/report/table"
)

// ToRegularise is a movement no order covers in full yet.
type ToRegularise struct {
	*book.Provvisorio
	key      string
	parts    []book.RegPart // those the reader may see
	worth    record.Cents
	unbooked record.Cents
	whole    bool
}

// EachToRegularise calls fn for every movement still to be regularised, in the
// order of the giornale: the oldest first.
func (c *Content) EachToRegularise(fn func(*ToRegularise) error) error {
	for i := range c.provvisori {
		p := &c.provvisori[i]
		if p.State == book.Regularised {
			continue
		}
		r := &ToRegularise{Provvisorio: p, key: c.movements[p.ID], parts: c.seen(p), whole: c.set.Scope.All()}
		if len(r.parts) == 0 && !r.whole {
			continue
		}
		r.worth = p.Cash
		if !r.whole {
			r.worth = worth(r.parts)
		}
		for k := range r.parts {
			if r.parts[k].Chapter == "" {
				r.unbooked += r.parts[k].Amount
			}
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

// places are the chapters it goes to, each once.
func (r *ToRegularise) places() string {
	var out []string
	seen := make(map[string]bool)
	for i := range r.parts {
		if ch := r.parts[i].Chapter; ch != "" && !seen[ch] {
			seen[ch] = true
			out = append(out, ch)
		}
	}
	return strings.Join(out, " ")
}

// RegulariseTable is the table of what is still to be regularised, with the days
// left of the sixty.
func (c *Content) RegulariseTable() *List[ToRegularise] {
	states := []table.Value{{Code: string(book.Proposed), Title: c.OrderState(book.Proposed)}, {Code: string(book.Ordered), Title: c.OrderState(book.Ordered)}}
	return newList(c, table.Definition{Name: "da-regolarizzare", Title: t("Da regolarizzare", "To be regularised"), Page: "da-regolarizzare.html", Key: "chiave", Panels: "cassa"}, []Field[ToRegularise]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(r *ToRegularise) table.Cell { return table.Str(r.key) }},
		{table.Column{Key: "provvisorio", Title: t("Provvisorio", "Movement"), Kind: text, Search: true, Width: 14}, func(r *ToRegularise) table.Cell { return table.Str(movementName(r.Number, r.Year)) }},
		{table.Column{Key: "giorni_rimasti", Title: t("Giorni rimasti", "Days left"), Kind: whole, Filter: true, Width: 9}, func(r *ToRegularise) table.Cell { return table.Int(r.DaysLeft) }},
		{table.Column{Key: "entro", Title: t("Entro il", "By"), Kind: date, Filter: true, Width: 12}, func(r *ToRegularise) table.Cell { return table.Date(r.BookedOn + book.RegulariseWithin) }},
		{table.Column{Key: "data_incasso", Title: t("Incassato il", "Booked on"), Kind: date, Filter: true, Width: 12}, func(r *ToRegularise) table.Cell { return table.Date(r.BookedOn) }},
		{table.Column{Key: "incassato", Title: t("Incassato", "Cash"), Kind: cents, Filter: true, Search: true, Total: true, Width: 14}, func(r *ToRegularise) table.Cell { return table.Cents(r.worth) }},
		{table.Column{Key: "coperto", Title: t("Coperto", "Covered"), Kind: cents, Aside: true, Total: true, Width: 14}, func(r *ToRegularise) table.Cell { return table.CentsIf(r.whole && r.Covered != 0, r.Covered) }},
		{table.Column{Key: "da_coprire", Title: t("Da coprire", "To cover"), Kind: cents, Total: true, Width: 14}, func(r *ToRegularise) table.Cell { return table.CentsIf(r.whole, r.Missing) }},
		{table.Column{Key: "senza_capitolo", Title: t("Senza capitolo", "Without chapter"), Kind: cents, Filter: true, Total: true, Width: 14}, func(r *ToRegularise) table.Cell { return table.CentsIf(r.unbooked != 0, r.unbooked) }},
		{table.Column{Key: "stato", Title: t("Stato", "State"), Kind: code, Values: states, Filter: true, Width: 18}, func(r *ToRegularise) table.Cell { return table.Str(string(r.State)) }},
		{table.Column{Key: "reversali", Title: t("Reversali", "Orders"), Kind: text, Search: true, Width: 18}, func(r *ToRegularise) table.Cell {
			if !r.whole {
				return table.Cell{}
			}
			return table.Str(strings.Join(r.Orders, " "))
		}},
		{table.Column{Key: "capitoli", Title: t("Capitoli", "Chapters"), Kind: text, Search: true, Width: 30}, func(r *ToRegularise) table.Cell { return table.Str(r.places()) }},
		{table.Column{Key: "conto", Title: t("Conto", "Account"), Kind: text, Aside: true, Width: 28}, func(r *ToRegularise) table.Cell { return table.Str(r.Account) }},
	})
}

// Worth is what of its cash the reader may see.
func (r *ToRegularise) Worth() record.Cents { return r.worth }
