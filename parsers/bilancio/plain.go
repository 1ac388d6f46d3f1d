package bilancio

import (
	"strings"

	"quadra/engine/record"
)

// Fits tells whether a split can be used for the amount it splits: it is nil when
// [Read] and [Check] take it, and what they say otherwise. No split is fine.
func Fits(text string, total record.Cents) error {
	if text == "" {
		return nil
	}
	var sum record.Cents
	if plain(text, func(q record.Quota) { sum += q.Amount }) && sum == total {
		return nil
	}
	quotas, err := Read(text)
	if err == nil && quotas != nil {
		err = Check(quotas, total)
	}
	return err
}

// plain calls take for the shares of a split that is written as MyPay writes
// them: the elements of debts and receipts in their order, no attributes, no
// blanks, nothing escaped. Nearly all are, and reading them as any XML takes
// thirty times as long. When a split is not plain, good or not, it returns false,
// and what was taken of it until then is to be forgotten.
func plain(text string, take func(record.Quota)) bool {
	if len(text) > MaxLength {
		return false
	}
	p := plainReader{text}
	if !p.tag("<bilancio>") {
		return false
	}
	for {
		var q record.Quota
		if !p.tag("<capitolo><codCapitolo>") || !p.code(&q.Chapter, "</codCapitolo>") ||
			p.tag("<codUfficio>") && !p.code(&q.Office, "</codUfficio>") || !p.tag("<accertamento>") {
			return false
		}
		for {
			q.Assessment = ""
			if p.tag("<codAccertamento>") && !p.code(&q.Assessment, "</codAccertamento>") || !p.tag("<importo>") {
				return false
			}
			var err error
			if q.Amount, err = record.ParseCents(p.value()); err != nil || q.Amount <= 0 || !p.tag("</importo></accertamento>") {
				return false
			}
			take(q)
			if p.tag("</capitolo>") {
				break
			}
			if !p.tag("<accertamento>") {
				return false
			}
		}
		if p.left == "</bilancio>" {
			return true
		}
	}
}

// plainReader is what is left of a plain split.
type plainReader struct{ left string }

// tag goes past a tag, or some, if they come next.
func (p *plainReader) tag(tag string) (found bool) {
	p.left, found = strings.CutPrefix(p.left, tag)
	return found
}

// value goes to the next tag and is what was before it.
func (p *plainReader) value() string {
	end := max(strings.IndexByte(p.left, '<'), 0)
	value := p.left[:end]
	p.left = p.left[end:]
	return value
}

// code reads a code and goes past the end of its element. Letters, digits and
// most marks of ASCII are themselves, however XML is read.
func (p *plainReader) code(to *string, closing string) bool {
	*to = p.value()
	if *to == "" || len(*to) > MaxCode {
		return false
	}
	for _, c := range []byte(*to) {
		if c <= ' ' || c >= 0x7F || c == '&' || c == ']' {
			return false
		}
	}
	return p.tag(closing)
}
