package night_test

import (
	"errors"
	"testing"

	"quadra/engine/store"
	"quadra/jobs/lock"
	"quadra/jobs/night"
)

// TestBooksAreChangedOutsideARunWholeOrNotAtAll: what people write waits for no
// run, is kept only when all of it succeeds, and not at all in a dry run.
func TestBooksAreChangedOutsideARunWholeOrNotAtAll(t *testing.T) {
	p := local(t, "keep")
	now := p.opt.Now()
	write := func(dry bool, fn func(*store.Tx) error) error {
		return night.WriteBooks(t.Context(), p.cfg, p.opt.Entity, "test", now, dry, fn)
	}
	set := func(tx *store.Tx) error { return tx.SetMeta("test", "written") }
	if err := write(false, set); !errors.Is(err, night.ErrNoBooks) {
		t.Errorf("without books: %v", err)
	}
	p.night()
	meta := func() (v string) {
		if err := write(true, func(tx *store.Tx) (err error) { v, err = tx.Meta("test"); return err }); err != nil {
			t.Error(err)
		}
		return v
	}
	if err := write(true, set); err != nil || meta() != "" {
		t.Errorf("a dry run wrote %q, %v", meta(), err)
	}
	broken := errors.New("broken")
	if err := write(false, func(tx *store.Tx) error { return errors.Join(set(tx), broken) }); !errors.Is(err, broken) || meta() != "" {
		t.Errorf("a failure wrote %q, %v", meta(), err)
	}
	held, err := lock.Acquire(night.PathsOf(p.cfg, p.opt.Entity).Lock(), "quadra run", now)
	if err != nil {
		t.Fatal(err)
	}
	var busy *lock.HeldError
	if err := write(false, set); !errors.As(err, &busy) {
		t.Errorf("while a run holds the entity: %v", err)
	}
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	if err := write(false, set); err != nil || meta() != "written" {
		t.Errorf("%q, %v", meta(), err)
	}
}
