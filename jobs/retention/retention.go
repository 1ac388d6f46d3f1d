// Package retention forgets who paid once the term to remember it has passed.
//
// In the books, payer and free texts of old receipts, notices and debts are
// blanked; keys, dates and amounts stay, so every figure, status and proof
// stays. The sealed files that held them are taken out of the archive: their
// hash, name and counts stay in the books with the reason, so that verify still
// accounts for each. Keeping the raw files would keep everything blanked above,
// and a raw file cannot be blanked without ceasing to be what was sealed. Flows
// and cash files stay: they name no payer of ours and prove the money. Reports
// of before the term go too, and later ones that name somebody forgotten: the
// page of an anomaly that stayed open so long.
//
// Backups and copies made before are not touched: they are named in the result.
package retention

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/archive"
	"quadra/jobs/durable"
)

// Books is what is looked through.
type Books struct {
	Store    *store.Store
	Database string // its file, to find copies beside it
	Archive  *archive.Archive
	Reports  string // folder of the entity's reports, one folder per as-of day
	// Shared are the sealed files other entities' books speak of: they stay.
	Shared map[string]bool
}

// Options of [Erase].
type Options struct {
	Before record.Date // payments made before this day are forgotten
	By     string      // command
	DryRun bool
	Now    func() time.Time
}

// Result is what was, or would be, done.
type Result struct {
	store.Erasure
	Reports []string // folders removed
	Copies  []string // older copies of the books beside them, which still remember
}

// Before is the first day that is kept: months before a day, and where that
// month is shorter its last day.
func Before(day record.Date, months int) record.Date {
	t := day.Time()
	back := t.AddDate(0, -months, 0)
	if back.Day() != t.Day() {
		back = back.AddDate(0, 0, -back.Day())
	}
	return record.NewDate(back.Year(), back.Month(), back.Day())
}

// Erase forgets. It may be killed and run again: the books say which sealed
// files go before any does.
func Erase(ctx context.Context, b Books, opt Options) (*Result, error) {
	res := &Result{Erasure: store.Erasure{At: opt.Now(), Before: opt.Before, By: opt.By}}
	if err := b.Store.Erase(ctx, &res.Erasure, b.Shared, opt.DryRun); err != nil {
		return nil, err
	}
	var err error
	if res.Reports, err = oldReports(ctx, b.Reports, opt.Before, res.Texts); err != nil {
		return nil, err
	}
	if res.Copies, err = copies(b.Database); err != nil {
		return nil, err
	}
	if opt.DryRun {
		return res, nil
	}
	if err := b.removeFiles(ctx); err != nil {
		return nil, err
	}
	for _, dir := range res.Reports {
		if err := os.RemoveAll(dir); err != nil {
			return nil, fmt.Errorf("remove an old report: %w", err)
		}
	}
	if len(res.Reports) > 0 {
		if err := durable.Sync(b.Reports); err != nil {
			return nil, fmt.Errorf("remove the old reports: %w", err)
		}
	}
	return res, nil
}

// removeFiles takes out of the archive every file the books say is removed:
// those of now, those a killed erasure left, those sent again since.
func (b *Books) removeFiles(ctx context.Context) error {
	var removed map[string]string
	err := b.Store.Read(ctx, func(tx *store.Tx) (err error) {
		removed, err = tx.RemovedFiles()
		return err
	})
	if err != nil {
		return err
	}
	for sha := range removed {
		if b.Shared[sha] {
			continue
		}
		if err := b.Archive.Remove(sha); err != nil {
			return err
		}
	}
	return nil
}

// oldReports lists the reports of before a day, and the later ones that hold
// one of the texts.
func oldReports(ctx context.Context, dir string, day record.Date, texts map[string]bool) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the reports: %w", err)
	}
	var old []string
	for _, e := range entries {
		name := e.Name()
		if len(name) < len("2026-11-15") {
			continue
		}
		// A report for some has the day and words.
		asOf, err := record.ParseDate(name[:len("2026-11-15")])
		if err != nil {
			continue
		}
		path := filepath.Join(dir, name)
		found := asOf < day
		tables, err := filepath.Glob(filepath.Join(path, "*.csv")) // pages and workbooks hold the same
		for _, table := range tables {
			if found || err != nil {
				break
			}
			found, err = holds(ctx, table, texts)
		}
		if err != nil {
			return nil, fmt.Errorf("look through the report of %s: %w", asOf, err)
		}
		if found {
			old = append(old, path)
		}
	}
	return old, nil
}

const byteOrderMark = "\ufeff"

// holds says whether a cell of a CSV is one of the texts.
func holds(ctx context.Context, path string, texts map[string]bool) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) || len(texts) == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	rows := csv.NewReader(in)
	rows.Comma, rows.ReuseRecord, rows.LazyQuotes, rows.FieldsPerRecord = ',', true, true, -1
	if mark, err := in.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark { // not for programs
		rows.Comma = ';'
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return false, err
		}
		for _, cell := range row {
			if texts[cell] || texts[strings.TrimPrefix(cell, "'")] { // put before what a spreadsheet would run
				return true, nil
			}
		}
	}
}

var copyName = regexp.MustCompile(`\.(v[0-9]+\.bak|before-restore-[0-9TZ]+)$`)

// copies lists the copies of a database that migrations and restores left
// beside it.
func copies(database string) ([]string, error) {
	found, err := filepath.Glob(database + ".*")
	if err != nil {
		return nil, fmt.Errorf("list the copies: %w", err)
	}
	var out []string
	for _, path := range found {
		if copyName.MatchString(path) {
			out = append(out, path)
		}
	}
	return out, nil
}
