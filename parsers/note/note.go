// Package note reads files of notes (segnalazioni): what people say of payments,
// settlements and movements, one row each.
//
// The columns are found by name and are those of anomalie.csv in a report, so
// that the list of anomalies, written on and handed back, is such a file. Beside
// unita and the columns that name the thing there are segnalazione (the text),
// segnalazione_stato (aperta, spiegata or chiusa), segnalazione_assegnata_a,
// segnalazione_scadenza, segnalazione_ignora_fino_al and segnalazione_autore. What
// is empty is left as it is; a - takes away who it is assigned to or a day. A row
// in which all but the author is empty says nothing.
//
// A file is taken whole or not at all: when a row is wrong the reading goes on,
// so that every wrong row is listed, and ends with a [*record.FileError] CONTENT.
package note

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/mypay"
)

// Format is the format of [record.Doc].
const Format = "notes-csv"

// Options say what a file is read for. The zero value of a limit means its
// default.
type Options struct {
	Rows csvrow.Limits
}

// Sink takes what is read, in the order of the file.
type Sink interface {
	Doc(*record.Doc) error
	Note(*record.Note) error
	Reject(*record.Reject) error
}

// Read reads a file of notes. in is UTF-8 text without byte-order mark.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER, TRUNCATED, LIMIT,
// and CONTENT when a row was rejected; what was emitted before one must be thrown
// away. Errors of the sink and of the context are returned as they are.
func Read(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	t, err := mypay.Open(ctx, in, opt.Rows, layout, sink.Reject)
	if err != nil {
		return mypay.Counts{}, err
	}
	// Of the columns of anomalie.csv that are not kept there are many: no news.
	if err := sink.Doc(&record.Doc{Kind: record.KindNotes, Format: Format}); err != nil {
		return t.Counts, err
	}
	r := reader{Table: t}
	for {
		err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t.Counts, err
		}
		if bad := r.read(); bad != nil {
			err = t.Reject(bad)
		} else {
			t.Accepted++
			err = sink.Note(&r.note)
		}
		if err != nil {
			return t.Counts, err
		}
	}
	if t.Rejected > 0 {
		return t.Counts, &record.FileError{Code: record.FileContent, Message: fmt.Sprintf(
			"%d righe sono sbagliate: correggerle e inviare di nuovo il file; nessuna segnalazione è stata presa", t.Rejected)}
	}
	return t.Counts, nil
}

type reader struct {
	*mypay.Table
	note record.Note
}

// read fills note from the row, or says why the row is wrong. Of a row that says
// nothing not even the thing is looked at.
func (r *reader) read() (bad *record.Reject) {
	if bad := r.Check(); bad != nil {
		return bad
	}
	r.note = record.Note{Line: r.Line(), Text: r.text(colText), Assignee: r.text(colAssignee), Author: r.text(colAuthor)}
	n := &r.note
	if n.State, bad = r.state(); bad != nil {
		return bad
	}
	if n.Assignee == none {
		n.Assignee, n.NoAssignee = "", true
	}
	if n.DueOn, n.NoDue, bad = r.day(colDue); bad != nil {
		return bad
	}
	if n.IgnoreUntil, n.NoIgnore, bad = r.day(colIgnore); bad != nil {
		return bad
	}
	if n.Blank() {
		return nil
	}
	return r.thing()
}

// none in a cell takes away what the note said.
const none = "-"

// thing fills what the row is about; cells that do not belong to its unit are
// left alone, because a list of anomalies has them filled.
func (r *reader) thing() (bad *record.Reject) {
	n := &r.note
	switch strings.ToLower(r.text(colUnit)) {
	case "pagamento", "payment":
		n.Unit, n.IUV, n.IUR, n.IUD = "payment", r.text(colIUV), r.text(colIUR), r.text(colIUD)
		n.Index, bad = r.number(colIndex)
	case "riversamento", "settlement":
		n.Unit, n.IUF, n.PSP = "settlement", r.text(colIUF), r.text(colPSP)
		if n.Year, bad = r.number(colYear); bad == nil && n.Year == 0 {
			var on record.Date
			on, _, bad = r.day(colRegulated)
			n.Year = on.Year()
		}
	case "movimento", "movement":
		n.Unit, n.Number, n.Account = "movement", r.text(colNumber), r.text(colAccount)
		if n.Year, bad = r.number(colBookYear); bad == nil && n.Year == 0 {
			n.Year, bad = r.number(colYear)
		}
	default:
		bad = r.Refuse(colUnit, record.RejectValue, "il valore deve essere pagamento, riversamento o movimento")
	}
	return bad
}

var states = map[string]string{
	"": "", "aperta": "open", "spiegata": "explained", "chiusa": "closed", "open": "open", "explained": "explained", "closed": "closed",
}

func (r *reader) state() (string, *record.Reject) {
	state, ok := states[strings.ToLower(r.text(colState))]
	if !ok {
		return "", r.Refuse(colState, record.RejectValue, "il valore deve essere aperta, spiegata o chiusa")
	}
	return state, nil
}

// text is the value of a cell, without the apostrophe that a report puts before
// what a spreadsheet would run as a formula.
func (r *reader) text(column int) string {
	s := strings.TrimSpace(string(r.Field(column)))
	if rest, marked := strings.CutPrefix(s, "'"); marked {
		if first, _ := utf8.DecodeRuneInString(rest); strings.ContainsRune("=+-@", first) {
			return rest
		}
	}
	return s
}

// day reads YYYY-MM-DD, or DD/MM/YYYY as reports write it.
func (r *reader) day(column int) (d record.Date, taken bool, bad *record.Reject) {
	s := r.text(column)
	if s == "" || s == none {
		return 0, s == none, nil
	}
	if len(s) == 10 && s[2] == '/' && s[5] == '/' {
		s = s[6:] + "-" + s[3:5] + "-" + s[:2]
	}
	d, err := record.ParseDate(s)
	if err != nil {
		return 0, false, r.Refuse(column, record.RejectDate, "non è una data: scrivere GG/MM/AAAA oppure AAAA-MM-GG")
	}
	return d, false, nil
}

func (r *reader) number(column int) (int, *record.Reject) {
	s := r.text(column)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, r.Refuse(column, record.RejectNumber, "non è un numero intero")
	}
	return n, nil
}

// The columns that are kept, in the order of layout.Columns.
const (
	colUnit = iota
	colIUV
	colIUR
	colIndex
	colIUD
	colIUF
	colPSP
	colYear
	colRegulated
	colBookYear
	colNumber
	colAccount
	colText
	colState
	colAssignee
	colDue
	colIgnore
	colAuthor
)

// Lengths, in characters: those of the identifiers, and room for a page of text.
const (
	maxID     = 35
	maxText   = 4000
	maxPerson = 200
)

var layout = mypay.Layout{
	IsHeader: LooksLikeHeader,
	Columns: []mypay.Column{
		colUnit:      {Name: "unita", Must: true},
		colIUV:       {Name: "iuv", Max: maxID},
		colIUR:       {Name: "iur", Max: maxID},
		colIndex:     {Name: "indice"},
		colIUD:       {Name: "iud", Max: maxID},
		colIUF:       {Name: "iuf"},
		colPSP:       {Name: "psp", Max: maxID},
		colYear:      {Name: "anno"},
		colRegulated: {Name: "data_regolamento"},
		colBookYear:  {Name: "anno_bolletta"},
		colNumber:    {Name: "numero_bolletta"},
		colAccount:   {Name: "conto"},
		colText:      {Name: "segnalazione", Max: maxText, Must: true},
		colState:     {Name: "segnalazione_stato"},
		colAssignee:  {Name: "segnalazione_assegnata_a", Max: maxPerson},
		colDue:       {Name: "segnalazione_scadenza"},
		colIgnore:    {Name: "segnalazione_ignora_fino_al"},
		colAuthor:    {Name: "segnalazione_autore", Max: maxPerson},
	},
}

// LooksLikeHeader tells whether the first row of a CSV is the header of a file
// of notes: it has unita and segnalazione.
func LooksLikeHeader(fields []string) bool {
	unit, text := false, false
	for _, f := range fields {
		unit = unit || strings.EqualFold(f, "unita")
		text = text || strings.EqualFold(f, "segnalazione")
	}
	return unit && text
}
