package night

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"quadra/config"
	"quadra/engine/store"
	"quadra/jobs/archive"
	"quadra/jobs/retention"
	"quadra/rules"
)

// Erase forgets who paid before a day, in the books of an entity. The caller
// holds the entity's lock. The archive is shared: what another entity's books
// speak of stays.
func Erase(ctx context.Context, c *config.Config, e *config.Entity, rs *rules.Ruleset, opt retention.Options) (res *retention.Result, err error) {
	books, err := OpenBooks(ctx, c, e)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	paths := PathsOf(c, e)
	sealed, err := archive.Open(paths.Archive())
	if err != nil {
		return nil, err
	}
	shared := make(map[string]bool)
	for i := range c.Entities {
		if other := &c.Entities[i]; other.IPA != e.IPA {
			if err := addSealed(ctx, c, other, shared); err != nil {
				return nil, err
			}
		}
	}
	res, err = retention.Erase(ctx, retention.Books{Store: books, Database: paths.Database(), Archive: sealed,
		Reports: filepath.Dir(paths.Report(opt.Before)), Shared: shared}, opt)
	if err != nil || opt.DryRun {
		return res, err
	}
	// What a killed bundle left may name somebody.
	if err := os.RemoveAll(paths.bundleScratch()); err != nil {
		return res, err
	}
	return res, rewriteReport(ctx, books, c, e, rs, res.Reports)
}

// rewriteReport writes the report of the last run anew when it went because it
// named somebody.
func rewriteReport(ctx context.Context, books *store.Store, c *config.Config, e *config.Entity, rs *rules.Ruleset, gone []string) error {
	var last *store.Run
	err := books.Read(ctx, func(tx *store.Tx) (err error) {
		last, err = tx.LastRun()
		return err
	})
	if err != nil || last == nil || !slices.Contains(gone, PathsOf(c, e).Report(last.AsOf)) {
		return err
	}
	_, err = Report(ctx, books, c, e, rs, last.AsOf, Reading{})
	return err
}

// addSealed adds the sealed files an entity's books speak of and have not
// removed.
func addSealed(ctx context.Context, c *config.Config, e *config.Entity, to map[string]bool) (err error) {
	books, err := OpenBooks(ctx, c, e)
	if errors.Is(err, ErrNoBooks) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	return books.Read(ctx, func(tx *store.Tx) error {
		removed, err := tx.RemovedFiles()
		if err != nil {
			return err
		}
		all, err := tx.SealedFiles()
		for _, sha := range all {
			if _, gone := removed[sha]; !gone {
				to[sha] = true
			}
		}
		return err
	})
}

// BackupFiles lists the files a backup of the configuration is made of: the
// configuration first, then what it names that is no secret and exists.
func BackupFiles(configPath string, e *config.Entity) []string {
	files := []string{configPath}
	named := []string{e.Layouts}
	for i := range e.Drops {
		named = append(named, e.Drops[i].KnownHosts)
	}
	seen := map[string]bool{"": true}
	for _, path := range named {
		// Two files of one name could not stand beside each other.
		if base := filepath.Base(path); !seen[path] && !seen[base] {
			if _, err := os.Stat(path); err == nil {
				files = append(files, path)
			}
			seen[base] = true
		}
		seen[path] = true
	}
	return files
}
