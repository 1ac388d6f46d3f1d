package record

// Debt is a row of the entity's import of debts (dovuti) into MyPay: a payment
// expected and the chapters it is booked on. Its key is the IUD.
type Debt struct {
	Line       int
	Action     string // I insert, M modify, A annul
	IUD        string
	IUV        string // empty when MyPay is to make it
	PayerKind  string // F person, G legal entity
	PayerCode  string
	PayerName  string
	DueOn      Date  // 0 when the debt type asks for none
	Amount     Cents // the entity's own share
	Commission Cents
	DebtType   string
	Remittance string
	Collection string // datiSpecificiRiscossione
	Bilancio   string // as it came, XML

	SharedWith   string // tax code of the secondary entity; empty when there is none
	SharedName   string
	SharedIBAN   string
	SharedAmount Cents
}

// Chapter is a row of the chart the entity books income on: for a debt type
// and a year of account, an office, a chapter and maybe an accertamento.
type Chapter struct {
	Line           int
	Action         string // I insert, D delete; empty when the layout only states what is
	DebtType       string
	Year           int // of account (anno esercizio)
	Office         string
	OfficeName     string
	Chapter        string
	ChapterName    string
	Assessment     string // code of the accertamento; empty when there is none
	AssessmentName string
	Active         bool

	// What only quadra's own layout says.
	Article    string
	PlanCode   string // fifth level of the plan of accounts, e.g. E.1.01.01.20.001
	SIOPE      string // management code of an order (codice_cge), 4 to 10 digits
	Restricted bool   // income with a destination (vincolata)
	From, To   Date   // first and last day of the payments it takes; 0: no limit
}

// Assessment is a row of an accertamenti file: the share of a payment that an
// accertamento holds.
type Assessment struct {
	Line        int
	Name        string // of the accertamento
	DebtType    string
	IUV         string
	IUD         string
	Office      string
	OfficeName  string
	Chapter     string
	ChapterName string
	Code        string // of the accertamento
	CodeName    string
	Amount      Cents
	Paid        bool // importoVersato
}

// Quota is one share of a chapter split (bilancio).
type Quota struct {
	Office     string // may be empty
	Chapter    string
	Assessment string // may be empty
	Amount     Cents
}
