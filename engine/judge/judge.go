// Package judge gives every payment, settlement and movement its status and
// labels (RULES sections 3 to 7), remembers every change, and closes each run
// with a balance that must be zero.
//
// Judging reads facts and leaves the decision to the ruleset: this package
// knows what an amount means, not what to call it. Only what was marked since
// the last run is judged again, by the same code that judges everything: a
// payment's judgement depends on its IUV alone, so the marks are IUVs.
package judge

import (
	"context"
	"fmt"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// Terms are counts of Italian working days after which something that should
// have come is late, and after which it will not come.
type Terms struct {
	FlowLate             int // receipt without flow
	FlowMissing          int
	CashLate             int // flow without cash
	CashMissing          int
	UnmatchedCashLate    int // cash without flow
	UnmatchedCashMissing int
	Receipt              int // flow line or notice without receipt
	Notice               int // receipt without notice
}

// Settings is what judging one entity at one as-of date depends on besides the
// books.
type Settings struct {
	AsOf             record.Date
	Run              int64
	SendsNotices     bool
	LoadsTreasury    bool
	SegregationCodes []string // empty: every IUV is the entity's
	Accounts         record.Accounts
	LastDay          record.Date            // on which the entity took payments; 0: it still does
	DisabledFrom     map[string]record.Date // by debt type: the first day it could be paid no more
	NotPagoPA        func(remittance string) bool
	Terms            Terms
	// Tolerance is the difference up to which two amounts count as equal. What is
	// stored stays exact, and so do the balance and the search for doubles.
	Tolerance record.Cents
	Calendar  *calendar.Calendar
	Rules     *rules.Ruleset
	// Fingerprint changes whenever any of the above but AsOf and Run does: then
	// everything is judged again.
	Fingerprint string
}

// Summary counts what judging looked at and changed.
type Summary struct {
	All         bool  // everything was judged, not only what was marked
	IUVs        int64 // groups looked at
	Payments    int64 // payments whose judgement changed, appeared or went
	Settlements int64
	Movements   int64
}

// Changes is the number of history rows written.
func (s Summary) Changes() int64 { return s.Payments + s.Settlements + s.Movements }

// What the books remember of the last judging, as the store's named values.
const (
	MetaFingerprint = "judged_with"  // Settings.Fingerprint; empty: judge everything
	MetaAsOf        = "judged_as_of" // Settings.AsOf
)

// Run judges what is marked, or everything when the settings changed or the
// as-of date went back. progress, when not nil, hears of each group.
func Run(ctx context.Context, tx *store.Tx, set Settings, progress func(done int64)) (Summary, error) {
	j := &judger{ctx: ctx, tx: tx, set: set, progress: progress,
		verdicts: make(map[any]int64), flows: make(map[int64]store.FlowFacts)}
	why, err := j.everything()
	if err != nil {
		return j.sum, err
	}
	all := why != ""
	j.sum.All, j.unmarked = all, why
	if err := tx.MarkDue(set.AsOf); err != nil {
		return j.sum, err
	}
	if err := tx.SettlementsToJudge(all, j.settlement); err != nil {
		return j.sum, fmt.Errorf("judge settlements: %w", err)
	}
	if err := tx.Groups(all, j.group); err != nil {
		return j.sum, fmt.Errorf("judge payments: %w", err)
	}
	if err := tx.MovementsToJudge(all, j.movement); err != nil {
		return j.sum, fmt.Errorf("judge movements: %w", err)
	}
	if err := tx.ClearMarks(); err != nil {
		return j.sum, err
	}
	if err := tx.SetMeta(MetaFingerprint, set.Fingerprint); err != nil {
		return j.sum, err
	}
	return j.sum, tx.SetMeta(MetaAsOf, set.AsOf.String())
}

type judger struct {
	ctx      context.Context
	tx       *store.Tx
	set      Settings
	sum      Summary
	progress func(int64)
	verdicts map[any]int64 // by facts, of any of the three units
	flows    map[int64]store.FlowFacts
	units    []unit
	totals   totals
	unmarked string // why everything is judged, empty when it is not
}

// everything says why marks are not enough, if they are not: the terms or the
// ruleset changed, or the as-of date went back past calendar changes already
// made. It is the cause the history gives of what nothing else marked.
func (j *judger) everything() (why string, err error) {
	with, err := j.tx.Meta(MetaFingerprint)
	if err != nil {
		return "", err
	}
	asOf, err := j.tx.Meta(MetaAsOf)
	if err != nil {
		return "", err
	}
	switch {
	case with != j.set.Fingerprint:
		return store.CauseSettings, nil
	case j.set.AsOf.String() < asOf:
		return store.CauseCalendar, nil
	}
	return "", nil
}

// verdict stores a verdict of the ruleset once and returns its id. facts is
// the key: equal facts give equal verdicts.
func (j *judger) verdict(facts any, unit string, v func() rules.Verdict) (int64, error) {
	if id, ok := j.verdicts[facts]; ok {
		return id, nil
	}
	got := v()
	if got.Status == nil {
		return 0, fmt.Errorf("the ruleset %s gives no status to %s with %s", j.set.Rules.ID(), unit, got.Facts)
	}
	id, err := j.tx.VerdictID(&store.Verdict{
		Unit: unit, RulesetHash: j.set.Rules.Hash(), Status: got.Status.Code, Sign: got.Status.Sign,
		Severity: got.Status.Severity, Labels: strings.Join(got.Labels, "|"), Facts: got.Facts,
	})
	if err == nil {
		j.verdicts[facts] = id
	}
	return id, err
}

// equal says that two amounts differ by no more than is tolerated.
func (j *judger) equal(a, b record.Cents) bool { return max(a-b, b-a) <= j.set.Tolerance }

// clock follows one term: what its state is at the as-of date and, while it
// can still move, the first day on which it will.
type clock struct {
	state  string // waiting, late or missing
	review record.Date
}

func (j *judger) clock(from record.Date, late, missing int, source calendar.Source) clock {
	lastDay := j.set.Calendar.Deadline(from, late, source)
	if j.set.AsOf <= lastDay {
		return clock{"waiting", lastDay + 1}
	}
	lastDay = j.set.Calendar.Deadline(from, missing, source)
	if j.set.AsOf <= lastDay {
		return clock{"late", lastDay + 1}
	}
	return clock{state: "missing"}
}

// term is a clock with one deadline only.
func (j *judger) term(from record.Date, days int, source calendar.Source) clock {
	return j.clock(from, days, days, source)
}

// sooner keeps the earlier of two review dates; 0 means never.
func sooner(a, b record.Date) record.Date {
	switch {
	case a == 0:
		return b
	case b == 0:
		return a
	}
	return min(a, b)
}

// ours says whether the IUV belongs to the entity: 17-digit IUVs begin with
// the segregation code; the others do not carry one (SACI, notice number).
func (j *judger) ours(iuv string) bool {
	if len(j.set.SegregationCodes) == 0 || len(iuv) != 17 || strings.Trim(iuv, "0123456789") != "" {
		return true
	}
	for _, code := range j.set.SegregationCodes {
		if strings.HasPrefix(iuv, code) {
			return true
		}
	}
	return false
}
