package chapter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/mypay"
)

// ReadRegistry reads the registry of MyPivot: ten fields by position, whatever
// the header says, unless it puts the known names in another order. A first row
// that is data is read as such. in is UTF-8 text without byte-order mark, as
// package charset gives it from the ISO-8859-1 MyPivot writes.
//
// Texts beyond their maximum are wrong rows, the description MyPivot cuts as
// well. A key is debt type, office, chapter, year and accertamento; twice in a
// file it is a wrong row.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER, TRUNCATED,
// LIMIT, and CONTENT when a row was wrong, after all rejects were handed over;
// what else was emitted before one must be thrown away. Errors of the sink and
// of the context are returned as they are.
func ReadRegistry(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	return readRegistry(ctx, in, opt, registry{layout: pivotLayout, format: FormatRegistry, version: Version}, sink)
}

// ReadPlatformRegistry reads the registry of the national platform, whose
// columns are found by name. Its rows state what is and carry no action.
// Everything else is as for [ReadRegistry]; a row of another entity makes the
// error WRONG_ENTITY.
func ReadPlatformRegistry(ctx context.Context, in io.Reader, opt Options, sink Sink) (mypay.Counts, error) {
	return readRegistry(ctx, in, opt, registry{layout: platformLayout, format: FormatPlatformRegistry, platform: true}, sink)
}

// registry is one of the two layouts.
type registry struct {
	layout          mypay.Layout
	format, version string
	platform        bool
}

func readRegistry(ctx context.Context, in io.Reader, opt Options, of registry, sink Sink) (mypay.Counts, error) {
	opt = opt.withDefaults()
	open, err := mypay.Open(ctx, in, opt.Rows, of.layout, sink.Reject)
	if err != nil {
		return mypay.Counts{}, err
	}
	d := &record.Doc{Kind: record.KindChapters, Format: of.format, Version: of.version, Warnings: open.Warnings}
	if !open.Headed {
		d.Warnings = append(d.Warnings, "il file è senza intestazione: la prima riga è letta come le altre")
	}
	if err := sink.Doc(d); err != nil {
		return open.Counts, err
	}
	r := newChapterReader(newTable(open, opt), of.platform)
	err = r.each(r.read, func() error { return sink.Chapter(&r.chapter) })
	if errors.Is(err, io.EOF) {
		err = refused(open.Counts)
	}
	return open.Counts, err
}

// refused says that a registry with wrong rows is not applied.
func refused(c mypay.Counts) error {
	if c.Rejected == 0 {
		return nil
	}
	wrong := "1 riga errata"
	if c.Rejected > 1 {
		wrong = fmt.Sprintf("%d righe errate", c.Rejected)
	}
	return &record.FileError{
		Code:    record.FileContent,
		Message: fmt.Sprintf("%s su %d: niente è stato applicato. Correggere le righe elencate tra gli scarti e mandare di nuovo tutto il file", wrong, c.Rows),
	}
}

// chapterReader turns rows into chapters, one at a time.
type chapterReader struct {
	table
	platform bool
	chapter  record.Chapter
	texts    []*string // where the text of each column goes
}

func newChapterReader(t table, platform bool) *chapterReader {
	r := &chapterReader{table: t, platform: platform}
	c := &r.chapter
	r.texts = make([]*string, columnCount)
	for column, to := range map[int]*string{
		colDebtType: &c.DebtType, colOffice: &c.Office, colOfficeName: &c.OfficeName, colChapter: &c.Chapter,
		colChapterName: &c.ChapterName, colAssessment: &c.Assessment, colAssessmentName: &c.AssessmentName,
	} {
		r.texts[column] = to
	}
	if !platform {
		r.texts[colAction] = &c.Action
	}
	return r
}

// read fills chapter from the row, or says why the row is wrong.
func (r *chapterReader) read() (bad *record.Reject, err error) {
	if r.platform {
		if err := r.checkEntity(colEntity); err != nil {
			return nil, err
		}
	}
	if bad := r.Check(); bad != nil {
		return bad, nil
	}
	r.blankMissing(colOffice, colOfficeName, colAssessment, colAssessmentName)
	r.Texts(r.texts)
	c := &r.chapter
	c.Line = r.Line()
	if c.Year, bad = r.year(); bad != nil {
		return bad, nil
	}
	if c.Active, bad = r.active(); bad != nil {
		return bad, nil
	}
	if !r.platform && c.Action != "I" && c.Action != "D" {
		return r.Refuse(colAction, record.RejectOperation, "l'azione deve essere I (inserimento) o D (cancellazione), maiuscola"), nil
	}
	return r.once(colChapter, c.DebtType, c.Office, c.Chapter, strconv.Itoa(c.Year), c.Assessment), nil
}

func (r *chapterReader) year() (int, *record.Reject) {
	const digits = len("2026")
	text := string(r.Field(colYear))
	n, err := strconv.Atoi(text)
	if _, ok := record.CivilDate(n, 1, 1); err != nil || len(text) != digits || !ok {
		return 0, r.Refuse(colYear, record.RejectNumber, "non è un anno di esercizio: scrivere quattro cifre, per esempio 2026")
	}
	return n, nil
}

func (r *chapterReader) active() (bool, *record.Reject) {
	yes, no := "true", "false"
	if r.platform {
		yes, no = "ACTIVE", "INACTIVE"
	}
	switch text := string(r.Field(colActive)); {
	case strings.EqualFold(text, yes):
		return true, nil
	case strings.EqualFold(text, no):
		return false, nil
	}
	return false, r.Refuse(colActive, record.RejectValue, "il valore deve essere "+yes+" o "+no)
}

// The columns of both layouts, in the order of Columns; the last is another in
// each.
const (
	colDebtType = iota
	colYear
	colOffice
	colOfficeName
	colChapter
	colChapterName
	colAssessment
	colAssessmentName
	colActive
	colAction
	columnCount

	colEntity = colAction
)

var pivotLayout = mypay.Layout{
	IsHeader: func(fields []string) bool { return !looksLikeChapter(fields) },
	Columns: []mypay.Column{
		colDebtType:       {Name: "cod_tipo_dovuto", Max: maxCode, Must: true, Needed: true},
		colYear:           {Name: "de_anno_esercizio", Must: true, Needed: true},
		colOffice:         {Name: "cod_ufficio", Max: maxCode, Must: true, Needed: true},
		colOfficeName:     {Name: "de_ufficio", Max: maxName, Must: true, Needed: true},
		colChapter:        {Name: "cod_capitolo", Max: maxCode, Must: true, Needed: true},
		colChapterName:    {Name: "de_capitolo", Max: maxName, Must: true, Needed: true},
		colAssessment:     {Name: "cod_accertamento", Max: maxCode, Must: true},
		colAssessmentName: {Name: "de_accertamento", Max: maxName, Must: true},
		colActive:         {Name: "flg_attivo", Must: true, Needed: true},
		colAction:         {Name: "azione", Must: true, Needed: true},
	},
	IsRow:     looksLikeChapter,
	Positions: pivotPositions,
	Widths:    map[int][]int{columnCount: pivotPositions},
}

var pivotPositions = []int{
	colOffice: 0, colOfficeName: 1, colActive: 2, colChapter: 3, colChapterName: 4, colYear: 5, colAssessment: 6,
	colAssessmentName: 7, colDebtType: 8, colAction: 9,
}

var platformLayout = mypay.Layout{
	IsHeader: looksLikePlatformHeader,
	Columns: []mypay.Column{
		colDebtType:       {Name: "codiceTipoDovuto", Max: maxCode, Must: true, Needed: true},
		colYear:           {Name: "annoEsercizio", Must: true, Needed: true},
		colOffice:         {Name: "codUfficio", Max: maxCode},
		colOfficeName:     {Name: "descrizioneUfficio", Max: maxName},
		colChapter:        {Name: "codCapitolo", Max: maxCode, Must: true, Needed: true},
		colChapterName:    {Name: "descrizioneCapitolo", Max: maxName},
		colAssessment:     {Name: "codAccertamento", Max: maxCode},
		colAssessmentName: {Name: "descrizioneAccertamento", Max: maxName},
		colActive:         {Name: "flgAttivo", Must: true, Needed: true},
		colEntity:         {Name: "enteIpaCode"},
	},
}
