package store

import (
	"crypto/sha256"
	"fmt"
	"hash"
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

	flow       record.Flow
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
	l := &Loader{tx: tx, file: f, digest: sha256.New()}
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
	l.doc, l.docID = Document{Doc: *d}, id
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
	shared := flag(r.OwnerCode != "" || r.DebtType == "EXPORT_ENTE_SECONDARIO")
	late := flag(r.AfterCutOff())
	n, err := l.tx.exec("ReceiptInsert", r.IUV, r.IUR, r.Index, r.IUD, int64(r.Amount), int64(r.Total), r.Outcome,
		r.PaidOn.String(), late, shared, flag(r.Stamp), r.DebtType, l.docID, r.Line, l.nextReceiptDetail)
	if err != nil {
		return err
	}
	oldIUD := ""
	if n == 0 {
		var old record.ReceiptLine
		oldDoc, err := l.tx.receipt(r.IUV, r.IUR, r.Index, &old)
		if err != nil {
			return err
		}
		oldLine := old.Line
		old.Line = r.Line
		if old == *r {
			l.accept(r.Amount)
			return nil
		}
		if oldDoc == l.docID {
			return l.duplicate(r.Line, oldLine, "identificativoUnivocoVersamento", r.IUV)
		}
		oldIUD = old.IUD
		if _, err := l.tx.exec("ReceiptKeepPast", l.docID, r.IUV, r.IUR, r.Index); err != nil {
			return err
		}
		if _, err := l.tx.exec("ReceiptReplace", r.IUD, int64(r.Amount), int64(r.Total), r.Outcome, r.PaidOn.String(),
			late, shared, flag(r.Stamp), r.DebtType, l.docID, r.Line, l.nextReceiptDetail, r.IUV, r.IUR, r.Index); err != nil {
			return err
		}
	}
	if _, err := l.tx.exec("ReceiptDetailInsert", l.nextReceiptDetail, r.OutcomeTag, r.ReceiptID, instant(r.ReceivedAt),
		r.Context, r.Beneficiary, r.PSP, r.PSPName, r.PayerKind, r.PayerCode, r.PayerName, r.Remittance, r.Collection,
		r.Bilancio, r.ImportFlow, r.ImportRow, r.OwnerCode, r.OwnerName, r.OwnerTaxonomy, r.Metadata); err != nil {
		return err
	}
	l.nextReceiptDetail++
	l.accept(r.Amount)
	return l.dirtyDebt("DirtyIUVOfNoticeWithIUD", r.IUV, r.IUD, oldIUD)
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

// receipt reads a stored receipt line and the document it came from.
func (tx *Tx) receipt(iuv, iur string, idx int, r *record.ReceiptLine) (doc int64, err error) {
	var paidOn, receivedAt string
	*r = record.ReceiptLine{IUV: iuv, IUR: iur, Index: idx}
	found, err := tx.one("ReceiptGet", []any{iuv, iur, idx},
		&r.IUD, &r.Amount, &r.Total, &r.Outcome, &paidOn, &r.DebtType, &doc, &r.Line,
		&r.OutcomeTag, &r.ReceiptID, &receivedAt, &r.Context, &r.Beneficiary, &r.PSP, &r.PSPName,
		&r.PayerKind, &r.PayerCode, &r.PayerName, &r.Remittance, &r.Collection, &r.Bilancio, &r.ImportFlow, &r.ImportRow,
		&r.OwnerCode, &r.OwnerName, &r.OwnerTaxonomy, &r.Stamp, &r.Metadata)
	if err != nil || !found {
		return 0, err
	}
	if err := r.PaidOn.UnmarshalText([]byte(paidOn)); err != nil {
		return 0, fmt.Errorf("receipt %s %s %d: %w", iuv, iur, idx, err)
	}
	if r.ReceivedAt, err = parseInstant(receivedAt); err != nil {
		return 0, fmt.Errorf("receipt %s %s %d: %w", iuv, iur, idx, err)
	}
	return doc, nil
}

// Notice stores a notice. Its key is the IUD: a later one replaces it.
func (l *Loader) Notice(n *record.Notice) error {
	insert := func() (int64, error) {
		return l.tx.exec("NoticeInsert", n.IUV, n.IUD, int64(n.Amount), n.PaidOn.String(), n.DebtType, l.docID, n.Line, l.nextNoticeDetail)
	}
	added, err := insert()
	if err != nil {
		return err
	}
	if added == 0 {
		var old record.Notice
		oldDoc, err := l.tx.notice(n.IUD, &old)
		if err != nil {
			return err
		}
		oldLine := old.Line
		old.Line = n.Line
		if old == *n {
			l.accept(n.Amount)
			return nil
		}
		if oldDoc == l.docID {
			return l.duplicate(n.Line, oldLine, "IUD", n.IUD)
		}
		if _, err := l.tx.exec("NoticeKeepPast", l.docID, n.IUD); err != nil {
			return err
		}
		if _, err := l.tx.exec("NoticeDelete", n.IUD); err != nil {
			return err
		}
		if _, err := insert(); err != nil {
			return err
		}
		if old.IUV != n.IUV {
			if _, err := l.tx.exec("DirtyIUV", old.IUV, l.file.ID, ""); err != nil {
				return err
			}
		}
	}
	if _, err := l.tx.exec("NoticeDetailInsert", l.nextNoticeDetail, n.PayerKind, n.PayerCode, n.PayerName,
		int64(n.Commission), n.Channel, n.Remittance, n.Collection, n.Bilancio); err != nil {
		return err
	}
	l.nextNoticeDetail++
	l.accept(n.Amount)
	return l.dirtyDebt("DirtyIUVOfReceiptsWithIUD", n.IUV, n.IUD)
}

// notice reads a stored notice and the document it came from.
func (tx *Tx) notice(iud string, n *record.Notice) (doc int64, err error) {
	var paidOn string
	*n = record.Notice{IUD: iud}
	found, err := tx.one("NoticeGet", []any{iud}, &n.IUV, &n.Amount, &paidOn, &n.DebtType, &doc, &n.Line,
		&n.PayerKind, &n.PayerCode, &n.PayerName, &n.Commission, &n.Channel, &n.Remittance, &n.Collection, &n.Bilancio)
	if err != nil || !found {
		return 0, err
	}
	if err := n.PaidOn.UnmarshalText([]byte(paidOn)); err != nil {
		return 0, fmt.Errorf("notice %s: %w", iud, err)
	}
	return doc, nil
}
