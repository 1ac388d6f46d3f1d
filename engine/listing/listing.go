package listing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Kind is what a listing shows.
type Kind string

// The kinds of listings.
const (
	KindPayments    Kind = "payments"
	KindSettlements Kind = "settlements"
	KindMovements   Kind = "movements"
	KindReceipts    Kind = "receipts"
	KindFlows       Kind = "flows"
	KindNotices     Kind = "notices"
	KindFiles       Kind = "files"
	KindRejects     Kind = "rejects"
	KindDecisions   Kind = "decisions"
)

// Kinds are all of them, in the order people are told about them.
var Kinds = []Kind{KindPayments, KindSettlements, KindMovements, KindReceipts, KindFlows, KindNotices, KindFiles, KindRejects, KindDecisions}

// Format is how a listing is written.
type Format string

// The formats of a listing.
const (
	FormatTable Format = "table"
	FormatCSV   Format = "csv"
	FormatJSON  Format = "json"
	FormatXLSX  Format = "xlsx"
)

// Errors of [Write] that are the caller's wrong usage.
var (
	ErrKind   = errors.New("no such listing")
	ErrFormat = errors.New("no such format of listing")
)

// Filter says which rows a listing keeps. The zero Filter keeps all.
type Filter struct {
	// Status is the status code of the unit; for receipts and notices that of
	// their payment, for flows current or replaced, for files their state, for
	// rejects their code, for decisions in-force or superseded.
	Status string

	// The rest is for payments, settlements and movements only, see [ErrUnits].

	// AsOf lists the books as they were on a day, see [store.Tx.RunAsOf]; 0 as
	// they are, seen from the day of the last run.
	AsOf     record.Date
	Note     string // a state of notes, or [NoteNone]; empty: any or none
	Assignee string
	Overdue  bool // only what has an overdue note
	Ignored  bool // also what is left alone until a later day
}

// Totals of the rows a listing kept.
type Totals struct {
	Count int64        `json:"count"`
	Cents record.Cents `json:"amount_cents"`
	// Ignored is how many rows were left out because a note says to leave them
	// alone until a later day.
	Ignored int64 `json:"ignored,omitempty"`
}

func (t *Totals) add(amount record.Cents) {
	t.Count++
	t.Cents += amount
}

// Writer takes the rows of a listing one by one and closes with their totals.
// Row must not keep what it gets.
type Writer[T any] interface {
	Row(*T) error
	Close(Totals) error
}

// Write lists one kind of record in one format. It returns [ErrKind] or
// [ErrFormat], wrapped, before anything is written.
func Write(ctx context.Context, tx *store.Tx, kind Kind, format Format, f Filter, w io.Writer) (Totals, error) {
	var t Totals
	var err error
	if f.judgedOnly() && kind != KindPayments && kind != KindSettlements && kind != KindMovements && slices.Contains(Kinds, kind) {
		return t, fmt.Errorf("list %s: %w", kind, ErrUnits)
	}
	switch kind {
	case KindPayments:
		t, err = write(ctx, tx, Payments, format, f, w)
	case KindSettlements:
		t, err = write(ctx, tx, Settlements, format, f, w)
	case KindMovements:
		t, err = write(ctx, tx, Movements, format, f, w)
	case KindReceipts:
		t, err = write(ctx, tx, Receipts, format, f, w)
	case KindFlows:
		t, err = write(ctx, tx, Flows, format, f, w)
	case KindNotices:
		t, err = write(ctx, tx, Notices, format, f, w)
	case KindFiles:
		t, err = write(ctx, tx, Files, format, f, w)
	case KindRejects:
		t, err = write(ctx, tx, Rejects, format, f, w)
	case KindDecisions:
		t, err = write(ctx, tx, Decisions, format, f, w)
	default:
		err = fmt.Errorf("%w: %q", ErrKind, kind)
	}
	if err != nil {
		return t, fmt.Errorf("list %s: %w", kind, err)
	}
	return t, nil
}

// Iterator calls a function for each row of a listing and returns their totals.
type Iterator[T any] func(context.Context, *store.Tx, Filter, func(*T) error) (Totals, error)

// WriteRows lists the rows of an iterator in one format. It returns [ErrFormat],
// wrapped, before anything is written.
func WriteRows[T any](ctx context.Context, tx *store.Tx, all Iterator[T], format Format, out io.Writer) (Totals, error) {
	return write(ctx, tx, all, format, Filter{}, out)
}

// WriteFiltered is [WriteRows] for the rows a filter keeps.
func WriteFiltered[T any](ctx context.Context, tx *store.Tx, all Iterator[T], format Format, f Filter, out io.Writer) (Totals, error) {
	return write(ctx, tx, all, format, f, out)
}

func write[T any](ctx context.Context, tx *store.Tx, all Iterator[T], format Format, f Filter, out io.Writer) (Totals, error) {
	var w Writer[T]
	switch format {
	case FormatTable:
		w = NewTable[T](out)
	case FormatCSV:
		w = NewCSV[T](out)
	case FormatJSON:
		w = NewJSON[T](out)
	case FormatXLSX:
		w = NewXLSX[T](out)
	default:
		return Totals{}, fmt.Errorf("%w: %q", ErrFormat, format)
	}
	t, err := all(ctx, tx, f, w.Row)
	if err != nil {
		return t, err
	}
	return t, w.Close(t)
}

// each runs a listing of the store over fn, one row of ours at a time, and
// sums what amount says of each.
func each[S, T any](ctx context.Context, f Filter, list func(string, func(*S) error) error,
	row func(*S) *T, amount func(*T) record.Cents, fn func(*T) error,
) (Totals, error) {
	var t Totals
	err := list(f.Status, func(s *S) error {
		r := row(s)
		t.add(amount(r))
		if err := fn(r); err != nil {
			return err
		}
		return ctx.Err()
	})
	return t, err
}
