package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"quadra/engine/store"
)

// TestTransactionsRunTheSameStatementsOneAfterTheOther in every order of those that
// are committed, fail, are stopped and only read.
func TestTransactionsRunTheSameStatementsOneAfterTheOther(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "books.db"), taxCode)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	failed := errors.New("failed")
	want := ""
	for i := range 40 {
		value := fmt.Sprintf("value %d", i)
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Write(ctx, func(tx *store.Tx) error {
			if have, err := tx.Meta("tried"); err != nil || have != want {
				t.Fatalf("transaction %d finds %q and %v, want %q", i, have, err, want)
			}
			if err := tx.SetMeta("tried", value); err != nil {
				return err
			}
			switch i % 4 {
			case 1:
				return failed
			case 3:
				cancel()
			}
			return nil
		})
		cancel()
		switch i % 4 {
		case 1:
			if !errors.Is(err, failed) {
				t.Fatalf("transaction %d: %v", i, err)
			}
		case 3:
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("transaction %d: %v", i, err)
			}
		default:
			if err != nil {
				t.Fatalf("transaction %d: %v", i, err)
			}
			want = value
		}
		if err := s.Read(t.Context(), func(tx *store.Tx) error {
			have, err := tx.Meta("tried")
			if have != want {
				t.Errorf("after transaction %d the books hold %q, want %q", i, have, want)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}
