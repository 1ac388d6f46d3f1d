package book

import (
	"context"
	"fmt"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Settings is what booking depends on besides the books.
type Settings struct {
	Defaults map[string][]Part // split of each debt type
	Taxonomy map[string]Target // by [TaxonomyCode]
	// Automatic makes a closed accertamento of each file of receipts and debt
	// type, of what their bilancio or the only chapter of the type says, as
	// MyPivot does.
	Automatic bool
	Now       time.Time // for the history of those
	// Fingerprint changes whenever any of the above does: then every line is
	// booked again.
	Fingerprint string
}

// Summary counts what booking did.
type Summary struct {
	All    bool  // every receipt line was booked, not only what was touched
	Lines  int64 // receipt lines booked
	Shares int64
	// Unassigned is what no source says where to book.
	UnassignedLines int64
	Unassigned      record.Cents
	// Passed counts the sources passed over because they could not be used.
	Passed int64
}

const metaBooked = "booked_with"

// Run books the receipt lines touched since the last run, or all of them when
// the chart or the settings changed. It must run before judging, which forgets
// what was touched, and in its transaction. progress, when not nil, hears of
// every line.
func Run(ctx context.Context, tx *store.Tx, set Settings, progress func(done int64)) (Summary, error) {
	var sum Summary
	revision, err := tx.Meta(metaChart)
	if err != nil {
		return sum, err
	}
	with, err := tx.Meta(metaBooked)
	if err != nil {
		return sum, err
	}
	now := set.Fingerprint + " " + revision
	sum.All = with != now
	s := Splitter{Defaults: set.Defaults, Taxonomy: set.Taxonomy}
	auto := automatic{tx: tx, on: set.Automatic, now: set.Now, known: make(map[autoKey]int64), files: make(map[int64]string)}
	if s.Chart, err = ReadChart(tx); err != nil {
		return sum, fmt.Errorf("book: read the chart: %w", err)
	}
	err = tx.BookLines(sum.All, func(l *store.BookLine) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum.Lines++
		if progress != nil {
			progress(sum.Lines)
		}
		if s.Parts = nil; l.InPart {
			if s.Parts, err = tx.LiveParts(l.IUV, l.IUR, l.Index); err != nil {
				return err
			}
		}
		shares, passed := s.Split(l)
		sum.Passed += int64(len(passed))
		if len(s.Parts) == 0 { // else it is people's, even when they hold more than it is now worth
			if err := auto.hold(l, shares); err != nil {
				return err
			}
		}
		for i := range shares {
			sum.Shares++
			if shares[i].Source == SourceUnassigned {
				sum.UnassignedLines++
				sum.Unassigned += shares[i].Amount
			}
			if err := tx.PutShare(l, &shares[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return sum, fmt.Errorf("book: %w", err)
	}
	return sum, tx.SetMeta(metaBooked, now)
}
