// Package chapter reads the chart the entity books income on and what is booked
// on it: the registry of offices, chapters and accertamenti, in the layout of
// MyPivot ("import massivo") and in that of the national platform, and the
// platform's file of accertamenti.
//
// A registry is applied whole or not at all, because half a chart books money
// on the wrong chapters: when a row is wrong the reading goes on, so that every
// wrong row is listed, and ends with a [*record.FileError] CONTENT. The caller
// then throws away the chapters it got, as after any error of a file, but must
// keep the rejects: they are the list a person needs to correct the file. In a
// file of accertamenti each row stands alone, and wrong ones are rejects.
//
// The platform's files name their entity row by row; another entity's refuses
// the whole file. MyPivot's does not say whose it is.
//
// An office or an accertamento written n/a, as MyPivot stores one that is
// missing, is empty. What registries only the other system has are asked about
// is not checked: whether a debt type exists, whether an inserted chapter does
// already.
package chapter

import (
	"fmt"
	"math"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/mypay"
)

// The formats of [record.Doc].
const (
	FormatRegistry         = "mypivot-chapters-csv" // version [Version]
	FormatPlatformRegistry = "p4pa-chapters-csv"
	FormatAssessments      = "p4pa-assessments-csv"
)

// Version is the only version of the registry of MyPivot.
const Version = "1.0"

// Options say what a file is read for. The zero value of a limit means its
// default.
type Options struct {
	// IPA is the code of the entity the file must belong to, in any case; empty
	// to ask for none. TaxCode is taken in its place: it names the same entity.
	IPA     string
	TaxCode string

	Rows csvrow.Limits
	// MaxRows is how many rows a file may have; default 1,000,000. Each takes
	// some thirty bytes while the file is read, to find those written twice.
	MaxRows int
}

func (o Options) withDefaults() Options {
	if o.MaxRows <= 0 {
		o.MaxRows = 1_000_000
	}
	return o
}

// Sink takes what is read, in the order of the file; see [record.Sink], which
// is one.
type Sink interface {
	Doc(*record.Doc) error
	Chapter(*record.Chapter) error
	Assessment(*record.Assessment) error
	Reject(*record.Reject) error
}

// Lengths, in characters: MyPivot's.
const (
	maxCode = 64
	maxName = 512
)

// table is a file being read, with what its layouts have in common.
type table struct {
	*mypay.Table
	opt     Options
	written map[uint64]int32 // line of each key
	sum     *keySum
}

func newTable(t *mypay.Table, opt Options) table {
	return table{Table: t, opt: opt, written: make(map[uint64]int32), sum: &keySum{}}
}

// next moves to the next row, within the limit.
func (t *table) next() error {
	err := t.Next()
	if err == nil && t.Rows > t.opt.MaxRows {
		return &record.FileError{
			Line: t.Line(), Code: record.FileLimit,
			Message: fmt.Sprintf("il file ha più di %d righe: dividerlo", t.opt.MaxRows),
		}
	}
	return err
}

// checkEntity refuses the file when the row belongs to another entity.
func (t *table) checkEntity(column int) error {
	entity := string(t.Field(column))
	if t.opt.IPA == "" || entity == "" || strings.EqualFold(entity, t.opt.IPA) || strings.EqualFold(entity, t.opt.TaxCode) {
		return nil
	}
	return &record.FileError{
		Line: t.Line(), Code: record.FileEntity,
		Message: fmt.Sprintf("il file è di un altro ente: enteIpaCode è %q, quello di questo ente è %q. Controllare in quale cartella va messo",
			t.Refuse(column, "", "").Value, t.opt.IPA),
	}
}

// once refuses a row that has the key of an earlier one.
func (t *table) once(column int, key ...string) *record.Reject {
	sum := t.sum.of(key)
	if first, twice := t.written[sum]; twice {
		return t.Refuse(column, record.RejectDuplicate, fmt.Sprintf(
			"la stessa voce è già alla riga %d: tenerne una sola; una voce da cancellare e reinserire va mandata in due file", first))
	}
	t.written[sum] = int32(min(t.Line(), math.MaxInt32))
	return nil
}

// blankMissing empties the codes written as missing.
func (t *table) blankMissing(columns ...int) {
	for _, column := range columns {
		if strings.EqualFold(string(t.Field(column)), "n/a") {
			t.Clear(column)
		}
	}
}

// each reads every row with read and hands over those that are good with
// accept.
func (t *table) each(read func() (*record.Reject, error), accept func() error) error {
	for {
		err := t.next()
		if err != nil {
			return err
		}
		bad, err := read()
		switch {
		case err != nil:
			return err
		case bad != nil:
			err = t.Reject(bad)
		default:
			t.Accepted++
			err = accept()
		}
		if err != nil {
			return err
		}
	}
}
