package store

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"hash/maphash"
	"strconv"
	"strings"

	"quadra/engine/record"
)

// Loader writes the records of one file; it is the [record.Sink] of a
// transaction. Nothing it wrote remains when the transaction fails, so a file
// is in the books as a whole or not at all.
//
// A record that is already there unchanged counts as accepted and touches
// nothing; a changed one replaces it and the former is kept; two different
// records with one key in one document are a reject.
type Loader struct {
	// Accounts are the entity's: a provvisorio is the same under any name of its
	// account.
	Accounts record.Accounts

	tx      *Tx
	file    *File
	doc     Document
	docID   int64
	rejects int

	nextReceiptDetail int64
	nextNoticeDetail  int64

	keys map[uint64]struct{} // of the open document, hashed
	seed maphash.Seed

	flow       record.Flow
	blocks     []int64 // that hold only lines of the open flow
	settles    int     // of the transaction when it was opened
	flowID     int64
	settlement int64
	leftOut    bool // the row of the last movement
	digest     hash.Hash
	line       []byte

	decides   bool // there is a document of decisions
	decisions []GivenDecision
}

var _ record.Sink = (*Loader)(nil)

// NewLoader prepares to load the file and starts its counters anew.
func (tx *Tx) NewLoader(f *File) (*Loader, error) {
	l := &Loader{tx: tx, file: f, digest: sha256.New(), seed: maphash.MakeSeed()}
	if _, err := tx.one("ReceiptDetailNext", nil, &l.nextReceiptDetail); err != nil {
		return nil, err
	}
	if _, err := tx.one("NoticeDetailNext", nil, &l.nextNoticeDetail); err != nil {
		return nil, err
	}
	f.Rows, f.Accepted, f.Rejected, f.Total = 0, 0, 0, 0
	return l, nil
}

// Doc opens a document of the file and closes the one before.
func (l *Loader) Doc(d *record.Doc) error {
	if err := l.closeDoc(); err != nil {
		return err
	}
	id, err := l.tx.insert("DocInsert", l.file.ID, d.Entry, string(d.Kind), d.Format, d.Version, d.Encoding,
		strings.Join(d.Warnings, "\n"))
	l.doc, l.docID, l.keys = Document{Doc: *d}, id, make(map[uint64]struct{})
	l.decides = l.decides || d.Kind == record.KindDecisions
	return err
}

// Warn replaces the warnings of the open document, known only at its end.
func (l *Loader) Warn(warnings []string) { l.doc.Warnings = warnings }

// Close ends the file: its last document gets its counts.
func (l *Loader) Close() error { return l.closeDoc() }

func (l *Loader) closeDoc() error {
	if l.docID == 0 {
		return nil
	}
	_, err := l.tx.exec("DocCounts", strings.Join(l.doc.Warnings, "\n"), l.doc.Rows, l.doc.Accepted, l.doc.Rejected,
		int64(l.doc.Total), l.docID)
	l.docID = 0
	return err
}

// Reject stores a row that could not be taken.
func (l *Loader) Reject(r *record.Reject) error {
	l.rejects++
	if !r.Part { // else the row itself is taken, and counts where it is
		l.file.Rows++
		l.file.Rejected++
		l.doc.Rows++
		l.doc.Rejected++
	}
	entry := r.Entry
	if entry == "" {
		entry = l.doc.Entry
	}
	_, err := l.tx.exec("RejectInsert", l.file.ID, l.rejects, entry, r.Line, r.Column, string(r.Code), r.Value, r.Reason, flag(r.Part))
	return err
}

func (l *Loader) accept(amount record.Cents) {
	l.file.Rows++
	l.file.Accepted++
	l.file.Total += amount
	l.doc.Rows++
	l.doc.Accepted++
	l.doc.Total += amount
}

// duplicate rejects a row whose key came before in the same document with
// other content: quadra cannot know which of the two is right.
func (l *Loader) duplicate(line, firstLine int, column, value string) error {
	return l.Reject(&record.Reject{
		Line: line, Column: column, Code: record.RejectDuplicate, Value: value,
		Reason: fmt.Sprintf("stessa chiave della riga %d con contenuto diverso: chiedere a chi ha prodotto il file quale delle due vale", firstLine),
	})
}

// Receipt stores a receipt line.
func (l *Loader) Receipt(r *record.ReceiptLine) error {
	if l.again(r.IUV, r.IUR, strconv.Itoa(r.Index)) {
		return l.receiptAgain(r)
	}
	if r.Amount <= 0 || r.Index < 1 || r.Index > 5 {
		return fmt.Errorf("line %d: a receipt of %d cents with index %d is none", r.Line, r.Amount, r.Index)
	}
	shares, err := l.tx.sharedRows(r)
	if err != nil {
		return err
	}
	b := l.tx.arrives(receipts)
	l.packReceipt(b, r)
	shares.pack(&b.Rows)
	if err := l.tx.arrived(receipts, l.nextReceiptDetail); err != nil {
		return err
	}
	if err := l.receiptDetail(r); err != nil {
		return err
	}
	l.accept(r.Amount)
	return nil
}

// packReceipt packs what the books hold of a receipt line beside the rows it shares,
// see [layout].
func (l *Loader) packReceipt(b *arriving, r *record.ReceiptLine) {
	b.Text(r.IUV)
	b.Text(r.IUR)
	b.Int(int64(r.Index))
	b.Int(l.nextReceiptDetail)
	b.Text(r.IUD)
	b.Int(int64(r.Amount))
	b.Int(int64(r.Total))
	b.Text(r.Outcome)
	b.Text(l.tx.day(r.PaidOn))
	b.Flag(r.AfterCutOff())
	b.Flag(shared(r))
	b.Flag(r.Stamp)
	b.Text(r.DebtType)
	b.Int(l.docID)
	b.Int(int64(r.Line))
}

// shared says that the line is a secondary entity's share of somebody else's
// notice.
func shared(r *record.ReceiptLine) bool {
	return r.OwnerCode != "" || r.DebtType == "EXPORT_ENTE_SECONDARIO"
}

func (l *Loader) receiptDetail(r *record.ReceiptLine) error {
	b, err := l.tx.bulk("ReceiptDetailInsert")
	if err != nil {
		return err
	}
	b.Int(l.nextReceiptDetail)
	for _, text := range []string{r.ReceiptID, instant(r.ReceivedAt), r.Context, r.PayerKind, r.PayerCode, r.PayerName, r.Remittance} {
		b.Text(text)
	}
	b.Int(int64(r.ImportRow))
	l.nextReceiptDetail++
	return l.tx.added(b)
}

// receiptAgain stores a receipt line whose key came before in the same document,
// or seems to.
func (l *Loader) receiptAgain(r *record.ReceiptLine) error {
	var old record.ReceiptLine
	oldDoc, err := l.tx.receipt(r.IUV, r.IUR, r.Index, &old)
	if err != nil {
		return err
	}
	if oldDoc != 0 {
		oldLine := old.Line
		old.Line = r.Line
		switch {
		case old == *r:
			l.accept(r.Amount)
			return nil
		case oldDoc == l.docID:
			return l.duplicate(r.Line, oldLine, "identificativoUnivocoVersamento", r.IUV)
		}
		err = l.tx.replaceReceipt(r, l.docID, l.nextReceiptDetail)
	} else {
		var rows receiptRows
		if rows, err = l.tx.sharedRows(r); err != nil {
			return err
		}
		_, err = l.tx.exec("ReceiptInsert", r.IUV, r.IUR, r.Index, r.IUD, int64(r.Amount), int64(r.Total), r.Outcome,
			r.PaidOn.String(), flag(r.AfterCutOff()), flag(shared(r)), flag(r.Stamp), r.DebtType, l.docID, r.Line, l.nextReceiptDetail,
			rows.psp, rows.kind, rows.bilancio, rows.metadata)
	}
	if err != nil {
		return err
	}
	if err := l.receiptDetail(r); err != nil {
		return err
	}
	l.accept(r.Amount)
	return l.dirtyDebt("DirtyIUVOfNoticeWithIUD", r.IUV, r.IUD, old.IUD)
}

// replaceReceipt puts a receipt line in the place of the one with its key, which is
// kept among the past.
func (tx *Tx) replaceReceipt(r *record.ReceiptLine, doc, detail int64) error {
	if _, err := tx.exec("ReceiptKeepPast", doc, r.IUV, r.IUR, r.Index); err != nil {
		return err
	}
	rows, err := tx.sharedRows(r)
	if err != nil {
		return err
	}
	_, err = tx.exec("ReceiptReplace", r.IUD, int64(r.Amount), int64(r.Total), r.Outcome, r.PaidOn.String(),
		flag(r.AfterCutOff()), flag(shared(r)), flag(r.Stamp), r.DebtType, doc, r.Line, detail,
		rows.psp, rows.kind, rows.bilancio, rows.metadata, r.IUV, r.IUR, r.Index)
	return err
}

// again says whether a record of the open document had this key before. It may say
// so of one that had not, never the contrary.
func (l *Loader) again(key ...string) bool {
	var h maphash.Hash
	h.SetSeed(l.seed)
	for _, part := range key {
		h.WriteString(part)
		h.WriteByte(0)
	}
	sum := h.Sum64()
	if _, before := l.keys[sum]; before {
		return true
	}
	l.keys[sum] = struct{}{}
	return false
}

// dirtyDebt marks the IUV and the IUVs on the other side of its IUDs.
func (l *Loader) dirtyDebt(other, iuv string, iuds ...string) error {
	if _, err := l.tx.exec("DirtyIUV", iuv, l.file.ID, ""); err != nil {
		return err
	}
	for _, iud := range iuds {
		if iud == "" {
			continue
		}
		if _, err := l.tx.exec(other, l.file.ID, iud, iuv); err != nil {
			return err
		}
	}
	return nil
}

// receipt reads a stored receipt line and the document it came from; 0 when there
// is none.
func (tx *Tx) receipt(iuv, iur string, idx int, r *record.ReceiptLine) (doc int64, err error) {
	*r = record.ReceiptLine{IUV: iuv, IUR: iur, Index: idx}
	return tx.readReceipt("ReceiptGet", []any{iuv, iur, idx}, r)
}

// arrivedReceipt reads one that is not in its place yet.
func (tx *Tx) arrivedReceipt(id int64, r *record.ReceiptLine) (doc int64, err error) {
	return tx.readReceipt("ArrivedReceipt", []any{id}, r, &r.IUV, &r.IUR, &r.Index)
}

func (tx *Tx) readReceipt(name string, args []any, r *record.ReceiptLine, key ...any) (doc int64, err error) {
	var receivedAt string
	found, err := tx.one(name, args, append(key,
		&r.IUD, &r.Amount, &r.Total, &r.Outcome, dateInto{&r.PaidOn}, &r.DebtType, &doc, &r.Line,
		&r.OutcomeTag, &r.ReceiptID, &receivedAt, &r.Context, &r.Beneficiary, &r.PSP, &r.PSPName,
		&r.PayerKind, &r.PayerCode, &r.PayerName, &r.Remittance, &r.Collection, &r.Bilancio, &r.ImportFlow, &r.ImportRow,
		&r.OwnerCode, &r.OwnerName, &r.OwnerTaxonomy, &r.Stamp, &r.Metadata)...)
	if err != nil || !found {
		return 0, err
	}
	if r.ReceivedAt, err = parseInstant(receivedAt); err != nil {
		return 0, fmt.Errorf("receipt %s %s %d: %w", r.IUV, r.IUR, r.Index, err)
	}
	return doc, nil
}
