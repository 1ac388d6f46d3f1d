// Package explain says in words why a payment, a settlement or a movement is
// judged as it is: the sentence of its status with the amounts, days and
// identifiers of this very case, the records behind it with their file and
// line, its age and the day it was due.
//
// It decides nothing: status and facts are those of the books, the sentence is
// the ruleset's.
package explain

import (
	"fmt"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// Terms are counts of Italian working days after which something that should
// have come is late, and after which it will not come: those judging used.
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

// Settings is what an explanation depends on besides the books.
type Settings struct {
	AsOf     record.Date // ages are seen from here
	Rules    *rules.Ruleset
	Calendar *calendar.Calendar
	Terms    Terms
	// Tolerance is the difference up to which two amounts were judged equal.
	Tolerance record.Cents
	Language  string // it or en
}

// Explanation is the why of one unit.
type Explanation struct {
	Why     string // a sentence or two, in the language asked for
	Age     int    // working days from the day its ageing starts to the as-of date
	Ageing  calendar.Ageing
	DueBy   record.Date // last day what it waits for was, or is, in time; 0: it waits for nothing
	Cash    record.Cents
	HasCash bool     // Cash came for it
	Records []Record // what it was read from: receipt, flow lines, notice, movements
	// Movements are those that cash a payment; shared between payments: read only.
	Movements []store.LinkedMovement

	values values // of the placeholders
}

// Record is one record behind a judgement.
type Record struct {
	Kind   record.Kind
	Name   string // what a person calls it: IUV, IUF, IUD, or number and year
	Source store.Source
}

// Explainer explains the units of one transaction. It is not safe for
// concurrent use.
type Explainer struct {
	tx  *store.Tx
	set Settings
	// movements by settlement: many payments share one.
	movements map[int64][]store.LinkedMovement

	askedDecided, hasDecisions bool
}

// New returns an explainer reading the books through tx.
func New(tx *store.Tx, set Settings) *Explainer {
	return &Explainer{tx: tx, set: set, movements: make(map[int64][]store.LinkedMovement)}
}

// values fill the placeholders of package rules.
type values map[string]string

// explain fills the sentence of a status and counts the age.
func (e *Explainer) explain(v *store.Verdict, from record.Date, vals values, out *Explanation) error {
	status, ok := e.set.Rules.Status(v.Unit, v.Status)
	if !ok {
		return fmt.Errorf("the ruleset does not know the status %s of a %s: judge again with it", v.Status, v.Unit)
	}
	vals["due"] = e.date(out.DueBy)
	out.values = vals
	out.Why = status.Explain(e.set.Language, vals)
	out.Age = e.set.Calendar.Elapsed(from, e.set.AsOf)
	out.Ageing = calendar.Bucket(out.Age)
	return nil
}

// settling lists the movements of a settlement. What it remembers is limited:
// a night's settlements are thousands, not the years'.
func (e *Explainer) settling(settlement int64) ([]store.LinkedMovement, error) {
	if have, ok := e.movements[settlement]; ok {
		return have, nil
	}
	got, err := e.tx.SettlementMovements(settlement)
	if err != nil {
		return nil, err
	}
	if len(e.movements) >= rememberedSettlements {
		clear(e.movements)
	}
	e.movements[settlement] = got
	return got, nil
}

// tolerates says that two amounts were judged equal though they differ.
func (e *Explainer) tolerates(a, b record.Cents) bool { return a != b && !e.beyond(a, b) }

// beyond says that two amounts differ by more than is tolerated.
func (e *Explainer) beyond(a, b record.Cents) bool { return max(a-b, b-a) > e.set.Tolerance }

// tolerated says between which two amounts a difference was let pass.
func (e *Explainer) tolerated(what string, a, b record.Cents) string {
	if !e.tolerates(a, b) {
		return ""
	}
	return fmt.Sprintf(e.say(" %s differiscono di %s: è nella tolleranza dell'ente (%s).", " %s differ by %s: that is within the entity's tolerance (%s)."),
		what, e.gap(a-b), e.money(e.set.Tolerance))
}

const rememberedSettlements = 8192

// movementNames joins movements as number/year, the way a treasurer says it.
func movementNames(movements []store.LinkedMovement) string {
	names := make([]string, len(movements))
	for i := range movements {
		names[i] = movementName(movements[i].Number, movements[i].Year)
	}
	return strings.Join(names, ", ")
}

func movementName(number string, year int) string { return fmt.Sprintf("%s/%d", number, year) }

func movementRecords(records []Record, movements []store.LinkedMovement) []Record {
	for i := range movements {
		m := &movements[i]
		records = append(records, Record{record.KindMovements, movementName(m.Number, m.Year), m.Source})
	}
	return records
}

// Label says why a label holds, of the unit that was explained.
func (e *Explainer) Label(x *Explanation, code string) string {
	if l, ok := e.set.Rules.Label(code); ok {
		return l.Explain(e.set.Language, x.values)
	}
	return ""
}

// fact reads one word of the facts of a verdict ("name=word", or "name" alone
// when it is yes).
func fact(v *store.Verdict, name string) string {
	for f := range strings.SplitSeq(v.Facts, " ") {
		word, found := strings.CutPrefix(f, name)
		switch {
		case !found:
		case word == "":
			return "yes"
		case word[0] == '=':
			return word[1:]
		}
	}
	return ""
}

// overdue says that an axis waited in vain.
func overdue(state string) bool { return state == "late" || state == "missing" }
