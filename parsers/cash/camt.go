package cash

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// FormatCamt is the format of an ISO 20022 account statement; its versions are
// those of the message, such as "001.08".
const FormatCamt = "camt.053"

// elemStatements is the message of account statements; those of the day so far
// (camt.052) and of single movements (camt.054) are others.
const elemStatements = "BkToCstmrStmt"

// camtVersion is the version in the name of the namespace.
var camtVersion = regexp.MustCompile(`camt\.053\.([0-9]{3}\.[0-9]{2})`)

// maxWrapped is how many elements may precede the message: banks wrap it in an
// envelope with a heading of its own.
const maxWrapped = 100

// LooksLikeCamt tells an account statement from its first bytes.
func LooksLikeCamt(head []byte) bool {
	x := xmlscan.New(bytes.NewReader(head), xmlscan.Limits{})
	for range 2 * maxWrapped {
		kind, err := x.Next()
		if err != nil {
			return false
		}
		if kind == xmlscan.Start && string(x.Name()) == elemStatements {
			return true
		}
	}
	return false
}

// ReadCamt reads the statements of an ISO 20022 message camt.053, any version
// from 001.02 on and in any envelope. Elements are known by their local names.
//
// A movement is a booked entry (Ntry) that is a credit; pending entries and
// debits are counted as skipped. A debit that reverses a credit is a movement
// that takes it back, with a positive amount; it carries the number of what it
// reverses only when both have the same days, amount, references and text, as a
// bank gives no number of its own. Details of an entry (TxDtls) are one cash
// movement: their remittances are joined by a blank, and payer and end-to-end id
// are taken when all agree.
//
// A statement whose opening and closing balance are there and do not agree with
// its entries gives a warning.
//
// File errors: those of [xmlscan.Scanner.Next], CONTENT when it is no such
// message or a statement does not name its account, LIMIT.
func ReadCamt(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	buffered := bufio.NewReaderSize(in, headBytes)
	// Namespaces are not looked at but for the version; a failure comes again.
	start, _ := buffered.Peek(headBytes)
	c := &camt{
		journal:  journal{stream: newStream(ctx, opt, FormatCamt, sink), x: xmlscan.New(buffered, opt.XML)},
		reversal: &lineKeys{},
	}
	if found := camtVersion.FindSubmatch(start); found != nil {
		c.Doc.Version = string(found[1])
	}
	err := c.read()
	return c.Summary, err
}

// camt reads one message. It walks the elements as the reader of the giornale di
// cassa does.
type camt struct {
	journal
	credit   lineKeys
	reversal *lineKeys // apart, so that a reversal has the number of what it equals
	stmt     camtStatement
}

// camtStatement is the statement being read.
type camtStatement struct {
	line             int
	account          string
	opening, closing *record.Cents
	foreign          bool // a balance or an entry is not in euro
	unsure           bool // the amount of an entry could not be read
	sum              record.Cents
}

func (c *camt) read() error {
	for found := false; ; {
		kind, err := c.x.Next()
		switch {
		case errors.Is(err, io.EOF) && found:
			return nil
		case errors.Is(err, io.EOF):
			return c.content("non è un estratto conto camt.053: manca l'elemento " + elemStatements)
		case err != nil:
			return err
		case kind != xmlscan.Start || string(c.x.Name()) != elemStatements:
			continue
		}
		if !found {
			c.Doc.Encoding = c.x.Encoding()
			if err := c.open(); err != nil {
				return err
			}
		}
		found = true
		err = c.children(func(name []byte) error {
			if string(name) == "Stmt" {
				return c.statement()
			}
			return c.leave()
		})
		if err != nil {
			return err
		}
	}
}

// statement reads one statement.
func (c *camt) statement() error {
	c.stmt = camtStatement{line: c.x.Line()}
	err := c.children(func(name []byte) error {
		switch string(name) {
		case "Acct":
			return c.account()
		case "Bal":
			return c.balance()
		case "Ntry":
			if c.stmt.account == "" {
				return c.content("l'estratto conto non dice di quale conto è (Acct/Id) prima dei movimenti")
			}
			return c.entry()
		}
		return c.leave()
	})
	if err != nil {
		return err
	}
	s := &c.stmt
	switch {
	case s.opening == nil || s.closing == nil || s.foreign:
	case s.unsure:
		c.warn(fmt.Sprintf("estratto del conto %s: quadratura non verificata, l'importo di un movimento non si può leggere", field.Shorten(s.account)))
	case *s.opening+s.sum != *s.closing:
		c.warn(fmt.Sprintf("l'estratto del conto %s (riga %d) non quadra: saldo iniziale e movimenti danno %s, il saldo finale è %s",
			field.Shorten(s.account), s.line, (*s.opening + s.sum).Italian(), s.closing.Italian()))
	}
	return nil
}

// account reads the IBAN of the statement, or what stands for it.
func (c *camt) account() error {
	return c.path(func(path string) error {
		if path != "Id/IBAN" && path != "Id/Othr/Id" {
			return nil
		}
		text, err := c.text()
		if c.stmt.account == "" {
			c.stmt.account = text
		}
		return err
	})
}

// balance reads the opening and the closing balance, as booked. That of the
// period before (PRCD) opens this one when there is no other.
func (c *camt) balance() error {
	var kind, amount, currency, sign string
	err := c.path(func(path string) (err error) {
		switch path {
		case "Tp/CdOrPrtry/Cd":
			kind, err = c.text()
		case "Amt":
			currency = c.currency()
			amount, err = c.text()
		case "CdtDbtInd":
			sign, err = c.text()
		}
		return err
	})
	if err != nil || kind != "OPBD" && kind != "PRCD" && kind != "CLBD" {
		return err
	}
	value, err := camtAmount(amount)
	if err != nil || sign != signCredit && sign != signDebit || currency != "EUR" {
		c.stmt.foreign = true
		return nil //nolint:nilerr // a balance that cannot be read is not compared
	}
	if sign == signDebit {
		value = -value
	}
	switch {
	case kind == "CLBD":
		c.stmt.closing = &value
	case kind == "OPBD" || c.stmt.opening == nil:
		c.stmt.opening = &value
	}
	return nil
}

// currency is that of the amount whose element is open.
func (c *camt) currency() string {
	text, _ := c.x.Attr("Ccy")
	return string(text)
}

// path walks all elements inside the open one and calls visit with their names
// from there on, parted by slashes. visit may read an element to its end.
func (c *camt) path(visit func(path string) error) error {
	outer := c.x.Depth()
	var path []byte
	var ends []int // length of the path up to each open element
	for {
		kind, err := c.x.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmlscan.End:
			if c.x.Depth() < outer {
				return nil
			}
			ends = ends[:len(ends)-1]
			path = path[:last(ends)]
		case xmlscan.Start:
			depth := c.x.Depth()
			if len(path) > 0 {
				path = append(path, '/')
			}
			path = append(path, c.x.Name()...)
			ends = append(ends, len(path))
			if err := visit(string(path)); err != nil {
				return err
			}
			if c.x.Depth() < depth { // visit has read it to its end
				ends = ends[:len(ends)-1]
				path = path[:last(ends)]
			}
		}
	}
}

func last(ends []int) int {
	if len(ends) == 0 {
		return 0
	}
	return ends[len(ends)-1]
}
