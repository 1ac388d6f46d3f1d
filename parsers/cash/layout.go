package cash

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"quadra/engine/record"
)

// Layout says how a table of movements is written: where its columns are, how
// days and amounts are to be read, what to leave out. It is read from a layout
// file by [LoadLayouts]; see layouts.yaml, which holds the presets and explains
// every key.
type Layout struct {
	Name        string // letters, digits and dashes; part of [record.Doc.Format]
	Description string // for people

	header      headerKind
	byName      bool // used only when [Options.Layout] asks for it
	asked       bool // it does
	skip        int  // rows with text before the header
	footer      int  // rows at the end that may be no movement
	ignore      []string
	width       int  // fields of a row; 0 when the layout does not say
	separator   byte // of a CSV; 0 to find it
	literal     bool // its quotes are text
	encoding    string
	columns     [columnCount]column
	days        []string // patterns such as DD/MM/YYYY; none means those of [field.Date]
	decimal     byte     // '.', ',' or 0 for either
	cents       bool     // amounts are whole cents
	minus, plus []string // texts of the sign column, as upper gives them
	yes         []string // texts of the regularised column that mean it is
	keepDebits  bool
	defaults    [columnCount]string

	// spans are the positions of a fixed-width layout, nil for a table. Cell i of
	// a row is what stands at spans[i].
	spans []span
}

// headerKind says what stands above the rows of a table.
type headerKind string

const (
	headerNames headerKind = "names" // a header; columns are found by it
	headerSkip  headerKind = "skip"  // a row to skip; columns are found by position
	headerMaybe headerKind = "maybe" // as headerSkip, when the row is no movement
	headerNone  headerKind = "none"  // nothing
)

// column says where a table keeps one thing.
type column struct {
	names    []string // as treasurers write its header; the first one names it
	position int      // from 1; 0 when found by its header
	optional bool     // a table without this column is one of this layout
	line     int      // the row the value of the whole table stands in, from 1
	field    int      // and its field there, from 1
}

func (c *column) exists() bool { return c.inRows() || c.atTop() }

func (c *column) inRows() bool { return len(c.names) > 0 || c.position > 0 }

// atTop tells whether the column stands once above the rows.
func (c *column) atTop() bool { return c.line > 0 }

// The columns a layout may have, in the order messages list them.
const (
	colYear = iota
	colNumber
	colBooked
	colPayer
	colRemittance
	colAmount
	colDebit
	colCredit
	colSign
	colValue
	colAccount
	colTreasurer
	colReceipt
	colIUF
	colIUV
	colEndToEnd
	colReference
	colCode
	colRegularised
	colEntity
	colType // of a fixed-width layout only
	columnCount
)

// columnKeys are the columns as a layout file names them.
var columnKeys = [columnCount]string{
	"year", "number", "booked", "payer", "remittance", "amount", "debit", "credit", "sign", "value", "account",
	"treasurer", "receipt", "iuf", "iuv", "end_to_end", "bank_reference", "code", "regularised", "entity", "type",
}

// columnTitles name the columns to people when the layout has no header.
var columnTitles = [columnCount]string{
	"esercizio", "numero", "data contabile", "ordinante", "causale", "importo", "importo a debito", "importo a credito",
	"segno", "data valuta", "conto", "ABI", "bolletta", "IUF", "IUV", "end to end", "riferimento banca",
	"codice gestionale", "regolarizzata", "codice IPA", "tipo movimento",
}

// title is what messages call a column of the layout.
func (l *Layout) title(column int) string {
	if names := l.columns[column].names; len(names) > 0 {
		return names[0]
	}
	return columnTitles[column]
}

// Encoding is the name of the encoding files of the layout are written in,
// empty when it is to be found from their bytes.
func (l *Layout) Encoding() string { return l.encoding }

//go:embed layouts.yaml
var presetsFile []byte

var loadPresets = sync.OnceValue(func() []*Layout {
	layouts, err := LoadLayouts("layouts.yaml", presetsFile)
	if err != nil {
		panic("cash: the embedded layouts are wrong: " + err.Error())
	}
	return layouts
})

// Presets are the layouts that come with quadra, in the order they are tried.
func Presets() []*Layout { return slices.Clone(loadPresets()) }

// PresetsFile is the layout file of the presets, to copy and change.
func PresetsFile() []byte { return slices.Clone(presetsFile) }

func preset(name string) *Layout {
	for _, l := range loadPresets() {
		if l.Name == name {
			return l
		}
	}
	panic("cash: no preset " + name)
}

// layouts are those a file is tried against: the one the options ask for, or
// else their own before the presets.
func (o Options) layouts() ([]*Layout, error) {
	all := append(slices.Clone(o.Layouts), loadPresets()...)
	if o.Layout == "" {
		return all, nil
	}
	for _, l := range all {
		if strings.EqualFold(l.Name, o.Layout) {
			named := *l
			named.byName, named.asked = false, true
			return []*Layout{&named}, nil
		}
	}
	return nil, fmt.Errorf("no layout is called %q", o.Layout)
}

// docOf completes the format of a document, which names its container.
func (l *Layout) docOf(doc record.Doc) record.Doc {
	doc.Kind = record.KindMovements
	doc.Format = l.Name + "-" + doc.Format
	return doc
}
