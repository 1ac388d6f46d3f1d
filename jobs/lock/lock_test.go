package lock_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quadra/jobs/lock"
)

var since = time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC)

func TestSecondRunIsToldWhoHoldsTheEntity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c_q001.lock")
	first, err := lock.Acquire(path, "quadra run", since)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lock.Acquire(path, "quadra import", since)
	var held *lock.HeldError
	if !errors.As(err, &held) {
		t.Fatalf("second Acquire returned %v, want a HeldError", err)
	}
	if held.Owner.PID != os.Getpid() || held.Owner.Command != "quadra run" || !held.Owner.Since.Equal(since) {
		t.Errorf("holder is %+v", held.Owner)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := lock.Acquire(path, "quadra run", since)
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestFileLeftByAKilledRunDoesNotLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c_q001.lock")
	if err := os.WriteFile(path, []byte(`{"pid":1,"command":"quadra run"}`), 0o640); err != nil {
		t.Fatal(err)
	}
	l, err := lock.Acquire(path, "quadra run", since)
	if err != nil {
		t.Fatalf("a stale file locked the entity: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
}
