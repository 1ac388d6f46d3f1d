package cash

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// The directions of an entry (CdtDbtInd).
const (
	signCredit = "CRDT"
	signDebit  = "DBIT"
)

// The bounds of an entry.
const (
	maxRemittance = 1 << 20 // bytes of the remittances of its details
	lineOfText    = 35      // characters: the lines that banks cut texts in, four in a full one
)

// camtEntry is a Ntry as text.
type camtEntry struct {
	line              int
	amount, currency  string
	sign, reversal    string
	status            string
	booked, value     string
	reference         string // AcctSvcrRef
	additional        string
	details           camtDetails
	debtors, endToEnd agreed
	remittance        strings.Builder
	tooLong           bool
}

// camtDetails is one TxDtls as text.
type camtDetails struct {
	unstructured []string
	structured   []string // creditor references
	additional   string
	debtor       string
	ultimate     string
	endToEnd     string
	count        int
}

// agreed is a value that details have in common.
type agreed struct {
	value   string
	several bool
}

func (a *agreed) add(value string) {
	a.several = a.several || a.value != "" && value != "" && value != a.value
	if a.value == "" {
		a.value = value
	}
}

func (a *agreed) text() string {
	if a.several {
		return ""
	}
	return a.value
}

// entry reads one entry and hands it on.
func (c *camt) entry() error {
	e := &camtEntry{line: c.x.Line()}
	if err := c.row(e.line); err != nil {
		return err
	}
	err := c.children(func(name []byte) error {
		place := &e.additional
		switch string(name) {
		case "NtryDtls":
			return c.children(func(name []byte) error {
				if string(name) != "TxDtls" {
					return c.leave()
				}
				return c.txDetails(e)
			})
		case "Sts":
			return c.status(e)
		case "BookgDt":
			return c.either("Dt", "DtTm", &e.booked)
		case "ValDt":
			return c.either("Dt", "DtTm", &e.value)
		case "Amt":
			e.currency = c.currency()
			place = &e.amount
		case "CdtDbtInd":
			place = &e.sign
		case "RvslInd":
			place = &e.reversal
		case "AcctSvcrRef":
			place = &e.reference
		case "AddtlNtryInf":
		default:
			return c.leave()
		}
		text, err := c.text()
		*place = text
		return err
	})
	if err != nil {
		return err
	}
	return c.judge(e)
}

// status reads whether an entry is booked: text up to 001.07, a code later.
func (c *camt) status(e *camtEntry) error {
	for depth := c.x.Depth(); c.x.Depth() >= depth; {
		kind, err := c.x.Next()
		if err != nil {
			return err
		}
		if kind == xmlscan.Text {
			e.status = string(c.x.Text())
		}
	}
	return nil
}

// either reads the first of two children that has a text.
func (c *camt) either(one, other string, place *string) error {
	return c.children(func(name []byte) error {
		if string(name) != one && string(name) != other {
			return c.leave()
		}
		text, err := c.text()
		if *place == "" {
			*place = text
		}
		return err
	})
}

// txDetails reads one of the payments an entry is made of.
func (c *camt) txDetails(e *camtEntry) error {
	d := camtDetails{}
	err := c.path(func(path string) error {
		switch path {
		case "RmtInf/Ustrd":
			text, err := c.text()
			d.unstructured = append(d.unstructured, text)
			return err
		case "RmtInf/Strd/CdtrRefInf/Ref":
			text, err := c.text()
			d.structured = append(d.structured, text)
			return err
		}
		var place *string
		switch path {
		case "Refs/EndToEndId":
			place = &d.endToEnd
		case "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm":
			place = &d.debtor
		case "RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm":
			place = &d.ultimate
		case "AddtlTxInf":
			place = &d.additional
		default:
			return nil
		}
		text, err := c.text()
		*place = text
		return err
	})
	if err != nil {
		return err
	}
	e.add(d)
	return nil
}

// add takes the details into the entry.
func (e *camtEntry) add(d camtDetails) {
	if d.endToEnd == notProvided {
		d.endToEnd = ""
	}
	if d.debtor == "" {
		d.debtor = d.ultimate
	}
	e.debtors.add(d.debtor)
	e.endToEnd.add(d.endToEnd)
	d.count = e.details.count + 1
	e.details = d
	text := d.remittance()
	if text == "" || e.tooLong {
		return
	}
	if e.tooLong = e.remittance.Len()+len(text) > maxRemittance; e.tooLong {
		return
	}
	if e.remittance.Len() > 0 {
		e.remittance.WriteByte(' ')
	}
	e.remittance.WriteString(text)
}

// remittance is the text of a payment and its creditor reference, or what the
// bank adds to a payment without any.
func (d *camtDetails) remittance() string {
	text := unfolded(d.unstructured)
	for _, reference := range d.structured {
		if reference != "" && !strings.Contains(text, reference) {
			text = strings.TrimSpace(text + " " + reference)
		}
	}
	if text == "" {
		return d.additional
	}
	return text
}

// unfolded joins the pieces a text was cut in. A piece that fills its lines goes
// on in the next one without a blank, a shorter one ends with a word.
func unfolded(pieces []string) string {
	var text strings.Builder
	last := ""
	for _, piece := range pieces {
		if piece == "" {
			continue
		}
		if utf8.RuneCountInString(last)%lineOfText != 0 {
			text.WriteByte(' ')
		}
		text.WriteString(piece)
		last = piece
	}
	return text.String()
}

// judge hands over an entry that brings money or takes it back.
func (c *camt) judge(e *camtEntry) error {
	if e.status != "" && e.status != "BOOK" {
		c.Skipped++ // pending, future or for information: no cash
		return nil
	}
	m := record.Movement{
		Line: e.line, Account: c.stmt.account, Document: record.DocSospeso, Operation: record.OpExecuted,
		Payer: e.debtors.text(), EndToEnd: e.endToEnd.text(), Remittance: e.remittance.String(),
	}
	if m.Remittance == "" {
		m.Remittance = e.additional
	}
	if bad := c.sum(e, &m); bad != nil {
		return c.refuse(bad)
	}
	keys := &c.credit
	if e.sign == signDebit {
		if e.reversal != "true" && e.reversal != "1" {
			c.Skipped++
			return nil
		}
		m.Operation, keys = record.OpReversed, c.reversal
	}
	if bad := e.fill(&m); bad != nil {
		return c.refuse(bad)
	}
	m.Number = keys.number(&m, strings.TrimSpace(e.reference+" "+m.EndToEnd))
	return c.accept(&m)
}

// sum reads the amount of an entry and adds it to what the statement moved.
func (c *camt) sum(e *camtEntry, m *record.Movement) *record.Reject {
	amount, err := camtAmount(e.amount)
	switch {
	case e.sign != signCredit && e.sign != signDebit:
		c.stmt.unsure = true
		return e.refuse("CdtDbtInd", e.sign, record.RejectOperation, "la direzione del movimento non è né CRDT né DBIT")
	case e.currency != "EUR":
		c.stmt.foreign = true
		return e.refuse("Amt", e.currency, record.RejectAmount, "l'importo non è in euro")
	case e.amount == "":
		c.stmt.unsure = true
		return e.refuse("Amt", "", record.RejectMissing, "l'importo manca")
	case err != nil:
		c.stmt.unsure = true
		return e.refuse("Amt", e.amount, record.RejectAmount, "non è un importo in euro con al massimo due decimali")
	}
	m.Amount = amount
	if e.sign == signDebit {
		amount = -amount
	}
	c.stmt.sum += amount
	return nil
}

// fill reads what remains of a movement, or says what cannot be taken.
func (e *camtEntry) fill(m *record.Movement) *record.Reject {
	switch {
	case m.Amount == 0:
		return e.refuse("Amt", e.amount, record.RejectNotPositive, "l'importo è zero: un accredito deve incassare qualcosa")
	case e.tooLong:
		return e.refuse("RmtInf", "", record.RejectTooLong, fmt.Sprintf("le causali del movimento superano %d MiB", maxRemittance>>20))
	}
	booked, column := e.booked, "BookgDt"
	if booked == "" {
		booked, column = e.value, "ValDt"
	}
	var err error
	if m.BookedOn, err = isoDate(booked); err != nil {
		return rejectOf(err, e.line, column)
	}
	m.ValueOn = m.BookedOn
	if e.value != "" {
		if m.ValueOn, err = isoDate(e.value); err != nil {
			return rejectOf(err, e.line, "ValDt")
		}
	}
	m.Year = m.BookedOn.Year()
	if iban := m.Account; len(iban) == 27 && strings.HasPrefix(iban, "IT") {
		m.Treasurer = iban[5:10]
	}
	if e.details.count == 1 && len(e.details.unstructured) == 0 && len(e.details.structured) == 1 {
		m.IUV = creditorReference(e.details.structured[0])
	}
	return nil
}

func (e *camtEntry) refuse(column, value string, code record.RejectCode, reason string) *record.Reject {
	return &record.Reject{Line: e.line, Column: column, Code: code, Value: field.Shorten(value), Reason: reason}
}

// creditorReference is the reference of a payment without a text when it is an
// IUV: an ISO 11649 reference, or the 15 or 17 digits of the others.
func creditorReference(reference string) string {
	id := strings.ToUpper(strings.Join(strings.Fields(reference), ""))
	switch digits := strings.Trim(id, "0123456789") == ""; {
	case strings.HasPrefix(id, "RF") && len(id) > 4 && len(id) <= 25, digits && (len(id) == 15 || len(id) == 17):
		return id
	}
	return ""
}

// camtAmount reads an amount of the schema: digits, a dot, up to five decimals,
// of which euro use two.
func camtAmount(text string) (record.Cents, error) {
	whole, decimals, point := strings.Cut(text, ".")
	if whole == "" || point && decimals == "" || len(decimals) > 5 ||
		strings.Trim(whole, "0123456789") != "" || strings.Trim(decimals, "0123456789") != "" {
		return 0, fmt.Errorf("%w: %q", record.ErrAmount, text)
	}
	if len(decimals) > 2 && strings.Trim(decimals[2:], "0") != "" {
		return 0, errors.Join(record.ErrAmount, errors.New("fractions of a cent"))
	}
	return record.ParseCents(whole + "." + (decimals + "00")[:2])
}
