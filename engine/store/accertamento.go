package store

import (
	"fmt"
	"time"

	"quadra/engine/record"
)

// AccertamentoState is where an accertamento is in its life.
type AccertamentoState string

// The states of an accertamento; open and closed ones are live.
const (
	AccertamentoOpen      AccertamentoState = "open"
	AccertamentoClosed    AccertamentoState = "closed"
	AccertamentoCancelled AccertamentoState = "cancelled"
)

// Accertamento is a container of amounts of one debt type and year of account.
type Accertamento struct {
	ID        int64
	Name      string
	DebtType  string
	Year      int
	State     AccertamentoState
	Automatic bool // made from a file of receipts: its shares say what it holds
}

// Live says that what it holds counts.
func (a *Accertamento) Live() bool { return a.State != AccertamentoCancelled }

// AccertamentoTotal is an accertamento with what it holds.
type AccertamentoTotal struct {
	Accertamento
	Payments  int64
	Amount    record.Cents
	CreatedBy string
	ChangedAt time.Time
}

// AccertamentoPart is what people put of a payment into an accertamento.
type AccertamentoPart struct {
	IUV, IUR   string
	Index      int
	Office     string
	Chapter    string
	Article    string
	Assessment string
	Amount     record.Cents
}

// LivePart is a part with the live accertamento it is in.
type LivePart struct {
	Accertamento
	AccertamentoPart
}

// AccertamentoEvent is one change of an accertamento.
type AccertamentoEvent struct {
	Seq    int64
	Action string // created, renamed, added, removed, closed, cancelled, reopened
	Author string
	At     time.Time
	Reason string
	Detail string
	Run    int64 // 0 when a person asked for it by hand
	DocID  int64 // of the document that asked for it; 0 for none
	Source TracedSource
}

// AccertamentoByName finds an accertamento.
func (tx *Tx) AccertamentoByName(name, debtType string, year int) (a Accertamento, found bool, err error) {
	found, err = tx.one("AccertamentoByName", []any{name, debtType, year}, accertamentoInto(&a)...)
	return a, found, err
}

// AccertamentiNamed lists the accertamenti with a name, whatever their debt type
// and year.
func (tx *Tx) AccertamentiNamed(name string) ([]Accertamento, error) {
	return traced(tx, "AccertamentiNamed", accertamentoInto, name)
}

func accertamentoInto(a *Accertamento) []any {
	return []any{&a.ID, &a.Name, &a.DebtType, &a.Year, &a.State, &a.Automatic}
}

// Accertamenti lists all of them by debt type, year and name, with what they
// hold as last booked.
func (tx *Tx) Accertamenti() ([]AccertamentoTotal, error) {
	return traced(tx, "Accertamenti", func(a *AccertamentoTotal) []any {
		return append(accertamentoInto(&a.Accertamento), &a.Payments, &a.Amount, &a.CreatedBy, instantInto{&a.ChangedAt})
	})
}

// AccertamentoNames are the names of all of them, by id.
func (tx *Tx) AccertamentoNames() (map[int64]string, error) {
	names := make(map[int64]string)
	err := tx.each("AccertamentoNames", nil, func(scan func(...any) error) error {
		var id int64
		var name string
		if err := scan(&id, &name); err != nil {
			return err
		}
		names[id] = name
		return nil
	})
	return names, err
}

// EachAccertamento calls fn for every accertamento, without what it holds.
func (tx *Tx) EachAccertamento(fn func(*Accertamento) error) error {
	return tx.each("AccertamentoEach", nil, func(scan func(...any) error) error {
		var a Accertamento
		if err := scan(accertamentoInto(&a)...); err != nil {
			return err
		}
		return fn(&a)
	})
}

// NewAccertamento stores an accertamento and gives it its id.
func (tx *Tx) NewAccertamento(a *Accertamento) (err error) {
	a.ID, err = tx.insert("AccertamentoInsert", a.Name, a.DebtType, a.Year, string(a.State), flag(a.Automatic))
	return err
}

// RenameAccertamento changes its name.
func (tx *Tx) RenameAccertamento(id int64, name string) error {
	_, err := tx.exec("AccertamentoRename", name, id)
	return err
}

// SetAccertamentoState changes its state and marks the payments it holds, or
// held, to be booked again.
func (tx *Tx) SetAccertamentoState(id int64, state AccertamentoState) error {
	if _, err := tx.exec("AccertamentoState", string(state), id); err != nil {
		return err
	}
	_, err := tx.exec("AccertamentoDirty", id)
	return err
}

// AdoptAccertamento makes one made from a file people's.
func (tx *Tx) AdoptAccertamento(id int64) error {
	_, err := tx.exec("AccertamentoAdopt", id)
	return err
}

// AddAccertamentoEvent appends to its history.
func (tx *Tx) AddAccertamentoEvent(id int64, e *AccertamentoEvent) error {
	_, err := tx.exec("AccertamentoEvent", id, e.Action, e.Author, instant(e.At), e.Reason, e.Detail, nullable(e.Run), nullable(e.DocID), e.Source.Line)
	return err
}

// AccertamentoHistory lists every change of an accertamento, oldest first.
func (tx *Tx) AccertamentoHistory(id int64) ([]AccertamentoEvent, error) {
	return traced(tx, "AccertamentoHistory", func(e *AccertamentoEvent) []any {
		return append([]any{&e.Seq, &e.Action, &e.Author, instantInto{&e.At}, &e.Reason, &e.Detail}, sourceInto(&e.Source)...)
	}, id)
}

// PutAccertamentoPart adds an amount of a payment and marks it to be booked
// again. The same payment on the same place adds up.
func (tx *Tx) PutAccertamentoPart(id int64, p *AccertamentoPart) error {
	if _, err := tx.exec("AccertamentoPartPut", id, p.IUV, p.IUR, p.Index, p.Office, p.Chapter, p.Article, p.Assessment, int64(p.Amount)); err != nil {
		return err
	}
	_, err := tx.exec("AccertamentoDirtyOne", p.IUV)
	return err
}

// DropAccertamentoParts takes a payment out of an accertamento, marks it, and
// says whether it was there.
func (tx *Tx) DropAccertamentoParts(id int64, iuv, iur string, index int) (bool, error) {
	n, err := tx.exec("AccertamentoPartsDrop", id, iuv, iur, index)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.exec("AccertamentoDirtyOne", iuv)
	return true, err
}

// AccertamentoParts lists what people put into an accertamento.
func (tx *Tx) AccertamentoParts(id int64) ([]AccertamentoPart, error) {
	return traced(tx, "AccertamentoParts", func(p *AccertamentoPart) []any {
		return []any{&p.IUV, &p.IUR, &p.Index, &p.Office, &p.Chapter, &p.Article, &p.Assessment, &p.Amount}
	}, id)
}

// LiveParts lists what live accertamenti hold of a payment, people's only.
func (tx *Tx) LiveParts(iuv, iur string, index int) ([]LivePart, error) {
	return traced(tx, "AccertamentoLiveParts", func(p *LivePart) []any {
		p.IUV, p.IUR, p.Index = iuv, iur, index
		return []any{&p.ID, &p.Name, &p.DebtType, &p.Year, &p.Office, &p.Chapter, &p.Article, &p.Assessment, &p.Amount}
	}, iuv, iur, index)
}

// AutomaticOf is the name of the live automatic accertamento a payment is in;
// empty for none.
func (tx *Tx) AutomaticOf(iuv, iur string, index int) (name string, err error) {
	_, err = tx.one("AccertamentoShareOf", []any{iuv, iur, index}, &name)
	return name, err
}

// ReceiptToBook reads of a receipt line what putting it into an accertamento
// depends on.
func (tx *Tx) ReceiptToBook(iuv, iur string, index int) (l BookLine, found bool, err error) {
	l.IUV, l.IUR, l.Index = iuv, iur, index
	found, err = tx.one("AccertamentoLineOf", []any{iuv, iur, index}, &l.Amount, dateInto{&l.PaidOn}, &l.DebtType)
	return l, found, err
}

// ReceiptKey identifies a receipt line.
type ReceiptKey struct {
	IUV, IUR string
	Index    int
}

// ReceiptsWithIUD lists the receipt lines of an IUD, of one IUV when it is not
// empty.
func (tx *Tx) ReceiptsWithIUD(iud, iuv string) ([]ReceiptKey, error) {
	return traced(tx, "AccertamentoLinesOfIUD", func(k *ReceiptKey) []any { return []any{&k.IUV, &k.IUR, &k.Index} }, iud, iuv)
}

// ReceiptsWithIUV lists the receipt lines of an IUV.
func (tx *Tx) ReceiptsWithIUV(iuv string) ([]ReceiptKey, error) {
	return traced(tx, "AccertamentoLinesOfIUV", func(k *ReceiptKey) []any { return []any{&k.IUV, &k.IUR, &k.Index} }, iuv)
}

// FreeReceipts lists the receipt lines of a debt type, paid between two days (0:
// no limit), of which no live accertamento holds anything.
func (tx *Tx) FreeReceipts(debtType string, from, to record.Date) ([]ReceiptKey, error) {
	return traced(tx, "AccertamentoFree", func(k *ReceiptKey) []any { return []any{&k.IUV, &k.IUR, &k.Index} }, debtType, from.String(), to.String())
}

// HeldReceipts lists the receipt lines paid between two days (0: no limit) that
// people put into an accertamento.
func (tx *Tx) HeldReceipts(id int64, from, to record.Date) ([]ReceiptKey, error) {
	return traced(tx, "AccertamentoHeld", func(k *ReceiptKey) []any { return []any{&k.IUV, &k.IUR, &k.Index} }, id, from.String(), to.String())
}

// HeldShare is a share an accertamento holds.
type HeldShare struct {
	ReceiptKey
	IUD    string
	PaidOn record.Date
	Share
}

// AccertamentoShares lists what an accertamento holds as last booked, by IUV,
// IUR and index.
func (tx *Tx) AccertamentoShares(id int64) ([]HeldShare, error) {
	return traced(tx, "AccertamentoShares", func(s *HeldShare) []any {
		return []any{&s.IUV, &s.IUR, &s.Index, &s.IUD, dateInto{&s.PaidOn}, &s.Source, &s.Year, &s.Office, &s.Chapter, &s.Article,
			&s.Assessment, &s.Amount}
	}, id)
}

// FileOfDoc is the name of the file a document came in.
func (tx *Tx) FileOfDoc(doc int64) (name string, err error) {
	found, err := tx.one("DocFileName", []any{doc}, &name)
	if err == nil && !found {
		err = fmt.Errorf("document %d is not in the books", doc)
	}
	return name, err
}

// AssessmentRow is a row of a file of accertamenti as it was delivered.
type AssessmentRow struct {
	DocID    int64
	Entry    string // of the container
	Line     int
	Name     string
	DebtType string
	IUV, IUD string
	Office   string
	Chapter  string
	Code     string // of the accertamento
	Amount   record.Cents
}

// AssessmentRowsOfFile lists the rows of a file of accertamenti in their order.
func (tx *Tx) AssessmentRowsOfFile(file int64) ([]AssessmentRow, error) {
	return traced(tx, "AssessmentRowsOfFile", func(r *AssessmentRow) []any {
		return []any{&r.DocID, &r.Entry, &r.Line, &r.Name, &r.DebtType, &r.IUV, &r.IUD, &r.Office, &r.Chapter, &r.Code, &r.Amount}
	}, file)
}
