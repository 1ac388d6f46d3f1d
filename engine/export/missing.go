package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Why a receipt is missing, as the column motivo of [MissingReceipts] says.
const (
	MissingReported = "rendicontato"         // a flow reports the payment
	MissingNotified = "notificato"           // the entity's own notice says it was paid
	MissingImplied8 = "rendicontato esito 8" // a flow says that the receipt stands in it
	MissingImplied9 = "rendicontato esito 9"
)

// MissingOptions say which receipts are listed, and how.
type MissingOptions struct {
	AsOf record.Date // as of a day, see [store.Tx.RunAsOf]; 0: as the books are
	JSON bool
	// MarkedBy records, in the same transaction, that the receipts listed are
	// being asked for; empty: nothing is written. Only for the books as they are.
	MarkedBy string
	At       time.Time // of the request, UTC
}

// Errors of [MissingReceipts] that are the caller's wrong usage.
var (
	ErrMarkAsOf = errors.New("a request is made now: it is not recorded as of an earlier day")
	ErrNoNight  = errors.New("the books had not been judged yet")
)

// missingRow is a line of the list for machines; amounts are cents.
type missingRow struct {
	IUV     string       `json:"iuv"`
	IUR     string       `json:"iur"`
	Index   int          `json:"index"` // 0: only a notice speaks of it
	IUD     string       `json:"iud"`
	PSP     string       `json:"psp"`
	PSPName string       `json:"psp_name"`
	PaidOn  record.Date  `json:"paid_on"`
	Amount  record.Cents `json:"amount_cents"`
	IUF     string       `json:"iuf"`
	Why     string       `json:"why"`
	Status  string       `json:"status"`
	Since   record.Date  `json:"since"`
	File    string       `json:"file"`
	Entry   string       `json:"entry"`
	Line    int          `json:"line"`
	Asked   int          `json:"asked"`
	AskedOn record.Date  `json:"last_asked_on"`
}

// MissingReceipts writes the payments whose receipt is to be asked for: reported
// or notified without one past the term, and those that outcomes 8 and 9 imply and
// no real receipt has replaced yet. Columns: iuv, iur, indice (empty for a notice
// alone), iud, psp, denominazione_psp, data_pagamento, importo (euro, dot and two
// decimals), iuf, motivo, stato, dal (as-of date of the run since which it is
// missing), file, contenuto, riga (where it is spoken of), richieste (how often it
// was asked for), ultima_richiesta (day in Italy). Days are YYYY-MM-DD. Rows are
// ordered by IUV, IUR and index. A receipt that arrived is no longer listed.
func MissingReceipts(ctx context.Context, tx *store.Tx, o MissingOptions, w io.Writer) (rows int, err error) {
	if o.MarkedBy != "" && o.AsOf != 0 {
		return 0, ErrMarkAsOf
	}
	run, err := tx.LastJudged()
	if o.AsOf != 0 {
		run, err = tx.RunAsOf(o.AsOf)
	}
	if err == nil && run == nil {
		err = ErrNoNight
	}
	if err != nil {
		return 0, fmt.Errorf("export missing receipts: %w", err)
	}
	out, err := newMissingWriter(w, o.JSON, run.AsOf)
	if err != nil {
		return 0, fmt.Errorf("export missing receipts: %w", err)
	}
	var asked []store.MissingReceipt
	err = tx.MissingReceipts(run.ID, func(m *store.MissingReceipt) error {
		rows++
		if o.MarkedBy != "" {
			asked = append(asked, *m)
		}
		if err := out.write(m); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err == nil {
		err = out.close()
	}
	for i := range asked {
		if err == nil {
			err = tx.AddReceiptRequest(&asked[i], run.ID, o.At, o.MarkedBy)
		}
	}
	if err != nil {
		return rows, fmt.Errorf("export missing receipts: %w", err)
	}
	return rows, nil
}

type missingWriter interface {
	write(*store.MissingReceipt) error
	close() error
}

func newMissingWriter(w io.Writer, asJSON bool, asOf record.Date) (missingWriter, error) {
	if asJSON {
		return &missingJSON{w: w, asOf: asOf}, nil
	}
	s, err := newSheet(w, "iuv", "iur", "indice", "iud", "psp", "denominazione_psp", "data_pagamento", "importo", "iuf", "motivo", "stato",
		"dal", "file", "contenuto", "riga", "richieste", "ultima_richiesta")
	return missingCSV{s}, err
}

type missingCSV struct{ *sheet }

func (s missingCSV) write(m *store.MissingReceipt) error {
	index := ""
	if m.Index > 0 {
		index = strconv.Itoa(m.Index)
	}
	return s.sheet.write(m.IUV, m.IUR, index, m.IUD, m.PSP, m.PSPName, m.PaidOn.String(), m.Amount.String(), m.IUF, missingWhy(m), m.Status,
		m.Since.String(), m.Source.File, m.Source.Entry, strconv.Itoa(m.Source.Line), strconv.Itoa(m.Asked), askedOn(m).String())
}

// missingJSON writes one object with the as-of date, the rows and their total.
type missingJSON struct {
	w     io.Writer
	asOf  record.Date
	rows  int
	total record.Cents
}

func (j *missingJSON) write(m *store.MissingReceipt) error {
	line, err := json.Marshal(missingRow{m.IUV, m.IUR, m.Index, m.IUD, m.PSP, m.PSPName, m.PaidOn, m.Amount, m.IUF, missingWhy(m), m.Status,
		m.Since, m.Source.File, m.Source.Entry, m.Source.Line, m.Asked, askedOn(m)})
	if err != nil {
		return err
	}
	if err := j.open(); err != nil {
		return err
	}
	j.total += m.Amount
	_, err = j.w.Write(line)
	return err
}

// open writes what stands before a row.
func (j *missingJSON) open() error {
	before := ",\n"
	if j.rows == 0 {
		before = fmt.Sprintf("{\"as_of\": %q, \"rows\": [\n", j.asOf)
	}
	j.rows++
	_, err := io.WriteString(j.w, before)
	return err
}

func (j *missingJSON) close() error {
	rows := j.rows
	if rows == 0 {
		if err := j.open(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(j.w, "\n], \"totals\": {\"count\": %d, \"amount_cents\": %d}}\n", rows, int64(j.total))
	return err
}

func missingWhy(m *store.MissingReceipt) string {
	switch {
	case m.Outcome == 8:
		return MissingImplied8
	case m.Outcome == 9:
		return MissingImplied9
	case m.AloneIUD != "":
		return MissingNotified
	}
	return MissingReported
}

func askedOn(m *store.MissingReceipt) record.Date {
	if m.AskedAt.IsZero() {
		return 0
	}
	return record.DateOf(m.AskedAt)
}
