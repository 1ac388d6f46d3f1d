package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
)

// sealFormat is the first thing hashed: another way of sealing has another one.
const sealFormat = "quadra run seal 1"

// RunSeal is the seal of a run as it is kept and as its content gives it.
type RunSeal struct {
	Run      int64
	State    RunState
	Kept     string // empty: not sealed (a run at work, or one from before seals)
	Computed string
}

// Holds says whether the run is what was sealed.
func (s RunSeal) Holds() bool { return s.Kept == s.Computed }

// sealEnded seals every run that ended without a seal, the oldest first: those
// a killed process left behind and those from before seals.
func (tx *Tx) sealEnded() error {
	var ids []int64
	err := tx.each("SealUnsealed", nil, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.seal(id); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) seal(run int64) error {
	var last int64
	if _, err := tx.one("SealLastStep", []any{run}, &last); err != nil {
		return err
	}
	sum, err := tx.sealOf(run, last)
	if err != nil {
		return err
	}
	_, err = tx.exec("SealSet", sum, last, run)
	return err
}

// sealOf computes the seal of a run whose own steps count up to lastStep.
func (tx *Tx) sealOf(run, lastStep int64) (string, error) {
	sum := sha256.New()
	if err := tx.sealed(run, lastStep, sum); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// SealText writes what the seal of a run is the SHA-256 of: a first line that
// names the way of sealing, the seal of the run before it, and then its journal,
// one JSON array a line after its length. With the texts of all runs anybody can
// compute the chain again.
func (tx *Tx) SealText(run int64, w io.Writer) error {
	var steps int64
	if _, err := tx.one("SealSteps", []any{run}, &steps); err != nil {
		return err
	}
	return tx.sealed(run, steps, w)
}

// sealed writes what the seal of a run is made of. What was added to the run
// before it after that one was sealed counts too.
func (tx *Tx) sealed(run, lastStep int64, w io.Writer) error {
	var before, beforeSteps int64
	var beforeSeal string
	if _, err := tx.one("SealBefore", []any{run}, &before, &beforeSeal, &beforeSteps); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%s\n%s\n", sealFormat, beforeSeal); err != nil {
		return err
	}
	for _, part := range []struct {
		query string
		args  []any
	}{
		{"SealStepContent", []any{before, beforeSteps, int64(math.MaxInt64)}},
		{"SealRunContent", []any{run}},
		{"SealFileContent", []any{run}},
		{"SealBalanceContent", []any{run}},
		{"SealStepContent", []any{run, 0, lastStep}},
	} {
		err := tx.each(part.query, part.args, func(scan func(...any) error) error {
			var line string
			if err := scan(&line); err != nil {
				return err
			}
			_, err := fmt.Fprintf(w, "%d:%s\n", len(line), line)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Seals calls fn for every run in order with the seal it has and the one it
// should have. A run at work has none and should have none.
func (tx *Tx) Seals(fn func(RunSeal) error) error {
	type sealed struct {
		RunSeal
		steps int64
	}
	var runs []sealed
	err := tx.each("SealRuns", nil, func(scan func(...any) error) error {
		var r sealed
		err := scan(&r.Run, &r.State, &r.Kept, &r.steps)
		runs = append(runs, r)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.State != RunRunning {
			if r.Computed, err = tx.sealOf(r.Run, r.steps); err != nil {
				return err
			}
		}
		if err := fn(r.RunSeal); err != nil {
			return err
		}
	}
	return nil
}
