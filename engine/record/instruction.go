package record

// Action is what an [Instruction] does to an accertamento, as files write it.
type Action string

// The actions.
const (
	ActionCreate Action = "crea"
	ActionRename Action = "rinomina"
	ActionAdd    Action = "aggiungi"
	ActionRemove Action = "togli"
	ActionClose  Action = "chiudi"
	ActionCancel Action = "annulla"
	ActionReopen Action = "riapri"
)

// Instruction asks for one change of an accertamento.
type Instruction struct {
	Line     int // of the file it came from; 0 when typed
	Action   Action
	Name     string
	DebtType string // may be empty when the name is of one accertamento only
	Year     int    // of account; may be 0 likewise
	NewName  string // of ActionRename
	Reason   string // of ActionCancel and ActionReopen, where it is needed
	Author   string // empty: whoever gives the file

	// The payment of ActionAdd and ActionRemove: by its key, or by IUV or IUD
	// when that means one receipt line.
	IUD, IUV, IUR string
	Index         int
	// Where ActionAdd books it; the entry must be in the chart.
	Office, Chapter, Article, Assessment string
	// Amount of ActionAdd; 0 for all that is left of the payment.
	Amount Cents
}
