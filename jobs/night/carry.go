package night

import (
	"context"
	"errors"
	"time"

	"quadra/config"
	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Asking is what a person asks of accertamenti outside a run.
type Asking struct {
	Instructions []record.Instruction
	// Between, when not nil, makes one instruction of the only one for each payment
	// made between two days (0: no limit); see [book.Choose].
	Between *[2]record.Date
	Author  string // for the instructions that do not name their own
	DryRun  bool   // carries out and rolls back
}

// Carry carries out what a person asks, all or none, and books what it touched,
// in one transaction; see [WriteBooks]. Problems say why nothing was done.
func Carry(ctx context.Context, c *config.Config, e *config.Entity, now time.Time, ask Asking) (done []book.Done, problems []book.Problem, err error) {
	set, err := Booking(e, now)
	if err != nil {
		return nil, nil, err
	}
	err = WriteBooks(ctx, c, e, "quadra accertamenti", now, ask.DryRun, func(tx *store.Tx) error {
		all := ask.Instructions
		if ask.Between != nil {
			if all, err = book.Choose(tx, all[0], ask.Between[0], ask.Between[1]); err != nil {
				return err
			}
		}
		if done, err = book.Carry(tx, all, book.Author{Name: ask.Author, At: now}, e.Booking.ClosedUntil); err != nil {
			return err
		}
		_, err := book.Run(ctx, tx, set, nil)
		return err
	})
	var refused *book.Refused
	if errors.As(err, &refused) {
		return nil, refused.Problems, nil
	}
	return done, nil, err
}
