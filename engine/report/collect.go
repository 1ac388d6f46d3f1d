package report

import (
	"context"
	"fmt"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/explain"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

// group is every anomaly of one status: what the page says of it.
type group struct {
	Unit     string // as the column unita names it
	Code     string
	Severity int
	Count    int64
	Amount   record.Cents
	Ages     [buckets]ageing
	MaxAge   int
	shown    oldest
}

type ageing struct {
	Count  int64
	Amount record.Cents
}

const buckets = int(calendar.AgeOver60) + 1

// collector reads the anomalies once, in the order of their keys, and hands
// each to the CSV, the XLSX and the group it belongs to.
type collector struct {
	ctx    context.Context
	in     *Input
	tx     *store.Tx
	why    *explain.Explainer
	notes  *note.Index
	csv    *csvTable[row]
	sheet  *workbook
	groups []*group
	row    row
}

var anomalies = store.ViewFilter{Anomalies: true}

func (c *collector) run() error {
	if err := c.tx.PaymentViews(store.PaymentFilter{ViewFilter: anomalies}, c.payment); err != nil {
		return fmt.Errorf("read the payments: %w", err)
	}
	if err := c.tx.SettlementViews(store.SettlementFilter{ViewFilter: anomalies}, c.settlement); err != nil {
		return fmt.Errorf("read the settlements: %w", err)
	}
	if err := c.tx.MovementViews(store.MovementFilter{ViewFilter: anomalies}, c.movement); err != nil {
		return fmt.Errorf("read the movements: %w", err)
	}
	return nil
}

func (c *collector) payment(p *store.PaymentView) error {
	e, err := c.why.Payment(p)
	if err != nil {
		return err
	}
	c.start(unitPayment, p.Verdict, &e)
	r := &c.row
	r.IUV, r.IUR, r.IUD, r.IUF = text(p.IUV), text(p.IUR), text(p.IUD()), text(p.Flow.IUF)
	if p.AloneIUD == "" {
		r.Index = number(p.Index)
	}
	psp, name := p.PSP()
	r.PSP, r.PSPName = text(psp), text(name)
	r.Amount, r.Difference = amount(p.Amount), amountIf(p.Difference != 0, p.Difference)
	hasReceipt, hasFlow := p.Receipt.Source.Known(), p.Flow.Source.Known()
	r.Receipt, r.Total = amountIf(hasReceipt, p.Receipt.Amount), amountIf(hasReceipt, p.Receipt.Total)
	r.Reported, r.Declared = amountIf(hasFlow, p.Flow.Amount), amountIf(hasFlow, p.Flow.Total)
	r.Cash = amountIf(e.HasCash, e.Cash)
	r.Notified = amountIf(p.Notice.Source.Known(), p.Notice.Amount)
	r.PaidOn, r.RegulatedOn, r.DueFrom = day(p.PaidOn()), day(p.Flow.RegulatedOn), day(p.DueFrom)
	code, payer := p.Payer()
	r.DebtType, r.PayerCode, r.PayerName = text(p.DebtType()), text(code), text(payer)
	r.Remittance = text(p.Receipt.Remittance)
	if !hasReceipt {
		r.Remittance = text(p.Notice.Remittance)
	}
	r.order = strings.Join([]string{p.IUV, p.IUR, fmt.Sprint(p.Index), p.AloneIUD}, "\x00")
	return c.finish(c.notes.Payment(p.IUV, p.IUR, p.Index, p.Notice.IUD))
}

func (c *collector) settlement(s *store.SettlementView) error {
	e, err := c.why.Settlement(s)
	if err != nil {
		return err
	}
	c.start(unitSettlement, s.Verdict, &e)
	r := &c.row
	r.IUF, r.PSP, r.PSPName, r.Year = text(s.IUF), text(s.PSP), text(s.PSPName), count{}
	r.Amount, r.Difference = amount(s.DeclaredTotal), amountIf(s.Difference() != 0, s.Difference())
	r.Declared, r.Cash = amount(s.DeclaredTotal), amountIf(s.Parts > 0, s.Cash)
	r.RegulatedOn, r.DueFrom = day(s.RegulatedOn), day(s.RegulatedOn)
	if len(s.Movements) == 1 {
		m := &s.Movements[0]
		r.Year, r.Number, r.Account, r.BookedOn = number(m.Year), text(m.Number), text(m.Account), day(m.BookedOn)
	}
	r.order = strings.Join([]string{s.IUF, s.PSP, fmt.Sprint(s.Year)}, "\x00")
	return c.finish(c.notes.Settlement(strings.ToUpper(s.IUF), s.PSP, s.Year))
}

func (c *collector) movement(m *store.MovementView) error {
	e, err := c.why.Movement(m)
	if err != nil {
		return err
	}
	c.start(unitMovement, m.Verdict, &e)
	r := &c.row
	r.Year, r.Number, r.Account = number(m.Year), text(m.Number), text(m.Account)
	r.Amount, r.Difference, r.Cash = amount(m.Cash), amountIf(m.Difference() != 0, m.Difference()), amount(m.Cash)
	r.BookedOn, r.DueFrom = day(m.BookedOn), day(m.BookedOn)
	r.PayerName, r.Remittance = text(m.Payer), text(m.Remittance)
	r.IUF, r.IUV = text(named(m, "iuf")), text(named(m, "iuv"))
	if len(m.Links) == 1 {
		r.IUF, r.Declared, r.RegulatedOn = text(m.Links[0].IUF), amount(m.Links[0].Total), day(m.Links[0].RegulatedOn)
		r.PSP = text(m.Links[0].PSP)
	}
	r.order = fmt.Sprintf("%d\x00%s\x00%s", m.Year, m.Number, m.Account)
	return c.finish(c.notes.Movement(m.Year, m.Number, m.Account))
}

// named lists what the text of a movement names.
func named(m *store.MovementView, kind string) string {
	var ids []string
	for i := range m.Refs {
		if m.Refs[i].Kind == kind {
			ids = append(ids, m.Refs[i].ID)
		}
	}
	return strings.Join(ids, " ")
}

// start begins the row with what the three units have in common.
func (c *collector) start(unit string, v *store.Verdict, e *explain.Explanation) {
	c.row = row{
		Unit: text(unit), Code: text(v.Status), Status: text(c.in.statusName(v.Unit, v.Status)), Severity: number(v.Severity),
		DueBy: day(e.DueBy), Age: number(e.Age), Ageing: text(e.Ageing.String()), Labels: text(v.Labels), Why: text(e.Why),
	}
	for i := range e.Records {
		cell := map[record.Kind]*text{record.KindReceipts: &c.row.ReceiptAt, record.KindFlows: &c.row.FlowAt,
			record.KindNotices: &c.row.NoticeAt, record.KindMovements: &c.row.CashAt}[e.Records[i].Kind]
		if *cell != "" {
			*cell += "; "
		}
		*cell += text(e.Records[i].Source.String())
	}
}

// finish adds what people say of the unit and hands the row on.
func (c *collector) finish(notes []*note.Note, err error) error {
	if err != nil {
		return err
	}
	if err := c.ctx.Err(); err != nil {
		return err
	}
	r := &c.row
	if n := note.First(notes); n != nil {
		r.said = n
		r.NoteState, r.Note, r.Assignee = text(note.Name(n.State, "it")), text(n.Text), text(n.Assignee)
		r.NoteDue, r.IgnoreUntil, r.NoteAuthor = day(n.DueOn), day(n.IgnoreUntil), text(n.Author)
	}
	if c.in.MaskPayers {
		r.mask()
	}
	g := c.group(r)
	g.Count++
	g.Amount += r.Amount.cents
	age := &g.Ages[calendar.Bucket(r.Age.n)]
	age.Count++
	age.Amount += r.Amount.cents
	g.MaxAge = max(g.MaxAge, r.Age.n)
	g.shown.add(r)
	if err := c.csv.add(*r); err != nil {
		return err
	}
	return c.sheet.add(r)
}

func (c *collector) group(r *row) *group {
	for _, g := range c.groups {
		if g.Unit == string(r.Unit) && g.Code == string(r.Code) {
			return g
		}
	}
	g := &group{Unit: string(r.Unit), Code: string(r.Code), Severity: r.Severity.n, shown: oldest{room: c.in.rowsPerCode()}}
	c.groups = append(c.groups, g)
	return g
}
