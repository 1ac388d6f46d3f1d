package store

import (
	"fmt"
	"strings"

	"quadra/engine/store/packed"
)

// GroupOf is what the books hold about one IUV, as [Tx.Groups] reads it, marked
// or not.
func (tx *Tx) GroupOf(iuv string) (*Group, error) {
	g := &Group{IUV: iuv}
	var err error
	if g.Receipts, err = rowsOf(tx, "GroupReceiptsDirty", iuv, scanReceiptRow); err != nil {
		return nil, err
	}
	if g.Lines, err = rowsOf(tx, "GroupLinesDirty", iuv, scanLineRow); err != nil {
		return nil, err
	}
	if g.Notices, err = rowsOf(tx, "GroupNoticesDirty", iuv, scanNoticeRow); err != nil {
		return nil, err
	}
	if g.Cash, err = rowsOf(tx, "GroupCashDirty", iuv, scanCashRow); err != nil {
		return nil, err
	}
	if g.judged, err = rowsOf(tx, "GroupPaymentsDirty", iuv, scanJudgedRow); err != nil {
		return nil, err
	}
	g.take()
	return g, nil
}

func rowsOf[T any](tx *Tx, name, iuv string, scan scanner[T]) ([]T, error) {
	text, err := ofOne(name, "dirty_iuv", "iuv")
	if err != nil {
		return nil, err
	}
	var key packed.Rows
	key.Text(iuv)
	r, err := tx.readText(name+" of one", text, named()[name]&^marks, &key)
	if err != nil {
		return nil, err
	}
	c, err := newCursor(name, r, scan)
	if err != nil {
		return nil, err
	}
	defer c.close()
	return c.take(iuv, nil)
}

// SettlementToJudge is one settlement as [Tx.SettlementsToJudge] reads it,
// marked or not; nil when there is none.
func (tx *Tx) SettlementToJudge(id int64) (found *SettlementRow, err error) {
	name, err := tx.preparedOfOne("JudgeSettlementsDirty", "dirty_settlement", "settlement_id")
	if err != nil {
		return nil, err
	}
	err = tx.settlementsToJudge(name, []any{id}, func(s *SettlementRow) error { found = s; return nil })
	return found, err
}

// MovementToJudge is one movement as [Tx.MovementsToJudge] reads it, marked or
// not; nil when there is none.
func (tx *Tx) MovementToJudge(id int64) (found *MovementRow, err error) {
	name, err := tx.preparedOfOne("JudgeMovementsDirty", "dirty_movement", "movement_id")
	if err != nil {
		return nil, err
	}
	err = tx.movementsToJudge(name, []any{id}, func(m *MovementRow) error { found = m; return nil })
	return found, err
}

// preparedOfOne compiles what [ofOne] returns, under the name it returns.
func (tx *Tx) preparedOfOne(name, marks, key string) (string, error) {
	one := name + " of one"
	if _, known := tx.stmts[one]; known {
		return one, nil
	}
	text, err := ofOne(name, marks, key)
	if err == nil {
		_, err = tx.compile(one, text, named()[name])
	}
	return one, err
}

// ofOne makes of a statement over what is marked one over a single key, given
// as its argument: what is looked at by hand is read as judging reads it.
func ofOne(name, marks, key string) (string, error) {
	text := query(name)
	if strings.Count(text, marks+" d") != 1 {
		return "", fmt.Errorf("%s does not read %s as d", name, marks)
	}
	return strings.Replace(text, marks+" d", "(SELECT ? AS "+key+", NULL AS file_id, '' AS also, 0 AS due) d", 1), nil
}
