package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Pivot says what a reconciliation export is to hold.
type Pivot struct {
	Version string // 1.0 to 1.4
	// Notices: with the block of the entity's own notices. 1.0 and 1.1 always
	// have it.
	Notices  bool
	Treasury bool // the entity loads its giornale di cassa
	Filter   PivotFilter
}

// Classes of rows an entity may ask for, by what it sends.
var (
	classesAlways   = []string{"RT_IUF", "RT_NO_IUF", "IUV_NO_RT", "DOPPI"}
	classesNotices  = []string{"IUD_NO_RT", "RT_NO_IUD", "IUD_RT_IUF"}
	classesTreasury = []string{"RT_IUF_TES", "IUF_NO_TES", "TES_NO_IUF_OR_IUV", "TES_NO_MATCH", "RT_TES", "IUF_TES_DIV_IMP"}
	classesBoth     = []string{"IUD_RT_IUF_TES"}
)

// classDouble is written only when it is asked for, as in the original, whose
// export does not know it.
const classDouble = "DOPPI"

// Classes lists the classes the export may hold, sorted.
func (p *Pivot) Classes() []string {
	all := slices.Clone(classesAlways)
	if p.Notices {
		all = append(all, classesNotices...)
	}
	if p.Treasury {
		all = append(all, classesTreasury...)
	}
	if p.Notices && p.Treasury {
		all = append(all, classesBoth...)
	}
	slices.Sort(all)
	return all
}

// Check says what is wrong with what was asked for.
func (p *Pivot) Check() error {
	version := slices.Index(pivotVersions, p.Version)
	if version < 0 {
		return fmt.Errorf("format version %q: there are %s", p.Version, strings.Join(pivotVersions, ", "))
	}
	allowed := p.Classes()
	for _, c := range p.Filter.Classes {
		switch {
		case slices.Contains(allowed, c):
		case slices.Contains(classesNotices, c), slices.Contains(classesBoth, c), slices.Contains(classesTreasury, c):
			return fmt.Errorf("class %s: not for an entity that sends no notices or loads no treasury, or a layout without notices", c)
		default:
			return fmt.Errorf("class %q: there are %s", c, strings.Join(allowed, ", "))
		}
	}
	return nil
}

// WritePivot writes the reconciliation export of MyPivot: UTF-8, every field in
// quotes, a backslash before quotes and backslashes, CRLF, a header.
//
// A payment has one status here and any number of labels; the older systems have
// one row per class that holds, so each of its labels gives a row, and one more
// for each further movement that settles its flow. Rows of one payment repeat its
// amounts: only rows of one class and one movement add up. Amounts are judged by
// the sum of the movements, never by one of them. A movement with labels of its
// own has a row without payment; a unit without labels has none. A receipt the
// flow alone stands for (outcomes 8 and 9) is written as if it had come, with
// what the flow says of it. Rows come in the order of IUV, IUR, index, movement
// and class; movements alone follow by year and number.
func WritePivot(ctx context.Context, tx *store.Tx, e Entity, p *Pivot, w io.Writer) (Content, error) {
	x, err := newPivotWriter(ctx, tx, e, p, w)
	if err == nil {
		each := func(r *store.PivotRow) error {
			_, err := x.row(r)
			return err
		}
		if err = tx.PivotPayments(each); err == nil {
			err = tx.PivotMovements(each)
		}
	}
	if err != nil {
		return Content{}, fmt.Errorf("export mypivot: %w", err)
	}
	return x.content(), nil
}

// WritePivotSince writes the rows of what changed after a number, in the same
// form, and to log how many of them, in order, belong to each unit; see
// [changeLog]. A unit with no rows left is to be removed from a copy.
func WritePivotSince(ctx context.Context, tx *store.Tx, e Entity, p *Pivot, since int64, w, log io.Writer) (Content, error) {
	x, err := newPivotWriter(ctx, tx, e, p, w)
	if err != nil {
		return Content{}, fmt.Errorf("export mypivot: %w", err)
	}
	changes, err := newChangeLog(log)
	if err != nil {
		return Content{}, fmt.Errorf("export mypivot: %w", err)
	}
	rows := 0
	count := func(r *store.PivotRow) error {
		n, err := x.row(r)
		rows += n
		return err
	}
	err = tx.ChangedPayments(since, func(c *store.Changed) error {
		rows = 0
		if err := tx.PivotPayment(c, count); err != nil {
			return err
		}
		return changes.payment(c, rows)
	})
	if err == nil {
		err = tx.ChangedMovements(since, func(c *store.Changed) error {
			rows = 0
			if err := tx.PivotMovement(c.Movement, count); err != nil {
				return err
			}
			return changes.movement(tx, c, rows)
		})
	}
	if err = errors.Join(err, changes.close()); err != nil {
		return Content{}, fmt.Errorf("export mypivot: %w", err)
	}
	return x.content(), nil
}

// pivotWriter turns rows of the books into rows of the export.
type pivotWriter struct {
	ctx      context.Context
	tx       *store.Tx
	entity   Entity
	columns  []pivotColumn
	classes  map[string]bool
	filter   *PivotFilter // nil when it asks for nothing
	out      *quoted
	sum      record.Cents
	arrivals map[string]store.Arrival // by document
}

func newPivotWriter(ctx context.Context, tx *store.Tx, e Entity, p *Pivot, w io.Writer) (*pivotWriter, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	version := slices.Index(pivotVersions, p.Version)
	x := &pivotWriter{ctx: ctx, tx: tx, entity: e, columns: pivotLayout(version, p.Notices || version < 2),
		classes: make(map[string]bool), arrivals: make(map[string]store.Arrival)}
	if wanted := p.Filter; !wanted.empty() {
		x.filter = &wanted
	}
	wanted := p.Filter.Classes
	if len(wanted) == 0 {
		wanted = slices.DeleteFunc(p.Classes(), func(c string) bool { return c == classDouble })
	}
	for _, c := range wanted {
		x.classes[c] = true
	}
	header := make([]string, len(x.columns))
	for i := range x.columns {
		header[i] = x.columns[i].name
	}
	var err error
	x.out, err = newQuoted(w, '\\', "\r\n", header)
	return x, err
}

// pivotSum says what Content.Sum adds up.
const pivotSum = "importo di ogni riga: quello singolo della ricevuta (E), altrimenti del flusso (R), della notifica (I), del movimento (T)"

func (x *pivotWriter) content() Content {
	return Content{Rows: x.out.rows, Sum: x.sum, SumOf: pivotSum}
}

// row writes a row for each wanted class of a row of the books, and says how
// many they are.
func (x *pivotWriter) row(r *store.PivotRow) (n int, err error) {
	if err := x.ctx.Err(); err != nil {
		return 0, err
	}
	labels := string(r[store.PivotLabels])
	if labels == "" || x.filter != nil && !x.filter.takes(r) {
		return 0, nil
	}
	implied := !r.Has(store.PivotAmount) && (string(r[store.PivotLineOutcome]) == "8" || string(r[store.PivotLineOutcome]) == "9")
	for label := range strings.SplitSeq(labels, "|") {
		if !x.classes[label] {
			continue
		}
		for i := range x.columns {
			c := &x.columns[i]
			value := r[c.of]
			if implied && c.implied != store.PivotNone {
				value = r[c.implied]
			}
			if err := x.field(c, value, label); err != nil {
				return n, fmt.Errorf("column %s: %w", c.name, err)
			}
		}
		if err := x.out.end(); err != nil {
			return n, err
		}
		amount, err := pivotAmount(r)
		if err != nil {
			return n, err
		}
		x.sum += amount
		n++
	}
	return n, nil
}

func (x *pivotWriter) field(c *pivotColumn, value []byte, label string) error {
	switch {
	case c.as == asLabel:
		put(x.out, label)
	case len(value) == 0, c.as == asBlank, c.as == asRow && string(value) == "0":
		put(x.out, "")
	case c.as == asCents:
		cents, err := centsOf(value)
		if err != nil {
			return err
		}
		x.out.cents(cents)
	case c.as == asInstant:
		text, err := clockTime(string(value))
		if err != nil {
			return err
		}
		put(x.out, text)
	case c.as == asArrival, c.as == asFile:
		came, err := x.arrival(value)
		if err != nil {
			return err
		}
		if c.as == asFile {
			x.out.number(came.File)
		} else {
			put(x.out, came.On.String())
		}
	case c.as == asLegal:
		put(x.out, "G")
	case c.as == asEntity:
		put(x.out, x.entity.TaxCode)
	default:
		put(x.out, value)
	}
	return nil
}

func (x *pivotWriter) arrival(doc []byte) (store.Arrival, error) {
	came, known := x.arrivals[string(doc)]
	if known {
		return came, nil
	}
	id, err := centsOf(doc)
	if err != nil {
		return came, err
	}
	if came, err = x.tx.Arrival(int64(id)); err != nil {
		return came, err
	}
	x.arrivals[string(doc)] = came
	return came, nil
}

// pivotAmount is what a row is worth: the receipt's word before the flow's
// before the notice's, the cash of a movement alone.
func pivotAmount(r *store.PivotRow) (record.Cents, error) {
	for _, f := range []store.PivotField{store.PivotAmount, store.PivotLineAmount, store.PivotNoticeAmount, store.PivotCash} {
		if r.Has(f) {
			return centsOf(r[f])
		}
	}
	return 0, nil
}

// clockTime is an instant as the clocks in Italy showed it.
func clockTime(instant string) (string, error) {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return "", err
	}
	return t.In(record.Rome()).Format(localSecond), nil
}

const localSecond = "2006-01-02T15:04:05"
