package store

import (
	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// BookLine is a receipt line as booking reads it.
type BookLine struct {
	IUV, IUR   string
	Index      int
	Amount     record.Cents
	PaidOn     record.Date
	DebtType   string
	Collection string // datiSpecificiRiscossione: the taxonomy code
	Bilancio   string // its chapter split, XML
	Metadata   string // key=value pairs, one a line
	Debt       string // chapter split of the debt the entity imported, XML
	DocID      int64
	InPart     bool // some of it is, or was, in an accertamento of people
}

// Share is a part of a receipt line and where it is booked.
type Share struct {
	Seq        int
	Source     string // accertamento, bilancio, metadata, debt, default, only, taxonomy or unassigned
	Year       int    // of account
	Office     string
	Chapter    string // empty: nobody has said where
	Article    string
	Assessment string
	PlanCode   string // when the source says it
	Amount     record.Cents
	// Accertamento is the live one it is in; 0 for none.
	Accertamento int64
}

// BookLines clears the shares of the receipt lines to be booked - all of them,
// or those of the marked IUVs - and calls fn for each line in the order of IUV,
// IUR and index. fn may write the shares of its own line.
func (tx *Tx) BookLines(all bool, fn func(*BookLine) error) error {
	if err := tx.Settle(); err != nil {
		return err
	}
	clear, read := "BookClearDirty", "BookReceiptsDirty"
	if all || tx.off != nil {
		clear, read = "BookClearAll", "BookReceiptsAll"
	}
	if _, err := tx.exec(clear); err != nil {
		return err
	}
	var l BookLine
	return tx.stream(read, func(r *packed.Reader) error {
		l = BookLine{IUV: r.Text(), IUR: r.Text(), Index: int(r.Int()), Amount: record.Cents(r.Int())}
		if err := readDate(r, &l.PaidOn); err != nil {
			return err
		}
		l.DebtType, l.Collection, l.Bilancio, l.Metadata, l.Debt = r.Text(), r.Text(), r.Text(), r.Text(), r.Text()
		l.DocID, l.InPart = r.Int(), r.Flag()
		return fn(&l)
	})
}

// PutShare stores a share of a receipt line.
func (tx *Tx) PutShare(l *BookLine, s *Share) error {
	b, err := tx.bulk("BookShare")
	if err != nil {
		return err
	}
	b.Text(l.IUV)
	b.Text(l.IUR)
	b.Int(int64(l.Index))
	b.Int(int64(s.Seq))
	b.Text(s.Source)
	b.Int(int64(s.Year))
	for _, text := range []string{s.Office, s.Chapter, s.Article, s.Assessment, s.PlanCode} {
		b.Text(text)
	}
	b.Int(int64(s.Amount))
	b.IntOrNull(s.Accertamento)
	return tx.added(b)
}

// Shares calls fn for every share with the receipt line it is of, of which only
// the key, the day and the debt type are filled in, in the order of their keys.
// Both are reused from one call to the next.
func (tx *Tx) Shares(fn func(*BookLine, *Share) error) error {
	var l BookLine
	var s Share
	return tx.each("BookShares", nil, func(scan func(...any) error) error {
		if err := scan(&l.IUV, &l.IUR, &l.Index, dateInto{&l.PaidOn}, &l.DebtType, &l.Amount, &s.Seq, &s.Source, &s.Year, &s.Office,
			&s.Chapter, &s.Article, &s.Assessment, &s.PlanCode, &s.Amount, &s.Accertamento); err != nil {
			return err
		}
		return fn(&l, &s)
	})
}

// UnassignedShare is a share nobody has said where to book.
type UnassignedShare struct {
	IUV, IUR string
	Index    int
	DebtType string
	PaidOn   record.Date
	Amount   record.Cents
	BookedOn record.Date // of the first movement that cashes it, through its flow or its IUV; 0 while there is none
}

// Unassigned calls fn for every share to be assigned, in the order of its key.
func (tx *Tx) Unassigned(fn func(*UnassignedShare) error) error {
	var s UnassignedShare
	return tx.each("BookUnassigned", nil, func(scan func(...any) error) error {
		if err := scan(&s.IUV, &s.IUR, &s.Index, &s.DebtType, dateInto{&s.PaidOn}, &s.Amount, dateInto{&s.BookedOn}); err != nil {
			return err
		}
		return fn(&s)
	})
}
