package bilancio

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// chapter reads a capitolo of the grammar of debts and receipts.
func (r *reader) chapter(name string) error {
	if name != "capitolo" {
		return r.skip()
	}
	var chapter, office text
	var shares []share
	err := r.children(name, func(name string) (err error) {
		switch name {
		case "codCapitolo":
			return r.text(name, &chapter)
		case "codUfficio":
			return r.text(name, &office)
		case "accertamento":
			var s share
			if err = r.share(&s); err == nil {
				shares = append(shares, s)
			}
			return err
		}
		return r.skip()
	})
	if err != nil {
		return err
	}
	if len(shares) == 0 {
		return missing("accertamento", "un capitolo del bilancio non ha nessun accertamento")
	}
	for _, s := range shares {
		if err := r.add(chapter, office, s, "codCapitolo", false); err != nil {
			return err
		}
	}
	return nil
}

// noticeChapter reads a capitolo of the grammar of notices.
func (r *reader) noticeChapter(name string) error {
	if name != "capitolo" {
		return r.skip()
	}
	var chapter text
	var s share
	err := r.children(name, func(name string) error {
		switch name {
		case "codice":
			return r.text(name, &chapter)
		case "importo":
			return r.text(name, &s.amount)
		}
		return r.skip()
	})
	if err != nil {
		return err
	}
	return r.add(chapter, text{}, s, "codice", true)
}

// text is the content of an element; there tells an empty one from none.
type text struct {
	value string
	there bool
}

// share is an accertamento as written.
type share struct{ assessment, amount text }

func (r *reader) share(s *share) error {
	return r.children("accertamento", func(name string) error {
		switch name {
		case "codAccertamento":
			return r.text(name, &s.assessment)
		case "importo":
			return r.text(name, &s.amount)
		}
		return r.skip()
	})
}

// text reads the content of the element just started.
func (r *reader) text(name string, to *text) error {
	if to.there {
		return &Error{Fault: FaultStructure, Element: name, Reason: "l'elemento " + name + " è ripetuto"}
	}
	to.there = true
	for {
		switch kind, err := r.next(); {
		case err != nil:
			return err
		case kind == xmlscan.End:
			return nil
		case kind == xmlscan.Start:
			return &Error{Fault: FaultStructure, Element: name, Reason: "l'elemento " + name + " ne contiene un altro"}
		default:
			to.value = string(r.x.Text())
		}
	}
}

// add takes a share into the split.
func (r *reader) add(chapter, office text, s share, chapterElement string, zeroAllowed bool) error {
	if chapter.value == "" {
		return missing(chapterElement, "un capitolo del bilancio è senza codice ("+chapterElement+")")
	}
	for _, code := range []struct {
		element string
		text
	}{{chapterElement, chapter}, {"codUfficio", office}, {"codAccertamento", s.assessment}} {
		if utf8.RuneCountInString(code.value) > MaxCode {
			return &Error{
				Fault: FaultTooLong, Element: code.element, Value: field.Shorten(code.value),
				Reason: fmt.Sprintf("%s supera i %d caratteri", code.element, MaxCode),
			}
		}
	}
	amount, err := cents(s.amount.value)
	if err != nil {
		return err
	}
	if zeroAllowed && amount == 0 {
		return nil
	}
	if amount <= 0 {
		return &Error{
			Fault: FaultNotPositive, Element: "importo", Value: field.Shorten(s.amount.value),
			Reason: "l'importo di una quota deve essere maggiore di zero",
		}
	}
	r.put(record.Quota{Office: office.value, Chapter: chapter.value, Assessment: s.assessment.value, Amount: amount})
	return nil
}

// put adds a share to those of its office, chapter and accertamento.
func (r *reader) put(q record.Quota) {
	for i := range r.quotas {
		if same := &r.quotas[i]; same.Office == q.Office && same.Chapter == q.Chapter && same.Assessment == q.Assessment {
			same.Amount += q.Amount
			return
		}
	}
	r.quotas = append(r.quotas, q)
}

// cents reads an importo: digits, a dot and two decimals.
func cents(text string) (record.Cents, error) {
	if text == "" {
		return 0, missing("importo", "una quota del bilancio è senza importo")
	}
	c, err := record.ParseCents(text)
	if err == nil {
		return c, nil
	}
	bad := &Error{Fault: FaultAmount, Element: "importo", Value: field.Shorten(text), Cause: err}
	whole, decimals, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	switch {
	case strings.Trim(text, "0123456789.-") != "" || !digits(whole) || decimals != "" && !digits(decimals):
		bad.Reason = "l'importo di una quota non è un numero con il punto e due decimali: può essere un'espressione che MyPay non ha risolto"
	case len(decimals) != 2:
		bad.Fault = FaultDecimals
		bad.Reason = "l'importo di una quota deve avere due decimali, per esempio 12.50"
	default:
		bad.Reason = "l'importo di una quota supera il massimo ammesso, " + record.MaxAmount.Italian()
	}
	return 0, bad
}

func digits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func missing(element, reason string) error {
	return &Error{Fault: FaultMissing, Element: element, Reason: reason}
}
