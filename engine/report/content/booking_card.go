package content

import (
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// accertamentoCard is the panel of an accertamento: what it holds, where, of which
// payments, and who changed it.
func (c *Content) accertamentoCard(a *Accertamento) (*card.Card, error) {
	out := &card.Card{Title: c.say("Accertamento ", "Accertamento ") + a.Name}
	state := c.accertamentoState(a.State)
	out.Why = &card.Why{Verdict: &card.Verdict{Status: string(a.State), Name: state.Title, Sign: state.Sign}, Text: c.madeBy(a)}
	if a.held.payments > 0 {
		out.Line = append(out.Line, card.Step{On: a.held.days.last, What: card.Receipt, Title: c.say("Pagamenti", "Payments"), Cents: a.held.amount, Amount: true,
			Text: c.howMany(a.held.payments, a.held.days)})
	}
	for _, k := range a.held.order {
		out.Chapters = append(out.Chapters, card.Chapter{Year: k.Year, Office: k.Office, Chapter: k.Chapter, Article: k.Article, Accertamento: k.Assessment,
			Amount: a.held.places[k], To: card.Place{Table: "capitoli", Key: c.chapterKey(k)}})
	}
	if len(a.held.said) > 0 {
		out.Links = append(out.Links, card.Link{Place: card.Place{Table: "pagamenti"}, Where: a.held.said.filter("accertamento"), Text: c.say("I pagamenti che tiene", "The payments it holds")})
	}
	if a.Automatic || !c.set.Scope.All() {
		return out, nil
	}
	events, err := c.tx.AccertamentoHistory(a.ID)
	if err != nil {
		return nil, err
	}
	for i := range slices.Backward(events) {
		e := &events[i]
		out.History = append(out.History, card.Change{At: record.DateOf(e.At), Run: e.Run, To: c.actionWord(e.Action), Cause: joined(" · ", e.Author, e.Reason, e.Source.String())})
	}
	return out, nil
}

// madeBy says where an accertamento comes from.
func (c *Content) madeBy(a *Accertamento) string {
	if a.Automatic {
		return c.say("Fatto da un file di ricevute: tiene le quote dei suoi pagamenti, per tipo dovuto e anno.", "Made from a file of receipts: it holds the shares of its payments, by debt type and year.")
	}
	return c.say("Tiene ciò che le persone vi hanno messo.", "It holds what people put into it.")
}

func (c *Content) accertamentoState(s store.AccertamentoState) table.Value {
	for _, v := range c.accertamentoStates() {
		if v.Code == string(s) {
			return v
		}
	}
	return table.Value{Code: string(s), Title: string(s)}
}

// howMany says of how many payments, and of which days.
func (c *Content) howMany(n int64, d days) string {
	count := c.many(n, c.say("pagamento", "payment"), c.say("pagamenti", "payments"))
	if d.first == 0 {
		return count
	}
	return fmt.Sprintf(c.say("%s, dal %s al %s", "%s, from %s to %s"), count, c.day(d.first), c.day(d.last))
}

func (c *Content) many(n int64, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

func (c *Content) actionWord(action string) string {
	italian := map[string]string{"created": "creato", "renamed": "rinominato", "added": "pagamento aggiunto", "removed": "pagamento tolto", "closed": "chiuso",
		"cancelled": "annullato", "reopened": "riaperto"}
	return c.say(italian[action], action)
}

// slash keeps a part of a key from looking like two.
var slash = strings.NewReplacer("%", "%25", "/", "%2F")

// chapterKey is the name of the panel of a place of income.
func (c *Content) chapterKey(k store.ChartKey) string {
	key, ok := c.chapterKeys[k]
	if !ok {
		parts := []string{yearText(k.Year), k.DebtType, k.Office, k.Chapter, k.Article, k.Assessment}
		for i := range parts {
			parts[i] = slash.Replace(parts[i])
		}
		key = strings.Join(parts, "/")
		c.chapterKeys[k] = key
	}
	return key
}

// chartChanges are the changes of the chart by the entry they are of.
func (c *Content) chartChanges() (map[store.ChartKey][]store.ChartChange, error) {
	all, err := c.tx.ChartHistory()
	if err != nil {
		return nil, err
	}
	out := make(map[store.ChartKey][]store.ChartChange)
	for i := range all {
		out[all[i].ChartKey] = append(out[all[i].ChartKey], all[i])
	}
	return out, nil
}

// chapterHolders are the accertamenti that hold something of a place.
func (c *Content) chapterHolders() map[store.ChartKey][]*accertamentoName {
	out := make(map[store.ChartKey][]*accertamentoName)
	for id, h := range c.counts.held {
		for place := range h.places {
			out[place] = append(out[place], c.accertamenti[id])
		}
	}
	for _, of := range out {
		slices.SortFunc(of, func(a, b *accertamentoName) int { return strings.Compare(a.key, b.key) })
	}
	return out
}

// holdersNamed is how many accertamenti the panel of a chapter leads to.
const holdersNamed = 10

// chapterCard is the panel of a chapter: what it is in the chart and since which
// file, what is paid, reported and cashed on it, and its payments.
func (c *Content) chapterCard(s *ChapterSum, changes []store.ChartChange, holders []*accertamentoName) *card.Card {
	out := &card.Card{Title: c.chapterTitle(&s.ChartKey), Why: c.chapterWhy(s)}
	if len(changes) > 0 && c.set.Scope.All() {
		last := &changes[len(changes)-1]
		out.Line = append(out.Line, card.Step{On: last.AsOf, What: card.Delivered, Title: c.say("Riga dell'anagrafica", "Row of the chart"), Text: c.chartAction(last.Action),
			Source: source(store.Source(last.Source))})
	}
	if s.lines > 0 {
		count := c.howManyShares(s)
		out.Line = append(out.Line, card.Step{On: s.days.last, What: card.Receipt, Title: c.say("Pagato", "Paid"), Text: count, Cents: s.Paid, Amount: true},
			card.Step{What: card.Flow, Title: c.say("Rendicontato", "Reported"), Cents: s.Reported, Amount: true},
			card.Step{What: card.Cash, Title: c.say("Incassato", "Cashed"), Cents: s.Cashed, Amount: true})
		if left := s.Paid - s.Cashed; left != 0 {
			out.Line = append(out.Line, card.Step{What: card.Cash, Title: c.say("Ancora da incassare", "Still to be cashed"), Cents: left, Amount: true, Missing: true})
		}
	}
	out.Links = c.chapterLinks(s, holders)
	if c.set.Scope.All() {
		for i := range slices.Backward(changes) {
			h := &changes[i]
			out.History = append(out.History, card.Change{At: h.AsOf, To: c.chartAction(h.Action), Cause: joined(" · ", h.Source.String(), h.Fields)})
		}
	}
	return out
}

func (c *Content) chapterTitle(k *store.ChartKey) string {
	if k.Chapter == "" {
		return strings.TrimSpace(c.say("Capitolo da assegnare ", "Chapter to be assigned ") + yearText(k.Year))
	}
	return c.say("Capitolo ", "Chapter ") + c.placeOf(&store.Share{Year: k.Year, Chapter: k.Chapter, Article: k.Article})
}

func (c *Content) howManyShares(s *ChapterSum) string {
	count := c.many(s.lines, c.say("quota", "share"), c.say("quote", "shares"))
	if s.days.first == 0 {
		return count
	}
	return fmt.Sprintf(c.say("%s di pagamenti dal %s al %s", "%s of payments from %s to %s"), count, c.day(s.days.first), c.day(s.days.last))
}

// chapterWhy says whether the chart has the place, and what it says of it.
func (c *Content) chapterWhy(s *ChapterSum) *card.Why {
	w := &card.Why{Verdict: &card.Verdict{Status: joined("/", s.DebtType, s.Office)}}
	switch {
	case s.Chapter == "":
		w.Name, w.Sign = c.say("da assegnare", "to be assigned"), -1
		w.Text = c.say("Nessuno ha detto su quale capitolo vanno questi incassi: completare l'anagrafica dei capitoli.", "Nobody said which chapter this income goes to: complete the chart.")
	case !s.known:
		w.Name, w.Sign = c.say("non è nell'anagrafica", "not in the chart"), -1
		w.Text = c.say("Lo dicono le ricevute o gli accertamenti; l'anagrafica non lo ha.", "Receipts or accertamenti say so; the chart does not have it.")
	case !s.Active:
		w.Name, w.Text = c.say("non attivo", "not active"), c.chartText(s)
	default:
		w.Name, w.Sign, w.Text = c.say("nell'anagrafica", "in the chart"), 1, c.chartText(s)
	}
	return w
}

// chartText is what the chart says of an entry.
func (c *Content) chartText(s *ChapterSum) string {
	valid := ""
	switch {
	case s.From != 0 && s.To != 0:
		valid = fmt.Sprintf(c.say("per pagamenti dal %s al %s", "for payments from %s to %s"), c.day(s.From), c.day(s.To))
	case s.From != 0:
		valid = c.say("per pagamenti dal ", "for payments from ") + c.day(s.From)
	case s.To != 0:
		valid = c.say("per pagamenti fino al ", "for payments until ") + c.day(s.To)
	}
	restricted := ""
	if s.Restricted {
		restricted = c.say("entrata vincolata", "restricted income")
	}
	return joined(" · ", s.ChapterName, s.OfficeName, s.AssessmentName, restricted, valid)
}

func (c *Content) chartAction(action string) string {
	italian := map[string]string{"added": "aggiunta", "changed": "cambiata", "removed": "tolta"}
	return c.say(italian[action], action)
}

func (c *Content) chapterLinks(s *ChapterSum, holders []*accertamentoName) (out []card.Link) {
	kind := []card.Filter{}
	if s.DebtType != "" {
		kind = append(kind, card.Filter{Name: "tipo_dovuto", Value: s.DebtType})
	}
	switch {
	case s.Chapter == "" && s.lines > 0:
		out = append(out, card.Link{Place: card.Place{Table: "pagamenti"}, Where: append(kind, card.Filter{Name: "da_assegnare.da", Value: "0.01"}),
			Text: c.say("I pagamenti ancora da assegnare", "The payments still to be assigned")})
	case len(s.said) > 0:
		out = append(out, card.Link{Place: card.Place{Table: "pagamenti"}, Where: append(s.said.filter("capitolo"), kind...), Text: c.say("I pagamenti sul capitolo", "The payments on the chapter")})
	}
	for i, h := range holders {
		if i == holdersNamed {
			out = append(out, card.Link{Place: card.Place{Table: "accertamenti"}, Where: kind,
				Text: fmt.Sprintf(c.say("Gli altri accertamenti del tipo dovuto (%d in tutto sul capitolo)", "The other accertamenti of the debt type (%d in all on the chapter)"), len(holders))})
			break
		}
		out = append(out, card.Link{Place: card.Place{Table: "accertamenti", Key: h.key}, Text: c.say("Accertamento ", "Accertamento ") + h.name})
	}
	return out
}
