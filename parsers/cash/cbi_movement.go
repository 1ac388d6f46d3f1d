package cash

import (
	"fmt"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// cbiCredit is a record 62 about a credit, with what the 63 below it say.
type cbiCredit struct {
	line             int
	number           string // of the movement in the statement, repeated by its details
	value, booked    string
	amount           string
	reference        string // of the bank
	description      string
	details          int
	payer            string
	transfer, abroad string // remittance
	free             string
	endToEnd         string
	skipped          bool // a debit
}

// movement opens a movement: what was open before is complete.
func (c *cbi) movement() error {
	if err := c.flush(); err != nil {
		return err
	}
	if err := c.row(c.line); err != nil {
		return err
	}
	r := c.rec
	if number := r.text(4, 10); number != c.statement.number {
		return c.fault(record.FileContent, fmt.Sprintf("il movimento è dell'estratto conto %s, quello aperto è il %s", field.Shorten(number), c.statement.number))
	}
	m := &cbiCredit{
		line: c.line, number: r.at(4, 13), value: r.at(14, 19), booked: r.at(20, 25), amount: r.text(27, 41),
		reference: r.text(62, 77), description: r.text(87, 120),
	}
	c.credit = m
	amount, err := cbiAmount(m.amount)
	switch sign := r.at(26, 26); {
	case sign != "C" && sign != "D":
		m.skipped, c.statement.unsure = true, true
		return c.refuse(&record.Reject{
			Line: c.line, Column: "segno", Code: record.RejectOperation, Value: sign,
			Reason: "il segno del movimento non è né C (avere) né D (dare)",
		})
	case err != nil:
		m.skipped, c.statement.unsure = true, true
		return c.refuse(&record.Reject{
			Line: c.line, Column: "importo", Code: record.RejectAmount, Value: field.Shorten(m.amount),
			Reason: "non è un importo di 15 caratteri con la virgola e due decimali",
		})
	case sign == "D":
		c.statement.balance -= amount
		m.skipped = true
		c.Skipped++
	default:
		c.statement.balance += amount
	}
	return nil
}

// detail adds a record 63 to the open movement, which it must be about.
func (c *cbi) detail() error {
	m, r := c.credit, c.rec
	switch {
	case m == nil:
		return c.misplaced("63")
	case r.at(4, 13) != m.number:
		return c.fault(record.FileContent, "il dettaglio (record 63) non è del movimento che lo precede: il file è incompleto, farselo mandare di nuovo")
	case m.details == maxDetails:
		return c.fault(record.FileLimit, fmt.Sprintf("il movimento ha più di %d record di dettaglio", maxDetails))
	}
	m.details++
	switch tag := r.at(14, 16); tag {
	case "KKK", "YY2", "ZZ1": // account, address, currencies
	case "YYY":
		m.payer = r.text(41, 80)
	case "ZZ2":
		if m.payer == "" {
			m.payer = r.text(17, 120)
		}
	case "ZZ3":
		m.abroad = joined(m.abroad, r.at(67, 120))
	case "ID1":
		if m.endToEnd = r.text(52, 86); m.endToEnd == notProvided {
			m.endToEnd = ""
		}
	case "RI1":
		m.transfer = joined(m.transfer, r.at(17, 120))
	case "RI2":
		m.transfer = joined(m.transfer, r.at(17, 52))
	case "   ":
		m.free = wrapped(m.free, r.at(17, 120))
	default:
		// Some banks write the text from the place of the tag on.
		m.free = wrapped(m.free, r.at(14, 120))
	}
	return nil
}

// notProvided is what a bank writes when the payer gave no end-to-end id.
const notProvided = "NOTPROVIDED"

// joined continues a text with that of the next record, without adding a blank:
// the text was cut where the field ended. One blank at the end of a full field
// belongs to the text, several fill a field that was not.
func joined(text, next string) string {
	if text == "" {
		next = strings.TrimLeft(next, " ")
	}
	bare := strings.TrimRight(next, " ")
	if len(next)-len(bare) == 1 {
		bare = next
	}
	return text + bare
}

// wrapped adds a line of free text. A line that does not fill its field ends with
// a word.
func wrapped(text, line string) string {
	bare := strings.TrimRight(line, " ")
	if bare == "" {
		return text
	}
	if len(bare) < len(line) {
		bare += " "
	}
	return text + bare
}

// flush hands over the open movement.
func (c *cbi) flush() error {
	credit := c.credit
	c.credit = nil
	if credit == nil || credit.skipped {
		return nil
	}
	s := c.statement
	m := record.Movement{
		Line: credit.line, Treasurer: s.treasurer, Account: s.account,
		Document: record.DocSospeso, Operation: record.OpExecuted,
		Payer: credit.payer, EndToEnd: credit.endToEnd, Remittance: credit.remittance(),
	}
	if bad := credit.fill(&m, s.currency); bad != nil {
		return c.refuse(bad)
	}
	m.Number = c.keys.number(&m, strings.TrimSpace(credit.reference+" "+m.EndToEnd))
	return c.accept(&m)
}

// remittance is the text of the transfer, or what comes closest to it.
func (m *cbiCredit) remittance() string {
	for _, text := range []string{m.transfer, m.abroad, m.free} {
		if text = strings.TrimSpace(text); text != "" {
			return text
		}
	}
	return m.description
}

// fill reads the values of the movement, or says which cannot be taken.
func (m *cbiCredit) fill(to *record.Movement, currency string) *record.Reject {
	if currency != "EUR" {
		return &record.Reject{
			Line: m.line, Column: "divisa", Code: record.RejectAmount, Value: field.Shorten(currency),
			Reason: "il conto non è in euro",
		}
	}
	var err error
	if to.Amount, err = cbiAmount(m.amount); err != nil || to.Amount == 0 {
		return &record.Reject{
			Line: m.line, Column: "importo", Code: record.RejectNotPositive, Value: m.amount,
			Reason: "l'importo è zero: un accredito deve incassare qualcosa",
		}
	}
	var ok bool
	if to.BookedOn, ok = cbiDate(m.booked); !ok {
		return m.noDay("data contabile", m.booked)
	}
	to.ValueOn = to.BookedOn
	if strings.Trim(m.value, " 0") != "" {
		if to.ValueOn, ok = cbiDate(m.value); !ok {
			return m.noDay("data valuta", m.value)
		}
	}
	to.Year = to.BookedOn.Year()
	return nil
}

func (m *cbiCredit) noDay(column, text string) *record.Reject {
	code, reason := record.RejectDate, "non è un giorno nella forma GGMMAA"
	if strings.TrimSpace(text) == "" {
		code, reason = record.RejectMissing, "la data manca"
	}
	return &record.Reject{Line: m.line, Column: column, Code: code, Value: text, Reason: reason}
}
