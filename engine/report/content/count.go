package content

import (
	"fmt"
	"strings"

	"quadra/engine/record"
	"quadra/engine/stats"
	"quadra/engine/store"
)

// counts are what is added up while the payments are read.
type counts struct {
	held     map[int64]*heldBy // accertamenti
	chapters map[store.ChartKey]*ChapterSum
	noted    map[int64]bool  // notes whose payment the reader may see
	parts    map[int64]*Part // of settlements, that the reader may see
	awaited  map[awaitedFlow]*Part
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
}

// awaitedFlow is a flow some PSP should send.
type awaitedFlow struct {
	psp       string
	paid, due record.Date
}

func (c *Content) begin() (err error) {
	n := &c.counts
	n.held, n.chapters, n.noted = make(map[int64]*heldBy), make(map[store.ChartKey]*ChapterSum), make(map[int64]bool)
	n.parts, n.awaited = make(map[int64]*Part), make(map[awaitedFlow]*Part)
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
	for _, n := range p.Notes {
		c.counts.noted[n.ID] = true
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
		k := awaitedFlow{pspName(p.PSP()), p.Receipt.PaidOn, p.Why.DueBy}
		part := c.counts.awaited[k]
		if part == nil {
			part = new(Part)
			c.counts.awaited[k] = part
		}
		part.Count++
		part.Worth += p.Worth
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
	for i := range shares {
		s := &shares[i]
		row.Seq, row.Year, row.Office, row.Chapter, row.Article, row.Assessment = s.Seq, s.Year, s.Office, s.Chapter, s.Article, s.Assessment
		row.Amount, row.Accertamento = s.Amount, s.Accertamento
		c.counts.stats.Add(&row)
		c.counts.months.Add(&row)
		c.counts.psps.Add(&row)
		key := store.ChartKey{DebtType: row.DebtType, Year: s.Year, Office: s.Office, Chapter: s.Chapter, Article: s.Article, Assessment: s.Assessment}
		c.chapter(key).add(&row)
		if s.Accertamento != 0 {
			c.hold(s.Accertamento, p.Key, key, s.Amount)
		}
	}
}

func (c *Content) hold(accertamento int64, payment string, place store.ChartKey, amount record.Cents) {
	h := c.counts.held[accertamento]
	if h == nil {
		h = &heldBy{places: make(map[store.ChartKey]record.Cents)}
		c.counts.held[accertamento] = h
	}
	if h.last != payment {
		h.last = payment
		h.payments++
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
