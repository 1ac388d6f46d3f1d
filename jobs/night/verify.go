package night

import (
	"context"
	"errors"

	"quadra/config"
	"quadra/engine/judge"
	"quadra/engine/record"
	"quadra/jobs/archive"
	"quadra/jobs/verify"
	"quadra/rules"
)

// Verify verifies the books of an entity. The caller holds the entity's lock.
// seal is one kept elsewhere that the journal must still hold; it may be empty.
func Verify(ctx context.Context, c *config.Config, e *config.Entity, rs *rules.Ruleset, seal string,
	observe func(name verify.Name, done, total int64)) (checks []verify.Check, err error) {
	books, err := OpenBooks(ctx, c, e)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	sealed, err := archive.Open(PathsOf(c, e).Archive())
	if err != nil {
		return nil, err
	}
	return verify.Run(ctx, verify.Options{
		Books: books, TaxCode: e.TaxCode, Archive: sealed, Scratch: c.DataDir, Seal: seal, Observe: observe,
		Settings: func(asOf record.Date, run int64) (judge.Settings, error) { return Settings(e, rs, asOf, run) },
	})
}
