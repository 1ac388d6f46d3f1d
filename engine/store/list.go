package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"quadra/engine/record"
)

// Codes are label codes or identifiers in one text, sorted and joined by |. In
// JSON they are an array.
type Codes string

// MarshalJSON writes an array of texts, empty for no code.
func (c Codes) MarshalJSON() ([]byte, error) {
	if c == "" {
		return []byte("[]"), nil
	}
	return json.Marshal(strings.Split(string(c), "|"))
}

// ListedPayment is a payment as listings show it.
type ListedPayment struct {
	IUV        string
	IUR        string // empty for a notice alone
	Index      int    // 0 for a notice alone
	IUD        string // of the receipt, or of the notice alone
	Amount     record.Cents
	Status     string
	Sign       int
	Difference record.Cents // of the comparison the status speaks of
	DueFrom    record.Date  // the day its ageing starts
	IUF        string       // in upper case, of the flow line linked to it
	NoticeIUD  string       // the notice linked to it
	Labels     Codes
	Refund     string // who marked it as the refund of a payment made twice; the store leaves it empty
}

// ListedSettlement is a settlement as listings show it.
type ListedSettlement struct {
	IUF           string
	PSP           string
	PSPName       string
	Year          int
	RegulatedOn   record.Date
	DeclaredCount int
	DeclaredTotal record.Cents
	Cash          record.Cents
	Parts         int          // movements that pay it
	Difference    record.Cents // cash less declared total
	Status        string
	Sign          int
	Reasons       Codes  // why its movements were linked, joined by |
	Author        string // of the decisions behind manual links; the store leaves it empty
}

// ListedMovement is a movement as listings show it.
type ListedMovement struct {
	Account    string
	Year       int
	Number     string
	BookedOn   record.Date
	ValueOn    record.Date
	Amount     record.Cents // as executed
	Reversed   record.Cents
	Cash       record.Cents // executed less reversed
	Covered    record.Cents // by orders of the entity
	Payer      string
	IUF        Codes // what it names, in upper case
	IUV        Codes // what it names
	Remittance string
	Status     string
	Sign       int
	Labels     Codes
	Reasons    Codes  // why it was linked to flows or payments, joined by |
	Author     string // of the decisions behind manual links; the store leaves it empty
}

// ListedReceipt is a receipt line as listings show it.
type ListedReceipt struct {
	IUV        string
	IUR        string
	Index      int
	IUD        string
	Amount     record.Cents // of the transfer
	Total      record.Cents // of the whole receipt
	PaidOn     record.Date
	DebtType   string
	PSPName    string
	PayerName  string
	Remittance string
	Status     string // of its payment; empty while not judged
	File       string
	Entry      string
	Line       int
}

// ListedFlow is one version of a flow as listings show it.
type ListedFlow struct {
	IUF           string
	PSP           string
	PSPName       string
	Revision      int
	ProducedAt    time.Time
	RegulatedOn   record.Date
	Regulation    string
	DeclaredCount int
	DeclaredTotal record.Cents
	LineCount     int          // lines seen, rejected ones included
	LineTotal     record.Cents // revoked lines added like the others
	State         string       // current or replaced
	File          string
	Entry         string
	Line          int
}

// ListedNotice is a notice as listings show it.
type ListedNotice struct {
	IUD       string
	IUV       string
	Amount    record.Cents
	PaidOn    record.Date
	DebtType  string
	PayerName string
	Status    string // of its payment; empty while not judged
	File      string
	Entry     string
	Line      int
}

// ListedFile is an offered file as listings show it.
type ListedFile struct {
	ID       int64
	Name     string
	Drop     string // empty when imported by hand
	Source   string
	SHA256   string
	Size     int64
	SeenAt   time.Time
	State    string
	Rows     int64
	Accepted int64
	Rejected int64
	Total    record.Cents
	Code     string // of a refusal
	Message  string
	Entry    string
	Line     int
}

// ListedReject is a row left out, with the file it was in.
type ListedReject struct {
	FileID int64
	File   string
	SHA256 string
	Entry  string
	Line   int
	Column string
	Code   string
	Value  string
	Reason string
}

// ListedScope says which units a listing shows, and as of when.
type ListedScope struct {
	Status string // empty: all
	Run    int64  // as this run left the books, see [Tx.RunAsOf]; 0: as they are
}

// ListPayments calls fn for every payment of the scope, in the order of IUV,
// IUR and index. fn must not keep the row.
func (tx *Tx) ListPayments(scope ListedScope, fn func(*ListedPayment) error) error {
	name := "ListPayments"
	if scope.Status != "" && scope.Run == 0 { // anomalies have an index
		var anomaly bool
		if had, err := tx.one("ListStatusSign", []any{scope.Status}, &anomaly); err != nil || !had {
			return err
		}
		if anomaly {
			name = "ListAnomalies"
		}
	}
	var key sql.RawBytes // the last column they are ordered by; the IUD says it too
	return listUnits(tx, name, scope, func(p *ListedPayment) []any {
		return []any{&p.IUV, &p.IUR, &p.Index, &p.IUD, &p.Amount, &p.Status, &p.Sign, &p.Difference, dateInto{&p.DueFrom},
			&p.IUF, &p.NoticeIUD, &p.Labels, &key}
	}, fn)
}

// ListSettlements calls fn for every settlement of the scope, in the order of
// regulation day, IUF and PSP. fn must not keep the row.
func (tx *Tx) ListSettlements(scope ListedScope, fn func(*ListedSettlement) error) error {
	return listUnits(tx, "ListSettlements", scope, func(s *ListedSettlement) []any {
		return []any{&s.IUF, &s.PSP, &s.PSPName, &s.Year, dateInto{&s.RegulatedOn}, &s.DeclaredCount, &s.DeclaredTotal,
			&s.Cash, &s.Parts, &s.Difference, &s.Status, &s.Sign, &s.Reasons}
	}, fn)
}

// ListMovements calls fn for every movement of the scope, in the order of year,
// number and account. fn must not keep the row.
func (tx *Tx) ListMovements(scope ListedScope, fn func(*ListedMovement) error) error {
	return listUnits(tx, "ListMovements", scope, func(m *ListedMovement) []any {
		return []any{&m.Account, &m.Year, &m.Number, dateInto{&m.BookedOn}, dateInto{&m.ValueOn}, &m.Amount, &m.Reversed,
			&m.Cash, &m.Covered, &m.Payer, &m.IUF, &m.IUV, &m.Remittance, &m.Status, &m.Sign, &m.Labels, &m.Reasons}
	}, fn)
}

// listUnits lists what is judged. As of a run it reads the history, by a
// statement named like the listing of today with At.
func listUnits[T any](tx *Tx, name string, scope ListedScope, columns func(*T) []any, fn func(*T) error) error {
	args := []any{scope.Status}
	if scope.Run != 0 {
		name, args = name+"At", append(args, scope.Run)
	}
	return listed(tx, name, args, columns, fn)
}

// ListReceipts calls fn for every receipt line whose payment has this status,
// or all, in the order of IUV, IUR and index. fn must not keep the row.
func (tx *Tx) ListReceipts(status string, fn func(*ListedReceipt) error) error {
	return list(tx, "ListReceipts", status, func(r *ListedReceipt) []any {
		return []any{&r.IUV, &r.IUR, &r.Index, &r.IUD, &r.Amount, &r.Total, dateInto{&r.PaidOn}, &r.DebtType, &r.PSPName,
			&r.PayerName, &r.Remittance, &r.Status, &r.File, &r.Entry, &r.Line}
	}, fn)
}

// ListFlows calls fn for every version of a flow in this state, or all, in the
// order of regulation day, IUF, PSP and age. fn must not keep the row.
func (tx *Tx) ListFlows(state string, fn func(*ListedFlow) error) error {
	return list(tx, "ListFlows", state, func(f *ListedFlow) []any {
		return []any{&f.IUF, &f.PSP, &f.PSPName, &f.Revision, instantInto{&f.ProducedAt}, dateInto{&f.RegulatedOn}, &f.Regulation,
			&f.DeclaredCount, &f.DeclaredTotal, &f.LineCount, &f.LineTotal, &f.State, &f.File, &f.Entry, &f.Line}
	}, fn)
}

// ListNotices calls fn for every notice whose payment has this status, or all,
// in the order of IUV and IUD. fn must not keep the row.
func (tx *Tx) ListNotices(status string, fn func(*ListedNotice) error) error {
	return list(tx, "ListNotices", status, func(n *ListedNotice) []any {
		return []any{&n.IUD, &n.IUV, &n.Amount, dateInto{&n.PaidOn}, &n.DebtType, &n.PayerName, &n.Status, &n.File, &n.Entry, &n.Line}
	}, fn)
}

// ListFiles calls fn for every file in this state, or all, in the order of
// arrival. fn must not keep the row.
func (tx *Tx) ListFiles(state string, fn func(*ListedFile) error) error {
	return list(tx, "ListFiles", state, func(f *ListedFile) []any {
		return []any{&f.ID, &f.Name, &f.Drop, &f.Source, &f.SHA256, &f.Size, instantInto{&f.SeenAt}, &f.State, &f.Rows,
			&f.Accepted, &f.Rejected, &f.Total, &f.Code, &f.Message, &f.Entry, &f.Line}
	}, fn)
}

// ListRejects calls fn for every reject with this code, or all, in the order
// of arrival. fn must not keep the row.
func (tx *Tx) ListRejects(code string, fn func(*ListedReject) error) error {
	return list(tx, "ListRejects", code, func(r *ListedReject) []any {
		return []any{&r.FileID, &r.File, &r.SHA256, &r.Entry, &r.Line, &r.Column, &r.Code, &r.Value, &r.Reason}
	}, fn)
}

// list scans a listing into one row, used again and again. columns names where
// the columns of the query go.
func list[T any](tx *Tx, name, keep string, columns func(*T) []any, fn func(*T) error) error {
	return listed(tx, name, []any{keep}, columns, fn)
}

func listed[T any](tx *Tx, name string, args []any, columns func(*T) []any, fn func(*T) error) error {
	var row T
	dest := columns(&row)
	return tx.each(name, args, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		return fn(&row)
	})
}

// dateInto scans ISO text, empty or NULL for no date.
type dateInto struct{ *record.Date }

func (d dateInto) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.Date = 0
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	}
	return fmt.Errorf("%w: %v", record.ErrDate, src)
}

// instantInto scans RFC 3339, empty or NULL for no instant.
type instantInto struct{ *time.Time }

func (t instantInto) Scan(src any) (err error) {
	switch v := src.(type) {
	case nil:
		*t.Time = time.Time{}
		return nil
	case string:
		*t.Time, err = parseInstant(v)
		return err
	}
	return fmt.Errorf("not an instant: %v", src)
}
