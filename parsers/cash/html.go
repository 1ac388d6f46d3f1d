package cash

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"

	"quadra/engine/record"
)

const containerHTML = "html"

// FormatHTML is the format of a bank statement in the table of a page, which
// banks name .xls and Excel opens; see [Layout] for the others.
const FormatHTML = "conto-bancario-" + containerHTML

// pageStart is how a page that holds a table starts, whatever its first
// element; XML that happens to hold an element called table starts otherwise.
var pageStart = regexp.MustCompile(`^(?s:\s*(<\?xml[^>]*\?>|<!--.*?-->|<!doctype\s+html[^>]*>))*\s*<(html|head|meta|title|style|body|table|div|center|font|form|p|br|h[1-6])[\s>/]`)

// tableMark is the tag of a table, or the mark of a page Excel made, whose style
// sheet may push its table beyond the first bytes.
var tableMark = regexp.MustCompile(`<table[\s>]|urn:schemas-microsoft-com:office:excel|content="?excel\.sheet`)

// LooksLikeHTMLTable tells a page that holds a table from its first bytes. A page
// of another kind, such as a portal's message of an error, may hold one too:
// [ReadHTML] refuses it.
func LooksLikeHTMLTable(head []byte) bool {
	text := bytes.ToLower(bytes.ReplaceAll(plainHead(head), []byte{0}, nil))
	return pageStart.Match(text) && tableMark.Match(text)
}

// ReadHTML reads movements from the first table of a page whose top ten rows fit
// a layout. in is UTF-8 text without byte-order mark, as package charset gives
// it, whatever the page says of itself. Texts are taken as they are shown,
// amounts and days as in a CSV; a cell over several columns or rows counts in the
// first of them. A line is that of the text where the row starts.
//
// File errors: those of [ReadCSV]; TRUNCATED when the table has no end; HEADER
// also when no table fits.
func ReadHTML(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	opt = opt.withDefaults()
	doc := record.Doc{Format: containerHTML}
	empty := Summary{Doc: preset("provvisori").docOf(doc)}
	layouts, err := opt.layouts()
	if err != nil {
		return empty, err
	}
	tables := newHTMLTables(in, layouts, opt.MaxCells)
	if err := tables.find(); errors.Is(err, io.EOF) {
		return empty, noTable(tables.line)
	} else if err != nil {
		return empty, err
	}
	s, found, err := chooseAndRead(ctx, tables, doc, opt, sink)
	if !found && err == nil {
		return empty, noTable(tables.line)
	}
	return s, err
}

// noTable is the error of a page without a table that fits a layout.
func noTable(line int) error {
	if line == 0 {
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	}
	provvisori := preset("provvisori")
	return &record.FileError{
		Code: record.FileHeader,
		Message: fmt.Sprintf("nessuna tabella della pagina ha nelle prime %d righe le intestazioni dei provvisori (%s, %s, %s, ...) o di un altro tracciato",
			layoutRows, provvisori.title(colYear), provvisori.title(colNumber), provvisori.title(colBooked)),
	}
}
