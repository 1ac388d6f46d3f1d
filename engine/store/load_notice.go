package store

import "quadra/engine/record"

// Notice stores a notice. Its key is the IUD: a later one replaces it.
func (l *Loader) Notice(n *record.Notice) error {
	if l.again(n.IUD) {
		return l.noticeAgain(n)
	}
	b := l.tx.arrives(notices)
	b.Text(n.IUV)
	b.Text(n.IUD)
	b.Int(l.nextNoticeDetail)
	b.Int(int64(n.Amount))
	b.Text(l.tx.day(n.PaidOn))
	b.Text(n.DebtType)
	b.Int(l.docID)
	b.Int(int64(n.Line))
	if err := l.tx.arrived(notices, l.nextNoticeDetail); err != nil {
		return err
	}
	if err := l.noticeDetail(n); err != nil {
		return err
	}
	l.accept(n.Amount)
	return nil
}

func (l *Loader) noticeDetail(n *record.Notice) error {
	b, err := l.tx.bulk("NoticeDetailInsert")
	if err != nil {
		return err
	}
	b.Int(l.nextNoticeDetail)
	b.Text(n.PayerKind)
	b.Text(n.PayerCode)
	b.Text(n.PayerName)
	b.Int(int64(n.Commission))
	for _, text := range []string{n.Channel, n.Remittance, n.Collection, n.Bilancio} {
		b.Text(text)
	}
	l.nextNoticeDetail++
	return l.tx.added(b)
}

// noticeAgain stores a notice whose key came before in the same document, or seems
// to.
func (l *Loader) noticeAgain(n *record.Notice) error {
	var old record.Notice
	oldDoc, err := l.tx.notice(n.IUD, &old)
	if err != nil {
		return err
	}
	if oldDoc != 0 {
		oldLine := old.Line
		old.Line = n.Line
		switch {
		case old == *n:
			l.accept(n.Amount)
			return nil
		case oldDoc == l.docID:
			return l.duplicate(n.Line, oldLine, "IUD", n.IUD)
		}
		if err := l.tx.removeNotice(n.IUD, l.docID); err != nil {
			return err
		}
	}
	if err := l.tx.insertNotice(n, l.docID, l.nextNoticeDetail); err != nil {
		return err
	}
	if oldDoc != 0 && old.IUV != n.IUV {
		if _, err := l.tx.exec("DirtyIUV", old.IUV, l.file.ID, ""); err != nil {
			return err
		}
	}
	if err := l.noticeDetail(n); err != nil {
		return err
	}
	l.accept(n.Amount)
	return l.dirtyDebt("DirtyIUVOfReceiptsWithIUD", n.IUV, n.IUD)
}

func (tx *Tx) insertNotice(n *record.Notice, doc, detail int64) error {
	_, err := tx.exec("NoticeInsert", n.IUV, n.IUD, int64(n.Amount), n.PaidOn.String(), n.DebtType, doc, n.Line, detail)
	return err
}

// removeNotice takes a notice away for one of another document, and keeps it among
// the past.
func (tx *Tx) removeNotice(iud string, doc int64) error {
	if _, err := tx.exec("NoticeKeepPast", doc, iud); err != nil {
		return err
	}
	_, err := tx.exec("NoticeDelete", iud)
	return err
}

// notice reads a stored notice and the document it came from; 0 when there is none.
func (tx *Tx) notice(iud string, n *record.Notice) (doc int64, err error) {
	*n = record.Notice{IUD: iud}
	return tx.readNotice("NoticeGet", iud, n, &n.IUV)
}

// arrivedNotice reads one that is not in its place yet.
func (tx *Tx) arrivedNotice(id int64, n *record.Notice) (doc int64, err error) {
	return tx.readNotice("ArrivedNotice", id, n, &n.IUV, &n.IUD)
}

func (tx *Tx) readNotice(name string, arg any, n *record.Notice, key ...any) (doc int64, err error) {
	_, err = tx.one(name, []any{arg}, append(key, &n.Amount, dateInto{&n.PaidOn}, &n.DebtType, &doc, &n.Line,
		&n.PayerKind, &n.PayerCode, &n.PayerName, &n.Commission, &n.Channel, &n.Remittance, &n.Collection, &n.Bilancio)...)
	return doc, err
}
