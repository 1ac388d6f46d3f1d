package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// ErrDamaged says that a database file does not hold together: SQLite's own
// check found faults.
var ErrDamaged = errors.New("the database is damaged: restore a backup (quadra restore)")

// CheckDepth is how much [Store.Check] reads.
type CheckDepth string

// The depths of a check. Both read every page; the whole one also compares
// every index with its table and every reference with what it points at.
const (
	CheckQuick CheckDepth = "quick"
	CheckWhole CheckDepth = "whole"
)

// Check asks SQLite whether the file holds together. The error wraps
// [ErrDamaged] when it does not.
func (s *Store) Check(ctx context.Context, depth CheckDepth) error {
	pragma := "PRAGMA quick_check(5)"
	if depth == CheckWhole {
		pragma = "PRAGMA integrity_check(5)"
	}
	faults, err := s.faults(ctx, pragma, 1)
	if err != nil {
		return err
	}
	if len(faults) > 0 && faults[0] != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(faults, "; "))
	}
	if depth != CheckWhole {
		return nil
	}
	orphans, err := s.faults(ctx, "PRAGMA foreign_key_check", 4)
	if err == nil && len(orphans) > 0 {
		return fmt.Errorf("%w: %d rows point at nothing, the first in %s", ErrDamaged, len(orphans), orphans[0])
	}
	return err
}

// faults returns the first column of the rows of a pragma.
func (s *Store) faults(ctx context.Context, pragma string, columns int) (out []string, err error) {
	rows, err := s.db.QueryContext(ctx, pragma)
	if err != nil {
		return nil, damage(err)
	}
	defer rows.Close()
	for rows.Next() {
		var first string
		rest := make([]any, columns)
		rest[0] = &first
		for i := 1; i < columns; i++ {
			rest[i] = new(any)
		}
		if err := rows.Scan(rest...); err != nil {
			return nil, fmt.Errorf("check the database: %w", err)
		}
		out = append(out, first)
	}
	return out, damage(rows.Err())
}

// damage tells a database that is no database from one that could not be read.
func damage(err error) error {
	if err == nil {
		return nil
	}
	if text := err.Error(); strings.Contains(text, "malformed") || strings.Contains(text, "not a database") {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return fmt.Errorf("check the database: %w", err)
}
