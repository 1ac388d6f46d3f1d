package content

import (
	"cmp"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/table"
	"quadra/engine/stats"
	"quadra/engine/store"
)

// Accertamento is an accertamento with what the reader may see of it.
type Accertamento struct {
	store.AccertamentoTotal
	key  string
	held *heldBy
}

// EachAccertamento calls fn for every accertamento the reader may see, by debt
// type, year and name, with its panel. The payments must have been counted.
func (c *Content) EachAccertamento(fn func(*Accertamento, *card.Card) error) error {
	all, err := c.tx.Accertamenti()
	if err != nil {
		return err
	}
	for i := range all {
		a := &Accertamento{AccertamentoTotal: all[i], held: c.counts.held[all[i].ID]}
		if a.held == nil {
			if !c.set.Scope.Share(a.DebtType, "") {
				continue
			}
			a.held = new(heldBy)
		}
		a.key = c.accertamenti[a.ID].key
		shown, err := c.accertamentoCard(a)
		if err != nil {
			return err
		}
		if err := fn(a, shown); err != nil {
			return err
		}
	}
	return nil
}

// Accertamenti is the table of the accertamenti.
func (c *Content) Accertamenti() *List[Accertamento] {
	return newList(c, table.Definition{Name: "accertamenti", Title: t("Accertamenti", "Accertamenti"), Page: "accertamenti.html", Key: "chiave", Cards: rowsOfCards}, []Field[Accertamento]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(a *Accertamento) table.Cell { return table.Str(a.key) }},
		{table.Column{Key: "accertamento", Title: t("Accertamento", "Accertamento"), Kind: text, Search: true, Width: 40}, func(a *Accertamento) table.Cell { return table.Str(a.Name) }},
		{table.Column{Key: "tipo_dovuto", Title: t("Tipo dovuto", "Debt type"), Kind: code, Filter: true, Width: 20}, func(a *Accertamento) table.Cell { return table.Str(a.DebtType) }},
		{table.Column{Key: "anno", Title: t("Anno", "Year"), Kind: code, Filter: true, Width: 8}, func(a *Accertamento) table.Cell { return table.Str(yearText(a.Year)) }},
		{table.Column{Key: "stato", Title: t("Stato", "State"), Kind: code, Values: c.accertamentoStates(), Filter: true, Width: 12}, func(a *Accertamento) table.Cell { return table.Str(string(a.State)) }},
		{table.Column{Key: "automatico", Title: t("Automatico", "Automatic"), Kind: code, Values: c.yesNo(), Filter: true, Width: 10}, func(a *Accertamento) table.Cell { return yesNo(a.Automatic) }},
		{table.Column{Key: "pagamenti", Title: t("Pagamenti", "Payments"), Kind: whole, Width: 10}, func(a *Accertamento) table.Cell { return table.Int(a.held.payments) }},
		{table.Column{Key: "importo", Title: t("Importo", "Amount"), Kind: cents, Filter: true, Search: true, Total: true, Width: 14}, func(a *Accertamento) table.Cell { return table.Cents(a.held.amount) }},
		{table.Column{Key: "creato_da", Title: t("Creato da", "Created by"), Kind: text, Aside: true, Width: 24}, func(a *Accertamento) table.Cell { return table.Str(a.CreatedBy) }},
	})
}

func (c *Content) accertamentoStates() []table.Value {
	return []table.Value{{Code: string(store.AccertamentoOpen), Title: c.say("aperto", "open")}, {Code: string(store.AccertamentoClosed), Title: c.say("chiuso", "closed")},
		{Code: string(store.AccertamentoCancelled), Title: c.say("annullato", "cancelled")}}
}

func (c *Content) yesNo() []table.Value {
	return []table.Value{{Code: "si", Title: c.say("sì", "yes")}, {Code: "no", Title: "no"}}
}

func yesNo(yes bool) table.Cell {
	if yes {
		return table.Str("si")
	}
	return table.Str("no")
}

// ChapterSum is an entry of the chart, or a place income is booked on without
// one, with what is booked there.
type ChapterSum struct {
	store.ChartEntry
	key                    string
	known                  bool // the chart has it
	lines                  int64
	days                   days   // of its payments
	said                   values // of the column of chapters
	Paid, Reported, Cashed record.Cents
}

func (s *ChapterSum) add(r *store.StatRow, place string) {
	s.lines++
	s.days.add(r.PaidOn)
	s.said.add(place)
	s.Paid += r.Amount
	if r.Reported {
		s.Reported += r.Amount
	}
	if r.Cashed {
		s.Cashed += r.Amount
	}
}

// EachChapter calls fn for every entry of the chart and every other place of
// income, by year, debt type and place, with its panel. The payments must have
// been counted.
func (c *Content) EachChapter(fn func(*ChapterSum, *card.Card) error) error {
	entries, err := c.tx.ChartEntries()
	if err != nil {
		return err
	}
	for i := range entries {
		if e := &entries[i]; c.set.Scope.Share(e.DebtType, e.Office) {
			s := c.chapter(e.ChartKey)
			s.ChartEntry, s.known = *e, true
		}
	}
	all := make([]*ChapterSum, 0, len(c.counts.chapters))
	for _, s := range c.counts.chapters {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *ChapterSum) int { return compareChapters(&a.ChartKey, &b.ChartKey) })
	changes, err := c.chartChanges()
	if err != nil {
		return err
	}
	holders := c.chapterHolders()
	for _, s := range all {
		s.key = c.chapterKey(s.ChartKey)
		if err := fn(s, c.chapterCard(s, changes[s.ChartKey], holders[s.ChartKey])); err != nil {
			return err
		}
	}
	return nil
}

func compareChapters(a, b *store.ChartKey) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), strings.Compare(a.DebtType, b.DebtType), strings.Compare(a.Office, b.Office),
		strings.Compare(a.Chapter, b.Chapter), strings.Compare(a.Article, b.Article), strings.Compare(a.Assessment, b.Assessment))
}

// Chapters is the table of the chapters.
func (c *Content) Chapters() *List[ChapterSum] {
	return newList(c, table.Definition{Name: "capitoli", Title: t("Capitoli", "Chapters"), Page: "accertamenti.html", Key: "chiave", Cards: rowsOfCards}, []Field[ChapterSum]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(s *ChapterSum) table.Cell { return table.Str(s.key) }},
		{table.Column{Key: "capitolo", Title: t("Capitolo", "Chapter"), Kind: text, Search: true, Width: 14}, func(s *ChapterSum) table.Cell {
			if s.Chapter == "" {
				return table.Str(c.say("da assegnare", "to be assigned"))
			}
			return table.Str(s.Chapter)
		}},
		{table.Column{Key: "articolo", Title: t("Articolo", "Article"), Kind: text, Aside: true, Width: 10}, func(s *ChapterSum) table.Cell { return table.Str(s.Article) }},
		{table.Column{Key: "anno", Title: t("Anno", "Year"), Kind: code, Filter: true, Width: 8}, func(s *ChapterSum) table.Cell { return table.Str(yearText(s.Year)) }},
		{table.Column{Key: "descrizione", Title: t("Descrizione", "Description"), Kind: text, Search: true, Width: 40}, func(s *ChapterSum) table.Cell { return table.Str(s.ChapterName) }},
		{table.Column{Key: "tipo_dovuto", Title: t("Tipo dovuto", "Debt type"), Kind: code, Filter: true, Width: 20}, func(s *ChapterSum) table.Cell { return table.Str(s.DebtType) }},
		{table.Column{Key: "ufficio", Title: t("Ufficio", "Office"), Kind: code, Filter: true, Width: 16}, func(s *ChapterSum) table.Cell { return table.Str(s.Office) }},
		{table.Column{Key: "accertamento", Title: t("Codice accertamento", "Accertamento code"), Kind: text, Aside: true, Search: true, Width: 20}, func(s *ChapterSum) table.Cell { return table.Str(s.Assessment) }},
		{table.Column{Key: "quote", Title: t("Quote", "Shares"), Kind: whole, Width: 9}, func(s *ChapterSum) table.Cell { return table.Int(s.lines) }},
		{table.Column{Key: "pagato", Title: t("Pagato", "Paid"), Kind: cents, Filter: true, Total: true, Width: 14}, func(s *ChapterSum) table.Cell { return table.Cents(s.Paid) }},
		{table.Column{Key: "rendicontato", Title: t("Rendicontato", "Reported"), Kind: cents, Total: true, Width: 14}, func(s *ChapterSum) table.Cell { return table.Cents(s.Reported) }},
		{table.Column{Key: "incassato", Title: t("Incassato", "Cashed"), Kind: cents, Total: true, Width: 14}, func(s *ChapterSum) table.Cell { return table.Cents(s.Cashed) }},
		{table.Column{Key: "piano_dei_conti", Title: t("Piano dei conti", "Plan of accounts"), Kind: text, Aside: true, Width: 20}, func(s *ChapterSum) table.Cell { return table.Str(s.PlanCode) }},
		{table.Column{Key: "siope", Title: t("SIOPE", "SIOPE"), Kind: text, Aside: true, Width: 12}, func(s *ChapterSum) table.Cell { return table.Str(s.SIOPE) }},
		{table.Column{Key: "in_anagrafica", Title: t("In anagrafica", "In the chart"), Kind: code, Aside: true, Values: c.yesNo(), Filter: true, Width: 10}, func(s *ChapterSum) table.Cell { return yesNo(s.known) }},
	})
}

// Statistics is the table of what was paid, reported and cashed by month, debt
// type, office and chapter. Each measure has its own date.
func (c *Content) Statistics() *List[stats.Cell] {
	key := func(i int) func(*stats.Cell) table.Cell {
		return func(s *stats.Cell) table.Cell { return table.Str(s.Keys[i]) }
	}
	return newList(c, table.Definition{Name: "statistiche", Title: t("Pagato, rendicontato e incassato", "Paid, reported and cashed"), Page: "statistiche.html"}, []Field[stats.Cell]{
		{table.Column{Key: "mese", Title: t("Mese", "Month"), Kind: code, Filter: true, Width: 10}, key(0)},
		{table.Column{Key: "tipo_dovuto", Title: t("Tipo dovuto", "Debt type"), Kind: code, Filter: true, Width: 20}, key(1)},
		{table.Column{Key: "ufficio", Title: t("Ufficio", "Office"), Kind: code, Filter: true, Width: 16}, key(2)},
		{table.Column{Key: "capitolo", Title: t("Capitolo", "Chapter"), Kind: code, Filter: true, Width: 14}, key(3)},
		{table.Column{Key: "ricevute_pagate", Title: t("Ricevute", "Receipts"), Kind: whole, Width: 10}, func(s *stats.Cell) table.Cell { return table.Int(s.Paid.Receipts) }},
		{table.Column{Key: "pagato", Title: t("Pagato", "Paid"), Kind: cents, Filter: true, Total: true, Width: 14}, func(s *stats.Cell) table.Cell { return table.Cents(s.Paid.Amount) }},
		{table.Column{Key: "rendicontato", Title: t("Rendicontato", "Reported"), Kind: cents, Total: true, Width: 14}, func(s *stats.Cell) table.Cell { return table.Cents(s.Reported.Amount) }},
		{table.Column{Key: "incassato", Title: t("Incassato", "Cashed"), Kind: cents, Total: true, Width: 14}, func(s *stats.Cell) table.Cell { return table.Cents(s.Cashed.Amount) }},
	})
}

// EachCell calls fn for every cell of the statistics.
func (c *Content) EachCell(fn func(*stats.Cell) error) error {
	all := c.counts.stats.Table()
	for i := range all.Cells {
		if err := fn(&all.Cells[i]); err != nil {
			return err
		}
	}
	return nil
}
