package content

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/stats"
	"quadra/engine/store"
)

// counts are what is added up while the payments are read.
type counts struct {
	held     map[int64]*heldBy // accertamenti
	chapters map[store.ChartKey]*ChapterSum
	noted    map[int64]*notedThing // what notes are about, that the reader may see
	parts    map[int64]*Part       // of settlements, that the reader may see
	awaited  map[awaitedFlow]*awaited
	stats    *stats.Counter
	months   *stats.Counter
	psps     *stats.Counter
}

// heldBy is what an accertamento holds.
type heldBy struct {
	payments int64
	amount   record.Cents
	last     string // key of the last payment counted
	places   map[store.ChartKey]record.Cents
	order    []store.ChartKey
	days     days
	said     values
}

// days are the first and the last of some.
type days struct{ first, last record.Date }

func (d *days) add(on record.Date) {
	if on == 0 {
		return
	}
	if d.first == 0 || on < d.first {
		d.first = on
	}
	d.last = max(d.last, on)
}

// values are those a column of the payments has for a thing, each once: a payment
// that is split says several things in one.
type values []string

func (v *values) add(s string) {
	if s != "" && !slices.Contains(*v, s) {
		*v = append(*v, s)
	}
}

// filter leaves the payments that have one of them.
func (v values) filter(column string) []card.Filter {
	return []card.Filter{{Name: column, Value: strings.Join(slices.Sorted(slices.Values(v)), ",")}}
}

// awaitedFlow is a flow some PSP should send.
type awaitedFlow struct {
	psp       string
	paid, due record.Date
}

// awaited is how much of it there is, and how its payments are judged.
type awaited struct {
	Part
	statuses []string
}

func (c *Content) begin() (err error) {
	n := &c.counts
	n.held, n.chapters, n.noted = make(map[int64]*heldBy), make(map[store.ChartKey]*ChapterSum), make(map[int64]*notedThing)
	n.parts, n.awaited = make(map[int64]*Part), make(map[awaitedFlow]*awaited)
	for _, s := range []struct {
		into **stats.Counter
		by   []stats.Dimension
	}{{&n.stats, []stats.Dimension{stats.Month, stats.DebtType, stats.Office, stats.Chapter}}, {&n.months, []stats.Dimension{stats.Month}},
		{&n.psps, []stats.Dimension{stats.PSP}}} {
		if *s.into, err = stats.NewCounter(c.tx, stats.Options{By: s.by}); err != nil {
			return err
		}
	}
	return nil
}

// Count adds a payment to what is added up on the way.
func (c *Content) Count(p *Payment) {
	if len(p.Notes) > 0 {
		c.noteOf(p.Notes, &notedThing{place: card.Place{Table: "pagamenti", Key: p.Key}, what: card.Receipt, title: c.say("Pagamento ", "Payment ") + cmp.Or(p.IUV, p.AloneIUD),
			status: c.StatusName(unitPayment, p.Verdict.Status), on: p.PaidOn(), worth: p.Worth})
	}
	if p.Flow.Source.Known() {
		part := c.counts.parts[p.Flow.Settlement]
		if part == nil {
			part = new(Part)
			c.counts.parts[p.Flow.Settlement] = part
		}
		part.Count++
		part.Worth += p.Worth
		if p.Flow.Parts > 0 {
			part.Cash += p.Worth
		}
	}
	facts := c.factsOf(p.Verdict)
	if p.Receipt.Source.Known() && !p.Flow.Source.Known() && (facts["reported"] == "waiting" || facts["reported"] == "late" || facts["reported"] == "missing") {
		// Not the day its status speaks of, which may be that of something else.
		from := p.Receipt.PaidOn
		if p.Receipt.AfterCutOff {
			from++
		}
		due := c.set.Calendar.Deadline(from, c.set.Terms.FlowLate, calendar.Flows)
		k := awaitedFlow{pspName(p.PSP()), p.Receipt.PaidOn, due}
		part := c.counts.awaited[k]
		if part == nil {
			part = new(awaited)
			c.counts.awaited[k] = part
		}
		part.Count++
		part.Worth += p.Worth
		if !slices.Contains(part.statuses, p.Verdict.Status) {
			part.statuses = append(part.statuses, p.Verdict.Status)
		}
	}
	c.countShares(p, facts)
}

// countShares adds the shares of a payment to accertamenti, chapters and
// statistics.
func (c *Content) countShares(p *Payment, facts map[string]string) {
	hasReceipt := p.Receipt.Source.Known()
	if p.AloneIUD != "" || !hasReceipt && facts["receipt"] != "implied" {
		return
	}
	labels := "|" + p.Verdict.Labels + "|"
	row := store.StatRow{ReceiptKey: store.ReceiptKey{IUV: p.IUV, IUR: p.IUR, Index: p.Index}, PaidOn: p.PaidOn(), DebtType: p.Receipt.DebtType,
		ReportedOn: p.Flow.RegulatedOn, Reported: strings.Contains(labels, "|RT_IUF|"),
		Cashed: strings.Contains(labels, "|RT_IUF_TES|") || strings.Contains(labels, "|RT_TES|")}
	row.PSP, row.PSPName = p.Receipt.PSP, p.Receipt.PSPName
	if !hasReceipt {
		row.PSP, row.PSPName = p.Flow.PSP, p.Flow.PSPName
	}
	for i := range p.Why.Movements {
		row.CashedOn = max(row.CashedOn, p.Why.Movements[i].ValueOn)
	}
	shares := p.Shares
	if len(shares) == 0 {
		shares = []store.Share{{Seq: 1, Year: row.PaidOn.Year(), Amount: p.Worth}}
	}
	place, holders := p.Place(), c.holders(p)
	for i := range shares {
		s := &shares[i]
		row.Seq, row.Year, row.Office, row.Chapter, row.Article, row.Assessment = s.Seq, s.Year, s.Office, s.Chapter, s.Article, s.Assessment
		row.Amount, row.Accertamento = s.Amount, s.Accertamento
		c.counts.stats.Add(&row)
		c.counts.months.Add(&row)
		c.counts.psps.Add(&row)
		key := store.ChartKey{DebtType: row.DebtType, Year: s.Year, Office: s.Office, Chapter: s.Chapter, Article: s.Article, Assessment: s.Assessment}
		c.chapter(key).add(&row, place)
		if s.Accertamento != 0 {
			c.hold(s.Accertamento, p, key, s.Amount, holders)
		}
	}
}

func (c *Content) hold(accertamento int64, p *Payment, place store.ChartKey, amount record.Cents, holders string) {
	h := c.counts.held[accertamento]
	if h == nil {
		h = &heldBy{places: make(map[store.ChartKey]record.Cents)}
		c.counts.held[accertamento] = h
	}
	if h.last != p.Key {
		h.last = p.Key
		h.payments++
		h.days.add(p.PaidOn())
		h.said.add(holders)
	}
	h.amount += amount
	if _, known := h.places[place]; !known {
		h.order = append(h.order, place)
	}
	h.places[place] += amount
}

func (c *Content) chapter(key store.ChartKey) *ChapterSum {
	s := c.counts.chapters[key]
	if s == nil {
		s = &ChapterSum{ChartEntry: store.ChartEntry{ChartKey: key}}
		c.counts.chapters[key] = s
	}
	return s
}

// Months is what was paid, reported and cashed, by month.
func (c *Content) Months() *stats.Table { return c.counts.months.Table() }

// PSPs is the same by PSP.
func (c *Content) PSPs() *stats.Table { return c.counts.psps.Table() }

// yearText is a year, empty for none.
func yearText(y int) string {
	if y == 0 {
		return ""
	}
	return fmt.Sprint(y)
}
