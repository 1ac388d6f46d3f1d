package flow

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// The elements of a payment, in the order of the schemas.
const (
	elemIUV = iota
	elemIUR
	elemIndex
	elemAmount
	elemOutcome
	elemOn
	elemCount
)

// form is how the values of a payment are called and written.
type form struct {
	names   [elemCount]string
	amount  func([]byte) (record.Cents, error)
	outcome func([]byte) (int, bool)
	day     func([]byte) (record.Date, bool)

	// What a value must be, for people.
	wantAmount, wantOutcome, wantDay string
}

var xmlForm = form{
	names: [elemCount]string{
		elemIUV:     "identificativoUnivocoVersamento",
		elemIUR:     "identificativoUnivocoRiscossione",
		elemIndex:   "indiceDatiSingoloPagamento",
		elemAmount:  "singoloImportoPagato",
		elemOutcome: "codiceEsitoSingoloPagamento",
		elemOn:      "dataEsitoSingoloPagamento",
	},
	amount:      record.ParseCents[[]byte],
	outcome:     outcomeDigit,
	day:         date,
	wantAmount:  "l'importo deve avere il punto e due decimali, per esempio 1234.56",
	wantOutcome: "l'esito non è tra quelli conosciuti: 0, 3, 4, 8, 9",
	wantDay:     "non è una data che esiste, nella forma AAAA-MM-GG",
}

// elementOf finds a value by its name, elemCount when it is none of a payment.
func (f *form) elementOf(name []byte) int {
	for i, e := range f.names {
		if string(name) == e {
			return i
		}
	}
	return elemCount
}

// revoked is the outcome of a payment taken back.
const revoked = 3

// maxPayment is the largest amount of a payment: 12,2 in the oldest schema.
const maxPayment record.Cents = 9_999_999_999_99

// payment is one payment as written; its memory is used again for the next.
type payment struct {
	form  *form
	line  int // of the payment
	text  []byte
	found [elemCount]struct{ start, end, line int } // line 0: not there
	bad   *record.Reject                            // a fault of its structure

	dayText []byte // of the last payment whose day was read: most have the same
	day     record.Date
}

func (p *payment) reset(line int) {
	p.line, p.text, p.bad = line, p.text[:0], nil
	clear(p.found[:])
}

// collect reads the payment just started, to its end.
func (p *payment) collect(x *xmlscan.Scanner) error {
	p.reset(x.Line())
	for {
		kind, err := x.Next()
		switch {
		case err != nil:
			return err
		case kind == xmlscan.End:
			return nil
		case kind == xmlscan.Text:
			p.broken(x.Line(), payments, "c'è del testo fuori posto tra gli elementi del pagamento")
		default:
			if err := p.element(x); err != nil {
				return err
			}
		}
	}
}

// element reads the element just started; unknown ones are passed over, so
// that a schema may add some.
func (p *payment) element(x *xmlscan.Scanner) error {
	which := p.form.elementOf(x.Name())
	line, start := x.Line(), len(p.text)
	if which < elemCount && p.found[which].line > 0 {
		p.broken(line, p.form.names[which], "l'elemento è ripetuto")
	}
	for depth := x.Depth(); ; {
		kind, err := x.Next()
		switch {
		case err != nil:
			return err
		case which == elemCount || p.bad != nil: // nothing of it will be used
		case kind == xmlscan.Text:
			p.text = append(p.text, x.Text()...)
		case kind == xmlscan.Start:
			p.broken(x.Line(), p.form.names[which], "l'elemento ne contiene un altro")
		}
		if kind == xmlscan.End && x.Depth() < depth {
			break
		}
	}
	if which < elemCount {
		p.found[which].start, p.found[which].end, p.found[which].line = start, len(p.text), line
	}
	return nil
}

func (p *payment) broken(line int, element, reason string) {
	if p.bad == nil {
		p.bad = &record.Reject{Line: line, Column: element, Code: record.RejectSyntax, Reason: reason}
	}
}

func (p *payment) value(element int) []byte {
	return p.text[p.found[element].start:p.found[element].end]
}

// judge fills a line from the payment, or says why it is left out.
func (p *payment) judge(l *record.FlowLine) *record.Reject {
	if p.bad != nil {
		return p.bad
	}
	for element := range elemCount {
		text := p.value(element)
		switch {
		case element == elemIndex && p.found[element].line == 0:
		case len(text) == 0:
			return p.refuse(element, record.RejectMissing, "il valore è obbligatorio")
		case (element == elemIUV || element == elemIUR) && len(text) > 35 && utf8.RuneCount(text) > 35:
			return p.refuse(element, record.RejectTooLong, "il valore supera i 35 caratteri")
		}
	}
	l.Index = 0
	if index := p.value(elemIndex); len(index) == 1 && index[0] >= '1' && index[0] <= '5' {
		l.Index = int(index[0] - '0')
	} else if len(index) > 0 {
		return p.refuse(elemIndex, record.RejectIndex, "l'indice deve essere un numero da 1 a 5")
	}
	var ok bool
	if l.Outcome, ok = p.form.outcome(p.value(elemOutcome)); !ok {
		return p.refuse(elemOutcome, record.RejectOutcome, p.form.wantOutcome)
	}
	var err error
	switch l.Amount, err = p.form.amount(p.value(elemAmount)); {
	case err != nil:
		return p.refuse(elemAmount, record.RejectAmount, p.form.wantAmount)
	case max(l.Amount, -l.Amount) > maxPayment:
		return p.refuse(elemAmount, record.RejectAmount, fmt.Sprintf("l'importo supera il massimo ammesso, %s", maxPayment.Italian()))
	case l.Amount == 0, l.Amount < 0 && l.Outcome != revoked:
		return p.refuse(elemAmount, record.RejectNotPositive, "l'importo deve essere maggiore di zero (negativo solo con esito 3, pagamento revocato)")
	}
	if on := p.value(elemOn); !bytes.Equal(on, p.dayText) {
		if p.day, ok = p.form.day(on); !ok {
			p.dayText = p.dayText[:0]
			return p.refuse(elemOn, record.RejectDate, p.form.wantDay)
		}
		p.dayText = append(p.dayText[:0], on...)
	}
	l.On = p.day
	ids := string(p.text)
	l.IUV = ids[p.found[elemIUV].start:p.found[elemIUV].end]
	l.IUR = ids[p.found[elemIUR].start:p.found[elemIUR].end]
	return nil
}

func outcomeDigit(text []byte) (int, bool) {
	if len(text) != 1 {
		return 0, false
	}
	switch c := text[0]; c {
	case '0', '3', '4', '8', '9':
		return int(c - '0'), true
	}
	return 0, false
}

func (p *payment) refuse(element int, code record.RejectCode, reason string) *record.Reject {
	line := p.found[element].line
	if line == 0 {
		line = p.line
	}
	return &record.Reject{
		Line: line, Column: p.form.names[element], Code: code, Reason: reason,
		Value: field.Shorten(string(p.value(element))),
	}
}
