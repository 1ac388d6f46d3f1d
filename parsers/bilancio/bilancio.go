// Package bilancio reads the chapter split that travels with a debt, a notice
// or a receipt line: a small XML text inside one field.
//
// Two grammars are in circulation, told apart by the case of their root:
//
//	bilancio > capitolo+ { codCapitolo, codUfficio?, accertamento+ { codAccertamento?, importo } }
//	Bilancio > capitolo+ { codice, importo }
//
// The first is MyPay's (PagInf_Dovuti_Pagati_6_2_0, ctBilancio), of debts and
// receipts; the second is that of the entity's notices (6_2_1). Elements are
// known by their local name, in any namespace or none and in any order; elements
// no grammar knows are ignored, as MyPay ignores them.
//
// MyPay itself sends splits that cannot be used: script text left unresolved in
// an amount, one or three decimals, ampersands not escaped, amounts that do not
// add up. Each of them is an [*Error] that says so, never a guess.
package bilancio

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// MaxLength is how many characters a split may have: MyPay keeps 4096.
const MaxLength = 4096

// MaxCode is how many characters the code of an office, a chapter or an
// accertamento may have.
const MaxCode = 64

// Fault is the stable name of what is wrong with a split.
type Fault string

// What can be wrong with a split.
const (
	FaultTooLong     Fault = "TOO_LONG"     // the text or one of its codes
	FaultSyntax      Fault = "SYNTAX"       // XML that is not well formed, typically a bare ampersand
	FaultStructure   Fault = "STRUCTURE"    // well formed, but neither of the two grammars
	FaultMissing     Fault = "MISSING"      // a chapter without its code, a share without its amount
	FaultAmount      Fault = "AMOUNT"       // not a number: MyPay's unresolved expressions
	FaultDecimals    Fault = "DECIMALS"     // a number without exactly two decimals
	FaultNotPositive Fault = "NOT_POSITIVE" // a share of nothing or less
	FaultTotal       Fault = "TOTAL"        // the shares do not add up to the amount
)

// Error says why a split cannot be used.
type Error struct {
	Fault   Fault
	Element string // local name of the element at fault; empty when it is the whole
	Value   string // what is written there, at most [field.MaxValue] characters
	Reason  string // for people, in Italian
	Cause   error  // may be nil
}

func (e *Error) Error() string {
	return fmt.Sprintf("bilancio: %s %s %q: %s", e.Fault, e.Element, e.Value, e.Reason)
}

func (e *Error) Unwrap() error { return e.Cause }

// Read reads a split. Shares of the same office, chapter and accertamento are
// added together, in the order of their first one. A text that is empty or
// blank is no split: no quotas and no error. In the grammar of notices, whose
// schema allows it, a share of 0.00 is left out. Any other error is an [*Error].
func Read(text string) ([]record.Quota, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	if text == "" {
		return nil, nil
	}
	var r reader
	if plain(text, r.put) {
		return r.quotas, nil
	}
	r.quotas = nil
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return nil, &Error{Fault: FaultTooLong, Reason: fmt.Sprintf("il bilancio ha %d caratteri, al massimo %d", n, MaxLength)}
	}
	r.x = xmlscan.New(strings.NewReader(withoutProlog(text)), xmlscan.Limits{})
	if err := r.root(); err != nil {
		return nil, err
	}
	if len(r.quotas) == 0 {
		return nil, &Error{Fault: FaultMissing, Element: "capitolo", Reason: "il bilancio non contiene nessuna quota di capitolo"}
	}
	return r.quotas, nil
}

// Check tells whether the quotas add up to the amount they split, to the cent.
// The error is an [*Error] of FaultTotal.
func Check(quotas []record.Quota, total record.Cents) error {
	var sum record.Cents
	for _, q := range quotas {
		sum += q.Amount
	}
	if sum == total {
		return nil
	}
	return &Error{
		Fault: FaultTotal, Value: sum.String(),
		Reason: fmt.Sprintf("le quote del bilancio sommano %s, l'importo è %s", sum.Italian(), total.Italian()),
	}
}

// withoutProlog drops an XML declaration: the text has been decoded already,
// whatever encoding it names.
func withoutProlog(text string) string {
	if strings.HasPrefix(text, "<?xml") {
		if _, rest, ok := strings.Cut(text, "?>"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return text
}

// reader reads one split.
type reader struct {
	x      *xmlscan.Scanner
	quotas []record.Quota
}

// next is the next token; what the scanner refuses is a fault of the split.
func (r *reader) next() (xmlscan.Kind, error) {
	kind, err := r.x.Next()
	if err == nil || errors.Is(err, io.EOF) {
		return kind, err
	}
	reason := "l'XML del bilancio non si può leggere"
	var fe *record.FileError
	if errors.As(err, &fe) {
		reason += ": " + fe.Message
	}
	return 0, &Error{Fault: FaultSyntax, Reason: reason, Cause: err}
}

func (r *reader) root() error {
	if _, err := r.next(); err != nil {
		return err
	}
	var err error
	switch name := string(r.x.Name()); name {
	case "bilancio":
		err = r.children("bilancio", r.chapter)
	case "Bilancio":
		err = r.children("Bilancio", r.noticeChapter)
	default:
		return &Error{
			Fault: FaultStructure, Element: field.Shorten(name), Value: field.Shorten(name),
			Reason: "il bilancio deve cominciare con l'elemento bilancio (o Bilancio, nelle notifiche)",
		}
	}
	if err != nil {
		return err
	}
	if _, err := r.next(); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// children reads an element just started, handing each element inside it to
// take, to its end.
func (r *reader) children(parent string, take func(name string) error) error {
	for {
		kind, err := r.next()
		switch {
		case err != nil:
			return err
		case kind == xmlscan.End:
			return nil
		case kind == xmlscan.Text:
			return &Error{
				Fault: FaultStructure, Element: parent, Value: field.Shorten(string(r.x.Text())),
				Reason: "c'è del testo fuori posto tra gli elementi di " + parent,
			}
		}
		if err := take(string(r.x.Name())); err != nil {
			return err
		}
	}
}

// skip leaves out the element just started.
func (r *reader) skip() error {
	for depth := r.x.Depth(); ; {
		if kind, err := r.next(); err != nil {
			return err
		} else if kind == xmlscan.End && r.x.Depth() < depth {
			return nil
		}
	}
}
