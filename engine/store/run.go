package store

import (
	"fmt"
	"time"

	"quadra/engine/record"
)

// RunState is where a run stands in the journal.
type RunState string

// The states of a run.
const (
	RunRunning RunState = "running"
	RunDone    RunState = "done"
	RunFailed  RunState = "failed"
)

// Run is one row of the journal.
type Run struct {
	ID          int64
	AsOf        record.Date
	State       RunState
	Ruleset     string // id and version
	RulesetHash string
	Version     string // of quadra
	StartedAt   time.Time
	EndedAt     time.Time
	Changes     int64 // history rows written
	Loaded      int64 // files loaded
	Failure     string
}

// StartRun opens a run. Runs left open by a killed process are marked failed
// and sealed.
func (tx *Tx) StartRun(r *Run) error {
	if _, err := tx.exec("RunAbandon"); err != nil {
		return err
	}
	if err := tx.sealEnded(); err != nil {
		return fmt.Errorf("seal the journal: %w", err)
	}
	id, err := tx.insert("RunStart", r.AsOf.String(), r.Ruleset, r.RulesetHash, r.Version, instant(r.StartedAt))
	r.ID, r.State = id, RunRunning
	return err
}

// EndRun closes a run with its state, counters and failure, and seals it.
func (tx *Tx) EndRun(r *Run) error {
	if _, err := tx.exec("RunEnd", string(r.State), instant(r.EndedAt), r.Changes, r.Loaded, r.Failure, r.ID); err != nil {
		return err
	}
	return tx.seal(r.ID)
}

// AddStep appends a step to the journal of a run.
func (tx *Tx) AddStep(run int64, step, detail string, at time.Time) error {
	_, err := tx.exec("RunStep", run, step, detail, instant(at))
	return err
}

// LastRun returns the last run that ended well, or nil.
func (tx *Tx) LastRun() (*Run, error) { return tx.run("RunLast") }

// LastChange returns the last run that loaded or changed something, or nil: the
// run whose state the books are in. It may have failed afterwards, when it wrote
// the report.
func (tx *Tx) LastChange() (*Run, error) { return tx.run("RunLastChanging") }

// LastNights returns the last runs that ended well and worked through the drops,
// the newest first, at most so many. What was imported by hand is not among them.
func (tx *Tx) LastNights(most int) ([]Run, error) {
	var out []Run
	err := tx.each("RunLastNights", []any{most}, func(scan func(...any) error) error {
		r := Run{State: RunDone}
		var asOf, started string
		if err := scan(&r.ID, &asOf, &started); err != nil {
			return err
		}
		var err error
		if r.AsOf, err = record.ParseDate(asOf); err != nil {
			return fmt.Errorf("run %d: %w", r.ID, err)
		}
		if r.StartedAt, err = parseInstant(started); err != nil {
			return fmt.Errorf("run %d: %w", r.ID, err)
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

// StepDrops is the step of a run that worked through the drops: a night.
const StepDrops = "drops"

// LastJudged returns the last run that judged the books, or nil. Unlike its
// state, which a report that could not be written turns into failed, the balance
// it closed with says that it did.
func (tx *Tx) LastJudged() (*Run, error) { return tx.run("RunLastJudged") }

// RunAsOf returns the run whose books were the last word on a day, or nil when
// there is none yet: of the runs that judged as of the latest day not after it,
// the last one made. A day judged again has the books of its second run; the
// days after it keep those of their own, which did not know of it.
func (tx *Tx) RunAsOf(day record.Date) (*Run, error) { return tx.run("RunAsOf", day.String()) }

// Runs calls fn for every run of the journal, in order.
func (tx *Tx) Runs(fn func(*Run) error) error {
	return tx.each("RunAll", nil, func(scan func(...any) error) error {
		r, err := scanRun(scan)
		if err != nil {
			return err
		}
		return fn(r)
	})
}

func (tx *Tx) run(name string, args ...any) (*Run, error) {
	var out *Run
	err := tx.each(name, args, func(scan func(...any) error) error {
		r, err := scanRun(scan)
		out = r
		return err
	})
	return out, err
}

func scanRun(scan func(...any) error) (*Run, error) {
	var r Run
	var asOf, started, ended string
	err := scan(&r.ID, &asOf, &r.State, &r.Ruleset, &r.RulesetHash, &r.Version, &started, &ended, &r.Changes, &r.Loaded, &r.Failure)
	if err != nil {
		return nil, err
	}
	if r.AsOf, err = record.ParseDate(asOf); err != nil {
		return nil, fmt.Errorf("run %d: %w", r.ID, err)
	}
	if r.StartedAt, err = parseInstant(started); err != nil {
		return nil, fmt.Errorf("run %d: %w", r.ID, err)
	}
	if r.EndedAt, err = parseInstant(ended); err != nil {
		return nil, fmt.Errorf("run %d: %w", r.ID, err)
	}
	return &r, nil
}

// BalanceRow is one addend of one equation of the balance a run closes with.
type BalanceRow struct {
	Code     string // of the equation
	Part     string // name of the addend
	Side     string // left, right or residual
	Quantity int64
	Amount   record.Cents
}

// SaveBalance replaces the balance of a run.
func (tx *Tx) SaveBalance(run int64, rows []BalanceRow) error {
	if _, err := tx.exec("BalanceClear", run); err != nil {
		return err
	}
	for i, r := range rows {
		if _, err := tx.exec("BalanceAdd", run, i+1, r.Code, r.Part, r.Side, r.Quantity, int64(r.Amount)); err != nil {
			return err
		}
	}
	return nil
}

// Balance returns the balance of a run, in the order it was saved.
func (tx *Tx) Balance(run int64) ([]BalanceRow, error) { return tx.balance("BalanceOf", run) }

// BalanceSince returns the last balance of a run and those after it: the balance
// of the books as they are when the later ones loaded only what an interrupted
// one had left, or changed nothing.
func (tx *Tx) BalanceSince(run int64) ([]BalanceRow, error) { return tx.balance("BalanceLast", run) }

func (tx *Tx) balance(name string, args ...any) ([]BalanceRow, error) {
	var out []BalanceRow
	err := tx.each(name, args, func(scan func(...any) error) error {
		var r BalanceRow
		err := scan(&r.Code, &r.Part, &r.Side, &r.Quantity, &r.Amount)
		out = append(out, r)
		return err
	})
	return out, err
}
