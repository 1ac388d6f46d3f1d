package store

import (
	"errors"

	"quadra/engine/record"
)

// Group is everything the books hold about one IUV: the unit of judging.
// Slices are reused from one group to the next.
type Group struct {
	IUV   string
	Cause int64 // file that made it worth judging, or 0
	// Also lists the other causes, each after a comma: ids of files before that
	// one, and [CauseCalendar], [CauseSettings] or [CauseDecision].
	Also     string
	Touched  bool // something it holds may have changed: it is not the calendar alone
	Receipts []ReceiptRow
	Lines    []LineRow // of current flows only
	Notices  []NoticeRow
	Cash     []CashRow // movements that name the IUV and settle no flow
	Payments []PaymentRow

	judged []judgedRow  // the payments that were not dropped
	went   []PaymentKey // of those that were
}

// ReceiptRow is a receipt line as judging reads it.
type ReceiptRow struct {
	IUR         string
	Index       int
	IUD         string
	Amount      record.Cents
	Total       record.Cents
	PaidOn      record.Date
	AfterCutOff bool
	Shared      bool // a secondary entity's share
	Stamp       bool // a digital revenue stamp
	DebtType    string
	Doc         int64 // that brought it
}

// LineRow is a line of a current flow as judging reads it.
type LineRow struct {
	IUR     string
	Index   int // 0: the flow does not say
	FlowID  int64
	Seq     int
	Amount  record.Cents
	Outcome int
	PaidOn  record.Date
}

// NoticeRow is a notice as judging reads it.
type NoticeRow struct {
	IUV    string
	IUD    string
	Amount record.Cents
	PaidOn record.Date
	Doc    int64 // that brought it; 0 when it was looked for by its IUD
}

// CashRow is a movement that names an IUV.
type CashRow struct {
	MovementID int64
	Cash       record.Cents
	Used       bool // a payment was cashed by it when last judged
}

// PaymentKey identifies a payment within its IUV. A notice alone has only its
// IUD; every other payment has IUR and index.
type PaymentKey struct {
	IUR      string
	Index    int
	AloneIUD string
}

// PaymentRow is a judged payment.
type PaymentRow struct {
	PaymentKey
	Amount     record.Cents // of the receipt line, else of the flow line, else of the notice
	HasReceipt bool
	IUD        string // of the receipt, or of the notice alone
	NoticeIUD  string // notice linked to it
	FlowID     int64  // flow line linked to it, 0 when none
	FlowSeq    int
	Difference record.Cents // of the comparison its status speaks of
	DueFrom    record.Date  // the day its ageing starts
	Verdict    int64
	ReviewOn   record.Date // first as-of date on which the calendar alone changes it; 0 never
}

// MarkDue marks what the calendar alone may change by this as-of date.
func (tx *Tx) MarkDue(asOf record.Date) error {
	for _, q := range []string{"JudgeDirtyReviewPayments", "JudgeDirtyReviewSettlements", "JudgeDirtyReviewMovements"} {
		if _, err := tx.exec(q, asOf.String()); err != nil {
			return err
		}
	}
	return nil
}

// ClearMarks forgets what was waiting: everything has been judged.
func (tx *Tx) ClearMarks() error {
	if tx.off != nil {
		tx.off = nil
		if _, err := tx.exec("ClearArrivedFlows"); err != nil {
			return err
		}
	}
	for _, q := range []string{"JudgeClearIUV", "JudgeClearSettlements", "JudgeClearMovements"} {
		if _, err := tx.exec(q); err != nil {
			return err
		}
	}
	return nil
}

// Groups calls fn for each IUV in order: every IUV of the books when all, else
// the marked ones. It is one ordered merge of five scans, so memory does not
// follow the size of the books. fn may write payments of its own group.
func (tx *Tx) Groups(all bool, fn func(*Group) error) error {
	if err := tx.Settle(); err != nil {
		return err
	}
	suffix := "Dirty"
	if all || tx.off != nil {
		suffix = "All"
	}
	var off *causes
	if tx.off != nil {
		var err error
		if off, err = tx.causesPutOff(); err != nil {
			return err
		}
		defer func(held *putOff) { tx.off = held }(tx.off)
		tx.off = nil // the marks are read here
	}
	tx.judging = judging{}
	m := &merge{}
	defer m.close()
	marks, err := openCursor(tx, "GroupMarksAll", scanMark)
	if err != nil {
		return err
	}
	m.add(marks)
	receipts, err := openCursor(tx, "GroupReceipts"+suffix, scanReceiptRow)
	if err != nil {
		return err
	}
	m.add(receipts)
	lines, err := openCursor(tx, "GroupLines"+suffix, scanLineRow)
	if err != nil {
		return err
	}
	m.add(lines)
	notices, err := openCursor(tx, "GroupNotices"+suffix, scanNoticeRow)
	if err != nil {
		return err
	}
	m.add(notices)
	cash, err := openCursor(tx, "GroupCash"+suffix, scanCashRow)
	if err != nil {
		return err
	}
	m.add(cash)
	payments, err := openCursor(tx, "GroupPayments"+suffix, scanJudgedRow)
	if err != nil {
		return err
	}
	m.add(payments)

	var g Group
	var cause []markRow
	for {
		iuv, ok := m.next()
		if !ok {
			return nil
		}
		g.IUV = iuv
		if cause, err = marks.take(iuv, cause[:0]); err != nil {
			return err
		}
		if g.Receipts, err = receipts.take(iuv, g.Receipts[:0]); err != nil {
			return err
		}
		if g.Lines, err = lines.take(iuv, g.Lines[:0]); err != nil {
			return err
		}
		if g.Notices, err = notices.take(iuv, g.Notices[:0]); err != nil {
			return err
		}
		for i := range g.Notices {
			g.Notices[i].IUV = iuv
		}
		if g.Cash, err = cash.take(iuv, g.Cash[:0]); err != nil {
			return err
		}
		if g.judged, err = payments.take(iuv, g.judged[:0]); err != nil {
			return err
		}
		g.take()
		mark := markRow{}
		if off != nil {
			mark = off.of(&g, cause)
		} else if len(cause) > 0 {
			mark = cause[0]
		}
		g.Cause, g.Also, g.Touched = mark.file, mark.also, mark.touched
		if err := fn(&g); err != nil {
			return err
		}
	}
}

// NoticeWithIUD finds a notice whatever its IUV.
func (tx *Tx) NoticeWithIUD(iud string) (n NoticeRow, found bool, err error) {
	var on string
	found, err = tx.one("NoticeByIUD", []any{iud}, &n.IUV, &n.IUD, &n.Amount, &on)
	if err == nil && found {
		err = n.PaidOn.UnmarshalText([]byte(on))
	}
	return n, found, err
}

// HasReceiptWithIUD says whether any receipt carries the IUD.
func (tx *Tx) HasReceiptWithIUD(iud string) (bool, error) {
	var one int
	return tx.one("ReceiptWithIUD", []any{iud}, &one)
}

// FlowFacts is what judging a payment needs of the flow that reports it.
type FlowFacts struct {
	Settlement  int64
	IUF         string // upper case
	RegulatedOn record.Date
	Total       record.Cents // declared
	Cash        record.Cents // of all movements that settle it
	Parts       int          // how many they are
}

// FlowFacts reads the facts of a flow.
func (tx *Tx) FlowFacts(flow int64) (FlowFacts, error) {
	var f FlowFacts
	var on string
	found, err := tx.one("FlowFacts", []any{flow}, &f.Settlement, &f.IUF, &on, &f.Total, &f.Cash, &f.Parts)
	if err != nil {
		return f, err
	}
	if !found {
		return f, errors.New("a flow line names a flow that is not there")
	}
	return f, f.RegulatedOn.UnmarshalText([]byte(on))
}

// Verdict is a distinct outcome of the ruleset.
type Verdict struct {
	Unit        string // payment, settlement or movement
	RulesetHash string
	Status      string
	Sign        int
	Severity    int
	Labels      string // sorted, joined by |
	Facts       string
}

// VerdictID returns the id of a verdict, storing it when it is new.
func (tx *Tx) VerdictID(v *Verdict) (int64, error) {
	var id int64
	found, err := tx.one("VerdictFind", []any{v.Unit, v.RulesetHash, v.Facts}, &id)
	if err != nil || found {
		return id, err
	}
	return tx.insert("VerdictInsert", v.Unit, v.RulesetHash, v.Status, v.Sign, v.Severity, v.Labels, v.Facts)
}

// SetCashUsed stores whether a payment is cashed by the movement through the
// IUV, and marks the movement when that changed.
func (tx *Tx) SetCashUsed(g *Group, c *CashRow, used bool) error {
	if c.Used == used {
		return nil
	}
	if _, err := tx.exec("CashUsed", flag(used), g.IUV, c.MovementID); err != nil {
		return err
	}
	_, err := tx.exec("DirtyMovement", c.MovementID, nullable(g.Cause), g.Also)
	return err
}

func nullableDate(d record.Date) any {
	if d == 0 {
		return nil
	}
	return d.String()
}
