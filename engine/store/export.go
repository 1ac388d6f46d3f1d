package store

import "quadra/engine/record"

// LabelRow is one row of the export of labels. All texts, because a missing
// part is empty.
type LabelRow struct {
	IUD    string
	IUV    string // of a movement that nothing explains: what it names, joined by |
	IUR    string
	Index  string
	IUF    string // in upper case; of such a movement: what it names, joined by |
	Year   string // esercizio of the movement
	Number string // of the movement
	Labels string // sorted, joined by |; empty when none holds
}

// ExportLabels calls fn for every row of the export of labels, ordered by all
// its columns byte by byte. fn must not keep the row.
//
// A payment gives one row per movement that settles its flow, or, when its
// flow has no cash, that cashes it by IUV; one row when there is none. A
// payment that is nothing but a revoked flow line gives none. A notice alone
// gives a row, and so does every movement that no other row shows, unless it
// was reversed in full.
//
// SQLite sorts, spilling to temporary files: memory stays within its cache.
func (tx *Tx) ExportLabels(fn func(*LabelRow) error) error {
	var r LabelRow
	return tx.each("ExportLabels", nil, func(scan func(...any) error) error {
		if err := scan(&r.IUD, &r.IUV, &r.IUR, &r.Index, &r.IUF, &r.Year, &r.Number, &r.Labels); err != nil {
			return err
		}
		return fn(&r)
	})
}

// StatusRow is one judged unit with its key.
type StatusRow struct {
	LabelRow
	Amount record.Cents
	Status string
	Sign   int
}

// ExportPayments calls fn for every payment, ordered by IUD, IUV, IUR and
// index. The IUF is that of the flow line linked to it, revoked or not; year
// and number are empty. fn must not keep the row.
func (tx *Tx) ExportPayments(fn func(*StatusRow) error) error {
	return tx.exportStatus("ExportPayments", fn)
}

// ExportSettlements calls fn for every settlement, ordered by IUF, year and
// PSP. Only the IUF of the key is filled; the amount is the declared total.
// fn must not keep the row.
func (tx *Tx) ExportSettlements(fn func(*StatusRow) error) error {
	return tx.exportStatus("ExportSettlements", fn)
}

// ExportMovements calls fn for every movement, ordered by what it names, year,
// number and account. The amount is its cash. fn must not keep the row.
func (tx *Tx) ExportMovements(fn func(*StatusRow) error) error {
	return tx.exportStatus("ExportMovements", fn)
}

func (tx *Tx) exportStatus(name string, fn func(*StatusRow) error) error {
	var r StatusRow
	return tx.each(name, nil, func(scan func(...any) error) error {
		if err := scan(&r.IUD, &r.IUV, &r.IUR, &r.Index, &r.IUF, &r.Year, &r.Number, &r.Amount, &r.Status, &r.Sign, &r.Labels); err != nil {
			return err
		}
		return fn(&r)
	})
}
