package cash

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// FormatCBI is the format of the CBI daily account statement (flusso RH).
const FormatCBI = "cbi-rh"

// cbiStart is the heading of a flow and the opening of its first statement,
// which some exports send without the blank every record starts with.
var cbiStart = regexp.MustCompile(`^\s*RH[0-9A-Z ]{10}[0-9]{6}[^\r\n]*\r?(\n ?(61[0-9]{7}|EF)|$)`)

// LooksLikeCBI tells a CBI account statement from its first bytes.
func LooksLikeCBI(head []byte) bool {
	return cbiStart.Match(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")))
}

// ReadCBI reads the statements of CBI daily account flows (RH): records of 120
// characters, one a line. in is text as package charset gives it. Lines may lack
// the blank they start with and those they end with.
//
// A movement is a credit (record 62) with its details (63); debits are counted as
// skipped. The remittance is that of the transfer (RI1 and RI2), or else the
// reason of a transfer from abroad (ZZ3), the free text, the description of the
// credit. The number is made by [record.Line]: a bank gives none. The IBAN is
// put together from its parts; its check digits are computed where an Italian
// bank left them out.
//
// Every statement must add up: opening balance, credits and debits give the
// closing one. It is not checked (with a warning) when a movement was rejected
// for its amount.
//
// File errors: EMPTY, TRUNCATED when a flow has no end, SYNTAX when a record is
// not one of the format, CONTENT when a statement does not add up or statements
// are missing, LIMIT.
func ReadCBI(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	c := &cbi{stream: newStream(ctx, opt, FormatCBI, sink)}
	c.in = bufio.NewScanner(in)
	c.in.Buffer(make([]byte, 0, 1024), maxLineCBI)
	err := c.read()
	return c.Summary, err
}

// The bounds of a flow.
const (
	widthCBI   = 120
	maxLineCBI = 4096 // bytes: a character may take several
	maxDetails = 1000 // records 63 of one movement
)

// cbi reads one file of flows.
type cbi struct {
	stream
	in   *bufio.Scanner
	line int
	rec  cbiRecord

	opened     bool // the document has been handed over
	inFlow     bool
	records    int // of the flow so far
	statements int
	statement  *cbiStatement // the open one
	credit     *cbiCredit    // the open one
	keys       lineKeys
}

// cbiStatement is an account statement between its records 61 and 64.
type cbiStatement struct {
	line      int
	number    string
	account   string
	treasurer string
	currency  string
	balance   record.Cents // opening, then with the movements so far
	unsure    bool         // the amount of a movement could not be read
}

// cbiRecord is a line: its characters at the positions of the format.
type cbiRecord []rune

// at is what stands at the positions from and to, from 1, as it is.
func (r cbiRecord) at(from, to int) string { return string(r[from-1 : to]) }

// text is what stands at the positions from and to without blanks around it.
func (r cbiRecord) text(from, to int) string { return strings.TrimSpace(r.at(from, to)) }

func (c *cbi) read() error {
	for c.in.Scan() {
		c.line++
		if c.line%1024 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		line := strings.TrimRight(c.in.Text(), " \r\x1A")
		if line == "" {
			continue
		}
		kind, err := c.split(line)
		if err == nil {
			err = c.take(kind)
		}
		if err != nil {
			return err
		}
	}
	switch err := c.in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		c.line++
		return c.tooWide()
	case err != nil:
		return textFailure("reading the statement", err)
	case !c.opened:
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case c.inFlow:
		return &record.FileError{
			Line: c.line, Code: record.FileTruncated,
			Message: "manca il record di coda EF: il file è stato tagliato, farselo mandare di nuovo",
		}
	}
	return nil
}

// split puts the characters of a line where the format has them and returns the
// kind of record it is.
func (c *cbi) split(line string) (kind string, err error) {
	if len(line) >= 2 && isCBIKind(line[:2]) {
		line = " " + line // the blank was lost
	}
	if utf8.RuneCountInString(line) > widthCBI {
		return "", c.tooWide()
	}
	c.rec = append(c.rec[:0], []rune(line)...)
	for len(c.rec) < widthCBI {
		c.rec = append(c.rec, ' ')
	}
	return c.rec.at(2, 3), nil
}

func isCBIKind(kind string) bool {
	switch kind {
	case "RH", "61", "62", "63", "64", "65", "EF":
		return true
	}
	return false
}

// take takes one record, where it may stand.
func (c *cbi) take(kind string) error {
	c.records++
	if kind != "RH" && !c.inFlow {
		return c.misplaced(kind)
	}
	switch kind {
	case "RH":
		if c.inFlow {
			return c.misplaced(kind)
		}
		c.inFlow, c.records, c.statements = true, 1, 0
		if c.opened {
			return nil
		}
		c.opened = true
		return c.open()
	case "61":
		if c.statement != nil {
			return c.misplaced(kind)
		}
		return c.opening()
	case "62":
		if c.statement == nil {
			return c.misplaced(kind)
		}
		return c.movement()
	case "63":
		return c.detail()
	case "64":
		if c.statement == nil {
			return c.misplaced(kind)
		}
		return c.closing()
	case "65":
		return nil
	case "EF":
		if c.statement != nil {
			return c.misplaced(kind)
		}
		return c.tail()
	}
	return c.fault(record.FileSyntax, "il record non è uno del tracciato CBI RH (RH, 61, 62, 63, 64, 65, EF): mandare il file come la banca lo ha prodotto")
}

// opening opens a statement.
func (c *cbi) opening() error {
	r := c.rec
	balance, err := cbiBalance(r.at(84, 84), r.text(85, 99))
	if err != nil {
		return c.fault(record.FileSyntax, "il saldo iniziale del record 61 non si può leggere")
	}
	c.statements++
	c.statement = &cbiStatement{
		line: c.line, number: r.text(4, 10), treasurer: r.text(53, 57), currency: r.text(75, 77), balance: balance,
		account: cbiAccount(r.text(100, 101), r.text(102, 103), r.text(52, 52), r.text(53, 57), r.text(58, 62), r.text(63, 74)),
	}
	return nil
}

// closing closes the open statement, which must add up.
func (c *cbi) closing() error {
	if err := c.flush(); err != nil {
		return err
	}
	s := c.statement
	c.statement = nil
	if number := c.rec.text(4, 10); number != s.number {
		return c.fault(record.FileContent, fmt.Sprintf("la chiusura è dell'estratto conto %s, quello aperto è il %s", field.Shorten(number), s.number))
	}
	balance, err := cbiBalance(c.rec.at(20, 20), c.rec.text(21, 35))
	switch {
	case err != nil:
		return c.fault(record.FileSyntax, "il saldo finale del record 64 non si può leggere")
	case s.unsure:
		c.warn(fmt.Sprintf("estratto conto %s: quadratura non verificata, l'importo di un movimento non si può leggere", s.number))
	case balance != s.balance:
		return c.fault(record.FileContent, fmt.Sprintf(
			"l'estratto conto %s (riga %d) non quadra: saldo iniziale e movimenti danno %s, il saldo finale è %s; farsi mandare di nuovo il file",
			s.number, s.line, s.balance.Italian(), balance.Italian()))
	}
	return nil
}

// tail closes a flow. The number of its records is counted in several ways, that
// of its statements in one.
func (c *cbi) tail() error {
	c.inFlow = false
	statements, err := strconv.Atoi(c.rec.text(46, 52))
	if err == nil && statements > 0 && statements != c.statements {
		return c.fault(record.FileContent, fmt.Sprintf(
			"il record di coda dichiara %d estratti conto, il file ne ha %d: farselo mandare di nuovo", statements, c.statements))
	}
	records, err := strconv.Atoi(c.rec.text(83, 89))
	if err == nil && records > 0 && records != c.records {
		c.warn(fmt.Sprintf("il record di coda dichiara %d record, il file ne ha %d", records, c.records))
	}
	return nil
}

func (c *cbi) misplaced(kind string) error {
	return c.fault(record.FileSyntax, fmt.Sprintf("il record %s non può stare qui: il file è incompleto o mescolato, farselo mandare di nuovo", field.Shorten(kind)))
}

func (c *cbi) tooWide() error {
	return c.fault(record.FileSyntax, fmt.Sprintf("la riga supera i %d caratteri del tracciato CBI RH", widthCBI))
}

func (c *cbi) fault(code record.FileCode, message string) error {
	return &record.FileError{Line: c.line, Code: code, Message: message}
}

// textFailure tells the faults of a text, which its decoder finds while it is
// read, from the failures of the disk.
func textFailure(doing string, err error) error {
	var bad *record.FileError
	if errors.As(err, &bad) {
		return bad
	}
	return fmt.Errorf("%s: %w", doing, err)
}
