// Package instruction reads files that ask for changes of accertamenti, one row
// each: create, rename, add and remove payments, close, cancel, reopen.
//
// The columns are found by name: azione and accertamento, and as the action needs
// them tipo_dovuto, anno, iud, iuv, iur, indice, ufficio, capitolo, articolo,
// codice_accertamento, importo (empty: all that is left of the payment),
// nuovo_nome, motivo, autore. Amounts are written 1234.56 or 1.234,56.
//
// A file is taken whole or not at all: when a row is wrong the reading goes on, so
// that every wrong row is listed, and ends with a [*record.FileError] CONTENT.
package instruction

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/mypay"
)

// Format is the format of [record.Doc].
const Format = "accertamenti-instructions-csv"

// Options say what a file is read for. The zero value of a limit means its
// default.
type Options struct {
	Rows csvrow.Limits
}

// Sink takes what is read, in the order of the file.
type Sink interface {
	Doc(*record.Doc) error
	Instruction(*record.Instruction) error
	Reject(*record.Reject) error
}

// Read reads a file of instructions. in is UTF-8 text without byte-order mark.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER, TRUNCATED, LIMIT,
// and CONTENT when a row was rejected; what was emitted before one must be thrown
// away. Errors of the sink and of the context are returned as they are.
func Read(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	t, err := mypay.Open(ctx, in, opt.Rows, layout, sink.Reject)
	if err != nil {
		return mypay.Counts{}, err
	}
	if err := sink.Doc(&record.Doc{Kind: record.KindInstructions, Format: Format, Warnings: t.Warnings}); err != nil {
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
			err = sink.Instruction(&r.row)
		}
		if err != nil {
			return t.Counts, err
		}
	}
	if t.Rejected > 0 {
		return t.Counts, &record.FileError{Code: record.FileContent, Message: fmt.Sprintf(
			"%d righe sono sbagliate: correggerle e mandare di nuovo tutto il file; nessun accertamento è stato toccato", t.Rejected)}
	}
	return t.Counts, nil
}

type reader struct {
	*mypay.Table
	row record.Instruction
}

var actions = []record.Action{record.ActionCreate, record.ActionRename, record.ActionAdd, record.ActionRemove, record.ActionClose,
	record.ActionCancel, record.ActionReopen}

// read fills row, or says why the row is wrong. What an action needs is checked
// by who carries it out, who knows the books.
func (r *reader) read() *record.Reject {
	if bad := r.Check(); bad != nil {
		return bad
	}
	text := func(column int) string { return strings.TrimSpace(string(r.Field(column))) }
	r.row = record.Instruction{Line: r.Line(), Action: record.Action(strings.ToLower(text(colAction))), Name: text(colName),
		DebtType: text(colDebtType), NewName: text(colNewName), Reason: text(colReason), Author: text(colAuthor),
		IUD: text(colIUD), IUV: text(colIUV), IUR: text(colIUR), Office: text(colOffice), Chapter: text(colChapter),
		Article: text(colArticle), Assessment: text(colAssessment)}
	if !slices.Contains(actions, r.row.Action) {
		return r.Refuse(colAction, record.RejectOperation, "scrivere crea, rinomina, aggiungi, togli, chiudi, annulla o riapri")
	}
	for _, n := range []struct {
		column, least, most int
		to                  *int
		do                  string
	}{
		{colYear, 1900, 2199, &r.row.Year, "scrivere l'esercizio con quattro cifre, per esempio 2026"},
		{colIndex, 1, 5, &r.row.Index, "l'indice va da 1 a 5"},
	} {
		if text(n.column) == "" {
			continue
		}
		v, err := strconv.Atoi(text(n.column))
		if err != nil || v < n.least || v > n.most {
			return r.Refuse(n.column, record.RejectNumber, n.do)
		}
		*n.to = v
	}
	if amount := text(colAmount); amount != "" {
		cents, ok := parseAmount(amount)
		switch {
		case !ok:
			return r.Refuse(colAmount, record.RejectAmount, "non è un importo: scriverlo come 1234,56")
		case cents <= 0:
			return r.Refuse(colAmount, record.RejectNotPositive, "una quota è maggiore di zero; vuota è tutto ciò che resta del pagamento")
		}
		r.row.Amount = cents
	}
	return nil
}

// parseAmount reads 1234.56, 1234,56 and 1.234,56; nothing that can be read in
// two ways.
func parseAmount(text string) (record.Cents, bool) {
	if point := strings.LastIndexByte(text, ','); point >= 0 {
		whole := strings.Split(text[:point], ".")
		for i, group := range whole {
			if len(whole) > 1 && (i > 0 && len(group) != 3 || i == 0 && (len(group) == 0 || len(group) > 3)) {
				return 0, false
			}
		}
		text = strings.Join(whole, "") + "." + text[point+1:]
	}
	cents, err := record.ParseCents(text)
	return cents, err == nil
}

// LooksLikeHeader tells a file of instructions by its header.
func LooksLikeHeader(fields []string) bool {
	return mypay.Count(fields, "azione", "accertamento", "nuovo_nome", "motivo", "codice_accertamento") >= 2 &&
		mypay.Count(fields, "azione") == 1
}

const (
	colAction = iota
	colName
	colDebtType
	colYear
	colIUD
	colIUV
	colIUR
	colIndex
	colOffice
	colChapter
	colArticle
	colAssessment
	colAmount
	colNewName
	colReason
	colAuthor
)

const maxCode, maxText = 64, 512

var layout = mypay.Layout{
	IsHeader: LooksLikeHeader,
	Columns: []mypay.Column{
		colAction:     {Name: "azione", Must: true, Needed: true},
		colName:       {Name: "accertamento", Max: maxText, Must: true, Needed: true},
		colDebtType:   {Name: "tipo_dovuto", Max: maxCode},
		colYear:       {Name: "anno"},
		colIUD:        {Name: "iud", Max: maxCode},
		colIUV:        {Name: "iuv", Max: maxCode},
		colIUR:        {Name: "iur", Max: maxCode},
		colIndex:      {Name: "indice"},
		colOffice:     {Name: "ufficio", Max: maxCode},
		colChapter:    {Name: "capitolo", Max: maxCode},
		colArticle:    {Name: "articolo", Max: maxCode},
		colAssessment: {Name: "codice_accertamento", Max: maxCode},
		colAmount:     {Name: "importo"},
		colNewName:    {Name: "nuovo_nome", Max: maxText},
		colReason:     {Name: "motivo", Max: maxText},
		colAuthor:     {Name: "autore", Max: maxCode},
	},
}
