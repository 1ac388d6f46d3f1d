package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// TraceReceipts lists the receipt lines of an IUV by IUR and index, each
// followed by what it replaced.
func (tx *Tx) TraceReceipts(iuv string) ([]TracedReceipt, error) {
	return traced(tx, "TraceReceipts", func(r *TracedReceipt) []any {
		return append([]any{&r.IUV, &r.IUR, &r.Index, &r.IUD, &r.Amount, &r.Total, &r.Outcome, dateInto{&r.PaidOn}, &r.DebtType,
			&r.PSP, &r.PSPName, &r.PayerName, &r.Remittance, &r.Replaced}, sourceInto(&r.Source)...)
	}, iuv)
}

// TraceNotices lists the notice with an IUD and those it replaced, newest
// first.
func (tx *Tx) TraceNotices(iud string) ([]TracedNotice, error) {
	return traced(tx, "TraceNotices", func(n *TracedNotice) []any {
		return append([]any{&n.IUD, &n.IUV, &n.Amount, dateInto{&n.PaidOn}, &n.DebtType, &n.PayerName, &n.Remittance, &n.Replaced},
			sourceInto(&n.Source)...)
	}, iud)
}

// IUDsOfIUV lists the IUDs that receipts and notices of an IUV carry.
func (tx *Tx) IUDsOfIUV(iuv string) ([]string, error) { return tx.texts("TraceIUDsOfIUV", iuv) }

// IUVsOfIUD lists the IUVs that a receipt or a notice with this IUD is about.
func (tx *Tx) IUVsOfIUD(iud string) ([]string, error) { return tx.texts("TraceIUVsOfIUD", iud) }

// TraceLinesOfIUV lists the lines of all versions of all flows about an IUV.
func (tx *Tx) TraceLinesOfIUV(iuv string) ([]TracedLine, error) {
	return traced(tx, "TraceLinesOfIUV", lineInto, iuv)
}

// TraceLinesOfFlow lists the lines of one version of a flow in its order.
func (tx *Tx) TraceLinesOfFlow(flow int64) ([]TracedLine, error) {
	return traced(tx, "TraceLinesOfFlow", lineInto, flow)
}

func lineInto(l *TracedLine) []any {
	return append([]any{&l.FlowID, &l.SettlementID, &l.Seq, &l.IUV, &l.IUR, &l.Index, &l.Amount, &l.Outcome, dateInto{&l.PaidOn}},
		sourceInto(&l.Source)...)
}

// TraceFlows lists the versions of a flow, the current one first, then from
// the newest.
func (tx *Tx) TraceFlows(settlement int64) ([]TracedFlow, error) {
	return traced(tx, "TraceFlows", func(f *TracedFlow) []any {
		return append([]any{&f.ID, &f.SettlementID, &f.Current, &f.IUF, &f.Revision, instantInto{&f.ProducedAt}, &f.Regulation,
			dateInto{&f.RegulatedOn}, &f.PSP, &f.PSPName, &f.BIC, &f.DeclaredCount, &f.DeclaredTotal, &f.LineCount,
			&f.TotalPlain, &f.TotalNet}, sourceInto(&f.Source)...)
	}, settlement)
}

// TraceSettlement reads a settlement.
func (tx *Tx) TraceSettlement(id int64) (TracedSettlement, error) {
	return tracedOne(tx, "TraceSettlement", func(s *TracedSettlement) []any {
		return append([]any{&s.ID, &s.IUF, &s.PSP, &s.Year, &s.Cash, &s.Parts, &s.Revised}, verdictInto(&s.TracedVerdict)...)
	}, id)
}

// SettlementIDs lists the settlements with an IUF (upper case) by year and PSP.
func (tx *Tx) SettlementIDs(key string) ([]int64, error) {
	return tx.ids("TraceSettlementsByIUF", key)
}

// TraceLinksOfSettlement lists the movements that pay a settlement.
func (tx *Tx) TraceLinksOfSettlement(id int64) ([]TracedLink, error) {
	return traced(tx, "TraceLinksOfSettlement", linkInto, id)
}

// TraceLinksOfMovement lists the settlements a movement pays.
func (tx *Tx) TraceLinksOfMovement(id int64) ([]TracedLink, error) {
	return traced(tx, "TraceLinksOfMovement", linkInto, id)
}

func linkInto(l *TracedLink) []any {
	return []any{&l.SettlementID, &l.IUF, &l.MovementID, &l.Account, &l.Year, &l.Number, dateInto{&l.BookedOn}, &l.Amount, &l.Reason}
}

// TraceMovement reads a movement.
func (tx *Tx) TraceMovement(id int64) (TracedMovement, error) {
	return tracedOne(tx, "TraceMovement", func(m *TracedMovement) []any {
		return append(append([]any{&m.ID, &m.Account, &m.Year, &m.Number, &m.Amount, &m.Reversed, &m.Cash, &m.Covered,
			dateInto{&m.BookedOn}, dateInto{&m.ValueOn}, &m.Payer, &m.Remittance, &m.EndToEnd, &m.Treasurer, &m.Code, &m.Ambiguous},
			verdictInto(&m.TracedVerdict)...), sourceInto(&m.Source)...)
	}, id)
}

// MovementIDs lists the movements with this year and number: one per account.
func (tx *Tx) MovementIDs(year int, number string) ([]int64, error) {
	return tx.ids("TraceMovementsByNumber", year, number)
}

// MovementsNaming lists the movements whose text names an IUF (upper case) or
// an IUV; kind is iuf or iuv.
func (tx *Tx) MovementsNaming(kind, id string) ([]int64, error) {
	return tx.ids("TraceMovementsNaming", kind, id)
}

// TraceRefs lists what the text of a movement names.
func (tx *Tx) TraceRefs(movement int64) ([]TracedRef, error) {
	return traced(tx, "TraceRefs", func(r *TracedRef) []any { return []any{&r.Kind, &r.ID, &r.Step, &r.Used, &r.Barred} }, movement)
}

// TraceEvents lists the rows that spoke of a movement, by day.
func (tx *Tx) TraceEvents(movement int64) ([]TracedEvent, error) {
	return traced(tx, "TraceEvents", func(e *TracedEvent) []any {
		return append([]any{&e.Document, &e.Operation, &e.Amount, dateInto{&e.BookedOn}}, sourceInto(&e.Source)...)
	}, movement)
}

// TraceFormer lists what later deliveries replaced of a movement, newest first.
func (tx *Tx) TraceFormer(movement int64) ([]TracedFormer, error) {
	return traced(tx, "TraceFormerMovement", func(f *TracedFormer) []any {
		return append([]any{&f.Amount, dateInto{&f.BookedOn}, dateInto{&f.ValueOn}, &f.Payer, &f.Remittance}, sourceInto(&f.Source)...)
	}, movement)
}

// TracePayments lists the payments of an IUV by IUR and index.
func (tx *Tx) TracePayments(iuv string) ([]TracedPayment, error) {
	return traced(tx, "TracePayments", func(p *TracedPayment) []any {
		return append([]any{&p.IUV, &p.IUR, &p.Index, &p.AloneIUD, &p.Amount, &p.HasReceipt, &p.NoticeIUD, &p.FlowID, &p.FlowSeq,
			&p.IUF, &p.Difference, dateInto{&p.DueFrom}, &p.SinceRun, dateInto{&p.ReviewOn}}, verdictInto(&p.TracedVerdict)...)
	}, iuv)
}

// TracePaymentHistory lists the changes of every payment an IUV ever had, by
// payment and run.
func (tx *Tx) TracePaymentHistory(iuv string) ([]TracedPaymentChange, error) {
	changes, err := traced(tx, "TracePaymentHistory", func(c *TracedPaymentChange) []any {
		return append([]any{&c.IUR, &c.Index, &c.AloneIUD}, changeInto(&c.TracedChange)...)
	}, iuv)
	for i := range changes {
		if err == nil {
			err = tx.causes(&changes[i].TracedChange)
		}
	}
	return changes, err
}

// TraceUnitHistory lists the changes of a settlement or movement by run; unit
// is settlement or movement.
func (tx *Tx) TraceUnitHistory(unit string, id int64) ([]TracedChange, error) {
	changes, err := traced(tx, "TraceUnitHistory", changeInto, unit, id)
	for i := range changes {
		if err == nil {
			err = tx.causes(&changes[i])
		}
	}
	return changes, err
}

// causes spells out what else a change was caused by, see [Group]. Marks that
// met carry a cause twice.
func (tx *Tx) causes(c *TracedChange) error { return spellCauses(c, tx.FileByID) }

func spellCauses(c *TracedChange, file func(id int64) (*File, error)) error {
	c.Causes = []TracedCause{}
	add := func(cause TracedCause) {
		if !slices.Contains(c.Causes, cause) {
			c.Causes = append(c.Causes, cause)
		}
	}
	for _, cause := range strings.Split(strings.TrimPrefix(c.also, ","), ",") {
		id, err := strconv.ParseInt(cause, 10, 64)
		switch {
		case cause == "":
		case err != nil:
			add(TracedCause{Kind: cause})
		default:
			f, err := file(id)
			if err != nil {
				return err
			}
			if f != nil && f.SHA256 != c.SHA256 {
				add(TracedCause{CauseFile, f.Name, f.SHA256})
			}
		}
	}
	if c.File != "" {
		add(TracedCause{CauseFile, c.File, c.SHA256})
	}
	return nil
}

func sourceInto(s *TracedSource) []any { return []any{&s.File, &s.Entry, &s.Line, &s.SHA256} }

func verdictInto(v *TracedVerdict) []any {
	return []any{&v.Status, &v.Sign, &v.Severity, &v.Labels, &v.Facts, &v.RulesetHash}
}

func changeInto(c *TracedChange) []any {
	return []any{&c.Run, dateInto{&c.AsOf}, &c.Before, &c.After, &c.Amount, &c.Difference, &c.File, &c.SHA256, &c.also}
}

// traced reads all rows of a query; never nil, so that JSON shows an array.
func traced[T any](tx *Tx, name string, columns func(*T) []any, args ...any) ([]T, error) {
	out := []T{}
	err := tx.each(name, args, func(scan func(...any) error) error {
		var row T
		if err := scan(columns(&row)...); err != nil {
			return err
		}
		out = append(out, row)
		return nil
	})
	return out, err
}

func tracedOne[T any](tx *Tx, name string, columns func(*T) []any, id int64) (T, error) {
	rows, err := traced(tx, name, columns, id)
	if err == nil && len(rows) != 1 {
		err = fmt.Errorf("%s: no row %d", name, id)
	}
	if err != nil {
		var none T
		return none, err
	}
	return rows[0], nil
}

func (tx *Tx) ids(name string, args ...any) ([]int64, error) {
	return traced(tx, name, func(id *int64) []any { return []any{id} }, args...)
}
