package chapter

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/mypay"
)

// ReadAssessments reads the platform's file of accertamenti: the shares of
// payments that accertamenti hold, amounts in whole cents. Columns are found by
// name. in is UTF-8 text without byte-order mark, as package charset gives it.
//
// Wrong rows are rejects and refuse nothing else. The key of a row, twice in a
// file a reject, is that of the platform: IUV, IUD, debt type, office, chapter
// and accertamento.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER, WRONG_ENTITY,
// TRUNCATED, LIMIT; what was emitted before one must be thrown away. Errors of
// the sink and of the context are returned as they are.
func ReadAssessments(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	opt = opt.withDefaults()
	open, err := mypay.Open(ctx, in, opt.Rows, assessmentLayout, sink.Reject)
	if err != nil {
		return mypay.Counts{}, err
	}
	if err := sink.Doc(&record.Doc{Kind: record.KindAssessments, Format: FormatAssessments, Warnings: open.Warnings}); err != nil {
		return open.Counts, err
	}
	r := newAssessmentReader(newTable(open, opt))
	err = r.each(r.read, func() error { return sink.Assessment(&r.assessment) })
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return open.Counts, err
}

// assessmentReader turns rows into assessments, one at a time.
type assessmentReader struct {
	table
	assessment record.Assessment
	texts      []*string // where the text of each column goes
}

func newAssessmentReader(t table) *assessmentReader {
	r := &assessmentReader{table: t}
	a := &r.assessment
	r.texts = make([]*string, len(assessmentLayout.Columns))
	for column, to := range map[int]*string{
		colName: &a.Name, colType: &a.DebtType, colIUV: &a.IUV, colIUD: &a.IUD, colOfficeCode: &a.Office, colOfficeLabel: &a.OfficeName,
		colChapterCode: &a.Chapter, colChapterLabel: &a.ChapterName, colCode: &a.Code, colCodeLabel: &a.CodeName,
	} {
		r.texts[column] = to
	}
	return r
}

// read fills assessment from the row, or says why the row is left out.
func (r *assessmentReader) read() (bad *record.Reject, err error) {
	if err := r.checkEntity(colOwner); err != nil {
		return nil, err
	}
	if bad := r.Check(); bad != nil {
		return bad, nil
	}
	r.blankMissing(colOfficeCode, colOfficeLabel, colCode, colCodeLabel)
	r.Texts(r.texts)
	a := &r.assessment
	a.Line = r.Line()
	if a.Amount, bad = r.cents(); bad != nil {
		return bad, nil
	}
	switch paid := string(r.Field(colPaid)); {
	case strings.EqualFold(paid, "true"):
		a.Paid = true
	case strings.EqualFold(paid, "false"):
		a.Paid = false
	default:
		return r.Refuse(colPaid, record.RejectValue, "il valore deve essere true o false"), nil
	}
	return r.once(colIUD, a.IUV, a.IUD, a.DebtType, a.Office, a.Chapter, a.Code), nil
}

// cents reads an amount written as a whole number of cents.
func (r *assessmentReader) cents() (record.Cents, *record.Reject) {
	text := string(r.Field(colCents))
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case strings.Trim(text, "-0123456789") != "" || errors.Is(err, strconv.ErrSyntax):
		return 0, r.Refuse(colCents, record.RejectAmount, "l'importo è in centesimi: scrivere solo cifre, per esempio 1250 per 12,50 euro")
	case err != nil || record.Cents(n) > record.MaxAmount:
		return 0, r.Refuse(colCents, record.RejectAmount, "l'importo supera il massimo ammesso, "+record.MaxAmount.Italian())
	case n <= 0:
		return 0, r.Refuse(colCents, record.RejectNotPositive, "l'importo deve essere maggiore di zero")
	}
	return record.Cents(n), nil
}

// The columns of the layout, in the order of its Columns.
const (
	colName = iota
	colOwner
	colType
	colIUV
	colIUD
	colOfficeCode
	colOfficeLabel
	colChapterCode
	colChapterLabel
	colCode
	colCodeLabel
	colCents
	colPaid
)

var assessmentLayout = mypay.Layout{
	IsHeader: looksLikeAssessmentHeader,
	Columns: []mypay.Column{
		colName:         {Name: "nomeAccertamento", Max: maxName, Must: true, Needed: true},
		colOwner:        {Name: "enteIpaCode"},
		colType:         {Name: "codiceEnteTipoDovuto", Max: maxCode, Must: true, Needed: true},
		colIUV:          {Name: "iuv", Max: 35, Must: true, Needed: true},
		colIUD:          {Name: "iud", Max: 35, Must: true, Needed: true},
		colOfficeCode:   {Name: "codUfficio", Max: maxCode},
		colOfficeLabel:  {Name: "descrizioneCodUfficio", Max: maxName},
		colChapterCode:  {Name: "codCapitolo", Max: maxCode, Must: true, Needed: true},
		colChapterLabel: {Name: "descrizioneCodCapitolo", Max: maxName},
		colCode:         {Name: "codiceAccertamento", Max: maxCode},
		colCodeLabel:    {Name: "descrizioneCodiceAccertamento", Max: maxName},
		colCents:        {Name: "importoCentesimi", Must: true, Needed: true},
		colPaid:         {Name: "importoVersato", Must: true, Needed: true},
	},
}
