package cash

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// ReadOPI reads an OPI giornale di cassa, any of the schemas 1.3.1a and 1.4 to
// 1.8. The version is not written in a document; its shape tells the two
// families apart: up to 1.4 it names a period, from 1.5 on one day.
//
// Movements are the income rows about a provvisorio (SOSPESO ENTRATA) or an
// order (REVERSALE), whatever happened to them. Payments, transfers and opening
// balances are counted as skipped. A signature is not verified; that, and a
// document that is one page of several, becomes a warning.
//
// File errors: those of [xmlscan.Scanner.Next], WRONG_ENTITY when the document
// names another entity than opt.TaxCode, CONTENT when it is not a giornale di
// cassa or its heading is incomplete, LIMIT.
func ReadOPI(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	x := xmlscan.New(in, opt.XML)
	j := &journal{stream: newStream(ctx, opt, FormatOPI, sink), x: x, taxCode: opt.TaxCode}
	err := j.read()
	return j.Summary, err
}

// The elements of a giornale di cassa that lead to others.
const (
	elemRoot     = "flusso_giornale_di_cassa"
	elemHeading  = "testata_messaggio"
	elemAccount  = "informazioni_conto_evidenza"
	elemMovement = "movimento_conto_evidenza"
)

// journal reads one document.
type journal struct {
	stream
	x       *xmlscan.Scanner
	taxCode string // of the entity the document must belong to

	treasurer string
	entity    string // tax code the document names
	year      int
	page      string
	pages     string
	account   string
	checked   bool // the heading has been judged
}

func (j *journal) read() error {
	kind, err := j.x.Next()
	if err != nil {
		return err
	}
	j.Doc.Encoding = j.x.Encoding()
	if kind != xmlscan.Start || string(j.x.Name()) != elemRoot {
		return j.content("non è un giornale di cassa OPI: l'elemento iniziale non è " + elemRoot)
	}
	err = j.children(func(name []byte) error {
		switch string(name) {
		case "Signature":
			j.warn("firmato, firma non verificata")
			return j.leave()
		case elemHeading:
			if j.checked || j.entity != "" {
				return j.content("la testata compare più volte o dopo i movimenti")
			}
			return j.heading()
		case elemAccount:
			return j.conto()
		default:
			return j.plain(name)
		}
	})
	if err != nil {
		return err
	}
	if err := j.judgeHeading(); err != nil {
		return err
	}
	if _, err := j.x.Next(); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// plain reads an element of the root that holds nothing but text.
func (j *journal) plain(element []byte) error {
	name := string(element)
	text, err := j.text()
	if err != nil {
		return err
	}
	switch name {
	case "esercizio":
		if j.checked || j.year != 0 {
			return j.content("l'esercizio compare più volte o dopo i movimenti")
		}
		year, err := yearOf(text)
		if err != nil {
			return j.content(fmt.Sprintf("l'esercizio %q non è un anno tra %d e %d", text, minYear, maxYear))
		}
		j.year = year
	case "pagina":
		j.page = field.Number(text)
	case "pagine_totali":
		j.pages = field.Number(text)
	case "data_riferimento_GdC":
		j.Doc.Version = ">=1.5"
	case "data_inizio_periodo_riferimento":
		j.Doc.Version = "<=1.4"
	}
	return nil
}

func (j *journal) heading() error {
	return j.children(func(element []byte) error {
		name := string(element)
		text, err := j.text()
		switch name {
		case "codice_ABI_BT":
			j.treasurer = text
		case "codice_fiscale_ente":
			j.entity = text
		}
		return err
	})
}

// judgeHeading runs once, before the first account: what precedes it must say
// whose journal this is and of which year. It opens the document.
func (j *journal) judgeHeading() error {
	if j.checked {
		return nil
	}
	j.checked = true
	switch {
	case j.entity == "":
		return j.content("manca il codice fiscale dell'ente (testata_messaggio/codice_fiscale_ente)")
	case j.taxCode != "" && !sameTaxCode(j.entity, j.taxCode):
		return &record.FileError{
			Line: j.x.Line(), Code: record.FileEntity,
			Message: fmt.Sprintf("il giornale di cassa è dell'ente con codice fiscale %s, non di %s: controllare la cartella in cui è stato messo",
				field.Shorten(j.entity), j.taxCode),
		}
	case j.year == 0:
		return j.content("manca l'esercizio")
	}
	if j.Doc.Version == "" {
		j.warn("versione non riconoscibile: manca il giorno o il periodo di riferimento")
	}
	if (j.page != "" || j.pages != "") && (j.page != "1" || j.pages != "1") {
		j.warn(fmt.Sprintf("pagina %s di %s: il giornale è completo solo con tutte le pagine", orUnknown(j.page), orUnknown(j.pages)))
	}
	return j.open()
}

func orUnknown(page string) string {
	if page == "" {
		return "?"
	}
	return page
}

// sameTaxCode compares tax codes; those of eleven digits are padded with zeros
// by some treasurers, to sixteen, and lose their own zeros at others.
func sameTaxCode(a, b string) bool {
	normal := func(code string) string {
		code = strings.ToUpper(strings.TrimSpace(code))
		if strings.Trim(code, "0123456789") == "" {
			code = strings.TrimLeft(code, "0")
		}
		return code
	}
	return normal(a) == normal(b)
}

// conto reads one account with its movements.
func (j *journal) conto() error {
	if err := j.judgeHeading(); err != nil {
		return err
	}
	j.account = ""
	return j.children(func(name []byte) error {
		switch string(name) {
		case elemMovement:
			return j.movement()
		case "conto_evidenza":
			text, err := j.text()
			j.account = text
			return err
		default:
			return j.leave()
		}
	})
}

// children calls visit at the start of each child of the open element; visit
// must read to its end, and name is only valid until it does. Text between children is of no interest.
func (j *journal) children(visit func(name []byte) error) error {
	for {
		kind, err := j.x.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmlscan.End:
			return nil
		case xmlscan.Start:
			if err := visit(j.x.Name()); err != nil {
				return err
			}
		}
	}
}

// leave reads to the end of the open element and forgets what it holds.
func (j *journal) leave() error {
	for depth := j.x.Depth(); j.x.Depth() >= depth; {
		if _, err := j.x.Next(); err != nil {
			return err
		}
	}
	return nil
}

// text reads to the end of the open element and returns its own text.
func (j *journal) text() (string, error) {
	text := ""
	for depth := j.x.Depth(); j.x.Depth() >= depth; {
		kind, err := j.x.Next()
		if err != nil {
			return "", err
		}
		if kind == xmlscan.Text && j.x.Depth() == depth {
			text += string(j.x.Text())
		}
	}
	return text, nil
}

// content is the error of a document that is not what it should be.
func (j *journal) content(message string) error {
	return &record.FileError{Line: j.x.Line(), Code: record.FileContent, Message: message}
}
