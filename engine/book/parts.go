package book

import (
	"fmt"

	"quadra/engine/record"
	"quadra/engine/store"
)

// payment finds the receipt line an instruction means.
func (c *carrier) payment(in *record.Instruction) (store.BookLine, error) {
	var keys []store.ReceiptKey
	var err error
	var named string
	switch {
	case in.IUV != "" && in.IUR != "" && in.Index != 0:
		keys = []store.ReceiptKey{{IUV: in.IUV, IUR: in.IUR, Index: in.Index}}
		named = fmt.Sprintf("l'IUV %s, IUR %s, indice %d", in.IUV, in.IUR, in.Index)
	case in.IUD != "":
		keys, err = c.tx.ReceiptsWithIUD(in.IUD, in.IUV)
		named = "lo IUD " + in.IUD
	case in.IUV != "":
		keys, err = c.tx.ReceiptsWithIUV(in.IUV)
		named = "l'IUV " + in.IUV
	default:
		return store.BookLine{}, refuse("iuv", "PAYMENT_MISSING", "indicare il pagamento: IUV, IUR e indice, oppure IUV, oppure IUD")
	}
	if err != nil {
		return store.BookLine{}, err
	}
	var match []store.ReceiptKey
	for _, k := range keys {
		if (in.IUR == "" || k.IUR == in.IUR) && (in.Index == 0 || k.Index == in.Index) {
			match = append(match, k)
		}
	}
	if len(match) > 1 {
		return store.BookLine{}, refuse("iuv", "PAYMENT_AMBIGUOUS", "%s ha %d ricevute: indicare anche IUR e indice", named, len(match))
	}
	if len(match) == 1 {
		l, found, err := c.tx.ReceiptToBook(match[0].IUV, match[0].IUR, match[0].Index)
		if err != nil || found {
			return l, err
		}
	}
	return store.BookLine{}, refuse("iuv", "PAYMENT_NOT_FOUND", "%s non ha ricevute: si accerta ciò che è stato pagato", named)
}

func (c *carrier) add(a *store.Accertamento, in *record.Instruction) (string, error) {
	if a.State != store.AccertamentoOpen {
		return "", refuse("accertamento", "STATE", "%q è %s: si aggiunge a un accertamento aperto", a.Name, stateWord(a.State))
	}
	l, err := c.payment(in)
	if err != nil {
		return "", err
	}
	if l.DebtType != a.DebtType {
		return "", refuse("tipo_dovuto", "DEBT_TYPE", "il pagamento %s è di %s, l'accertamento %q di %s", l.IUV, l.DebtType, a.Name, a.DebtType)
	}
	if in.Chapter == "" {
		c.onlyPlace(a, in)
	}
	if err := c.place(a, in); err != nil {
		return "", err
	}
	free, holder, err := c.free(store.ReceiptKey{IUV: l.IUV, IUR: l.IUR, Index: l.Index})
	if err != nil {
		return "", err
	}
	amount := in.Amount
	switch {
	case amount < 0:
		return "", refuse("importo", "NOT_POSITIVE", "una quota è maggiore di zero")
	case free == 0:
		return "", refuse("iuv", "TAKEN", "il pagamento %s è già in %s: un pagamento non è in due accertamenti. Toglierlo di lì, o annullare quello", l.IUV, holder)
	case amount == 0:
		amount = free
	case amount > free:
		return "", refuse("importo", "TOO_MUCH", "del pagamento %s di %s restano %s (il resto è in %s): la quota di %s è troppa", l.IUV,
			l.Amount.Italian(), free.Italian(), orNobody(holder), amount.Italian())
	}
	if err := c.tx.PutAccertamentoPart(a.ID, &store.AccertamentoPart{IUV: l.IUV, IUR: l.IUR, Index: l.Index, Office: in.Office,
		Chapter: in.Chapter, Article: in.Article, Assessment: in.Assessment, Amount: amount}); err != nil {
		return "", err
	}
	detail := fmt.Sprintf("%s/%s/%d: %s su %s", l.IUV, l.IUR, l.Index, amount.Italian(), placeName(in))
	return fmt.Sprintf("%s: aggiunto %s", a.Name, detail), c.event(a, in, "added", detail)
}

func orNobody(holder string) string {
	if holder == "" {
		return "nessuno"
	}
	return holder
}

func placeName(in *record.Instruction) string {
	name := "capitolo " + in.Chapter
	for _, part := range []struct{ word, code string }{{"articolo", in.Article}, {"ufficio", in.Office}, {"accertamento", in.Assessment}} {
		if part.code != "" {
			name += " " + part.word + " " + part.code
		}
	}
	return name
}

// onlyPlace fills in the only active entry of the accertamento's debt type and
// year, when there is only one.
func (c *carrier) onlyPlace(a *store.Accertamento, in *record.Instruction) {
	var only *store.ChartEntry
	for _, e := range c.chart.byType[typeYear{a.DebtType, a.Year}] {
		if !e.Active {
			continue
		}
		if only != nil {
			return
		}
		only = e
	}
	if only != nil {
		in.Office, in.Chapter, in.Article, in.Assessment = only.Office, only.Chapter, only.Article, only.Assessment
	}
}

// place checks that the chart has the entry for the accertamento's debt type and
// year, and says what is wrong with the one asked for.
func (c *carrier) place(a *store.Accertamento, in *record.Instruction) error {
	if in.Chapter == "" {
		return refuse("capitolo", "CHAPTER_MISSING", "%s %d ha più di un capitolo, o nessuno: indicare quello su cui va la quota", a.DebtType, a.Year)
	}
	key := store.ChartKey{DebtType: a.DebtType, Year: a.Year, Office: in.Office, Chapter: in.Chapter, Article: in.Article, Assessment: in.Assessment}
	if e, ok := c.chart.Entry(key); ok {
		if !e.Active {
			return refuse("capitolo", "CHAPTER_INACTIVE", "il %s di %s %d non è attivo", placeName(in), a.DebtType, a.Year)
		}
		return nil
	}
	otherYear, otherType := 0, ""
	for k := range c.chart.entries {
		if k.Office != key.Office || k.Chapter != key.Chapter || k.Article != key.Article || k.Assessment != key.Assessment {
			continue
		}
		if k.DebtType == key.DebtType {
			otherYear = max(otherYear, k.Year)
		} else if k.Year == key.Year && (otherType == "" || k.DebtType < otherType) {
			otherType = k.DebtType
		}
	}
	switch {
	case otherYear != 0:
		return refuse("capitolo", "OTHER_YEAR", "il %s è nel piano del %d e non in quello del %d", placeName(in), otherYear, a.Year)
	case otherType != "":
		return refuse("capitolo", "OTHER_DEBT_TYPE", "il %s è nel piano di %s e non in quello di %s", placeName(in), otherType, a.DebtType)
	}
	return refuse("capitolo", "NOT_IN_CHART", "il %s non è nel piano di %s %d: caricarlo nel piano, o correggerlo", placeName(in), a.DebtType, a.Year)
}

// free is what of a payment no live accertamento holds, and who holds the rest.
func (c *carrier) free(key store.ReceiptKey) (record.Cents, string, error) {
	l, found, err := c.tx.ReceiptToBook(key.IUV, key.IUR, key.Index)
	if err != nil || !found {
		return 0, "nessuna ricevuta", err
	}
	automatic, err := c.tx.AutomaticOf(key.IUV, key.IUR, key.Index)
	if err != nil || automatic != "" {
		return 0, automatic, err
	}
	parts, err := c.tx.LiveParts(key.IUV, key.IUR, key.Index)
	if err != nil {
		return 0, "", err
	}
	free, holder := l.Amount, ""
	for _, p := range parts {
		free -= p.Amount
		if holder == "" {
			holder = p.Name
		} else if holder != p.Name {
			holder += ", " + p.Name
		}
	}
	return max(free, 0), holder, nil
}

func (c *carrier) remove(a *store.Accertamento, in *record.Instruction) (string, error) {
	if a.State != store.AccertamentoOpen {
		return "", refuse("accertamento", "STATE", "%q è %s: si toglie da un accertamento aperto", a.Name, stateWord(a.State))
	}
	l, err := c.payment(in)
	if err != nil {
		return "", err
	}
	was, err := c.tx.DropAccertamentoParts(a.ID, l.IUV, l.IUR, l.Index)
	if err != nil {
		return "", err
	}
	if !was {
		return "", refuse("iuv", "NOT_THERE", "il pagamento %s non è in %q", l.IUV, a.Name)
	}
	detail := fmt.Sprintf("%s/%s/%d", l.IUV, l.IUR, l.Index)
	return fmt.Sprintf("%s: tolto %s", a.Name, detail), c.event(a, in, "removed", detail)
}
