package store

import "quadra/engine/record"

// RegLink is the amount a movement carries to a settlement.
type RegLink struct {
	Settlement int64
	IUF        string // of the settlement
	Movement   int64
	Amount     record.Cents
}

// RegShare is a share of the income a movement brings, as regularising reads it:
// a share of a receipt line of a flow, or a flow line nothing says where to book.
type RegShare struct {
	Settlement int64 // 0 when the movement cashes the payment by its IUV
	Movement   int64 // 0 when it is through a settlement
	IUV        string
	Seq        int          // of the flow line
	Reported   record.Cents // the whole flow line
	Outcome    int
	Net        bool // the flow's total is its lines less those it revokes
	PaidOn     record.Date
	HasReceipt bool
	Receipt    record.Cents // the whole receipt line
	DebtType   string
	Share      // without its source
}

// RegMovement is a movement to be regularised.
type RegMovement struct {
	ID          int64
	Year        int
	Number      string
	Account     string
	BookedOn    record.Date
	ValueOn     record.Date
	Payer       string
	Remittance  string
	Cash        record.Cents
	Regularised record.Cents // by REGOLARIZZATO rows about the provvisorio
	Status      string
	Source      TracedSource
}

// RegCover is what an order of collection covers of a provvisorio.
type RegCover struct {
	Year      int
	Account   string // of the order; empty when the giornale does not say
	Number    string // of the provvisorio
	Order     string // number of the reversale
	Operation string
	Amount    record.Cents
	BookedOn  record.Date
}

// RegLinks lists what movements carry to settlements, by settlement and then in
// the order the money came.
func (tx *Tx) RegLinks() ([]RegLink, error) {
	return traced(tx, "RegLinks", func(l *RegLink) []any { return []any{&l.Settlement, &l.IUF, &l.Movement, &l.Amount} })
}

// RegLines calls fn for every share of every line of the settlements that have
// cash, in no order that means anything. The row is reused.
func (tx *Tx) RegLines(fn func(*RegShare) error) error {
	var s RegShare
	return tx.each("RegLines", nil, func(scan func(...any) error) error {
		s = RegShare{}
		if err := scan(&s.Settlement, &s.IUV, &s.Seq, &s.Reported, &s.Outcome, &s.Net, dateInto{&s.PaidOn}, &s.HasReceipt, &s.Receipt,
			&s.DebtType, &s.Share.Seq, &s.Year, &s.Office, &s.Chapter, &s.Article, &s.Assessment, &s.PlanCode, &s.Amount,
			&s.Accertamento); err != nil {
			return err
		}
		return fn(&s)
	})
}

// RegDirect calls fn for every share of the receipts that movements cash by
// their IUV, by movement. The row is reused.
func (tx *Tx) RegDirect(fn func(*RegShare) error) error {
	var s RegShare
	return tx.each("RegDirect", nil, func(scan func(...any) error) error {
		s = RegShare{HasReceipt: true}
		if err := scan(&s.Movement, &s.IUV, &s.DebtType, dateInto{&s.PaidOn}, &s.Share.Seq, &s.Year, &s.Office, &s.Chapter,
			&s.Article, &s.Assessment, &s.PlanCode, &s.Amount, &s.Accertamento); err != nil {
			return err
		}
		return fn(&s)
	})
}

// RegMovements lists the movements that brought cash of pagoPA, by year and
// number.
func (tx *Tx) RegMovements() ([]RegMovement, error) {
	return traced(tx, "RegMovements", func(m *RegMovement) []any {
		return append([]any{&m.ID, &m.Year, &m.Number, &m.Account, dateInto{&m.BookedOn}, dateInto{&m.ValueOn}, &m.Payer, &m.Remittance,
			&m.Cash, &m.Regularised, &m.Status}, sourceInto(&m.Source)...)
	})
}

// RegCovers lists what orders of collection cover, in the order they were booked.
func (tx *Tx) RegCovers() ([]RegCover, error) {
	return traced(tx, "RegCovers", func(c *RegCover) []any {
		return []any{&c.Year, &c.Account, &c.Number, &c.Order, &c.Operation, &c.Amount, dateInto{&c.BookedOn}}
	})
}
