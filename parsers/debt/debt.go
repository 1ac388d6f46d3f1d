// Package debt reads the import of debts (dovuti) an entity sends to MyPay,
// versions 1.0 to 1.4: one row per debt inserted, modified or annulled, with
// the chapters it will be booked on.
//
// MyPay reads the columns by position and never looks at the header: so does
// this package for rows of 20, 21, 22 or 35 fields, which tell the version
// (1.0 and 1.1 are the same but for the length of the causale, and called 1.1).
// A first row that is a debt is read as one. A header that puts columns in
// another order is believed, as is that of the national platform's variant,
// which has fewer of them and other names for some.
//
// The file MyPay gives back with the IUVs it made (_IUV.csv) is read as well: it
// writes null for an empty value, amounts with a comma on some machines, and
// rows of 1.4 without the thirteen columns of the second beneficiary. The file
// of the rows MyPay refused (_SCARTI.csv) is no import and not recognised.
//
// Refused are rows MyPay would refuse for what is written in them. What it
// checks against its own registries and the calendar is not repeated: debt
// types, taxonomy, provinces, tax codes, IUVs. Addresses are not kept and not
// checked. Differences from MyPay, on purpose: amounts need two decimals and
// must be positive, where a number of any shape would pass; the action is read
// in either case, as the older jobs did. A bilancio that cannot be read or
// does not add up to the amount is listed as a part of the row left out; the debt
// is taken, and keeps the text as it came.
//
// The file does not say whose it is, so no entity is checked. The same IUD twice
// in a file is not looked for: the later row replaces the earlier where they
// are stored.
package debt

import (
	"context"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
	"quadra/parsers/csvrow"
	"quadra/parsers/mypay"
)

// Format is the name of the format in [record.Doc]; versions are 1.1 to 1.4.
const Format = "mypay-debts-csv"

// Options say how a file is read.
type Options struct {
	Rows csvrow.Limits // zero for the defaults
}

// Sink takes what is read, in the order of the file; see [record.Sink], which
// is one.
type Sink interface {
	Doc(*record.Doc) error
	Debt(*record.Debt) error
	Reject(*record.Reject) error
}

// Summary is what was found in a file.
type Summary struct {
	mypay.Counts
	// Doc is the document as it was handed to the sink before the first row, with
	// the warnings that only came up later added.
	Doc record.Doc
}

// Read reads an import of debts. in is UTF-8 text without byte-order mark, as
// package charset gives it. The document comes before its debts; a header alone
// is a file of nothing new.
//
// Errors about the file are [*record.FileError]: EMPTY, HEADER, TRUNCATED,
// LIMIT; what was emitted before one must be thrown away. Errors of the sink and
// of the context are returned as they are.
func Read(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	t, err := mypay.Open(ctx, in, opt.Rows, layout, sink.Reject)
	if err != nil {
		return Summary{}, err
	}
	r := newReader(t)
	err = r.readAll(sink)
	if r.reserved > 0 {
		r.doc.Warnings = append(r.doc.Warnings, fmt.Sprintf(
			"IUD che cominciano con 000, riservati a MyPay, in %d righe (la prima è la %d): MyPay li rifiuta", r.reserved, r.firstReserved))
	}
	return Summary{Counts: t.Counts, Doc: r.doc}, err
}

func (r *reader) readAll(sink Sink) error {
	doc := r.doc
	if err := sink.Doc(&doc); err != nil {
		return err
	}
	for {
		err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if bad := r.read(); bad != nil {
			err = r.Reject(bad)
		} else {
			err = r.accept(sink)
		}
		if err != nil {
			return err
		}
	}
}

// accept hands over the debt, then what is wrong with its bilancio.
func (r *reader) accept(sink Sink) error {
	r.Accepted++
	bad := r.Split(colBilancio, r.debt.Amount)
	r.debt.Bilancio = mypay.SplitText(r.debt.Bilancio)
	if err := sink.Debt(&r.debt); err != nil || bad == nil {
		return err
	}
	return r.RejectPart(bad)
}
