package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"quadra/engine/record"
)

// Erasure is personal data blanked because their term had passed.
type Erasure struct {
	ID       int64
	At       time.Time
	Before   record.Date // payments made before this day
	Receipts int64       // whose payer, remittance text and metadata were blanked
	Notices  int64
	Debts    int64
	Rejects  int64    // whose value was blanked
	Files    []string // SHA-256 of the sealed files to take out of the archive
	By       string   // command
	// Texts are what was blanked, to find it where it was copied to. They are
	// kept in memory only.
	Texts map[string]bool
}

// Empty says that there was nothing to blank.
func (e *Erasure) Empty() bool {
	return e.Receipts+e.Notices+e.Debts+e.Rejects+int64(len(e.Files)) == 0
}

var errRehearsal = errors.New("rehearsal")

// Erase blanks who paid, and the texts that may say it, in receipts and notices
// paid before a day, in debts due before it and in rejects of files received
// before it; keys, dates and amounts stay, so that nothing judged changes. It
// chooses the sealed files that go: those received before the day that hold
// receipts, notices or debts, none of them newer, or that were refused; flows
// and cash stay. Files in keep do not go. The act is recorded, also in the
// journal.
//
// A dry run counts and changes nothing. What was blanked is overwritten, and the
// file written anew, so that no free page keeps it.
func (s *Store) Erase(ctx context.Context, e *Erasure, keep map[string]bool, dry bool) error {
	if _, err := s.db.ExecContext(ctx, "PRAGMA secure_delete = ON"); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	err := s.Write(ctx, func(tx *Tx) error {
		if err := tx.erase(e, keep); err != nil || e.Empty() {
			return err
		}
		if dry {
			return errRehearsal
		}
		return nil
	})
	if err != nil && !errors.Is(err, errRehearsal) {
		return fmt.Errorf("erase: %w", err)
	}
	if dry || e.Empty() {
		return nil
	}
	if _, err := s.db.ExecContext(ctx, "VACUUM"); err != nil {
		return fmt.Errorf("erase: write the database anew: %w", err)
	}
	return nil
}

func (tx *Tx) erase(e *Erasure, keep map[string]bool) error {
	before := e.Before.String()
	e.Texts = make(map[string]bool)
	err := tx.each("EraseTexts", []any{before}, func(scan func(...any) error) error {
		var texts [3]string
		err := scan(&texts[0], &texts[1], &texts[2])
		for _, text := range texts {
			if text != "" {
				e.Texts[text] = true
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, part := range []struct {
		query string
		count *int64
	}{{"EraseReceipts", &e.Receipts}, {"EraseNotices", &e.Notices}, {"EraseDebts", &e.Debts}, {"EraseRejects", &e.Rejects}} {
		var err error
		if *part.count, err = tx.exec(part.query, before); err != nil {
			return err
		}
	}
	if err := tx.eraseMetadata(before); err != nil {
		return err
	}
	err = tx.each("EraseFiles", []any{before}, func(scan func(...any) error) error {
		var sha string
		err := scan(&sha)
		if !keep[sha] {
			e.Files = append(e.Files, sha)
		}
		return err
	})
	if err != nil || e.Empty() {
		return err
	}
	e.ID, err = tx.insert("EraseRecord", instant(e.At), before, e.Receipts, e.Notices, e.Debts, e.Rejects, len(e.Files), e.By)
	if err != nil {
		return err
	}
	reason := fmt.Sprintf("personal data older than %s, erasure %d", before, e.ID)
	for _, sha := range e.Files {
		if _, err := tx.exec("EraseFile", sha, e.ID, reason); err != nil {
			return err
		}
	}
	var run int64
	if _, err := tx.one("LastRunID", nil, &run); err != nil || run == 0 {
		return err
	}
	return tx.AddStep(run, "erase", fmt.Sprintf("before %s: %d receipts, %d notices, %d debts, %d rejects, %d files",
		before, e.Receipts, e.Notices, e.Debts, e.Rejects, len(e.Files)), e.At)
}

// eraseMetadata takes from receipts paid before a day their metadata, and from the
// books the texts no receipt points to any more.
func (tx *Tx) eraseMetadata(before string) error {
	var touched int64
	for _, name := range []string{"EraseMetadata", "ErasePastMetadata"} {
		n, err := tx.exec(name, before)
		if err != nil {
			return err
		}
		touched += n
	}
	if touched == 0 {
		return nil
	}
	tx.repeated.forget()
	_, err := tx.exec("EraseLooseTexts")
	return err
}

// Erasures lists what was erased, the oldest first; Files is empty.
func (tx *Tx) Erasures() ([]Erasure, error) {
	var out []Erasure
	err := tx.each("Erasures", nil, func(scan func(...any) error) error {
		var e Erasure
		var at, before string
		var files int64
		err := scan(&e.ID, &at, &before, &e.Receipts, &e.Notices, &e.Debts, &e.Rejects, &files, &e.By)
		if err != nil {
			return err
		}
		if e.At, err = parseInstant(at); err != nil {
			return fmt.Errorf("erasure %d: %w", e.ID, err)
		}
		if e.Before, err = record.ParseDate(before); err != nil {
			return fmt.Errorf("erasure %d: %w", e.ID, err)
		}
		out = append(out, e)
		return nil
	})
	return out, err
}
