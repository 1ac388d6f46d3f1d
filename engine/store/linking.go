package store

import (
	"fmt"

	"quadra/engine/record"
)

// CashLine is a movement as linking reads it.
type CashLine struct {
	ID int64
	record.MovementKey
	Cash       record.Cents // executed less reversed
	BookedOn   record.Date
	Remittance string
	EndToEnd   string
	IUF, IUV   string // when the layout gives them apart from the text
	Cause      int64  // file that made it worth looking at, or 0
	Also       string // its other causes, see [Group]
}

// Candidate is a settlement a remittance text may speak of.
type Candidate struct {
	ID          int64
	PSP         string
	Year        int
	RegulatedOn record.Date
	Total       record.Cents // declared by the current version
}

// Ref is an identifier found in a remittance text.
type Ref struct {
	Kind string // iuf or iuv
	ID   string // IUF in upper case, or IUV
	Step string // reading step that found it
	// Barred: a person decided otherwise. It ties the movement to nothing.
	Barred bool
}

// Link ties a movement to a settlement it pays, with the amount it carries.
type Link struct {
	Settlement int64
	Amount     record.Cents
	Reason     string
}

// DirtyMovements lists the movements whose text must be read (again).
func (tx *Tx) DirtyMovements() ([]CashLine, error) { return tx.cashLines("LinkDirtyMovements") }

// MovementsToRelink lists the movements whose links may change because of the
// settlements touched since the last run: those that name one of them, and
// those not tied by an exact reference. It is empty when none was touched.
func (tx *Tx) MovementsToRelink() ([]CashLine, error) {
	var n int
	if _, err := tx.one("LinkDirtySettlementCount", nil, &n); err != nil || n == 0 {
		return nil, err
	}
	named, err := tx.cashLines("LinkMovementsNamingDirtySettlements")
	if err != nil {
		return nil, err
	}
	loose, err := tx.cashLines("LinkLooseMovements")
	return append(named, loose...), err
}

// MovementsNamingTouched lists the movements that name a settlement touched
// since the last run.
func (tx *Tx) MovementsNamingTouched() ([]CashLine, error) {
	return tx.cashLines("LinkMovementsNamingDirtySettlements")
}

// MovementsNamingIUF lists the movements that name an IUF (upper case).
func (tx *Tx) MovementsNamingIUF(key string) ([]CashLine, error) {
	return tx.cashLines("LinkMovementsNamingIUF", key)
}

// SettlementLink is what a movement carries to a settlement.
type SettlementLink struct {
	Movement int64
	Amount   record.Cents
}

// LinksOfSettlement lists what movements carry to a settlement.
func (tx *Tx) LinksOfSettlement(settlement int64) ([]SettlementLink, error) {
	return traced(tx, "LinksOfSettlement", func(l *SettlementLink) []any { return []any{&l.Movement, &l.Amount} }, settlement)
}

func (tx *Tx) cashLines(name string, args ...any) ([]CashLine, error) {
	var out []CashLine
	err := tx.each(name, args, func(scan func(...any) error) error {
		var c CashLine
		var booked string
		if err := scan(&c.ID, &c.Year, &c.Number, &c.Account, &c.Cash, &booked, &c.Remittance, &c.EndToEnd, &c.IUF, &c.IUV, &c.Cause, &c.Also); err != nil {
			return err
		}
		err := c.BookedOn.UnmarshalText([]byte(booked))
		out = append(out, c)
		return err
	})
	return out, err
}

// SettlementsByIUF lists the settlements with this IUF (upper case): usually
// one, more when the IUF returned in another year or from another PSP.
func (tx *Tx) SettlementsByIUF(key string) ([]Candidate, error) {
	var out []Candidate
	err := tx.each("LinkSettlementsByIUF", []any{key}, func(scan func(...any) error) error {
		var c Candidate
		var on string
		if err := scan(&c.ID, &c.PSP, &c.Year, &on, &c.Total); err != nil {
			return err
		}
		err := c.RegulatedOn.UnmarshalText([]byte(on))
		out = append(out, c)
		return err
	})
	return out, err
}

// IUFsWithPrefix lists the IUFs of this entity (upper case) that begin with
// prefix.
func (tx *Tx) IUFsWithPrefix(prefix string) ([]string, error) {
	return tx.texts("LinkIUFsWithPrefix", prefix, prefix+"\x7f")
}

// UndatedIUFs lists the IUFs that do not begin with a date (old ones).
func (tx *Tx) UndatedIUFs() ([]string, error) { return tx.texts("LinkIUFsUndated") }

func (tx *Tx) texts(name string, args ...any) ([]string, error) {
	var out []string
	err := tx.each(name, args, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}

// SetLinks replaces the references and links of a movement if they differ and
// marks what depends on them. With force it marks even when nothing differs,
// because the cash behind them changed.
func (tx *Tx) SetLinks(m *CashLine, refs []Ref, links []Link, ambiguous, force bool) error {
	oldRefs, err := tx.refs(m.ID)
	if err != nil {
		return err
	}
	oldLinks, err := tx.links(m.ID)
	if err != nil {
		return err
	}
	n, err := tx.exec("LinkAmbiguous", flag(ambiguous), m.ID, flag(ambiguous))
	if err != nil {
		return err
	}
	changed := n > 0
	if !equalSets(oldRefs, refs) {
		changed = true
		if _, err := tx.exec("LinkRefsClear", m.ID); err != nil {
			return err
		}
		for _, r := range refs {
			if _, err := tx.exec("LinkRefAdd", r.Kind, r.ID, m.ID, r.Step, flag(r.Barred)); err != nil {
				return err
			}
		}
	}
	if !equalSets(oldLinks, links) {
		changed = true
		if _, err := tx.exec("LinksClear", m.ID); err != nil {
			return err
		}
		for _, l := range links {
			if _, err := tx.exec("LinkAdd", l.Settlement, m.ID, int64(l.Amount), l.Reason); err != nil {
				return err
			}
		}
	}
	if !changed && !force {
		return nil
	}
	if _, err := tx.exec("LinkUnuse", m.ID); err != nil { // judging the IUV will say again
		return err
	}
	for _, r := range append(oldRefs, refs...) {
		if r.Kind != "iuv" {
			continue
		}
		if _, err := tx.exec("DirtyIUV", r.ID, nullable(m.Cause), m.Also); err != nil {
			return err
		}
	}
	for _, l := range append(oldLinks, links...) {
		if _, err := tx.exec("DirtySettlement", l.Settlement, nullable(m.Cause), m.Also); err != nil {
			return err
		}
	}
	_, err = tx.exec("DirtyMovement", m.ID, nullable(m.Cause), m.Also)
	return err
}

func (tx *Tx) refs(movement int64) ([]Ref, error) {
	var out []Ref
	err := tx.each("LinkRefs", []any{movement}, func(scan func(...any) error) error {
		var r Ref
		err := scan(&r.Kind, &r.ID, &r.Step, &r.Barred)
		out = append(out, r)
		return err
	})
	return out, err
}

func (tx *Tx) links(movement int64) ([]Link, error) {
	var out []Link
	err := tx.each("LinksOfMovement", []any{movement}, func(scan func(...any) error) error {
		var l Link
		err := scan(&l.Settlement, &l.Amount, &l.Reason)
		out = append(out, l)
		return err
	})
	return out, err
}

// equalSets compares two short lists without regard to order.
func equalSets[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	seen := make(map[T]int, len(a))
	for _, v := range a {
		seen[v]++
	}
	for _, v := range b {
		if seen[v]--; seen[v] < 0 {
			return false
		}
	}
	return true
}

// SumSettlements brings the cash of the touched settlements up to date and
// marks the payments of those whose cash changed.
func (tx *Tx) SumSettlements() error {
	// The marks of what arrived come before those made here, and are made from the
	// same list of flows.
	if err := tx.Settle(); err != nil {
		return err
	}
	type touched struct {
		id, cause int64
		also      string
	}
	var all []touched
	err := tx.each("LinkDirtySettlementIDs", nil, func(scan func(...any) error) error {
		var t touched
		err := scan(&t.id, &t.cause, &t.also)
		all = append(all, t)
		return err
	})
	if err != nil {
		return err
	}
	for _, t := range all {
		if err := tx.sumSettlement(t.id, t.cause, t.also); err != nil {
			return fmt.Errorf("settlement %d: %w", t.id, err)
		}
	}
	return tx.markFlows()
}

func (tx *Tx) sumSettlement(id, cause int64, also string) error {
	var oldCash, cash record.Cents
	var oldParts, parts, replaced int
	var wasRevised bool
	var flow int64
	var firstCash, produced string
	_, err := tx.one("LinkSettlementSums", []any{id}, &oldCash, &oldParts, &wasRevised, &flow,
		&cash, &parts, &firstCash, &produced, &replaced)
	if err != nil {
		return err
	}
	var first record.Date
	if err := first.UnmarshalText([]byte(firstCash)); err != nil {
		return err
	}
	producedAt, err := parseInstant(produced)
	if err != nil {
		return err
	}
	revised := replaced > 0 && parts > 0 && first <= record.DateOf(producedAt)
	if revised {
		seen, err := tx.reviewed(id)
		if err != nil {
			return err
		}
		revised = !seen
	}
	if cash == oldCash && parts == oldParts && revised == wasRevised {
		return nil
	}
	if _, err := tx.exec("LinkSettlementSet", int64(cash), parts, flag(revised), id); err != nil {
		return err
	}
	_, err = tx.exec("FlowArrive", flow, nullable(cause), also)
	return err
}
