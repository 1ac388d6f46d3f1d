package chapter

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/mypay"
)

// FormatChart is quadra's own layout of the chart; version [ChartVersion].
const FormatChart = "quadra-chapters-csv"

// ChartVersion is the only version of quadra's own layout.
const ChartVersion = "1.0"

// ChartColumns are the columns of quadra's own layout, in the order it is
// written. All but the first three may be missing.
var ChartColumns = []string{"tipo_dovuto", "anno_esercizio", "capitolo", "de_capitolo", "articolo", "ufficio", "de_ufficio",
	"accertamento", "de_accertamento", "piano_dei_conti", "siope", "vincolato", "valido_dal", "valido_al", "attivo"}

// ReadChart reads quadra's own layout: what the other two say, and article, plan
// of accounts, SIOPE code, destination and validity. Columns are found by name;
// rows state what is and carry no action. Days are written 2026-01-31 or
// 31/01/2026, yes and no as si and no. Everything else is as for [ReadRegistry].
func ReadChart(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	opt = opt.withDefaults()
	open, err := mypay.Open(ctx, in, opt.Rows, chartLayout, sink.Reject)
	if err != nil {
		return mypay.Counts{}, err
	}
	if err := sink.Doc(&record.Doc{Kind: record.KindChapters, Format: FormatChart, Version: ChartVersion, Warnings: open.Warnings}); err != nil {
		return open.Counts, err
	}
	r := &chartReader{table: newTable(open, opt)}
	err = r.each(r.read, func() error { return sink.Chapter(&r.chapter) })
	if errors.Is(err, io.EOF) {
		err = refused(open.Counts)
	}
	return open.Counts, err
}

type chartReader struct {
	table
	chapter record.Chapter
}

var (
	planShape  = regexp.MustCompile(`^E(\.[0-9]{1,3}){1,5}$`)
	siopeShape = regexp.MustCompile(`^[0-9]{4,10}$`)
)

// exercise is an accounting year.
func exercise(text string) (year int, ok bool) {
	year, err := strconv.Atoi(text)
	_, known := record.CivilDate(year, 1, 1)
	return year, err == nil && known
}

func (r *chartReader) read() (bad *record.Reject, err error) {
	if bad := r.Check(); bad != nil {
		return bad, nil
	}
	r.blankMissing(chOffice, chOfficeName, chAssessment, chAssessmentName)
	c := &r.chapter
	text := func(column int) string { return string(r.Field(column)) }
	*c = record.Chapter{
		Line: r.Line(), DebtType: text(chDebtType), Chapter: text(chChapter), ChapterName: text(chChapterName), Article: text(chArticle),
		Office: text(chOffice), OfficeName: text(chOfficeName), Assessment: text(chAssessment), AssessmentName: text(chAssessmentName),
		PlanCode: strings.ToUpper(text(chPlan)), SIOPE: text(chSIOPE), Active: true,
	}
	year, known := exercise(text(chYear))
	switch {
	case !known:
		return r.Refuse(chYear, record.RejectNumber, "non è un anno di esercizio: scrivere quattro cifre, per esempio 2026"), nil
	case c.PlanCode != "" && !planShape.MatchString(c.PlanCode):
		return r.Refuse(chPlan, record.RejectValue, "non è un codice di entrata del piano dei conti: scriverlo come E.1.01.01.20.001"), nil
	case c.SIOPE != "" && !siopeShape.MatchString(c.SIOPE):
		return r.Refuse(chSIOPE, record.RejectValue, "il codice SIOPE ha da 4 a 10 cifre"), nil
	}
	c.Year = year
	if c.Restricted, bad = r.yes(chRestricted, false); bad != nil {
		return bad, nil
	}
	if c.Active, bad = r.yes(chActive, true); bad != nil {
		return bad, nil
	}
	if c.From, bad = r.day(chFrom); bad != nil {
		return bad, nil
	}
	if c.To, bad = r.day(chTo); bad != nil {
		return bad, nil
	}
	return r.once(chChapter, c.DebtType, c.Office, c.Chapter, strconv.Itoa(c.Year), c.Assessment, c.Article), nil
}

func (r *chartReader) yes(column int, missing bool) (bool, *record.Reject) {
	switch strings.ToLower(string(r.Field(column))) {
	case "":
		return missing, nil
	case "si", "sì", "true", "1":
		return true, nil
	case "no", "false", "0":
		return false, nil
	}
	return false, r.Refuse(column, record.RejectValue, "scrivere si oppure no")
}

func (r *chartReader) day(column int) (record.Date, *record.Reject) {
	text := string(r.Field(column))
	if text == "" {
		return 0, nil
	}
	if len(text) == len("31/01/2026") && text[2] == '/' && text[5] == '/' {
		text = text[6:] + "-" + text[3:5] + "-" + text[:2]
	}
	d, err := record.ParseDate(text)
	if err != nil {
		return 0, r.Refuse(column, record.RejectDate, "non è una data: scriverla come 31/01/2026")
	}
	return d, nil
}

const (
	chDebtType = iota
	chYear
	chChapter
	chChapterName
	chArticle
	chOffice
	chOfficeName
	chAssessment
	chAssessmentName
	chPlan
	chSIOPE
	chRestricted
	chFrom
	chTo
	chActive
)

var chartLayout = mypay.Layout{
	IsHeader: looksLikeChartHeader,
	Columns: []mypay.Column{
		chDebtType:       {Name: "tipo_dovuto", Max: maxCode, Must: true, Needed: true},
		chYear:           {Name: "anno_esercizio", Must: true, Needed: true},
		chChapter:        {Name: "capitolo", Max: maxCode, Must: true, Needed: true},
		chChapterName:    {Name: "de_capitolo", Max: maxName},
		chArticle:        {Name: "articolo", Max: maxCode},
		chOffice:         {Name: "ufficio", Max: maxCode},
		chOfficeName:     {Name: "de_ufficio", Max: maxName},
		chAssessment:     {Name: "accertamento", Max: maxCode},
		chAssessmentName: {Name: "de_accertamento", Max: maxName},
		chPlan:           {Name: "piano_dei_conti", Max: maxCode},
		chSIOPE:          {Name: "siope"},
		chRestricted:     {Name: "vincolato"},
		chFrom:           {Name: "valido_dal"},
		chTo:             {Name: "valido_al"},
		chActive:         {Name: "attivo"},
	},
}

// LooksLikeChart tells whether a document is quadra's own layout of the chart by
// its first bytes, as they are on disk.
func LooksLikeChart(head []byte) bool {
	rows := mypay.Head(head, 1)
	return len(rows) > 0 && looksLikeChartHeader(rows[0])
}

func looksLikeChartHeader(fields []string) bool {
	return mypay.Count(fields, "tipo_dovuto", "anno_esercizio", "capitolo", "articolo", "piano_dei_conti", "siope") >= 3
}
