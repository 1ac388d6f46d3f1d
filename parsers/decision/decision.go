// Package decision reads the answers people give to what quadra proposes: the
// CSV that `quadra match suggest` writes, with the columns risposta, autore and
// nota filled, or a table written by hand with the same columns.
//
// A row says of one thing, by the keys people know it by, accetta, rifiuta or
// annulla; a row without an answer is read and says nothing. Columns are found
// by name, in any order; those that only explain a proposal are ignored. What
// the books know (whether the movement is there, how much cash it has) is not
// checked here: package decide does.
//
// Decisions are applied all or none, so whoever takes them must refuse the file
// when a row is rejected; reading goes on, so that every wrong row is listed.
package decision

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/field"
	"quadra/parsers/mypay"
)

// Format is the name of the format in [record.Doc], Version its only version.
const (
	Format  = "quadra-decisions-csv"
	Version = "1"
)

// Options say how a file is read.
type Options struct {
	Rows csvrow.Limits // zero for the defaults
}

// Sink takes what is read, in the order of the file; see [record.Sink], which
// is one.
type Sink interface {
	Doc(*record.Doc) error
	Decision(*record.Decision) error
	Reject(*record.Reject) error
}

// Read reads decisions. in is UTF-8 text without byte-order mark, as package
// charset gives it.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER, TRUNCATED,
// LIMIT. Errors of the sink and of the context are returned as they are.
func Read(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	t, err := mypay.Open(ctx, in, opt.Rows, layout, sink.Reject)
	if err != nil {
		return mypay.Counts{}, err
	}
	d := &record.Doc{Kind: record.KindDecisions, Format: Format, Version: Version, Warnings: t.Warnings}
	if err := sink.Doc(d); err != nil {
		return t.Counts, err
	}
	r := newReader(t)
	for {
		err := t.Next()
		if errors.Is(err, io.EOF) {
			return t.Counts, nil
		}
		if err != nil {
			return t.Counts, err
		}
		if bad := r.read(); bad != nil {
			err = t.Reject(bad)
		} else {
			t.Accepted++
			err = sink.Decision(&r.decision)
		}
		if err != nil {
			return t.Counts, err
		}
	}
}

// reader turns rows into decisions, one at a time.
type reader struct {
	*mypay.Table
	decision record.Decision
	answer   string
	kind     string
	texts    []*string // where the text of each column goes
}

func newReader(t *mypay.Table) *reader {
	r := &reader{Table: t, texts: make([]*string, len(layout.Columns))}
	d := &r.decision
	for column, to := range map[int]*string{
		colProposal: &d.Proposal, colKind: &r.kind, colNumber: &d.Movement.Number, colAccount: &d.Movement.Account,
		colIUF: &d.Flow.IUF, colPSP: &d.Flow.PSP, colIUV: &d.Payment.IUV, colIUR: &d.Payment.IUR, colVersion: &d.Version,
		colAnswer: &r.answer, colAuthor: &d.Author, colNote: &d.Note,
	} {
		r.texts[column] = to
	}
	return r
}

// read fills decision from the row, or says why the row is wrong.
func (r *reader) read() *record.Reject {
	d := &r.decision
	*d = record.Decision{Line: r.Line()}
	r.Texts(r.texts)
	switch d.Answer = record.Answer(strings.ToLower(r.answer)); d.Answer {
	case record.AnswerNone:
		return nil // nobody answered: whatever else the row says does not matter
	case record.AnswerAccept, record.AnswerRefuse, record.AnswerUndo:
	default:
		return r.Refuse(colAnswer, record.RejectValue, "la risposta deve essere accetta, rifiuta o annulla; vuota se non si decide")
	}
	d.Kind = record.DecisionKind(strings.ToLower(r.kind))
	needed, ok := needs[d.Kind]
	if !ok {
		return r.Refuse(colKind, record.RejectValue, "il tipo deve essere flusso, pagamento, rivisto o rimborso")
	}
	for _, column := range append([]int{colAuthor}, needed...) {
		if len(r.Field(column)) == 0 {
			return r.Refuse(column, record.RejectMissing, "il valore è obbligatorio in una riga di tipo "+string(d.Kind)+" con una risposta")
		}
	}
	if bad := r.Check(); bad != nil {
		return bad
	}
	d.Flow.IUF = strings.ToUpper(d.Flow.IUF)
	d.Movement.Number = field.Number(d.Movement.Number)
	return r.numbers()
}

// needs are the columns an answered row of each kind must fill.
var needs = map[record.DecisionKind][]int{
	record.DecideFlow:    {colYear, colNumber, colIUF},
	record.DecidePayment: {colYear, colNumber, colIUV},
	record.DecideReview:  {colIUF, colVersion},
	record.DecideRefund:  {colIUV, colIUR, colIndex},
}

// numbers reads what is not text.
func (r *reader) numbers() (bad *record.Reject) {
	d := &r.decision
	const year = "non è un anno: scrivere quattro cifre, per esempio 2026"
	if d.Movement.Year, bad = r.number(colYear, 1900, 2199, record.RejectNumber, year); bad != nil {
		return bad
	}
	if d.Flow.Year, bad = r.number(colFlowYear, 1900, 2199, record.RejectNumber, year); bad != nil {
		return bad
	}
	if d.Payment.Index, bad = r.number(colIndex, 1, 5, record.RejectIndex, "l'indice deve essere un numero da 1 a 5"); bad != nil {
		return bad
	}
	if spoiled(d.Payment.IUV) {
		return r.Refuse(colIUV, record.RejectValue,
			"il foglio elettronico ha trasformato lo IUV in un numero: copiarlo di nuovo, con la colonna in formato testo")
	}
	if len(r.Field(colAmount)) == 0 {
		if d.Kind == record.DecideFlow && d.Answer == record.AnswerAccept {
			return r.Refuse(colAmount, record.RejectMissing, "scrivere quanto del movimento va al flusso, per esempio 1234,56")
		}
		return nil
	}
	amount, err := field.Amount(string(r.Field(colAmount)))
	var wrong *field.Error
	switch {
	case errors.As(err, &wrong):
		return r.Refuse(colAmount, wrong.Code, wrong.Reason)
	case amount <= 0:
		return r.Refuse(colAmount, record.RejectNotPositive, "l'importo deve essere maggiore di zero")
	}
	d.Amount = amount
	return nil
}

// spoiled tells an IUV that a spreadsheet rewrote as 1,47E+15.
func spoiled(iuv string) bool {
	mantissa, exponent, found := strings.Cut(strings.ToUpper(iuv), "E+")
	return found && strings.ContainsAny(mantissa, ",.") && strings.Trim(exponent, "0123456789") == ""
}

func (r *reader) number(column, low, high int, code record.RejectCode, reason string) (int, *record.Reject) {
	text := string(r.Field(column))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, r.Refuse(column, code, reason)
	}
	return n, nil
}

// The columns that are kept, in the order of layout.Columns.
const (
	colProposal = iota
	colKind
	colYear
	colNumber
	colAccount
	colIUF
	colPSP
	colFlowYear
	colIUV
	colIUR
	colIndex
	colAmount
	colVersion
	colAnswer
	colAuthor
	colNote
)

// layout is that of engine/propose, which writes it.
var layout = mypay.Layout{
	IsHeader: LooksLikeHeader,
	Columns: []mypay.Column{
		colProposal: {Name: "proposta", Max: 64},
		colKind:     {Name: "tipo", Must: true},
		colYear:     {Name: "anno_bolletta"},
		colNumber:   {Name: "numero_bolletta", Max: 64},
		colAccount:  {Name: "conto", Max: 64},
		colIUF:      {Name: "iuf", Max: 35},
		colPSP:      {Name: "psp", Max: 35},
		colFlowYear: {Name: "anno_flusso"},
		colIUV:      {Name: "iuv", Max: 35},
		colIUR:      {Name: "iur", Max: 35},
		colIndex:    {Name: "indice"},
		colAmount:   {Name: "importo"},
		colVersion:  {Name: "versione", Max: 64},
		colAnswer:   {Name: "risposta", Must: true},
		colAuthor:   {Name: "autore", Max: 100, Must: true},
		colNote:     {Name: "nota", Max: 1000},
	},
	Others: strings.Fields(`regola punteggio alternative data_contabile importo_movimento ordinante causale
		psp_denominazione data_regolamento totale_flusso data_pagamento importo_pagamento motivi`),
}

// LooksLikeHeader tells whether the first row of a CSV is the header of a file
// of decisions.
func LooksLikeHeader(fields []string) bool {
	return mypay.Count(fields, "risposta") == 1 && mypay.Count(fields, "tipo", "autore", "proposta", "numero_bolletta", "versione") >= 2
}
